"""Past runs: each finished run is kept in the data folder, so that figures can be seen over time.

A run is one file ``eval/<UTC time>-<hash>.json`` in the shape of :meth:`eval.run.RunResult.as_json`.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from rag.errors import NotFound, StoreError

FOLDER = "eval"
Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A past run without its cases.

    ``series`` is equal for runs that put the same cases to the desk: only those can be compared.
    ``faultless`` of ``total`` cases had no failure.
    """

    id: str
    finished_at: str
    metrics: Json
    by_type: Json
    config: Json
    seconds: float
    series: str
    total: int
    faultless: int


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """The runs, oldest first, and the files that are no runs, each with the reason."""

    runs: tuple[Kept, ...] = ()
    unreadable: tuple[tuple[str, str], ...] = ()


def keep(result: Mapping[str, Any], data_dir: Path) -> Path:
    """Stores a finished run; storing the same run twice leaves one file.

    Raises:
        StoreError: the data folder cannot be written.
    """
    body = json.dumps(result, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    stamp = "".join(c for c in str(result["timings"]["finished_at"]) if c.isalnum())
    digest = hashlib.sha256(body.encode()).hexdigest()[:8]
    folder = data_dir / FOLDER
    path = folder / f"{stamp}-{digest}.json"
    partial = path.with_suffix(".part")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        partial.write_text(body, encoding="utf-8")
        partial.replace(path)  # a reader sees whole runs only
    except OSError as error:
        raise StoreError(f"The run cannot be kept in {folder}: {error.strerror or error}.") from error
    return path


def load(data_dir: Path) -> History:
    """All kept runs, oldest first."""
    runs: list[Kept] = []
    unreadable: list[tuple[str, str]] = []
    for path in sorted((data_dir / FOLDER).glob("*.json")):
        try:
            state = path.stat()
            runs.append(_summary(path, state.st_mtime_ns, state.st_size))
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            unreadable.append((path.name, f"{type(error).__name__}: {error}"))
    return History(
        runs=tuple(sorted(runs, key=lambda r: (r.finished_at, r.id))), unreadable=tuple(unreadable)
    )


def whole(data_dir: Path, run_id: str) -> Json:
    """A kept run with its cases.  Raises NotFound."""
    path = data_dir / FOLDER / f"{run_id}.json"
    known = {p.name for p in (data_dir / FOLDER).glob("*.json")}
    if path.name not in known:  # also refuses names that lead out of the folder
        raise NotFound(f"There is no kept evaluation run {run_id!r}.")
    body: Json = json.loads(path.read_text(encoding="utf-8"))
    return body


@lru_cache(maxsize=256)
def _summary(path: Path, modified: int, size: int) -> Kept:
    """Read once for each state of the file: a run with its answers takes megabytes."""
    del modified, size
    body = json.loads(path.read_text(encoding="utf-8"))
    config = body["config"]
    asked = json.dumps([config.get("gold"), config.get("limit"), config.get("cases")], sort_keys=True)
    return Kept(
        id=path.stem,
        finished_at=str(body["timings"]["finished_at"]),
        metrics={name: _estimate(entry) for name, entry in body["metrics"].items()},
        by_type=body["by_type"],
        config=config,
        seconds=float(body["timings"]["seconds"]),
        series=hashlib.sha256(asked.encode()).hexdigest()[:8],
        total=len(body["cases"]),
        faultless=sum(not case["failure"] for case in body["cases"]),
    )


def _estimate(entry: Mapping[str, Any]) -> Json:
    figures = {key: float(entry[key]) for key in ("value", "low", "high")}
    if not all(math.isfinite(f) for f in figures.values()):
        raise ValueError(f"a metric is not a number: {dict(entry)}")
    return {**figures, "n": int(entry["n"])}
