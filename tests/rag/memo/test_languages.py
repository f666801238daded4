"""Memos in French and Arabic: orders taken apart, labels, questions as headings."""

from __future__ import annotations

import re

import pytest

from rag.memo import languages
from rag.memo.notes import remarks
from rag.memo.outline import as_question, make_outline
from rag.memo.phrases import WORDS
from rag.memo.task import parse
from rag.memo.template import load
from rag.prompts import Prompts
from tests.rag.memo.test_parts import info


@pytest.mark.parametrize(
    ("task", "audience", "subject", "questions"),
    [
        ("اكتب مذكرة من صفحة واحدة للمجلس: ماذا يريد الناس، وممّ يخافون؟", "المجلس", "ماذا يريد الناس، وممّ يخافون", 2),
        ("Rédigez une note d'une page pour la ministre sur les barrages", "la ministre", "les barrages", 0),
        ("Une note de deux pages : que coûte le barrage, et qui paie ?", None, "que coûte le barrage, et qui paie", 2),
    ],
)
def test_an_order_in_another_language_is_no_subject(
    task: str, audience: str | None, subject: str, questions: int
) -> None:
    parsed = parse(task)
    assert (parsed.audience, parsed.subject, len(parsed.questions)) == (audience, subject, questions)


def test_fixed_headings_are_in_the_language_of_the_task() -> None:
    template = load(Prompts(), "two-page")
    outline = make_outline(parse("Une note pour la ministre sur les barrages"), template)
    assert outline.sections[0].heading == "L’essentiel"
    assert make_outline(parse("A memo on the dams"), template).sections[0].heading == "Bottom line"


def test_every_shipped_heading_and_placeholder_is_translated() -> None:
    for name in ("one-page", "two-page", "talking-points", "questions-and-answers"):
        for heading in load(Prompts(), name).front.headings.values():
            assert languages.say(heading, "ar") != heading
    for english, others in WORDS.items():
        wanted = set(re.findall(r"{\w+}", english))
        assert all(set(re.findall(r"{\w+}", other)) == wanted for other in others), english


@pytest.mark.parametrize(
    ("heading", "question"),
    [
        ("Energy", "What do the reports say about energy?"),
        ("Who pays", "Who pays?"),
        ("ISIS in the north", "What do the reports say about ISIS in the north?"),
        ("ماذا يريد الناس", "ماذا يريد الناس؟"),
    ],
)
def test_headings_of_questions_and_answers_are_questions(heading: str, question: str) -> None:
    assert as_question(heading) == question
    assert as_question(question) == question


def test_lists_are_set_apart_as_the_language_does() -> None:
    assert languages.listed(["مصدر واحد", "توقع"], "ar") == "مصدر واحد؛ توقع"
    assert languages.conjoined(["A", "B"], "fr") == "A et B"


def test_the_remarks_on_a_source_are_in_the_language_of_the_task() -> None:
    assert all(not r.isascii() for r in remarks(info("harbour"), "ar"))
    assert "Aucun auteur n’est nommé." in remarks(info("harbour"), "fr")
