"""Phrases of a question: names, counted nouns, verbs in two words."""

from __future__ import annotations

import pytest

from rag.extractive.phrases import noun_phrase, plain_verb, plain_verbs, proper_names


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("track the thief down", "locate the thief"),
        ("Velten and Brandt fell out", "Velten and Brandt quarrel"),
        ("when does the cable go live", "when does the cable start"),
        ("the traders who showed up", "the traders who attend"),
        ("sailed down the river", "sailed down the river"),
    ],
)
def test_a_verb_in_two_words_becomes_a_plain_one(text: str, plain: str) -> None:
    assert plain_verbs(text) == plain


def test_only_what_replaced_two_words_is_a_plain_verb() -> None:
    assert plain_verb("wind up the mission") == "end"
    assert plain_verb("end the mission") == ""


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        (" British sailors live there", ("british", "sailors")),
        (" mps came", ("mps",)),
        (" MW will it bring", ("megawatts",)),
        (" gas is there", ()),
    ],
)
def test_what_is_counted(text: str, counted: tuple[str, ...]) -> None:
    assert noun_phrase(text, plural=True)[0] == counted


def test_titles_and_months_are_no_part_of_a_name() -> None:
    assert proper_names("when General Ola Brandt left in May") == (("ola", "brandt"),)
