"""Which documents a question names: by publisher, author, title or id, in any common spelling.

The names come from the library's own catalogue.  A word names a source when it is distinctive there
(``Rasanah``, ``al-Hashimi``), and it is matched across typos, transliterations and scripts.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from rag.labels import plain_author
from rag.text import STOPWORDS, is_arabic, word_spans
from rag.translit import skeleton
from rag.types import DocumentInfo

_GENERIC = frozenset(
    """center centre institute institution council foundation university department ministry group policy
    studies study research strategic strategy international national planning journal paper papers report
    reports review society house press digest sample invented association network office programme program
    security defence defense affairs public global world iraq iraqi middle east eastern gulf
    dr prof mr mrs ms gen general al el abu ibn bin ben abd the of for and
    withdrawal coalition forces force military troops""".split()
)
_FUZZY = 84
"""Lowest rapidfuzz ratio of a name with a typo (``rasana``/``rasanah`` is 92, ``bayan``/``began`` 60)."""
WEAK = 0.5
"""Strength below which a word alone names nobody."""
_WITHIN = re.compile(r"[\s\-'’]*(?:(?:al|el|of|for|the|and|&)[\s\-'’]+)*", re.IGNORECASE)
_AROUND = re.compile(
    r"(?:\b(?:according to|per|in|from|by|of)\s+)?(?:\b(?:the|dr\.?|mr\.?|mrs\.?|prof\.?)\s+)*$", re.IGNORECASE
)
_AFTER = re.compile(
    r"^(?:['’]s)?(?:[ -](?:center|centre|institute|study|paper|article|report|piece|author|researcher|view|"
    r"version|think[ -]tank|digest|authors?))*(?:['’]s)?(?:\s+(?:says?|argues?|thinks?|sees?|foresees?|"
    r"expects?|places?|gives?|cites?|blames?|writes?))?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A name found in a question: its span and the documents it may mean."""

    start: int
    end: int
    documents: tuple[str, ...]
    strength: float


class SourceNames:
    """The distinctive names of the library's documents.

    Args:
        documents: the catalogue.
        common: words that the texts use in lower case ("lake" of "Guild of Lake Traders"): alone they
            name nobody, beside another word of the same name they do.
        places: folded words that name places and peoples: only spelt alike do they name a source
            (``السعودية`` is Saudi Arabia, however much it sounds like an author al-Saidi).
        used: folded words of the texts: spelt as they are there, they are no misspelt name of a source.
    """

    def __init__(
        self,
        documents: Iterable[DocumentInfo],
        *,
        common: Container[str] = frozenset(),
        places: Container[str] = frozenset(),
        used: Container[str] = frozenset(),
        limit: int = 2000,
    ) -> None:
        self._places = places
        self._used = used
        owners: dict[str, set[str]] = defaultdict(set)
        self._dates: dict[str, str] = {}
        counted: Counter[str] = Counter()
        for info in documents:
            meta = info.metadata
            if meta.published:
                self._dates[info.id] = meta.published
            texts = [meta.publisher or "", *map(plain_author, meta.authors), meta.series or ""]
            for word in {w for t in [*texts, info.id.replace("-", " ")] for w, _, _ in word_spans(t)}:
                if len(word) >= 4 and word not in _GENERIC and word not in STOPWORDS and word[0].isalpha():
                    owners[word].add(info.id)
                    counted[word] += 1
        few = max(3, len(self._dates) // 4)
        named = {w: tuple(sorted(d)) for w, d in owners.items() if counted[w] <= few}
        self._owners = {w: d for w, d in named.items() if w not in common}
        self._weak = {w: d for w, d in named.items() if w in common}
        self._skeletons: dict[str, list[str]] = defaultdict(list)
        for word in self._owners if len(self._owners) <= limit else ():
            if len(skeleton(word)) >= 2:
                self._skeletons[skeleton(word)].append(word)
        self._match = lru_cache(maxsize=4096)(self._matched)

    def find(self, text: str) -> list[Mention]:
        """Names in a text, left to right; adjoining words of one name give one mention."""
        found: list[Mention] = []
        for word, start, end in word_spans(text):
            documents, strength = self._match(word)
            if not documents:
                continue
            last = found[-1] if found else None
            if last and _WITHIN.fullmatch(text, last.end, start):
                both = tuple(d for d in last.documents if d in documents)
                if both:
                    found[-1] = Mention(start=last.start, end=end, documents=both, strength=1.0)
                    continue
            found.append(Mention(start=start, end=end, documents=documents, strength=strength))
        return [m for m in found if m.strength >= WEAK]

    def remove(self, text: str, mentions: Sequence[Mention]) -> str:
        """The text without the names and the words that introduce them ("according to …")."""
        for mention in reversed(mentions):
            before = re.sub(r"(?:\b(?:al|el)|\bال)[\s\-'’]*$", "", text[: mention.start], flags=re.I)
            after = text[mention.end :]
            before = before[: _start_of(_AROUND, before)]
            match = _AFTER.match(after)
            text = f"{before} {after[match.end() if match else 0 :]}"
        return re.sub(r"\s{2,}", " ", text).strip()

    def _matched(self, word: str) -> tuple[tuple[str, ...], float]:
        if word in self._owners:
            return self._owners[word], 1.0
        if word in self._weak:
            return self._weak[word], 0.0
        if len(word) < 4 or word in STOPWORDS or word in _GENERIC:
            return (), 0.0
        bare = word.removeprefix("al") if word.startswith("al") and len(word) > 6 else word
        for other in (bare, "al" + word):  # with and without the article, written apart or not
            if other in self._owners:
                return self._owners[other], 1.0
        if word in self._places:
            return (), 0.0
        if is_arabic(word):
            key = skeleton(word)
            matches = self._skeletons.get(key, []) if len(key) >= 2 else []
            return (self._owners[matches[0]], 0.8) if matches else ((), 0.0)
        if word in self._used:
            return (), 0.0
        best = max(self._owners, key=lambda w: (fuzz.ratio(w, word), w), default="")
        if best and fuzz.ratio(best, word) >= _FUZZY and best[0] == word[0]:
            return self._owners[best], 0.8
        return (), 0.0


def _start_of(pattern: re.Pattern[str], text: str) -> int:
    match = pattern.search(text)
    return match.start() if match else len(text)
