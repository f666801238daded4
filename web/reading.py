"""Document → blocks for the reader: headings, lines, the marked quote, page and note marks.  Pure.

Page and note marks carry no text of their own (the style sheet prints their label), so that the text of
``<mark>`` on the page equals the quote to the character.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.text import is_arabic
from rag.types import CleaningAction, Document

_LINE = re.compile(r"[^\n]+")
_RIGHT_TO_LEFT = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})
_ITEM = re.compile(r"[-–—•*▪●◦]\s|\(?(?:\d{1,2}|[A-Za-z]|[ivx]{1,4})[.)]\s")


@dataclass(frozen=True, slots=True)
class Run:
    """``text``, or a reference without text of its own: ``page`` or ``note``."""

    kind: str
    text: str = ""
    label: str = ""
    target: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """Neighbouring runs, marked as the quote or not; ``first`` on the first marked piece of a text."""

    runs: tuple[Run, ...]
    marked: bool = False
    first: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """One line of the document text: ``heading``, ``paragraph``, ``item`` or ``note``.

    ``label`` is a note's, and ``linked`` says that its mark stands in the text.
    """

    kind: str
    start: int
    pieces: tuple[Piece, ...]
    level: int = 0
    anchor: str = ""
    label: str = ""
    linked: bool = False


@dataclass(frozen=True, slots=True)
class OutlineEntry:
    """A heading in the outline; ``current`` when it governs the quote."""

    title: str
    level: int
    anchor: str
    current: bool


def blocks(document: Document, mark: tuple[int, int] | None = None) -> list[Block]:
    """The text in reading order; the text runs of a block, joined, are its line, unchanged."""
    top = _top_level(document)
    headings = {s.start: min(s.level - top + 1, 5) for s in document.sections}
    notes = sorted((n.start, n.end, i) for i, n in enumerate(document.notes))
    points = _reference_points(document)
    waiting = sorted(points)
    found: list[Block] = []
    at, marked_before = 0, False
    for match in _LINE.finditer(document.text):
        start, end = match.span()
        here: dict[int, list[Run]] = defaultdict(list)
        while at < len(waiting) and waiting[at] <= end:
            here[max(waiting[at], start)] += points[waiting[at]]
            at += 1
        pieces = _pieces(document.text, start, end, mark, here, marked_before)
        marked_before = marked_before or any(piece.marked for piece in pieces)
        note = next((n for n in notes if n[0] < end and start < n[1]), None)
        block = _block(document.text, start, end, pieces, headings.get(start), note)
        if block.anchor and note is not None:
            stored = document.notes[note[2]]
            block = replace(block, label=stored.label, linked=stored.anchor is not None)
        found.append(block)
    return found


def _reference_points(document: Document) -> dict[int, list[Run]]:
    points: dict[int, list[Run]] = defaultdict(list)
    for span in document.page_spans:
        points[span.start].append(Run("page", label=str(span.page), target=f"page-{span.page}"))
    for index, note in enumerate(document.notes):
        if note.anchor is not None:
            points[note.anchor].append(Run("note", label=note.label, target=f"note-{index}"))
    return points


def _pieces(
    text: str,
    start: int,
    end: int,
    mark: tuple[int, int] | None,
    here: dict[int, list[Run]],
    marked_before: bool,
) -> tuple[Piece, ...]:
    """Before the mark, the mark, after it; a reference on the mark's edge stays outside it."""
    low, high = mark or (end, end)
    low, high = min(max(low, start), end), min(max(high, start), end)
    if low == high:  # nothing of this line is quoted
        return (Piece(_runs(text, start, end, here, upto=True)),)
    inner = {point: runs for point, runs in here.items() if low < point < high}
    before = _runs(text, start, low, here, upto=True)
    marked = _runs(text, low, high, inner, upto=False)
    after = _runs(text, high, end, here, upto=True)
    parts = (Piece(before), Piece(marked, marked=True, first=not marked_before), Piece(after))
    return tuple(part for part in parts if part.runs)


