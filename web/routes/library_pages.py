"""The library, the reader and the original file, as pages that work without scripts."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote as percent

from fastapi import APIRouter, UploadFile
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse

from rag.errors import LibraryBusy, NotFound
from rag.labels import attribution, source_name
from rag.types import Document, DocumentInfo
from web import present, reading
from web.deps import Desk, DeskDep, ServicesDep
from web.routes.documents import info, original, remove_document
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


@router.get("/documents/{document_id}")
def reader(
    document_id: str,
    desk: DeskDep,
    start: int | None = None,
    end: int | None = None,
    answer: Annotated[str, "id of the answer the quote belongs to"] = "",
    memo: Annotated[str, "id of the memo the quote belongs to"] = "",
) -> HTMLResponse:
    """The clean text, opened at the quote."""
    document = desk.document(document_id)
    asked_for = start is not None or end is not None
    mark = reading.valid_span(document, start, end)
    trail = _trail(desk, answer or memo, "answer" if answer else "memo", document_id, start, end)
    warning = None
    if asked_for and mark is None:
        warning = "This place does not exist in the stored text, so nothing is marked."
    if trail is not None:
        mark, warning = _checked(document, trail["citation"], mark, warning)
    return render(
        "reader.html",
        nav="library",
        document=document,
        source=attribution(document.metadata),
        direction=reading.direction(document),
        blocks=reading.blocks(document, mark),
        outline=reading.outline(document, mark),
        cleaning=reading.cleaning_summary(document.cleaning),
        has_original=Path(document.source_path).is_file(),
        marked=mark is not None,
        warning=warning,
        trail=trail,
    )


def _trail(
    desk: Desk, owner_id: str, kind: str, document_id: str, start: int | None, end: int | None
) -> dict[str, Any] | None:
    if not owner_id or start is None or end is None:
        return None
    try:
        stored = desk.conversations.answer(owner_id) if kind == "answer" else desk.memos.memo(owner_id)
    except NotFound:
        return None  # the conversation was deleted; the text is still worth reading
    found = present.neighbours(stored, document_id, start, end, kind)
    back = f"/{kind}s/{percent(owner_id, safe='')}"
    return found and {**found, "kind": kind, "back": back}


def _checked(
    document: Document, citation: dict[str, Any], mark: tuple[int, int] | None, warning: str | None
) -> tuple[tuple[int, int] | None, str | None]:
    """The mark only where the stored text still has the quote the answer showed."""
    if mark and document.text[mark[0] : mark[1]] == citation["quote"]:
        return mark, warning
    at = document.text.find(citation["quote"])
    if at >= 0:
        moved = "The report was taken in anew since this was written; the quote is marked at its new place."
        return (at, at + len(citation["quote"])), moved
    return None, (
        "The report was changed since this was written and no longer has the quoted words: "
        f"“{citation['quote']}”"
    )


@router.get("/documents/{document_id}/original")
def download(document_id: str, desk: DeskDep) -> FileResponse:
    """The source file, byte for byte as it was taken in, always as a download."""
    path, found = original(desk, document_id)
    with path.open("rb") as source:
        digest = hashlib.file_digest(source, "sha256").hexdigest()
    if digest != found.sha256:
        raise LibraryBusy(
            f"The file behind {document_id!r} has changed since it was taken in. Ingest it again, "
            "then download it."
        )
    return FileResponse(
        path,
        media_type="application/octet-stream",
        filename=path.name,
        headers={"content-security-policy": "default-src 'none'; sandbox"},
    )
