"""When not to answer: the asked thing itself must be in the evidence, not only something near it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.catalogue import Catalogue
from rag.extractive.candidates import Candidate, has_type
from rag.query import Query
from rag.question import Question, QuestionKind
from rag.text import STOPWORDS, content_words, stem, word_spans, words
from rag.types import DraftQuote, DraftRefusal

MIN_COSINE = 0.32
"""Below this the best sentence is about something else."""
MIN_COVERAGE = 0.34
"""Least share of the question's words, by idf, that the best passages must hold together."""
NEAREST = 2

_NAME = re.compile(r"(?<=[a-z,'’\"“] )(?:[A-Z][\w'’-]+)(?:[ -](?:[A-Z][\w'’-]+|\d+|al|el|of))*|\b[A-Z]{2,6}\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """What the reports lack for an answer; empty when they have it."""

    names: tuple[str, ...] = ()
    years: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    reason: str = ""

    def __bool__(self) -> bool:
        return bool(self.names or self.years or self.reason)


def missing(
    question: Question, query: Query, ranked: Sequence[Candidate], catalogue: Catalogue
) -> Missing:
    """What is asked for and not in the reports."""
    if not ranked:
        return Missing(reason="The reports hold nothing on this question.")
    names = unknown_names(question.text, query, catalogue)
    if names:
        return Missing(names=names, reason=f"The reports do not mention {_listed(names)}.")
    best = max(c.cosine for c in ranked)
    together = _together(query, ranked[:12], catalogue)
    if best < MIN_COSINE and together < 0.6:
        return Missing(reason="The reports hold nothing close enough to this question.", words=query.unknown)
    if together < MIN_COVERAGE and best < 0.5:
        return Missing(reason="The reports touch on this, but not on what is asked.", words=query.unknown)
    if question.kind is QuestionKind.FIGURE and not any(
        has_type(question.kind, c.text) and (c.coverage >= 0.25 or c.cosine >= 0.4) for c in ranked[:25]
    ):
        return Missing(reason="The reports give no figure for this.")
    return Missing()


def unknown_names(text: str, query: Query, catalogue: Catalogue) -> tuple[str, ...]:
    """Proper names of the question that no passage has, under any spelling or alias."""
    unknown = set(query.unknown)
    if query.language not in ("ar", "fr") and not unknown:
        return ()
    aliased = {
        w for e in catalogue.aliases.expansions(text) for w in words(e.matched)
    }
    if query.language == "ar":
        return ()
    found: list[str] = []
    for match in _NAME.finditer(text):
        parts = [w for w, _, _ in word_spans(match.group()) if w not in STOPWORDS and len(w) > 1]
        lost = [w for w in parts if w in unknown and w not in aliased]
        if lost and len(lost) >= len(parts) / 2:
            found.append(match.group().strip(" ,'’"))
    return tuple(dict.fromkeys(found))


def _together(query: Query, ranked: Sequence[Candidate], catalogue: Catalogue) -> float:
    """Share of the question's own words, by idf, found in the best passages taken together."""
    have = {
        stem(w)
        for c in ranked
        for w in words(" ".join((*c.hit.passage.section, c.hit.passage.text)))
    }
    own = {t: catalogue.lexicon.idf(t) for t, w in query.terms.items() if w >= 0.5}
    total = sum(own.values())
    return sum(v for t, v in own.items() if t in have) / total if total else 0.0


def refusal(question: Question, lack: Missing, ranked: Sequence[Candidate]) -> DraftRefusal:
    """A short refusal: the reason, what is missing, the nearest evidence."""
    asked = (*lack.names, *lack.years)
    what = asked or tuple(lack.words) or (" ".join(content_words(question.focus)[:12]),)
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
