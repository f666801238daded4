"""The chat, its history and single answers, as pages that work without scripts."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote as percent

from fastapi import APIRouter, Form, Query
from fastapi.responses import HTMLResponse, RedirectResponse

from rag.errors import UsageError
from web import asking, forms, history, present
from web.deps import Desk, DeskDep, ServicesDep
from web.forms import FilterState, FormFilters, QueryFilters
from web.schemas import AskBody, FeedbackBody, RenameBody
from web.templating import render

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
RECENT = 5


def _chat(desk: Desk, state: FilterState, *, status_code: int = 200, **context: Any) -> HTMLResponse:
    documents = desk.documents()
    defaults: dict[str, Any] = {
        "conversation": None,
        "turns": [],
        "question": "",
        "problem": None,
        "suggestions": [],
        "recent": [],
    }
    return render(
        "chat.html",
        status_code=status_code,
        nav="ask",
        library=documents,
        filters=forms.choices(documents, state),
        **{**defaults, **context},
    )


def _started(desk: Desk) -> list[dict[str, Any]]:
    """Conversations that came to an answer; a stopped first question leaves none."""
    return [c for c in desk.conversations.conversations() if c["turns"]]


@router.get("/")
def start(desk: DeskDep, state: QueryFilters, q: Annotated[str, Query(max_length=4000)] = "") -> HTMLResponse:
    """An empty chat with suggested questions."""
    return _chat(
        desk,
        state,
        question=q,
        suggestions=desk.suggestions() if desk.documents() else [],
        recent=_started(desk)[:RECENT],
    )


@router.post("/ask")
def ask(
    services: ServicesDep,
    state: FormFilters,
    question: Annotated[str, Form()] = "",
    conversation_id: Annotated[str, Form()] = "",
) -> Any:
    """Asks and shows the answer under an address of its own."""
    desk = services.desk
    try:
        body = forms.validated(
            AskBody, question=question, conversation_id=conversation_id or None
        )
        filters = state.to_filters()
    except UsageError as error:
        return _chat(desk, state, status_code=422, question=question, problem=str(error))
    exchange = asking.open_exchange(
        desk, body.question, filters=filters, conversation_id=body.conversation_id
    )
    answer = asking.ask(services, exchange)
    conversation_id = answer["conversation_id"]
    place = f"/conversations/{percent(conversation_id)}{state.query()}#answer-{answer['id']}"
    return RedirectResponse(place, status_code=303)


@router.get("/shortcuts")
def shortcuts() -> HTMLResponse:
    """The list of keys."""
    return render("shortcuts.html", nav="")


@router.get("/conversations")
def conversations(desk: DeskDep, q: Annotated[str, Query(max_length=200)] = "") -> HTMLResponse:
    """All conversations, latest first; with ``q`` those in which its words were asked or answered."""
    rows = _started(desk)
    shown = history.found(rows, desk.conversations.search(q), q) if q.strip() else rows
    return render("history.html", nav="history", conversations=shown, total=len(rows), q=q.strip())


@router.get("/conversations/{conversation_id}")
def conversation(conversation_id: str, desk: DeskDep, state: QueryFilters) -> HTMLResponse:
    """A conversation as it was shown."""
    stored = desk.conversations.conversation(conversation_id)
    turns = [present.turn_view(a) for a in stored["answers"]]
    return _chat(desk, state, conversation=stored, turns=turns)


@router.post("/conversations/{conversation_id}/rename")
def rename(conversation_id: str, desk: DeskDep, title: Annotated[str, Form()] = "") -> RedirectResponse:
    """Gives a conversation another title and goes back to the list."""
    body = forms.validated(RenameBody, title=title)
    desk.conversations.rename(conversation_id, body.title)
    return RedirectResponse("/conversations", status_code=303)


@router.post("/conversations/{conversation_id}/delete")
def delete(conversation_id: str, desk: DeskDep) -> RedirectResponse:
    """Removes a conversation and goes back to the list."""
    desk.conversations.delete(conversation_id)
    return RedirectResponse("/conversations", status_code=303)


@router.get("/answers/{answer_id}")
def answer(answer_id: str, desk: DeskDep, thanks: bool = False) -> HTMLResponse:
    """One answer under a lasting address."""
    stored = desk.conversations.answer(answer_id)
    return render("answer.html", nav="", turn=present.turn_view(stored), thanks=thanks)


@router.post("/answers/{answer_id}/feedback")
def feedback(
    answer_id: str,
    services: ServicesDep,
    verdict: Annotated[str, Form()],
    note: Annotated[str, Form(max_length=4000)] = "",
) -> RedirectResponse:
    """Keeps a reader's verdict."""
    body = forms.validated(FeedbackBody, verdict=verdict, note=note)
    services.desk.conversations.add_feedback(answer_id, verdict=body.verdict, note=body.note)
    services.metrics.feedback(body.verdict)
    return RedirectResponse(f"/answers/{percent(answer_id)}?thanks=true", status_code=303)
