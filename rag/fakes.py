"""Deterministic stand-ins for tests: they react to content, need no model and no network."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache

import numpy as np

from rag.ports import EmbedInput, LibraryWriter, PassageVectors, Vectors, WriteRequest
from rag.text import content_terms, sentence_spans, words
from rag.types import (
    Document,
    Draft,
    DraftStatement,
    Metadata,
    Passage,
    Section,
    Sentence,
)

INGESTED_AT = "2024-01-02T03:04:05+00:00"


class HashEmbedder:
    """Bags of stems hashed into a few dimensions: texts that share words are near each other.

    A term always falls on the same signed axis, so the cosine of two texts can be worked out from
    the terms they share.  A text without content words gets the first axis.
    """

    def __init__(self, *, dimension: int = 64, max_tokens: int = 254, multilingual: bool = False) -> None:
        self.dimension = dimension
        self.max_tokens = max_tokens
        self.multilingual = multilingual
        self.fingerprint = f"hash-{dimension}"
        self.has_words = True
        self.embedded: list[str] = []

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Words of each text."""
        return [len(words(text)) for text in texts]

    def embed_documents(self, texts: Sequence[str], *, progress: Callable[[int], None] | None = None) -> Vectors:
        """Unit vectors; what was embedded is remembered in ``embedded``."""
        self.embedded.extend(texts)
        if progress:
            progress(len(texts))
        return np.array([self._vector(text) for text in texts], dtype=np.float32).reshape(len(texts), self.dimension)

    def embed_passages(
        self, inputs: Sequence[EmbedInput], *, progress: Callable[[int], None] | None = None
    ) -> list[PassageVectors]:
        """Vectors of prefix and text, and of each sentence."""
        passages = self.embed_documents([i.prefix + i.text for i in inputs], progress=progress)
        return [
            PassageVectors(
                passage=passages[row],
                sentences=np.array([self._vector(item.text[a:b]) for a, b in item.sentences], dtype=np.float32).reshape(
                    len(item.sentences), self.dimension
                ),
            )
            for row, item in enumerate(inputs)
        ]

    def embed_query(self, text: str) -> Vectors:
        """Unit vector of a question."""
        return self._vector(text)

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of several questions."""
        return np.stack([self._vector(t) for t in texts])

    def word_vectors(self, words: Sequence[str]) -> Vectors:
        """Unit vectors of single words: equal for words with the same stem."""
        return np.stack([self._vector(w) for w in words])

    def _vector(self, text: str) -> Vectors:
        vector = np.zeros(self.dimension, dtype=np.float32)
        for term in content_terms(text):
            axis, sign = _axis(term, self.dimension)
            vector[axis] += sign
        length = float(np.linalg.norm(vector))
        if length == 0:
            vector[0] = length = 1.0
        unit: Vectors = vector / np.float32(length)
        return unit


@lru_cache(maxsize=65536)
def _axis(term: str, dimension: int) -> tuple[int, int]:
    digest = hashlib.blake2b(term.encode(), digest_size=8).digest()
    number = int.from_bytes(digest, "big")
    return (number >> 1) % dimension, 1 if number & 1 else -1


class ScriptedWriter:
    """Hands out prepared drafts in turn (the last one for ever) and remembers its requests."""

    name = "scripted"

    def __init__(self, drafts: Sequence[Draft] | Callable[[WriteRequest], Draft]) -> None:
        self._drafts = drafts
        self.requests: list[WriteRequest] = []

    def write(self, request: WriteRequest) -> Draft:
        """The next draft."""
        self.requests.append(request)
        if callable(self._drafts):
            return self._drafts(request)
        return self._drafts[min(len(self.requests), len(self._drafts)) - 1]

    def stream(self, request: WriteRequest) -> Iterator[DraftStatement | Draft]:
        """The statements of the next draft, then the draft."""
        draft = self.write(request)
        yield from draft.statements
        yield draft


def sample_document(
    document_id: str,
    text: str,
    *,
    embedder: HashEmbedder | None = None,
    **metadata: object,
) -> tuple[Document, list[Passage], list[PassageVectors]]:
    """A document of plain text: one passage per paragraph (blocks between blank lines).

    A short one-line paragraph without a closing stop, followed by more text, is taken for a heading:
    it opens a section and is no passage of its own.
    ``metadata`` are fields of :class:`rag.types.Metadata`; the title is the id by default.
    """
    meta = Metadata(**({"title": document_id} | metadata))  # type: ignore[arg-type]
    blocks = _blocks(text)
    heads = [i for i, (a, b) in enumerate(blocks[:-1]) if _is_heading(text[a:b])]
    sections = _sections(text, [blocks[i] for i in heads])
    passages: list[Passage] = []
    for number, (start, end) in enumerate(blocks):
        if number in heads:
            continue
        path = next((s.path for s in reversed(sections) if s.start <= start), ())
        spans = sentence_spans(text[start:end], start)
        passages.append(
            Passage(
                id=f"{document_id}:{start}-{end}",
                document_id=document_id,
                ordinal=len(passages),
                start=start,
                end=end,
                text=text[start:end],
                section=path,
                sentences=tuple(Sentence(start=a, end=b) for a, b in spans),
            )
        )
    document = Document(
        id=document_id,
        text=text,
        metadata=meta,
        format="txt",
        source_path=f"{document_id}.txt",
        sha256=hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest(),
        ingested_at=INGESTED_AT,
        sections=sections,
    )
    return document, passages, _vectors(meta.title, passages, embedder or HashEmbedder())


def add_documents(
    library: LibraryWriter,
    texts: Mapping[str, str],
    *,
    embedder: HashEmbedder | None = None,
    **metadata: object,
) -> None:
    """Stores plain texts by id (see :func:`sample_document`)."""
    embedder = embedder or HashEmbedder()
    library.set_fingerprint(embedder.fingerprint)
    for document_id, text in texts.items():
        document, passages, vectors = sample_document(document_id, text, embedder=embedder, **metadata)
        library.replace_document(document, passages, vectors, settings_fingerprint="sample", source_root=".")


def _blocks(text: str) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    start = 0
    for piece in text.split("\n\n"):
        left = start + len(piece) - len(piece.lstrip())
        right = start + len(piece.rstrip())
        if left < right:
            spans.append((left, right))
        start += len(piece) + 2
    return spans


def _is_heading(block: str) -> bool:
    return "\n" not in block and len(block) < 80 and block[-1] not in '.!?:;،؟。"”'


def _sections(text: str, heads: Sequence[tuple[int, int]]) -> tuple[Section, ...]:
    ends = [*(start for start, _ in heads[1:]), len(text)][: len(heads)]
    return tuple(
        Section(title=text[a:b], level=1, start=a, end=end, path=(text[a:b],))
        for (a, b), end in zip(heads, ends, strict=True)
    )


def _vectors(title: str, passages: Sequence[Passage], embedder: HashEmbedder) -> list[PassageVectors]:
    return embedder.embed_passages(
        [
            EmbedInput(
                text=p.text,
                prefix="\n".join((title, *p.section)) + "\n",
                sentences=tuple((s.start - p.start, s.end - p.start) for s in p.sentences),
            )
            for p in passages
        ]
    )
