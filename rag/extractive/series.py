"""Enumerations: what a report lists, with the sentence that announces it, wherever the list continues.

Four shapes are known: marked lines (bullets, numbers, letters), ordinals in running text ("First, …",
"The second motive …"), sub-headings under a sentence that announces them, and the rows of a table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from rag.types import Passage, PassageKind, Sentence

REACH = 4000
"""Characters within which the next ordinal or number of a series is looked for."""
MOST = 12
"""Longer runs are inventories or indexes, not answers."""

Key = tuple[str, int]

_ORDINALS = {
    word: n
    for n, row in enumerate(
        ("first firstly one", "second secondly two", "third thirdly three", "fourth fourthly four",
         "fifth fifthly five", "sixth six", "seventh seven", "eighth eight"), 1,
    )
    for word in row.split()
}  # fmt: skip
_ORDINAL = re.compile(
    r"(?:(?P<a>First|Second|Third|Fourth|Fifth|Sixth|Seventh|Eighth)(?:ly)?(?:,|:|\s+(?!of\b)[A-Z]\w+:)"
    r"|(?:The|A|One of the|Among the|Its|Their)\s+(?P<b>first|second|third|fourth|fifth|sixth)\s+[a-z])"
)
_MARK = re.compile(
    r"^\s*(?:(?P<dot>[-–—•*▪●◦])|\(?(?P<number>\d{1,2})[.)]|\(?(?P<letter>[a-h])[.)]|"
    r"\(?(?P<roman>[ivx]{1,4})[.)])\s*$"
)
_GLUED = re.compile(r"^\(?(?P<number>\d{1,2})[.)]\s*(?=[^\W\d])")
ANNOUNCING = re.compile(
    r":\s*$|\b(?:the following|as follows|these include|(?:several|various|a number of|two|three|four|five|six|seven) "
    r"(?:\w+ ){0,3}\w+s\b[^.]{0,60})\.?\s*$|\bfollowing (?:are|is|were)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One sentence, row or heading with the passage it stands in."""

    passage: Passage
    sentence: Sentence

    @property
    def key(self) -> Key:
        """Document and place."""
        return self.passage.document_id, self.sentence.start

    @property
    def text(self) -> str:
        """Its words."""
        at = self.passage.start
        return self.passage.text[self.sentence.start - at : self.sentence.end - at]


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """An enumeration: its items in order, and the sentence that announces them, if one does."""

    items: tuple[Entry, ...]
    intro: Entry | None = None
    inside: frozenset[Key] = field(default_factory=frozenset)
    """Further sentences of the items."""

    @property
    def keys(self) -> frozenset[Key]:
        """All sentences that belong to it."""
        own = {e.key for e in self.items} | self.inside
        return frozenset(own | {self.intro.key} if self.intro else own)


@dataclass(frozen=True, slots=True)
class _Line:
    entry: Entry
    text: str
    mark: str | None
    number: int | None
    opens: bool


def series_of(passages: Sequence[Passage]) -> list[Series]:
    """The enumerations of one document, given its passages in order."""
    lines = list(_lines(passages))
    found = [*_marked(lines), *_ordinal(lines), *_headed(passages, lines), *_tables(passages)]
    return [s for s in found if 2 <= len(s.items) <= MOST]


def _lines(passages: Sequence[Passage]) -> Iterator[_Line]:
    for passage in passages:
        if passage.kind is not PassageKind.BODY:
            continue
        titles = set(passage.section)
        for sentence in passage.sentences:
            entry = Entry(passage, sentence)
            text = entry.text
            if text in titles or any(t.endswith(text) for t in titles):
                continue
            at = sentence.start - passage.start
            prefix = passage.text[passage.text.rfind("\n", 0, at) + 1 : at]
            mark = _MARK.match(prefix)
            glued = _GLUED.match(text) if not prefix.strip() else None
            number = int((mark and mark["number"]) or (glued and glued["number"]) or 0) or None
            kind = "number" if number else mark.lastgroup if mark else None
            opens = bool(mark or glued) or not prefix.strip()
            yield _Line(entry, text, kind, number, opens)


