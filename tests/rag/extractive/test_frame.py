"""The source's words stay the source's words; only a bare pronoun gets its noun, in brackets."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rag.extractive.frame import antecedent, quote_of, statement, without_opening
from rag.types import Sentence, StatementKind
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


@pytest.mark.parametrize(
    ("before", "noun"),
    [
        ("Ferry crews do not hide their anger. ", None),  # "Ferry" is no name of theirs
        ("Orrinian crews do not hide their anger. ", "Orrinian crews"),
        ("Three orders are cited. ", None),  # a capital at the head does not make a name
        ("UNAMI has a mandate. ", "UNAMI"),
        ("Harrow, as Harrow says, is late. Harrow is patient. ", "Harrow"),
    ],
)
def test_only_a_name_stands_for_a_pronoun(before: str, noun: str | None) -> None:
    assert antecedent(f"{before}They sold a ferry.", len(before)) == noun


@pytest.mark.parametrize(
    ("text", "follows", "left"),
    [
        ("Moreover, the oldest pier is closed.", False, "the oldest pier is closed."),
        ("Moreover, the oldest pier is closed.", True, "Moreover, the oldest pier is closed."),
        ("2.Longer piers are to be built by the board.", False, "Longer piers are to be built by the board."),
        ("However, no.", False, "However, no."),  # too little would be left
        ("Fleet: The board owns twelve ferries.", False, "The board owns twelve ferries."),
    ],
)
def test_what_ties_a_sentence_to_the_words_before_falls_away(text: str, follows: bool, left: str) -> None:
    like = candidate(BOARD)
    passage = replace(like.hit.passage, text=text, section=("Fleet",))
    made = replace(
        like,
        text=text,
        word_count=len(text.split()),
        hit=replace(like.hit, passage=passage),
        sentence=Sentence(start=0, end=len(text)),
        features=replace(like.features, reference=0.0),
    )
    bare = without_opening(made, follows=follows)
    assert bare.text == left == text[bare.sentence.start : bare.sentence.end]
    assert bare.word_count == len(left.split())
