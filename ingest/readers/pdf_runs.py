"""Glyphs to runs: cut at gaps and changes of size; right-to-left text put right; doubles dropped."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise

from ingest.readers.pdf_model import Glyph, Run

_GAP = 0.75  # a gap wider than this many font sizes separates runs (columns, table cells)
_RTL = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")
_FORMS = re.compile(r"[\ufb00-\ufb4f\ufb50-\ufdff\ufe70-\ufeff]")
_ALEFS = "اأإآٱ"


def runs_of(line: list[Glyph]) -> Iterator[Run]:
    """The runs of one line as PDFium broke it."""
    if any(_RTL.match(g.char) for g in line):
        for level in _levels(line):
            for part in _split_by_place(level):
                yield _rtl_run(part)
        return
    start = 0
    for index, (before, after) in enumerate(pairwise(line), 1):
        if _apart(before, after):
            yield _run(line[start:index])
            start = index
    yield _run(line[start:])


def _apart(a: Glyph, b: Glyph) -> bool:
    larger = max(a.size, b.size)
    gap = b.x0 - a.x1
    return (
        abs(a.size - b.size) > 0.12 * larger
        or abs(a.base - b.base) > 0.12 * larger
        or gap > _GAP * larger
        or gap < -larger
    )


def _levels(line: list[Glyph]) -> Iterator[list[Glyph]]:
    """Right-to-left text jumps in x, so only size and baseline cut it here."""
    start = 0
    for index, (a, b) in enumerate(pairwise(line), 1):
        if abs(a.base - b.base) > 0.3 * max(a.size, b.size):
            yield line[start:index]
            start = index
    yield line[start:]


def _split_by_place(line: list[Glyph]) -> list[list[Glyph]]:
    """Cuts at wide gaps seen from left to right; inside each part the order is kept."""
    cuts: list[float] = []
    edge = -math.inf
    for glyph in sorted(line, key=lambda g: g.x0):
        if edge > -math.inf and glyph.x0 - edge > _GAP * glyph.size:
            cuts.append((edge + glyph.x0) / 2)
        edge = max(edge, glyph.x1)
    parts: dict[int, list[Glyph]] = {}
    for glyph in line:
        parts.setdefault(sum(glyph.x0 > cut for cut in cuts), []).append(glyph)
    return [parts[key] for key in sorted(parts, reverse=True)]


def _run(glyphs: list[Glyph]) -> Run:
    text = "".join((" " if g.space and i else "") + g.char for i, g in enumerate(glyphs))
    return _make_run(glyphs, text, rtl=False)


def _make_run(glyphs: list[Glyph], text: str, *, rtl: bool) -> Run:
    if _FORMS.search(text):
        text = _FORMS.sub(lambda m: unicodedata.normalize("NFKC", m.group()), text)
    if any("\ud800" <= c <= "\udfff" for c in text):  # PDFium hands out UTF-16 halves
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    first = glyphs[0]
    return Run(
        text=text,
        x0=min(g.x0 for g in glyphs),
        x1=max(g.x1 for g in glyphs),
        base=first.base,
        size=first.size,
        bold=sum(g.bold for g in glyphs) * 2 > len(glyphs),
        italic=sum(g.italic for g in glyphs) * 2 > len(glyphs),
        order=0,
        rtl=rtl,
        space=first.space,
        trail=glyphs[-1].trail,
    )


def _rtl_run(glyphs: list[Glyph]) -> Run:
    """Right-to-left text: PDFium's logical order, with its three slips repaired.

    A ligature's letters come out reversed (``لا``), a vowel mark comes before its letter, and the
    blank between scripts goes astray; words are therefore told apart by the gaps on the page.
    """
    glyphs = _marks_after_letters(_unlock_ligatures(glyphs))
    word_of = _words_by_place(glyphs)
    pieces: list[str] = []
    for index, glyph in enumerate(glyphs):
        if index and not unicodedata.combining(glyph.char):
            previous = glyphs[index - 1]
            new_word = word_of[id(glyph)] != word_of[id(previous)]
            # Latin words end where Arabic letters begin, even when they touch on the page
            new_word |= previous.char.isascii() and previous.char.isalpha() and _is_rtl(glyph.char)
            if new_word or (glyph.space and not unicodedata.combining(previous.char)):
                pieces.append(" ")
        pieces.append(glyph.char)
    return _make_run(glyphs, "".join(pieces), rtl=True)


def _is_rtl(char: str) -> bool:
    return bool(_RTL.match(char)) and char.isalpha()


def _words_by_place(glyphs: list[Glyph]) -> dict[int, int]:
    word_of: dict[int, int] = {}
    edge, word = -math.inf, 0
    for glyph in sorted(glyphs, key=lambda g: g.x0):
        if not unicodedata.combining(glyph.char):
            if glyph.x0 - edge > 0.16 * glyph.size:
                word += 1
            edge = max(edge, glyph.x1)
        word_of[id(glyph)] = word
    return word_of


def _unlock_ligatures(glyphs: list[Glyph]) -> list[Glyph]:
    out = list(glyphs)
    for index in range(len(out) - 1):
        a, b = out[index], out[index + 1]
        if a.char in _ALEFS and b.char == "ل" and abs(a.x0 - b.x0) < 0.1 and abs(a.x1 - b.x1) < 0.1:
            a.char, b.char = b.char, a.char
    return out


def _marks_after_letters(glyphs: list[Glyph]) -> list[Glyph]:
    out = list(glyphs)
    for index in range(len(out) - 1):
        mark, letter = out[index], out[index + 1]
        if not unicodedata.combining(mark.char) or unicodedata.combining(letter.char):
            continue
        centre = (mark.x0 + mark.x1) / 2
        if letter.x0 - 0.5 <= centre <= letter.x1 + 0.5:
            letter.space = False
            out[index], out[index + 1] = letter, mark
    return out


def without_doubles(runs: list[Run]) -> list[Run]:
    """Drops text drawn twice at (almost) the same place: shadows, fake bold, a second layer."""
    seen: dict[tuple[str, int, int], list[Run]] = {}
    kept: list[Run] = []
    for run in runs:
        near = max(1.5, 0.2 * run.size)
        key = (run.text, round(run.x0 / 8), round(run.base / 8))
        around = (
            other
            for dx in (-1, 0, 1)
            for dy in (-1, 0, 1)
            for other in seen.get((run.text, key[1] + dx, key[2] + dy), ())
        )
        if any(abs(o.x0 - run.x0) < near and abs(o.base - run.base) < near for o in around):
            continue
        seen.setdefault(key, []).append(run)
        kept.append(run)
    return kept
