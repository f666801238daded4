"""An old data folder opens and loses nothing; what comes out is what a new one has."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from rag.errors import StoreError
from rag.records import migrations, open_records
from rag.records.schema import SCHEMA_VERSION

V1 = (Path(__file__).parent / "schema_v1.sql").read_text(encoding="utf-8")
ANSWER = {"id": "a1", "question": "Are the dams low?", "answer": "Dams are low. [1]", "citations": [{"number": 1}]}
MEMO = {"id": "m1", "title": "Dams", "version": 1, "parent_id": None}
TIME = "2024-01-01T00:00:00.000+00:00"


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A library of version 1 with one row in every table."""
    file = tmp_path / "library.sqlite"
    rows: list[tuple[str, tuple[Any, ...]]] = [
        ("meta", ("schema_version", "1")),
        ("meta", ("generation", "7")),
        ("meta", ("library_id", "abc")),
        (
            "documents",
            ("water", "Water", None, "2024-10", "en", '{"authors": []}', "txt", None, 1, 13, "/w.txt", "/", "ab" * 32,
             "f", TIME, "Dams are low.", '{"sections": [], "pages": [], "notes": [], "cleaning": []}'),
        ),
        ("passages", (1, "water:0-13", "water", 0, 0, 13, "[]", None, "body", "[[0, 13]]", b"\0" * 4, b"\0" * 2, "k")),
        ("passage_terms", ("dam low", "", "water")),
        ("conversations", (1, "c1", "", "Are the dams low?", TIME, TIME)),
        ("answers", (1, "a1", "c1", "", "Are the dams low?", 0, "extractive", TIME, json.dumps(ANSWER))),
        ("feedback", (1, "f1", "a1", "", "right", "exact", TIME)),
        ("memos", (1, "m1", "", "Dams", "two-page", TIME, "{}", json.dumps(MEMO))),
    ]  # fmt: skip
    connection = sqlite3.connect(file)
    connection.executescript(V1)
    for table, values in rows:
        marks = ", ".join("?" * len(values))
        connection.execute(f"INSERT INTO {table} VALUES ({marks})", values)
    connection.commit()
    connection.close()
    return file


def _contents(file: Path, tables: list[str]) -> dict[str, list[Any]]:
    connection = sqlite3.connect(file)
    found = {table: connection.execute(f"SELECT * FROM {table}").fetchall() for table in tables}
    connection.close()
    return found


def _shape(file: Path) -> dict[str, Any]:
    """Columns, indexes and foreign keys of each table, without the order in which SQL happens to name them."""
    connection = sqlite3.connect(file)
    names = [n for (n,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    shape = {}
    for name in names:
        indexes = []
        for _, index, unique, origin, _ in connection.execute(f"PRAGMA index_list({name})"):
            columns = [row[2] for row in connection.execute(f"PRAGMA index_info({index})")]
            indexes.append((columns, unique, origin))
        shape[name] = (
            connection.execute(f"PRAGMA table_info({name})").fetchall(),
            sorted(indexes),
            connection.execute(f"PRAGMA foreign_key_list({name})").fetchall(),
        )
    connection.close()
    return shape


def test_an_old_library_opens_and_loses_nothing(old: Path) -> None:
    tables = ["documents", "passages", "passage_terms", "conversations", "answers", "feedback", "memos"]
    before = _contents(old, tables)
    assert all(len(rows) == 1 for rows in before.values())
    records = open_records(f"sqlite:///{old}")
    assert records.conversations.conversation("c1")["answers"] == [ANSWER]
    assert records.conversations.answer("a1") == ANSWER
    assert records.conversations.feedback()[0]["verdict"] == "right"
    assert records.memos.memo("m1") == MEMO
    assert records.library.document("water").text == "Dams are low."
    assert records.library.generation() == 7
    assert records.accounts.accounts() == []
    assert records.check() == []
    records.close()
    assert _contents(old, tables) == before


def test_an_old_library_becomes_what_a_new_one_is(old: Path, tmp_path: Path) -> None:
    new = tmp_path / "new.sqlite"
    for file in (old, new):
        open_records(f"sqlite:///{file}").close()
    assert _shape(old) == _shape(new)
    versions = [dict(_contents(file, ["meta"])["meta"])["schema_version"] for file in (old, new)]
    assert versions == [str(SCHEMA_VERSION)] * 2


def test_there_is_a_step_from_every_version() -> None:
    assert set(migrations.STEPS) == set(range(1, SCHEMA_VERSION))


def test_a_step_that_fails_leaves_the_old_library_as_it_was(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(connection: Any) -> None:
        connection.exec_driver_sql("CREATE TABLE accounts (id TEXT)")
        raise StoreError("in the middle")

    before = _shape(old)
    monkeypatch.setattr(migrations, "STEPS", {1: broken})
    with pytest.raises(StoreError, match="in the middle"):
        open_records(f"sqlite:///{old}")
    assert _shape(old) == before
    assert dict(_contents(old, ["meta"])["meta"])["schema_version"] == "1"


def test_a_version_that_nobody_knows_how_to_leave_is_refused(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrations, "STEPS", {})
    with pytest.raises(StoreError, match=r"old version 1, which this program cannot bring"):
        open_records(f"sqlite:///{old}")
