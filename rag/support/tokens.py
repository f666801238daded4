"""A statement or quote as tokens with stems, clauses and marker phrases: what every rule reads.

Folding and stemming come from :mod:`rag.text`; this module adds clause numbers, canonical keys
(stems mapped through the synonym table) and the search for marker phrases.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from rag import text as rt
from rag.support import lexicon

_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹٪", "01234567890123456789%")
_CLAUSE_MARK = re.compile(r"[,;:()—–،؛]|\s-\s")
_SENTENCE_MARK = re.compile(r"[.!?؟…\n]")


@dataclass(frozen=True, slots=True)
class Token:
    """One word: ``word`` folded, ``key`` its canonical stem, ``raw`` as printed, its clause number."""

    word: str
    key: str
    raw: str
    start: int
    end: int
    clause: int
    sentence: int
    content: bool


@dataclass(frozen=True, slots=True)
class Analysed:
    """A text with its tokens; ``keys`` are the canonical stems of its content words."""

    text: str
    tokens: tuple[Token, ...]
    keys: frozenset[str]
    language: str


@dataclass(frozen=True, slots=True)
class Found:
    """A marker phrase: token span ``[start, end)`` and the value the table gives it."""

    start: int
    end: int
    value: str
    phrase: str


@lru_cache(maxsize=8192)
def analyse(text: str) -> Analysed:
    """Tokens of a text (cached: quotes and statements are looked at by many rules)."""
    latin = text.translate(_DIGITS)
    language = language_of(latin)
    tokens: list[Token] = []
    clause = sentence = 0
    last = 0
    spans = rt.word_spans(latin)
    for number, (word, start, end) in enumerate(spans):
        gap = latin[last:start]
        if tokens and _SENTENCE_MARK.search(gap) and not _inside_name(latin, tokens[-1], start):
            sentence += 1
            clause += 1
        elif tokens and (_CLAUSE_MARK.search(gap) or word in lexicon.CLAUSE_WORDS):
            clause += 1
        del number
        content = word not in rt.STOPWORDS and word not in lexicon.LIGHT and len(word) > 1
        joined = start > 0 and latin[start - 1] == "-"  # "Iran-backed" backs nothing in its sentence
        canonical = rt.stem(word, language) if joined else key(word, language)
        if tokens and (tokens[-1].word, word) in lexicon.PHRASES:
            verb = key(lexicon.PHRASES[tokens[-1].word, word], language)
            tokens[-1] = replace(tokens[-1], key=verb, content=True)
            canonical, content = word, False
        tokens.append(Token(word, canonical, latin[start:end], start, end, clause, sentence, content))
        last = end
    keys = frozenset(t.key for t in tokens if t.content)
    return Analysed(text, tuple(tokens), keys, language)


def _inside_name(text: str, before: Token, start: int) -> bool:
    """``Dr. Saad``, ``No. 40``, ``J. Smith``: the stop does not end a sentence."""
    return (
        text[before.end : start].strip() == "."
        and "\n" not in text[before.end : start]
        and (before.word in lexicon.ABBREVIATIONS or len(before.word) == 1)
    )


@lru_cache(maxsize=65536)
def key(word: str, language: str = "en") -> str:
    """The canonical stem of a folded word: synonyms and word forms fall together."""
    if word in lexicon.CANONICAL:
        return lexicon.CANONICAL[word]
    stem = rt.stem(word, language)
    return lexicon.canonical_stems().get(stem, stem)


@lru_cache(maxsize=4096)
def language_of(text: str) -> str:
    """``ar``, ``fr`` or ``en``, by script and function words."""
    if rt.is_arabic(text):
        latin = sum(c.isascii() and c.isalpha() for c in text)
        return "ar" if len(re.findall(r"[\u0600-\u06ff]", text)) > latin else "en"
    seen = re.findall(r"[a-zàâçéèêëîïôùûü]+", text.lower())
    french = sum(w in lexicon.FRENCH for w in seen)
    english = sum(w in lexicon.ENGLISH for w in seen)
    return "fr" if french > english else "en"


Table = Mapping[str, tuple[tuple[tuple[str, ...], str], ...]]


def table(entries: Mapping[str, str]) -> Table:
    """Phrases by their first word, longest first; ``*`` at a word's end matches any ending.

    Keys are folded like the tokens they are compared with.
    """
    by_first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for phrase, value in entries.items():
        parts = tuple(_fold_pattern(p) for p in phrase.split())
        first = "*" if parts[0].endswith("*") else parts[0]
        by_first.setdefault(first, []).append((parts, value))
    return {first: tuple(sorted(rows, key=lambda row: -len(row[0]))) for first, rows in by_first.items()}


def _fold_pattern(word: str) -> str:
    star = word.endswith("*")
    folded = "".join(rt.words(word.rstrip("*"))) or word.rstrip("*")
    return folded + ("*" if star else "")


def find(tokens: Iterable[Token], markers: Table) -> list[Found]:
    """All marker phrases in order; overlapping ones give way to the longest that starts first."""
    row = tuple(tokens)
    found: list[Found] = []
    index = 0
    anywhere = markers.get("*", ())
    while index < len(row):
        best: tuple[int, str] | None = None
        for parts, value in markers.get(row[index].word, ()) + anywhere:
            if (best is None or len(parts) > best[0]) and _matches(row, index, parts):
                best = (len(parts), value)
        if best is None:
            index += 1
            continue
        phrase = " ".join(t.raw for t in row[index : index + best[0]])
        found.append(Found(index, index + best[0], best[1], phrase))
        index += best[0]
    return found


def _matches(row: tuple[Token, ...], index: int, parts: tuple[str, ...]) -> bool:
    if index + len(parts) > len(row):
        return False
    return all(
        row[index + i].word.startswith(part[:-1]) if part.endswith("*") else row[index + i].word == part
        for i, part in enumerate(parts)
    )


def window(tokens: tuple[Token, ...], at: int, before: int, after: int) -> list[Token]:
    """Tokens around an index within the same sentence, the index itself left out."""
    here = tokens[at].sentence
    near = tokens[max(0, at - before) : at] + tokens[at + 1 : at + 1 + after]
    return [t for t in near if t.sentence == here]
