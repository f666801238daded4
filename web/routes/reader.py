"""The reader and the original file, as pages that work without scripts."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote as percent

from fastapi import APIRouter
from fastapi.responses import FileResponse, HTMLResponse

from rag.errors import LibraryBusy, NotFound
from rag.labels import attribution
from rag.types import Document
from web import present, reading
from web.deps import Desk, DeskDep, ServicesDep
from web.i18n import gettext
from web.original_page import original_page
from web.routes.documents import original
from web.templating import render

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@router.get("/documents/{document_id}")
def reader(
    document_id: str,
    desk: DeskDep,
    services: ServicesDep,
    start: int | None = None,
    end: int | None = None,
    answer: Annotated[str, "id of the answer the quote belongs to"] = "",
    memo: Annotated[str, "id of the memo the quote belongs to"] = "",
    page: Annotated[int | None, "the printed page to show beside the text"] = None,
) -> HTMLResponse:
    """The clean text, opened at the quote; for a PDF the original page beside it."""
    document = desk.document(document_id)
    asked_for = start is not None or end is not None
    mark = reading.valid_span(document, start, end)
    trail = _trail(desk, answer or memo, "answer" if answer else "memo", document_id, start, end)
    warning = None
    if asked_for and mark is None:
        warning = gettext("This place does not exist in the stored text, so nothing is marked.")
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
        cleaning=reading.cleaning_groups(document.cleaning),
        original=original_page(services.pages, document, mark, page),
        query=_query(start, end, answer, memo),
        has_original=Path(document.source_path).is_file(),
        marked=mark is not None,
        warning=warning,
        trail=trail,
    )


def _query(start: int | None, end: int | None, answer: str, memo: str) -> dict[str, Any]:
    """What an address within this reader keeps."""
    named = {"start": start, "end": end, "answer": answer or None, "memo": memo or None}
    return {name: value for name, value in named.items() if value is not None}


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
        moved = gettext("The report was taken in anew since this was written; the quote is marked at its new place.")
        return (at, at + len(citation["quote"])), moved
    gone = gettext("The report was changed since this was written and no longer has the quoted words: “%(quote)s”")
    return None, gone % {"quote": citation["quote"]}


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
