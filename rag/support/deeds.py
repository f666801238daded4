"""Deeds that a quote does not tell of this one: a pronoun's, a danger's, a membership that is only nearness."""

from __future__ import annotations

from collections.abc import Sequence

from rag.support.names import name_known, name_tokens
from rag.support.parties import BE, acts
from rag.support.tokens import analyse, find, key, table

_PRONOUNS = frozenset("it he she they".split())
_WHEN = frozenset("when after before because since while once although".split())


def pronoun_problems(statement: str, quotes: Sequence[str]) -> list[str]:
    """A deed of the one whom a pronoun stands for, told of another party of the quote.

    ``the force that Peru was shown when it bought the ship`` says nothing of Chile's buying one.
    """
    mine = [(a.verb, a.subject) for a in acts(statement) if not a.passive]
    for quote in quotes:
        for verb, doer in _pronoun_deeds(quote):
            if any(a.verb == verb for a in acts(quote)):
                continue  # the deed is told of somebody by name too
            for own, subject in mine:
                named = [t for t in analyse(statement).tokens if t.key in subject and t.raw[:1].isupper()]
                if own == verb and named and not any(name_known(t.word, doer) for t in named):
                    return ["what one did is told of the other"]
    return []


def _pronoun_deeds(quote: str) -> list[tuple[str, str]]:
    """``(verb, whom the pronoun stands for)``: the nearest name before it, where that is a subject too."""
    row = analyse(quote).tokens
    names = {t.start for t in name_tokens(analyse(quote))}
    found = []
    for i in range(1, len(row) - 1):
        if row[i].word not in _PRONOUNS or row[i - 1].word not in _WHEN or not row[i + 1].content:
            continue
        before = [j for j in range(i) if row[j].sentence == row[i].sentence and row[j].start in names]
        if before and row[before[-1] + 1].word in BE | {"had", "has", "did"}:
            found.append((row[i + 1].key, row[before[-1]].raw))
    return found


_PERIL = frozenset("threat danger risk challenge".split())
_THREATENED = key("threatened")


def peril_problems(statement: str, quotes: Sequence[str]) -> list[str]:
    """``a threat to the region`` is no threat that somebody made: its object is what is in danger."""
    if not any(t.word == "threatened" for t in analyse(statement).tokens):
        return []
    mine = next((a for a in acts(statement) if a.verb == _THREATENED), None)
    perils = [_peril(quote) for quote in quotes]
    if mine is None or not any(perils) or any(_threatening(quote) for quote in quotes):
        return []
    in_danger = frozenset(k for peril in perils for k in peril or ())
    return [] if mine.object & in_danger else ["the quotes speak of a danger, not of a threat made"]


def _peril(quote: str) -> frozenset[str]:
    """What ``a threat to …`` endangers."""
    row = analyse(quote).tokens
    found: set[str] = set()
    for i in range(1, len(row) - 1):
        if row[i].word in _PERIL and row[i + 1].word == "to":
            found |= {t.key for t in row[i + 2 :] if t.content and t.clause == row[i].clause}
    return frozenset(found)


def _threatening(quote: str) -> bool:
    return any(t.key == _THREATENED and t.word not in _PERIL for t in analyse(quote).tokens)


_MEMBER = table(
    dict.fromkeys("part of|member of|members of|belongs to|belong to|branch of|wing of|arm of".split("|"), "member")
)
_MEMBERSHIP = frozenset(
    """part parts member members membership belong belongs belonged branch wing arm component components faction
    factions affiliate affiliated affiliation include includes including included comprise comprises comprising
    consist consists consisting contain contains within among joined join division unit brigade subsidiary under
    bloc led""".split()
)


def membership_problems(statement: str, quotes: Sequence[str]) -> list[str]:
    """``is part of the alliance`` for ``its position is consistent with the alliance's``."""
    marks = find(analyse(statement).tokens, _MEMBER)
    if not marks or any({t.word for t in analyse(quote).tokens} & _MEMBERSHIP for quote in quotes):
        return []
    return [f"the quotes do not say “{marks[0].phrase}”"]
