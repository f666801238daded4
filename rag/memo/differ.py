"""Where sources disagree: sentences of which words prove that they differ, and sentences that pull opposite ways.

What proves a difference is :func:`rag.extractive.differ.difference`.  An answer's question holds two
sentences together; a memo has none, so here the sentences themselves must be near one another.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from rag.extractive.candidates import Candidate
from rag.extractive.differ import Difference, difference, said_by
from rag.extractive.differ.said import Said, content, keys_of, years
from rag.extractive.differ.stance import DECIDED, LEGISLATURE
from rag.extractive.differ.wording import about
from rag.extractive.frame import quote_of
from rag.lexicon import Lexicon
from rag.text import content_terms
from rag.types import DraftDisagreement, DraftPosition

NEAR_FIGURE, NEAR_JUDGED, NEAR_CHAMBER = 0.55, 0.58, 0.2
"""Least cosine between two positions: figures of one thing, judgements, and a chamber's acts of one year."""
SIDES = 4
"""Positions of one disagreement."""
SAME_SUBJECT = 0.6
"""Cosine above which two sentences of opposite bent are about the same thing."""
RARE, SHARED, SHARED_ANY = 1.6, 2, 3
"""Two sentences are about one thing when they share two words of at least this idf (1.6 is one passage
in five), or any three."""
LONGEST = 40
"""Longer sentences hold more than one thought; which of them a cue belongs to cannot be told."""
_TIME = keys_of("hour day week month year decade")
_OPEN = frozenset({"who is for and who against", "whether it will happen"})
"""Points that only a question can tie to one proposal or event."""

