"""Enumerations in answers: asked for, complete, short enough, and never cut against their sense."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rag.briefing import Briefing
from rag.extractive.candidates import Candidate
from rag.extractive.lists import Lists, SeriesCache, asks_for_list, shorten, tightened
from rag.question import analyse
from rag.types import DocumentInfo, Hit, Metadata, Passage, Sentence
from tests.rag.extractive.pieces import candidate
from tests.rag.extractive.test_series import document
from tests.rag.test_sources import NAMES


@pytest.mark.parametrize(
    ("question", "listed"),
    [
        ("Which steps does the board propose?", True),
        ("Why is the ferry late?", True),
        ("What are the signs of a dry summer?", True),
        ("When was the pier built?", False),
        ("Is the lake deep?", False),
    ],
)
def test_several_things_are_asked_for_or_not(question: str, listed: bool) -> None:
    assert asks_for_list(analyse(question, NAMES)) is listed


INFO = DocumentInfo(
    id="d", metadata=Metadata(title="Lakes", publisher="Orrin Ferry Board"), source_path="d.txt", sha256="0" * 64,
    format="txt", ingested_at="2025-01-01T00:00:00Z", passages=2, pages=None, characters=100,
)  # fmt: skip


def sentence(passage: Passage, index: int = 0) -> Candidate:
    span = passage.sentences[index]
    text = passage.text[span.start - passage.start : span.end - passage.start]
    hit = Hit(passage=passage, document=INFO, score=1.0)
    like = candidate("The lake fell by 40 centimetres in two years.")
    return replace(like, hit=hit, sentence=span, text=text, word_count=len(text.split()))


def lists(briefing: Briefing, passages: list[Passage], known: list[Candidate]) -> Lists:
    catalogue = briefing._catalogue.get()
    catalogue = replace(catalogue, documents={"d": INFO}, order={"d": tuple(passages)})
    return Lists(catalogue, SeriesCache(), [c.hit for c in known], known)


PARTS = document("The board asks for three things:\n\n- a longer pier;\n- two ferries;", "- a crane of its own.")


def test_a_list_comes_whole_even_where_the_search_has_not_been(briefing: Briefing) -> None:
    found = sentence(PARTS[0], 2)
    within = lists(briefing, PARTS, [found])
    assert within.holds(found)
    assert not within.announces(found)
    taken = within.complete(found, 100)
    assert [c.text for c in taken] == [
        "The board asks for three things:", "a longer pier;", "two ferries;", "a crane of its own.",
    ]  # fmt: skip
    assert [c.item for c in taken] == [False, True, True, True]
    assert len({c.series for c in taken}) == 1
    assert taken[-1].hit.passage.id == PARTS[1].id


def test_what_belongs_to_no_list_completes_nothing(briefing: Briefing) -> None:
    row = document(*(p.text for p in PARTS), "The lake is deep and cold.")
    alone = sentence(row[-1])
    assert not lists(briefing, row, [alone]).holds(alone)
    assert lists(briefing, row, [alone]).complete(alone, 100) == []


LONG = (
    "The board will buy two ferries before the next season, which its members have asked for since the storm of "
    "last winter and the long repairs that followed it."
)


def made(text: str) -> Candidate:
    passage = replace(PARTS[0], text=text, start=0, end=len(text), sentences=(Sentence(start=0, end=len(text)),))
    return sentence(passage)


def test_a_long_item_is_cut_at_a_clause() -> None:
    cut = shorten(made(LONG), 12)
    assert cut.cut
    assert cut.text == "The board will buy two ferries before the next season"
    assert LONG[cut.sentence.start : cut.sentence.end] == cut.text
    assert cut.word_count == 10


def test_a_run_in_heading_stands_for_its_item() -> None:
    assert shorten(made("Longer piers: " + LONG), 10).text == "Longer piers"


@pytest.mark.parametrize("text", ["The lake is deep.", "The pier is one two three four five six seven feet long."])
def test_what_is_short_or_has_no_clause_stays_whole(text: str) -> None:
    assert shorten(made(text), 8).text == text


def test_nothing_asked_for_and_no_figure_is_cut_off() -> None:
    plain = analyse("What will the board buy?", NAMES)
    storm = analyse("What will the board buy after the storm?", NAMES)
    assert tightened(made(LONG), plain, 15).text == "The board will buy two ferries before the next season"
    assert tightened(made(LONG), storm, 15).text == LONG
    figure = LONG.replace("last winter", "2019")
    assert tightened(made(figure), plain, 15).text == figure
    assert tightened(made(LONG), plain, 50).text == LONG


def test_vectors_of_unsearched_items_are_nought(briefing: Briefing) -> None:
    found = sentence(PARTS[0], 1)
    last = lists(briefing, PARTS, [found]).complete(found, 100)[-1]
    assert not np.any(last.vector)
