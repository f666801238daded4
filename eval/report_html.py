"""A run as one self-contained HTML page: no script, no network, light and dark."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from eval.blame import STAGES
from eval.gates import GateResult
from eval.judge import lines as judge_lines
from eval.markdown import number
from eval.metrics import METRICS
from rag.text import find_folded, fold

_COLUMNS = (
    "evidence_recall@10", "fact_recall", "document_recall", "citation_recall", "citation_precision",
    "refusal_f1",
)  # fmt: skip


_BLAMES = {
    "parse": "The evidence is not in the stored text: reading or cleaning lost it.",
    "retrieve": "The stored text has the evidence; no passage that search found holds it.",
    "rank": "Search found the passage, but beyond the first 12,000 characters, which is what counts.",
    "write": "The writer was given the evidence and did not use it, or left out facts it holds.",
    "cite": "A statement is not borne out by its citations, or a quote differs from the stored text.",
    "refuse": "Refused what the reports answer, or answered what they do not.",
}


def report_html(result: Mapping[str, Any], gates: Sequence[GateResult] = ()) -> str:
    """The page."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("eval"), autoescape=True, undefined=jinja2.StrictUndefined
    )
    cases = result["cases"]
    failures = {s: [c for c in cases if c["failure"] == s] for s in STAGES}
    return environment.get_template("report.html").render(
        result=result,
        metrics=METRICS,
        gates=gates,
        columns=_COLUMNS,
        number=number,
        passed=sum(not c["failure"] for c in cases),
        failures={s: rows for s, rows in failures.items() if rows},
        histogram=Markup(rank_histogram(cases)),  # noqa: S704 - numbers and fixed words only
        marked=marked,
        blames=_BLAMES,
        judge_lines=judge_lines,
        config=json.dumps(result["config"], indent=2, sort_keys=True, ensure_ascii=False),
    )


def write_report(result: Mapping[str, Any], gates: Sequence[GateResult], folder: Path) -> Path:
    """Writes ``index.html`` into a folder (made when missing) and returns its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "index.html"
    path.write_text(report_html(result, gates), encoding="utf-8")
    return path


def _got(case: Mapping[str, Any]) -> str:
    answer = case["answer"]
    if case["kind"] == "memo":
        return "\n\n".join(
            section["heading"] + "\n" + "\n".join(s["text"] for s in section["statements"])
            for section in answer["sections"]
        )
    text: str = answer["answer"]
    return text


def marked(case: Mapping[str, Any]) -> Markup:
    """What was answered, with the evidence it holds highlighted."""
    text = _got(case)
    folded = fold(text)
    spans = sorted(
        span for e in case["evidence"] if (span := find_folded(folded, e["quote"].strip(" .…\"“”")))
    )  # fmt: skip
    out, at = Markup(""), 0
    for start, end in spans:
        if start >= at:
            out += text[at:start] + Markup("<mark>") + text[start:end] + Markup("</mark>")
            at = end
    return out + text[at:]


def rank_histogram(cases: Sequence[Mapping[str, Any]]) -> str:
    """Bars of evidence ranks as inline SVG."""
    counts: Counter[str] = Counter(
        "none" if rank is None else str(rank) if rank <= 12 else "13+" for case in cases for rank in case["ranks"]
    )
    if not counts:
        return "<p>No case has evidence.</p>"
    labels = [str(i) for i in range(1, 13)] + ["13+", "none"]
    step, height = 46, 150
    top = max(counts.values())
    bars = []
    for i, label in enumerate(labels):
        tall = round(height * counts[label] / top)
        x = 10 + i * step
        bars.append(
            f'<rect x="{x}" y="{20 + height - tall}" width="32" height="{tall}" rx="3"></rect>'
            f'<text x="{x + 16}" y="{14 + height - tall}" text-anchor="middle">{counts[label] or ""}</text>'
            f'<text x="{x + 16}" y="{height + 38}" text-anchor="middle">{label}</text>'
        )
    words = ", ".join(f"rank {k}: {counts[k]}" for k in labels if counts[k])
    return (
        f'<svg viewBox="0 0 {20 + step * len(labels)} {height + 46}" role="img" '
        f'aria-label="Evidence by rank: {words}">{"".join(bars)}</svg>'
    )
