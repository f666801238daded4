"""A sentence as a source says it, and whether two sentences can speak of one thing.

Everything here is deterministic and reads words alone: the keys of :mod:`rag.support.tokens` (stems,
synonyms fallen together), names that forgive transliteration, explicit years.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from functools import lru_cache

from rag.support.lexicon import CANONICAL
from rag.support.names import MONTHS, name_known, name_tokens
from rag.support.polarity import exclusives
from rag.support.tokens import Token, analyse, key


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence with what a reader of the page knows besides.

    ``before`` is the sentence before it (what a pronoun may stand for), ``heading`` its section and title,
    ``published`` the source's ISO date of any precision, ``speaker`` its publisher and authors: that a source
    names itself ("the board counts …") tells nothing of what it counts.
    """

    text: str
    before: str = ""
    heading: str = ""
    published: str | None = None
    speaker: str = ""

    @property
    def known(self) -> str:
        """The sentence with all its context, for looking names up."""
        return f"{self.text} \n{self.before} \n{self.heading}"


def keys_of(words: str) -> frozenset[str]:
    """Canonical stems of a list of words."""
    return frozenset(key(w) for w in words.split())


GENERIC = keys_of(
    """number total count estimate put say figure year month day week recent final today current about
    people thing one two first second third other another main great most new still keep would could should
    must may might will make become bring include report record list tell long run come go give refer
    have hold take reach be there strength size level part only alone almost nearly least many more less fewer united
    january february march april may june july august september october november december spring summer
    autumn winter according yearbook case time half quarter per cent percent since until between"""
)
"""Keys that name no subject."""

_CALENDAR = frozenset(MONTHS) | frozenset("spring summer autumn winter early late mid".split())
_ASIDE_RIVALS = keys_of("first second third quarter half fifth tenth month year week day early late direct indirect")
_CONNECTIVE = re.compile(r"^(?:however|but|yet|therefore|thus|hence|nevertheless|moreover|so|still)\b", re.IGNORECASE)
_PRONOUN = re.compile(r"^(?:it|they|he|she|this|these|its|their|his|her)\b|\b(?:its|their)\b", re.IGNORECASE)
_EARLY = re.compile(
    r"^(?:(?:\S+\s+){0,3}(?:it|they|he|she|these|its|their|his|her)\b|(?:this|that|those|such)\b)", re.IGNORECASE
)
_HERE = re.compile(r"\bbelongs? here\b", re.IGNORECASE)
_BARE = re.compile(r"^(?:it(?! (?:is|was|seems|appears) (?:\w+ ){1,3}that\b)|they|he|she|this|these)\b", re.IGNORECASE)
_YEAR = re.compile(r"(?<![\w$€£.,/])(?:1[89]|20)\d{2}(?![\w%]|[.,]\d)")
_THIS_YEAR = re.compile(r"\bthis year\b", re.IGNORECASE)


@lru_cache(maxsize=8192)
def content(text: str) -> frozenset[str]:
    """Keys of the words that name something: no numbers, no calendar, nothing generic."""
    return frozenset(nation(t) for t in analyse(text).tokens if telling(t))


_UNITED = frozenset({"United", "States", "Nations", "Kingdom", "Emirates"})
_DEMONYM = re.compile(r"(?<=[a-z]{3})(?:ians?|ia|is?|ish|istan)$")


def nation(token: Token) -> str:
    """The key of a token; a country, its people and its adjective fall together (Iraq, Iraqi, Iraqis)."""
    if token.raw in _UNITED:
        return token.word
    if token.word in CANONICAL:
        return token.key
    if token.raw[:1].isupper() and len(token.word) > 4 and not token.raw.isupper():
        return _DEMONYM.sub("", token.word) if _DEMONYM.search(token.word) and token.key != "us" else token.key
    return token.key


def telling(token: Token) -> bool:
    """Whether a token names something."""
    return token.content and not token.word[0].isdigit() and token.word not in _CALENDAR and token.key not in GENERIC


def topic(said: Said) -> frozenset[str]:
    """Keys of the sentence; where a pronoun stands for something, of the sentence before it as well."""
    own = content(said.text)
    leans = _PRONOUN.search(said.text) or _CONNECTIVE.match(said.text)
    return own | content(said.before) if leans else own


def leans(said: Said) -> bool:
    """Whether a reader needs the sentence before: a pronoun among the first words, or ``belongs here``."""
    return bool(said.before) and bool(_EARLY.match(said.text) or _HERE.search(said.text))


def unresolved(said: Said) -> bool:
    """True when the sentence's subject is a pronoun and nothing says for what it stands."""
    return bool(_BARE.match(said.text)) and not said.before


_FRONTED = re.compile(r"^(?:in|on|at|by|from|between|during|since|until|across|for|as of|today)\b", re.IGNORECASE)
_PREDICATE = re.compile(r"^(?:has|have|had|is|are|was|were|counts?|employs?|holds?|runs?)\b", re.IGNORECASE)


@lru_cache(maxsize=8192)
def clause_around(text: str, at: int) -> str:
    """The clause that holds an offset, with a fronted "In May 2019, …" and, before a bare verb, its subject."""
    row = analyse(text).tokens
    here = next((t for t in reversed(row) if t.start <= at), None)
    if here is None or len(row) <= BRIEF:
        return text
    clauses: dict[int, list[Token]] = {}
    for token in row:
        if token.sentence == here.sentence:
            clauses.setdefault(token.clause, []).append(token)
    own = clauses[here.clause]
    printed = {n: text[c[0].start : c[-1].end] for n, c in clauses.items()}
    first = min(clauses)
    lead = first != here.clause and (_FRONTED.match(printed[first]) or _PREDICATE.match(printed[here.clause]))
    body = text[own[0].start : own[-1].end]
    after = printed.get(here.clause + 1, "")
    return " , ".join(filter(None, [printed[first] if lead else "", body, after if _FRONTED.match(after) else ""]))


