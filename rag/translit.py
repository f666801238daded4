"""Names across scripts and spellings: do ``حمورابي`` and ``Hammurabi`` name the same?

Two levels, both for search only, never for quotes:

* :func:`skeleton` is a coarse key (consonant classes, article and vowels dropped) under which all
  usual spellings of a name meet; many different words meet there too.
* :func:`same_name` compares finely (which consonants may render which letter, where a long vowel
  stands) and says how sure it is; :data:`SAME` is the score from which two spellings count as one.

Method: consonants of both spellings are aligned one to one; each vowel that one spelling shows and
the other rules out costs a fixed penalty (the tables below); for two Latin spellings the rest is
blended with Jaro-Winkler similarity.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import JaroWinkler

from rag.text import is_arabic

SAME = 0.8
"""Score of :func:`same_name` from which two spellings count as one name."""

_SHORT = 0.87
"""Two consonants fit too many words: names that short need a score this high."""

# Fine consonant symbols.  Capitals are what Latin writes with two letters: G gh, T th, D dh, S sh;
# Z and Q are the emphatics ض and ظ, which Latin writes d, dh or z.
_ARABIC = {
    **dict.fromkeys("قكک", "k"), "خ": "x", "ج": "j", "غ": "G", "گ": "g", "ش": "S", "چ": "S",
    **dict.fromkeys("سص", "s"), "ث": "T", **dict.fromkeys("تط", "t"), "د": "d", "ض": "Z",
    "ذ": "D", "ظ": "Q", "ز": "z", "ژ": "j", **dict.fromkeys("حه", "h"), "ب": "b", "پ": "b",
    "ف": "f", "ڤ": "f", "ل": "l", "م": "m", "ن": "n", "ر": "r",
}  # fmt: skip
_ARABIC_VOWELS = {"ا": "A", "أ": "A", "إ": "A", "آ": "A", "ى": "A", "و": "U", "ي": "I", "ی": "I", "ع": "*"}
_DIGRAPHS = {
    "tch": "S", "sch": "S", "kh": "x", "gh": "G", "sh": "S", "ch": "S", "dh": "D", "th": "T",
    "dj": "j", "ph": "f", "ck": "k",
}  # fmt: skip
_LATIN = {
    **{c: c for c in "bdfghjklmnrstz"}, "c": "k", "q": "k", "p": "b", "v": "f", "x": "ks", "ç": "s",
}  # fmt: skip
_LATIN_VOWELS = {"a": "A", "e": "E", "i": "I", "y": "I", "o": "U", "u": "U", "w": "U"}
_LATIN_PIECE = re.compile("|".join((*_DIGRAPHS, ".")), re.DOTALL)

_COARSE = str.maketrans("TDzZQGg", "sddddjj")
# Which symbols may render each other, beside equal ones.
_RENDERS = {
    frozenset(pair)
    for pair in ("jg", "Gg", "Ts", "Tt", "Dz", "Dd", "Zd", "ZD", "Zz", "QD", "Qz", "Qd", "ZQ")
}

_ARTICLE = re.compile(
    r"^(?:(?:al|el|ul|il|as|ash|ad|adh|an|ar|at|ath|az)-(?=\w{2})|(?:al|el)\s+(?=\w))", re.IGNORECASE
)
_JOINED_ARTICLE = re.compile(r"^(?:[Aa]l|[Ee]l)(?=[A-Z])")
_ABD = re.compile(r"\babd(?:[uae]l)?[\s-]+(?:(?:al|el|ul|ar|as|ash|an)-?\s*)?(?=\w)|\babd[uae]l(?=\w{3})")
_ABD_ARABIC = re.compile(r"\bعبد\s*ال(?=\w{2})|\bعبد\s+(?=\w{2})")
_RADICAL_AL = frozenset({"الياس", "الهام", "الكسندر", "الفريد", "البرت", "المانيا", "البانيا", "الباني"})
_MARKS = re.compile(r"[\u064b-\u065f\u0670\u0640'’‘ʼʻ`´ʿʾ]")


@dataclass(frozen=True, slots=True)
class _Name:
    """A spelling taken apart: consonant symbols and the vowels before, between and after them.

    ``slots`` has one entry more than ``consonants``; an entry is a string of A, E, I, U (which vowel
    letters stand there) and ``*`` (ʿayn or hamza: any vowel may).
    """

    consonants: str
    slots: tuple[str, ...]
    arabic: bool


def skeleton(word: str) -> str:
    """Consonant classes of a name, shared by its Arabic script and Latin spellings.

    Classes merge what transliterations mix up (d, dh, z, ض, ظ, ذ; g, gh, j, ج, غ; s, th, ص, ث; k, q, c);
    vowels, ʿayn, hamza, a final h and the article are dropped.  A key for looking up candidates:
    confirm them with :func:`same_name`.

    >>> skeleton("الغنيمي"), skeleton("al-Ghoneimi"), skeleton("حمورابي"), skeleton("Hammurabi")
    ('jnm', 'jnm', 'hmrb', 'hmrb')
    """
    return "".join(_parse(part).consonants for part in _parts(word)).translate(_COARSE)


def same_name(a: str, b: str) -> float:
    """How likely two spellings write one name, 0 to 1; :data:`SAME` and above counts as the same.

    Works between Arabic and Latin script and within Latin; names of several words are compared word
    by word (the least sure word decides), or run together when their numbers differ.
    """
    first, second = _parts(a), _parts(b)
    if not first or not second:
        return 0.0
    if first == second:
        return 1.0
    if len(first) != len(second):
        return _same_word("".join(first), "".join(second))
    return min(_same_word(x, y) for x, y in zip(first, second, strict=True))


@lru_cache(maxsize=65536)
def _parts(name: str) -> tuple[str, ...]:
    """The words of a name without articles and marks; ``Abd al-X`` and ``Abdul X`` are one word."""
    text = _MARKS.sub("", _plain(name.strip()))
    if is_arabic(text):
        text = _ABD_ARABIC.sub("عبد", text).replace("لله", "له")
        return tuple(_without_arabic_article(w) for w in re.findall(r"\w+", text))
    text = _ABD.sub("abd", _JOINED_ARTICLE.sub("", text).lower())
    return tuple(_latin_words(text))


def _plain(text: str) -> str:
    """Latin letters lose their accents; Arabic letters keep their hamza, which NFD would detach."""
    if is_arabic(text):
        return unicodedata.normalize("NFKC", text)
    decomposed = unicodedata.normalize("NFD", text.replace("ı", "i"))
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def _latin_words(text: str) -> Iterator[str]:
    for chunk in text.split():
        bare = _ARTICLE.sub("", chunk)
        if bare in ("al", "el"):
            continue
        yield from re.findall(r"[^\W\d_]+", _ARTICLE.sub("", bare))


def _without_arabic_article(word: str) -> str:
    folded = word.translate(str.maketrans("أإآ", "ااا"))
    if folded.startswith("ال") and len(word) >= 4 and folded not in _RADICAL_AL:
        return word[2:]
    return word


@lru_cache(maxsize=65536)
def _parse(word: str) -> _Name:
    return _parse_arabic(word) if is_arabic(word) else _parse_latin(word)


def _parse_arabic(word: str) -> _Name:
    consonants, slots = "", [""]
    for at, char in enumerate(word):
        final = at == len(word) - 1
        if at == 0 and char in "يیو":
            consonants += "w" if char == "و" else "y"
            slots.append("")
        elif char == "ة" or (char == "ه" and final and at):
            slots[-1] += "E"
        elif char == "ح" and final and at:
            slots[-1] += "*"
        elif char in _ARABIC:
            consonants += _ARABIC[char]
            slots.append("")
        else:
            slots[-1] += _ARABIC_VOWELS.get(char, "*")
    return _Name(consonants, tuple(slots), True)


def _parse_latin(word: str) -> _Name:
    if re.match(r"ou[aei]", word):
        word = "w" + word[2:]  # French: Ouali for Wali
    consonants, slots = "", [""]
    for match in _LATIN_PIECE.finditer(word):
        piece, end = match.group(), match.end()
        if match.start() == 0 and piece in "yw" and word[end : end + 1] in tuple("aeiou"):
            symbol = piece
        elif piece == "c" and word[end : end + 1] in tuple("eiy"):
            symbol = "s"
        else:
            symbol = _DIGRAPHS.get(piece) or _LATIN.get(piece, "")
        if piece == "h" and end == len(word) and slots[-1]:
            continue  # Saleh, Hamzah: the Arabic may end in ح, ه or ة, or in none of them
        if not symbol:
            slots[-1] += _LATIN_VOWELS.get(piece, "")
        elif not (consonants.endswith(symbol) and not slots[-1]):
            consonants += symbol
            slots.extend([""] * len(symbol))
    return _Name(consonants, tuple(slots), False)


@lru_cache(maxsize=65536)
def _same_word(a: str, b: str) -> float:
    if a == b:
        return 1.0
    first, second = _parse(a), _parse(b)
    if len(first.consonants) != len(second.consonants) or len(first.consonants) < 2:
        return 0.0
    if first.arabic and second.arabic:
        return 1.0 if (first.consonants, first.slots) == (second.consonants, second.slots) else 0.0
    if not all(_renders(x, y) for x, y in zip(first.consonants, second.consonants, strict=True)):
        return 0.0
    score = max(0.0, 1.0 - sum(_slot_penalties(first, second)))
    if not first.arabic and not second.arabic:
        score = 0.75 * score + 0.25 * JaroWinkler.normalized_similarity(a, b)
    if len(first.consonants) == 2 and score < _SHORT:
        return 0.0
    return round(score, 3)


def _renders(x: str, y: str) -> bool:
    return x == y or frozenset((x, y)) in _RENDERS


def _slot_penalties(a: _Name, b: _Name) -> Iterator[float]:
    last = len(a.slots) - 1
    for at, (x, y) in enumerate(zip(a.slots, b.slots, strict=True)):
        if at == 0:
            yield _lead_penalty(a, b)
        elif a.arabic != b.arabic:
            arabic, latin = (x, y) if a.arabic else (y, x)
            yield _mixed_penalty(arabic, latin, first=at == 1, final=at == last)
        else:
            yield _latin_penalty(x, y, final=at == last)


def _lead_penalty(a: _Name, b: _Name) -> float:
    """A vowel (or ʿayn, alef) before the first consonant stands in both spellings or in none."""
    x, y = a.slots[0], b.slots[0]
    if bool(x) != bool(y):
        return 0.3
    if a.arabic or b.arabic:
        return 0.0
    return _latin_penalty(x, y, final=False)


def _mixed_penalty(arabic: str, latin: str, *, first: bool, final: bool) -> float:
    """Arabic writes long vowels only: each must show in Latin, and a Latin long vowel in Arabic."""
    shown = {"U": "U", "I": "IE", "A": "AE", "E": "AE"}
    cost = 0.0
    for letter in set(arabic) - {"*"}:
        if not any(v in latin for v in shown[letter]):
            cost += 0.15 if final and latin == "A" else 0.25
    if latin == "E" and not final and arabic in ("I", "A"):
        cost += 0.21  # خميني is Khomeini rather than Khamenei, سنجار is no singer
    if "A*" in arabic and not final and (len(latin) < 2 or "U" in latin):
        cost += 0.25  # كتائب has two syllables there, Kitab one; الساعدي is not Saudi
    if "*" in arabic or arabic == "E":
        return cost
    if final and latin and not arabic:
        return cost + 0.25
    long_latin = len(latin) > 1 and len(set(latin) & set("IU")) > 0
    if long_latin and not set(arabic) & set("IU"):
        cost += 0.1 if first and set(latin) == {"U"} else 0.25
    return cost


_VOWEL_COST = {
    frozenset("AE"): 0.05, frozenset("EI"): 0.05, frozenset("EU"): 0.15, frozenset("AI"): 0.25,
    frozenset("AU"): 0.35, frozenset("IU"): 0.35,
}  # fmt: skip


def _latin_penalty(x: str, y: str, *, final: bool) -> float:
    """What two Latin vowel groups in one place cost: 0 equal; up to 0.35 for ``a`` against ``u``."""
    first, second = set(x), set(y)
    if first == second:
        return 0.0
    if not first or not second:
        present = first or second
        if final:
            return 0.3
        return 0.25 if len(present) > 1 else 0.1 if present == {"U"} else 0.05
    if first & second:
        return 0.05 * len(first ^ second)
    return min(_VOWEL_COST[frozenset((p, q))] for p in first for q in second)
