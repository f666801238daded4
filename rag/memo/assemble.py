"""Verifies what was chosen, in reading order, and puts the memo's parts together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from rag.answer import Verifier
from rag.extractive.candidates import Candidate
from rag.extractive.frame import quote_of as whole_quote
from rag.labels import attribution, frame_label
from rag.memo.judge import assess, weigh
from rag.memo.languages import say
from rag.memo.lead import Judged
from rag.memo.modality import modality
from rag.memo.plan import Contents
from rag.memo.template import Front
from rag.memo.wording import Extract, draft, extract, with_next
from rag.ports import Library
from rag.types import (
    AuditRow,
    BalanceRow,
    Citation,
    Disagreement,
    DocumentInfo,
    Draft,
    DraftStatement,
    Hit,
    KeyJudgement,
    LedgerRow,
    MemoSection,
    OutlineSection,
    SectionRole,
    SourceNote,
    Statement,
    StatementKind,
    Support,
    TimelineRow,
)

HEAD = frozenset({SectionRole.BOTTOM_LINE, SectionRole.KEY_JUDGEMENTS})
CORROBORATIONS = 2
"""Most quotes of other sources shown under a judgement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted:
    """A section as a language model wrote it, before verification."""

    section: OutlineSection
    draft: Draft


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembly:
    """The verified parts of a memo."""

    sections: tuple[MemoSection, ...]
    judgements: tuple[KeyJudgement, ...] = ()
    citations: tuple[Citation, ...] = ()
    sources: tuple[DocumentInfo, ...] = ()
    disagreements: tuple[Disagreement, ...] = ()
    ledger: tuple[LedgerRow, ...] = ()
    timeline: tuple[TimelineRow, ...] = ()
    source_notes: tuple[SourceNote, ...] = ()
    balance: tuple[BalanceRow, ...] = ()
    audit: tuple[AuditRow, ...] = ()
    cautions: tuple[str, ...] = ()
    above: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    words: int = 0
    dropped: int = 0


