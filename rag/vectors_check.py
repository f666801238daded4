"""Checks one generation in a process of its own: ``python -m rag.vectors_check FOLDER``.

Chroma can end the process that opens a broken index (a segmentation fault cannot be caught), so the
publisher lets a child look first.  Prints a JSON list of problems; exit status 0 when it is empty.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from rag.errors import VectorsUnavailable
from rag.vectors_chroma import (
    FLUSHED,
    KINDS,
    PASSAGES,
    SAMPLE_FILE,
    SENTENCES,
    Manifest,
    collection_ids,
    local_client,
    open_collection,
    read_manifest,
    read_rows,
    sentence_ids,
)

_TOLERANCE = 1e-3
_SPARE_BYTES = 64 * 2**20
_SECONDS = 60.0
_ROWS_PER_SECOND = 2000


def healthy(folder: Path) -> list[str]:
    """Runs the check in a child process; problems in words, empty when there are none."""
    try:
        rows = read_manifest(folder).rows
    except VectorsUnavailable as error:
        return [str(error)]
    root = str(Path(__file__).resolve().parents[1])
    try:
        done = subprocess.run(  # noqa: S603 - our own module
            [sys.executable, "-m", "rag.vectors_check", str(folder.resolve())],
            capture_output=True,
            text=True,
            timeout=_SECONDS + rows / _ROWS_PER_SECOND,
            check=False,
            cwd=root,
        )
    except subprocess.TimeoutExpired:
        return [f"the check of {folder.name} did not end in time"]
    try:
        problems = [str(problem) for problem in json.loads(done.stdout.splitlines()[-1])]
    except (ValueError, IndexError):
        how = f"signal {-done.returncode}" if done.returncode < 0 else f"status {done.returncode}"
        last = (done.stderr.strip().splitlines() or [""])[-1]
        return [f"the check of {folder.name} ended with {how} {last}".strip()]
    return problems or ([] if done.returncode == 0 else [f"the check ended with {done.returncode}"])


def inspect(folder: Path) -> list[str]:
    """What is wrong with a generation; may end the process when Chroma's files are broken."""
    try:
        manifest = read_manifest(folder)
        problems = _sizes(folder, manifest)
        if problems:
            return problems
        client = local_client(folder)
        try:
            return [p for kind in KINDS for p in _collection(folder, manifest, client, kind)]
        finally:
            client.close()
    except VectorsUnavailable as error:
        return [str(error)]


def _sizes(folder: Path, manifest: Manifest) -> list[str]:
    """A broken graph can claim hundreds of gigabytes; such a file is not opened."""
    rows = manifest.rows + manifest.dead
    limit = _SPARE_BYTES + 4 * rows * (manifest.dimension * 4 + 1024)
    graphs = sum(1 for path in folder.glob("*/*") if path.name == FLUSHED)
    if graphs < (manifest.passages > 0) + (manifest.sentences > 0):
        return ["a graph is not flushed"]
    return [
        f"{path.name} has {path.stat().st_size} bytes, far more than {rows} rows need"
        for path in sorted(folder.rglob("*.bin"))
        if path.stat().st_size > limit
    ]


def _collection(folder: Path, manifest: Manifest, client: Any, kind: str) -> Iterator[str]:
    try:
        collection = open_collection(client, kind)
        count = collection.count()
        expected = _expected_ids(folder, kind)
        stated = manifest.passages if kind == PASSAGES else manifest.sentences
        if not count == len(expected) == stated:
            yield f"{kind}: {count} rows, {len(expected)} expected, {stated} stated"
        elif set(collection_ids(collection)) != expected:
            yield f"{kind}: the ids are not the expected ones"
        else:
            yield from _samples(folder, collection, kind)
    except Exception as error:  # whatever Chroma's core raises is a finding
        yield f"{kind}: {error}"


def _expected_ids(folder: Path, kind: str) -> set[str]:
    rows = read_rows(folder)
    if kind == SENTENCES:
        return {name for passage, (_, count) in rows.items() for name in sentence_ids(passage, count)}
    return set(rows)


def _samples(folder: Path, collection: Any, kind: str) -> Iterator[str]:
    """Vectors noted at building time must be stored as they were, and be found by asking for them."""
    with np.load(folder / SAMPLE_FILE, allow_pickle=False) as samples:
        ids, vectors = [str(i) for i in samples[f"{kind}_ids"]], samples[f"{kind}_vectors"]
    if not ids:
        return
    stored = collection.get(ids=ids, include=["embeddings"])
    by_id = dict(zip(stored["ids"], stored["embeddings"], strict=True))
    for row_id, vector in zip(ids, vectors, strict=True):
        if row_id not in by_id or _cosine(by_id[row_id], vector) < 1 - _TOLERANCE:
            yield f"{kind}: the vector of {row_id} is not the stored one"
            continue
        found = collection.query(query_embeddings=[vector], n_results=1, include=["distances"])
        # Another row may have the very same vector, so the distance counts, not the id.
        if not found["ids"][0] or found["distances"][0][0] > _TOLERANCE:
            yield f"{kind}: asking for the vector of {row_id} does not find it"


def _cosine(one: Any, other: Any) -> float:
    a, b = np.asarray(one, dtype=np.float64), np.asarray(other, dtype=np.float64)
    scale = float(np.linalg.norm(a) * np.linalg.norm(b))
    return float(a @ b) / scale if scale else 0.0


def main(arguments: list[str]) -> int:
    """Checks the folder named on the command line."""
    problems = inspect(Path(arguments[0]))
    sys.stdout.write(json.dumps(problems) + "\n")
    return 1 if problems else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
