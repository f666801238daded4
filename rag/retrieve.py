"""Hybrid search: BM25, passage vectors and sentence vectors, fused; each side of a question gets its places.

One ranking is a convex combination of three normalised scores (each divided by its best):
``score = LEXICAL·bm25 + DENSE·cos(passage) + SENTENCE·max cos(sentence)``, ties broken by passage id.
A question that names sources, asks for several, or has parts is searched once for each, and the
rankings share the places by weighted round robin.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rag.bridge import FOLLOWED, bonuses
from rag.catalogue import Catalogue, CatalogueCache
from rag.errors import UsageError
from rag.ports import Embedder, LexicalIndex, Library, VectorIndex, Vectors
from rag.query import Query, build_query
from rag.question import Question
from rag.types import Filters, Hit, PassageKind, SearchResult

LEXICAL, DENSE, SENTENCE = 0.5, 1.0, 1.0
"""Weights of the three scores; measured in eval/RESULTS.md."""
CANDIDATES = 200
"""How many each index gives; beyond that a score counts as nothing."""
SMALL = 2_000
"""In a library with fewer passages as many sentences are asked for as passages, else twice as many."""
NEIGHBOUR = 0.9
"""Share of its score that a strong hit lends to the passages beside it in the same section."""
STRONG = 8
"""How many hits count as strong."""
NOTE = 0.92
"""Factor for footnotes and endnotes: below the body at equal scores."""
ASKED = 0.6
"""Share of a follow-up's own words in its vector, beside the question it hangs on."""
SIDES = 6
"""Most sources that get places of their own when a question asks for several."""
SIDE_WEIGHT = 0.5
REST_WEIGHT = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """What a question's searches brought.

    ``vectors`` are those of the question and its parts, shape ``(n, dimension)``.
    """

    hits: tuple[Hit, ...]
    vectors: Vectors
    query: Query
    notices: tuple[str, ...]


@dataclass(slots=True)
class _Ranking:
    """Scores by passage id, with the ranks they came from."""

    scores: dict[str, float]
    lexical: dict[str, int]
    dense: dict[str, int]

    def ordered(self, allowed: set[str] | None = None) -> list[str]:
        """Ids, best first, ties by id."""
        ids = self.scores if allowed is None else [p for p in self.scores if p in allowed]
        return sorted(ids, key=lambda p: (-self.scores[p], p))


