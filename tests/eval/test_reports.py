"""Comparison, gates and the written reports of a run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from eval import report_html
from eval.commands import candidates_command, checker_command, compare_command, run_command
from eval.compare import compare, load_result
from eval.gates import check_gates, parse_gates
from eval.metrics import METRICS
from eval.run import run
from rag.errors import UsageError
from tests.eval.conftest import WriteGold
from tests.eval.desk import CONVERSATION, GOLD, Desk, honest, refused

Json = dict[str, Any]


def result_of(values: list[float | None], name: str = "fact_recall", **more: Any) -> Json:
    """A result with one metric, as a result file holds it."""
    known = [v for v in values if v is not None]
    mean = sum(known) / len(known)
    return {
        "metrics": {name: {"value": mean, "low": mean, "high": mean, "n": len(known)}},
        "cases": [
            {
                "id": f"C{i}", "question": f"Question {i}?", "kind": "question", "answerable": True,
                "refused": False, "error": None, "failure": None if v == 1.0 else "write",
                "metrics": {name: v},
            } | more
            for i, v in enumerate(values)
        ],
        "config": {},
    }  # fmt: skip


@pytest.fixture
def good(write_gold: WriteGold) -> Json:
    return run(Desk(), [write_gold(*GOLD, CONVERSATION)]).as_json()


@pytest.fixture
def bad(write_gold: WriteGold) -> Json:
    timid = Desk(lambda question, history: refused(question))
    return run(timid, [write_gold(*GOLD, CONVERSATION)]).as_json()


def test_equal_runs_show_no_change(good: Json) -> None:
    comparison = compare(good, good)
    assert not comparison.better
    assert not comparison.worse
    assert all(not c.significant for c in comparison.changes.values())


def test_a_clear_fall_is_worse_and_names_its_cases() -> None:
    comparison = compare(result_of([1.0] * 20), result_of([0.0] * 10 + [1.0] * 10))
    change = comparison.changes["fact_recall"]
    assert change.difference == pytest.approx(-0.5)
    assert change.worse
    assert change.high < 0
    assert [m["id"] for m in comparison.worse] == [f"C{i}" for i in range(10)]


def test_one_case_of_many_is_not_significant() -> None:
    change = compare(result_of([1.0] * 40), result_of([0.0] + [1.0] * 39)).changes["fact_recall"]
    assert not change.significant


def test_less_is_better_where_it_says_so() -> None:
    a, b = result_of([0.0] * 20, "trap_rate"), result_of([1.0] * 20, "trap_rate")
    assert compare(a, b).changes["trap_rate"].worse
    assert compare(b, a).changes["trap_rate"].better


def test_only_common_cases_with_a_value_in_both_are_paired() -> None:
    comparison = compare(result_of([1.0, 0.0, 1.0]), result_of([1.0, None]))
    assert comparison.changes["fact_recall"].n == 1
    assert comparison.only_a == ("C2",)


@pytest.mark.parametrize("gate", ["fact_recall", "recall=0.5", "fact_recall=high"])
def test_a_wrong_gate_is_named(gate: str) -> None:
    with pytest.raises(UsageError, match=gate.split("=")[0]):
        parse_gates([gate])


def test_gates_are_least_or_most() -> None:
    result = result_of([0.5, 0.5])
    assert check_gates(result, {"fact_recall": 0.5})[0].passed
    assert not check_gates(result, {"fact_recall": 0.51})[0].passed
    traps = result_of([0.5, 0.5], "trap_rate")
    assert check_gates(traps, {"trap_rate": 0.5})[0].passed
    assert not check_gates(traps, {"trap_rate": 0.49})[0].passed


def test_a_gate_on_a_metric_without_cases_fails() -> None:
    (gate,) = check_gates(result_of([1.0]), {"memo_coverage": 0.1})
    assert not gate.passed
    assert "no case" in gate.reason


def test_a_broken_case_fails_the_run() -> None:
    gates = check_gates(result_of([0.0], error="RuntimeError: x"), {})
    assert [g.name for g in gates] == ["errors"]
    assert not gates[0].passed


def test_a_baseline_fails_only_on_a_significant_fall() -> None:
    baseline = result_of([1.0] * 20)
    slight = check_gates(result_of([0.0] + [1.0] * 19), {}, baseline)
    assert all(g.passed for g in slight)
    clear = check_gates(result_of([0.0] * 10 + [1.0] * 10), {}, baseline)
    assert [g.name for g in clear if not g.passed] == ["baseline fact_recall"]


def test_a_baseline_without_common_cases_fails() -> None:
    other = result_of([1.0])
    other["cases"][0]["id"] = "elsewhere"
    assert [g.passed for g in check_gates(result_of([1.0]), {}, other)] == [False]


# --------------------------------------------------------------------------- commands


def test_run_writes_everything_and_passes(write_gold: WriteGold, tmp_path: Path) -> None:
    out, said = tmp_path / "out", []
    status = run_command(
        Desk(), [write_gold(*GOLD, CONVERSATION)], report=out, json_file=out / "r.json",
        junit=out / "j.xml", markdown=out / "s.md", gates=["fact_recall=1", "forbidden_rate=0"],
        echo=said.append,
    )  # fmt: skip
    assert status == 0
    result = load_result(out / "r.json")
    assert result["metrics"]["fact_recall"]["value"] == 1.0
    assert "| fact_recall | 1.000 |" in (out / "s.md").read_text(encoding="utf-8")
    assert "0 with a fault" in said[0]
    page = (out / "index.html").read_text(encoding="utf-8")
    assert all(name in page for name in result["metrics"])
    assert "http://" not in page
    assert "https://" not in page
    assert "<script" not in page


def test_a_missed_gate_is_exit_status_1(write_gold: WriteGold, tmp_path: Path) -> None:
    timid = Desk(lambda question, history: refused(question))
    gold = [write_gold(*GOLD, CONVERSATION)]
    said: list[str] = []
    junit = tmp_path / "j.xml"
    status = run_command(timid, gold, gates=["fact_recall=0.9"], junit=junit, echo=said.append)
    assert status == 1
    assert "GATE MISSED  fact_recall is 0.4; at least 0.9 is asked" in said[0]
    suites = {s.get("name"): s for s in ET.parse(junit).getroot()}
    assert suites["briefing.eval.gates"].get("failures") == "1"
    assert suites["briefing.eval.cases"].get("failures") == "3"
    assert suites["briefing.eval.cases"].get("tests") == "5"


def test_failures_are_shown_with_question_expectation_and_evidence(bad: Json) -> None:
    from eval.report_html import report_html

    page = report_html(bad)
    assert "What does Ortiz think of the reform?" in page
    assert "lost at write" in page
    assert "The reports do not mention it." in page


def test_a_report_escapes_what_it_shows(write_gold: WriteGold) -> None:
    from eval.report_html import report_html

    hostile = Desk(lambda q, h: refused(q, "<img src=x onerror=alert(1)>") if "Ortiz" in q else honest(q, h))
    page = report_html(run(hostile, [write_gold(*GOLD)]).as_json())
    assert "<img" not in page
    assert "&lt;img src=x" in page


def test_compare_command(good: Json, bad: Json, tmp_path: Path) -> None:
    for name, result in (("a", good), ("b", bad)):
        (tmp_path / f"{name}.json").write_text(json.dumps(result), encoding="utf-8")
    said: list[str] = []
    assert compare_command(tmp_path / "a.json", tmp_path / "b.json", as_json=True, echo=said.append) == 0
    found = json.loads(said[0])
    assert {m["id"] for m in found["worse"]} == {"T1", "T2", "TC.1"}
    assert found["changes"]["fact_recall"]["difference"] == pytest.approx(-0.6)


def test_a_file_that_is_no_result_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("[]", encoding="utf-8")
    with pytest.raises(UsageError, match="is not a result"):
        load_result(tmp_path / "x.json")
    with pytest.raises(UsageError, match="cannot be read"):
        load_result(tmp_path / "none.json")


def test_limit_must_be_positive(write_gold: WriteGold) -> None:
    with pytest.raises(UsageError, match="at least 1"):
        run_command(Desk(), [write_gold(*GOLD)], limit=0)


def test_feedback_becomes_candidates(tmp_path: Path) -> None:
    answer = {
        "id": "a1", "question": "And the port?", "standalone_question": "How busy is the port?",
        "refused": False, "answer": "1,400 a day", "statements": [], "passages": [],
        "citations": [{"document_id": "harbour", "quote": "1,400 containers a day"}], "writer": "w",
    }  # fmt: skip
    rows = [
        {"verdict": "wrong", "note": "old figure", "created_at": "2024", "answer": answer},
        {"verdict": "evidence", "note": "", "created_at": "2025", "answer": answer},
    ]
    out, said = tmp_path / "c.jsonl", []
    assert candidates_command(rows, out, echo=said.append) == 0
    (line,) = out.read_text(encoding="utf-8").splitlines()
    case = json.loads(line)
    assert case["question"] == "How busy is the port?"
    assert case["docs_required"] == ["harbour"]
    assert [r["verdict"] for r in case["review"]] == ["wrong", "evidence"]


def test_checker_command_tells_both_halves() -> None:
    said: list[str] = []
    assert checker_command(as_json=True, echo=said.append) == 0
    halves = json.loads(said[0])["halves"]
    assert halves["development"]["n"] + halves["held-out"]["n"] == halves["all"]["n"] >= 440


def test_every_metric_of_a_run_is_known(good: Json) -> None:
    assert set(good["metrics"]) <= set(METRICS)


def test_evidence_is_highlighted_in_what_was_answered() -> None:
    case = result_of([0.0])["cases"][0] | {
        "answer": {"answer": "First. The tower “leans” <b>north</b>.[1] Last."},
        "evidence": [{"doc": "d", "quote": 'The tower "leans" <b>north</b>.', "lost_at": None}],
    }
    html = report_html.marked(case)
    assert html == "First. <mark>The tower “leans” &lt;b&gt;north&lt;/b&gt;</mark>.[1] Last."
