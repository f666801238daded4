"""The annexes: disagreements, ledger, timeline, source notes, balance, audit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rag.extractive.candidates import Candidate
from rag.labels import frame_label
from rag.lexicon import Lexicon
from rag.memo import differ
from rag.memo.assemble import Assembly, MemoWriter, audit_rows, words_of
from rag.memo.compared import Comparison
from rag.memo.languages import language_of
from rag.memo.ledger import Figure, conflicts, figures
from rag.memo.notes import about_itself, balance, source_notes
from rag.memo.plan import RELEVANT, Contents
from rag.memo.task import Task
from rag.memo.template import Front
from rag.memo.timeline import events
from rag.memo.wording import draft, run_in
from rag.ports import Library
from rag.types import Disagreement, DocumentInfo, LedgerRow, Outline, Statement, TimelineRow

EVIDENCE = 110
"""Sentences of the evidence, best first, in which figures and disagreements are looked for."""
COMPARED = 12
"""Documents whose standing is described in a comparison."""
DATED = 120
"""The same for dated events."""


class Annexes:
    """Adds to an assembly what stands behind its sections."""

    def __init__(
        self, writer: MemoWriter, front: Front, library: Library, lexicon: Lexicon
    ) -> None:
        self._writer = writer
        self._front = front
        self._library = library
        self._lexicon = lexicon
        self._nearest_words: dict[str, Candidate] = {}

    def add(self, assembly: Assembly, contents: Contents, task: Task, outline: Outline) -> Assembly:
        """The assembly with its annexes; sources are the documents cited anywhere in it."""
        used = _used(contents)
        figured = [f for c in _first(used, contents.pool) for f in figures(c)]
        wide = [f for c in contents.compared for f in figures(c)] or figured
        whole = contents.compared or contents.pool[:EVIDENCE]
        disagreements = self._disagreements(whole, task)
        if contents.compared:
            assembly = self._compared(assembly, contents, disagreements, outline)
        ledger = self._ledger(_telling(wide) if contents.compared else figured)
        timeline = self._timeline(_first(used, contents.pool))
        cited = {c.document_id for c in self._writer.verifier.citations} | self._nearest(contents)
        sources = tuple(d for d in self._library.documents() if d.id in cited)
        notes = source_notes(sources, self._writer.verifier.citations, self._own_words, language_of(task.text))
        citations = self._writer.verifier.citations
        quoted = {c.document_id for c in citations}
        sources = tuple(s for s in sources if s.id in quoted)
        return replace(
            assembly,
            citations=citations,
            sources=sources,
            disagreements=disagreements,
            ledger=ledger,
            timeline=timeline,
            source_notes=tuple(n for n in notes if n.document_id in quoted),
            balance=balance(citations, sources),
            audit=audit_rows(assembly.sections, citations),
            cautions=_cautions(wide, cited),
            dropped=self._writer.dropped,
        )

    def _compared(
        self, assembly: Assembly, contents: Contents, disagreements: Sequence[Disagreement], outline: Outline
    ) -> Assembly:
        """The sections of a comparison, beside what is written already."""
        used = sum(words_of(s) for part in assembly.sections for s in part.statements)
        documents = list({c.document_id: c.hit.document for c in contents.compared}.values())
        comparison = Comparison(self._writer, self._library, outline, self._front.words - used)
        sections = comparison.sections(assembly.sections, disagreements, documents[:COMPARED])
        words = sum(words_of(s) for part in sections for s in part.statements)
        return replace(assembly, sections=sections, words=words)

    def _disagreements(self, pool: Sequence[Candidate], task: Task) -> tuple[Disagreement, ...]:
        most = self._front.disagreements * (2 if task.differ else 1)
        drafts = differ.of_pairs(differ.pairs(pool), task.topic)
        drafts += differ.of_judgements(pool, self._lexicon, most=most)
        found: list[Disagreement] = []
        for item in differ.pairs_apart(drafts):
            if len(found) < most and (verified := self._writer.verifier.disagreement(item)):
                found.append(verified)
        return tuple(found)

    def _ledger(self, figured: Sequence[Figure]) -> tuple[LedgerRow, ...]:
        chosen = list(figured[: self._front.ledger_rows])
        clashes = conflicts(figured)
        for i, j in clashes:
            chosen += [f for f in (figured[i], figured[j]) if f not in chosen]
        label: dict[int, str] = {}
        for i, j in clashes:
            name = label.get(i) or label.get(j) or chr(ord("A") + len(set(label.values())) % 26)
            label[i] = label[j] = name
        places = {id(f): n for n, f in enumerate(figured)}
        rows: list[LedgerRow] = []
        for figure in chosen:
            number = self._writer.cite(figure.candidate)
            if number is None:
                continue
            rows.append(
                LedgerRow(
                    value=figure.value,
                    unit=figure.unit,
                    scope=figure.scope,
                    as_of=figure.as_of,
                    document_id=figure.candidate.document_id,
                    source=frame_label(figure.candidate.hit.document.metadata),
                    citation=number,
                    as_of_note=figure.as_of_note,
                    conflict=label.get(places[id(figure)]),
                    note=figure.note,
                )
            )
        return tuple(rows)

    def _timeline(self, pool: Sequence[Candidate]) -> tuple[TimelineRow, ...]:
        rows: list[TimelineRow] = []
        for event in events(pool[:DATED], most=self._front.timeline_rows):
            number = self._writer.cite(event.candidate)
            if number is not None:
                rows.append(
                    TimelineRow(
                        date=event.date.iso,
                        printed=event.date.printed,
                        event=event.candidate.text[run_in(event.candidate) :],
                        document_id=event.candidate.document_id,
                        source=frame_label(event.candidate.hit.document.metadata),
                        citation=number,
                    )
                )
        return tuple(rows)

    def _nearest(self, contents: Contents) -> set[str]:
        """Cites, for each relevant document that has no quote yet, its sentence nearest to the task."""
        cited = {c.document_id for c in self._writer.verifier.citations}
        near: dict[str, Candidate] = {}
        for candidate in contents.pool:
            known = near.get(candidate.document_id)
            if known is None or candidate.cosine > known.cosine:
                near[candidate.document_id] = candidate
        for document, candidate in sorted(near.items()):
            if document not in cited and candidate.cosine >= RELEVANT:
                self._nearest_words[document] = candidate
        return set(self._nearest_words)

    def _own_words(self, info: DocumentInfo) -> tuple[Statement, ...]:
        """What a document says of itself; of one not quoted elsewhere, also its nearest sentence."""
        stated: list[Statement | None] = []
        if nearest := self._nearest_words.get(info.id):
            item = self._writer.accept(nearest)
            stated.append(self._writer.statement(draft(item)) if item else None)
        found = about_itself(info, self._library.document_passages(info.id))
        if found is not None:
            proposed, hit = found
            self._writer.extend([hit])
            stated.append(self._writer.statement(proposed))
        return tuple(s for s in stated if s is not None)


def _telling(figured: Sequence[Figure]) -> list[Figure]:
    """For a comparison: what clashes or does not add up first."""
    clashing = {n for pair in conflicts(figured) for n in pair}
    return sorted(figured, key=lambda f: (figured.index(f) not in clashing, f.note is None))


def _used(contents: Contents) -> list[Candidate]:
    """Sentences that the sections use, in reading order."""
    judged = [*contents.bottom_line, *contents.judgements]
    return [j.item.candidate for j in judged] + [
        i.candidate for _, items in contents.sections for i in items
    ]


def _first(used: Sequence[Candidate], pool: Sequence[Candidate]) -> list[Candidate]:
    """The used sentences, then the rest of the evidence; each sentence once."""
    seen: dict[tuple[str, int], Candidate] = {}
    for candidate in (*used, *pool[:EVIDENCE]):
        seen.setdefault((candidate.document_id, candidate.sentence.start), candidate)
    return list(seen.values())


def _cautions(figured: Sequence[Figure], cited: set[str]) -> tuple[str, ...]:
    """What a reader must know of a figure before using it."""
    found: dict[str, str] = {}
    for f in figured:
        if f.note and f.candidate.document_id in cited:
            label = frame_label(f.candidate.hit.document.metadata)
            found.setdefault(f.candidate.text, f"{label}: {f.note} (“{f.candidate.text}”)")
    return tuple(found.values())
