"""``/api/documents/{id}`` corrected and read again, ``/api/aliases``: what people put right in the library."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from web import curating
from web.deps import DeskDep, ServicesDep
from web.schemas import AliasBody, AliasesReply, AliasReply, EditedReply, JobReply, MetadataBody, Problem

PROBLEMS: dict[int | str, dict[str, Any]] = {
    404: {"model": Problem, "description": "No such document or group, or the original is gone"},
    409: {"model": Problem, "description": "Another process is writing to the library"},
    422: {"model": Problem, "description": "The request is not valid"},
}
router = APIRouter(prefix="/api", tags=["library"], responses=PROBLEMS)


@router.patch("/documents/{document_id}", response_model=EditedReply)
def edit(document_id: str, body: MetadataBody, services: ServicesDep) -> dict[str, Any]:
    """Corrects metadata; corrections survive every ingest until they are taken back."""
    curating.edit(services, document_id, body.changes())
    return curating.edited_json(services.desk, document_id)


@router.delete("/documents/{document_id}/edits", response_model=EditedReply)
def revert(document_id: str, services: ServicesDep) -> dict[str, Any]:
    """Takes all corrections back: metadata as found again."""
    curating.edit(services, document_id, None)
    return curating.edited_json(services.desk, document_id)


@router.post("/documents/{document_id}/reingest", status_code=202, response_model=JobReply)
def reingest(document_id: str, services: ServicesDep) -> dict[str, Any]:
    """Reads the report again from its original; ``GET /api/jobs/{id}`` says how far it is."""
    return curating.read_again(services, document_id).json()


@router.get("/aliases", response_model=AliasesReply)
def aliases(
    desk: DeskDep,
    q: Annotated[str, Query(max_length=200, description="Only groups with a name that has these words.")] = "",
) -> dict[str, Any]:
    """Names that search takes for the same."""
    own, in_force = desk.curator.own_groups(), desk.curator.groups_in_force()
    return {
        "own": [curating.alias_json(g) for g in curating.matching(own, q)],
        "in_force": [curating.alias_json(g) for g in curating.matching(in_force, q)],
    }


@router.post("/aliases", status_code=201, response_model=AliasReply)
def add_alias(body: AliasBody, desk: DeskDep) -> dict[str, Any]:
    """Adds an own group; the next question uses it."""
    return curating.alias_json(desk.curator.add_group(body.names))


@router.delete("/aliases/{key}", response_model=AliasReply)
def remove_alias(key: str, desk: DeskDep) -> dict[str, Any]:
    """Takes an own group out."""
    return curating.alias_json(desk.curator.remove_group(key))
