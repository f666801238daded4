"""The metrics: what each means, its formula, where it comes from, and what a failed case scores.

A case contributes a *row* (a few numbers); a metric is a statistic of the rows.  A case that could
not be run contributes the metric's default row: it never vanishes from a mean.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Statistic = Callable[[Array], Array]

RESAMPLES = 2000
SEED = 20240601


def _mean(rows: Array) -> Array:
    return np.asarray(rows[..., 0].mean(axis=-1))


def _median(rows: Array) -> Array:
    return np.asarray(np.percentile(rows[..., 0], 50, axis=-1))


def _p95(rows: Array) -> Array:
    return np.asarray(np.percentile(rows[..., 0], 95, axis=-1))


def _ratio(top: Array, bottom: Array) -> Array:
    """0 where nothing was there to be right about."""
    return np.divide(top, bottom, out=np.zeros_like(top), where=bottom > 0)


def _precision(rows: Array) -> Array:
    refused, due = rows[..., 0], rows[..., 1]
    return _ratio((refused * due).sum(axis=-1), refused.sum(axis=-1))


def _recall(rows: Array) -> Array:
    refused, due = rows[..., 0], rows[..., 1]
    return _ratio((refused * due).sum(axis=-1), due.sum(axis=-1))


def _f1(rows: Array) -> Array:
    refused, due = rows[..., 0], rows[..., 1]
    return _ratio(2 * (refused * due).sum(axis=-1), refused.sum(axis=-1) + due.sum(axis=-1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One metric.

    ``default`` is what a failed case scores; for the refusal metrics a failed case counts as the wrong
    decision.  ``lower`` is true where less is better.
    """

    name: str
    meaning: str
    formula: str
    source: str
    default: float = 0.0
    lower: bool = False
    statistic: Statistic = _mean
    unit: str = "share"


_REFUSAL = "Refusal as a decision on each question; positive = refused."
_LIST = (
    Metric(
        name="evidence_recall@5",
        meaning="Share of the evidence quotes that stand in the first 6,000 characters of ranked passages.",
        formula="found quotes / gold quotes, per answerable case; mean over cases",
        source="INTERFACE: contained after lower-casing and collapsing white space, or partial_ratio >= 85, "
        "in the right document",
    ),
    Metric(
        name="evidence_recall@10",
        meaning="The same for the first 12,000 characters.",
        formula="as evidence_recall@5",
        source="as evidence_recall@5",
    ),
    Metric(
        name="mrr@10",
        meaning="How early the first passage with evidence comes among the first ten.",
        formula="1 / rank of the first passage that holds an evidence quote, 0 when none; mean over cases",
        source="ir_measures RR@10",
    ),
    Metric(
        name="ndcg@10",
        meaning="How well the first ten passages are ordered with respect to all evidence.",
        formula="DCG/IDCG, binary gains: for each quote the first passage that holds it; a quote that no "
        "passage holds counts as a relevant passage that was missed",
        source="ir_measures nDCG@10 (Järvelin and Kekäläinen 2002)",
    ),
    Metric(
        name="fact_recall",
        meaning="Share of the needed facts that the answer states.",
        formula="must_include groups with one accepted spelling in the answer's text, statements, claims "
        "of disagreements or refusal / groups; mean over cases with groups",
        source="INTERFACE; after the short-answer recall of ALCE (Gao et al. 2023)",
    ),
    Metric(
        name="forbidden_rate",
        meaning="Share of cases whose answer states something it must not.",
        formula="1 when a must_not_include text is in the answer; mean over cases that have some",
        source="INTERFACE",
        default=1.0,
        lower=True,
    ),
    Metric(
        name="citation_recall",
        meaning="Share of statements that their citations, taken together, support.",
        formula="supported statements / statements, per answer; mean over answers given",
        source="ALCE citation recall (Gao et al. 2023), judged by rag.support instead of a model",
    ),
    Metric(
        name="citation_precision",
        meaning="Share of citations that support their statement.",
        formula="a citation counts when it supports the statement alone, or the statement is supported "
        "and no longer is without it; mean over answers with citations",
        source="ALCE citation precision (Gao et al. 2023), judged by rag.support",
    ),
    Metric(
        name="quote_fidelity",
        meaning="Share of quotes that equal the stored text, to the character.",
        formula="citations with quote == document_text[start:end] / citations; mean over answers",
        source="INTERFACE",
    ),
    Metric(
        name="document_recall",
        meaning="Share of the required documents that the answer cites.",
        formula="docs_required cited (docs_any_of counts as one) / required; mean over answerable cases",
        source="INTERFACE",
    ),
    Metric(
        name="refusal_precision",
        meaning="Of the refusals, how many were due. " + _REFUSAL,
        formula="refused and unanswerable / refused",
        source="INTERFACE; a failed case counts as the wrong decision",
        statistic=_precision,
    ),
    Metric(
        name="refusal_recall",
        meaning="Of the unanswerable questions, how many were refused. " + _REFUSAL,
        formula="refused and unanswerable / unanswerable",
        source="INTERFACE; a failed case counts as the wrong decision",
        statistic=_recall,
    ),
    Metric(
        name="refusal_f1",
        meaning="Harmonic mean of the two. " + _REFUSAL,
        formula="2 * refused and unanswerable / (refused + unanswerable)",
        source="INTERFACE",
        statistic=_f1,
    ),
    Metric(
        name="uncited_statements",
        meaning="Statements of an answer that carry no citation.",
        formula="count per answer; mean over answers given",
        source="ours: the promise is zero",
        default=1.0,
        lower=True,
        unit="count",
    ),
    Metric(
        name="unsupported_answers",
        meaning="Share of answers with at least one statement that its citations do not support.",
        formula="1 when any statement is unsupported; mean over answers given",
        source="the unit of arXiv 2509.25498 (outputs with at least one unsupported claim)",
        default=1.0,
        lower=True,
    ),
    Metric(
        name="answer_words",
        meaning="Length of an answer in words.",
        formula="median over answers given",
        source="ours: facts found by quoting everything are not worth much",
        lower=True,
        statistic=_median,
        unit="words",
    ),
    Metric(
        name="latency_p50_ms",
        meaning="Time from question to whole answer.",
        formula="50th percentile over cases, milliseconds",
        source="INTERFACE",
        lower=True,
        statistic=_median,
        unit="ms",
    ),
    Metric(
        name="latency_p95_ms",
        meaning="The slow end of it.",
        formula="95th percentile over cases, milliseconds",
        source="INTERFACE",
        lower=True,
        statistic=_p95,
        unit="ms",
    ),
    Metric(
        name="memo_coverage",
        meaning="Share of the points a memo must make whose evidence it quotes.",
        formula="must_cover points with one evidence quote held by (or holding) a cited quote / points",
        source="ours",
    ),
    Metric(
        name="memo_document_recall",
        meaning="Share of the documents a memo must cite that it cites.",
        formula="must_cite_docs cited / must_cite_docs",
        source="ours",
    ),
    Metric(
        name="trap_rate",
        meaning="Share of the trap claims that the memo asserts.",
        formula="traps that a statement of the memo supports by the checker / traps",
        source="ours",
        default=1.0,
        lower=True,
    ),
)

