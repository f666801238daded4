"""Which sentences serve a section: nearness to what the section adds, measured against all of the memo's evidence.

Everything found for a memo is near its subject, so a cosine by itself says little.  What tells is how far a
sentence stands out from the rest of the evidence towards the section, and whether it has the section's words.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from rag.extractive.candidates import Candidate
from rag.lexicon import Lexicon
from rag.memo.evidence import Key, key
from rag.memo.modality import Modality, modality
from rag.memo.plan import Searched
from rag.ports import Vectors
from rag.text import content_terms
from rag.types import SectionRole

FAR, NEAR, LEAST = 2.6, 1.8, 1.5
"""Standard deviations above the evidence's mean cosine to the section that a sentence needs: without a word of
the section, with one, and with two."""
STANDING_OUT, WORD, MOST_WORDS = 0.08, 0.05, 4
"""What each standard deviation and each of the section's words adds to a sentence's score."""
TELLING = 0.31
"""Least idf, as a share of a word's that no passage has, of one that tells sections apart: "government" stands in
every second passage."""
LEAST_SPREAD = 1e-6
ROOT = 5
"""Letters that two forms of a word share."""
HEADED, UNDER = 0.4, 0.2
"""What a heading that has all of the section's words adds to the sentences under it, and the share of them from
which a heading counts as one of the section's words."""
_ADVISES = re.compile(
    r"\b(?:recommend|propos|options?\b|way forward|measures?\b|should|next steps|advice|advis|suggest|reform|mitigat|"
    r"responses?\b|respond|policy|plans?\b|could be done|to do\b)",
    re.IGNORECASE,
)
OF_SOURCE = 1.2
"""Standard deviations above the mean for a section that holds what one source says."""
NAMED = 4
"""Fewest sentences with the name that a memo is about from which those without it are left out."""
FEW = 40
"""With fewer sentences of evidence nothing can be said of how one stands out."""


def serving(
    parts: Sequence[Searched],
    aspects: Sequence[Vectors],
    topic: Iterable[str],
    lexicon: Lexicon,
    proper: Collection[str] = (),
) -> list[Searched]:
    """The sections with the sentences only that serve them, in the order of how well they do.

    Args:
        aspects: for each section the vectors of what it adds to the subject: of the whole, then of each thing
            that it names.
        topic: stems of the memo's subject: its words tell no section from another.
        proper: stems of the name that the memo is about; where enough sentences have it, no others serve.
    """
    parts = _about(parts, proper)
    pool = {key(c): c.vector for part in parts for _, c in part.rows}
    if len(pool) < FEW:
        return list(parts)
    vectors = np.stack(list(pool.values()))
    places = {k: n for n, k in enumerate(pool)}
    known = {_root(t) for t in topic}
    return [
        part
        if part.section.role is not SectionRole.BODY
        else _nearer(part, vectors @ aspect[0], places)
        if _of_one_source(part, pool)
        else _served(part, _apart(vectors @ aspect.T), places, known, lexicon)
        for part, aspect in zip(parts, aspects, strict=True)
    ]


def _nearer(part: Searched, near: Vectors, places: dict[Key, int]) -> Searched:
    """A source's sentences that are nearer to the point than the evidence is on the whole, the nearest first."""
    least = float(near.mean()) + OF_SOURCE * float(near.std())
    rows = [(score + float(near[places[key(c)]]), c) for score, c in part.rows if near[places[key(c)]] >= least]
    return replace(part, rows=tuple(sorted(rows, key=lambda r: (-r[0], *key(r[1])))))


def _of_one_source(part: Searched, pool: Iterable[Key]) -> bool:
    """True for a section that is confined to one of several sources: it differs from the others by its source, and
    the subject's own words tell what serves it."""
    own = {c.document_id for _, c in part.rows}
    return len(own) == 1 and len({document for document, _ in pool}) > 1


def _about(parts: Sequence[Searched], proper: Collection[str]) -> Sequence[Searched]:
    """The sections with what names the memo's subject, itself or in the heading above it."""
    if not proper:
        return parts

    def names(candidate: Candidate) -> bool:
        said = content_terms(" ".join((candidate.text, *candidate.hit.passage.section)))
        return any(t in proper for t in said)

    kept = [replace(p, rows=tuple(r for r in p.rows if names(r[1]))) for p in parts]
    found = {key(c) for p in kept for _, c in p.rows}
    return kept if len(found) >= NAMED else parts


def _apart(near: Vectors) -> Vectors:
    """How far each sentence stands out: towards the whole, and towards the nearest of the things, in equal parts."""
    apart = (near - near.mean(axis=0)) / np.maximum(near.std(axis=0), LEAST_SPREAD)
    things = apart[:, 1:] if apart.shape[1] > 1 else apart
    return np.asarray((apart[:, 0] + things.max(axis=1)) / 2)


def _served(part: Searched, apart: Vectors, places: dict[Key, int], known: set[str], lexicon: Lexicon) -> Searched:
    asked = f"{part.section.heading} {part.section.question}"
    weights = {_root(t): lexicon.idf(t) for t in content_terms(asked) if _root(t) not in known}
    own = {t for t, w in weights.items() if w >= TELLING * lexicon.idf("")}
    advises = _ADVISES.search(part.section.heading) is not None
    rows = []
    for score, candidate in part.rows:
        if not advises and modality(candidate.text) is Modality.PROPOSED:
            continue  # what should be done has a section of its own
        far = float(apart[places[key(candidate)]])
        headed = _share(weights, candidate.hit.passage.section)
        words = len(own & _roots(candidate.text)) + (headed >= UNDER)
        if far >= (FAR, NEAR, LEAST)[min(words, 2)]:
            gain = STANDING_OUT * (far - FAR) + WORD * min(words, MOST_WORDS) + HEADED * headed
            rows.append((score + gain, candidate))
    return replace(part, rows=tuple(sorted(rows, key=lambda r: (-r[0], *key(r[1])))))


def _share(weights: Mapping[str, float], headings: Sequence[str]) -> float:
    """Share, by idf, of the section's words in the headings over a sentence."""
    said = _roots(" ".join(headings))
    return sum(w for t, w in weights.items() if t in said) / (sum(weights.values()) or 1.0)


def _roots(text: str) -> set[str]:
    return {_root(t) for t in content_terms(text)}


def _root(stem: str) -> str:
    """The beginning of a word, so that "detained" and "detainees" meet."""
    return stem[:ROOT]
