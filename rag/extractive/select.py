"""Chooses the sentences of an answer: relevant, not repeating, balanced over sources, short enough."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from rag.extractive.candidates import Candidate, leans, relevance
from rag.extractive.lists import Lists, asks_for_list, tightened
from rag.extractive.pointing import hangs
from rag.extractive.quotation import whole
from rag.question import Question, QuestionKind
from rag.text import content_terms

REDUNDANCY = 0.1
"""Penalty per unit of cosine to what is already chosen (Carbonell & Goldstein 1998, MMR)."""
LISTED = 0.5
"""Bonus for what stands under a chosen introducing sentence ("… including:"): it is what was announced."""
LIST_WORTH = 0.7
"""An enumeration is taken for a sentence of it that scores at least this share of the best."""
SERIES = 0.1
"""Bonus for a sentence of an enumeration when several things are asked for."""
INTRO = 0.45
"""Further bonus for the sentence that announces it: with its items it is the answer."""
LIST_REACH = 1200
"""Characters after an introducing sentence within which its items are looked for."""
NEW_SOURCE = 0.2
"""Bonus for the first sentence of a further source when several sources are asked for."""
REPEATED_SOURCE = 0.05
"""Penalty per sentence already taken from a source when several sources are asked for."""
WEAK = 0.55
"""A sentence whose gain is below this share of the best one's score is left out: it would pad."""
WEAK_FACT = 0.65
"""The same where a single fact is asked for."""
NEAR = 0.3
"""A sentence has at least this share of the best one's own relevance: it does not stand there for its passage."""
FRAGMENT = 0.3
"""Penalty for one item of a list, torn out."""
SAME = 0.93
"""Cosine above which two sentences say the same."""
LONGEST = 45
"""A sentence with more words is cut at a clause, where nothing asked for is behind it."""
CONTEXT_WORDS = 55
"""Words within which a sentence that points back at the one before it is shown with it."""
POOL = 80
FACT_KINDS = frozenset({QuestionKind.FIGURE, QuestionKind.DATE, QuestionKind.PERSON})
FACT_WORDS = 72
TWO_FACTS = 2.0
LABEL_WORDS = 3
"""Words that naming a source takes."""
LONG_FACTOR = 1.35
SIDES_FACTOR = 1.8
"""Room of an answer that sets sources beside each other: each of them needs its own sentences."""
SPEAKS = 0.7
"""A source whose best sentence scores this share of the best of all speaks on what several are asked about."""
SIDES = 5
"""Most sources that are sure of a place."""


def budget(question: Question, limit: int) -> int:
    """Words that an answer to this question should take: a single fact is short."""
    several_parts = len(question.parts) - len(question.context) > 1
    if question.sides:
        return round(limit * SIDES_FACTOR)
    if question.kind in FACT_KINDS and not question.several:
        return min(limit, round(FACT_WORDS * (TWO_FACTS if several_parts else 1)))
    if question.several or several_parts or asks_for_list(question):
        return round(limit * LONG_FACTOR)
    return limit


def choose(
    question: Question, ranked: Sequence[Candidate], limit: int, lists: Lists | None = None
) -> list[Candidate]:
    """Greedy choice under the word budget, best first; where several sources are asked for, each that speaks
    on the matter is heard before any has a second word.

    Args:
        lists: the enumerations within reach; one whose sentence is chosen comes whole.
    """
    return _Choice(question, ranked, budget(question, limit), lists).made()


