"""Lines to groups: paragraphs, headings, list items, table rows and notes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from ingest.blocks import BlockKind
from ingest.readers.pdf_lines import Line
from ingest.words import ends_open, ends_sentence, vocabulary

_BULLET = re.compile(r"([•●▪◦‣■□◆➢➤✓✔o∙·–—*-])\s+(?=\S)")
_ORDERED = re.compile(r"(\(?(?:\d{1,2}|[A-Za-z]|[ivx]{1,4})[.)])\s+(?=\S)")
_NUMBERED_HEADING = re.compile(r"(?:\d{1,2}(?:\.\d{1,2})*\.?|[IVX]{1,5}\.|[A-Z]\.)\s+[A-Z]")
CAPTION = re.compile(r"(?:fig(?:ure|\.)?|table|chart|box|exhibit|source|note)s?\b[\s:.]*\d*", re.I)
_WORD = re.compile(r"[^\W\d_]{3}")
_EMAIL_OR_URL = re.compile(r"\S+@\S+|https?://|www\.")

Words = tuple[frozenset[str], frozenset[str]]


@dataclass(frozen=True, slots=True)
class Body:
    """What ordinary text looks like in this document."""

    size: float
    bold: bool
    words: Words


@dataclass(slots=True)
class Group:
    """Lines that make one block, before they are joined."""

    lines: list[Line]
    kind: BlockKind = BlockKind.PARAGRAPH
    marker: str = ""
    level: int = 0
    style: tuple[float, bool] = (0.0, False)
    open_end: bool = field(default=False)

    @property
    def text(self) -> str:
        """A quick view of the text."""
        return " ".join(line.text for line in self.lines)


def body_of(lines: Sequence[Line]) -> Body:
    """Most used size, whether most text is bold, and the document's words."""
    sizes: Counter[float] = Counter()
    bold = total = 0
    for line in lines:
        weight = len(line.text)
        if not line.table:
            sizes[round(line.size * 2) / 2] += weight
        total += weight
        bold += weight if line.bold else 0
    if not sizes:
        sizes.update(round(line.size * 2) / 2 for line in lines)
    size = sizes.most_common(1)[0][0] if sizes else 10.0
    texts = [re.sub(r"\S*\u00ad$", "", line.text) for line in lines]
    return Body(size, bold > 0.5 * max(total, 1), vocabulary(texts))


# --------------------------------------------------------------------------- grouping


def groups_of(lines: Sequence[Line], body: Body) -> list[Group]:
    """Cuts lines into groups and says what each group is."""
    leading = _leadings(lines)
    groups: list[Group] = []
    previous: Line | None = None
    for line in lines:
        if previous is None or _starts(groups[-1], previous, line, leading, body):
            groups.append(Group([line]))
            _classify_start(groups[-1], line)
        else:
            groups[-1].lines.append(line)
        previous = line
    for group in groups:
        _classify(group, body)
    return groups


def _leadings(lines: Sequence[Line]) -> dict[int, float]:
    """Typical distance of lines in each region; key -1 for all, in font sizes."""
    by_region: dict[int, list[float]] = {}
    for a, b in pairwise(lines):
        if a.region == b.region and 0 < b.base - a.base < 3 * a.size:
            by_region.setdefault(a.region, []).append((b.base - a.base) / max(a.size, b.size))
    every = [d for ds in by_region.values() for d in ds]
    out = {r: _low_median(ds) for r, ds in by_region.items() if len(ds) >= 5}
    out[-1] = _low_median(every) if every else 1.25
    even = sum(abs(d - out[-1]) < 0.03 * out[-1] for d in every)
    if len(every) >= 20 and even > 0.6 * len(every):
        out[_EVEN] = 1.0
    return out


_EVEN = -2  # a key that says: lines stand so evenly that a little more space parts paragraphs


def _stops_short(line: Line) -> bool:
    """A line that may be a paragraph's last: it ends a sentence, or well before the margin."""
    edge = line.x0 - line.left if line.rtl else line.right - line.x1
    return ends_sentence(line.text) or edge > 0.15 * (line.right - line.left)


