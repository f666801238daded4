"""One file up to the point where its passages can be embedded: hash, read, clean, assemble, cut."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ingest import catalog
from ingest.assemble import Assembled, assemble
from ingest.blocks import Parsed
from ingest.chunk import chunk, fitted_prefix
from ingest.clean import CLEANING_VERSION, clean
from ingest.discovery import Source
from ingest.limits import Limits
from ingest.run import IngestEvent, IngestParts, Run
from rag.errors import SourceUnreadable
from rag.ports import EmbedInput, SourceRow
from rag.types import Passage


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A document that only lacks its vectors.  ``inputs[i]`` belongs to ``passages[i]``."""

    source: Source
    assembled: Assembled
    passages: list[Passage]
    inputs: list[EmbedInput]
    fingerprint: str
    known: bool
    here: IngestEvent


def prepare(
    source: Source,
    row: SourceRow | None,
    hashes: dict[str, str],
    parts: IngestParts,
    run: Run,
    here: IngestEvent,
    *,
    again: bool = False,
) -> Prepared | None:
    """Reads one file; None when neither it nor the settings have changed, unless it is to be read ``again``.

    ``hashes`` maps the content of the files seen so far to their paths.

    Raises:
        SourceUnreadable: with the reason.
        OSError: the file is gone, or may not be read.
    """
    path = str(source.path)
    content = _sha256(source.path, parts.settings.max_file_mb)
    fields = catalog.overrides_for(source.path)
    title = _edited_title(parts, here.document_id)
    fingerprint = _settings_fingerprint(parts, fields, title)
    if not again and row is not None and (row.sha256, row.settings_fingerprint) == (content, fingerprint):
        return None
    assembled = _document(source, here.document_id, content, fields, parts, run)
    twin = hashes.setdefault(content, path)
    if twin != path:
        run.warnings.append(f"{path} has the same content as {twin}; both are in the library.")
    passages = _passages(assembled, parts)
    return Prepared(
        source=source,
        assembled=assembled,
        passages=passages,
        inputs=_inputs(assembled, passages, parts, title),
        fingerprint=fingerprint,
        known=row is not None,
        here=replace(here, kind="embedding", passages=len(passages)),
    )


def library_fingerprint(parts: IngestParts) -> str:
    """What all passages of the library are made with."""
    return f"{parts.embedder.fingerprint}|{parts.embedder.dimension}|{parts.chunking.fingerprint}"


def _settings_fingerprint(parts: IngestParts, fields: catalog.Fields, title: str | None) -> str:
    made_with = f"{library_fingerprint(parts)}|clean-{CLEANING_VERSION}|meta-{catalog.fingerprint_of(fields)}"
    return f"{made_with}|title-{catalog.fingerprint_of({'title': title})}" if title else made_with


def _edited_title(parts: IngestParts, document_id: str) -> str | None:
    """The title that a person gave the document: passages are embedded under it."""
    edit = parts.library.edit(document_id)
    return edit.fields.get("title") if edit is not None else None


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
    source: Source, document_id: str, sha256: str, fields: catalog.Fields, parts: IngestParts, run: Run
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


def _inputs(
    assembled: Assembled, passages: Sequence[Passage], parts: IngestParts, title: str | None
) -> list[EmbedInput]:
    """Each passage with title and section path before it, and with its sentences."""
    title = title or assembled.document.metadata.title
    prefixes = {
        section: fitted_prefix(title, section, parts.embedder.count_tokens, parts.chunking)
        for section in dict.fromkeys(passage.section for passage in passages)
    }
    return [
        EmbedInput(
            text=p.text,
            prefix=prefixes[p.section],
            sentences=tuple((s.start - p.start, s.end - p.start) for s in p.sentences),
        )
        for p in passages
    ]
