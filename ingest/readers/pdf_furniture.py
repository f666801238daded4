"""Running heads, page numbers and navigation bars: what repeats at the same place, page after page."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from ingest.readers.pdf_model import Page, Run
from rag.types import CleaningAction

_EDGE = 0.13  # of the page height
_NUMBER = re.compile(r"[-–—\s]*(?:page\s+)?(\d{1,4}|[ivxl]{1,6})(?:\s*(?:of|/|\|)\s*\d{1,4})?[-–—\s|]*", re.I)
_CAPTION = re.compile(r"(?:fig|table|chart|box|exhibit|source|note)", re.I)
_CITATION = re.compile(r"[\W\d#]*(?:ibid|id\.|op\. ?cit|loc\. ?cit|see )", re.I)
_DIGITS = re.compile(r"\d+")

_Key = tuple[str, int, int]


def drop_furniture(pages: Sequence[Page]) -> list[CleaningAction]:
    """Takes running heads and page numbers out of ``pages``; returns what was dropped."""
    dropped: dict[tuple[str, str], list[int]] = defaultdict(list)
    repeated = _repeated(pages)
    offset = _number_offset(pages)
    usual = _usual_size(pages)
    for page in pages:
        kept: list[Run] = []
        gone: list[Run] = []
        lone = _lone_head(page, usual)
        for run in page.runs:
            out = run in lone or _is_repeated(run, page, repeated)
            (gone if out else kept).append(run)
        rows = {round(r.base) for r in gone}
        for run in list(kept):
            if _is_number(run, page, offset, rows):
                kept.remove(run)
                gone.append(run)
        page.runs = kept
        for run in gone:
            number = _NUMBER.fullmatch(run.text)
            reason = "page-number" if number else "running-head"
            dropped[reason, "" if number else run.text.strip()].append(page.number)
        for text in page.turned:
            dropped["rotated-text", text].append(page.number)
    return [
        CleaningAction(action="dropped", reason=reason, text=f"{_pages(numbers)}{': ' if text else ''}{text}"[:300])
        for (reason, text), numbers in dropped.items()
    ]


def _pages(numbers: Sequence[int]) -> str:
    unique = sorted(set(numbers))
    if len(unique) == 1:
        return f"page {unique[0]}"
    if unique[-1] - unique[0] + 1 == len(unique):
        return f"pages {unique[0]}–{unique[-1]}"
    shown = ", ".join(map(str, unique[:12]))
    return f"pages {shown}{' …' if len(unique) > 12 else ''}"


def _plain(text: str) -> str:
    return _DIGITS.sub("#", text.casefold()).strip()


def _at_edge(run: Run, page: Page) -> bool:
    return run.base < _EDGE * page.height or run.base > (1 - _EDGE) * page.height


def _edge_key(run: Run) -> _Key:
    return (_plain(run.text), round(run.base / 6), -1)


def _place_key(run: Run) -> _Key:
    return (_plain(run.text), round(run.base / 4), round(run.x0 / 6))


def _repeated(pages: Sequence[Page]) -> dict[_Key, int]:
    """How many pages show a text at one height of an edge, or at one place anywhere."""
    counts: Counter[_Key] = Counter()
    for page in pages:
        keys = {_place_key(r) for r in page.runs}
        keys |= {_edge_key(r) for r in page.runs if _at_edge(r, page)}
        keys |= {(r.text.strip(), round(r.base / 6), -2) for r in page.runs if _at_edge(r, page)}
        counts.update(keys)
    edge = 2 if len(pages) <= 6 else 3
    anywhere = max(4, round(0.4 * len(pages)))
    return {k: n for k, n in counts.items() if n >= (edge if k[2] < 0 else anywhere)}


def _is_repeated(run: Run, page: Page, repeated: dict[_Key, int]) -> bool:
    plain = _plain(run.text)
    if not re.search(r"[^\W\d_]", plain):  # digits and dots repeat in tables too
        exact = (run.text.strip(), round(run.base / 6), -2)
        return len(plain) > 4 and _at_edge(run, page) and exact in repeated
    text, row, _ = _edge_key(run)
    if _CITATION.match(plain):  # short notes repeat at the foot of pages
        return False
    if len(plain) > 3 and _at_edge(run, page) and any((text, row + d, -1) in repeated for d in (-1, 0, 1)):
        return True
    return len(plain) > 3 and _place_key(run) in repeated


def _usual_size(pages: Sequence[Page]) -> float:
    sizes: Counter[float] = Counter()
    for page in pages:
        for run in page.runs:
            sizes[round(run.size, 1)] += len(run.text)
    return sizes.most_common(1)[0][0] if sizes else 10.0


def _lone_head(page: Page, usual: float) -> list[Run]:
    """A short line in small print alone at the top of a later page: its running head.

    Short documents show each head only once, so repetition cannot tell.
    """
    if page.number == 1 or not page.runs:
        return []
    top = min(run.base for run in page.runs)
    row = [run for run in page.runs if run.base - top < 2.5]
    rest = [run.top for run in page.runs if run.base - top >= 2.5]
    text = " ".join(run.text for run in row)
    size = max(run.size for run in row)
    small = size < 0.93 * usual
    alone = bool(rest) and min(rest) - top > 1.1 * size
    plain = len(text) <= 100 and not re.search(r"[.!?:;]$", text) and not _CAPTION.match(text)
    return row if top < 0.11 * page.height and small and alone and plain else []


def _number_offset(pages: Sequence[Page]) -> int | None:
    """Printed page number minus page, when most pages agree."""
    counts: Counter[int] = Counter()
    for page in pages:
        found = {
            int(m[1]) - page.number
            for r in page.runs
            if _at_edge(r, page) and (m := _NUMBER.fullmatch(r.text.strip())) and m[1].isdigit()
        }
        counts.update(found)
    if not counts:
        return None
    offset, count = counts.most_common(1)[0]
    return offset if count >= max(2, 0.3 * len(pages)) else None


def _is_number(run: Run, page: Page, offset: int | None, rows: set[int]) -> bool:
    match = _NUMBER.fullmatch(run.text.strip())
    if not match or not _at_edge(run, page) or _labels_a_note(run, page):
        return False
    if any(abs(round(run.base) - row) <= 2 for row in rows):
        return True
    if match[1].isdigit() and offset is not None:
        return int(match[1]) - page.number == offset and _alone(run, page)
    explicit = re.match(r"\s*page\b", run.text, re.IGNORECASE) is not None
    return explicit or (_outermost(run, page) and _alone(run, page))


def _alone(run: Run, page: Page) -> bool:
    """Nothing but short text on the same line (a number in a table has neighbours)."""
    same = [r for r in page.runs if r is not run and abs(r.base - run.base) < 2]
    return sum(len(r.text) for r in same) < 60 and len(same) <= 2


def _labels_a_note(run: Run, page: Page) -> bool:
    """A raised figure right before a line of larger print: footnote 1 on page 1 is no page number."""
    return any(
        run.size < 0.9 * other.size
        and -0.3 * other.size < other.base - run.base < 0.8 * other.size
        and -0.5 < other.x0 - run.x1 < 0.8 * other.size
        for other in page.runs
        if other is not run
    )


def _outermost(run: Run, page: Page) -> bool:
    bases = [r.base for r in page.runs if r is not run]
    return not bases or run.base > max(bases) + run.size or run.base < min(bases) - run.size
