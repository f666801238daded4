"""Citations are numbered as a reader meets them, whatever order they were found in."""

from __future__ import annotations

import dataclasses

from rag.memo.numbering import in_reading_order
from rag.types import Memo, MemoSection, SectionRole
from tests.web.export.sample import memo
from web.export.layout import layout


def shuffled(sample: Memo) -> Memo:
    """The memo with its sections the other way round: read in another order than they were numbered."""
    return dataclasses.replace(sample, sections=sample.sections[::-1])


def test_the_numbers_follow_the_page() -> None:
    before = shuffled(memo())
    assert layout(before).order() != sorted(layout(before).order())
    after = in_reading_order(before)
    order = layout(after).order()
    assert order == list(range(1, len(order) + 1))


def test_each_statement_keeps_its_quotes() -> None:
    before = shuffled(memo())
    after = in_reading_order(before)

    def quotes(item: Memo) -> list[tuple[str, list[str]]]:
        known = {c.number: c.quote for c in item.citations}
        stated = [s for part in item.sections for s in part.statements]
        rows = [(s.text, [known[n] for n in s.citations]) for s in stated]
        rows += [(p.claim, [known[n] for n in p.citations]) for d in item.disagreements for p in d.positions]
        rows += [(r.scope, [known[r.citation]]) for r in item.ledger]
        rows += [(r.event, [known[r.citation]]) for r in item.timeline]
        rows += [(r.statement, [known[n] for n in r.citations]) for r in item.audit]
        rows += [(j.basis, [known[n] for n in (*j.corroboration, *j.contrary)]) for j in item.judgements]
        rows += [(s.text, [known[n] for n in s.citations]) for n in item.source_notes for s in n.statements]
        return rows

    assert quotes(after) == quotes(before)
    assert sorted(c.quote for c in after.citations) == sorted(c.quote for c in before.citations)


def test_a_memo_in_order_is_left_as_it_is() -> None:
    ordered = in_reading_order(shuffled(memo()))
    assert in_reading_order(ordered) is ordered


def test_a_quote_that_nothing_cites_comes_last() -> None:
    sample = memo()
    first = sample.sections[0]
    alone = MemoSection(heading=first.heading, statements=first.statements, role=SectionRole.BOTTOM_LINE)
    bare = dataclasses.replace(
        sample, sections=(alone,), judgements=(), disagreements=(), ledger=(), timeline=(), source_notes=(), audit=()
    )
    cited = {n for s in first.statements for n in s.citations}
    after = in_reading_order(dataclasses.replace(bare, citations=bare.citations[::-1]))
    assert [c.number for c in after.citations] == list(range(1, len(sample.citations) + 1))
    assert {n for s in after.sections[0].statements for n in s.citations} == set(range(1, len(cited) + 1))
