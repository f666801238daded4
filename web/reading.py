"""Document → blocks for the reader: headings, lines, the marked quote, page and note marks.  Pure.

Page and note marks carry no text of their own (the style sheet prints their label), so that the text of
``<mark>`` on the page equals the quote to the character.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from rag.types import CleaningAction, Document

_LINE = re.compile(r"[^\n]+")
_ITEM = re.compile(r"[-–—•*▪●◦]\s|\(?(?:\d{1,2}|[A-Za-z]|[ivx]{1,4})[.)]\s")


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a line: ``text``, ``mark`` (the quote), ``page`` or ``note`` (a reference)."""

    kind: str
    text: str = ""
    label: str = ""
    target: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """One line of the document text: ``heading``, ``paragraph``, ``item`` or ``note``."""

    kind: str
    start: int
    runs: tuple[Run, ...]
    level: int = 0
    anchor: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class OutlineEntry:
    """A heading in the outline; ``current`` when it governs the quote."""

    title: str
    level: int
    anchor: str
    current: bool


def blocks(document: Document, mark: tuple[int, int] | None = None) -> list[Block]:
    """The text in reading order; the text runs of a block, joined, are its line, unchanged."""
    headings = {s.start: min(max(s.level, 1), 5) for s in document.sections}
    notes = sorted((n.start, n.end, n.label, i) for i, n in enumerate(document.notes))
    points = _reference_points(document)
    positions = sorted(points)
    first_mark = True
    found: list[Block] = []
    at = 0
    for match in _LINE.finditer(document.text):
        start, end = match.span()
        inside: dict[int, list[Run]] = {}
        while at < len(positions) and positions[at] < end:
            inside[max(positions[at], start)] = inside.get(max(positions[at], start), []) + points[
                positions[at]
            ]
            at += 1
        runs = _runs(document.text, start, end, mark, inside, first_mark)
        first_mark = first_mark and not any(run.kind == "mark" for run in runs)
        note = next((n for n in notes if n[0] < end and start < n[1]), None)
        found.append(_block(document.text, start, end, runs, headings.get(start), note))
    return found


def _reference_points(document: Document) -> dict[int, list[Run]]:
    points: dict[int, list[Run]] = defaultdict(list)
    for span in document.page_spans:
        points[span.start].append(Run("page", label=str(span.page), target=f"page-{span.page}"))
    for index, note in enumerate(document.notes):
        if note.anchor is not None:
            points[note.anchor].append(Run("note", label=note.label, target=f"note-{index}"))
    return points


def _runs(
    text: str,
    start: int,
    end: int,
    mark: tuple[int, int] | None,
    inside: dict[int, list[Run]],
    first_mark: bool,
) -> tuple[Run, ...]:
    cuts = {start, end, *inside}
    low, high = mark or (0, 0)
    cuts |= {point for point in (low, high) if start < point < end}
    ordered = sorted(cut for cut in cuts if start <= cut <= end)
    runs: list[Run] = []
    for left, right in zip(ordered, [*ordered[1:], end], strict=True):
        runs.extend(inside.get(left, []))
        if right > left:
            marked = low <= left and right <= high
            target = "quote" if marked and first_mark else ""
            first_mark = first_mark and not marked
            runs.append(Run("mark" if marked else "text", text[left:right], target=target))
    return tuple(runs)


def _block(
    text: str,
    start: int,
    end: int,
    runs: tuple[Run, ...],
    level: int | None,
    note: tuple[int, int, str, int] | None,
) -> Block:
    if level is not None:
        return Block("heading", start, runs, level=level, anchor=f"s-{start}")
    if note is not None:
        first = note[0] >= start
        return Block("note", start, runs, anchor=f"note-{note[3]}" if first else "", label=note[2])
    close = text[max(0, start - 2) : start].count("\n") == 1 or text[end : end + 2].count("\n") == 1
    listed = start > 0 and close and end < len(text)
    kind = "item" if listed or _ITEM.match(text, start, end) else "paragraph"
    return Block(kind, start, runs)


def outline(document: Document, mark: tuple[int, int] | None = None) -> list[OutlineEntry]:
    """The headings; the innermost one over the quote is current."""
    over = [s for s in document.sections if mark and s.start <= mark[0] < s.end]
    current = max(over, key=lambda s: s.start).start if over else None
    return [
        OutlineEntry(s.title, s.level, f"s-{s.start}", s.start == current) for s in document.sections
    ]


def valid_span(document: Document, start: int | None, end: int | None) -> tuple[int, int] | None:
    """The span asked for, or None when the text has no such place."""
    if start is None or end is None or not 0 <= start < end <= len(document.text):
        return None
    return start, end


def cleaning_summary(
    actions: Sequence[CleaningAction], examples: int = 6
) -> list[tuple[str, int, list[str]]]:
    """``(what was done and why, how often, some excerpts)``, most frequent first."""
    counts = Counter((a.action, a.reason) for a in actions)
    found = []
    for (action, reason), count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])):
        texts = [a.text for a in actions if (a.action, a.reason) == (action, reason) and a.text]
        found.append((f"{action}: {reason.replace('-', ' ')}", count, list(dict.fromkeys(texts))[:examples]))
    return found
