"""Corrections of metadata: what is allowed, and that they outlive every ingest."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rag.errors import NotFound, UsageError
from rag.fakes import HashEmbedder, add_documents, sample_document
from rag.metadata_edit import applied, checked, found_in, merged
from rag.records import Records, open_records
from rag.text import terms
from rag.types import Filters, Metadata, MetadataEdit

FOUND = Metadata(title="Ports", authors=("A. Lorne",), publisher="Port Institute", published="2024-10")


def test_an_edit_stands_over_what_was_found_and_says_so_of_the_date() -> None:
    edited = applied(FOUND, checked({"authors": [" B.  Maas ", ""], "published": "2025", "publisher": " "}))
    assert edited.authors == ("B. Maas",)
    assert (edited.published, edited.published_note) == ("2025", "edited in the library")
    assert edited.publisher is None
    assert edited.title == "Ports"


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"title": "  "}, "must not be empty"),
        ({"published": "2024-02-30"}, "is not a date"),
        ({"published": "soon"}, "is not a date"),
        ({"language": "English!"}, "is not a language code"),
        ({"role": "x"}, "cannot be edited"),
        ({"title": "x" * 501}, "500 are allowed"),
        ({"authors": ["a"] * 51}, "At most 50 authors"),
    ],
)
def test_what_is_not_allowed_is_said(fields: dict[str, Any], reason: str) -> None:
    with pytest.raises(UsageError, match=reason):
        checked(fields)


def test_a_field_set_back_to_what_was_found_is_no_edit_any_more() -> None:
    edit = MetadataEdit(fields={"title": "Harbours", "publisher": None}, found=found_in(FOUND), edited_at="")
    assert merged(edit, FOUND, {"title": "Ports"}) == {"publisher": None}
    assert merged(None, FOUND, {"authors": ["A. Lorne"], "published": "2024-11"}) == {"published": "2024-11"}


@pytest.fixture
def records(tmp_path: Path) -> Records:
    opened = open_records(f"sqlite:///{tmp_path / 'library.sqlite'}")
    add_documents(opened.library, {"ports": "The port has 41 cranes.\n\nIt needs two more."}, title="Ports")
    return opened


def found_by(records: Records, word: str) -> bool:
    return bool(records.lexical.search(dict.fromkeys(terms(word), 1.0), k=5))


def test_an_edited_title_is_found_by_search_and_filters_and_taken_back_whole(records: Records) -> None:
    library = records.library
    before, generation = library.documents(), library.generation()
    assert not found_by(records, "winter")
    library.edit_metadata("ports", {"title": "Winter", "publisher": "Quay House"})
    (info,) = library.documents(Filters(publishers=("Quay House",)))
    assert (info.metadata.title, info.edited) == ("Winter", ("publisher", "title"))
    assert library.generation() > generation
    assert found_by(records, "winter")
    assert records.check() == []
    library.edit_metadata("ports", {})
    assert library.documents() == before
    assert not found_by(records, "winter")
    assert library.edit("ports") is None


def test_an_edit_survives_an_ingest_and_knows_what_the_new_file_says(records: Records) -> None:
    library = records.library
    library.edit_metadata("ports", {"publisher": "Quay House"})
    document, passages, vectors = sample_document(
        "ports", "The port has 42 cranes.", embedder=HashEmbedder(), title="Ports, new", publisher="Port Institute"
    )
    library.replace_document(document, passages, vectors, settings_fingerprint="s", source_root=".")
    meta = library.document("ports").metadata
    assert (meta.title, meta.publisher) == ("Ports, new", "Quay House")
    edit = library.edit("ports")
    assert edit is not None
    assert edit.found["publisher"] == "Port Institute"
    library.edit_metadata("ports", {})
    assert library.document("ports").metadata == document.metadata


def test_a_removed_document_takes_its_edits_along(records: Records) -> None:
    records.library.edit_metadata("ports", {"publisher": "Quay House"})
    records.library.remove_documents(["ports"])
    add_documents(records.library, {"ports": "Another text."})
    assert records.library.documents()[0].edited == ()
    with pytest.raises(NotFound):
        records.library.edit_metadata("nowhere", {"title": "x"})
