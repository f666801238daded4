"""The library's own words: rarity by pencil, and misspelt words led back to them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.lexicon import Lexicon
from rag.text import stem

LEXICON = Lexicon(
    [
        ("The government closed the pier.", "en"),
        ("The pier of Saltmouth was built by Suleiman.", "en"),
        ("Hospitals by the lake.", "en"),
        ("Nothing else.", None),
    ]
)


def test_idf_is_bm25s() -> None:
    assert LEXICON.passages == 4
    assert LEXICON.idf(stem("pier")) == pytest.approx(math.log(1 + (4 - 2 + 0.5) / 2.5))
    assert LEXICON.idf(stem("hospitals")) == pytest.approx(math.log(1 + 3.5 / 1.5))
    assert LEXICON.idf("zeppelin") == pytest.approx(math.log(1 + 4.5 / 0.5))


@given(st.sampled_from(["the", "pier", "lake", "zeppelin"]), st.sampled_from(["the", "pier", "lake", "zeppelin"]))
def test_rarer_words_weigh_more(a: str, b: str) -> None:
    seen = {"the": 3, "pier": 2, "lake": 1, "zeppelin": 0}
    assert (LEXICON.idf(a) > LEXICON.idf(b)) == (seen[a] < seen[b])


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("goverment", "government"), ("hospitels", "hospitals"), ("saltmuoth", "saltmouth"), ("Sulayman", "suleiman")],
)
def test_a_misspelt_word_finds_its_own(typed: str, meant: str) -> None:
    best = LEXICON.variants(typed.lower())[0]
    assert best.word == meant
    assert 0 < best.weight < 1


@pytest.mark.parametrize("typed", ["pie", "zeppelin", "2024", "their", "qqqqqqq"])
def test_short_words_numbers_and_strangers_do_not(typed: str) -> None:
    assert LEXICON.variants(typed) == ()


@given(st.text(st.characters(categories=["Ll"]), min_size=1, max_size=12))
def test_variants_are_few_sorted_and_from_the_library(word: str) -> None:
    found = LEXICON.variants(word)
    assert len(found) <= 4
    assert [v.weight for v in found] == sorted((v.weight for v in found), reverse=True)
    assert all(LEXICON.known(stem(v.word)) and v.word != word for v in found)


def test_an_empty_library_knows_nothing() -> None:
    empty = Lexicon([])
    assert not empty.known("pier")
    assert empty.variants("goverment") == ()
    assert empty.idf("pier") == pytest.approx(math.log(1 + 0.5 / 0.5))


@pytest.mark.parametrize(
    ("text", "cased"),
    [
        ("who built saltmouth for suleiman", "who built Saltmouth for Suleiman"),
        ("Who built saltmouth", "Who built saltmouth"),  # typed with capitals: what has none means none
        ("who built the pier", "who built the pier"),
    ],
)
def test_a_question_typed_without_capitals_gets_those_of_names(text: str, cased: str) -> None:
    assert LEXICON.cased(text) == cased
