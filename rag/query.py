"""From a question to what the indexes are asked: weighted stems, and a text for the embedder."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.catalogue import Catalogue
from rag.glossary import detect, gloss
from rag.text import STOPWORDS, is_arabic, stem, word_spans, words

BEHIND_WEIGHT = 0.5
"""Weight of words in brackets behind the question: what it hangs on must not outweigh what is asked."""
ALIAS_WEIGHT = 0.5
"""Weight of an alternative name beside the word the question used (1.0)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """``terms`` for the lexical index, ``text`` for the embedder; ``language`` of the question.

    ``unknown`` are words of the question that no passage has, under any spelling or alias.
    ``asked`` is the text for the embedder without what stands in brackets behind the question, where
    something does: what a follow-up hangs on, or a remark.
    """

    terms: dict[str, float]
    text: str
    language: str
    unknown: tuple[str, ...] = ()
    asked: str | None = None


def build_query(text: str, catalogue: Catalogue, *, multilingual: bool = False) -> Query:
    """Spelling variants, transliterations, aliases, and a gloss for Arabic and French questions.

    Words that stand only in brackets behind the question weigh half.
    """
    whole = _build(text, catalogue, multilingual=multilingual)
    behind = _BEHIND.fullmatch(text)
    if behind is None:
        return whole
    asked = _build(behind["asked"], catalogue, multilingual=multilingual)
    terms = {t: w if t in asked.terms else BEHIND_WEIGHT * w for t, w in whole.terms.items()}
    return replace(whole, terms=terms, asked=asked.text)


_BEHIND = re.compile(r"(?P<asked>[^?؟]+[?؟])\s*\(.+\)\s*", re.DOTALL)


def _build(text: str, catalogue: Catalogue, *, multilingual: bool) -> Query:
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
    for word, start, _ in word_spans(text):
        if word in STOPWORDS:
            continue
        stemmed = stem(word)
        terms[stemmed] = max(weight, terms.get(stemmed, 0.0))
        if lexicon.known(stemmed):
            continue
        variants = lexicon.variants(word, _capitalised(text, start))
        for variant in variants:
            key = stem(variant.word)
            terms[key] = max(weight * variant.weight, terms.get(key, 0.0))
        if not variants:
            unknown.append(word)
    return tuple(unknown)


def _capitalised(text: str, start: int) -> bool:
    """Whether the word at ``start`` is written like a name: a capital inside a sentence in mixed case."""
    return start > 0 and text[start].isupper() and not text.isupper() and text[:start].rstrip()[-1:] not in ".!?"


def _add_aliases(terms: dict[str, float], text: str, catalogue: Catalogue) -> None:
    for expansion in catalogue.aliases.expansions(text):
        for alternative in expansion.alternatives:
            parts = [stem(w) for w in words(alternative) if w not in STOPWORDS]
            for part in parts:
                if catalogue.lexicon.known(part):
                    share = ALIAS_WEIGHT * expansion.weight / len(parts) ** 0.5
                    terms[part] = max(share, terms.get(part, 0.0))


def _with_variants(text: str, catalogue: Catalogue) -> str:
    """The text with misspelt and foreign-script words replaced by the library's own spelling."""
    pieces: list[str] = []
    position = 0
    for word, start, end in word_spans(text):
        if word in STOPWORDS or catalogue.lexicon.known(stem(word)):
            continue
        variants = catalogue.lexicon.variants(word, _capitalised(text, start))
        if variants and (variants[0].weight >= 0.6 or is_arabic(word)):
            pieces += [text[position:start], variants[0].word]
            position = end
    return "".join([*pieces, text[position:]])


def _with_known_names(text: str, catalogue: Catalogue) -> str:
    """Names the library never uses give way to the alias it uses most; acronyms get their full name."""
    for expansion in catalogue.aliases.expansions(text):
        own = [stem(w) for w in words(expansion.matched) if w not in STOPWORDS]
        known = bool(own) and all(catalogue.lexicon.known(w) for w in own)
        if not own or expansion.weight < 0.9:
            continue
        best = _most_used(expansion.alternatives, catalogue, spelt_out=known)
        if best is None or (known and not _ACRONYM.fullmatch(expansion.matched)):
            continue
        put = f"{expansion.matched} ({best})" if known else best
        text = re.sub(rf"\b{re.escape(expansion.matched)}\b", lambda _, p=put: p, text, count=1, flags=re.I)  # type: ignore[misc]
    return text


_ACRONYM = re.compile(r"(?!US$|USA$|UN$|UK$|EU$)[A-Z]{2,6}")


def _most_used(names: Sequence[str], catalogue: Catalogue, *, spelt_out: bool) -> str | None:
    """The alternative all of whose words the library has, the commonest first; ``spelt_out``: of two words up."""
    lexicon = catalogue.lexicon
    usable = [
        (min((lexicon.idf(stem(w)) for w in words(name)), default=0.0), name)
        for name in names
        if words(name)
        and all(lexicon.known(stem(w)) for w in words(name) if w not in STOPWORDS)
        and (not spelt_out or len(words(name)) > 1)
    ]
    return min(usable)[1] if usable else None
