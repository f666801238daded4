"""A proxy that logs people in: believed from its own address, from nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from rag.errors import SettingsError
from rag.types import Role
from tests.web.auth import people
from web.auth.peers import Peers

PROXY = "10.0.0.2"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[people.Desk]:
    more = {"auth": "proxy", "trusted_proxies": f"{PROXY}, 172.18.0.0/16", "metrics_token": "sesame"}
    with people.opened(tmp_path_factory.mktemp("proxied"), **more) as opened:
        yield opened


def through(desk: people.Desk, name: str | None, *, address: str = PROXY, **headers: str) -> TestClient:
    browser = desk.browser(address=address)
    if name is not None:
        browser.headers["x-forwarded-user"] = name
    browser.headers.update(headers)
    return browser


def test_the_user_it_names_is_let_in_and_is_the_same_next_time(desk: people.Desk) -> None:
    amal = through(desk, "Amal@Example.org")
    assert "amal@example.org" in amal.get("/").text
    amal.headers["x-csrf-token"] = people.page_token(amal)
    asked = amal.post("/api/ask", json={"question": "How many working cranes were counted?"}).json()
    assert through(desk, "amal@example.org").get(f"/api/answers/{asked['id']}").status_code == 200
    assert through(desk, "basim").get(f"/api/answers/{asked['id']}").status_code == 404
    assert desk.briefing.accounts.account("amal@example.org").role is Role.READER


@pytest.mark.parametrize("address", ["192.0.2.9", "10.0.0.3", "127.0.0.1", "testclient"])
def test_from_any_other_address_nobody_is_let_in(desk: people.Desk, address: str) -> None:
    desk.briefing.accounts.find("root") or desk.briefing.accounts.add("root", role=Role.ADMIN, password_hash=None)
    for path in ("/", "/api/documents", "/users"):
        reply = through(desk, "root", address=address).get(path)
        assert reply.status_code == 403
        assert "did not come through the proxy" in reply.text
    spoofed = through(desk, "root", address=address, **{"x-forwarded-for": PROXY})
    assert spoofed.get("/").status_code == 403


def test_a_name_given_twice_or_unfit_is_not_believed(desk: people.Desk) -> None:
    browser = desk.browser(address=PROXY)
    twice: Any = [("x-forwarded-user", "mallory"), ("x-forwarded-user", "root")]
    assert browser.get("/", headers=twice).status_code == 403
    assert through(desk, "a b").get("/").status_code == 422
    assert through(desk, None).get("/").status_code == 401
    assert through(desk, " ").get("/api/documents").status_code == 401


def test_its_forms_need_the_pages_token_too(desk: people.Desk) -> None:
    amal = through(desk, "amal")
    assert amal.post("/ask", data={"question": "Cranes?"}).status_code == 403
    token = people.page_token(amal)
    assert amal.post("/ask", data={"question": "Cranes?", "csrf_token": token}).status_code == 303
    assert token != people.page_token(through(desk, "basim"))


def test_there_is_no_log_in_page_of_ours(desk: people.Desk) -> None:
    assert desk.browser().get("/login").status_code == 404
    assert "Log out" not in through(desk, "amal").get("/").text


def test_a_token_is_its_own_proof(desk: people.Desk) -> None:
    account = desk.briefing.accounts.add("script", role=Role.READER, password_hash=None)
    secret, _ = desk.app.state.services.access.tokens.issue(account, label="x")
    program = desk.browser(address="192.0.2.9")
    assert program.get("/api/documents", headers={"authorization": f"Bearer {secret}"}).status_code == 200


def test_the_counters_have_a_token_of_their_own(desk: people.Desk) -> None:
    scraper = desk.browser(address="192.0.2.9")
    assert scraper.get("/metrics", headers={"authorization": "Bearer sesame"}).status_code == 200
    assert scraper.get("/metrics", headers={"authorization": "Bearer barley"}).status_code == 401
    assert scraper.get("/api/documents", headers={"authorization": "Bearer sesame"}).status_code == 401


# --------------------------------------------------------------------------- whose word is believed


def scope(client: str, *headers: tuple[str, str], scheme: str = "http") -> dict[str, Any]:
    return {"client": (client, 1), "scheme": scheme, "headers": [(n.encode(), v.encode()) for n, v in headers]}


@pytest.mark.parametrize(
    ("client", "told", "found"),
    [
        ("192.0.2.1", "203.0.113.5", "192.0.2.1"),  # no proxy of ours: its word counts for nothing
        (PROXY, "203.0.113.5", "203.0.113.5"),
        (PROXY, "127.0.0.1, 203.0.113.5", "203.0.113.5"),  # what the client made up stands further left
        (PROXY, "203.0.113.5, 172.18.0.9", "203.0.113.5"),  # two proxies of ours, one behind the other
        (PROXY, "", PROXY),
        (f"::ffff:{PROXY}", "203.0.113.5", "203.0.113.5"),
    ],
)
def test_the_address_of_the_one_who_asks(client: str, told: str, found: str) -> None:
    peers = Peers(f"{PROXY},172.18.0.0/16")
    assert peers.address(scope(client, ("x-forwarded-for", told))) == found


def test_https_is_told_by_trusted_proxies_only() -> None:
    peers = Peers(PROXY)
    told = ("x-forwarded-proto", "https")
    assert peers.https(scope(PROXY, told))
    assert not peers.https(scope("192.0.2.1", told))
    assert peers.https(scope("192.0.2.1", scheme="https"))


def test_a_setting_that_is_no_address_is_named() -> None:
    with pytest.raises(SettingsError, match=r"'nginx', which is neither"):
        Peers("127.0.0.1, nginx")
