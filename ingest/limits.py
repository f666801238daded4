"""What one file may cost while it is read.  Plain numbers; :mod:`ingest.sandbox` enforces them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rag.settings import Settings

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds for reading one file.

    ``max_bytes`` is the file's size; ``max_pages`` counts PDF pages; ``cpu_seconds`` and
    ``wall_seconds`` bound the child process; ``memory_mb`` is its address space beyond what the
    interpreter itself needs.  ``max_unpacked_mb``, ``max_entries`` and ``max_ratio`` (unpacked to
    packed) judge a zip container or a compressed stream before it is unpacked.
    """

    max_bytes: int = 100 * MEBIBYTE
    max_pages: int = 2000
    cpu_seconds: int = 120
    wall_seconds: float = 120.0
    memory_mb: int = 1536
    max_unpacked_mb: int = 100
    max_entries: int = 5000
    max_ratio: int = 100

    @classmethod
    def from_settings(cls, settings: Settings) -> Limits:
        """The limits that the settings ask for."""
        return cls(
            max_bytes=settings.max_file_mb * MEBIBYTE,
            max_pages=settings.max_pages,
            cpu_seconds=settings.parse_cpu_seconds,
            wall_seconds=float(settings.parse_seconds),
            memory_mb=settings.parse_memory_mb,
            max_unpacked_mb=settings.max_unpacked_mb,
            max_entries=settings.max_archive_entries,
            max_ratio=settings.max_pack_ratio,
        )
