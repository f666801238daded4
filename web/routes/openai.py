"""``POST /v1/chat/completions``, ``GET /v1/models``: the library for clients that speak OpenAI's protocol."""

from __future__ import annotations

import json
import logging
import uuid
from collections.abc import AsyncIterator, Generator, Iterator
from typing import Any

import anyio
from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse
from starlette.concurrency import iterate_in_threadpool, run_in_threadpool

from rag.errors import BriefingError
from rag.types import Filters
from web import asking
from web.completions import (
    MODEL,
    Asked,
    Chunks,
    CompletionBody,
    CompletionReply,
    ErrorReply,
    ModelReply,
    ModelsReply,
    NoSuchModel,
    Transcript,
    completion_json,
    model_json,
    understood,
    usage_json,
)
from web.deps import ServicesDep
from web.errors import openai_error

log = logging.getLogger("briefing.web")
PROBLEMS: dict[int | str, dict[str, Any]] = {
    400: {"model": ErrorReply, "description": "The request is not valid"},
    404: {"model": ErrorReply, "description": "No such model or conversation"},
    503: {"model": ErrorReply, "description": "The library is not ready"},
}
STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The completion; with `stream` its chunks as server-sent events, `[DONE]` at the end",
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
    }
}
UNBUFFERED = {"cache-control": "no-cache", "x-accel-buffering": "no"}
router = APIRouter(prefix="/v1", tags=["openai"], responses=PROBLEMS)
Events = Generator[tuple[str, dict[str, Any]], None, None]


@router.get("/models", response_model=ModelsReply)
def models() -> dict[str, Any]:
    """The one model: the library."""
    return {"object": "list", "data": [model_json()]}


@router.get("/models/{model}", response_model=ModelReply)
def one_model(model: str) -> dict[str, Any]:
    """The model by its name."""
    if model != MODEL:
        raise NoSuchModel(model)
    return model_json()


@router.post("/chat/completions", response_model=CompletionReply, responses=STREAM)
def chat_completions(body: CompletionBody, request: Request, services: ServicesDep) -> Any:
    """A cited answer to the last user message; a refusal is plain text, `briefing.refused` tells it apart.

    Not OpenAI's, and optional: `filters` and `conversation_id` in the request, `citations` and `briefing` (the
    answer as `POST /api/ask` gives it) in the reply. Tokens are counted in words.
    """
    asked = understood(body)
    exchange = asking.open_exchange(
        services.desk,
        asked.question,
        filters=body.filters.to_filters() if body.filters else Filters(),
        conversation_id=body.conversation_id,
        history=asked.history,
    )
    https = services.access.peers.https(request.scope)  # a trusted proxy may speak it for us
    base = str(request.base_url.replace(scheme="https" if https else "http"))
    if not body.stream:
        return completion_json(asked, asking.ask(services, exchange), base)
    events = asking.events(services, exchange)
    next(events)  # what goes wrong before the first statement still has a status of its own
    options = body.stream_options
    usage = options is not None and bool(options.include_usage)
    pieces = written(asked, events, Transcript(base), usage=usage)
    return StreamingResponse(streamed(pieces, events), media_type="text/event-stream", headers=UNBUFFERED)


def written(asked: Asked, events: Events, transcript: Transcript, *, usage: bool) -> Iterator[dict[str, Any]]:
    """The chunks: one a statement as it is verified, then what is left to say, then the answer whole."""
    chunks = Chunks(f"chatcmpl-{uuid.uuid4().hex}", usage)
    yield chunks.chunk({"role": "assistant", "content": ""})
    known: dict[int, dict[str, Any]] = {}
    for name, data in events:
        if name == "statement":
            known |= {c["number"]: c for c in data["citations"]}
            before = len(transcript.citations)
            text = transcript.statement(data["statement"], known.values())
            yield chunks.chunk({"content": text}, citations=transcript.citations[before:])
        elif name == "answer":
            yield chunks.chunk({"content": transcript.end(data)})
            yield chunks.chunk({}, finish="stop", citations=transcript.citations, briefing=data)
    if usage:
        yield chunks.chunk(None) | {"usage": usage_json(asked, transcript.text)}


async def streamed(pieces: Iterator[dict[str, Any]], events: Events) -> AsyncIterator[str]:
    """The chunks on the wire; the work stops when the client goes away."""
    try:
        async for piece in iterate_in_threadpool(pieces):
            yield _line(json.dumps(piece, ensure_ascii=False))
        yield _line("[DONE]")
    except BriefingError as error:
        yield _line(json.dumps(openai_error(error.http_status, str(error), error), ensure_ascii=False))
    except Exception:
        log.exception("a streamed completion failed unexpectedly")
        detail = "Something went wrong on our side; the log of the server says what."
        yield _line(json.dumps(openai_error(500, detail)))
    finally:
        with anyio.CancelScope(shield=True):
            await run_in_threadpool(events.close)


def _line(data: str) -> str:
    return f"data: {data}\n\n"
