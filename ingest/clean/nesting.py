"""Levels of headings that the file does not mark: what announces them, how they are numbered or cased."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.blocks import Block, BlockKind
from ingest.words import SMALL_WORDS
from rag.text import content_terms, sentence_spans

_ANNOUNCES = re.compile(
    r"\bthe following\b|\bas follows\b|\b(?:include|including|namely|these are)\s*:?\s*$|:\s*$"
    r"|\bsuivante?s?\b|\bcomme suit\b|\bالتالية\b|\bالآتية\b|\bكما يلي\b|\bعلى النحو الآتي\b",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r"\b(two|three|four|five|six|seven|eight|nine|ten|\d{1,2})\s+(?:\w+\s+){0,3}?"
    r"(?:indicators?|factors?|reasons?|levels?|scenarios?|aspects?|points?|dimensions?|areas?|issues?|trends?"
    r"|motives?|consequences|repercussions|risks?|options?|phases|questions|themes|challenges|groups?|parts)\b",
    re.IGNORECASE,
)
_COUNTS = {w: n for n, w in enumerate("two three four five six seven eight nine ten".split(), start=2)}
KNOWN = re.compile(
    r"(?:abstract|introduction|background|methods?|methodology|results|discussion|conclusions?|summary"
    r"|executive summary|"
    r"recommendations?|policy recommendations|key (?:findings|points|messages)|end\s?notes|notes|references"
    r"|bibliography|"
    r"annex(?:\s\w+)?|appendix(?:\s\w+)?|acknowledge?ments|overview|outlook|résumé|conclusion générale|"
    r"مقدمة|المقدمة|ملخص|الخاتمة|خاتمة|التوصيات|الخلاصة|المراجع|الهوامش):?",
    re.IGNORECASE,
)
_NUMBERING = (
    ("roman", re.compile(r"^(?:[IVX]{2,5}|I|V|X)[.)]\s")),
    ("letter", re.compile(r"^[A-H][.)]\s")),
    ("figure", re.compile(r"^\(?\d{1,2}[.)]\s")),
)
_LEAST = 2  # a list of one is none


def extra_levels(blocks: Sequence[Block]) -> dict[int, int]:
    """For unmarked headings (level 0), by index, how many levels below the top ones they stand."""
    headings = [i for i, b in enumerate(blocks) if b.kind is BlockKind.HEADING and b.level == 0]
    depth = _numbered(blocks, headings) or _cased(blocks, headings)
    for at in _announced(blocks, headings):  # twice, inside two lists
        depth[at] = depth.get(at, 0) + 1
    return {at: n for at, n in depth.items() if n}


def _numbered(blocks: Sequence[Block], headings: Sequence[int]) -> dict[int, int]:
    """``I.`` above ``A.`` above ``1.``: kinds of numbering rank in the order in which they first appear."""
    ranks: dict[str, int] = {}
    depth: dict[int, int] = {}
    for at in headings:
        kind = next((name for name, pattern in _NUMBERING if pattern.match(blocks[at].text)), None)
        if kind is not None:
            depth[at] = ranks.setdefault(kind, len(ranks))
    return depth if len(ranks) > 1 else {}


def _cased(blocks: Sequence[Block], headings: Sequence[int]) -> dict[int, int]:
    """Headings in capitals stand above others, where a document has several of both and begins with one."""
    capital = [at for at in headings if blocks[at].text.isupper()]
    others = [at for at in headings if not blocks[at].text.isupper()]
    if len(capital) < _LEAST or len(others) < _LEAST or others[0] < capital[0]:
        return {}
    return dict.fromkeys(others, 1)


def _announced(blocks: Sequence[Block], headings: Sequence[int]) -> list[int]:
    """Headings that the last sentence before them announces as a list; twice where lists are nested.

    The sentence may say how many.  Else, where the heading above the list is one of several in like
    words (*Repercussions for …*), the list lasts until the next of those or a standard heading; else
    it lasts while its headings share a word with the heading above it or with one another.
    """
    found: list[int] = []
    series: list[int] = []  # headings above such lists that are worded alike
    inside = -1  # the last heading of the outer list
    for n, at in enumerate(headings):
        sentence = _last_sentence(blocks, at) if n else None
        if sentence is None or not _ANNOUNCES.search(sentence):
            continue
        parent, rest = headings[n - 1], list(headings[n:])
        if at <= inside:
            rest = [other for other in rest if other <= inside]
        counted = _COUNTED.search(sentence)
        if counted:
            word = counted[1].lower()
            count = int(word) if word.isdigit() else _COUNTS[word]
            members = rest[:count] if len(rest) >= count else []
        elif at > inside and _family(blocks, headings, parent):
            members = _until_like(blocks, parent, rest)
            series.append(parent)
        else:
            members = _akin(blocks, parent, rest)
        if len(members) >= _LEAST and not KNOWN.fullmatch(blocks[parent].text):
            found += members
            inside = max(inside, members[-1])
    return found + _by_analogy(blocks, headings, series, set(found))


def _by_analogy(blocks: Sequence[Block], headings: Sequence[int], series: Sequence[int], found: set[int]) -> list[int]:
    """Where two headings of a series have lists, what follows a third one of it is its list too."""
    more: list[int] = []
    for n, at in enumerate(headings):
        like = sum(_alike(blocks[at].text, blocks[other].text) for other in series)
        if len(series) >= _LEAST and like == len(series) and at not in found and at not in series:
            members = _until_like(blocks, at, headings[n + 1 :])
            more += members if len(members) >= _LEAST and not found & set(members) else []
    return more


def _family(blocks: Sequence[Block], headings: Sequence[int], at: int) -> bool:
    return any(_alike(blocks[at].text, blocks[other].text) for other in headings if other != at)


def _alike(a: str, b: str) -> bool:
    """Two headings of one series: at least two words shared, and half of the shorter one's."""
    one, two = _stems(a), _stems(b)
    shared = len(one & two)
    return shared >= _LEAST and 2 * shared >= min(len(one), len(two))


def _until_like(blocks: Sequence[Block], parent: int, rest: Sequence[int]) -> list[int]:
    members: list[int] = []
    for at in rest:
        if KNOWN.fullmatch(blocks[at].text) or _alike(blocks[parent].text, blocks[at].text):
            break
        members.append(at)
    return members


def _last_sentence(blocks: Sequence[Block], at: int) -> str | None:
    before = blocks[at - 1] if at else None
    if before is None or before.kind is not BlockKind.PARAGRAPH:
        return None
    spans = list(sentence_spans(before.text))
    return before.text[spans[-1][0] : spans[-1][1]] if spans else None


def _akin(blocks: Sequence[Block], parent: int, rest: Sequence[int]) -> list[int]:
    known = _stems(blocks[parent].text) | _stems(blocks[rest[0]].text)
    members = [rest[0]]
    for at in rest[1:]:
        own = _stems(blocks[at].text)
        if not own & known:
            break
        known |= own
        members.append(at)
    return members


def _stems(text: str) -> set[str]:
    return {t for t in content_terms(text) if t not in SMALL_WORDS}
