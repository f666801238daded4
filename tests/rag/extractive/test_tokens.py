"""Numbers told apart, and the words that stand beside them."""

from __future__ import annotations

import pytest

from rag.extractive.tokens import COUNTS, Kind, beside, tokens


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("12 ferries", [Kind.COUNT]),
        ("2,500 traders", [Kind.COUNT]),
        ("two ferries", [Kind.COUNT]),
        ("28 per cent", [Kind.PERCENT]),
        ("$310 million", [Kind.MONEY, Kind.COUNT]),
        ("5 dinars", [Kind.MONEY]),
        ("in 2020", [Kind.DATE]),
        ("on 9 January", [Kind.DATE]),
        ("Article 4", [Kind.LABEL]),
        ("see vol. 331", [Kind.LABEL]),
        ("the F-16 fleet", [Kind.LABEL]),
        ("the 12th boat", [Kind.LABEL]),
    ],
)
def test_what_a_number_is(text: str, kinds: list[Kind]) -> None:
    assert [t.kind for t in tokens(text) if t.kind not in (Kind.WORD, Kind.MARK)] == kinds


def test_an_acronym_with_dots_ends_no_clause() -> None:
    assert "traders" in beside(tokens("It hurt two U.S. traders."), COUNTS)


def test_words_beside_a_number_end_with_the_clause() -> None:
    assert list(beside(tokens("They met; 12 old ferries sank. Boats left."), COUNTS)) == ["old", "ferries", "sank"]


def test_a_plural_label_is_the_label() -> None:
    assert tokens("F-16s")[0] == tokens("F-16")[0]
