"""From a memo to the page that every format renders: sections, tables, annexes, sources, notes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from rag.labels import frame_label, readable_date
from rag.memo.languages import language_of, say
from rag.memo.lint import BANDS
from rag.memo.markdown import evidence
from rag.types import KeyJudgement, Memo, MemoSection, SectionRole, Statement, StatementKind, Support
from web.export.bibliography import entry, sort_key
from web.export.notes import SHA_DIGITS, notes_of, printable
from web.export.rich import Block, Heading, Listing, Mark, Page, Paragraph, Rich, Run, Style, Table


def layout(memo: Memo) -> Page:
    """The memo's content in reading order: what is argued, what it rests on, what it was made from.

    Headings and labels are in the language of the task; quotes stay in that of their source.
    """
    language = language_of(memo.task)
    return localised(_page(memo, language), language)


def localised(page: Page, language: str) -> Page:
    """The page with its labels in a language: what is exactly a label becomes its translation."""
    if language == "en":
        return page
    return replace(
        page,
        facts=tuple((say(label, language), value) for label, value in page.facts),
        blocks=tuple(_localised(b, language) for b in page.blocks),
    )


def _localised(block: Block, language: str) -> Block:
    def rich(words: Rich) -> Rich:
        return tuple(Run(say(r.text, language), r.style) if isinstance(r, Run) else r for r in words)

    if isinstance(block, Heading):
        return replace(block, text=say(block.text, language))
    if isinstance(block, Paragraph):
        return replace(block, words=rich(block.words))
    if isinstance(block, Listing):
        return replace(block, items=tuple(tuple(rich(p) for p in item) for item in block.items))
    return replace(
        block,
        columns=tuple(say(c, language) for c in block.columns),
        rows=tuple(tuple(rich(cell) for cell in row) for row in block.rows),
    )


def _page(memo: Memo, language: str) -> Page:
    body = [
        *_notices(memo),
        *(block for section in memo.sections for block in _section(section, memo)),
        *_disagreements(memo),
        *_ledger(memo),
        *_timeline(memo),
        *_gaps(memo),
        *_source_notes(memo, language),
    ]
    annexes = [*_sources(memo), *_balance(memo), *_bibliography(memo), *_audit(memo), *_scale(memo)]
    page = Page(
        title=printable(memo.title),
        facts=tuple(_facts(memo, language)),
        blocks=tuple(body),
        notes=notes_of(memo.citations),
        language=language,
        created=memo.created_at,
    )
    further = [n.number for n in page.notes if n.number not in set(page.order())]
    if further:
        annexes.insert(0, Paragraph((Run("Further quotes consulted: "), *marks(further), Run("."))))
    return Page(
        title=page.title,
        facts=page.facts,
        blocks=(*body, *annexes, *_colophon(memo, language)),
        notes=page.notes,
        language=page.language,
        created=page.created,
    )


def marks(numbers: Sequence[int]) -> Rich:
    """Note marks."""
    return tuple(Mark(n) for n in numbers)


def words(text: str, style: Style = Style.PLAIN) -> Rich:
    """One run."""
    return (Run(printable(text), style),)


def _facts(memo: Memo, language: str) -> Iterator[tuple[str, str]]:
    if memo.audience:
        yield "For", printable(memo.audience)
    yield "Date", readable_date(memo.created_at[:10]) or memo.created_at
    if memo.version > 1:
        yield "Version", str(memo.version)
    if memo.as_of:
        yield "As of", say("{date}; nothing published later was used", language, date=readable_date(memo.as_of))
    yield "Task", printable(memo.task)
    yield "Evidence", evidence(memo, language)


def _notices(memo: Memo) -> Iterator[Block]:
    for notice in memo.notices:
        yield Paragraph((Run("Note: ", Style.STRONG), *words(notice)), fine=True)


# --------------------------------------------------------------------------- what is argued


def statement(item: Statement) -> Rich:
    """A statement with its source, where its words do not name one, and its marks; a flagged one says so."""
    doubt: Rich = ()
    said = words(f"{item.text} ({item.attribution})" if unnamed(item) else item.text)
    if item.support is Support.FLAGGED:
        why = "; ".join(item.problems) or "verification objected"
        doubt = (Run(" "), Run(f"[Not verified: {printable(why)}]", Style.EMPHASIS))
    return (*said, *marks(item.citations), *doubt)


def unnamed(item: Statement) -> bool:
    """True when a sentence in a writer's own words does not say whose they are."""
    who = (item.attribution or "").split(",")[0]
    return item.kind is StatementKind.WRITTEN and who != "" and who not in item.text


