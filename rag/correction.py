"""Corrections and changes of one thing: "no, I meant 2011", "not the Kurds, the Turkmen", "and in Al-Bayan?".

What is changed takes the place of its like in the question before: a year of a year, a source of a source, what
stands behind a preposition of what stood behind the same.
"""

from __future__ import annotations

import re

from rag.antecedent import DATES, is_date, names_in
from rag.sources import SourceNames
from rag.text import words

_LEAD = r"(?:(?:no|nope|sorry|actually|wait|oops|pardon|rather|non|désolé|pardon|عفوا|لا)\b[\s,.!:;–-]*)"
_MEANT = r"(?:(?:i|we)\s+(?:meant|mean|was asking about|am asking about)|je voulais dire|أقصد|قصدت)\s+(?:to say\s+)?"
_CORRECTION = re.compile(rf"^(?:{_LEAD}+(?:{_MEANT})?|{_LEAD}*{_MEANT})(?P<what>.+)$", re.IGNORECASE)
_NOT = re.compile(
    rf"^{_LEAD}*(?:{_MEANT})?not\s+(?P<old>[^,;]+?)\s*(?:[,;]|\s+but)\s*(?:but\s+)?(?P<new>.+)$", re.IGNORECASE
)
_INSTEAD = re.compile(
    rf"^{_LEAD}*(?:{_MEANT})?(?P<new>[^,;]+?)(?:\s+instead of|\s*[,;]\s*(?:and\s+)?not|\s+rather than)\s+(?P<old>.+)$",
    re.IGNORECASE,
)
_ASKS = re.compile(r"\b(?:what|which|who|whom|when|where|why|how|is|are|was|were|do|does|did)\b", re.IGNORECASE)
_YEAR = re.compile(r"\b(?:19|20)\d{2}\b")
_ARTICLE = re.compile(r"^(?:the|a|an|those|that)\s+", re.IGNORECASE)
_MONTH = re.compile(rf"\b(?:{'|'.join(m for m in DATES if not m.endswith('day'))})\b", re.IGNORECASE)
_BEFORE = re.compile(
    r"^(?P<by>in|at|for|from|to|by|on|about|with|before|after|under|against|since|until|of|à|en|pour|من|في|إلى)\s+(?P<rest>.+)$",
    re.IGNORECASE,
)
_PHRASE = r"(?:the\s+)?(?:(?:(?:[A-Z]\.)+|[A-Z][\w'’-]*|\d[\w,-]*)(?:\s+(?:[A-Z][\w'’-]*|\d[\w,-]*))*)"
_OF_A_SOURCE = re.compile(
    r"^(?:(?:and|what about|how about|same|the same|is it the same|what does|what do|what is it)\b[\s,]*)*"
    r"(?:(?:in|for|per|by|from|according to|with)\s+)?(?:the\s+)?(?P<name>.+?)(?:\s+(?:say|says|one|view|report|paper|"
    r"study|article|piece|digest|author))*\s*\??$",
    re.IGNORECASE,
)
_OTHER_SOURCES = re.compile(
    r"\bother (?:reports?|papers?|sources?|authors?|studies|articles?|institutes?|texts?)\b|"
    r"^(?:and\s+|do\s+|does\s+|what (?:do|about)\s+)*the others?(?:\s+(?:say|agree|think|see)\b.*)?\s*\??$|"
    r"\b(?:anybody|anyone) else\b|\belsewhere\b",
    re.IGNORECASE,
)


def corrected(question: str, base: str, names: SourceNames | None) -> str | None:
    """The question before with the corrected thing in its place; None when nothing is corrected.

    >>> corrected("no, I meant the 2011 one", "Why did parliament vote in 2020?", None)
    'Why did parliament vote in 2011?'
    >>> corrected("not the owls, the larks", "What do the owls want?", None)
    'What do the larks want?'
    """
    text = question.strip().rstrip("?؟.! ")
    for pattern in (_NOT, _INSTEAD):
        pair = pattern.match(text)
        if pair:
            put = _replaced(base, pair["old"], pair["new"])
            if put is not None:
                return put
            text = pair["new"]
    match = _CORRECTION.match(text)
    if match is None and text == question.strip().rstrip("?؟.! "):
        return None
    what = match["what"] if match else text
    if _ASKS.match(what):
        return None
    return changed(what, base, names) or _named_anew(what, base, names)


