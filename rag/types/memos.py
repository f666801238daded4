"""Outlines, memos, what changed between two of their versions, and what the linter finds."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from rag.types.answers import Citation, Disagreement, Statement, StatementKind, Support
from rag.types.documents import DocumentInfo
from rag.types.searching import Filters


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
