"""The library, as pages that work without scripts."""

from __future__ import annotations

from fastapi import APIRouter, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse

from rag.errors import NotFound
from rag.labels import source_name
from web import shelf
from web.deps import DeskDep, Services, ServicesDep
from web.jobs import Job
from web.routes.documents import info, remove_document
from web.shelf import ShelfQuery
from web.templating import render

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@router.get("/library")
def library(services: ServicesDep, view: ShelfQuery, job: str = "") -> HTMLResponse:
    """All reports, sorted and filtered; the upload at the top."""
    everything = services.desk.documents()
    rows = [{"info": d, "source": source_name(d.metadata)} for d in shelf.shown(everything, view)]
    jobs, forgotten = _jobs(services, job)
    return render(
        "library.html",
        nav="library",
        rows=rows,
        total=len(everything),
        view=view,
        offered=shelf.offered(everything),
        jobs=[j.json() for j in jobs],
        forgotten=forgotten,
        limit=services.desk.settings.max_upload_mb,
    )


def _jobs(services: Services, job_id: str) -> tuple[list[Job], bool]:
    """The upload that was asked for and those under way; True where the server has forgotten the first."""
    found = services.jobs.unfinished()
    if not job_id:
        return found, False
    try:
        asked = services.jobs.job(job_id)
    except NotFound:  # the list of uploads starts afresh with the server; their files do not
        return found, True
    return [asked, *(j for j in found if j.id != asked.id)], False


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
