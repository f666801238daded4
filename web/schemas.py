"""Bodies and replies of the HTTP API, as OpenAPI shows them.  Never used below this folder.

Replies allow more fields than they name: the contract grows, it never renames.
"""

from __future__ import annotations

import calendar
import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from rag.errors import UsageError
from rag.types import Filters, Outline, OutlineSection, SectionRole, Turn
from web.i18n import gettext, number

MAX_QUESTION = 4000
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")


def clean_text(value: str) -> str:
    """Refuses what cannot be stored as text (lone surrogates, NUL) and trims the ends."""
    if "\x00" in value or any("\ud800" <= c <= "\udfff" for c in value):
        raise ValueError(gettext("The text has characters that are not valid Unicode text."))
    return value.strip()


def _question(value: str) -> str:
    value = clean_text(value)
    if not value:
        raise ValueError(gettext("The question is empty. Write one and ask again."))
    if len(value) > MAX_QUESTION:
        raise ValueError(
            gettext("The question is longer than %(most)s characters; shorten it.") % {"most": number(MAX_QUESTION)}
        )
    return value


def iso_date(value: str | None) -> str | None:
    """An ISO date of any precision, or None for an empty one.

    >>> iso_date("2024-10"), iso_date("")
    ('2024-10', None)
    """
    if value is None or not value.strip():
        return None
    match = _DATE.fullmatch(value.strip())
    if match:
        year, month, day = int(match[1]), int(match[2] or 1), int(match[3] or 1)
        if year >= 1 and 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]:
            return match[0]
    raise ValueError(gettext("%(text)s is not a date; write 2024, 2024-10 or 2024-10-05.") % {"text": repr(value)})


def _language(value: str | None) -> str | None:
    if value is None or not value.strip():
        return None
    if not _LANGUAGE.fullmatch(value.strip()):
        raise ValueError(
            gettext("%(text)s is not a language code; write en, ar or fr, for example.") % {"text": repr(value)}
        )
    return value.strip().lower()


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else [] if value is None else value


Question = Annotated[str, AfterValidator(_question), Field(examples=["What does each report expect?"])]
Text = Annotated[str, AfterValidator(clean_text)]
Date = Annotated[str | None, AfterValidator(iso_date), Field(examples=["2024-10"])]
Names = Annotated[
    list[Text], BeforeValidator(_listed, json_schema_input_type=list[str] | str | None), Field(max_length=500)
]
"""A list, or the one name of which it would be made, or null for none."""


class FilterBody(BaseModel):
    """Narrows a search; an unknown field is refused, since a filter that is ignored misleads."""

    model_config = ConfigDict(extra="forbid")

    documents: Names = Field(default_factory=list, description="Only these document ids.")
    publishers: Names = Field(default_factory=list, description="Only these publishers.")
    published_after: Date = Field(default=None, description="Inclusive; any precision.")
    published_before: Date = Field(default=None, description="Inclusive; any precision.")
    language: Annotated[str | None, AfterValidator(_language)] = Field(
        default=None, description="Language code, such as en."
    )

    @model_validator(mode="after")
    def _in_order(self) -> FilterBody:
        after, before = self.published_after, self.published_before
        if after and before and after[: len(before)] > before:
            raise ValueError(
                gettext("published_after %(after)s lies behind published_before %(before)s.")
                % {"after": after, "before": before}
            )
        return self

    def to_filters(self) -> Filters:
        """The value the core speaks."""
        return Filters(
            documents=tuple(self.documents),
            publishers=tuple(self.publishers),
            published_after=self.published_after,
            published_before=self.published_before,
            language=self.language,
        )


class HistoryTurn(BaseModel):
    """One earlier exchange."""

    question: Annotated[Text, Field(max_length=MAX_QUESTION)]
    answer: Annotated[Text, Field(max_length=50_000)] = ""

    def to_turn(self) -> Turn:
        """The value the core speaks."""
        return Turn(question=self.question, answer=self.answer)


class AskBody(BaseModel):
    """A question, alone or within a conversation."""

    question: Question
    conversation_id: str | None = Field(default=None, max_length=200)
    history: list[HistoryTurn] = Field(default_factory=list, max_length=100)
    filters: FilterBody | None = None

    def to_filters(self) -> Filters:
        """The filters, none when none were given."""
        return (self.filters or FilterBody()).to_filters()


class SearchBody(BaseModel):
    """A search."""

    query: Question
    k: int = Field(default=10, ge=1, le=100, description="How many passages at most.")
    filters: FilterBody | None = None

    def to_filters(self) -> Filters:
        """The filters, none when none were given."""
        return (self.filters or FilterBody()).to_filters()


def _task(value: str) -> str:
    value = clean_text(value)
    if not value:
        raise ValueError(gettext("The task is empty. Say what the memo is for and about."))
    if len(value) > MAX_QUESTION:
        raise ValueError(
            gettext("The task is longer than %(most)s characters; shorten it.") % {"most": number(MAX_QUESTION)}
        )
    return value


