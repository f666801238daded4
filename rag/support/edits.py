"""A source's sentence with a few words exchanged: the smaller the edit, the more it means.

Where nearly all words of a statement stand in a quote in the same order, it claims to be that sentence.  What was
exchanged, put in or left out is then looked at place by place: a hedge, a negation, a name, a direction, a figure
more exact than the source's, a clause that the source does not have.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from rag.support.names import name_known
from rag.support.tokens import Token, analyse

NEAR = 0.75
"""Share of a statement's words that must stand in the quote, in order."""
FEWEST = 7
"""Words; shorter statements share words with a quote by chance."""
ADDED = 3
"""Words of substance that make an insertion a claim of its own, when no quote has most of them."""
_HEDGE = frozenset("may might could can possibly perhaps maybe potentially probably likely should would".split())
_IF = frozenset({"if", "were", "unless"})
_NOT = frozenset("not never no nor without neither none cannot hardly".split())
_OPPOSITE = tuple(
    frozenset(pair.split("/"))
    for pair in """before/after more/fewer more/less higher/lower increase/decrease increases/decreases
    increased/decreased increasing/decreasing rose/fell rise/fall rises/falls first/last above/below over/under
    inside/outside with/without largest/smallest most/least earlier/later strengthen/weaken strengthens/weakens
    strengthened/weakened supports/opposes supported/opposed accepted/rejected gain/loss win/lose north/south
    east/west import/export imports/exports start/end best/worst former/latter majority/minority""".split()
)
_FIGURE = re.compile(r"\d+(?:\.\d+)?")


def edit_problems(statement: str, quotes: Sequence[str]) -> list[str]:
    """What was changed in a sentence that is otherwise a quote's; empty for free wording.

    >>> edit_problems("Such a step will draw investors away from the whole region.",
    ...               ["Such a step could draw investors away from the whole region."])
    ['“will” stands where the quote has “could”']
    """
    mine = analyse(statement).tokens
    if len(mine) < FEWEST:
        return []
    everything = frozenset(t.key for q in quotes for t in analyse(q).tokens)
    for quote in quotes:
        theirs = analyse(quote).tokens
        matcher = SequenceMatcher(None, [t.word for t in mine], [t.word for t in theirs], autojunk=False)
        blocks = matcher.get_opcodes()
        same = sum(b - a for tag, a, b, _, _ in blocks if tag == "equal")
        whole = same >= 0.9 * len(theirs)
        if same < NEAR * len(mine) and not whole:
            continue
        found = []
        for tag, a, b, c, d in blocks:
            if tag != "equal":
                found += _hunk(mine[a:b], theirs[c:d], everything, inner=c > 0 and d < len(theirs))
        return list(dict.fromkeys(found))
    return []


def _hunk(put: Sequence[Token], was: Sequence[Token], everything: frozenset[str], *, inner: bool) -> list[str]:
    """The problems of one place: ``put`` words of the statement stand where the quote ``was``."""
    new, old = {t.word for t in put}, {t.word for t in was}
    if put or inner:  # what is left out at an end is a cut, which has rules of its own
        if old & _HEDGE and not new & (_HEDGE | _IF) and len(was) <= 4:
            return [_said(put, was)]
        plain = was if new & _NOT else put  # where no negation stands: "failed to" denies without one
        denied = bool(old & _NOT) != bool(new & _NOT) and not any(t.content for t in plain)
        if denied and len(put) <= 4 and len(was) <= 4:
            return [_said(put, was)]
    if put and was:
        bounds = (new | old) & {"at", "no", "not"}  # "no fewer than" is "at least"
        turned = any(len(p & new) == 1 and len(p & old) == 1 and p & new != p & old for p in _OPPOSITE)
        if turned and not bounds:
            return [_said(put, was)]
        if _other_name(put, was) or _too_exact(put, was):
            return [_said(put, was)]
    substance = {t.key for t in put if t.content}
    if len(substance) >= ADDED and len(put) >= len(was) + ADDED and 2 * len(substance - everything) > len(substance):
        return [f"the quotes do not carry “{' '.join(t.raw for t in put)}”"]
    return []


def _other_name(put: Sequence[Token], was: Sequence[Token]) -> bool:
    """One name for another: capitals on both sides, and none of the new ones another spelling of the old."""
    new = [t for t in put if t.raw[:1].isupper() and t.start and len(t.word) > 2]
    old = [t for t in was if t.raw[:1].isupper() and t.start and len(t.word) > 2]
    if not new or not old or len(put) > 4 or len(was) > 4:
        return False
    if _initials(new, old) or _initials(old, new):
        return False
    printed = " ".join(t.raw for t in old)
    return not any(name_known(t.word, printed, acronym=t.raw.isupper()) for t in new)


def _initials(short: Sequence[Token], long: Sequence[Token]) -> bool:
    return len(short) == 1 and short[0].word == "".join(t.word[0] for t in long)


def _too_exact(put: Sequence[Token], was: Sequence[Token]) -> bool:
    """Another figure with more digits that count than the source's own: no rounding gives that."""
    new, old = ([t.word for t in row if _FIGURE.fullmatch(t.word)] for row in (put, was))
    if len(new) != 1 or len(old) != 1 or float(new[0]) == float(old[0]):
        return False
    return len(new[0].strip("0.")) > len(old[0].strip("0."))


def _said(put: Sequence[Token], was: Sequence[Token]) -> str:
    mine, theirs = (" ".join(t.raw for t in row) for row in (put, was))
    if not was:
        return f"“{mine}” was put into the quote's words"
    return f"“{mine}” stands where the quote has “{theirs}”" if put else f"“{theirs}” of the quote was left out"
