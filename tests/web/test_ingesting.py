"""An ingest from the command line or an upload: parts opened, lock held, parts closed."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.compose import build, ingest_lock
from rag.errors import LibraryBusy, UsageError
from tests import library
from web.ingesting import run_ingest


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "reports" / "velten.txt"
    path.parent.mkdir()
    path.write_text(library.VELTEN)
    return path


def test_what_was_taken_in_can_be_asked(tmp_path: Path, file: Path) -> None:
    settings = library.settings(tmp_path / "data")
    seen: list[str] = []
    report = run_ingest(
        settings, [file.parent], embedder=library.embedder(), progress=lambda e: seen.append(e.kind)
    )
    assert report.added == ("velten",)
    assert {"embedding", "done", "publishing"} <= set(seen)
    built = build(settings, embedder=library.embedder())
    answer = built.ask("What drives most cancellations?")
    built.close()
    assert "low water" in answer.answer


def test_two_ingests_do_not_run_at_once(tmp_path: Path, file: Path) -> None:
    settings = library.settings(tmp_path / "data")
    settings.data_dir.mkdir()
    with ingest_lock(settings.data_dir), pytest.raises(LibraryBusy):
        run_ingest(settings, [file], embedder=library.embedder())
    assert run_ingest(settings, [file], embedder=library.embedder()).added == ("velten",)


def test_a_path_that_does_not_exist_is_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nothing-here"):
        run_ingest(library.settings(tmp_path), [tmp_path / "nothing-here"], embedder=library.embedder())
