"""Ingest: what is new or changed is read, cleaned, cut into passages, embedded and stored.

One document is one transaction, so a run that is broken off loses nothing that was stored, and the
next run goes on where it stopped.  Small documents are embedded together, because full batches are
fast.  One bad file never stops the rest.
"""

from __future__ import annotations

import errno
import logging
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import accumulate
from pathlib import Path

from ingest import catalog
from ingest.discovery import Source, discover, slug, unique_id
from ingest.prepare import Prepared, library_fingerprint, prepare
from ingest.run import IngestEvent, IngestParts, Progress, Run
from rag.errors import BriefingError, IndexMismatch, VectorsUnavailable
from rag.ports import PassageVectors, SourceRow
from rag.types import IngestFailure, IngestReport

__all__ = ["IngestEvent", "IngestParts", "Progress", "ingest"]

_LOG = logging.getLogger(__name__)


def ingest(
    paths: Iterable[Path | str],
    parts: IngestParts,
    *,
    prune: bool = False,
    again: bool = False,
    progress: Progress | None = None,
) -> IngestReport:
    """Takes files and folders in; with ``again`` also those that have not changed.

    Raises:
        LibraryBusy: another process is writing.
        IndexMismatch: documents outside ``paths`` were made with another embedding model.
        StoreError: the library cannot be read.
    """
    began = time.monotonic()
    run = Run()
    tell: Progress = progress or (lambda event: None)
    with parts.lock():
        found = discover(Path(p) for p in paths)
        run.failed += found.failed
        rows = {row.source_path: row for row in parts.library.sources()}
        sources = _with_ids(found.sources, rows, run)
        _check_model(parts, rows, sources)
        if sources and parts.library.fingerprint() != library_fingerprint(parts):
            parts.library.set_fingerprint(library_fingerprint(parts))
        for folder in dict.fromkeys(s.path.parent for s, _ in sources):
            run.warnings += catalog.unknown_entries(folder)
        hashes = {row.sha256: row.source_path for row in rows.values()}
        waiting: list[Prepared] = []
        for number, (source, document_id) in enumerate(sources, start=1):
            here = IngestEvent(
                kind="started",
                path=str(source.path),
                document_id=document_id,
                file=number,
                files=len(sources),
                finished=run.finished,
            )
            tell(here)
            row = rows.get(str(source.path))
            waiting += _prepared(source, row, hashes, parts, run, here, tell, again)
            if sum(len(p.passages) for p in waiting) >= parts.batch:
                _take_in(waiting, parts, run, tell)
                waiting = []
        _take_in(waiting, parts, run, tell)
        if prune:
            _prune(found.folders, rows, parts, run)
        _publish(parts, run, tell)
    return run.report(time.monotonic() - began)


# --------------------------------------------------------------------------- ids


def _with_ids(sources: Sequence[Source], rows: dict[str, SourceRow], run: Run) -> list[tuple[Source, str]]:
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


# --------------------------------------------------------------------------- files


def _prepared(
    source: Source,
    row: SourceRow | None,
    hashes: dict[str, str],
    parts: IngestParts,
    run: Run,
    here: IngestEvent,
    tell: Progress,
    again: bool,
) -> list[Prepared]:
    """The document of one file, or nothing when it is unchanged or cannot be read."""
    found: list[Prepared] = []
    with _failures_noted(run, here, tell):
        document = prepare(source, row, hashes, parts, run, here, again=again)
        if document is None:
            run.unchanged.append(here.document_id)
            tell(replace(here, kind="unchanged", finished=run.finished))
        else:
            found.append(document)
    return found


@contextmanager
def _failures_noted(run: Run, here: IngestEvent, tell: Progress) -> Iterator[None]:
    """One bad file never stops the rest; its reason goes into the report."""
    try:
        yield
    except BriefingError as error:
        reason = str(error)
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EFBIG, errno.EDQUOT)
        advice = "the disk is full; free some space" if full else "check that the file exists and may be read"
        # what may not be used need not be the report itself: a full temporary folder, our own interpreter
        other = f" ({error.filename})" if error.filename not in (None, here.path) else ""
        reason = f"{error.strerror or error}{other}: {advice}."
    except Exception as error:  # a defect of ours; the log has the traceback
        _LOG.exception("ingest of %s failed", here.path)
        reason = f"unexpected {type(error).__name__}: {error}. Please report it."
    else:
        return
    run.failed.append(IngestFailure(path=here.path, reason=reason))
    run.failures += 1
    tell(replace(here, kind="failed", message=reason, finished=run.finished))


def _take_in(waiting: Sequence[Prepared], parts: IngestParts, run: Run, tell: Progress) -> None:
    """Embeds several documents together (full batches are fast) and stores each by itself."""
    if not waiting:
        return
    try:
        found = _embed(waiting, parts, run, tell)
    except Exception:
        if len(waiting) == 1:
            with _failures_noted(run, waiting[0].here, tell):
                raise
            return
        _LOG.warning("embedding %d documents together failed; each is tried by itself", len(waiting))
        for document in waiting:
            _take_in([document], parts, run, tell)
        return
    for document, vectors in zip(waiting, found, strict=True):
        with _failures_noted(run, document.here, tell):
            parts.library.replace_document(
                document.assembled.document,
                document.passages,
                vectors,
                settings_fingerprint=document.fingerprint,
                source_root=str(document.source.root),
            )
            (run.updated if document.known else run.added).append(document.here.document_id)
            run.passages += len(vectors)
            done = replace(document.here, kind="done", embedded=len(vectors), rate=run.rate)
            tell(replace(done, finished=run.finished))


def _embed(waiting: Sequence[Prepared], parts: IngestParts, run: Run, tell: Progress) -> list[list[PassageVectors]]:
    """The vectors of each document, in order."""
    ends = list(accumulate(len(document.passages) for document in waiting))
    began = time.monotonic()
    done = 0

    def advance(count: int) -> None:
        nonlocal done
        before, done = done, min(done + count, ends[-1])
        spent = time.monotonic() - began + run.embedding_seconds
        rate = (run.passages + done) / spent if spent > 0 else 0.0
        for at, (document, end) in enumerate(zip(waiting, ends, strict=True)):
            start = end - len(document.passages)
            if before < end and start < done:
                within = min(done, end) - start
                tell(replace(document.here, embedded=within, rate=rate, finished=run.finished + at))

    tell(replace(waiting[0].here, finished=run.finished, rate=run.rate))
    vectors = parts.embedder.embed_passages([i for d in waiting for i in d.inputs], progress=advance)
    run.embedding_seconds += time.monotonic() - began
    return [vectors[end - len(d.passages) : end] for d, end in zip(waiting, ends, strict=True)]


# --------------------------------------------------------------------------- the end of a run


def _prune(folders: Sequence[Path], rows: dict[str, SourceRow], parts: IngestParts, run: Run) -> None:
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


def _publish(parts: IngestParts, run: Run, tell: Progress) -> None:
    try:
        parts.vectors.publish(lambda message: tell(IngestEvent(kind="publishing", message=message)))
    except VectorsUnavailable as error:
        run.warnings.append(
            f"The documents are stored, but the vector index could not be rebuilt: {error} "
            "Answers use an exact scan until `briefing doctor --repair` succeeds."
        )
