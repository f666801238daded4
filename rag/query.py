"""From a question to what the indexes are asked: weighted stems, and a text for the embedder."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.catalogue import Catalogue
from rag.glossary import detect, gloss
from rag.text import STOPWORDS, is_arabic, stem, word_spans, words

ALIAS_WEIGHT = 0.5
"""Weight of an alternative name beside the word the question used (1.0)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """``terms`` for the lexical index, ``text`` for the embedder; ``language`` of the question.

    ``unknown`` are words of the question that no passage has, under any spelling or alias.
    """

    terms: dict[str, float]
    text: str
    language: str
    unknown: tuple[str, ...] = ()


def build_query(text: str, catalogue: Catalogue, *, multilingual: bool = False) -> Query:
    """Spelling variants, transliterations, aliases, and a gloss for Arabic and French questions."""
    language = detect(text)
    terms: dict[str, float] = {}
    dense = text
    source = text
    if language in ("ar", "fr"):
        glossed = gloss(text, language)
        _add_words(terms, text, catalogue, 1.0)
        source = " ".join([glossed.english, *glossed.unknown])
        if not multilingual:
            dense = _with_variants(source, catalogue)
    else:
        dense = _with_variants(text, catalogue)
    unknown = _add_words(terms, source, catalogue, 1.0)
    _add_aliases(terms, source, catalogue)
    if not multilingual:
        dense = _with_known_names(dense, catalogue)
    return Query(terms=terms, text=dense, language=language, unknown=unknown)


def _add_words(
    terms: dict[str, float], text: str, catalogue: Catalogue, weight: float
) -> tuple[str, ...]:
    unknown: list[str] = []
    lexicon = catalogue.lexicon
    for word in words(text):
        if word in STOPWORDS:
            continue
        stemmed = stem(word)
        terms[stemmed] = max(weight, terms.get(stemmed, 0.0))
        if lexicon.known(stemmed):
            continue
        variants = lexicon.variants(word)
        for variant in variants:
            key = stem(variant.word)
            terms[key] = max(weight * variant.weight, terms.get(key, 0.0))
        if not variants:
            unknown.append(word)
    return tuple(unknown)


def _add_aliases(terms: dict[str, float], text: str, catalogue: Catalogue) -> None:
    for expansion in catalogue.aliases.expansions(text):
        for alternative in expansion.alternatives:
            parts = [stem(w) for w in words(alternative) if w not in STOPWORDS]
            for part in parts:
                if catalogue.lexicon.known(part):
                    share = ALIAS_WEIGHT * expansion.weight / len(parts)
                    terms[part] = max(share, terms.get(part, 0.0))


def _with_variants(text: str, catalogue: Catalogue) -> str:
    """The text with misspelt and foreign-script words replaced by the library's own spelling."""
    pieces: list[str] = []
    position = 0
    for word, start, end in word_spans(text):
        if word in STOPWORDS or catalogue.lexicon.known(stem(word)):
            continue
        variants = catalogue.lexicon.variants(word)
        if variants and (variants[0].weight >= 0.6 or is_arabic(word)):
            pieces += [text[position:start], variants[0].word]
            position = end
    return "".join([*pieces, text[position:]])


def _with_known_names(text: str, catalogue: Catalogue) -> str:
    """Names that the library never uses, replaced by the alias that it uses most."""
    lexicon = catalogue.lexicon
    for expansion in catalogue.aliases.expansions(text):
        own = [stem(w) for w in words(expansion.matched) if w not in STOPWORDS]
        if not own or expansion.weight < 0.9 or all(lexicon.known(w) for w in own):
            continue
        usable = [
            a
            for a in expansion.alternatives
            if all(lexicon.known(stem(w)) for w in words(a) if w not in STOPWORDS)
        ]
        if usable:
            best = min(usable, key=lambda a: (min(lexicon.idf(stem(w)) for w in words(a)), a))
            text = re.sub(re.escape(expansion.matched), best, text, count=1, flags=re.IGNORECASE)
    return text
