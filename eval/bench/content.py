"""What a library holds, as digests: equal digests mean the same documents, passages and vectors."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, replace
from pathlib import Path

from rag.compose import Parts, open_parts
from rag.fakes import HashEmbedder
from rag.settings import Settings


def settings_for(data: Path) -> Settings:
    """Settings that depend on nothing but the folder."""
    return Settings(data_dir=data)


def digests(parts: Parts) -> dict[str, str]:
    """Document id → digest of all that is stored of it, times of ingest aside."""
    library = parts.records.library
    found: dict[str, str] = {}
    for info in library.documents():
        document = replace(library.document(info.id), ingested_at="")
        passages = library.document_passages(info.id)
        vectors = library.sentence_vectors([p.id for p in passages])
        digest = hashlib.sha256(json.dumps(asdict(document), sort_keys=True).encode())
        for passage in passages:
            digest.update(json.dumps(asdict(passage), sort_keys=True).encode())
            digest.update(vectors[passage.id].tobytes())
        found[info.id] = digest.hexdigest()
    with library.vector_snapshot() as snapshot:
        keys = json.dumps(snapshot.keys(), sort_keys=True)
    return found | {"": hashlib.sha256(keys.encode()).hexdigest()}


def of_folder(data: Path) -> tuple[dict[str, str], list[str]]:
    """Digests of a library on disk, and what is wrong with its vector index."""
    parts = open_parts(settings_for(data), embedder=HashEmbedder())
    try:
        return digests(parts), parts.vectors.check()
    finally:
        parts.close()
