"""The source's words stay the source's words; only a bare pronoun gets its noun, in brackets."""

from __future__ import annotations

import pytest

from rag.extractive.frame import antecedent, quote_of, statement
from rag.types import StatementKind
from tests.library import TEXTS
from tests.rag.extractive.pieces import BOARD, GUILD, PIER, VIEW, WATER, candidate


@pytest.mark.parametrize("text", [BOARD, GUILD, WATER, VIEW])
def test_a_statement_is_the_sentence_its_quote_and_its_source(text: str) -> None:
    made = statement(candidate(text), TEXTS.__getitem__, grouped=True)
    (quote,) = made.quotes
    assert made.text == quote.quote == text
    assert made.kind is StatementKind.QUOTED
    assert made.attribution
    assert made.group
    assert TEXTS[candidate(text).document_id][quote.start : quote.end] == text


def test_a_group_is_named_only_when_wanted() -> None:
    assert statement(candidate(BOARD), TEXTS.__getitem__, grouped=False).group is None


def test_a_quote_is_the_whole_sentence_whatever_is_put_into_brackets() -> None:
    made = statement(candidate(PIER), TEXTS.__getitem__, grouped=True)
    assert made.quotes == (quote_of(candidate(PIER)),)
    assert made.quotes[0].quote == PIER
    if made.text != PIER:
        assert made.text.startswith("[")
        assert made.text.endswith(PIER.removeprefix("It"))


@pytest.mark.parametrize(
    ("before", "noun"),
    [
        ("The Orrin Ferry Board owns the pier. ", "The Orrin Ferry Board"),
        ("It owns the pier. ", None),
        ("", None),
        ("The Orrin Ferry Board owns the pier.\n", None),  # another paragraph
    ],
)
def test_a_noun_is_taken_from_the_sentence_before_only(before: str, noun: str | None) -> None:
    assert antecedent(f"{before}It sold a ferry.", len(before)) == noun
