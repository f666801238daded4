"""The spine: what cannot be proved is dropped or flagged, and a verifier that errs proves nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

import rag.answer
from rag.answer import Verifier, render, verify
from rag.support import Evidence, SupportVerdict, check
from rag.types import (
    Draft,
    DraftDisagreement,
    DraftPosition,
    DraftQuote,
    DraftRefusal,
    DraftStatement,
    Refusal,
    Statement,
    StatementKind,
    Support,
)
from tests.library import TEXTS
from tests.rag.test_citations import hits_of

HITS = hits_of("ferry-board", "lake-traders", "velten")
BOARD = "The Orrin Ferry Board counts 12 ferries on the lake."
GUILD = "The Guild of Lake Traders counts 9 ferries on the lake, because it leaves out ferries under repair."


def quote(words: str) -> DraftQuote:
    passage = next((h.passage for h in HITS if words in h.passage.text), HITS[0].passage)
    return DraftQuote(passage_id=passage.id, quote=words)


def said(text: str, *quotes: str, **more: object) -> DraftStatement:
    return DraftStatement(text=text, quotes=tuple(map(quote, quotes)), **more)  # type: ignore[arg-type]


def verifier() -> Verifier:
    return Verifier(HITS, TEXTS.__getitem__)


def test_the_sources_own_words_are_verified_and_cited() -> None:
    statement = verifier().statement(said(BOARD, BOARD, kind=StatementKind.QUOTED))
    assert statement is not None
    assert (statement.support, statement.citations, statement.problems) == (Support.VERIFIED, (1,), ())
    assert statement.attribution == "Orrin Ferry Board, March 2025"


@pytest.mark.parametrize(
    "text",
    ["The Orrin Ferry Board counts 14 ferries on the lake.", "The Orrin Ferry Board does not count ferries.",
     "The Harrow Dam Company counts 12 ferries on the lake."],
)  # fmt: skip
def test_a_real_quote_does_not_carry_another_claim(text: str) -> None:
    statement = verifier().statement(said(text, BOARD))
    assert statement is not None
    assert statement.support is Support.FLAGGED
    assert statement.problems


@pytest.mark.parametrize("quotes", [(), ("These words stand nowhere at all.",)])
def test_a_statement_without_a_standing_quote_is_dropped_and_counted(quotes: tuple[str, ...]) -> None:
    judge = verifier()
    assert judge.statement(said(BOARD, *quotes)) is None
    assert judge.dropped == 1
    assert judge.problems
    assert judge.citations == ()


def test_one_standing_quote_is_enough_and_the_false_one_leaves_no_trace() -> None:
    judge = verifier()
    statement = judge.statement(said(BOARD, "These words stand nowhere at all.", BOARD))
    assert statement is not None
    assert statement.citations == (1,)
    assert [c.quote for c in judge.citations] == [BOARD]


def test_a_checker_that_breaks_proves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object, **options: object) -> object:
        raise ZeroDivisionError

    monkeypatch.setattr(rag.answer, "check", broken)
    statement = verifier().statement(said(BOARD, BOARD))
    assert statement is not None
    assert statement.support is Support.FLAGGED
    assert "ZeroDivisionError" in statement.problems[0]


def test_a_disagreement_stands_with_both_sides_only() -> None:
    sides = (
        DraftPosition(document_id="ferry-board", claim=BOARD, quotes=(quote(BOARD),)),
        DraftPosition(document_id="lake-traders", claim=GUILD, quotes=(quote(GUILD),)),
    )
    draft = DraftDisagreement(about="ferries", axis="figure", positions=sides)
    both = verifier().disagreement(draft)
    assert both is not None
    assert [p.document_id for p in both.positions] == ["ferry-board", "lake-traders"]
    assert [p.citations for p in both.positions] == [(1,), (2,)]
    for spoilt in (
        replace(sides[1], claim=GUILD.replace("9", "8")),
        replace(sides[1], document_id="velten"),  # the words are another's
        replace(sides[1], quotes=(quote("These words stand nowhere at all."),)),
    ):
        assert verifier().disagreement(replace(draft, positions=(sides[0], spoilt))) is None


def test_a_position_is_judged_as_its_sources_own_words(monkeypatch: pytest.MonkeyPatch) -> None:
    owners: list[str | None] = []

    def noting(claim: str, evidence: Sequence[Evidence], *, attribution: str | None = None) -> SupportVerdict:
        owners.append(attribution)
        return check(claim, evidence, attribution=attribution)

    monkeypatch.setattr(rag.answer, "check", noting)
    words = (("ferry-board", BOARD), ("lake-traders", GUILD))
    sides = tuple(DraftPosition(document_id=d, claim=c, quotes=(quote(c),)) for d, c in words)
    assert verifier().disagreement(DraftDisagreement(about="ferries", axis="figure", positions=sides))
    assert owners == ["Orrin Ferry Board, March 2025", "Guild of Lake Traders, 14 June 2025"]


def test_a_refusals_nearest_evidence_is_quoted_exactly() -> None:
    refusal = verifier().refusal(
        DraftRefusal(reason="Nothing.", missing=("x",), nearest=(quote("No such words here."), quote(BOARD)))
    )
    assert [c.quote for c in refusal.nearest] == [BOARD]
    assert [c.number for c in refusal.nearest] == [1]


def test_verifying_a_draft_keeps_order_and_numbers() -> None:
    draft = Draft(statements=(said(GUILD, GUILD), said("Nothing proves this.", "No such words."), said(BOARD, BOARD)))
    verified = verify(draft, verifier())
    assert [s.text for s in verified.statements] == [GUILD, BOARD]
    assert [s.citations for s in verified.statements] == [(1,), (2,)]
    assert verified.dropped == 1
    assert [c.number for c in verified.citations] == [1, 2]


def statement(text: str, *numbers: int, **more: object) -> Statement:
    given: dict[str, object] = {"kind": StatementKind.QUOTED, "support": Support.VERIFIED}
    return Statement(text=text, citations=numbers, **(given | more))  # type: ignore[arg-type]


def test_the_text_of_an_answer_carries_its_marks() -> None:
    rows = (
        statement("A.", 1, group="Board (2025)"),
        statement("B.", 1, 2, group="Board (2025)"),
        statement("C.", 3, group="Guild (2025)", support=Support.FLAGGED),
    )
    assert render(rows, None) == "Board (2025): A.[1] B.[1][2]\nGuild (2025): C.[3] (not verified)"
    assert render((statement("A.", 1), statement("B.", 2)), None) == "A.[1] B.[2]"


def test_the_text_of_a_refusal_says_what_is_missing() -> None:
    assert render((), Refusal(reason="No.", missing=("a", "b"))) == "No. Not found: a; b."
    assert render((), Refusal(reason="No.")) == "No."


def test_items_of_a_list_are_lines() -> None:
    rows = (
        Statement(text="Three things:", citations=(1,), kind=StatementKind.QUOTED, support=Support.VERIFIED, group="B"),
        *(
            Statement(
                text=t, citations=(n,), kind=StatementKind.QUOTED, support=Support.VERIFIED, group="B", listed=True
            )
            for n, t in enumerate(("a pier;", "a crane."), 2)
        ),
        Statement(text="It is late.", citations=(4,), kind=StatementKind.QUOTED, support=Support.VERIFIED, group="B"),
    )
    assert render(rows, None) == "B: Three things:[1]\n- a pier;[2]\n- a crane.[3]\nIt is late.[4]"


def test_a_passage_that_a_statement_brings_along_may_be_cited() -> None:
    given, more = HITS[:1], next(h for h in HITS if GUILD in h.passage.text)
    draft = DraftStatement(text=GUILD, quotes=(quote(GUILD),), kind=StatementKind.QUOTED)
    assert Verifier(given, TEXTS.__getitem__).statement(draft) is None
    own = Verifier(given, TEXTS.__getitem__)
    statement = own.statement(replace(draft, further=(more,)))
    assert statement is not None
    assert statement.support is Support.VERIFIED
    assert list(own.further) == [more.passage.id]
