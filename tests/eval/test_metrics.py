"""Metrics by pencil, and what the interval does."""

from __future__ import annotations

import numpy as np
import pytest

from eval.metrics import METRICS, estimate, estimates, row_of, rows_of


def case(answerable: bool, refused: bool, error: str | None = None) -> dict[str, object]:
    return {"kind": "question", "answerable": answerable, "refused": refused, "error": error, "metrics": {}}


def test_every_metric_is_documented() -> None:
    for name, metric in METRICS.items():
        assert metric.name == name
        assert metric.meaning.endswith(".")
        assert metric.formula
        assert metric.source


def test_the_contract_names_are_there() -> None:
    contract = """evidence_recall@5 evidence_recall@10 mrr@10 ndcg@10 fact_recall forbidden_rate citation_recall
        citation_precision quote_fidelity document_recall refusal_precision refusal_recall refusal_f1
        latency_p50_ms latency_p95_ms""".split()
    assert set(contract) <= METRICS.keys()


def test_refusals_by_hand() -> None:
    # 3 unanswerable, 2 of them refused; 1 answerable refused; 2 answerable answered
    cases = [
        case(False, True), case(False, True), case(False, False),
        case(True, True), case(True, False), case(True, False),
    ]  # fmt: skip
    found = estimates(cases)
    assert found["refusal_precision"].value == pytest.approx(2 / 3)
    assert found["refusal_recall"].value == pytest.approx(2 / 3)
    assert found["refusal_f1"].value == pytest.approx(2 / 3)
    assert found["refusal_f1"].n == 6


def test_a_failed_case_counts_as_the_wrong_decision() -> None:
    assert row_of("refusal_f1", case(True, False, "boom")) == (1.0, 0.0)
    assert row_of("refusal_f1", case(False, False, "boom")) == (0.0, 1.0)


def test_no_refusal_at_all_is_zero_not_an_error() -> None:
    assert estimates([case(True, False)])["refusal_precision"].value == 0.0


def test_the_interval_holds_the_value_and_repeats_bit_for_bit() -> None:
    rows = np.array([[1.0]] * 7 + [[0.0]] * 3)
    first, second = estimate("fact_recall", rows), estimate("fact_recall", rows)
    assert first == second
    assert first.value == pytest.approx(0.7)
    assert 0.3 <= first.low < 0.7 < first.high <= 1.0


def test_one_value_has_no_width() -> None:
    only = estimate("fact_recall", np.array([[0.5], [0.5]]))
    assert (only.value, only.low, only.high) == (0.5, 0.5, 0.5)


def test_medians_and_percentiles() -> None:
    rows = np.array([[float(v)] for v in range(1, 102)])
    assert estimate("latency_p50_ms", rows).value == 51.0
    assert estimate("latency_p95_ms", rows).value == 96.0


def test_cases_a_metric_is_not_about_are_left_out() -> None:
    cases = [
        case(True, False) | {"metrics": {"fact_recall": 1.0}},
        case(True, False) | {"metrics": {"fact_recall": None}},
    ]
    assert rows_of("fact_recall", cases).shape == (1, 1)
