"""``/memos``: list, order, outline, progress, reading, editing and comparing, without scripts too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import quote as percent

from fastapi import APIRouter, Depends, Form, Query
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from rag import wire
from rag.errors import BriefingError, NotFound, UsageError
from rag.wire_memo import memo_from_json
from web import forms, memos
from web.deps import Desk, DeskDep, ServicesDep
from web.forms import FilterState, FormFilters, QueryFilters
from web.i18n import gettext
from web.memo_jobs import MemoJob
from web.routes.memos import known_documents, place, restart, start
from web.schemas import MemoBody
from web.templating import render

router = APIRouter(prefix="/memos", include_in_schema=False, default_response_class=HTMLResponse)
DEFAULT = "two-page"


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked for, as strings, ready for a form."""

    task: str = ""
    template: str = DEFAULT
    as_of: str = ""


def order(
    task: Annotated[str, Form()] = "",
    template: Annotated[str, Form()] = DEFAULT,
    as_of: Annotated[str, Form()] = "",
) -> Order:
    """An order out of a posted form."""
    return Order(task, template, as_of)


FormOrder = Annotated[Order, Depends(order)]


@dataclass(frozen=True, slots=True)
class PostedOutline:
    """An outline out of a posted form; ``title`` is None when the form had none."""

    title: str | None
    rows: list[dict[str, Any]]


def posted_outline(
    title: Annotated[str | None, Form()] = None,
    heading: Annotated[list[str] | None, Form()] = None,
    question: Annotated[list[str] | None, Form()] = None,
    role: Annotated[list[str] | None, Form()] = None,
    words: Annotated[list[str] | None, Form()] = None,
) -> PostedOutline:
    """The rows in the order of the form."""
    return PostedOutline(title, memos.posted_rows(heading or (), question or (), role or (), words or ()))


FormOutline = Annotated[PostedOutline, Depends(posted_outline)]


@router.get("")
def listed(services: ServicesDep) -> HTMLResponse:
    """All memos, the newest version of each, latest first."""
    return render(
        "memos.html",
        nav="memos",
        memos=memos.families(services.desk.memos.memos()),
        templates=_names(services.desk),
        waiting=services.memos.unfinished(),
    )


@router.get("/new")
def new(
    desk: DeskDep,
    state: QueryFilters,
    task: Annotated[str, Query(max_length=4000)] = "",
    template: str = DEFAULT,
    as_of: str = "",
) -> HTMLResponse:
    """The form for a memo."""
    return _form(desk, Order(task, template, as_of), state)


@router.post("/outline")
def outline(
    desk: DeskDep,
    asked: FormOrder,
    state: FormFilters,
    posted: FormOutline,
    action: Annotated[str, Form()] = "",
) -> HTMLResponse:
    """The outline, made or as changed by a button."""
    try:
        body = _body(asked, state)
        known_documents(desk, body.to_filters())
        if posted.title is None:
            made = desk.memo_outline(body.task, template=body.template)
            posted = PostedOutline(made.title, memos.outline_rows(made))
    except UsageError as error:
        return _form(desk, asked, state, problem=str(error))
    rows = memos.changed_rows(posted.rows, action)
    return _outline_page(desk, asked, state, posted.title or "", rows)


@router.post("")
def write(services: ServicesDep, asked: FormOrder, state: FormFilters, posted: FormOutline) -> Response:
    """Begins the memo and shows how far it is."""
    try:
        given = {"title": posted.title, "sections": _sections(posted.rows)} if posted.rows else None
        job = start(services, _body(asked, state, outline=given), asked=_asked(asked, state))
    except UsageError as error:
        if posted.rows:
            return _outline_page(
                services.desk, asked, state, posted.title or "", posted.rows, problem=str(error)
            )
        return _form(services.desk, asked, state, problem=str(error))
    return RedirectResponse(place(job.id), status_code=303)


@router.get("/{memo_id}")
def read(memo_id: str, services: ServicesDep) -> Response:
    """A memo, or how far it is, or why it could not be written."""
    job = services.memos.find(memo_id)
    if job is not None:
        return _job_page(services.desk, job)
    desk = services.desk
    stored = desk.memos.memo(memo_id)
    return render(
        "memo.html",
        nav="memos",
        turn=memos.memo_view(stored),
        versions=desk.memos.versions(memo_id),
        news=_news(desk, memo_id),
        findings=desk.lint_memo(memo_from_json(stored)),
        titles={d.id: d.metadata.title for d in desk.documents()},
        template=_names(desk).get(stored["template"], stored["template"]),
        formats=memos.FORMATS,
    )


@router.post("/{memo_id}/delete")
def delete(memo_id: str, desk: DeskDep) -> RedirectResponse:
    """Removes the memo with all its versions and goes back to the list."""
    desk.memos.delete(memo_id)
    return RedirectResponse("/memos", status_code=303)


@router.post("/{memo_id}/refresh")
def refresh(memo_id: str, services: ServicesDep) -> RedirectResponse:
    """Writes the memo anew and then shows what changed."""
    return RedirectResponse(place(restart(services, memo_id).id), status_code=303)


@router.get("/{memo_id}/edit")
def edit(memo_id: str, desk: DeskDep) -> HTMLResponse:
    """Every statement as a field, with the quotes it must rest on."""
    return _edit_page(desk, memo_id)


