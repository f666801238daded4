"""A memo from task to annexes, over two invented reports that disagree."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.briefing import Briefing
from rag.errors import NotFound, UsageError
from rag.fakes import ScriptedWriter
from rag.memo.make import NoEvidence
from rag.memo.markdown import markdown
from rag.ports import WriteRequest
from rag.types import (
    ChangeKind,
    Draft,
    DraftQuote,
    DraftStatement,
    Filters,
    Memo,
    SectionRole,
    StatementKind,
    Support,
)
from rag.wire import memo_json
from rag.wire_memo import memo_from_json
from tests.openai_server import scripted_server
from tests.rag.memo.desk import BOARD, INSTITUTE, TASK, TEXTS, desk, drop, store


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    store(tmp_path, TEXTS)
    return tmp_path


@pytest.fixture
def briefing(folder: Path) -> Iterator[Briefing]:
    made = desk(folder)
    yield made
    made.close()


def statements(memo: Memo) -> list[str]:
    return [s.text for part in memo.sections for s in part.statements]


def assert_proved(memo: Memo, texts: dict[str, str]) -> None:
    """Every statement is verified and cited; every quote is the stored text."""
    numbers = {c.number for c in memo.citations}
    assert sorted(numbers) == list(range(1, len(memo.citations) + 1))
    for citation in memo.citations:
        assert texts[citation.document_id][citation.start : citation.end] == citation.quote
    for part in memo.sections:
        assert part.statements
        for statement in part.statements:
            assert statement.support is Support.VERIFIED
            assert statement.citations
            assert set(statement.citations) <= numbers


def test_a_memo_says_who_says_what_and_proves_it(briefing: Briefing) -> None:
    memo = briefing.memo(TASK)
    assert_proved(memo, TEXTS)
    assert memo.audience == "the harbour board"
    assert [s.role for s in memo.sections[:2]] == [SectionRole.BOTTOM_LINE, SectionRole.KEY_JUDGEMENTS]
    assert all(
        text.startswith(("Elm Water Board (May 2021): “", "Valley Institute (undated): “"))
        for text in statements(memo)
    )
    assert {s.id for s in memo.sources} == {"board", "institute"}


def test_nothing_is_said_twice_and_the_length_is_kept(briefing: Briefing) -> None:
    for name in briefing.memo_maker.templates():
        memo = briefing.memo(TASK, template=name)
        said = statements(memo)
        assert len(said) == len(set(said))
        assert memo.words == sum(len(text.split()) for text in said) <= memo.words_limit


def test_figures_that_clash_are_marked_in_ledger_and_table(briefing: Briefing) -> None:
    memo = briefing.memo(TASK)
    clashing = {(r.value, r.unit, r.document_id) for r in memo.ledger if r.conflict}
    assert clashing == {("4,000", "households", "board"), ("5,200", "households", "institute")}
    (table,) = [d for d in memo.disagreements if d.axis == "figure"]
    assert {p.document_id for p in table.positions} == {"board", "institute"}
    (cost,) = [r for r in memo.ledger if r.value == "$12 million"]
    assert (cost.unit, cost.as_of, cost.as_of_note) == ("US$ million", "March 2021", None)


def test_a_contradicted_judgement_of_one_source_has_low_confidence(briefing: Briefing) -> None:
    judged = {j.statement.text: j for j in briefing.memo(TASK).judgements}
    (contested,) = [j for text, j in judged.items() if "4,000" in text or "5,200" in text]
    assert contested.confidence == "low"
    assert contested.contrary
    assert "says otherwise" in contested.confidence_reason


def test_the_audit_has_a_row_for_each_statement(briefing: Briefing) -> None:
    memo = briefing.memo(TASK)
    assert [r.statement for r in memo.audit] == statements(memo)
    assert sum(b.citations for b in memo.balance) <= len(memo.citations)


def test_what_happened_stands_apart_from_what_is_feared_when_asked(briefing: Briefing) -> None:
    memo = briefing.memo(TASK + "; separate what has happened from what is feared")
    body = [s for p in memo.sections if p.role is SectionRole.BODY for s in p.statements]
    assert body
    assert all(s.group in ("Reported as fact", "Expected or feared", "Proposed") for s in body)


def test_as_of_leaves_out_what_is_later_or_undated_and_says_so(briefing: Briefing) -> None:
    memo = briefing.memo(TASK, as_of="2021-06")
    assert {c.document_id for c in memo.citations} == {"board"}
    assert "Only what was published by June 2021 was used: Elm Water Board (May 2021)." in memo.notices
    assert "Left out because they bear no date: Valley Institute." in memo.gaps
    with pytest.raises(NoEvidence, match="No document is known to have been published by 2020"):
        briefing.memo(TASK, as_of="2020")
    with pytest.raises(UsageError, match="'yesterday' is not a date"):
        briefing.memo(TASK, as_of="yesterday")


def test_no_evidence_gives_a_helpful_refusal_and_stores_nothing(briefing: Briefing) -> None:
    with pytest.raises(NoEvidence, match="No memo can be written on “the moons of Jupiter”"):
        briefing.memo("Two pages for the minister on the moons of Jupiter")
    assert briefing.memos.memos() == []


def test_filters_and_wrong_use(briefing: Briefing) -> None:
    memo = briefing.memo(TASK, filters=Filters(documents=("institute",)))
    assert {c.document_id for c in memo.citations} == {"institute"}
    with pytest.raises(UsageError, match="no memo template 'epic'"):
        briefing.memo(TASK, template="epic")
    with pytest.raises(UsageError, match="The task is empty"):
        briefing.memo("  ")
    with pytest.raises(UsageError, match="no document 'nobody'"):
        briefing.memo(TASK, filters=Filters(documents=("nobody",)))


def test_an_edited_outline_decides_the_sections(briefing: Briefing) -> None:
    outline = briefing.memo_outline(TASK)
    road = dataclasses.replace(
        outline.sections[-1],
        heading="The road",
        question="flood of the Elm valley, harbour road",
        role=SectionRole.BODY,
    )
    memo = briefing.memo(TASK, outline=dataclasses.replace(outline, sections=(road,)))
    assert [s.heading for s in memo.sections] == ["The road"]
    assert any("harbour road" in text for text in statements(memo))


def test_progress_is_told_in_rising_shares(briefing: Briefing) -> None:
    told: list[tuple[str, float]] = []
    briefing.memo(TASK, progress=lambda step, share: told.append((step, share)))
    shares = [share for _, share in told]
    assert shares == sorted(shares)
    assert told[-1] == ("Done", 1.0)


def test_json_brings_the_memo_back_whole(briefing: Briefing) -> None:
    memo = briefing.memo(TASK)
    stored = json.loads(json.dumps(memo_json(memo)))
    assert memo_json(memo_from_json(stored)) == stored
    assert briefing.memos.memo(memo.id) == stored
    with pytest.raises(UsageError, match="not a memo"):
        memo_from_json({"id": "x"})


def test_markdown_has_a_note_for_every_mark(briefing: Briefing) -> None:
    memo = briefing.memo(TASK)
    text = markdown(memo, briefing.memo_maker.template(memo.template))
    for citation in memo.citations:
        assert f"[^{citation.number}]" in text
        assert text.count(f"[^{citation.number}]:") == 1
    assert "\n\n\n" not in text


# --------------------------------------------------------------------------- versions


def test_a_refresh_finds_nothing_new_in_an_unchanged_library(briefing: Briefing) -> None:
    first = briefing.memo(TASK)
    comparison = briefing.refresh_memo(first.id)
    assert {c.kind for c in comparison.changes} == {ChangeKind.KEPT}
    second = memo_from_json(briefing.memos.memo(comparison.after_id))
    assert (second.version, second.parent_id) == (2, first.id)
    assert [v["id"] for v in briefing.memos.versions(second.id)] == [first.id, second.id]


def test_a_refresh_tells_an_updated_source_from_a_removed_one(folder: Path) -> None:
    made = desk(folder)
    first = made.memo(TASK)
    made.close()
    store(folder, {"board": BOARD.replace("$12 million", "$19 million")})
    drop(folder, "institute")
    again = desk(folder)
    comparison = again.refresh_memo(first.id)
    again.close()
    assert comparison.updated == ("board",)
    assert comparison.removed == ("institute",)
    gone = [c for c in comparison.changes if c.kind is ChangeKind.GONE]
    assert any(c.documents == ("institute",) and "no longer in the library" in c.note for c in gone)
    changed = [c for c in comparison.changes if c.kind is ChangeKind.CHANGED]
    assert [(c.before or "").count("$12 million") for c in changed] == [1]
    assert any(c.kind is ChangeKind.SOURCE_UPDATED for c in comparison.changes)
    with pytest.raises(NotFound):
        desk(folder).refresh_memo("nothing")


def test_memos_that_cite_a_document_are_known(briefing: Briefing) -> None:
    memo = briefing.memo(TASK, filters=Filters(documents=("institute",)))
    assert briefing.memos.touching("institute") == [memo.id]
    assert briefing.memos.touching("board") == []


# --------------------------------------------------------------------------- a model that lies


def liar(request: WriteRequest) -> Draft:
    """One true statement, then a false quote, a wrong figure, a hope made fact, and no quote at all."""
    hit = next(h for h in request.hits if "4,000" in h.passage.text)
    true = "The Elm dams hold back a flood risk for 4,000 households in the valley."
    weak = "The board says that the Elm dams may fail in a long flood."
    place = hit.passage.id

    def said(text: str, *quotes: str) -> DraftStatement:
        return DraftStatement(
            text=text, quotes=tuple(DraftQuote(passage_id=place, quote=q) for q in quotes)
        )

    return Draft(
        statements=(
            said("According to Elm Water Board, the dams hold back a flood risk for 4,000 households.", true),
            said("The dams have already burst.", "The dams have already burst and drowned the town."),
            said("The Elm dams hold back a flood risk for 9,000 households in the valley.", true),
            said("The Elm dams will fail in a long flood.", weak),
            said("Everyone agrees."),
        ),
        writer="scripted",
    )


def test_nothing_that_a_lying_writer_says_stands_in_the_memo(folder: Path) -> None:
    made = desk(folder, writer=ScriptedWriter(liar))
    memo = made.memo(TASK)
    made.close()
    assert_proved(memo, TEXTS)
    said = " ".join(statements(memo))
    for lie in ("burst", "9,000", "dams will fail", "Everyone"):
        assert lie not in said
    assert "the dams hold back a flood risk for 4,000 households" in said
    assert memo.dropped_statements >= 4


def test_a_models_own_head_stands_where_its_quotes_carry_it(folder: Path) -> None:
    made = desk(folder, writer=ScriptedWriter(liar))
    memo = made.memo(TASK)
    made.close()
    line = next(s for s in memo.sections if s.role is SectionRole.BOTTOM_LINE)
    assert [s.kind for s in line.statements] == [StatementKind.WRITTEN]
    assert "4,000 households" in line.statements[0].text
    assert [j.publishers for j in memo.judgements] == [("Elm Water Board (May 2021)",)]
    assert memo.judgements[0].basis == "One source: Elm Water Board (May 2021)."


def test_a_head_of_lies_gives_way_to_the_reports_own_words(folder: Path) -> None:
    def only_lies(request: WriteRequest) -> Draft:
        return Draft(statements=liar(request).statements[1:], writer="scripted")

    made = desk(folder, writer=ScriptedWriter(only_lies))
    memo = made.memo(TASK)
    made.close()
    assert_proved(memo, TEXTS)
    assert memo.judgements
    assert all(s.kind is StatementKind.QUOTED for part in memo.sections for s in part.statements)


def test_a_memo_is_deleted_with_all_its_versions(folder: Path) -> None:
    made = desk(folder)
    first = made.memo(TASK)
    second = made.refresh_memo(first.id).after_id
    other = made.memo(TASK)
    assert made.memos.delete(second) == [first.id, second]
    assert [row["id"] for row in made.memos.memos()] == [other.id]
    with pytest.raises(NotFound):
        made.memos.delete(first.id)
    made.close()


@pytest.mark.parametrize("lie", ["invented", "unknown", "overclaim", "wrong_number", "unproved", "gullible"])
def test_a_lying_chat_model_writes_nothing_unverified(folder: Path, lie: str) -> None:
    with scripted_server([lie]) as server:
        made = desk(folder, llm="openai:scripted", llm_base_url=server.base_url, llm_api_key="k")
        memo = made.memo(TASK)
        made.close()
        assert server.requests
    assert memo.writer == "openai:scripted"
    assert_proved(memo, TEXTS)


def test_a_model_that_cannot_be_reached_leaves_an_extractive_memo(folder: Path) -> None:
    with scripted_server(["401"]) as server:
        made = desk(folder, llm="openai:scripted", llm_base_url=server.base_url, llm_api_key="k")
        memo = made.memo(TASK)
        made.close()
    assert_proved(memo, TEXTS)
    assert any("written without it" in n for n in memo.notices)


def test_the_texts_of_the_desk_are_what_the_library_holds(briefing: Briefing) -> None:
    assert briefing.library.text("institute") == INSTITUTE


def test_a_task_that_names_its_form_gets_that_template(briefing: Briefing) -> None:
    assert briefing.memo("A one-page memo for the board on the flood risk of the Elm dams").template == "one-page"
    assert briefing.memo(TASK.replace("two-page memo", "memo")).template == "two-page"
    assert briefing.memo(TASK, template="talking-points").template == "talking-points"


def test_two_memos_made_from_the_same_version_have_numbers_of_their_own(briefing: Briefing) -> None:
    first = briefing.memo(TASK)
    after = [briefing.refresh_memo(first.id).after_id for _ in range(2)]
    assert [briefing.memos.memo(i)["version"] for i in after] == [2, 3]


def test_a_refresh_says_which_of_its_documents_are_gone(folder: Path) -> None:
    before = desk(folder)
    both = before.memo(TASK, filters=Filters(documents=("board", "institute")))
    alone = before.memo(TASK, filters=Filters(documents=("institute",)))
    before.close()
    drop(folder, "institute")
    later = desk(folder)
    after = later.memos.memo(later.refresh_memo(both.id).after_id)
    assert any("no longer in the library: institute" in n for n in after["notices"])
    assert after["filters"]["documents"] == ["board"]
    with pytest.raises(NoEvidence, match="no longer in the library: institute"):
        later.refresh_memo(alone.id)
    later.close()
