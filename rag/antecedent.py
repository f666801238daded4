"""What a follow-up points at in the answer before it: the second point, the general, this law, he or she.

An answer is read as it is shown: a source's name before a colon, quotes with numbers in square brackets, list
items in lines of their own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.text import STOPWORDS, content_words, stem, words

_NAME = re.compile(
    r"(?:[A-Z]{2,}[\w-]*|[A-Z][\w'’-]*[\w])(?:(?:\s+(?:of|for|the|al|and|de|du))*\s+(?:[A-Z]{2,}[\w-]*|[A-Z][\w'’-]*\w))*"
    r"|(?<=['\"“‘])[^'\"”’?]{3,40}(?=['\"”’])"
)
OPENERS = frozenset(
    """what which who whom whose when where why how is are was were do does did can could will would should
    has have had according name list explain compare describe tell in on at for of and but so if the a an
    what's who's where's how's that's give please whats""".split()
)
DATES = frozenset(
    """january february march april may june july august september october november december monday tuesday
    wednesday thursday friday saturday sunday""".split()
)
_MARKS = re.compile(r"\s*(?:\[\d+\])+(?: \(not verified\))?")
_LABEL = re.compile(r"^[^:\n]{2,90}\((?:[\w ]{0,20}\d{4}|undated)\): ?", re.MULTILINE)
_ITEM = re.compile(r"^\s*(?:[-•*]|\d+[.)])\s+(?P<text>.+)$", re.MULTILINE)
_PLACES = {
    word: place
    for place, row in enumerate(("first 1st", "second 2nd", "third 3rd", "fourth 4th", "fifth 5th", "sixth 6th"))
    for word in row.split()
} | {"last": -1, "latter": -1, "former": 0}
_ORDINAL = re.compile(
    rf"\b(?:the|that|this|your|number)\s+(?P<place>{'|'.join(_PLACES)})\b(?:\s+(?P<noun>[a-z][\w-]+))?", re.IGNORECASE
)
_ITEMS = frozenset("one point item thing".split())
_VERBS = frozenset("of is are was were mean means would could does do did want wants need say says".split())
"""What may follow an ordinal that stands alone: ``what would the second mean?``"""
_LONGEST_POINT = 14
_POINTED = re.compile(r"\b(?P<by>the|this|that|these|those)\s+(?P<noun>[a-z][a-z-]{2,})\b", re.IGNORECASE)
_OF_SOURCES = frozenset(
    """report paper study article author authors digest text source piece table figure number date year day time
    question answer point first second third last other rest same reason way case country world government""".split()
)
_WHO = re.compile(
    r"^\W*(?:and\s+)?(?:(?:for |by |to |with )?who(?:m|se)?|"
    r"which (?:\w+ )?(?:[a-z]+(?:er|or|ist|ian)|general|official|expert|man|woman|person))\b",
    re.IGNORECASE,
)
_WHO_IS = re.compile(r"^\W*(?:and\s+)?[Ww]ho(?:\s+(?:is|was|are|were)|['’]s)\s+(?:the\s+|this\s+)?['\"“‘]?[A-Z]")
"""The question has the name itself, in one of its forms at least."""
_NOT_A_PERSON = frozenset(
    """party movement organization organisation forces force army ministry council committee agency region base camp
    airport center centre institute institution university street city province governorate brigade brigades bank
    group forum union states state kingdom republic war act law resolution united nations international north south
    east west middle gulf security national federal""".split()
)  # fmt: skip


def names_in(text: str) -> list[str]:
    """Names in a question, without the question words that may stand before them.

    >>> names_in("What's the HMC?"), names_in("Which bases did Kataib Hezbollah attack?")
    (['HMC'], ['Kataib Hezbollah'])
    """
    found = []
    for match in _NAME.finditer(text):
        row = match.group().split()
        while row and (row[0].lower().replace("’", "'") in OPENERS or row[0].lower() in STOPWORDS):
            row = row[1:]
        if row and (len(row[0]) > 1):
            found.append(re.sub(r"['’]s$", "", " ".join(row)))
    return found


def plain(answer: str) -> str:
    """The answer's words alone: without numbers in brackets and names of sources.

    >>> plain("Mara Velten (May 2024): Fog is rare.[1][2]")
    'Fog is rare.'
    """
    return _LABEL.sub("", _MARKS.sub("", answer))