class MemoWriter:
    """Turns choices into verified statements; one numbering for the whole memo.

    Args:
        hits: the passages that the searches found; nothing else may be cited.
        newest: the latest publication date in the library.
        language: of the words that are the memo's own: basis and confidence.
        topic: stems of the memo's subject, which a quote may point at without naming it first.
    """

    def __init__(
        self,
        *,
        hits: tuple[Hit, ...],
        library: Library,
        front: Front,
        newest: str | None,
        language: str = "en",
        topic: frozenset[str] = frozenset(),
    ) -> None:
        self._hits = hits
        self._library = library
        self._front = front
        self._newest = newest
        self._language = language
        self._topic = topic
        self._verifier = Verifier(hits, library.text)
        self._accepted: dict[tuple[str, int], Extract | None] = {}
        self.dropped = 0

    # ------------------------------------------------------------------ choosing

    def accept(self, candidate: Candidate) -> Extract | None:
        """The candidate as something that reads by itself and passes verification, or None."""
        place = (candidate.document_id, candidate.sentence.start)
        if place not in self._accepted:
            item = extract(
                candidate, self._library.text, longest=self._front.longest_statement, known=self._topic
            )
            if item is not None and not self._passes(draft(item)):
                item = None
            self._accepted[place] = item
        return self._accepted[place]

    def extended(self, item: Extract, longest: int) -> Extract:
        """The stretch with the sentence that goes on with it, where both pass verification."""
        longer = with_next(item, self._library.text, longest=longest)
        return longer if longer is not item and self._passes(draft(longer)) else item

    def _passes(self, statement: DraftStatement) -> bool:
        """Judged by a verifier of its own, so that what fails takes no citation number."""
        verdict = Verifier(self._hits, self._library.text).statement(statement)
        return verdict is not None and verdict.support is Support.VERIFIED and not verdict.problems

    # ------------------------------------------------------------------ verifying

    def statement(self, proposed: DraftStatement) -> Statement | None:
        """The verified statement, numbered; None (and counted) when it is not verified."""
        if not self._passes(proposed):
            self.dropped += 1
            return None
        return self._verifier.statement(proposed)

    def cite(self, candidate: Candidate) -> int | None:
        """The number of a whole sentence as evidence; None when it does not verify."""
        meta = candidate.hit.document.metadata
        stated = self.statement(
            DraftStatement(
                text=f"{frame_label(meta)}: “{candidate.text}”",
                quotes=(whole_quote(candidate),),
                kind=StatementKind.QUOTED,
                attribution=attribution(meta),
            )
        )
        return stated.citations[0] if stated else None

    @property
    def verifier(self) -> Verifier:
        """The verifier whose numbering runs through the memo."""
        return self._verifier

    def extend(self, hits: Sequence[Hit]) -> None:
        """Lets further passages be cited: a document's words about itself."""
        self._hits = (*self._hits, *hits)
        self._verifier.admit(tuple(hits))

    # ------------------------------------------------------------------ writing

    def write(
        self,
        contents: Contents,
        headings: Mapping[SectionRole, str],
        drafted: Sequence[Drafted] | None = None,
        *,
        separate: bool = False,
    ) -> Assembly:
        """Bottom line, judgements and sections, verified in reading order.

        What a language model ``drafted`` takes the place of what was chosen, part by part, where
        anything of it stands.  With ``separate`` what is reported as fact stands apart from what is
        expected or feared.
        """
        sections: list[MemoSection] = []
        notices: list[str] = []
        head = {d.section.role: d.draft for d in drafted or () if d.section.role in HEAD}
        line = self._kept(head.get(SectionRole.BOTTOM_LINE), self._front.bottom_line_words, notices)
        line = line or [s for j in contents.bottom_line if (s := self.statement(draft(j.item)))]
        self._append(sections, SectionRole.BOTTOM_LINE, headings, line)
        said = self._kept(head.get(SectionRole.KEY_JUDGEMENTS), self._front.words // 2, notices)
        judgements = [k for s in said[: self._front.key_judgements] if (k := self._weighed(s))]
        judgements = judgements or [k for j in contents.judgements if (k := self._judgement(j))]
        self._append(
            sections, SectionRole.KEY_JUDGEMENTS, headings, [k.statement for k in judgements]
        )
        used = sum(words_of(s) for part in sections for s in part.statements)
        written = [d for d in drafted or () if d.section.role not in HEAD]
        bodies = self._from_model(written, self._front.words - used, notices) if written else []
        if not bodies:
            bodies = [
                (
                    section,
                    [s for i in items if (s := self.statement(draft(i, group=self._group(i) if separate else None)))],
                )
                for section, items in contents.sections
            ]
        for section, statements in bodies:
            if statements:
                sections.append(
                    MemoSection(
                        heading=section.heading,
                        statements=tuple(statements),
                        role=section.role,
                        question=section.question,
                    )
                )
        return Assembly(
            sections=tuple(sections),
            judgements=tuple(judgements),
            words=sum(words_of(s) for part in sections for s in part.statements),
            notices=tuple(notices),
            above=contents.above,
        )

    def _group(self, item: Extract) -> str:
        return say(str(modality(item.text)), self._language)

    def _append(
        self,
        sections: list[MemoSection],
        role: SectionRole,
        headings: Mapping[SectionRole, str],
        statements: Sequence[Statement],
    ) -> None:
        if statements and role in headings:
            sections.append(
                MemoSection(heading=headings[role], statements=tuple(statements), role=role)
            )

    def _judgement(self, judged: Judged) -> KeyJudgement | None:
        statement = self.statement(draft(judged.item))
        if statement is None:
            return None
        claim = judged.item.candidate
        basis, level, reason, names = assess(claim, judged.basis, self._newest, self._language)
        agreeing = [n for c in judged.basis.agreeing[:CORROBORATIONS] if (n := self.cite(c))]
        contrary = [n for c in judged.basis.contrary[:CORROBORATIONS] if (n := self.cite(c))]
        return KeyJudgement(
            statement=statement,
            basis=basis,
            confidence=level,
            confidence_reason=reason,
            publishers=names,
            corroboration=tuple(agreeing),
            contrary=tuple(contrary),
        )

    def _kept(self, drafted: Draft | None, room: int, notices: list[str]) -> list[Statement]:
        """What stands of a draft for the memo's head, within ``room`` words; nothing of it twice."""
        kept: list[Statement] = []
        if drafted is None:
            return kept
        notices += drafted.notices
        for proposed in drafted.statements:
            words = len(proposed.text.split())
            if words > room or any(_same(proposed.text, s.text) for s in kept):
                continue
            statement = self.statement(replace(proposed, group=None))
            if statement is not None:
                kept.append(statement)
                room -= words
        return kept

    def _weighed(self, statement: Statement) -> KeyJudgement | None:
        """A model's statement as a judgement: its basis are the documents that it cites."""
        cited = {c.number: c.document_id for c in self._verifier.citations}
        known = {d.id: d for d in self._library.documents()}
        ids = list(dict.fromkeys(cited[n] for n in statement.citations if n in cited))
        documents = [known[i] for i in ids if i in known]
        if not documents:
            return None
        basis, level, reason, names = weigh(statement.text, documents, (), self._newest, self._language)
        return KeyJudgement(
            statement=statement, basis=basis, confidence=level, confidence_reason=reason, publishers=names
        )

    def _from_model(
        self, drafted: Sequence[Drafted], room: int, notices: list[str]
    ) -> list[tuple[OutlineSection, list[Statement]]]:
        """The model's sections, each statement verified, none twice, within the words left."""
        seen: set[str] = set()
        bodies: list[tuple[OutlineSection, list[Statement]]] = []
        for part in drafted:
            kept: list[Statement] = []
            notices += part.draft.notices
            for proposed in part.draft.statements:
                same = " ".join(proposed.text.lower().split())
                if same in seen or len(proposed.text.split()) > room:
                    continue
                statement = self.statement(replace(proposed, group=None))
                if statement is not None:
                    seen.add(same)
                    kept.append(statement)
                    room -= words_of(statement)
            bodies.append((part.section, kept))
        return bodies if any(kept for _, kept in bodies) else []


def _same(one: str, other: str) -> bool:
    return " ".join(one.lower().split()) == " ".join(other.lower().split())


def words_of(statement: Statement) -> int:
    """Words of a statement as shown."""
    return len(statement.text.split())


def audit_rows(sections: Sequence[MemoSection], citations: Sequence[Citation]) -> tuple[AuditRow, ...]:
    """One row for each statement of the sections."""
    owner = {c.number: c.document_id for c in citations}
    return tuple(
        AuditRow(
            statement=s.text,
            citations=s.citations,
            support=s.support,
            documents=tuple(dict.fromkeys(owner[n] for n in s.citations)),
            kind=s.kind,
            section=part.heading,
            problems=s.problems,
        )
        for part in sections
        for s in part.statements
    )
