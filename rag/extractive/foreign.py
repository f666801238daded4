"""When not to answer an Arabic or French question that was found through a word list.

The embedding model says little about how near a passage comes to words of another language.  So the question is
taken apart into the things it names, each in every form that the word list, the names and the library's own
spellings give it, and one passage must hold enough of them, weighed by how rare they are.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.catalogue import Catalogue
from rag.extractive.asked import main_question
from rag.extractive.candidates import Candidate, has_type
from rag.extractive.refuse import NO_FIGURE, Missing, around, listed
from rag.glossary import Language, Term, detect, gloss
from rag.lexicon import Variant
from rag.question import Question, QuestionKind, kind_of
from rag.text import STOPWORDS, is_arabic, stem, words

BESIDE = 0.35
"""Share of the weight that a sentence with a number must hold, headings and the sentence before counted in."""
LITTLE = "No passage of the reports holds enough of what is asked."
_GLUED = re.compile(r"[وفبكل](?!ال|ل)\w+$")
ENOUGH = 0.3
"""Share of the weight that one passage must hold.  Of Arabic questions on English Wikipedia whose answer was among
the ten passages 2 % were refused, of those whose article was taken out 14 % (``python -m eval.bench.languages``)."""
UNLISTED = 0.15
"""Weight of a word that no list has, as a share of a word that the library lacks: a name, or but a gap in the list."""
UNDERSTOOD = 3
"""More than one thing in so many must be listed; else the question may be of a third language, or all names.  With
one listed thing enough, the shares above would be 5 % and 36 %, and two sample questions be refused wrongly."""
_OF_ANYTHING = frozenset(
    stem(w)
    for w in """number amount kind type sort name opinion view position stance attitude thing time people person say
    report paper author study source article text happen occur know mean main most important role
    many much compare agree figure order""".split()
)
"""What may be asked of anything: it says nothing of what a question is about."""


@dataclass(frozen=True, slots=True)
class Concept:
    """A thing that a question names: its words, the stems of each way to say it, how much it weighs.

    ``known``: the library has one of its forms; ``name``: it is surely a name; ``listed``: a word list has it.
    """

    source: str
    forms: tuple[frozenset[str], ...]
    weight: float
    known: bool
    name: bool = False
    listed: bool = True


def concepts(text: str, language: Language, catalogue: Catalogue) -> tuple[Concept, ...]:
    """The things that a question names; words that ask, and words for anything, are left out."""
    found = (_concept(term, text, catalogue) for term in gloss(text, language, catalogue.aliases).terms)
    return tuple(c for c in found if c is not None)


def held(row: Sequence[Concept], text: str) -> float:
    """The share of what a question names, by weight, that one text has; of a name of several words, some count."""
    have = {stem(w) for w in words(text)}
    total = sum(c.weight for c in row)
    met = sum(c.weight * max(len(form & have) / len(form) for form in c.forms) for c in row)
    return met / total if total else 1.0


def understood(row: Sequence[Concept]) -> bool:
    """Whether the lists know enough of a question to judge by it."""
    return UNDERSTOOD * sum(c.listed for c in row) > len(row)


def lost_names(row: Sequence[Concept]) -> tuple[str, ...]:
    """Names that the library has in no form."""
    return tuple(dict.fromkeys(c.source for c in row if c.name and not c.known))


def unheld(question: Question, ranked: Sequence[Candidate], catalogue: Catalogue) -> Missing:
    """What is asked in Arabic or French and no passage holds; falsy when one holds enough, or in other languages."""
    text = main_question(question.focus)
    language = detect(text)
    if language not in ("ar", "fr"):
        return Missing()
    row = concepts(text, language, catalogue)
    names = lost_names(row)
    if names:
        return Missing(reason=f"The reports do not mention {listed(names)}.", asked=names)
    if not understood(row):
        return Missing()
    passages = {c.hit.passage.id: c.hit.passage for c in ranked}
    if max((held(row, " ".join((*p.section, p.text))) for p in passages.values()), default=0.0) < ENOUGH:
        return Missing(reason=LITTLE, asked=tuple(c.source for c in row))
    if kind_of(text) is QuestionKind.FIGURE and not question.several:
        told = (f"{around(c)} {c.text}" for c in ranked if has_type(QuestionKind.FIGURE, c.text))
        if max((held(row, sentence) for sentence in told), default=0.0) < BESIDE:
            return Missing(reason=NO_FIGURE, asked=tuple(c.source for c in row))
    return Missing()


def _concept(term: Term, text: str, catalogue: Catalogue) -> Concept | None:
    lexicon = catalogue.lexicon
    own = frozenset(stem(w) for w in words(term.source) if w not in STOPWORDS)
    forms = {frozenset(stem(w) for w in words(english) if w not in STOPWORDS) for english in term.english}
    forms.discard(frozenset())
    if (term.listed and not forms) or not own or (forms and all(form <= _OF_ANYTHING for form in forms)):
        return None
    if not term.listed:
        forms |= {frozenset({stem(v.word)}) for v in _spelt(term.source, text, catalogue)}
    forms.add(own)
    idfs = [max(lexicon.idf(s) for s in form) for form in forms if all(lexicon.known(s) for s in form)]
    weight = min(idfs) if idfs else lexicon.idf("") * (1.0 if term.listed else UNLISTED)
    shown = term.english[0] if term.english else term.source
    return Concept(shown, tuple(sorted(forms, key=sorted)), weight, bool(idfs), _is_name(term), term.listed)


def _spelt(source: str, text: str, catalogue: Catalogue) -> tuple[Variant, ...]:
    """The library's spellings of a name; an unlisted French word in lower case is a word, however much it looks
    like an English one."""
    if not is_arabic(source) and not _capital_inside(source, text):
        return ()
    return catalogue.lexicon.variants(words(source)[0], not is_arabic(source))


def _is_name(term: Term) -> bool:
    """A capital in the English of a listed word; not so of an Arabic one that may begin with "and" or a preposition."""
    return bool(term.english) and term.english[0][:1].isupper() and not _GLUED.match(term.source)


def _capital_inside(source: str, text: str) -> bool:
    at = text.find(source)
    return source[:1].isupper() and at > 0 and text[:at].rstrip()[-1:] not in ".!?«"
