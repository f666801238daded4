"""The inverted index in SQLite's FTS5.

FTS5 computes each term's BM25 part; its own inverse document frequency is divided out again.  This is
the only file with SQL that only SQLite knows.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from sqlalchemy import Connection, text

from rag.records.termrows import BODY_WEIGHT, SECTION_WEIGHT, TITLE_WEIGHT, TermRow

_TABLE = "passage_terms"
# Our terms are already folded and joined by blanks; marks and the signs inside numbers must not split
# them a second time.
_CREATE = f"""CREATE VIRTUAL TABLE {_TABLE} USING fts5(
    body, section, title,
    tokenize="unicode61 remove_diacritics 0 categories 'L* M* N* Co' tokenchars '.,:/'"
)"""
_INSERT = f"INSERT INTO {_TABLE}(rowid, body, section, title) VALUES (?, ?, ?, ?)"  # noqa: S608
_DELETE = f"DELETE FROM {_TABLE} WHERE rowid IN (SELECT number FROM passages WHERE document_id = ?)"  # noqa: S608
_POSTINGS = (
    f"SELECT rowid, bm25({_TABLE}, {BODY_WEIGHT}, {SECTION_WEIGHT}, {TITLE_WEIGHT}) "  # noqa: S608
    f"FROM {_TABLE} WHERE {_TABLE} MATCH ?"
)


def create(connection: Connection) -> None:
    """Makes the FTS5 table."""
    connection.execute(text(_CREATE.replace(":", "\\:")))


def drop(connection: Connection) -> None:
    """Removes the FTS5 table."""
    connection.execute(text(f"DROP TABLE IF EXISTS {_TABLE}"))


def insert(connection: Connection, rows: Sequence[TermRow]) -> None:
    """Adds rows."""
    connection.exec_driver_sql(
        _INSERT, [(r.number, " ".join(r.body), " ".join(r.section), " ".join(r.title)) for r in rows]
    )


def delete(connection: Connection, document_id: str) -> None:
    """Removes a document's rows."""
    connection.exec_driver_sql(_DELETE, (document_id,))


def numbers(connection: Connection) -> set[int]:
    """The row numbers in the index."""
    return set(connection.exec_driver_sql(f"SELECT rowid FROM {_TABLE}").scalars())  # noqa: S608


def measure(connection: Connection) -> float:
    """What the scores need to know of the whole index: how many passages it holds."""
    return float(connection.exec_driver_sql(f"SELECT count(*) FROM {_TABLE}").scalar_one())  # noqa: S608


def postings(connection: Connection, term: str, total: float) -> list[tuple[int, float]]:
    """``(row number, BM25 part)`` of the passages with the term; ``total`` is :func:`measure`'s."""
    rows = connection.exec_driver_sql(_POSTINGS, (_quoted(term),)).all()
    idf = _fts5_idf(total, len(rows))
    return [(row[0], -row[1] / idf) for row in rows]


def _quoted(term: str) -> str:
    """A term as an FTS5 string: nothing inside it is query syntax."""
    plain = term.encode("utf-8", "replace").decode("utf-8").replace("\x00", " ")
    return '"' + plain.replace('"', '""') + '"'


def _fts5_idf(total: float, having: int) -> float:
    """What FTS5 multiplied by: Robertson's form, and a millionth where that is not positive."""
    value = math.log((total - having + 0.5) / (having + 0.5)) if having <= total else 0.0
    return value if value > 0 else 1e-6
