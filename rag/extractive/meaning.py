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

EVERYWHERE = 0.25
"""Share of the library's passages from which a name is what they are all about."""

_DEEDS = tuple(
    frozenset(stem(w) for w in row.split())
    for row in (
        "chair chairs chaired chairman head heads headed lead leads led preside presides presided",
        "kill killed murder murdered assassinate assassinated assassination shot slain death killing",
        "win won wins victory triumph",
        "run runs manage managed operate operated administer administered keep kept",
        "fund funds funded finance financed pay paid",
        "found founded establish established create created set form formed",
        "blame blamed accuse accused responsible",
        "attack attacked strike struck hit bomb bombed raid raided target targeted",
        "receive received meet met host hosted welcome",
        "appoint appointed nominate nominated choose chose",
        "order ordered command commanded instruct",
        "sign signed conclude concluded ratify",
        "agree agrees agreed agreement agreements deal accord",
        "swear swears swore sworn pledge pledges pledged loyalty allegiance",
        "outfit outfits band bands group groups faction factions organization organizations organisation organisations",
        "recruit recruits fighter fighters volunteer volunteers individuals",
        "buy buys bought purchase purchases purchased acquire acquired",
        "sell sells sold sale sales",
        "quarrel quarrels argue argument dispute disagreement",
        "locate located trace traced track tracked",
        "repatriate repatriated repatriation",
        "date dates deadline schedule scheduled timetable timeline timelines",
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
        self._deeds: dict[str, frozenset[str]] = {}
        self._known: defaultdict[str, dict[str, float]] = defaultdict(dict)
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
        return self.best(wanted, (word,))

    def best(self, wanted: str, row: Sequence[str]) -> float:
        """The greatest likeness in a row of words; 0 in an empty one."""
        known = self._known[wanted]
        unseen = [w for w in dict.fromkeys(row) if w not in known]
        if unseen:
            known |= self._compared(wanted, unseen)
        return max((known[w] for w in row), default=0.0)

    def _compared(self, wanted: str, row: Sequence[str]) -> dict[str, float]:
        """The likeness of each word; vectors are looked up for all of them at once."""
        found = {w: 1.0 if self._same(wanted, w) else 0.0 for w in row}
        soft = {w: _last(w) for w in row if not found[w] and self._vectors is not None and _has_meaning(_last(w))}
        if soft:
            self._look_up([wanted, *soft.values()])
            own = self._rows[wanted]
            found |= {w: float(own @ self._rows[last]) for w, last in soft.items()}
        return found

    def _same(self, wanted: str, word: str) -> bool:
        return stem(_last(word)) in self._alike(wanted) or stem(word) in self.forms(wanted)

    def _alike(self, wanted: str) -> frozenset[str]:
        """The forms of a word and the stems for the same deeds."""
        known = self._deeds.get(wanted)
        if known is None:
            forms = self.forms(wanted)
            known = self._deeds[wanted] = forms.union(*(deed for deed in _DEEDS if forms & deed))
        return known

    def of_place(self, word: str) -> bool:
        """Whether a word is a country or its adjective: ``Iraqi`` names nobody."""
        known = self._places.get(word)
        if known is None:
            expansions = self._table.expansions(word.capitalize())
            known = self._places[word] = any(SAME_NAME <= e.weight < 1.0 for e in expansions)
        return known

    def everywhere(self, word: str) -> bool:
        """Whether so many passages name it that a sentence need not."""
        return any(self._lexicon.count(form) > EVERYWHERE * self._lexicon.passages for form in self.forms(word))

    def _look_up(self, row: Sequence[str]) -> None:
        unseen = [w for w in dict.fromkeys(row) if w not in self._rows]
        if unseen and self._vectors is not None:
            self._rows |= zip(unseen, self._vectors(unseen), strict=True)


def _last(word: str) -> str:
    """What a compound ends in: of ``vice-president`` the president is compared."""
    return word.rpartition("-")[2] or word


def _has_meaning(word: str) -> bool:
    return len(word) > 2 and word not in STOPWORDS and word.isalpha()


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
