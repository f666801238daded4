"""What a disagreement is about, as a noun phrase with the word for its axis."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Set

from rag.extractive.differ.compare import Difference
from rag.extractive.differ.measures import Measure
from rag.extractive.differ.said import Said, keys_of, names, nation, telling
from rag.support.tokens import Token, analyse

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
EACH_SAYS = "what each says"
"""The point where no words prove a difference and the question alone holds the sources together."""
_ARTICLE = re.compile(r"^(?:the|a|an|does|do|so)\s+", re.IGNORECASE)
_POSSESSIVE = re.compile(r"[’']s?$")
_ODDS = re.compile(r"\b(?:in|out of)\b", re.IGNORECASE)
_CLAUSE = re.compile(
    r"\b(?P<whether>whether\s+[^?.;]{8,90})|"
    r"\b(?:differ\w*|disagree\w*|agree|apart|conflict\w*|compare|say|think|see)\b(?:\s+in\s+\w+)?\s+"
    r"(?:on|about|over|as to|regarding|of)\s+(?P<matter>[^?.;]{4,90})",
    re.IGNORECASE,
)
_ASIDE = keys_of("report paper source author article study differ agree disagree answer question account version")
_BEFORE_DEEDS = frozenset(
    """to can cant cannot will wont would could should may might must do does did dont they we it you he she not really
    still actually""".split()
)
LONGEST = 3
"""Words of a noun phrase that is named whole; of a longer one, its last."""
MOST = 2
"""Phrases of the topic behind the point."""
PHRASE = 4
"""Words of one of them."""


def about(focus: str, found: Difference, a: Said, b: Said) -> str:
    """``Number of countries (coalition): different figures``."""
    clash = found.clash
    noun = (_noun(a, clash.mine) or _noun(b, clash.theirs)) if clash else ""
    asked = asked_clause(focus) if found.point == EACH_SAYS or "whether" in focus.lower() else ""
    asked = "" if clash or found.axis not in {"judgement", "recommendation"} else asked
    named_point = {
        "date": "Date",
        "cause": "Cause",
        "period": "Period counted",
        "classification": f"Where {_ARTICLE.sub('', found.point)} belongs",
    }.get(found.axis, found.point[:1].upper() + found.point[1:])
    point = _figure(clash.mine, noun) if clash else asked or named_point
    topic = _topic(focus, a, b, point)
    if found.axis == "judgement" and len(topic) < MOST:
        said = analyse(" ".join(topic)).keys
        topic += [n for n in _shared_names(a, b, set()) if not analyse(n).keys & said]
    named = f" ({', '.join(topic[:MOST])})" if topic and found.axis != "classification" and not asked else ""
    return f"{point}{named}: {AXES[found.axis]}"


def asked_clause(focus: str) -> str:
    """What a question says the sources differ on: its ``whether …``, or what stands behind ``differ on``."""
    match = _CLAUSE.search(focus)
    clause = (match["whether"] or match["matter"]).strip(" ,") if match else ""
    return clause[:1].upper() + clause[1:]


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


def _topic(focus: str, a: Said, b: Said, point: str) -> list[str]:
    """Phrases of the question whose words the sentences have: those that both have first."""
    mine, theirs = ({nation(t) for t in analyse(s.text).tokens} for s in (a, b))
    aside = analyse(point).keys | _ASIDE
    printed = _capitals(a, b)
    both = list(_phrases(focus, printed, (mine & theirs) - aside))
    return both or _shared_names(a, b, aside) or list(_phrases(focus, printed, (mine | theirs) - aside))


def _shared_names(a: Said, b: Said, aside: Set[str]) -> list[str]:
    theirs = {nation(t) for t in names(b.text)} - aside
    return list(_runs(a.text, [t for t in names(a.text) if nation(t) in theirs], {}))


def _capitals(a: Said, b: Said) -> dict[str, str]:
    """Words that the sentences only print with a capital, by their keys."""
    row = [t for s in (a, b) for t in analyse(s.text).tokens if t.start > 0]
    small = {t.key for t in row if t.raw.islower()}
    return {nation(t): _POSSESSIVE.sub("", t.raw) for t in row if t.raw[:1].isupper() and t.key not in small}


def _phrases(focus: str, printed: dict[str, str], known: Set[str]) -> Iterator[str]:
    """Those of a question's words that name a thing: what stands behind ``can``, ``to`` or ``they`` is a deed."""
    tokens = analyse(focus).tokens
    before = ["", *(t.word for t in tokens)]
    row = [
        token
        for token, word in zip(tokens, before, strict=False)
        if nation(token) in known and telling(token) and token.key not in _ASIDE
        and (word not in _BEFORE_DEEDS or token.raw[:1].isupper())
    ]
    return _runs(focus, row, printed)


def _runs(text: str, row: list[Token], printed: dict[str, str]) -> Iterator[str]:
    """Words that stand side by side as one phrase; a word that a source prints with a capital gets it."""
    runs: list[list[Token]] = []
    for token in row:
        side = runs and not text[runs[-1][-1].end : token.start].strip(" -’'s") and len(runs[-1]) < PHRASE
        if side:
            runs[-1].append(token)
        else:
            runs.append([token])
    seen: set[frozenset[str]] = set()
    for run in runs:
        keys = frozenset(t.key for t in run)
        if any(keys <= other for other in seen):
            continue
        seen.add(keys)
        yield _print(text, run, printed)


def _print(text: str, run: list[Token], printed: dict[str, str]) -> str:
    words = []
    for token in run:
        other = printed.get(nation(token), "")
        words.append(other if other.lower() == token.raw else token.raw)
    gaps = [text[x.end : y.start] for x, y in itertools.pairwise(run)]
    whole = "".join(w + g for w, g in zip(words, [*gaps, ""], strict=True))
    return _POSSESSIVE.sub("", whole)
