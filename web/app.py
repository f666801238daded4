"""The web application: ``create_app`` puts together routes, checks and the error table.

Everything arrives through its arguments; nothing is read or opened at import.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from importlib.metadata import PackageNotFoundError, version

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.staticfiles import StaticFiles

from web import errors
from web.access import Observer
from web.deps import Desk, Ingest, Services
from web.jobs import Jobs
from web.memo_jobs import MemoJobs
from web.metrics import Metrics
from web.page_images import PageImages
from web.routes import (
    ask,
    conversations,
    documents,
    library_pages,
    memo_pages,
    openai,
    operations,
    page_images,
    pages,
    quality,
    reader,
)
from web.routes import memos as memo_api
from web.security import Guard
from web.templating import STATIC

_MIB = 1 << 20
_FORM_OVERHEAD = 64 << 10  # boundaries and headers of a multipart form
_DESCRIPTION = (
    "Answers about a folder of reports, every sentence resting on a quote. All offsets are Unicode "
    "code-point offsets into the document text of `GET /api/documents/{id}/text`."
)


def create_app(desk: Desk, *, ingest: Ingest, allowed_hosts: Sequence[str] = ()) -> FastAPI:
    """The application.

    Args:
        desk: the façade.
        ingest: takes uploaded files in; called by one background worker.
        allowed_hosts: names besides the loopback ones that it answers to; ``*`` for any.
    """
    settings = desk.settings
    metrics = Metrics()
    jobs = Jobs(
        ingest, settings.data_dir / "uploads", desk.documents, metrics.ingested, metrics.ingest_failed
    )
    memos = MemoJobs(metrics.memo)
    _watch(metrics, desk, jobs, memos)
    images = PageImages.from_settings(settings)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await run_in_threadpool(jobs.resume)
        yield
        await run_in_threadpool(jobs.stop, min(settings.stop_seconds, 5.0))
        await run_in_threadpool(memos.stop, settings.stop_seconds)
        images.close()

    app = FastAPI(
        title="Briefing Desk",
        version=_version(),
        description=_DESCRIPTION,
        docs_url=None,  # the stock pages load scripts from elsewhere
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.services = Services(desk=desk, jobs=jobs, metrics=metrics, memos=memos, pages=images)
    configured = [h for h in settings.allowed_hosts.split(",") if h.strip()]
    hosts = [h.strip() for h in [*allowed_hosts, *configured]]
    app.add_middleware(Guard, hosts=hosts, upload_bytes=settings.max_upload_mb * _MIB + _FORM_OVERHEAD)
    app.add_middleware(Observer, metrics=metrics)  # the last one added is the outermost
    errors.install(app)
    for api in (ask, documents, page_images, conversations, memo_api, openai, operations):
        app.include_router(api.router)
    for page in (pages, library_pages, reader, memo_pages, quality):
        app.include_router(page.router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    return app


def _watch(metrics: Metrics, desk: Desk, jobs: Jobs, memos: MemoJobs) -> None:
    def queues() -> dict[str, float]:
        return {"uploads": jobs.waiting(), "memos": len(memos.unfinished())}

    def passages() -> dict[str, float]:
        return {"": sum(d.passages for d in desk.documents())}

    metrics.watch("queue_length", "Jobs that wait or run.", queues, "queue")
    metrics.watch("library_documents", "Documents in the library.", lambda: {"": len(desk.documents())})
    metrics.watch("library_passages", "Passages in the library.", passages)


def _version() -> str:
    try:
        return version("briefing-desk")
    except PackageNotFoundError:
        return "0"  # run from a checkout that was never installed