class OutlineSectionBody(BaseModel):
    """One section of an outline; ``question`` is what is searched for, the heading when left out."""

    heading: Annotated[Text, Field(max_length=300)] = ""
    question: Annotated[Text, Field(max_length=MAX_QUESTION)] = ""
    role: SectionRole = SectionRole.BODY
    words: int | None = Field(default=None, ge=10, le=10_000)


class OutlineBody(BaseModel):
    """An outline, as a person changed it."""

    title: Annotated[Text, Field(max_length=300)] = ""
    audience: str | None = Field(default=None, max_length=300)
    sections: list[OutlineSectionBody] = Field(min_length=1, max_length=40)

    def to_outline(self, task: str, template: str) -> Outline:
        """The value the core speaks.  A section that was only named is searched for under the title."""
        title = self.title or task[:120]
        sections = tuple(
            OutlineSection(
                heading=s.heading or s.question,
                question=s.question or f"{title}: {s.heading}",
                role=s.role,
                words=s.words,
            )
            for s in self.sections
            if s.heading or s.question
        )
        if not sections:
            raise UsageError(gettext("The outline has no section; give at least one a heading."))
        return Outline(
            task=task, title=title, template=template, audience=self.audience or None, sections=sections
        )


class MemoBody(BaseModel):
    """A memo to be written."""

    model_config = ConfigDict(extra="forbid")

    task: Annotated[
        str, AfterValidator(_task), Field(examples=["Two pages for the board: what do the reports expect, and when?"])
    ]
    template: Annotated[Text, Field(max_length=100)] | None = Field(
        default=None, description="Without one: the template that the task asks for in words, else two-page."
    )
    as_of: Date = Field(default=None, description="Use only what was published by then.")
    filters: FilterBody | None = None
    outline: OutlineBody | None = None

    def to_filters(self) -> Filters:
        """The filters, none when none were given."""
        return (self.filters or FilterBody()).to_filters()

    def to_outline(self) -> Outline | None:
        """The outline, None when the memo makes its own."""
        return self.outline.to_outline(self.task, self.template or "") if self.outline else None


class StatementEdit(BaseModel):
    """Another wording for a statement; ``section`` and ``statement`` count from 0."""

    section: int = Field(ge=0)
    statement: int = Field(ge=0)
    text: Text


class EditBody(BaseModel):
    """Statements of a memo in other words; an empty text takes the statement out."""

    edits: list[StatementEdit] = Field(min_length=1, max_length=500)


def _title(value: str) -> str:
    value = " ".join(clean_text(value).split())
    if not value:
        raise ValueError(gettext("The title is empty."))
    return value


class RenameBody(BaseModel):
    """A new title."""

    title: Annotated[str, AfterValidator(_title), Field(max_length=200)]


Verdict = Literal["right", "wrong", "evidence_wrong", "should_refuse"]


def _verdict(value: Any) -> Any:
    return value.strip().lower().replace(" ", "_").replace("-", "_") if isinstance(value, str) else value


class MetadataBody(BaseModel):
    """Corrections of a document's metadata: a field left out stays, an empty one is not known."""

    model_config = ConfigDict(extra="forbid")

    title: Annotated[Text, Field(max_length=500)] | None = None
    authors: list[Annotated[Text, Field(max_length=500)]] | None = Field(default=None, max_length=50)
    publisher: Annotated[Text, Field(max_length=500)] | None = None
    published: Date = Field(default=None, description="As precise as it is known: 2024, 2024-10 or 2024-10-05.")
    language: Annotated[str | None, AfterValidator(_language)] = None

    def changes(self) -> dict[str, Any]:
        """The fields that were sent."""
        return self.model_dump(include=self.model_fields_set)


class AliasBody(BaseModel):
    """Names of one and the same thing, the one to show first."""

    model_config = ConfigDict(extra="forbid")

    names: list[Annotated[Text, Field(max_length=200)]] = Field(
        min_length=2, max_length=50, examples=[["Popular Mobilization Forces", "PMF", "Hashd"]]
    )


class FeedbackBody(BaseModel):
    """A reader's verdict on an answer."""

    verdict: Annotated[Verdict, BeforeValidator(_verdict)]
    note: Annotated[Text, Field(max_length=4000)] = ""


# --------------------------------------------------------------------------- replies


class Reply(BaseModel):
    """A reply that may carry more than it names."""

    model_config = ConfigDict(extra="allow")


class Problem(Reply):
    """What went wrong, in a sentence."""

    detail: str


class PassageReply(Reply):
    """A ranked passage; ``text == document_text[start:end]``."""

    id: str
    document_id: str
    section: list[str]
    page: int | None
    text: str
    start: int
    end: int
    score: float


class CitationReply(Reply):
    """A verified quote; ``quote == document_text[start:end]``.  ``label`` names its source."""

    number: int
    id: str
    document_id: str
    title: str
    authors: list[str]
    publisher: str | None
    published: str | None
    section: list[str]
    page: int | None
    passage_id: str
    quote: str
    start: int
    end: int
    url: str
    label: str


class RunReply(Reply):
    """A piece of a statement for display: words, words that are a quotation, or a citation number."""

    text: str | None = None
    quoted: bool | None = None
    citation: int | None = None


