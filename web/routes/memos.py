"""``/api/memos``: memos over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import quote as percent

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse, Response

from rag import wire
from rag.errors import UsageError
from rag.types import Filters
from rag.wire_memo import memo_from_json
from web import memos
from web.deps import Desk, DeskDep, Services, ServicesDep
from web.memo_jobs import MemoJob, Progress, memo_id_of
from web.schemas import (
    ComparisonReply,
    EditBody,
    MemoBody,
    MemoProgress,
    MemoReply,
    MemoRow,
    OutlineReply,
    Problem,
    StatementEdit,
    StatementReply,
)

PROBLEMS: dict[int | str, dict[str, Any]] = {
    404: {"model": Problem, "description": "No such memo"},
    422: {"model": Problem, "description": "The request is not valid, or the reports hold nothing on the task"},
    503: {"model": Problem, "description": "The library is not ready"},
}
ON_ITS_WAY: dict[int | str, dict[str, Any]] = {202: {"model": MemoProgress, "description": "Being written"}}
router = APIRouter(prefix="/api/memos", tags=["memos"], responses=PROBLEMS)


def place(memo_id: str) -> str:
    """Address of a memo's page."""
    return f"/memos/{percent(memo_id, safe='')}"


def known_documents(desk: Desk, filters: Filters) -> None:
    """Raises UsageError when a filter names a document that the library does not have."""
    known = {d.id for d in desk.documents()}
    for document_id in filters.documents:
        if document_id not in known:
            raise UsageError(f"There is no document {document_id!r} in the library.")


def start(services: Services, body: MemoBody, asked: Mapping[str, Any] | None = None) -> MemoJob:
    """Checks the order as far as that is quick, and queues it.

    Raises:
        UsageError: unknown template, unknown document in the filters, an empty outline.
        IndexMismatch: the library was made with another embedding model.
    """
    desk, filters, outline = services.desk, body.to_filters(), body.to_outline()
    desk.check_fingerprint()
    if body.template is not None:
        desk.memo_maker.template(body.template)
    known_documents(desk, filters)

    def work(progress: Progress) -> tuple[str, str]:
        memo = desk.memo(
            body.task,
            template=body.template,
            filters=filters,
            as_of=body.as_of,
            outline=outline,
            progress=progress,
        )
        return memo.id, place(memo.id)

    return services.memos.submit(body.task, work, asked=asked)


def restart(services: Services, memo_id: str) -> MemoJob:
    """Queues the next version of a stored memo.  Raises NotFound."""
    desk = services.desk
    stored = desk.memos.memo(memo_id)
    desk.check_fingerprint()

    def work(progress: Progress) -> tuple[str, str]:
        comparison = desk.refresh_memo(memo_id, progress=progress)
        return comparison.after_id, f"{place(comparison.after_id)}/compare?with={percent(memo_id, safe='')}"

    return services.memos.submit(stored["task"], work, asked=memos.asked_of(stored))


@router.post("", status_code=202, response_model=MemoProgress)
def write(body: MemoBody, services: ServicesDep) -> dict[str, Any]:
    """Begins a memo; ``GET /api/memos/{id}`` says how far it is and then gives the memo."""
    return start(services, body).json()


@router.get("", response_model=list[MemoRow])
def all_memos(desk: DeskDep) -> list[dict[str, Any]]:
    """All memos and their versions, latest first."""
    return desk.memos.memos()


@router.post("/outline", response_model=OutlineReply)
def outline(body: MemoBody, desk: DeskDep) -> dict[str, Any]:
    """The outline that a memo would have, to be changed and sent with ``POST /api/memos``."""
    return wire.outline_json(desk.memo_outline(body.task, template=body.template))


@router.get(
    "/{memo_id}", response_model=MemoReply, response_model_exclude_unset=True, responses=ON_ITS_WAY
)
def memo(memo_id: str, services: ServicesDep) -> Any:
    """The memo; while it is being written (202) its progress, without ``sections``."""
    job = services.memos.find(memo_id)
    if job is not None and job.memo_id is None and job.error is None:
        return JSONResponse(job.json(), status_code=202)
    return memos.decorate(services.desk.memos.memo(memo_id_of(services.memos, memo_id)))


@router.get("/{memo_id}/export", response_class=Response)
def export(
    memo_id: str,
    services: ServicesDep,
    format: Annotated[str, Query(description="md, html, docx, pdf, json, csl or bib")] = "docx",
) -> Response:
    """The memo as a file."""
    from web.export import export_response

    stored = memo_from_json(services.desk.memos.memo(memo_id_of(services.memos, memo_id)))
    return export_response(stored, format, body=services.desk.memo_maker.own_body(stored))


@router.get("/{memo_id}/versions", response_model=list[MemoRow])
def versions(memo_id: str, services: ServicesDep) -> list[dict[str, Any]]:
    """All versions that the memo belongs to, oldest first."""
    return services.desk.memos.versions(memo_id_of(services.memos, memo_id))


@router.get("/{memo_id}/compare", response_model=ComparisonReply)
def compare(
    memo_id: str, services: ServicesDep, before: Annotated[str, Query(description="Id of the other version")]
) -> dict[str, Any]:
    """What changed from another version to this one, claim by claim."""
    after = memo_id_of(services.memos, memo_id)
    return wire.comparison_json(services.desk.memo_revisions.compare(before, after))


@router.post("/{memo_id}/refresh", status_code=202, response_model=MemoProgress)
def refresh(memo_id: str, services: ServicesDep) -> dict[str, Any]:
    """Writes the memo anew from today's library, as its next version."""
    return restart(services, memo_id_of(services.memos, memo_id)).json()


@router.post("/{memo_id}/check", response_model=StatementReply)
def check(memo_id: str, body: StatementEdit, services: ServicesDep) -> dict[str, Any]:
    """Verifies another wording of a statement against the quotes it has; stores nothing."""
    known = memo_id_of(services.memos, memo_id)
    checked = services.desk.memo_revisions.recheck(known, body.section, body.statement, body.text)
    return memos.decorated_statement(services.desk.memos.memo(known), wire.statement_json(checked))


@router.patch("/{memo_id}", status_code=201, response_model=MemoReply, response_model_exclude_unset=True)
def edit(memo_id: str, body: EditBody, services: ServicesDep) -> dict[str, Any]:
    """Stores the next version with other wordings, each verified again; the old version stays."""
    wordings = {(e.section, e.statement): e.text for e in body.edits}
    edited = services.desk.memo_revisions.edit(memo_id_of(services.memos, memo_id), wordings)
    return memos.decorate(wire.memo_json(edited))


@router.delete("/{memo_id}", status_code=204)
def delete(memo_id: str, services: ServicesDep) -> None:
    """Removes the memo with all its versions."""
    services.desk.memos.delete(memo_id_of(services.memos, memo_id))
