"""Regions to lines: runs joined from left to right (or right to left), raised markers set apart."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from ingest.readers.pdf_layout import Region
from ingest.readers.pdf_model import HYPHEN, Run

_MARKERS = re.compile(r"(?:\d{1,3}|[*†‡§¶]{1,3})(?:\s?[,;]\s?(?:\d{1,3}|[*†‡§¶]))*[,.]?")
_SUPERSCRIPTS = str.maketrans("0123456789+-abcdefghijklmnoprstuvwxyz", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ")
_ORDINALS = frozenset(["st", "nd", "rd", "th", "er", "re", "e", "o", "a", "ème"])  # 20th, 1er
_BULLETS = frozenset("•●▪◦‣■□◆➢➤✓✔∙·–—-*")


@dataclass(slots=True)
class Line:
    """One printed line of one region (a whole row where the region is a table).

    ``anchors`` are offsets where raised markers stood, with their labels; their characters are not
    in ``text``.  ``cells`` are filled for table rows.  ``label`` is a raised marker at the very start.
    """

    text: str
    x0: float
    x1: float
    base: float
    size: float
    bold: bool
    italic: bool
    page: int
    region: int
    left: float
    right: float
    table: bool = False
    rtl: bool = False
    label: str = ""
    anchors: list[tuple[int, str]] = field(default_factory=list)
    cells: tuple[str, ...] = ()
    note: bool = False
    trail: bool = False  # a blank follows in the file


def lines_of(region: Region, *, page: int, number: int) -> list[Line]:
    """The lines of a region, top to bottom."""
    rows = _rows(region.runs)
    left, right = region.x0, region.x1
    out: list[Line] = []
    for row in rows:
        line = _line(row, region)
        line.page, line.region, line.left, line.right = page, number, left, right
        out.append(line)
    return out


def _rows(runs: Sequence[Run]) -> list[list[Run]]:
    """Runs gathered by baseline; raised, lowered and bullet runs go to the line they touch."""
    rows: list[list[Run]] = []
    small: list[Run] = []
    usual = _usual_size(runs)
    for run in sorted(runs, key=lambda r: (r.base, r.x0)):
        if run.text in _BULLETS or (run.size < 0.85 * usual and len(run.text) <= 8):
            small.append(run)
        else:
            _to_row(rows, run)
    for run in small:
        home = _home(rows, run)
        if home is not None:
            home.append(run)
        else:
            _to_row(rows, run)
    rows.sort(key=lambda row: max(row, key=lambda r: (r.size, -r.order)).base)
    return rows


def _usual_size(runs: Sequence[Run]) -> float:
    weights: Counter[float] = Counter()
    for run in runs:
        weights[run.size] += len(run.text)
    return weights.most_common(1)[0][0]


def _to_row(rows: list[list[Run]], run: Run) -> None:
    for row in reversed(rows[-4:]):
        first = row[0]
        if abs(run.base - first.base) <= 0.35 * min(run.size, first.size) + 0.3:
            row.append(run)
            return
    rows.append([run])


def _home(rows: list[list[Run]], run: Run) -> list[Run] | None:
    """The row of larger text that a raised (or lowered) run touches; a bullet's row of text."""
    best: tuple[float, list[Run]] | None = None
    bullet = run.text in _BULLETS
    for row in rows:
        for other in row:
            rise = other.base - run.base
            if bullet:
                fits = abs(rise) < 0.5 * other.size and 0 <= other.x0 - run.x1 < 3 * other.size
            else:
                gap = max(run.x0 - other.x1, other.x0 - run.x1)
                fits = (
                    other.size > run.size * 1.12
                    and -0.35 * other.size < rise < 0.9 * other.size
                    and gap < 0.6 * other.size
                )
            distance = abs(rise) + (0.0 if bullet else abs(gap))
            if fits and (best is None or distance < best[0]):
                best = (distance, row)
    return best[1] if best else None


