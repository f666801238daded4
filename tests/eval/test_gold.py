"""The shipped gold sets fit the sample reports as they are ingested."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import pytest

from eval.gold_check import check_files
from ingest.pipeline import IngestParts, ingest
from rag.compose import open_parts
from rag.fakes import HashEmbedder
from rag.settings import Settings

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_every_quote_stands_in_its_document(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    parts = open_parts(settings, embedder=HashEmbedder())
    try:
        report = ingest(
            [ROOT / "reports"],
            IngestParts(
                library=parts.records.library,
                embedder=parts.embedder,
                vectors=parts.vectors,
                settings=settings,
                lock=nullcontext,
            ),
        )
        assert not report.failed
        library = parts.records.library
        texts = {info.id: library.text(info.id) for info in library.documents()}
    finally:
        parts.close()
    gold = check_files(sorted((ROOT / "eval" / "gold").glob("*.jsonl")), texts)
    assert gold.size >= 150
