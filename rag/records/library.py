"""Documents, passages and vectors in SQL, with what was read lately kept in memory.

Everything kept belongs to one generation of the library and is dropped when that moves on, so a
reader sees a document as it was before a change or as it is after it, never a mixture.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, delete, func, insert, select, update

from rag.errors import NotFound
from rag.metadata_edit import applied, checked, found_in
from rag.ports import PassageVectors, SourceRow, VectorRows, Vectors
from rag.records import codec, lexical, schema
from rag.records.database import Database
from rag.records.filters import check_dates, matches
from rag.records.invariants import check_document
from rag.types import Document, DocumentInfo, Filters, MetadataEdit, Passage

_T = TypeVar("_T")

_CHUNK = 500  # bound parameters of one IN list; SQLite allows 32,766
_PAGE = 1000
_KEPT_PASSAGES = 20_000
_KEPT_SENTENCE_SETS = 8_192
_KEPT_CHARACTERS = 64_000_000

_INFO_COLUMNS = [c for c in schema.documents.c if c.name not in {"text", "structure"}]
_PASSAGE_COLUMNS = [c for c in schema.passages.c if c.name not in {"vector", "sentence_vectors", "vector_key"}]


@dataclass(slots=True)
class _Kept:
    """What was read of one generation."""

    generation: int
    documents: dict[str, DocumentInfo] | None = None
    texts: dict[str, str] = field(default_factory=dict)
    characters: int = 0
    passages: dict[str, Passage] = field(default_factory=dict)
    sentences: dict[str, Vectors] = field(default_factory=dict)


class SqlLibrary:
    """A :class:`rag.ports.LibraryWriter` and :class:`rag.ports.VectorSource` over SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._kept = _Kept(generation=-1)

    # ------------------------------------------------------------------ about the library

    def generation(self) -> int:
        """Grows with every committed change."""
        with self._database.read() as connection:
            return _generation(connection)

    def fingerprint(self) -> str | None:
        """What the passages were made with; None while there are none."""
        with self._database.read() as connection:
            return _fingerprint(connection)

    def library_id(self) -> str:
        """The random name given when the tables were made."""
        with self._database.read() as connection:
            return schema.read_meta(connection, "library_id") or ""

    def passage_count(self) -> int:
        """How many passages the library holds."""
        with self._database.read() as connection:
            return connection.execute(select(func.count()).select_from(schema.passages)).scalar_one()

    # ------------------------------------------------------------------ reading

    def documents(self, filters: Filters = Filters()) -> list[DocumentInfo]:
        """All documents that pass the filters (see :func:`rag.records.filters.matches`), by id.

        Raises:
            UsageError: a date of the filter is malformed.
        """
        check_dates(filters)
        with self._reading() as (connection, kept):
            infos = self._infos(connection, kept).values()
        return list(infos) if filters.empty else [i for i in infos if matches(filters, i)]

    def document(self, document_id: str) -> Document:
        """The whole document.  Raises NotFound."""
        with self._database.read() as connection:
            row = connection.execute(select(schema.documents).where(schema.documents.c.id == document_id)).first()
        if row is None:
            raise _unknown(document_id)
        return codec.document(row._mapping)

    def text(self, document_id: str) -> str:
        """The document text.  Raises NotFound."""
        with self._reading() as (connection, kept):
            return self._text(connection, kept, document_id)

    def edit(self, document_id: str) -> MetadataEdit | None:
        """What a person corrected in its metadata; None when nothing."""
        with self._database.read() as connection:
            return _edit(connection, document_id)

    def passages(self, ids: Iterable[str]) -> dict[str, Passage]:
        """Passages by id, in the order asked; unknown ids are left out."""
        wanted = list(dict.fromkeys(ids))
        with self._reading() as (connection, kept):
            found = {i: kept.passages[i] for i in wanted if i in kept.passages}
            missing = [i for i in wanted if i not in found]
            for chunk in _chunks(missing):
                query = select(*_PASSAGE_COLUMNS).where(schema.passages.c.id.in_(chunk))
                for row in connection.execute(query).mappings().all():
                    text = self._text(connection, kept, row["document_id"])
                    found[row["id"]] = codec.passage(row, text)
            self._keep(kept.passages, found, missing, _KEPT_PASSAGES)
        return {i: found[i] for i in wanted if i in found}

    def document_passages(self, document_id: str) -> list[Passage]:
        """All passages of a document in reading order.  Raises NotFound."""
        query = (
            select(*_PASSAGE_COLUMNS)
            .where(schema.passages.c.document_id == document_id)
            .order_by(schema.passages.c.ordinal)
        )
        with self._reading() as (connection, kept):
            text = self._text(connection, kept, document_id)
            return [codec.passage(row, text) for row in connection.execute(query).mappings()]

    def sentence_vectors(self, passage_ids: Iterable[str]) -> dict[str, Vectors]:
        """For each passage its sentence vectors (unit, read-only), row i for ``sentences[i]``."""
        wanted = list(dict.fromkeys(passage_ids))
        columns = (
            schema.passages.c.id,
            schema.passages.c.sentence_vectors,
            func.length(schema.passages.c.vector),
        )
        with self._reading() as (connection, kept):
            found = {i: kept.sentences[i] for i in wanted if i in kept.sentences}
            missing = [i for i in wanted if i not in found]
            for chunk in _chunks(missing):
                query = select(*columns).where(schema.passages.c.id.in_(chunk))
                for passage_id, blob, length in connection.execute(query):
                    found[passage_id] = codec.unpack_sentences(blob, length // 4)
            self._keep(kept.sentences, found, missing, _KEPT_SENTENCE_SETS)
        return {i: found[i] for i in wanted if i in found}

    def sources(self) -> list[SourceRow]:
        """All stored documents with the hash of their source, by id."""
        table = schema.documents.c
        query = select(
            table.id, table.source_path, table.source_root, table.sha256, table.settings_fingerprint
        ).order_by(table.id)
        with self._database.read() as connection:
            return [
                SourceRow(
                    document_id=row.id,
                    source_path=row.source_path,
                    source_root=row.source_root,
                    sha256=row.sha256,
                    settings_fingerprint=row.settings_fingerprint,
                )
                for row in connection.execute(query)
            ]

    @contextmanager
    def vector_snapshot(self) -> Iterator[SqlVectorSnapshot]:
        """A consistent view of the stored vectors, for building an index."""
        with self._database.read() as connection:
            yield SqlVectorSnapshot(connection)

    # ------------------------------------------------------------------ writing

    def replace_document(
        self,
        document: Document,
        passages: Sequence[Passage],
        vectors: Sequence[PassageVectors],
        *,
        settings_fingerprint: str,
        source_root: str,
    ) -> None:
        """Puts a document with all that belongs to it in place of what stood there, in one transaction.

        Raises:
            StoreError: a passage or sentence is not where it says in the text, vectors do not fit,
                or the database refused; then the old rows stand unchanged.
            LibraryBusy: another process kept the database locked.
        """
        check_document(document, passages, vectors)
        with self._database.write() as connection:
            document = _edited(connection, document)
            _replace(connection, document, passages, vectors, settings_fingerprint, source_root)

    def edit_metadata(self, document_id: str, fields: Mapping[str, Any]) -> None:
        """Corrects metadata, in one transaction with the word index; no fields: as found again.

        Raises:
            NotFound: there is no such document.
            UsageError: a field is unknown or malformed.
        """
        wanted = checked(fields)
        table = schema.documents.c
        with self._database.write() as connection:
            row = connection.execute(select(*_INFO_COLUMNS).where(table.id == document_id)).mappings().first()
            if row is None:
                raise _unknown(document_id)
            before, edit = codec.metadata(row), _edit(connection, document_id)
            found = dict(edit.found) if edit is not None else found_in(before)
            after = applied(applied(before, found), wanted)
            connection.execute(delete(schema.edits).where(schema.edits.c.document_id == document_id))
            if wanted:
                now = datetime.now(UTC).isoformat(timespec="seconds")
                values = {"document_id": document_id, "fields": wanted, "found": found, "edited_at": now}
                connection.execute(insert(schema.edits).values(values))
            changed = update(schema.documents).where(table.id == document_id)
            connection.execute(changed.values(codec.metadata_row(after)))
            if (before.title, before.language) != (after.title, after.language):
                lexical.replace_rows(connection, document_id)
            _advance(connection)

    def remove_documents(self, document_ids: Iterable[str]) -> None:
        """Removes documents with all that belongs to them.  Raises NotFound before removing any."""
        wanted = list(dict.fromkeys(document_ids))
        if not wanted:
            return
        with self._database.write() as connection:
            known = set(connection.execute(select(schema.documents.c.id)).scalars())
            for document_id in wanted:
                if document_id not in known:
                    raise _unknown(document_id)
            for document_id in wanted:
                _delete_document(connection, document_id)
                connection.execute(delete(schema.edits).where(schema.edits.c.document_id == document_id))
            _advance(connection)

    def set_fingerprint(self, fingerprint: str) -> None:
        """Says what the passages are made with."""
        with self._database.write() as connection:
            if schema.read_meta(connection, "fingerprint") != fingerprint:
                schema.write_meta(connection, "fingerprint", fingerprint)
                _advance(connection)

    # ------------------------------------------------------------------ checking

    def check(self) -> list[str]:
        """Documents whose rows do not belong together, in words; empty when all do."""
        problems: list[str] = []
        table = schema.passages.c
        counted = (
            select(
                schema.documents.c.id,
                schema.documents.c.passages,
                func.length(schema.documents.c.text),
                schema.documents.c.characters,
                func.count(table.id),
                func.coalesce(func.max(table.end), 0),
            )
            .outerjoin(schema.passages, table.document_id == schema.documents.c.id)
            .group_by(schema.documents.c.id)
            .order_by(schema.documents.c.id)
        )
        with self._database.read() as connection:
            for name, stated, length, characters, count, end in connection.execute(counted):
                if stated != count:
                    problems.append(f"document {name!r}: {count} passages, {stated} expected")
                if length != characters or end > characters:
                    problems.append(f"document {name!r}: its text is not the one its passages quote")
            lengths = connection.execute(select(func.length(table.vector)).distinct()).scalars().all()
            if len(lengths) > 1:
                problems.append("vectors have different lengths: ingest the reports again")
            problems += lexical.problems(connection)
        return problems

    # ------------------------------------------------------------------ inside

    @contextmanager
    def _reading(self) -> Iterator[tuple[Connection, _Kept]]:
        """A read transaction with what is kept of the generation it sees."""
        with self._database.read() as connection:
            generation = _generation(connection)
            with self._lock:
                if generation > self._kept.generation:
                    self._kept = _Kept(generation=generation)
                kept = self._kept
            # A reader that began before a commit may find newer rows kept: it uses its own.
            yield connection, kept if kept.generation == generation else _Kept(generation)

    def _infos(self, connection: Connection, kept: _Kept) -> dict[str, DocumentInfo]:
        if kept.documents is None:
            query = select(*_INFO_COLUMNS).order_by(schema.documents.c.id)
            rows = connection.execute(query).mappings()
            edits = connection.execute(select(schema.edits.c.document_id, schema.edits.c.fields))
            edited = {document_id: sorted(fields) for document_id, fields in edits}
            kept.documents = {row["id"]: codec.document_info(row, edited.get(row["id"], ())) for row in rows}
        return kept.documents

    def _text(self, connection: Connection, kept: _Kept, document_id: str) -> str:
        known = kept.texts.get(document_id)
        if known is not None:
            return known
        text = connection.execute(
            select(schema.documents.c.text).where(schema.documents.c.id == document_id)
        ).scalar_one_or_none()
        if text is None:
            raise _unknown(document_id)
        with self._lock:
            if kept.characters + len(text) > _KEPT_CHARACTERS:
                kept.texts.clear()
                kept.characters = 0
            kept.texts[document_id] = text
            kept.characters += len(text)
        return str(text)

    def _keep(self, kept: dict[str, _T], found: dict[str, _T], new: list[str], most: int) -> None:
        with self._lock:
            if len(kept) + len(new) > most:
                kept.clear()
            kept.update((i, found[i]) for i in new if i in found)


class SqlVectorSnapshot:
    """The stored vectors as one read transaction sees them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.generation = _generation(connection)
        self.fingerprint = _fingerprint(connection)

    def keys(self) -> dict[str, str]:
        """Passage id → digest of its vectors, by id."""
        table = schema.passages.c
        query = select(table.id, table.vector_key).order_by(table.id)
        return {row[0]: row[1] for row in self._connection.execute(query)}

    def rows(self, ids: Sequence[str] | None = None, *, sentences: bool = True) -> Iterator[VectorRows]:
        """The vectors in pages, by id; of these passages, or of all."""
        wanted = sorted(self.keys() if ids is None else ids)
        table = schema.passages.c
        columns = [table.id, table.document_id, table.vector]
        if sentences:
            columns.append(table.sentence_vectors)
        for chunk in _chunks(wanted, _PAGE):
            query = select(*columns).where(table.id.in_(chunk)).order_by(table.id)
            found = self._connection.execute(query).all()
            if not found:
                continue
            matrix = codec.unpack_passages([row.vector for row in found])
            dimension = matrix.shape[1]
            yield VectorRows(
                ids=[row.id for row in found],
                document_ids=[row.document_id for row in found],
                passages=matrix,
                sentences=[codec.unpack_sentences(row.sentence_vectors, dimension) for row in found]
                if sentences
                else [],
            )


def _chunks(ids: Sequence[str], size: int = _CHUNK) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), size):
        yield ids[start : start + size]


def _generation(connection: Connection) -> int:
    return int(schema.read_meta(connection, "generation") or 0)


def _advance(connection: Connection) -> None:
    schema.write_meta(connection, "generation", str(_generation(connection) + 1))


def _fingerprint(connection: Connection) -> str | None:
    if connection.execute(select(schema.documents.c.id).limit(1)).first() is None:
        return None
    return schema.read_meta(connection, "fingerprint")


def _replace(
    connection: Connection,
    document: Document,
    passages: Sequence[Passage],
    vectors: Sequence[PassageVectors],
    settings_fingerprint: str,
    source_root: str,
) -> None:
    _delete_document(connection, document.id)
    first = connection.execute(select(func.max(schema.passages.c.number))).scalar() or 0
    rows = [
        codec.passage_row(number, passage, vector)
        for number, (passage, vector) in enumerate(zip(passages, vectors, strict=True), start=first + 1)
    ]
    row = codec.document_row(
        document, len(passages), settings_fingerprint=settings_fingerprint, source_root=source_root
    )
    connection.execute(insert(schema.documents), [row])
    if rows:
        connection.execute(insert(schema.passages), rows)
        numbers = [r["number"] for r in rows]
        lexical.insert_rows(connection, document, list(zip(numbers, passages, strict=True)))
    _advance(connection)


def _edit(connection: Connection, document_id: str) -> MetadataEdit | None:
    row = connection.execute(select(schema.edits).where(schema.edits.c.document_id == document_id)).first()
    if row is None:
        return None
    return MetadataEdit(fields=row.fields, found=row.found, edited_at=row.edited_at)


def _edited(connection: Connection, document: Document) -> Document:
    """The document as people corrected it; what was found this time is kept beside."""
    edit = _edit(connection, document.id)
    if edit is None:
        return document
    found = update(schema.edits).where(schema.edits.c.document_id == document.id)
    connection.execute(found.values(found=found_in(document.metadata)))
    return replace(document, metadata=applied(document.metadata, edit.fields))


def _delete_document(connection: Connection, document_id: str) -> None:
    lexical.delete_rows(connection, document_id)
    connection.execute(delete(schema.documents).where(schema.documents.c.id == document_id))


def _unknown(document_id: str) -> NotFound:
    return NotFound(f"There is no document {document_id!r} in the library.")
