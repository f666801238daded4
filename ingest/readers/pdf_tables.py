"""Tables to rows: one line each, cells separated by `` | ``."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.readers.pdf_layout import Region
from ingest.readers.pdf_lines import Line, lines_of
from ingest.readers.pdf_model import Page

SEPARATOR = " | "
_FIGURE = re.compile(r"[-+±$€£(]*\d[\d.,/: ]*[%)]?[*a-z]?")


def rows_of(region: Region, page: Page, *, number: int) -> list[Line]:
    """The rows of a table region; wrapped cells are put together again.

    Where drawn rules separate the rows, they decide; otherwise a line that only continues cells
    above it (lower case, or an empty first cell close below) is taken into the row above.
    """
    lines = lines_of(region, page=page.number, number=number)
    heights = _row_rules(region, page)
    if heights and _several_rows(lines, heights):
        heights = []
    rows: list[Line] = []
    for line in lines:
        if rows and (_same_band(rows[-1], line, heights) if heights else _continues(rows[-1], line)):
            _merge(rows[-1], line)
        else:
            rows.append(line)
    for row in rows:
        row.text = joined_cells(row.cells)
    return [row for row in rows if row.text]


def joined_cells(cells: Sequence[str]) -> str:
    """Cells in one line; an empty cell inside the row keeps its place, empty ones at its end do not."""
    filled = list(cells)
    while filled and not filled[-1]:
        filled.pop()
    return SEPARATOR.join(filled).replace("  ", " ").strip()


def _row_rules(region: Region, page: Page) -> list[float]:
    """Heights of rules that run across most of the table, when there are enough to be a grid."""
    bases = [r.base for r in region.runs]
    width = region.x1 - region.x0
    spans: dict[int, float] = {}
    for rule in page.rules:
        if min(bases) - 20 < rule.y < max(bases) + 12:
            overlap = min(rule.x1, region.x1) - max(rule.x0, region.x0)
            key = round(rule.y / 2)
            spans[key] = spans.get(key, 0.0) + max(0.0, overlap)
    heights = sorted(2.0 * key for key, covered in spans.items() if covered > 0.7 * width)
    inner = [y for y in heights if min(bases) < y < max(bases)]
    lines = len({round(b) for b in bases})
    return heights if len(inner) >= 2 and lines <= 8 * (len(inner) + 1) else []


def _several_rows(lines: Sequence[Line], heights: Sequence[float]) -> bool:
    """True when the rules part groups of rows: figures stand one below the other in a band."""
    seen: set[tuple[int, int]] = set()
    for line in lines:
        band = sum(y < line.base - 2 for y in heights)
        for column, cell in enumerate(line.cells):
            if _FIGURE.fullmatch(cell):
                if (band, column) in seen:
                    return True
                seen.add((band, column))
    return False


def _same_band(row: Line, line: Line, heights: Sequence[float]) -> bool:
    return sum(y < row.base - 2 for y in heights) == sum(y < line.base - 2 for y in heights)


def _continues(row: Line, line: Line) -> bool:
    if line.base - row.base > 1.45 * max(row.size, line.size):
        return False
    pairs = [(a, b) for a, b in zip(row.cells, line.cells, strict=True) if b]
    if not pairs or any(not a for a, _ in pairs):
        return False
    if len(pairs) == len(row.cells):
        return False
    lower = all(b[:1].islower() or b[:1] in "(&" for _, b in pairs)
    return lower or (not line.cells[0] and not any(c.isdigit() for _, b in pairs for c in b))


def _merge(row: Line, line: Line) -> None:
    cells = []
    for a, b in zip(row.cells, line.cells, strict=True):
        if a.endswith("-") and b[:1].islower():
            cells.append(a[:-1] + b)
        else:
            cells.append(f"{a} {b}".strip())
    row.cells = tuple(cells)
    row.base = line.base
