"""How well the asked thing is missed where it is missing: ``python -m eval.bench.refusal FOLDER …``.

Each folder holds ``corpus.jsonl`` and ``queries.jsonl`` in the BEIR layout; a query has ``unanswerable`` and
``context_doc``, the passage that answers it or comes near to doing so (SQuAD 2.0, CLAP NQ).  That passage is
all the evidence there is.  For every kind of asked thing the table says how many questions were read that
way and how many of them were judged missing, answerable and unanswerable apart.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rag.aliases import AliasTable
from rag.compose import make_embedder
from rag.extractive.asked import Slot, asked
from rag.extractive.grounds import Evidence, holds
from rag.extractive.meaning import Meaning, WordVectors
from rag.lexicon import Lexicon
from rag.ports import WordEmbedder
from rag.settings import Settings
from rag.text import sentence_spans

Table = dict[str, Counter[str]]


def main() -> int:
    """Measures each folder and prints its table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="+", help="each with corpus.jsonl and queries.jsonl")
    embedder = make_embedder(Settings())
    if not isinstance(embedder, WordEmbedder) or not embedder.has_words:
        sys.stderr.write("The embedding model has no vectors of single words; unset BRIEFING_EMBEDDING_MODEL.\n")
        return 2
    for folder in parser.parse_args().folders:
        sys.stdout.write(f"{folder.name}\n{as_text(measure(folder, embedder.word_vectors))}\n")
    return 0


def measure(folder: Path, vectors: WordVectors) -> Table:
    """Per slot, and under ``all``: ``answerable``, ``unanswerable``, and of each how many were ``refused``.

    A question of which any asked thing is missing counts as refused once under ``all``.
    """
    corpus = {row["id"]: row for row in _rows(folder / "corpus.jsonl")}
    lexicon, aliases = Lexicon((row["text"], "en") for row in corpus.values()), AliasTable.load()
    evidence = {key: evidence_of(row.get("title", ""), row["text"]) for key, row in corpus.items()}
    table: Table = defaultdict(Counter)
    for query in _rows(folder / "queries.jsonl"):
        if query.get("context_doc") not in evidence:
            continue
        kind = "unanswerable" if query["unanswerable"] else "answerable"
        meaning = Meaning(query["text"], lexicon, aliases, vectors)
        lost = False
        for thing in asked(query["text"]):
            missing = not holds(thing, evidence[query["context_doc"]], meaning)
            lost = lost or missing
            if thing.slot is not Slot.OTHER:
                table[thing.slot.value].update({kind: 1, f"{kind} refused": missing})
        table["all"].update({kind: 1, f"{kind} refused": lost})
    return table


def evidence_of(title: str, text: str) -> list[Evidence]:
    """The sentences of one passage, each under the title and between its neighbours."""
    spans = sentence_spans(text)
    row = ["", *(text[a:b] for a, b in spans), ""]
    return [Evidence(row[i], f"{title} {row[i - 1]}", row[i + 1]) for i in range(1, len(row) - 1)]


def as_text(table: Table) -> str:
    """The table in fixed columns, ``all`` last."""
    lines = [f"{'asked':<10}{'answerable':>12}{'refused':>9}{'unanswerable':>14}{'refused':>9}"]
    for slot in sorted(table, key=lambda s: (s == "all", s)):
        row = table[slot]
        lines.append(
            f"{slot:<10}{row['answerable']:>12}{row['answerable refused']:>9}"
            f"{row['unanswerable']:>14}{row['unanswerable refused']:>9}"
        )
    return "\n".join(lines)


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


if __name__ == "__main__":
    sys.exit(main())
