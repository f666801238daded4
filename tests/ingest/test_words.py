"""Hyphens at line ends, open ends, title case."""

from __future__ import annotations

import pytest

from ingest.words import ends_open, mended, stops_on_open_word, title_case_share, vocabulary

NOTHING = frozenset[str]()


@pytest.mark.parametrize(
    ("left", "right", "word"),
    [
        ("un", "dermining", "undermining"),
        ("so", "cial", "social"),
        ("ex", "ample", "example"),
        ("inter", "national", "international"),
        ("ten", "sion", "tension"),
        ("low", "er", "lower"),
        ("well", "known", "well-known"),
        ("self", "defence", "self-defence"),
        ("Anglo", "American", "Anglo-American"),
        ("short", "fall", "shortfall"),
        ("short", "term", "short-term"),
        ("counter", "part", "counterpart"),
    ],
)
def test_halves_without_a_hint(left: str, right: str, word: str) -> None:
    assert mended(left, right, NOTHING, NOTHING) == word


def test_the_document_decides() -> None:
    whole, hyphenated = vocabulary(["A decision-making body. A selfless act."])
    assert mended("decision", "making", whole, hyphenated) == "decision-making"
    assert mended("self", "less", whole | {"selfless"}, hyphenated) == "selfless"


@pytest.mark.parametrize(
    ("text", "open_end"),
    [
        ("the Iraqi", True),
        ("It ended.", False),
        ("He said so.”", False),
        ("as follows:", False),
        ("حدث؟", False),
        ("", False),
    ],
)
def test_open_ends(text: str, open_end: bool) -> None:
    assert ends_open(text) is open_end


def test_open_words() -> None:
    assert stops_on_open_word("to force the")
    assert not stops_on_open_word("to force the wall")
    assert not stops_on_open_word("what for?")


def test_title_case() -> None:
    assert title_case_share("The Return of the Army") == 1.0
    assert title_case_share("The return of the army") == 0.0
