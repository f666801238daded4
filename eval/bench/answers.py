"""Whole answers on public questions: ``python -m eval.bench.answers DIR --sample 300``.

A folder in the BEIR layout whose queries carry ``answers`` (accepted answer texts) and, in ``evidence.jsonl``, the
sentences they rest on.  A sample of the answerable questions, the same each time, is asked of the product.  Counted:
``refused``; ``document`` (a cited document is one that holds the answer); ``answer`` (an accepted answer stands in
the statements, SQuAD's normalisation: case, articles and punctuation dropped); ``evidence`` (a sentence that the
answer rests on, of four words or more, is quoted); ``right`` (document and one of the two).  Refusals count as
wrong everywhere.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import statistics
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from eval.matching import holds
from eval.retrieval import cached_library, load_beir
from rag.compose import build, make_embedder
from rag.ports import Embedder
from rag.settings import Settings
from rag.types import Answer

SEED = 20250614
_DROPPED = re.compile(r"\b(?:a|an|the)\b|[^\w\s]")


def main() -> int:
    """Measures and prints one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--data-dir", type=Path, default=Settings().data_dir, help="its cache keeps the vectors")
    parser.add_argument("--sample", type=int, default=300)
    options = parser.parse_args()
    result = evaluate(options.folder, Settings(data_dir=options.data_dir), sample=options.sample)
    sys.stdout.write(json.dumps(result, indent=2) + "\n")
    return 0


def evaluate(folder: Path, settings: Settings, *, sample: int, embedder: Embedder | None = None) -> dict[str, Any]:
    """Shares of the sampled questions, and the median number of words of an answer."""
    test = load_beir(folder)
    queries = {str(q["id"]): q for q in _rows(folder / "queries.jsonl")}
    evidence: dict[str, list[str]] = {}
    for row in _rows(folder / "evidence.jsonl") if (folder / "evidence.jsonl").is_file() else ():
        evidence.setdefault(_of(row, "query-id", "query_id", "qid"), []).append(_of(row, "quote", "text", "sentence"))
    able = [q for q in test.qrels if not queries[q].get("unanswerable")]
    chosen = sorted(random.Random(SEED).sample(able, min(sample, len(able))))  # noqa: S311 - the same each time
    embedder = embedder or make_embedder(settings)
    with cached_library(test, settings, embedder) as parts:
        place = parts.settings
    desk = build(place, embedder=embedder, keep_answers=False)
    try:
        rows = [
            score(desk.ask(test.queries[q]), queries[q].get("answers") or (), evidence.get(q, ()), set(test.qrels[q]))
            for q in chosen
        ]
    finally:
        desk.close()
    names = ("refused", "document", "answer", "evidence", "right")
    shares = {name: round(statistics.mean(float(r[name]) for r in rows), 3) for name in names}
    return {"questions": len(rows)} | shares | {"words_p50": statistics.median(r["words"] for r in rows)}


def score(answer: Answer, accepted: Sequence[str], evidence: Iterable[str], documents: set[str]) -> dict[str, float]:
    """1 or 0 for each thing counted, and the number of words."""
    text = " ".join(s.text for s in answer.statements)
    plain = f" {normal(text)} "
    document = any(c.document_id in documents for c in answer.citations)
    held = any(normal(a) and f" {normal(a)} " in plain for a in accepted)
    quoted = any(holds(c.quote, e) for c in answer.citations for e in evidence if len(e.split()) >= 4)
    return {
        "refused": answer.refused,
        "document": document,
        "answer": held,
        "evidence": quoted,
        "right": document and (held or quoted),
        "words": len(text.split()),
    }


def normal(text: str) -> str:
    """Lower case without articles and punctuation (Rajpurkar et al., SQuAD, EMNLP 2016).

    >>> normal("The  Harrow Dam's wall.")
    'harrow dam s wall'
    """
    return " ".join(_DROPPED.sub(" ", text.lower()).split())


def _of(row: Mapping[str, Any], *names: str) -> str:
    return str(next(row[n] for n in names if n in row))


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


if __name__ == "__main__":
    raise SystemExit(main())
