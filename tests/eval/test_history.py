"""Runs are kept whole, read back oldest first, and grouped by what they asked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from eval import history
from eval.commands import run_command
from rag.errors import NotFound, StoreError
from tests.eval.conftest import WriteGold
from tests.eval.desk import GOLD, Desk


def result(
    finished: str = "2026-11-20T10:00:00Z", value: float = 0.5, *, gold: str = "aa", failure: str | None = "rank"
) -> dict[str, Any]:
    """A run of two cases, as ``RunResult.as_json`` gives it, cut down to what history reads."""
    return {
        "metrics": {"fact_recall": {"value": value, "low": value - 0.1, "high": value + 0.1, "n": 2}},
        "by_type": {"factoid": {"fact_recall": {"value": value, "low": 0.0, "high": 1.0, "n": 2}}},
        "by_doc": {},
        "cases": [{"id": "A1", "failure": None}, {"id": "A2", "failure": failure}],
        "config": {"gold": {"questions.jsonl": gold}, "limit": None, "cases": {"questions": 2}},
        "timings": {"finished_at": finished, "seconds": 1.5},
    }


def test_a_kept_run_comes_back_and_twice_is_once(tmp_path: Path) -> None:
    path = history.keep(result(), tmp_path)
    assert history.keep(result(), tmp_path) == path
    assert path.name.startswith("20261120T100000Z-")
    (run,) = history.load(tmp_path).runs
    assert (run.id, run.total, run.faultless, run.seconds) == (path.stem, 2, 1, 1.5)
    assert run.metrics == {"fact_recall": {"value": 0.5, "low": 0.4, "high": 0.6, "n": 2}}
    assert history.whole(tmp_path, run.id) == result()


def test_runs_stand_in_order_of_time_whatever_their_names(tmp_path: Path) -> None:
    for day in ("21", "19", "20"):
        history.keep(result(f"2026-11-{day}T10:00:00Z"), tmp_path)
    assert [r.finished_at[8:10] for r in history.load(tmp_path).runs] == ["19", "20", "21"]


def test_only_runs_of_the_same_cases_are_one_series(tmp_path: Path) -> None:
    history.keep(result("2026-11-01T10:00:00Z"), tmp_path)
    history.keep(result("2026-11-02T10:00:00Z", 0.7), tmp_path)
    history.keep(result("2026-11-03T10:00:00Z", gold="bb"), tmp_path)
    first, second, third = (r.series for r in history.load(tmp_path).runs)
    assert first == second != third


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"metrics": {"x": {"value": NaN}}}'])
def test_a_file_that_is_no_run_is_named_and_the_others_stay(tmp_path: Path, text: str) -> None:
    history.keep(result(), tmp_path)
    (tmp_path / "eval" / "broken.json").write_text(text)
    found = history.load(tmp_path)
    assert len(found.runs) == 1
    assert [name for name, _ in found.unreadable] == ["broken.json"]


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    path = history.keep(result(), tmp_path)
    assert history.load(tmp_path).runs[0].faultless == 1
    path.write_text(json.dumps(result(failure=None)))
    assert history.load(tmp_path).runs[0].faultless == 2


@pytest.mark.parametrize("name", ["nothing", "../secret", "../../etc/passwd", ""])
def test_a_name_never_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    history.keep(result(), tmp_path)
    (tmp_path / "secret.json").write_text("{}")
    with pytest.raises(NotFound):
        history.whole(tmp_path, name)


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "eval").write_text("a file stands in the way")
    with pytest.raises(StoreError, match="cannot be kept"):
        history.keep(result(), tmp_path)


def test_the_command_keeps_its_run_even_when_a_gate_is_missed(write_gold: WriteGold, tmp_path: Path) -> None:
    said: list[str] = []
    gates = ["fact_recall=2"]
    assert run_command(Desk(), [write_gold(*GOLD)], gates=gates, keep_in=tmp_path, echo=said.append) == 1
    (run,) = history.load(tmp_path).runs
    assert run.total == len(GOLD)
    assert run.config["gold"]
