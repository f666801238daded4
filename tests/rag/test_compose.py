"""The composition root: opens what settings name, says what is wrong with them, locks one writer at a time."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.catalogue import CatalogueCache
from rag.compose import build, make_writer, open_parts, remove_documents, writing
from rag.errors import LibraryBusy, NotFound, SettingsError
from rag.settings import Settings
from tests import library


def test_a_data_folder_is_made(tmp_path: Path) -> None:
    settings = library.settings(tmp_path / "a" / "b")
    build(settings, embedder=library.embedder()).close()
    assert (tmp_path / "a" / "b" / "library.sqlite").exists()


def test_a_data_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(SettingsError, match=r"file/data.*--data-dir or BRIEFING_DATA_DIR"):
        build(library.settings(tmp_path / "file" / "data"), embedder=library.embedder())


def test_one_writer_at_a_time(tiny_library: Settings) -> None:
    with (
        writing(tiny_library, embedder=library.embedder()),
        pytest.raises(LibraryBusy),
        writing(tiny_library, embedder=library.embedder()),
    ):
        pass
    with writing(tiny_library, embedder=library.embedder()) as parts:  # and it is given back
        assert len(parts.records.library.documents()) == 5


def test_readers_read_while_one_writes(tiny_library: Settings) -> None:
    with writing(tiny_library, embedder=library.embedder()):
        built = build(tiny_library, embedder=library.embedder())
        assert built.search("fog").hits
        built.close()


def test_removing_is_all_or_none(tiny_library: Settings) -> None:
    with pytest.raises(NotFound):
        remove_documents(tiny_library, ["velten", "nobody"])
    assert remove_documents(tiny_library, ["velten"]) == ["velten"]
    built = build(tiny_library, embedder=library.embedder())
    assert "velten" not in {d.id for d in built.documents()}
    built.close()


def test_a_process_that_serves_finds_what_a_command_finds(tiny_library: Settings) -> None:
    with writing(tiny_library, embedder=library.embedder()) as parts:
        parts.vectors.publish()
    found = []
    for serving in (False, True):
        built = build(tiny_library, embedder=library.embedder(), serving=serving)
        found.append([(h.passage.id, round(h.score, 4)) for h in built.search("the northern pier").hits])
        built.close()
    assert found[0] == found[1] != []


def test_the_writer_follows_the_settings(tiny_library: Settings) -> None:
    parts = open_parts(tiny_library, embedder=library.embedder())
    try:
        catalogue = CatalogueCache(parts.records.library)
        assert make_writer(tiny_library, parts, catalogue).name == "extractive"
        chosen = tiny_library.model_copy(update={"llm": "openai:some-model"})
        assert make_writer(chosen, parts, catalogue).name == "openai:some-model"
        with pytest.raises(SettingsError, match="provider:model"):
            make_writer(tiny_library.model_copy(update={"llm": "some-model"}), parts, catalogue)
    finally:
        parts.close()
