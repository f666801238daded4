"""What an ingest works with, what it reports while it runs, and what it has done so far."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, Protocol

from ingest.blocks import Parsed
from ingest.chunk import DEFAULT_CHUNKING, ChunkSettings
from ingest.limits import Limits
from rag.ports import Embedder, LibraryWriter
from rag.settings import Settings
from rag.types import IngestFailure, IngestReport


class VectorPublisher(Protocol):
    """What ingest needs of the vector index."""

    def publish(self, progress: Callable[[str], None] | None = None) -> None:
        """Brings the index up to the library."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestParts:
    """What ingest works with; the composition root fills it in.

    ``lock`` opens the single-writer lock; ``read`` turns a file into blocks (None: the child process
    of :mod:`ingest.sandbox`).  ``batch`` passages, at least, are embedded together where documents are
    small; so many may have to be embedded again after a run that was broken off.
    """

    library: LibraryWriter
    embedder: Embedder
    vectors: VectorPublisher
    settings: Settings
    lock: Callable[[], AbstractContextManager[object]]
    read: Callable[[Path, Limits], Parsed] | None = None
    chunking: ChunkSettings = DEFAULT_CHUNKING
    batch: int = 256
    now: Callable[[], datetime] = lambda: datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestEvent:
    """One step of a run, for a progress bar.

    ``files``/``file`` count files (1-based); ``finished`` says how many are through, in whatever way;
    ``embedded``/``passages`` count the current file's passages;
    ``rate`` is passages per second over the whole run so far.  ``message`` is the reason of a failure, or
    what publishing does.
    """

    kind: Literal["started", "embedding", "unchanged", "done", "failed", "publishing"]
    path: str = ""
    document_id: str = ""
    file: int = 0
    files: int = 0
    finished: int = 0
    embedded: int = 0
    passages: int = 0
    rate: float = 0.0
    message: str = ""


Progress = Callable[[IngestEvent], None]


@dataclass(slots=True)
class Run:
    """What a run has done so far."""

    added: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    failed: list[IngestFailure] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    failures: int = 0  # of files that were found; ``failed`` also names paths that were not
    passages: int = 0
    embedding_seconds: float = 0.0

    @property
    def finished(self) -> int:
        """Files that need nothing more."""
        return len(self.added) + len(self.updated) + len(self.unchanged) + self.failures

    @property
    def rate(self) -> float:
        """Passages embedded per second."""
        return self.passages / self.embedding_seconds if self.embedding_seconds else 0.0

    def report(self, seconds: float) -> IngestReport:
        """What the caller is told."""
        return IngestReport(
            added=tuple(self.added),
            updated=tuple(self.updated),
            unchanged=tuple(self.unchanged),
            removed=tuple(self.removed),
            failed=tuple(self.failed),
            warnings=tuple(dict.fromkeys(self.warnings)),
            passages=self.passages,
            seconds=seconds,
        )
