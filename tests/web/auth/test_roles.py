"""What each role may do, and the pages of admins."""

from __future__ import annotations

import pytest

from rag.types import Role
from tests.web.auth.people import PASSWORD, Desk, log_in
from tests.web.auth.test_isolation import routes
from web.auth.policy import needed

READER, EDITOR, ADMIN = Role.READER, Role.EDITOR, Role.ADMIN
CHANGES_OF_READERS = {
    "/ask", "/logout", "/api/ask", "/api/ask/stream", "/api/search", "/v1/chat/completions",
    "/conversations/{conversation_id}/rename", "/conversations/{conversation_id}/delete",
    "/answers/{answer_id}/feedback", "/api/answers/{answer_id}/feedback", "/api/conversations/{conversation_id}",
    "/memos", "/memos/outline", "/memos/{memo_id}/refresh", "/memos/{memo_id}/edit", "/memos/{memo_id}/delete",
    "/api/memos", "/api/memos/outline", "/api/memos/{memo_id}", "/api/memos/{memo_id}/refresh",
    "/api/memos/{memo_id}/check", "/account/password", "/account/tokens", "/account/tokens/{token_id}/revoke",
}  # fmt: skip


def test_what_readers_may_change_is_named_here_and_all_the_rest_is_not_for_them(desk: Desk) -> None:
    changing = {path for method, path in routes(desk) if method != "GET" and needed(method, path) is READER}
    new = {p for p in changing if not p.startswith("/memos/") and not p.startswith("/api/memos/")} - CHANGES_OF_READERS
    assert not new, "may readers do this? then name it here"


@pytest.mark.parametrize(
    ("method", "path", "role"),
    [
        ("GET", "/", READER), ("GET", "/library", READER), ("GET", "/documents/harbour", READER),
        ("GET", "/eval", READER), ("POST", "/ask", READER), ("POST", "/api/ask/stream", READER),
        ("POST", "/memos", READER), ("DELETE", "/api/conversations/c1", READER),
        ("POST", "/library", EDITOR), ("POST", "/api/documents", EDITOR),
        ("DELETE", "/api/documents/harbour", EDITOR), ("POST", "/documents/harbour/remove", EDITOR),
        ("PATCH", "/api/documents/harbour", EDITOR), ("POST", "/something/new", EDITOR),
        ("PUT", "/askew", EDITOR), ("POST", "/api/asks", EDITOR),
        ("GET", "/users", ADMIN), ("POST", "/users", ADMIN), ("GET", "/metrics", ADMIN),
        ("GET", "/healthz", None), ("GET", "/login", None), ("POST", "/login", None), ("GET", "/static/x.css", None),
        ("GET", "/staticx", READER), ("GET", "/login.html", READER),
    ],
)  # fmt: skip
def test_the_table(method: str, path: str, role: Role | None) -> None:
    assert needed(method, path) is role


def test_the_matrix(desk: Desk) -> None:
    upload = {"files": ("quay.txt", b"The quay has nine bollards.")}
    tries = {
        "ask": lambda b: b.post("/api/search", json={"query": "cranes"}),
        "read": lambda b: b.get("/documents/harbour"),
        "upload": lambda b: b.post("/api/documents", files=upload),
        "upload page": lambda b: b.post("/library", files=upload),
        "remove": lambda b: b.delete("/api/documents/nothing-here"),
        "remove page": lambda b: b.post("/documents/nothing-here/remove"),
        "users": lambda b: b.get("/users"),
        "add": lambda b: b.post("/users", data={"name": "!", "role": "reader", "password": PASSWORD}),
        "metrics": lambda b: b.get("/metrics"),
    }
    allowed = {"reader": {"ask", "read"}, "editor": {"ask", "read", "upload", "upload page", "remove", "remove page"}}
    allowed["admin"] = set(tries)
    for role in Role:
        desk.add(str(role), role)
        browser = desk.of(str(role))
        for what, attempt in tries.items():
            reply = attempt(browser)
            refused = reply.status_code == 403
            assert refused == (what not in allowed[str(role)]), (role, what, reply.status_code)


def test_an_upload_is_refused_before_it_is_read(desk: Desk) -> None:
    desk.add("amal")
    browser = desk.of("amal")
    read = []

    def body() -> object:
        read.append(1)
        yield b"x" * 100

    reply = browser.post("/api/documents", content=body(), headers={"content-type": "multipart/form-data; boundary=x"})  # type: ignore[arg-type]
    assert reply.status_code == 403
    assert "role editor" in reply.json()["detail"]


