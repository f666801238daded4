"""One version of each text behind one answer."""

from __future__ import annotations

import pytest

from rag.errors import NotFound
from rag.fakes import sample_document
from rag.snapshot import LibraryChanged, Snapshot
from rag.types import DocumentInfo, Hit


def hit(text: str) -> Hit:
    document, passages, _ = sample_document("pier", text)
    info = DocumentInfo(
        id=document.id, metadata=document.metadata, format="md", source_path="pier.md", sha256="0",
        ingested_at="2025-01-01T00:00:00Z", pages=None, passages=1, characters=len(text),
    )  # fmt: skip
    return Hit(passage=passages[0], document=info, score=1.0)


def test_a_text_is_read_once_however_it_changes_later() -> None:
    found = hit("The pier opens in spring.")
    texts = iter([found.passage.text, "The pier is closed."])
    snapshot = Snapshot(lambda _: next(texts), [found])
    assert snapshot.text("pier") == snapshot.text("pier") == found.passage.text


def test_a_text_that_no_longer_holds_the_passage_is_another_version() -> None:
    with pytest.raises(LibraryChanged, match="pier was replaced"):
        Snapshot(lambda _: "The pier is closed.", [hit("The pier opens in spring.")]).text("pier")


def test_a_report_that_is_gone_is_said_to_be_removed() -> None:
    def gone(document_id: str) -> str:
        raise NotFound(document_id)

    with pytest.raises(LibraryChanged, match="pier was removed"):
        Snapshot(gone, [hit("The pier opens in spring.")]).text("pier")
