from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest

from eval.bench.latency import STAGES, Stopwatch
from rag import briefing


def test_a_stage_is_charged_without_the_stages_it_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter([0.0, 2.0, 5.0, 6.0])  # outer begins, inner begins, inner ends, outer ends
    desk = SimpleNamespace(inner=lambda: "in", outer=lambda: desk.inner())
    monkeypatch.setitem(sys.modules, "a_desk", desk)
    watch = Stopwatch(lambda: next(times))
    with watch.over([("whole", "a_desk", "outer"), ("part", "a_desk", "inner")]):
        assert desk.outer() == "in"  # not running: no time is asked for
        with watch:
            desk.outer()
    assert dict(watch.spent) == {"whole": 3.0, "part": 3.0}


def test_every_stage_names_a_function_that_exists_and_is_put_back() -> None:
    before = briefing.analyse
    with Stopwatch().over(STAGES):
        assert briefing.analyse is not before
    assert briefing.analyse is before
