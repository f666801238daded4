"""What a task asks in words of its own, and whom it compares, decides a memo's sections."""

from __future__ import annotations

from pathlib import Path

from rag.memo.outline import make_outline
from rag.memo.task import parse
from rag.memo.template import load
from rag.prompts import Prompts
from rag.types import SectionRole
from tests.rag.memo.desk import TEXTS, desk, store


def test_sources_that_are_compared_have_a_section_each() -> None:
    task = parse("A memo for the council comparing how the Board and the Institute judge the readiness of the dams")
    made = make_outline(
        task,
        load(Prompts(), "two-page"),
        sources=("Board", "Institute"),
        focus="comparing how and judge the readiness of the dams",
    )
    body = [(s.heading, s.question) for s in made.sections if s.role is SectionRole.BODY]
    assert task.audience == "the council"
    assert body == [
        ("Board", "Board: the readiness of the dams"),
        ("Institute", "Institute: the readiness of the dams"),
    ]


def test_what_is_planned_and_what_is_open_are_searched_in_their_own_words() -> None:
    task = parse("A memo on the move of the harbour: what is planned, and what remains undecided")
    body = [s for s in make_outline(task, load(Prompts(), "two-page")).sections if s.role is SectionRole.BODY]
    asked = {s.heading: s.question for s in body}
    assert "timetable" in asked["What is planned"]
    assert "not yet decided" in asked["What remains undecided"]


def test_a_name_alone_is_a_proper_subject() -> None:
    assert parse("A memo on the Harbour Board: who they are").proper == {"board", "harbour"}
    assert not parse("A memo on the Harbour Board").proper
    assert not parse("A memo on the pilots of the Harbour Board: who they are").proper


def test_a_comparison_keeps_to_the_words_of_its_template(tmp_path: Path) -> None:
    store(tmp_path, TEXTS)
    briefing = desk(tmp_path)
    task = "A note on the dams of the river: where the reports disagree, and how far each can be trusted"
    for template in ("one-page", "talking-points", "two-page"):
        memo = briefing.memo(task, template=template)
        assert sum(len(s.text.split()) for p in memo.sections for s in p.statements) <= memo.words_limit
    briefing.close()
