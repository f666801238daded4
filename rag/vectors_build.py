"""Builds one Chroma generation in a folder of its own, from the one before or from nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from rag.errors import VectorsUnavailable
from rag.ports import Vectors, VectorSnapshot, VectorSource
from rag.vectors_chroma import (
    KINDS,
    PASSAGES,
    ROWS,
    SAMPLE_FILE,
    SAMPLES,
    SENTENCES,
    Manifest,
    RowKeys,
    add_passages,
    copy_generation,
    damage,
    delete_ids,
    flush,
    flush_rarely,
    graph_files,
    local_client,
    make_collection,
    open_collection,
    read_manifest,
    read_rows,
    sentence_ids,
    write_manifest,
    write_whole,
)

#: Above this share of deleted rows a generation is built from nothing: the graph never shrinks.
DEAD_SHARE = 0.2
_ROWS_PER_PASSAGE = 5  # about; decides how often Chroma flushes


def build_generation(target: Path, library: VectorSource, base: Path | None, progress: Callable[[str], None]) -> None:
    """Writes a generation with the library's vectors of this moment.

    Args:
        target: a folder that does not exist yet.
        base: a published generation to start from; ignored when it does not fit or too much of it
            is dead.

    Raises:
        VectorsUnavailable: Chroma refused.
    """
    library_id = library.library_id()
    with library.vector_snapshot() as snapshot:
        start = _starting_point(base, snapshot, library_id)
        if start is not None and base is not None:
            copy_generation(base, target)
            manifest, rows = start
        else:
            target.mkdir(parents=True)
            manifest, rows = None, {}
        try:
            new = _fill(target, snapshot, rows, library_id, manifest, progress)
        except VectorsUnavailable:
            raise
        except Exception as error:  # Chroma's core raises what it likes
            raise VectorsUnavailable(f"Chroma could not write {target.name}: {error}.") from error
    write_manifest(target, replace(new, files=graph_files(target)))


def _starting_point(base: Path | None, snapshot: VectorSnapshot, library_id: str) -> tuple[Manifest, RowKeys] | None:
    """The base's manifest and rows when a delta on it is sound and worth it."""
    if base is None:
        return None
    try:
        manifest, rows = read_manifest(base), read_rows(base)
        if damage(base, manifest):
            return None
    except VectorsUnavailable:
        return None
    if (manifest.library_id, manifest.fingerprint) != (library_id, snapshot.fingerprint):
        return None
    keys = snapshot.keys()
    gone = [i for i, (key, _) in rows.items() if keys.get(i) != key]
    dead = manifest.dead + _count_rows(rows, gone)
    places = manifest.dead + manifest.rows
    return (manifest, rows) if dead <= DEAD_SHARE * places else None


def _fill(
    target: Path,
    snapshot: VectorSnapshot,
    rows: RowKeys,
    library_id: str,
    manifest: Manifest | None,
    progress: Callable[[str], None],
) -> Manifest:
    keys = snapshot.keys()
    gone = [i for i, (key, _) in rows.items() if keys.get(i) != key]
    new = [i for i in keys if i not in rows or rows[i][0] != keys[i]]
    dead = _count_rows(rows, gone)
    dimension = manifest.dimension if manifest else 0
    # Chroma reads the threshold for flushing when it opens a collection: so open, set, open again.
    with _opened(target) as client:
        if manifest is None:
            for kind in KINDS:
                make_collection(client, kind)
        flush_rarely(client, KINDS, len(new) * _ROWS_PER_PASSAGE)
    with _opened(target) as client:
        collections = {kind: open_collection(client, kind) for kind in KINDS}
        delete_ids(collections[PASSAGES], gone)
        delete_ids(collections[SENTENCES], [s for i in gone for s in sentence_ids(i, rows[i][1])])
        rows = {i: row for i, row in rows.items() if keys.get(i) == row[0]}
        done = 0
        for added, dimension in add_passages(collections, snapshot, new):  # noqa: B007 - the last one
            rows |= added
            done += len(added)
            progress(f"vector index: {done} of {len(new)} new passages")
        flush_rarely(client, KINDS, 0)
    with _opened(target) as client:
        flush(client, KINDS)
    _write_samples(target / SAMPLE_FILE, snapshot, sorted(rows))
    write_whole(target / ROWS, json.dumps(rows))
    return Manifest(
        library_id=library_id,
        generation=snapshot.generation,
        fingerprint=snapshot.fingerprint,
        dimension=dimension,
        passages=len(rows),
        sentences=sum(count for _, count in rows.values()),
        dead=(manifest.dead if manifest else 0) + dead,
    )


@contextmanager
def _opened(folder: Path) -> Iterator[Any]:
    client = local_client(folder)
    try:
        yield client
    finally:
        client.close()


def _count_rows(rows: RowKeys, ids: list[str]) -> int:
    """Rows of both collections that belong to these passages."""
    return sum(1 + rows[i][1] for i in ids)


def _write_samples(path: Path, snapshot: VectorSnapshot, ids: list[str]) -> None:
    """Notes some vectors as the library has them, so that the check can ask for them back."""
    chosen = ids[:: max(1, len(ids) // SAMPLES)][:SAMPLES]
    passage_ids: list[str] = []
    names: list[str] = []
    vectors: dict[str, list[Vectors]] = {PASSAGES: [], SENTENCES: []}
    for page in snapshot.rows(chosen):
        passage_ids += page.ids
        vectors[PASSAGES] += list(page.passages)
        for passage_id, sentences in zip(page.ids, page.sentences, strict=True):
            names += sentence_ids(passage_id, min(1, len(sentences)))
            vectors[SENTENCES] += list(sentences[:1])
    np.savez(
        path,
        passages_ids=np.array(passage_ids, dtype=np.str_),
        passages_vectors=np.array(vectors[PASSAGES], dtype=np.float32),
        sentences_ids=np.array(names, dtype=np.str_),
        sentences_vectors=np.array(vectors[SENTENCES], dtype=np.float32),
    )
