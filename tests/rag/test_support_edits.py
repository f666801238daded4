"""A source's sentence with a few words exchanged: what the exchange says is noticed, free wording is let be."""

from __future__ import annotations

import pytest

from rag.support import Evidence, check
from rag.support.edits import edit_problems
from rag.types import Metadata

QUOTE = (
    "After the vote in Saltmouth, Velten Shipping could lose about 1,200 of its contracts before the end of the "
    "season, not only because of fog."
)


def changed(old: str, new: str) -> str:
    assert old in QUOTE
    return QUOTE.replace(old, new, 1)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("could lose", "will lose"),
        ("before", "after"),
        ("Saltmouth", "Harrow"),
        ("1,200", "1,207"),
        ("not only", "only"),
        ("could lose", "could not lose"),
        ("fog.", "fog, and the harbour master of Orrin has resigned over unpaid wages."),
    ],
)
def test_one_exchange_is_enough_to_doubt_a_sentence(old: str, new: str) -> None:
    statement = changed(old, new)
    assert len(edit_problems(statement, [QUOTE])) == 1
    evidence = [Evidence(quote=QUOTE, metadata=Metadata(title="Fog"), context=QUOTE, section=(), document_id="d")]
    assert not check(statement, evidence).supported


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("could lose", "may lose"),
        ("1,200", "1,000"),  # a rounding; whether it is a fair one, the rules for figures say
        ("Saltmouth", "Saltmoth"),
        (", not only because of fog", ""),  # cut at the end: the rules for cut quotations look at that
        ("of its contracts", "of the contracts"),
    ],
)
def test_what_weakens_rounds_or_shortens_is_left_to_other_rules(old: str, new: str) -> None:
    assert edit_problems(changed(old, new), [QUOTE]) == []


def test_free_wording_and_short_statements_are_let_be() -> None:
    free = "Velten Shipping fears for hundreds of contracts because the season ends in fog."
    assert edit_problems(free, [QUOTE]) == []
    assert edit_problems("Fog will come.", ["Fog may come."]) == []


def test_an_addition_that_another_quote_carries_is_no_invention() -> None:
    other = "The harbour master of Orrin has resigned over unpaid wages."
    joined = changed("fog.", "fog, and the harbour master of Orrin has resigned over unpaid wages.")
    assert edit_problems(joined, [QUOTE, other]) == []
