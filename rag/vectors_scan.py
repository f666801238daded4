"""Exact cosine search over the stored vectors, in numpy.

It answers where a filter narrows the search (faster than a filtered graph), where the library is
small, and where no healthy index stands.  The matrices are brought up to the library's generation by
reading only what changed.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rag.errors import IndexMismatch
from rag.ports import VectorRows, Vectors, VectorSnapshot, VectorSource

#: Scores are rounded so that both ways of searching agree on what is a tie.
DECIMALS = 6

_WIDE_BYTES = 512 * 2**20  # sentence matrices above this are kept as float16 and widened by blocks
_BLOCK_ROWS = 16_384


@dataclass(frozen=True, slots=True)
class _Matrix:
    """The vectors of one generation; passage i owns the rows ``starts[i]:starts[i + 1]``.

    Ids are sorted and begin with their document's id and a colon, so a document's rows lie together:
    ``spans`` says where.
    """

    generation: int
    ids: list[str]
    documents: list[str]
    keys: dict[str, str]
    starts: npt.NDArray[np.int64]
    rows: npt.NDArray[np.floating]
    spans: dict[str, tuple[int, int]]


class ExactScan:
    """Exact search; loads passages and sentences separately, each when first asked for."""

    def __init__(self, source: VectorSource) -> None:
        self._source = source
        self._lock = threading.Lock()
        self._matrices: dict[bool, _Matrix] = {}

    def search(self, vector: Vectors, *, k: int, documents: Sequence[str] | None = None) -> list[tuple[str, float]]:
        """``(passage id, cosine)``, best first, ties by id."""
        matrix = self._current(sentences=False)
        return [(matrix.ids[row], score) for row, score in _best(matrix, vector, k, documents)]

    def search_sentences(
        self, vector: Vectors, *, k: int, documents: Sequence[str] | None = None
    ) -> list[tuple[str, int, float]]:
        """``(passage id, sentence number, cosine)``, best first, ties by id and number."""
        matrix = self._current(sentences=True)
        found: list[tuple[str, int, float]] = []
        for row, score in _best(matrix, vector, k, documents):
            owner = int(np.searchsorted(matrix.starts, row, side="right")) - 1
            found.append((matrix.ids[owner], row - int(matrix.starts[owner]), score))
        return found

    def _current(self, *, sentences: bool) -> _Matrix:
        generation = self._source.generation()
        with self._lock:
            known = self._matrices.get(sentences)
            if known is None or known.generation < generation:
                with self._source.vector_snapshot() as snapshot:
                    known = _read(snapshot, known, sentences=sentences)
                self._matrices[sentences] = known
            return known


def _read(snapshot: VectorSnapshot, old: _Matrix | None, *, sentences: bool) -> _Matrix:
    """The snapshot's vectors; rows of passages that did not change are taken from the old matrix."""
    keys = snapshot.keys()
    pieces: dict[str, npt.NDArray[np.floating]] = {}
    documents: dict[str, str] = {}
    if old is not None:
        for place, passage_id in enumerate(old.ids):
            if keys.get(passage_id) == old.keys[passage_id]:
                pieces[passage_id] = old.rows[old.starts[place] : old.starts[place + 1]]
                documents[passage_id] = old.documents[place]
    for page in snapshot.rows([i for i in keys if i not in pieces], sentences=sentences):
        for passage_id, document_id, rows in _ragged(page, sentences=sentences):
            pieces[passage_id] = rows
            documents[passage_id] = document_id
    ids = list(keys)
    counts = [len(pieces[i]) for i in ids]
    rows = np.concatenate([pieces[i] for i in ids]) if ids else np.zeros((0, 0), np.float32)
    if rows.size * 4 > _WIDE_BYTES and sentences:
        rows = rows.astype(np.float16)
    starts = np.concatenate([[0], np.cumsum(counts, dtype=np.int64)]).astype(np.int64)
    owners = [documents[i] for i in ids]
    return _Matrix(
        generation=snapshot.generation,
        ids=ids,
        documents=owners,
        keys=keys,
        starts=starts,
        rows=rows,
        spans=_spans(owners, starts),
    )


def _spans(owners: Sequence[str], starts: npt.NDArray[np.int64]) -> dict[str, tuple[int, int]]:
    """Rows of each document, given the document of each passage in order."""
    spans: dict[str, tuple[int, int]] = {}
    for place, owner in enumerate(owners):
        first = spans[owner][0] if owner in spans else int(starts[place])
        spans[owner] = (first, int(starts[place + 1]))
    return spans


def _ragged(page: VectorRows, *, sentences: bool) -> Iterator[tuple[str, str, Vectors]]:
    for place, (passage_id, document_id) in enumerate(zip(page.ids, page.document_ids, strict=True)):
        yield (
            passage_id,
            document_id,
            page.sentences[place] if sentences else page.passages[place : place + 1],
        )


def _best(matrix: _Matrix, vector: Vectors, k: int, documents: Sequence[str] | None) -> list[tuple[int, float]]:
    """Row numbers and cosines, best first; ties in the order of the rows, which is that of the ids."""
    if k <= 0 or not len(matrix.rows):
        return []
    if matrix.rows.shape[1] != vector.shape[0]:
        raise IndexMismatch(
            f"The library holds vectors of {matrix.rows.shape[1]} values, the question's vector has "
            f"{vector.shape[0]}: it was built with another embedding model. Set "
            "BRIEFING_EMBEDDING_MODEL back, or run `briefing ingest` on the reports again."
        )
    if documents is None:
        spans = [(0, len(matrix.rows))]
    else:
        spans = sorted({matrix.spans[d] for d in documents if d in matrix.spans})
    places = np.concatenate([np.arange(*span) for span in spans] or [np.zeros(0, np.int64)])
    scores = np.concatenate([_cosines(matrix.rows[a:b], vector) for a, b in spans] or [np.zeros(0)])
    scores = np.round(scores, DECIMALS)
    return [(int(places[at]), float(scores[at])) for at in _top(scores, k)]


def _cosines(rows: npt.NDArray[np.floating], vector: Vectors) -> npt.NDArray[np.float64]:
    # Row by row (vecdot), not as one matrix product: that would start threads, which wait for each other
    # on a busy machine, and could round equal rows differently.
    scores = np.empty(len(rows), dtype=np.float64)
    for start in range(0, len(rows), _BLOCK_ROWS):
        part = slice(start, start + _BLOCK_ROWS)
        scores[part] = np.vecdot(rows[part].astype(np.float32, copy=False), vector)
    return scores


def _top(scores: npt.NDArray[np.float64], k: int) -> npt.NDArray[np.int64]:
    """Positions of the k highest scores, highest first, ties by position."""
    if k < len(scores):
        least = np.partition(scores, len(scores) - k)[len(scores) - k]
        candidates = np.flatnonzero(scores >= least)
    else:
        candidates = np.arange(len(scores))
    order: npt.NDArray[np.int64] = candidates[np.argsort(-scores[candidates], kind="stable")][:k]
    return order
