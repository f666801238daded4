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


@pytest.mark.parametrize(
    ("question", "lacking"),
    [
        ("How many sailors does the Orrin Ferry Board count?", "the number of sailors"),
        ("What is the annual budget of the Orrin Ferry Board?", "the annual budget"),
    ],
)
def test_a_near_miss_is_refused_and_says_what_is_missing(
    briefing: Briefing, question: str, lacking: str
) -> None:
    answer = briefing.ask(question)
    assert answer.refusal is not None
    assert lacking in answer.refusal.missing
    assert lacking in answer.refusal.reason
    assert answer.refusal.nearest


def test_a_missing_part_is_named_beside_the_answer_to_the_rest(briefing: Briefing) -> None:
    answer = briefing.ask("How many ferries does the Orrin Ferry Board count, and who murdered Mara Velten?")
    assert not answer.refused
    assert "The reports do not say who murdered Mara Velten." in answer.notices


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("Is 'Yankee go home' said on the ferries of Orrin?", False),  # a saying is no name
        ("How many ferries stopped at Tower 22?", True),  # a number makes a name no better known
        ("What is the OFB (al-Majlis al-Bahri)?", False),  # another name in brackets: one of the two will do
        ("What does the study of the Clinics Observatory count?", False),  # a document is filed under the word
        ("What does the study of the Arches Observatory count?", True),
    ],
)
def test_what_counts_as_an_unknown_name(briefing: Briefing, text: str, refused: bool) -> None:
    answer = briefing.ask(text)
    named = answer.refusal is not None and "do not mention" in answer.refusal.reason
    assert named is refused


def test_what_the_one_report_asked_about_never_mentions_is_refused(briefing: Briefing) -> None:
    answer = briefing.ask("What does the Guild of Lake Traders think of the Harrow dam?")
    assert answer.refusal is not None  # another report blames the dam
    assert answer.refusal.reason == "Guild of Lake Traders (14 June 2025) does not mention Harrow."


def test_a_word_that_is_nobodys_is_no_name_that_a_report_keeps_silent_on(briefing: Briefing) -> None:
    refusal = briefing.ask("What do FAQs matter to the Guild of Lake Traders?").refusal
    assert refusal is None or "does not mention" not in refusal.reason


@pytest.mark.parametrize(
    "question", ["Why did Saltmouth leave the Guild of Lake Traders?", "When was Harrow painted?"]
)
def test_a_deed_no_report_tells_of_is_refused(briefing: Briefing, question: str) -> None:
    answer = briefing.ask(question)
    assert answer.refusal is not None
    assert question in answer.refusal.reason


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
