"""Lines to blocks: paragraphs, headings, list items, table rows and notes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from statistics import median

from ingest.blocks import Block, BlockKind
from ingest.edits import joined
from ingest.readers.pdf_lines import Line
from ingest.readers.pdf_model import HYPHEN
from ingest.words import ends_open, ends_sentence, mended, stops_on_open_word, vocabulary

_BULLET = re.compile(r"([•●▪◦‣■□◆➢➤✓✔o∙·–—*-])\s+(?=\S)")
_ORDERED = re.compile(r"(\(?(?:\d{1,2}|[A-Za-z]|[ivx]{1,4})[.)])\s+(?=\S)")
_NUMBERED_HEADING = re.compile(r"(?:\d{1,2}(?:\.\d{1,2})*\.?|[IVX]{1,5}\.|[A-Z]\.)\s+[A-Z]")
_CAPTION = re.compile(r"(?:fig(?:ure|\.)?|table|chart|box|exhibit|source|note)s?\b[\s:.]*\d*", re.I)
_JOINLESS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
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
    return out


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
    if (_CAPTION.match(text) and len(text) > 30) or _EMAIL_OR_URL.search(text):
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


# --------------------------------------------------------------------------- joining


def to_blocks(groups: Sequence[Group], body: Body) -> list[Block]:
    """Blocks with texts joined; sentences broken by a column, a page, a note or a float made whole."""
    blocks: list[Block] = []
    ends: list[Group] = []
    for group in groups:
        block = _block(group, body)
        if not block.text and not block.marker:
            continue
        target = _continued(blocks, ends, group, block)
        if target is None:
            blocks.append(block)
            ends.append(group)
        else:
            blocks[target] = _glued(blocks[target], block, body)
            ends[target] = Group([*ends[target].lines, *group.lines], ends[target].kind)
    return [_clean_hyphen(b) for b in blocks]


def _block(group: Group, body: Body) -> Block:
    text, anchors = "", []
    trail = True
    for line in group.lines:
        text, shift = _append(text, line.text, body, trail=trail)
        trail = line.trail
        anchors += [(min(shift + at, len(text)), label) for at, label in line.anchors]
    if group.kind is BlockKind.LIST_ITEM and text.startswith(group.marker):
        cut = len(group.marker) + 1
        text = text[cut:]
        anchors = [(max(0, at - cut), label) for at, label in anchors]
    first = group.lines[0]
    if first.label and group.kind is not BlockKind.NOTE:
        anchors = [(0, first.label), *anchors]
    strong = (
        len(text)
        if group.kind is BlockKind.PARAGRAPH and all(line.bold for line in group.lines) and not body.bold
        else 0
    )
    return Block(
        kind=group.kind,
        text=text,
        level=group.level,
        marker=group.marker,
        page=first.page,
        anchors=tuple(anchors),
        strong=strong,
    )


def _append(text: str, more: str, body: Body, *, trail: bool) -> tuple[str, int]:
    """``text`` with ``more`` behind it, and the offset at which ``more`` begins."""
    if not text:
        return more, 0
    if text.endswith(HYPHEN):
        left = re.search(r"([^\W_]*)\u00ad$", text)
        right = re.match(r"[^\W_]*", more)
        if left and right and left[1] and right[0]:
            whole = mended(left[1], right[0], *body.words)
            head = text[: left.start()]
            offset = len(head) + len(whole) - len(right[0])
            return head + whole + more[right.end() :], offset
        return text[:-1] + "-" + more, len(text)
    if re.search(r"\w[-/–]$", text) and more[:1].isalnum() and not text.endswith("–"):
        return text + more, len(text)
    if _JOINLESS.match(text[-1]) and _JOINLESS.match(more[:1]) and not trail:
        return text + more, len(text)
    return f"{text} {more}", len(text) + 1


def _continued(blocks: list[Block], ends: list[Group], group: Group, block: Block) -> int | None:
    """The block that ``block`` goes on from, or None."""
    if block.kind is BlockKind.NOTE and not block.marker:
        notes = [i for i, b in enumerate(blocks) if b.kind is BlockKind.NOTE]
        return notes[-1] if notes else None
    if block.kind is not BlockKind.PARAGRAPH or not block.text:
        return None
    first = group.lines[0]
    lower = block.text[:1].islower() or block.text[:1] in ",;)"
    for back, index in enumerate(reversed(range(len(blocks)))):
        if back > 25:
            return None
        candidate = blocks[index]
        last = ends[index].lines[-1]
        if candidate.kind in (BlockKind.NOTE, BlockKind.TABLE_ROW):
            continue
        if last.page < first.page - 1:
            return None
        if candidate.kind not in (BlockKind.PARAGRAPH, BlockKind.LIST_ITEM):
            if last.page == first.page and last.region == first.region:
                return None
            continue
        if last.region == first.region:
            return None
        if abs(last.size - first.size) > 0.09 * last.size or last.bold != first.bold:
            continue
        open_end = ends_open(candidate.text) and len(candidate.text) > 30
        full = last.x1 > last.right - 0.12 * (last.right - last.left)
        adjacent = index == len(blocks) - 1
        if open_end and (
            lower
            or (adjacent and full)
            or candidate.text.endswith(HYPHEN)
            or (full and stops_on_open_word(candidate.text))
        ):
            if _CAPTION.match(candidate.text) and not adjacent:
                continue
            return index
        if not open_end and not lower:
            return None
    return None


def _glued(first: Block, second: Block, body: Body) -> Block:
    text, offset = _append(first.text, second.text, body, trail=False)
    if _JOINLESS.search(text[-1:]) and not first.text.endswith(HYPHEN):
        text, offset = f"{first.text} {second.text}", len(first.text) + 1
    glued = joined(first, second)
    shift = offset - (len(first.text) + 1)
    size = len(first.text)
    return replace(
        first,
        text=text,
        breaks=tuple((at + shift if at > size else at, page) for at, page in glued.breaks),
        anchors=tuple((at + shift if at > size else at, label) for at, label in glued.anchors),
        strong=first.strong if first.strong < len(first.text) or not second.strong else len(text),
    )


def _clean_hyphen(block: Block) -> Block:
    if HYPHEN not in block.text:
        return block
    return replace(block, text=block.text.replace(HYPHEN, "-"))
