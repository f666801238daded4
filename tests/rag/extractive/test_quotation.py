"""Quotations over several sentences: whole where that is possible, and always the passage's own words."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.extractive.quotation import MOST_WORDS, open_ends, whole
from tests.rag.extractive.pieces import sentences_of

SPOKEN = 'The harbour master said, "Nobody sails." Mara wrote, “We wait for wind. The lake is calm.” Ferries slept.'


def test_a_quotation_comes_whole_from_either_end() -> None:
    rows = sentences_of(SPOKEN)
    opening = next(c for c in rows if c.text.startswith("Mara"))
    closing = next(c for c in rows if c.text.endswith("calm.”"))
    for cut in (opening, closing):
        made = whole(cut)
        assert made.text == "Mara wrote, “We wait for wind. The lake is calm.”"
        assert made.word_count == 10
        assert made.sentence.end - made.sentence.start == len(made.text)


def test_what_is_whole_or_already_cut_stays_as_it_is() -> None:
    rows = sentences_of(SPOKEN)
    assert whole(rows[0]) is rows[0]
    cut = replace(next(c for c in rows if c.text.startswith("Mara")), cut=True)
    assert whole(cut) is cut


def test_a_quotation_that_never_ends_or_is_too_long_stays_as_printed() -> None:
    endless = sentences_of("Mara wrote, “We wait for wind. The lake is calm. Ferries slept.")[0]
    assert whole(endless) is endless
    long = sentences_of("Mara wrote, “We wait. " + "Wind " * MOST_WORDS + "came.” Ferries slept.")[0]
    assert whole(long) is long


@pytest.mark.parametrize(
    ("text", "before", "ends"),
    [
        ('He said, "We stay. ', "", (0, 1)),
        ('and nobody else," he said.', 'He said, "We stay ', (1, 0)),
        ("calm.” Then “go", "", (1, 1)),
        ("“calm.” «go»", "", (0, 0)),
    ],
)
def test_open_ends_are_told_apart(text: str, before: str, ends: tuple[int, int]) -> None:
    assert open_ends(text, before) == ends


@given(st.lists(st.sampled_from(['"', "“", "”", "«", "»", "Go. ", "Stay now. ", "Wait, "]), min_size=1, max_size=14))
def test_a_statement_is_always_the_passages_own_words(pieces: list[str]) -> None:
    text = "".join(pieces).strip()
    for row in sentences_of(text):
        made = whole(row)
        assert made.text == text[made.sentence.start - 100 : made.sentence.end - 100]
        assert made.sentence.start <= row.sentence.start < row.sentence.end <= made.sentence.end
