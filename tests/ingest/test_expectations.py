"""The shared expectations about five published reports: metadata, headings, what to drop, what to join."""

from __future__ import annotations

import json
import re
from functools import lru_cache

import pytest
from rapidfuzz.fuzz import partial_ratio

from ingest.assemble import Assembled
from ingest.chunk import chunk
from rag.types import Passage
from tests.ingest.helpers import SHARED, assembled, count_tokens

NAMES = ("hammurabi", "albayan", "rasanah", "newlines", "hashimi")
EXPECTATIONS = SHARED / "gold" / "ingest_expectations.json"

pytestmark = pytest.mark.skipif(
    not EXPECTATIONS.exists(), reason="the shared reports and expectations are not beside the repository"
)


@lru_cache
def expected(name: str) -> dict[str, object]:
    return dict(json.loads(EXPECTATIONS.read_text(encoding="utf-8"))[name])


@lru_cache
def report(name: str) -> Assembled:
    return assembled((SHARED / "reports" / f"{name}.txt").read_bytes(), name=name)


@lru_cache
def passages(name: str) -> tuple[Passage, ...]:
    return tuple(chunk(report(name), max_tokens=254, count_tokens=count_tokens))


def flat(text: str) -> str:
    return re.sub(r"\s+", " ", text)


@pytest.mark.parametrize("name", NAMES)
def test_title_and_author_are_those_printed(name: str) -> None:
    meta = report(name).document.metadata
    assert meta.title.casefold() == str(expected(name)["title"]).casefold()
    assert meta.authors == (expected(name)["author"],)


@pytest.mark.parametrize("name", NAMES)
def test_role_is_found(name: str) -> None:
    wanted = str(expected(name)["author_role"]).split(" (past tense")[0]
    assert report(name).document.metadata.role == wanted


@pytest.mark.parametrize(
    ("name", "publisher", "published", "note"),
    [
        ("hammurabi", "Hammurabi Center for Research and Strategic Studies", None, None),
        ("albayan", "Al-Bayan Center for Planning and Studies", "2024", "copyright line"),
        ("rasanah", "Rasanah, International Institute for Iranian Studies", "2024-10", None),
        ("newlines", "Newlines Institute", None, None),
        ("hashimi", None, None, None),
    ],
)
def test_publisher_and_date_only_where_printed(
    name: str, publisher: str | None, published: str | None, note: str | None
) -> None:
    meta = report(name).document.metadata
    assert (meta.publisher, meta.published, meta.published_note) == (publisher, published, note)
    assert meta.language == "en"


def test_series_and_translator() -> None:
    assert report("rasanah").document.metadata.series == expected("rasanah")["series"]
    assert report("albayan").document.metadata.translator == expected("albayan")["translator"]


@pytest.mark.parametrize("name", NAMES)
def test_headings_stand_in_order(name: str) -> None:
    found = iter(s.title for s in report(name).document.sections)
    missing = [h for h in expected(name)["headings"] if h not in found]  # type: ignore[attr-defined]
    assert missing == []


@pytest.mark.parametrize("name", NAMES)
def test_no_paragraph_became_a_heading(name: str) -> None:
    wanted = list(expected(name)["headings"])  # type: ignore[call-overload]
    plain = [s.title for s in report(name).document.sections if s.level < 7]
    assert [t for t in plain if t not in wanted] == []


@pytest.mark.parametrize("name", NAMES)
def test_furniture_is_gone(name: str) -> None:
    text = flat(report(name).document.text)
    assert [d for d in expected(name)["drop"] if d in text] == []  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", NAMES)
def test_broken_sentences_are_whole(name: str) -> None:
    text = report(name).document.text
    wanted = [*expected(name)["joins"], *expected(name)["joins_clean"]]  # type: ignore[misc]
    assert [j for j in wanted if j not in text] == []


def test_rasanah_has_its_notes_with_anchors() -> None:
    document = report("rasanah").document
    assert [n.label for n in document.notes] == [str(i) for i in range(1, 39)]
    assert all(n.anchor is not None for n in document.notes)
    assert not re.search("[⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾]", document.text)


def test_albayan_notes_are_three_and_the_author_note() -> None:
    document = report("albayan").document
    assert [n.label for n in document.notes] == ["*", "1", "2", "3"]
    assert all(n.anchor is not None for n in document.notes)


def _quotes(name: str) -> list[str]:
    found = {
        e["quote"]
        for line in (SHARED / "gold" / "questions.jsonl").read_text(encoding="utf-8").splitlines()
        for e in json.loads(line).get("evidence", [])
        if e["doc"] == name
    }
    dropped = expected(name)["drop"]
    return sorted(q for q in found if not any(d in q for d in dropped))  # type: ignore[attr-defined]


def _stands_in(quote: str, texts: list[str]) -> bool:
    wanted = flat(quote).lower()
    return any(wanted in t or partial_ratio(wanted, t) >= 85 for t in texts)


@pytest.mark.parametrize("name", NAMES)
def test_every_gold_quote_stands_in_the_text(name: str) -> None:
    text = flat(report(name).document.text).lower()
    assert _quotes(name)
    assert [q for q in _quotes(name) if not _stands_in(q, [text])] == []


def test_nearly_every_gold_quote_stands_in_one_passage() -> None:
    """A quote over two sentences may fall on two passages; that must stay rare."""
    torn = [
        (name, quote)
        for name in NAMES
        for quote in _quotes(name)
        if not _stands_in(quote, [flat(p.text).lower() for p in passages(name)])
    ]
    assert len(torn) <= 0.01 * sum(len(_quotes(name)) for name in NAMES), torn
