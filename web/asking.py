"""How a question is put: conversation looked up first, answer decorated and counted, work stopped."""

from __future__ import annotations

import logging
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from typing import Any

from rag import wire
from rag.types import AnswerEvent, Filters, PassagesFound, StatementReady, Turn
from web import present
from web.deps import Desk, Services
from web.logs import fields

log = logging.getLogger("briefing.ask")


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One question, with what the façade needs to answer it."""

    question: str
    filters: Filters = field(default_factory=Filters)
    history: tuple[Turn, ...] = ()
    conversation_id: str | None = None


def open_exchange(
    desk: Desk,
    question: str,
    *,
    filters: Filters,
    conversation_id: str | None = None,
    history: Sequence[Turn] = (),
) -> Exchange:
    """Checks the conversation before any work begins.

    The façade reads the turns of a stored conversation itself and opens one where none is named, so a
    history that is handed over counts only without a conversation.

    Raises:
        NotFound: the conversation does not exist.
    """
    if conversation_id is not None:
        desk.conversations.conversation(conversation_id)
        history = ()
    return Exchange(
        question=question, filters=filters, history=tuple(history), conversation_id=conversation_id
    )


def ask(services: Services, exchange: Exchange) -> dict[str, Any]:
    """The whole answer, as the API and the page show it."""
    try:
        answer = services.desk.ask(
            exchange.question,
            filters=exchange.filters,
            history=exchange.history,
            conversation_id=exchange.conversation_id,
        )
    except Exception:
        services.metrics.answer_failed()
        raise
    return _done(services, present.decorate(wire.answer_json(answer)))


def events(
    services: Services, exchange: Exchange
) -> Generator[tuple[str, dict[str, Any]], None, None]:
    """``(event name, data)`` of a streamed answer; closing the generator stops the work."""
    stream = services.desk.stream(
        exchange.question,
        filters=exchange.filters,
        history=exchange.history,
        conversation_id=exchange.conversation_id,
    )
    quotes: dict[int, str] = {}
    try:
        for event in stream:
            yield _event(services, event, quotes)
    except Exception:
        services.metrics.answer_failed()
        raise
    finally:
        close = getattr(stream, "close", None)
        if close is not None:
            close()


def _event(
    services: Services, event: AnswerEvent, quotes: dict[int, str]
) -> tuple[str, dict[str, Any]]:
    if isinstance(event, PassagesFound):
        return "passages", {
            "standalone_question": event.standalone_question,
            "passages": [present.labelled(wire.hit_json(h)) for h in event.hits],
            "notices": list(event.notices),
        }
    if isinstance(event, StatementReady):
        citations = [present.labelled(wire.citation_json(c)) for c in event.citations]
        quotes.update({c["number"]: c["quote"] for c in citations})
        statement = present.decorate_statement(wire.statement_json(event.statement), quotes)
        return "statement", {"statement": statement, "citations": citations}
    return "answer", _done(services, present.decorate(wire.answer_json(event.answer)))


def _done(services: Services, shown: dict[str, Any]) -> dict[str, Any]:
    """Counts the answer and notes it in the log; the question only where that is wanted."""
    services.metrics.answer(shown)
    log.info(
        "refused" if shown["refused"] else "answered",
        extra=fields(
            answer=shown["id"],
            statements=len(shown["statements"]),
            dropped=shown.get("dropped_statements", 0),
            writer=shown["writer"],
            ms=round(shown["timings_ms"].get("total", 0.0)),
            **({"question": shown["question"]} if services.desk.settings.log_questions else {}),
        ),
    )
    return shown
