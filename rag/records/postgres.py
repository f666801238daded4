"""PostgreSQL as the store of record, for a team that keeps its data there.

Readers run in REPEATABLE READ, so that several reads see one state.  Writers take one advisory lock
first, as SQLite's do by nature: replacing a document reads the highest row number before it writes.
"""

from __future__ import annotations

from sqlalchemy import Connection, create_engine, event, text
from sqlalchemy.engine import URL, Engine

from rag.errors import SettingsError

BUSY_MILLISECONDS = 10_000
_WRITERS = 7_236_951_302  # the number of our advisory lock; locks belong to one database of the server


class Postgres:
    """A :class:`rag.records.database.Backend` over a PostgreSQL server (14 or newer)."""

    busy_marks: tuple[str, ...] = ("lock timeout",)
    causes: tuple[tuple[tuple[str, ...], str], ...] = (
        (("password authentication", "no password", 'role "'), "it refused the log-in; check name and password"),
        (("does not exist",), "it is not there; make it with createdb"),
        (
            ("could not connect", "connection failed", "connection refused", "timeout expired", "could not translate"),
            "the server does not answer; check the address in BRIEFING_DATABASE_URL and that it runs",
        ),
        (("permission denied",), "its user may not do this; grant it the rights to make tables"),
        (("no space left", "disk full"), "the server's disk is full; free some space and try again"),
    )

    def __init__(self, url: URL) -> None:
        if not url.database:
            raise SettingsError(
                "BRIEFING_DATABASE_URL names no database: postgresql://name:password@host/database."
            )
        self.url = url.set(drivername="postgresql+psycopg")
        self.name = URL.create("postgresql", host=url.host, port=url.port, database=url.database).render_as_string()

    def connect(self) -> Engine:
        """An engine whose readers see one state.  Raises SettingsError: the driver is missing."""
        try:
            import psycopg  # noqa: F401 - only to say in words that it is missing
        except ImportError as error:
            raise SettingsError(
                "BRIEFING_DATABASE_URL names PostgreSQL, whose driver is not installed: "
                "pip install 'psycopg[binary]'."
            ) from error
        engine = create_engine(self.url, pool_size=5, max_overflow=40, pool_pre_ping=True)
        event.listen(engine, "begin", _begin)
        return engine

    def begin_write(self, connection: Connection) -> None:
        """Waits for the writer before."""
        connection.execute(text(f"SET LOCAL lock_timeout = {BUSY_MILLISECONDS}"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _WRITERS})

    def check(self, connection: Connection) -> list[str]:
        """Nothing to report: the server keeps its pages with check sums, where it was set up so."""
        connection.execute(text("SELECT 1"))
        return []

    def version(self, connection: Connection) -> str:
        """``PostgreSQL 16.x``."""
        return f"PostgreSQL {connection.execute(text('SHOW server_version')).scalar_one()}"


def _begin(connection: Connection) -> None:
    if not connection.get_execution_options().get("briefing_write", False):
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