class StatementReply(Reply):
    """One sentence of an answer.  ``runs`` is its text cut up for display, citations in place."""

    text: str
    citations: list[int]
    kind: Literal["quoted", "written"]
    support: Literal["verified", "flagged"]
    attribution: str | None
    group: str | None = None
    problems: list[str] = []
    runs: list[RunReply] = []


class PositionReply(Reply):
    """One side of a disagreement."""

    document_id: str
    claim: str
    citations: list[int]


class DisagreementReply(Reply):
    """Where reports differ."""

    about: str
    axis: str
    positions: list[PositionReply]


class RefusalReply(Reply):
    """Why there is no answer, what is missing, what is nearest."""

    reason: str
    missing: list[str]
    nearest: list[CitationReply]


class AnswerReply(Reply):
    """A cited answer or a refusal."""

    id: str
    conversation_id: str | None = None
    question: str
    standalone_question: str
    refused: bool
    refusal: RefusalReply | None
    answer: str
    statements: list[StatementReply]
    citations: list[CitationReply]
    disagreements: list[DisagreementReply]
    passages: list[PassageReply]
    writer: str
    notices: list[str]
    timings_ms: dict[str, float]


class SearchReply(Reply):
    """Passages, best first."""

    query: str
    passages: list[PassageReply]
    notices: list[str] = []


class DocumentReply(Reply):
    """One document of the library."""

    id: str
    title: str
    authors: list[str]
    publisher: str | None
    published: str | None
    language: str | None
    format: str
    pages: int | None
    passages: int | None = None
    source_path: str
    sha256: str
    ingested_at: str
    edited: list[str] = Field(default=[], description="Fields that were corrected in the library.")


class EditedReply(DocumentReply):
    """One document; ``found`` holds what would stand in the edited fields without the edit."""

    found: dict[str, Any] = {}


class AliasReply(Reply):
    """A group of names; only an own group has a ``key``, under which it can be taken out."""

    key: str
    names: list[str]
    origin: Literal["own", "reports", "shipped", "related"]


class AliasesReply(Reply):
    """The library's own groups, and all groups that search uses."""

    own: list[AliasReply]
    in_force: list[AliasReply]


class TextReply(Reply):
    """The text that all offsets refer to."""

    text: str


class PlaceReply(Reply):
    """A quote on one printed page: boxes as ``[left, top, right, bottom]`` in pixels of the image."""

    page: int
    width: int
    height: int
    boxes: list[tuple[int, int, int, int]]
    image: str


class PlacesReply(Reply):
    """Where a quote stands on the original pages; not ``found``: its page, without boxes."""

    found: bool
    pages: list[PlaceReply]


class RemovedReply(Reply):
    """What was removed."""

    removed: list[str]


class JobFile(Reply):
    """One uploaded file and what became of it."""

    name: str
    state: Literal["waiting", "reading", "added", "updated", "unchanged", "failed"]
    document_id: str | None = None
    reason: str | None = None
    share: float = Field(default=0.0, description="Part of its passages that is embedded, 0 to 1.")


class JobReply(Reply):
    """An upload on its way into the library."""

    id: str
    state: Literal["queued", "running", "done", "failed"]
    created_at: str
    files: list[JobFile]
    error: str | None = None
    warnings: list[str] = []


class MatchReply(Reply):
    """An answer of a conversation that has the words looked for, in its question or its text."""

    answer_id: str
    question: str
    excerpt: str


class ConversationRow(Reply):
    """A conversation in the list; ``matches`` only in a search."""

    id: str
    title: str
    created_at: str
    updated_at: str
    turns: int
    matches: list[MatchReply] = []


class ConversationReply(Reply):
    """A conversation with its answers as they were shown."""

    id: str
    title: str
    answers: list[AnswerReply]


class MemoSectionReply(Reply):
    """One section of a memo."""

    heading: str
    statements: list[StatementReply]
    role: str = "body"


class MemoReply(Reply):
    """A memo; citation numbers run through it."""

    id: str
    task: str
    title: str
    template: str
    created_at: str
    as_of: str | None
    sections: list[MemoSectionReply]
    citations: list[CitationReply]
    sources: list[DocumentReply]
    disagreements: list[DisagreementReply]
    gaps: list[str]
    audit: list[dict[str, Any]]
    version: int = 1
    parent_id: str | None = None


class MemoProgress(Reply):
    """A memo on its way; ask for it again until it has ``sections``."""

    id: str
    state: Literal["queued", "running", "done", "failed"]
    step: str
    share: float = Field(description="How far it is, 0 to 1.")


class MemoRow(Reply):
    """A memo in the list."""

    id: str
    title: str
    template: str
    created_at: str
    version: int
    parent_id: str | None = None


class OutlineReply(Reply):
    """The outline a memo would have."""

    task: str
    title: str
    template: str
    sections: list[dict[str, Any]]


class ComparisonReply(Reply):
    """Two versions of a memo, claim by claim."""

    before: str
    after: str
    changes: list[dict[str, Any]]


class QuestionsReply(Reply):
    """Questions that the library can answer."""

    questions: list[str]


class FeedbackReply(Reply):
    """The id under which feedback was kept."""

    id: str
