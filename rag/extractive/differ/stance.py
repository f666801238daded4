"""Do two sentences hold the opposite of one thing?  Leanings of one proposition, and advice.

Two sentences oppose each other when each leans clearly to one pole of an axis (never to both), the poles
differ, and what they lean about is the same: names, nouns and qualifiers, the time, and, where it matters
who holds the stance, its holder.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from rag.extractive.differ.leanings import ACTIONS, ASKED, AXES, DEONTIC, ENTITY, HOLDERS
from rag.extractive.differ.said import (
    GENERIC,
    Said,
    apart,
    contrasted,
    keys_of,
    names,
    nation,
    other_names,
    other_turn,
    printed,
    strangers,
    telling,
    topic,
    unresolved,
    years,
)
from rag.support.polarity import negations, negative_twin
from rag.support.tokens import Analysed, Found, Token, analyse, find

LONG_AGO = 3
"""Years between two sources after which a changed judgement is a change, not a disagreement."""
SHORT = 14
"""Content words up to which a sentence is taken whole; of longer ones the clause around the leaning."""
NEAREST = 3
"""Content words on each side of a leaning that are what leans."""
SHARED, SHARE = 2, 0.5
"""Least number of shared keys, and their share of the smaller proposition."""

HAPPENING = "whether it will happen"
"""The axis of forecasts, which need a word for what is forecast in common."""
DECIDED = "what was decided"
"""The axis between a decision and a debate that came to none."""
LEGISLATURE = keys_of("parliament assembly council congress senate lawmakers parliamentarians session deputies vote")
"""What decides, or only debates: a body, its members and its meetings are one holder."""
_NOT = frozenset(
    """not no never neither nor cannot without hardly barely scarcely n't dont doesnt didnt isnt arent wont
    wouldnt nobody nothing""".split()
)
_CONDITION = re.compile(
    r"^otherwise\b|\b(?:if|unless|whether or not|provided that|on condition that|should the|were .{3,20} to)\b",
    re.IGNORECASE,
)
_MIXED = re.compile(
    r"\bsome\b.{1,60}\b(?:others|while|but)\b|\bboth\b.{1,40}\band\b|\bon the one hand\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Leaning:
    """To which pole (+1, -1) of which axis, about what: keys before and after the words that lean."""

    axis: str
    pole: int
    left: frozenset[str]
    right: frozenset[str]
    cue: frozenset[str]
    beside: frozenset[str]

    @property
    def about(self) -> frozenset[str]:
        """All keys of the proposition."""
        return self.left | self.right


@dataclass(frozen=True, slots=True)
class Opposition:
    """Two sentences that oppose each other: the axis, what is in dispute, the shared keys, the words that lean."""

    axis: str
    about: str
    shared: frozenset[str]
    cue: frozenset[str] = frozenset()


def opposition(a: Said, b: Said) -> Opposition | None:
    """How two sentences oppose each other, or None."""
    found = _advice(a, b) or _leant(a, b) or _denied(a, b)
    if found is None:
        return None
    if found.about == DECIDED and found.shared & LEGISLATURE and _timely(a, b):
        return found  # one chamber, whoever else the sentences name
    return found if _comparable(a, b, found.cue) else None


def _leant(a: Said, b: Said) -> Opposition | None:
    for mine in leanings(a.text):
        for theirs in leanings(b.text):
            if mine.axis == theirs.axis and mine.pole == -theirs.pole and (shared := _one_thing(a, mine, b, theirs)):
                return Opposition("judgement", mine.axis, shared, mine.cue | theirs.cue)
    return None


def asked_axes(question: str) -> frozenset[str]:
    """Axes both of whose poles a question names: "beaten or coming back?"."""
    row = analyse(question).tokens
    found = set()
    for axis, words in ASKED.items():
        values = {m.value for table in (words, AXES[axis]) for m in find(row, table)}
        if len(values) > 1:
            found.add(axis)
    return frozenset(found)


def opposite_answers(a: Said, b: Said, axes: frozenset[str], asked: frozenset[str]) -> Opposition | None:
    """Two sentences that answer a question of two poles in opposite ways, each sharing words with it."""
    if not _timely(a, b):
        return None
    for mine in leanings(a.text):
        for theirs in leanings(b.text):
            if mine.axis not in axes or mine.axis != theirs.axis or mine.pole != -theirs.pole:
                continue
            one, other = _answering(mine) & asked, _answering(theirs) & asked
            if mine.axis == HAPPENING and not (one & other) - {nation(t) for s in (a, b) for t in names(s.text)}:
                continue  # likely and unlikely of two things that concern the same country
            if one and other:
                return Opposition("judgement", mine.axis, (mine.about | theirs.about) & asked)
    return None


def _answering(leaning: Leaning) -> frozenset[str]:
    """What leans: all of a short sentence, of a long one what stands beside the leaning words."""
    return leaning.about if len(leaning.about) <= SHORT // 2 else leaning.beside


def _timely(a: Said, b: Said) -> bool:
    if unresolved(a) or unresolved(b) or apart(a, b) > LONG_AGO:
        return False
    mine, theirs = years(a), years(b)
    if mine and theirs and min(abs(x - y) for x in mine for y in theirs) > 1:
        return False
    return not any(s.text.rstrip("”’)\" ").endswith(("?", ":", "؟")) for s in (a, b))


def _comparable(a: Said, b: Said, cue: frozenset[str]) -> bool:
    """Same time, no condition, no "some … others", no different qualifier or name on each side."""
    if unresolved(a) or unresolved(b) or apart(a, b) > LONG_AGO:
        return False
    mine, theirs = years(a), years(b)
    if mine and theirs and not mine & theirs:
        return False
    if any(s.text.rstrip("”’)\" ").endswith(("?", ":", "؟")) for s in (a, b)):
        return False
    if any(_CONDITION.search(s.text) or _MIXED.search(s.text) for s in (a, b)):
        return False
    return not other_names(a, b) and not contrasted(a.text, b.text, cue) and not other_turn(a.text, b.text)


# --------------------------------------------------------------------------- leanings


@lru_cache(maxsize=8192)
def leanings(text: str) -> tuple[Leaning, ...]:
    """The axes to which a sentence leans; an axis to both of whose poles it leans is left out."""
    analysed = analyse(text)
    found: list[Leaning] = []
    words = {t.word for t in analysed.tokens}
    for axis, cues in AXES.items():
        if words.isdisjoint(cues):
            continue  # no phrase of the axis begins in this sentence
        marks = [m for m in find(analysed.tokens, cues) if not _plain_noun(analysed, m)]
        signed = [(m, _sign(analysed, m)) for m in marks]
        if len({s for _, s in signed}) != 1:
            continue
        mark, sign = signed[0]
        found.append(_leaning(analysed, axis, sign, mark.start, mark.end))
    found += _graded(analysed)
    return tuple(found)


def _leaning(analysed: Analysed, axis: str, sign: int, start: int, end: int) -> Leaning:
    row = _around(analysed, start)
    cue = frozenset(t.key for t in analysed.tokens[start:end])
    here = analysed.tokens[start].start
    left = frozenset(nation(t) for t in row if t.start < here and _says(t)) - cue
    behind = analysed.tokens[end - 1].start
    right = frozenset(nation(t) for t in row if t.start > behind and _says(t)) - cue
    near = [t for t in row if t.start < here and _says(t)][-NEAREST:]
    near += [t for t in row if t.start > behind and _says(t)][:NEAREST]
    return Leaning(axis, sign, left, right, cue, frozenset(nation(t) for t in near))


def _says(token: Token) -> bool:
    return telling(token) and token.word not in _NOT


def _around(analysed: Analysed, at: int) -> list[Token]:
    """The sentence of a token, or of a long one its clause with the clauses beside it."""
    sentence = [t for t in analysed.tokens if t.sentence == analysed.tokens[at].sentence]
    if sum(t.content for t in sentence) <= SHORT:
        return sentence
    clause = analysed.tokens[at].clause
    return [t for t in sentence if abs(t.clause - clause) <= 1]


def _sign(analysed: Analysed, mark: Found) -> int:
    """The pole of a phrase, turned by a negation right before it."""
    sign = 1 if mark.value == "+" else -1
    row = analysed.tokens
    clause = row[mark.start].clause
    before = [t.word for t in row[max(0, mark.start - 4) : mark.start] if t.clause == clause]
    if "not" in before and "only" in before:
        return sign
    turned = bool(_NOT.intersection(before)) or ("no" in before[-2:] and "longer" in before[-1:])
    return -sign if turned or "longer" in before[-1:] else sign


_ARTICLES = frozenset("the a an this that its their his".split())
_NOUNS_TOO = frozenset("support back demand demands benefits lack rises falls increases".split())


def _plain_noun(analysed: Analysed, mark: Found) -> bool:
    """``the support of``, ``their demands``: a noun, which says nothing of who is for what."""
    row = analysed.tokens
    if mark.end - mark.start > 1 or row[mark.start].word not in _NOUNS_TOO:
        return False
    return mark.start == 0 or row[mark.start - 1].word in _ARTICLES


def _graded(analysed: Analysed) -> list[Leaning]:
    """``more efficient`` against ``less efficient``: an axis of its own for each adjective."""
    found = []
    for i, token in enumerate(analysed.tokens[:-1]):
        after = analysed.tokens[i + 1]
        if token.word in {"more", "less"} and after.content and not after.word.endswith("s"):
            sign = 1 if token.word == "more" else -1
            found.append(_leaning(analysed, f"whether it is more {after.word}", sign, i, i + 2))
    return found


def _one_thing(a: Said, mine: Leaning, b: Said, theirs: Leaning) -> frozenset[str]:
    """The keys that both propositions share when they are about one thing, else none."""
    have, there = topic(a), topic(b)
    shared = (mine.about & there) | (theirs.about & have)
    shared -= mine.cue | theirs.cue
    if mine.axis == DECIDED and not _one_year(a, b):
        return frozenset()
    if mine.axis == DECIDED and mine.left & LEGISLATURE and theirs.left & LEGISLATURE:
        return shared | LEGISLATURE if apart(a, b) == 0 and shared - LEGISLATURE else frozenset()
    smaller = min((mine.about, theirs.about), key=len)
    if not shared or not smaller:
        return frozenset()
    brief = len(smaller) <= SHARED and max(len(mine.about), len(theirs.about)) <= 2 * SHARED
    if mine.axis in ENTITY and not (mine.beside & theirs.beside):
        return frozenset()
    if mine.axis not in ENTITY and not brief and not (mine.right & there and theirs.right & have):
        return frozenset()
    if len(shared) < (1 if brief else SHARED) or len(smaller & shared) < SHARE * len(smaller):
        return frozenset()
    if mine.axis in HOLDERS and not _same_holder(a, mine, b, theirs):
        return frozenset()
    if mine.left and theirs.left and not (mine.left & there) and not (theirs.left & have):
        return frozenset()
    if mine.axis in ENTITY and mine.left and theirs.left and not mine.left & theirs.left and not _crossed(mine, theirs):
        return frozenset()
    lone, other = mine.left - there, theirs.left - have
    if mine.left and theirs.left and not mine.left & theirs.left and lone and other and not _crossed(mine, theirs):
        return frozenset()
    return shared if (brief and len(shared) >= len(smaller)) or len(shared) >= SHARED else frozenset()


def _one_year(a: Said, b: Said) -> bool:
    """A chamber decides many things: the year that the sentence before gives counts, too."""
    mine, theirs = (years(s, f"{s.before} {s.text}") or printed(s) for s in (a, b))
    return bool(mine & theirs) or not (mine or theirs)


def _crossed(mine: Leaning, theirs: Leaning) -> bool:
    """``The union would cost Verania`` beside ``Verania would gain from the union``."""
    return bool(mine.left & theirs.right) and bool(mine.right & theirs.left)


def _same_holder(a: Said, mine: Leaning, b: Said, theirs: Leaning) -> bool:
    """The holder of a stance stands before it: both name one and the same."""
    if not mine.left or not theirs.left:
        return False
    if strangers(" ".join(_before(a, mine)), b) or strangers(" ".join(_before(b, theirs)), a):
        return False
    return bool(mine.left & theirs.left)


def _before(said: Said, leaning: Leaning) -> list[str]:
    return [t.raw for t in analyse(said.text).tokens if t.key in leaning.left and t.raw[:1].isupper()]


# --------------------------------------------------------------------------- a plain denial

_WEAK_VERBS = GENERIC | keys_of("be do say think believe know expect seem appear want need")


def _denied(a: Said, b: Said) -> Opposition | None:
    """The same words, and a negation in one of them alone: it will, it will not."""
    mine, theirs = analyse(a.text), analyse(b.text)
    if len(mine.keys) > SHORT or len(theirs.keys) > SHORT:
        return None
    negative, positive = negations(a.text), negations(b.text)
    if bool(negative) == bool(positive) or len(negative) + len(positive) > 1:
        return _twin(a, b)
    other = theirs if negative else mine
    scope = (negative or positive)[0]
    shared = {t.key for t in mine.tokens if _says(t)} & {t.key for t in theirs.tokens if _says(t)}
    own = {t.key for t in (mine if negative else theirs).tokens if _says(t)}
    need = {t.key for t in other.tokens if _says(t)}
    if (scope.verb in _WEAK_VERBS and len(shared) < 3) or not scope.keys & other.keys:
        return None
    alike = len(shared) >= SHARED and len(shared) >= 0.75 * max(len(own), len(need))
    return Opposition("judgement", "whether it is so", frozenset(shared)) if alike else None


def _twin(a: Said, b: Said) -> Opposition | None:
    """``prepared`` and ``unprepared`` in otherwise the same words."""
    mine, theirs = analyse(a.text), analyse(b.text)
    if negations(a.text) or negations(b.text):
        return None
    for one, other in ((mine, theirs), (theirs, mine)):
        for token in one.tokens:
            if token.content and negative_twin(token.word) & other.keys and token.key not in other.keys:
                own, need = one.keys - {token.key}, other.keys - negative_twin(token.word)
                shared = own & need
                if len(shared) >= 2 and len(shared) >= 0.75 * min(len(own), len(need)):
                    return Opposition("judgement", "whether it is so", shared)
    return None


# --------------------------------------------------------------------------- advice


@lru_cache(maxsize=1)
def _opposed_actions() -> tuple[tuple[frozenset[str], frozenset[str]], ...]:
    return tuple((keys_of(one), keys_of(other)) for one, other in ACTIONS)


def _advice(a: Said, b: Said) -> Opposition | None:
    """One source advises what the other advises against, or the opposite of it."""
    mine, theirs = advised(a.text), advised(b.text)
    if mine is None or theirs is None:
        return None
    turned = mine[0] * theirs[0]
    one, other = mine[1], theirs[1]
    clash = False
    acts: frozenset[str] = frozenset()
    for left, right in _opposed_actions():
        if (one & left and other & right and not one & right) or (one & right and other & left and not other & right):
            clash, acts = True, acts | left | right
    opposite = clash if turned > 0 else not clash
    shared = (one & other) - acts
    lone = (one - other - acts, other - one - acts)
    need = 1 if clash else 2
    if not opposite or len(shared) < need or (lone[0] and lone[1] and len(shared) < 3):
        return None
    if len(shared) < 0.5 * min(len(one - acts), len(other - acts)):
        return None
    return Opposition("recommendation", "what should be done", shared)


@lru_cache(maxsize=8192)
def advised(text: str) -> tuple[int, frozenset[str]] | None:
    """The sign of the advice of a sentence and the keys of what is advised."""
    analysed = analyse(text)
    marks = find(analysed.tokens, DEONTIC)
    if not marks:
        return None
    sign = -1 if any(m.value == "-" for m in marks) else 1
    row = _around(analysed, marks[0].start)
    inside = {i for m in marks for i in range(m.start, m.end)}
    spans = {analysed.tokens[i].start for i in inside}
    return sign, frozenset(t.key for t in row if t.start not in spans and (_says(t) or t.key in _acted()))


@lru_cache(maxsize=1)
def _acted() -> frozenset[str]:
    return frozenset().union(*(one | other for one, other in _opposed_actions()))
