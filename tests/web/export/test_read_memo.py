"""Exported memos read back for the linter: the same findings in each format."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from rag.errors import UsageError
from rag.memo.languages import say
from rag.memo.lint import lint
from rag.memo.template import Template, load, names
from rag.prompts import Prompts
from rag.types import Memo, Statement, StatementKind, Support
from tests.web.export.sample import memo
from web.export import export
from web.export.read_memo import read_memo


class Templates:
    """The shipped templates."""

    def templates(self) -> list[str]:
        return names(Prompts())

    def template(self, name: str) -> Template:
        return load(Prompts(), name)


def _filed(made: Memo, suffix: str, folder: Path) -> Memo:
    target = folder / f"memo.{suffix}"
    export(made, suffix, target)
    return read_memo(target, made.sources, Templates())


@pytest.mark.parametrize("suffix", ["md", "docx", "json"])
def test_sections_statements_and_citations_come_back(suffix: str, tmp_path: Path) -> None:
    made = memo()
    back = _filed(made, suffix, tmp_path)
    assert [s.heading for s in back.sections] == [s.heading for s in made.sections]
    for ours, theirs in zip(back.sections, made.sections, strict=True):
        assert [s.citations for s in ours.statements] == [s.citations for s in theirs.statements]
    assert {" ".join(c.quote.split()) for c in back.citations} == {" ".join(c.quote.split()) for c in made.citations}


@pytest.mark.parametrize("suffix", ["md", "docx", "json"])
def test_a_forecast_that_nobody_owns_is_found_in_each_format(suffix: str, tmp_path: Path) -> None:
    made = memo()
    bare = Statement(
        text="The lake will freeze.", citations=(), kind=StatementKind.WRITTEN, support=Support.VERIFIED
    )
    last = dataclasses.replace(made.sections[-1], statements=(*made.sections[-1].statements, bare))
    spoilt = dataclasses.replace(made, sections=(*made.sections[:-1], last))
    rules = {f.rule for f in lint(_filed(spoilt, suffix, tmp_path))}
    assert {"no-quote", "forecast-unattributed"} <= rules


def test_labels_follow_the_language_of_the_task(tmp_path: Path) -> None:
    made = dataclasses.replace(memo(), task="مذكرة عن العبّارات في البحيرة")
    text = export(made, "md").decode()
    assert f"## {say('What the reports do not say', 'ar')}" in text
    assert "## Source notes" not in text
    page = export(made, "html").decode()
    assert '<html lang="ar" dir="rtl">' in page
    assert _filed(made, "md", tmp_path).gaps


def test_a_template_of_ones_own_lays_out_the_markdown_and_its_notes_can_be_verified(tmp_path: Path) -> None:
    made = memo()
    target = tmp_path / "own.md"
    export(made, "md", target, body="# Ours\n\n## Only\n\n- One thing.[^1]")
    text = target.read_text()
    assert text.startswith("# Ours")
    assert made.citations[0].document_id in text.partition("## Notes")[2]
    assert read_memo(target, made.sources, Templates()).sections[0].statements[0].citations == (1,)


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "memo.odt"
    other.write_text("x")
    with pytest.raises(UsageError, match="export the memo"):
        read_memo(other, (), Templates())
