"""The way in and out: names, passwords, sessions, tokens; what wrong ones cost; what a form must carry."""

from __future__ import annotations

import re

import pytest
from argon2 import PasswordHasher
from fastapi.testclient import TestClient

from rag.errors import LibraryBusy
from rag.types import Role
from tests.web.auth.people import PASSWORD, QUICK, Desk, log_in, login_form, page_token
from web.auth.passwords import Passwords
from web.auth.secrets import digest

ASK = {"question": "How many working cranes were counted?"}


def session(browser: TestClient) -> str | None:
    return next((c.value for c in browser.cookies.jar if c.name.endswith("briefing")), None)


# --------------------------------------------------------------------------- without log-in


def test_pages_lead_to_the_log_in_and_back(desk: Desk) -> None:
    desk.add("amal")
    browser = desk.browser()
    reply = browser.get("/conversations?x=1")
    assert (reply.status_code, reply.headers["location"]) == (303, "/login?next=%2Fconversations%3Fx%3D1")
    reply = log_in(browser, "amal", path=reply.headers["location"])
    assert (reply.status_code, reply.headers["location"]) == (303, "/conversations?x=1")
    assert browser.get("/conversations").status_code == 200
    assert browser.get("/login?next=/memos").headers["location"] == "/memos"  # nothing to do there any more


