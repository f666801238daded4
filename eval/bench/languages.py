"""Questions in other languages on English reports: ``python -m eval.bench.languages FOLDER``.

A folder in the BEIR layout whose queries have a ``type`` that ends in the language of the corpus (``ar2en``).  For
every type: recall of the judged document among the first 5 and 10 by the product's search and, where the product has
a word list, without it (the question's own letters alone).  ``refused`` are Arabic and French questions that the
product would not answer: of those whose document was among the first ten passages, and of those whose whole article
(all documents of the same title) was taken out of what was found, so that they cannot be answered.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from eval.retrieval import DEPTH, cached_library, load_beir
from rag.compose import make_embedder
from rag.extractive.foreign import ENOUGH, concepts, held, lost_names, understood
from rag.glossary import Language, detect
from rag.retrieve import Retriever
from rag.settings import Settings
from rag.text import STOPWORDS, stem, words

if TYPE_CHECKING:
    from rag.catalogue import Catalogue
    from rag.compose import Parts
    from rag.ports import Embedder
    from rag.types import Hit

SEEN = 10
"""Passages that a writer is given."""


def main() -> int:
    """Measures and prints one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--data-dir", type=Path, default=Settings().data_dir, help="its cache keeps the vectors")
    parser.add_argument("--type", action="append", dest="types", help="only queries of this type; repeatable")
    parser.add_argument("--limit", type=int, default=300, help="queries of each type")
    options = parser.parse_args()
    settings = Settings(data_dir=options.data_dir)
    result = evaluate(options.folder, settings, types=options.types, limit=options.limit)
    sys.stdout.write(json.dumps(result, indent=2) + "\n")
    return 0


def evaluate(
    folder: Path,
    settings: Settings,
    *,
    types: Sequence[str] | None = None,
    limit: int | None = None,
    embedder: Embedder | None = None,
) -> dict[str, dict[str, float]]:
    """Recall with and without the word lists, and shares refused, by type of query."""
    test = load_beir(folder)
    by_type: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in (folder / "queries.jsonl").read_text(encoding="utf-8").splitlines():
        query = json.loads(line)
        if str(query["id"]) in test.qrels and (not types or query["type"] in types):
            by_type[query["type"]].append(query)
    with cached_library(test, settings, embedder or make_embedder(settings)) as parts:
        return {
            kind: _measured(row[:limit], test.qrels, parts) for kind, row in sorted(by_type.items())
        }


def _measured(
    queries: Sequence[dict[str, Any]], qrels: dict[str, dict[str, int]], parts: Parts
) -> dict[str, float]:
    from rag.catalogue import CatalogueCache

    cache = CatalogueCache(parts.records.library, parts.settings.data_dir / "aliases.yaml")
    retriever = Retriever(
        library=parts.records.library,
        lexical=parts.records.lexical,
        vectors=parts.vectors,
        embedder=parts.embedder,
        catalogue=cache,
    )
    sums: dict[str, list[bool]] = defaultdict(list)
    for query in queries:
        text, judged = str(query["text"]), set(qrels[str(query["id"])])
        hits = retriever.search(text, k=DEPTH).hits
        bare = [_owner(p) for p, _ in parts.records.lexical.search(_letters(text), k=DEPTH)]
        for depth in (5, 10):
            sums[f"recall@{depth}"].append(_among(judged, [h.document.id for h in hits], depth))
            sums[f"recall@{depth}, words as they stand"].append(_among(judged, bare, depth))
        titles = {cache.get().documents[d].metadata.title for d in judged}
        without = [h for h in hits if h.document.metadata.title not in titles]
        if detect(text) in ("ar", "fr"):
            if sums["recall@10"][-1]:
                sums["refused, found"].append(refused(text, hits, cache.get()))
            sums["refused, taken out"].append(refused(text, without, cache.get()))
    return {"queries": len(queries)} | {name: round(sum(row) / len(row), 3) for name, row in sums.items()}


def refused(text: str, hits: Sequence[Hit], catalogue: Catalogue) -> bool:
    """Whether too little of an Arabic or French question is in any one of the first passages."""
    row = concepts(text, cast("Language", detect(text)), catalogue)
    best = max((held(row, " ".join((*h.passage.section, h.passage.text))) for h in hits[:SEEN]), default=0.0)
    return bool(lost_names(row)) or (understood(row) and best < ENOUGH)


def _letters(text: str) -> dict[str, float]:
    return {stem(w): 1.0 for w in words(text) if w not in STOPWORDS}


def _among(judged: set[str], ranked: Sequence[str], depth: int) -> bool:
    return bool(judged & set(list(dict.fromkeys(ranked))[:depth]))


def _owner(passage_id: str) -> str:
    return passage_id.rpartition(":")[0]


if __name__ == "__main__":
    raise SystemExit(main())
