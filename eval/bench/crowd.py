"""What a crowd of foreign passages does to answers: ``python -m eval.bench.crowd --crowd FOLDER --gold FILE``.

The gold questions are asked of the library as it is, and again with every document of a BEIR folder
(``corpus.jsonl``) in the same library.  Nothing is written into the library given; the crowd is embedded once and
kept in the data folder's cache, as ``briefing eval retrieval`` does.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from eval.retrieval import cached_library, load_beir
from eval.run import run
from rag.compose import Parts, build, make_embedder, open_parts, writing
from rag.ports import PassageVectors
from rag.settings import Settings

SHOWN = (
    "evidence_recall@5",
    "evidence_recall@10",
    "fact_recall",
    "document_recall",
    "refusal_f1",
    "latency_p50_ms",
)


def main() -> int:
    """Measures both and prints one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data-dir", type=Path, default=Settings().data_dir, help="the library to ask")
    parser.add_argument("--cache", type=Path, help="data folder whose cache holds the crowd; else that of the library")
    parser.add_argument("--crowd", type=Path, required=True)
    parser.add_argument("--gold", type=Path, action="append", required=True)
    parser.add_argument("--json", type=Path, help="file for both whole results")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="briefing-bench-") as folder:
        crowded = Path(folder) / "crowded"
        put_together(options.data_dir, options.crowd, options.cache or options.data_dir, crowded)
        results = {"alone": asked(options.data_dir, options.gold), "crowded": asked(crowded, options.gold)}
    if options.json:
        options.json.write_text(json.dumps(results), encoding="utf-8")
    table = {
        name: {way: result["metrics"][name]["value"] for way, result in results.items()}
        for name in SHOWN
        if name in results["alone"]["metrics"]
    }
    sys.stdout.write(json.dumps(table, indent=2) + "\n")
    return 0


def put_together(library: Path, crowd: Path, cache: Path, target: Path) -> None:
    """A library of both: a copy of the crowd's, with the documents of ``library`` put in."""
    settings = Settings(data_dir=cache)
    with cached_library(load_beir(crowd), settings, make_embedder(settings)) as parts:
        shutil.copytree(parts.settings.data_dir, target)
    source = open_parts(Settings(data_dir=library))
    try:
        with writing(Settings(data_dir=target)) as parts:
            add_all(source, parts)
    finally:
        source.close()


def add_all(source: Parts, target: Parts) -> None:
    """Copies documents, passages and vectors as they are stored."""
    library = source.records.library
    with library.vector_snapshot() as snapshot:
        whole = {
            passage_id: PassageVectors(passage=page.passages[row], sentences=page.sentences[row])
            for page in snapshot.rows()
            for row, passage_id in enumerate(page.ids)
        }
    for info in library.documents():
        passages = library.document_passages(info.id)
        target.records.library.replace_document(
            library.document(info.id),
            passages,
            [whole[p.id] for p in passages],
            settings_fingerprint="",
            source_root="",
        )


def asked(library: Path, gold: Sequence[Path]) -> dict[str, Any]:
    """The gold set through a Briefing on a library, nothing stored."""
    briefing = build(Settings(data_dir=library), keep_answers=False)
    try:
        return dict(run(briefing, gold).as_json())
    finally:
        briefing.close()


if __name__ == "__main__":
    raise SystemExit(main())
