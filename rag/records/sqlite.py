"""SQLite as the store of record: the default, one file in the data folder.

WAL mode: readers see the last committed state while a writer works, and never wait.
``synchronous=FULL`` because an answer or memo that was acknowledged should survive a power cut; with
one commit per document or answer the extra fsync costs milliseconds beside the embedding.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, event, text
from sqlalchemy.engine import URL, Engine
from sqlalchemy.pool import QueuePool

from rag.errors import SettingsError, StoreError

BUSY_MILLISECONDS = 10_000


class Sqlite:
    """A :class:`rag.records.database.Backend` over one file."""

    busy_marks: tuple[str, ...] = ("locked",)
    causes: tuple[tuple[tuple[str, ...], str], ...] = (
        (("disk is full", "disk full"), "the disk is full; free some space and try again"),
        (
            ("readonly", "unable to open", "permission"),
            "it cannot be opened for writing; check that the folder exists and its permissions",
        ),
        (
            ("malformed", "not a database", "corrupt"),
            "the file is damaged or no database; restore it from a backup, or move it away and ingest again",
        ),
        (("disk i/o",), "the disk reported an error; check the disk, then run `briefing doctor`"),
    )

    def __init__(self, url: URL) -> None:
        if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
            raise SettingsError(
                f"BRIEFING_DATABASE_URL is {str(url)!r}: the library must be a plain file. "
                "Use a sqlite:/// address with a path, or unset it."
            )
        self.url = url
        self.name = url.database

    def connect(self) -> Engine:
        """An engine whose transactions see one state; makes the folder.  Raises StoreError."""
        path = Path(self.name)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(
                f"The folder {path.parent} cannot be made: {error.strerror}. "
                "Check the permissions of BRIEFING_DATA_DIR."
            ) from error
        engine = create_engine(self.url, poolclass=QueuePool, pool_size=5, max_overflow=40)
        event.listen(engine, "connect", _configure)
        event.listen(engine, "begin", _begin)
        return engine

    def begin_write(self, connection: Connection) -> None:
        """Nothing: ``BEGIN IMMEDIATE`` took the lock."""

    def check(self, connection: Connection) -> list[str]:
        """What ``PRAGMA integrity_check`` finds."""
        rows = [str(row[0]) for row in connection.execute(text("PRAGMA integrity_check(10)"))]
        return [row for row in rows if row != "ok"]

    def version(self, connection: Connection) -> str:
        """``SQLite 3.x``."""
        return f"SQLite {connection.execute(text('SELECT sqlite_version()')).scalar_one()}"


def _configure(dbapi_connection: Any, _record: Any) -> None:
    # The driver's own transaction handling starts none for SELECT; ours does (see _begin), so that
    # several reads see one state.
    dbapi_connection.isolation_level = None
    cursor = dbapi_connection.cursor()
    try:
        cursor.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")
        if cursor.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
            cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
    finally:
        cursor.close()


def _begin(connection: Connection) -> None:
    # A write transaction takes its lock at once: taking it after a first read could fail with
    # "database is locked" whatever the time-out.
    writing = connection.get_execution_options().get("briefing_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
