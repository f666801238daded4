"""Reading order: a page's runs are cut into regions, columns left to right, bands top to bottom.

The page is first cut into strips (runs that overlap in height), then strips that leave the same
vertical gaps free are gathered into bands, and a band is cut at those gaps into columns, again and
again.  A band whose sides line up row by row is a table, not columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from ingest.readers.pdf_model import Page, Rule, Run

_DEPTH = 8
_MIN_GUTTER = 0.7  # font sizes

Gap = tuple[float, float]


@dataclass(slots=True)
class Region:
    """Runs that are read together.  ``table`` means row by row; otherwise line by line."""

    runs: list[Run]
    table: bool = False
    gaps: tuple[Gap, ...] = ()

    @property
    def x0(self) -> float:
        """Left edge."""
        return min(r.x0 for r in self.runs)

    @property
    def x1(self) -> float:
        """Right edge."""
        return max(r.x1 for r in self.runs)


def regions(page: Page, runs: Sequence[Run]) -> list[Region]:
    """The regions of a page in reading order."""
    if not runs:
        return []
    rtl = sum(len(r.text) for r in runs if r.rtl) * 2 > sum(len(r.text) for r in runs)
    return _cut(list(runs), page.rules, rtl=rtl, depth=0)


def _cut(runs: list[Run], rules: Sequence[Rule], *, rtl: bool, depth: int) -> list[Region]:
    if depth >= _DEPTH or len(runs) < 2:
        return [Region(runs)]
    out: list[Region] = []
    for band in _bands(_strips(runs), rules):
        out.extend(_cut_band(band, rules, rtl=rtl, depth=depth))
    return out


def _cut_band(band: _Band, rules: Sequence[Rule], *, rtl: bool, depth: int) -> list[Region]:
    runs = [run for strip in band.strips for run in strip]
    if not band.gaps:
        return [Region(runs)]
    sides = _sides(runs, band.gaps)
    if len(_lines_of(runs)) == 1:
        return [Region(runs)]
    if is_table(sides, rules):
        return [Region(runs, table=_rows_with_cells(sides) >= 2, gaps=tuple(band.gaps))]
    gaps = _column_gaps(sides, band.gaps, rules)
    if not gaps:
        return [Region(runs, table=_rows_with_cells(sides) >= 2, gaps=tuple(band.gaps))]
    out: list[Region] = []
    columns = _sides(runs, gaps)
    for side in reversed(columns) if rtl else columns:
        out.extend(_cut(side, rules, rtl=rtl, depth=depth + 1))
    return out


# --------------------------------------------------------------------------- strips and bands


def _strips(runs: list[Run]) -> list[list[Run]]:
    """Runs gathered where their heights overlap, top to bottom."""
    strips: list[list[Run]] = []
    edge = float("-inf")
    for run in sorted(runs, key=lambda r: (r.top, r.x0)):
        if run.top >= edge:
            strips.append([])
        strips[-1].append(run)
        edge = max(edge, run.bottom)
    return strips


class _Band:
    """Consecutive strips and the vertical gaps that all of them leave free."""

    def __init__(self, strip: list[Run]) -> None:
        self.strips = [strip]
        self.spans = _spans(strip)

    @property
    def gaps(self) -> list[Gap]:
        return _gaps(self.spans, self.size)

    @property
    def size(self) -> float:
        return median(r.size for s in self.strips[-6:] for r in s)

    @property
    def bottom(self) -> float:
        return max(r.bottom for r in self.strips[-1])

    def joined(self, strip: list[Run]) -> list[Gap]:
        """The gaps that would be left if ``strip`` came in."""
        return _gaps(_merge(self.spans + _spans(strip)), self.size)

    def add(self, strip: list[Run]) -> None:
        self.strips.append(strip)
        self.spans = _merge(self.spans + _spans(strip))


def _spans(runs: Sequence[Run]) -> list[Gap]:
    return _merge([(r.x0, r.x1) for r in runs])


def _merge(spans: list[Gap]) -> list[Gap]:
    out: list[Gap] = []
    for x0, x1 in sorted(spans):
        if out and x0 <= out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], x1))
        else:
            out.append((x0, x1))
    return out


def _gaps(spans: list[Gap], size: float) -> list[Gap]:
    return [(a[1], b[0]) for a, b in pairwise(spans) if b[0] - a[1] >= _MIN_GUTTER * size]


def _bands(strips: list[list[Run]], rules: Sequence[Rule]) -> list[_Band]:
    bands: list[_Band] = []
    spans = _spans([run for strip in strips for run in strip])
    wide = [r.y for r in rules if r.x1 - r.x0 > 0.85 * (spans[-1][1] - spans[0][0])]
    for index, strip in enumerate(strips):
        off = bool(bands) and _ruled_off(bands[-1], strip, wide)
        if bands and not off and _belongs(bands[-1], strip, strips[index + 1 : index + 3]):
            bands[-1].add(strip)
        else:
            bands.append(_Band(strip))
    return bands


def _belongs(band: _Band, strip: list[Run], following: list[list[Run]]) -> bool:
    """Whether a strip continues a band: the band's gaps stay free, or there were none on either side."""
    before, own, joined = band.gaps, _own_gaps(band, strip), band.joined(strip)
    distance = min(r.top for r in strip) - band.bottom
    if not before:
        if not own:
            return True
        # a row with gaps after plain lines: only a last short line shares them
        return len(joined) >= len(own) and _few(band) and distance < 2.5 * band.size
    if not own:
        if not joined:
            return False
        lone = not _inside_one_side(strip, before)
        return len(joined) >= len(before) and (not lone) and distance < 6 * band.size
    if len(band.strips) >= 3 and len(before) >= 2 and len(joined) * 2 < len(before):
        return False
    more = [len(_gaps(_spans(s), band.size)) for s in [strip, *following]]
    if distance > 1.2 * band.size and len(more) == 3 and min(more) >= len(before) + 2 and len(band.strips) >= 2:
        return False  # a table begins below columns
    return bool(joined)


