"""Past evaluation runs → what the page shows: plots as plain geometry, tables, failures.  Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from eval.blame import STAGES
from eval.history import Kept
from eval.markdown import number
from eval.metrics import METRICS
from web.i18n import N_, NN_, gettext, ngettext, readable_date

Json = dict[str, Any]

GROUPS: Mapping[str, tuple[str, ...]] = {
    N_("Quotes and citations"): (
        "quote_fidelity", "citation_recall", "citation_precision", "uncited_statements", "unsupported_answers",
    ),
    N_("Answers"): ("fact_recall", "document_recall", "forbidden_rate", "answer_words"),
    N_("Refusals"): ("refusal_f1", "refusal_precision", "refusal_recall"),
    N_("Search"): ("evidence_recall@5", "evidence_recall@10", "mrr@10", "ndcg@10"),
    N_("Memos"): ("memo_coverage", "memo_document_recall", "trap_rate"),
    N_("Time"): ("latency_p50_ms", "latency_p95_ms"),
}  # fmt: skip
COLUMNS = (
    "evidence_recall@10", "fact_recall", "document_recall", "citation_recall", "citation_precision", "refusal_f1",
    "memo_coverage",
)  # fmt: skip
BLAME = {
    "parse": N_("The words were lost when the report was read"),
    "retrieve": N_("The evidence stands in a passage that the search did not bring"),
    "rank": N_("The search brought the evidence, but too far down"),
    "write": N_("The answer leaves out what its passages hold"),
    "cite": N_("The quotes do not carry a statement"),
    "refuse": N_("It refused what it should answer, or answered what it should refuse"),
}
COUNTED = {
    "questions": NN_("%(num)s question", "%(num)s questions"),
    "turns": NN_("%(num)s turn", "%(num)s turns"),
    "memos": NN_("%(num)s memo", "%(num)s memos"),
}
WIDTH, HEIGHT = 280, 132
_LEFT, _RIGHT, _TOP, _BOTTOM = 40, 12, 10, 22
_INSET = 8  # keeps the first point off the labels of the axis


def moment(stamp: str) -> str:
    """``2026-11-20T09:05:00Z`` → ``20 November 2026, 09:05 UTC``.

    >>> moment("2026-11-20T09:05:00Z")
    '20 November 2026, 09:05 UTC'
    """
    return f"{readable_date(stamp[:10]) or stamp[:10]}, {stamp[11:16]} UTC"


def overview(runs: Sequence[Kept], chosen: Kept) -> Json:
    """Everything about the chosen run's series: plots by group, the runs, the table behind the plots."""
    series = [run for run in runs if run.series == chosen.series]
    named = {name for run in series for name in run.metrics if name in METRICS}
    groups = [(title, [m for m in names if m in named]) for title, names in GROUPS.items()]
    rest = [m for m in METRICS if m in named and not any(m in names for names in GROUPS.values())]
    groups.append((N_("Other"), rest))
    return {
        "groups": [
            {"title": gettext(title), "plots": [plot(name, series, chosen) for name in names]}
            for title, names in groups
            if names
        ],
        "metrics": [name for _, names in groups for name in names],
        "runs": [row(run) for run in reversed(series)],
        "elsewhere": [row(run) for run in reversed(_newest_of_each(runs, chosen.series))],
    }


def row(run: Kept) -> Json:
    """One run as a line of a list."""
    counts = run.config.get("cases") or {}
    kinds = [ngettext(*forms, counts[k]) % {"num": counts[k]} for k, forms in COUNTED.items() if counts.get(k)]
    return {
        "id": run.id,
        "when": moment(run.finished_at),
        "gold": ", ".join(run.config.get("gold") or ()) or gettext("unnamed gold set"),
        "kinds": gettext(", ").join(kinds),
        "writer": run.config.get("writer") or gettext("not stated"),
        "embedding": run.config.get("embedding") or gettext("not stated"),
        "total": run.total,
        "faultless": run.faultless,
        "seconds": gettext("%(number)s s") % {"number": f"{run.seconds:.0f}"},
        "metrics": {n: number(n, e["value"]) for n, e in run.metrics.items() if n in METRICS},
    }


