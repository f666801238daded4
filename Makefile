# Briefing Desk: the two commands a newcomer needs are `make serve` and `make test`.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
TORCH  := 2.13.0
HOST   ?= 127.0.0.1
PORT   ?= 8000
PIP    := $(BIN)/python -m pip --disable-pip-version-check -q

export BRIEFING_DATA_DIR ?= data

.PHONY: install install-test serve test lint types pytest eval bench load fuzz translations samples clean

install: $(VENV)/.installed

# The CPU build of torch is enough; the plain one brings gigabytes of CUDA packages on Linux. pip takes the
# CPU build where an index offers it as such, else uv fetches it (it knows where PyTorch keeps it).
$(VENV)/.torch:
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing PyTorch (CPU) ..."
	@$(PIP) install "torch==$(TORCH)+cpu" -c constraints.txt 2>/dev/null \
	  || { $(PIP) install uv && $(BIN)/uv pip install -q --python $(BIN)/python --torch-backend cpu "torch==$(TORCH)"; }
	@touch $@

$(VENV)/.installed: pyproject.toml constraints.txt $(VENV)/.torch
	@echo "Installing Briefing Desk ..."
	@$(PIP) install -c constraints.txt -e .
	@touch $@

$(VENV)/.installed-test: $(VENV)/.installed
	@echo "Installing what the tests need ..."
	@$(PIP) install -c constraints.txt -e '.[test]'
	@touch $@

install-test: $(VENV)/.installed-test

serve: install
	@$(BIN)/briefing ingest reports --if-empty
	@$(BIN)/briefing serve --host $(HOST) --port $(PORT)

test: install-test lint types pytest

lint: install-test
	$(BIN)/ruff check .

types: install-test
	$(BIN)/mypy

pytest: install-test
	$(BIN)/python -m pytest

eval: install
	$(BIN)/python -m eval

# Speed of ingest, 50 kills, 500 damaged files: half an hour or so.
bench: install
	$(BIN)/python -m eval.bench.mutate
	$(BIN)/python -m eval.bench.kill
	$(BIN)/python -m eval.bench.ingest

# Fifty askers at once, for a minute.
load: install
	$(BIN)/python -m eval.bench.load

# Requests that nobody would think of, for five minutes.
fuzz: install-test
	@$(PIP) install -c constraints.txt -e '.[load]'
	$(BIN)/python -m eval.bench.fuzz

# Collects the texts of the interface and adds what is new to the catalogues, without a translation yet.
translations: install
	$(BIN)/pybabel -q extract -F web/locale/babel.cfg -k N_ -k NN_:1,2 --no-location --sort-output --omit-header -o web/locale/messages.pot .
	@for file in web/locale/*/messages.po; do \
	  $(BIN)/pybabel -q update -i web/locale/messages.pot -o $$file -l $$(basename $$(dirname $$file)) --no-fuzzy-matching --ignore-obsolete; \
	  grep -vE '^"(Report-Msgid-Bugs-To|POT-Creation-Date|PO-Revision-Date|Last-Translator|Language-Team|Generated-By):' $$file > $$file.new; \
	  mv $$file.new $$file; \
	done

samples: install-test
	$(BIN)/python reports/sources/render.py

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache
