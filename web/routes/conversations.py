"""``/api/conversations``, ``/api/answers``: what was asked, and what readers thought of it."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response

from web import history, present
from web.deps import DeskDep, ServicesDep
from web.history import attachment
from web.schemas import (
    AnswerReply,
    ConversationReply,
    ConversationRow,
    FeedbackBody,
    FeedbackReply,
    Problem,
    QuestionsReply,
    RenameBody,
)

PROBLEMS: dict[int | str, dict[str, Any]] = {
    404: {"model": Problem, "description": "No such conversation or answer"},
    422: {"model": Problem, "description": "The request is not valid"},
}
router = APIRouter(prefix="/api", tags=["conversations"], responses=PROBLEMS)


@router.get("/conversations", response_model=list[ConversationRow], response_model_exclude_unset=True)
def conversations(
    desk: DeskDep,
    q: Annotated[str, Query(max_length=200, description="Only those that ask or answer these words.")] = "",
) -> list[dict[str, Any]]:
    """All conversations, latest first; with ``q`` each with the answers that match."""
    rows = desk.conversations.conversations()
    return history.found(rows, desk.conversations.search(q), q) if q.strip() else rows


@router.get(
    "/conversations/{conversation_id}/export",
    response_class=Response,
    responses={200: {"content": {"text/markdown": {}, "application/json": {}}}},
)
def export(
    conversation_id: str, request: Request, desk: DeskDep, format: Literal["md", "json"] = "md"
) -> Response:
    """The conversation as a file: Markdown to read, or JSON with everything that was shown."""
    stored = desk.conversations.conversation(conversation_id)
    if format == "json":
        whole = {**stored, "answers": [present.decorate(a) for a in stored["answers"]]}
        content, kind = json.dumps(whole, ensure_ascii=False, indent=2), "application/json"
    else:
        content, kind = history.markdown(stored, str(request.base_url).rstrip("/")), "text/markdown"
    headers = {"content-disposition": attachment(stored["title"], format)}
    return Response(content, media_type=f"{kind}; charset=utf-8", headers=headers)


@router.get(
    "/conversations/{conversation_id}",
    response_model=ConversationReply,
    response_model_exclude_unset=True,
)
def conversation(conversation_id: str, desk: DeskDep) -> dict[str, Any]:
    """A conversation with its answers as they were shown."""
    stored = desk.conversations.conversation(conversation_id)
    return {**stored, "answers": [present.decorate(a) for a in stored["answers"]]}


@router.patch("/conversations/{conversation_id}", response_model=ConversationRow)
def rename(conversation_id: str, body: RenameBody, desk: DeskDep) -> dict[str, Any]:
    """Gives a conversation another title."""
    desk.conversations.rename(conversation_id, body.title)
    stored = desk.conversations.conversation(conversation_id)
    return {**stored, "turns": len(stored["answers"])}


@router.delete("/conversations/{conversation_id}", status_code=204)
def delete(conversation_id: str, desk: DeskDep) -> None:
    """Removes a conversation with its answers."""
    desk.conversations.delete(conversation_id)


@router.get(
    "/answers/{answer_id}", response_model=AnswerReply, response_model_exclude_unset=True
)
def answer(answer_id: str, desk: DeskDep) -> dict[str, Any]:
    """A stored answer, with the numbers and quotes it was shown with."""
    return present.decorate(desk.conversations.answer(answer_id))


@router.get("/answers/{answer_id}/followups", response_model=QuestionsReply)
def followups(answer_id: str, desk: DeskDep) -> dict[str, list[str]]:
    """Questions to go on with, each tried out: the library answers it."""
    return {"questions": desk.followups(desk.conversations.answer(answer_id))}


@router.post("/answers/{answer_id}/feedback", status_code=201, response_model=FeedbackReply)
def feedback(answer_id: str, body: FeedbackBody, services: ServicesDep) -> dict[str, str]:
    """Keeps a reader's verdict with the answer it is about."""
    kept = services.desk.conversations.add_feedback(answer_id, verdict=body.verdict, note=body.note)
    services.metrics.feedback(body.verdict)
    return {"id": kept}
