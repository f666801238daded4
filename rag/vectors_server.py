"""The vector index on a Chroma server (``BRIEFING_CHROMA_URL``).

Each publication fills a pair of new collections and names them at the end, so a reader sees whole
ones or none: ``briefing-<library>-<generation>-passages`` and ``-sentences``.  All rows are sent each
time, since a single server cannot copy a collection.  The server has no authentication of its own and
belongs on the loopback address or behind a proxy that has.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rag.errors import VectorsUnavailable
from rag.ports import VectorSource
from rag.vectors_chroma import (
    KINDS,
    PASSAGES,
    SENTENCES,
    OpenIndex,
    add_passages,
    make_collection,
    open_collection,
    server_client,
)

_BUILDING = "-building"


def open_published(url: str, library: VectorSource, name: str) -> OpenIndex:
    """Opens what was published for the library's generation of now.

    Args:
        name: what the opened index is to call itself.

    Raises:
        VectorsUnavailable: the server does not answer, or has no such collections.
    """
    generation = library.generation()
    client = server_client(url)
    prefix = _prefix(library, generation)
    try:
        counts = {kind: int((open_collection(client, f"{prefix}{kind}").metadata or {})["rows"]) for kind in KINDS}
        index = OpenIndex(name, generation, client, counts)
        return index.attach((kind, f"{prefix}{kind}") for kind in KINDS)
    except VectorsUnavailable:
        client.close()
        raise
    except Exception as error:  # chromadb's errors and those of its HTTP client
        client.close()
        raise VectorsUnavailable(
            f"The Chroma server {url} has no vectors for generation {generation} of this library: {error}."
        ) from error


def publish_to_server(url: str, library: VectorSource, progress: Callable[[str], None], *, afresh: bool) -> None:
    """Sends the library's vectors, unless they are there; removes older publications but one.

    Raises:
        VectorsUnavailable: the server does not answer or refused.
    """
    if not afresh:
        try:
            open_published(url, library, "server").close()
        except VectorsUnavailable:
            pass
        else:
            return
    client = server_client(url)
    try:
        _send(client, library, progress)
    except Exception as error:
        raise VectorsUnavailable(f"The Chroma server {url} could not be filled: {error}.") from error
    finally:
        client.close()


def _send(client: Any, library: VectorSource, progress: Callable[[str], None]) -> None:
    with library.vector_snapshot() as snapshot:
        prefix = _prefix(library, snapshot.generation)
        for kind in KINDS:
            _drop(client, f"{prefix}{kind}{_BUILDING}")
        collections = {kind: make_collection(client, f"{prefix}{kind}{_BUILDING}") for kind in KINDS}
        total, done, sentences = len(snapshot.keys()), 0, 0
        for added, _ in add_passages(collections, snapshot, None):
            done += len(added)
            sentences += sum(count for _, count in added.values())
            progress(f"vector index: {done} of {total} passages sent")
    rows = {PASSAGES: done, SENTENCES: sentences}
    for kind in (SENTENCES, PASSAGES):
        _drop(client, f"{prefix}{kind}")
        collections[kind].modify(name=f"{prefix}{kind}", metadata={"rows": rows[kind]})
    _sweep(client, library, snapshot.generation)


def _sweep(client: Any, library: VectorSource, current: int) -> None:
    """Keeps this publication and the one before, which a reader may be asking."""
    start = f"briefing-{library.library_id()}-"
    generations: dict[int, list[str]] = {}
    for collection in client.list_collections():
        if collection.name.startswith(start):
            number = collection.name.removeprefix(start).split("-")[0]
            generations.setdefault(int(number), []).append(collection.name)
    earlier = [number for number in sorted(generations) if number < current]
    for number in earlier[:-1]:
        for name in generations[number]:
            _drop(client, name)


def _drop(client: Any, name: str) -> None:
    from chromadb.errors import NotFoundError

    try:
        client.delete_collection(name)
    except (NotFoundError, ValueError):
        return


def _prefix(library: VectorSource, generation: int) -> str:
    return f"briefing-{library.library_id()}-{generation}-"
