"""What the wrapper refuses and what it stamps."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from tests.web.conftest import BASE
from tests.web.fake_desk import FakeDesk
from web.app import create_app

BODY = {"question": "How many cranes?"}
WEB = Path(__file__).parents[2] / "web"
TEXTS_OF_SCRIPTS = '<script type="application/json" id="texts">{{ script_texts() }}</script>'


@pytest.mark.parametrize("path", ["/", "/library", "/nope", "/api/nope", "/static/site.css", "/healthz"])
def test_every_response_carries_the_headers(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"origin": BASE}, 200),
        ({"origin": BASE, "sec-fetch-site": "same-origin"}, 200),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://127.0.0.1:3000"}, 403),  # another port is another application
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site", "origin": "http://127.0.0.1:3000"}, 403),
    ],
)
def test_only_our_own_pages_may_change_state(
    client: TestClient, headers: dict[str, str], status: int
) -> None:
    assert client.post("/api/search", json={"query": "cranes"}, headers=headers).status_code == status
    assert client.get("/api/documents", headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8000", 200),
        ("localhost", 200),
        ("[::1]:8000", 200),
        ("desk.example:8000", 200),
        ("evil.example", 400),
        ("127.0.0.1.evil.example", 400),
        ("evil.example@127.0.0.1", 400),
        ("", 400),
    ],
)
def test_only_known_host_names_are_answered(desk: FakeDesk, host: str, status: int) -> None:
    app = create_app(desk, ingest=desk.ingest, allowed_hosts=["desk.example"])
    client = TestClient(app, base_url=BASE)
    assert client.get("/api/documents", headers={"host": host}).status_code == status


@pytest.mark.parametrize(
    ("host", "status"), [("192.0.2.7:8000", 200), ("192.0.2.8:8000", 400), ("evil.example", 400)]
)
def test_bound_to_all_addresses_it_answers_to_the_one_it_was_reached_at(
    desk: FakeDesk, host: str, status: int
) -> None:
    client = TestClient(create_app(desk, ingest=desk.ingest), base_url="http://192.0.2.7:8000")
    response = client.get("/api/documents", headers={"host": host})
    assert response.status_code == status
    if status == 400:
        assert "BRIEFING_ALLOWED_HOSTS" in response.json()["detail"]


def test_errors_are_json_for_programs_and_pages_for_people(client: TestClient) -> None:
    assert client.get("/api/nope").json() == {"detail": "The page or item does not exist, or was removed."}
    page = client.get("/nope")
    assert page.status_code == 404
    assert "<h1>Nothing is kept under this address</h1>" in page.text
    assert client.put("/api/ask").status_code == 405
    assert isinstance(client.put("/api/ask").json()["detail"], str)


def test_nothing_in_the_static_files_or_templates_reaches_outside_or_runs_inline() -> None:
    for path in [*WEB.glob("static/*"), *WEB.glob("templates/*.html")]:
        text = path.read_text().replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"https?://|//cdn", text), path
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", text), path
        if path.suffix == ".html":
            text = text.replace(TEXTS_OF_SCRIPTS, "")  # data, which no browser runs
            assert not re.search(r"\son\w+=|\sstyle=|<style|<script(?![^>]*\ssrc=)|\|\s*safe\b", text), path


def test_static_files_cannot_be_left(client: TestClient) -> None:
    for path in ("/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py"):
        assert client.get(path).status_code == 404


def test_every_form_is_written_so_that_it_gets_the_pages_token() -> None:
    """``web.templating.OwnForms`` looks for ``method="post"``; another spelling would go without.

    ``dialog`` only closes the dialog it stands in; nothing is sent.
    """
    for path in WEB.glob("templates/*.html"):
        for tag in re.findall(r"<form\b[^>]*>", path.read_text()):
            assert "method" not in tag.lower() or re.search(r' method="(post|get|dialog)"', tag), (path.name, tag)


def test_every_script_that_changes_something_sends_the_pages_token() -> None:
    for path in WEB.glob("static/*.js"):
        text = path.read_text()
        for found in re.finditer(r"""method:\s*["'](POST|PUT|PATCH|DELETE)["'].{0,120}""", text, re.DOTALL):
            assert "posting(" in found[0], (path.name, found[0])
        for found in re.finditer(r"""\.open\(["'](POST|PUT|PATCH|DELETE)["'].{0,120}""", text, re.DOTALL):
            assert "posting(" in found[0], (path.name, found[0])
