"""Where sources differ: the same noun counted differently, by different sources, when it is asked about."""

from __future__ import annotations

import pytest

from rag.extractive.candidates import Candidate
from rag.extractive.differ import bad_sum, counts, disagreements
from rag.question import analyse
from tests.rag.extractive.pieces import BOARD, BUILT, FELL, GUILD, VIEW, candidate
from tests.rag.test_sources import NAMES

ASKED = analyse("How many ferries are on the lake?", NAMES)


def about_figures(*row: Candidate, question: str = ASKED.text) -> list[set[str]]:
    found = disagreements(analyse(question, NAMES), row, row)
    return [{p.document_id for p in d.positions} for d in found if d.axis == "figure"]


def test_two_reports_that_count_differently_differ() -> None:
    (found,) = disagreements(ASKED, [candidate(BOARD), candidate(GUILD)], [])
    assert found.axis == "figure"
    assert [(p.document_id, p.claim) for p in found.positions] == [
        ("ferry-board", BOARD), ("lake-traders", GUILD),
    ]  # fmt: skip
    assert all(p.quotes[0].quote == p.claim for p in found.positions)


def test_one_report_does_not_differ_from_itself() -> None:
    assert about_figures(candidate(BOARD), candidate(BUILT)) == []


def test_sentences_on_other_subjects_do_not_differ() -> None:
    assert about_figures(candidate(BOARD, 1, 0), candidate(GUILD, 0, 1)) == []


def test_a_question_about_something_else_is_no_occasion() -> None:
    assert about_figures(candidate(BOARD), candidate(GUILD), question="Why did it fall?") == []


def test_who_asks_for_sides_gets_each_ones_best_sentence() -> None:
    question = analyse("Do the reports disagree about the timetable?", NAMES)
    chosen = [candidate(VIEW), candidate(FELL)]
    (found,) = disagreements(question, chosen, chosen)
    assert {p.document_id for p in found.positions} == {"lake-traders", "velten"}
    assert disagreements(question, chosen[:1], chosen[:1]) == ()


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("It counts 12 ferries.", ["12"]),
        ("In 2024 crossings fell.", []),
        ("On 31 March it opens.", []),
        ("There were 1,200 men and 30 boats there.", ["1200", "30"]),
    ],
)
def test_counted_nouns_not_dates(text: str, values: list[str]) -> None:
    assert [c.value for c in counts(text)] == values


@pytest.mark.parametrize(
    ("text", "total"),
    [("60% A, 28% B, and 22% C", 110.0), ("50% A, 30% B, 20% C", None), ("60% A and 60% B", None), ("none", None)],
)
def test_shares_that_cannot_make_a_whole(text: str, total: float | None) -> None:
    assert bad_sum(text) == total
