"""Opens the store of record and bundles its rooms."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, insert, inspect

from rag.errors import StoreError
from rag.records import lexical
from rag.records.conversations import SqlConversations
from rag.records.database import Database
from rag.records.lexical import SqlLexical
from rag.records.library import SqlLibrary
from rag.records.memos import SqlMemos
from rag.records.schema import SCHEMA_VERSION, meta, metadata, read_meta


@dataclass(frozen=True, slots=True)
class Records:
    """The store of record, one object per room; all share one database and may be used by any thread."""

    library: SqlLibrary
    lexical: SqlLexical
    conversations: SqlConversations
    memos: SqlMemos
    database: Database

    def check(self) -> list[str]:
        """What is wrong with the database file, in words; empty when nothing is."""
        return self.database.check() + self.library.check()

    def close(self) -> None:
        """Closes all connections."""
        self.database.close()


def open_records(database_url: str, *, now: Callable[[], datetime] | None = None) -> Records:
    """Opens the store, making folder and tables where there are none.

    Args:
        database_url: a SQLAlchemy URL, such as ``sqlite:////srv/briefing/library.sqlite``.
        now: clock for the times of conversations and memos; the system's in UTC by default.

    Raises:
        SettingsError: the URL is malformed or names a database that cannot serve.
        StoreError: the file cannot be opened, is damaged, is of a newer version, or is something else.
    """
    clock = now or _utc_now
    database = Database(database_url)
    try:
        _prepare(database)
    except BaseException:
        database.close()
        raise
    return Records(
        library=SqlLibrary(database),
        lexical=SqlLexical(database),
        conversations=SqlConversations(database, clock),
        memos=SqlMemos(database, clock),
        database=database,
    )


def _prepare(database: Database) -> None:
    """Makes the tables on first use; afterwards checks that they are ours and of this version.

    Raises:
        StoreError: a newer version wrote the file, or it holds something else.
    """
    with database.read() as connection:
        existing = set(inspect(connection).get_table_names())
        if "meta" in existing:
            _check_version(database, connection)
            return
    with database.write() as connection:
        existing = set(inspect(connection).get_table_names())
        if "meta" in existing:  # another process was faster
            return
        if existing:
            raise StoreError(
                f"The file {database.name} is a database of something else (it has the table "
                f"{min(existing)!r}). Set BRIEFING_DATABASE_URL or BRIEFING_DATA_DIR to another place."
            )
        metadata.create_all(connection)
        lexical.create(connection)
        rows = {
            "schema_version": str(SCHEMA_VERSION),
            "generation": "0",
            "library_id": uuid.uuid4().hex[:12],
        }
        connection.execute(insert(meta), [{"key": k, "value": v} for k, v in rows.items()])


def _check_version(database: Database, connection: Connection) -> None:
    found = read_meta(connection, "schema_version") or "0"
    if not found.isdigit() or int(found) > SCHEMA_VERSION:
        raise StoreError(
            f"The library {database.name} has version {found}, this program knows up to "
            f"{SCHEMA_VERSION}: a newer Briefing Desk wrote it. Update the program."
        )
    if int(found) < SCHEMA_VERSION:
        raise StoreError(
            f"The library {database.name} has the old version {found}, this program needs "
            f"{SCHEMA_VERSION}. Move the file away and ingest the reports again."
        )


def _utc_now() -> datetime:
    return datetime.now(UTC)
