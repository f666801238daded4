"""Gates: a bar that a metric must reach, and a baseline that it must not fall below."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from eval.compare import compare
from eval.metrics import METRICS, TIMED
from rag.errors import UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class GateResult:
    """One gate, whether it was passed, and why in words."""

    name: str
    passed: bool
    reason: str


def parse_gates(gates: Sequence[str]) -> dict[str, float]:
    """``METRIC=VALUE`` as a table.

    Raises:
        UsageError: an unknown metric or a value that is no number.
    """
    found: dict[str, float] = {}
    for gate in gates:
        name, separator, value = gate.partition("=")
        name = name.strip()
        if not separator:
            raise UsageError(f"The gate {gate!r} is not of the form METRIC=VALUE.")
        if name not in METRICS:
            raise UsageError(f"The gate {gate!r} names no metric. Metrics: {', '.join(METRICS)}.")
        try:
            found[name] = _finite(value)
        except ValueError as error:
            raise UsageError(f"The gate {gate!r} has no number behind '='.") from error
    return found


def _finite(value: str) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(value)  # every comparison with nan is false: the gate would say nothing
    return number


def check_gates(
    result: Mapping[str, Any],
    gates: Mapping[str, float],
    baseline: Mapping[str, Any] | None = None,
) -> list[GateResult]:
    """Checks the bars, and that nothing fell significantly against the baseline.

    A gated metric that no case is about fails its gate.  Times are never compared with a baseline:
    they were taken on another machine.
    """
    found = [_bar(result, name, bar) for name, bar in gates.items()]
    found += _broken(result)
    if baseline is not None:
        found += _against(baseline, result)
    return found


def _bar(result: Mapping[str, Any], name: str, bar: float) -> GateResult:
    entry = result["metrics"].get(name)
    if entry is None:
        return GateResult(name=name, passed=False, reason=f"{name}: no case is about it")
    value, lower = entry["value"], METRICS[name].lower
    passed = value <= bar if lower else value >= bar
    sign = "at most" if lower else "at least"
    reason = f"{name} is {value:.4g}; {sign} {bar:g} is asked"
    return GateResult(name=name, passed=passed, reason=reason)


def _broken(result: Mapping[str, Any]) -> list[GateResult]:
    """Cases that raised an error fail the run, whatever the averages say."""
    broken = [c["id"] for c in result["cases"] if c["error"] is not None]
    if not broken:
        return []
    return [GateResult(name="errors", passed=False, reason=f"{len(broken)} cases failed: {', '.join(broken)}")]


def _against(baseline: Mapping[str, Any], result: Mapping[str, Any]) -> list[GateResult]:
    comparison = compare(baseline, result)
    if not comparison.changes:
        return [GateResult(name="baseline", passed=False, reason="the baseline has no case in common")]
    return [
        GateResult(
            name=f"baseline {c.name}",
            passed=not c.worse,
            reason=f"{c.name} went from {c.a:.4g} to {c.b:.4g} "
            f"(difference {c.difference:+.4g}, 95 % [{c.low:+.4g}, {c.high:+.4g}], {c.n} cases)",
        )
        for c in comparison.changes.values()
        if c.name not in TIMED and c.name != "answer_words"
    ]