BRIEF = 16
"""Tokens up to which a sentence is taken whole."""


@lru_cache(maxsize=8192)
def names(text: str) -> tuple[Token, ...]:
    """Tokens of names, the calendar and generic words left out."""
    return tuple(t for t in name_tokens(analyse(text)) if telling(t) or _acronym(t))


def _acronym(token: Token) -> bool:
    return len(token.raw) > 1 and token.raw.isupper()


def strangers(text: str, other: Said, speaker: str = "") -> list[str]:
    """Names of a text that the other sentence and its context do not have, its own speaker's left out."""
    there = content(other.text) | content(speaker)
    row = [t for t in names(text) if nation(t) not in there]
    return [t.word for t in row if not name_known(t.word, other.known, acronym=_acronym(t))]


def other_names(a: Said, b: Said, mine: str = "", theirs: str = "") -> bool:
    """True when each (or a part of each) names somebody or some place that the other does not know."""
    return bool(strangers(mine or a.text, b, a.speaker)) and bool(strangers(theirs or b.text, a, b.speaker))


def contrasted(a: str, b: str, aside: frozenset[str] = frozenset()) -> bool:
    """True when one noun is qualified differently (``land reform``, ``tax reform``), or a word has its rival.

    ``aside``: keys that are no qualifiers here.
    """
    return qualified_apart(a, b, aside=aside) or rival_words(a, b)


def qualified_apart(
    a: str, b: str, nouns: frozenset[str] | None = None, aside: frozenset[str] = frozenset()
) -> bool:
    """True when the same noun (one of ``nouns``, where given) has another qualifier in each text."""
    mine, theirs = _qualified(a), _qualified(b)
    have, there = analyse(a).keys, analyse(b).keys
    for noun in mine.keys() & theirs.keys() & (nouns if nouns is not None else mine.keys()):
        one, other = mine[noun] - there - aside, theirs[noun] - have - aside
        if one and other and not mine[noun] & theirs[noun]:
            return True
    return False


@lru_cache(maxsize=8192)
def _qualified(text: str) -> dict[str, set[str]]:
    """Content words to the content word printed right before each."""
    found: dict[str, set[str]] = {}
    analysed = analyse(text)
    row = analysed.tokens
    for before, token in itertools.pairwise(row):
        joined = analysed.text[before.end : token.start] in {" ", "-", "’s ", "'s "}
        if joined and telling(token) and telling(before) and before.clause == token.clause:
            found.setdefault(token.key, set()).add(before.key)
    return found


_TURN = re.compile(r"\b(first|second|third|fourth|fifth|last|final|next|previous)\s+([a-z]+)", re.IGNORECASE)


def other_turn(a: str, b: str) -> bool:
    """True when the texts speak of the first and of another of one kind (``the last garrison``)."""
    mine, theirs = ({key(noun.lower()): turn.lower() for turn, noun in _TURN.findall(text)} for text in (a, b))
    return any(mine[noun] != theirs[noun] for noun in mine.keys() & theirs.keys())


_HARM = (keys_of("killed dead deaths"), keys_of("injured wounded hurt"))


def rival_words(a: str, b: str) -> bool:
    """True when each has one of two words of which only one can be meant (``exports``, ``imports``)."""
    mine, theirs = analyse(a).keys - _ASIDE_RIVALS, analyse(b).keys - _ASIDE_RIVALS
    only, there = mine - theirs, theirs - mine
    table = exclusives()
    if any(table.get(k, frozenset()) & there for k in only):
        return True
    return any(one & only and other & there for one, other in (_HARM, _HARM[::-1]))


def years(said: Said, part: str = "") -> frozenset[int]:
    """Years that the sentence (or a part of it) gives; ``this year`` is the year of the source."""
    text = part or said.text
    found = {int(y) for y in _YEAR.findall(text)}
    if _THIS_YEAR.search(text) and said.published:
        found.add(int(said.published[:4]))
    return frozenset(found)


def apart(a: Said, b: Said, one: str = "", other: str = "") -> int:
    """Years between what the two speak of: explicit years, else the dates of their sources; 0 unknown."""
    mine, theirs = years(a, one) or printed(a), years(b, other) or printed(b)
    if not mine or not theirs:
        return 0
    return min(abs(x - y) for x in mine for y in theirs)


def printed(said: Said) -> frozenset[int]:
    """The year of the source."""
    head = (said.published or "")[:4]
    return frozenset({int(head)}) if head.isdigit() else frozenset()


def places(text: str) -> frozenset[str]:
    """Names behind ``in``, ``across`` and the like, with what ``and`` joins to them."""
    analysed = analyse(text)
    named = {t.start for t in names(text)}
    found: set[str] = set()
    row = analysed.tokens
    for i, token in enumerate(row):
        if token.word not in {"in", "across", "inside", "within", "throughout"}:
            continue
        for after in row[i + 1 : i + 7]:
            if after.start in named:
                found.add(nation(after))
            elif after.word not in {"and", "the", "or"}:
                break
    return frozenset(found)
