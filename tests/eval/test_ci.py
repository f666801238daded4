"""The ready CI files run what exists, and the shipped gates name metrics."""

from __future__ import annotations

import json
from pathlib import Path

import yaml

from eval.cases import load_gold
from eval.compare import load_result
from eval.gates import check_gates
from eval.metrics import METRICS

ROOT = Path(__file__).parents[2]


def test_both_pipelines_run_make_eval_and_keep_its_output() -> None:
    github = yaml.safe_load((ROOT / ".github/workflows/eval.yml").read_text(encoding="utf-8"))
    steps = github["jobs"]["eval"]["steps"]
    assert any(step.get("run") == "make eval" for step in steps)
    assert any(step.get("with", {}).get("path") == "out/eval" for step in steps)
    gitlab = yaml.safe_load((ROOT / ".gitlab-ci.yml").read_text(encoding="utf-8"))
    assert gitlab["evaluation"]["script"] == ["make eval"]
    assert gitlab["evaluation"]["artifacts"]["reports"]["junit"] == "out/eval/junit.xml"
    assert "\neval:" in (ROOT / "Makefile").read_text(encoding="utf-8")


def test_gates_name_metrics() -> None:
    gates = json.loads((ROOT / "eval" / "gates.json").read_text(encoding="utf-8"))
    assert gates.keys() <= METRICS.keys()
    assert gates["quote_fidelity"] == 1.0


def test_the_baseline_passes_the_gates_and_knows_the_shipped_cases() -> None:
    baseline = load_result(ROOT / "eval" / "baselines" / "extractive.json")
    gates = json.loads((ROOT / "eval" / "gates.json").read_text(encoding="utf-8"))
    assert [g.reason for g in check_gates(baseline, gates, baseline) if not g.passed] == []
    gold = load_gold(sorted((ROOT / "eval" / "gold").glob("*.jsonl")))
    assert len(baseline["cases"]) == gold.size
    assert baseline["config"]["gold"] == dict(gold.hashes)
    assert not any("answer" in case for case in baseline["cases"])
