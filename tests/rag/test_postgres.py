"""PostgreSQL as the store of record: the same answers as SQLite, and errors in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.briefing import Briefing
from rag.compose import build
from rag.doctor import examine
from rag.errors import SettingsError, StoreError
from rag.records import open_records
from tests import library, postgres

QUESTIONS = ("How many ferries does the Orrin Ferry Board count?", "Why did the lake fall?", "كم عدد العبارات؟")


def told(briefing: Briefing) -> list[object]:
    answers = [briefing.ask(q) for q in QUESTIONS]
    return [(a.answer, a.citations, [(h.passage.id, round(h.score, 9)) for h in a.hits]) for a in answers]


def test_both_databases_give_the_same_answers(tmp_path: Path, postgres_server: postgres.Server) -> None:
    given = []
    for name, address in (("file", None), ("server", postgres_server.database())):
        built = build(library.fill(tmp_path / name, database_url=address), embedder=library.embedder())
        try:
            given.append(told(built))
            built.remove(["clinics"])
            assert "clinics" not in {d.id for d in built.documents()}
        finally:
            built.close()
    assert given[0] == given[1]


def test_the_doctor_names_the_database(tmp_path: Path, postgres_server: postgres.Server) -> None:
    chosen = library.fill(tmp_path / "data", database_url=postgres_server.database())
    assert examine(chosen).facts["database"].startswith("PostgreSQL ")
    assert examine(library.settings(tmp_path / "other")).facts["database"].startswith("SQLite 3.")


def test_a_server_that_does_not_answer_is_said_so_without_the_password() -> None:
    pytest.importorskip("psycopg")
    with pytest.raises(StoreError, match="does not answer; check the address in BRIEFING_DATABASE_URL") as caught:
        open_records("postgresql://desk:hunter2secret@127.0.0.1:9/library")
    assert "hunter2secret" not in str(caught.value)


def test_a_database_that_is_not_there_is_named(postgres_server: postgres.Server) -> None:
    address = postgres_server.database().replace("/library_", "/nothing_")
    with pytest.raises(StoreError, match="it is not there; make it with createdb"):
        open_records(address)


def test_a_missing_driver_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "psycopg", None)
    with pytest.raises(SettingsError, match=r"pip install 'psycopg\[binary\]'"):
        open_records("postgresql://localhost/library")
