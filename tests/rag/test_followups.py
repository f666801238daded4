"""Questions to go on with: near to what was asked, not read yet, and answered when they are asked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag import wire
from rag.briefing import Briefing
from rag.compose import build, open_parts
from rag.fakes import HashEmbedder, add_documents
from rag.followups import MOST, candidates
from rag.settings import Settings

REPORT = """Winter harbour traffic

Winter harbour traffic fell by 12 per cent after the ferries stopped in January.

North channel dredging

North channel dredging is two years late, and the port authority wants 40 million for it.

Night shift wages

Night shift wages rose twice, so the night shift of the harbour came back in March.
"""


@pytest.fixture
def briefing(tmp_path: Path) -> Iterator[Briefing]:
    settings = Settings(data_dir=tmp_path, _env_file=None)  # type: ignore[call-arg]
    parts = open_parts(settings, embedder=HashEmbedder())
    add_documents(parts.records.library, {"quay": REPORT}, publisher="Quay Institute", title="Quay report")
    parts.close()
    built = build(settings, embedder=HashEmbedder())
    yield built
    built.close()


def test_what_is_offered_is_answered_from_the_report_it_names(briefing: Briefing) -> None:
    first = briefing.suggestions()[0]
    answer = wire.answer_json(briefing.ask(first))
    kept = len(briefing.conversations.conversations())
    offered = briefing.followups(answer)
    assert offered
    assert len(offered) <= MOST
    assert first not in offered
    assert len(briefing.conversations.conversations()) == kept  # trying out leaves nothing behind
    for question in offered:
        assert briefing.ask(question).refusal is None
    assert briefing.followups(answer) is briefing.followups(answer)  # remembered


def test_candidates_leave_out_what_the_answer_has_already_read(briefing: Briefing) -> None:
    answer = wire.answer_json(briefing.ask(briefing.suggestions()[0]))
    read = {heading.lower() for c in answer["citations"] for heading in c["section"]}
    cited = {c["document_id"] for c in answer["citations"]}
    found = list(candidates(briefing._catalogue.get(), answer))
    assert found
    for question, document_id in found:
        if document_id in cited:
            assert not any(question.lower().endswith(f" {heading}?") for heading in read)


def test_a_question_that_finds_nothing_is_not_answerable(briefing: Briefing) -> None:
    followups = briefing._followups
    assert followups is not None
    assert not followups.answerable("What does the moon weigh in cheese?", "nowhere")
