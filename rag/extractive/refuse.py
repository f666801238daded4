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

MIN_COSINE = 0.25
"""Below this the best sentence is about something else, whatever words they share."""
FAR_COSINE, FAR_COVERAGE = 0.36, 0.12
"""A sentence this far, and passages that hold so few of the question's words: something else, too."""
NEAREST = 2
NEAR = 5
"""Among so many nearest sentences one must hold the figure or date that is asked for."""
_ASKED = {QuestionKind.FIGURE: "figure", QuestionKind.DATE: "date"}

_NAME = re.compile(
    r"(?<![.!?؟]\s)(?<!^)\b[A-Z][\w'’-]*(?:\s+(?:(?:al|el|of|the|de|bin|ibn)[ -])?[A-Z][\w'’-]*|\s+\d+\b)*"
    r"|\b[A-Z]{3,}\b"
)
_EVERYDAY = frozenset(
    """monday tuesday wednesday thursday friday saturday sunday january february march april may june july
    august september october november december english french arabic german kurdish persian turkish spanish
    i im ive id ok mr mrs ms dr prof sir lord minister president prime general colonel ambassador grand
    ayatollah imam sheikh sayyid king prince pope secretary senator governor judge report reports
    paper papers article study digest policy institute center centre group forum""".split()
)


def _tells(word: str, name: str) -> bool:
    """Whether a lost word is enough of a name: two letters, or a particle in lower case, are not."""
    return word.isalpha() and (len(word) > 3 or (len(word) == 3 and name.isupper()))


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
    far = best < MIN_COSINE or (best < FAR_COSINE and together < FAR_COVERAGE)
    if far and query.language not in ("ar", "fr"):  # a word list says little about nearness
        return Missing(reason="The reports hold nothing close enough to this question.", asked=query.unknown)
    if question.kind in _ASKED and not question.several and not _holds_asked(question, ranked):
        return Missing(reason=f"The reports speak of this, but give no {_ASKED[question.kind]} for it.")
    return Missing()


def _holds_asked(question: Question, ranked: Sequence[Candidate]) -> bool:
    """Whether one of the sentences nearest to the question holds a thing of the kind asked for."""
    telling = [c for c in ranked if not c.features.reference]
    nearest = sorted(telling, key=lambda c: (-c.cosine, c.document_id, c.sentence.start))[:NEAR]
    return any(has_type(question.kind, c.text) for c in nearest)


def unknown_names(
    text: str, query: Query, catalogue: Catalogue, count_tokens: Callable[[Sequence[str]], list[int]]
) -> tuple[str, ...]:
    """Proper names of a question that no passage has, under any spelling or alias.

    Weekdays, months, languages and the like are capitalised without being names that would have to be
    there.  A name of several words is missing when most of it is.
    """
    if query.language == "fr" or not query.unknown:
        return ()  # unknown French words are words, as far as can be told
    if query.language == "ar":
        latin = [w for w in query.unknown if w.isascii() and w.isalpha()]
        foreign = "ar" not in catalogue.languages  # else the Arabic name itself may be in a report
        return tuple(w.capitalize() for w in latin if foreign and count_tokens([w])[0] > 1)
    unknown = set(query.unknown)
    resolved = {
        w
        for e in catalogue.aliases.expansions(text)
        if any(_all_known(a, catalogue) for a in e.alternatives)
        for w in words(e.matched)
    }
    found: list[str] = []
    for match in _NAME.finditer(text):
        parts = [w for w in words(match.group()) if w not in _EVERYDAY and w not in STOPWORDS]
        lost = [w for w in parts if w in unknown and w not in resolved and _tells(w, match.group())]
        if 2 * len(lost) > len(parts):
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
