"""Conversations, answers and feedback, kept as they were shown."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from rag.errors import NotFound, UsageError
from rag.records import schema
from rag.records.database import Database
from rag.text import fold
from rag.types import Answer
from rag.wire import answer_json

_CONVERSATIONS = schema.conversations.c
_ANSWERS = schema.answers.c


class SqlConversations:
    """A :class:`rag.ports.ConversationStore` over SQL."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    def create(self, *, title: str, owner: str = "") -> str:
        """A new conversation; returns its id."""
        conversation_id, time = uuid.uuid4().hex, stamp(self._now())
        with self._database.write() as connection:
            _begin(connection, conversation_id, title, owner, time)
        return conversation_id

    def add_answer(self, answer: Answer, *, owner: str = "", opens: str | None = None) -> None:
        """Stores an answer; its conversation, if it names one, moves to the top.

        With ``opens`` the conversation is made in the same transaction, under that title: one flush to
        disk in place of two, and no conversation without an answer.

        Raises:
            NotFound: the conversation does not exist or belongs to somebody else.
            UsageError: an answer with that id is stored already; stored answers never change.
        """
        time = stamp(self._now())
        with self._database.write() as connection:
            if answer.conversation_id is not None and opens is not None:
                _begin(connection, answer.conversation_id, opens, owner, time)
            elif answer.conversation_id is not None:
                _owned(connection, answer.conversation_id, owner)
                connection.execute(
                    update(schema.conversations)
                    .where(_CONVERSATIONS.id == answer.conversation_id)
                    .values(updated_at=time)
                )
            if connection.execute(select(_ANSWERS.id).where(_ANSWERS.id == answer.id)).first():
                raise UsageError(f"An answer with the id {answer.id!r} is stored already.")
            connection.execute(
                insert(schema.answers).values(
                    id=answer.id,
                    conversation_id=answer.conversation_id,
                    owner=owner,
                    question=answer.question,
                    refused=answer.refused,
                    writer=answer.writer,
                    created_at=time,
                    body=answer_json(answer),
                )
            )

    def answer(self, answer_id: str, *, owner: str = "") -> dict[str, Any]:
        """The stored answer in the contract's JSON shape.  Raises NotFound, also when it is another's."""
        query = select(_ANSWERS.body).where(_ANSWERS.id == answer_id, _ANSWERS.owner == owner)
        with self._database.read() as connection:
            body = connection.execute(query).scalar_one_or_none()
        if body is None:
            raise _no_answer(answer_id)
        return dict(body)

    def conversations(self, *, owner: str = "") -> list[dict[str, Any]]:
        """``{"id","title","created_at","updated_at","turns"}``, latest first."""
        turns = select(func.count()).where(_ANSWERS.conversation_id == _CONVERSATIONS.id).scalar_subquery()
        query = (
            select(schema.conversations, turns.label("turns"))
            .where(_CONVERSATIONS.owner == owner)
            .order_by(_CONVERSATIONS.updated_at.desc(), _CONVERSATIONS.number.desc())
        )
        with self._database.read() as connection:
            return [_summary(row) | {"turns": row.turns} for row in connection.execute(query)]

    def search(self, words: str, *, owner: str = "") -> list[dict[str, Any]]:
        """Answers whose question or text has all the words, in any case and form of letter, latest first."""
        wanted = fold(words).text.split()
        if not wanted:
            return []
        columns = (_ANSWERS.conversation_id, _ANSWERS.id, _ANSWERS.question, _ANSWERS.body["answer"].as_string())
        query = (
            select(*columns)
            .join(schema.conversations, _ANSWERS.conversation_id == _CONVERSATIONS.id)
            .where(_CONVERSATIONS.owner == owner)
            .order_by(_ANSWERS.number.desc())
        )
        found = []
        with self._database.read() as connection:
            for conversation_id, answer_id, question, answer in connection.execute(query):
                text = fold(f"{question} {answer or ''}").text
                if all(word in text for word in wanted):
                    row = {"conversation_id": conversation_id, "answer_id": answer_id}
                    found.append({**row, "question": question, "answer": answer or ""})
        return found

    def conversation(self, conversation_id: str, *, owner: str = "") -> dict[str, Any]:
        """``{"id","title",...,"turns","answers":[answer JSON]}``, answers in order.  Raises NotFound."""
        query = select(_ANSWERS.body).where(_ANSWERS.conversation_id == conversation_id).order_by(_ANSWERS.number)
        with self._database.read() as connection:
            row = _owned(connection, conversation_id, owner)
            bodies = [dict(body) for body in connection.execute(query).scalars()]
        return _summary(row) | {"turns": len(bodies), "answers": bodies}

    def rename(self, conversation_id: str, title: str, *, owner: str = "") -> None:
        """Gives it another title; its place in the list stays.  Raises NotFound."""
        with self._database.write() as connection:
            _owned(connection, conversation_id, owner)
            connection.execute(
                update(schema.conversations).where(_CONVERSATIONS.id == conversation_id).values(title=title)
            )

    def delete(self, conversation_id: str, *, owner: str = "") -> None:
        """Removes it with its answers and their feedback.  Raises NotFound."""
        with self._database.write() as connection:
            _owned(connection, conversation_id, owner)
            connection.execute(delete(schema.conversations).where(_CONVERSATIONS.id == conversation_id))

    def add_feedback(self, answer_id: str, *, verdict: str, note: str, owner: str = "") -> str:
        """Stores feedback on an answer of one's own; returns its id.  Raises NotFound."""
        feedback_id = uuid.uuid4().hex
        own = select(_ANSWERS.id).where(_ANSWERS.id == answer_id, _ANSWERS.owner == owner)
        with self._database.write() as connection:
            if connection.execute(own).first() is None:
                raise _no_answer(answer_id)
            connection.execute(
                insert(schema.feedback).values(
                    id=feedback_id,
                    answer_id=answer_id,
                    owner=owner,
                    verdict=verdict,
                    note=note,
                    created_at=stamp(self._now()),
                )
            )
        return feedback_id

    def feedback(self) -> list[dict[str, Any]]:
        """``{"id","answer_id","verdict","note","owner","created_at","answer"}``, oldest first."""
        table = schema.feedback.c
        query = (
            select(schema.feedback, _ANSWERS.body)
            .join(schema.answers, table.answer_id == _ANSWERS.id)
            .order_by(table.number)
        )
        with self._database.read() as connection:
            return [
                {
                    "id": row.id,
                    "answer_id": row.answer_id,
                    "verdict": row.verdict,
                    "note": row.note,
                    "owner": row.owner,
                    "created_at": row.created_at,
                    "answer": dict(row.body),
                }
                for row in connection.execute(query)
            ]


def stamp(moment: datetime) -> str:
    """A time as ISO 8601 with milliseconds and offset, so that later times sort later."""
    return moment.isoformat(timespec="milliseconds")


def _owned(connection: Connection, conversation_id: str, owner: str) -> Row[Any]:
    row = connection.execute(
        select(schema.conversations).where(_CONVERSATIONS.id == conversation_id, _CONVERSATIONS.owner == owner)
    ).first()
    if row is None:  # the same words whether it is missing or somebody else's
        raise NotFound(f"There is no conversation {conversation_id!r}.")
    return row


def _begin(connection: Connection, conversation_id: str, title: str, owner: str, time: str) -> None:
    connection.execute(
        insert(schema.conversations).values(
            id=conversation_id, title=title, owner=owner, created_at=time, updated_at=time
        )
    )


def _summary(row: Row[Any]) -> dict[str, Any]:
    return {
        "id": row.id,
        "title": row.title,
        "created_at": row.created_at,
        "updated_at": row.updated_at,
    }


def _no_answer(answer_id: str) -> NotFound:
    return NotFound(f"There is no answer {answer_id!r}.")