class _Choice:
    """One choice in the making.

    ``owed``: documents that must still be heard; ``worthy``: the score from which an enumeration is taken.
    """

    def __init__(
        self, question: Question, ranked: Sequence[Candidate], room: int, lists: Lists | None
    ) -> None:
        self._question = question
        self._room = room
        self._short = question.kind in FACT_KINDS and not question.several
        self._listing = lists if lists is not None and asks_for_list(question) else None
        best = max((c.score for c in ranked[:POOL]), default=0.0)
        self._worthy = LIST_WORTH * best
        near = NEAR * relevance(ranked[0]) if ranked else 0.0
        self._pool = [
            _option(c, question, lists, self._listing, self._worthy)
            for place, c in enumerate(ranked[:POOL])
            if not place or relevance(c) >= near
        ]
        self._owed = _speaking(ranked[:POOL], SPEAKS * best) if question.sides else []
        self._places = {(c.document_id, c.sentence.start): c for c in ranked}
        self._known = frozenset(content_terms(question.text))
        self._chosen: list[Candidate] = []
        self._per_source: Counter[str] = Counter()
        self._used = 0
        self._lead = 0.0  # the score of the first sentence chosen for itself

    def made(self) -> list[Candidate]:
        """The sentences in the order they were chosen."""
        least = WEAK_FACT if self._short else WEAK
        while self._pool and self._used < 0.85 * self._room:
            open_to = self._owed if self._chosen else []
            gain, option = max(
                (
                    (o.gain(self._per_source, self._question), o)
                    for o in self._pool
                    if not open_to or o.candidate.document_id in open_to
                ),
                key=lambda pair: (pair[0], -pair[1].start),
                default=(0.0, None),
            )
            if option is None:  # those still owed have nothing that fits
                self._owed = []
                continue
            self._pool.remove(option)
            if self._chosen and not open_to and gain < least * self._lead:
                break
            self._take(option)
        return self._chosen

    def _take(self, option: _Option) -> None:
        """Takes a sentence, with its enumeration where one is asked for, if there is room for it."""
        best = whole(tightened(option.candidate, self._question, LONGEST))
        if _repeats(best, self._chosen):
            return
        label = 0 if self._per_source[best.document_id] else LABEL_WORDS
        left = self._room - self._used
        taken = self._enumeration(best, left) or [best]
        if self._chosen and _words(taken) + label > left:
            return
        if taken == [best] and (context := self._before(best)) and _words([context, best]) + label <= left:
            taken = [context, best]
        self._chosen += taken
        self._pool = [o for o in self._pool if not any(_inside(o.candidate, c) for c in taken)]
        for other in self._pool:
            other.beside(taken)
        self._per_source[best.document_id] += 1
        self._owed = [d for d in self._owed if d != best.document_id]
        self._used += _words(taken) + label
        self._lead = self._lead or best.score

    def _enumeration(self, best: Candidate, left: int) -> list[Candidate]:
        """The enumeration that a sentence belongs to, where one is asked for; else nothing."""
        hearing = self._chosen and self._owed
        if self._listing is None or hearing or not _listed(best, self._listing, self._worthy):
            return []
        return self._listing.complete(best, left)

    def _before(self, candidate: Candidate) -> Candidate | None:
        """The sentence before one that points back at it ("These factors …"), in the same paragraph, if both are
        short enough together; not where a single fact is asked for, which has no room for it."""
        passage = candidate.hit.passage
        at = bisect_left(passage.sentences, candidate.sentence.start, key=lambda s: s.start)
        if not at or self._short or candidate.item or not _points_back(candidate.text, self._known):
            return None
        last = passage.sentences[at - 1]
        found = self._places.get((candidate.document_id, last.start))
        if found is None or any(_inside(found, c) for c in self._chosen):
            return None
        between = passage.text[last.end - passage.start : candidate.sentence.start - passage.start]
        return found if "\n" not in between and _words([found, candidate]) <= CONTEXT_WORDS else None


def _words(row: Sequence[Candidate]) -> int:
    return sum(c.word_count for c in row)


def _inside(candidate: Candidate, taken: Candidate) -> bool:
    """Whether a sentence is, or begins within, one that was taken."""
    at = candidate.sentence.start
    return candidate.document_id == taken.document_id and taken.sentence.start <= at < taken.sentence.end


def _speaking(ranked: Sequence[Candidate], least: float) -> list[str]:
    """The documents whose best sentence scores at least so much, best first."""
    heads: dict[str, float] = {}
    for candidate in ranked:
        heads.setdefault(candidate.document_id, candidate.score)
    return [document for document, score in heads.items() if score >= least][:SIDES]


@dataclass(slots=True, eq=False)
class _Option:
    """A sentence that may be chosen, with what the choice so far makes of it.

    ``listed``: what enumerations add or take; ``nearest``: its greatest cosine to a chosen sentence, None before
    the first; ``announced``: it stands under one.
    """

    candidate: Candidate
    listed: float
    nearest: float | None = None
    announced: bool = False

    @property
    def start(self) -> int:
        """Where the sentence begins in its document."""
        return self.candidate.sentence.start

    def beside(self, taken: Sequence[Candidate]) -> None:
        """Takes note of sentences that were chosen."""
        near = max(float(self.candidate.vector @ c.vector) for c in taken)
        self.nearest = near if self.nearest is None else max(near, self.nearest)
        self.announced = self.announced or any(announces(c, self.candidate) for c in taken)

    def gain(self, per_source: Counter[str], question: Question) -> float:
        """What choosing it next would add."""
        gain = self.candidate.score
        if self.nearest is not None:
            gain -= REDUNDANCY * self.nearest
        if self.announced:
            gain += LISTED
        if question.several:
            taken = per_source[self.candidate.document_id]
            gain -= REPEATED_SOURCE * taken
            if self.nearest is not None and not taken:
                gain += NEW_SOURCE
        return gain + self.listed


