"""Which documents a text names by their whole title: the links of an encyclopaedia, without markup.

A library of profiles, country pages or fact sheets is full of such names; among long reports, whose
titles nobody writes out, there are hardly any, and nothing is found.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache

from rag.text import STOPWORDS, word_spans, words
from rag.types import DocumentInfo

_BRACKETED = re.compile(r"\s*\([^()]*\)\s*$")
LONGEST = 12
"""Words; a longer title is written out only where it is cited."""


class Titles:
    """The titles of the library's documents, found in running text.

    Args:
        documents: the catalogue.
        rare: whether a word, folded, stands in few passages; a title without such a word ("Iraq" in a
            library about Iraq) points nowhere in particular and is left out.
    """

    def __init__(self, documents: Iterable[DocumentInfo], *, rare: Callable[[str], bool]) -> None:
        self._owners: dict[tuple[str, ...], list[str]] = {}
        for info in documents:
            key = tuple(words(_BRACKETED.sub("", info.metadata.title)))
            if 0 < len(key) <= LONGEST and any(w not in STOPWORDS and not w[0].isdigit() and rare(w) for w in key):
                self._owners.setdefault(key, []).append(info.id)
        self._lengths: dict[str, list[int]] = {}
        for key in self._owners:
            row = self._lengths.setdefault(key[0], [])
            if len(key) not in row:
                row.append(len(key))
                row.sort(reverse=True)
        self.named = lru_cache(maxsize=8192)(self._named)

    def _named(self, text: str) -> tuple[str, ...]:
        """Ids of the documents whose titles stand in a text, in its order; the longest title counts.

        In a script with capitals a title is written with one; where there are none it has two words or more.
        """
        spans = word_spans(text)
        folded = [word for word, _, _ in spans]
        found: dict[str, None] = {}
        at = 0
        while at < len(spans):
            size = next((n for n in self._lengths.get(folded[at], ()) if self._stands(text, spans, folded, at, n)), 0)
            for document_id in self._owners.get(tuple(folded[at : at + size]), ()) if size else ():
                found[document_id] = None
            at += size or 1
        return tuple(found)

    def _stands(self, text: str, spans: list[tuple[str, int, int]], folded: list[str], at: int, size: int) -> bool:
        if tuple(folded[at : at + size]) not in self._owners:
            return False
        first = [text[start] for _, start, _ in spans[at : at + size]]
        return any(c.isupper() for c in first) or (size > 1 and not any(c.islower() for c in first))
