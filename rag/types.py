"""The vocabulary: frozen values that every other module speaks in.

All offsets are Unicode code-point offsets into :attr:`Document.text`; spans are half-open
``[start, end)``.  Values know their content, stores know where they are kept.  This module
imports nothing of ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

# --------------------------------------------------------------------------- documents


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One heading and the text it governs.

    ``start`` is the offset of the heading line itself, ``end`` the offset where the next heading of
    the same or a higher level begins (or the end of the text).  ``path`` is the chain of titles from
    the outermost heading down to this one, inclusive.
    """

    title: str
    level: int
    start: int
    end: int
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSpan:
    """The part of the document text that stood on one printed page (1-based)."""

    page: int
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A footnote or endnote lifted out of the running text.

    ``start``/``end`` span the note's own text; ``anchor`` is the offset in the body where its marker
    stood (None when no marker was found).
    """

    label: str
    start: int
    end: int
    anchor: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CleaningAction:
    """One thing that cleaning did: ``dropped``, ``joined``, ``moved``, ``repaired`` or ``metadata``.

    ``reason`` is a short code such as ``running-head`` or ``page-break``; ``text`` an excerpt of what
    was concerned (at most 300 characters).
    """

    action: str
    reason: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What a document says about itself, or what a sidecar file says instead.  Absent is None.

    ``published`` keeps the precision of its source: ``2024``, ``2024-10`` or ``2024-10-05``.
    ``published_note`` says where the date came from when it is not a plain publication date
    (``copyright line``, ``sidecar``, ``page metadata``).
    """

    title: str
    authors: tuple[str, ...] = ()
    role: str | None = None
    publisher: str | None = None
    series: str | None = None
    published: str | None = None
    published_note: str | None = None
    language: str | None = None
    translator: str | None = None
    licence: str | None = None
    url: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MetadataEdit:
    """What a person corrected: ``fields`` hold the edited values, ``found`` what stood there without them."""

    fields: Mapping[str, Any]
    found: Mapping[str, Any]
    edited_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One source file, cleaned.  ``text`` is what every offset refers to."""

    id: str
    text: str
    metadata: Metadata
    format: str
    source_path: str
    sha256: str
    ingested_at: str
    pages: int | None = None
    sections: tuple[Section, ...] = ()
    page_spans: tuple[PageSpan, ...] = ()
    notes: tuple[Note, ...] = ()
    cleaning: tuple[CleaningAction, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentInfo:
    """A document without its text: what a list, a citation or a filter needs.

    ``edited`` names the fields of its metadata that a person corrected in the library.
    """

    id: str
    metadata: Metadata
    format: str
    source_path: str
    sha256: str
    ingested_at: str
    pages: int | None
    passages: int
    characters: int
    in_library: bool = True
    edited: tuple[str, ...] = ()


class PassageKind(StrEnum):
    """What a passage is made of; notes rank below the body."""

    BODY = "body"
    NOTE = "note"
    TABLE = "table"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One sentence (or list item, table row, heading) of a passage; offsets into the document text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A quotable slice of one document: the unit we index, retrieve and cite.

    ``text == document.text[start:end]``, always.  ``id`` is ``f"{document_id}:{start}-{end}"``.
    """

    id: str
    document_id: str
    ordinal: int
    start: int
    end: int
    text: str
    section: tuple[str, ...] = ()
    page: int | None = None
    kind: PassageKind = PassageKind.BODY
    sentences: tuple[Sentence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AliasGroup:
    """Names that search takes for the same (or, ``related``, for near), the one to show first.

    ``origin``: ``shipped`` with the product, ``own`` (or enlarged by an own group), ``related``, or
    ``reports`` (an acronym that the reports expand themselves).  ``key`` names an own group, else empty.
    """

    key: str
    names: tuple[str, ...]
    origin: str


# --------------------------------------------------------------------------- searching


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Narrows a search.  Empty tuples and None mean no restriction.

    ``published_after``/``published_before`` are inclusive ISO dates of any precision; a document
    without a date never matches a date filter.
    """

    documents: tuple[str, ...] = ()
    publishers: tuple[str, ...] = ()
    published_after: str | None = None
    published_before: str | None = None
    language: str | None = None

    @property
    def empty(self) -> bool:
        """True when nothing is restricted."""
        return self == Filters()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A passage found, best first.  ``score`` is only comparable within one search.

    ``lexical_rank``/``dense_rank`` are 1-based ranks in the two lists that were fused (None: absent).
    """

    passage: Passage
    document: DocumentInfo
    score: float
    lexical_rank: int | None = None
    dense_rank: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """Hits with what the reader should know about how they were found."""

    query: str
    hits: tuple[Hit, ...]
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One earlier exchange of a conversation."""

    question: str
    answer: str
    standalone_question: str | None = None


# --------------------------------------------------------------------------- writing


class StatementKind(StrEnum):
    """``quoted``: the source's words, framed at most; ``written``: words of the writer."""

    QUOTED = "quoted"
    WRITTEN = "written"


class Support(StrEnum):
    """The verdict on a statement after verification."""

    VERIFIED = "verified"
    FLAGGED = "flagged"


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftQuote:
    """A proof a writer claims: these words stand in that passage.

    ``start``/``end`` are document offsets when the writer knows them (the extractive writer does).
    """

    passage_id: str
    quote: str
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftStatement:
    """A sentence as the writer proposes it, before verification.

    ``listed`` marks an item of a list.  ``further`` are passages that it quotes beside those the search
    gave: where a list goes on.
    """

    text: str
    quotes: tuple[DraftQuote, ...]
    kind: StatementKind = StatementKind.WRITTEN
    attribution: str | None = None
    group: str | None = None
    listed: bool = False
    further: tuple[Hit, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftPosition:
    """One side of a disagreement: whose, what they hold, and the quotes that show it."""

    document_id: str
    claim: str
    quotes: tuple[DraftQuote, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftDisagreement:
    """Reports differ: about what, along which axis, and each position.

    ``axis`` is one of ``figure``, ``date``, ``definition``, ``period``, ``cause``, ``judgement``,
    ``recommendation``, ``classification``.
    """

    about: str
    axis: str
    positions: tuple[DraftPosition, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftRefusal:
    """Why no answer is given, what is missing, and the nearest evidence."""

    reason: str
    missing: tuple[str, ...] = ()
    nearest: tuple[DraftQuote, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a writer hands to the verifier: statements, or a refusal, never both."""

    statements: tuple[DraftStatement, ...] = ()
    disagreements: tuple[DraftDisagreement, ...] = ()
    refusal: DraftRefusal | None = None
    writer: str = "extractive"
    notices: tuple[str, ...] = ()
    prompt_hash: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """A numbered, verified quote: ``quote == document.text[start:end]`` when it was made.

    ``id`` is stable and stored; ``number`` is its place in one answer, from 1, never reused.
    ``document_sha256`` is the version of the source the quote was taken from.
    """

    number: int
    id: str
    document_id: str
    title: str
    authors: tuple[str, ...]
    publisher: str | None
    published: str | None
    section: tuple[str, ...]
    page: int | None
    passage_id: str
    quote: str
    start: int
    end: int
    url: str
    document_sha256: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One sentence of an answer or memo with the numbers of its citations.

    ``problems`` says, in words, what verification objected to (empty when verified).
    ``group`` is a heading under which the page shows it (a source, a side), or None; ``listed`` marks an
    item of a list.
    """

    text: str
    citations: tuple[int, ...]
    kind: StatementKind
    support: Support
    attribution: str | None = None
    group: str | None = None
    listed: bool = False
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """One side of a disagreement, cited."""

    document_id: str
    claim: str
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """Where reports differ; both sides stand, quoted."""

    about: str
    axis: str
    positions: tuple[Position, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """The reports do not support an answer: why, what is missing, what is nearest."""

    reason: str
    missing: tuple[str, ...] = ()
    nearest: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A verified answer or a refusal (then ``statements`` is empty)."""

    id: str
    question: str
    standalone_question: str
    answer: str
    statements: tuple[Statement, ...]
    citations: tuple[Citation, ...]
    disagreements: tuple[Disagreement, ...]
    hits: tuple[Hit, ...]
    writer: str
    refusal: Refusal | None = None
    notices: tuple[str, ...] = ()
    timings_ms: dict[str, float] = field(default_factory=dict)
    conversation_id: str | None = None
    dropped_statements: int = 0
    prompt_hash: str | None = None

    @property
    def refused(self) -> bool:
        """True when the reports do not support an answer."""
        return self.refusal is not None


# --------------------------------------------------------------------------- memos


class SectionRole(StrEnum):
    """What a memo's section is for.  Exports lay out ``key_judgements`` with basis and confidence."""

    BOTTOM_LINE = "bottom_line"
    KEY_JUDGEMENTS = "key_judgements"
    BACKGROUND = "background"
    BODY = "body"
    RECOMMENDATIONS = "recommendations"
    DISAGREEMENT = "disagreement"
    STANDING = "standing"
    SOURCES = "sources"


class Confidence(StrEnum):
    """How well the evidence carries a judgement; never stated beside a likelihood word."""

    HIGH = "high"
    MODERATE = "moderate"
    LOW = "low"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutlineSection:
    """One planned section: its heading, the question it answers, its role, its share of the words."""

    heading: str
    question: str
    role: SectionRole = SectionRole.BODY
    words: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """What a memo will hold, to be looked at and changed before it is written."""

    task: str
    title: str
    template: str
    audience: str | None = None
    sections: tuple[OutlineSection, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoSection:
    """One section of a memo: a heading and its verified statements, in reading order.

    A statement's ``group`` is a sub-heading inside the section (``What has happened``).
    """

    heading: str
    statements: tuple[Statement, ...]
    role: SectionRole = SectionRole.BODY
    question: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyJudgement:
    """A judgement with what it rests on.

    ``statement`` is also the statement at the same place of the section whose role is
    ``key_judgements``.  ``publishers`` are the independent sources that carry it;
    ``corroboration``/``contrary`` number quotes of other sources for and against it.
    """

    statement: Statement
    basis: str
    confidence: Confidence
    confidence_reason: str
    publishers: tuple[str, ...] = ()
    corroboration: tuple[int, ...] = ()
    contrary: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRow:
    """A figure as its source prints it.

    ``scope`` is what is counted, ``as_of`` the date or period the sentence ties it to (``as_of_note``
    says when it is only the report's own date).  Rows with the same ``conflict`` label count the same
    thing differently; ``note`` says what a reader must know (shares that do not add up).
    """

    value: str
    unit: str | None
    scope: str
    as_of: str | None
    document_id: str
    source: str
    citation: int
    as_of_note: str | None = None
    conflict: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineRow:
    """A dated event: ``date`` in ISO form of any precision, ``printed`` as the source has it."""

    date: str
    printed: str
    event: str
    document_id: str
    source: str
    citation: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceNote:
    """What a document says of itself: publisher, kind of institution, date, author's role, disclaimers.

    ``statements`` quote the document on itself; ``share`` is its part of the memo's citations (0-1).
    """

    document_id: str
    label: str
    publisher: str | None
    kind: str | None
    date: str
    remarks: tuple[str, ...]
    statements: tuple[Statement, ...]
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceRow:
    """How much of a memo's evidence one publisher (or author without one) carries."""

    publisher: str
    citations: int
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """One line of a memo's audit annex: a statement, its citations, the verdict, the documents."""

    statement: str
    citations: tuple[int, ...]
    support: Support
    documents: tuple[str, ...]
    kind: StatementKind = StatementKind.QUOTED
    section: str = ""
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Memo:
    """A cited memo; citation numbers run through the whole memo.

    ``sources`` are the documents cited, with the version (``sha256``) used: the bibliography.
    ``as_of`` is the date up to which documents were used, ``words`` counts the sections' statements
    against ``words_limit``.  ``version`` counts from 1; ``parent_id`` is the version before.
    """

    id: str
    task: str
    title: str
    template: str
    created_at: str
    as_of: str | None
    sections: tuple[MemoSection, ...]
    citations: tuple[Citation, ...]
    sources: tuple[DocumentInfo, ...]
    disagreements: tuple[Disagreement, ...]
    gaps: tuple[str, ...]
    audit: tuple[AuditRow, ...]
    audience: str | None = None
    judgements: tuple[KeyJudgement, ...] = ()
    ledger: tuple[LedgerRow, ...] = ()
    timeline: tuple[TimelineRow, ...] = ()
    source_notes: tuple[SourceNote, ...] = ()
    balance: tuple[BalanceRow, ...] = ()
    notices: tuple[str, ...] = ()
    outline: Outline | None = None
    filters: Filters = Filters()
    writer: str = "extractive"
    words: int = 0
    words_limit: int = 0
    version: int = 1
    parent_id: str | None = None
    dropped_statements: int = 0
    prompt_hash: str | None = None
    timings_ms: dict[str, float] = field(default_factory=dict)


class ChangeKind(StrEnum):
    """What became of a claim between two versions of a memo."""

    NEW = "new"
    GONE = "gone"
    CHANGED = "changed"
    SOURCE_UPDATED = "source_updated"
    KEPT = "kept"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimChange:
    """One claim of two versions: ``before`` and ``after`` as worded (None: not there), and why."""

    kind: ChangeKind
    before: str | None
    after: str | None
    documents: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoComparison:
    """A new version of a memo compared with the one before, claim by claim.

    ``updated``, ``added`` and ``removed`` are ids of documents whose text changed, that are newly
    cited, or that are gone from the library.
    """

    before_id: str
    after_id: str
    changes: tuple[ClaimChange, ...]
    updated: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


class LintLevel(StrEnum):
    """``error``: must not go out so; ``warning``: look at it."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class LintFinding:
    """One thing the linter objects to: the rule, in words, and where."""

    rule: str
    level: LintLevel
    message: str
    where: str = ""


# --------------------------------------------------------------------------- people


class Role(StrEnum):
    """What an account may do; each role may do what those before it may.

    ``reader`` asks, reads and keeps memos; ``editor`` also changes the library; ``admin`` also manages
    accounts.
    """

    READER = "reader"
    EDITOR = "editor"
    ADMIN = "admin"

    def covers(self, needed: Role) -> bool:
        """Whether this role may do what ``needed`` may.

        >>> Role.EDITOR.covers(Role.READER), Role.EDITOR.covers(Role.ADMIN)
        (True, False)
        """
        order = list(Role)
        return order.index(self) >= order.index(needed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Somebody who may log in.

    ``id`` never changes and is never given again: it is the owner of their conversations and memos, so
    that a later account of the same name inherits nothing.  ``seen_at`` is None before the first log-in.
    """

    id: str
    name: str
    role: Role
    created_at: str
    seen_at: str | None = None
    has_password: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A log-in that lasts: whose, since when, and when it was last used (ISO 8601, UTC)."""

    account: Account
    created_at: str
    seen_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiToken:
    """A token for programs; the token itself is not kept, only its digest."""

    id: str
    account: Account
    label: str
    created_at: str
    expires_at: str | None = None
    used_at: str | None = None


# --------------------------------------------------------------------------- ingest


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestFailure:
    """A file that could not be taken in, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestReport:
    """What one ingest run did; ids in the order they were worked on."""

    added: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    failed: tuple[IngestFailure, ...] = ()
    warnings: tuple[str, ...] = ()
    passages: int = 0
    seconds: float = 0.0


# --------------------------------------------------------------------------- events of a streamed answer


@dataclass(frozen=True, slots=True, kw_only=True)
class PassagesFound:
    """First event: what the search found and the question it searched for."""

    standalone_question: str
    hits: tuple[Hit, ...]
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementReady:
    """One verified (or flagged) statement with the citations it is the first to use."""

    statement: Statement
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerReady:
    """Last event: the whole answer."""

    answer: Answer


AnswerEvent = PassagesFound | StatementReady | AnswerReady
