"""Pairs of sentences that need no judging: never one that the rules would tell apart."""

from __future__ import annotations

from itertools import combinations

import pytest

from eval.differences import load_pairs
from rag.extractive.differ import Said, difference
from rag.extractive.differ.figures import clashes
from rag.extractive.differ.traits import traits

SENTENCES = [s for p in load_pairs()[::3] for s in (p.a, p.b)][:120]


def test_what_differs_is_always_judged() -> None:
    differing = [p for p in load_pairs() if difference(p.a, p.b) is not None]
    assert len(differing) > 50
    assert all(traits(p.a).may_differ(traits(p.b)) and traits(p.b).may_differ(traits(p.a)) for p in differing)


def test_what_is_not_judged_does_not_differ() -> None:
    skipped = [(a, b) for a, b in combinations(SENTENCES, 2) if not traits(a).may_differ(traits(b))]
    assert len(skipped) > 2000  # most pairs of sentences have nothing to differ on
    for a, b in skipped:
        assert difference(a, b) is None, (a, b)
        assert next(clashes(a, b, loose=True), None) is None, (a, b)


@pytest.mark.parametrize(
    ("one", "other", "worth"),
    [
        ("The union has 14 members.", "The union has 16 members.", True),
        ("The union has 14 members.", "The union is old.", False),
        ("Fares rose by 14 per cent.", "The union has 16 members.", False),
        ("The ferries will sail.", "The ferries will not sail.", True),
        ("The crews are prepared.", "The crews are unprepared.", True),
        ("The ferries will sail.", "The harbour will freeze.", False),
    ],
)
def test_worth_judging(one: str, other: str, worth: bool) -> None:
    assert traits(Said(one)).may_differ(traits(Said(other))) is worth
