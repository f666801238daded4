"""A question that takes for granted what a report denies: found by negation, prefix or opposite, and corrected.

Strict on purpose, since a wrong correction is worse than none: the denying sentence must cover most of the
question, name its names and numbers, deny the very word that the question builds on, and no other sentence as
near may affirm it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from itertools import takewhile

from rag.catalogue import Catalogue
from rag.extractive.asked import main_question
from rag.extractive.candidates import Candidate
from rag.extractive.meaning import Meaning, WordVectors
from rag.extractive.phrases import proper_names
from rag.labels import frame_label
from rag.question import Question
from rag.support.hedges import Scope
from rag.support.polarity import negations, negative_twin, opposites
from rag.support.tokens import Analysed, Token, analyse
from rag.text import STOPWORDS, stem, word_spans, words

LOOKED_AT = 12
"""Of the best sentences so many are looked at; what denies the premise speaks of it and stands high."""
COVERED = 0.55
"""Share of the question's words that the denying sentence must have, with its heading and the sentence before."""
ALIKE = 0.45
"""Likeness from which a word counts as had."""
LEAST = 2
"""Words of content a question must have beside its names."""
SHOWN = 9
"""Words of the question that the notice repeats at most."""
_PRESUMES = re.compile(
    r"^(?:and |but |so )?(?:(?:on|for|in|by|until|since|under) )?(?:why|how|when|where|whose|which|who|"
    r"what (?!(?:is|are|was|were|do|does|did|would|should|could|can|will|has|have|if|about)\b))",
    re.IGNORECASE,
)
"""Questions after a detail take for granted that the rest is so; one that asks what there is does not."""
_COUNTS = re.compile(r"\bhow (?:many|much)\b", re.IGNORECASE)
"""``None`` answers these; it corrects nothing."""
_BLANK = frozenset(
    """report reports paper papers study article author authors digest reason reasons ground grounds many much
    according give gives gave""".split()
)
_HELD = frozenset(
    "want wants wanted think thinks thought say says said expect expects believe believes claim claims see sees".split()
)
"""Verbs with which somebody holds what follows; the sentence need not have them."""
_OBJECT = frozenset(
    "not no never nor nothing cannot dont doesnt didnt isnt arent wasnt werent wont hasnt havent".split()
)
_SUBJECT = frozenset("none neither nobody nothing no".split())
_CONDITION = frozenset("if unless whether should were".split())
_AUXILIARY = frozenset("do does did".split())
_RELATIVE = frozenset(
    "before after over under above below inside outside against back up down more less former later earlier".split()
)
"""Their opposites relate two things, and turn with the order in which these are told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Premise:
    """The sentence that denies what the question takes for granted; ``notice`` says so."""

    candidate: Candidate
    notice: str = ""

    def first(self, ranked: Sequence[Candidate]) -> list[Candidate]:
        """The ranked sentences with the denying one as the best."""
        top = replace(self.candidate, score=1.01 * max(c.score for c in ranked))
        return [top, *(c for c in ranked if c is not self.candidate)]

    def opening(self, groups: Sequence[Sequence[Candidate]]) -> list[list[Candidate]]:
        """The groups of an answer, the denying sentence before all others, its source's before other sources'."""
        own = [c for group in groups for c in group if self._is(c)] or [self.candidate]
        rest = [[c for c in group if not self._is(c)] for group in groups]
        same = [c for group in rest for c in group if c.document_id == self.candidate.document_id]
        return [own[:1] + same, *(g for g in rest if g and g[0].document_id != self.candidate.document_id)]

    def _is(self, candidate: Candidate) -> bool:
        mine = self.candidate
        return (candidate.document_id, candidate.sentence.start) == (mine.document_id, mine.sentence.start)


@dataclass(frozen=True, slots=True)
class _Denial:
    """``keys`` of the question that a sentence denies; ``at``: token of the question that they begin with.

    ``word``: only that word is denied, by a prefix or an opposite.
    """

    keys: frozenset[str]
    at: int
    word: bool = False


def denied_premise(
    question: Question, ranked: Sequence[Candidate], catalogue: Catalogue, vectors: WordVectors | None
) -> Premise | None:
    """The correction of an English question on English passages, where one of the best sentences holds it."""
    text = main_question(question.text)
    if vectors is None or question.several or question.context or not _PRESUMES.match(text) or negations(text):
        return None
    told = analyse(text)
    near = [c for c in ranked[:LOOKED_AT] if not question.sources or c.document_id in question.sources]
    denials = [(c, d) for c in near if _english(c) and (d := _denial(told, analyse(c.text))) is not None]
    if not denials:
        return None
    reading = _Reading(text, catalogue, vectors)
    for candidate, denial in denials:
        covered = reading.covered(candidate)
        if covered < COVERED or any(_affirms(c, denial) and reading.covered(c) >= covered for c in near):
            continue
        if _COUNTS.search(text):
            return Premise(candidate=candidate)
        label = frame_label(candidate.hit.document.metadata)
        notice = f"The question speaks of “{_built_on(text, told, denial)}”; {label} writes otherwise."
        return Premise(candidate=candidate, notice=notice)
    return None


class _Reading:
    """What a sentence must have of the question: its names, its numbers, most of its words."""

    def __init__(self, text: str, catalogue: Catalogue, vectors: WordVectors) -> None:
        self._meaning = Meaning(text, catalogue.lexicon, catalogue.aliases, vectors)
        mentions = catalogue.names.find(text)
        source = {w for m in mentions for w in words(text[m.start : m.end])}
        self._names = [n for n in proper_names(text) if not source & set(n)]
        named = {w for n in self._names for w in n}
        skipped = STOPWORDS | _BLANK | _HELD | source
        own = [w for w, _, _ in word_spans(text) if w not in skipped]
        self._numbers = [w for w in own if w.isdigit()]
        self._words = list(dict.fromkeys(w for w in own if len(w) > 1 and w not in named))
        self._keys = {w: frozenset(t.key for t in analyse(w).tokens) for w in self._words}

    def covered(self, candidate: Candidate) -> float:
        """Share of names and words that the sentence has, with what it stands under.

        0 where its passage lacks a name or a number.
        """
        passage, meta = candidate.hit.passage, candidate.hit.document.metadata
        under = " ".join((meta.title or "", *meta.authors, *passage.section))
        whole = words(f"{under} {passage.text}")
        have = {stem(p) for w in whole for p in (w, *w.split("-"))}
        named = all(any(self._meaning.forms(w) & have for w in name) for name in self._names)
        if not named or any(n not in whole for n in self._numbers):
            return 0.0
        text = f"{under} {candidate.before} {candidate.text}"
        keys, row = analyse(text).keys, words(text)
        met = [w for w in self._words if self._keys[w] & keys or self._meaning.best(w, row) >= ALIKE]
        every = len(self._words) + len(self._names)
        return (len(met) + len(self._names)) / every if len(self._words) >= LEAST else 0.0


def _english(candidate: Candidate) -> bool:
    return candidate.hit.document.metadata.language in (None, "en")


def _denial(told: Analysed, quoted: Analysed) -> _Denial | None:
    """What of the question the sentence denies by a negation, by a prefix, or by an opposite."""
    keys = _keys(told)
    for negation in negations(quoted.text):
        denied = _by_word(negation, quoted, keys)
        if denied:
            return _denial_of(told, denied)
    for token in told.tokens:
        if token.content and token.word not in _RELATIVE and _turned(token, told, quoted):
            return _denial_of(told, frozenset({token.key}), word=True)
    return None


def _denial_of(told: Analysed, keys: frozenset[str], *, word: bool = False) -> _Denial:
    return _Denial(keys, next(i for i, t in enumerate(told.tokens) if t.key in keys), word)


def _keys(told: Analysed) -> frozenset[str]:
    return frozenset(t.key for t in told.tokens if t.content and t.word not in _BLANK)


def _by_word(negation: Scope, quoted: Analysed, keys: Set[str]) -> frozenset[str]:
    """Keys that a negator denies; none where it stands in a condition, or governs mostly something else."""
    row = quoted.tokens
    clause = row[negation.at].clause
    if any(t.clause == clause and t.word in _CONDITION for t in row[: negation.at]):
        return frozenset()
    word = row[negation.at].word
    shared = negation.keys & keys
    if word in _SUBJECT and len(shared) >= LEAST and _follows(negation, row):
        return shared
    if word in _OBJECT and negation.verb in keys and (len(shared) >= LEAST or len(negation.keys) == 1):
        return shared
    return frozenset()


def _follows(negation: Scope, row: Sequence[Token]) -> bool:
    """Whether what is denied stands after the negator, within reach of one predicate."""
    after = [t.key for t in row[negation.at + 1 : negation.at + 8]]
    return sum(k in negation.keys for k in after) >= LEAST


def _turned(token: Token, told: Analysed, quoted: Analysed) -> bool:
    """``binding`` in the question, ``non-binding`` or ``without binding force`` in the sentence; or its opposite."""
    same = [i for i, t in enumerate(quoted.tokens) if t.key == token.key]
    if same:
        return all(i and quoted.tokens[i - 1].word in ("non", "without") for i in same)
    if any(token.key in negative_twin(t.word) for t in quoted.tokens if t.content):
        return True
    against = opposites().get(token.key, frozenset())
    return any(t.key in against and t.word not in _RELATIVE and _beside(token, told, i, quoted) for i, t in
               enumerate(quoted.tokens))  # fmt: skip


def _beside(token: Token, told: Analysed, at: int, quoted: Analysed) -> bool:
    """Whether a word and its opposite are said of the same thing: the content word before them is the same."""
    mine = [t.key for t in told.tokens if t.content and t.start < token.start][-1:]
    theirs = [t.key for t in quoted.tokens[:at] if t.content][-1:]
    return bool(mine) and mine == theirs


def _affirms(candidate: Candidate, denial: _Denial) -> bool:
    """Whether a sentence says what was denied without denying it."""
    if "|" in candidate.text or candidate.features.announcing:
        return False
    quoted = analyse(candidate.text)
    denied = {k for n in negations(candidate.text) for k in n.keys}
    turned = {t.key for i, t in enumerate(quoted.tokens) if i and quoted.tokens[i - 1].word in ("non", "without")}
    return denial.keys <= quoted.keys - denied - turned


def _built_on(text: str, told: Analysed, denial: _Denial) -> str:
    """The words of the question from the denied one on, as it prints them."""
    left = tuple(takewhile(lambda t: t.word not in _AUXILIARY, told.tokens[denial.at :]))
    if denial.word:
        return left[0].raw
    shown = left[:SHOWN]
    last = shown[-1] if shown == left else [t for t in shown if t.content][-1]
    return text[shown[0].start : last.end] + ("" if shown == left else " …")
