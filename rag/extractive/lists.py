"""Enumerations for an answer: which one a question asks for, and its items, short enough to stand together."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from rag.catalogue import Catalogue
from rag.extractive.candidates import Candidate, Features, stems
from rag.extractive.series import Entry, Key, Series, series_of
from rag.labels import attribution
from rag.question import Question, QuestionKind
from rag.support import Evidence, check
from rag.text import numbers
from rag.types import Hit, Passage

DOCUMENTS = 64
"""Documents whose enumerations are kept between questions."""
LONGEST_HEAD = 14
"""Most words of a run-in heading that may stand for its item."""
SHORTEST = 8
"""Fewest words that a cut sentence keeps."""
_LISTING = re.compile(
    r"\b(?:what|which) (?:[\w'’-]+ ){0,4}?[\w'’-]+s\b (?:[\w'’-]+ ){0,4}?"
    r"(?:do|does|did|are|were|have|has|could|would|might|may|can|should|will)\b|"
    r"\b(?:two|three|four|five|six|seven) [\w'’-]+s\b|\bwhat (?:are|were) the\b|\bstep by step\b|"
    r"\bquel(?:le)?s sont\b|ما هي|ما (?:أبرز|أهم)|اذكر|عدّد|\bال(?:ثلاثة|ثلاث|أربعة|أربع|خمسة|خمس|ستة|ست)\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(
    r"[,;]\s+(?=(?:which|while|whereas|with|as|especially|particularly|whether|and (?:the|it|they|has|have|is|are)|"
    r"but|although|though|who|where|thereby|so that|in order to|due to|because|after|following|given)\b)|;\s+|"
    r"\s+[—–]\s+",
    re.IGNORECASE,
)


def asks_for_list(question: Question) -> bool:
    """Whether several things of a kind are asked for."""
    return question.kind in (QuestionKind.LIST, QuestionKind.REASON) or bool(_LISTING.search(question.text))


class SeriesCache:
    """The enumerations of documents, found once for a version of the library."""

    def __init__(self) -> None:
        self._found: OrderedDict[tuple[int, str], list[Series]] = OrderedDict()

    def of(self, catalogue: Catalogue, document_id: str) -> list[Series]:
        """The enumerations of one document."""
        key = (catalogue.generation, document_id)
        found = self._found.get(key)
        if found is None:
            found = self._found[key] = series_of(catalogue.order.get(document_id, ()))
            while len(self._found) > DOCUMENTS:
                self._found.popitem(last=False)
        return found


class Lists:
    """The enumerations within reach of one question.

    Args:
        ranked: the sentences that may answer; an enumeration none of them belongs to is out of reach.
    """

    def __init__(
        self, catalogue: Catalogue, cache: SeriesCache, hits: Iterable[Hit], ranked: Sequence[Candidate]
    ) -> None:
        self._documents = catalogue.documents
        self._hits = {h.passage.id: h for h in hits}
        self._ranked = {(c.document_id, c.sentence.start): c for c in ranked}
        self._series: dict[Key, Series] = {}
        for document_id in dict.fromkeys(c.document_id for c in ranked):
            for series in cache.of(catalogue, document_id):
                for key in series.keys:
                    self._series.setdefault(key, series)

    def holds(self, candidate: Candidate) -> bool:
        """Whether a sentence belongs to an enumeration."""
        return (candidate.document_id, candidate.sentence.start) in self._series

    def fragment(self, candidate: Candidate) -> bool:
        """Whether a sentence is an item that cannot stand without what announces it."""
        text = candidate.text
        return (text[:1].islower() or text.endswith(";")) and self.holds(candidate)

    def announces(self, candidate: Candidate) -> bool:
        """Whether a sentence announces an enumeration."""
        key = (candidate.document_id, candidate.sentence.start)
        series = self._series.get(key)
        return series is not None and series.intro is not None and series.intro.key == key

    def complete(self, candidate: Candidate, room: int) -> list[Candidate]:
        """The enumeration a sentence belongs to: what announces it, then every item, in at most ``room`` words
        where cutting at clauses allows.  Empty when it belongs to none."""
        series = self._series.get((candidate.document_id, candidate.sentence.start))
        if series is None:
            return []
        rows = [self._candidate(e, candidate) for e in series.items]
        lead = [self._candidate(series.intro, candidate)] if series.intro else []
        if sum(c.word_count for c in (*lead, *rows)) > room:
            share = max(SHORTEST, (room - sum(c.word_count for c in lead)) // len(rows))
            rows = [shorten(c, share) for c in rows]
        name = series.items[0].key
        return [replace(c, series=name) for c in lead] + [replace(c, series=name, item=True) for c in rows]

    def _candidate(self, entry: Entry, like: Candidate) -> Candidate:
        known = self._ranked.get(entry.key)
        if known is not None:
            return known
        text = entry.text
        return Candidate(
            hit=self._hit(entry.passage),
            rank=like.rank,
            sentence=entry.sentence,
            text=text,
            vector=np.zeros_like(like.vector),
            features=_NONE,
            score=0.0,
            word_count=len(text.split()),
        )

    def _hit(self, passage: Passage) -> Hit:
        given = self._hits.get(passage.id)
        return given or Hit(passage=passage, document=self._documents[passage.document_id], score=0.0)


_NONE = Features(**dict.fromkeys(Features.__dataclass_fields__, 0.0))


def shorten(candidate: Candidate, most: int) -> Candidate:
    """The sentence's head, cut at its run-in heading or at a clause, when it has more than ``most`` words.

    A cut that the checker calls a change of sense is not made.
    """
    text = candidate.text
    if candidate.word_count <= most:
        return candidate
    colon = text.find(": ")
    if colon > 0 and 1 < len(text[:colon].split()) <= LONGEST_HEAD and text[0].isupper():
        return _headed(candidate, text[:colon])
    cuts = [text[: m.start()] for m in _CLAUSE.finditer(text)]
    long_enough = [c for c in cuts if len(c.split()) >= SHORTEST]
    fits = [c for c in long_enough if len(c.split()) <= most] or long_enough[:1]
    for head in sorted(fits, key=len, reverse=True):
        if _sense_kept(head, candidate):
            return _headed(candidate, head)
    return candidate


def tightened(candidate: Candidate, question: Question, most: int) -> Candidate:
    """A sentence of more than ``most`` words without its last clauses, when these hold none of the question's
    words and no figure."""
    if candidate.word_count <= most:
        return candidate
    text = candidate.text
    asked = stems(question.focus) & stems(text)
    for match in _CLAUSE.finditer(text):
        head, tail = text[: match.start()], text[match.start() :]
        if len(head.split()) < SHORTEST or asked - stems(head) or numbers(tail) - numbers(head):
            continue
        if _sense_kept(head, candidate):
            return _headed(candidate, head)
    return candidate


def _headed(candidate: Candidate, head: str) -> Candidate:
    start = candidate.sentence.start
    return replace(
        candidate,
        text=head,
        sentence=replace(candidate.sentence, end=start + len(head)),
        word_count=len(head.split()),
        cut=True,
    )


def _sense_kept(head: str, candidate: Candidate) -> bool:
    if head.count("(") != head.count(")") or head.count("“") != head.count("”") or head.count('"') % 2:
        return False
    meta = candidate.hit.document.metadata
    quote = Evidence(quote=head, metadata=meta, context=candidate.text)
    return check(head, [quote], attribution=attribution(meta)).supported
