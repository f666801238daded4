"""Ingest: what is new or changed is read, cleaned, cut into passages, embedded and stored.

One document is one transaction, stored as soon as its vectors are there, so a run that is broken
off loses nothing and the next run goes on where it stopped.  One bad file never stops the rest.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, Protocol

from ingest import catalog
from ingest.assemble import Assembled, assemble
from ingest.blocks import Parsed
from ingest.chunk import DEFAULT_CHUNKING, ChunkSettings, chunk, fitted_prefix
from ingest.clean import CLEANING_VERSION, clean
from ingest.discovery import Source, discover, slug, unique_id
from ingest.limits import Limits
from rag.errors import BriefingError, IndexMismatch, SourceUnreadable, VectorsUnavailable
from rag.ports import Embedder, EmbedInput, LibraryWriter, PassageVectors, SourceRow
from rag.settings import Settings
from rag.types import IngestFailure, IngestReport, Passage

_LOG = logging.getLogger(__name__)


class VectorPublisher(Protocol):
    """What ingest needs of the vector index."""

    def publish(self, progress: Callable[[str], None] | None = None) -> None:
        """Brings the index up to the library."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestParts:
    """What ingest works with; the composition root fills it in.

    ``lock`` opens the single-writer lock; ``read`` turns a file into blocks (None: the child process
    of :mod:`ingest.sandbox`).
    """

    library: LibraryWriter
    embedder: Embedder
    vectors: VectorPublisher
    settings: Settings
    lock: Callable[[], AbstractContextManager[object]]
    read: Callable[[Path, Limits], Parsed] | None = None
    chunking: ChunkSettings = DEFAULT_CHUNKING
    now: Callable[[], datetime] = lambda: datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestEvent:
    """One step of a run, for a progress bar.

    ``files``/``file`` count files (1-based); ``embedded``/``passages`` count the current file's passages;
    ``rate`` is passages per second over the whole run so far.  ``message`` is the reason of a failure, or
    what publishing does.
    """

    kind: Literal["started", "embedding", "unchanged", "done", "failed", "publishing"]
    path: str = ""
    document_id: str = ""
    file: int = 0
    files: int = 0
    embedded: int = 0
    passages: int = 0
    rate: float = 0.0
    message: str = ""


Progress = Callable[[IngestEvent], None]


@dataclass(slots=True)
class _Run:
    """What a run has done so far."""

    added: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    failed: list[IngestFailure] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    passages: int = 0
    embedding_seconds: float = 0.0

    def report(self, seconds: float) -> IngestReport:
        return IngestReport(
            added=tuple(self.added),
            updated=tuple(self.updated),
            unchanged=tuple(self.unchanged),
            removed=tuple(self.removed),
            failed=tuple(self.failed),
            warnings=tuple(dict.fromkeys(self.warnings)),
            passages=self.passages,
            seconds=seconds,
        )


def ingest(
    paths: Iterable[Path | str],
    parts: IngestParts,
    *,
    prune: bool = False,
    progress: Progress | None = None,
) -> IngestReport:
    """Takes files and folders in.

    Raises:
        LibraryBusy: another process is writing.
        IndexMismatch: documents outside ``paths`` were made with another embedding model.
        StoreError: the library cannot be read.
    """
    began = time.monotonic()
    run = _Run()
    tell: Progress = progress or (lambda event: None)
    with parts.lock():
        found = discover(Path(p) for p in paths)
        run.failed += found.failed
        rows = {row.source_path: row for row in parts.library.sources()}
        sources = _with_ids(found.sources, rows, run)
        _check_model(parts, rows, sources)
        if sources and parts.library.fingerprint() != _library_fingerprint(parts):
            parts.library.set_fingerprint(_library_fingerprint(parts))
        for folder in dict.fromkeys(s.path.parent for s, _ in sources):
            run.warnings += catalog.unknown_entries(folder)
        hashes = {row.sha256: row.source_path for row in rows.values()}
        for number, (source, document_id) in enumerate(sources, start=1):
            here = IngestEvent(
                kind="started",
                path=str(source.path),
                document_id=document_id,
                file=number,
                files=len(sources),
            )
            tell(here)
            _one(source, document_id, rows.get(str(source.path)), hashes, parts, run, here, tell)
        if prune:
            _prune(found.folders, rows, parts, run)
        _publish(parts, run, tell)
    return run.report(time.monotonic() - began)


