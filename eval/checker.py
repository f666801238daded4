"""How well the support checker judges: accuracy on labelled minimal pairs.

``data/support_pairs.jsonl`` holds invented quotes with statements that they do and do not support.
Groups with an odd number are the development half (rules may be tuned on them), groups with an
even number the held-out half (written before the rules were tuned, looked at only as a total).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from rag.support import Evidence, SupportVerdict, check
from rag.types import Metadata

PAIRS = Path(__file__).parent / "data" / "support_pairs.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportPair:
    """One labelled statement with its quotes."""

    id: str
    group: int
    kind: str
    supported: bool
    statement: str
    evidence: tuple[Evidence, ...]

    @property
    def held_out(self) -> bool:
        """True for the half that rules are not tuned on."""
        return self.group % 2 == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A pair with the checker's verdict."""

    pair: SupportPair
    verdict: SupportVerdict

    @property
    def right(self) -> bool:
        """Whether verdict and label agree."""
        return self.verdict.supported == self.pair.supported


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckerScore:
    """Counts of one half: a *catch* is an unsupported statement found out."""

    name: str
    right: int
    total: int
    passed_supported: int
    stopped_supported: int
    caught: int
    missed: int

    @property
    def accuracy(self) -> float:
        """Share of right verdicts; 0 when there are no pairs."""
        return self.right / self.total if self.total else 0.0

    def as_json(self) -> dict[str, float | int]:
        """Accuracy and the confusion table."""
        return {
            "accuracy": round(self.accuracy, 4),
            "n": self.total,
            "passed_supported": self.passed_supported,
            "stopped_supported": self.stopped_supported,
            "caught": self.caught,
            "missed": self.missed,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckerReport:
    """Scores of both halves, and per kind (right, total) over both."""

    halves: tuple[CheckerScore, ...]
    by_kind: dict[str, tuple[int, int]]
    judged: tuple[Judged, ...]


@lru_cache(maxsize=1)
def load_pairs() -> tuple[SupportPair, ...]:
    """The labelled pairs in file order."""
    rows = [json.loads(line) for line in PAIRS.read_text(encoding="utf-8").splitlines() if line]
    return tuple(_pair(row) for row in rows)


def _pair(row: dict[str, Any]) -> SupportPair:
    source = row["source"]
    metadata = Metadata(
        title=source["title"],
        authors=tuple(source["authors"]),
        publisher=source["publisher"],
        published=source["published"],
    )
    return SupportPair(
        id=row["id"],
        group=row["group"],
        kind=row["kind"],
        supported=row["supported"],
        statement=row["statement"],
        evidence=tuple(Evidence(quote=q, metadata=metadata, context=row.get("context")) for q in row["quotes"]),
    )


def run(pairs: Sequence[SupportPair] | None = None) -> CheckerReport:
    """Judges all pairs; deterministic."""
    judged = tuple(Judged(pair=p, verdict=check(p.statement, p.evidence)) for p in (pairs or load_pairs()))
    right: Counter[str] = Counter(j.pair.kind for j in judged if j.right)
    total: Counter[str] = Counter(j.pair.kind for j in judged)
    return CheckerReport(
        halves=(
            _score("development", [j for j in judged if not j.pair.held_out]),
            _score("held-out", [j for j in judged if j.pair.held_out]),
            _score("all", judged),
        ),
        by_kind={kind: (right[kind], total[kind]) for kind in sorted(total)},
        judged=judged,
    )


def _score(name: str, judged: Sequence[Judged]) -> CheckerScore:
    good = [j for j in judged if j.pair.supported]
    bad = [j for j in judged if not j.pair.supported]
    return CheckerScore(
        name=name,
        right=sum(j.right for j in judged),
        total=len(judged),
        passed_supported=sum(j.right for j in good),
        stopped_supported=sum(not j.right for j in good),
        caught=sum(j.right for j in bad),
        missed=sum(not j.right for j in bad),
    )


def table(report: CheckerReport) -> str:
    """The report as plain text."""
    lines = ["half          accuracy   n    supported: passed stopped   unsupported: caught missed"]
    lines += [
        f"{h.name:<12}  {h.accuracy:8.3f} {h.total:4d}  {h.passed_supported:17d} {h.stopped_supported:7d}"
        f"  {h.caught:19d} {h.missed:6d}"
        for h in report.halves
    ]
    lines += ["", "kind              right of"]
    lines += [f"{kind:<16} {r:5d} {n:4d}" for kind, (r, n) in report.by_kind.items()]
    return "\n".join(lines)