class Retriever:
    """Searches the library for a query or for an analysed question."""

    def __init__(
        self,
        *,
        library: Library,
        lexical: LexicalIndex,
        vectors: VectorIndex,
        embedder: Embedder,
        catalogue: CatalogueCache,
    ) -> None:
        self._library = library
        self._lexical = lexical
        self._vectors = vectors
        self._embedder = embedder
        self._catalogue = catalogue

    def search(self, text: str, *, k: int = 10, filters: Filters = Filters()) -> SearchResult:
        """The best passages for a query, without regard to what kind of question it is."""
        if not text.strip():
            raise UsageError("The query is empty: write what to search for.")
        catalogue = self._catalogue.get()
        allowed = self._allowed(filters)
        if allowed == []:
            return SearchResult(query=text, hits=(), notices=(_no_document(filters),))
        query = self._query(text, catalogue)
        vector = self._embedded([query])[0]
        ranking = self._rank(query, vector, allowed, catalogue)
        self._follow(ranking, text, query, vector, allowed, catalogue)
        hits = self._hits(ranking.ordered()[:k], ranking, catalogue)
        return SearchResult(query=text, hits=hits, notices=self._notices(query))

    def gather(self, question: Question, *, k: int, filters: Filters = Filters()) -> Gathered:
        """The passages a writer is given: each part and each side searched for itself."""
        catalogue = self._catalogue.get()
        allowed = self._allowed(filters)
        texts = list(dict.fromkeys([question.text, question.focus, *question.parts]))
        queries = [self._query(t, catalogue) for t in texts]
        vectors = self._embedded(queries)
        if allowed == []:
            return Gathered(
                hits=(), vectors=vectors, query=queries[0], notices=(_no_document(filters),)
            )
        rankings = [
            self._rank(q, v, allowed, catalogue) for q, v in zip(queries, vectors, strict=True)
        ]
        whole = _average(rankings[:2]) if len(rankings) > 1 else rankings[0]
        if not question.sources:  # else it is said where to look
            self._follow(whole, question.text, queries[0], vectors[0], allowed, catalogue)
        self._lend(whole, catalogue)
        parts = rankings[2:]
        lists = self._places(question, whole, parts, allowed)
        ids = round_robin(lists, limit=k)
        hits = self._hits(ids, whole, catalogue)
        return Gathered(
            hits=hits, vectors=vectors, query=queries[0], notices=self._notices(queries[0])
        )

    def _query(self, text: str, catalogue: Catalogue) -> Query:
        return build_query(text, catalogue, multilingual=self._embedder.multilingual)

    def _embedded(self, queries: Sequence[Query]) -> Vectors:
        """Unit vectors, one a query; what is asked leads where more stands in brackets behind it."""
        asked = [i for i, q in enumerate(queries) if q.asked]
        texts = [q.text for q in queries] + [queries[i].asked or "" for i in asked]
        rows = self._embedder.embed_queries(texts)
        vectors: Vectors = rows[: len(queries)].copy()
        for place, own in zip(asked, rows[len(queries) :], strict=True):
            mixed = ASKED * own + (1 - ASKED) * vectors[place]
            vectors[place] = mixed / (np.linalg.norm(mixed) or 1.0)
        return vectors

    def _allowed(self, filters: Filters) -> list[str] | None:
        if filters.empty:
            return None
        known = {d.id for d in self._library.documents()}
        for document_id in filters.documents:
            if document_id not in known:
                raise UsageError(
                    f"There is no document {document_id!r} in the library; `briefing documents` lists them."
                )
        return [d.id for d in self._library.documents(filters)]

    def _rank(
        self, query: Query, vector: Vectors, allowed: Sequence[str] | None, catalogue: Catalogue
    ) -> _Ranking:
        lexical = self._lexical.search(query.terms, k=CANDIDATES, documents=allowed)
        dense = self._vectors.search(vector, k=CANDIDATES, documents=allowed)
        most = CANDIDATES if len(catalogue.passages) < SMALL else 2 * CANDIDATES
        sentences = self._vectors.search_sentences(vector, k=most, documents=allowed)
        best: dict[str, float] = {}
        for passage_id, _, cosine in sentences:
            best[passage_id] = max(cosine, best.get(passage_id, 0.0))
        scores: dict[str, float] = {}
        for weight, part in (
            (LEXICAL, dict(lexical)),
            (DENSE, dict(dense)),
            (SENTENCE, best),
        ):
            top = max(part.values(), default=0.0)
            if top <= 0:
                continue
            for passage_id, value in part.items():
                scores[passage_id] = scores.get(passage_id, 0.0) + weight * max(value, 0.0) / top
        known = catalogue.passages
        return _Ranking(
            scores={
                p: s * NOTE if known[p].kind is PassageKind.NOTE else s for p, s in scores.items() if p in known
            },
            lexical={p: i for i, (p, _) in enumerate(lexical, 1)},
            dense={p: i for i, (p, _) in enumerate(dense, 1)},
        )

    def _follow(
        self,
        ranking: _Ranking,
        text: str,
        query: Query,
        vector: Vectors,
        allowed: Sequence[str] | None,
        catalogue: Catalogue,
    ) -> None:
        """Documents that the best passages name by their titles are lifted (see :mod:`rag.bridge`)."""
        strong = [(catalogue.passages[p], ranking.scores[p]) for p in ranking.ordered()[:FOLLOWED]]

        def cosines(documents: Sequence[str]) -> list[tuple[str, float]]:
            named = [d for d in documents if allowed is None or d in allowed]
            return self._vectors.search(vector, k=CANDIDATES, documents=named)

        for passage_id, bonus in bonuses(text, query.terms, strong, catalogue, cosines).items():
            ranking.scores[passage_id] = ranking.scores.get(passage_id, 0.0) + bonus

    def _lend(self, ranking: _Ranking, catalogue: Catalogue) -> None:
        """Strong hits lift their neighbours in the same section: a list goes on, a reason follows."""
        strong = ranking.ordered()[:STRONG]
        for passage_id in strong:
            passage = catalogue.passages[passage_id]
            for other in catalogue.neighbours(passage):
                if other is not None and other.section == passage.section and other.kind is passage.kind:
                    lent = NEIGHBOUR * ranking.scores[passage_id]
                    ranking.scores[other.id] = max(lent, ranking.scores.get(other.id, 0.0))

    def _places(
        self,
        question: Question,
        whole: _Ranking,
        parts: Sequence[_Ranking],
        allowed: Sequence[str] | None,
    ) -> list[tuple[float, list[str]]]:
        """Ranked lists with their weights; the sum of a list's weight is its share of the places."""
        general = whole.ordered()
        by_document: dict[str, list[str]] = {}
        for passage_id in general:
            by_document.setdefault(_owner(passage_id), []).append(passage_id)
        sources = [s for s in question.sources if allowed is None or s in allowed]
        if sources:
            lists = [(REST_WEIGHT, general)]
            for source in sources:
                lists.append((1.0, by_document.get(source, [])))
                for part in parts:
                    own = [p for p in part.ordered() if _owner(p) == source]
                    lists.append((1.0 / len(parts), own))
            if question.several and len(sources) == 1:  # "… against the later papers": the others speak, too
                others = [row for document, row in by_document.items() if document not in sources]
                lists += [(SIDE_WEIGHT, row) for row in others[:SIDES]]
            return lists
        lists = [(1.0, general)]
        if question.several:
            lists += [(SIDE_WEIGHT, row) for row in list(by_document.values())[:SIDES]]
        return lists + [(1.0, part.ordered()) for part in parts]

    def _hits(
        self, ids: Sequence[str], ranking: _Ranking, catalogue: Catalogue
    ) -> tuple[Hit, ...]:
        passages = catalogue.passages
        return tuple(
            Hit(
                passage=passages[i],
                document=catalogue.documents[passages[i].document_id],
                score=ranking.scores.get(i, 0.0) / (LEXICAL + DENSE + SENTENCE),
                lexical_rank=ranking.lexical.get(i),
                dense_rank=ranking.dense.get(i),
            )
            for i in ids
        )

    def _notices(self, query: Query) -> tuple[str, ...]:
        notices = list(self._vectors.notices())
        if query.language in ("ar", "fr") and not self._embedder.multilingual:
            language = {"ar": "Arabic", "fr": "French"}[query.language]
            notices.append(
                f"No multilingual embedding model is configured, so the {language} question was matched "
                "through names, numbers and a word list only. Set BRIEFING_EMBEDDING_MODEL to a "
                "multilingual sentence-transformers model and ingest again for full search."
            )
        return tuple(notices)


