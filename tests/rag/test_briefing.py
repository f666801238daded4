"""The façade: answers stored as shown, conversations that lead on, wrong use told in words."""

from __future__ import annotations

import pytest

from rag.briefing import LONGEST_QUESTION, Briefing
from rag.compose import build
from rag.errors import IndexMismatch, LibraryBusy, NotFound, UsageError
from rag.fakes import HashEmbedder, ScriptedWriter
from rag.ports import WriteRequest
from rag.settings import Settings
from rag.types import (
    Answer,
    AnswerReady,
    Draft,
    DraftQuote,
    DraftStatement,
    PassagesFound,
    StatementReady,
    Support,
    Turn,
)
from rag.wire import answer_json
from tests import library

FERRIES = "How many ferries does the Orrin Ferry Board count on the lake?"


def exact(briefing: Briefing, answer: Answer) -> bool:
    """Every quote equals the stored text at its offsets, and lies in its passage."""
    nearest = answer.refusal.nearest if answer.refusal else ()
    passages = {h.passage.id: h.passage for h in answer.hits}
    return all(
        briefing.document(c.document_id).text[c.start : c.end] == c.quote
        and passages[c.passage_id].start <= c.start < c.end <= passages[c.passage_id].end
        for c in (*answer.citations, *nearest)
    )


def test_an_answer_holds_the_figure_its_source_and_its_quote(briefing: Briefing) -> None:
    answer = briefing.ask(FERRIES)
    assert not answer.refused
    assert "12 ferries" in answer.answer
    assert answer.citations[0].document_id == "ferry-board"
    assert {s.support for s in answer.statements} == {Support.VERIFIED}
    assert len(answer.hits) >= 10
    assert exact(briefing, answer)


@pytest.mark.parametrize(
    "question",
    [FERRIES, "Why did the lake fall?", "Do the sources agree on how many ferries there are?", "ferries",
     "What does the guild recommend?", "كم عدد العبارات؟", "¿?", "When does the northern pier open?",
     "Who is General Zbygniew Quark?"],
)  # fmt: skip
def test_whatever_is_asked_numbers_agree_and_quotes_are_exact(briefing: Briefing, question: str) -> None:
    answer = briefing.ask(question)
    assert exact(briefing, answer)
    assert [c.number for c in answer.citations] == list(range(1, len(answer.citations) + 1))
    used = {n for s in answer.statements for n in s.citations}
    used |= {n for d in answer.disagreements for p in d.positions for n in p.citations}
    assert used == {c.number for c in answer.citations}
    assert bool(answer.statements) != answer.refused
    assert all(s.attribution for s in answer.statements)


def test_asking_twice_gives_the_same_answer(briefing: Briefing) -> None:
    first, second = briefing.ask(FERRIES), briefing.ask(FERRIES)
    assert first.id != second.id
    assert (first.answer, first.citations, first.hits) == (second.answer, second.citations, second.hits)


def test_an_answer_is_stored_as_it_was_shown(briefing: Briefing) -> None:
    answer = briefing.ask(FERRIES)
    assert briefing.conversations.answer(answer.id) == answer_json(answer)
    (row,) = briefing.conversations.conversations()
    assert row["id"] == answer.conversation_id


def test_a_conversation_leads_on(briefing: Briefing) -> None:
    first = briefing.ask("When does the northern pier open?")
    second = briefing.ask("Who says so?", conversation_id=first.conversation_id)
    assert second.conversation_id == first.conversation_id
    assert "pier" in second.standalone_question
    given = briefing.ask("Who says so?", history=[Turn(question="When does the northern pier open?", answer="")])
    assert given.standalone_question == second.standalone_question
    assert given.conversation_id != first.conversation_id


def test_a_conversation_belongs_to_its_owner(briefing: Briefing) -> None:
    mine = briefing.ask(FERRIES, owner="ana")
    with pytest.raises(NotFound):
        briefing.ask("Why?", conversation_id=mine.conversation_id, owner="ben")
    with pytest.raises(NotFound):
        briefing.ask("Why?", conversation_id="no-such-conversation")


def test_a_stream_gives_passages_verified_statements_and_the_answer(briefing: Briefing) -> None:
    first, *middle, last = list(briefing.stream(FERRIES))
    assert isinstance(first, PassagesFound)
    assert isinstance(last, AnswerReady)
    assert all(isinstance(e, StatementReady) for e in middle)
    shown = [e for e in middle if isinstance(e, StatementReady)]
    assert tuple(e.statement for e in shown) == last.answer.statements
    assert tuple(c for e in shown for c in e.citations) == last.answer.citations[: sum(len(e.citations) for e in shown)]
    assert first.hits == last.answer.hits
    assert briefing.conversations.answer(last.answer.id) == answer_json(last.answer)


@pytest.mark.parametrize("question", ["", "  \n ", "x" * (LONGEST_QUESTION + 1)])
def test_a_question_must_be_one(briefing: Briefing, question: str) -> None:
    with pytest.raises(UsageError, match=r"empty|characters"):
        briefing.ask(question)
    with pytest.raises(UsageError, match=r"empty|characters"):
        list(briefing.stream(question))


def test_an_empty_library_refuses(empty: Briefing) -> None:
    answer = empty.ask(FERRIES)
    assert answer.refused
    assert answer.hits == ()
    assert isinstance(list(empty.stream(FERRIES))[-1], AnswerReady)
    assert empty.documents() == []
    assert empty.search("ferries").hits == ()


def test_another_embedding_model_is_named_not_used(tiny_library: Settings) -> None:
    other = build(tiny_library, embedder=HashEmbedder(dimension=32))
    try:
        for asked in (lambda: other.ask("Why?"), lambda: other.search("fog")):
            with pytest.raises(IndexMismatch, match=r"hash-512.*hash-32.*BRIEFING_EMBEDDING_MODEL"):
                asked()
    finally:
        other.close()


