"""When not to answer: the asked thing itself must be in the evidence, not only something near it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rag.catalogue import Catalogue
from rag.extractive.candidates import Candidate, has_type, stems
from rag.query import Query
from rag.question import Question, QuestionKind
from rag.text import STOPWORDS, content_words, stem, words
from rag.types import DraftQuote, DraftRefusal

MIN_COSINE = 0.3
"""Below this the best sentence is about something else, whatever words they share."""
FAR_COSINE, FAR_COVERAGE = 0.42, 0.15
"""A sentence this far, and passages that hold so few of the question's words: something else, too."""
NEAREST = 2

_CAPITAL = re.compile(r"(?<![.!?؟]\s)(?<!^)\b[A-Z][\w'’-]+|\b[A-Z]{2,}\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """What the reports lack for an answer; falsy when they have it."""

    reason: str = ""
    asked: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.reason)


def missing(
    question: Question,
    query: Query,
    ranked: Sequence[Candidate],
    catalogue: Catalogue,
    count_tokens: Callable[[Sequence[str]], list[int]],
) -> Missing:
    """What is asked for and not in the reports.

    Args:
        count_tokens: word pieces of each word for the embedding model; see :func:`unknown_names`.
    """
    if not ranked:
        return Missing(reason="The reports hold nothing on this question.")
    names = unknown_names(question.text, query, catalogue, count_tokens)
    if names:
        return Missing(reason=f"The reports do not mention {_listed(names)}.", asked=names)
    years = tuple(y for y in question.years if not catalogue.lexicon.known(y))
    if years and len(years) == len(question.years):
        return Missing(reason=f"The reports say nothing about {_listed(years)}.", asked=years)
    best = max(c.cosine for c in ranked)
    together = _together(query, ranked[:12], catalogue)
    if best < MIN_COSINE or (best < FAR_COSINE and together < FAR_COVERAGE):
        return Missing(reason="The reports hold nothing close enough to this question.", asked=query.unknown)
    if question.kind is QuestionKind.FIGURE and not any(
        has_type(question.kind, c.text) and not c.features.reference for c in ranked[:25]
    ):
        return Missing(reason="The reports give no figure for this.")
    return Missing()


def unknown_names(
    text: str, query: Query, catalogue: Catalogue, count_tokens: Callable[[Sequence[str]], list[int]]
) -> tuple[str, ...]:
    """Proper names of a question that no passage has, under any spelling or alias.

    A capitalised word that the embedding model's vocabulary holds whole ("Thursday", "English") is an
    everyday word, not a name that would have to be there.
    """
    if query.language == "fr" or not query.unknown:
        return ()  # unknown French words are words, as far as can be told
    if query.language == "ar":
        latin = [w for w in query.unknown if w.isascii() and w.isalpha()]
        return tuple(w.capitalize() for w in latin if count_tokens([w])[0] > 1)
    unknown = set(query.unknown)
    resolved = {
        w
        for e in catalogue.aliases.expansions(text)
        if any(_all_known(a, catalogue) for a in e.alternatives)
        for w in words(e.matched)
    }
    found: list[str] = []
    for match in _CAPITAL.finditer(text):
        parts = [w for w in words(match.group()) if w in unknown and w not in resolved]
        certain = match.group().isupper() or re.match(r"\s\d", text[match.end() :])  # PKK, Tower 22
        if parts and (certain or count_tokens([parts[0]])[0] > 1):
            found.append(re.sub(r"['’]s?$", "", match.group()))
    return tuple(dict.fromkeys(found))


def _all_known(name: str, catalogue: Catalogue) -> bool:
    own = [stem(w) for w in words(name) if w not in STOPWORDS]
    return bool(own) and all(catalogue.lexicon.known(w) for w in own)


def _together(query: Query, ranked: Sequence[Candidate], catalogue: Catalogue) -> float:
    """Share of the question's own words, by idf, found in the best passages taken together."""
    have = frozenset[str]().union(
        *(stems(" ".join((*c.hit.passage.section, c.hit.passage.text))) for c in ranked)
    )
    own = {t: catalogue.lexicon.idf(t) for t, w in query.terms.items() if w >= 0.5}
    total = sum(own.values())
    return sum(v for t, v in own.items() if t in have) / total if total else 0.0


def refusal(question: Question, lack: Missing, ranked: Sequence[Candidate]) -> DraftRefusal:
    """A short refusal: the reason, what is missing, the nearest evidence."""
    what = lack.asked or (" ".join(content_words(question.focus)[:12]),)
    nearest = sorted(ranked[:12], key=lambda c: (-c.cosine, c.document_id, c.sentence.start))[:NEAREST]
    return DraftRefusal(
        reason=lack.reason,
        missing=tuple(w for w in what if w),
        nearest=tuple(
            DraftQuote(
                passage_id=c.hit.passage.id,
                quote=c.text,
                start=c.sentence.start,
                end=c.sentence.end,
            )
            for c in nearest
        ),
    )


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " or " + names[-1]
