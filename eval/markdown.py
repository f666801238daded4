"""A run as Markdown, for the summary page of a CI job."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from eval.blame import STAGES
from eval.gates import GateResult
from eval.judge import lines as judge_lines
from eval.metrics import METRICS


def summary(result: Mapping[str, Any], gates: Sequence[GateResult] = ()) -> str:
    """Metrics with intervals, gates that were missed, failures by stage."""
    lines = ["## Evaluation", "", "| metric | value | 95 % interval | cases |", "| --- | ---: | --- | ---: |"]
    for name in METRICS:
        entry = result["metrics"].get(name)
        if entry:
            lines.append(
                f"| {name} | {number(name, entry['value'])} | {number(name, entry['low'])} to "
                f"{number(name, entry['high'])} | {entry['n']} |"
            )
    missed = [g for g in gates if not g.passed]
    if gates:
        lines += ["", f"**Gates:** {len(gates) - len(missed)} of {len(gates)} passed."]
        lines += [f"- missed: {g.reason}" for g in missed]
    stages = Counter(c["failure"] for c in result["cases"] if c["failure"])
    total = len(result["cases"])
    lines += ["", f"**Cases:** {total - stages.total()} of {total} without fault."]
    lines += [f"- {stage}: {stages[stage]}" for stage in STAGES if stages[stage]]
    if result.get("judge"):
        lines += ["", "**Judge** (never a gate)", *(f"- {line.strip()}" for line in judge_lines(result["judge"]))]
    return "\n".join(lines) + "\n"


def number(name: str, value: float) -> str:
    """Shares with three places, milliseconds and words with none."""
    return f"{value:.0f}" if METRICS[name].unit in {"ms", "words"} else f"{value:.3f}"


def as_text(result: Mapping[str, Any], gates: Sequence[GateResult] = ()) -> str:
    """The metrics as plain text, for a terminal."""
    lines = [f"{'metric':<22} {'value':>8}   95 % interval        n"]
    for name in METRICS:
        entry = result["metrics"].get(name)
        if entry:
            low, high = number(name, entry["low"]), number(name, entry["high"])
            value = number(name, entry["value"])
            lines.append(f"{name:<22} {value:>8}   [{low}, {high}]".ljust(52) + f"{entry['n']:5d}")
    stages = Counter(c["failure"] for c in result["cases"] if c["failure"])
    faults = ", ".join(f"{stage} {stages[stage]}" for stage in STAGES if stages[stage])
    lines.append(f"\n{len(result['cases'])} cases, {stages.total()} with a fault" + (f": {faults}" if faults else ""))
    if result.get("judge"):
        lines += judge_lines(result["judge"])
    lines += [f"GATE MISSED  {g.reason}" for g in gates if not g.passed]
    return "\n".join(lines)
