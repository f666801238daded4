"""One PDF page as an image, and where each character stands on that image."""

from __future__ import annotations

import ctypes
import io
from dataclasses import dataclass
from typing import Any

from ingest.readers.pdf import open_pdf
from rag.errors import SourceUnreadable

WIDTH = 1200
"""Pixels across a page: enough for sharp small print at half that size on a dense screen."""
_MOST_PIXELS = 6_000_000
_MOST_CHARACTERS = 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PageView:
    """A drawn page.

    ``png`` is the image of ``width`` x ``height`` pixels; ``boxes[i]`` is the box of ``text[i]`` on it as
    ``(left, top, right, bottom)`` in pixels, ``text`` being PDFium's characters in PDFium's order.
    """

    png: bytes
    width: int
    height: int
    text: str
    boxes: tuple[tuple[int, int, int, int], ...]


def draw_page(data: bytes, number: int) -> PageView:
    """Draws one page (from 1).

    Raises:
        SourceUnreadable: encrypted, damaged, or there is no such page.
    """
    import pypdfium2 as pdfium

    document = open_pdf(data)
    try:
        if not 1 <= number <= len(document):
            raise SourceUnreadable(f"has {len(document)} pages; there is no page {number}.")
        page = document[number - 1]
        try:
            scale = _scale(*page.get_size())
            image = page.render(scale=scale, may_draw_forms=False).to_pil()
            text, boxes = _characters(page, image.width, image.height)
        finally:
            page.close()
    except pdfium.PdfiumError as error:
        raise SourceUnreadable(f"page {number} is damaged and cannot be drawn.") from error
    finally:
        document.close()
    return PageView(png=_png(image), width=image.width, height=image.height, text=text, boxes=boxes)


def _scale(width: float, height: float) -> float:
    """``WIDTH`` pixels across, less for a page so long that its image would be huge."""
    width, height = max(width, 1.0), max(height, 1.0)
    scale: float = min(WIDTH / width, (_MOST_PIXELS / (width * height)) ** 0.5)
    return max(scale, 1 / min(width, height))  # a strip a thousand times as long as wide: one pixel at least


def _png(image: Any) -> bytes:
    """Text on white is stored in shades of grey, at a third of the size."""
    from PIL import ImageChops

    colour = image.convert("RGB")
    grey = colour.convert("L")
    plain = ImageChops.difference(colour, grey.convert("RGB")).getbbox() is None
    out = io.BytesIO()
    (grey if plain else colour).save(out, "PNG", compress_level=6)
    return out.getvalue()


def _characters(page: Any, width: int, height: int) -> tuple[str, tuple[tuple[int, int, int, int], ...]]:
    import pypdfium2.raw as raw

    text_page = page.get_textpage()
    try:
        count = min(raw.FPDFText_CountChars(text_page.raw), _MOST_CHARACTERS)
        box, x, y = raw.FS_RECTF(), ctypes.c_int(), ctypes.c_int()

        def on_image(across: float, up: float) -> tuple[int, int]:
            """Knows of the page's turn and crop."""
            raw.FPDF_PageToDevice(page.raw, 0, 0, width, height, 0, across, up, x, y)
            return x.value, y.value

        letters: list[str] = []
        boxes: list[tuple[int, int, int, int]] = []
        for index in range(count):
            code = raw.FPDFText_GetUnicode(text_page.raw, index)
            if code < 33 or code > 0x10FFFF or 0xD800 <= code < 0xE000:
                continue  # blanks and PDFium's own marks have no place of their own
            raw.FPDFText_GetLooseCharBox(text_page.raw, index, box)
            one, other = on_image(box.left, box.top), on_image(box.right, box.bottom)
            letters.append(chr(code))
            boxes.append((min(one[0], other[0]), min(one[1], other[1]), max(one[0], other[0]), max(one[1], other[1])))
        return "".join(letters), tuple(boxes)
    finally:
        text_page.close()
