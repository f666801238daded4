"""Follow-ups in dialogues: pronouns, ellipsis, corrections, other sources, topic switches, small talk."""

from __future__ import annotations

import pytest

from rag.followup import standalone
from rag.sources import SourceNames
from rag.types import DocumentInfo, Metadata, Turn
from tests.rag.dialogues import KEPT_ASIDE, WORKED_ON, Dialogue


def _info(key: str, publisher: str, author: str, published: str) -> DocumentInfo:
    return DocumentInfo(
        id=key,
        metadata=Metadata(title=key, publisher=publisher, authors=(author,), published=published),
        format="md",
        source_path=f"{key}.md",
        sha256="0" * 64,
        ingested_at="2025-01-01T00:00:00+00:00",
        pages=None,
        passages=1,
        characters=1,
    )


NAMES = SourceNames(
    [
        _info("tigris-money", "Tigris Fold Institute", "Idris Calloway", "2025-01"),
        _info("tigris-timetable", "Tigris Fold Institute", "Maren Oakhurst", "2023-11"),
        _info("meridian-readiness", "Marsh & Meridian Policy Group", "Salma Dawoodi", "2024-03"),
        _info("saltroad-factions", "Salt Road Security Forum", "Leonie Haverbrook", "2025-06"),
        _info("digest-albayan", "Briefing Desk", "Briefing Desk", "2025-05"),
        _info("digest-rasanah", "Briefing Desk", "Briefing Desk", "2025-05"),
        _info("digest-newlines", "Briefing Desk", "Briefing Desk", "2025-05"),
        _info("digest-hashimi", "Briefing Desk", "Briefing Desk", "2025-05"),
    ]
)


def alone(dialogue: Dialogue) -> str:
    past: list[Turn] = []
    for question, answer in dialogue.past:
        past.append(Turn(question=question, answer=answer, standalone_question=standalone(question, past, NAMES)))
    return standalone(dialogue.question, past, NAMES)


def faults(dialogue: Dialogue) -> list[str]:
    text = alone(dialogue).casefold()
    missing = [f"lacks {w!r}" for w in dialogue.has.casefold().split("|") if w and w not in text]
    return missing + [f"holds {w!r}" for w in dialogue.lacks.casefold().split("|") if w and w in text]


@pytest.mark.parametrize("dialogue", WORKED_ON + KEPT_ASIDE, ids=lambda d: d.question)
def test_a_follow_up_carries_what_it_leans_on_and_no_more(dialogue: Dialogue) -> None:
    assert faults(dialogue) == [], alone(dialogue)
