"""The same search and answers as LangChain building blocks: a retriever and a runnable.

Nothing else imports this module, so LangChain is loaded only by those who want it::

    retriever = BriefingRetriever(search=briefing.search, k=10)
    chain = answer_runnable(briefing)
    chain.invoke("What do the reports say about water?")["answer"]
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import fields
from typing import Any, Protocol

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import Runnable, RunnableConfig, RunnableLambda
from langchain_core.runnables.config import run_in_executor

from rag.errors import UsageError
from rag.types import (
    Answer,
    AnswerEvent,
    AnswerReady,
    Filters,
    Hit,
    PassagesFound,
    SearchResult,
    StatementReady,
    Turn,
)
from rag.wire import Json, answer_json, citation_json, hit_json, statement_json


class Search(Protocol):
    """``briefing.search``."""

    def __call__(self, query: str, *, k: int = 10, filters: Filters = ...) -> SearchResult:
        """Passages, best first."""


class Asks(Protocol):
    """The part of the façade that answers questions need."""

    def ask(self, question: str, **options: Any) -> Answer:
        """The whole answer."""

    def stream(self, question: str, **options: Any) -> Iterator[AnswerEvent]:
        """Passages, statements as they are verified, the whole answer."""


class BriefingRetriever(BaseRetriever):
    """Our hybrid search as a LangChain retriever.

    Documents come best first.  ``page_content`` is the stored text of the passage; ``metadata`` holds
    the fields of ``search --json`` (document id, title, offsets, section, page, score) but the text.
    """

    search: Any
    """A :class:`Search`; ``Any`` because pydantic cannot check a call signature."""
    k: int = 10
    filters: Filters = Filters()

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[Document]:
        result: SearchResult = self.search(query, k=self.k, filters=self.filters)
        return [as_document(hit) for hit in result.hits]


def as_document(hit: Hit) -> Document:
    """A hit as a LangChain document."""
    row = hit_json(hit)
    return Document(id=row["id"], page_content=row.pop("text"), metadata=row)


def answer_runnable(briefing: Asks) -> Runnable[Any, Json]:
    """A runnable from a question to the answer JSON of the public contract.

    Input: the question, or a mapping with ``question`` and, optionally, ``filters``, ``history``,
    ``conversation_id`` and ``owner`` in the shapes of ``POST /api/ask``.  ``invoke``, ``batch`` and
    their async twins give the answer; ``stream`` gives ``{"event": "passages" | "statement" |
    "answer", "data": ...}``, the last one with the answer that ``invoke`` would have given.

    Raises:
        UsageError: the input has no question, or an unknown field.
    """
    os.environ.setdefault("LANGSMITH_TRACING", "false")  # nothing leaves the house unasked
    return RunnableLambda(ask_arguments, name="question") | _Answering(briefing)


class _Answering(Runnable[dict[str, Any], Json]):
    """Arguments of ``ask`` in, answer JSON or events out; steps in between belong to the façade."""

    def __init__(self, briefing: Asks) -> None:
        self._briefing = briefing
        self.name = "answer"

    def invoke(
        self, input: dict[str, Any], config: RunnableConfig | None = None, **kwargs: Any
    ) -> Json:
        return self._call_with_config(self._ask, input, config, run_type="chain")

    def stream(
        self, input: dict[str, Any], config: RunnableConfig | None = None, **kwargs: Any | None
    ) -> Iterator[Json]:
        yield from self._transform_stream_with_config(iter([input]), self._events, config)

    async def astream(
        self, input: dict[str, Any], config: RunnableConfig | None = None, **kwargs: Any | None
    ) -> AsyncIterator[Json]:
        events = self.stream(input, config)
        while (event := await run_in_executor(config, next, events, None)) is not None:
            yield event

    def _ask(self, arguments: dict[str, Any]) -> Json:
        return answer_json(self._briefing.ask(**arguments))

    def _events(self, inputs: Iterator[dict[str, Any]]) -> Iterator[Json]:
        for arguments in inputs:
            for event in self._briefing.stream(**arguments):
                yield event_json(event)


def event_json(event: AnswerEvent) -> Json:
    """An event of a streamed answer as ``{"event", "data"}``."""
    match event:
        case PassagesFound():
            data: Json = {
                "standalone_question": event.standalone_question,
                "passages": [hit_json(hit) for hit in event.hits],
                "notices": list(event.notices),
            }
            return {"event": "passages", "data": data}
        case StatementReady():
            citations = [citation_json(c) for c in event.citations]
            data = {"statement": statement_json(event.statement), "citations": citations}
            return {"event": "statement", "data": data}
        case AnswerReady():
            return {"event": "answer", "data": answer_json(event.answer)}


_OPTIONS = ("question", "filters", "history", "conversation_id", "owner")


def ask_arguments(given: str | Mapping[str, Any]) -> dict[str, Any]:
    """Keyword arguments of ``briefing.ask`` for a question or a mapping.  Raises UsageError."""
    if isinstance(given, str):
        given = {"question": given}
    if not isinstance(given, Mapping):
        raise UsageError(f"A question must be text or a mapping, not {type(given).__name__}.")
    unknown = sorted(set(given) - set(_OPTIONS))
    if unknown:
        raise UsageError(f"Unknown field {unknown[0]!r}. Fields: {', '.join(_OPTIONS)}.")
    question = given.get("question")
    if not isinstance(question, str) or not question.strip():
        raise UsageError("A question is needed: give text, or a mapping with 'question'.")
    arguments = {name: value for name, value in given.items() if value is not None}
    if "filters" in arguments:
        arguments["filters"] = _filters(arguments["filters"])
    if "history" in arguments:
        arguments["history"] = tuple(_turn(turn) for turn in arguments["history"])
    return arguments


def _filters(given: Filters | Mapping[str, Any]) -> Filters:
    if isinstance(given, Filters):
        return given
    known = {field.name for field in fields(Filters)}
    unknown = sorted(set(given) - known)
    if unknown:
        raise UsageError(f"Unknown filter {unknown[0]!r}. Filters: {', '.join(sorted(known))}.")
    listed = {"documents", "publishers"}
    values: dict[str, Any] = {k: tuple(v or ()) if k in listed else v for k, v in given.items()}
    return Filters(**values)


def _turn(given: Turn | Mapping[str, Any]) -> Turn:
    if isinstance(given, Turn):
        return given
    try:
        return Turn(**given)
    except TypeError as error:
        raise UsageError(f"A turn of the history has 'question' and 'answer': {error}.") from error
