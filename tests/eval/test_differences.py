"""The labelled pairs: their shape, and that what has been reached is kept."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from eval.cases import load_gold
from eval.commands import differences_command, shown_differences_command
from eval.differences import load_pairs, run, shown_for, table
from rag.types import Answer, Disagreement, Position


def test_pairs_are_well_formed() -> None:
    pairs = load_pairs()
    assert len(pairs) >= 242
    assert len({p.id for p in pairs}) == len(pairs)
    assert len({(p.a, p.b) for p in pairs}) == len(pairs)
    assert Counter(p.held_out for p in pairs) == {True: 121, False: 121}
    axes = Counter(p.axis for p in pairs)
    for axis in ("figure", "period", "definition", "date", "classification", "judgement", "cause", "recommendation"):
        assert axes[axis] >= 4, axis
    assert axes[None] >= 80


def test_accuracy_does_not_fall() -> None:
    development, held_out, _ = run().halves
    assert development.accuracy >= 0.97
    assert held_out.accuracy >= 0.9
    assert held_out.precision >= 0.92
    assert held_out.axes >= 0.95 * held_out.found


def test_the_order_of_the_two_sources_does_not_matter_often() -> None:
    from eval.differences import DifferencePair

    turned = [
        DifferencePair(
            id=p.id, kind=p.kind, held_out=p.held_out, axis=p.axis, a=p.b, b=p.a, question=p.question
        )
        for p in load_pairs()
    ]
    forth, back = run(), run(turned)
    unlike = [x.pair.id for x, y in zip(forth.judged, back.judged, strict=True) if bool(x.found) != bool(y.found)]
    assert len(unlike) <= 0.02 * len(turned), unlike


def test_the_table_and_the_json_name_both_halves() -> None:
    assert "held-out" in table(run())
    said: list[str] = []
    assert differences_command(as_json=True, echo=said.append) == 0
    halves = json.loads(said[0])["halves"]
    assert set(halves) == {"development", "held-out", "all"}
    counted = halves["all"]
    assert counted["found"] + counted["missed"] + counted["false"] + counted["left_alone"] == counted["n"] == 242


@dataclass
class Desk:
    """Answers with one disagreement between the documents named in the question."""

    def ask(self, question: str) -> Answer:
        named = [d for d in ("a", "b", "c") if f"<{d}>" in question]
        sides = tuple(Position(document_id=d, claim=f"{d} says so.", citations=(1,)) for d in named)
        found = (Disagreement(about="Number: different figures", axis="figure", positions=sides),) if sides else ()
        return Answer(
            id="1", question=question, standalone_question=question, answer="", statements=(), citations=(),
            disagreements=found, hits=(), writer="fake",
        )  # fmt: skip


def _gold(folder: Path) -> Path:
    rows = [("Q1", "<a> <b>", "disagreement"), ("Q2", "<a> <c>", "disagreement"), ("Q3", "none", "disagreement"),
            ("Q4", "<b> <c>", "factoid")]  # fmt: skip
    lines = [
        {
            "id": i, "question": q, "type": t, "answerable": True, "answer": "x", "must_include": [["x"]],
            "evidence": [{"doc": "a", "quote": "x"}, {"doc": "b", "quote": "y"}], "docs_required": ["a", "b"],
        }
        for i, q, t in rows
    ]  # fmt: skip
    path = folder / "gold.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


def test_what_a_gold_set_brings_up(tmp_path: Path) -> None:
    gold = _gold(tmp_path)
    rows = shown_for(load_gold([gold]), Desk())
    assert [(r.case.id, bool(r.expected), r.found) for r in rows] == [
        ("Q1", True, True), ("Q2", True, False), ("Q3", True, False), ("Q4", False, False),
    ]  # fmt: skip
    said: list[str] = []
    steps: list[tuple[int, int, str]] = []
    shown_differences_command(Desk(), [gold], progress=lambda *step: steps.append(step), echo=said.append)
    assert "shown 3, expected 3, found 1" in said[0]
    assert "missed: Q2, Q3" in said[0]
    assert steps[-1] == (4, 4, "Q4")
    shown_differences_command(Desk(), [gold], as_json=True, echo=said.append)
    result = json.loads(said[1])
    assert (result["expected"], result["found"], len(result["pairs"])) == (3, 1, 3)
