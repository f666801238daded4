"""Page images: drawn once, kept within bounds, never of another file than the one taken in."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from ingest import sandbox
from ingest.limits import Limits
from ingest.readers.pdf_page import PageView
from rag.errors import LibraryBusy, NotFound, SourceUnreadable
from rag.types import Document, Metadata, PageSpan
from tests.ingest.test_pdf import raw_pdf
from tests.web.fake_desk import FakeDesk
from web.page_images import PageImages

SENTENCE = "The authority counted 41 working cranes."
PDF = raw_pdf(b"BT /F 9 Tf 30 250 Td (The authority counted 41) Tj 0 -14 Td (work-) Tj 0 -14 Td (ing cranes.) Tj ET")


@pytest.fixture(autouse=True, scope="module")
def _close() -> Iterator[None]:
    yield
    sandbox.close()


def report(path: Path, data: bytes = PDF, text: str = SENTENCE, pages: int = 1) -> Document:
    path.write_bytes(data)
    return Document(
        id="quay",
        text=text,
        metadata=Metadata(title="Quay"),
        format="pdf",
        source_path=str(path),
        sha256=hashlib.sha256(data).hexdigest(),
        ingested_at="2026-11-20T10:00:00+00:00",
        pages=pages,
        page_spans=(PageSpan(page=1, start=0, end=len(text)),),
    )


class Drawer:
    """Stands in for the child process: counts, waits when told to, refuses a page 9."""

    def __init__(self) -> None:
        self.drawn: list[int] = []
        self.go = threading.Event()
        self.go.set()

    def __call__(self, path: Path, number: int, limits: Limits) -> PageView:
        self.drawn.append(number)
        assert self.go.wait(20)
        if number == 9:
            raise SourceUnreadable("is damaged.")
        return PageView(png=bytes([number]) * 400_000, width=10, height=10, text="", boxes=())


@pytest.fixture
def drawer() -> Drawer:
    return Drawer()


@pytest.fixture
def images(tmp_path: Path, drawer: Drawer) -> Iterator[PageImages]:
    made = PageImages(tmp_path / "pages", Limits(), most_bytes=1_000_000, draw=drawer)
    yield made
    drawer.go.set()
    made.close()


def test_a_page_is_drawn_once_and_kept_even_when_the_original_is_gone(
    images: PageImages, drawer: Drawer, tmp_path: Path
) -> None:
    document = report(tmp_path / "q.pdf", pages=3)
    first = images.page(document, 1)
    assert images.page(document, 1) == first
    assert drawer.drawn == [1]
    (tmp_path / "q.pdf").unlink()
    assert images.page(document, 1) == first
    with pytest.raises(NotFound, match="no longer where"):
        images.page(document, 2)


def test_the_oldest_images_go_when_the_bound_is_reached(
    images: PageImages, drawer: Drawer, tmp_path: Path
) -> None:
    document = report(tmp_path / "q.pdf", pages=3)
    for number, moment in ((1, 200), (2, 300)):
        images.page(document, number)
        for file in (tmp_path / "pages").glob(f"*-{number}-*"):
            os.utime(file, (moment, moment))
    images.page(document, 3)  # 1.2 MB against 1 MB
    assert {p.name.split("-")[1] for p in (tmp_path / "pages").glob("*.png")} == {"2", "3"}
    images.page(document, 1)
    assert drawer.drawn == [1, 2, 3, 1]


def test_a_changed_original_is_never_shown(images: PageImages, tmp_path: Path) -> None:
    document = report(tmp_path / "q.pdf")
    (tmp_path / "q.pdf").write_bytes(PDF + b"\n")
    with pytest.raises(NotFound, match="has changed"):
        images.page(document, 1)


def test_what_cannot_be_drawn_is_tried_once(images: PageImages, drawer: Drawer, tmp_path: Path) -> None:
    document = report(tmp_path / "q.pdf", pages=9)
    for _ in range(3):
        with pytest.raises(SourceUnreadable, match="Page 9 of the original cannot be drawn: is damaged"):
            images.page(document, 9)
    assert drawer.drawn == [9]


def test_many_readers_of_one_page_wait_for_one_drawing(
    images: PageImages, drawer: Drawer, tmp_path: Path
) -> None:
    document = report(tmp_path / "q.pdf")
    drawer.go.clear()
    for _ in range(3):
        with pytest.raises(LibraryBusy, match="still being drawn"):
            images.page(document, 1, wait=0.05)
    drawer.go.set()
    images.page(document, 1)
    assert drawer.drawn == [1]


def test_other_formats_and_pages_beyond_the_last_have_no_image(images: PageImages, tmp_path: Path) -> None:
    document = report(tmp_path / "q.pdf")
    for wrong, number in ((document, 2), (document, 0), (replace(document, format="html"), 1)):
        with pytest.raises(NotFound, match="no page image"):
            images.page(wrong, number)


# --------------------------------------------------------------------------- over HTTP, really drawn


def test_the_image_is_cached_by_its_tag_and_for_long_by_its_version(
    client: TestClient, desk: FakeDesk, tmp_path: Path
) -> None:
    desk.shelf["quay"] = report(tmp_path / "q.pdf")
    first = client.get("/api/documents/quay/pages/1.png")
    assert first.headers["content-type"] == "image/png"
    assert first.headers["cache-control"] == "private, no-cache"
    again = client.get("/api/documents/quay/pages/1.png", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    version = desk.shelf["quay"].sha256[:12]
    assert "immutable" in client.get(f"/api/documents/quay/pages/1.png?v={version}").headers["cache-control"]
    assert "immutable" not in client.get("/api/documents/quay/pages/1.png?v=beef").headers["cache-control"]
    assert client.get("/api/documents/quay/pages/2.png").status_code == 404
    assert client.get("/api/documents/harbour/pages/1.png").status_code == 404
    assert client.get("/api/documents/quay/pages/x.png").status_code == 422


def test_the_places_of_a_quote_are_boxes_in_pixels(client: TestClient, desk: FakeDesk, tmp_path: Path) -> None:
    desk.shelf["quay"] = report(tmp_path / "q.pdf")
    start = SENTENCE.index("working")
    reply = client.get(f"/api/documents/quay/pages?start={start}&end={start + 14}").json()
    assert reply["found"] is True
    (page,) = reply["pages"]
    assert (page["page"], page["width"], page["height"]) == (1, 1200, 1200)
    tops = [box[1] for box in page["boxes"]]
    assert len(tops) == 2  # "work-" and "ing cranes"
    assert tops[1] - tops[0] == pytest.approx(56, abs=2)  # 14 points at 4 pixels a point
    desk.shelf["quay"] = replace(desk.shelf["quay"], text=SENTENCE.replace("41", "73"))
    missed = client.get(f"/api/documents/quay/pages?start=0&end={len(SENTENCE)}").json()
    assert (missed["found"], missed["pages"][0]["boxes"]) == (False, [])
    assert client.get("/api/documents/quay/pages?start=5&end=9999").status_code == 422


def test_the_reader_shows_the_page_and_says_what_is_boxed(
    client: TestClient, desk: FakeDesk, tmp_path: Path
) -> None:
    source = tmp_path / "q.pdf"
    desk.shelf["quay"] = report(source)
    page = client.get("/documents/quay?start=0&end=13").text
    assert "<rect" in page
    assert 'data-state="found"' in page
    assert 'alt="Page 1 of the original, the quote boxed"' in page
    desk.shelf["quay"] = replace(desk.shelf["quay"], text="Other words than those on the page.")
    assert 'data-state="missing"' in client.get("/documents/quay?start=0&end=13").text
    assert 'data-state="plain"' in client.get("/documents/quay").text
    desk.shelf["quay"] = replace(desk.shelf["quay"], sha256="0" * 64)
    changed = client.get("/documents/quay?start=0&end=13").text
    assert 'data-state="unavailable"' in changed
    assert "has changed since it was taken in" in changed
    source.unlink()
    assert "no longer where it was taken in from" in client.get("/documents/quay").text
    assert "data-original" not in client.get("/documents/harbour").text
