"""Accounts, sessions and tokens in the store of record."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.errors import NotFound, UsageError
from rag.records import Records, open_records
from rag.types import Role
from tests.rag.test_records_conversations import Clock, _answer, _memo


@pytest.fixture
def records(store_url: str) -> Iterator[Records]:
    opened = open_records(store_url, now=Clock())
    yield opened
    opened.close()


def test_an_account_comes_back_without_its_hash(records: Records) -> None:
    amal = records.accounts.add("amal", role=Role.EDITOR, password_hash="hash")
    basim = records.accounts.add("basim", role=Role.READER, password_hash=None)
    assert records.accounts.account("amal") == amal
    assert [a.name for a in records.accounts.accounts()] == ["amal", "basim"]
    assert (amal.has_password, basim.has_password) == (True, False)
    assert "hash" not in repr(amal).replace("has_password", "")
    assert records.accounts.password_hash(amal.id) == "hash"
    with pytest.raises(UsageError, match="'amal' already"):
        records.accounts.add("amal", role=Role.ADMIN, password_hash="other")
    assert records.accounts.find("cyrus") is None
    with pytest.raises(NotFound, match="briefing users list"):
        records.accounts.account("cyrus")


def test_the_last_admin_stays(records: Records) -> None:
    store = records.accounts
    amal = store.add("amal", role=Role.ADMIN, password_hash="h")
    basim = store.add("basim", role=Role.READER, password_hash="h")
    for call in (lambda: store.set_role(amal.id, Role.EDITOR), lambda: store.remove(amal.id)):
        with pytest.raises(UsageError, match="last account with the role admin"):
            call()
    store.set_role(amal.id, Role.ADMIN)
    store.set_role(basim.id, Role.ADMIN)
    store.set_role(amal.id, Role.READER)
    assert {a.name: str(a.role) for a in store.accounts()} == {"amal": "reader", "basim": "admin"}


def _belongings(records: Records, owner: str, number: int) -> None:
    conversation = records.conversations.create(title="Dams", owner=owner)
    records.conversations.add_answer(_answer(f"a{number}", conversation), owner=owner)
    records.conversations.add_feedback(f"a{number}", verdict="right", note="", owner=owner)
    records.memos.save(_memo(f"m{number}"), owner=owner)


def test_a_removed_account_takes_its_things_along_and_a_namesake_inherits_nothing(records: Records) -> None:
    amal = records.accounts.add("amal", role=Role.READER, password_hash="h")
    _belongings(records, amal.id, 1)
    _belongings(records, "", 2)
    records.accounts.open_session(amal.id, "s1")
    records.accounts.add_token(amal.id, "t1", label="script", expires_at=None)
    records.accounts.remove(amal.id)
    again = records.accounts.add("amal", role=Role.READER, password_hash="h")
    assert again.id != amal.id
    for owner in (amal.id, again.id):
        assert records.accounts.belongings(owner) == (0, 0)
    assert records.accounts.session("s1") is None
    assert records.accounts.token("t1") is None
    assert [f["answer_id"] for f in records.conversations.feedback()] == ["a2"]
    assert records.accounts.belongings("") == (1, 1)
    with pytest.raises(NotFound):
        records.accounts.remove(amal.id)


def test_a_removed_accounts_things_may_have_an_heir(records: Records) -> None:
    amal = records.accounts.add("amal", role=Role.READER, password_hash="h")
    basim = records.accounts.add("basim", role=Role.READER, password_hash="h")
    _belongings(records, amal.id, 1)
    records.accounts.remove(amal.id, heir=basim.id)
    assert records.accounts.belongings(basim.id) == (1, 1)
    assert records.conversations.answer("a1", owner=basim.id)["id"] == "a1"
    assert [f["owner"] for f in records.conversations.feedback()] == [basim.id]


def test_what_belongs_to_no_one_is_handed_over_whole(records: Records) -> None:
    amal = records.accounts.add("amal", role=Role.READER, password_hash="h")
    _belongings(records, "", 1)
    records.conversations.add_answer(_answer("a9"))  # asked outside any conversation
    assert records.accounts.hand_over("", amal.id) == (1, 1)
    assert records.accounts.hand_over("", amal.id) == (0, 0)
    assert [c["title"] for c in records.conversations.conversations(owner=amal.id)] == ["Dams"]
    for answer in ("a1", "a9"):
        assert records.conversations.answer(answer, owner=amal.id)["id"] == answer
    assert [m["id"] for m in records.memos.memos(owner=amal.id)] == ["m1"]
    assert records.conversations.conversations() == []


def test_a_session_knows_whose_it_is_and_when_it_was_used(records: Records) -> None:
    store = records.accounts
    amal = store.add("amal", role=Role.READER, password_hash="h")  # the clock's first second
    store.open_session(amal.id, "s1")
    store.open_session(amal.id, "s2")
    opened = store.session("s1")
    assert opened is not None
    assert (opened.account, opened.created_at[17:19], opened.seen_at[17:19]) == (amal, "02", "02")
    store.touch_session("s1")
    touched = store.session("s1")
    assert touched is not None
    assert (touched.created_at[17:19], touched.seen_at[17:19]) == ("02", "04")
    store.set_role(amal.id, Role.EDITOR)
    changed = store.session("s1")
    assert changed is not None
    assert changed.account.role is Role.EDITOR
    store.close_session("s1")
    assert store.session("s1") is None
    assert store.session("s2") is not None
    store.close_sessions(amal.id)
    assert store.session("s2") is None


def test_old_sessions_are_dropped(records: Records) -> None:
    store = records.accounts
    amal = store.add("amal", role=Role.READER, password_hash="h")
    for digest in ("s1", "s2", "s3"):  # at seconds 2, 3, 4
        store.open_session(amal.id, digest)
    store.touch_session("s1")  # at second 5
    store.drop_sessions(opened_before="2024-01-01T00:00:00", seen_before="2024-01-01T00:00:03.500")
    assert [d for d in ("s1", "s2", "s3") if store.session(d)] == ["s1", "s3"]
    store.drop_sessions(opened_before="2024-01-01T00:00:02.500", seen_before="2024-01-01T00:00:00")
    assert [d for d in ("s1", "s2", "s3") if store.session(d)] == ["s3"]


def test_tokens_are_listed_and_revoked_by_their_account_only(records: Records) -> None:
    store = records.accounts
    amal = store.add("amal", role=Role.READER, password_hash="h")
    basim = store.add("basim", role=Role.READER, password_hash="h")
    first = store.add_token(amal.id, "d1", label="script", expires_at="2030-01-01T00:00:00.000+00:00")
    second = store.add_token(basim.id, "d2", label="other", expires_at=None)
    assert store.token("d1") == first
    assert store.tokens() == [first, second]
    assert store.tokens(basim.id) == [second]
    with pytest.raises(NotFound):
        store.revoke_token(first.id, account_id=basim.id)
    store.touch_token(first.id)
    used = store.token("d1")
    assert used is not None
    assert used.used_at is not None
    store.revoke_token(first.id, account_id=amal.id)
    assert store.token("d1") is None
    with pytest.raises(NotFound):
        store.add_token("nobody", "d3", label="x", expires_at=None)


def test_the_secret_of_an_installation_stays_the_same(records: Records, tmp_path: Path) -> None:
    secret = records.accounts.secret()
    assert len(secret) == 64
    assert records.accounts.secret() == secret
    other = open_records(f"sqlite:///{tmp_path / 'other.sqlite'}")
    assert other.accounts.secret() != secret
    other.close()
