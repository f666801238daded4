"""What a disagreement is about, as a noun phrase with the word for its axis."""

from __future__ import annotations

import re

from rag.extractive.differ.compare import Difference
from rag.extractive.differ.measures import Measure
from rag.extractive.differ.said import Said, names, telling
from rag.support.tokens import analyse

AXES = {
    "figure": "different figures",
    "date": "different dates",
    "definition": "different definitions",
    "period": "different periods",
    "cause": "different causes",
    "judgement": "different judgements",
    "recommendation": "different recommendations",
    "classification": "different classifications",
}
"""What to call each axis."""
_ARTICLE = re.compile(r"^(?:the|a|an|does|do|so)\s+", re.IGNORECASE)
_ODDS = re.compile(r"\b(?:in|out of)\b", re.IGNORECASE)
LONGEST = 3
"""Words of a noun phrase that is named whole; of a longer one, its last."""
MOST = 4
"""Words of the topic behind the point."""


def about(focus: str, found: Difference, a: Said, b: Said) -> str:
    """``Number of countries (coalition): different figures``."""
    clash = found.clash
    noun = (_noun(a, clash.mine) or _noun(b, clash.theirs)) if clash else ""
    named_point = {
        "date": "Date",
        "cause": "Cause",
        "period": "Time",
        "classification": f"Where {_ARTICLE.sub('', found.point)} belongs",
    }.get(found.axis, found.point[:1].upper() + found.point[1:])
    point = _figure(clash.mine, noun) if clash else named_point
    topic = [w for w in _topic(focus, a, b) if w.lower() not in point.lower()]
    named = f" ({', '.join(topic[:MOST])})" if topic and found.axis != "classification" else ""
    return f"{point}{named}: {AXES[found.axis]}"


def _figure(measure: Measure, noun: str) -> str:
    if measure.unit == "%" and _ODDS.search(measure.raw):
        return "Chance"
    if measure.unit == "%":
        return f"Share of {noun}" if noun else "Share"
    if measure.unit in {"$", "€", "£"}:
        return "Amount"
    if measure.unit == "day":
        return "Length of time"
    return f"Number of {noun}" if noun else "Figure"


def _noun(said: Said, measure: Measure) -> str:
    """The counted noun phrase as printed."""
    row = [t for t in analyse(said.text).tokens if t.start > measure.start and t.key in measure.noun]
    if not row:
        return ""
    last = next((t for t in row if t.key in measure.head), row[-1])
    phrase = said.text[row[0].start : last.end]
    return phrase if len(phrase.split()) <= LONGEST else last.raw


def _topic(focus: str, a: Said, b: Said) -> list[str]:
    """Words of the question that both sentences have, as the question prints them."""
    shared = analyse(a.text).keys & analyse(b.text).keys
    row = [t for t in analyse(focus).tokens if t.key in shared and telling(t)]
    row = row or [t for t in names(a.text) if t.key in shared]
    return list(dict.fromkeys(t.raw for t in row))
