"""The library as a list: filters and order."""

from __future__ import annotations

import pytest

from rag.types import DocumentInfo, Metadata
from web import shelf
from web.shelf import ShelfView


def info(document_id: str, **fields: object) -> DocumentInfo:
    meta = {"title": document_id.title(), "publisher": "P", "published": None, "language": "en"} | fields
    kind = str(meta.pop("format", "txt"))
    return DocumentInfo(
        id=document_id,
        metadata=Metadata(**meta),  # type: ignore[arg-type]
        format=kind,
        source_path="",
        sha256="",
        ingested_at="2026-01-01",
        pages=None,
        passages=1,
        characters=1,
    )


SHELF = [
    info("a", published="2023-12-31", format="pdf"),
    info("b", published="2024", language="ar"),
    info("c", published="2024-06", publisher="Q", title="Été à Basra"),
    info("d"),
]


def ids(**view: str) -> str:
    return "".join(d.id for d in shelf.shown(SHELF, ShelfView(**view)))


@pytest.mark.parametrize(
    ("view", "expected"),
    [
        ({}, "abdc"),  # by title: A, B, D, Été
        ({"format": "pdf"}, "a"),
        ({"language": "ar"}, "b"),
        ({"publisher": "Q"}, "c"),
        ({"q": "ÉTÉ basra"}, "c"),
        ({"since": "2024"}, "bc"),
        ({"until": "2024"}, "abc"),
        ({"until": "2023"}, "a"),
        ({"since": "2024-03"}, "bc"),  # 2024 may well be later than March
        ({"since": "2024-07"}, "b"),
        ({"since": "2024-01", "until": "2024-06"}, "bc"),
        ({"sort": "published", "order": "desc"}, "cbad"),
        ({"sort": "language"}, "bacd"),
    ],
)
def test_filters_and_order(view: dict[str, str], expected: str) -> None:
    assert ids(**view) == expected


def test_an_address_keeps_what_is_chosen_and_nothing_else() -> None:
    view = shelf.from_query(q="x", sort="nonsense", order="sideways")
    assert view.query(sort="pages") == {"q": "x", "sort": "pages", "order": "asc"}
    assert view.narrowed
    assert not ShelfView(sort="pages").narrowed


def test_the_filters_offer_what_is_there() -> None:
    assert shelf.offered(SHELF) == {"publishers": ["P", "Q"], "languages": ["ar", "en"], "formats": ["pdf", "txt"]}
