"""``POST /api/ask``, ``/api/ask/stream``, ``/api/search``."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Generator
from typing import Annotated, Any

import anyio
from fastapi import APIRouter, Depends
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.concurrency import iterate_in_threadpool, run_in_threadpool

from rag import wire
from rag.errors import BriefingError
from web import asking, present
from web.deps import DeskDep, ServicesDep
from web.schemas import AnswerReply, AskBody, Problem, SearchBody, SearchReply

log = logging.getLogger("briefing.web")
PROBLEMS: dict[int | str, dict[str, Any]] = {
    404: {"model": Problem, "description": "No such conversation"},
    422: {"model": Problem, "description": "The request is not valid"},
    503: {"model": Problem, "description": "The library is not ready"},
}
router = APIRouter(prefix="/api", tags=["ask"], responses=PROBLEMS)


def exchange(body: AskBody, desk: DeskDep) -> asking.Exchange:
    """The question in its conversation; resolved before a stream begins, so that errors have a status."""
    return asking.open_exchange(
        desk,
        body.question,
        filters=body.to_filters(),
        conversation_id=body.conversation_id,
        history=[turn.to_turn() for turn in body.history],
    )


ExchangeDep = Annotated[asking.Exchange, Depends(exchange)]
Event = tuple[str, dict[str, Any]]
Begun = tuple[Event, Generator[Event, None, None]]


@router.post("/ask", response_model=AnswerReply, response_model_exclude_unset=True)
def ask(exchange: ExchangeDep, services: ServicesDep) -> dict[str, Any]:
    """A cited answer, or a refusal that says what is missing.

    Without ``conversation_id`` a conversation is opened, so that the answer can be linked to.
    """
    return asking.ask(services, exchange)


def begun(exchange: ExchangeDep, services: ServicesDep) -> Begun:
    """The stream with its first event: what goes wrong before it still has a status of its own."""
    events = asking.events(services, exchange)
    return next(events), events


@router.post("/ask/stream", response_class=EventSourceResponse)
async def stream(begun: Annotated[Begun, Depends(begun)]) -> AsyncIterator[ServerSentEvent]:
    """The same as server-sent events: ``passages``, ``statement`` as each is verified, ``answer``.

    A failure under way arrives as an ``error`` event with ``{"detail": ...}``.
    """
    (name, data), events = begun
    try:
        yield ServerSentEvent(event=name, data=data)
        async for name, data in iterate_in_threadpool(events):
            yield ServerSentEvent(event=name, data=data)
    except BriefingError as error:
        yield ServerSentEvent(event="error", data={"detail": str(error)})
    except Exception:
        log.exception("a streamed answer failed unexpectedly")
        detail = "Something went wrong on our side; the log of the server says what."
        yield ServerSentEvent(event="error", data={"detail": detail})
    finally:
        with anyio.CancelScope(shield=True):  # the client may be gone; the work must stop all the same
            await run_in_threadpool(events.close)


@router.post("/search", response_model=SearchReply)
def search(body: SearchBody, desk: DeskDep) -> dict[str, Any]:
    """Passages, best first."""
    found = wire.search_json(desk.search(body.query, k=body.k, filters=body.to_filters()))
    return {**found, "passages": [present.labelled(p) for p in found["passages"]]}
