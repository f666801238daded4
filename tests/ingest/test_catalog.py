"""Sidecars and catalogs: what they may say, and how a mistake is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.catalog import apply_overrides, fingerprint_of, overrides_for, unknown_entries
from ingest.discovery import discover, slug, unique_id
from ingest.metadata import copyright_year, names, parse_date, titled
from rag.errors import SourceUnreadable
from rag.types import Metadata


@pytest.fixture
def report(tmp_path: Path) -> Path:
    path = tmp_path / "harbour.pdf"
    path.write_bytes(b"x")
    return path


def test_the_sidecar_beats_the_catalog(report: Path) -> None:
    (report.parent / "catalog.yaml").write_text("harbour.pdf: {publisher: Port Office, language: en}\n")
    (report.parent / "harbour.meta.yaml").write_text("publisher: Coast Institute\nauthor: Ana Silva\n")
    fields = overrides_for(report)
    assert fields == {"publisher": "Coast Institute", "language": "en", "authors": ("Ana Silva",)}


@pytest.mark.parametrize("name", ["harbour.meta.yaml", "harbour.pdf.meta.yaml", "harbour.meta.yml"])
def test_sidecar_names(report: Path, name: str) -> None:
    (report.parent / name).write_text("title: The Harbour\n")
    assert overrides_for(report) == {"title": "The Harbour"}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("publisherr: X", "publisherr"),
        ("published: soon", "soon"),
        ("published: 2024-13", "2024-13"),
        ("authors: 7", "7"),
        ("title:", "title"),
        ("language: [en]", "language"),
        ("- a list", "mapping"),
        ("title: [a", "YAML"),
        ("published: true", "True"),
    ],
)
def test_mistakes_name_the_file_and_the_key(report: Path, text: str, named: str) -> None:
    (report.parent / "harbour.meta.yaml").write_text(text + "\n")
    with pytest.raises(SourceUnreadable) as caught:
        overrides_for(report)
    assert "harbour.meta.yaml" in str(caught.value)
    assert named in str(caught.value)


@pytest.mark.parametrize(
    ("value", "stored"), [("2024", "2024"), ("2024-10", "2024-10"), ("2024-10-05", "2024-10-05"), ("null", None)]
)
def test_dates_keep_their_precision(report: Path, value: str, stored: str | None) -> None:
    (report.parent / "harbour.meta.yaml").write_text(f"published: {value}\n")
    changed = apply_overrides(Metadata(title="T", published="1999"), overrides_for(report))
    assert changed.published == stored
    assert changed.published_note == ("sidecar" if stored else None)


def test_unknown_catalog_entries_are_told(report: Path) -> None:
    (report.parent / "catalog.yaml").write_text("harbor.pdf: {title: X}\n")
    (warning,) = unknown_entries(report.parent)
    assert "harbor.pdf" in warning


def test_the_fingerprint_follows_the_content() -> None:
    assert fingerprint_of({"title": "a"}) == fingerprint_of({"title": "a"})
    assert fingerprint_of({"title": "a"}) != fingerprint_of({"title": "b"})
    assert fingerprint_of({}) == "none"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("rasanah.txt", "rasanah"),
        ("sub/Été 2024.md", "sub-ete-2024"),
        ("A_B  c.v2.pdf", "a-b-c-v2"),
        ("تقرير.txt", "تقرير"),
        ("---.txt", "document"),
        ("Straße.md", "strasse"),
    ],
)
def test_slugs(path: str, expected: str) -> None:
    assert slug(Path(path)) == expected


def test_unique_ids_count_up() -> None:
    assert unique_id("a", {"b"}) == "a"
    assert unique_id("a", {"a", "a-2"}) == "a-3"


def test_discovery_is_sorted_and_skips_what_is_not_meant(tmp_path: Path) -> None:
    for name in ("b.md", "a.txt", "c.meta.yaml", "catalog.yaml", ".d.md", "e.png"):
        (tmp_path / name).write_text("x")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "f.md").write_text("x")
    found = discover([tmp_path, tmp_path / "a.txt"])
    assert [s.path.name for s in found.sources] == ["a.txt", "b.md"]
    assert found.failed == ()


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("Year 8, Issue 20, October 2024", "2024-10"),
        ("8 May 2025", "2025-05-08"),
        ("May 9th, 2024", "2024-05-09"),
        ("2024-02-29T10:00", "2024-02-29"),
        ("2024-02-30", None),
        ("in 2024", None),
        ("2024", "2024"),
        ("٥ أكتوبر ٢٠٢٤", "2024-10-05"),
        ("3 mars 2021", "2021-03-03"),
    ],
)
def test_dates_in_lines(text: str, date: str | None) -> None:
    assert parse_date(text) == date


def test_copyright_lines() -> None:
    assert copyright_year("Copyright © 2024 Coast Institute") == "2024"
    assert copyright_year("In 2024 we copied it.") is None


@pytest.mark.parametrize(
    ("line", "people"),
    [
        ("Dr. Ana al-Silva", ("Dr. Ana al-Silva",)),
        ("By Ana Silva and Bo Lind", ("Ana Silva", "Bo Lind")),
        ("Ana Silva, Bo Lind", ("Ana Silva", "Bo Lind")),
        ("Mustafa Al-Saray*", ("Mustafa Al-Saray",)),
        ("Coast Institute", ()),
        ("The Harbour", ()),
        ("Specialized Studies", ()),
        ("RASANAH", ()),
    ],
)
def test_bylines(line: str, people: tuple[str, ...]) -> None:
    assert names(line) == people


def test_capitals_become_ordinary_case() -> None:
    assert titled("JOURNAL FOR COAST STUDIES") == "Journal for Coast Studies"
    assert titled("Coast Studies") == "Coast Studies"
