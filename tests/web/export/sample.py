"""A memo made by hand over three invented reports; its text is as hostile as reports can be."""

from __future__ import annotations

from collections.abc import Iterable

from rag.citations import citation_id, citation_url
from rag.errors import NotFound
from rag.fakes import sample_document
from rag.types import (
    AuditRow,
    BalanceRow,
    Citation,
    Confidence,
    Disagreement,
    Document,
    DocumentInfo,
    KeyJudgement,
    LedgerRow,
    Memo,
    MemoSection,
    Position,
    SectionRole,
    SourceNote,
    Statement,
    StatementKind,
    Support,
    TimelineRow,
)

BOARD = """Fleet

The Orrin Ferry Board counts 12 ferries on the lake. The budget says #eval("1 + 1") and $x^2$ for *every* pier.

Tariffs

A <script>alert(1)</script> pass | ticket costs 4\u00a0crowns [see note] & 50 % less in `winter`_now_. The board \
calls this “the “fair” fare” of 2024.
Nobody pays twice."""
TRADERS = """Fleet

The Guild of Lake Traders counts 9 ferries on the lake. 1. January is a holiday on the \\lake\\."""
ARABIC = """العبارات

يقول التقرير إن البحيرة تحتاج إلى 15 عبارة جديدة قبل عام 2026. لا يتفق التجار مع هذا الرأي."""
TEXTS = {"ferry-board": BOARD, "lake-traders": TRADERS, "taqrir": ARABIC}
METADATA: dict[str, dict[str, object]] = {
    "ferry-board": {
        "title": "State of the ferries: a #set page(fill: red) count", "publisher": "Orrin Ferry Board",
        "authors": ("Dr. Mara van der Velten", "Ada Brook"), "published": "2025-03",
        "url": "https://ferries.example/state_of_100%", "language": "en",
    },
    "lake-traders": {"title": "What the lake needs", "publisher": "Guild of Lake Traders", "published": "2025-06-14"},
    "taqrir": {"title": "العبارات في البحيرة", "publisher": "مركز أورين", "language": "ar"},
}  # fmt: skip
QUOTES = (
    ("ferry-board", "The Orrin Ferry Board counts 12 ferries on the lake."),
    ("lake-traders", "The Guild of Lake Traders counts 9 ferries on the lake."),
    ("ferry-board", 'The budget says #eval("1 + 1") and $x^2$ for *every* pier.'),
    (
        "ferry-board",
        "A <script>alert(1)</script> pass | ticket costs 4\u00a0crowns [see note] & 50 % less in `winter`_now_.",
    ),
    ("ferry-board", "The board calls this “the “fair” fare” of 2024.\nNobody pays twice."),
    ("taqrir", "يقول التقرير إن البحيرة تحتاج إلى 15 عبارة جديدة قبل عام 2026."),
    ("taqrir", "لا يتفق التجار مع هذا الرأي."),
    ("lake-traders", "1. January is a holiday on the \\lake\\."),
)
LABELS = {
    "ferry-board": "Orrin Ferry Board (March 2025)", "lake-traders": "Guild of Lake Traders (14 June 2025)",
    "taqrir": "مركز أورين (undated)",
}  # fmt: skip


def documents() -> dict[str, Document]:
    """The three reports by id."""
    return {name: sample_document(name, text, **METADATA[name])[0] for name, text in TEXTS.items()}


class Shelf:
    """A library as far as verification needs one."""

    def __init__(self, held: Iterable[Document]) -> None:
        self.held = {d.id: d for d in held}

    def document(self, document_id: str) -> Document:
        """The document.  Raises NotFound."""
        if document_id not in self.held:
            raise NotFound(document_id)
        return self.held[document_id]


def info(document: Document) -> DocumentInfo:
    """A document without its text."""
    return DocumentInfo(
        id=document.id, metadata=document.metadata, format="txt", source_path=document.source_path,
        sha256=document.sha256, ingested_at=document.ingested_at, pages=None, passages=2,
        characters=len(document.text),
    )  # fmt: skip


