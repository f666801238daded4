"""Retrieval metrics on a folder in the BEIR layout, through the product's own index.

``corpus.jsonl`` (``_id`` or ``id``, ``title``, ``text``), ``queries.jsonl`` (``_id`` or ``id``, ``text``)
and ``qrels.tsv`` or ``qrels/test.tsv`` (query, document, relevance, with or without a header).  The
corpus becomes a library of its own under the data folder's cache, kept by content hash, so that a
second run embeds nothing.

A text longer than the embedding window is cut into passages of whole sentences; a document's score is
the best of its passages.  A single sentence longer than the window is embedded as far as the window
goes (the lexical index sees all of it).  The lexical row is BM25 with the product's query, the dense row the
cosine of passages, ``rank fusion`` these two as everybody fuses them (reciprocal ranks, k = 60: Cormack, Clarke
and Buettcher, SIGIR 2009), the fused row the product's search.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ir_measures
from ir_measures import R, nDCG

from rag.compose import Parts, make_embedder, open_parts, writing
from rag.errors import UsageError
from rag.ports import Embedder, EmbedInput
from rag.settings import Settings
from rag.text import sentence_spans
from rag.types import Document, Metadata, Passage, Sentence

if TYPE_CHECKING:
    from rag.catalogue import CatalogueCache

LAYOUT = "1"
"""Part of the cache's name; another value builds the libraries anew."""
BATCH = 64
RANK_CONSTANT = 60
DEPTH = 200
"""Passages per list; documents are scored by the best of them."""

Json = dict[str, Any]
Progress = Callable[[int, int, str], None]
Qrels = dict[str, dict[str, int]]
Rankings = dict[str, dict[str, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class TestSet:
    """A BEIR folder: documents as (title, text), queries, relevance by query and document."""

    name: str
    corpus: Mapping[str, tuple[str, str]]
    queries: Mapping[str, str]
    qrels: Qrels
    sha256: str


def load_beir(folder: Path | str) -> TestSet:
    """Reads a BEIR folder.

    Raises:
        UsageError: a file is missing or malformed; names file and line.
    """
    folder = Path(folder)
    corpus = {
        key: (str(row.get("title") or ""), str(row.get("text") or "")) for key, row in _rows(folder / "corpus.jsonl")
    }
    queries = {key: str(row.get("text") or "") for key, row in _rows(folder / "queries.jsonl")}
    places = [folder / "qrels.tsv", folder / "qrels" / "test.tsv"]
    place = next((p for p in places if p.is_file()), None)
    if place is None:
        raise UsageError(f"{folder}: has neither qrels.tsv nor qrels/test.tsv.")
    qrels = _qrels(place, queries, corpus)
    digest = hashlib.sha256((folder / "corpus.jsonl").read_bytes()).hexdigest()
    return TestSet(name=folder.name, corpus=corpus, queries=queries, qrels=qrels, sha256=digest)


def _rows(path: Path) -> Iterator[tuple[str, Json]]:
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}.") from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            key = str(row["_id"] if "_id" in row else row["id"])
        except (ValueError, KeyError, TypeError) as error:
            raise UsageError(f"{path}:{number}: must be a JSON object with an id.") from error
        yield key, row


def _qrels(path: Path, queries: Mapping[str, str], corpus: Mapping[str, object]) -> Qrels:
    found: Qrels = {}
    with path.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.reader(file, delimiter="\t"), 1):
            if not row or (number == 1 and not row[-1].strip().lstrip("-").isdigit()):
                continue
            if len(row) == 4:  # TREC: query, iteration, document, relevance
                row = [row[0], row[2], row[3]]
            try:
                query, document, relevance = row[0], row[1], int(row[2])
            except (IndexError, ValueError) as error:
                raise UsageError(f"{path}:{number}: must be query, document, relevance.") from error
            if query not in queries:
                raise UsageError(f"{path}:{number}: no query {query!r} in queries.jsonl.")
            if document not in corpus:
                raise UsageError(f"{path}:{number}: no document {document!r} in corpus.jsonl.")
            found.setdefault(query, {})[document] = relevance
    if not found:
        raise UsageError(f"{path}: judges nothing.")
    return found


# --------------------------------------------------------------------------- the library of a test set


