"""Sentences that may go into an answer, with the features that rank them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, fields, replace
from functools import lru_cache
from operator import attrgetter

import numpy as np

from rag.catalogue import Catalogue
from rag.extractive.tokens import MEASURES, Kind, tokens
from rag.ports import Vectors
from rag.query import Query
from rag.question import Question, QuestionKind, asks_for_shares
from rag.text import content_words, is_arabic, numbers, stem, words
from rag.types import DocumentInfo, Hit, PassageKind, Sentence

MIN_WORDS = 4
RANK_DECAY = 0.15

_DATE = re.compile(
    r"\b(?:19|20)\d{2}\b|\b(?:january|february|march|april|may|june|july|august|september|october|"
    r"november|december|(?:this|last|next|past|same) "
    r"(?:year|month|week|decade)|(?:days|weeks|months|years)|(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\.)\s*\d*|يناير|فبراير|مارس|"
    r"آذار|نيسان|أيار|حزيران|تموز|آب|أيلول|تشرين|كانون|شباط",
    re.IGNORECASE,
)
_REFERENCE = re.compile(
    r"\baccessed\b|https?://|\bretrieved\b.{0,30}\bfrom\b|\bibid\b|\bdoi:|\(n\.d\.\)|\bx post\b|^source:",
    re.IGNORECASE,
)
_CAPTION = re.compile(r"(?:table|figure|chart|map|box|photo|graphique|tableau)\s+\w{1,3}\s*[:.–—-]\s", re.IGNORECASE)
_OF_ITSELF = re.compile(
    r"\b(?:this|the|our) (?:(?:research|present|current|policy) )?(?:article|study|paper|report|research|brief|"
    r"analysis|essay|section|chapter)\b(?: \w+){0,3} (?:examin|investigat|evaluat|focus|explor|address|discuss|"
    r"assess|aims?\b|seeks?\b|analy[sz]|looks at|begins|is organi[sz]ed|proceeds)",
    re.IGNORECASE,
)
_IMPRINT = re.compile(
    r"(?:publisher|published(?: by| on)?|author|authors|date|issue|éditeur|auteurs?|date de publication|"
    r"الناشر|تاريخ النشر|الكاتبة?|المؤلفة?|المؤلفون|العدد)\s*:\s*.{0,80}$",
    re.IGNORECASE,
)
_PUBLISHED = re.compile(
    r"\b(?:outlets?|newspapers?|magazines?|agenc(?:y|ies)|broadcasters?|channels?|websites?|footnotes?|endnotes?|links?|"
    r"cit(?:ed?|es|ing|ation)|published|headlines?|titles?|titled|articles?|journalists?|press)\b|"
    r"\bwho (?:wrote|reported)\b|\b(?:the|what|which|whose) (?:[\w'’]+ )?sources?\b",
    re.IGNORECASE,
)
"""What is asked may stand in a reference and nowhere else."""
_FRACTION = re.compile(r"\b(?:half|thirds?|quarters?|fifths?|tenths?|majority|minority|most|one in)\b", re.IGNORECASE)
_LEAD_PRONOUN = re.compile(r"^(?:It|They|He|She|This|These|That|Those|Its|Their|His|Her)\b")


@dataclass(frozen=True, slots=True)
class Features:
    """What tells a sentence that answers from one that does not; each between 0 and 1 (``cosine`` -1 to 1).

    ``cosine``: best similarity to the question or one of its parts.  ``coverage``/``context``: share, by
    idf, of the question's words in the sentence / in its passage and headings.  ``rank``: nearness of the
    passage to the top.  ``wrong_kind``: a figure or date is asked for and it holds none.
    ``opening``: first sentence of its passage.  ``pronoun``: begins
    with a bare pronoun.  ``passage``: the passage's search score over the best one's.  ``note``: stands in
    a note.  ``reference``: is a bibliographic reference.  ``lead_in``: similarity to the question of the
    sentence before it, which often names the subject that this one speaks of.  ``announcing``: ends in a
    colon; what it announces answers, it does not.  ``idle``: asks a question, or says what the text does.
    """

    cosine: float
    coverage: float
    context: float
    rank: float
    passage: float
    wrong_kind: float
    opening: float
    pronoun: float
    note: float
    reference: float
    lead_in: float
    announcing: float
    idle: float


WEIGHTS = Features(
    cosine=1.0,
    coverage=0.6,
    context=0.4,
    rank=0.4,
    passage=0.6,
    wrong_kind=-0.6,
    opening=0.0,
    pronoun=0.0,
    note=0.4,
    reference=-1.5,
    lead_in=0.35,
    announcing=-0.45,
    idle=-0.6,
)
"""Fitted to put the sentences with the facts first (listwise softmax, Cao et al. 2007), then rounded; fitted on
either of two gold sets it serves the other better than the weights set by hand before (eval/RESULTS.md)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One sentence of a hit; ``score`` is the weighted sum of its features and ranks it.

    ``series`` names the enumeration it was taken with, as an ``item`` or as what announces them; ``cut`` tells
    that the sentence goes on.
    """

    hit: Hit
    rank: int
    sentence: Sentence
    text: str
    vector: Vectors
    features: Features
    score: float
    word_count: int
    series: tuple[str, int] | None = None
    item: bool = False
    cut: bool = False

    @property
    def before(self) -> str:
        """The sentence before it in its passage, or nothing."""
        return self._neighbour(-1)

    @property
    def after(self) -> str:
        """The sentence after it in its passage, or nothing."""
        return self._neighbour(1)

    def _neighbour(self, step: int) -> str:
        row = self.hit.passage.sentences
        at = row.index(self.sentence) + step
        return sentence_text(self.hit, row[at]) if 0 <= at < len(row) else ""

    @property
    def document_id(self) -> str:
        """The document it stands in."""
        return self.hit.passage.document_id

    @property
    def cosine(self) -> float:
        """Similarity to the question."""
        return self.features.cosine

    @property
    def coverage(self) -> float:
        """Share of the question's words, by idf, that it has."""
        return self.features.coverage