def changed(what: str, base: str, names: SourceNames | None) -> str | None:
    """The question before with a year, a month, a source or what stood behind the same preposition changed.

    >>> changed("to Rome", "What does it recommend to Paris in 2020?", None)
    'What does it recommend to Rome in 2020?'
    """
    what = _ARTICLE.sub("", what.strip().rstrip("?؟.! ")).strip()
    bare = re.sub(r"\s+ones?$", "", what)
    led = _BEFORE.match(bare)
    rest = led["rest"] if led else bare
    source = _source_for_source(what, base, names)
    if source:
        return source
    if _YEAR.fullmatch(rest) and _YEAR.search(base):
        return _last(_YEAR, base, rest)
    if _MONTH.fullmatch(rest) and _MONTH.search(base):
        return _last(_MONTH, base, rest)
    dated = re.fullmatch(r"(\w+)\s+((?:19|20)\d{2})", rest)
    if dated and _MONTH.fullmatch(dated[1]):
        old = re.compile(rf"\b(?:{_MONTH.pattern}\s+)?(?:19|20)\d{{2}}\b", re.IGNORECASE)
        return _last(old, base, rest) if old.search(base) else None
    if led and len(rest.split()) <= 4:
        old = re.compile(rf"(?<=\b{led['by'].lower()} ){_PHRASE}(?!\w)")
        found = [m for m in old.finditer(base) if not is_date(m.group()) and not _of_source(m.group(), names)]
        if found:
            return base[: found[-1].start()] + rest + base[found[-1].end() :]
    return None


def asks_others(question: str) -> bool:
    """Whether a follow-up asks what other sources say.

    >>> asks_others("And the other reports?"), asks_others("Which other banks?")
    (True, False)
    """
    return bool(_OTHER_SOURCES.search(question))


def others(question: str, base: str, names: SourceNames | None) -> str | None:
    """The question before without its source, where the follow-up asks what the other sources say."""
    if names is None or not asks_others(question):
        return None
    mentions = names.find(base)
    return re.sub(r"[\s,]+(?=[?؟]?$)", "", names.remove(base, mentions)) if mentions else None


def _source_for_source(what: str, base: str, names: SourceNames | None) -> str | None:
    """``and in Al-Bayan?``: only the name of a source, which takes the place of the one before."""
    if names is None:
        return None
    named = _OF_A_SOURCE.match(what)
    found = names.find(named["name"]) if named else []
    if not named or len(found) != 1 or not _only(named["name"], found[0].start, found[0].end):
        return None
    name = re.sub(r"['’]s?$", "", named["name"])
    mentions = names.find(base)
    if mentions and set(mentions[-1].documents) & set(found[0].documents):
        return None
    if len(mentions) == 1:
        start = re.search(r"(?:\b(?:[Aa]l|[Ee]l)-)?$", base[: mentions[0].start])
        at = start.start() if start else mentions[0].start
        return base[:at] + name + base[mentions[0].end :]
    return f"{base.rstrip('.?؟ ')}, according to {name}?" if not mentions else None


def _only(text: str, start: int, end: int) -> bool:
    left = words(text[:start] + " " + text[end:])
    return len(left) <= 3 and all(w in _AROUND_NAMES for w in left)


_AROUND_NAMES = frozenset(
    """al el the center centre institute policy group forum security for of and digest paper report fold planning
    studies s""".split()
)


def _of_source(text: str, names: SourceNames | None) -> bool:
    return names is not None and bool(names.find(text))


def _named_anew(what: str, base: str, names: SourceNames | None) -> str | None:
    """A single name that was meant in place of the last name of the question before."""
    what = _ARTICLE.sub("", what.strip()).strip()
    led = _BEFORE.match(what)
    rest = led["rest"] if led else what
    row = names_in("- " + rest)
    if len(row) != 1 or row[0] != re.sub(r"^the\s+", "", rest) or is_date(row[0]):
        return None
    own = [n for n in names_in(base) if not is_date(n) and not _of_source(n, names)]
    return _replaced(base, own[-1], row[0]) if own else None


def _replaced(base: str, old: str, new: str) -> str | None:
    """The new words in the place of the old, articles and case aside; None when the old are not there."""
    old, new = (_ARTICLE.sub("", t.strip().rstrip("?؟.! ")) for t in (old, new))
    pattern = re.compile(rf"(?<!\w){re.escape(old)}(?!\w)", re.IGNORECASE)
    return pattern.sub(lambda _: new, base) if old and pattern.search(base) else None


def _last(pattern: re.Pattern[str], base: str, new: str) -> str:
    found = list(pattern.finditer(base))[-1]
    return base[: found.start()] + new + base[found.end() :]
