"""Questions that name two answers (``beaten or coming back?``): which of the two does a sentence give?

The question holds two sentences together that share hardly a word: one gives the first answer, one the other,
and both speak of what the question is about.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rag.extractive.differ.answers_table import ANSWERS, GAINING, Answers
from rag.extractive.differ.leanings import AXES
from rag.extractive.differ.said import Said, apart, content, keys_of, names, nation, telling, topic, unresolved, years
from rag.support.tokens import Analysed, Found, Token, analyse, find

LONG_AGO = 3
"""Years between two sources after which another answer is a change."""
ENOUGH = 2
"""Words of the question's subject that a sentence must have when its subject has more than these."""
MANY = 3
"""Words of a subject up to which one that both sentences have is enough."""
REACH = 4
"""Tokens before a phrase within which a word turns it."""

_OR = re.compile(r"\bor\b|\bversus\b|\bvs\.?\b", re.IGNORECASE)
_OR_NOT = re.compile(r"\bor not\b", re.IGNORECASE)
_NAMES = re.compile(
    r"[,:–—-]?\s*(?:the\s+|for\s+)?(?P<one>[\w’'-]+(?:\s[A-Z][\w’'-]+)?),?\s+or\s+(?:rather\s+)?(?:the\s+|for\s+)?"
    r"(?P<other>[\w’'-]+(?:\s[A-Z][\w’'-]+)?)\s*[?؟,]"
)
_CONDITION = re.compile(r"\b(?:if|unless|provided that|on condition that|should the)\b(?P<what>[^,;.]*)", re.IGNORECASE)
_TURNING = frozenset(
    """not no never neither nor without hardly scarcely isnt arent doesnt dont didnt wont longer
    ease eases easing eased reduce reduces reducing prevent prevents avoid avoids end ends ended ending stop
    stopped instead rather against fear fears deny denies""".split()
)
_MISJUDGED = frozenset(
    """miscalculation miscalculated myth misconception mistaken mistakenly illusion misread misreading wrongly
    contrary""".split()
)
_WEIGHED = frozenset(
    "distinguish distinguishes distinguishing separate separating differentiate differentiating whether".split()
)
"""Who tells two things apart, or asks whether, holds neither."""
_LEAVING = keys_of("withdrawal exit departure pullout withdraw depart exit")
_ABOUT_SOURCES = keys_of(
    """paper report source author article study text piece document expert analyst agree disagree differ match mind
    claim claimed square direction pull seen read different same sides whether really actually truly merely
    something somebody someone anybody anything thing country ours office question answer say"""
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question of two answers is about: its kinds, the keys of its subject, the two parties it names."""

    kinds: tuple[Answers, ...]
    subject: frozenset[str]
    parties: tuple[frozenset[str], frozenset[str]] | None = None

    def __bool__(self) -> bool:
        return bool(self.kinds or self.parties)


@dataclass(frozen=True, slots=True)
class Given:
    """An answer that a sentence gives: the title of its kind and which of the two, with the keys that it shares."""

    title: str
    pole: int
    shared: frozenset[str]


def asked_of(
    question: str, others: Mapping[str, frozenset[str]] | None = None, *, one: bool = False
) -> Asked:
    """The two answers that a question names.

    Args:
        one: a single answer in it is enough, because it asks named sources how they differ.
        others: to words of the question, keys of other names for the same (``Iraq`` for Baghdad).
    """
    others = others or {}
    kinds, parties, words = _named(question, one)
    subject = words.union(*(others.get(w, frozenset()) for w in words))
    if not parties:
        return Asked(kinds, subject)
    one_party, other_party = ({name, *others.get(name, frozenset())} for name in parties)
    return Asked(kinds, subject, (frozenset(one_party), frozenset(other_party)))


@lru_cache(maxsize=256)
def _named(question: str, one: bool) -> tuple[tuple[Answers, ...], tuple[str, str] | None, frozenset[str]]:
    """The kinds of answers, the two parties and the words of the subject that a question names."""
    row = analyse(question).tokens
    kinds: list[Answers] = []
    taken: set[int] = set()
    for kind in ANSWERS if one or _OR.search(question) else ():
        marks = find(row, kind.asked)
        if (one and marks) or ({m.value for m in marks} == {"+", "-"} and _either_side(question, row, marks)):
            kinds.append(kind)
            taken |= {row[i].start for m in marks for i in range(m.start, m.end)}
    words = {nation(t) for t in row if telling(t) and t.start not in taken} - _ABOUT_SOURCES
    return tuple(kinds), _parties(question), frozenset(words)


def _either_side(question: str, row: Sequence[Token], marks: Sequence[Found]) -> bool:
    """Whether an ``or`` stands between the words for the one answer and those for the other."""
    if _OR_NOT.search(question):
        return True
    for match in _OR.finditer(question):
        before = {m.value for m in marks if row[m.end - 1].end <= match.start()}
        after = {m.value for m in marks if row[m.start].start >= match.end()}
        if ("+" in before and "-" in after) or ("-" in before and "+" in after):
            return True
    return False


def _parties(question: str) -> tuple[str, str] | None:
    """``Who gains, the coast or the highlands?``: the keys of the two."""
    if not find(analyse(question).tokens, GAINING):
        return None
    match = _NAMES.search(question)
    if match is None:
        return None
    one, other = (_key(match[name]) for name in ("one", "other"))
    return (one, other) if one and other and one != other else None


def _key(name: str) -> str:
    row = [t for t in analyse(name).tokens if telling(t)]
    return nation(row[-1]) if row else ""


@lru_cache(maxsize=4096)
def pole(text: str, at: int) -> int:
    """Which of the two answers of a kind (its place in the table) a sentence gives; 0 for none or both."""
    kind = ANSWERS[at]
    analysed = analyse(text)
    if not _WEIGHED.isdisjoint(t.word for t in analysed.tokens):
        return 0
    signs = {_sign(analysed, m, kind) for m in find(analysed.tokens, kind.said)} - {0}
    return signs.pop() if len(signs) == 1 else 0


def _sign(analysed: Analysed, mark: Found, kind: Answers) -> int:
    """The answer of a phrase, the other one where it is turned; 0 where what is turned says nothing."""
    sign = 1 if mark.value == "+" else -1
    row = analysed.tokens
    clause = row[mark.start].clause
    near = [t.word for t in row[max(0, mark.start - REACH) : mark.start] if t.clause == clause]
    wide = [t.word for t in row[: mark.start] if t.sentence == row[mark.start].sentence]
    turned = bool(kind.turns) and bool(_TURNING.intersection(near))
    if turned and mark.value not in kind.turns:
        return 0
    return -sign if turned != bool(_MISJUDGED.intersection(wide)) else sign


def given(asked: Asked, said: Said) -> list[Given]:
    """The answers that a sentence gives to a question."""
    if said.text.rstrip("”’)\" ").endswith(("?", ":", "؟")) or unresolved(said) or _conditional(asked, said.text):
        return []
    shared = asked.subject & topic(said)
    found = [
        Given(kind.title, sign, shared)
        for kind in asked.kinds
        if (sign := pole(said.text, ANSWERS.index(kind)))
    ]
    if asked.parties and not found and (side := _winner(asked.parties, said.text)):
        found.append(Given("Who gains most", side, shared | asked.parties[side < 0]))
    return found


def _winner(parties: tuple[frozenset[str], frozenset[str]], text: str) -> int:
    """1 when a sentence sees the first of two parties gain (or the second lose), -1 for the other; else 0."""
    analysed = analyse(text)
    signs = {m.value for m in find(analysed.tokens, AXES["who gains and who loses"])}
    signs |= {m.value for m in find(analysed.tokens, GAINING)}
    have = content(text)
    present = [bool(p & have) for p in parties]
    if len(signs) != 1 or sum(present) != 1:
        return 0
    side = 1 if present[0] else -1
    return side if signs == {"+"} else -side


def _conditional(asked: Asked, text: str) -> bool:
    """A sentence under a condition that the question does not make."""
    match = _CONDITION.search(text)
    if match is None:
        return False
    what = content(match["what"])
    return not what or len(what & asked.subject) < 0.5 * len(what) or match.group().lower().startswith("unless")


def contrary(mine: Sequence[Given], theirs: Sequence[Given]) -> bool:
    """Whether two sentences give the two answers of one kind."""
    return any(m.title == t.title and m.pole == -t.pole for m in mine for t in theirs)


def opposite(asked: Asked, a: Said, b: Said, *, near: bool = False, named: bool = False) -> Given | None:
    """The answer of ``a`` when ``b`` gives the other one, of the same subject and time; else None.

    Args:
        near: their vectors show that both are near to the question and to each other.
        named: the question names both sources, so that fewer shared words are enough.
    """
    if apart(a, b) > LONG_AGO:
        return None
    mine_years, their_years = years(a), years(b)
    if mine_years and their_years and min(abs(x - y) for x in mine_years for y in their_years) > 1:
        return None
    for mine in given(asked, a):
        for theirs in given(asked, b):
            if mine.title == theirs.title and mine.pole == -theirs.pole and _one_subject(
                asked, mine, a, theirs, b, near=near, named=named
            ):
                return Given(mine.title, mine.pole, mine.shared | theirs.shared)
    return None


def _one_subject(asked: Asked, mine: Given, a: Said, theirs: Given, b: Said, *, near: bool, named: bool) -> bool:
    """Both have words of the question's subject, and each knows what the other has of it besides names."""
    people = {nation(t) for s in (a, b) for t in names(s.text)}
    one, other = mine.shared - people, theirs.shared - people
    leaving = asked.subject & _LEAVING
    if leaving and not all(_LEAVING & (content(s.text) | content(s.before)) for s in (a, b)):
        return False  # what a presence brings says nothing of what an exit brings
    if one and other and not one & other:
        return False  # the one of the departure, the other of the sanctions
    if near:
        return True
    need = min(ENOUGH, len(asked.subject) - 1) if len(asked.subject) > ENOUGH else 1
    if asked.parties or named:
        need = 1
    if min(len(mine.shared), len(theirs.shared)) < need:
        return False
    common = 1 if need == 1 or len(asked.subject) <= MANY else ENOUGH
    return len(mine.shared & theirs.shared) >= common and bool(one) == bool(other)
