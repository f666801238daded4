"""The LangChain face: a retriever and a runnable that behave as LangChain expects."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from typing import Any

import pytest
from langchain_core.runnables import RunnableLambda, RunnablePassthrough

from rag.chain import BriefingRetriever, answer_runnable, ask_arguments
from rag.errors import UsageError
from rag.types import (
    Answer,
    AnswerEvent,
    AnswerReady,
    Citation,
    Filters,
    PassagesFound,
    SearchResult,
    Statement,
    StatementKind,
    StatementReady,
    Support,
    Turn,
)
from rag.wire import answer_json
from tests.rag.test_llm_writer import HITS


class Desk:
    """Answers with the passages that share a word with the question; remembers how it was called."""

    def __init__(self) -> None:
        self.calls: list[dict[str, Any]] = []

    def search(self, query: str, *, k: int = 10, filters: Filters = Filters()) -> SearchResult:
        self.calls.append({"query": query, "k": k, "filters": filters})
        wanted = set(query.lower().split())
        hits = [h for h in HITS if wanted & set(h.passage.text.lower().split())]
        return SearchResult(query=query, hits=tuple(hits[:k]))

    def ask(self, question: str, **options: Any) -> Answer:
        self.calls.append({"question": question} | options)
        hits = self.search(question).hits
        passage = hits[0].passage
        quote = passage.text[:39]
        citation = Citation(
            number=1, id="c1", document_id=passage.document_id, title="River report", authors=(),
            publisher=None, published=None, section=(), page=None, passage_id=passage.id,
            quote=quote, start=passage.start, end=passage.start + 39, url="/documents/board",
        )  # fmt: skip
        said = Statement(
            text=quote, citations=(1,), kind=StatementKind.QUOTED, support=Support.VERIFIED
        )
        return Answer(
            id="a1", question=question, standalone_question=question, answer=f"{quote}[1]",
            statements=(said,), citations=(citation,), disagreements=(), hits=hits, writer="extractive",
        )  # fmt: skip

    def stream(self, question: str, **options: Any) -> Iterator[AnswerEvent]:
        answer = self.ask(question, **options)
        yield PassagesFound(standalone_question=question, hits=answer.hits)
        for statement in answer.statements:
            yield StatementReady(statement=statement, citations=answer.citations)
        yield AnswerReady(answer=answer)


def test_the_retriever_gives_documents_with_what_is_needed_to_cite_them() -> None:
    desk = Desk()
    retriever = BriefingRetriever(search=desk.search, k=1, filters=Filters(publishers=("Water Board",)))
    (document,) = retriever.invoke("counted dams")
    assert document.page_content == HITS[0].passage.text
    assert document.id == document.metadata["id"] == HITS[0].passage.id
    assert {k: document.metadata[k] for k in ("document_id", "start", "end", "score", "page")} == {
        "document_id": "board",
        "start": 100,
        "end": 100 + len(HITS[0].passage.text),
        "score": 1.0,
        "page": None,
    }
    assert "text" not in document.metadata
    assert desk.calls == [
        {"query": "counted dams", "k": 1, "filters": Filters(publishers=("Water Board",))}
    ]


def test_the_retriever_fits_into_a_pipeline() -> None:
    retriever = BriefingRetriever(search=Desk().search)
    titles = RunnableLambda(lambda found: [d.metadata["document_id"] for d in found["docs"]])
    pipeline = {"question": RunnablePassthrough()} | RunnablePassthrough.assign(
        docs=RunnableLambda(lambda given: given["question"]) | retriever
    )
    assert (pipeline | titles).invoke("nobody doubts") == ["watch"]
    assert (pipeline | titles).batch(["dams", "nothing"]) == [["board", "watch"], []]


def test_a_question_becomes_the_answer_of_the_contract() -> None:
    desk = Desk()
    expected = answer_json(desk.ask("dams"))
    chain = answer_runnable(desk)
    assert chain.invoke("dams") == expected
    assert chain.invoke({"question": "dams"}) == expected
    assert [a["question"] for a in chain.batch(["dams", "nobody"])] == ["dams", "nobody"]
    assert asyncio.run(chain.ainvoke("dams")) == expected


def test_filters_and_history_arrive_as_values() -> None:
    desk = Desk()
    answer_runnable(desk).invoke(
        {
            "question": "dams",
            "filters": {"documents": ["board"], "published_after": "2024", "publishers": None},
            "history": [{"question": "Who?", "answer": "They."}],
            "conversation_id": None,
            "owner": "ana",
        }
    )
    assert desk.calls[0] == {
        "question": "dams",
        "filters": Filters(documents=("board",), published_after="2024"),
        "history": (Turn(question="Who?", answer="They."),),
        "owner": "ana",
    }


def test_a_stream_gives_events_and_ends_with_the_answer() -> None:
    chain = answer_runnable(Desk())
    events = list(chain.stream("dams"))
    assert [e["event"] for e in events] == ["passages", "statement", "answer"]
    assert events[0]["data"]["passages"][0]["id"] == HITS[0].passage.id
    assert events[1]["data"]["statement"]["citations"] == [1]
    assert events[1]["data"]["citations"][0]["quote"] == "The board counted 40 dams on the river."
    assert events[2]["data"] == chain.invoke("dams")


def test_an_async_stream_gives_the_same_events() -> None:
    chain = answer_runnable(Desk())

    async def collect() -> list[Any]:
        return [event async for event in chain.astream("dams")]

    assert asyncio.run(collect()) == list(chain.stream("dams"))


def test_events_come_as_the_desk_makes_them() -> None:
    made: list[str] = []

    class Slow(Desk):
        def stream(self, question: str, **options: Any) -> Iterator[AnswerEvent]:
            for event in super().stream(question, **options):
                made.append(type(event).__name__)
                yield event

    stream = answer_runnable(Slow()).stream("dams")
    assert next(stream)["event"] == "passages"
    assert made == ["PassagesFound"]


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ("  ", "A question is needed"),
        ({"filters": {}}, "A question is needed"),
        (["dams"], "not list"),
        ({"question": "dams", "k": 3}, "Unknown field 'k'"),
        ({"question": "dams", "filters": {"colour": "red"}}, "Unknown filter 'colour'"),
        ({"question": "dams", "history": [{"said": "x"}]}, "A turn of the history"),
    ],
)
def test_wrong_input_is_refused_in_words(given: Any, problem: str) -> None:
    with pytest.raises(UsageError, match=problem):
        ask_arguments(given)


def test_an_error_of_the_desk_is_not_dressed_up() -> None:
    with pytest.raises(UsageError, match="A question is needed"):
        answer_runnable(Desk()).invoke("")


@pytest.mark.parametrize(("before", "after"), [(None, "false"), ("true", "true")])
def test_tracing_is_off_unless_somebody_turned_it_on(
    monkeypatch: pytest.MonkeyPatch, before: str | None, after: str
) -> None:
    monkeypatch.setenv("LANGSMITH_TRACING", "placeholder")  # so that the old value comes back
    monkeypatch.delenv("LANGSMITH_TRACING")
    if before:
        monkeypatch.setenv("LANGSMITH_TRACING", before)
    answer_runnable(Desk())
    assert os.environ["LANGSMITH_TRACING"] == after
