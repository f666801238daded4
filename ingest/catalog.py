"""Sidecars: ``NAME.meta.yaml`` beside a file and ``catalog.yaml`` in its folder override metadata."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from rag.errors import SourceUnreadable
from rag.types import Metadata

CATALOG_NAME = "catalog.yaml"
SIDECAR_SUFFIXES = (".meta.yaml", ".meta.yml")
_TEXT_KEYS = (
    "title",
    "role",
    "publisher",
    "series",
    "language",
    "translator",
    "licence",
    "url",
    "note",
    "published_note",
)
_KEYS = (*_TEXT_KEYS, "authors", "published")
_ALIASES = {"license": "licence", "author": "authors", "date": "published", "lang": "language"}
_DATE = re.compile(r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?")
_MAX_BYTES = 1_000_000

Fields = dict[str, Any]


def overrides_for(path: Path) -> Fields:
    """The checked fields that sidecar files give for one source file; the sidecar beats the catalog.

    Raises:
        SourceUnreadable: names the sidecar file, the key and what is allowed.
    """
    fields: Fields = {}
    catalog = path.parent / CATALOG_NAME
    if catalog.is_file():
        entries = _mapping(catalog)
        entry = entries.get(path.name, entries.get(path.stem))
        if entry is not None:
            fields.update(_checked(catalog, entry, where=path.name))
    for sidecar in _sidecars(path):
        fields.update(_checked(sidecar, _mapping(sidecar), where=""))
    return fields


def is_sidecar(path: Path) -> bool:
    """True for the files that describe other files."""
    return path.name == CATALOG_NAME or path.name.endswith(SIDECAR_SUFFIXES)


def unknown_entries(folder: Path) -> list[str]:
    """Warnings for catalog entries that name no file of the folder; empty for an unreadable catalog."""
    catalog = folder / CATALOG_NAME
    try:
        entries = _mapping(catalog) if catalog.is_file() else {}
        names = {p.name for p in folder.iterdir()} | {p.stem for p in folder.iterdir()}
    except (SourceUnreadable, OSError):
        return []
    return [f"{catalog}: no file is called {name!r}" for name in entries if name not in names]


def apply_overrides(metadata: Metadata, fields: Fields) -> Metadata:
    """Metadata with the sidecar's word in place of what was found; ``null`` removes a value."""
    if not fields:
        return metadata
    changed = replace(metadata, **fields)
    if "published" in fields and "published_note" not in fields:
        changed = replace(changed, published_note="sidecar" if fields["published"] else None)
    return changed


def fingerprint_of(fields: Fields) -> str:
    """A short hash of the overrides, so that a changed sidecar ingests its file again."""
    if not fields:
        return "none"
    return hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()[:12]


def _sidecars(path: Path) -> list[Path]:
    names = [path.stem + s for s in SIDECAR_SUFFIXES] + [path.name + s for s in SIDECAR_SUFFIXES]
    return [p for name in names if (p := path.parent / name).is_file()]


def _mapping(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise SourceUnreadable(f"{path.name} is larger than 1 MB; it should hold metadata only.")
        data = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise SourceUnreadable(f"{path.name} cannot be read: {error}.") from error
    except yaml.YAMLError as error:
        place = getattr(error, "problem_mark", None)
        line = f" in line {place.line + 1}" if place else ""
        raise SourceUnreadable(f"{path.name} is not valid YAML{line}; correct it and ingest again.") from error
    if data is None:
        return {}
    if not isinstance(data, dict):
        raise SourceUnreadable(f"{path.name} must be a mapping (key: value), not a {type(data).__name__}.")
    return {str(k): v for k, v in data.items()}


def _checked(path: Path, entry: object, *, where: str) -> Fields:
    place = f"{path.name}, {where}" if where else path.name
    if not isinstance(entry, dict):
        raise SourceUnreadable(f"{place}: expected a mapping of fields, found {entry!r}.")
    fields: Fields = {}
    for raw, value in entry.items():
        key = _ALIASES.get(str(raw), str(raw))
        if key not in _KEYS:
            raise SourceUnreadable(f"{place}: unknown key {raw!r}; allowed are {', '.join(sorted(_KEYS))}.")
        fields[key] = _value(place, key, value)
    if fields.get("title") is None and "title" in fields:
        raise SourceUnreadable(f"{place}: title must not be empty.")
    return fields


def _value(place: str, key: str, value: object) -> Any:
    if key == "authors":
        people = [] if value is None else [value] if isinstance(value, str) else value
        if not isinstance(people, list) or not all(isinstance(p, str) and p.strip() for p in people):
            raise SourceUnreadable(f"{place}: authors must be a name or a list of names, not {value!r}.")
        return tuple(p.strip() for p in people)
    if value is None:
        return None
    if key == "published":
        text = value.isoformat()[:10] if isinstance(value, dt.date) else str(value)
        if isinstance(value, bool) or not _DATE.fullmatch(text):
            raise SourceUnreadable(f"{place}: published is {value!r}; write 2024, 2024-10 or 2024-10-05.")
        return text
    if not isinstance(value, str) or not value.strip():
        raise SourceUnreadable(f"{place}: {key} must be text, not {value!r}; put quotes around it.")
    return value.strip()
