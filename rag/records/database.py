"""Connections, transactions, and database errors said in words.

What only one kind of database knows stands in :mod:`rag.records.sqlite` and
:mod:`rag.records.postgres`; both give the same two promises.  A read transaction sees one committed
state from beginning to end.  A write transaction waits for the one before it, is committed as a whole
or not at all, and survives a power cut once it was acknowledged.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from sqlalchemy import Connection
from sqlalchemy.engine import URL, Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from rag.errors import BriefingError, LibraryBusy, SettingsError, StoreError

QUEUE_SECONDS = 60.0
"""How long a thread waits for those of its own process that write before it."""


class Backend(Protocol):
    """What differs between databases."""

    url: URL
    name: str
    """What messages call the database; never with its password."""
    busy_marks: tuple[str, ...]
    causes: tuple[tuple[tuple[str, ...], str], ...]
    """Marks in the driver's message, and what they mean in words."""

    def connect(self) -> Engine:
        """An engine whose transactions keep the promises above."""

    def begin_write(self, connection: Connection) -> None:
        """Called first in every write transaction."""

    def check(self, connection: Connection) -> list[str]:
        """What the database's own integrity check finds."""

    def version(self, connection: Connection) -> str:
        """Name and version of the database."""


class Database:
    """One database: ``read()`` and ``write()`` give a connection inside a transaction."""

    def __init__(self, database_url: str) -> None:
        self._writers = threading.Lock()
        self._backend = _backend(database_url)
        self.name = self._backend.name
        with self._said():
            self._engine = self._backend.connect()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A read transaction: every statement in it sees the same committed state."""
        with self._said(), self._engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A write transaction: committed as a whole at the end of the block, or not at all.

        Threads of one process queue for it here: SQLite lets waiters sleep and try again, each for longer,
        so that among many one may never be the first to wake, and is told "busy" in the end.
        """
        with self._said(), self._turn(), self._engine.connect() as connection:
            writing = connection.execution_options(briefing_write=True)
            with writing.begin():
                self._backend.begin_write(writing)
                yield writing

    def check(self) -> list[str]:
        """What the database's own integrity check finds."""
        with self.read() as connection:
            return [f"{self.name}: {row}" for row in self._backend.check(connection)]

    def version(self) -> str:
        """Name and version of the database."""
        with self.read() as connection:
            return self._backend.version(connection)

    def close(self) -> None:
        """Closes all pooled connections."""
        self._engine.dispose()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._writers.acquire(timeout=QUEUE_SECONDS):
            raise LibraryBusy(f"Others have been writing to {self.name} for long. Try again in a minute.")
        try:
            yield
        finally:
            self._writers.release()

    @contextmanager
    def _said(self) -> Iterator[None]:
        """Turns database errors into ours; ours pass through."""
        try:
            yield
        except BriefingError:
            raise
        except SQLAlchemyError as error:
            raise self._in_words(error) from error

    def _in_words(self, error: SQLAlchemyError) -> BriefingError:
        detail = str(error.orig) if isinstance(error, DBAPIError) and error.orig else str(error)
        detail = (detail.splitlines() or [""])[0]
        if any(mark in detail.lower() for mark in self._backend.busy_marks):
            return LibraryBusy(
                f"Another process is writing to {self.name}. Wait until it ends, then try again."
            )
        for marks, words in self._backend.causes:
            if any(mark in detail.lower() for mark in marks):
                return StoreError(f"The library {self.name}: {words} ({detail}).")
        return StoreError(f"The library {self.name} could not be used: {detail}. Run `briefing doctor`.")


def _backend(database_url: str) -> Backend:
    try:
        url = make_url(database_url)
    except ArgumentError as error:
        raise SettingsError(
            f"BRIEFING_DATABASE_URL is {database_url!r}, which is not a database address such as "
            "sqlite:////srv/briefing/library.sqlite. Correct it, or unset it."
        ) from error
    kind = url.get_backend_name()
    if kind == "sqlite":
        from rag.records.sqlite import Sqlite

        return Sqlite(url)
    if kind in ("postgresql", "postgres"):
        from rag.records.postgres import Postgres

        return Postgres(url)
    raise SettingsError(
        f"BRIEFING_DATABASE_URL names {kind!r}; SQLite and PostgreSQL are supported. Use an address such "
        "as postgresql://name:password@host/database, or unset it."
    )
