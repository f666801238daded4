"""Where sources differ on what a question holds together: two answers, shares of a whole, sizes of a change."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rag.extractive.candidates import Candidate
from rag.extractive.differ import Said, difference, disagreements, not_whole
from rag.extractive.differ.two_answers import asked_of, given
from rag.extractive.differ.wording import about, asked_clause
from rag.question import analyse
from rag.types import Sentence
from tests.rag.extractive.pieces import BOARD, GUILD, candidate
from tests.rag.test_sources import NAMES

# --------------------------------------------------------------------------- a question that names two answers

CANNOT = "The harbour council is unable to stop the smugglers."
WILL_NOT = "The harbour council lacks the political will to stop the smugglers."
WHICH = "Is it that the harbour council can't stop the smugglers, or that it won't?"


@pytest.mark.parametrize(
    ("question", "a", "b", "point"),
    [
        (WHICH, CANNOT, WILL_NOT, "Unable or unwilling"),
        (
            "Is the old pier gaining importance or losing it?",
            "One miscalculation was the diminished importance of the old pier.",
            "The ministry shifted its focus away from the old pier.",
            "Gaining or losing importance",
        ),
        (
            "Calmer or more quarrels in Orre after the guard?",
            "The end of the guard could ease the old tensions in Orre.",
            "The end of the guard would reignite the feud in Orre.",
            "More calm or more conflict",
        ),
        (
            "Who wins if the toll falls, Orre or Tamar?",
            "Tamar would benefit if the toll falls.",
            "The foremost beneficiary of a lower toll is Orre.",
            "Who gains most",
        ),
    ],
)
def test_each_gives_another_of_the_two_answers(question: str, a: str, b: str, point: str) -> None:
    for one, other in ((a, b), (b, a)):
        found = difference(Said(one), Said(other), question)
        assert found is not None
        assert (found.axis, found.point) == ("judgement", point)
    assert difference(Said(a), Said(b)) is None


@pytest.mark.parametrize(
    ("question", "a", "b"),
    [
        (WHICH, CANNOT, CANNOT),
        (WHICH, CANNOT, "The salt guild lacks the political will to lower its prices."),
        (WHICH, CANNOT, "Unless it is paid, the harbour council lacks the will to stop the smugglers."),
        (WHICH, CANNOT, "It is asked whether the harbour council lacks the political will to stop the smugglers."),
        (
            "Would savers be reassured or scared by the exit of the guard?",
            "The guard reassures savers and traders in Orre.",
            "The exit of the guard would scare savers and traders in Orre.",
        ),
        ("Can the harbour council stop the smugglers?", CANNOT, WILL_NOT),
        ("Where do the unable and unwilling smugglers go?", CANNOT, WILL_NOT),
    ],
)
def test_one_answer_alone_or_of_something_else_is_no_difference(question: str, a: str, b: str) -> None:
    assert difference(Said(a), Said(b), question) is None


def test_other_times_and_long_gone_sources_give_no_two_answers() -> None:
    assert difference(Said(f"In 2011 {CANNOT}"), Said(f"In 2021 {WILL_NOT}"), WHICH) is None
    assert difference(Said(CANNOT, published="2011"), Said(WILL_NOT, published="2021"), WHICH) is None
    assert difference(Said(CANNOT, published="2020"), Said(WILL_NOT, published="2021"), WHICH) is not None


def test_another_name_of_a_party_counts_as_the_party() -> None:
    asked = asked_of("Who wins, Orre or Tamar?", {"tamar": frozenset({"highland"})})
    assert [g.pole for g in given(asked, Said("The winner will be the highlands."))] == [-1]
    assert [g.pole for g in given(asked, Said("The loser will be the highlands."))] == [1]
    assert given(asked, Said("The winners will be the highlands and Orre.")) == []


def _stated(text: str, document: str, *vector: float) -> Candidate:
    """An invented sentence as if it stood in one of the invented reports."""
    base = candidate(BOARD if document == "ferry-board" else GUILD, *vector)
    passage = replace(base.hit.passage, start=0, end=len(text), text=text)
    sentence = Sentence(start=0, end=len(text))
    return replace(base, hit=replace(base.hit, passage=passage), sentence=sentence, text=text)


def test_the_two_answers_are_found_among_what_was_found() -> None:
    row = [_stated(CANNOT, "ferry-board"), _stated(WILL_NOT, "lake-traders")]
    (found,) = disagreements(analyse(WHICH, NAMES), row, row)
    assert found.about == "Unable or unwilling (harbour council, smugglers): different judgements"
    assert [p.claim for p in found.positions] == [CANNOT, WILL_NOT]
    far = [row[0], _stated(WILL_NOT, "lake-traders", 0.2, 1.0, 0.0)]
    assert disagreements(analyse(WHICH, NAMES), far, far) == ()
    assert disagreements(analyse("When was the council founded?", NAMES), row, row) == ()


# --------------------------------------------------------------------------- shares of a whole, sizes of a change

CLUB = "The club has 60% pilots, 30% fishermen and 25% traders."
TOWN = "The town: pilots 60%, fishermen 30%, traders 25%."


def test_the_same_shares_of_other_wholes_are_shown_and_said_not_to_add_up() -> None:
    row = [_stated(CLUB, "ferry-board"), _stated(TOWN, "lake-traders")]
    (found,) = disagreements(analyse("Breakdown of the town by trade?", NAMES), row, [])
    assert (found.axis, found.about) == ("definition", "What the shares are of (town): different definitions")
    assert [p.claim for p in found.positions] == [CLUB, TOWN]
    claims = [p.claim for p in found.positions]
    assert [(c.text, total) for c, total in not_whole("Who?", row, [], claims)] == [(CLUB, 115.0), (TOWN, 115.0)]
    assert disagreements(analyse("How many ferries does the board own?", NAMES), row, []) == ()


def test_shares_that_do_not_add_up_are_named_when_they_are_asked_for_or_quoted() -> None:
    row = [_stated(CLUB, "ferry-board")]
    assert [c.text for c, _ in not_whole("What is the make-up of the club?", row, [], [])] == [CLUB]
    assert not_whole("Who leads the club?", row, [], []) == []
    assert [c.text for c, _ in not_whole("Who leads the club?", row, row, [])] == [CLUB]


@pytest.mark.parametrize(
    ("a", "b", "axis"),
    [
        ("Thefts could rise by a fifth.", "Thefts could double.", "figure"),
        ("Thefts fell by 10 per cent.", "Thefts were halved.", "figure"),
        ("Thefts fell by 48 per cent.", "Thefts were halved.", None),
        ("Thefts could rise by a fifth.", "Thefts doubled.", None),
        ("The price of bread could rise by a fifth.", "The price of fuel could double.", None),
    ],
)
def test_one_thing_is_seen_to_change_by_other_amounts(a: str, b: str, axis: str | None) -> None:
    found = difference(Said(a), Said(b))
    assert (found.axis if found else None) == axis


# --------------------------------------------------------------------------- a chamber's acts


def test_a_chamber_decides_anew_each_year() -> None:
    voted = "The council voted to close the old pier."
    noted = "So it was in March 2024."
    debated = Said("The council lacked the quorum on the old pier.", before=noted, published="2024")
    assert difference(Said(voted, published="2024"), debated) is not None
    assert difference(Said(f"In 2024 {voted}"), debated) is not None
    assert difference(Said(f"In 2023 {voted}"), debated) is None
    assert difference(Said(voted), debated) is None


# --------------------------------------------------------------------------- what it is about


@pytest.mark.parametrize(
    ("focus", "clause"),
    [
        ("How do they differ in tone on whether Orre still needs the guard?", "Whether Orre still needs the guard"),
        ("How do they differ on the timetable?", "The timetable"),
        ("Why did the pier close?", ""),
    ],
)
def test_what_the_question_says_the_sources_differ_on(focus: str, clause: str) -> None:
    assert asked_clause(focus) == clause


def test_words_side_by_side_are_one_phrase_as_the_sources_print_it() -> None:
    a, b = Said("We see 12 raids on Tamar ferries."), Said("We see 30 raids on Tamar ferries.")
    found = difference(a, b)
    assert found is not None
    assert about("how many raids on tamar ferries", found, a, b) == "Number of raids (Tamar ferries): different figures"
    assert about("who can ferry us to Tamar?", found, a, b) == "Number of raids (Tamar): different figures"
    assert about("raids by tamar?", found, a, b) == "Number of raids (Tamar): different figures"


def test_a_judgement_on_one_place_is_no_answer_for_another() -> None:
    over = "The plague in Orre no longer poses a threat to the old town."
    back = "The plague in Orre remains a threat to the old town."
    row = [_stated(over, "ferry-board"), _stated(back, "lake-traders")]
    asked = "Which quarters of {} does the plague threaten in the old town?"
    assert len(disagreements(analyse(asked.format("Orre"), NAMES), row, row)) == 1
    assert disagreements(analyse(asked.format("Sefton"), NAMES), row, row) == ()
