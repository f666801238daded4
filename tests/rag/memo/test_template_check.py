"""A template that cannot lay a memo out is refused before the memo is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.errors import SettingsError
from tests.rag.memo.desk import TASK, TEXTS, desk, store

FRONT = "{#---\ntitle: Note\nwords: 400\nheadings: {bottom_line: In short}\n---#}\n"


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ("{{ memo.title }} for {{ minister }}", "minister"),
        ("{% for s in memo.sections %}{{ marks(s.x) }}{{ signature }}{% endfor %}", "signature"),
        ("{{ memo.colour }}", "colour"),
    ],
)
def test_an_unknown_variable_is_named_and_nothing_is_stored(tmp_path: Path, body: str, named: str) -> None:
    (tmp_path / "own" / "memo").mkdir(parents=True)
    (tmp_path / "own" / "memo" / "note.j2").write_text(FRONT + body, encoding="utf-8")
    store(tmp_path / "data", TEXTS)
    briefing = desk(tmp_path / "data", prompts_dir=tmp_path / "own")
    try:
        with pytest.raises(SettingsError, match=named):
            briefing.memo(TASK, template="note")
        assert not briefing.memos.memos()
    finally:
        briefing.close()


def test_a_template_with_loops_and_macros_of_its_own_is_taken(tmp_path: Path) -> None:
    (tmp_path / "own" / "memo").mkdir(parents=True)
    text = (
        "{% macro line(s) %}{{ s.text }}{{ marks(s.citations) }}{% endmacro %}# {{ memo.title }}\n"
        "{% for part in memo.sections %}{{ loop.index }} {{ t(part.heading) }}\n"
        "{% for s in part.statements %}{{ line(s) }}\n{% endfor %}{% endfor %}"
    )
    (tmp_path / "own" / "memo" / "note.j2").write_text(FRONT + text, encoding="utf-8")
    store(tmp_path / "data", TEXTS)
    briefing = desk(tmp_path / "data", prompts_dir=tmp_path / "own")
    try:
        assert briefing.memo(TASK, template="note").sections
    finally:
        briefing.close()
