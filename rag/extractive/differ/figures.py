"""Do two figures count one thing, and differ?  Then on which axis: figure, period or definition."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from rag.extractive.differ.measures import Measure, measures
from rag.extractive.differ.said import (
    GENERIC,
    Said,
    apart,
    clause_around,
    content,
    contrasted,
    keys_of,
    other_names,
    places,
    topic,
    unresolved,
    years,
)
from rag.support.names import dates

LONG_AGO = 3
"""Years after which another stock is a change, not a disagreement."""
ANOTHER_TIME = 2
"""The same for what happened: attacks, deaths, rescues."""
SHORT = 16
"""Content words of a sentence up to which all of them name what is counted."""

_CLASSES: dict[str, frozenset[str]] = {
    "member": keys_of("members countries states nations partners participants signatories parties"),
    "person": keys_of(
        """people persons fighters members soldiers troops staff employees personnel men combatants militants
        followers workers recruits adherents officers rebels insurgents jihadists gunmen payroll"""
    ),
    "attack": keys_of("attacks raids strikes assaults incidents operations shellings bombings ambushes targetings"),
    "aircraft": keys_of("aircraft planes jets fighters"),
}
_EVENT = keys_of(
    """attack raid killed injured death rescue incident strike arrest case accident operation shelling bombing victim
    casualty casualties birth hearing launched recorded carried rescued destroyed heard built raids ambush logged
    wrecked rescued arrested seized exported imported spent"""
)
_WINDOW = re.compile(r"\b(?:from|between|since|until|to)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Clash:
    """Two figures for one thing, and on which axis they differ."""

    axis: str
    mine: Measure
    theirs: Measure


def clashes(a: Said, b: Said, *, loose: bool = False) -> Iterator[Clash]:
    """Pairs of figures that count one thing differently; none when any figure of theirs agrees.

    ``loose``: whoever asks has said that the sources count the same thing, so that other words for it do
    no harm; the axis is then ``definition``.
    """
    if unresolved(a) or unresolved(b):
        return
    for m in measures(a.text):
        rivals = [o for o in measures(b.text) if o.unit == m.unit]
        same = [(o, axis) for o in rivals if (axis := same_thing(a, m, b, o, loose=loose))]
        if not same or any(not m.apart_from(o) for o, _ in same):
            continue
        yield Clash(same[0][1], m, same[0][0])


def same_thing(a: Said, m: Measure, b: Said, o: Measure, *, loose: bool = False) -> str | None:
    """The axis on which two figures could differ, or None when they count different things."""
    if m.unit != o.unit or m.change or o.change:
        return None
    if (m.out_of is None) != (o.out_of is None) and not loose:
        return None
    family = _family(a, m, b, o)
    if family is None:
        return None
    mine, theirs = clause_around(a.text, m.start), clause_around(b.text, o.start)
    if m.action != o.action and not m.action & o.action and not loose:
        lone = (m.action - content(b.text)) or (o.action - content(a.text))
        if lone:
            return None
    if not m.unit and not _same_owner(a, m, b, o):
        return None
    alike = _named_alike(a, m, b, o)
    if not alike and not loose:
        return None
    if contrasted(mine, theirs) or (not loose and other_names(a, b, mine, theirs)):
        return None
    scope = _scope(mine, theirs)
    period = _period(a, m, b, o)
    if scope == "other" or period == "other":
        return None
    if not alike:
        return "definition"
    return scope or (family if family == "definition" else None) or period or "figure"


def _same_owner(a: Said, m: Measure, b: Said, o: Measure) -> bool:
    """Whose the counted are: what stands right before each figure is known to the other sentence.

    Of one and the same noun the subject of the sentence may be its owner as well.
    """
    if not m.head or not o.head:
        return True
    mine, theirs = m.owner, o.owner
    if m.head & o.head:
        mine, theirs = mine | m.subject, theirs | o.subject
    mine, theirs = mine - GENERIC - content(a.speaker), theirs - GENERIC - content(b.speaker)
    return (not mine or bool(mine & topic(b))) and (not theirs or bool(theirs & topic(a)))


def _family(a: Said, m: Measure, b: Said, o: Measure) -> str | None:
    """``figure`` for one noun, ``definition`` for kin (fighters, people on a payroll), None for others."""
    if m.unit:
        return "figure" if not m.noun or not o.noun or m.noun & o.noun or m.unit != "%" else None
    if not m.head or not o.head:
        row = [(x, y) for x, y, said in ((m, o, b), (o, m, a)) if not y.head and ("|" in said.text or y.out_of)]
        return "figure" if any(x.noun & y.left for x, y in row) else None
    if m.head & o.head:
        extra, theirs = m.noun - o.noun, o.noun - m.noun
        return "definition" if extra and theirs else "figure"
    for name, members in _CLASSES.items():
        if m.head & members and o.head & members:
            return "definition" if name == "person" and not _plain(m, o) else "figure"
    return None


def one_thing(a: Said, m: Measure, b: Said, *, loose: bool = False) -> bool:
    """Whether a sentence has a figure for the very thing that a measure counts, whatever its value."""
    return any(same_thing(a, m, b, o, loose=loose) for o in measures(b.text))


def kin(head: frozenset[str], other: frozenset[str], asked: frozenset[str]) -> bool:
    """Whether a question asks for what is counted, by its own noun or another of its kind."""
    if (head | other) & asked:
        return True
    return any(head & c and other & c and asked & c for c in _CLASSES.values())


_ANYBODY = keys_of("people persons staff employees personnel men members fighters strength combatants militants")
_MARKED = keys_of("registered payroll paid armed active trained qualified official full-time reserve")


def _plain(m: Measure, o: Measure) -> bool:
    """Two words for the people of a body, neither qualified (registered, paid, armed)."""
    return bool(m.head & _ANYBODY and o.head & _ANYBODY) and not (m.noun | o.noun) & _MARKED


def _named_alike(a: Said, m: Measure, b: Said, o: Measure) -> bool:
    """Whether the rest of each sentence names the same thing."""
    mine, theirs = _naming(a, m), _naming(b, o)
    have, there = topic(a), topic(b)
    shared = (mine & there) | (theirs & have)
    if not shared:
        return False
    lone, other = mine - there, theirs - have
    if m.unit and not m.noun & o.noun:
        return _mostly(mine, there) or _mostly(theirs, have)
    short = len(content(a.text)) <= SHORT and len(content(b.text)) <= SHORT
    if lone and other and short and not m.unit and len(shared) < 2:
        return False
    if m.unit and lone and other:
        return False
    return _mostly(mine, there) or _mostly(theirs, have)


def _naming(said: Said, m: Measure) -> frozenset[str]:
    clause = content(clause_around(said.text, m.start))
    body = clause - m.head if m.unit else (m.left & clause) | (m.noun - m.head)
    aside = GENERIC | _PLAIN_VERBS | content(said.speaker)
    return (body - aside) or (m.left or clause - m.head) - aside or clause - m.head - aside


_PLAIN_VERBS = keys_of(
    """belong employ destroy destroyed produce cost registered recorded counted hold shelter work stand
    participate establish established consist comprise estimate run long"""
)


def _mostly(mine: frozenset[str], theirs: frozenset[str]) -> bool:
    return not mine or len(mine & theirs) >= 0.5 * len(mine)


def _scope(a: str, b: str) -> str | None:
    """``definition`` when one speaks of more places than the other, ``other`` when of other places."""
    mine, theirs = places(a), places(b)
    if not mine or not theirs or mine == theirs:
        return None
    if mine < theirs or theirs < mine:
        return "definition"
    return None if mine & theirs else "other"


def _period(a: Said, m: Measure, b: Said, o: Measure) -> str | None:
    """``period`` when the sentences give different times, ``other`` when too far apart to differ."""
    one, other = clause_around(a.text, m.start), clause_around(b.text, o.start)
    happening = bool((m.head | m.action | o.head | o.action) & _EVENT)
    gap = apart(a, b, one, other)
    mine, theirs = years(a, one), years(b, other)
    if gap > (ANOTHER_TIME if happening else LONG_AGO):
        return "other"
    if mine and theirs:
        if mine & theirs:
            return _windows(a, m, b, o)
        return "other" if happening else "period"
    if happening:
        return "other" if gap > 1 else None
    on_a_day = any(d.day and d.month and d.year for text in (one, other) for d in dates(text))
    return "period" if (gap or on_a_day) and (mine or theirs) else None


def _windows(a: Said, m: Measure, b: Said, o: Measure) -> str | None:
    """``period`` for other dates from and to; ``other`` when the longer time simply saw more."""
    mine, theirs = _window(a.text), _window(b.text)
    if mine is None or theirs is None or mine == theirs:
        return None
    longer = (mine[1] - mine[0]) - (theirs[1] - theirs[0])
    if longer == 0:
        return "period"
    more, fewer = (m, o) if longer > 0 else (o, m)
    return "period" if more.high < fewer.low else "other"


def _window(text: str) -> tuple[int, int] | None:
    """First and last day that a sentence names, as day numbers; None with fewer than two dates."""
    found = dates(text)
    if len(found) < 2 or not _WINDOW.search(text):
        return None
    last = found[-1].year or max((int(y) for y in re.findall(r"\b(?:19|20)\d{2}\b", text)), default=2000)
    days = []
    for d in (found[0], found[-1]):
        year = d.year or last
        days.append(date(year, d.month or 1, min(d.day or 1, 28)).toordinal())
    return (days[0], days[1]) if days[0] < days[1] else None