@contextmanager
def cached_library(
    test: TestSet, settings: Settings, embedder: Embedder, progress: Progress = lambda done, total, what: None
) -> Iterator[Parts]:
    """The test set's library, built when it is not in the cache; an interrupted build is gone on with."""
    name = hashlib.sha256(f"{LAYOUT}|{test.sha256}|{embedder.fingerprint}".encode()).hexdigest()[:16]
    folder = settings.data_dir / "cache" / f"beir-{name}"
    complete = folder / "complete"
    own = settings.model_copy(update={"data_dir": folder, "database_url": None, "chroma_url": None})
    if not complete.is_file():
        with writing(own, embedder=embedder) as parts:
            _fill(test, parts, progress)
        complete.touch()
    parts = open_parts(own, embedder=embedder)
    try:
        yield parts
    finally:
        parts.close()


def _fill(test: TestSet, parts: Parts, progress: Progress) -> None:
    embedder, library = parts.embedder, parts.records.library
    library.set_fingerprint(f"{embedder.fingerprint}/beir-{LAYOUT}")
    stored = {info.id for info in library.documents()}  # of a build that was interrupted
    keys = [key for key in test.corpus if key not in stored]
    for start in range(0, len(keys), BATCH):
        batch = [_document(key, *test.corpus[key]) for key in keys[start : start + BATCH]]
        cut = [(d, _passages(d, embedder)) for d in batch]
        inputs = [
            EmbedInput(
                prefix="",
                text=p.text,
                sentences=tuple((s.start - p.start, s.end - p.start) for s in p.sentences),
            )
            for _, passages in cut
            for p in passages
        ]
        vectors = iter(embedder.embed_passages(inputs))
        for document, passages in cut:
            library.replace_document(
                document,
                passages,
                [next(vectors) for _ in passages],
                settings_fingerprint=LAYOUT,
                source_root=test.name,
            )
        progress(min(start + BATCH, len(keys)), len(keys), "documents embedded")


def _document(key: str, title: str, text: str) -> Document:
    whole = f"{title}\n\n{text}".strip() if title else text.strip()
    return Document(
        id=key,
        text=whole or "(empty)",
        metadata=Metadata(title=title or key),
        format="jsonl",
        source_path=key,
        sha256=hashlib.sha256(whole.encode()).hexdigest(),
        ingested_at="1970-01-01T00:00:00+00:00",
    )


def _passages(document: Document, embedder: Embedder) -> list[Passage]:
    """Whole sentences up to the window; the title is the first sentence of the first passage."""
    spans = sentence_spans(document.text) or [(0, len(document.text))]
    sizes = embedder.count_tokens([document.text[a:b] for a, b in spans])
    groups: list[list[tuple[int, int]]] = [[]]
    size = 0
    for span, tokens in zip(spans, sizes, strict=True):
        if groups[-1] and size + tokens + 1 > embedder.max_tokens:
            groups.append([])
            size = 0
        groups[-1].append(span)
        size += tokens + 1  # joining sentences may cost a token
    return [_passage(document, number, group) for number, group in enumerate(groups)]


def _passage(document: Document, number: int, group: Sequence[tuple[int, int]]) -> Passage:
    start, end = group[0][0], group[-1][1]
    return Passage(
        id=f"{document.id}:{start}-{end}",
        document_id=document.id,
        ordinal=number,
        start=start,
        end=end,
        text=document.text[start:end],
        sentences=tuple(Sentence(start=a, end=b) for a, b in group),
    )


# --------------------------------------------------------------------------- ranking and measuring


def _by_document(ranked: Iterable[tuple[str, float]]) -> dict[str, float]:
    """Best passage score by document."""
    best: dict[str, float] = {}
    for passage_id, score in ranked:
        document = passage_id.rpartition(":")[0]
        best[document] = max(score, best.get(document, float("-inf")))
    return best


def product_search(parts: Parts) -> tuple[CatalogueCache, Callable[[str, int], dict[str, float]]]:
    """The catalogue, and the product's search: text and how many passages → documents with their scores."""
    from rag.catalogue import CatalogueCache
    from rag.retrieve import Retriever

    catalogue = CatalogueCache(parts.records.library, parts.settings.data_dir / "aliases.yaml")
    retriever = Retriever(
        library=parts.records.library,
        lexical=parts.records.lexical,
        vectors=parts.vectors,
        embedder=parts.embedder,
        catalogue=catalogue,
    )
    return catalogue, lambda text, k: _by_document((h.passage.id, h.score) for h in retriever.search(text, k=k).hits)