def _section(section: MemoSection, memo: Memo) -> Iterator[Block]:
    yield Heading(printable(section.heading))
    if section.role is SectionRole.KEY_JUDGEMENTS and memo.judgements:
        yield Listing(tuple(_judgement(j) for j in memo.judgements), ordered=True)
        return
    if section.role is SectionRole.BOTTOM_LINE:
        for item in section.statements:
            yield Paragraph(statement(item))
        return
    for group, items in _groups(section.statements):
        if group:
            yield Heading(printable(group), 2)
        yield Listing(tuple((statement(s),) for s in items))


def _judgement(judgement: KeyJudgement) -> tuple[Rich, ...]:
    basis: list[Run | Mark] = [Run("Basis:", Style.EMPHASIS), Run(f" {printable(judgement.basis)}")]
    for lead, numbers in ((" See also", judgement.corroboration), (" Against it", judgement.contrary)):
        if numbers:
            basis += [Run(lead), *marks(numbers), Run(".")]
    level = (Run(" "), Run(str(judgement.confidence)), Run(f" ({printable(judgement.confidence_reason)})."))
    return statement(judgement.statement), tuple(basis), (Run("Confidence:", Style.EMPHASIS), *level)


def _groups(statements: Sequence[Statement]) -> list[tuple[str | None, list[Statement]]]:
    found: list[tuple[str | None, list[Statement]]] = []
    for item in statements:
        if not found or found[-1][0] != item.group:
            found.append((item.group, []))
        found[-1][1].append(item)
    return found


# --------------------------------------------------------------------------- what it rests on


def _labels(memo: Memo) -> dict[str, str]:
    return {s.id: printable(frame_label(s.metadata)) for s in memo.sources}


def _disagreements(memo: Memo) -> Iterator[Block]:
    if not memo.disagreements or any(s.role is SectionRole.DISAGREEMENT for s in memo.sections):
        return  # a comparison sets them out as a section
    labels = _labels(memo)
    rows = tuple(
        (
            words(item.about if first else ""),
            words(labels.get(p.document_id, p.document_id)),
            (*words(f"“{p.claim}”"), *marks(p.citations)),
        )
        for item in memo.disagreements
        for first, p in zip([True] + [False] * len(item.positions), item.positions, strict=False)
    )
    yield Heading("Where the sources disagree")
    yield Table(("Point", "Source and date", "What it says"), rows, (3, 3, 8))


def _ledger(memo: Memo) -> Iterator[Block]:
    if not memo.ledger:
        return
    clash = any(r.conflict for r in memo.ledger)
    columns = ("Figure", "Unit", "What is counted", "As of", "Source") + (("Conflict",) if clash else ())
    rows = tuple(
        (
            words(r.value),
            words(r.unit or ""),
            words(r.scope + (f" ({r.note})" if r.note else "")),
            words((r.as_of or "not stated") + (f" ({r.as_of_note})" if r.as_of_note else "")),
            (*words(r.source), Mark(r.citation)),
            *((words(r.conflict or ""),) if clash else ()),
        )
        for r in memo.ledger
    )
    yield Heading("Figures")
    if clash:
        lead = words("Rows with the same letter under Conflict count the same thing differently.")
        yield Paragraph(lead, fine=True, introduces=True)
    yield Table(columns, rows, (6, 5, 13, 7, 7, 5) if clash else (6, 5, 13, 7, 7))


def _timeline(memo: Memo) -> Iterator[Block]:
    if not memo.timeline:
        return
    rows = tuple(
        (words(r.printed), words(f"“{r.event}”"), (*words(r.source), Mark(r.citation))) for r in memo.timeline
    )
    yield Heading("Timeline")
    yield Table(("Date", "Event", "Source"), rows, (2, 8, 3))


