"""Two users: nothing of one's can be seen, changed or even guessed by the other, on any route.

The routes are taken from the application, so a route that is added without a word here fails the test.
"""

from __future__ import annotations

import io
import re
import time
from typing import Any

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from rag.types import Role
from tests.web.auth.people import Desk
from web.memo_jobs import MemoJobs
from web.owned import Owned

PRIVATE = {"conversation_id", "answer_id", "memo_id", "job_id", "token_id"}
SHARED = {"document_id", "number", "model", "name", "key"}
"""Documents are everybody's, ``key`` a group of the library's names, ``name`` an account in the pages of admins."""
QUERIES = {"answer", "memo", "job", "before", "with", "conversation_id"}
"""Ids that stand in a query or a body; each has a test of its own below."""
JSON_BODIES: dict[tuple[str, str], Any] = {
    ("PATCH", "/api/conversations/{conversation_id}"): {"title": "Another"},
    ("POST", "/api/answers/{answer_id}/feedback"): {"verdict": "right", "note": ""},
    ("POST", "/api/memos/{memo_id}/check"): {"section": 0, "statement": 0, "text": "Cranes work."},
    ("PATCH", "/api/memos/{memo_id}"): {"edits": [{"section": 0, "statement": 0, "text": "Cranes work."}]},
}
FORMS: dict[tuple[str, str], dict[str, str]] = {
    ("POST", "/conversations/{conversation_id}/rename"): {"title": "Another"},
    ("POST", "/answers/{answer_id}/feedback"): {"verdict": "right", "note": ""},
    ("POST", "/memos/{memo_id}/edit"): {"at": "0-0", "text": "Cranes work, and so on."},
}
QUERY = {
    ("GET", "/api/memos/{memo_id}/compare"): "?before={memo_id}",
    ("GET", "/memos/{memo_id}/compare"): "?with={memo_id}",
}


def operations(desk: Desk) -> list[APIRoute]:
    """Every route of ours, pages as well as the API."""
    found, stack = [], list[Any](desk.app.routes)
    while stack:
        route = stack.pop()
        if isinstance(route, APIRoute):
            found.append(route)
        else:  # a router that was included, or something that is mounted
            inner = getattr(route, "original_router", route)
            stack += getattr(inner, "routes", None) or []
    return found


def routes(desk: Desk) -> list[tuple[str, str]]:
    """Method and path of each."""
    found = {(method, route.path) for route in operations(desk) for method in route.methods}
    api = {(m.upper(), path) for path, methods in desk.app.openapi()["paths"].items() for m in methods}
    assert api <= found, "OpenAPI names routes that were not found"
    return sorted(found)


def ids_in(path: str) -> set[str]:
    return set(re.findall(r"{(\w+)(?::\w+)?}", path))


def test_every_id_in_a_path_is_known_to_be_private_or_shared(desk: Desk) -> None:
    found = routes(desk)
    assert len(found) > 40
    assert ("GET", "/conversations/{conversation_id}") in found
    unknown = {(method, path) for method, path in found if ids_in(path) - PRIVATE - SHARED}
    assert not unknown, "say in this file whether these ids are one user's or everybody's"


def test_every_id_in_a_query_or_body_is_known(desk: Desk) -> None:
    api = desk.app.openapi()
    named = {
        parameter["name"]
        for methods in api["paths"].values()
        for operation in methods.values()
        for parameter in operation.get("parameters", ())
        if parameter["in"] == "query"
    }
    for name, shape in api["components"]["schemas"].items():
        if name.endswith("Body"):
            named |= {field for field in shape.get("properties", {}) if field.endswith("_id")}
    dependants = [route.dependant for route in operations(desk)]
    while dependants:
        dependant = dependants.pop()
        named |= {p.alias for p in dependant.query_params}
        dependants += dependant.dependencies
    plain = {"k", "q", "format", "publisher", "language", "sort", "order", "start", "end", "v", "run", "thanks", "task",
             "template", "as_of", "document", "published_after", "published_before", "done", "next", "out", "page",
             "since", "until", "origin", "added"}
    assert named - plain <= QUERIES, "an id of one user's? test it below and add it to QUERIES"


@pytest.fixture
def amal(desk: Desk) -> TestClient:
    desk.add("amal", Role.ADMIN)
    return desk.of("amal")


@pytest.fixture
def basim(desk: Desk) -> TestClient:
    """An admin, so that only ownership can be what keeps him out."""
    desk.add("basim", Role.ADMIN)
    return desk.of("basim")


def things(browser: TestClient) -> dict[str, str]:
    """One of everything, made by whoever the browser is of."""
    answer = browser.post("/api/ask", json={"question": "How many working cranes were counted?"}).json()
    files = [("files", ("quay.md", io.BytesIO(b"# Quay\n\nThe quay has nine bollards of steel.")))]
    job = browser.post("/api/documents", files=files).json()["id"]
    memo = browser.post("/api/memos", json={"task": "How many cranes work in the harbour?"}).json()["id"]
    for address in (f"/api/jobs/{job}", f"/api/memos/{memo}"):
        for _ in range(400):
            reply = browser.get(address)
            if reply.status_code == 200 and reply.json().get("state") not in ("queued", "running"):
                break
            time.sleep(0.05)
    page = browser.post("/account/tokens", data={"label": "script"}).text
    token = re.search(r"/account/tokens/(\w+)/revoke", page)
    assert token
    return {
        "conversation_id": answer["conversation_id"],
        "answer_id": answer["id"],
        "job_id": job,
        "memo_id": browser.get(f"/api/memos/{memo}").json()["id"],
        "memo_job": memo,
        "token_id": token[1],
    }


