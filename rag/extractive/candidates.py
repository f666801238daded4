"""Sentences that may go into an answer, with the features that rank them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from rag.catalogue import Catalogue
from rag.ports import Vectors
from rag.query import Query
from rag.question import Question, QuestionKind
from rag.text import content_words, numbers, stem, words
from rag.types import Hit, PassageKind, Sentence

COSINE, COVERAGE, CONTEXT, RANK, WRONG_TYPE = 1.0, 0.15, 0.2, 1.0, 0.15
"""Weights of a sentence's features; measured in eval/RESULTS.md."""
MIN_WORDS = 4
RANK_DECAY = 0.15

_DATE = re.compile(
    r"\b(?:19|20)\d{2}\b|\b(?:january|february|march|april|may|june|july|august|september|october|"
    r"november|december|(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\.)\s*\d*|يناير|فبراير|مارس|"
    r"آذار|نيسان|أيار|حزيران|تموز|آب|أيلول|تشرين|كانون|شباط",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One sentence of a hit.

    ``coverage`` is the share of the question's meaning-bearing words (by idf) that the sentence has,
    ``cosine`` its similarity to the question, ``score`` the weighted sum that ranks it.
    """

    hit: Hit
    rank: int
    sentence: Sentence
    text: str
    vector: Vectors
    cosine: float
    coverage: float
    score: float
    word_count: int

    @property
    def document_id(self) -> str:
        """The document it stands in."""
        return self.hit.passage.document_id


def candidates(
    question: Question,
    query: Query,
    question_vectors: Vectors,
    hits: Sequence[Hit],
    sentence_vectors: Mapping[str, Vectors],
    catalogue: Catalogue,
) -> list[Candidate]:
    """All sentences of the hits, best first; ties by document and place.

    Args:
        question_vectors: shape ``(n, dimension)``: the whole question first, then its parts.
        sentence_vectors: per passage id, shape ``(sentences, dimension)``.
    """
    weights = term_weights(query, catalogue)
    found: list[Candidate] = []
    for rank, hit in enumerate(hits):
        vectors = sentence_vectors.get(hit.passage.id)
        if vectors is None:
            continue
        context = _coverage(" ".join((*hit.passage.section, hit.passage.text)), weights)
        cosines = np.max(vectors @ question_vectors.T, axis=1)
        for index, sentence in enumerate(hit.passage.sentences):
            text = hit.passage.text[
                sentence.start - hit.passage.start : sentence.end - hit.passage.start
            ]
            count = len(text.split())
            if count < MIN_WORDS or _heading(text, hit):
                continue
            coverage = _coverage(text, weights)
            score = (
                COSINE * float(cosines[index])
                + COVERAGE * coverage
                + CONTEXT * context
                + RANK / (1 + RANK_DECAY * rank)
                - (0.0 if has_type(question.kind, text) else WRONG_TYPE)
            )
            found.append(
                Candidate(
                    hit=hit,
                    rank=rank,
                    sentence=sentence,
                    text=text,
                    vector=vectors[index],
                    cosine=float(cosines[index]),
                    coverage=coverage,
                    score=score,
                    word_count=count,
                )
            )
    return sorted(found, key=lambda c: (-c.score, c.document_id, c.sentence.start))


def term_weights(query: Query, catalogue: Catalogue) -> dict[str, float]:
    """idf-weighted stems of a query; they sum to 1 over the question's own words."""
    raw = {t: w * catalogue.lexicon.idf(t) for t, w in query.terms.items()}
    total = sum(v for t, v in raw.items() if query.terms[t] >= 1.0) or sum(raw.values()) or 1.0
    return {t: v / total for t, v in raw.items()}


def _coverage(text: str, weights: Mapping[str, float]) -> float:
    have = {stem(w) for w in words(text)}
    return min(1.0, sum(v for t, v in weights.items() if t in have))


def has_type(kind: QuestionKind, text: str) -> bool:
    """Whether a sentence has the kind of thing asked for: a figure, a date."""
    if kind is QuestionKind.FIGURE:
        return bool(numbers(text))
    if kind is QuestionKind.DATE:
        return bool(_DATE.search(text))
    return True


def _heading(text: str, hit: Hit) -> bool:
    """Headings and table heads guide, they do not answer."""
    if hit.passage.kind is PassageKind.TABLE:
        return False
    if text in hit.passage.section:
        return True
    return len(content_words(text)) < 3 and not text.rstrip().endswith((".", "!", "؟", "?", ";"))
