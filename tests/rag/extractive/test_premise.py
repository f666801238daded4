"""A premise is corrected only where a sentence as near as any denies the very word that the question builds on."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from rag.aliases import AliasTable
from rag.briefing import Briefing
from rag.catalogue import Catalogue
from rag.extractive.candidates import Candidate, Features
from rag.extractive.premise import Premise, denied_premise
from rag.fakes import HashEmbedder, sample_document
from rag.lexicon import Lexicon
from rag.question import analyse
from rag.sources import SourceNames
from rag.titles import Titles
from rag.types import DocumentInfo, Hit

ALIASES = AliasTable.load()
VECTOR = np.array([1.0, 0.0], dtype=np.float32)


def judged(question: str, *sentences: str) -> Premise | None:
    """What is made of a question on a note of these sentences, the first ranked highest."""
    document, passages, _ = sample_document("note", " ".join(sentences), title="Harbour", publisher="Lake Gazette")
    info = DocumentInfo(
        id="note", metadata=document.metadata, format="txt", source_path="note.txt", sha256=document.sha256,
        ingested_at=document.ingested_at, pages=None, passages=len(passages), characters=len(document.text),
    )  # fmt: skip
    names = SourceNames([info])
    catalogue = Catalogue(
        generation=1, documents={"note": info}, names=names, lexicon=Lexicon((p.text, "en") for p in passages),
        aliases=ALIASES, order={"note": tuple(passages)}, passages={p.id: p for p in passages},
        titles=Titles([info], rare=lambda _: True),
        languages=frozenset({"en"}),
    )  # fmt: skip
    features = Features(**{f.name: 0.0 for f in fields(Features)})
    ranked = [
        Candidate(
            hit=Hit(passage=p, document=info, score=1.0), rank=0, sentence=s, text=document.text[s.start : s.end],
            vector=VECTOR, features=features, score=1.0, word_count=9,
        )
        for p in passages for s in p.sentences
    ]  # fmt: skip
    return denied_premise(analyse(question, names), ranked, catalogue, HashEmbedder().word_vectors)


@pytest.mark.parametrize(
    ("question", "sentence", "built_on"),
    [
        (
            "Which company claimed the fire on the old pier?",
            "Neither a company nor a guild claimed the fire on the old pier.",
            "company claimed the fire on the old pier",
        ),
        (
            "What duties did the binding charter lay on the guild?",
            "The guild signed a non-binding charter with few duties.",
            "binding",
        ),
        (
            "What duties did the binding charter lay on the guild?",
            "The guild signed a charter without binding force and with few duties.",
            "binding",
        ),
        (
            "Why does the master think the repair estimate too low?",
            "The master finds the repair estimate too high.",
            "low",
        ),
        (
            "Why does the board forecast that the ferries will be sold?",
            "The board does not forecast that the ferries will be sold.",
            "forecast that the ferries will be sold",
        ),
        (
            "Who were the sailors killed in the 12 collisions near Orrin?",
            "No one was killed in the 12 collisions near Orrin.",
            "killed in the 12 collisions near Orrin",
        ),
    ],
)
def test_a_denied_premise_is_named(question: str, sentence: str, built_on: str) -> None:
    found = judged(question, sentence)
    assert found is not None
    assert found.candidate.text == sentence
    assert found.notice == f"The question speaks of “{built_on}”; Lake Gazette (undated) writes otherwise."


@pytest.mark.parametrize(
    ("question", "sentences"),
    [
        # the same is said without being denied
        ("Why does the board forecast that the ferries will be sold?", ["The board forecasts that they will be sold."]),
        # a condition denies nothing
        (
            "When does the board plan the sale of the old ferries?",
            ["If the board does not plan the sale of the old ferries, fees will rise."],
        ),
        # another place, another number
        ("Who were the sailors killed near Saltmouth?", ["No one was killed near Orrin, and no sailors hurt."]),
        ("Who were the sailors killed in the 12 collisions?", ["No sailors were killed in the 9 collisions."]),
        # what is denied is something else
        (
            "Why does the board expect the ferries to be sold in spring?",
            ["The board, which does not own a pier, expects the ferries to be sold in spring."],
        ),
        # the question is itself about what is not so
        (
            "Why does the board not forecast that the ferries will be sold?",
            ["The board does not forecast that the ferries will be sold."],
        ),
        # nothing is taken for granted
        ("What should remain in the harbour of Orrin?", ["Nothing should remain in the harbour of Orrin."]),
        ("Did a company claim the fire on the old pier?", ["No company claimed the fire on the old pier."]),
        # two sentences, one each way: a difference, no correction
        (
            "Which company claimed the fire on the old pier?",
            ["Neither a company nor a guild claimed the fire on the old pier.",
             "One company and one guild claimed the fire on the old pier."],
        ),
    ],
)  # fmt: skip
def test_anything_less_is_left_alone(question: str, sentences: list[str]) -> None:
    assert judged(question, *sentences) is None


def test_none_answers_how_many_and_corrects_nothing() -> None:
    found = judged("How many sailors were killed in the 12 collisions?", "No sailors were killed in the 12 collisions.")
    assert found is not None
    assert found.notice == ""


def test_the_denying_sentence_opens_the_answer(briefing: Briefing) -> None:
    answer = briefing.ask("Why does the guild expect the northern pier to open before the autumn of 2026?")
    assert answer.statements[0].text == "The guild does not expect the northern pier to open before the autumn of 2026."
    assert answer.notices[0].startswith("The question speaks of “expect the northern pier to open before the autumn")
