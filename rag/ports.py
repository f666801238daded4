"""What the core needs from outside, named after our need.

Adapters (records, vectors, embedding, extractive, llm) implement these; :mod:`rag.compose` is the
only module that imports adapters.  Fakes for tests live in :mod:`rag.fakes`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from rag.types import (
    Answer,
    Document,
    DocumentInfo,
    Draft,
    DraftStatement,
    Filters,
    Hit,
    Memo,
    Passage,
)

Vectors = npt.NDArray[np.float32]


class Embedder(Protocol):
    """Turns text into unit vectors of ``dimension`` float32 values."""

    @property
    def fingerprint(self) -> str:
        """Names model and weights, e.g. ``all-MiniLM-L6-v2@53aa5117``; equal means interchangeable."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""

    @property
    def max_tokens(self) -> int:
        """Longest input in tokens, special tokens excluded; longer input would be cut."""

    @property
    def multilingual(self) -> bool:
        """True when the model was made for more languages than English."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, special tokens excluded."""

    def embed_documents(
        self, texts: Sequence[str], *, progress: Callable[[int], None] | None = None
    ) -> Vectors:
        """Unit vectors, shape ``(len(texts), dimension)``; ``progress(n)`` after each n texts."""

    def embed_query(self, text: str) -> Vectors:
        """Unit vector of a question, shape ``(dimension,)``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageVectors:
    """Vectors of one passage: its own, and one per sentence (shape ``(sentences, dimension)``)."""

    passage: Vectors
    sentences: Vectors


class Library(Protocol):
    """The store of record: documents, passages, offsets, vectors.  Reads see whole documents only."""

    def generation(self) -> int:
        """Grows with every committed change; equal means nothing changed."""

    def fingerprint(self) -> str | None:
        """What the passages were made with (model, dimension, chunking); None while empty."""

    def documents(self, filters: Filters = Filters()) -> list[DocumentInfo]:  # noqa: B008 - frozen
        """All documents that pass the filters, by id."""

    def document(self, document_id: str) -> Document:
        """The whole document.  Raises NotFound."""

    def text(self, document_id: str) -> str:
        """The document text.  Raises NotFound."""

    def passages(self, ids: Iterable[str]) -> dict[str, Passage]:
        """Passages by id; unknown ids are left out."""

    def document_passages(self, document_id: str) -> list[Passage]:
        """All passages of a document in reading order.  Raises NotFound."""

    def sentence_vectors(self, passage_ids: Iterable[str]) -> dict[str, Vectors]:
        """For each passage its sentence vectors, row i for ``passage.sentences[i]``."""



class LexicalIndex(Protocol):
    """BM25 over our own normalised, stemmed text."""

    def search(
        self, terms: Mapping[str, float], *, k: int, documents: Sequence[str] | None = None
    ) -> list[tuple[str, float]]:
        """``(passage id, score)``, best first, ties by id.

        Args:
            terms: stemmed terms (see :func:`rag.text.terms`) with their weights.
            k: how many at most.
            documents: only passages of these documents; None for all.
        """


class VectorIndex(Protocol):
    """Cosine similarity over passage and sentence vectors."""

    def search(
        self, vector: Vectors, *, k: int, documents: Sequence[str] | None = None
    ) -> list[tuple[str, float]]:
        """``(passage id, cosine)``, best first, ties by id."""

    def search_sentences(
        self, vector: Vectors, *, k: int, documents: Sequence[str] | None = None
    ) -> list[tuple[str, int, float]]:
        """``(passage id, sentence number, cosine)``, best first, ties by id and number."""

    def notices(self) -> tuple[str, ...]:
        """What the reader should know, e.g. that an exact scan stands in for the index."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteRequest:
    """What a writer is given.

    ``hits`` are the ranked passages it may quote, and nothing else; ``question`` stands alone.
    ``query_vector`` is the embedded question when the search made one.
    """

    question: str
    hits: tuple[Hit, ...]
    query_vector: Vectors | None = None
    filters: Filters = Filters()


class AnswerWriter(Protocol):
    """Writes an answer from passages: statements with quotes, or a refusal."""

    @property
    def name(self) -> str:
        """``extractive`` or ``provider:model``; travels on every answer."""

    def write(self, request: WriteRequest) -> Draft:
        """The whole draft.  Raises WriterFailed."""

    def stream(self, request: WriteRequest) -> Iterator[DraftStatement | Draft]:
        """Statements as they are ready, then the whole draft, last."""


class ConversationStore(Protocol):
    """Conversations and their answers, kept with the numbers they were shown with."""

    def create(self, *, title: str, owner: str = "") -> str:
        """A new conversation; returns its id."""

    def add_answer(self, answer: Answer, *, owner: str = "") -> None:
        """Stores an answer (``answer.conversation_id`` may be None)."""

    def answer(self, answer_id: str) -> dict[str, Any]:
        """The stored answer in the contract's JSON shape.  Raises NotFound."""

    def conversations(self, *, owner: str = "") -> list[dict[str, Any]]:
        """``{"id","title","created_at","updated_at","turns"}``, latest first."""

    def conversation(self, conversation_id: str, *, owner: str = "") -> dict[str, Any]:
        """``{"id","title",...,"answers":[answer JSON]}``.  Raises NotFound."""

    def delete(self, conversation_id: str, *, owner: str = "") -> None:
        """Removes it with its answers.  Raises NotFound."""

    def add_feedback(self, answer_id: str, *, verdict: str, note: str, owner: str = "") -> str:
        """Stores feedback on an answer; returns its id.  Raises NotFound."""

    def feedback(self) -> list[dict[str, Any]]:
        """All feedback with the answers it is about, oldest first."""


class MemoStore(Protocol):
    """Memos, kept with the version of each document used."""

    def save(self, memo: Memo, *, owner: str = "") -> None:
        """Stores a memo."""

    def memo(self, memo_id: str, *, owner: str = "") -> dict[str, Any]:
        """The memo in the contract's JSON shape.  Raises NotFound."""

    def memos(self, *, owner: str = "") -> list[dict[str, Any]]:
        """``{"id","title","template","created_at"}``, latest first."""
