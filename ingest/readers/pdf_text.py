"""PDF pages to runs of text.  The only module that talks to PDFium's text and drawing calls."""

from __future__ import annotations

import ctypes
import math
import re
from collections import Counter
from typing import Any

from ingest.readers.pdf_model import HYPHEN, Glyph, Page, Rule
from ingest.readers.pdf_runs import runs_of, without_doubles

_BOLD = re.compile(r"bold|black|heavy|semibold|demi|-bd|extrab", re.IGNORECASE)
_ITALIC = re.compile(r"ital|obli", re.IGNORECASE)
_MAX_PATHS = 4000
_DIGITS = frozenset("0123456789")
_SYMBOL_BULLETS = frozenset("\uf0b7\uf0a7\uf0d8\uf076\uf0fc\uf06e\uf071\uf0e0\uf02d\uf0a8\uf06c")


def read_page(document: Any, index: int) -> Page:
    """Runs and rules of one page (``index`` from 0)."""
    import pypdfium2.raw as raw

    handle = document[index]
    text_page = handle.get_textpage()
    try:
        glyphs, breaks, angles, unmapped = _glyphs(raw, text_page.raw)
        angle = _main_angle(angles)
        left, bottom, right, top = handle.get_mediabox()
        turn = _turner(angle, left, bottom, right, top)
        page = Page(index + 1, *_extent(turn, left, bottom, right, top))
        page.characters, page.unmapped = len(glyphs), unmapped
        area = abs((right - left) * (top - bottom)) or 1.0
        page.rules, page.images, covered = _drawings(raw, handle.raw, turn, page.width)
        page.scan = covered > 0.7 * area
    finally:
        text_page.close()
        handle.close()
    straight, page.turned = _straighten(glyphs, angles, angle, turn, breaks)
    page.runs = [run for line in straight for run in runs_of(line)]
    page.runs = without_doubles(page.runs)
    for order, run in enumerate(page.runs):
        run.order = order
    return page


# --------------------------------------------------------------------------- characters


def _glyphs(raw: Any, page: Any) -> tuple[list[Glyph], set[int], list[int], int]:
    """Characters in PDFium's order, the indexes before which a line breaks, their angles."""
    count = raw.FPDFText_CountChars(page)
    object_of = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int)(
        ctypes.cast(raw.FPDFText_GetTextObject, ctypes.c_void_p).value or 0
    )
    address = ctypes.cast(page, ctypes.c_void_p).value
    box, x, y = raw.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
    box_ref, x_ref, y_ref = ctypes.byref(box), ctypes.byref(x), ctypes.byref(y)
    unicode_of, box_of, origin_of = (
        raw.FPDFText_GetUnicode,
        raw.FPDFText_GetLooseCharBox,
        raw.FPDFText_GetCharOrigin,
    )
    glyphs: list[Glyph] = []
    angles: list[int] = []
    breaks: set[int] = set()
    styles: dict[int | None, tuple[float, bool, bool, int]] = {}
    unmapped, blank = 0, False
    edges = [ctypes.c_double() for _ in range(4)]
    for index in range(count):
        code = unicode_of(page, index)
        if code in (10, 13):
            breaks.add(len(glyphs))
            if blank and glyphs:
                glyphs[-1].trail = True
            blank = False
            continue
        char = HYPHEN if code == 2 else chr(code) if 0 < code < 0x110000 else "\ufffd"
        if char in _SYMBOL_BULLETS:
            char, code = "•", 0x2022
        if char.isspace() or char == "\u200b":
            blank = True
            continue
        pointer = object_of(address, index)
        style = styles.get(pointer)
        if style is None or pointer is None:
            style = styles[pointer] = _style(raw, page, index)
        if _is_junk(code):
            unmapped += 1
            if code < 32:
                continue
        box_of(page, index, box_ref)
        origin_of(page, index, x_ref, y_ref)
        size, bold, italic, angle = style
        glyph = Glyph(char, box.left, box.right, y.value, size, bold, italic, blank)
        if char in _DIGITS and angle == 0:
            _note_raised(raw, page, index, glyph, edges)
        if angle in (90, 270):
            glyph.x0, glyph.x1, glyph.base = box.bottom, box.top, x.value
        glyphs.append(glyph)
        angles.append(angle)
        blank = False
    return glyphs, breaks, angles, unmapped


def _note_raised(raw: Any, page: Any, index: int, glyph: Glyph, edges: list[Any]) -> None:
    """Fonts with superior figures raise digits without a change of size: their outline tells."""
    if not raw.FPDFText_GetCharBox(page, index, *edges):
        return
    bottom, top = edges[2].value, edges[3].value
    if bottom - glyph.base > 0.22 * glyph.size and top - bottom < 0.55 * glyph.size:
        glyph.base, glyph.size = bottom, 0.65 * glyph.size


def _is_junk(code: int) -> bool:
    """Private use, control, unassigned: the sign of a text layer without a usable encoding."""
    return (
        code == 0xFFFD
        or 0xE000 <= code <= 0xF8FF
        or code < 2
        or 2 < code < 32
        or 0x7F <= code < 0xA0
        or code >= 0xF0000
    )


