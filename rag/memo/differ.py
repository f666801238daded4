"""Where sources disagree: figures that count the same thing, and sentences that pull opposite ways."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.extractive.candidates import Candidate
from rag.extractive.frame import quote_of
from rag.memo.ledger import Figure, conflicts
from rag.types import DraftDisagreement, DraftPosition

SAME_SUBJECT = 0.55
"""Cosine above which two sentences of opposite bent are about the same thing."""

_AXES: tuple[tuple[str, re.Pattern[str], re.Pattern[str]], ...] = tuple(
    (axis, re.compile(one, re.IGNORECASE), re.compile(other, re.IGNORECASE))
    for axis, one, other in (
        (
            "whether the threat is past or growing",
            r"\bno longer\b|\bdefeated\b|\bnothing but\b|\beliminated\b|\bdeclin\w+|\bweakened\b|\bover\b(?= )",
            r"\bris(?:e|es|ing)\b|\bresurg\w+|\breturn of\b|\bcomeback\b|\bgrow(?:s|ing|th)\b|\bincreas\w+|"
            r"\bstill (?:poses?|active)|\bongoing threats?",
        ),
        (
            "who gains and who loses",
            r"\bbenefits?\b|\bgains?\b|\bliberat\w+|\bopportunit\w+|\bdividends?\b|\bwinners?\b|\bfavou?r\b",
            r"\blos(?:s|ses|er|ers|ing)\b|\bharm\w*|\bdisaster\w*|\bdamag\w+|\bcatastroph\w+|\bchaos\b",
        ),
        (
            "whether it is wanted or rejected",
            r"\bsupports?\b|\bprefers?\b|\bwelcom\w+|\binsist\w* on (?:keeping|continuing)|\bin favou?r of\b",
            r"\breject\w*|\boppos\w+|\bexpel\w*|\bexpulsion\b|\bdemand\w* (?:the )?(?:withdrawal|departure)",
        ),
        (
            "whether it is agreed and possible",
            r"\bagreement\b|\bagreed\b|\bwill (?:withdraw|leave|depart|end)\b",
            r"\bdenied\b|\bdenial\b|\bno (?:specific )?(?:plans?|timeline)\b|\bnearly impossible\b|\bunlikely\b",
        ),
        (
            "whether it is weak or able",
            r"\bcapable\b|\bno longer needs?\b|\bstrong(?:er)?\b|\bready\b|\breadiness\b(?! is)",
            r"\bweak\w*|\bincapable\b|\bunable\b|\blacks?\b|\bdeficien\w+|\bcollaps\w+",
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


def of_judgements(ranked: Sequence[Candidate], *, most: int) -> list[DraftDisagreement]:
    """Sentences of different documents about the same thing that lean to opposite ends of an axis.

    ``ranked`` is the memo's evidence, best first; each axis gives one pair, the closest in subject.
    """
    found: list[tuple[float, DraftDisagreement]] = []
    for axis, one, other in _AXES:
        left = [c for c in ranked if one.search(c.text) and not other.search(c.text)]
        right = [c for c in ranked if other.search(c.text) and not one.search(c.text)]
        best: tuple[float, Candidate, Candidate] | None = None
        for a in left:
            for b in right:
                near = float(a.vector @ b.vector)
                if a.document_id != b.document_id and near >= SAME_SUBJECT and (best is None or near > best[0]):
                    best = (near, a, b)
        if best:
            about = axis[0].upper() + axis[1:]
            positions = (_position(best[1]), _position(best[2]))
            found.append((best[0], DraftDisagreement(about=about, axis="judgement", positions=positions)))
    ordered = sorted(found, key=lambda item: -item[0])
    return [d for _, d in ordered[:most]]


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


