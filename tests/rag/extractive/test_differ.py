"""Where sources differ: the same noun counted differently, by different sources, when it is asked about."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.extractive.candidates import Candidate
from rag.extractive.differ import Said, bad_sum, difference, disagreements, said_by
from rag.extractive.differ.dates import when
from rag.extractive.differ.groups import memberships, opposed
from rag.extractive.differ.measures import measures
from rag.extractive.differ.own_notes import against_own_note
from rag.extractive.differ.said import clause_around, contrasted, places, topic, years
from rag.extractive.differ.stance import asked_axes, leanings
from rag.question import analyse
from rag.types import Document, Note, PassageKind, Sentence
from tests.rag.extractive.pieces import BOARD, BUILT, FELL, GUILD, VIEW, WATER, candidate
from tests.rag.test_sources import NAMES

ASKED = analyse("How many ferries are on the lake?", NAMES)


def about_figures(*row: Candidate, question: str = ASKED.text) -> list[set[str]]:
    found = disagreements(analyse(question, NAMES), row, row)
    return [{p.document_id for p in d.positions} for d in found if d.axis == "figure"]


# --------------------------------------------------------------------------- for a question


def test_two_reports_that_count_differently_differ() -> None:
    (found,) = disagreements(ASKED, [candidate(BOARD), candidate(GUILD)], [])
    assert found.axis == "figure"
    assert found.about == "Number of ferries (lake): different figures"
    assert [(p.document_id, p.claim) for p in found.positions] == [
        ("ferry-board", BOARD), ("lake-traders", GUILD),
    ]  # fmt: skip
    assert all(p.quotes[0].quote == p.claim for p in found.positions)


def test_one_report_does_not_differ_from_itself() -> None:
    assert about_figures(candidate(BOARD), candidate(BUILT)) == []


def test_sentences_on_other_subjects_do_not_differ() -> None:
    assert about_figures(candidate(BOARD, 1, 0), candidate(GUILD, 0, 1)) == []


@pytest.mark.parametrize("question", ["Why did it fall?", "How many piers are there?", "In which year was it?"])
def test_a_question_about_something_else_is_no_occasion(question: str) -> None:
    assert about_figures(candidate(BOARD), candidate(GUILD), question=question) == []


def test_who_asks_how_named_sources_differ_gets_each_ones_best_sentence() -> None:
    question = analyse("How do the Lake Traders and Velten differ on the timetable?", NAMES)
    chosen = [candidate(VIEW), candidate(WATER), candidate(FELL)]
    (found,) = disagreements(question, chosen, chosen)
    assert {p.document_id for p in found.positions} == {"lake-traders", "velten"}
    assert disagreements(question, chosen[:1], chosen[:1]) == ()


def test_whoever_only_asks_whether_sources_disagree_is_not_told_that_they_do() -> None:
    question = analyse("Do the reports disagree about the timetable?", NAMES)
    chosen = [candidate(VIEW), candidate(FELL)]
    assert disagreements(question, chosen, chosen) == ()


def test_a_position_that_leans_on_a_pronoun_brings_the_sentence_it_needs() -> None:
    said = said_by(candidate(VIEW))
    assert said.before
    question = analyse("How do the Lake Traders and Velten differ on the timetable?", NAMES)
    chosen = [candidate(VIEW), candidate(WATER)]
    (found,) = disagreements(question, chosen, chosen)
    traders = next(p for p in found.positions if p.document_id == "lake-traders")
    (quote,) = traders.quotes
    assert traders.claim == quote.quote
    assert quote.quote.endswith(VIEW)
    assert len(quote.quote) > len(VIEW)
    assert quote.end is not None
    assert quote.start is not None
    assert quote.end - quote.start == len(quote.quote)


# --------------------------------------------------------------------------- two sentences

UNION = "The union has 14 members."


@pytest.mark.parametrize(
    ("a", "b", "axis"),
    [
        (UNION, "The union has 16 members.", "figure"),
        ("On 1 May 2021 the union had 14 members.", "On 1 May 2023 the union had 16 members.", "period"),
        ("On 1 May 2021 the union had 14 members.", "The union has 16 members.", "period"),
        ("The union has 14 members in Orre.", "The union has 30 members in Orre and Sefton.", "definition"),
        ("The pier opened in 1990.", "The pier opened in 1993.", "date"),
        ("The pier is a public building.", "The pier is a private building.", "classification"),
        ("The fire was caused by a lamp.", "The fire was caused by lightning.", "cause"),
        ("The council should keep the pier.", "The council should demolish the pier.", None),
        ("The council should close the pier.", "The council should not close the pier.", "recommendation"),
        ("The traders support the pier.", "The traders oppose the pier.", "judgement"),
    ],
)
def test_each_axis(a: str, b: str, axis: str | None) -> None:
    for one, other in ((a, b), (b, a)):
        found = difference(Said(one), Said(other))
        assert (found.axis if found else None) == axis


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (UNION, "The union has 14 members."),
        (UNION, "The union has more than 10 members."),
        (UNION, "The union has 16 boats."),
        (UNION, "The guild has 16 members."),
        ("The fire wrecked 14 boats in Orre.", "The fire wrecked 16 boats in Sefton."),
        ("The traders support the pier.", "The fishermen oppose the pier."),
        ("The traders support the pier.", "The traders support the bridge."),
        ("If it rains, the pier will close.", "The pier will not close."),
        ("Some traders support the pier while others oppose it.", "The traders oppose the pier."),
        ("In 2004 the traders opposed the pier.", "In 2021 the traders supported the pier."),
    ],
)
def test_no_difference(a: str, b: str) -> None:
    assert difference(Said(a), Said(b)) is None
    assert difference(Said(b), Said(a)) is None


@settings(deadline=None, max_examples=50)
@given(st.integers(2, 999), st.integers(2, 999))
def test_two_counts_of_one_thing_differ_exactly_when_their_values_do(x: int, y: int) -> None:
    found = difference(Said(f"The union has {x} members."), Said(f"The union has {y} members."))
    assert (found is not None) == (x != y)


@settings(deadline=None, max_examples=50)
@given(st.text(max_size=120), st.text(max_size=120))
def test_any_text_can_be_compared_and_never_differs_from_itself(a: str, b: str) -> None:
    difference(Said(a), Said(b))
    assert difference(Said(a), Said(a)) is None


# --------------------------------------------------------------------------- a source against its own note

TOLD = "The council met on 15 March 2024 about the pier."
NOTED = "Harbour Council. (2024, March 9). Record of the meeting about the pier."
TEXT = f"{TOLD} It rose at noon.\n\n{NOTED}"


def _own(note: str = NOTED, anchor: int | None = len(TOLD) + 17) -> tuple[list[Candidate], Document]:
    """A sentence and a note of one document whose mark stands at ``anchor``."""
    base = candidate(BOARD)
    text = TEXT.replace(NOTED, note)
    at = text.index(note)
    row = []
    for start, end, kind in ((0, at - 2, PassageKind.BODY), (at, len(text), PassageKind.NOTE)):
        passage = replace(base.hit.passage, start=start, end=end, text=text[start:end], kind=kind)
        end = len(TOLD) if kind is PassageKind.BODY else end
        hit, sentence = replace(base.hit, passage=passage), Sentence(start=start, end=end)
        row.append(replace(base, hit=hit, sentence=sentence, text=text[start:end]))
    document = Document(
        id=base.document_id, text=text, metadata=base.hit.document.metadata, format="txt", source_path="x", sha256="",
        ingested_at="", notes=(Note(label="1", start=at, end=len(text), anchor=anchor),),
    )  # fmt: skip
    return row, document


def test_an_event_later_than_the_publication_cited_for_it_is_said_to_be() -> None:
    row, document = _own()
    question = analyse("On what date did the council meet?", NAMES)
    (found,) = disagreements(question, row, row, lambda _: document)
    assert found.axis == "date"
    assert [p.claim for p in found.positions] == [TOLD, NOTED]
    assert {p.document_id for p in found.positions} == {row[0].document_id}


@pytest.mark.parametrize(
    ("note", "anchor"),
    [
        (NOTED.replace("March 9", "March 16"), 60),
        (NOTED.replace("2024, March 9", "2023, March 9"), 60),
        ("Salt Guild. (2024, March 9). Prices of salt.", 60),
        (NOTED, None),
        (NOTED, len(TEXT)),
    ],
)
def test_a_note_that_can_stand_is_left_alone(note: str, anchor: int | None) -> None:
    row, document = _own(note, anchor)
    assert against_own_note(row, lambda _: document) == []


# --------------------------------------------------------------------------- the parts


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("It counts 12 ferries.", [(12, 12)]),
        ("In 2024 crossings fell.", []),
        ("On 31 March it opens.", []),
        ("There were 1,200 men and 30 boats there.", [(1200, 1200), (30, 30)]),
        ("Between 5 and 9 boats sank.", [(5, 9)]),
        ("A quarter of the boats sank.", [(21, 29)]),
        ("The odds are one in five.", [(18, 22)]),
        ("Of the 20 boats, 7 sank.", [(7, 7)]),
        ("Law 40 was passed.", []),
    ],
)
def test_counted_nouns_not_dates(text: str, values: list[tuple[float, float]]) -> None:
    assert [(m.low, m.high) for m in measures(text)] == values


def test_a_measure_knows_its_noun_and_its_whole() -> None:
    (running,) = measures("Today 30 of 42 pumps run.")
    assert running.out_of == 42
    assert running.head == running.noun == {"pump"}
    (rise,) = measures("Prices rose by 12 per cent.")
    assert rise.change


@pytest.mark.parametrize(
    ("text", "total"),
    [("60% A, 28% B, and 22% C", 110.0), ("50% A, 30% B, 20% C", None), ("60% A and 60% B", None), ("none", None)],
)
def test_shares_that_cannot_make_a_whole(text: str, total: float | None) -> None:
    assert bad_sum(text) == total


def test_context_of_a_sentence() -> None:
    said = Said("It has 9 boats.", before="The Salt Guild is old.", published="2020-05")
    assert {"salt", "guild", "boat"} <= topic(said)
    assert years(Said("This year 9 boats sank.", published="2020-05")) == {2020}
    assert places("It sank in Orre and Sefton.") == {"orr", "sefton"}
    assert contrasted("the land reform", "the tax reform")
    assert not contrasted("the land reform", "the reform")
    assert [(w.year, w.month, w.day) for w in when("It opened on 4 April 1998.")] == [(1998, 4, 4)]


def test_a_clause_of_a_long_sentence() -> None:
    text = (
        "The Salt Guild, which was founded by eleven families from the hills in 1911, has 90 boats today, "
        "while the River Guild sold its last one in 2004."
    )
    clause = clause_around(text, text.index("90"))
    assert "90 boats" in clause
    assert "2004" not in clause
    assert "1911" not in clause


def test_leanings_turn_with_a_negation() -> None:
    assert [x.pole for x in leanings("The traders support the pier.")] == [1]
    assert [x.pole for x in leanings("The traders do not support the pier.")] == [-1]
    assert asked_axes("Is the plague beaten or coming back?") == {"whether the threat is over"}
    assert asked_axes("How many boats are there?") == set()


def test_who_is_put_where() -> None:
    listed = memberships(Said("The peaceful wing includes the Reed Circle and Old Orre."))
    assert [m.words for m in listed] == [("reed", "circle"), ("old", "orre")]
    here = memberships(Said("The Reed Circle belongs here.", before="Hardliners. They keep arms."))
    assert [m.words for m in here] == [("reed", "circle")]
    assert opposed(listed[0].group, here[0].group)
    assert not opposed(listed[0].group, listed[1].group)
