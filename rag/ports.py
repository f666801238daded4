"""What the core needs from outside, named after our need.

Adapters (records, vectors, embedding, extractive, llm) implement these; :mod:`rag.compose` is the
only module that imports adapters.  Fakes for tests live in :mod:`rag.fakes`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from rag.types import (
    Account,
    Answer,
    ApiToken,
    Document,
    DocumentInfo,
    Draft,
    DraftStatement,
    Filters,
    Hit,
    Memo,
    MetadataEdit,
    Passage,
    Role,
    Session,
)

Vectors = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbedInput:
    """What is embedded for one passage.

    ``prefix`` (title and section path, with its own separator) stands before ``text`` for the
    passage vector; ``sentences`` are half-open spans into ``text``.
    """

    text: str
    sentences: tuple[tuple[int, int], ...] = ()
    prefix: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageVectors:
    """Vectors of one passage: its own, and one per sentence (shape ``(sentences, dimension)``)."""

    passage: Vectors
    sentences: Vectors


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

    def embed_passages(
        self, inputs: Sequence[EmbedInput], *, progress: Callable[[int], None] | None = None
    ) -> list[PassageVectors]:
        """Unit vectors of each passage and of its sentences; ``progress(n)`` after each n passages."""

    def embed_query(self, text: str) -> Vectors:
        """Unit vector of a question, shape ``(dimension,)``."""

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of several questions in one pass, shape ``(len(texts), dimension)``."""


@runtime_checkable
class WordEmbedder(Protocol):
    """An embedder that may also have vectors of single words, quickly and without context."""

    @property
    def has_words(self) -> bool:
        """Whether the model at hand has a table of words."""

    def word_vectors(self, words: Sequence[str]) -> Vectors:
        """Unit vectors (zero for a word without any), shape ``(len(words), dimension of its own)``."""


