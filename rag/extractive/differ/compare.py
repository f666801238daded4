"""Do two sentences differ, and on which axis?"""

from __future__ import annotations

from dataclasses import dataclass

from rag.extractive.differ.causes import causes_apart
from rag.extractive.differ.changes import changes_apart
from rag.extractive.differ.dates import dated_apart
from rag.extractive.differ.figures import Clash, clashes
from rag.extractive.differ.groups import classified_apart
from rag.extractive.differ.said import Said
from rag.extractive.differ.stance import opposition
from rag.extractive.differ.sums import of_other_wholes
from rag.extractive.differ.two_answers import asked_of, opposite

SHARES = "what the shares are of"
"""The point where the same shares are given of different wholes."""
CHANGE = "size of the change"
"""The point where one thing is seen to rise or fall by other amounts."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Two sentences differ: the axis, what is in dispute in words, the keys both share, the two figures."""

    axis: str
    point: str
    shared: frozenset[str] = frozenset()
    clash: Clash | None = None


def difference(a: Said, b: Said, question: str = "") -> Difference | None:
    """How two sentences of different sources differ, or None; figures first, judgements last.

    With a question that names two answers, also when each gives another of them.

    >>> difference(Said("The union has 14 members."), Said("The union has 16 members.")).axis
    'figure'
    >>> difference(Said("The union has 14 members."), Said("The union has 16 offices.")) is None
    True
    """
    clash = next(clashes(a, b), None)
    if clash is not None:
        return Difference(clash.axis, "figures", clash.mine.head | clash.mine.noun, clash)
    wholes = of_other_wholes(a, b)
    if wholes:
        return Difference("definition", SHARES, wholes)
    change = changes_apart(a, b)
    if change:
        return Difference("figure", CHANGE, change)
    dated = dated_apart(a, b)
    if dated:
        return Difference("date", "dates", dated)
    member = classified_apart(a, b)
    if member:
        return Difference("classification", member)
    cause = causes_apart(a, b)
    if cause:
        return Difference("cause", "causes", cause)
    opposed = opposition(a, b)
    if opposed:
        return Difference(opposed.axis, opposed.about, opposed.shared)
    answers = opposite(asked_of(question), a, b) if question else None
    return Difference("judgement", answers.title, answers.shared) if answers else None
