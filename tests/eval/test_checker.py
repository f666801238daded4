"""The labelled pairs: their shape, and that the checker keeps what it has reached."""

from __future__ import annotations

from collections import Counter

from eval.checker import load_pairs, run, table


def test_pairs_are_well_formed() -> None:
    pairs = load_pairs()
    assert len(pairs) >= 740
    assert len({p.id for p in pairs}) == len(pairs)
    assert len({(p.statement, p.evidence) for p in pairs}) == len(pairs)
    kinds = Counter(p.kind for p in pairs)
    for kind in ("number", "date", "name", "hedge", "negation", "attribution", "scope", "unit",
                 "quantifier", "causal", "comparison", "role", "cut", "paraphrase"):  # fmt: skip
        assert kinds[kind] >= 2, kind


def test_a_group_is_in_one_half_only() -> None:
    halves: dict[int, set[bool]] = {}
    for pair in load_pairs():
        halves.setdefault(pair.group, set()).add(pair.held_out)
    assert all(len(h) == 1 for h in halves.values())


def test_accuracy_does_not_fall() -> None:
    development, held_out, _ = run().halves
    assert development.accuracy >= 0.96
    assert held_out.accuracy >= 0.92


def test_the_table_names_both_halves() -> None:
    text = table(run())
    assert "development" in text
    assert "held-out" in text
