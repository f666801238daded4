"""The inverted index in two plain tables, for databases without FTS5.

``passage_postings`` has one row for a term in a passage, with the weighted count that BM25 takes
(body 1, heading path 0.5, title 0.25); ``passage_lengths`` how many terms each passage has.  The
numbers are those of FTS5's bm25() to the last bits of a float.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import (
    Column,
    Connection,
    Float,
    Integer,
    MetaData,
    Table,
    Text,
    func,
    select,
)
from sqlalchemy import (
    delete as sql_delete,
)
from sqlalchemy import (
    insert as sql_insert,
)

from rag.records import schema
from rag.records.termrows import BODY_WEIGHT, K1, SECTION_WEIGHT, TITLE_WEIGHT, B, TermRow

_metadata = MetaData()
_postings = Table(
    "passage_postings",
    _metadata,
    Column("term", Text, primary_key=True),
    Column("number", Integer, primary_key=True, index=True),
    Column("weighted", Float(53), nullable=False),
)
_lengths = Table(
    "passage_lengths",
    _metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("length", Integer, nullable=False),
)


def create(connection: Connection) -> None:
    """Makes the tables."""
    _metadata.create_all(connection)


def drop(connection: Connection) -> None:
    """Removes the tables."""
    _metadata.drop_all(connection)


def insert(connection: Connection, rows: Sequence[TermRow]) -> None:
    """Adds rows."""
    counted = [entry for row in rows for entry in _entries(row)]
    if counted:
        connection.execute(sql_insert(_postings), counted)
    lengths = [{"number": r.number, "length": len(r.body) + len(r.section) + len(r.title)} for r in rows]
    connection.execute(sql_insert(_lengths), lengths)


def delete(connection: Connection, document_id: str) -> None:
    """Removes a document's rows."""
    passages = schema.passages.c
    own = select(passages.number).where(passages.document_id == document_id)
    for table in (_postings, _lengths):
        connection.execute(sql_delete(table).where(table.c.number.in_(own)))


def numbers(connection: Connection) -> set[int]:
    """The row numbers in the index."""
    return set(connection.execute(select(_lengths.c.number)).scalars())


def measure(connection: Connection) -> float:
    """What the scores need to know of the whole index: the mean length of a passage, in terms."""
    return float(connection.execute(select(func.avg(_lengths.c.length))).scalar() or 1)


def postings(connection: Connection, term: str, average: float) -> list[tuple[int, float]]:
    """``(row number, BM25 part)`` of the passages with the term; ``average`` is :func:`measure`'s."""
    plain = term.encode("utf-8", "replace").decode("utf-8").replace("\x00", " ")
    query = (
        select(_postings.c.number, _postings.c.weighted, _lengths.c.length)
        .join(_lengths, _lengths.c.number == _postings.c.number)
        .where(_postings.c.term == plain)
    )
    return [
        (row.number, row.weighted * (K1 + 1) / (row.weighted + K1 * (1 - B + B * row.length / average)))
        for row in connection.execute(query)
    ]


def _entries(row: TermRow) -> Iterator[dict[str, object]]:
    weights: dict[str, float] = {}
    places = ((row.body, BODY_WEIGHT), (row.section, SECTION_WEIGHT), (row.title, TITLE_WEIGHT))
    for terms, weight in places:
        for term in terms:
            weights[term] = weights.get(term, 0.0) + weight
    for term, weighted in weights.items():
        yield {"term": term, "number": row.number, "weighted": weighted}