def citation(number: int, document: Document, quote: str) -> Citation:
    """A citation of words that stand in the document."""
    start = document.text.index(quote)
    end = start + len(quote)
    meta = document.metadata
    return Citation(
        number=number, id=citation_id(info(document), start, end), document_id=document.id, title=meta.title,
        authors=meta.authors, publisher=meta.publisher, published=meta.published, section=("Fleet",), page=None,
        passage_id=f"{document.id}:{start}-{end}", quote=quote, start=start, end=end,
        url=citation_url(document.id, start, end), document_sha256=document.sha256,
    )  # fmt: skip


def stated(number: int, *, text: str | None = None, group: str | None = None) -> Statement:
    """A quoted statement on the quote of that number."""
    name, quote = QUOTES[number - 1]
    return Statement(
        text=text or f"{LABELS[name]}: “{quote}”", citations=(number,), kind=StatementKind.QUOTED,
        support=Support.VERIFIED, attribution=LABELS[name], group=group,
    )  # fmt: skip


def memo() -> Memo:
    """The memo: every part that a memo can have."""
    held = documents()
    citations = tuple(citation(n, held[d], q) for n, (d, q) in enumerate(QUOTES, 1))
    sections = (
        MemoSection(heading="Bottom line", role=SectionRole.BOTTOM_LINE, statements=(stated(1),)),
        MemoSection(heading="Key judgements", role=SectionRole.KEY_JUDGEMENTS, statements=(stated(1),)),
        MemoSection(
            heading="Fleet & <fares>",
            statements=(
                stated(3, group="Reported as fact"),
                stated(4, group="Reported as fact"),
                stated(5, group="Expected or feared"),
                stated(6, group="Expected or feared"),
            ),
        ),
    )
    return Memo(
        id="m-1", task="How many ferries?", title="Ferries on the lake", template="two-page",
        created_at="2026-01-02T03:04:05+00:00", as_of="2025-12", audience="the harbour board", sections=sections,
        citations=citations, sources=tuple(info(d) for d in held.values()),
        disagreements=(
            Disagreement(
                about="number of ferries", axis="figure",
                positions=(
                    Position(document_id="ferry-board", claim=QUOTES[0][1], citations=(1,)),
                    Position(document_id="lake-traders", claim=QUOTES[1][1], citations=(2,)),
                ),
            ),
        ),
        gaps=("The reports do not say who owns the ferries.",),
        audit=tuple(
            AuditRow(
                statement=s.text, citations=s.citations, support=s.support,
                documents=(QUOTES[s.citations[0] - 1][0],), section=part.heading,
            )
            for part in sections for s in part.statements
        ),
        judgements=(
            KeyJudgement(
                statement=stated(1), basis="One source: Orrin Ferry Board (March 2025).", confidence=Confidence.LOW,
                confidence_reason="one source only", publishers=("Orrin Ferry Board",), contrary=(2,),
            ),
        ),
        ledger=(
            LedgerRow(value="12", unit="ferries", scope="ferries on the lake", as_of="2025-03", citation=1,
                      document_id="ferry-board", source=LABELS["ferry-board"], conflict="A"),
            LedgerRow(value="9", unit="ferries", scope="ferries on the lake", as_of=None, citation=2,
                      document_id="lake-traders", source=LABELS["lake-traders"], conflict="A"),
        ),
        timeline=(
            TimelineRow(date="2024", printed="2024", event="The board calls this “the “fair” fare” of 2024.",
                        document_id="ferry-board", source=LABELS["ferry-board"], citation=5),
        ),
        source_notes=(
            SourceNote(document_id="taqrir", label=LABELS["taqrir"], publisher="مركز أورين", kind=None,
                       date="undated", remarks=("No author is named.",), statements=(stated(7),), share=0.25),
        ),
        balance=(BalanceRow(publisher="Orrin Ferry Board", citations=4, share=0.5),),
        words=80, words_limit=1000,
    )  # fmt: skip
