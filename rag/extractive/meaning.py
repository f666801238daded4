"""What a question's word may be called in the evidence: stems, aliases, spellings, and words like it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

from rag.aliases import AliasTable
from rag.lexicon import Lexicon
from rag.ports import Vectors
from rag.text import STOPWORDS, stem, word_spans, words

WordVectors = Callable[[Sequence[str]], Vectors]

SAME_NAME = 0.9
"""Weight from which an alias is the same thing and not only near it."""

_DEEDS = tuple(
    frozenset(stem(w) for w in row.split())
    for row in (
        "chair chairs chaired chairman head heads headed lead leads led preside presides presided",
        "kill killed murder murdered assassinate assassinated assassination shot slain death killing",
        "win won wins victory elected triumph",
        "run runs manage managed operate operated administer administered keep kept",
        "fund funds funded finance financed pay paid",
        "found founded establish established create created set form formed",
        "blame blamed accuse accused responsible",
        "attack attacked strike struck hit bomb bombed raid raided target targeted",
        "receive received meet met host hosted welcome",
        "appoint appointed nominate nominated choose chose",
        "order ordered command commanded instruct",
        "sign signed conclude concluded ratify",
    )
)
"""Verbs and nouns for the same deed: word vectors set ``chaired`` and ``headed`` too far apart."""


class Meaning:
    """Compares the words of one question with words of the evidence.

    Args:
        text: the question.
        vectors: unit vectors of single words, shape ``(n, dimension)``; without them only stems and
            aliases count, and :attr:`soft` is False.
    """

    def __init__(self, text: str, lexicon: Lexicon, aliases: AliasTable, vectors: WordVectors | None) -> None:
        self._lexicon = lexicon
        self._table = aliases
        self._vectors = vectors
        self._rows: dict[str, Vectors] = {}
        self._forms: dict[str, frozenset[str]] = {}
        self._places: dict[str, bool] = {}
        self._aliases, self.names = _aliases(text, aliases)

    @property
    def soft(self) -> bool:
        """Whether words that are merely alike can be recognised."""
        return self._vectors is not None

    def forms(self, word: str) -> frozenset[str]:
        """Stems that count as the word itself: its own, its aliases', and the library's spelling of it."""
        known = self._forms.get(word)
        if known is None:
            own = {stem(word)} | self._aliases.get(word, set())
            if not self._lexicon.known(stem(word)):
                own |= {stem(v.word) for v in self._lexicon.variants(word, False)}
            known = self._forms[word] = frozenset(own)
        return known

    def likeness(self, wanted: str, word: str) -> float:
        """1 for the same word by stem, alias, spelling or deed; else the cosine of the two words."""
        last = word.rpartition("-")[2] or word
        forms = self.forms(wanted)
        if stem(word) in forms or stem(last) in forms:
            return 1.0
        if any(forms & deed and stem(last) in deed for deed in _DEEDS):
            return 1.0
        if self._vectors is None or len(last) < 3 or last in STOPWORDS or not last.isalpha():
            return 0.0
        return float(self._row(wanted) @ self._row(last))

    def best(self, wanted: str, row: Sequence[str]) -> float:
        """The greatest likeness in a row of words."""
        return max((self.likeness(wanted, w) for w in row), default=0.0)

    def of_place(self, word: str) -> bool:
        """Whether a word is a country or its adjective: ``Iraqi`` names nobody."""
        known = self._places.get(word)
        if known is None:
            expansions = self._table.expansions(word.capitalize())
            known = self._places[word] = any(SAME_NAME <= e.weight < 1.0 for e in expansions)
        return known

    def _row(self, word: str) -> Vectors:
        if word not in self._rows:
            assert self._vectors is not None
            self._rows[word] = self._vectors([word])[0]
        return self._rows[word]


def _aliases(text: str, table: AliasTable) -> tuple[dict[str, set[str]], frozenset[str]]:
    """Stems that may stand for each word of a name, and the words that are (part of) names."""
    stems: dict[str, set[str]] = defaultdict(set)
    names = {w for w, start, _ in word_spans(text) if start and text[start].isupper()}
    for expansion in table.expansions(text):
        matched = words(expansion.matched)
        if expansion.weight >= SAME_NAME:
            names.update(matched)
        for alternative in expansion.alternatives:
            other = [w for w in words(alternative) if w not in STOPWORDS]
            if other:
                for word in matched:
                    stems[word].add(stem(other[-1]))
    return stems, frozenset(names - STOPWORDS)
