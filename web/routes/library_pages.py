"""The library, as pages that work without scripts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse

from rag.labels import source_name
from rag.types import DocumentInfo
from web.deps import DeskDep, ServicesDep
from web.routes.documents import info, remove_document
from web.templating import render

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

_SORTS: dict[str, Callable[[DocumentInfo], Any]] = {
    "title": lambda d: d.metadata.title.casefold(),
    "source": lambda d: source_name(d.metadata).casefold(),
    "published": lambda d: d.metadata.published or "",
    "pages": lambda d: d.pages or 0,
    "added": lambda d: d.ingested_at,
}


def _matches(document: DocumentInfo, words: str) -> bool:
    meta = document.metadata
    parts = (document.id, meta.title, meta.publisher or "", *meta.authors, meta.published or "")
    return all(word in " ".join(parts).casefold() for word in words.casefold().split())


@router.get("/library")
def library(
    services: ServicesDep,
    q: str = "",
    publisher: str = "",
    language: str = "",
    sort: str = "title",
    order: str = "asc",
    job: str = "",
) -> HTMLResponse:
    """All reports, sorted and filtered; the upload at the top."""
    everything = services.desk.documents()
    key = sort if sort in _SORTS else "title"
    shown = [
        d
        for d in everything
        if _matches(d, q)
        and (not publisher or d.metadata.publisher == publisher)
        and (not language or d.metadata.language == language)
    ]
    shown.sort(key=lambda d: d.id)
    shown.sort(key=_SORTS[key], reverse=order == "desc")
    rows = [{"info": d, "source": source_name(d.metadata)} for d in shown]
    return render(
        "library.html",
        nav="library",
        rows=rows,
        total=len(everything),
        publishers=sorted({d.metadata.publisher for d in everything if d.metadata.publisher}),
        languages=sorted({d.metadata.language for d in everything if d.metadata.language}),
        view={"q": q, "publisher": publisher, "language": language, "sort": key, "order": order},
        job=services.jobs.job(job).json() if job else None,
        limit=services.desk.settings.max_upload_mb,
    )


@router.post("/library")
def upload(services: ServicesDep, files: list[UploadFile]) -> RedirectResponse:
    """Takes files in and shows how far they are."""
    job = services.jobs.submit((f.filename or "", f.file) for f in files if f.filename)
    return RedirectResponse(f"/library?job={job.id}", status_code=303)


@router.get("/documents/{document_id}/remove")
def confirm(document_id: str, desk: DeskDep) -> HTMLResponse:
    """Asks before a report is removed."""
    return render("remove.html", nav="library", info=info(desk, document_id))


@router.post("/documents/{document_id}/remove")
def remove(document_id: str, services: ServicesDep) -> RedirectResponse:
    """Removes a report and goes back to the library."""
    remove_document(services, document_id)
    return RedirectResponse("/library", status_code=303)
