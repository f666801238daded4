"""The web application: ``create_app`` puts together routes, checks and the error table.

Everything arrives through its arguments; nothing is read or opened at import.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from fastapi import Depends, FastAPI
from fastapi.security import HTTPBearer
from starlette.concurrency import run_in_threadpool
from starlette.staticfiles import StaticFiles

from web import errors, openapi
from web.access import Observer
from web.auth.access import Access, Clocks
from web.auth.gate import Gate, form_is_ours
from web.deps import Desk, Ingest, Services
from web.i18n import Languages
from web.jobs import Jobs
from web.memo_jobs import MemoJobs
from web.metrics import Metrics
from web.page_images import PageImages
from web.routes import (
    account,
    ask,
    conversations,
    curation,
    curation_pages,
    documents,
    language,
    library_pages,
    login,
    memo_pages,
    openai,
    operations,
    page_images,
    pages,
    quality,
    reader,
    users,
)
from web.routes import memos as memo_api
from web.schemas import Problem
from web.security import Guard
from web.templating import STATIC

_MIB = 1 << 20
_FORM_OVERHEAD = 64 << 10  # boundaries and headers of a multipart form
_DESCRIPTION = (
    "Answers about a folder of reports, every sentence resting on a quote. All offsets are Unicode "
    "code-point offsets into the document text of `GET /api/documents/{id}/text`."
)


def create_app(
    desk: Desk, *, ingest: Ingest, allowed_hosts: Sequence[str] = (), clocks: Clocks | None = None
) -> FastAPI:
    """The application.

    Args:
        desk: the façade.
        ingest: takes uploaded files in; called by one background worker.
        allowed_hosts: names besides the loopback ones that it answers to; ``*`` for any.
        clocks: stand in for the system's where log-ins last and limits count (tests).
    """
    settings = desk.settings
    metrics = Metrics()
    jobs = Jobs(
        ingest, settings.data_dir / "uploads", desk.documents, metrics.ingested, metrics.ingest_failed
    )
    memos = MemoJobs(metrics.memo)
    access = Access(settings, desk.accounts, clocks)
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
        dependencies=_dependencies(access),
        responses=_refusals(access),
    )
    app.state.services = Services(
        desk=desk, jobs=jobs, metrics=metrics, memos=memos, pages=images, access=access
    )
    configured = [h for h in settings.allowed_hosts.split(",") if h.strip()]
    hosts = [h.strip() for h in [*allowed_hosts, *configured]]
    app.add_middleware(Gate, access=access)
    app.add_middleware(Guard, hosts=hosts, upload_bytes=settings.max_upload_mb * _MIB + _FORM_OVERHEAD)
    app.add_middleware(Languages)
    app.add_middleware(Observer, metrics=metrics)  # the last one added is the outermost
    errors.install(app)
    for api in (ask, documents, curation, page_images, conversations, memo_api, openai, operations):
        app.include_router(api.router)
    for page in (pages, library_pages, curation_pages, reader, memo_pages, quality, language):
        app.include_router(page.router)
    if access.mode != "none":
        app.include_router(account.router)
        app.include_router(users.router)
    if access.mode == "password":
        app.include_router(login.router)
    openapi.install(app)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    return app


def _watch(metrics: Metrics, desk: Desk, jobs: Jobs, memos: MemoJobs) -> None:
    def queues() -> dict[str, float]:
        return {"uploads": jobs.waiting(), "memos": memos.waiting()}

    def passages() -> dict[str, float]:
        return {"": sum(d.passages for d in desk.documents())}

    metrics.watch("queue_length", "Jobs that wait or run.", queues, "queue")
    metrics.watch("library_documents", "Documents in the library.", lambda: {"": len(desk.documents())})
    metrics.watch("library_passages", "Passages in the library.", passages)


def _dependencies(access: Access) -> list[Any]:
    found = [Depends(form_is_ours)]
    if access.mode != "none":  # so that OpenAPI tells programs how to show whose they are
        found.append(Depends(HTTPBearer(auto_error=False, description="A token of `briefing users token`.")))
    return found


def _refusals(access: Access) -> dict[int | str, dict[str, Any]]:
    """What the gate may answer in place of any route."""
    if access.mode == "none":
        return {}
    return {
        401: {"model": Problem, "description": "Nobody is logged in, or the token is not valid"},
        403: {"model": Problem, "description": "The role does not cover this, or the request is not from our page"},
        429: {"model": Problem, "description": "Too many requests; the header Retry-After says when to try again"},
    }


def _version() -> str:
    try:
        return version("briefing-desk")
    except PackageNotFoundError:
        return "0"  # run from a checkout that was never installed

