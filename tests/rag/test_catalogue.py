"""What the library knows of itself, and when it looks again."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from rag.catalogue import CatalogueCache, build_catalogue
from rag.compose import Parts, open_parts, writing
from rag.settings import Settings
from rag.types import DocumentInfo
from tests import library


def opened(settings: Settings) -> Parts:
    return open_parts(settings, embedder=library.embedder())


def test_it_holds_documents_names_words_and_order(tiny_library: Settings) -> None:
    parts = opened(tiny_library)
    catalogue = build_catalogue(parts.records.library)
    parts.close()
    assert set(catalogue.documents) == set(library.TEXTS)
    assert catalogue.languages == {"en", "ar"}
    assert catalogue.lexicon.passages == sum(len(row) for row in catalogue.order.values()) >= 10
    assert catalogue.names.find("What does Velten say?")[0].documents == ("velten",)
    for row in catalogue.order.values():
        assert [p.start for p in row] == sorted(p.start for p in row)


def test_neighbours_are_in_the_same_report(tiny_library: Settings) -> None:
    parts = opened(tiny_library)
    catalogue = build_catalogue(parts.records.library)
    parts.close()
    first, second, third = catalogue.order["ferry-board"]
    assert catalogue.neighbours(first) == (None, second)
    assert catalogue.neighbours(second) == (first, third)
    assert catalogue.neighbours(third) == (second, None)


def test_it_is_built_once_for_each_state_of_the_library(tiny_library: Settings) -> None:
    parts = opened(tiny_library)
    cache = CatalogueCache(parts.records.library)
    before = cache.get()
    assert cache.get() is before
    with writing(tiny_library, embedder=library.embedder()) as other:
        other.records.library.remove_documents(["clinics"])
    after = cache.get()
    parts.close()
    assert "clinics" in before.documents
    assert "clinics" not in after.documents


def test_a_changed_alias_file_is_read_again(tiny_library: Settings, tmp_path: Path) -> None:
    parts = opened(tiny_library)
    aliases = tmp_path / "aliases.yaml"
    cache = CatalogueCache(parts.records.library, aliases)
    before = cache.get()
    aliases.write_text("[]\n")
    os.utime(aliases, (1, 1))
    after = cache.get()
    assert after is not before
    assert cache.get() is after
    parts.close()


def test_a_document_removed_while_it_reads_makes_it_read_again(tiny_library: Settings) -> None:
    parts = opened(tiny_library)
    records = parts.records.library

    class Changing:
        """Lists one document more than there is, the first time."""

        def __init__(self) -> None:
            self.listed = 0

        def __getattr__(self, name: str) -> object:
            return getattr(records, name)

        def documents(self) -> list[DocumentInfo]:
            self.listed += 1
            infos = records.documents()
            return [*infos, replace(infos[0], id="gone")] if self.listed == 1 else infos

    library_ = Changing()
    catalogue = CatalogueCache(library_).get()  # type: ignore[arg-type]
    newer = replace(catalogue.order["velten"][0], id="velten:0-1")
    stranger = replace(newer, document_id="new")
    parts.close()
    assert library_.listed == 2
    assert "gone" not in catalogue.documents
    assert catalogue.neighbours(newer) == catalogue.neighbours(stranger) == (None, None)
