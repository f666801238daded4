"""Names, passwords, buckets and proofs by themselves."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import UsageError
from tests.web.auth.people import QUICK
from web.auth.names import clean_name, clean_password
from web.auth.passwords import Passwords
from web.auth.policy import Kind, limited
from web.auth.secrets import Proofs
from web.auth.throttle import Buckets


@pytest.mark.parametrize("name", ["", " ", "a b", "a/b", "a\nb", "<b>", "x" * 65, "a\x00", "-\u202eb"])
def test_names_that_are_none(name: str) -> None:
    with pytest.raises(UsageError, match="cannot be the name"):
        clean_name(name)


@given(st.text(max_size=70))
def test_a_clean_name_stays_as_it_is(name: str) -> None:
    try:
        clean = clean_name(name)
    except UsageError:
        return
    assert clean_name(clean) == clean
    assert not set(clean) & set(" /\\<>\"'&?#%")


def test_a_password_is_the_same_however_its_letters_are_composed() -> None:
    stored = QUICK.hash("caf\u00e9 au lait", name="amal")
    assert QUICK.matches(stored, "cafe\u0301 au lait")
    assert not QUICK.matches(stored, "cafe au lait")
    assert not QUICK.matches(None, "caf\u00e9 au lait")
    assert not QUICK.matches("no hash at all", "x")
    assert stored.startswith("$argon2id$")


def test_nobodys_hash_takes_the_same_work_and_is_made_without_any() -> None:
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    made = Passwords(hasher)._nobodys
    assert not hasher.check_needs_rehash(made)  # the same parameters, so the same work
    with pytest.raises(VerifyMismatchError):  # understood, worked through, and wrong
        hasher.verify(made, "")


def test_a_password_is_not_said_when_it_is_refused() -> None:
    for password in ("tiny", "x" * 1025, "amal.haddad"):
        with pytest.raises(UsageError) as refused:
            clean_password(password, name="amal.haddad")
        assert password not in str(refused.value)


def test_a_password_longer_than_any_is_wrong_and_cheap() -> None:
    stored = QUICK.hash("y" * 1024, name="amal")
    assert QUICK.matches(stored, "y" * 1024)
    assert not QUICK.matches(stored, "y" * 2_000_000)


def test_a_bucket_by_pencil() -> None:
    now = [0.0]
    buckets = Buckets(3, per=60, clock=lambda: now[0])  # three at once, one more every 20 seconds
    assert [buckets.take("a") for _ in range(4)] == [0, 0, 0, 20]
    assert buckets.take("b") == 0
    now[0] = 15
    assert buckets.take("a") == pytest.approx(5)
    now[0] = 20
    assert buckets.take("a") == 0
    buckets.give_back("a")
    assert buckets.take("a") == 0
    buckets.forget("a")
    assert [buckets.take("a") for _ in range(4)] == [0, 0, 0, 20]
    now[0] = 10_000  # never more than it holds
    assert [buckets.take("a") == 0 for _ in range(4)] == [True, True, True, False]


def test_buckets_do_not_grow_without_end() -> None:
    buckets = Buckets(1, per=60, clock=lambda: 0.0)
    for number in range(20_500):
        buckets.take(number)
    assert len(buckets._buckets) == 20_000
    assert buckets.take(20_499) == 60


def test_a_proof_is_for_one_thing_and_one_installation() -> None:
    here, there = Proofs(lambda: "secret"), Proofs(lambda: "other")
    proof = here.make("session:1")
    assert here.holds("session:1", proof)
    assert not here.holds("session:2", proof)
    assert not here.holds("session:1", "")
    assert not here.holds("session:1", "é")
    assert not there.holds("session:1", proof)


def test_what_is_counted() -> None:
    assert limited("POST", "/api/ask/stream") is Kind.ASK
    assert limited("POST", "/v1/chat/completions") is Kind.ASK
    assert limited("POST", "/memos/m1/refresh") is Kind.ASK
    assert limited("POST", "/library") is Kind.UPLOAD
    assert limited("GET", "/api/memos") is None
    assert limited("POST", "/api/answers/a1/feedback") is None