@pytest.mark.parametrize("next_page", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x"])
def test_the_log_in_leads_nowhere_else(desk: Desk, next_page: str) -> None:
    desk.add("amal")
    browser = desk.browser()
    sent = {**login_form(browser), "name": "amal", "password": PASSWORD, "next": next_page}
    assert browser.post("/login", data=sent).headers["location"] == "/"


@pytest.mark.parametrize(
    "path", ["/api/documents", "/api/conversations", "/api/nothing", "/v1/models", "/openapi.json", "/metrics"]
)
def test_programs_are_told_to_send_a_token(desk: Desk, path: str) -> None:
    reply = desk.browser().get(path)
    assert reply.status_code == 401
    assert reply.headers["www-authenticate"] == "Bearer"
    assert "log in" in reply.text
    assert "default-src 'none'" in reply.headers["content-security-policy"]


def test_what_is_open_to_all_says_nothing_of_anybody(desk: Desk) -> None:
    desk.briefing.ask(ASK["question"])
    browser = desk.browser()
    for path in ("/healthz", "/readyz", "/login", "/static/site.css"):
        assert browser.get(path).status_code == 200
    assert browser.post("/api/ask", json=ASK).status_code == 401
    assert browser.post("/ask", data=ASK).headers["location"] == "/login"


# --------------------------------------------------------------------------- names and passwords


def test_wrong_names_and_wrong_passwords_are_told_the_same(desk: Desk) -> None:
    desk.add("amal")
    wrong = (("amal", "wrong"), ("nobody", PASSWORD), ("", ""), ("<", "x"))
    replies = [log_in(desk.browser(), *given) for given in wrong]
    assert [r.status_code for r in replies] == [401] * 4
    said = [re.findall(r'role="alert"[^>]*>([^<]+)<', r.text) for r in replies]
    assert said == [["Name or password is wrong."]] * 4


def test_a_hash_is_compared_for_names_that_nobody_has(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[str | None] = []
    desk.add("amal")
    basim = desk.briefing.accounts.add("basim", role=Role.READER, password_hash=None)  # logs in at a proxy
    matches = QUICK.matches
    monkeypatch.setattr(QUICK, "matches", lambda s, p: compared.append(s) or matches(s, p))  # type: ignore[func-returns-value]
    for name in ("amal", "nobody", "not a name", "basim"):
        log_in(desk.browser(), name, "wrong password")
    assert [stored is None for stored in compared] == [False, True, True, True]
    assert desk.briefing.accounts.password_hash(basim.id) is None


def test_a_name_may_be_typed_in_any_case(desk: Desk) -> None:
    desk.add("amal")
    assert log_in(desk.browser(), " Amal ").status_code == 303


def test_a_password_is_hashed_anew_when_the_parameters_change(desk: Desk) -> None:
    old = Passwords(PasswordHasher(time_cost=2, memory_cost=8, parallelism=1))
    stored = old.hash(PASSWORD, name="amal")
    account = desk.briefing.accounts.add("amal", role=Role.READER, password_hash=stored)
    assert QUICK.outdated(stored)
    assert log_in(desk.browser(), "amal").status_code == 303
    renewed = desk.briefing.accounts.password_hash(account.id)
    assert renewed is not None
    assert not QUICK.outdated(renewed)
    assert log_in(desk.browser(), "amal").status_code == 303
    assert desk.briefing.accounts.password_hash(account.id) == renewed


# --------------------------------------------------------------------------- sessions


def test_the_cookie_is_for_the_server_alone_and_only_its_digest_is_kept(desk: Desk) -> None:
    desk.add("amal")
    browser = desk.browser()
    cookie = log_in(browser, "amal").headers["set-cookie"]
    assert re.search(r"briefing=[\w-]{43}; HttpOnly; Max-Age=604800; Path=/; SameSite=lax", cookie)
    assert "Secure" not in cookie
    secret = session(browser)
    assert secret is not None
    assert desk.briefing.accounts.session(digest(secret)) is not None
    assert desk.briefing.accounts.session(secret) is None
    assert browser.get("/conversations").headers["cache-control"] == "no-store"


def test_over_https_the_cookie_is_secure_and_this_hosts_own(desk: Desk) -> None:
    desk.add("amal")
    browser = desk.browser(base="https://desk.example")
    cookies = log_in(browser, "amal").headers.get_list("set-cookie")
    assert any(re.match(r"__Host-briefing=.*; Secure", c) for c in cookies)
    assert browser.get("/conversations").status_code == 200


def test_a_log_in_never_goes_on_with_a_session_that_was_there_before(desk: Desk) -> None:
    desk.add("amal")
    desk.add("mallory")
    attacker = desk.browser()
    log_in(attacker, "mallory")
    own = session(attacker)
    assert own is not None
    for planted in (own, "made-up-by-somebody"):
        victim = desk.browser()
        form = login_form(victim)
        victim.cookies.set("briefing", planted, domain="127.0.0.1", path="/")
        reply = victim.post("/login", data={**form, "name": "amal", "password": PASSWORD})
        assert reply.status_code == 303
        given = re.search(r"briefing=([\w-]{43});", " ".join(reply.headers.get_list("set-cookie")))
        assert given
        assert given[1] != planted
        assert desk.briefing.accounts.session(digest(planted)) is None  # what the attacker knows is over


def test_log_out_ends_the_session_on_the_server_too(desk: Desk) -> None:
    desk.add("amal")
    browser = desk.of("amal")
    stolen = session(browser)
    assert stolen is not None
    reply = browser.post("/logout")
    assert (reply.status_code, reply.headers["location"]) == (303, "/login?out=true")
    assert session(browser) is None
    thief = desk.browser()
    thief.cookies.set("briefing", stolen, domain="127.0.0.1", path="/")
    assert thief.get("/conversations").status_code == 303
    assert "You are logged out." in browser.get("/login?out=true").text


def test_a_session_ends_unused_and_ends_in_any_case(desk: Desk) -> None:
    desk.add("amal")
    browser = desk.of("amal")
    desk.clock.move(hours=11, minutes=59)
    assert browser.get("/conversations").status_code == 200
    desk.clock.move(hours=11, minutes=59)  # used in between, so it goes on
    assert browser.get("/conversations").status_code == 200
    desk.clock.move(hours=12)
    assert browser.get("/conversations").status_code == 303
    browser = desk.of("amal")
    for _ in range(15):  # used every 11 hours, for 165 hours
        desk.clock.move(hours=11)
        assert browser.get("/conversations").status_code == 200
    desk.clock.move(hours=3)
    assert browser.get("/conversations").status_code == 303


def test_a_library_that_is_being_written_to_keeps_nobody_out(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    desk.add("amal")
    browser = desk.of("amal")

    def busy(digest: str) -> None:
        raise LibraryBusy("Another process is writing.")

    monkeypatch.setattr(desk.briefing.accounts, "touch_session", busy)
    desk.clock.move(minutes=5)
    assert browser.get("/conversations").status_code == 200
    assert "was not noted" in caplog.text


def test_another_password_ends_every_other_session(desk: Desk) -> None:
    desk.add("amal")
    here, there = desk.of("amal"), desk.of("amal")
    new = {"current": PASSWORD, "new": "staple and battery", "again": "staple and battery"}
    for wrong, said in (
        ({**new, "current": "wrong"}, "current password is wrong"),
        ({**new, "again": "staple"}, "not the same"),
        ({**new, "new": "short", "again": "short"}, "at least 10"),
    ):
        reply = here.post("/account/password", data=wrong)
        assert reply.status_code == 422
        assert said in reply.text
    before = session(here)
    assert here.post("/account/password", data=new).headers["location"] == "/account?done=password"
    assert session(here) not in (before, None)
    assert here.get("/conversations").status_code == 200
    assert there.get("/conversations").status_code == 303
    assert log_in(desk.browser(), "amal").status_code == 401
    assert log_in(desk.browser(), "amal", "staple and battery").status_code == 303


# --------------------------------------------------------------------------- throttling


def test_wrong_passwords_are_counted_and_time_heals(desk: Desk) -> None:
    desk.add("amal")
    for _ in range(5):
        assert log_in(desk.browser(), "amal", "wrong").status_code == 401
    refused = log_in(desk.browser(), "amal", PASSWORD)  # even the right one
    assert refused.status_code == 429
    assert refused.headers["retry-after"] == "180"  # five in a quarter of an hour: one in three minutes
    assert "Try again in 3 minutes." in refused.text
    elsewhere = desk.browser(address="198.51.100.7")
    assert log_in(elsewhere, "amal", PASSWORD).status_code == 303
    desk.clock.move(seconds=180)
    assert log_in(desk.browser(), "amal", PASSWORD).status_code == 303


def test_one_address_cannot_try_many_names_and_many_addresses_not_one(desk: Desk) -> None:
    desk.add("amal")
    seen = [log_in(desk.browser(), f"name{i}", "wrong").status_code for i in range(26)]
    assert seen == [401] * 25 + [429]
    many = [log_in(desk.browser(address=f"198.51.100.{i}"), "amal", "wrong").status_code for i in range(101)]
    assert many == [401] * 100 + [429]


def test_one_line_of_ipv6_is_counted_as_one(desk: Desk) -> None:
    desk.add("amal")
    here = [log_in(desk.browser(address=f"2001:db8:1:2::{i}"), "amal", "wrong").status_code for i in range(6)]
    assert here == [401] * 5 + [429]
    assert log_in(desk.browser(address="2001:db8:1:3::1"), "amal").status_code == 303


def test_right_passwords_are_not_counted(desk: Desk) -> None:
    desk.add("amal")
    assert [log_in(desk.browser(), "amal").status_code for _ in range(30)] == [303] * 30


def test_questions_and_uploads_are_limited_per_user(desk: Desk) -> None:
    desk.add("amal")
    desk.add("basim")
    amal, basim = desk.of("amal"), desk.of("basim")
    seen = [amal.post("/api/search", json={"query": "cranes"}).status_code for _ in range(61)]
    assert seen == [200] * 60 + [429]
    refused = amal.post("/api/ask", json=ASK)
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "1")
    assert "many questions" in refused.json()["detail"]
    assert amal.get("/conversations").status_code == 200
    assert basim.post("/api/search", json={"query": "cranes"}).status_code == 200
    desk.clock.move(seconds=1)
    assert amal.post("/api/search", json={"query": "cranes"}).status_code == 200


# --------------------------------------------------------------------------- forms that are not ours


def test_a_form_needs_the_token_of_its_page(desk: Desk) -> None:
    desk.add("amal")
    browser = desk.of("amal")
    token = browser.headers.pop("x-csrf-token")
    other = page_token(desk.of("amal"))  # of another session, even of the same user
    for sent in ({}, {"csrf_token": ""}, {"csrf_token": "0" * 64}, {"csrf_token": other}):
        reply = browser.post("/ask", data={**ASK, **sent})
        assert reply.status_code == 403
        assert "out of date" in reply.text
    assert browser.get("/api/conversations").json() == []
    assert browser.post("/ask", data={**ASK, "csrf_token": token}).status_code == 303


def test_a_script_needs_it_in_a_header(desk: Desk) -> None:
    desk.add("amal")
    browser = desk.of("amal")
    token = browser.headers.pop("x-csrf-token")
    for headers in ({}, {"x-csrf-token": "wrong"}):
        assert browser.post("/api/ask", json=ASK, headers=headers).status_code == 403
        assert browser.request("DELETE", "/api/conversations/c1", headers=headers).status_code == 403
    assert browser.post("/logout", headers={"content-type": "text/plain"}).status_code == 403
    assert browser.post("/api/ask", json=ASK, headers={"x-csrf-token": token}).status_code == 200


def test_nobody_is_logged_in_by_another_page(desk: Desk) -> None:
    """Else somebody could be made to ask in an account that its maker reads."""
    desk.add("mallory")
    sent = {"name": "mallory", "password": PASSWORD}
    victim = desk.browser()
    own = login_form(desk.browser())["login_token"]
    for form in (sent, {**sent, "login_token": own}):
        assert victim.post("/login", data=form).status_code == 403
        assert session(victim) is None


def test_every_form_of_every_page_carries_the_token(desk: Desk) -> None:
    desk.add("amal", Role.ADMIN)
    desk.add("basim")
    browser = desk.of("amal")
    token = browser.headers["x-csrf-token"]
    answer = browser.post("/api/ask", json=ASK).json()
    pages = ["/", "/library", "/memos/new", "/conversations", "/account", "/users", "/users/basim/remove",
             "/users/basim/password", f"/answers/{answer['id']}", f"/conversations/{answer['conversation_id']}",
             "/documents/harbour/remove"]  # fmt: skip
    for page in pages:
        shown = browser.get(page).text
        forms = re.findall(r"<form\b[^>]*method=\"post\"[^>]*>(.{0,120})", shown, re.DOTALL)
        assert forms, page
        for form in forms:
            assert form.startswith(f'<input type="hidden" name="csrf_token" value="{token}">'), (page, form)
        assert "csrf_token" not in "".join(re.findall(r"<form\b[^>]*method=\"get\".*?</form>", shown, re.DOTALL))


# --------------------------------------------------------------------------- tokens


def test_a_token_does_what_its_account_can_in_the_api(desk: Desk) -> None:
    amal = desk.add("amal")
    secret, kept = desk.app.state.services.access.tokens.issue(amal, label="script", days=30)
    assert re.fullmatch(r"bd_[\w-]{43}", secret)
    program = desk.browser()
    program.headers["authorization"] = f"Bearer {secret}"
    answer = program.post("/api/ask", json=ASK)  # no page, so no page's token
    assert answer.status_code == 200
    assert desk.of("amal").get(f"/api/answers/{answer.json()['id']}").status_code == 200
    assert program.post("/api/documents", files={"files": ("a.md", b"# A")}).status_code == 403
    assert program.get("/account").status_code == 403
    chat = {"model": "briefing-desk", "messages": [{"role": "user", "content": ASK["question"]}]}
    assert program.post("/v1/chat/completions", json=chat).status_code == 200
    desk.clock.move(days=30)
    late = program.get("/api/documents")
    assert late.status_code == 401
    assert "expired" in late.json()["detail"]
    assert desk.briefing.accounts.token(secret) is None
    assert desk.briefing.accounts.token(digest(secret)) == desk.briefing.accounts.tokens()[0]
    assert kept.label == "script"


def test_a_wrong_or_revoked_token_opens_nothing_even_beside_a_session(desk: Desk) -> None:
    amal = desk.add("amal")
    secret, kept = desk.app.state.services.access.tokens.issue(amal, label="script")
    browser = desk.of("amal")
    assert browser.get("/api/documents", headers={"authorization": "Bearer bd_wrong"}).status_code == 401
    assert browser.get("/api/documents", headers={"authorization": f"Bearer {secret}"}).status_code == 200
    browser.post(f"/account/tokens/{kept.id}/revoke")
    assert browser.get("/api/documents", headers={"authorization": f"Bearer {secret}"}).status_code == 401
    wrong = browser.get("/v1/models", headers={"authorization": "Bearer x"}).json()
    assert wrong["error"]["type"] == "authentication_error"


def test_the_account_page_shows_a_new_token_once(desk: Desk) -> None:
    desk.add("amal")
    browser = desk.of("amal")
    shown = browser.post("/account/tokens", data={"label": "weekly script", "days": "7"})
    secret = re.search(r'value="(bd_[\w-]{43})"', shown.text)
    assert secret
    assert shown.headers["cache-control"] == "no-store"
    later = browser.get("/account").text
    assert "weekly script" in later
    assert "bd_" not in later
    assert browser.post("/account/tokens", data={"label": " ", "days": ""}).status_code == 422
    assert browser.post("/account/tokens", data={"label": "x", "days": "soon"}).status_code == 422
