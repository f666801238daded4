"""Which files are meant, and what their documents are called."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.catalog import is_sidecar
from ingest.readers import SUFFIXES, supported
from rag.types import IngestFailure

_SPECIAL = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})


@dataclass(frozen=True, slots=True)
class Source:
    """One file to ingest and the folder (or the file's own folder) it was found under."""

    path: Path
    root: Path


@dataclass(frozen=True, slots=True)
class Found:
    """Files in order, folders that were walked, and what was named but cannot be used."""

    sources: tuple[Source, ...]
    folders: tuple[Path, ...]
    failed: tuple[IngestFailure, ...]


def discover(paths: Iterable[Path]) -> Found:
    """Walks the paths in order: folders recursively and sorted, without dot-files and other kinds.

    A file that is named itself and cannot be read by any reader is a failure, with its reason.
    """
    sources: dict[Path, Source] = {}
    folders: list[Path] = []
    failed: list[IngestFailure] = []
    for given in paths:
        path = Path(given).expanduser()
        if path.is_dir():
            root = path.resolve()
            folders.append(root)
            for file in _walk(root, failed):
                sources.setdefault(file, Source(file, root))
        elif not path.exists():
            failed.append(IngestFailure(path=str(given), reason="no such file or folder."))
        elif not path.is_file():
            failed.append(IngestFailure(path=str(given), reason="neither a file nor a folder."))
        elif not supported(path.suffix):
            known = ", ".join(sorted(SUFFIXES))
            reason = f"files of the kind {path.suffix or 'without suffix'} are not read; use {known}."
            failed.append(IngestFailure(path=str(given), reason=reason))
        else:
            file = path.resolve()
            sources.setdefault(file, Source(file, file.parent))
    return Found(tuple(sources.values()), tuple(folders), tuple(failed))


def _walk(root: Path, failed: list[IngestFailure]) -> Iterable[Path]:
    def unreadable(error: OSError) -> None:
        failed.append(IngestFailure(path=str(error.filename), reason=f"{error.strerror}."))

    for folder, names, files in os.walk(root, onerror=unreadable):
        names[:] = sorted(n for n in names if not n.startswith("."))
        for name in sorted(files):
            file = Path(folder) / name
            if name.startswith(".") or is_sidecar(file) or not supported(file.suffix):
                continue
            if file.is_file():
                yield file


def slug(path: Path) -> str:
    """The id of a document: its path below the folder, lower-case, Latin letters without accents.

    Letters of other scripts stay (Arabic titles keep Arabic ids); everything else becomes a hyphen.
    """
    name = str(path.with_suffix("")).casefold().translate(_SPECIAL)
    decomposed = unicodedata.normalize("NFKD", name)
    plain = "".join(c for c in decomposed if not unicodedata.combining(c))
    return re.sub(r"[\W_]+", "-", unicodedata.normalize("NFC", plain)).strip("-") or "document"


def unique_id(wanted: str, taken: Sequence[str] | set[str]) -> str:
    """``wanted``, or ``wanted-2``, ``wanted-3`` … where that is taken."""
    if wanted not in taken:
        return wanted
    number = 2
    while f"{wanted}-{number}" in taken:
        number += 1
    return f"{wanted}-{number}"
