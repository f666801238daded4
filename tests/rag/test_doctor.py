"""The doctor finds what is broken, mends what is derived, and says what it cannot mend."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from rag.compose import writing
from rag.doctor import Report, examine
from rag.errors import LibraryBusy
from rag.settings import Settings
from tests import library


@pytest.fixture(autouse=True)
def hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The configured model is the hashing one."""
    monkeypatch.setattr("rag.embedding.SentenceTransformerEmbedder", lambda settings: library.embedder())


@pytest.fixture
def published(tiny_library: Settings) -> Settings:
    with writing(tiny_library) as parts:
        parts.vectors.publish()
    return tiny_library


def test_a_healthy_library_is_called_so(published: Settings) -> None:
    report = examine(published)
    assert report.healthy, report.problems
    assert report.facts["documents"] == "5"
    assert report.facts["embedding model"].startswith("hash-512")
    assert report.lines()[-1] == "All is well."
    assert json.loads(json.dumps(report.json())) == {
        "healthy": True, "facts": report.facts, "problems": [], "repairs": [],
    }  # fmt: skip


def test_a_damaged_word_index_is_found_and_rebuilt(published: Settings) -> None:
    file = Path(published.database.removeprefix("sqlite:///"))
    with sqlite3.connect(file) as raw:
        tables = {r[0] for r in raw.execute("select name from sqlite_master where sql like '%fts5%'")}
        for table in tables:
            raw.execute(f"delete from {table} where rowid in (select rowid from {table} limit 2)")
    assert not examine(published).healthy
    repaired = examine(published, repair=True)
    assert repaired.healthy, repaired.problems
    assert repaired.repairs
    assert examine(published).healthy


def test_a_lost_vector_index_is_rebuilt_from_the_stored_vectors(published: Settings) -> None:
    (published.data_dir / "chroma" / "CURRENT").unlink()
    assert not examine(published).healthy
    assert examine(published, repair=True).healthy
    assert examine(published).healthy


def test_another_model_is_a_problem_that_is_told(published: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "rag.embedding.SentenceTransformerEmbedder", lambda settings: library.Embedder(dimension=32)
    )
    report = examine(published, repair=True)
    assert any("hash-512" in p and "hash-32" in p for p in report.problems)


def test_it_does_not_work_on_a_library_that_is_being_written(published: Settings) -> None:
    with writing(published), pytest.raises(LibraryBusy):
        examine(published)


def test_problems_are_said_first_hand_and_the_way_out_last() -> None:
    report = Report(facts={"a": "1"}, problems=["It broke."], repairs=["x"])
    *said, way_out = report.lines()
    assert said == ["a  1", "repaired: x", "PROBLEM: It broke."]
    assert "briefing doctor --repair" in way_out
