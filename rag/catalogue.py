"""What the library knows of itself: names of its sources, its vocabulary, its aliases.

Derived from the store of record and rebuilt when its generation changes.  Search only.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from rag.aliases import AliasTable, place_words
from rag.errors import NotFound
from rag.lexicon import Lexicon
from rag.ports import Library
from rag.sources import SourceNames
from rag.text import stem, word_spans
from rag.titles import Titles
from rag.types import DocumentInfo, Passage


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """One generation's view: everything that question analysis and search need beside the indexes."""

    generation: int
    documents: dict[str, DocumentInfo]
    names: SourceNames
    lexicon: Lexicon
    aliases: AliasTable
    order: dict[str, tuple[Passage, ...]]
    passages: dict[str, Passage]
    titles: Titles
    languages: frozenset[str]

    def neighbours(self, passage: Passage) -> tuple[Passage | None, Passage | None]:
        """The passages before and after one, in its document."""
        row = self.order.get(passage.document_id, ())
        at = passage.ordinal
        if at >= len(row) or row[at].id != passage.id:
            return None, None  # the library has changed since: this passage is newer
        before = row[at - 1] if at > 0 else None
        return before, row[at + 1] if at + 1 < len(row) else None


_ATTEMPTS = 5
RARE = 50
"""A title names its document when one of its words stands in at most so many passages."""


class CatalogueCache:
    """Keeps the catalogue of the library's current generation.

    Args:
        library: the store of record.
        aliases_file: the user's own alias table, if any.
    """

    def __init__(self, library: Library, aliases_file: Path | None = None) -> None:
        self._library = library
        self._aliases_file = aliases_file
        self._lock = threading.Lock()
        self._current: Catalogue | None = None
        self._stamp: tuple[int, float] | None = None

    def get(self) -> Catalogue:
        """The catalogue; built anew when the library or the alias file has changed."""
        stamp = (self._library.generation(), _modified(self._aliases_file))
        current = self._current
        if current is not None and self._stamp == stamp:
            return current
        with self._lock:
            if self._current is None or self._stamp != stamp:
                self._current = self._built()
                self._stamp = stamp
            return self._current

    def _built(self) -> Catalogue:
        """Reads again when a document was removed while the library was read."""
        for _ in range(_ATTEMPTS - 1):
            try:
                return build_catalogue(self._library, self._aliases_file)
            except NotFound:
                continue
        return build_catalogue(self._library, self._aliases_file)


def build_catalogue(
    library: Library,
    aliases_file: Path | None = None,
    load_aliases: Callable[..., AliasTable] = AliasTable.load,
) -> Catalogue:
    """Reads the whole library once."""
    generation = library.generation()
    documents = {info.id: info for info in library.documents()}
    order = {d: tuple(library.document_passages(d)) for d in documents}
    texts = [(p.text, documents[d].metadata.language) for d, row in order.items() for p in row]
    lexicon = Lexicon(texts)
    return Catalogue(
        generation=generation,
        documents=documents,
        names=SourceNames(
            documents.values(),
            common=common_words(text for text, _ in texts),
            places=place_words(),
            used=lexicon.vocabulary,
        ),
        lexicon=lexicon,
        aliases=load_aliases(aliases_file, (text for text, _ in texts)),
        order=order,
        passages={p.id: p for row in order.values() for p in row},
        titles=Titles(documents.values(), rare=lambda word: lexicon.count(stem(word)) <= RARE),
        languages=frozenset(i.metadata.language or "en" for i in documents.values()),
    )


def common_words(texts: Iterable[str]) -> frozenset[str]:
    """Words that stand in lower case in more than one passage: they are not only somebody's name."""
    counted = Counter(
        word for text in texts for word in {w for w, a, _ in word_spans(text) if text[a].islower()}
    )
    return frozenset(w for w, n in counted.items() if n > 1)


def _modified(path: Path | None) -> float:
    return path.stat().st_mtime if path is not None and path.exists() else 0.0
