"""Memos, kept with the version of each document they used."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select

from rag.errors import NotFound, UsageError
from rag.records import schema
from rag.records.conversations import stamp
from rag.records.database import Database
from rag.types import Memo
from rag.wire import memo_json

_MEMOS = schema.memos.c


class SqlMemos:
    """A :class:`rag.ports.MemoStore` over SQL."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    def save(self, memo: Memo, *, owner: str = "") -> None:
        """Stores a memo.

        Raises:
            UsageError: a memo with that id is stored already; stored memos never change.
        """
        with self._database.write() as connection:
            if connection.execute(select(_MEMOS.id).where(_MEMOS.id == memo.id)).first():
                raise UsageError(f"A memo with the id {memo.id!r} is stored already.")
            connection.execute(
                insert(schema.memos).values(
                    id=memo.id,
                    owner=owner,
                    title=memo.title,
                    template=memo.template,
                    created_at=memo.created_at or stamp(self._now()),
                    document_versions={source.id: source.sha256 for source in memo.sources},
                    body=memo_json(memo),
                )
            )

    def memo(self, memo_id: str, *, owner: str = "") -> dict[str, Any]:
        """The memo in the contract's JSON shape.  Raises NotFound."""
        with self._database.read() as connection:
            body = connection.execute(
                select(_MEMOS.body).where(_MEMOS.id == memo_id, _MEMOS.owner == owner)
            ).scalar_one_or_none()
        if body is None:
            raise NotFound(f"There is no memo {memo_id!r}.")
        return dict(body)

    def memos(self, *, owner: str = "") -> list[dict[str, Any]]:
        """``{"id","title","template","created_at","version","parent_id"}``, latest first."""
        query = (
            select(
                _MEMOS.id,
                _MEMOS.title,
                _MEMOS.template,
                _MEMOS.created_at,
                _MEMOS.body["version"].as_integer().label("version"),
                _MEMOS.body["parent_id"].as_string().label("parent_id"),
            )
            .where(_MEMOS.owner == owner)
            .order_by(_MEMOS.number.desc())
        )
        with self._database.read() as connection:
            return [dict(row._mapping) for row in connection.execute(query)]

    def versions(self, memo_id: str, *, owner: str = "") -> list[dict[str, Any]]:
        """All versions that a memo belongs to, oldest first, each as in :meth:`memos`.  Raises NotFound."""
        rows = self.memos(owner=owner)
        known = {row["id"]: row for row in rows}
        if memo_id not in known:
            raise NotFound(f"There is no memo {memo_id!r}.")
        first = known[memo_id]
        while first["parent_id"] in known:
            first = known[first["parent_id"]]
        family = {first["id"]}
        for row in reversed(rows):  # oldest first: a parent stands before its children
            if row["parent_id"] in family:
                family.add(row["id"])
        return [row for row in reversed(rows) if row["id"] in family]

    def delete(self, memo_id: str, *, owner: str = "") -> list[str]:
        """Removes a memo with all versions it belongs to; their ids, oldest first.  Raises NotFound."""
        ids = [row["id"] for row in self.versions(memo_id, owner=owner)]
        with self._database.write() as connection:
            connection.execute(delete(schema.memos).where(_MEMOS.id.in_(ids), _MEMOS.owner == owner))
        return ids

    def touching(self, document_id: str, *, owner: str = "") -> list[str]:
        """Ids of the memos that cite a document, oldest first."""
        query = select(_MEMOS.id, _MEMOS.document_versions).where(_MEMOS.owner == owner).order_by(_MEMOS.number)
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return [row.id for row in rows if document_id in row.document_versions]