def round_robin(lists: Sequence[tuple[float, Sequence[str]]], *, limit: int) -> list[str]:
    """Merges ranked lists; each round a list earns its weight in places.  Order of lists breaks ties.

    >>> round_robin([(1.0, ["a", "b", "c"]), (0.5, ["x", "a"])], limit=4)
    ['a', 'b', 'x', 'c']
    """
    if len(lists) == 1:
        return list(lists[0][1][:limit])
    merged: dict[str, None] = {}
    credit = [0.0] * len(lists)
    position = [0] * len(lists)
    while len(merged) < limit and any(p < len(row) for p, (_, row) in zip(position, lists, strict=True)):
        for index, (weight, row) in enumerate(lists):
            credit[index] += weight
            while credit[index] >= 1 - 1e-9 and position[index] < len(row):
                candidate = row[position[index]]
                position[index] += 1
                if candidate not in merged:
                    merged[candidate] = None
                    credit[index] -= 1
    return list(merged)[:limit]


def _average(rankings: Sequence[_Ranking]) -> _Ranking:
    scores: dict[str, float] = {}
    for ranking in rankings:
        for passage_id, score in ranking.scores.items():
            scores[passage_id] = scores.get(passage_id, 0.0) + score / len(rankings)
    return _Ranking(scores=scores, lexical=rankings[0].lexical, dense=rankings[0].dense)


def _owner(passage_id: str) -> str:
    return passage_id.rpartition(":")[0]


def _no_document(filters: Filters) -> str:
    return f"No document passes the filters ({filters_text(filters)}); loosen them and ask again."


def filters_text(filters: Filters) -> str:
    """The filters in words."""
    parts = []
    if filters.documents:
        parts.append("documents " + ", ".join(filters.documents))
    if filters.publishers:
        parts.append("publishers " + ", ".join(filters.publishers))
    if filters.published_after:
        parts.append(f"published after {filters.published_after}")
    if filters.published_before:
        parts.append(f"published before {filters.published_before}")
    if filters.language:
        parts.append(f"language {filters.language}")
    return "; ".join(parts)