def _gaps(memo: Memo) -> Iterator[Block]:
    if memo.gaps:
        yield Heading("What the reports do not say")
        yield Listing(tuple((words(g),) for g in memo.gaps))


def _source_notes(memo: Memo, language: str) -> Iterator[Block]:
    if not memo.source_notes:
        return
    yield Heading("Source notes")
    items = []
    for note in memo.source_notes:
        kind = say(note.kind or "kind of institution not stated", language)
        about = f" – {kind}. {' '.join(note.remarks)}".rstrip()
        head = (Run(printable(note.label), Style.STRONG), *words(about))
        items.append((head, *(statement(s) for s in note.statements)))
    yield Listing(tuple(items))


# --------------------------------------------------------------------------- annexes


def _sources(memo: Memo) -> Iterator[Block]:
    if not memo.sources:
        return
    counted = Counter(c.document_id for c in memo.citations)
    rows = tuple(
        (
            words(s.id),
            words(s.metadata.title, Style.EMPHASIS),
            words(s.metadata.publisher or "not named"),
            words(readable_date(s.metadata.published) or "undated"),
            words(str(counted[s.id])),
            words(s.sha256[:SHA_DIGITS], Style.CODE),
        )
        for s in memo.sources
    )
    yield Heading("Table of sources", new_page=True)
    columns = ("Document", "Title", "Publisher", "Date", "Quotes", "Version (sha256)")
    yield Table(columns, rows, (6, 11, 9, 7, 5, 9))


def _balance(memo: Memo) -> Iterator[Block]:
    if memo.balance:
        shares = "; ".join(f"{b.publisher} {100 * b.share:.0f}\u00a0% ({b.citations})" for b in memo.balance)
        yield Paragraph((Run("Balance of the evidence: ", Style.STRONG), *words(shares + ".")), fine=True)


def _bibliography(memo: Memo) -> Iterator[Block]:
    if memo.sources:
        yield Heading("Bibliography")
        for source in sorted(memo.sources, key=sort_key):
            yield Paragraph(tuple(Run(printable(r.text), r.style) for r in entry(source) if isinstance(r, Run)))


def _audit(memo: Memo) -> Iterator[Block]:
    if not memo.audit:
        return
    labels = _labels(memo)
    rows = tuple(
        (
            words(str(number)),
            words(row.statement),
            words(", ".join(map(str, row.citations))),
            words(str(row.support) + (f": {'; '.join(row.problems)}" if row.problems else "")),
            words("; ".join(labels.get(d, d) for d in row.documents)),
        )
        for number, row in enumerate(memo.audit, 1)
    )
    yield Heading("Annex: audit of the statements")
    yield Table(("No.", "Statement", "Notes", "Verdict", "Documents"), rows, (2, 18, 3, 5, 7))


def _scale(memo: Memo) -> Iterator[Block]:
    if not memo.judgements:
        return
    yield Heading("Annex: words of likelihood and confidence")
    yield Paragraph(
        words(
            "Likelihood is worded on the scale of the US Intelligence Community Directive 203. Confidence (high, "
            "moderate, low) says how well the evidence carries a judgement: how many independent sources, how "
            "near to the event, how recent. The two are never put into one sentence."
        ),
        fine=True,
        introduces=True,
    )
    rows = tuple((words(first), words(second), words(span)) for first, second, span in BANDS)
    yield Table(("Wording", "or", "Likelihood"), rows, (4, 4, 3))


def _colophon(memo: Memo, language: str) -> Iterator[Block]:
    text = "Memo {id}, version {version}, template {template}, written by {writer}."
    if memo.writer == "extractive":
        text = "Memo {id}, version {version}, template {template}, written from the reports' own sentences."
    said = say(text, language, id=memo.id, version=memo.version, template=memo.template, writer=memo.writer)
    again = "Each note ends with the place and version of its quote; “briefing verify” checks them again."
    yield Paragraph(words(f"{said} {say(again, language)}"), fine=True)