def attach_initials(runs: list[Run]) -> list[Run]:
    """Puts a drop cap before the word it begins."""
    if not runs:
        return runs
    usual = _usual_size(runs)
    kept: list[Run] = []
    for run in runs:
        if not (len(run.text) <= 2 and run.text[-1:].isupper() and run.size > 1.8 * usual):
            kept.append(run)
            continue
        beside = [
            other
            for other in runs
            if other is not run
            and other.size < 0.7 * run.size
            and -2 <= other.x0 - run.x1 < 1.5 * usual
            and run.base - run.size < other.base < run.base
        ]
        first = min(beside, key=lambda r: r.base, default=None)
        if first is None:
            kept.append(run)
        else:
            first.text, first.x0 = run.text + first.text, run.x0
    return kept


def _line(row: list[Run], region: Region) -> Line:
    size = max(row, key=lambda r: len(r.text) + 3 * r.size).size
    main = [r for r in row if r.size > 0.85 * size] or row
    base = main[0].base
    rtl = sum(len(r.text) for r in row if r.rtl) * 2 > sum(len(r.text) for r in row)
    ordered = sorted(row, key=lambda r: -r.x1 if rtl else r.x0)
    letters = sum(len(r.text) for r in main) or 1
    line = Line(
        text="",
        x0=min(r.x0 for r in row),
        x1=max(r.x1 for r in row),
        base=base,
        size=size,
        bold=sum(len(r.text) for r in main if r.bold) > 0.6 * letters,
        italic=sum(len(r.text) for r in main if r.italic) > 0.6 * letters,
        page=0,
        region=0,
        left=0,
        right=0,
        table=region.table,
        rtl=rtl,
        trail=ordered[-1].trail,
    )
    if region.table:
        line.cells = _cells(ordered, region, base, size)
        line.text = " | ".join(line.cells)
    else:
        _fill(line, ordered, base, size)
    return line


def _fill(line: Line, ordered: list[Run], base: float, size: float) -> None:
    text = ""
    previous: Run | None = None
    for run in ordered:
        raised = is_raised(run, base, size)
        if raised and _MARKERS.fullmatch(run.text):
            labels = [m for m in re.split(r"[\s,;.]+", run.text) if m]
            if text or len(labels) > 1:
                line.anchors.extend((len(text.rstrip()), label) for label in labels)
                previous = run
                continue
            line.label = labels[0]
            previous = run
            continue
        piece = _raised(run.text, text) if raised else run.text
        if text and previous is not None and not text.endswith(" ") and _blank(previous, run):
            text += " "
        text += piece
        previous = run
    line.text = text.strip()


def _blank(a: Run, b: Run) -> bool:
    gap = b.x0 - a.x1 if a.x0 <= b.x0 else a.x0 - b.x1
    return gap > 0.14 * max(a.size, b.size) or (b.space and gap > 0.05 * b.size)


def is_raised(run: Run, base: float, size: float) -> bool:
    """A superscript: smaller and above the baseline."""
    return run.size < 0.88 * size and base - run.base > 0.12 * size


def _raised(text: str, before: str) -> str:
    if before[-1:].isdigit() and text.rstrip(".,") in _ORDINALS:
        return text
    return text.translate(_SUPERSCRIPTS) if len(text) <= 4 else text


def _cells(ordered: list[Run], region: Region, base: float, size: float) -> tuple[str, ...]:
    edges = [(a + b) / 2 for a, b in region.gaps]
    cells: list[str] = [""] * (len(edges) + 1)
    last: list[Run | None] = [None] * len(cells)
    for run in ordered:
        column = sum((run.x0 + run.x1) / 2 > edge for edge in edges)
        piece = _raised(run.text, cells[column]) if is_raised(run, base, size) else run.text
        before = last[column]
        blank = before is not None and _blank(before, run)
        cells[column] += (" " if blank else "") + piece
        last[column] = run
    if ordered and ordered[0].rtl:
        cells.reverse()
    return tuple(c.strip().replace(HYPHEN, "-") for c in cells)
