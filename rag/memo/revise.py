"""A memo after it was written: statements edited and verified again, versions compared, sources watched."""

from __future__ import annotations

import logging
import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from rag.errors import NotFound, UsageError
from rag.labels import attribution, frame_label
from rag.memo.assemble import audit_rows, words_of
from rag.memo.compare import compare
from rag.memo.family import next_version
from rag.memo.horizon import horizon
from rag.memo.languages import language_of, say
from rag.memo.notes import balance
from rag.memo.numbering import in_reading_order
from rag.memo_verify import comparable, quotations
from rag.ports import Library, MemoStore
from rag.support import Evidence, check
from rag.text import sentence_spans
from rag.types import (
    Citation,
    DocumentInfo,
    Filters,
    KeyJudgement,
    Memo,
    MemoComparison,
    MemoSection,
    SearchResult,
    SectionRole,
    Statement,
    StatementKind,
    Support,
)
from rag.wire_memo import memo_from_json

_log = logging.getLogger(__name__)
LONGEST_STATEMENT = 2000
EDITED = "Statements were edited by hand after writing; each was verified again."
JOINING = frozenset({"", "But", "And", "Yet"})
"""Words of ours between what two sources say."""
UNPROVED = "it quotes words and has no note behind them"
WATCHED = 10
"""A new document touches a memo when it has one of this many best passages on the memo's subject."""

Place = tuple[int, int]
"""Section and statement in it, both counted from 0."""
Search = Callable[[str, int, Filters], SearchResult]


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What became of a memo's sources: ids of documents changed, gone, and new on its subject."""

    updated: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    touching: tuple[str, ...] = ()

    @property
    def any(self) -> bool:
        """True when the memo should be looked at again."""
        return bool(self.updated or self.removed or self.touching)


@dataclass(frozen=True, slots=True, kw_only=True)
class Objection:
    """A statement of a file that verification objects to: its section, words and notes, and what is wrong."""

    section: str
    text: str
    citations: tuple[int, ...]
    problems: tuple[str, ...]