# --------------------------------------------------------------------------- ids and fingerprints


def _with_ids(sources: Sequence[Source], rows: dict[str, SourceRow], run: _Run) -> list[tuple[Source, str]]:
    """Each file with its id: the one it has, else its slug, with a suffix where another file has that."""
    owners = {row.document_id: row.source_path for row in rows.values()}
    found: list[tuple[Source, str]] = []
    for source in sources:
        row = rows.get(str(source.path))
        if row is not None:
            found.append((source, row.document_id))
            continue
        wanted = slug(source.path.relative_to(source.root))
        owner = owners.get(wanted)
        moved = owner is not None and not Path(owner).exists() and owner in rows
        document_id = wanted if owner is None or moved else unique_id(wanted, set(owners))
        if document_id != wanted:
            run.warnings.append(f"{source.path}: the id {wanted!r} belongs to {owner}; this one is {document_id!r}.")
        owners[document_id] = str(source.path)
        found.append((source, document_id))
    return found


def _library_fingerprint(parts: IngestParts) -> str:
    return f"{parts.embedder.fingerprint}|{parts.embedder.dimension}|{parts.chunking.fingerprint}"


def _settings_fingerprint(parts: IngestParts, fields: catalog.Fields) -> str:
    return f"{_library_fingerprint(parts)}|clean-{CLEANING_VERSION}|meta-{catalog.fingerprint_of(fields)}"


def _check_model(parts: IngestParts, rows: dict[str, SourceRow], sources: Sequence[tuple[Source, str]]) -> None:
    """Vectors of two models never stand in one library."""
    stored = parts.library.fingerprint()
    if stored is None or stored.startswith(parts.embedder.fingerprint):
        return
    covered = {document_id for _, document_id in sources}
    left = sorted(row.document_id for row in rows.values() if row.document_id not in covered)
    if left:
        names = ", ".join(left[:5]) + (" …" if len(left) > 5 else "")
        raise IndexMismatch(
            f"The library was made with {stored.split('|')[0]}, the setting says {parts.embedder.fingerprint}. "
            f"Ingest all folders in one run, or remove first: {names}."
        )


# --------------------------------------------------------------------------- one file


def _one(
    source: Source,
    document_id: str,
    row: SourceRow | None,
    hashes: dict[str, str],
    parts: IngestParts,
    run: _Run,
    here: IngestEvent,
    tell: Progress,
) -> None:
    path = str(source.path)
    try:
        data_hash = _sha256(source.path, parts.settings.max_file_mb)
        fields = catalog.overrides_for(source.path)
        fingerprint = _settings_fingerprint(parts, fields)
        if row is not None and (row.sha256, row.settings_fingerprint) == (data_hash, fingerprint):
            run.unchanged.append(document_id)
            tell(replace(here, kind="unchanged"))
            return
        twin = hashes.get(data_hash)
        if twin is not None and twin != path:
            run.warnings.append(f"{path} has the same content as {twin}; both are in the library.")
        assembled = _document(source, document_id, data_hash, fields, parts, run)
        passages = _passages(assembled, parts)
        vectors = _embed(assembled, passages, parts, run, here, tell)
        parts.library.replace_document(
            assembled.document,
            passages,
            vectors,
            settings_fingerprint=fingerprint,
            source_root=str(source.root),
        )
    except BriefingError as error:
        _failed(run, here, tell, str(error))
        return
    except OSError as error:
        _failed(run, here, tell, f"{error.strerror or error}; check that the file exists and may be read.")
        return
    except Exception as error:  # one bad file never stops the rest; the log has the traceback
        _LOG.exception("ingest of %s failed", path)
        _failed(run, here, tell, f"unexpected {type(error).__name__}: {error}. Please report it.")
        return
    hashes.setdefault(data_hash, path)
    (run.added if row is None else run.updated).append(document_id)
    run.passages += len(passages)
    tell(replace(here, kind="done", passages=len(passages), embedded=len(passages), rate=_rate(run, 0)))


def _failed(run: _Run, here: IngestEvent, tell: Progress, reason: str) -> None:
    run.failed.append(IngestFailure(path=here.path, reason=reason))
    tell(replace(here, kind="failed", message=reason))