def _newest_of_each(runs: Sequence[Kept], but: str) -> list[Kept]:
    newest = {run.series: run for run in runs if run.series != but}
    return sorted(newest.values(), key=lambda r: r.finished_at)


def plot(name: str, series: Sequence[Kept], chosen: Kept) -> Json:
    """One metric over the runs of a series: the line, its 95 % band, a point for each run.

    Points stand at even distances, in order of time.  The axis runs over the band, widened to round
    numbers, and both of its ends are labelled, so that small changes show and none is exaggerated
    unseen.
    """
    runs = [run for run in series if name in run.metrics]
    low, high = axis(name, [run.metrics[name] for run in runs])
    inner_width, inner_height = WIDTH - _LEFT - _RIGHT - 2 * _INSET, HEIGHT - _TOP - _BOTTOM

    def x(index: int) -> float:
        share = index / (len(runs) - 1) if len(runs) > 1 else 0.5
        return round(_LEFT + _INSET + inner_width * share, 1)

    def y(value: float) -> float:
        return round(_TOP + inner_height * (1 - (value - low) / (high - low)), 1)

    points: list[Json] = [
        {
            "x": x(i),
            "y": y(run.metrics[name]["value"]),
            "low": y(run.metrics[name]["low"]),
            "high": y(run.metrics[name]["high"]),
            "chosen": run.id == chosen.id,
            "said": f"{moment(run.finished_at)}: {_interval(name, run.metrics[name])}",
        }
        for i, run in enumerate(runs)
    ]
    band = [(p["x"], p["high"]) for p in points] + [(p["x"], p["low"]) for p in reversed(points)]
    return {
        "name": name,
        "meaning": gettext(METRICS[name].meaning),
        "lower": METRICS[name].lower,
        "points": points,
        "line": " ".join(f"{p['x']},{p['y']}" for p in points),
        "band": " ".join(f"{a},{b}" for a, b in band),
        "axis": {"low": short(name, low), "high": short(name, high), "left": _LEFT, "right": WIDTH - _RIGHT,
                 "top": _TOP, "bottom": HEIGHT - _BOTTOM},
        "first": readable_date(runs[0].finished_at[:10]),
        "last": readable_date(runs[-1].finished_at[:10]) if len(runs) > 1 else "",
        "now": _now(name, chosen),
        "change": _change(name, runs, chosen),
        "label": _label(name, points),
    }  # fmt: skip


def _label(name: str, points: Sequence[Json]) -> str:
    one, many = NN_("%(metric)s over %(num)s run: %(values)s", "%(metric)s over %(num)s runs: %(values)s")
    values = {"metric": name, "num": len(points), "values": "; ".join(p["said"] for p in points)}
    return ngettext(one, many, len(points)) % values


def axis(name: str, entries: Sequence[Mapping[str, float]]) -> tuple[float, float]:
    """Round ends of the value axis: tenths for shares, one figure for the rest, never of no length.

    >>> axis("fact_recall", [{"low": 0.52, "high": 0.71, "value": 0.6}])
    (0.5, 0.8)
    >>> axis("latency_p50_ms", [{"low": 120.0, "high": 340.0, "value": 200.0}])
    (0.0, 400.0)
    """
    low = min(min(e["low"], e["value"]) for e in entries)
    high = max(max(e["high"], e["value"]) for e in entries)
    if METRICS[name].unit == "share":
        bottom = max(0.0, math.floor(round(low * 10, 6)) / 10)
        top = min(1.0, math.ceil(round(high * 10, 6)) / 10)
        return (bottom, top) if top > bottom else (max(0.0, top - 0.1), max(0.1, top))
    step = 10 ** math.floor(math.log10(high)) if high > 0 else 1.0
    return 0.0, max(1, math.ceil(round(high / step, 6))) * step


