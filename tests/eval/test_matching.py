"""Matching rules, by pencil."""

from __future__ import annotations

import pytest

from eval.matching import found_in, holds, mentions, within_budget
from rag.types import Hit, Passage
from tests.eval.desk import info


def hit(text: str, key: str = "harbour") -> Hit:
    passage = Passage(id=f"{key}:0-{len(text)}", document_id=key, ordinal=0, start=0, end=len(text), text=text)
    return Hit(passage=passage, document=info(key), score=1.0)


def test_holds_after_lower_casing_and_collapsing_white_space() -> None:
    assert holds("In  2019\nthe port\tGREW fast.", "the Port grew")


def test_holds_a_near_match_but_not_another_sentence() -> None:
    stored = "The council approved the budget for the coastal barrier in June."
    assert holds(stored, "The council aproved the budget for the coastal barier in June.")
    assert not holds(stored, "The parliament rejected a treaty on fishing rights in May.")


def test_a_scrap_of_a_quote_does_not_hold_it() -> None:
    assert not holds("the port", "the port handled 1,400 containers a day in 2019")


def test_the_last_passage_within_the_budget_is_cut() -> None:
    kept = within_budget([hit("a" * 5_000), hit("b" * 3_000), hit("c")], 6_000)
    assert [len(text) for _, text in kept] == [5_000, 1_000]


def test_a_larger_passage_buys_nothing() -> None:
    late = "x " * 3_000 + "the survey counted 37 villages"
    assert not found_in(within_budget([hit(late)], 6_000), "harbour", "the survey counted 37 villages")
    assert found_in(within_budget([hit(late)], 12_000), "harbour", "the survey counted 37 villages")


def test_the_right_words_in_the_wrong_document_do_not_count() -> None:
    assert not found_in([("river", "the port handled 1,400")], "harbour", "the port handled 1,400")


@pytest.mark.parametrize(
    ("text", "spelling", "expected"),
    [
        ("Only 170 of 329 voted", "170", True),
        ("1,170 voted", "170", False),
        ("1700 voted", "170", False),
        ("170.5 million", "170", False),
        ("in 170.", "170", True),
        ("the KURDISH parties", "Kurd", True),
        ("It’s “over”", 'it\'s "over"', True),
        ("between 5,000–7,000", "7,000", True),
        ("March  19", "march 19", True),
        ("March 190", "March 19", False),
    ],
)
def test_mentions(text: str, spelling: str, expected: bool) -> None:
    assert mentions(text, spelling) is expected
