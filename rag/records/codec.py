"""Rows to values and back: vectors as bytes, the structure of a document as JSON.  Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from sqlalchemy import RowMapping

from rag.errors import StoreError
from rag.ports import PassageVectors, Vectors
from rag.types import (
    CleaningAction,
    Document,
    DocumentInfo,
    Metadata,
    Note,
    PageSpan,
    Passage,
    PassageKind,
    Section,
    Sentence,
)

Json = dict[str, Any]
Row = RowMapping | Mapping[str, Any]

_INDEXED = ("title", "publisher", "published", "language")  # columns of their own, for SQL
_REST = (
    "role",
    "series",
    "published_note",
    "translator",
    "licence",
    "url",
    "note",
)

# --------------------------------------------------------------------------- vectors


def pack_passage(vector: Vectors) -> bytes:
    """A vector as little-endian float32."""
    return np.ascontiguousarray(vector, dtype="<f4").tobytes()


def unpack_passages(blobs: Sequence[bytes]) -> Vectors:
    """Equal-length float32 blobs as a matrix.  Raises StoreError when lengths differ."""
    if len({len(blob) for blob in blobs}) > 1:
        raise StoreError(
            "The library holds vectors of different lengths: an ingest with another embedding model "
            "was interrupted. Run `briefing ingest` on the reports again."
        )
    joined: Vectors = np.frombuffer(b"".join(blobs), dtype="<f4").astype(np.float32, copy=False)
    return joined.reshape(len(blobs), -1)


def pack_sentences(vectors: Vectors) -> bytes:
    """Sentence vectors as little-endian float16, row after row."""
    return np.ascontiguousarray(vectors, dtype="<f2").tobytes()


def unpack_sentences(blob: bytes, dimension: int) -> Vectors:
    """Sentence vectors as float32 unit vectors, shape ``(sentences, dimension)``, read-only."""
    rows: Vectors = np.frombuffer(blob, dtype="<f2").astype(np.float32).reshape(-1, dimension)
    lengths = np.sqrt((rows * rows).sum(axis=1, keepdims=True))
    unit: Vectors = (rows / np.where(lengths > 0, lengths, 1)).astype(np.float32, copy=False)
    unit.setflags(write=False)
    return unit


def vector_key(passage: bytes, sentences: bytes) -> str:
    """A digest that is equal when the stored vectors of a passage are equal."""
    digest = hashlib.blake2b(passage, digest_size=12)
    digest.update(sentences)
    return digest.hexdigest()


# --------------------------------------------------------------------------- documents


def document_row(document: Document, passages: int, *, settings_fingerprint: str, source_root: str) -> Json:
    """The row of the documents table."""
    return {
        "id": document.id,
        **metadata_row(document.metadata),
        "format": document.format,
        "pages": document.pages,
        "passages": passages,
        "characters": len(document.text),
        "source_path": document.source_path,
        "source_root": source_root,
        "sha256": document.sha256,
        "settings_fingerprint": settings_fingerprint,
        "ingested_at": document.ingested_at,
        "text": document.text,
        "structure": _structure(document),
    }


def document_info(row: Row, edited: Sequence[str] = ()) -> DocumentInfo:
    """A documents row without its text."""
    return DocumentInfo(
        id=row["id"],
        metadata=metadata(row),
        format=row["format"],
        source_path=row["source_path"],
        sha256=row["sha256"],
        ingested_at=row["ingested_at"],
        pages=row["pages"],
        passages=row["passages"],
        characters=row["characters"],
        edited=tuple(edited),
    )


def document(row: Row) -> Document:
    """A whole documents row."""
    structure: Json = row["structure"]
    return Document(
        id=row["id"],
        text=row["text"],
        metadata=metadata(row),
        format=row["format"],
        source_path=row["source_path"],
        sha256=row["sha256"],
        ingested_at=row["ingested_at"],
        pages=row["pages"],
        sections=tuple(
            Section(title=title, level=level, start=start, end=end, path=tuple(path))
            for title, level, start, end, path in structure["sections"]
        ),
        page_spans=tuple(PageSpan(page=page, start=start, end=end) for page, start, end in structure["pages"]),
        notes=tuple(
            Note(label=label, start=start, end=end, anchor=anchor) for label, start, end, anchor in structure["notes"]
        ),
        cleaning=tuple(
            CleaningAction(action=action, reason=reason, text=text) for action, reason, text in structure["cleaning"]
        ),
    )


def _structure(document: Document) -> Json:
    return {
        "sections": [[s.title, s.level, s.start, s.end, list(s.path)] for s in document.sections],
        "pages": [[p.page, p.start, p.end] for p in document.page_spans],
        "notes": [[n.label, n.start, n.end, n.anchor] for n in document.notes],
        "cleaning": [[c.action, c.reason, c.text] for c in document.cleaning],
    }


def metadata_row(meta: Metadata) -> Json:
    """The columns of the documents table that hold metadata."""
    return {
        **{name: getattr(meta, name) for name in _INDEXED},
        "bibliography": {"authors": list(meta.authors), **{name: getattr(meta, name) for name in _REST}},
    }


def metadata(row: Row) -> Metadata:
    """What a documents row says about its document."""
    rest: Json = row["bibliography"]
    fields: Json = {name: row[name] for name in _INDEXED} | {name: rest.get(name) for name in _REST}
    return Metadata(**fields, authors=tuple(rest["authors"]))


# --------------------------------------------------------------------------- passages


def passage_row(number: int, passage: Passage, vectors: PassageVectors) -> Json:
    """The row of the passages table."""
    vector, sentences = pack_passage(vectors.passage), pack_sentences(vectors.sentences)
    return {
        "number": number,
        "id": passage.id,
        "document_id": passage.document_id,
        "ordinal": passage.ordinal,
        "start": passage.start,
        "end": passage.end,
        "section": list(passage.section),
        "page": passage.page,
        "kind": str(passage.kind),
        "sentences": [[s.start, s.end] for s in passage.sentences],
        "vector": vector,
        "sentence_vectors": sentences,
        "vector_key": vector_key(vector, sentences),
    }


def passage(row: Row, document_text: str) -> Passage:
    """A passages row with its slice of the document text."""
    return Passage(
        id=row["id"],
        document_id=row["document_id"],
        ordinal=row["ordinal"],
        start=row["start"],
        end=row["end"],
        text=document_text[row["start"] : row["end"]],
        section=tuple(row["section"]),
        page=row["page"],
        kind=PassageKind(row["kind"]),
        sentences=tuple(Sentence(start=start, end=end) for start, end in row["sentences"]),
    )
