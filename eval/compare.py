"""What changed between two runs: paired bootstrap on the cases that both have."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from eval.metrics import METRICS, RESAMPLES, SEED, TIMED, Row, row_of
from rag.errors import UsageError

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """The difference B - A of one metric over its common cases, with a 95 % paired interval."""

    name: str
    a: float
    b: float
    difference: float
    low: float
    high: float
    n: int

    @property
    def significant(self) -> bool:
        """The interval excludes zero."""
        return self.low > 0 or self.high < 0

    @property
    def worse(self) -> bool:
        """Significantly in the wrong direction."""
        return self.low > 0 if METRICS[self.name].lower else self.high < 0

    @property
    def better(self) -> bool:
        """Significantly in the right direction."""
        return self.significant and not self.worse

    def as_json(self) -> Json:
        """Rounded to six places."""
        return {
            "a": round(self.a, 6),
            "b": round(self.b, 6),
            "difference": round(self.difference, 6),
            "low": round(self.low, 6),
            "high": round(self.high, 6),
            "n": self.n,
            "verdict": "worse" if self.worse else "better" if self.better else "same",
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Changes by metric; cases that went from failed to passed and back; cases only one run has."""

    changes: Mapping[str, Change]
    better: tuple[Json, ...]
    worse: tuple[Json, ...]
    only_a: tuple[str, ...]
    only_b: tuple[str, ...]

    def as_json(self) -> Json:
        """One JSON document."""
        return {
            "changes": {name: c.as_json() for name, c in self.changes.items()},
            "better": list(self.better),
            "worse": list(self.worse),
            "only_a": list(self.only_a),
            "only_b": list(self.only_b),
        }


def as_baseline(result: Mapping[str, Any]) -> Json:
    """What a later run is compared with: scores and blame, without answers and without times."""
    kept = ("id", "kind", "type", "question", "answerable", "refused", "error", "failure")
    return {
        "metrics": {name: entry for name, entry in result["metrics"].items() if name not in TIMED},
        "cases": [
            {k: case[k] for k in kept} | {"metrics": {k: v for k, v in case["metrics"].items() if k != "latency_ms"}}
            for case in result["cases"]
        ],
        "config": result["config"],
    }


def load_result(path: Path | str) -> Json:
    """A result file of ``briefing eval run --json``.

    Raises:
        UsageError: it cannot be read, or is not such a file.
    """
    try:
        data = json.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise UsageError(f"{path}: is not JSON: {error}.") from error
    if not isinstance(data, dict) or not {"metrics", "cases", "config"} <= data.keys():
        raise UsageError(f"{path}: is not a result of `briefing eval run --json`.")
    return data


def compare(a: Mapping[str, Any], b: Mapping[str, Any], *, seed: int = SEED) -> Comparison:
    """Compares run B with run A."""
    cases_a = {c["id"]: c for c in a["cases"]}
    cases_b = {c["id"]: c for c in b["cases"]}
    common = [i for i in cases_a if i in cases_b]
    changes = {}
    for name in METRICS:
        change = _change(name, [cases_a[i] for i in common], [cases_b[i] for i in common], seed)
        if change is not None:
            changes[name] = change
    moved = [_moved(cases_a[i], cases_b[i]) for i in common]
    return Comparison(
        changes=changes,
        better=tuple(m for m in moved if m and m["direction"] == "better"),
        worse=tuple(m for m in moved if m and m["direction"] == "worse"),
        only_a=tuple(i for i in cases_a if i not in cases_b),
        only_b=tuple(i for i in cases_b if i not in cases_a),
    )


def _change(name: str, a: Sequence[Json], b: Sequence[Json], seed: int) -> Change | None:
    pairs: list[tuple[Row, Row]] = []
    for left, right in zip(a, b, strict=True):
        row_a, row_b = row_of(name, left), row_of(name, right)
        if row_a is not None and row_b is not None:
            pairs.append((row_a, row_b))
    if not pairs:
        return None
    rows_a = np.array([p[0] for p in pairs], dtype=np.float64)
    rows_b = np.array([p[1] for p in pairs], dtype=np.float64)
    statistic = METRICS[name].statistic
    value_a = float(statistic(rows_a[np.newaxis])[0])
    value_b = float(statistic(rows_b[np.newaxis])[0])
    generator = np.random.Generator(np.random.PCG64(seed))
    drawn = generator.integers(0, len(pairs), size=(RESAMPLES, len(pairs)))
    differences = statistic(rows_b[drawn]) - statistic(rows_a[drawn])
    low, high = np.percentile(differences, [2.5, 97.5])
    return Change(
        name=name,
        a=value_a,
        b=value_b,
        difference=value_b - value_a,
        low=float(low),
        high=float(high),
        n=len(pairs),
    )


def _moved(a: Json, b: Json) -> Json | None:
    """A case that got better or worse: by its failure first, else by the metrics that moved."""
    before, after = a["failure"], b["failure"]
    moved = {
        name: [a["metrics"][name], b["metrics"][name]]
        for name in sorted(a["metrics"].keys() & b["metrics"].keys())
        if _differs(name, a["metrics"][name], b["metrics"][name])
    }
    if bool(before) != bool(after):
        direction = "better" if before else "worse"
    elif moved:
        gain = sum(_gain(name, *values) for name, values in moved.items())
        if abs(gain) < 1e-9:
            return None
        direction = "better" if gain > 0 else "worse"
    else:
        return None
    return {
        "id": b["id"],
        "question": b["question"],
        "direction": direction,
        "failure": [before, after],
        "metrics": moved,
    }


def _differs(name: str, left: float | None, right: float | None) -> bool:
    if name == "latency_ms" or name in TIMED or name == "answer_words":
        return False
    return left is not None and right is not None and abs(left - right) > 1e-9


def _gain(name: str, before: float, after: float) -> float:
    return before - after if METRICS[name].lower else after - before


def as_text(comparison: Comparison) -> str:
    """The comparison as plain text."""
    lines = [f"{'metric':<22} {'A':>9} {'B':>9} {'B - A':>9}   95 % interval         n  verdict"]
    for c in comparison.changes.values():
        verdict = "WORSE" if c.worse else "better" if c.better else ""
        lines.append(
            f"{c.name:<22} {c.a:>9.3f} {c.b:>9.3f} {c.difference:>+9.3f}   "
            f"[{c.low:+.3f}, {c.high:+.3f}]   {c.n:4d}  {verdict}"
        )
    for title, rows in (("Better", comparison.better), ("Worse", comparison.worse)):
        lines.append(f"\n{title}: {len(rows)}")
        lines += [
            f"  {r['id']}  {r['failure'][0] or 'passed'} -> {r['failure'][1] or 'passed'}  {r['question']}"
            for r in rows
        ]
    for name, ids in (("A", comparison.only_a), ("B", comparison.only_b)):
        if ids:
            lines.append(f"\nOnly in {name}: {', '.join(ids)}")
    return "\n".join(lines)
