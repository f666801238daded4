"""``/api/documents`` and ``/api/jobs``: the library over HTTP."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from fastapi import APIRouter, UploadFile

from rag import wire
from rag.errors import NotFound
from rag.types import DocumentInfo
from web.deps import Desk, DeskDep, Services, ServicesDep
from web.schemas import DocumentReply, JobReply, Problem, RemovedReply, TextReply

PROBLEMS: dict[int | str, dict[str, Any]] = {
    404: {"model": Problem, "description": "No such document or upload"},
    409: {"model": Problem, "description": "Another process is writing to the library"},
    413: {"model": Problem, "description": "The upload is too large"},
    422: {"model": Problem, "description": "The request is not valid"},
}
router = APIRouter(prefix="/api", tags=["library"], responses=PROBLEMS)


def info(desk: Desk, document_id: str) -> DocumentInfo:
    """One row of the library.  Raises NotFound."""
    found = next((d for d in desk.documents() if d.id == document_id), None)
    if found is None:
        raise NotFound(f"There is no document {document_id!r} in the library.")
    return found


def remove_document(services: Services, document_id: str) -> list[str]:
    """Removes a document, and the kept upload behind it, or the next ingest would bring it back."""
    kept = services.jobs.uploaded(info(services.desk, document_id).source_path)
    removed = services.desk.remove([document_id])
    if kept is not None:
        kept.unlink(missing_ok=True)
    return list(removed)


@router.get("/documents", response_model=list[DocumentReply])
def documents(desk: DeskDep) -> list[dict[str, Any]]:
    """All documents, by id."""
    return [wire.document_json(d) for d in desk.documents()]


@router.post("/documents", status_code=202, response_model=JobReply)
def upload(files: list[UploadFile], services: ServicesDep) -> dict[str, Any]:
    """Keeps the files and takes them in, in the background; ``GET /api/jobs/{id}`` says how far it is."""
    return services.jobs.submit((f.filename or "", f.file) for f in files).json()


@router.get("/documents/{document_id}", response_model=DocumentReply)
def document(document_id: str, desk: DeskDep) -> dict[str, Any]:
    """One document: its metadata, its outline, and what cleaning did to it."""
    row = wire.document_json(info(desk, document_id))
    whole = desk.document(document_id)
    return {
        **row,
        "sections": [asdict(s) for s in whole.sections],
        "page_spans": [asdict(p) for p in whole.page_spans],
        "notes": [asdict(n) for n in whole.notes],
        "cleaning": [asdict(a) for a in whole.cleaning],
    }


@router.get("/documents/{document_id}/text", response_model=TextReply)
def text(document_id: str, desk: DeskDep) -> dict[str, str]:
    """The text that every offset refers to."""
    return {"text": desk.document(document_id).text}


@router.delete("/documents/{document_id}", response_model=RemovedReply)
def remove(document_id: str, services: ServicesDep) -> dict[str, Any]:
    """Removes the document with all that belongs to it."""
    return {"removed": remove_document(services, document_id)}


@router.get("/jobs/{job_id}", response_model=JobReply)
def job(job_id: str, services: ServicesDep) -> dict[str, Any]:
    """How far an upload is."""
    return services.jobs.job(job_id).json()


def original(desk: Desk, document_id: str) -> tuple[Path, DocumentInfo]:
    """The source file of a document.  Raises NotFound when it is gone."""
    found = info(desk, document_id)
    path = Path(found.source_path)
    if not path.is_file():
        raise NotFound(f"The original of {document_id!r} is no longer where it was taken in from.")
    return path, found
