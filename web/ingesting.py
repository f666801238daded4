"""Runs an ingest from the command line or from an upload: lock, parts, pipeline."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from ingest.pipeline import IngestEvent, IngestParts, ingest
from rag.compose import ingest_lock, open_parts
from rag.errors import UsageError
from rag.ports import Embedder
from rag.settings import Settings
from rag.types import IngestReport


def run_ingest(
    settings: Settings,
    paths: Sequence[Path],
    *,
    prune: bool = False,
    again: bool = False,
    progress: Callable[[IngestEvent], None] | None = None,
    embedder: Embedder | None = None,
) -> IngestReport:
    """Takes files and folders in.

    Raises:
        UsageError: none of the paths exists (one among others is a failure in the report).
        LibraryBusy: another process is writing to the library.
    """
    if paths and not any(Path(p).expanduser().exists() for p in paths):
        raise UsageError(f"No such file or folder: {', '.join(map(str, paths))}. Check the path.")
    parts = open_parts(settings, embedder=embedder)
    try:
        return ingest(
            paths,
            IngestParts(
                settings=settings,
                library=parts.records.library,
                embedder=parts.embedder,
                vectors=parts.vectors,
                lock=lambda: ingest_lock(settings.data_dir),
            ),
            prune=prune,
            again=again,
            progress=progress,
        )
    finally:
        parts.close()