@router.post("/{memo_id}/edit")
def save(
    memo_id: str,
    desk: DeskDep,
    at: Annotated[list[str] | None, Form()] = None,
    text: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """Stores the next version, each changed statement verified again."""
    wordings = memos.posted_wordings(at or (), text or ())
    try:
        edited = desk.memo_revisions.edit(memo_id, wordings)
    except NotFound:
        raise
    except UsageError as error:
        return _edit_page(desk, memo_id, str(error), wordings)
    return RedirectResponse(place(edited.id), status_code=303)


@router.get("/{memo_id}/compare")
def compare(
    memo_id: str, desk: DeskDep, before: Annotated[str, Query(alias="with")] = ""
) -> HTMLResponse:
    """What changed between two versions, claim by claim."""
    after = desk.memos.memo(memo_id)
    before = before or str(after.get("parent_id") or "")
    if not before:
        raise UsageError(gettext("This is the first version of the memo; there is none to compare it with."))
    earlier = desk.memos.memo(before)
    found = wire.comparison_json(desk.memo_revisions.compare(before, memo_id))
    return render(
        "memo_compare.html",
        nav="memos",
        after=after,
        before=earlier,
        comparison=found,
        groups=memos.comparison_view(found),
        versions=desk.memos.versions(memo_id),
        titles=_titles(desk, after, earlier),
    )


# --------------------------------------------------------------------------- steps


def _names(desk: Desk) -> dict[str, str]:
    plans = desk.memo_maker
    return {name: plans.template(name).front.title for name in plans.templates()}


def _titles(desk: Desk, *stored: dict[str, Any]) -> dict[str, str]:
    known = {s["id"]: s["title"] for memo in stored for s in memo["sources"]}
    return known | {d.id: d.metadata.title for d in desk.documents()}


def _body(asked: Order, state: FilterState, *, outline: dict[str, Any] | None = None) -> MemoBody:
    state.to_filters()  # says what is wrong with a filter in the words of the form
    return forms.validated(
        MemoBody,
        task=asked.task,
        template=asked.template,
        as_of=asked.as_of,
        outline=outline,
        filters={
            "documents": list(state.documents),
            "publishers": list(state.publishers),
            "published_after": state.published_after,
            "published_before": state.published_before,
            "language": state.language,
        },
    )


def _sections(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {**row, "words": int(row["words"]) if str(row["words"]).isdecimal() else None}
        for row in rows
        if row["heading"] or row["question"]
    ]


def _asked(asked: Order, state: FilterState) -> dict[str, Any]:
    return {
        "task": asked.task,
        "template": asked.template,
        "as_of": asked.as_of,
        "document": list(state.documents),
        "publisher": list(state.publishers),
        "published_after": state.published_after,
        "published_before": state.published_before,
        "language": state.language,
    }


def _form(
    desk: Desk, asked: Order, state: FilterState, *, problem: str | None = None, status_code: int | None = None
) -> HTMLResponse:
    documents = desk.documents()
    plans = desk.memo_maker
    return render(
        "memo_new.html",
        status_code=status_code or (422 if problem else 200),
        nav="memos",
        order=asked,
        problem=problem,
        library=documents,
        templates=[{"name": n, "front": plans.template(n).front} for n in plans.templates()],
        filters=forms.choices(documents, state),
    )


def _outline_page(
    desk: Desk,
    asked: Order,
    state: FilterState,
    title: str,
    rows: list[dict[str, Any]],
    problem: str | None = None,
) -> HTMLResponse:
    return render(
        "memo_outline.html",
        status_code=422 if problem else 200,
        nav="memos",
        order=asked,
        state=state,
        title=title,
        rows=rows,
        fixed=memos.FIXED,
        problem=problem,
        template=_names(desk).get(asked.template, asked.template),
    )


def _job_page(desk: Desk, job: MemoJob) -> Response:
    if job.error is not None:
        asked = dict(job.asked)
        shown = Order(asked.get("task", job.task), asked.get("template", DEFAULT), asked.get("as_of", ""))
        state = FilterState(
            tuple(asked.get("document", ())),
            tuple(asked.get("publisher", ())),
            asked.get("published_after", ""),
            asked.get("published_before", ""),
            asked.get("language", ""),
        )
        return _form(desk, shown, state, problem=str(job.error), status_code=job.error.http_status)
    if job.state == "done":
        return RedirectResponse(job.place, status_code=303)
    return render("memo_progress.html", nav="memos", job=job)


def _news(desk: Desk, memo_id: str) -> Any:
    """What became of the sources; a search that cannot run must not keep the memo from being read."""
    try:
        return {"news": desk.memo_revisions.news(memo_id), "problem": None}
    except BriefingError as error:
        return {"news": None, "problem": str(error)}


def _edit_page(
    desk: Desk,
    memo_id: str,
    problem: str | None = None,
    wordings: dict[tuple[int, int], str] | None = None,
) -> HTMLResponse:
    return render(
        "memo_edit.html",
        status_code=422 if problem else 200,
        nav="memos",
        turn=memos.memo_view(desk.memos.memo(memo_id)),
        problem=problem,
        wordings=wordings or {},
        address=f"/memos/{percent(memo_id, safe='')}",
    )