def _option(
    candidate: Candidate, question: Question, lists: Lists | None, listing: Lists | None, worthy: float
) -> _Option:
    """Long sentences are cut when they are chosen, those that end like an item at once: it shows in how they end."""
    whole = tightened(candidate, question, LONGEST) if candidate.text.endswith(";") else candidate
    return _Option(whole, _in_list(whole, lists, listing, worthy))


def _in_list(candidate: Candidate, lists: Lists | None, listing: Lists | None, worthy: float) -> float:
    """What belonging to an enumeration adds when one is asked for, and takes when it is not."""
    if listing is None:
        return -FRAGMENT if lists is not None and lists.fragment(candidate) else 0.0
    return _listed(candidate, listing, worthy)


def _listed(candidate: Candidate, lists: Lists | None, worthy: float) -> float:
    """What belonging to an enumeration adds when several things are asked for; nothing to a poor sentence."""
    if lists is None or not lists.holds(candidate):
        return 0.0
    intro = INTRO if lists.announces(candidate) else 0.0
    return SERIES + intro if candidate.score + intro >= worthy else 0.0


def _repeats(candidate: Candidate, chosen: Sequence[Candidate]) -> bool:
    """The same words again in the same document; another source saying the same is worth having."""
    return any(
        float(candidate.vector @ c.vector) >= SAME and candidate.document_id == c.document_id
        for c in chosen
    )


def adjoins(a: Candidate, b: Candidate) -> bool:
    """True when two sentences follow each other in the same document."""
    gap = max(a.sentence.start, b.sentence.start) - min(a.sentence.end, b.sentence.end)
    return 0 <= gap <= 6 and a.document_id == b.document_id


_ANNOUNCING = re.compile(r":\s*$|\b(?:the following|as follows|these include)\b", re.IGNORECASE)


def announces(intro: Candidate, item: Candidate) -> bool:
    """True when ``item`` stands shortly under a sentence that announces a list, in the same section."""
    distance = item.sentence.start - intro.sentence.end
    if not 0 <= distance <= LIST_REACH or intro.document_id != item.document_id:
        return False
    return bool(_ANNOUNCING.search(intro.text)) and intro.hit.passage.section == item.hit.passage.section


def arrange(chosen: Sequence[Candidate]) -> list[list[Candidate]]:
    """Groups by source, sources by their best sentence; within a source the reading order,

    but first the best sentence with what follows it, so that the answer opens with it, and an enumeration in
    one piece.
    """
    order: dict[str, list[Candidate]] = {}
    for candidate in chosen:
        order.setdefault(candidate.document_id, []).append(candidate)
    groups: list[list[Candidate]] = []
    for row in order.values():
        lead = row[0]
        runs = _runs(sorted(row, key=lambda c: c.sentence.start), lead)
        runs.sort(key=lambda run: lead not in run)
        groups.append([c for run in runs for c in run])
    return groups


def _runs(row: Sequence[Candidate], lead: Candidate) -> list[list[Candidate]]:
    """Sentences that belong together; the lead opens its run, unless it leans on the sentence before it."""
    runs: list[list[Candidate]] = []
    listed: dict[tuple[str, int], list[Candidate]] = {}
    for candidate in row:
        if candidate.series is not None:
            if candidate.series not in listed:
                listed[candidate.series] = []
                runs.append(listed[candidate.series])
            listed[candidate.series].append(candidate)
        elif runs and _goes_on(runs[-1][-1], candidate) and (candidate is not lead or _points_back(candidate.text)):
            runs[-1].append(candidate)
        else:
            runs.append([candidate])
    return runs


_POINTING = re.compile(r"(?:Such|The (?:latter|former|same))\s|It was (?:during|at|in|for|after|because)\b")
_EXPLETIVE = re.compile(r"(?:It|This|That) (?:is|was|may be|seems|appears)(?: \w+){1,4} (?:that|to)\b")


def _points_back(text: str, known: Collection[str] = ()) -> bool:
    """True for a sentence that begins with, or early on holds, what only the words before it name."""
    if _EXPLETIVE.match(text):
        return False
    return leans(text) or _POINTING.match(text) is not None or hangs(text, known)


def _goes_on(before: Candidate, candidate: Candidate) -> bool:
    return before.series is None and adjoins(before, candidate)
