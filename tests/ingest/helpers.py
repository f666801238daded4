"""Shared by the ingest tests: a pencil-countable tokenizer and a reader that needs no child process."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from ingest.assemble import Assembled, assemble
from ingest.blocks import Parsed
from ingest.clean import Cleaned, clean
from ingest.limits import Limits
from ingest.readers import read

REPO = Path(__file__).resolve().parents[2]
SHARED = REPO.parent / "shared"


def count_tokens(texts: Sequence[str]) -> list[int]:
    """Words and marks, each one token."""
    return [len(re.findall(r"\w+|[^\w\s]", text)) for text in texts]


def parse(text: str | bytes, suffix: str = ".txt") -> Parsed:
    """Reads text in this process."""
    data = text.encode() if isinstance(text, str) else text
    return read(data, suffix, Limits())


def cleaned(text: str, suffix: str = ".txt") -> Cleaned:
    """Reads and cleans."""
    return clean(parse(text, suffix))


def assembled(text: str | bytes, suffix: str = ".txt", *, name: str = "doc") -> Assembled:
    """Reads, cleans and assembles."""
    parsed = parse(text, suffix)
    return assemble(
        clean(parsed),
        parsed,
        document_id=name,
        source_path=f"/{name}{suffix}",
        sha256="0" * 64,
        ingested_at="2025-01-01T00:00:00Z",
    )


def read_here(path: Path, limits: Limits) -> Parsed:
    """Stands in for the child process."""
    return read(path.read_bytes(), path.suffix, limits)
