"""An edited statement is verified again; versions stay; sources are watched."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from rag import fakes
from rag.briefing import Briefing
from rag.errors import NotFound, UsageError
from rag.labels import frame_label
from rag.memo.revise import EDITED
from rag.types import ChangeKind, Citation, Memo, Support
from rag.wire_memo import memo_from_json
from tests.rag.memo.desk import BOARD, TASK, TEXTS, desk, drop, store


@pytest.fixture
def briefing(tmp_path: Path) -> Iterator[Briefing]:
    store(tmp_path, TEXTS)
    built = desk(tmp_path)
    yield built
    built.close()


def place_of(memo: Memo, words: str) -> tuple[int, int]:
    return next(
        (i, j) for i, part in enumerate(memo.sections) for j, s in enumerate(part.statements) if words in s.text
    )


def text_at(memo: Memo, place: tuple[int, int]) -> str:
    return memo.sections[place[0]].statements[place[1]].text


def test_a_faithful_wording_stays_verified_and_a_lie_is_marked(briefing: Briefing) -> None:
    memo = briefing.memo(TASK)
    place = place_of(memo, "$12 million")
    stored = briefing.memos.memo(memo.id)
    recheck = briefing.memo_revisions.recheck
    shorter = "Elm Water Board (May 2021): Repair costs of the Elm dams were put at $12 million."
    assert recheck(memo.id, *place, shorter).support is Support.VERIFIED
    lie = recheck(memo.id, *place, shorter.replace("$12 million", "$21 million"))
    assert lie.support is Support.FLAGGED
    assert any("21" in p for p in lie.problems)
    assert briefing.memos.memo(memo.id) == stored  # checking stores nothing
    assert len(briefing.memos.memos()) == 1


def test_sources_side_by_side_are_each_held_against_their_own_quotes(briefing: Briefing) -> None:
    memo = briefing.memo(TASK)
    one = memo.citations[0]
    other = next(c for c in memo.citations if c.document_id != one.document_id)
    named = {s.id: frame_label(s.metadata) for s in memo.sources}

    def objections(first: Citation, second: Citation) -> list[int]:
        text = f"{named[first.document_id]}: “{one.quote}” But {named[second.document_id]}: “{other.quote}”"
        numbers = (one.number, other.number)
        said = replace(memo.sections[0].statements[0], text=text, citations=numbers, attribution=None)
        read = replace(memo, sections=(replace(memo.sections[0], statements=(said,)),))
        return [len(o.problems) for o in briefing.memo_revisions.objections(read)]

    assert objections(one, other) == []
    assert objections(other, one) != []


def test_an_edit_is_a_new_version_and_the_old_one_stays(briefing: Briefing) -> None:
    memo = briefing.memo(TASK)
    stored = briefing.memos.memo(memo.id)
    place = place_of(memo, "$12 million")
    wording = text_at(memo, place).replace("$12 million", "$13 million")
    edited = briefing.memo_revisions.edit(memo.id, {place: f"  {wording} \n"})
    assert (edited.version, edited.parent_id) == (memo.version + 1, memo.id)
    changed = edited.sections[place[0]].statements[place[1]]
    assert (changed.text, changed.support) == (wording, Support.FLAGGED)
    assert EDITED in edited.notices
    assert [r.support for r in edited.audit if r.statement == wording] == [Support.FLAGGED]
    assert memo_from_json(briefing.memos.memo(edited.id)) == edited
    assert briefing.memos.memo(memo.id) == stored
    assert [v["id"] for v in briefing.memos.versions(memo.id)] == [memo.id, edited.id]
    changes = briefing.memo_revisions.compare(memo.id, edited.id).changes
    assert [c.after for c in changes if c.kind is ChangeKind.CHANGED] == [wording]


def test_a_judgement_follows_its_statement(briefing: Briefing) -> None:
    memo = briefing.memo(TASK)
    at = next(i for i, part in enumerate(memo.sections) if part.role == "key_judgements")
    count = len(memo.judgements)
    edited = briefing.memo_revisions.edit(memo.id, {(at, 0): ""})
    assert [j.statement.text for j in edited.judgements] == [j.statement.text for j in memo.judgements[1:]]
    if count > 1:
        assert [s.text for s in edited.sections[at].statements] == [j.statement.text for j in edited.judgements]


def test_an_empty_wording_takes_the_statement_out_and_unused_quotes_with_it(briefing: Briefing) -> None:
    memo = briefing.memo(TASK)
    everything = {
        (i, j): "" for i, part in enumerate(memo.sections) for j in range(len(part.statements))
    }
    with pytest.raises(UsageError, match="Nothing would be left"):
        briefing.memo_revisions.edit(memo.id, everything)
    kept = everything.popitem()[0]
    edited = briefing.memo_revisions.edit(memo.id, everything)
    assert [s.text for part in edited.sections for s in part.statements] == [text_at(memo, kept)]
    assert [c.number for c in edited.citations] == list(range(1, len(edited.citations) + 1))
    assert {c.quote for c in edited.citations} <= {c.quote for c in memo.citations}
    assert {c.document_id for c in edited.citations} == {s.id for s in edited.sources}


def test_what_is_not_there_or_not_changed_is_said(briefing: Briefing) -> None:
    memo = briefing.memo(TASK)
    revisions = briefing.memo_revisions
    with pytest.raises(UsageError, match="No statement was changed"):
        revisions.edit(memo.id, {(0, 0): text_at(memo, (0, 0))})
    with pytest.raises(NotFound, match="no statement 99"):
        revisions.edit(memo.id, {(0, 99): "x"})
    with pytest.raises(NotFound):
        revisions.recheck("nothing", 0, 0, "x")
    with pytest.raises(UsageError, match="empty"):
        revisions.recheck(memo.id, 0, 0, " ")
    with pytest.raises(UsageError, match="2001 characters"):
        revisions.recheck(memo.id, 0, 0, "x" * 2001)


def test_a_changed_or_missing_source_proves_nothing_any_more(briefing: Briefing, tmp_path: Path) -> None:
    memo = briefing.memo(TASK)
    place = place_of(memo, "$12 million")
    wording = text_at(memo, place) + " "
    store(tmp_path, {"board": "A new foreword.\n\n" + BOARD})
    changed = briefing.memo_revisions.recheck(memo.id, *place, wording.replace("put at", "set at"))
    assert changed.support is Support.FLAGGED
    assert "has changed" in changed.problems[0]
    assert briefing.memo_revisions.news(memo.id).updated == ("board",)
    drop(tmp_path, "board")
    missing = briefing.memo_revisions.recheck(memo.id, *place, wording.replace("put at", "set at"))
    assert "no longer in the library" in missing.problems[0]
    assert briefing.memo_revisions.news(memo.id).removed == ("board",)


@pytest.mark.parametrize(
    ("added", "expected"), [("2999-01-01T00:00:00+00:00", ("institute",)), ("1999-01-01T00:00:00+00:00", ())]
)
def test_a_report_that_came_later_touches_the_memo(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, added: str, expected: tuple[str, ...]
) -> None:
    store(tmp_path, {"board": BOARD})
    built = desk(tmp_path)
    try:
        memo = built.memo(TASK)
        assert not built.memo_revisions.news(memo.id).any
        monkeypatch.setattr(fakes, "INGESTED_AT", added)
        store(tmp_path, {"institute": TEXTS["institute"]})
        assert built.memo_revisions.news(memo.id).touching == expected
    finally:
        built.close()
