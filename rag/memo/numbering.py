"""Numbers a memo's citations in reading order, as a word processor numbers footnotes.

A memo is written in another order than it is read: what differs is looked for after the sections, and a
comparison then puts it before them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from rag.types import Memo, MemoSection, SectionRole, Statement

Numbers = tuple[int, ...]


def in_reading_order(memo: Memo) -> Memo:
    """The memo with its citations numbered from 1 as a reader meets them; uncited ones come last."""
    known = [c.number for c in memo.citations]
    order = [n for n in dict.fromkeys((*_read(memo), *known)) if n in set(known)]
    new = {old: place for place, old in enumerate(order, 1)}
    if all(old == place for old, place in new.items()):
        return memo
    citations = sorted((replace(c, number=new[c.number]) for c in memo.citations), key=lambda c: c.number)

    def moved(numbers: Numbers) -> Numbers:
        return tuple(new[n] for n in numbers if n in new)

    def restated(statements: Iterable[Statement]) -> tuple[Statement, ...]:
        return tuple(replace(s, citations=moved(s.citations)) for s in statements)

    return replace(
        memo,
        citations=tuple(citations),
        sections=tuple(replace(part, statements=restated(part.statements)) for part in memo.sections),
        judgements=tuple(
            replace(
                j,
                statement=restated([j.statement])[0],
                corroboration=moved(j.corroboration),
                contrary=moved(j.contrary),
            )
            for j in memo.judgements
        ),
        disagreements=tuple(
            replace(d, positions=tuple(replace(p, citations=moved(p.citations)) for p in d.positions))
            for d in memo.disagreements
        ),
        ledger=tuple(replace(row, citation=new[row.citation]) for row in memo.ledger),
        timeline=tuple(replace(row, citation=new[row.citation]) for row in memo.timeline),
        source_notes=tuple(replace(n, statements=restated(n.statements)) for n in memo.source_notes),
        audit=tuple(replace(row, citations=moved(row.citations)) for row in memo.audit),
    )


def _read(memo: Memo) -> Iterator[int]:
    """The numbers in the order in which the memo's parts are printed."""
    for part in memo.sections:
        yield from _of_section(part, memo)
    if not any(part.role is SectionRole.DISAGREEMENT for part in memo.sections):
        yield from (n for d in memo.disagreements for p in d.positions for n in p.citations)
    yield from (row.citation for row in memo.ledger)
    yield from (row.citation for row in memo.timeline)
    yield from (n for note in memo.source_notes for s in note.statements for n in s.citations)


def _of_section(part: MemoSection, memo: Memo) -> Iterator[int]:
    if part.role is SectionRole.KEY_JUDGEMENTS and memo.judgements:
        for judgement in memo.judgements:
            yield from (*judgement.statement.citations, *judgement.corroboration, *judgement.contrary)
        return
    for statement in part.statements:
        yield from statement.citations