def _style(raw: Any, page: Any, index: int) -> tuple[float, bool, bool, int]:
    """Effective size in points, bold, italic, angle in degrees (-1: slanted)."""
    matrix = raw.FS_MATRIX()
    scale, degrees = 1.0, 0.0
    if raw.FPDFText_GetMatrix(page, index, ctypes.byref(matrix)):
        scale = math.hypot(matrix.c, matrix.d) or 1.0
        degrees = math.degrees(math.atan2(matrix.b, matrix.a)) % 360
    size = abs(raw.FPDFText_GetFontSize(page, index) * scale)
    buffer = ctypes.create_string_buffer(128)
    flags = ctypes.c_int()
    raw.FPDFText_GetFontInfo(page, index, buffer, 128, ctypes.byref(flags))
    name = buffer.value.decode("utf-8", "replace")
    bold = bool(_BOLD.search(name)) or raw.FPDFText_GetFontWeight(page, index) >= 650
    nearest = round(degrees / 90) * 90
    angle = nearest % 360 if abs(degrees - nearest) <= 8 else -1
    return size if 0.5 < size < 500 else 10.0, bold, bool(_ITALIC.search(name)), angle


def _main_angle(angles: list[int]) -> int:
    counts = Counter(a for a in angles if a >= 0)
    return counts.most_common(1)[0][0] if counts else 0


class _turner:  # noqa: N801 - a function with memory
    """Page coordinates (y up) to reading coordinates (y down) for text at ``angle``."""

    def __init__(self, angle: int, left: float, bottom: float, right: float, top: float) -> None:
        self.angle, self.left, self.bottom, self.right, self.top = angle, left, bottom, right, top

    def along(self, low: float, high: float) -> tuple[float, float]:
        """Extent along the writing direction."""
        if self.angle == 0:
            return low - self.left, high - self.left
        if self.angle == 90:
            return low - self.bottom, high - self.bottom
        if self.angle == 180:
            return self.right - high, self.right - low
        return self.top - high, self.top - low

    def across(self, value: float) -> float:
        """Height of a baseline, growing downwards."""
        if self.angle == 0:
            return self.top - value
        if self.angle == 90:
            return value - self.left
        if self.angle == 180:
            return value - self.bottom
        return self.right - value


def _extent(turn: _turner, left: float, bottom: float, right: float, top: float) -> tuple[float, float]:
    width, height = abs(right - left), abs(top - bottom)
    return (width, height) if turn.angle in (0, 180) else (height, width)


def _straighten(
    glyphs: list[Glyph], angles: list[int], main: int, turn: _turner, breaks: set[int]
) -> tuple[list[list[Glyph]], list[str]]:
    """Lines as PDFium broke them, in reading coordinates; and the text at other angles."""
    lines: list[list[Glyph]] = [[]]
    turned: list[list[str]] = [[]]
    for index, (glyph, angle) in enumerate(zip(glyphs, angles, strict=True)):
        if index in breaks:
            lines.append([])
            turned.append([])
        if angle != main:
            turned[-1].append((" " if glyph.space else "") + glyph.char)
            continue
        glyph.x0, glyph.x1 = turn.along(glyph.x0, glyph.x1)
        glyph.base = turn.across(glyph.base)
        lines[-1].append(glyph)
    return [line for line in lines if line], ["".join(t).strip() for t in turned if t]


# --------------------------------------------------------------------------- drawings


def _drawings(raw: Any, page: Any, turn: _turner, width: float) -> tuple[list[Rule], int, float]:
    """Horizontal rules (also edges of boxes), the number of images, the area of the largest."""
    rules: list[Rule] = []
    images = paths = 0
    largest = 0.0
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    for index in range(raw.FPDFPage_CountObjects(page)):
        item = raw.FPDFPage_GetObject(page, index)
        kind = raw.FPDFPageObj_GetType(item)
        if kind == raw.FPDF_PAGEOBJ_IMAGE:
            images += 1
            if raw.FPDFPageObj_GetBounds(item, left, bottom, right, top):
                area = (right.value - left.value) * (top.value - bottom.value)
                largest = max(largest, area)
        if kind != raw.FPDF_PAGEOBJ_PATH:
            continue
        paths += 1
        if paths > _MAX_PATHS:
            break
        if not raw.FPDFPageObj_GetBounds(item, left, bottom, right, top):
            continue
        if turn.angle in (0, 180):
            low, high, edges = left.value, right.value, {bottom.value, top.value}
        else:
            low, high, edges = bottom.value, top.value, {left.value, right.value}
        x0, x1 = turn.along(low, high)
        heights = sorted(turn.across(e) for e in edges)
        if x1 - x0 < 20 or x1 - x0 > 1.1 * width:
            continue
        if heights[-1] - heights[0] < 3:
            heights = heights[:1]
        rules.extend(Rule(x0, x1, y) for y in heights)
    return rules, images, largest