METRICS: Mapping[str, Metric] = {m.name: m for m in _LIST}
TIMED = frozenset({"latency_p50_ms", "latency_p95_ms"})
"""Metrics that may differ between two runs of the same thing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A value with its 95 % bootstrap interval and the number of cases behind it."""

    value: float
    low: float
    high: float
    n: int

    def as_json(self) -> dict[str, float | int]:
        """Rounded to six places, so that two runs compare byte by byte."""
        return {
            "value": round(self.value, 6),
            "low": round(self.low, 6),
            "high": round(self.high, 6),
            "n": self.n,
        }


Row = tuple[float, ...]


def row_of(name: str, case: Mapping[str, Any]) -> Row | None:
    """What a scored case (its JSON) contributes to a metric; None when it is not about it."""
    if name.startswith("refusal_"):
        if case.get("kind") == "memo":
            return None
        due = 0.0 if case["answerable"] else 1.0
        return (1.0 - due if case["error"] else float(case["refused"]), due)
    value = case["metrics"].get("latency_ms" if name in TIMED else name)
    return None if value is None else (float(value),)


def rows_of(name: str, cases: Sequence[Mapping[str, Any]]) -> Array:
    """Rows of the cases that a metric is about, shape ``(n, columns)``."""
    rows = [row for case in cases if (row := row_of(name, case)) is not None]
    return np.array(rows, dtype=np.float64)


def estimate(name: str, rows: Array, *, seed: int = SEED, resamples: int = RESAMPLES) -> Estimate:
    """The metric's value with a percentile bootstrap interval (Efron 1979), fixed seed.

    Args:
        name: the metric.
        rows: shape ``(n, columns)``, n at least 1.
        seed: of numpy's PCG64; the same seed gives the same bits.
        resamples: bootstrap samples.
    """
    statistic = METRICS[name].statistic
    value = float(statistic(rows[np.newaxis])[0])
    generator = np.random.Generator(np.random.PCG64(seed))
    drawn = generator.integers(0, len(rows), size=(resamples, len(rows)))
    low, high = np.percentile(statistic(rows[drawn]), [2.5, 97.5])
    return Estimate(value=value, low=float(low), high=float(high), n=len(rows))


def estimates(cases: Sequence[Mapping[str, Any]], *, seed: int = SEED) -> dict[str, Estimate]:
    """All metrics that some case is about."""
    found = {}
    for name in METRICS:
        rows = rows_of(name, cases)
        if len(rows):
            found[name] = estimate(name, rows, seed=seed)
    return found
