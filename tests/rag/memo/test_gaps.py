"""What a memo says of sections and judgements that it could not fill."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from rag.briefing import Briefing
from rag.memo.gaps import COMPARED, UNJUDGED
from rag.memo.languages import say
from rag.memo.lint import lint
from rag.memo.task import template_in
from rag.types import Memo, SectionRole
from tests.rag.memo.desk import TEXTS, desk, store

COMPARING = "A two-page memo for new staff: where the reports on the Elm dams disagree, and how far each can be trusted"


@pytest.fixture
def briefing(tmp_path: Path) -> Briefing:
    store(tmp_path, TEXTS)
    return desk(tmp_path)


def _rules(briefing: Briefing, memo: Memo) -> set[str]:
    return {f.rule for f in lint(memo, briefing.memo_maker.template(memo.template))}


def test_a_comparison_has_no_judgement_of_one_side_and_says_why(briefing: Briefing) -> None:
    memo = briefing.memo(COMPARING)
    assert not memo.judgements
    assert COMPARED in memo.gaps
    assert not any(s.role is SectionRole.KEY_JUDGEMENTS for s in memo.sections)
    assert "section-missing" not in _rules(briefing, memo)


def test_judgements_that_are_missing_without_a_word_are_found(briefing: Briefing) -> None:
    memo = replace(briefing.memo(COMPARING), gaps=("Nothing is known of the tea.",))
    assert "section-missing" in _rules(briefing, memo)


def test_an_imprint_is_quoted_nowhere(tmp_path: Path) -> None:
    store(tmp_path, {**TEXTS, "board": "Copyright © 2021 Elm dams\n\n" + TEXTS["board"]})
    memo = desk(tmp_path).memo(COMPARING)
    assert not [c for c in memo.citations if "Copyright" in c.quote]


def test_every_section_of_the_outline_is_written_or_named_among_the_gaps(briefing: Briefing) -> None:
    memo = briefing.memo("A two-page memo on the trade, the currency and the energy of the Elm valley")
    assert memo.outline is not None
    written = {s.heading for s in memo.sections}
    left = [s.heading for s in memo.outline.sections if s.role is SectionRole.BODY and s.heading not in written]
    assert left
    assert all(any(f"“{h}”" in g for g in memo.gaps) for h in left)


@pytest.mark.parametrize("text", [UNJUDGED, COMPARED])
@pytest.mark.parametrize("language", ["fr", "ar"])
def test_why_there_is_no_judgement_is_said_in_the_language_of_the_task(text: str, language: str) -> None:
    assert say(text, language) != text


@pytest.mark.parametrize(
    ("task", "name"),
    [
        ("One page for the board: who pays for the dams", "one-page"),
        ("Talking points for the minister on the dams", "talking-points"),
        ("Prepare a Q&A for the press office about the dams", "questions-and-answers"),
        ("A memo on the two-page accord of the dams", None),
        ("مذكرة من صفحتين للوزير عن السدود", "two-page"),
    ],
)
def test_the_order_names_the_form_and_the_subject_does_not(task: str, name: str | None) -> None:
    assert template_in(task) == name
