"""Conversations, answers, feedback and memos are kept as they were shown."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from rag.errors import NotFound, UsageError
from rag.records import Records, open_records
from rag.types import (
    Answer,
    Citation,
    DocumentInfo,
    Memo,
    MemoSection,
    Metadata,
    Refusal,
    Statement,
    StatementKind,
    Support,
)
from rag.wire import answer_json, memo_json

CITATION = Citation(
    number=1,
    id="c1",
    document_id="water",
    title="Water",
    authors=("A. Ba",),
    publisher=None,
    published="2024-10",
    section=("Dams",),
    page=3,
    passage_id="water:0-9",
    quote="المياه “low”",
    start=0,
    end=9,
    url="/documents/water",
    document_sha256="ab" * 32,
)
STATEMENT = Statement(text="Dams are low.", citations=(1,), kind=StatementKind.QUOTED, support=Support.VERIFIED)


def _answer(answer_id: str, conversation: str | None = None, **changes: object) -> Answer:
    answer = Answer(
        id=answer_id,
        question="Are the dams low?",
        standalone_question="Are the dams low?",
        answer="Dams are low. [1]",
        statements=(STATEMENT,),
        citations=(CITATION,),
        disagreements=(),
        hits=(),
        writer="extractive",
        timings_ms={"total": 3.14159},
        conversation_id=conversation,
    )
    return dataclasses.replace(answer, **changes)  # type: ignore[arg-type]


class Clock:
    """Moves on a second each time it is read."""

    def __init__(self) -> None:
        self.moment = datetime(2024, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.moment += timedelta(seconds=1)
        return self.moment


@pytest.fixture
def records(store_url: str) -> Iterator[Records]:
    opened = open_records(store_url, now=Clock())
    yield opened
    opened.close()


def test_an_answer_comes_back_as_it_was_shown(records: Records) -> None:
    answer = _answer("a1")
    records.conversations.add_answer(answer)
    assert records.conversations.answer("a1") == answer_json(answer)


def test_a_refusal_comes_back_too(records: Records) -> None:
    refusal = Refusal(reason="Nothing says so.", missing=("zebras",), nearest=(CITATION,))
    answer = _answer("a1", refusal=refusal, statements=(), citations=())
    records.conversations.add_answer(answer)
    assert records.conversations.answer("a1")["refusal"]["missing"] == ["zebras"]


def test_a_stored_answer_never_changes(records: Records) -> None:
    records.conversations.add_answer(_answer("a1"))
    with pytest.raises(UsageError, match="'a1' is stored already"):
        records.conversations.add_answer(_answer("a1", answer="Other."))
    assert records.conversations.answer("a1")["answer"] == "Dams are low. [1]"


def test_a_conversation_holds_its_answers_in_order(records: Records) -> None:
    store = records.conversations
    first, second = store.create(title="Dams"), store.create(title="Oil")
    assert [c["id"] for c in store.conversations()] == [second, first]
    store.add_answer(_answer("a1", first))
    store.add_answer(_answer("a2", first))
    listed = store.conversations()
    assert [(c["id"], c["title"], c["turns"]) for c in listed] == [(first, "Dams", 2), (second, "Oil", 0)]
    assert listed[0]["created_at"] == "2024-01-01T00:00:01.000+00:00"
    assert listed[0]["updated_at"] == "2024-01-01T00:00:04.000+00:00"
    whole = store.conversation(first)
    assert [a["id"] for a in whole["answers"]] == ["a1", "a2"]
    assert whole["turns"] == 2


def test_an_answer_may_open_its_conversation(records: Records) -> None:
    store = records.conversations
    store.add_answer(_answer("a1", "new"), opens="Dams")
    assert [(c["id"], c["title"], c["turns"]) for c in store.conversations()] == [("new", "Dams", 1)]
    with pytest.raises(UsageError, match="stored already"):
        store.add_answer(_answer("a1", "other"), opens="Oil")
    assert [c["id"] for c in store.conversations()] == ["new"]  # neither the answer nor its conversation


def test_deleting_a_conversation_takes_answers_and_feedback_along(records: Records) -> None:
    store = records.conversations
    conversation = store.create(title="Dams")
    store.add_answer(_answer("a1", conversation))
    store.add_answer(_answer("a2"))
    store.add_feedback("a1", verdict="wrong", note="")
    store.delete(conversation)
    assert store.conversations() == []
    assert store.feedback() == []
    assert store.answer("a2")["id"] == "a2"
    for call in (lambda: store.answer("a1"), lambda: store.conversation(conversation)):
        with pytest.raises(NotFound):
            call()


def test_a_renamed_conversation_keeps_its_answers_and_its_place(records: Records) -> None:
    store = records.conversations
    first, second = store.create(title="Dams"), store.create(title="Rivers")
    store.add_answer(_answer("a1", second))
    before = store.conversations()
    store.rename(first, "Dams of the north")
    after = store.conversations()
    assert [c["id"] for c in after] == [c["id"] for c in before]
    assert store.conversation(first)["title"] == "Dams of the north"
    assert [a["id"] for a in store.conversation(second)["answers"]] == ["a1"]


def test_nobody_sees_or_changes_another_owners_conversation(records: Records) -> None:
    store = records.conversations
    mine = store.create(title="Mine", owner="amal")
    assert store.conversations(owner="basim") == []
    for call in (
        lambda: store.conversation(mine, owner="basim"),
        lambda: store.delete(mine, owner="basim"),
        lambda: store.rename(mine, "Yours", owner="basim"),
        lambda: store.add_answer(_answer("a1", mine), owner="basim"),
    ):
        with pytest.raises(NotFound, match="no conversation"):
            call()
    assert store.conversation(mine, owner="amal")["answers"] == []
    with pytest.raises(NotFound, match="no answer"):
        store.answer("a1")


def test_nobody_sees_or_judges_another_owners_answer(records: Records) -> None:
    store = records.conversations
    store.add_answer(_answer("a1"), owner="amal")
    for call in (
        lambda: store.answer("a1"),
        lambda: store.answer("a1", owner="basim"),
        lambda: store.add_feedback("a1", verdict="wrong", note="", owner="basim"),
    ):
        with pytest.raises(NotFound, match="no answer"):
            call()
    assert store.answer("a1", owner="amal")["id"] == "a1"
    assert store.feedback() == []


def test_feedback_comes_with_the_answer_it_is_about(records: Records) -> None:
    store = records.conversations
    store.add_answer(_answer("a1"), owner="amal")
    first = store.add_feedback("a1", verdict="good", note="exact", owner="amal")
    second = store.add_feedback("a1", verdict="wrong", note="", owner="amal")
    found = store.feedback()
    assert [(f["id"], f["verdict"], f["note"], f["owner"]) for f in found] == [
        (first, "good", "exact", "amal"),
        (second, "wrong", "", "amal"),
    ]
    assert found[0]["answer"]["citations"][0]["quote"] == "المياه “low”"


def test_unknown_ids_are_not_found(records: Records) -> None:
    store = records.conversations
    for call in (
        lambda: store.answer("x"),
        lambda: store.conversation("x"),
        lambda: store.delete("x"),
        lambda: store.rename("x", "y"),
        lambda: store.add_feedback("x", verdict="good", note=""),
        lambda: store.add_answer(_answer("a1", "x")),
        lambda: records.memos.memo("x"),
    ):
        with pytest.raises(NotFound, match="'x'"):
            call()


def _memo(memo_id: str) -> Memo:
    source = DocumentInfo(
        id="water",
        metadata=Metadata(title="Water"),
        format="pdf",
        source_path="water.pdf",
        sha256="ab" * 32,
        ingested_at="2024-01-01",
        pages=3,
        passages=4,
        characters=99,
    )
    return Memo(
        id=memo_id,
        task="Brief the minister",
        title="Dams",
        template="brief",
        created_at="2024-01-01T00:00:00+00:00",
        as_of=None,
        sections=(MemoSection(heading="Findings", statements=(STATEMENT,)),),
        citations=(CITATION,),
        sources=(source,),
        disagreements=(),
        gaps=("zebras",),
        audit=(),
    )


def test_memos_come_back_with_the_versions_they_used(records: Records) -> None:
    records.memos.save(_memo("m1"))
    records.memos.save(_memo("m2"))
    records.memos.save(_memo("m3"), owner="amal")
    assert records.memos.memo("m1") == memo_json(_memo("m1"))
    assert records.memos.memo("m1")["sources"][0]["sha256"] == "ab" * 32
    assert [m["id"] for m in records.memos.memos()] == ["m2", "m1"]
    assert records.memos.memos()[0] == {
        "id": "m2",
        "title": "Dams",
        "template": "brief",
        "created_at": "2024-01-01T00:00:00+00:00",
        "version": 1,
        "parent_id": None,
    }
    with pytest.raises(NotFound):
        records.memos.memo("m3")
    with pytest.raises(UsageError, match="stored already"):
        records.memos.save(_memo("m1"))