def _own_gaps(band: _Band, strip: list[Run]) -> list[Gap]:
    """Gaps of a strip beside a band.

    Under a large heading the gutter of two columns is narrow only beside the heading's own letters;
    list numbers that stand apart from their items are no column.
    """
    small = median(r.size for r in strip)
    spans = _spans(strip)
    columns = band.size > 1.5 * small and all(x1 - x0 > 8 * small for x0, x1 in spans)
    return _gaps(spans, small if columns else band.size)


def _ruled_off(band: _Band, strip: list[Run], heights: Sequence[float]) -> bool:
    """A masthead: a few large lines above a rule across the page."""
    size = median(r.size for r in strip)
    top = min(r.top for r in strip)
    own = max(r.size for s in band.strips for r in s)
    return len(band.strips) <= 6 and own > 1.3 * size and any(band.bottom - 2 < y < top for y in heights)


def _few(band: _Band) -> bool:
    return len(band.strips) <= 2 and all(len(s) == 1 for s in band.strips)


def _inside_one_side(strip: list[Run], gaps: list[Gap]) -> bool:
    x0, x1 = min(r.x0 for r in strip), max(r.x1 for r in strip)
    return not any(x0 < left and x1 > right for left, right in gaps)


# --------------------------------------------------------------------------- columns or table


def _sides(runs: Sequence[Run], gaps: Sequence[Gap]) -> list[list[Run]]:
    edges = [(left + right) / 2 for left, right in gaps]
    sides: list[list[Run]] = [[] for _ in range(len(edges) + 1)]
    for run in runs:
        sides[sum((run.x0 + run.x1) / 2 > edge for edge in edges)].append(run)
    return [side for side in sides if side]


def is_table(sides: list[list[Run]], rules: Sequence[Rule]) -> bool:
    """True when the sides line up row by row and their cells are short, or rules tie them together."""
    if len(sides) < 2:
        return False
    if _ruled(sides, rules):
        return True
    prose = [_is_prose(side) for side in sides]
    if all(prose) or all(_is_sentence(side) for side in sides):
        return False
    return sum(prose) < 2 and _aligned(sides)


