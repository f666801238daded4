"""Sentence boundaries: abbreviations, initials, quotes, decimals, other scripts; offsets always right."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text import sentence_spans


@pytest.mark.parametrize(
    "sentences",
    [
        ["On Jan. 3 the U.S. killed Gen. Omar Haddad.", "Dr. Saad cited No. 1500 on p. 8."],
        ["Prices rose 3.5 per cent.", "In 2024, 14,000 MW (a 49% shortfall) were missing."],
        ['He said, "We will leave."', "Then they left.", '"No!" he cried.', "“Why?” asked Ali."],
        ["ماذا حدث؟", "خرجت القوات.", "ثم عادت، ولم تبق!"],
        ["M. Dupont est arrivé.", "Où est-il ?", "Voir art. 5."],
        ["It won support, especially from the U.S.", "The rest is clear."],
        ["They met at 5 p.m.", "On Monday it rained.", "He has a Ph.D.", "He left."],
        ["Sen. John vs. Rep. Doe, e.g. this one, i.e. that."],
        ["Ibid., p. 4.", "Vol. 3, no. 2 (Sept. 2020), pp. 3–9."],
        ["The vote was 170 to 0.", "25 attacks followed.", "Is it so? yes, it is."],
        ["U.S. Iraq policy changed.", "He did it for plan B.", "The next was plan C."],
        ["It ended in Iraq...", "It is no secret."],
    ],
)
def test_sentences(sentences: list[str]) -> None:
    text = " ".join(sentences)
    assert [text[a:b] for a, b in sentence_spans(text)] == sentences


def test_line_breaks_end_sentences_and_markers_stay_outside() -> None:
    text = "The steps are:\n1. Mend the wall\n- Buy cranes\nA. Sell boats\n(2) Go"
    assert [text[a:b] for a, b in sentence_spans(text)] == [
        "The steps are:",
        "Mend the wall",
        "Buy cranes",
        "Sell boats",
        "Go",
    ]


@given(st.text("aB. \n!?\"'1-،؟(U)", max_size=80), st.integers(0, 1000))
def test_spans_are_ordered_trimmed_and_shifted(text: str, offset: int) -> None:
    end = offset
    for start, stop in sentence_spans(text, offset):
        assert end <= start < stop <= offset + len(text)
        piece = text[start - offset : stop - offset]
        assert piece == piece.strip()
        assert "\n" not in piece
        end = stop


def test_a_sentence_without_end_is_read_in_one_go() -> None:
    """Quadratic work would run into the suite's time limit."""
    endless = "Dr. " * 100_000
    assert sentence_spans(endless) == [(0, len(endless) - 1)]
