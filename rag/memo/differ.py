"""Where sources disagree: figures that count the same thing, and sentences that pull opposite ways."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.extractive.candidates import Candidate
from rag.extractive.frame import quote_of
from rag.lexicon import Lexicon
from rag.memo.ledger import Figure, conflicts
from rag.text import content_terms
from rag.types import DraftDisagreement, DraftPosition

SAME_SUBJECT = 0.6
"""Cosine above which two sentences of opposite bent are about the same thing."""
RARE, SHARED, SHARED_ANY = 1.6, 2, 3
"""Two sentences are about one thing when they share two words of at least this idf (1.6 is one passage
in five), or any three."""
LONGEST = 40
"""Longer sentences hold more than one thought; which of them a cue belongs to cannot be told."""

_AXES: tuple[tuple[str, re.Pattern[str], re.Pattern[str]], ...] = tuple(
    (about, re.compile(one, re.IGNORECASE), re.compile(other, re.IGNORECASE))
    for about, one, other in (
        (
            "whether the threat is past or growing",
            r"\bno longer (?:poses?|a threat)\b|\bhas ended\b|\bnever to return\b|"
            r"\bdefeated\b|\bnothing but\b|\beliminated\b|\bdeclin\w+|\bweakened\b",
            r"\bris(?:e|es|ing)\b|\bresurg\w+|\breturn of\b|\bcomeback\b|\bgrow(?:s|ing|th)\b|\bincreas\w+|"
            r"\bstill (?:poses?|active)|\bongoing threats?",
        ),
        (
            "who gains and who loses",
            r"\bbenefits?\b|\bliberat\w+|\bopportunit\w+|\bdividends?\b|\bwinners?\b|\bfavou?r\b",
            r"\blos(?:s|ses|er|ers|ing)\b|\bharm\w*|\bdisaster\w*|\bdamag\w+|\bcatastroph\w+|\bchaos\b",
        ),
        (
            "whether the means suffice or are lacking",
            r"\bcapable of\b|\bno longer needs?\b|\bself-sufficien\w+|\bable to (?:defend|secure|protect)\b",
            r"\bweak(?:ness|nesses)?\b|\bincapable\b|\bunable\b|\black(?:s|ing)? the\b|\bdeficien\w+|"
            r"\bneeds? (?:further|more)\b",
        ),
    )
)


def of_figures(rows: Sequence[Figure]) -> list[DraftDisagreement]:
    """Figures of different sources that count the same thing differently."""
    found: list[DraftDisagreement] = []
    seen: set[frozenset[str]] = set()
    for i, j in conflicts(rows):
        a, b = rows[i], rows[j]
        documents = frozenset((a.candidate.document_id, b.candidate.document_id, *a.nouns[:1]))
        if documents in seen:
            continue
        seen.add(documents)
        found.append(
            DraftDisagreement(
                about=f"Figures: {_noun(a)}", axis="figure", positions=(_position(a.candidate), _position(b.candidate))
            )
        )
    return found


def _noun(figure: Figure) -> str:
    unit = figure.unit or figure.scope
    return f"{unit} ({figure.value})" if unit != "%" else f"shares ({figure.value})"


def of_judgements(
    ranked: Sequence[Candidate], lexicon: Lexicon, *, most: int
) -> list[DraftDisagreement]:
    """Sentences of different documents about the same thing that lean to opposite ends of an axis.

    ``ranked`` is the memo's evidence, best first; each axis gives one pair, the closest in subject.
    """
    short = [c for c in ranked if c.word_count <= LONGEST]
    found: list[tuple[float, DraftDisagreement]] = []
    for about, one, other in _AXES:
        left = [c for c in short if one.search(c.text) and not other.search(c.text)]
        right = [c for c in short if other.search(c.text) and not one.search(c.text)]
        best: tuple[float, Candidate, Candidate] | None = None
        for a in left:
            for b in right:
                near = float(a.vector @ b.vector)
                if near >= SAME_SUBJECT and (best is None or near > best[0]) and same_thing(a, b, lexicon):
                    best = (near, a, b)
        if best:
            title = about[0].upper() + about[1:]
            positions = (_position(best[1]), _position(best[2]))
            found.append((best[0], DraftDisagreement(about=title, axis="judgement", positions=positions)))
    return [d for _, d in sorted(found, key=lambda item: -item[0])[:most]]


def opposed(a: Candidate, b: Candidate, lexicon: Lexicon) -> bool:
    """True when two sentences about the same thing lean to opposite ends of an axis."""
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


def pairs_apart(items: Sequence[DraftDisagreement]) -> list[DraftDisagreement]:
    """The list without a pair whose two quotes another pair already shows."""
    kept: list[DraftDisagreement] = []
    for item in items:
        spans = {(p.document_id, p.claim) for p in item.positions}
        if all(len(spans & {(p.document_id, p.claim) for p in k.positions}) < 2 for k in kept):
            kept.append(item)
    return kept