def candidates(
    question: Question,
    query: Query,
    question_vectors: Vectors,
    hits: Sequence[Hit],
    sentence_vectors: Mapping[str, Vectors],
    catalogue: Catalogue,
) -> list[Candidate]:
    """All sentences of the hits that say something, best first; ties by document and place.

    When the question names its sources, only these may speak, unless it sets one against others.

    Args:
        question_vectors: shape ``(n, dimension)``: the whole question first, then its parts.
        sentence_vectors: per passage id, shape ``(sentences, dimension)``.
    """
    weights = term_weights(query, catalogue)
    asked = _asked(question, question_vectors)
    # one source named among several asked for ("… against the later papers"): the others may speak, too
    named = set(question.sources) if len(question.sources) > 1 or not question.several else set()
    best = max((h.score for h in hits), default=0.0) or 1.0
    found: list[Candidate] = []
    for rank, hit in enumerate(hits):
        vectors = sentence_vectors.get(hit.passage.id)
        if vectors is None or (named and hit.passage.document_id not in named):
            continue
        cosines = np.max(vectors @ asked.T, axis=1)
        context = _coverage(stems(" ".join((*hit.passage.section, hit.passage.text))), weights)
        note = _in_reference(hit)
        for index, sentence in enumerate(hit.passage.sentences):
            text = sentence_text(hit, sentence)
            if not says_something(text, hit):
                continue
            features = _features(
                question, text, hit, rank, index, cosines, weights, context, hit.score / best, note
            )
            found.append(
                Candidate(
                    hit=hit,
                    rank=rank,
                    sentence=sentence,
                    text=text,
                    vector=vectors[index],
                    features=features,
                    score=float(np.dot(_values(features), _WEIGHTS)),
                    word_count=_read(text).length,
                )
            )
    if _PUBLISHED.search(question.text):
        found = _answering_references(found)
    return sorted(found, key=lambda c: (-c.score, c.document_id, c.sentence.start))


def _answering_references(found: Sequence[Candidate]) -> list[Candidate]:
    """Where it is asked who published what: a reference that is nearer to the question than every sentence of the
    text is what is asked for."""
    best = max((relevance(c) for c in found if not c.features.reference), default=0.0)
    return [
        replace(c, score=c.score - WEIGHTS.reference) if c.features.reference and relevance(c) > best else c
        for c in found
    ]


def _asked(question: Question, vectors: Vectors) -> Vectors:
    """The vectors of what is asked now, without those of what a follow-up only carries along.

    A follow-up too thin to have a part of its own ("Locked up?") keeps them all.
    """
    texts = list(dict.fromkeys([question.text, question.focus, *question.parts]))
    if len(texts) != len(vectors) or set(question.context) == set(question.parts):
        return vectors
    return vectors[[i for i, t in enumerate(texts) if t not in question.context]]


def relevance(candidate: Candidate) -> float:
    """The part of its score that a sentence owes to itself and the one before it, not to its passage."""
    own = candidate.features
    return WEIGHTS.cosine * own.cosine + WEIGHTS.coverage * own.coverage + WEIGHTS.lead_in * max(0.0, own.lead_in)


_WEIGHTS = np.array(astuple(WEIGHTS))
_values = attrgetter(*(f.name for f in fields(Features)))  # dataclasses.astuple copies deeply


def _features(
    question: Question,
    text: str,
    hit: Hit,
    rank: int,
    index: int,
    cosines: Vectors,
    weights: Mapping[str, float],
    context: float,
    passage: float,
    of_reference: bool,
) -> Features:
    read = _read(text)
    return Features(
        cosine=float(cosines[index]),
        coverage=_coverage(read.stems, weights),
        context=context,
        rank=1 / (1 + RANK_DECAY * rank),
        passage=passage,
        wrong_kind=_wrong_kind(question, text),
        opening=float(index == 0),
        pronoun=float(read.leans),
        note=float(hit.passage.kind is PassageKind.NOTE),
        reference=float(read.reference or of_reference),
        lead_in=float(cosines[index - 1]) if index else 0.0,
        announcing=float(text.endswith(":")),
        idle=float(read.idle),
    )