def _sha256(path: Path, max_mb: int) -> str:
    size = path.stat().st_size
    if size > max_mb * 1024 * 1024:
        raise SourceUnreadable(
            f"the file has {size / 1048576:.0f} MiB, the limit is {max_mb}; raise BRIEFING_MAX_FILE_MB."
        )
    if size == 0:
        raise SourceUnreadable("the file is empty.")
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while piece := stream.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()


def _document(
    source: Source, document_id: str, sha256: str, fields: catalog.Fields, parts: IngestParts, run: _Run
) -> Assembled:
    parsed = _reader(parts)(source.path, Limits.from_settings(parts.settings))
    run.warnings += [f"{source.path}: {w}" for w in parsed.warnings]
    cleaned = clean(parsed)
    if not any(b.text.strip() for b in cleaned.blocks):
        raise SourceUnreadable("no text was found in it; a scanned document needs OCR first.")
    metadata = catalog.apply_overrides(cleaned.metadata, fields)
    if not metadata.title:
        metadata = replace(metadata, title=_title_from_name(source.path))
        run.warnings.append(f"{source.path}: no title was found; the file name stands in for it.")
    return assemble(
        replace(cleaned, metadata=metadata),
        parsed,
        document_id=document_id,
        source_path=str(source.path),
        sha256=sha256,
        ingested_at=parts.now().isoformat(timespec="seconds").replace("+00:00", "Z"),
    )


def _reader(parts: IngestParts) -> Callable[[Path, Limits], Parsed]:
    if parts.read is not None:
        return parts.read
    from ingest.sandbox import read_in_child

    return read_in_child


def _title_from_name(path: Path) -> str:
    words = path.stem.replace("_", " ").replace("-", " ").split()
    return " ".join(words) or path.name


def _passages(assembled: Assembled, parts: IngestParts) -> list[Passage]:
    return chunk(
        assembled,
        max_tokens=parts.embedder.max_tokens,
        count_tokens=parts.embedder.count_tokens,
        settings=parts.chunking,
    )


def _embed(
    assembled: Assembled,
    passages: Sequence[Passage],
    parts: IngestParts,
    run: _Run,
    here: IngestEvent,
    tell: Progress,
) -> list[PassageVectors]:
    title = assembled.document.metadata.title
    prefixes = {
        p: fitted_prefix(title, p, parts.embedder.count_tokens, parts.chunking)
        for p in {passage.section for passage in passages}
    }
    inputs = [
        EmbedInput(
            text=p.text,
            prefix=prefixes[p.section],
            sentences=tuple((s.start - p.start, s.end - p.start) for s in p.sentences),
        )
        for p in passages
    ]
    began = time.monotonic()
    done = 0

    def advance(count: int) -> None:
        nonlocal done
        done = min(done + count, len(passages))
        spent = time.monotonic() - began + run.embedding_seconds
        rate = (run.passages + done) / spent if spent > 0 else 0.0
        tell(replace(here, kind="embedding", embedded=done, passages=len(passages), rate=rate))

    tell(replace(here, kind="embedding", passages=len(passages)))
    vectors = parts.embedder.embed_passages(inputs, progress=advance)
    run.embedding_seconds += time.monotonic() - began
    return vectors


def _rate(run: _Run, extra: int) -> float:
    return (run.passages + extra) / run.embedding_seconds if run.embedding_seconds else 0.0


# --------------------------------------------------------------------------- the end of a run


def _prune(folders: Sequence[Path], rows: dict[str, SourceRow], parts: IngestParts, run: _Run) -> None:
    """Removes documents of the given folders whose files are gone."""
    kept = {*run.added, *run.updated, *run.unchanged}
    gone = [
        row.document_id
        for path, row in sorted(rows.items())
        if row.document_id not in kept
        and not Path(path).exists()
        and any(Path(path).is_relative_to(f) or row.source_root == str(f) for f in folders)
    ]
    if gone:
        parts.library.remove_documents(gone)
        run.removed += gone


def _publish(parts: IngestParts, run: _Run, tell: Progress) -> None:
    try:
        parts.vectors.publish(lambda message: tell(IngestEvent(kind="publishing", message=message)))
    except VectorsUnavailable as error:
        run.warnings.append(
            f"The documents are stored, but the vector index could not be rebuilt: {error} "
            "Answers use an exact scan until `briefing doctor --repair` succeeds."
        )
