"""The tables, and their version.

Plain SQL types throughout, for SQLite and PostgreSQL; the text index stands in :mod:`rag.records.fts5`
and :mod:`rag.records.postings`.  A passage's text is not stored: it is the slice of the document text
that its offsets name, so the two cannot come apart.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    VARCHAR,
    Boolean,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    bindparam,
    insert,
    select,
    update,
)

SCHEMA_VERSION = 3
"""A change of a table needs a higher version and a step in :mod:`rag.records.migrations`."""

metadata = MetaData()


def _key(length: int) -> String:
    """A name that is sorted by code points, whatever language the database server sorts by."""
    return String(length).with_variant(VARCHAR(length, collation="C"), "postgresql")


meta = Table("meta", metadata, Column("key", String(64), primary_key=True), Column("value", Text, nullable=False))

documents = Table(
    "documents",
    metadata,
    Column("id", _key(255), primary_key=True),
    Column("title", Text, nullable=False),
    Column("publisher", Text),
    Column("published", String(10)),
    Column("language", String(35)),
    Column("bibliography", JSON, nullable=False),  # the other fields of Metadata
    Column("format", String(32), nullable=False),
    Column("pages", Integer),
    Column("passages", Integer, nullable=False),
    Column("characters", Integer, nullable=False),
    Column("source_path", Text, nullable=False),
    Column("source_root", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("settings_fingerprint", Text, nullable=False),
    Column("ingested_at", String(40), nullable=False),
    Column("text", Text, nullable=False),
    Column("structure", JSON, nullable=False),  # sections, page spans, notes, cleaning record
)

edits = Table(
    "edits",
    metadata,
    Column("document_id", String(255), primary_key=True),  # no foreign key: an ingest replaces the document's row
    Column("fields", JSON, nullable=False),
    Column("found", JSON, nullable=False),
    Column("edited_at", String(40), nullable=False),
)

passages = Table(
    "passages",
    metadata,
    Column("number", Integer, primary_key=True),  # the row of its search terms
    Column("id", _key(300), nullable=False, unique=True),
    Column("document_id", _key(255), ForeignKey("documents.id", ondelete="CASCADE"), nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("section", JSON, nullable=False),
    Column("page", Integer),
    Column("kind", String(16), nullable=False),
    Column("sentences", JSON, nullable=False),  # [[start, end], ...]
    Column("vector", LargeBinary, nullable=False),  # float32, little-endian
    # float16: half the size, and a cosine changes by less than 0.001
    Column("sentence_vectors", LargeBinary, nullable=False),
    Column("vector_key", String(32), nullable=False),
    UniqueConstraint("document_id", "ordinal"),
)

conversations = Table(
    "conversations",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("id", String(32), nullable=False, unique=True),
    Column("owner", String(255), nullable=False),
    Column("title", Text, nullable=False),
    Column("created_at", String(40), nullable=False),
    Column("updated_at", String(40), nullable=False),
    Index("conversations_of_owner", "owner", "updated_at"),
)

answers = Table(
    "answers",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("id", String(64), nullable=False, unique=True),
    Column("conversation_id", String(32), ForeignKey("conversations.id", ondelete="CASCADE"), index=True),
    Column("owner", String(255), nullable=False),
    Column("question", Text, nullable=False),
    Column("refused", Boolean, nullable=False),
    Column("writer", String(255), nullable=False),
    Column("created_at", String(40), nullable=False),
    Column("body", JSON, nullable=False),
)

feedback = Table(
    "feedback",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("id", String(32), nullable=False, unique=True),
    Column(
        "answer_id",
        String(64),
        ForeignKey("answers.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("owner", String(255), nullable=False),
    Column("verdict", String(32), nullable=False),
    Column("note", Text, nullable=False),
    Column("created_at", String(40), nullable=False),
)

memos = Table(
    "memos",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("id", String(64), nullable=False, unique=True),
    Column("owner", String(255), nullable=False, index=True),
    Column("title", Text, nullable=False),
    Column("template", String(255), nullable=False),
    Column("created_at", String(40), nullable=False),
    Column("document_versions", JSON, nullable=False),  # document id -> sha256
    Column("body", JSON, nullable=False),
)

accounts = Table(
    "accounts",
    metadata,
    Column("id", String(32), primary_key=True),  # the owner of conversations, answers, feedback and memos
    Column("name", String(64), nullable=False, unique=True),
    Column("role", String(16), nullable=False),
    Column("password_hash", Text),
    Column("created_at", String(40), nullable=False),
    Column("seen_at", String(40)),
)

sessions = Table(
    "sessions",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("account_id", String(32), ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("created_at", String(40), nullable=False),
    Column("seen_at", String(40), nullable=False),
)

tokens = Table(
    "tokens",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("account_id", String(32), ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("digest", String(64), nullable=False, unique=True),
    Column("label", Text, nullable=False),
    Column("created_at", String(40), nullable=False),
    Column("expires_at", String(40)),
    Column("used_at", String(40)),
)


_VALUE = select(meta.c.value).where(meta.c.key == bindparam("wanted"))
"""Asked several times a question; made once, it need not be made and compared with others each time."""


def read_meta(connection: Connection, key: str) -> str | None:
    """A value of the meta table."""
    return connection.execute(_VALUE, {"wanted": key}).scalar_one_or_none()


def write_meta(connection: Connection, key: str, value: str) -> None:
    """Sets a value of the meta table."""
    changed = connection.execute(update(meta).where(meta.c.key == key).values(value=value))
    if changed.rowcount == 0:
        connection.execute(insert(meta).values(key=key, value=value))
