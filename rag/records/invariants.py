"""What must hold before a document may be stored.  Pure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rag.errors import StoreError
from rag.ports import PassageVectors
from rag.types import Document, Passage


def check_document(document: Document, passages: Sequence[Passage], vectors: Sequence[PassageVectors]) -> None:
    """Checks that passages are slices of the text, sentences lie inside them, and vectors fit.

    Raises:
        StoreError: names the first passage that does not hold, and what was found.
    """
    _check_text(document)
    if len(passages) != len(vectors):
        raise _wrong(document, f"{len(passages)} passages came with {len(vectors)} sets of vectors")
    ids = [passage.id for passage in passages]
    if len(set(ids)) != len(ids):
        raise _wrong(document, "two passages have the same id")
    if len({passage.ordinal for passage in passages}) != len(ids):
        raise _wrong(document, "two passages have the same ordinal")
    dimensions: set[int] = set()
    for passage, vector in zip(passages, vectors, strict=True):
        _check_passage(document, passage)
        _check_vectors(document, passage, vector)
        dimensions.add(vector.passage.shape[0])
    if len(dimensions) > 1:
        raise _wrong(document, f"vectors have different lengths {sorted(dimensions)}")


def _check_text(document: Document) -> None:
    if "\x00" in document.text:
        raise _wrong(document, f"the text has a NUL character at {document.text.index(chr(0))}")
    try:
        document.text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise _wrong(document, f"the text has half a surrogate pair at {error.start}") from error


def _check_passage(document: Document, passage: Passage) -> None:
    start, end = passage.start, passage.end
    if passage.document_id != document.id:
        raise _wrong(document, f"passage {passage.id!r} says it belongs to {passage.document_id!r}")
    if passage.id != f"{document.id}:{start}-{end}":
        raise _wrong(document, f"passage {passage.id!r} stands at {start}-{end}")
    if not 0 <= start < end <= len(document.text):
        raise _wrong(document, f"passage {passage.id!r} lies outside the text")
    if document.text[start:end] != passage.text:
        there = document.text[start:end]
        raise _wrong(
            document,
            f"passage {passage.id!r} reads {passage.text[:40]!r}, the text there {there[:40]!r}",
        )
    for sentence in passage.sentences:
        if not start <= sentence.start < sentence.end <= end:
            raise _wrong(
                document,
                f"sentence {sentence.start}-{sentence.end} lies outside passage {passage.id!r}",
            )


def _check_vectors(document: Document, passage: Passage, vectors: PassageVectors) -> None:
    own, sentences = vectors.passage, vectors.sentences
    if own.ndim != 1 or own.shape[0] == 0:
        raise _wrong(document, f"the vector of passage {passage.id!r} has shape {own.shape}")
    if sentences.shape[0] != len(passage.sentences) or (len(passage.sentences) and sentences.shape[1:] != own.shape):
        raise _wrong(
            document,
            f"passage {passage.id!r} has {len(passage.sentences)} sentences, its sentence vectors "
            f"have shape {sentences.shape}",
        )
    if not (np.isfinite(own).all() and np.isfinite(sentences).all()):
        raise _wrong(document, f"a vector of passage {passage.id!r} is not finite")


def _wrong(document: Document, what: str) -> StoreError:
    return StoreError(
        f"Document {document.id!r} was not stored: {what}. This is a defect of the program; nothing was "
        "changed. Please report it with the file."
    )