def _rank(test: TestSet, parts: Parts, progress: Progress) -> dict[str, Rankings]:
    from rag.query import build_query

    catalogue, search = product_search(parts)
    found: dict[str, Rankings] = {"lexical": {}, "dense": {}, "rank fusion": {}, "fused": {}}
    for number, query_id in enumerate(test.qrels, 1):
        text = test.queries[query_id]
        query = build_query(text, catalogue.get(), multilingual=parts.embedder.multilingual)
        vector = parts.embedder.embed_query(query.text)
        found["lexical"][query_id] = _by_document(parts.records.lexical.search(query.terms, k=DEPTH))
        found["dense"][query_id] = _by_document(parts.vectors.search(vector, k=DEPTH))
        found["rank fusion"][query_id] = reciprocal(found["lexical"][query_id], found["dense"][query_id])
        found["fused"][query_id] = search(text, DEPTH)
        if number % 20 == 0 or number == len(test.qrels):
            progress(number, len(test.qrels), "queries searched")
    return found


def reciprocal(*rankings: Mapping[str, float]) -> dict[str, float]:
    """Sum over rankings of 1 / (60 + rank).

    >>> reciprocal({"a": 3.0, "b": 2.0}, {"b": 0.9})["b"] == 1 / 62 + 1 / 61
    True
    """
    scores: dict[str, float] = {}
    for ranking in rankings:
        for rank, document in enumerate(sorted(ranking, key=lambda d: (-ranking[d], d)), 1):
            scores[document] = scores.get(document, 0.0) + 1 / (RANK_CONSTANT + rank)
    return scores


def measure(qrels: Qrels, rankings: Rankings) -> dict[str, float]:
    """nDCG@10, recall@5 and recall@10 by ir_measures; equal scores are ordered by document id."""
    judged = [ir_measures.Qrel(q, d, gain) for q, row in qrels.items() for d, gain in row.items()]
    run = []
    for query, scores in rankings.items():
        ordered = sorted(scores, key=lambda d: (-scores[d], d))
        run += [ir_measures.ScoredDoc(query, d, float(-rank)) for rank, d in enumerate(ordered)]
    values = ir_measures.calc_aggregate([nDCG @ 10, R @ 5, R @ 10], judged, run)
    return {
        "ndcg@10": round(float(values[nDCG @ 10]), 4),
        "recall@5": round(float(values[R @ 5]), 4),
        "recall@10": round(float(values[R @ 10]), 4),
    }


def evaluate(
    folder: Path | str,
    settings: Settings,
    *,
    embedder: Embedder | None = None,
    limit: int | None = None,
    progress: Progress | None = None,
) -> Json:
    """Measures lexical, dense and fused search on a BEIR folder.

    Args:
        folder: the BEIR folder.
        settings: data folder (for the cache) and embedding model.
        embedder: stands in for the configured model (tests).
        limit: only the first so many judged queries.
        progress: called with (done, total, what).

    Raises:
        UsageError: the folder is not in the BEIR layout.
    """
    test = load_beir(folder)
    if limit is not None:
        kept = dict(list(test.qrels.items())[:limit])
        test = TestSet(name=test.name, corpus=test.corpus, queries=test.queries, qrels=kept, sha256=test.sha256)
    tell: Progress = progress or (lambda done, total, what: None)
    if embedder is None:
        embedder = make_embedder(settings)
    with cached_library(test, settings, embedder, tell) as parts:
        rankings = _rank(test, parts, tell)
    return {
        "name": test.name,
        "documents": len(test.corpus),
        "queries": len(test.qrels),
        "embedding": embedder.fingerprint,
        "corpus_sha256": test.sha256,
        "metrics": {way: measure(test.qrels, row) for way, row in rankings.items()},
    }


def as_text(result: Mapping[str, Any]) -> str:
    """The result as plain text."""
    lines = [
        f"{result['name']}: {result['documents']} documents, {result['queries']} judged queries, {result['embedding']}",
        f"{'':<11} {'nDCG@10':>8} {'recall@5':>9} {'recall@10':>10}",
    ]
    lines += [
        f"{way:<11} {m['ndcg@10']:>8.4f} {m['recall@5']:>9.4f} {m['recall@10']:>10.4f}"
        for way, m in result["metrics"].items()
    ]
    return "\n".join(lines)