def short(name: str, value: float) -> str:
    """A number for the axis.

    >>> short("fact_recall", 0.5), short("latency_p50_ms", 4000.0)
    ('0.5', '4,000')
    """
    return f"{value:.1f}" if METRICS[name].unit == "share" else f"{value:,.0f}"


def _interval(name: str, entry: Mapping[str, float]) -> str:
    return gettext("%(value)s (%(low)s to %(high)s)") % {
        key: number(name, entry[key]) for key in ("value", "low", "high")
    }


def _now(name: str, chosen: Kept) -> Json | None:
    entry = chosen.metrics.get(name)
    return entry and {
        "value": number(name, entry["value"]),
        "low": number(name, entry["low"]),
        "high": number(name, entry["high"]),
        "n": entry["n"],
    }


def _change(name: str, runs: Sequence[Kept], chosen: Kept) -> Json | None:
    """The difference to the run before; ``better`` is None where it may be chance.

    A value within the earlier run's 95 % interval is not called better or worse; whether a change holds
    up case by case is for ``briefing eval compare`` to say.
    """
    at = next((i for i, run in enumerate(runs) if run.id == chosen.id), 0)
    if at == 0:
        return None
    now, before = chosen.metrics[name]["value"], runs[at - 1].metrics[name]
    change = now - before["value"]
    shown = number(name, abs(change))
    if not float(shown):
        return {"text": gettext("unchanged"), "better": None}
    signed = f"{'+' if change > 0 else '−'}{shown}"
    if before["low"] <= now <= before["high"]:
        return {"text": gettext("%(change)s, within the interval") % {"change": signed}, "better": None}
    better = (change > 0) != METRICS[name].lower
    text = gettext("%(change)s better") if better else gettext("%(change)s worse")
    return {"text": text % {"change": signed}, "better": better}


def types(chosen: Kept) -> Json:
    """The table by type of question: columns that some type has, values with their counts."""
    columns = [c for c in COLUMNS if any(c in table for table in chosen.by_type.values())]
    rows = [
        {
            "type": kind.replace("_", " "),
            "cells": [
                {"value": number(c, table[c]["value"]), "n": table[c]["n"]} if c in table else None for c in columns
            ],
        }
        for kind, table in chosen.by_type.items()
    ]
    return {"columns": columns, "rows": rows}


def failures(cases: Sequence[Mapping[str, Any]]) -> list[Json]:
    """Failed cases under the stage that is to blame, in the order in which a question travels."""
    found = []
    for stage in STAGES:
        rows = [_case(case) for case in cases if case["failure"] == stage]
        if rows:
            found.append({"stage": stage, "meaning": gettext(BLAME.get(stage, "")), "cases": rows})
    return found


def _case(case: Mapping[str, Any]) -> Json:
    scores = [f"{n} {v:.3g}" for n, v in case["metrics"].items() if v is not None and n != "latency_ms"]
    return {
        "id": case["id"],
        "type": case["type"].replace("_", " "),
        "question": case["question"],
        "expected": case.get("expected") or ("" if case["answerable"] else gettext("A refusal.")),
        "got": _got(case),
        "refused": case["refused"],
        "error": case["error"],
        "evidence": [
            {"doc": e["doc"], "quote": e["quote"], "lost": e["lost_at"]} for e in case["evidence"]
        ],
        "answered": case["answer"] is not None,
        "problems": case["problems"],
        "scores": ", ".join(scores),
    }


def _got(case: Mapping[str, Any]) -> str:
    answer = case["answer"]
    if answer is None:
        return ""
    if case["kind"] == "memo":
        return "\n\n".join(
            "\n".join([section["heading"], *(s["text"] for s in section["statements"])])
            for section in answer["sections"]
        )
    return str(answer["answer"])
