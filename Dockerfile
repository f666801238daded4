# Briefing Desk in a container: no network at run time, no root, all data in /data.
#
#   docker build -t briefing-desk .
#   docker compose up -d          # see compose.yaml and "Running it for a team" in the README

FROM python:3.11-slim-bookworm AS build

# Chat models and PostgreSQL; leave out what you do not use: --build-arg EXTRAS=openai
ARG EXTRAS=openai,anthropic,ollama,postgres
ARG TORCH=2.13.0

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1
WORKDIR /src
RUN python -m venv /opt/briefing
COPY constraints.txt pyproject.toml ./

# The CPU build of torch, as in the Makefile: the plain one brings gigabytes of CUDA packages.
RUN /opt/briefing/bin/python -m pip install -q "torch==${TORCH}+cpu" -c constraints.txt \
    || { python -m pip install -q uv \
         && uv pip install -q --no-cache --python /opt/briefing/bin/python --torch-backend cpu "torch==${TORCH}"; }

# What it needs, in a layer of its own: a change of our code does not fetch it again.
RUN python -c "import os, tomllib; p = tomllib.load(open('pyproject.toml', 'rb'))['project']; \
print(*p['dependencies'], *(d for e in os.environ['EXTRAS'].split(',') if e for d in p['optional-dependencies'][e]), sep='\n')" \
    > needed.txt \
    && /opt/briefing/bin/python -m pip install -q -c constraints.txt -r needed.txt

COPY LICENSE README.md ./
COPY rag rag
COPY ingest ingest
COPY prompts prompts
COPY eval eval
COPY web web
RUN /opt/briefing/bin/python -m pip install -q --no-deps .


FROM python:3.11-slim-bookworm

RUN groupadd --system --gid 10001 briefing \
    && useradd --system --uid 10001 --gid briefing --home-dir /tmp --no-create-home --shell /usr/sbin/nologin briefing \
    && install -d -o briefing -g briefing -m 0750 /data
COPY --from=build /opt/briefing /opt/briefing

ENV PATH=/opt/briefing/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HF_HUB_OFFLINE=1 \
    TRANSFORMERS_OFFLINE=1 \
    BRIEFING_DATA_DIR=/data \
    BRIEFING_LOG_FORMAT=json

WORKDIR /data
VOLUME /data
USER 10001:10001
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/readyz', timeout=4)"]

ENTRYPOINT ["briefing"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
