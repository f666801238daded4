"""Text: folding, words, stems, sentences, numbers.  Pure; shared by index, writer and verifier.

Two different foldings live here, and they are not to be mixed up:

* :func:`fold` is the *declared normalisation* under which a quote may be matched to the stored text
  (quote marks, dashes, white space, case stay readable); it keeps an offset map, so that a match is
  snapped back to the stored characters.
* :func:`terms` is for search only (case, accents, Arabic letter forms, stems); quotes never see it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

import Stemmer

# --------------------------------------------------------------------------- folding for quotes

_QUOTES = dict.fromkeys(map(ord, "‘’‚‛′´`ʼʻ＇"), "'") | dict.fromkeys(map(ord, "“”„‟″«»＂"), '"')
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹘﹣－"), "-")
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u061c"), "")
_FOLD = _QUOTES | _DASHES | _INVISIBLE | {ord("…"): "..."}


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text and, for each of its characters, the offset of the character it came from.

    ``starts`` has one entry more than ``text``: the length of the original.
    """

    text: str
    starts: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Original offsets of the folded span ``[start, end)``."""
        return self.starts[start], (self.starts[end - 1] + 1 if end > start else self.starts[start])


def fold(text: str) -> Folded:
    """The declared normalisation: quotes, dashes, ligatures, white space and case are evened out."""
    out: list[str] = []
    starts: list[int] = []
    blank = False
    for offset, char in enumerate(text):
        for piece in _fold_char(char):
            if piece == " ":
                if blank or not out:
                    continue
                blank = True
            else:
                blank = False
            out.append(piece)
            starts.append(offset)
    if out and out[-1] == " ":
        out.pop()
        starts.pop()
    starts.append(len(text))
    return Folded("".join(out), tuple(starts))


@lru_cache(maxsize=4096)
def _fold_char(char: str) -> str:
    if char.isspace():
        return " "
    folded = char.translate(_FOLD)
    if folded == char and ord(char) > 127:
        folded = unicodedata.normalize("NFKC", char).translate(_FOLD)
    lowered = folded.lower()
    return " " if lowered.isspace() else lowered


def find_folded(haystack: Folded, needle: str, start: int = 0) -> tuple[int, int] | None:
    """Original offsets of ``needle`` in a folded text, or None."""
    wanted = fold(needle).text
    if not wanted:
        return None
    at = haystack.text.find(wanted, start)
    return None if at < 0 else haystack.span(at, at + len(wanted))


# --------------------------------------------------------------------------- words and stems

_LETTERS = r"[^\W\d_](?:[^\W\d_]|[\u0300-\u036f\u064b-\u065f\u0670])*"  # with accents and vowel signs of their own
_WORD = re.compile(rf"\d+(?:[.,:/]\d+)*|{_LETTERS}(?:['’ʼ]{_LETTERS})*(?:\d+)?", re.UNICODE)
_ARABIC = re.compile(r"[\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff]")
_ARABIC_MARKS = re.compile(r"[\u064b-\u065f\u0670\u0640]")
_ARABIC_LETTERS = str.maketrans("أإآٱىةؤئ", "ااااىهوي") | {ord("ى"): "ي"}
_ELISION = re.compile(r"\b(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu)['’](?=[aeiouyhàâéèêëîïôùûœ])", re.IGNORECASE)  # l'Irak
_ACRONYM_DOTS = re.compile(r"\b(?:[A-Za-z]\.){2,}")

STOPWORDS = frozenset(
    """a about above after again against all also am an and any are aren't as at be because been before
    being below between both but by can cannot could couldn't did didn't do does doesn't doing don't down
    during each either else ever every few for from further had hadn't has hasn't have haven't having he
    her here hers herself him himself his how however i if in into is isn't it its itself just let me more
    most my myself no nor not now of off on once only or other our ours ourselves out over own per please
    same shall she should so some such than that the their theirs them themselves then there these they
    this those through to too under until up upon us very was wasn't we were weren't what when where
    whether which while who whom whose why will with won't would you your yours yourself yourselves
    tell give say says said according does explain describe list
    في من على إلى الى عن مع هذا هذه ذلك تلك التي الذي ما ماذا هل كم كيف لماذا متى أين اين و أو او ثم قد
    كان كانت هو هي هم أن ان إن لا لم لن بين كل بعد قبل عند
    le la les un une des du de et ou où que qui quoi dans en sur pour par avec au aux est sont ce ces cette
    il elle ils elles ne pas se sa son ses leur leurs quel quelle quels quelles comment pourquoi quand""".split()
)


def is_arabic(text: str) -> bool:
    """True when the text has Arabic letters."""
    return bool(_ARABIC.search(text))


def fold_arabic(word: str) -> str:
    """Evens out alef, ya, ta marbuta and hamza forms; drops diacritics and tatweel.  Search only."""
    return _ARABIC_MARKS.sub("", word).translate(_ARABIC_LETTERS)


def words(text: str) -> list[str]:
    """Case-folded words and numbers in order; ``U.S.`` and ``US`` are the word ``usa``."""
    return list(_words(text)) if len(text) <= _KEPT_LENGTH else [w for w, _, _ in word_spans(text)]


_KEPT_LENGTH = 1000
"""Sentences and titles, of which the same ones answer many questions, are cut into words once."""


@lru_cache(maxsize=32768)
def _words(text: str) -> tuple[str, ...]:
    return tuple(w for w, _, _ in word_spans(text))


def word_spans(text: str) -> list[tuple[str, int, int]]:
    """``(folded word, start, end)``; numbers lose their thousands separators (``5,000`` → ``5000``)."""
    found: list[tuple[str, int, int]] = []
    position = 0
    for match in _ACRONYM_DOTS.finditer(text):
        found.extend(_plain_words(text, position, match.start()))
        found.append((_acronym(match.group().replace(".", "")), match.start(), match.end()))
        position = match.end()
    found.extend(_plain_words(text, position, len(text)))
    return found


def _plain_words(text: str, start: int, end: int) -> Iterator[tuple[str, int, int]]:
    for match in _WORD.finditer(text, start, end):
        word = match.group()
        if word[0].isdigit():
            word = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", word)
        folded = _acronym(word) if word in ("US", "USA") else _fold_word(word)
        if folded:  # nothing is left of a lone lengthening stroke
            yield folded, match.start(), match.end()


def _acronym(letters: str) -> str:
    """``U.S.``, ``US`` and ``USA`` are one word, and not the pronoun ``us``."""
    return "usa" if letters.upper() in ("US", "USA") else letters.casefold()


@lru_cache(maxsize=65536)
def _fold_word(word: str) -> str:
    folded = unicodedata.normalize("NFKC", word).casefold().translate(_FOLD)
    if _ARABIC.search(folded):
        return fold_arabic(folded)
    if folded.endswith("'s"):
        folded = folded[:-2]
    decomposed = unicodedata.normalize("NFD", folded.replace("'", ""))
    return "".join(c for c in decomposed if not unicodedata.combining(c))


_STEMMERS: dict[str, Stemmer.Stemmer] = {}
_STEM_LANGUAGES = {"en": "english", "fr": "french", "ar": "arabic", "de": "german", "es": "spanish"}


@lru_cache(maxsize=131072)
def stem(word: str, language: str = "en") -> str:
    """The stem of one folded word.  Arabic script is always stemmed as Arabic."""
    if word[:1].isdigit():
        return word
    code = "ar" if _ARABIC.search(word) else language
    name = _STEM_LANGUAGES.get(code, "english")
    if name not in _STEMMERS:
        _STEMMERS[name] = Stemmer.Stemmer(name)
    stemmed: str = _STEMMERS[name].stemWord(word)
    while name == "french" and len(stemmed) > 3 and (again := _STEMMERS[name].stemWord(stemmed)) != stemmed:
        stemmed = again  # once is not enough: retraits → retrait, but retrait → retr
    return stemmed or word


def terms(text: str, language: str | None = "en") -> list[str]:
    """Search terms of a text in order: folded, stemmed; stop words included.  French elisions fall away."""
    if language == "fr":
        text = _ELISION.sub("", text)
    return [stem(w, language or "en") for w in words(text)]


def content_words(text: str) -> list[str]:
    """Folded words that are not stop words."""
    return [w for w in words(text) if w not in STOPWORDS]


def content_terms(text: str, language: str | None = "en") -> list[str]:
    """Stems of the words that carry meaning."""
    return [stem(w, language or "en") for w in content_words(text)]


# --------------------------------------------------------------------------- sentences

_ABBREVIATIONS = frozenset(
    """mr mrs ms dr prof gen col lt sgt capt maj brig adm amb rep sen gov hon rev st jr sr vs etc no nos
    vol fig figs eq p pp para ch sec ed eds al e.g i.e cf inc ltd co corp dept est approx u.s u.k u.n e.u
    a.m p.m jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun art arts ibid
    trans mme mlle env av d.c ph.d n.d janv févr avr juil déc chap c.-à-d n° د أ م ص أ.د""".split()
)
_WORDS_TOO = frozenset("no nos art arts sat sun fig figs mar".split())
"""Abbreviations before a figure only: ``no. 5``, but ``The answer was no.``"""
_BOUNDARY = re.compile(r"[.!?؟。…]+(?:[\"'”’»)\]]|[ \u00a0\u202f]»)*(?:[⁽¹²³⁰⁴-⁹⁾]+)?(?=\s+|$)|\n+")
_MARKER = re.compile(
    r"(?:[-–—•*▪●◦]\s+|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)]\s+|(?:[A-I]\.|\(?[A-Z]\))\s+(?![A-Z]\.))"
)
_LAST_WORD = re.compile(r"([^\s\"'“‘(\[]+)$")


def sentence_spans(text: str, offset: int = 0) -> list[tuple[int, int]]:
    """Spans of the sentences of a text, in order, trimmed of blanks and leading list markers.

    A line break always ends a sentence (cleaning has joined what belongs together).  Offsets are
    shifted by ``offset``, so a passage's sentences can be given in document offsets.
    """
    spans: list[tuple[int, int]] = []
    start = 0
    for match in _BOUNDARY.finditer(text):
        if match.group()[0] != "\n" and not _ends_sentence(text, start, match):
            continue
        end = match.start() if match.group()[0] == "\n" else match.end()
        _append_span(spans, text, start, end, offset)
        start = match.end()
    _append_span(spans, text, start, len(text), offset)
    return spans


def _append_span(
    spans: list[tuple[int, int]], text: str, start: int, end: int, offset: int
) -> None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    marker = _MARKER.match(text, start, end)
    if marker and (start == 0 or text[start - 1] == "\n") and marker.end() < end:
        start = marker.end()
    if start < end:
        spans.append((start + offset, end + offset))


_NO_BLANK = re.compile(r"\S")
_AHEAD = 60


def _ends_sentence(text: str, start: int, match: re.Match[str]) -> bool:
    begin = _NO_BLANK.search(text, match.end())
    following = text[begin.start() : begin.start() + _AHEAD] if begin else ""
    near = max(start, match.start() - _AHEAD)  # looking no further keeps a sentence without end affordable
    if match.group()[0] in "!?؟。":
        return not following[:1].islower()
    last = _LAST_WORD.search(text, near, match.start())
    word = last.group(1).lower() if last else ""
    if not following:
        return True
    if word in _WORDS_TOO and not following[:1].isdigit():
        return not following[:1].islower()
    if word in _ABBREVIATIONS or re.fullmatch(r"(?:[a-z]\.)*[a-z]", word):
        alone = near == start and not text[start : match.start()].strip(" \"“(").count(" ")
        return not alone and _starts_afresh(word, following)
    if near == start and word.isdigit() and len(word) <= 2 and text[start : match.start()].strip() == word:
        return False  # "1." at the beginning of a list item
    return not following[:1].islower()


_FRESH = re.compile(
    r"(?:The|This|These|That|Those|It|He|She|They|We|In|On|At|As|But|And|However|Although|While|If|"
    r"Iran|Iraq|There|Its|His|Their|A|An|After|Since|For|By|With|According)\b"
)


def _starts_afresh(abbreviation: str, following: str) -> bool:
    """``U.S. The …`` ends a sentence, ``Dr. Saad`` and ``Jan. 3`` do not."""
    ends = {"u.s", "u.k", "u.n", "e.u", "etc", "a.m", "p.m", "al", "inc", "co", "corp", "ltd", "ph.d", "d.c"}
    if abbreviation in ends or len(abbreviation) == 1:
        return bool(_FRESH.match(following))
    return False


# --------------------------------------------------------------------------- numbers

_NUMBER = re.compile(
    r"(?<!\w)(?<!\d\.)(?P<sign>[-−]?)(?P<body>\d{1,3}(?:[,\u00a0\u202f ]\d{3})+(?:\.\d+)?|\d+(?:[.,]\d+)?)"
    r"(?P<ordinal>st|nd|rd|th)?(?P<percent>\s?%)?",
)
_SCALES = {"thousand": 3, "million": 6, "billion": 9, "trillion": 12, "bn": 9, "m": 6, "k": 3}
"""Powers of ten."""
_SCALE = re.compile(r"\s*-?(thousand|million|billion|trillion|bn|m|k)\b", re.IGNORECASE)
_SPELT = {
    w: i
    for i, w in enumerate(
        """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
        sixteen seventeen eighteen nineteen""".split()
    )
} | {w: (i + 2) * 10 for i, w in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split())}
_ARABIC_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹٪٫٬", "01234567890123456789%.,")


def numbers(text: str) -> set[str]:
    """Canonical values of the numbers in a text: ``5,000`` and ``5000`` → ``5000``, ``7.2bn`` → ``7200000000``.

    Spelt numbers from two up count too (``three`` → ``3``); ``one`` does not, being a pronoun too often.
    """
    return set(_numbers(text))


@lru_cache(maxsize=32768)
def _numbers(text: str) -> frozenset[str]:
    latin = text.translate(_ARABIC_DIGITS)
    found = {_canonical(latin, match) for match in _NUMBER.finditer(latin)}
    for word in re.findall(r"[a-z]+(?:-[a-z]+)?", latin.lower()):
        value = _spelt(word)
        if value is not None and value != 1:
            found.add(str(value))
    return frozenset(found)


def _spelt(word: str) -> int | None:
    if word in _SPELT:
        return _SPELT[word]
    tens, _, unit = word.partition("-")
    if unit and _SPELT.get(tens, 0) >= 20 and 0 < _SPELT.get(unit, 0) < 10:
        return _SPELT[tens] + _SPELT[unit]
    return None


def _canonical(text: str, match: re.Match[str]) -> str:
    body = re.sub(r"[,\u00a0\u202f ](?=\d{3}(?!\d))", "", match["body"])
    value = Decimal(body.replace(",", "."))  # binary fractions would make 4.1 million 4099999.9999999995
    scale = _SCALE.match(text, match.end())
    if scale and not match["percent"]:
        value = value.scaleb(_SCALES[scale[1].lower()])
    return f"{value.normalize():f}"