@pytest.mark.parametrize("k", [0, -1, 201])
def test_k_has_bounds(briefing: Briefing, k: int) -> None:
    with pytest.raises(UsageError, match=f"k is {k}"):
        briefing.search("ferries", k=k)


def test_documents_are_listed_by_id_and_read_whole(briefing: Briefing) -> None:
    assert [d.id for d in briefing.documents()] == sorted(library.TEXTS)
    assert briefing.document("velten").text == library.VELTEN
    with pytest.raises(NotFound):
        briefing.document("nobody")


def test_removed_reports_are_gone_from_search_at_once(briefing: Briefing, monkeypatch: pytest.MonkeyPatch) -> None:
    assert briefing.search("vaccines for children").hits[0].passage.document_id == "clinics"
    assert briefing.remove(["clinics", "clinics"]) == ["clinics"]
    assert all(h.passage.document_id != "clinics" for h in briefing.search("vaccines for children", k=50).hits)
    with pytest.raises(NotFound):
        briefing.remove(["velten", "clinics"])
    assert "velten" in [d.id for d in briefing.documents()]  # all or none


def test_an_old_answer_outlives_its_report(briefing: Briefing) -> None:
    answer = briefing.ask("How many vaccines does every clinic keep?")
    assert "clinics" in {c.document_id for c in answer.citations}
    briefing.remove(["clinics"])
    assert briefing.conversations.answer(answer.id) == answer_json(answer)


def test_it_says_what_it_holds(briefing: Briefing) -> None:
    briefing.warm()
    ready = briefing.ready()
    assert ready["documents"] == 5
    assert ready["passages"] == sum(d.passages for d in briefing.documents())
    assert ready["writer"] == "extractive"
    assert ready["embedding_model"] == "hash-512"


# --------------------------------------------------------------------------- writers that are not to be trusted


def lying(request: WriteRequest) -> Draft:
    """Says what its quote does not, quotes what was never printed, and cites a passage it was not given."""
    first = request.hits[0].passage
    quote = first.text.split("\n")[0]
    return Draft(
        statements=(
            DraftStatement(text="The minister has resigned.", quotes=(DraftQuote(passage_id=first.id, quote=quote),)),
            DraftStatement(text="Fog is rare.", quotes=(DraftQuote(passage_id=first.id, quote="Fog is very rare."),)),
            DraftStatement(text="Fog is rare.", quotes=(DraftQuote(passage_id="x:0-9", quote=quote),)),
            DraftStatement(text="Fog is rare.", quotes=()),
        ),
        writer="scripted",
    )


def test_what_a_writer_cannot_prove_is_dropped_or_flagged(tiny_library: Settings) -> None:
    built = build(tiny_library, embedder=library.embedder(), writer=ScriptedWriter(lying))
    try:
        answer = built.ask(FERRIES)
        assert [(s.text, s.support) for s in answer.statements] == [
            ("The minister has resigned.", Support.FLAGGED)
        ]
        assert answer.dropped_statements == 3
        assert "(not verified)" in answer.answer
        assert [type(e).__name__ for e in built.stream(FERRIES)] == ["PassagesFound", "AnswerReady"]
    finally:
        built.close()


def test_when_nothing_can_be_proved_the_answer_is_a_refusal(tiny_library: Settings) -> None:
    writer = ScriptedWriter([Draft(statements=(DraftStatement(text="Trust me.", quotes=()),), writer="scripted")])
    built = build(tiny_library, embedder=library.embedder(), writer=writer)
    try:
        answer = built.ask(FERRIES)
        assert answer.refused
        assert answer.citations == ()
        assert answer.dropped_statements == 1
    finally:
        built.close()


def quoting(request: WriteRequest) -> Draft:
    """One statement: the first sentence of the best passage, as it stands there."""
    best = request.hits[0].passage
    quote = best.text[: best.text.index(".") + 1]
    statement = DraftStatement(text=quote, quotes=(DraftQuote(passage_id=best.id, quote=quote),))
    return Draft(statements=(statement,), writer="scripted")


@pytest.mark.parametrize("streamed", [False, True])
def test_a_report_removed_while_it_is_being_quoted_does_not_break_the_answer(
    tiny_library: Settings, streamed: bool
) -> None:
    def disturbed(request: WriteRequest) -> Draft:
        draft = quoting(request)
        if request.hits[0].document.id == "clinics":
            built.remove(["clinics"])
        return draft

    built = build(tiny_library, embedder=library.embedder(), writer=ScriptedWriter(disturbed))
    question = "How many vaccines does every clinic keep?"
    try:
        if streamed:
            (answer,) = [e.answer for e in built.stream(question) if isinstance(e, AnswerReady)]
        else:
            answer = built.ask(question)
        assert answer.refused  # the library as it is now knows nothing of vaccines
        assert "clinics" not in {h.document.id for h in answer.hits}
        assert exact(built, answer)
    finally:
        built.close()


def test_a_library_that_never_rests_is_said_to_be_busy(tiny_library: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    built = build(tiny_library, embedder=library.embedder(), writer=ScriptedWriter(quoting))
    monkeypatch.setattr(built, "_library", Restless())
    monkeypatch.setattr(built, "check_fingerprint", lambda: None)
    try:
        with pytest.raises(LibraryBusy, match="was replaced while it was being read; ask again"):
            built.ask(FERRIES)
    finally:
        built.close()


class Restless:
    def text(self, document_id: str) -> str:
        return f"Another version of {document_id} every time."
