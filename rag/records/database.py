"""Connections, transactions, and database errors said in words.

SQLite runs in WAL mode: readers see the last committed state while a writer works, and never wait.
``synchronous=FULL`` because an answer or memo that was acknowledged should survive a power cut; with
one commit per document or answer the extra fsync costs milliseconds beside the embedding.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, event, text
from sqlalchemy.engine import URL, Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.pool import QueuePool

from rag.errors import BriefingError, LibraryBusy, SettingsError, StoreError

BUSY_MILLISECONDS = 10_000


class Database:
    """One database: ``read()`` and ``write()`` give a connection inside a transaction."""

    def __init__(self, database_url: str) -> None:
        self.url = _parse(database_url)
        self.name = self.url.database or str(self.url)
        with self._said():
            self._engine = self._connect()

    def _connect(self) -> Engine:
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

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A read transaction: every statement in it sees the same committed state."""
        with self._said(), self._engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A write transaction: committed as a whole at the end of the block, or not at all."""
        with self._said(), self._engine.connect() as connection:
            writing = connection.execution_options(briefing_write=True)
            with writing.begin():
                yield writing

    def check(self) -> list[str]:
        """What SQLite's own integrity check finds."""
        with self.read() as connection:
            rows = [str(row[0]) for row in connection.execute(text("PRAGMA integrity_check(10)"))]
        return [f"{self.name}: {row}" for row in rows if row != "ok"]

    def close(self) -> None:
        """Closes all pooled connections."""
        self._engine.dispose()

    @contextmanager
    def _said(self) -> Iterator[None]:
        """Turns database errors into ours; ours pass through."""
        try:
            yield
        except BriefingError:
            raise
        except SQLAlchemyError as error:
            raise _in_words(self.name, error) from error


def _parse(database_url: str) -> URL:
    try:
        url = make_url(database_url)
    except ArgumentError as error:
        raise SettingsError(
            f"BRIEFING_DATABASE_URL is {database_url!r}, which is not a database address such as "
            "sqlite:////srv/briefing/library.sqlite. Correct it, or unset it."
        ) from error
    if url.get_backend_name() != "sqlite":
        raise SettingsError(
            f"BRIEFING_DATABASE_URL names {url.get_backend_name()!r}; the text search of this version "
            "needs SQLite's FTS5. Use a sqlite:/// address, or unset it."
        )
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        raise SettingsError(
            f"BRIEFING_DATABASE_URL is {database_url!r}: the library must be a plain file. "
            "Use a sqlite:/// address with a path, or unset it."
        )
    return url


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


_CAUSES: tuple[tuple[tuple[str, ...], str], ...] = (
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


def _in_words(name: str, error: SQLAlchemyError) -> BriefingError:
    detail = str(error.orig) if isinstance(error, DBAPIError) and error.orig else str(error)
    detail = (detail.splitlines() or [""])[0]
    if "locked" in detail.lower():
        return LibraryBusy(f"Another process is writing to {name}. Wait until it ends, then try again.")
    for marks, words in _CAUSES:
        if any(mark in detail.lower() for mark in marks):
            return StoreError(f"The library {name}: {words} ({detail}).")
    return StoreError(f"The library {name} could not be used: {detail}. Run `briefing doctor`.")
