"""Where a quote stands on its printed pages: its letters found again among the page's own.  Pure.

The stored text was cleaned, so it is not the page's text: words torn by a line end are joined, note
marks and running heads are gone, blanks and ligatures evened out.  Letters and digits stay, in order.
So a quote is found as a chain of runs of letters that stand on the page exactly; anything left over
between two runs (a note mark, the foot of a column) is passed over.  A quote that cannot be found
whole is not found: a box drawn around other words would mislead.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ingest.readers.pdf_page import PageView

Box = tuple[int, int, int, int]
_CONTEXT = 60
_SURE = 12  # letters that are hardly found twice on a page
_LEAST = 4  # letters that a quote may begin with, before a note mark
_NEAR = 12  # letters passed over before a short run: a note mark, a page number
_FAR = 700  # and before a long one: a foot of notes and the next running head
_MOST_RUNS = 24
# PDFium spells the Arabic ligature of lam and alef backwards: among these two letters order is not compared.
_LAM_ALEF = re.compile("[\u0627\u0644]{2,}")


@dataclass(frozen=True, slots=True)
class _Letters:
    """Folded letters, each with the page and the character it comes from."""

    text: str
    origins: list[tuple[int, int]]


@lru_cache(maxsize=8192)
def _folded(char: str) -> str:
    """Letters and digits, without case, accents, vowel signs and letter forms.

    >>> _folded("ﬁ"), _folded("É"), _folded("-"), _folded("ـ")
    ('fi', 'e', '', '')
    """
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", char).casefold())
    return "".join(c for c in plain if c.isalnum() and c != "\u0640")


def folded(text: str) -> str:
    """The letters that a quote is compared by."""
    return _even("".join(_folded(char) for char in text))


def _even(letters: str) -> str:
    return _LAM_ALEF.sub(lambda run: "".join(sorted(run.group())), letters)


def locate(text: str, start: int, end: int, pages: Sequence[PageView]) -> list[list[Box]] | None:
    """The lines of ``text[start:end]`` on each page, as boxes in pixels; None when it is not found whole.

    Args:
        text: the document text; what stands before the quote tells two places with the same words apart.
        pages: the pages that the quote may stand on, in order.
    """
    wanted = folded(text[start:end])
    if not wanted:
        return None
    letters = _letters(pages)
    runs = _runs(wanted, folded(text[max(0, start - 2 * _CONTEXT) : start])[-_CONTEXT:], letters.text)
    if runs is None:
        return None
    found: list[list[Box]] = [[] for _ in pages]
    for low, high in runs:
        for page, boxes in _by_page(letters.origins[low:high], pages):
            found[page] += _lines(boxes)
    return found


def _letters(pages: Sequence[PageView]) -> _Letters:
    parts: list[str] = []
    origins: list[tuple[int, int]] = []
    for number, page in enumerate(pages):
        for index, char in enumerate(page.text):
            piece = _folded(char)
            parts.append(piece)
            origins += [(number, index)] * len(piece)
    return _Letters(_even("".join(parts)), origins)


def _runs(wanted: str, before: str, raw: str) -> list[tuple[int, int]] | None:
    """Spans of ``raw`` that spell ``wanted``, in its order."""
    size = _longest(wanted, raw, 0, len(raw))
    rest = wanted[size:]

    def fitting(place: int) -> tuple[int, int]:
        """What follows counts first, where the run is cut short; then what stands before."""
        after = _longest(rest, raw, place + size, place + size + _NEAR) if rest else 0
        return after, _shared(raw[:place], before)

    at = max(_occurrences(wanted[:size], raw), key=fitting) if size else 0
    if size < min(len(wanted), _SURE) and (size < _LEAST or fitting(at)[0] < min(len(rest), _SURE)):
        return None
    runs = [(at, at + size)]
    done = size
    while done < len(wanted):
        span = _next(wanted[done:], raw, runs[-1][1])
        if span is None or len(runs) == _MOST_RUNS:
            return None
        runs.append(span)
        done += span[1] - span[0]
    return runs


def _next(rest: str, raw: str, position: int) -> tuple[int, int] | None:
    """The next run: soon after the last one, further on, or anywhere (another column).

    A short run counts only when no long one follows: two letters stand beside each other everywhere.
    """
    sure = min(_SURE, len(rest))
    for low, high, least in (
        (position, position + _NEAR, sure),
        (position, position + _FAR, sure if len(rest) >= _SURE else 2 * _LEAST),
        (0, len(raw), 2 * _SURE),
        (position, position + _NEAR, _LEAST),
    ):
        size = _longest(rest, raw, low, high)
        if size >= least:
            at = raw.find(rest[:size], low)
            return at, at + size
    return None


def _longest(wanted: str, raw: str, low: int, high: int) -> int:
    """How many letters of ``wanted``, from its first, stand in a row, beginning in ``raw[low:high]``."""
    least, most = 0, len(wanted)
    while least < most:
        size = (least + most + 1) // 2
        at = raw.find(wanted[:size], low)
        if 0 <= at <= high:
            least = size
        else:
            most = size - 1
    return least


def _occurrences(needle: str, raw: str) -> Iterator[int]:
    at = raw.find(needle)
    while at >= 0:
        yield at
        at = raw.find(needle, at + 1)


def _shared(one: str, other: str) -> int:
    """Letters that two texts have in common at their ends."""
    count = 0
    for a, b in zip(reversed(one), reversed(other), strict=False):
        if a != b:
            break
        count += 1
    return count


def _by_page(origins: Sequence[tuple[int, int]], pages: Sequence[PageView]) -> Iterator[tuple[int, list[Box]]]:
    for page in dict.fromkeys(number for number, _ in origins):
        indexes = dict.fromkeys(index for number, index in origins if number == page)
        yield page, [pages[page].boxes[i] for i in indexes]


def _lines(boxes: Sequence[Box]) -> list[Box]:
    """Characters side by side become one box."""
    found: list[Box] = []
    for box in boxes:
        if box[2] <= box[0] or box[3] <= box[1]:
            continue
        if found and _same_line(found[-1], box):
            last = found[-1]
            found[-1] = (min(last[0], box[0]), min(last[1], box[1]), max(last[2], box[2]), max(last[3], box[3]))
        else:
            found.append(box)
    return found


def _same_line(one: Box, other: Box) -> bool:
    height = min(one[3] - one[1], other[3] - other[1])
    overlap = min(one[3], other[3]) - max(one[1], other[1])
    gap = max(other[0] - one[2], one[0] - other[2])
    return overlap > 0.5 * height and gap < 2.5 * height