class Revisions:
    """Edits, compares and watches stored memos.

    Args:
        search: query, k, filters → passages; asked only when documents came after the memo.
        now: the clock; a test hands in its own.
    """

    def __init__(
        self,
        library: Library,
        store: MemoStore,
        search: Search,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._library, self._store, self._search, self._now = library, store, search, now

    def recheck(self, memo_id: str, section: int, number: int, text: str, *, owner: str = "") -> Statement:
        """The statement with another wording, verified against the quotes it has; nothing is stored.

        Raises:
            NotFound: there is no such memo or no such statement in it.
            UsageError: the wording is empty or too long.
        """
        memo = self._memo(memo_id, owner)
        return self._reworded(_at(memo, (section, number)), _wording(text), memo)

    def edit(self, memo_id: str, edits: Mapping[Place, str], *, owner: str = "") -> Memo:
        """Stores the memo's next version with these wordings; an empty one takes the statement out.

        Stored memos never change: the version that was edited stays as it was.

        Raises:
            NotFound: there is no such memo or no such statement in it.
            UsageError: nothing was changed, nothing would be left, or a wording is too long.
        """
        memo = self._memo(memo_id, owner)
        wanted = {
            place: _wording(text, may_be_empty=True)
            for place, text in edits.items()
            if " ".join(text.split()) != " ".join(_at(memo, place).text.split())
        }
        if not wanted:
            raise UsageError("No statement was changed, so no new version was made.")
        edited = in_reading_order(self._edited(memo, wanted, next_version(self._store, memo_id, owner)))
        self._store.save(edited, owner=owner)
        return edited

    def objections(self, memo: Memo) -> tuple[Objection, ...]:
        """What verification objects to in a memo that was read from a file, statement by statement.

        Words altered in the file are found by it, also outside quotation marks: another source named,
        another figure, a doubt left out.  A statement that the file itself marks as not verified is left
        out, and so is one whose quotes are not what the library holds: its citations say that already.
        """
        by_number = {c.number: c for c in memo.citations}
        documents = {d.id: d for d in self._library.documents()}
        found: list[Objection] = []
        for part in memo.sections:
            for statement in part.statements:
                if statement.support is Support.FLAGGED:
                    continue
                if statement.citations:
                    problems = self._read_problems(statement, by_number, documents)
                else:
                    problems = [UNPROVED] if quotations(statement.text) else []
                if problems:
                    found.append(
                        Objection(
                            section=part.heading, text=statement.text, citations=statement.citations,
                            problems=tuple(problems),
                        )
                    )  # fmt: skip
        return tuple(found)

    def compare(self, before_id: str, after_id: str, *, owner: str = "") -> MemoComparison:
        """Two stored memos claim by claim.  Raises NotFound."""
        before, after = self._memo(before_id, owner), self._memo(after_id, owner)
        return compare(before, after, {d.id: d for d in self._library.documents()})

    def news(self, memo_id: str, *, owner: str = "") -> News:
        """What happened to a memo's sources since it was written.  Raises NotFound."""
        memo = self._memo(memo_id, owner)
        today = {d.id: d for d in self._library.documents()}
        return News(
            updated=tuple(s.id for s in memo.sources if s.id in today and today[s.id].sha256 != s.sha256),
            removed=tuple(s.id for s in memo.sources if s.id not in today),
            touching=self._touching(memo, today),
        )

    # ------------------------------------------------------------------ steps

    def _memo(self, memo_id: str, owner: str) -> Memo:
        return memo_from_json(self._store.memo(memo_id, owner=owner))

    def _reworded(self, statement: Statement, text: str, memo: Memo) -> Statement:
        if text == statement.text:
            return statement
        problems = self._problems(statement, text, memo)
        return replace(
            statement,
            text=text,
            kind=StatementKind.WRITTEN,
            support=Support.FLAGGED if problems else Support.VERIFIED,
            problems=tuple(problems),
        )

    def _problems(self, statement: Statement, text: str, memo: Memo) -> list[str]:
        by_number = {c.number: c for c in memo.citations}
        documents = {d.id: d for d in self._library.documents()}
        evidence: list[Evidence] = []
        problems: list[str] = []
        for number in statement.citations:
            found = self._evidence(by_number[number], documents)
            if isinstance(found, str):
                problems.append(found)
            else:
                evidence.append(found)
        return problems or _objected(text, evidence, statement.attribution)

    def _read_problems(
        self, statement: Statement, by_number: Mapping[int, Citation], documents: Mapping[str, DocumentInfo]
    ) -> list[str]:
        """The same for a statement that was read back; a file shows quotes with its own blanks and signs."""
        evidence: list[Evidence] = []
        for number in statement.citations:
            citation = by_number.get(number)
            if citation is None or citation.document_id not in documents:
                return []
            stored = self._library.text(citation.document_id)[citation.start : citation.end]
            if comparable(stored) != comparable(citation.quote):
                return []
            found = self._evidence(replace(citation, quote=stored), documents)
            if isinstance(found, Evidence):
                evidence.append(found)
        who = statement.attribution or attribution(evidence[0].metadata)
        return _objected(statement.text.removesuffix(f" ({who})"), evidence, who)

    def _evidence(self, citation: Citation, documents: Mapping[str, DocumentInfo]) -> Evidence | str:
        """The quote as the checker wants it, or why it proves nothing today."""
        info = documents.get(citation.document_id)
        if info is None:
            return f"the source {citation.document_id} is no longer in the library"
        text = self._library.text(citation.document_id)
        if text[citation.start : citation.end] != citation.quote:
            return f"the source {citation.document_id} has changed and no longer has the quote there"
        return Evidence(
            quote=citation.quote,
            metadata=info.metadata,
            context=_sentence(text, citation.start, citation.end),
            section=citation.section,
            document_id=citation.document_id,
        )

    def _edited(self, memo: Memo, wanted: Mapping[Place, str], version: int) -> Memo:
        sections: list[MemoSection] = []
        judgements: list[KeyJudgement] = []
        for i, part in enumerate(memo.sections):
            kept: list[Statement] = []
            for j, old in enumerate(part.statements):
                text = wanted.get((i, j), old.text)
                if not text:
                    continue
                kept.append(self._reworded(old, text, memo))
                if part.role is SectionRole.KEY_JUDGEMENTS and j < len(memo.judgements):
                    judgements.append(replace(memo.judgements[j], statement=kept[-1]))
            if kept:
                sections.append(replace(part, statements=tuple(kept)))
        if not sections:
            raise UsageError("Nothing would be left of the memo; keep at least one statement.")
        edited = replace(memo, sections=tuple(sections), judgements=tuple(judgements))
        citations = _used(edited)
        cited = {c.document_id for c in citations}
        sources = tuple(s for s in memo.sources if s.id in cited)
        return replace(
            edited,
            id=uuid.uuid4().hex,
            created_at=self._now().isoformat(timespec="seconds"),
            version=version,
            parent_id=memo.id,
            citations=citations,
            sources=sources,
            balance=balance(citations, sources),
            audit=audit_rows(edited.sections, citations),
            words=sum(words_of(s) for part in sections for s in part.statements),
            notices=tuple(dict.fromkeys((*memo.notices, say(EDITED, language_of(memo.task))))),
            timings_ms={},
        )

    def _touching(self, memo: Memo, today: Mapping[str, DocumentInfo]) -> tuple[str, ...]:
        used = {s.id for s in memo.sources}
        written = datetime.fromisoformat(memo.created_at)
        later = {
            d.id
            for d in today.values()
            if d.id not in used and datetime.fromisoformat(d.ingested_at) > written
        }
        if not later:
            return ()
        limits = horizon(self._library.documents(memo.filters), memo.filters, memo.as_of)
        if limits.nothing:
            return ()
        hits = self._search(memo.title, WATCHED, limits.filters).hits
        return tuple(dict.fromkeys(h.document.id for h in hits if h.document.id in later))


def _objected(text: str, evidence: Sequence[Evidence], attributed: str | None) -> list[str]:
    try:
        problems: list[str] = []
        for part, own in _by_source(text, evidence):
            body, who = _unframed(part, own)
            verdict = check(body, own, attribution=who or attributed)
            if not verdict.supported:
                problems += verdict.problems or ("the quotes do not support the statement",)
        return list(dict.fromkeys(problems))
    except Exception as error:  # fail closed: an unverifiable statement is not a verified one
        _log.exception("verification of a statement failed")
        return [f"verification failed: {type(error).__name__}"]


def _by_source(text: str, evidence: Sequence[Evidence]) -> list[tuple[str, list[Evidence]]]:
    """A sentence that sets sources side by side (``A: “…” But B: “…”``), source by source, each with its quotes."""
    frames = {f"{frame_label(e.metadata)}: " for e in evidence}
    begins = sorted({m.start() for f in frames for m in re.finditer(re.escape(f), text)})
    if len(begins) < 2 or begins[0] != 0:
        return [(text, list(evidence))]
    parts = []
    for at, end in zip(begins, [*begins[1:], len(text)], strict=True):
        part = text[at:end].strip()
        joined = part.rfind("”") + 1
        if end < len(text) and joined and part[joined:].strip() in JOINING:
            part = part[:joined]
        parts.append((part, [e for e in evidence if part.startswith(f"{frame_label(e.metadata)}: ")]))
    return parts


def _at(memo: Memo, place: Place) -> Statement:
    section, number = place
    if 0 <= section < len(memo.sections) and 0 <= number < len(memo.sections[section].statements):
        return memo.sections[section].statements[number]
    raise NotFound(f"The memo has no statement {number} in section {section}.")


def _unframed(text: str, evidence: Sequence[Evidence]) -> tuple[str, str | None]:
    """The words behind a frame that names a cited source as memos do, and that source.

    Such a frame is ours and true by construction; the checker would look for its name and date in the
    quotes.
    """
    for item in evidence:
        frame = f"{frame_label(item.metadata)}: "
        if text.startswith(frame):
            return text[len(frame) :], attribution(item.metadata)
    return text, None


def _wording(text: str, *, may_be_empty: bool = False) -> str:
    even = " ".join(text.split())
    if not even and not may_be_empty:
        raise UsageError("The statement is empty.")
    if len(even) > LONGEST_STATEMENT:
        raise UsageError(
            f"The statement has {len(even)} characters; {LONGEST_STATEMENT} are allowed. Shorten it."
        )
    return even


def _sentence(text: str, start: int, end: int) -> str:
    """The stored sentences around a quote, so that a cut that changes the sense is seen."""
    first = text.rfind("\n", 0, start) + 1
    last = text.find("\n", end)
    around = [
        (a, b)
        for a, b in sentence_spans(text[first : last if last >= 0 else len(text)], first)
        if a < end and start < b
    ]
    return text[min(start, around[0][0]) : max(end, around[-1][1])] if around else text[start:end]


def _used(memo: Memo) -> tuple[Citation, ...]:
    """The citations that anything in the memo still points at."""
    statements: list[Statement] = [s for part in memo.sections for s in part.statements]
    statements += [s for note in memo.source_notes for s in note.statements]
    numbers: set[int] = {n for s in statements for n in s.citations}
    numbers.update(n for j in memo.judgements for n in (*j.corroboration, *j.contrary))
    numbers.update(n for d in memo.disagreements for p in d.positions for n in p.citations)
    numbers.update(row.citation for row in memo.ledger)
    numbers.update(row.citation for row in memo.timeline)
    return tuple(c for c in memo.citations if c.number in numbers)