def items(answer: str) -> list[str]:
    """The list items of an answer; without a list, its quotes."""
    listed = [m["text"].strip() for m in _ITEM.finditer(plain(answer))]
    if listed:
        return listed
    quotes = [_LABEL.sub("", q.strip()).strip() for q in _MARKS.split(answer)]
    return [q for q in quotes if q]


def point(question: str, asked_before: str, answer: str) -> tuple[str, str] | None:
    """The words that point at a place in the answer's list, and what stands there.

    >>> point("What does the second camp want?", "Which camps are there?", "- Owls. Early.[1]\\n- Larks. Late.[2]")
    ('the second camp', 'Larks')
    """
    match = _ORDINAL.search(question)
    if match is None:
        return None
    row, place = items(answer), _PLACES[match["place"].lower()]
    noun = (match["noun"] or "").lower()
    pointing = match.group()
    if noun in _VERBS or noun in STOPWORDS:
        pointing = pointing.removesuffix(match["noun"]).strip()
    elif noun and noun not in _ITEMS and stem(noun) not in {stem(w) for w in words(f"{asked_before} {plain(answer)}")}:
        return None
    if len(row) < 2 or place >= len(row):
        return None
    whole = noun == "point" or not re.match(r"[^.:;,]{3,60}[.:;]\s", row[place])
    text = " ".join(row[place].split()[:_LONGEST_POINT]) if whole else re.split(r"[.:;]\s", row[place])[0]
    return pointing, text.rstrip(" .;,:")


def pointed(question: str, asked_before: str, answer: str) -> tuple[str, str] | None:
    """A thing that only the answer named, as the question points at it, and its full name there.

    >>> pointed("Who leads this brigade?", "Whose depots were hit?", "The depots of the 9th brigade burned.[1]")
    ('this brigade', '9th brigade')
    """
    text = plain(answer)
    known = {stem(w) for w in words(asked_before)}
    for match in _POINTED.finditer(question):
        noun = match["noun"].lower()
        if match["noun"] != noun or noun in _OF_SOURCES or noun in STOPWORDS or stem(noun) in known:
            continue
        titled = match["by"].lower() == "the"  # "the general" may be General Faul, "the act" any act
        found = [n for n in _named(noun, text, any_name=not titled) if not titled or n.lower().startswith(noun)]
        if len(found) == 1:
            return match.group(), found[0]
    return None


def _named(noun: str, text: str, *, any_name: bool) -> list[str]:
    """The names with a noun in them, each once: ``General Joel Faul``, ``Law 40``, ``45th brigade``."""
    proper = r"(?:[A-Z][\w'’-]+|\d[\w/-]*)"
    own = rf"(?i:\b{re.escape(noun)}\b)"
    named = rf"(?:{proper}\s+)*{own}(?:\s+(?:No\.?\s+)?{proper})*"
    found = {m.group() for m in re.finditer(named, text) if _is_name(m.group(), noun)}
    if not found and any_name:
        found = {m.group() for m in re.finditer(rf"\b(?!(?:an?|the|of|this|that)\b)[a-z-]+\s+{own}", text)}
    return sorted(found)


def _is_name(phrase: str, noun: str) -> bool:
    others = [w for w in phrase.split() if w.lower() != noun]
    return any(w[0].isupper() or w[0].isdigit() for w in others) and not all(w.lower() in STOPWORDS for w in others)


def person(asked_before: str, answer: str) -> str | None:
    """Whom the answer to a who-question names.

    >>> person("Who met the minister?", "On 3 May the mayor, Ada Brandt, met the minister.[1]")
    'Ada Brandt'
    """
    if not _WHO.match(asked_before) or _WHO_IS.match(asked_before):
        return None
    known = set(words(asked_before))
    for name in names_in(plain(answer)):
        row = words(name)
        if len(row) > 1 and not known & set(row) and not _NOT_A_PERSON & set(row) and not DATES & set(row):
            return name
    return None


def substance(text: str, empty: frozenset[str]) -> list[str]:
    """The words of a question that say what it is about."""
    return [w for w in content_words(text) if w not in OPENERS and w not in empty]


def is_date(name: str) -> bool:
    """Whether a capitalised word is but a month or a weekday."""
    return all(w in DATES or w.isdigit() for w in words(name))


def told(answer: str, most: int) -> str:
    """The beginning of what the answer says, at most so many words."""
    row: Sequence[str] = items(answer)
    return " ".join(row[0].split()[:most]).rstrip(" .;,:") if row else ""
