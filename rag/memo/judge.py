"""Basis and confidence of a judgement, derived from the evidence and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rag.extractive.candidates import Candidate
from rag.labels import frame_label, plain_author, source_name
from rag.lexicon import Lexicon
from rag.memo.dates import dates
from rag.memo.differ import opposed, same_thing
from rag.memo.languages import conjoined, listed, say
from rag.memo.modality import Modality, modality
from rag.text import content_terms
from rag.translit import skeleton
from rag.types import Confidence, DocumentInfo

AGREEING = 0.66
"""Cosine above which a sentence of another source bears out a judgement."""
SHARED_OWN, SHARE_OWN = 2, 0.3
"""Words beyond the topic's that a sentence shares with the judgement it bears out: so many, and such a
share of the shorter one's."""
RECENT_YEARS = 3
"""A report older than this, next to the newest in the library, no longer speaks of the present."""

_HEARSAY = re.compile(
    r"\b(?:reported(?:ly)?|according to|claim(?:s|ed)?|alleg\w+|said|told|sources?|estimates? suggest|"
    r"rumou?r\w*)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What carries a judgement: sentences of other sources for and against it."""

    agreeing: tuple[Candidate, ...]
    contrary: tuple[Candidate, ...]


def basis(
    claim: Candidate, pool: Iterable[Candidate], lexicon: Lexicon, topic: frozenset[str] = frozenset()
) -> Basis:
    """The best agreeing and the best contrary sentence of each other document.

    Nearness alone is no agreement: everything in a memo is about its topic.  What agrees shares words
    beyond the topic's own, is the same kind of claim, and speaks of no other year.

    Args:
        topic: stems of the memo's subject.
    """
    agreeing: dict[str, tuple[float, Candidate]] = {}
    contrary: dict[str, tuple[float, Candidate]] = {}
    for other in pool:
        near = float(claim.vector @ other.vector)
        if other.document_id == claim.document_id or near < AGREEING:
            continue
        if other.text.rstrip().endswith(("?", ":")) or not same_thing(claim, other, lexicon):
            continue
        if opposed(claim, other, lexicon):
            target = contrary
        elif _bears_out(claim.text, other.text, topic):
            target = agreeing
        else:
            continue
        if near > target.get(other.document_id, (0.0, other))[0]:
            target[other.document_id] = (near, other)
    return Basis(agreeing=_best(agreeing), contrary=_best(contrary))


def _bears_out(claim: str, other: str, topic: frozenset[str]) -> bool:
    mine, theirs = (set(content_terms(t)) - topic for t in (claim, other))
    shared = {t for t in mine & theirs if not t.isdigit()}
    if len(shared) < SHARED_OWN or len(shared) < SHARE_OWN * min(len(mine), len(theirs)):
        return False
    if (modality(claim) is Modality.FACT) != (modality(other) is Modality.FACT):
        return False
    years, others = ({d.iso[:4] for d in dates(t)} for t in (claim, other))
    return not years or not others or bool(years & others)


def _best(rows: dict[str, tuple[float, Candidate]]) -> tuple[Candidate, ...]:
    return tuple(c for _, c in sorted(rows.values(), key=lambda r: (-r[0], r[1].document_id)))


def independent(documents: Sequence[DocumentInfo]) -> list[DocumentInfo]:
    """One document of each origin: same publisher or same author (however spelt) counts once.

    Documents without author and publisher are taken to be their own origin.
    """
    kept: list[DocumentInfo] = []
    seen: set[str] = set()
    for info in documents:
        marks = _origin(info)
        if not marks & seen:
            kept.append(info)
        seen |= marks
    return kept


def _origin(info: DocumentInfo) -> set[str]:
    meta = info.metadata
    marks = {f"publisher:{meta.publisher.casefold()}"} if meta.publisher else set()
    for author in meta.authors:
        parts = [skeleton(w) for w in plain_author(author).lower().replace("-", " ").split()]
        marks.add("author:" + " ".join(p for p in parts if p))
    return marks or {f"document:{info.id}"}


def assess(
    claim: Candidate, found: Basis, newest: str | None, language: str = "en"
) -> tuple[str, Confidence, str, tuple[str, ...]]:
    """Basis and confidence of a sentence with what bears it out; see :func:`weigh`."""
    return weigh(
        claim.text,
        [claim.hit.document, *(c.hit.document for c in found.agreeing)],
        [c.hit.document for c in found.contrary],
        newest,
        language,
    )


def weigh(
    text: str,
    documents: Sequence[DocumentInfo],
    contrary: Sequence[DocumentInfo],
    newest: str | None,
    language: str = "en",
) -> tuple[str, Confidence, str, tuple[str, ...]]:
    """``(basis in words, confidence, reason, independent sources)`` of a claim; ``documents`` carry it.

    One point for a second and one for a third independent source, one for a plain report of fact at
    first hand; one less for a contrary source, for hearsay, for a report without a date or an old one.
    Three points give high confidence, one or two moderate.  What is not a report of fact gets no more
    than moderate.
    """
    sources = independent(documents)
    names = tuple(frame_label(d.metadata) for d in sources)
    kind = modality(text)
    reasons = [_many(len(sources), len(documents), language)]
    points = min(len(sources), 3) - 1
    if kind is Modality.FACT and not _HEARSAY.search(text):
        points += 1
        reasons.append(say("stated at first hand", language))
    elif kind is Modality.FACT:
        points -= 1
        reasons.append(say("reported from others", language))
    else:
        forecast = kind is Modality.EXPECTED
        reasons.append(say("a forecast, not an observation" if forecast else "a proposal", language))
    points -= _age(documents[0], newest, reasons, language)
    if contrary:
        points -= 1
        against = conjoined([source_name(d.metadata) for d in contrary[:2]], language)
        reasons.append(say("{who} says otherwise", language, who=against))
    level = Confidence.HIGH if points >= 3 else Confidence.MODERATE if points >= 1 else Confidence.LOW
    if kind is not Modality.FACT and level is Confidence.HIGH:
        level = Confidence.MODERATE
    return _basis_words(names, language), level, listed(reasons, language), names


def _many(independents: int, documents: int, language: str) -> str:
    if independents == 1:
        words = say("one source only", language)
    else:
        words = say("{n} independent sources", language, n=independents)
    if documents > independents:
        words += say(" (reports of one author or publisher counted once)", language)
    return words


def _age(info: DocumentInfo, newest: str | None, reasons: list[str], language: str) -> int:
    published = info.metadata.published
    if not published:
        reasons.append(say("the report bears no date", language))
        return 1
    if newest and int(newest[:4]) - int(published[:4]) >= RECENT_YEARS:
        reasons.append(say("the report is of {year}", language, year=published[:4]))
        return 1
    return 0


def _basis_words(names: Sequence[str], language: str) -> str:
    if len(names) == 1:
        return say("One source: {names}.", language, names=names[0])
    return say("{n} independent sources: {names}.", language, n=len(names), names=conjoined(names, language))