def test_readers_are_not_shown_what_they_may_not_do(desk: Desk) -> None:
    desk.add("amal")
    desk.add("basim", EDITOR)
    assert 'id="upload"' not in desk.of("amal").get("/library").text
    assert "/remove" not in desk.of("amal").get("/library").text
    assert 'id="upload"' in desk.of("basim").get("/library").text
    assert 'href="/users"' not in desk.of("basim").get("/").text


def test_who_is_refused_is_still_logged_in(desk: Desk) -> None:
    desk.add("amal")
    page = desk.of("amal").get("/users")
    assert page.status_code == 403
    assert "This is for admins." in page.text
    assert 'aria-label="Account of amal"' in page.text
    assert page.headers["cache-control"] == "no-store"


def test_a_role_counts_from_the_next_click_on(desk: Desk) -> None:
    amal = desk.add("amal")
    browser = desk.of("amal")
    assert browser.delete("/api/documents/nothing").status_code == 403
    desk.briefing.accounts.set_role(amal.id, EDITOR)
    assert browser.delete("/api/documents/nothing").status_code == 404
    desk.add("root", ADMIN)
    desk.briefing.accounts.remove(amal.id)
    assert browser.get("/api/documents").status_code == 401


def test_admins_make_change_and_remove_accounts(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "briefing.accounts")
    desk.add("root", ADMIN)
    root = desk.of("root")
    added = root.post("/users", data={"name": "Amal", "role": "editor", "password": PASSWORD})
    assert added.headers["location"] == "/users?done=added"
    for wrong, said in (
        ({"name": "amal", "role": "reader", "password": PASSWORD}, "already"),
        ({"name": "b b", "role": "reader", "password": PASSWORD}, "cannot be the name"),
        ({"name": "basim", "role": "king", "password": PASSWORD}, "no role"),
        ({"name": "basim", "role": "reader", "password": "short"}, "at least 10"),
        ({"name": "basim-the-second", "role": "reader", "password": "Basim-the-Second"}, "is the name"),
    ):
        reply = root.post("/users", data=wrong)
        assert reply.status_code == 422
        assert said in reply.text
        assert PASSWORD not in reply.text
    amal = desk.of("amal")
    assert root.post("/users/amal/role", data={"role": "reader"}).status_code == 303
    assert amal.delete("/api/documents/x").status_code == 403
    assert root.post("/users/root/role", data={"role": "reader"}).status_code == 422  # nobody would be left
    assert root.post("/users/amal/password", data={"password": "staple and battery"}).status_code == 303
    assert amal.get("/").status_code == 303
    assert log_in(desk.browser(), "amal", "staple and battery").status_code == 303
    assert root.get("/users/amal/remove").status_code == 200
    assert root.get("/users/nobody/remove").status_code == 404
    assert root.post("/users/root/remove").status_code == 422
    assert root.post("/users/amal/remove").headers["location"] == "/users?done=removed"
    assert [a.name for a in desk.briefing.accounts.accounts()] == ["root"]
    assert [r.getMessage() for r in caplog.records if r.name == "briefing.accounts"] == [
        "root made the account amal with the role editor",
        "root gave amal the role reader",
        "root set the password of amal",
        "root removed the account amal",
    ]


@pytest.mark.parametrize("keep", ["me", ""])
def test_what_a_removed_account_leaves_goes_to_the_admin_or_with_it(desk: Desk, keep: str) -> None:
    desk.add("root", ADMIN)
    desk.add("amal")
    asked = desk.of("amal").post("/api/ask", json={"question": "How many working cranes were counted?"}).json()
    root = desk.of("root")
    assert "1 conversation" in root.get("/users/amal/remove").text
    root.post("/users/amal/remove", data={"keep": keep})
    assert root.get(f"/api/answers/{asked['id']}").status_code == (200 if keep else 404)
    desk.add("amal")  # a namesake
    assert desk.of("amal").get("/api/conversations").json() == []


def test_counters_are_for_this_machine_admins_and_their_token(desk: Desk) -> None:
    here = desk.browser(address="127.0.0.1")
    assert here.get("/metrics").status_code == 200
    assert here.get("/metrics", headers={"x-forwarded-for": "192.0.2.1"}).status_code == 401  # for somebody else
    assert desk.browser().get("/metrics").status_code == 401
