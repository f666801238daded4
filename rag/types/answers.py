"""From a writer's draft to a verified answer, and what is sent while it streams."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from rag.types.searching import Hit


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
