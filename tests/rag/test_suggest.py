"""Questions to begin with come from the library's own headings, in turn from its reports."""

from __future__ import annotations

from rag.briefing import Briefing
from rag.suggest import MOST


def test_they_name_a_source_and_one_of_its_headings(briefing: Briefing) -> None:
    catalogue = briefing._catalogue.get()
    questions = briefing.suggestions()
    headings = {
        p.section[-1].lower() for row in catalogue.order.values() for p in row if p.section
    }
    assert len(questions) == len(set(questions)) <= MOST
    for question in questions:
        assert question.startswith("What does ")
        assert any(h in question.lower() for h in headings)
    assert not any("method" in q.lower() for q in questions)


def test_an_empty_library_suggests_nothing(empty: Briefing) -> None:
    assert empty.suggestions() == []
