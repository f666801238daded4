"""Pages drawn in the child process."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest import sandbox
from ingest.limits import Limits
from ingest.place import locate
from ingest.readers.pdf_page import draw_page
from ingest.sandbox import draw_in_child
from rag.errors import SourceUnreadable
from tests.ingest.test_pdf import raw_pdf

LIMITS = Limits(cpu_seconds=20, wall_seconds=20)
WORDS = raw_pdf(b"BT /F 12 Tf 30 250 Td (Forty-one cranes) Tj ET")


@pytest.fixture(autouse=True, scope="module")
def _close() -> Iterator[None]:
    yield
    sandbox.close()


def test_a_page_is_a_png_with_a_box_for_each_character(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(WORDS)
    view = draw_in_child(path, 1, LIMITS)
    assert view == draw_page(WORDS, 1)
    assert view.png.startswith(b"\x89PNG")
    assert struct.unpack(">II", view.png[16:24]) == (view.width, view.height) == (1200, 1200)
    assert view.text == "Forty-onecranes"
    left, top, right, bottom = view.boxes[0]
    assert (left, right) == pytest.approx((120, 149), abs=3)  # 30 of 300 points, at 4 pixels a point
    assert top < 200 <= bottom  # the baseline is 50 points below the top


def test_the_boxes_turn_with_the_page() -> None:
    turned = WORDS.replace(b"/MediaBox [0 0 300 300]", b"/MediaBox [0 0 300 300] /Rotate 90")
    found = locate("Forty-one cranes", 0, 16, [draw_page(turned, 1)])
    assert found is not None
    tops = [top for _, top, _, _ in found[0]]
    assert tops == sorted(tops)
    assert tops[-1] - tops[0] > 200  # the words run down the page
    assert max(left for left, *_ in found[0]) - min(left for left, *_ in found[0]) < 30


def test_a_page_of_absurd_size_makes_a_small_image() -> None:
    view = draw_page(WORDS.replace(b"[0 0 300 300]", b"[0 0 9 14400]"), 1)
    assert view.width * view.height < 7_000_000


@pytest.mark.parametrize(
    ("data", "page", "reason"),
    [(b"%PDF-1.4 nothing", 1, "damaged or not a PDF"), (WORDS, 2, "there is no page 2"), (WORDS, 0, "no page 0")],
)
def test_what_cannot_be_drawn_is_said(tmp_path: Path, data: bytes, page: int, reason: str) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(data)
    with pytest.raises(SourceUnreadable, match=reason):
        draw_in_child(path, page, LIMITS)


def test_a_page_that_never_ends_costs_its_time_and_nothing_else(tmp_path: Path) -> None:
    endless = b"0 0 m " + b"%d %d %d %d 300 300 c " * 1
    stream = b"".join(endless % (n % 300, n % 7, n % 11, n % 300) for n in range(400_000)) + b"S"
    path = tmp_path / "slow.pdf"
    path.write_bytes(raw_pdf(stream, flate=True, extra=b""))
    with pytest.raises(SourceUnreadable, match="longer than"):
        draw_in_child(path, 1, Limits(cpu_seconds=1, wall_seconds=0.05))
    path.write_bytes(WORDS)
    assert draw_in_child(path, 1, LIMITS).text == "Forty-onecranes"
