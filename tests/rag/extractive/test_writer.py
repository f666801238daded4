"""The writer as a whole: quotes only what it was given; its stream is its draft."""

from __future__ import annotations

import pytest

from rag.briefing import Briefing
from rag.extractive import ExtractiveWriter
from rag.ports import WriteRequest
from rag.types import Draft

QUESTION = "How many ferries does the Orrin Ferry Board count?"


def request(briefing: Briefing, question: str = QUESTION, k: int = 12) -> WriteRequest:
    return WriteRequest(question=question, hits=briefing.search(question, k=k).hits)


def writer(briefing: Briefing) -> ExtractiveWriter:
    assert isinstance(briefing._writer, ExtractiveWriter)
    return briefing._writer


@pytest.mark.parametrize("k", [1, 3, 12])
def test_only_the_given_passages_are_quoted(briefing: Briefing, k: int) -> None:
    asked = request(briefing, k=k)
    draft = writer(briefing).write(asked)
    given = {h.passage.id: h.passage for h in asked.hits}
    assert draft.writer == "extractive"
    for statement in draft.statements:
        (quote,) = statement.quotes
        assert quote.quote in given[quote.passage_id].text


def test_statements_or_a_refusal_never_both(briefing: Briefing) -> None:
    for question in (QUESTION, "Who is Zbygniew Quark?", "x", "؟"):
        draft = writer(briefing).write(request(briefing, question))
        assert bool(draft.statements) != (draft.refusal is not None)


def test_without_passages_it_refuses(briefing: Briefing) -> None:
    draft = writer(briefing).write(WriteRequest(question=QUESTION, hits=()))
    assert draft.refusal is not None
    assert QUESTION in draft.refusal.missing


def test_the_stream_is_the_draft_piece_by_piece(briefing: Briefing) -> None:
    *statements, draft = list(writer(briefing).stream(request(briefing)))
    assert isinstance(draft, Draft)
    assert tuple(statements) == draft.statements
    assert draft == writer(briefing).write(request(briefing))