def sentence_text(hit: Hit, sentence: Sentence) -> str:
    """The words of one sentence of a hit."""
    start = hit.passage.start
    return hit.passage.text[sentence.start - start : sentence.end - start]


def term_weights(query: Query, catalogue: Catalogue) -> dict[str, float]:
    """idf-weighted stems of a query; they sum to 1 over those of the question's own words that the library has."""
    raw = {t: w * catalogue.lexicon.idf(t) for t, w in query.terms.items()}
    own = sum(v for t, v in raw.items() if query.terms[t] >= 1.0 and catalogue.lexicon.known(t))
    total = own or sum(raw.values()) or 1.0
    return {t: v / total for t, v in raw.items()}


def _coverage(have: frozenset[str], weights: Mapping[str, float]) -> float:
    return min(1.0, sum(v for t, v in weights.items() if t in have))


@lru_cache(maxsize=50_000)
def stems(text: str) -> frozenset[str]:
    """The stems of a text; kept, because the same passages answer many questions."""
    return frozenset(stem(w) for w in words(text))


def has_type(kind: QuestionKind, text: str) -> bool:
    """Whether a sentence has the kind of thing asked for: a figure, a date."""
    if kind is QuestionKind.FIGURE:
        return bool(numbers(text))
    if kind is QuestionKind.DATE:
        return bool(_DATE.search(text))
    return True


def _wrong_kind(question: Question, text: str) -> float:
    """How far a sentence is from the kind of thing asked for: 1 without any, half with a date where a figure is
    asked for, 1 without a share where the parts of a whole are."""
    if question.kind not in (QuestionKind.FIGURE, QuestionKind.DATE):
        return 0.0
    if not has_type(question.kind, text):
        return 1.0
    if question.kind is QuestionKind.DATE or is_arabic(text):
        return 0.0
    kinds = {t.kind for t in tokens(text)}
    if asks_for_shares(question.text):
        return float(Kind.PERCENT not in kinds and not _FRACTION.search(text))
    return 0.5 * float(not kinds & MEASURES)


def is_reference(text: str) -> bool:
    """True for a bibliographic reference: it says where something stands, not what is so."""
    return bool(_REFERENCE.search(text)) and len(content_words(_REFERENCE.sub(" ", text))) < 40


def _idle(text: str) -> bool:
    """True for a question, and for a sentence that says what the text does: they lead to an answer."""
    return text.endswith(("?", "؟")) or bool(_OF_ITSELF.search(text))


def leans(text: str) -> bool:
    """True for a sentence that points back with its first word: it does not stand alone."""
    return bool(_LEAD_PRONOUN.match(text))


def _in_reference(hit: Hit) -> bool:
    """True for any piece of a note that only says where something was published."""
    text = hit.passage.text
    return hit.passage.kind is PassageKind.NOTE and is_reference(text) and len(text.split()) < 60


@dataclass(frozen=True, slots=True)
class _Read:
    """What a sentence is by itself, whatever is asked and wherever it stands.

    ``length`` in words; ``furniture``: a caption or an imprint; ``full``: enough words of content to say something;
    ``bare``: its words alone.
    """

    length: int
    stems: frozenset[str]
    furniture: bool
    full: bool
    reference: bool
    idle: bool
    leans: bool
    bare: str


@lru_cache(maxsize=32_768)
def _read(text: str) -> _Read:
    """Reads a sentence once; kept, because the same sentences come up in many questions."""
    finished = text.rstrip(" \"'”’)").endswith((".", "!", "؟", "?", ";", ":"))
    return _Read(
        length=len(text.split()),
        stems=frozenset(stem(w) for w in words(text)),
        furniture=bool(_CAPTION.match(text) or _IMPRINT.match(text)),
        full=len(content_words(text)) >= (3 if finished else 6),
        reference=is_reference(text),
        idle=_idle(text),
        leans=leans(text),
        bare=_bare(text),
    )


def says_something(text: str, hit: Hit) -> bool:
    """False for headings, bylines and titles: they guide, they do not answer."""
    read = _read(text)
    if read.length < MIN_WORDS or text in hit.passage.section:
        return False
    if read.furniture or _front_matter(read.bare, hit.document):
        return False
    return read.full or hit.passage.kind is PassageKind.TABLE or "|" in text


def _front_matter(bare: str, document: DocumentInfo) -> bool:
    meta = document.metadata
    own = _bares(meta.title, meta.publisher, meta.role, meta.series, *meta.authors)
    return bare in own or any(bare and bare in o for o in own if len(bare) > 0.6 * len(o))


@lru_cache(maxsize=1024)
def _bares(*texts: str | None) -> frozenset[str]:
    return frozenset(_bare(t) for t in texts if t)


def _bare(text: str) -> str:
    return " ".join(words(text))
