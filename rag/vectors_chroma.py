"""Chroma itself: one built generation, on disk or on a server.  Alone in importing chromadb.

A generation on disk is a folder with Chroma's files, ``manifest.json`` (what it holds), ``rows.json``
(passage id → digest and number of sentences) and ``samples.npz`` (some vectors to ask back).  It is
written once, checked in a process of its own, and from then on only read.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from rag.errors import SettingsError, VectorsUnavailable
from rag.ports import Vectors, VectorSnapshot

PASSAGES, SENTENCES = "passages", "sentences"
KINDS = (PASSAGES, SENTENCES)
FORMAT = 1
SAMPLES = 16
BATCH = 2000  # Chroma refuses more than 5,461 rows a call
MANIFEST, ROWS, SAMPLE_FILE = "manifest.json", "rows.json", "samples.npz"
FLUSHED = "index_metadata.pickle"  # stands in a graph's folder once it was flushed
_DATABASE = "chroma.sqlite3"
# Measured on 10,000 clustered vectors of 384 values, the 50 nearest: Chroma's defaults (16 neighbours,
# ef_search 100) find 98.2 % of what the exact scan finds, these 99.98 %, at 1.75 ms of processor time a
# query in place of 1.5.
_CONFIGURATION = {"hnsw": {"space": "cosine", "max_neighbors": 32, "ef_construction": 100, "ef_search": 400}}

RowKeys = dict[str, tuple[str, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a generation says about itself.

    ``dead`` counts rows deleted since it was built from nothing: the graph keeps their places.
    ``files`` holds size and digest of the graph's files as they were when checked.
    """

    library_id: str
    generation: int
    fingerprint: str | None
    dimension: int
    passages: int
    sentences: int
    dead: int = 0
    format: int = FORMAT
    distance: str = "cosine"
    files: dict[str, list[Any]] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """Living rows of both collections."""
        return self.passages + self.sentences


# --------------------------------------------------------------------------- folders


def read_manifest(folder: Path) -> Manifest:
    """Raises VectorsUnavailable when it is missing, unreadable or of another format."""
    try:
        data = json.loads((folder / MANIFEST).read_text("utf-8"))
        manifest = Manifest(**data)
    except (OSError, ValueError, TypeError) as error:
        raise VectorsUnavailable(f"{folder} has no readable {MANIFEST}: {error}.") from error
    if manifest.format != FORMAT:
        raise VectorsUnavailable(f"{folder} has format {manifest.format}, expected {FORMAT}.")
    return manifest


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Writes the manifest; whoever reads meanwhile sees the old one or the new one."""
    write_whole(folder / MANIFEST, json.dumps(asdict(manifest), indent=1))


def write_whole(path: Path, content: str) -> None:
    """Replaces a file at once, so that it is never seen half written, even after a power cut."""
    import os

    aside = path.with_name(path.name + ".new")
    with aside.open("w", encoding="utf-8") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)
    descriptor = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_rows(folder: Path) -> RowKeys:
    """Passage id → (digest, number of sentences)."""
    try:
        data = json.loads((folder / ROWS).read_text("utf-8"))
        return {passage_id: (str(key), int(count)) for passage_id, (key, count) in data.items()}
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise VectorsUnavailable(f"{folder} has no readable {ROWS}: {error}.") from error


def graph_files(folder: Path) -> dict[str, list[Any]]:
    """Size and digest of each file of the flushed graphs.

    Left out are Chroma's database, which every opening touches, and the graph of an empty collection,
    which is never flushed.
    """
    found: dict[str, list[Any]] = {}
    for path in sorted(folder.glob("*/*")):
        if (path.parent / FLUSHED).is_file():
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "blake2b").hexdigest()[:32]
            found[str(path.relative_to(folder))] = [path.stat().st_size, digest]
    return found


def damage(folder: Path, manifest: Manifest) -> list[str]:
    """How the files differ from those that were checked.

    Chroma follows the offsets in its files without looking; a damaged one can end the process, so
    they are compared before it opens them.
    """
    if not (folder / _DATABASE).is_file():
        return [f"{_DATABASE} is missing"]
    sizes = {name: (folder / name).stat().st_size for name in manifest.files if (folder / name).is_file()}
    problems = [
        f"{name} has {sizes[name]} bytes, {size} expected" if name in sizes else f"{name} is missing"
        for name, (size, _) in manifest.files.items()
        if sizes.get(name) != size
    ]
    if not problems and graph_files(folder) != manifest.files:
        problems.append("the graph's files are not the ones that were checked")
    return problems


def copy_generation(source: Path, target: Path) -> None:
    """Copies a published generation; its database through SQLite, since a reader may just open it."""
    target.mkdir()
    for path in sorted(source.rglob("*")):
        place = target / path.relative_to(source)
        if path.is_dir():
            place.mkdir()
        elif not path.name.startswith(_DATABASE):
            shutil.copyfile(path, place)
    with (
        closing(sqlite3.connect(source / _DATABASE)) as old,
        closing(sqlite3.connect(target / _DATABASE)) as new,
    ):
        old.backup(new)


def sentence_ids(passage_id: str, count: int) -> list[str]:
    """Ids of a passage's sentences in the sentence collection."""
    return [f"{passage_id}#{number}" for number in range(count)]


