"""The plots' geometry, by pencil, and the page on kept runs."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from eval import history
from tests.web.fake_desk import FakeDesk
from web import quality


def case(number: int, failure: str | None) -> dict[str, Any]:
    return {
        "id": f"A{number}", "kind": "question", "type": "factoid", "question": "How many <b>cranes</b>?",
        "expected": "41", "answerable": True, "refused": False, "error": None, "failure": failure,
        "metrics": {"fact_recall": 0.0, "latency_ms": 12.0}, "answer": {"answer": "37 cranes[1]"},
        "evidence": [{"doc": "harbour", "quote": "41 working cranes", "lost_at": "rank"}], "problems": [],
    }  # fmt: skip


def run(day: int, value: float, *, half: float = 0.1, gold: str = "aa", name: str = "fact_recall") -> dict[str, Any]:
    estimate = {"value": value, "low": value - half, "high": value + half, "n": 2}
    return {
        "metrics": {name: estimate},
        "by_type": {"false_premise": {name: estimate}},
        "cases": [case(1, None), case(2, "rank")],
        "config": {"gold": {"questions.jsonl": gold}, "limit": None, "cases": {"questions": 2}, "writer": "extractive"},
        "timings": {"finished_at": f"2026-11-{day:02}T10:00:00Z", "seconds": 3.0},
    }


def kept(folder: Path, *results: dict[str, Any]) -> tuple[history.Kept, ...]:
    for result in results:
        history.keep(result, folder)
    return history.load(folder).runs


def test_points_stand_where_pencil_and_paper_put_them(tmp_path: Path) -> None:
    runs = kept(tmp_path, run(1, 0.5), run(2, 0.7), run(3, 0.6))
    plot = quality.plot("fact_recall", runs, runs[-1])
    # the axis runs from 0.4 to 0.8 over 100 units of height, 10 from the top; 212 units of width from 48
    assert (plot["axis"]["low"], plot["axis"]["high"]) == ("0.4", "0.8")
    assert [(p["x"], p["y"]) for p in plot["points"]] == [(48.0, 85.0), (154.0, 35.0), (260.0, 60.0)]
    assert [(p["high"], p["low"]) for p in plot["points"]] == [(60.0, 110.0), (10.0, 60.0), (35.0, 85.0)]
    assert [p["chosen"] for p in plot["points"]] == [False, False, True]
    assert "0.600 (0.500 to 0.700)" in plot["label"]


@pytest.mark.parametrize(
    ("name", "before", "after", "half", "text", "better"),
    [
        ("fact_recall", 0.5, 0.7, 0.1, "+0.200 better", True),
        ("fact_recall", 0.7, 0.5, 0.1, "−0.200 worse", False),
        ("fact_recall", 0.5, 0.55, 0.1, "+0.050, within the interval", None),
        ("fact_recall", 0.5, 0.5, 0.1, "unchanged", None),
        ("forbidden_rate", 0.5, 0.2, 0.1, "−0.300 better", True),
        ("latency_p50_ms", 100.0, 400.0, 20.0, "+300 worse", False),
    ],
)
def test_a_change_is_judged_by_the_interval_and_the_direction(
    tmp_path: Path, name: str, before: float, after: float, half: float, text: str, better: bool | None
) -> None:
    runs = kept(tmp_path, run(1, before, half=half, name=name), run(2, after, half=half, name=name))
    assert quality.plot(name, runs, runs[1])["change"] == {"text": text, "better": better}
    assert quality.plot(name, runs, runs[0])["change"] is None


@pytest.mark.parametrize("value", [0.0, 1.0])
@pytest.mark.parametrize("name", ["quote_fidelity", "uncited_statements", "latency_p50_ms"])
def test_an_axis_always_has_a_length(name: str, value: float) -> None:
    low, high = quality.axis(name, [{"value": value, "low": value, "high": value}])
    assert low <= value <= high
    assert low < high


def test_the_page_without_runs_says_how_to_make_one(client: TestClient) -> None:
    page = client.get("/eval").text
    assert "No evaluation has been kept yet" in page
    assert "briefing eval run --gold" in page


def test_the_page_plots_tables_and_explains_failures(client: TestClient, desk: FakeDesk) -> None:
    runs = kept(desk.settings.data_dir, run(1, 0.5), run(2, 0.7), run(3, 0.6, gold="bb"))
    page = client.get(f"/eval?run={runs[1].id}").text
    (drawn,) = re.findall(r'<svg class="plot__svg".*?</svg>', page, re.DOTALL)
    svg = ET.fromstring(drawn)
    assert svg.get("role") == "img"
    assert len([e for e in svg.iter() if e.tag.endswith("circle")]) == 2
    assert "1 of 2 cases without fault" in page
    assert f'href="/eval?run={runs[0].id}"' in page
    assert "which cannot be compared" in page
    assert "false premise" in page
    assert "The search brought the evidence, but too far down" in page
    assert "How many &lt;b&gt;cranes&lt;/b&gt;?" in page
    assert "37 cranes[1]" in page
    latest = client.get("/eval").text
    assert 'aria-current="true">3 November 2026, 10:00 UTC' in latest


def test_an_unknown_run_and_a_broken_file_are_said(client: TestClient, desk: FakeDesk) -> None:
    kept(desk.settings.data_dir, run(1, 0.5))
    (desk.settings.data_dir / "eval" / "notes.json").write_text("no json")
    assert client.get("/eval?run=../x").status_code == 404
    assert "The file notes.json in the data folder is no evaluation run" in client.get("/eval").text
