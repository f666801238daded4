"""What the library's own words are: how rare each is, and which of them a misspelt or
differently transliterated question word means.

Built once per library generation from the passages; search only, quotes never see it.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from rag.text import STOPWORDS, is_arabic, stem, word_spans
from rag.translit import SAME, same_name, skeleton

MIN_SKELETON = 2
"""Shortest consonant skeleton that may identify a name; one consonant fits too many words."""

NAME_SHARE = 0.6
"""Share of capitalised occurrences from which a word of the texts counts as a name."""


@dataclass(frozen=True, slots=True)
class Variant:
    """A library word that a question word may mean, with how sure that is (0-1)."""

    word: str
    weight: float


class Lexicon:
    """Document frequencies of stems, and the vocabulary of surface words.

    Args:
        passages: ``(text, language)`` of every passage.
    """

    def __init__(self, passages: Iterable[tuple[str, str | None]]) -> None:
        self._stems: Counter[str] = Counter()
        self._words: Counter[str] = Counter()
        self._size = 0
        capitals: Counter[str] = Counter()
        times: Counter[str] = Counter()
        for text, language in passages:
            spans = word_spans(text)
            found = [word for word, _, _ in spans]
            times.update(found)
            capitals.update(word for word, start, _ in spans if text[start].isupper())
            self._size += 1
            self._words.update(set(found))
            self._stems.update({stem(w, language or "en") for w in found})
        self._alphabetic = [w for w in self._words if w[0].isalpha() and len(w) > 3]
        self._skeletons: dict[str, list[str]] = defaultdict(list)
        self._names = [
            w for w in self._alphabetic if is_arabic(w) or capitals[w] >= NAME_SHARE * times[w]
        ]
        for word in self._names:  # everyday words are not spelt in many ways
            key = skeleton(word)
            if len(key) >= MIN_SKELETON:
                self._skeletons[key].append(word)
        self._is_name = frozenset(self._names)
        self.variants = lru_cache(maxsize=4096)(self._variants)

    @property
    def vocabulary(self) -> Collection[str]:
        """The folded words of the texts, as they are spelt there."""
        return self._words.keys()

    @property
    def passages(self) -> int:
        """How many passages the figures rest on."""
        return self._size

    def idf(self, stemmed: str) -> float:
        """Inverse document frequency, BM25's: ``ln(1 + (N - n + 0.5) / (n + 0.5))``."""
        n = self._stems.get(stemmed, 0)
        return math.log(1 + (self._size - n + 0.5) / (n + 0.5))

    def count(self, stemmed: str) -> int:
        """How many passages have the stem."""
        return self._stems.get(stemmed, 0)

    def known(self, stemmed: str) -> bool:
        """True when a passage has the stem."""
        return stemmed in self._stems

    def cased(self, text: str) -> str:
        """A text typed without capitals, with one on each word that the library writes so; any other as it is."""
        if any(c.isupper() for c in text):
            return text
        out, last = [], 0
        for word, start, _ in word_spans(text):
            if word in self._is_name and word not in STOPWORDS:
                out += [text[last:start], text[start].upper()]
                last = start + 1
        return "".join(out) + text[last:]

    def _variants(self, word: str, name: bool = False) -> tuple[Variant, ...]:
        """Library words that an unknown question word may mean, best first, at most four.

        With ``name`` (the question writes it with a capital) only names come into question.

        A typo is one or two edits away (``goverment``, ``hospitels``); a transliteration shares the
        consonant skeleton (``Sulaimani`` and ``Soleimani``, ``حمورابي`` and ``Hammurabi``).
        """
        if len(word) < 4 or word[0].isdigit() or word in STOPWORDS:
            return ()
        found: dict[str, float] = {}
        key = skeleton(word)
        if len(key) >= MIN_SKELETON:
            for other in self._skeletons.get(key, ()):
                alike = same_name(word, other) if other != word else 0.0
                if alike >= SAME:
                    found[other] = max(found.get(other, 0.0), 0.95 * alike)
        if not is_arabic(word) and word not in self._words:
            limit = 1 if len(word) < 6 else 2
            for other, distance, _ in process.extract(
                word,
                self._names if name else self._alphabetic,
                scorer=DamerauLevenshtein.distance,
                score_cutoff=limit,
                limit=4,
            ):
                if other[0] == word[0]:
                    found[other] = max(found.get(other, 0.0), 0.95 - 0.15 * distance)
        ranked = sorted(found.items(), key=lambda item: (-item[1], item[0]))[:4]
        return tuple(Variant(w, round(min(weight, 0.95), 3)) for w, weight in ranked)