_AXES: tuple[tuple[str, re.Pattern[str], re.Pattern[str]], ...] = tuple(
    (about_, re.compile(one, re.IGNORECASE), re.compile(other, re.IGNORECASE))
    for about_, one, other in (
        (
            "who gains and who loses",
            r"\bbenefits?\b|\bliberat\w+|\bopportunit\w+|\bdividends?\b|\bwinners?\b|\bfavou?r\b",
            r"\blos(?:s|ses|er|ers|ing)\b|\bharm\w*|\bdisaster\w*|\bdamag\w+|\bcatastroph\w+|\bchaos\b",
        ),
        (
            "whether its own means suffice",
            r"\bcapable of\b|\bno longer needs?\b|\bself-sufficien\w+|\bable to (?:defend|secure|protect)\b",
            r"\bweak(?:ness|nesses)?\b|\bincapable\b|\bunable\b|\black(?:s|ing)? the\b|\bdeficien\w+|"
            r"\bneeds? (?:further|more)\b",
        ),
    )
)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two sentences of different documents that differ."""

    a: Candidate
    b: Candidate
    difference: Difference
    near: float


def differing(a: Candidate, b: Candidate, near: float | None = None) -> Difference | None:
    """How two sentences of different documents differ, when words prove it and both speak of one thing."""
    if a.document_id == b.document_id:
        return None
    near = float(a.vector @ b.vector) if near is None else near
    if near < NEAR_CHAMBER:
        return None
    one, other = said_by(a), said_by(b)
    chamber = bool(content(one.text) & LEGISLATURE) and bool(content(other.text) & LEGISLATURE)
    if near < NEAR_FIGURE and not chamber:
        return None
    found = difference(one, other)
    return found if found is not None and _holds(found, one, other, near) else None


def _holds(found: Difference, one: Said, other: Said, near: float) -> bool:
    if found.clash is not None:
        counted = found.clash.mine.head | found.clash.theirs.head
        return near >= NEAR_FIGURE and found.clash.mine.unit != "day" and not counted & _TIME
    if found.point == DECIDED:
        mine, theirs = (years(s, f"{s.before} {s.text}") for s in (one, other))
        return bool(mine & theirs) and bool(found.shared & LEGISLATURE)
    return near >= NEAR_JUDGED and found.point not in _OPEN


def pairs(ranked: Sequence[Candidate]) -> list[Pair]:
    """The pairs that differ: figures first, then what is judged; within both the nearest first."""
    if not ranked:
        return []
    vectors = np.stack([c.vector for c in ranked])
    near = vectors @ vectors.T
    found: list[Pair] = []
    for i, j in np.argwhere(np.triu(near, 1) >= NEAR_CHAMBER).tolist():
        a, b = ranked[i], ranked[j]
        differs = differing(a, b, float(near[i, j]))
        if differs is not None:
            found.append(Pair(a, b, differs, float(near[i, j])))
    return sorted(found, key=lambda p: (p.difference.clash is None, -p.near))


def of_pairs(found: Sequence[Pair], focus: str) -> list[DraftDisagreement]:
    """The pairs as disagreements; further sources on a counted thing join it, no sentence stands twice.

    Args:
        focus: what the memo is about, for the words that name a disagreement.
    """
    groups: list[tuple[Pair, list[Candidate]]] = []
    used: set[str] = set()
    judged: set[str] = set()
    for pair in found:
        fresh = [c for c in (pair.a, pair.b) if c.text not in used]
        counts = pair.difference.clash is not None
        if len(fresh) == 2 and (counts or pair.difference.point not in judged):
            groups.append((pair, [pair.a, pair.b]))
            judged.add(pair.difference.point)
        elif len(fresh) == 1 and counts:
            fresh = [c for c in fresh if _joins(c, pair, groups)]
        else:
            continue
        used |= {c.text for c in fresh}
    return [
        DraftDisagreement(
            about=about(focus, pair.difference, said_by(pair.a), said_by(pair.b)),
            axis=pair.difference.axis,
            positions=tuple(_position(c) for c in sides),
        )
        for pair, sides in groups
    ]


def _joins(candidate: Candidate, pair: Pair, groups: Sequence[tuple[Pair, list[Candidate]]]) -> bool:
    """Adds the other side of a pair to the disagreement that its known side stands in."""
    other = pair.b if candidate is pair.a else pair.a
    for known, sides in groups:
        if known.difference.clash is None or all(c is not other for c in sides) or len(sides) >= SIDES:
            continue
        same = known.difference.shared & pair.difference.shared or known.difference.shared == pair.difference.shared
        if same and all(c.document_id != candidate.document_id for c in sides):
            sides.append(candidate)
            return True
    return False


def of_judgements(
    ranked: Sequence[Candidate], lexicon: Lexicon, *, most: int
) -> list[DraftDisagreement]:
    """Sentences of different documents about the same thing that lean to opposite ends of an axis.

    ``ranked`` is the memo's evidence, best first; each axis gives one pair, the closest in subject.
    """
    short = [c for c in ranked if c.word_count <= LONGEST]
    found: list[tuple[float, DraftDisagreement]] = []
    for name, one, other in _AXES:
        left = [c for c in short if one.search(c.text) and not other.search(c.text)]
        right = [c for c in short if other.search(c.text) and not one.search(c.text)]
        best: tuple[float, Candidate, Candidate] | None = None
        for a in left:
            for b in right:
                near = float(a.vector @ b.vector)
                if near >= SAME_SUBJECT and (best is None or near > best[0]) and same_thing(a, b, lexicon):
                    best = (near, a, b)
        if best:
            title = f"{name[0].upper()}{name[1:]}: different judgements"
            positions = (_position(best[1]), _position(best[2]))
            found.append((best[0], DraftDisagreement(about=title, axis="judgement", positions=positions)))
    return [d for _, d in sorted(found, key=lambda item: -item[0])[:most]]


def opposed(a: Candidate, b: Candidate, lexicon: Lexicon) -> bool:
    """True when two sentences differ, or lean to opposite ends of an axis about the same thing."""
    if differing(a, b) is not None:
        return True
    if max(a.word_count, b.word_count) > LONGEST or not same_thing(a, b, lexicon):
        return False
    return any(
        (one.search(x.text) and not other.search(x.text) and other.search(y.text) and not one.search(y.text))
        for _, one, other in _AXES
        for x, y in ((a, b), (b, a))
    )


def same_thing(a: Candidate, b: Candidate, lexicon: Lexicon) -> bool:
    """Different documents that share words enough to name a thing."""
    if a.document_id == b.document_id:
        return False
    shared = set(content_terms(a.text)) & set(content_terms(b.text))
    return len(shared) >= SHARED_ANY or sum(lexicon.idf(t) >= RARE for t in shared) >= SHARED


def _position(candidate: Candidate) -> DraftPosition:
    return DraftPosition(
        document_id=candidate.document_id, claim=candidate.text, quotes=(quote_of(candidate),)
    )


def pairs_apart(items: Sequence[DraftDisagreement]) -> Iterator[DraftDisagreement]:
    """The list without what is said already: a point in the same words, or two quotes that stand together."""
    kept: list[DraftDisagreement] = []
    for item in items:
        spans = {(p.document_id, p.claim) for p in item.positions}
        point = item.about.partition("(")[0].partition(":")[0].strip()
        said = any(
            len(spans & {(p.document_id, p.claim) for p in k.positions}) > 1
            or (item.axis == "judgement" and k.about.startswith(point))
            for k in kept
        )
        if not said:
            kept.append(item)
            yield item
