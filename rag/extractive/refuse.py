"""When not to answer: the asked thing itself must be in the evidence, not only something near it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass, replace

from rag.catalogue import Catalogue
from rag.extractive.asked import Asked, Slot, asked, main_question
from rag.extractive.candidates import Candidate, has_type, stems
from rag.extractive.grounds import Evidence, holds, readable
from rag.extractive.meaning import Meaning, WordVectors
from rag.extractive.phrases import proper_names
from rag.labels import frame_label
from rag.query import Query
from rag.question import Question, QuestionKind, kind_of
from rag.text import STOPWORDS, content_words, stem, word_spans, words
from rag.types import DraftQuote, DraftRefusal

MIN_COSINE = 0.25
"""Below this the best sentence is about something else, whatever words they share."""
OF_A_SOURCE = 0.12
"""The same where the question names its source: that one speaks of little else, and says so in its own words."""
FAR_COSINE, FAR_COVERAGE = 0.29, 0.12
"""A sentence this far, and passages that hold so few of the question's words: something else, too."""
ASIDE_COSINE, ASIDE_LIKENESS = 0.36, 0.3
"""And so is a sentence this far where the question's words resemble none of the best sentences' words."""
NEAREST = 2
NEAR = 5
"""Among so many nearest sentences one must hold the figure that is asked for.  Not so a date: questions
for one are put in other words too often ("from fighting to coaching"), and it refused nothing rightly."""

_NAME = re.compile(
    r"(?<![.!?؟]\s)(?<!^)\b[A-Z][\w'’-]*(?:\s+(?:(?:al|el|of|the|de|bin|ibn)[ -])?[A-Z][\w'’-]*|\s+\d+\b)*"
    r"|\b[A-Z]{3,}\b"
)
_SLOGAN = re.compile(r"(?<!\w)(?P<mark>['\"‘“])[^'\"‘’“”]*\b[a-z]+ [a-z]+[^'\"‘’“”]*['\"’”](?!\w)")
"""Quotation marks around at least two words in lower case: a saying, not a name."""
_GLOSS = re.compile(r"(?<=[A-Z]\w )\([^()]{3,60}\)|(?<=\w[A-Z] )\([^()]{3,60}\)")
"""Another name in brackets after a name: one of the two will do."""
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


NO_FIGURE = "The reports speak of this, but give no figure for it."
_FAR = "The reports hold nothing close enough to this question."


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """What the reports lack for an answer; falsy when they have it.

    ``notice``: a part of the question is missing, the rest can be answered.
    """

    reason: str = ""
    asked: tuple[str, ...] = ()
    notice: str = ""

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
        return Missing(reason=f"The reports do not mention {listed(names)}.", asked=names)
    years = tuple(y for y in question.years if not catalogue.lexicon.known(y))
    if years and len(years) == len(question.years):
        return Missing(reason=f"The reports say nothing about {listed(years)}.", asked=years)
    best = max(c.cosine for c in ranked)
    together = _together(query, ranked[:12], catalogue)
    least = OF_A_SOURCE if question.sources else MIN_COSINE
    far = best < least or (not question.sources and best < FAR_COSINE and together < FAR_COVERAGE)
    if far and query.language not in ("ar", "fr"):  # a word list says little about nearness
        return Missing(reason=_FAR, asked=query.unknown)
    figure = kind_of(main_question(question.text)) is QuestionKind.FIGURE
    if figure and not question.several and not _holds_figure(ranked):
        return Missing(reason=NO_FIGURE)
    return Missing()


LOOKED_AT = 60
"""How many of the best sentences are looked through for the asked thing."""


def ungrounded(
    question: Question,
    query: Query,
    ranked: Sequence[Candidate],
    catalogue: Catalogue,
    vectors: WordVectors | None,
) -> Missing:
    """What the question asks for and no sentence could tell: the very number, name, deed or position.

    Only English questions on English passages are read so closely, and only with word vectors: without
    them ``deputies`` would not be recognised as the ``MPs`` that were asked for.
    """
    english = all(c.hit.document.metadata.language in (None, "en") for c in ranked[:NEAR])
    if vectors is None or query.language != "en" or not english:
        return Missing()
    text = main_question(question.text)
    meaning = Meaning(catalogue.lexicon.cased(text), catalogue.lexicon, catalogue.aliases, vectors)
    if not question.sources and _aside(text, ranked, meaning):
        return Missing(reason=_FAR, asked=query.unknown)
    silent = _silent(question, catalogue)
    if silent:
        return silent
    things = asked(catalogue.lexicon.cased(question.text))
    own = _source_words(text, catalogue)
    things = tuple(_without(a, own) for a in things)
    read = [a for a in things if readable(a) and not _of_a_source(a, own)]
    evidence = [_evidence(c) for c in ranked[:LOOKED_AT]] if read else []
    lost = [a for a in read if not holds(a, evidence, meaning)]
    if not lost:
        return Missing()
    reason = f"The reports {listed([_lacks(a) for a in lost], 'and')}."
    words = tuple(a.words for a in lost)
    if any(a not in lost and not a.leans for a in things):
        return Missing(notice=reason, asked=words)
    return Missing(reason=reason, asked=words)


