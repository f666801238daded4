"""How fast ingest is: ``python -m eval.bench.ingest [--pdfs FOLDER]``, with the real embedding model.

``over_embedding`` is the wall time of an ingest (reading, cleaning, passages, embedding, storing,
publishing) over that of embedding the same passages and their sentences alone, in one call; both twice,
by turns.  ``over_embedding_processor`` is the same in processor time, which other work on the machine
disturbs less.
``again`` is the share of the first ingest's time that a second one takes when nothing changed.
``pages_per_second`` counts PDF pages read in a child process, cleaned and cut into passages.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.bench import corpus
from eval.bench.content import settings_for
from ingest import sandbox
from ingest.assemble import assemble
from ingest.chunk import chunk, fitted_prefix
from ingest.clean import clean
from ingest.limits import Limits
from rag.compose import make_embedder, open_parts
from rag.errors import SourceUnreadable
from rag.ports import Embedder, EmbedInput
from rag.settings import Settings
from web.ingesting import run_ingest


def main() -> int:
    """Measures and prints one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passages", type=int, default=1000)
    parser.add_argument("--documents", type=int, default=2000, help="of the library that is ingested again")
    parser.add_argument("--pdfs", type=Path, default=Path(__file__).parents[2] / "reports")
    options = parser.parse_args()
    embedder = make_embedder(Settings())
    embedder.embed_query("warm")
    result: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="briefing-bench-") as folder:
        if options.passages:
            result |= over_embedding(Path(folder) / "one", embedder, options.passages)
        if options.documents:
            result |= again(Path(folder) / "two", embedder, options.documents)
    result |= reading(options.pdfs)
    sys.stdout.write(json.dumps(result, indent=2) + "\n")
    return 0


def over_embedding(work: Path, embedder: Embedder, passages: int) -> dict[str, Any]:
    """Ingest of reports of some sixteen passages each, against the model alone."""
    corpus.write(work / "files", max(1, passages // 16), 10)  # a section of six sentences makes 1.6 passages
    inputs: list[EmbedInput] = []
    ingests: list[Cost] = []
    alone: list[Cost] = []
    for turn in range(2):
        data = work / f"data-{turn}"
        with cost(ingests):
            report = run_ingest(settings_for(data), [work / "files"], embedder=embedder)
            sandbox.close()  # its processor time counts once it has ended
        inputs = inputs or stored_inputs(data, embedder)
        with cost(alone):
            embedder.embed_passages(inputs)
    wall = [c.wall for c in (*ingests, *alone)]
    processor = [c.processor for c in (*ingests, *alone)]
    return {
        "passages": report.passages,
        "sentences": sum(len(i.sentences) for i in inputs),
        "ingest_seconds": wall[:2],
        "embedding_seconds": wall[2:],
        "ingest_processor_seconds": processor[:2],
        "embedding_processor_seconds": processor[2:],
        "over_embedding": round(sum(wall[:2]) / sum(wall[2:]), 3),
        "over_embedding_processor": round(sum(processor[:2]) / sum(processor[2:]), 3),
    }


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds that something took on the clock, and of processor time (children that ended included)."""

    wall: float
    processor: float


@contextmanager
def cost(into: list[Cost]) -> Iterator[None]:
    """Adds what the block costs."""
    wall, before = time.monotonic(), os.times()
    yield
    after = os.times()
    spent = sum(after[:4]) - sum(before[:4])
    into.append(Cost(round(time.monotonic() - wall, 2), round(spent, 2)))


def stored_inputs(data: Path, embedder: Embedder) -> list[EmbedInput]:
    """What the embedder was given for each stored passage."""
    parts = open_parts(settings_for(data), embedder=embedder)
    found: list[EmbedInput] = []
    for info in parts.records.library.documents():
        for p in parts.records.library.document_passages(info.id):
            spans = tuple((s.start - p.start, s.end - p.start) for s in p.sentences)
            prefix = fitted_prefix(info.metadata.title, p.section, embedder.count_tokens)
            found.append(EmbedInput(text=p.text, prefix=prefix, sentences=spans))
    parts.close()
    return found


def again(work: Path, embedder: Embedder, documents: int) -> dict[str, Any]:
    """First and second ingest of small documents, one passage each."""
    corpus.write(work / "files", documents, 1, per=3)
    seconds = []
    for _ in range(2):
        began = time.monotonic()
        report = run_ingest(settings_for(work / "data"), [work / "files"], embedder=embedder)
        seconds.append(time.monotonic() - began)
    return {
        "documents": documents,
        "unchanged": len(report.unchanged),
        "first_seconds": round(seconds[0], 2),
        "again_seconds": round(seconds[1], 2),
        "again": round(seconds[1] / seconds[0], 4),
    }


def reading(folder: Path) -> dict[str, Any]:
    """PDF pages a second, in one child process, without embedding."""
    pages, refused = 0, 0
    began = time.monotonic()
    for path in sorted(folder.glob("*.pdf")):
        try:
            parsed = sandbox.read_in_child(path, Limits())
        except SourceUnreadable:
            refused += 1
            continue
        whole = assemble(clean(parsed), parsed, document_id="d", source_path="d", sha256="", ingested_at="")
        chunk(whole, max_tokens=254, count_tokens=lambda texts: [len(t.split()) for t in texts])
        pages += parsed.pages or 0
    seconds = time.monotonic() - began
    sandbox.close()
    rate = round(pages / seconds, 1) if seconds else 0.0
    return {"pdf_pages": pages, "pdf_refused": refused, "pages_per_second": rate}


if __name__ == "__main__":
    sys.exit(main())