def _runs(
    text: str, start: int, end: int, here: dict[int, list[Run]], *, upto: bool
) -> tuple[Run, ...]:
    """The text from ``start`` to ``end`` cut at the references in it; ``upto`` includes those at the end."""
    runs: list[Run] = []
    position = start
    for point in sorted(p for p in here if start <= p < end or (upto and p == end)):
        if point > position:
            runs.append(Run("text", text[position:point]))
        runs.extend(here[point])
        position = point
    if end > position:
        runs.append(Run("text", text[position:end]))
    return tuple(runs)


def _block(
    text: str,
    start: int,
    end: int,
    pieces: tuple[Piece, ...],
    level: int | None,
    note: tuple[int, int, int] | None,
) -> Block:
    if level is not None:
        return Block("heading", start, pieces, level=level, anchor=f"s-{start}")
    if note is not None:
        return Block("note", start, pieces, anchor=f"note-{note[2]}" if note[0] >= start else "")
    neighbour = _joined(text, start - 1) or _joined(text, end)
    kind = "item" if neighbour or _ITEM.match(text, start, end) else "paragraph"
    return Block(kind, start, pieces)


def _joined(text: str, at: int) -> bool:
    """True when the line break at ``at`` is a single one: list items and rows stand close."""
    return text[at : at + 1] == "\n" and "\n" not in text[max(0, at - 1) : at] + text[at + 1 : at + 2]


def direction(document: Document) -> str:
    """``rtl`` or ``ltr``: by the language it states, else by the letters it begins with."""
    language = (document.metadata.language or "").split("-")[0].lower()
    if language:
        return "rtl" if language in _RIGHT_TO_LEFT else "ltr"
    return "rtl" if is_arabic(document.text[:300]) else "ltr"


def outline(document: Document, mark: tuple[int, int] | None = None) -> list[OutlineEntry]:
    """The headings; the innermost one over the quote is current."""
    over = [s for s in document.sections if mark and s.start <= mark[0] < s.end]
    current = max(over, key=lambda s: s.start).start if over else None
    top = _top_level(document)
    return [
        OutlineEntry(s.title, s.level - top + 1, f"s-{s.start}", s.start == current)
        for s in document.sections
    ]


def _top_level(document: Document) -> int:
    """The outermost level used, so that neither outline nor headings begin with a gap."""
    return min((s.level for s in document.sections), default=1)


def valid_span(document: Document, start: int | None, end: int | None) -> tuple[int, int] | None:
    """The span asked for, or None when the text has no such place."""
    if start is None or end is None or not 0 <= start < end <= len(document.text):
        return None
    return start, end


@dataclass(frozen=True, slots=True)
class CleaningItem:
    """One kind of thing that cleaning did, how often, and some of the words concerned."""

    reason: str
    count: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CleaningGroup:
    """All that cleaning dropped, joined, moved, repaired or kept as metadata."""

    action: str
    count: int
    items: tuple[CleaningItem, ...]


_ORDER = ("dropped", "joined", "moved", "metadata", "repaired")  # what a reader should know first


def cleaning_groups(actions: Sequence[CleaningAction], examples: int = 8) -> list[CleaningGroup]:
    """What was done, grouped; within a group the most frequent first."""
    texts: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for a in actions:
        texts[a.action][a.reason].append(a.text)
    found = []
    for action in sorted(texts, key=lambda a: (_ORDER.index(a) if a in _ORDER else len(_ORDER), a)):
        by_reason = sorted(texts[action].items(), key=lambda pair: (-len(pair[1]), pair[0]))
        items = tuple(
            CleaningItem(reason, len(row), tuple(dict.fromkeys(t for t in row if t))[:examples])
            for reason, row in by_reason
        )
        found.append(CleaningGroup(action, sum(i.count for i in items), items))
    return found
