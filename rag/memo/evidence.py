"""Finds the sentences that may go into a memo: searched per section and per source, scored together."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rag.catalogue import CatalogueCache
from rag.extractive.candidates import Candidate, candidates
from rag.extractive.refuse import Missing, missing
from rag.memo.sentence import imprint
from rag.ports import Embedder, Library, Vectors
from rag.query import Query, build_query
from rag.question import Question, analyse
from rag.retrieve import Gathered, Retriever
from rag.types import Filters, Hit, PassageKind

HITS = 60
"""Passages searched for a section."""
HITS_OF_SOURCE = 5
"""A source with fewer passages among them is searched by itself for that many."""
MOST_PASSAGES = 600
"""Passages read when reports are compared as wholes."""
SOURCES = 12
"""Most sources that are searched by themselves."""
COVERED, PASSAGE, ASPECT, SUBJECT = 0.3, 0.5, 0.6, 0.3
"""Weights beside the cosine to the section's question: words covered, the passage's own score, cosine
to the section's aspect alone, cosine to the memo's subject."""

Key = tuple[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a search for one question brought: sentences best first, what it lacks, the hits."""

    question: Question
    ranked: tuple[Candidate, ...]
    lack: Missing
    hits: tuple[Hit, ...]
    notices: tuple[str, ...]
    vectors: Vectors
    query: Query

    @property
    def best(self) -> float:
        """Cosine of the sentence closest to the question."""
        return max((c.cosine for c in self.ranked), default=0.0)


def key(candidate: Candidate) -> Key:
    """What identifies a sentence."""
    return candidate.document_id, candidate.sentence.start


_APPARATUS = re.compile(
    r"https?://|www\.|\baccessed\b|\bretrieved from\b|\bibid\b|\bop\. cit|\bdoi:|\bISBN\b", re.IGNORECASE
)
_REFERENCES = re.compile(
    r"^(?:\W*)(?:end ?notes?|foot ?notes?|notes|references|bibliography|sources|works cited|المراجع|الهوامش)\W*$",
    re.IGNORECASE,
)


def sendable(candidate: Candidate, *, notes: bool = False) -> bool:
    """False for notes (unless asked for), references, imprints and table rows: apparatus, nothing to send."""
    passage = candidate.hit.passage
    if _APPARATUS.search(candidate.text) or imprint(candidate.text):
        return False
    if notes and passage.kind is PassageKind.NOTE:
        return True
    if passage.kind is not PassageKind.BODY:
        return False
    return not any(_REFERENCES.match(title) for title in passage.section)


class Evidence:
    """Searches for the questions of a memo within the same filters."""

    def __init__(
        self,
        *,
        retriever: Retriever,
        library: Library,
        embedder: Embedder,
        catalogue: CatalogueCache,
        filters: Filters,
    ) -> None:
        self._retriever = retriever
        self._library = library
        self._embedder = embedder
        self._catalogue = catalogue.get()
        self._filters = filters
        self.hits: dict[str, Hit] = {}

    def find(self, text: str, *, sources: Sequence[str] = ()) -> Found:
        """Sentences for a question: from the whole library, and from each of ``sources``.

        Raises:
            UsageError: the filters name an unknown document.
        """
        question = analyse(text, self._catalogue.names)
        gathered = self._retriever.gather(question, k=HITS, filters=self._filters)
        rows: dict[Key, Candidate] = {}
        asked = self._candidates(question, gathered)
        for candidate in asked:
            if sendable(candidate):
                rows[key(candidate)] = candidate
        seen = Counter(h.passage.document_id for h in gathered.hits)
        for source in sources[:SOURCES]:
            if seen[source] >= HITS_OF_SOURCE:
                continue
            own = dataclasses.replace(self._filters, documents=(source,))
            side = self._retriever.gather(question, k=HITS_OF_SOURCE, filters=own)
            for candidate in self._candidates(question, side):
                if sendable(candidate):
                    rows.setdefault(key(candidate), candidate)
        for hit in gathered.hits:
            self.hits.setdefault(hit.passage.id, hit)
        for candidate in rows.values():
            self.hits.setdefault(candidate.hit.passage.id, candidate.hit)
        ranked = sorted(rows.values(), key=lambda c: (-c.score, *key(c)))
        query = build_query(question.focus, self._catalogue, multilingual=self._embedder.multilingual)
        return Found(
            question=question,
            ranked=tuple(ranked),
            lack=missing(question, query, asked, self._catalogue, self._embedder.count_tokens),
            hits=gathered.hits,
            notices=gathered.notices,
            vectors=gathered.vectors,
            query=gathered.query,
        )

    def everything(self, subject: Found, *, most: int = MOST_PASSAGES) -> tuple[Candidate, ...]:
        """Sentences of all documents that may be used: what a comparison of reports is made from.

        Document by document in turn, until ``most`` passages are read.
        """
        allowed = self._filters.documents or tuple(self._catalogue.documents)
        rows = [self._catalogue.order[d] for d in allowed if d in self._catalogue.order]
        hits = [
            Hit(passage=row[n], document=self._catalogue.documents[row[n].document_id], score=0.0)
            for n in range(max(map(len, rows), default=0))
            for row in rows
            if n < len(row)
        ][:most]
        known = [self.hits.setdefault(h.passage.id, h) for h in hits]
        gathered = Gathered(hits=tuple(known), vectors=subject.vectors, query=subject.query, notices=())
        return tuple(c for c in self._candidates(subject.question, gathered) if sendable(c, notes=True))

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of texts in one pass, shape ``(len(texts), dimension)``."""
        return self._embedder.embed_queries(texts)

    def _candidates(self, question: Question, gathered: Gathered) -> list[Candidate]:
        stored = self._library.sentence_vectors(h.passage.id for h in gathered.hits)
        return candidates(
            question,
            gathered.query,
            np.atleast_2d(gathered.vectors),
            gathered.hits,
            stored,
            self._catalogue,
        )


def scored(own: Found, subject: Found, aspect: Vectors) -> list[tuple[float, Candidate]]:
    """A section's sentences with their scores, best first: fit to its question, aspect and subject.

    All parts are cosines, shares of words or passage scores of one scale, so that sentences from
    different searches can be compared.

    Args:
        aspect: the vector of what the section adds to the subject; shape ``(dimension,)``.
    """
    towards = np.atleast_2d(subject.vectors)
    rows = []
    for candidate in own.ranked:
        fit = candidate.cosine + COVERED * candidate.coverage + PASSAGE * candidate.hit.score
        near = float(np.max(towards @ candidate.vector))
        rows.append((fit + ASPECT * float(aspect @ candidate.vector) + SUBJECT * near, candidate))
    return sorted(rows, key=lambda row: (-row[0], *key(row[1])))