def _rows_with_cells(sides: list[list[Run]]) -> int:
    """Lines on which more than one side has text."""
    counts: dict[int, int] = {}
    for side in sides:
        for line in _lines_of(side):
            key = round(line[0].base / 3)
            counts[key] = counts.get(key, 0) + 1
    return sum(n >= 2 for n in counts.values())


def _column_gaps(sides: list[list[Run]], gaps: Sequence[Gap], rules: Sequence[Rule]) -> list[Gap]:
    """The gaps that separate columns: between neighbours that do not form a table."""
    keep: list[Gap] = []
    for left, right, gap in zip(sides, sides[1:], gaps, strict=False):
        if not is_table([left, right], rules):
            keep.append(gap)
    return keep


def _lines_of(side: Sequence[Run]) -> list[list[Run]]:
    lines: list[list[Run]] = []
    for run in sorted(side, key=lambda r: r.base):
        if lines and abs(run.base - lines[-1][0].base) <= 0.4 * max(run.size, lines[-1][0].size):
            lines[-1].append(run)
        else:
            lines.append([run])
    return lines


def _is_prose(side: Sequence[Run]) -> bool:
    """Long lines with words, most of them filling the column."""
    lines = _lines_of(side)
    if len(lines) < 3:
        return False
    texts = [" ".join(r.text for r in line) for line in lines]
    letters = sum(c.isalpha() for t in texts for c in t)
    filled = sum(len(t) for t in texts) or 1
    width = max(r.x1 for r in side) - min(r.x0 for r in side)
    full = [max(r.x1 for r in line) - min(r.x0 for r in line) > 0.75 * width for line in lines]
    cjk = any("\u3040" <= c <= "\ud7ff" for t in texts[:5] for c in t)
    words = median(len(t) / 5 if cjk else len(t.split()) for t in texts)
    return words >= 3 and letters / filled > 0.6 and sum(full) >= 0.45 * len(lines)


def _is_sentence(side: Sequence[Run]) -> bool:
    """A short text of its own, as on a card: from a capital letter to a full stop."""
    lines = [" ".join(r.text for r in line) for line in _lines_of(side)]
    text = " ".join(lines).strip(" •")
    stops = sum(line.rstrip().endswith((".", "!", "?")) for line in lines)
    weights = {run.bold for run in side}  # a bold first row is the head of a table
    return (
        len(weights) == 1
        and 2 <= len(lines) <= 8
        and text[:1].isupper() | text[:1].isdigit()
        and text.endswith((".", "!", "?"))
        and len(text.split()) >= 4
        and stops <= 0.6 * len(lines)
    )


def _aligned(sides: list[list[Run]]) -> bool:
    """Whether most lines of every side stand on a baseline of another side."""
    bases = [[line[0].base for line in _lines_of(side)] for side in sides]
    shared = total = 0
    for number, own in enumerate(bases):
        others = sorted(b for n, bs in enumerate(bases) if n != number for b in bs)
        total += len(own)
        shared += sum(any(abs(b - o) < 2 for o in others) for b in own)
    return shared >= 0.6 * total


def _ruled(sides: list[list[Run]], rules: Sequence[Rule]) -> bool:
    """At least two drawn rules between the rows cross from one side into the next."""
    bases = sorted(r.base for side in sides for r in side)
    left = max(r.x1 for r in sides[0])
    right = min(r.x0 for r in sides[1])
    crossing = 0
    for y, spans in _spans_by_height(rules, bases[0], bases[-1]):
        if any(x0 < left - 8 and x1 > right + 8 for x0, x1 in spans):
            crossing += 1 if y else 0
    most = 12 if all(_is_prose(side) for side in sides) else 40  # lines between two rules
    return crossing >= 2 and len(bases) / (crossing + 1) < most


def _spans_by_height(rules: Sequence[Rule], top: float, bottom: float) -> list[tuple[float, list[Gap]]]:
    """Rules between two heights; pieces at one height that touch are one."""
    by_height: dict[int, list[Gap]] = {}
    for rule in rules:
        if top < rule.y < bottom:
            by_height.setdefault(round(rule.y / 2), []).append((rule.x0 - 1.5, rule.x1 + 1.5))
    return [(float(y), _merge(spans)) for y, spans in sorted(by_height.items())]
