"""Correcting metadata, reading a report again, and the table of names, as pages that work without scripts."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote as percent

from fastapi import APIRouter, Form, Query
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from rag.errors import NotFound, SettingsError, UsageError
from web import curating
from web.deps import Desk, DeskDep, ServicesDep
from web.jobs import Job
from web.routes.documents import info
from web.templating import render

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@router.get("/documents/{document_id}/edit")
def edit(document_id: str, desk: DeskDep) -> HTMLResponse:
    """The metadata of a report, to be corrected."""
    return _form(desk, document_id)


def _form(
    desk: Desk, document_id: str, problem: str = "", typed: dict[str, str] | None = None
) -> HTMLResponse:
    fields = curating.form_fields(desk, document_id)
    if typed:
        fields = [{**field, "value": typed[field["name"]]} for field in fields]
    return render(
        "document_edit.html",
        status_code=422 if problem else 200,
        nav="library",
        info=info(desk, document_id),
        fields=fields,
        problem=problem,
    )


@router.post("/documents/{document_id}/edit")
def save(
    document_id: str,
    services: ServicesDep,
    title: Annotated[str, Form()] = "",
    authors: Annotated[str, Form()] = "",
    publisher: Annotated[str, Form()] = "",
    published: Annotated[str, Form()] = "",
    language: Annotated[str, Form()] = "",
) -> Response:
    """Keeps the corrections and shows the report."""
    typed = {
        "title": title,
        "authors": authors,
        "publisher": publisher,
        "published": published,
        "language": language,
    }
    try:
        job = curating.edit(services, document_id, {**typed, "authors": authors.splitlines()})
    except NotFound:
        raise
    except UsageError as error:
        return _form(services.desk, document_id, str(error), typed)
    return _after(document_id, job)


@router.post("/documents/{document_id}/revert")
def revert(document_id: str, services: ServicesDep) -> RedirectResponse:
    """Takes all corrections back and shows the report."""
    return _after(document_id, curating.edit(services, document_id, None))


def _after(document_id: str, job: Job | None) -> RedirectResponse:
    place = f"/library?job={job.id}" if job is not None else f"/documents/{percent(document_id, safe='')}"
    return RedirectResponse(place, status_code=303)


@router.post("/documents/{document_id}/reingest")
def reingest(document_id: str, services: ServicesDep) -> RedirectResponse:
    """Has the report read again and shows how far that is."""
    return RedirectResponse(f"/library?job={curating.read_again(services, document_id).id}", status_code=303)


@router.get("/library/names")
def names(
    desk: DeskDep,
    q: Annotated[str, Query(max_length=200)] = "",
    origin: str = "",
    added: bool = False,
) -> HTMLResponse:
    """Which names search takes for the same; own groups can be added and taken out."""
    return _names(desk, q=q, origin=origin, added=added)


def _names(
    desk: Desk, *, q: str = "", origin: str = "", added: bool = False, problem: str = "", typed: str = ""
) -> HTMLResponse:
    broken = ""
    try:
        own = desk.curator.own_groups()
        in_force = curating.matching(desk.curator.groups_in_force(), q, origin)
    except SettingsError as error:  # a person's own file has a mistake in it: say which
        own, in_force, broken = [], [], str(error)
    return render(
        "names.html",
        status_code=422 if problem else 200,
        nav="library",
        own=own,
        groups=in_force[: curating.SHOWN],
        total=len(in_force),
        origins=curating.ORIGINS,
        view={"q": q, "origin": origin},
        added=added,
        problem=problem,
        broken=broken,
        typed=typed,
    )


@router.post("/library/names")
def add(desk: DeskDep, names: Annotated[str, Form(max_length=20_000)] = "") -> Response:
    """Adds a group: one name a line."""
    try:
        desk.curator.add_group(names.splitlines())
    except UsageError as error:
        return _names(desk, problem=str(error), typed=names)
    return RedirectResponse("/library/names?added=true", status_code=303)


@router.post("/library/names/{key}/remove")
def remove(key: str, desk: DeskDep) -> RedirectResponse:
    """Takes an own group out."""
    desk.curator.remove_group(key)
    return RedirectResponse("/library/names", status_code=303)
