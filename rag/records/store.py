"""Opens the store of record and bundles its rooms."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, insert, inspect

from rag.errors import StoreError
from rag.records import lexical, migrations
from rag.records.accounts import SqlAccounts
from rag.records.conversations import SqlConversations
from rag.records.database import Database
from rag.records.lexical import SqlLexical
from rag.records.library import SqlLibrary
from rag.records.memos import SqlMemos
from rag.records.schema import SCHEMA_VERSION, meta, metadata, read_meta, write_meta


@dataclass(frozen=True, slots=True)
class Records:
    """The store of record, one object per room; all share one database and may be used by any thread."""

    library: SqlLibrary
    lexical: SqlLexical
    conversations: SqlConversations
    memos: SqlMemos
    accounts: SqlAccounts
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
        accounts=SqlAccounts(database, clock),
        database=database,
    )


def _prepare(database: Database) -> None:
    """Makes the tables on first use; afterwards checks that they are ours, and brings old ones up to date.

    Raises:
        StoreError: a newer version wrote the file, or it holds something else.
    """
    with database.read() as connection:
        existing = set(inspect(connection).get_table_names())
        current = "meta" in existing and _version(database, connection) == SCHEMA_VERSION
    if current:
        return
    with database.write() as connection:
        existing = set(inspect(connection).get_table_names())
        if "meta" in existing:
            _upgrade(database, connection)
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


def _version(database: Database, connection: Connection) -> int:
    found = read_meta(connection, "schema_version") or ""
    if not found.isdecimal() or int(found) > SCHEMA_VERSION:
        raise StoreError(
            f"The library {database.name} has version {found or 'unknown'}, this program knows up to "
            f"{SCHEMA_VERSION}: a newer Briefing Desk wrote it. Update the program."
        )
    return int(found)


def _upgrade(database: Database, connection: Connection) -> None:
    """Takes every step from the version found to ours, in the caller's transaction: all of them or none."""
    found = _version(database, connection)
    for version in range(found, SCHEMA_VERSION):
        step = migrations.STEPS.get(version)
        if step is None:
            raise StoreError(
                f"The library {database.name} has the old version {found}, which this program cannot bring "
                f"to {SCHEMA_VERSION}. Move the file away and ingest the reports again."
            )
        step(connection)
    write_meta(connection, "schema_version", str(SCHEMA_VERSION))


def _utc_now() -> datetime:
    return datetime.now(UTC)
