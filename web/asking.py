"""How a question is put: conversation looked up first, answer decorated and counted, work stopped."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from typing import Any

from rag import wire
from rag.types import AnswerEvent, Filters, PassagesFound, StatementReady, Turn
from web import present
from web.deps import Desk, Services


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
    answer = services.desk.ask(
        exchange.question,
        filters=exchange.filters,
        history=exchange.history,
        conversation_id=exchange.conversation_id,
    )
    shown = present.decorate(wire.answer_json(answer))
    services.metrics.answer(shown)
    return shown


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
    shown = present.decorate(wire.answer_json(event.answer))
    services.metrics.answer(shown)
    return "answer", shown
