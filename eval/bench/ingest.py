"""How fast ingest is: ``python -m eval.bench.ingest [--pdfs FOLDER]``, with the real embedding model.

``over_embedding`` is the wall time of an ingest (reading, cleaning, passages, embedding, storing,
publishing) over that of embedding the same passages and their sentences alone, in one call; the
latter is the mean of a run before and a run after, because other work on the machine comes and goes.
``again`` is the share of the first ingest's time that a second one takes when nothing changed.
``pages_per_second`` counts PDF pages read in a child process, cleaned and cut into passages.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
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
    """Ingest of reports with ten passages each, against the model alone."""
    corpus.write(work / "files", passages // 10, 10)
    began = time.monotonic()
    report = run_ingest(settings_for(work / "data"), [work / "files"], embedder=embedder)
    whole = time.monotonic() - began
    inputs = stored_inputs(work / "data", embedder)
    alone = [_timed(embedder, inputs) for _ in range(2)]
    other = work / "other"
    began = time.monotonic()
    run_ingest(settings_for(other), [work / "files"], embedder=embedder)
    second = time.monotonic() - began
    return {
        "passages": report.passages,
        "sentences": sum(len(i.sentences) for i in inputs),
        "ingest_seconds": [round(whole, 2), round(second, 2)],
        "embedding_seconds": [round(a, 2) for a in alone],
        "over_embedding": round((whole + second) / sum(alone), 3),
    }


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


def _timed(embedder: Embedder, inputs: list[EmbedInput]) -> float:
    began = time.monotonic()
    embedder.embed_passages(inputs)
    return time.monotonic() - began


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
