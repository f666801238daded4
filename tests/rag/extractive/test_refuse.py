"""When not to answer: the thing asked for must be there, and a refusal shows what is near."""

from __future__ import annotations

import pytest

from rag.briefing import Briefing
from rag.extractive.refuse import Missing


@pytest.mark.parametrize(
    ("question", "lacking"),
    [
        ("What does General Zbygniew Quark say about ferries?", "Zbygniew"),
        ("How many ferries does the Blistanian Navy own?", "Blistanian"),
    ],
)
def test_a_name_no_report_mentions_is_named_in_the_refusal(
    briefing: Briefing, question: str, lacking: str
) -> None:
    answer = briefing.ask(question)
    assert answer.refusal is not None
    assert lacking in " ".join((answer.refusal.reason, *answer.refusal.missing))
    assert lacking in answer.answer


@pytest.mark.parametrize(
    "question",
    ["How many ferries does the Orrin Ferry Board count?", "what does velten argue drives cancellations?",
     "How many vaccines does every clinic keep?"],
)  # fmt: skip
def test_what_the_reports_hold_is_not_refused(briefing: Briefing, question: str) -> None:
    assert not briefing.ask(question).refused


def test_nearest_evidence_is_little_and_exact(briefing: Briefing) -> None:
    refusal = briefing.ask("What does General Zbygniew Quark say about ferries?").refusal
    assert refusal is not None
    assert len(refusal.nearest) <= 2
    assert [n.number for n in refusal.nearest] == list(range(1, len(refusal.nearest) + 1))
    for near in refusal.nearest:
        assert briefing.document(near.document_id).text[near.start : near.end] == near.quote


def test_nothing_missing_is_false() -> None:
    assert not Missing()
    assert Missing(reason="x")