def split_sentence_id(sentence_id: str) -> tuple[str, int]:
    """The reverse of :func:`sentence_ids`."""
    passage_id, _, number = sentence_id.rpartition("#")
    return passage_id, int(number)


# --------------------------------------------------------------------------- clients


def local_client(folder: Path) -> Any:
    """A Chroma client on a folder.  Raises VectorsUnavailable."""
    try:
        import chromadb
        from chromadb.config import Settings
    except ImportError as error:
        raise VectorsUnavailable(f"chromadb cannot be imported: {error}.") from error
    try:
        return chromadb.PersistentClient(path=str(folder), settings=Settings(anonymized_telemetry=False))
    except Exception as error:  # Chroma's Rust core raises what it likes
        raise VectorsUnavailable(f"Chroma cannot open {folder}: {error}.") from error


def server_client(url: str) -> Any:
    """A Chroma client for a server.

    Raises:
        SettingsError: the address is malformed.
        VectorsUnavailable: nobody answers there.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise SettingsError(f"BRIEFING_CHROMA_URL is {url!r}; write it as http://127.0.0.1:8001, or unset it.")
    import chromadb
    from chromadb.config import Settings

    secure = parts.scheme == "https"
    try:
        return chromadb.HttpClient(
            host=parts.hostname,
            port=parts.port or (443 if secure else 80),
            ssl=secure,
            settings=Settings(anonymized_telemetry=False),
        )
    except Exception as error:  # httpx errors, ValueError for a refused connection
        raise VectorsUnavailable(f"The Chroma server {url} does not answer: {error}.") from error


def make_collection(client: Any, name: str, metadata: dict[str, Any] | None = None) -> Any:
    """A new cosine collection that embeds nothing itself."""
    return client.create_collection(name, embedding_function=None, configuration=_CONFIGURATION, metadata=metadata)


def open_collection(client: Any, name: str) -> Any:
    """An existing collection; its stored embedding function is not loaded."""
    return client.get_collection(name, embedding_function=None)


def flush_rarely(client: Any, names: Iterable[str], rows: int) -> None:
    """Lets Chroma flush some ten times while ``rows`` rows are written; each flush writes the graph whole."""
    for name in names:
        threshold = max(2, rows // 10)
        open_collection(client, name).modify(
            configuration={"hnsw": {"sync_threshold": threshold, "batch_size": min(100, threshold)}}
        )


def flush(client: Any, names: Iterable[str]) -> None:
    """Lets Chroma write the graphs out whole; the client must have been opened after the last change.

    What is not flushed is replayed by every process that opens the folder, which writes into it.
    Chroma flushes when enough rows have changed, so two changes that change nothing are made.
    """
    for name in names:
        collection = open_collection(client, name)
        first = collection.get(limit=1, include=["embeddings"])
        for _ in range(2 if first["ids"] else 0):
            collection.upsert(ids=first["ids"], embeddings=first["embeddings"])


def delete_ids(collection: Any, ids: Sequence[str]) -> None:
    """Deletes in batches."""
    for start in range(0, len(ids), BATCH):
        collection.delete(ids=list(ids[start : start + BATCH]))


def add_passages(
    collections: dict[str, Any], snapshot: VectorSnapshot, ids: Sequence[str] | None
) -> Iterator[tuple[RowKeys, int]]:
    """Adds passages with their sentences; yields, after each page, what it added and the dimension."""
    keys = snapshot.keys()
    for page in snapshot.rows(ids):
        _add(collections[PASSAGES], page.ids, page.passages)
        names = [
            name
            for passage_id, vectors in zip(page.ids, page.sentences, strict=True)
            for name in sentence_ids(passage_id, len(vectors))
        ]
        if names:
            _add(collections[SENTENCES], names, np.concatenate([v for v in page.sentences if len(v)]))
        counts = [len(vectors) for vectors in page.sentences]
        yield (
            {i: (keys[i], count) for i, count in zip(page.ids, counts, strict=True)},
            int(page.passages.shape[1]),
        )


def _add(collection: Any, ids: Sequence[str], vectors: Vectors) -> None:
    for start in range(0, len(ids), BATCH):
        part = slice(start, start + BATCH)
        collection.add(ids=list(ids[part]), embeddings=vectors[part])


def collection_ids(collection: Any) -> Iterator[str]:
    """All ids, in pages."""
    offset = 0
    while True:
        page = collection.get(limit=10_000, offset=offset, include=[])["ids"]
        if not page:
            return
        yield from page
        offset += len(page)


# --------------------------------------------------------------------------- asking


class OpenIndex:
    """An open generation: both collections, ready to be asked from any thread."""

    def __init__(self, name: str, generation: int, client: Any, counts: dict[str, int]) -> None:
        self.name = name
        self.generation = generation
        self.counts = counts
        self._client = client
        self._collections: dict[str, Any] = {}

    def attach(self, names: Iterable[tuple[str, str]]) -> OpenIndex:
        """Opens the collections and compares their counts.  Raises VectorsUnavailable."""
        try:
            for kind, name in names:
                collection = open_collection(self._client, name)
                if (count := collection.count()) != self.counts[kind]:
                    raise VectorsUnavailable(f"{self.name} has {count} {kind}, {self.counts[kind]} expected.")
                self._collections[kind] = collection
        except VectorsUnavailable:
            raise
        except Exception as error:
            raise VectorsUnavailable(f"{self.name} cannot be opened: {error}.") from error
        return self

    def query(self, kind: str, vector: Vectors, count: int) -> list[tuple[str, float]]:
        """``(id, cosine)`` of the nearest.  Raises VectorsUnavailable."""
        count = min(count, self.counts[kind])
        if count == 0:
            return []
        try:
            found = self._collections[kind].query(query_embeddings=[vector], n_results=count, include=["distances"])
        except Exception as error:
            raise VectorsUnavailable(f"{self.name} could not be asked: {error}.") from error
        pairs = zip(found["ids"][0], found["distances"][0], strict=True)
        return [(row_id, 1.0 - float(distance)) for row_id, distance in pairs]

    def close(self) -> None:
        """Gives back files and memory."""
        self._client.close()


def open_generation(folder: Path) -> OpenIndex:
    """Opens a published generation.  Raises VectorsUnavailable."""
    manifest = read_manifest(folder)
    if problems := damage(folder, manifest):
        raise VectorsUnavailable(f"{folder} is damaged: {problems[0]}.")
    counts = {PASSAGES: manifest.passages, SENTENCES: manifest.sentences}
    index = OpenIndex(folder.name, manifest.generation, local_client(folder), counts)
    try:
        return index.attach((kind, kind) for kind in KINDS)
    except VectorsUnavailable:
        index.close()
        raise