def _silent(question: Question, catalogue: Catalogue) -> Missing:
    """A name on which the one report that is asked about has not a word, whatever others say of it."""
    rows = [catalogue.order.get(d, ()) for d in question.sources]
    if len(rows) != 1 or not rows[0] or question.several:
        return Missing()
    if question.context:
        return Missing()
    text, own = main_question(question.text), _source_words(question.text, catalogue)
    asked_of = [n for n in proper_names(text) if not own & set(n) and not _EVERYDAY & set(n)]
    passages = [stems(" ".join((*p.section, p.text))) for p in rows[0]] if asked_of else []
    for name in asked_of:
        wanted = _called(name, text, catalogue)
        elsewhere = any(all(map(catalogue.lexicon.known, w)) for w in wanted)
        if elsewhere and not any(w <= have for w in wanted for have in passages):
            label = frame_label(catalogue.documents[question.sources[0]].metadata)
            thing = " ".join(name).title() if len(name) > 1 else _printed(name[0], text)
            return Missing(reason=f"{label} does not mention {thing}.", asked=(thing,))
    return Missing()


def _called(name: Sequence[str], text: str, catalogue: Catalogue) -> list[Set[str]]:
    """The stems under which a name may stand: each of its words alone, its spellings here, its other names whole."""
    found: list[Set[str]] = [{stem(w)} for w in name]
    found += [{stem(v.word)} for w in name for v in catalogue.lexicon.variants(w, True)]
    for expansion in catalogue.aliases.expansions(text):
        if set(words(expansion.matched)) & set(name):
            found += [{stem(w) for w in words(a) if w not in STOPWORDS} for a in expansion.alternatives]
    return [f for f in found if f]


def _printed(word: str, text: str) -> str:
    """A folded word as the question prints it."""
    return next((text[a:b] for w, a, b in word_spans(text) if w == word), word)


def _aside(text: str, ranked: Sequence[Candidate], meaning: Meaning) -> bool:
    """Whether neither the question as a whole nor its single words come near the best sentences."""
    if max(c.cosine for c in ranked) >= ASIDE_COSINE:
        return False
    have = {w for c in ranked[:20] for w in words(" ".join((c.text, *c.hit.passage.section)))} - STOPWORDS
    own = {w for w in words(text) if w not in STOPWORDS and len(w) > 2 and w.isalpha()}
    return bool(own) and sum(meaning.best(w, sorted(have)) for w in own) / len(own) < ASIDE_LIKENESS


def around(candidate: Candidate) -> str:
    """Headings and the sentence before: they say whom a pronoun or a bare number means."""
    return " ".join((*candidate.hit.passage.section, candidate.before))


def _evidence(candidate: Candidate) -> Evidence:
    """A sentence with its headings and neighbours."""
    return Evidence(candidate.text, around(candidate), candidate.after)


def _source_words(text: str, catalogue: Catalogue) -> Set[str]:
    """The words with which a question names its sources."""
    return {w for m in catalogue.names.find(text) for w in words(text[m.start : m.end])}


def _without(thing: Asked, own: Set[str]) -> Asked:
    """The asked thing without the names of sources, which need not stand in their own sentences."""
    return replace(thing, names=tuple(n for n in thing.names if not own & set(n)))


def _of_a_source(thing: Asked, own: Set[str]) -> bool:
    """What a report itself says is everywhere in it, not only where it is named."""
    return thing.slot is Slot.POSITION and bool(own & set(thing.subject))


def _lacks(thing: Asked) -> str:
    match thing.slot:
        case Slot.WHO | Slot.ROLE:
            return f"do not say {thing.words}"
        case Slot.TOPIC:
            return f"say nothing about {thing.words}"
        case Slot.DEED | Slot.TIME | Slot.REASON:
            return f"do not answer this: “{thing.words}”"
        case Slot.POSITION:
            return f"hold no {thing.words.removeprefix('a ')}"
        case _:
            return f"do not give {thing.words}"


def _holds_figure(ranked: Sequence[Candidate]) -> bool:
    """Whether one of the sentences nearest to the question holds a number."""
    telling = [c for c in ranked if not c.features.reference]
    nearest = sorted(telling, key=lambda c: (-c.cosine, c.document_id, c.sentence.start))[:NEAR]
    return any(has_type(QuestionKind.FIGURE, c.text) for c in nearest)


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
    taken = [(m.start, m.end) for m in catalogue.names.find(text)]
    taken += [m.span() for m in (*_SLOGAN.finditer(text), *_GLOSS.finditer(text))]
    for match in _NAME.finditer(text):
        if any(start < match.end() and match.start() < end for start, end in taken):
            continue  # a source under one of its names, or words put into somebody's mouth
        parts = [
            w
            for w in words(match.group())
            if w not in _EVERYDAY and w not in STOPWORDS and not w.isdigit()
        ]
        lost = [w for w in parts if w in unknown and w not in resolved and _tells(w, match.group())]
        lost = [w for w in lost if not _in_an_id(w, catalogue)]
        if 2 * len(lost) > len(parts):
            found.append(re.sub(r"['’]s?$", "", match.group()))
    return tuple(dict.fromkeys(found))


def _in_an_id(word: str, catalogue: Catalogue) -> bool:
    """Whether a document is filed under the word: a report in Arabic may bear its English name only there."""
    return len(word) > 4 and any(word in d.casefold() for d in catalogue.documents)


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
    nearest = sorted(ranked[:12], key=lambda c: (-c.cosine - c.coverage / 2, c.document_id, c.sentence.start))[:NEAREST]
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


def listed(items: Sequence[str], before_last: str = "or") -> str:
    """Items in words.

    >>> listed(["fog", "wind", "rain"]), listed(["fog"], "and")
    ('fog, wind or rain', 'fog')
    """
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {before_last} {items[-1]}"