class Library(Protocol):
    """The store of record: documents, passages, offsets, vectors.  Reads see whole documents only."""

    def generation(self) -> int:
        """Grows with every committed change; equal means nothing changed."""

    def fingerprint(self) -> str | None:
        """What the passages were made with (model, dimension, chunking); None while empty."""

    def documents(self, filters: Filters = Filters()) -> list[DocumentInfo]:
        """All documents that pass the filters, by id."""

    def document(self, document_id: str) -> Document:
        """The whole document.  Raises NotFound."""

    def text(self, document_id: str) -> str:
        """The document text.  Raises NotFound."""

    def edit(self, document_id: str) -> MetadataEdit | None:
        """What a person corrected in its metadata; None when nothing, or when there is no such document."""

    def passages(self, ids: Iterable[str]) -> dict[str, Passage]:
        """Passages by id; unknown ids are left out."""

    def document_passages(self, document_id: str) -> list[Passage]:
        """All passages of a document in reading order.  Raises NotFound."""

    def sentence_vectors(self, passage_ids: Iterable[str]) -> dict[str, Vectors]:
        """For each passage its sentence vectors, row i for ``passage.sentences[i]``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRow:
    """Where a stored document came from and what it was made with; ingest decides by it."""

    document_id: str
    source_path: str
    source_root: str
    sha256: str
    settings_fingerprint: str


class LibraryWriter(Library, Protocol):
    """The store of record as ingest sees it.  One writer at a time holds ``write_lock``."""

    def sources(self) -> list[SourceRow]:
        """All stored documents with the hash of their source, by id."""

    def replace_document(
        self,
        document: Document,
        passages: Sequence[Passage],
        vectors: Sequence[PassageVectors],
        *,
        settings_fingerprint: str,
        source_root: str,
    ) -> None:
        """Puts a document with all that belongs to it in place of what stood there, or nothing at all.

        ``document.metadata`` is what was found; what a person corrected is laid over it here.

        Raises:
            StoreError: a passage or sentence is not where it says in the text, vectors do not fit,
                or the database refused; then the old rows stand unchanged.
        """

    def remove_documents(self, document_ids: Iterable[str]) -> None:
        """Removes documents with all that belongs to them.  Raises NotFound before removing any."""

    def edit_metadata(self, document_id: str, fields: Mapping[str, Any]) -> None:
        """Corrects metadata (see :mod:`rag.metadata_edit`); no fields: as found again.  Raises NotFound."""

    def set_fingerprint(self, fingerprint: str) -> None:
        """Says what the passages are made with (see :meth:`Library.fingerprint`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VectorRows:
    """Some stored vectors: row i of ``passages`` and entry i of ``sentences`` belong to ``ids[i]``."""

    ids: list[str]
    document_ids: list[str]
    passages: Vectors
    sentences: list[Vectors]


class VectorSnapshot(Protocol):
    """The stored vectors at one moment; later commits do not show."""

    @property
    def generation(self) -> int:
        """The library's generation at that moment."""

    @property
    def fingerprint(self) -> str | None:
        """The library's fingerprint at that moment."""

    def keys(self) -> dict[str, str]:
        """Passage id → digest of its vectors, by id; an equal digest means equal vectors."""

    def rows(self, ids: Sequence[str] | None = None, *, sentences: bool = True) -> Iterator[VectorRows]:
        """The vectors in pages, by id; of these passages, or of all.

        Without ``sentences`` the sentence vectors are not read and their list is empty.
        """


class VectorSource(Protocol):
    """What a vector index is derived from."""

    def library_id(self) -> str:
        """A random name given to the library when it was made."""

    def generation(self) -> int:
        """Grows with every committed change."""

    def passage_count(self) -> int:
        """How many passages the library holds."""

    def vector_snapshot(self) -> AbstractContextManager[VectorSnapshot]:
        """Opens a consistent view of the stored vectors."""


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


class PublishedVectors(VectorIndex, Protocol):
    """A vector index that is derived from the library after each ingest."""

    def publish(self, progress: Callable[[str], None] | None = None) -> None:
        """Brings the index up to the library; readers see the old one until the new one is checked.

        ``progress`` is told each step in words.  Raises VectorsUnavailable.
        """


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


@runtime_checkable
class RevisingWriter(AnswerWriter, Protocol):
    """A writer that can be asked once more, told what verification objected to."""

    def rewrite(self, request: WriteRequest, draft: Draft, problems: Sequence[str]) -> Draft:
        """A corrected draft; the same draft, with a notice, when the writer fails."""


class ConversationStore(Protocol):
    """Conversations and their answers, kept with the numbers they were shown with."""

    def create(self, *, title: str, owner: str = "") -> str:
        """A new conversation; returns its id."""

    def add_answer(self, answer: Answer, *, owner: str = "", opens: str | None = None) -> None:
        """Stores an answer (``answer.conversation_id`` may be None).

        ``opens`` is the title of the conversation that begins with it, under ``answer.conversation_id``.
        """

    def answer(self, answer_id: str, *, owner: str = "") -> dict[str, Any]:
        """The stored answer in the contract's JSON shape.  Raises NotFound, also when it is another's."""

    def conversations(self, *, owner: str = "") -> list[dict[str, Any]]:
        """``{"id","title","created_at","updated_at","turns"}``, latest first."""

    def search(self, words: str, *, owner: str = "") -> list[dict[str, Any]]:
        """``{"conversation_id","answer_id","question","answer"}`` where question or answer has all words."""

    def conversation(self, conversation_id: str, *, owner: str = "") -> dict[str, Any]:
        """``{"id","title",...,"answers":[answer JSON]}``.  Raises NotFound."""

    def rename(self, conversation_id: str, title: str, *, owner: str = "") -> None:
        """Gives it another title; its place in the list stays.  Raises NotFound."""

    def delete(self, conversation_id: str, *, owner: str = "") -> None:
        """Removes it with its answers.  Raises NotFound."""

    def add_feedback(self, answer_id: str, *, verdict: str, note: str, owner: str = "") -> str:
        """Stores feedback on an answer of one's own; returns its id.  Raises NotFound."""

    def feedback(self) -> list[dict[str, Any]]:
        """All feedback with the answers it is about, oldest first."""


class MemoStore(Protocol):
    """Memos, kept with the version of each document used."""

    def save(self, memo: Memo, *, owner: str = "") -> None:
        """Stores a memo."""

    def memo(self, memo_id: str, *, owner: str = "") -> dict[str, Any]:
        """The memo in the contract's JSON shape.  Raises NotFound."""

    def memos(self, *, owner: str = "") -> list[dict[str, Any]]:
        """``{"id","title","template","created_at","version","parent_id"}``, latest first."""

    def versions(self, memo_id: str, *, owner: str = "") -> list[dict[str, Any]]:
        """All versions that a memo belongs to, oldest first, each as in ``memos``.  Raises NotFound."""

    def delete(self, memo_id: str, *, owner: str = "") -> list[str]:
        """Removes a memo with all versions it belongs to; their ids, oldest first.  Raises NotFound."""

    def touching(self, document_id: str, *, owner: str = "") -> list[str]:
        """Ids of the memos that cite a document, oldest first."""


class AccountStore(Protocol):
    """Accounts, their sessions and their tokens.

    Sessions and tokens are known by the digest of a secret that only their holder has; what is stored
    opens nothing.
    """

    def add(self, name: str, *, role: Role, password_hash: str | None) -> Account:
        """A new account.  Raises UsageError when the name is taken."""

    def accounts(self) -> list[Account]:
        """All accounts, by name."""

    def find(self, name: str) -> Account | None:
        """The account of that name, if there is one."""

    def account(self, name: str) -> Account:
        """The account of that name.  Raises NotFound."""

    def password_hash(self, account_id: str) -> str | None:
        """The stored hash; None for an account that logs in elsewhere."""

    def set_password(self, account_id: str, password_hash: str) -> None:
        """Another password.  Raises NotFound."""

    def set_role(self, account_id: str, role: Role) -> None:
        """Another role.  Raises NotFound, and UsageError when no admin would be left."""

    def seen(self, account_id: str) -> None:
        """Notes that the account was used now."""

    def remove(self, account_id: str, *, heir: str | None = None) -> None:
        """Removes an account with its sessions and tokens.

        Its conversations and memos go to the owner ``heir``, or are removed with it.  Raises NotFound,
        and UsageError when no admin would be left.
        """

    def belongings(self, owner: str) -> tuple[int, int]:
        """How many conversations and memos an owner has."""

    def hand_over(self, before: str, after: str) -> tuple[int, int]:
        """Gives all conversations and memos of one owner to another; returns how many of each."""

    def open_session(self, account_id: str, digest: str) -> None:
        """Begins a session."""

    def session(self, digest: str) -> Session | None:
        """The session of that digest, however old."""

    def touch_session(self, digest: str) -> None:
        """Notes that the session was used now."""

    def close_session(self, digest: str) -> None:
        """Ends a session; nothing happens where there is none."""

    def close_sessions(self, account_id: str) -> None:
        """Ends all sessions of an account."""

    def drop_sessions(self, *, opened_before: str, seen_before: str) -> None:
        """Removes the sessions that began or were last used before these times."""

    def add_token(self, account_id: str, digest: str, *, label: str, expires_at: str | None) -> ApiToken:
        """Keeps a token.  Raises NotFound."""

    def tokens(self, account_id: str | None = None) -> list[ApiToken]:
        """Tokens of an account, or of all, oldest first."""

    def token(self, digest: str) -> ApiToken | None:
        """The token of that digest, expired or not."""

    def touch_token(self, token_id: str) -> None:
        """Notes that the token was used now."""

    def revoke_token(self, token_id: str, *, account_id: str | None = None) -> None:
        """Removes a token (of this account, where one is named).  Raises NotFound."""

    def secret(self) -> str:
        """A random secret of this installation, made on first use."""