def _low_median(values: list[float]) -> float:
    """Median of the smaller two thirds: line distances, not paragraph distances."""
    ordered = sorted(values)
    return median(ordered[: max(1, len(ordered) * 2 // 3 + 1)])


def _starts(group: Group, a: Line, b: Line, leading: dict[int, float], body: Body) -> bool:
    """Whether line ``b`` begins a new block after line ``a``."""
    if a.note != b.note:
        return True
    if a.note:
        return bool(b.label) or bool(_note_start(b)) or a.page != b.page
    if a.table or b.table:
        return True
    larger = max(a.size, b.size)
    if abs(a.size - b.size) > 0.09 * larger:
        return True
    if a.region != b.region or a.page != b.page:
        return True  # joined again later, when the sentence goes on
    distance = (b.base - a.base) / larger
    usual = max(leading.get(a.region, leading[-1]), 0.9)
    heading_like = a.size > 1.12 * body.size
    if distance > usual * (1.6 if heading_like else 1.32) + 0.05:
        return True
    if _EVEN in leading and distance > 1.15 * usual and not heading_like and _stops_short(a):
        return True
    if a.bold != b.bold and not _same_sentence(a, b):
        return True
    if _marker(b, fresh=_fresh(group, a, b)):
        return True
    return _indented(group, a, b)


def _same_sentence(a: Line, b: Line) -> bool:
    return ends_open(a.text) and b.text[:1].islower()


def _fresh(group: Group, a: Line, b: Line) -> bool:
    """Whether a list marker at the start of ``b`` may be believed."""
    return (
        not ends_open(a.text)
        or group.kind is BlockKind.LIST_ITEM
        or b.x0 > group.lines[0].x0 + 0.7 * b.size
        or a.x1 < a.right - 0.25 * (a.right - a.left)
    )


def _indented(group: Group, a: Line, b: Line) -> bool:
    """First-line indent, hanging indent, or a short last line after a full stop."""
    size = max(a.size, b.size)
    if a.rtl or b.rtl:
        start_a, start_b, end_a = -a.x1, -b.x1, a.x0 - a.left
    else:
        start_a, start_b, end_a = a.x0, b.x0, a.right - a.x1
    step = start_b - start_a
    ended = not ends_open(a.text) and not a.text.endswith(",")
    if group.kind is BlockKind.LIST_ITEM:
        return step < -0.7 * size and len(group.lines) > 1 and ended
    if 0.7 * size < step < 6 * size and len(group.lines) > 1 and ended:
        return True
    hanging = len(group.lines) > 1 and (
        (group.lines[1].x0 - group.lines[0].x0) if not a.rtl else (group.lines[0].x1 - group.lines[1].x1)
    )
    if step < -0.7 * size and hanging and hanging > 0.7 * size and ended:
        return True
    if len(group.lines) == 1 and 0.7 * size < step and end_a > 0.2 * (a.right - a.left) and ended:
        return True
    return ends_sentence(a.text) and end_a > 0.3 * (a.right - a.left) and step <= 0.7 * size


def _marker(line: Line, *, fresh: bool) -> re.Match[str] | None:
    if not fresh:
        return _BULLET.match(line.text) if line.text[:1] in "•●▪◦‣■➢➤✓✔" else None
    return _BULLET.match(line.text) or _ORDERED.match(line.text)


def _classify_start(group: Group, line: Line) -> None:
    if line.note:
        group.kind = BlockKind.NOTE
        note = _note_start(line)
        group.marker = line.label or (note[1].strip("()[]. ") if note else "")
        if not line.label and note:
            line.text = line.text[note.end() :]
    elif line.table:
        group.kind = BlockKind.TABLE_ROW
    elif match := _marker(line, fresh=True):
        group.kind, group.marker = BlockKind.LIST_ITEM, match[1]


def _note_start(line: Line) -> re.Match[str] | None:
    return re.match(r"(\[?\(?\d{1,3}\)?\]?\.?|[*†‡§¶]{1,3})\s+(?=\S)", line.text)


# --------------------------------------------------------------------------- headings


def _classify(group: Group, body: Body) -> None:
    if group.kind not in (BlockKind.PARAGRAPH, BlockKind.LIST_ITEM):
        return
    first = group.lines[0]
    text = group.text.strip()
    if group.kind is BlockKind.LIST_ITEM and not _numbered_heading(group, text, body):
        return
    if not _WORD.search(text) or len(text) > 220 or len(group.lines) > 5:
        return
    if (CAPTION.match(text) and len(text) > 30) or _EMAIL_OR_URL.search(text):
        return
    if first.size >= 1.12 * body.size and not (ends_sentence(text) and len(text) > 90):
        _be_heading(group)
        return
    stops = text.endswith((".", ",", ";")) and not re.search(r"\b(?:vs|etc|U\.S)\.$", text)
    if stops or len(text) > 150 or len(group.lines) > 3 or first.size < 0.93 * body.size:
        return
    bold = all(line.bold for line in group.lines) and not body.bold
    if bold or _small_capitals(text) or (first.italic and _NUMBERED_HEADING.match(text)):
        _be_heading(group)


def _numbered_heading(group: Group, text: str, body: Body) -> bool:
    """``II. OVERVIEW`` or ``2.1 Overview`` in large or bold letters, not an item of a list."""
    first = group.lines[0]
    if not _NUMBERED_HEADING.match(first.text):
        return False
    if first.size > 1.12 * body.size:
        return True
    bold = all(line.bold for line in group.lines) and not body.bold
    return bold or (_small_capitals(text) and len(group.lines) == 1)


def _be_heading(group: Group) -> None:
    group.kind, group.marker = BlockKind.HEADING, ""
    first = group.lines[0]
    group.style = (round(first.size * 2) / 2, first.bold)


def _small_capitals(text: str) -> bool:
    letters = [c for c in text if c.isalpha()]
    return (
        len(letters) >= 5
        and sum(c.isupper() for c in letters) > 0.9 * len(letters)
        and len(text) <= 100
        and sum(c.isdigit() for c in text) < 0.3 * len(text)
    )


def rank_headings(groups: Sequence[Group], title: str) -> None:
    """Gives headings their levels: the title 1, the others by size and weight from 2."""
    wanted = _key(title)
    found = False
    styles: set[tuple[float, bool]] = set()
    for group in groups:
        if group.kind is not BlockKind.HEADING:
            continue
        if not found and wanted and _key(group.text) == wanted:
            group.level, found = 1, True
        else:
            styles.add(group.style)
    level_of: dict[tuple[float, bool], int] = {}
    level, last = 1, (1e9, True)
    for style in sorted(styles, reverse=True):
        if last[0] - style[0] > 0.4 or style[1] != last[1]:
            level += 1
        level_of[style] = min(level, 6)
        last = style
    for group in groups:
        if group.kind is BlockKind.HEADING and group.level != 1:
            group.level = level_of[group.style]


def _key(text: str) -> str:
    return re.sub(r"\W+", "", text).casefold()
