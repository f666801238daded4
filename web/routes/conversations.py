"""``/api/conversations``, ``/api/answers``: what was asked, and what readers thought of it."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from web import present
from web.deps import DeskDep, ServicesDep
from web.schemas import (
    AnswerReply,
    ConversationReply,
    ConversationRow,
    FeedbackBody,
    FeedbackReply,
    Problem,
    RenameBody,
)

PROBLEMS: dict[int | str, dict[str, Any]] = {
    404: {"model": Problem, "description": "No such conversation or answer"},
    422: {"model": Problem, "description": "The request is not valid"},
}
router = APIRouter(prefix="/api", tags=["conversations"], responses=PROBLEMS)


@router.get("/conversations", response_model=list[ConversationRow])
def conversations(desk: DeskDep) -> list[dict[str, Any]]:
    """All conversations, latest first."""
    return desk.conversations.conversations()


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


@router.post("/answers/{answer_id}/feedback", status_code=201, response_model=FeedbackReply)
def feedback(answer_id: str, body: FeedbackBody, services: ServicesDep) -> dict[str, str]:
    """Keeps a reader's verdict with the answer it is about."""
    kept = services.desk.conversations.add_feedback(answer_id, verdict=body.verdict, note=body.note)
    services.metrics.feedback(body.verdict)
    return {"id": kept}
