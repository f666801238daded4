"""Steps from one version of the tables to the next; each keeps everything that is there.

A step names its tables in SQL of its own, not through :mod:`rag.records.schema`, whose tables move on
with later versions.  A test compares a library brought up to date with a new one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy import Connection

_ACCOUNTS = (
    """CREATE TABLE accounts (
        id VARCHAR(32) NOT NULL,
        name VARCHAR(64) NOT NULL,
        role VARCHAR(16) NOT NULL,
        password_hash TEXT,
        created_at VARCHAR(40) NOT NULL,
        seen_at VARCHAR(40),
        PRIMARY KEY (id),
        UNIQUE (name)
    )""",
    """CREATE TABLE sessions (
        digest VARCHAR(64) NOT NULL,
        account_id VARCHAR(32) NOT NULL,
        created_at VARCHAR(40) NOT NULL,
        seen_at VARCHAR(40) NOT NULL,
        PRIMARY KEY (digest),
        FOREIGN KEY(account_id) REFERENCES accounts (id) ON DELETE CASCADE
    )""",
    "CREATE INDEX ix_sessions_account_id ON sessions (account_id)",
    """CREATE TABLE tokens (
        id VARCHAR(32) NOT NULL,
        account_id VARCHAR(32) NOT NULL,
        digest VARCHAR(64) NOT NULL,
        label TEXT NOT NULL,
        created_at VARCHAR(40) NOT NULL,
        expires_at VARCHAR(40),
        used_at VARCHAR(40),
        PRIMARY KEY (id),
        FOREIGN KEY(account_id) REFERENCES accounts (id) ON DELETE CASCADE,
        UNIQUE (digest)
    )""",
    "CREATE INDEX ix_tokens_account_id ON tokens (account_id)",
)


def _add_accounts(connection: Connection) -> None:
    """Version 2 knows accounts.  What was asked and written before belongs to the owner without a name."""
    for statement in _ACCOUNTS:
        connection.exec_driver_sql(statement)


def _add_edits(connection: Connection) -> None:
    """Version 3 keeps what people correct in a document's metadata."""
    connection.exec_driver_sql(
        """CREATE TABLE edits (
            document_id VARCHAR(255) NOT NULL,
            fields JSON NOT NULL,
            found JSON NOT NULL,
            edited_at VARCHAR(40) NOT NULL,
            PRIMARY KEY (document_id)
        )"""
    )


STEPS: Mapping[int, Callable[[Connection], None]] = {1: _add_accounts, 2: _add_edits}
"""From version → the step to the version after it."""
