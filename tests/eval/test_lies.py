"""The lying model, in small: each kind of lie is told, counted and never believed."""

from __future__ import annotations

import random

from eval.bench.lies import LIES, Tally, Told, as_text, run
from rag.settings import Settings
from rag.types import DocumentInfo, Hit, Metadata, Passage
from tests import library

QUESTIONS = ["How many ferries does the board count?", "Why did the lake fall?", "What does the guild recommend?"]


def told(document_id: str, text: str) -> Told:
    passage = Passage(
        id=f"{document_id}:0-{len(text)}", document_id=document_id, ordinal=0, start=0, end=len(text), text=text,
        sentences=(),
    )  # fmt: skip
    document = DocumentInfo(
        id=document_id, metadata=Metadata(title=document_id, publisher=f"{document_id.title()} Board"), format="txt",
        source_path="", sha256="", ingested_at="", characters=len(text), passages=1, pages=None,
    )  # fmt: skip
    return Told(Hit(passage=passage, document=document, score=1.0, lexical_rank=1, dense_rank=1), text)


def test_every_lie_differs_from_its_truth_in_words_or_in_proof() -> None:
    true = told("ferry", "In 2024 some boats from Orrin may not have moved 640 loads before Friday.")
    strange = told("dam", "The engineers of Harrow say that the old dam is leaking near Velten.")
    rng = random.Random(1)
    for kind, lie in LIES.items():
        made = lie(rng, true, strange) or lie(rng, strange, true)
        assert made is not None, kind
        [quote] = made.quotes
        assert made.text not in (true.text, strange.text) or quote.quote != made.text or (
            quote.passage_id not in (true.hit.passage.id, strange.hit.passage.id)
            or (made.text == strange.text and quote.passage_id == true.hit.passage.id)
        ), kind  # fmt: skip


def test_no_lie_about_a_small_library_is_believed_and_most_truths_are(tiny_library: Settings) -> None:
    tally = run(tiny_library.data_dir, QUESTIONS, 60, embedder=library.embedder())
    assert tally.believed == []
    assert sum(sum(c.values()) for c in tally.counts.values()) == 60
    assert len(tally.counts) >= 12
    assert tally.truths["verified"] > 9 * tally.truths["doubted"]


def test_a_believed_lie_is_printed_with_its_quote() -> None:
    tally = Tally()
    tally.counts["changed year"]["verified"] += 1
    tally.believed.append({"kind": "changed year", "statement": "In 1871.", "quote": "In 1874."})
    text = as_text(tally)
    assert "BELIEVED (changed year): In 1871." in text
    assert text.splitlines()[1].split() == ["changed", "year", "1", "0", "0"]