def _marked(lines: Sequence[_Line]) -> Iterator[Series]:
    """Runs of marked lines; numbered ones may have paragraphs between them."""
    at = 0
    while at < len(lines):
        if lines[at].mark is None or (lines[at].number or 1) != 1:
            at += 1
            continue
        items, inside, end = _run(lines, at)
        before = lines[at - 1] if at else None
        intro = before.entry if before and before.mark is None and _announces(before, lines[at]) else None
        yield Series(items=tuple(items), intro=intro, inside=frozenset(inside))
        at = max(end, at + 1)


def _run(lines: Sequence[_Line], start: int) -> tuple[list[Entry], set[Key], int]:
    items, inside = [lines[start].entry], set[Key]()
    first, last, end = lines[start], lines[start], start + 1
    waiting: set[Key] = set()
    for at in range(start + 1, len(lines)):
        line = lines[at]
        if line.entry.sentence.start - last.entry.sentence.end > REACH:
            break
        due = line.number == (last.number or 0) + 1 if first.number else line.mark == first.mark
        if line.mark and due:
            items.append(line.entry)
            inside |= waiting
            waiting, last, end = set(), line, at + 1
        elif (line.mark and line.number == 1) if first.number else (line.opens and line.mark is None):
            break
        else:
            waiting.add(line.entry.key)
    return items, inside, end


def _announces(before: _Line, first: _Line) -> bool:
    near = 0 <= first.entry.sentence.start - before.entry.sentence.end <= 12
    return near and bool(ANNOUNCING.search(before.text))


def _ordinal(lines: Sequence[_Line]) -> Iterator[Series]:
    """First, second, third … in running text, under one heading."""
    numbered = [(n, at) for at, line in enumerate(lines) if (n := _ordinal_of(line.text))]
    for place, (n, at) in enumerate(numbered):
        if n != 1:
            continue
        row = [at]
        for m, other in numbered[place + 1 :]:
            gap = lines[other].entry.sentence.start - lines[row[-1]].entry.sentence.end
            same = lines[other].entry.passage.section[:1] == lines[at].entry.passage.section[:1]
            if m == 1 or gap > REACH or not same:
                break
            if m == len(row) + 1:
                row.append(other)
        before = lines[at - 1] if at else None
        intro = before.entry if before and _announces(before, lines[at]) else None
        yield Series(items=tuple(lines[i].entry for i in row), intro=intro)


def _ordinal_of(text: str) -> int | None:
    match = _ORDINAL.match(text)
    return _ORDINALS[(match["a"] or match["b"]).lower()] if match else None


def _headed(passages: Sequence[Passage], lines: Sequence[_Line]) -> Iterator[Series]:
    """The headings right below a sentence that announces them."""
    for line in lines:
        if not ANNOUNCING.search(line.text) or line.entry.passage.sentences[-1] != line.entry.sentence:
            continue
        path = line.entry.passage.section
        items: list[Entry] = []
        for passage in passages[line.entry.passage.ordinal + 1 :]:
            if passage.section[: len(path)] != path or len(passage.section) <= len(path):
                break
            head = passage.sentences[0] if passage.sentences else None
            if head and len(passage.section) == len(path) + 1 and Entry(passage, head).text == passage.section[-1]:
                items.append(Entry(passage, head))
        yield Series(items=tuple(items), intro=line.entry)


def _tables(passages: Sequence[Passage]) -> Iterator[Series]:
    """The rows of a table, its first row as what announces them."""
    for passage in passages:
        if passage.kind is PassageKind.TABLE and len(passage.sentences) > 2:
            rows = [Entry(passage, s) for s in passage.sentences]
            yield Series(items=tuple(rows[1:]), intro=rows[0])