def send(browser: TestClient, method: str, path: str, ids: dict[str, str]) -> Any:
    key = (method, path)
    address = (path + QUERY.get(key, "")).format(**ids)
    return browser.request(method, address, json=JSON_BODIES.get(key), data=FORMS.get(key))


def test_no_route_shows_or_changes_what_is_anothers(desk: Desk, amal: TestClient, basim: TestClient) -> None:
    ids = things(amal)
    private = [(m, p) for m, p in routes(desk) if ids_in(p) & PRIVATE]
    private.sort(key=lambda route: (route[0] == "DELETE" or "delete" in route[1] or "revoke" in route[1], route))
    assert len(private) >= 20
    before = snapshot(amal, ids)
    for method, path in private:
        reply = send(basim, method, path, ids)
        assert reply.status_code == 404, f"{method} {path} answers {reply.status_code} to another user"
        assert "cranes were counted" not in reply.text
    assert snapshot(amal, ids) == before
    for method, path in private:  # the same requests are good ones: their owner is answered
        if method == "DELETE" or "delete" in path:
            ids = {**ids, **things(amal)}
        reply = send(amal, method, path, ids)
        assert reply.status_code < 400, f"{method} {path} answers {reply.status_code}; give it a body in this file"


def snapshot(browser: TestClient, ids: dict[str, str]) -> list[Any]:
    places = ("/api/conversations", "/api/memos", f"/api/answers/{ids['answer_id']}", f"/api/memos/{ids['memo_id']}")
    return [browser.get(place).json() for place in places]


def test_lists_hold_ones_own_only(desk: Desk, amal: TestClient, basim: TestClient) -> None:
    ids = things(amal)
    for place in ("/api/conversations", "/api/memos"):
        assert amal.get(place).json()
        assert basim.get(place).json() == []
    for page in ("/", "/conversations", "/memos", "/account"):
        shown = basim.get(page).text
        for key, value in ids.items():
            assert value not in shown, f"{page} shows another's {key}"
    assert ids["conversation_id"] in amal.get("/").text


def test_ids_in_queries_and_bodies_open_nothing(desk: Desk, amal: TestClient, basim: TestClient) -> None:
    ids = things(amal)
    question = {"question": "And the council?", "conversation_id": ids["conversation_id"]}
    chat = {
        "model": "briefing-desk",
        "messages": [{"role": "user", "content": "And the council?"}],
        "conversation_id": ids["conversation_id"],
    }
    own = things(basim)
    tries = {
        "ask": lambda b: b.post("/api/ask", json=question),
        "stream": lambda b: b.post("/api/ask/stream", json=question),
        "chat": lambda b: b.post("/v1/chat/completions", json=chat),
        "page": lambda b: b.post("/ask", data=question),
    }
    for name, attempt in tries.items():
        assert attempt(basim).status_code == 404, name
        assert attempt(amal).status_code < 400, name
    place = f"/library?job={ids['job_id']}"  # the same words as for an upload that the server has forgotten
    unknown = basim.get(place).text.replace(ids["job_id"], "none")  # its foot leads back to the address itself
    assert unknown == basim.get("/library?job=none").text
    assert unknown != amal.get(place).text.replace(ids["job_id"], "none")
    for mine, other in ((own["memo_id"], ids["memo_id"]), (ids["memo_id"], own["memo_id"])):
        assert basim.get(f"/api/memos/{mine}/compare?before={other}").status_code == 404
        assert basim.get(f"/memos/{mine}/compare?with={other}").status_code == 404
    assert basim.get(f"/memos/{ids['memo_job']}").status_code == 404
    assert basim.get(f"/api/memos/{ids['memo_job']}/export?format=md").status_code == 404
    citation = amal.get(f"/api/answers/{ids['answer_id']}").json()["citations"][0]
    span = f"start={citation['start']}&end={citation['end']}"
    for kind in ("answer", "memo"):
        address = f"/documents/{citation['document_id']}?{span}&{kind}={ids[kind + '_id']}"
        assert basim.get(address).status_code == 200  # the report is everybody's, the way back is not
        # the ways to log in and to choose a language lead back to the address itself
        shown = re.sub(r'href="/login[^"]*"|name="back" value="[^"]*"', "", basim.get(address).text)
        assert ids[kind + "_id"] not in shown, kind
    assert f"/answers/{ids['answer_id']}" in amal.get(
        f"/documents/{citation['document_id']}?{span}&answer={ids['answer_id']}"
    ).text


def test_a_memo_on_its_way_is_its_owners() -> None:
    jobs = MemoJobs()
    job = jobs.submit("task", lambda progress: ("m1", "/memos/m1"), owner="amal")
    assert Owned(jobs, "amal").find(job.id) is not None
    assert Owned(jobs, "basim").find(job.id) is None
    assert Owned(jobs, "basim").unfinished() == []
    jobs.stop()


def test_a_store_method_that_knows_no_owner_is_not_for_routes(desk: Desk) -> None:
    own = Owned(desk.briefing, "amal")
    assert own.conversations.conversations() == []
    assert [d.id for d in own.documents()][:1] == ["council"]
    with pytest.raises(TypeError, match="feedback knows no owner"):
        _ = own.conversations.feedback


def test_what_was_made_without_log_in_is_nobodys_until_it_is_adopted(desk: Desk, amal: TestClient) -> None:
    answer = desk.briefing.ask("How many working cranes were counted?")
    assert amal.get(f"/api/answers/{answer.id}").status_code == 404
    desk.briefing.accounts.hand_over("", desk.briefing.accounts.account("amal").id)
    assert amal.get(f"/api/answers/{answer.id}").status_code == 200
