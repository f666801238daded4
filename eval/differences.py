"""How well differences are told: labelled pairs of sentences, and the pairs shown for a gold set.

``data/difference_pairs.jsonl`` holds invented pairs that differ, with their axis, and pairs that do not.
The held-out half was written before the rules were tuned and is looked at only as a total.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

from eval.cases import GoldSet, QuestionCase
from rag.extractive.differ import Difference, Said, difference
from rag.types import Answer, Disagreement

PAIRS = Path(__file__).parent / "data" / "difference_pairs.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferencePair:
    """Two sentences of two sources; ``axis`` is None when they do not differ.

    ``question``: what was asked, where only a question that names two answers holds the sentences together.
    """

    id: str
    kind: str
    held_out: bool
    axis: str | None
    a: Said
    b: Said
    question: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedPair:
    """A pair with what was found."""

    pair: DifferencePair
    found: Difference | None

    @property
    def right(self) -> bool:
        """Whether a difference was found exactly where there is one."""
        return (self.found is not None) == (self.pair.axis is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferenceScore:
    """Counts of one half: ``false`` pairs are shown though nothing differs, ``axes`` have the right axis."""

    name: str
    total: int
    found: int
    missed: int
    false: int
    left_alone: int
    axes: int

    @property
    def accuracy(self) -> float:
        """Share of right verdicts; 0 when there are no pairs."""
        return (self.found + self.left_alone) / self.total if self.total else 0.0

    @property
    def precision(self) -> float:
        """Share of the differences told that are ones; 1 when none is told."""
        told = self.found + self.false
        return self.found / told if told else 1.0

    @property
    def recall(self) -> float:
        """Share of the differences that are told; 1 when there is none."""
        real = self.found + self.missed
        return self.found / real if real else 1.0

    def as_json(self) -> dict[str, float | int]:
        """The rates and the confusion table."""
        return {
            "accuracy": round(self.accuracy, 4),
            "precision": round(self.precision, 4),
            "recall": round(self.recall, 4),
            "n": self.total,
            "found": self.found,
            "missed": self.missed,
            "false": self.false,
            "left_alone": self.left_alone,
            "right_axis": self.axes,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferenceReport:
    """Scores of both halves and all; per kind (right, total)."""

    halves: tuple[DifferenceScore, ...]
    by_kind: dict[str, tuple[int, int]]
    judged: tuple[JudgedPair, ...]


@lru_cache(maxsize=1)
def load_pairs() -> tuple[DifferencePair, ...]:
    """The labelled pairs in file order."""
    rows = [json.loads(line) for line in PAIRS.read_text(encoding="utf-8").splitlines() if line]
    return tuple(
        DifferencePair(
            id=row["id"],
            kind=row["kind"],
            held_out=row["half"] == "held-out",
            axis=row["axis"],
            a=_said(row["a"]),
            b=_said(row["b"]),
            question=row.get("question", ""),
        )
        for row in rows
    )


def _said(row: dict[str, Any]) -> Said:
    return Said(row["text"], row.get("before", ""), row.get("heading", ""), row.get("published"))


def run(pairs: Sequence[DifferencePair] | None = None) -> DifferenceReport:
    """Judges all pairs; deterministic, no embedding model."""
    judged = tuple(JudgedPair(pair=p, found=difference(p.a, p.b, p.question)) for p in (pairs or load_pairs()))
    right: Counter[str] = Counter(j.pair.kind for j in judged if j.right)
    total: Counter[str] = Counter(j.pair.kind for j in judged)
    return DifferenceReport(
        halves=(
            _score("development", [j for j in judged if not j.pair.held_out]),
            _score("held-out", [j for j in judged if j.pair.held_out]),
            _score("all", judged),
        ),
        by_kind={kind: (right[kind], total[kind]) for kind in sorted(total)},
        judged=judged,
    )


def _score(name: str, judged: Sequence[JudgedPair]) -> DifferenceScore:
    real = [j for j in judged if j.pair.axis is not None]
    none = [j for j in judged if j.pair.axis is None]
    return DifferenceScore(
        name=name,
        total=len(judged),
        found=sum(j.right for j in real),
        missed=sum(not j.right for j in real),
        false=sum(not j.right for j in none),
        left_alone=sum(j.right for j in none),
        axes=sum(j.found is not None and j.found.axis == j.pair.axis for j in real),
    )


def table(report: DifferenceReport) -> str:
    """The report as plain text."""
    lines = ["half         accuracy precision  recall    n  found missed  false alone  right axis"]
    lines += [
        f"{h.name:<12} {h.accuracy:8.3f} {h.precision:9.3f} {h.recall:7.3f} {h.total:4d} {h.found:6d} {h.missed:6d}"
        f" {h.false:6d} {h.left_alone:5d} {h.axes:11d}"
        for h in report.halves
    ]
    lines += ["", "kind              right of"]
    lines += [f"{kind:<16} {r:5d} {n:4d}" for kind, (r, n) in report.by_kind.items()]
    return "\n".join(lines)


# --------------------------------------------------------------------------- on a gold set


class Asks(Protocol):
    """What answers the questions."""

    def ask(self, question: str) -> Answer:
        """A verified answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What was shown for one case; ``expected`` are the documents whose positions it should hold."""

    case: QuestionCase
    expected: frozenset[str]
    disagreements: tuple[Disagreement, ...]

    @property
    def found(self) -> bool:
        """Whether one disagreement sets two of the expected documents against each other."""
        return any(len(self.expected & {p.document_id for p in d.positions}) > 1 for d in self.disagreements)


EXPECTING = frozenset({"disagreement"})
"""Types of cases that expect their sources to be set against each other."""


def shown_for(gold: GoldSet, desk: Asks, tell: Callable[[str], None] = lambda _: None) -> tuple[Shown, ...]:
    """Asks every question of a gold set (conversations by their stand-alone questions)."""
    turns = [t for c in gold.conversations for t in c.turns]
    found = []
    for case in (*gold.questions, *turns):
        answer = desk.ask(case.standalone_question or case.question)
        documents = frozenset(e.doc for e in case.evidence)
        expected = documents if case.type in EXPECTING and len(documents) > 1 else frozenset()
        found.append(Shown(case=case, expected=expected, disagreements=answer.disagreements))
        tell(case.id)
    return tuple(found)


def shown_table(rows: Sequence[Shown]) -> str:
    """Every pair that was shown, for a person to judge, and how many of the expected ones are among them."""
    lines: list[str] = []
    for row in rows:
        for item in row.disagreements:
            mark = "expected" if row.expected else "not asked for"
            lines.append(f"{row.case.id} [{row.case.type}, {mark}] {item.about}")
            lines += [f"    {p.document_id}: {p.claim}" for p in item.positions]
    expecting = [r for r in rows if r.expected]
    missed = [r.case.id for r in expecting if not r.found]
    shown = sum(len(r.disagreements) for r in rows)
    lines.append(f"shown {shown}, expected {len(expecting)}, found {len(expecting) - len(missed)}")
    if missed:
        lines.append(f"missed: {', '.join(missed)}")
    return "\n".join(lines)
