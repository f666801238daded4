"""The stand-ins react to content, and their numbers can be worked out."""

from __future__ import annotations

import math

import numpy as np
import pytest

from rag.fakes import HashEmbedder, ScriptedWriter, sample_document
from rag.ports import Embedder, EmbedInput, WriteRequest
from rag.types import Draft, DraftStatement


def test_texts_that_share_words_are_near_each_other() -> None:
    embedder: Embedder = HashEmbedder(dimension=4096)
    dam, also, oil = embedder.embed_documents(["dams rivers", "a dam", "oil prices"])
    assert float(dam @ also) == pytest.approx(1 / math.sqrt(2))
    assert float(dam @ oil) == pytest.approx(0)
    np.testing.assert_array_equal(dam, embedder.embed_query("rivers and dams"))


def test_every_vector_has_length_one() -> None:
    vectors = HashEmbedder(dimension=8).embed_documents(["", "the", "dam " * 50, "١٢٣", "a b c d e f"])
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)


def test_passages_are_embedded_with_their_prefix_and_sentences_without() -> None:
    embedder = HashEmbedder()
    [made] = embedder.embed_passages([EmbedInput(text="Dams. Rain.", prefix="Iraq\n", sentences=((0, 5), (6, 11)))])
    np.testing.assert_array_equal(made.passage, embedder.embed_query("Iraq dams rain"))
    np.testing.assert_array_equal(made.sentences[1], embedder.embed_query("rain"))


def test_a_sample_document_is_cut_at_blank_lines() -> None:
    text = "Head line\n\nFirst one. Second one.\n\nLast one"
    document, passages, vectors = sample_document("d", text, title="T", publisher="P")
    assert [(p.id, p.text, p.section) for p in passages] == [
        ("d:11-33", "First one. Second one.", ("Head line",)),
        ("d:35-43", "Last one", ("Head line",)),
    ]
    assert [len(v.sentences) for v in vectors] == [2, 1]
    assert [text[s.start : s.end] for s in passages[0].sentences] == ["First one.", "Second one."]
    assert (document.metadata.title, document.metadata.publisher) == ("T", "P")
    assert document.sections[0].end == len(text)


def test_a_scripted_writer_hands_out_its_drafts_in_turn() -> None:
    one = Draft(statements=(DraftStatement(text="One.", quotes=()),))
    two = Draft(writer="w")
    writer = ScriptedWriter([one, two])
    request = WriteRequest(question="Q?", hits=())
    assert list(writer.stream(request)) == [one.statements[0], one]
    assert [writer.write(request), writer.write(request)] == [two, two]
    assert len(writer.requests) == 3
    assert ScriptedWriter(lambda r: Draft(writer=r.question)).write(request).writer == "Q?"
