"""The HTTP contract, on the small desk."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from fastapi.testclient import TestClient

from rag.errors import BriefingError, IndexMismatch, ModelUnavailable, WriterFailed
from tests.web.fake_desk import HARBOUR, FakeDesk

CRANES = "How many working cranes were counted in March?"
BACKWARDS = {"published_after": "2024", "published_before": "2023"}
NOWHERE = "Who owns the lunar shipyard that plays chess?"


def ask(client: TestClient, question: str = CRANES, **more: Any) -> dict[str, Any]:
    response = client.post("/api/ask", json={"question": question, **more})
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


def events(text: str) -> list[tuple[str, Any]]:
    found = []
    for block in text.strip().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.split("\n"))
        found.append((fields["event"], json.loads(fields["data"])))
    return found


# ------------------------------------------------------------------ asking


def test_an_answer_quotes_the_stored_text_to_the_character(client: TestClient) -> None:
    answer = ask(client)
    assert not answer["refused"]
    assert {c["document_id"] for c in answer["citations"]} == {"harbour", "council"}
    for citation in answer["citations"]:
        text = client.get(f"/api/documents/{citation['document_id']}/text").json()["text"]
        assert text[citation["start"] : citation["end"]] == citation["quote"]
    cited = {n for s in answer["statements"] for n in s["citations"]}
    assert cited == {c["number"] for c in answer["citations"]}


def test_a_refusal_has_no_statements_and_says_what_is_missing(client: TestClient) -> None:
    answer = ask(client, NOWHERE)
    assert answer["refused"]
    assert answer["statements"] == []
    assert answer["refusal"]["missing"]


def test_a_one_off_question_opens_a_conversation(client: TestClient) -> None:
    answer = ask(client)
    stored = client.get(f"/api/conversations/{answer['conversation_id']}").json()
    assert stored["answers"] == [answer]
    assert client.get(f"/api/answers/{answer['id']}").json() == answer


def test_a_follow_up_knows_the_turn_before(client: TestClient, desk: FakeDesk) -> None:
    first = ask(client)
    second = ask(client, "And the night shift?", conversation_id=first["conversation_id"])
    assert CRANES in second["standalone_question"]
    assert [t.question for t in desk.histories[-1]] == [CRANES]


def test_history_that_is_handed_over_is_used(client: TestClient) -> None:
    turn = {"question": CRANES, "answer": "41"}
    answer = ask(client, "And the night shift?", history=[turn])
    assert CRANES in answer["standalone_question"]


def test_filters_narrow_the_answer(client: TestClient) -> None:
    answer = ask(client, filters={"documents": ["council"]})
    assert {c["document_id"] for c in answer["citations"]} == {"council"}


def test_the_stream_sends_passages_then_statements_then_the_whole_answer(client: TestClient) -> None:
    response = client.post("/api/ask/stream", json={"question": CRANES})
    assert response.headers["content-type"].startswith("text/event-stream")
    found = events(response.text)
    names = [name for name, _ in found]
    assert names == ["passages"] + ["statement"] * (len(found) - 2) + ["answer"]
    answer = found[-1][1]
    assert [data["statement"] for name, data in found if name == "statement"] == answer["statements"]
    assert [c for n, d in found if n == "statement" for c in d["citations"]] == answer["citations"]
    assert client.get(f"/api/answers/{answer['id']}").json() == answer


def test_a_failure_under_way_is_an_event_and_the_work_is_closed(
    client: TestClient, desk: FakeDesk
) -> None:
    desk.failing = WriterFailed("The model timed out. Try again.", retryable=True)
    response = client.post("/api/ask/stream", json={"question": CRANES})
    found = events(response.text)
    assert [name for name, _ in found] == ["passages", "error"]
    assert found[-1][1] == {"detail": "The model timed out. Try again."}
    desk.failing = RuntimeError("secret path /srv/x")
    response = client.post("/api/ask/stream", json={"question": CRANES})
    assert [name for name, _ in events(response.text)] == ["passages", "error"]
    assert "secret" not in response.text
    assert desk.closed == 2


def test_a_failure_before_the_first_event_has_a_status_of_its_own(
    client: TestClient, desk: FakeDesk
) -> None:
    desk.broken = IndexMismatch("Another model.")
    response = client.post("/api/ask/stream", json={"question": CRANES})
    assert (response.status_code, response.json()) == (503, {"detail": "Another model."})


def test_an_unknown_conversation_is_404_before_the_stream_begins(
    client: TestClient, desk: FakeDesk
) -> None:
    for path in ("/api/ask", "/api/ask/stream"):
        response = client.post(path, json={"question": CRANES, "conversation_id": "nope"})
        assert response.status_code == 404
        assert "nope" in response.json()["detail"]
    assert desk.histories == []  # nothing was begun


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"question": "   "}, "question is empty"),
        ({}, "question is missing"),
        ({"question": "x" * 4001}, "4,000 characters"),
        ({"question": "a\ud800b"}, "not valid Unicode"),
        ({"question": "a\x00b"}, "not valid Unicode"),
        ({"question": CRANES, "filters": {"published_after": "last year"}}, "not a date"),
        ({"question": CRANES, "filters": {"published_after": "2023-02-30"}}, "not a date"),
        ({"question": CRANES, "filters": BACKWARDS}, "lies behind"),
        ({"question": CRANES, "filters": {"publisher": ["X"]}}, "publisher is not a known field"),
        ({"question": CRANES, "filters": {"language": "English, please"}}, "language code"),
        ({"question": 5}, "question"),
        ([], ""),
    ],
)
@pytest.mark.parametrize("path", ["/api/ask", "/api/ask/stream"])
def test_a_bad_request_is_422_with_one_sentence(
    client: TestClient, path: str, body: Any, words: str
) -> None:
    data = json.dumps(body)
    response = client.post(path, content=data, headers={"content-type": "application/json"})
    assert response.status_code == 422
    assert isinstance(response.json()["detail"], str)
    assert words in response.json()["detail"]


def test_a_body_that_is_no_json_is_422(client: TestClient) -> None:
    response = client.post("/api/ask", content="{", headers={"content-type": "application/json"})
    assert response.status_code == 422
    assert response.json()["detail"] == "The body is not valid JSON."


@pytest.mark.parametrize(("k", "status"), [(0, 422), (1, 200), (100, 200), (101, 422), ("x", 422)])
def test_search_bounds_k(client: TestClient, k: Any, status: int) -> None:
    response = client.post("/api/search", json={"query": "cranes in March", "k": k})
    assert response.status_code == status
    if status == 200:
        passages = response.json()["passages"]
        assert len(passages) <= k
        assert passages[0]["text"] in HARBOUR or passages[0]["document_id"] == "council"


# ------------------------------------------------------------------ library


def test_documents_are_listed_shown_and_removed(client: TestClient) -> None:
    assert [d["id"] for d in client.get("/api/documents").json()] == ["council", "harbour"]
    shown = client.get("/api/documents/harbour").json()
    assert shown["title"] == "Harbour readiness review"
    assert [s["title"] for s in shown["sections"]] == ["Summary", "Findings", "Outlook"]
    assert client.get("/api/documents/harbour/text").json() == {"text": HARBOUR}
    assert client.delete("/api/documents/harbour").json() == {"removed": ["harbour"]}
    for path in ("/api/documents/harbour", "/api/documents/harbour/text"):
        assert client.get(path).status_code == 404
    assert client.delete("/api/documents/harbour").status_code == 404


def finished(client: TestClient, job_id: str) -> dict[str, Any]:
    for _ in range(500):
        job: dict[str, Any] = client.get(f"/api/jobs/{job_id}").json()
        if job["state"] in {"done", "failed"}:
            return job
        time.sleep(0.01)
    raise AssertionError("the job never ended")


def test_an_upload_is_taken_in_and_says_why_a_file_failed(client: TestClient, desk: FakeDesk) -> None:
    files = [
        ("files", ("tide.txt", b"Tide tables\n\nThe tide rises twice a day.", "text/plain")),
        ("files", ("broken.txt", b"\x00\x01", "text/plain")),
    ]
    response = client.post("/api/documents", files=files)
    assert response.status_code == 202
    job = finished(client, response.json()["id"])
    assert [(f["name"], f["state"], f["document_id"]) for f in job["files"]] == [
        ("tide.txt", "added", "tide"),
        ("broken.txt", "failed", None),
    ]
    assert job["files"][1]["reason"] == "The file is not text."
    uploads = desk.settings.data_dir / "uploads"
    assert [p.name for p in uploads.iterdir()] == ["tide.txt"]
    assert client.get("/api/documents/tide").status_code == 200
    assert "tide.txt" in client.get(f"/library?job={job['id']}").text
    client.delete("/api/documents/tide")
    assert list(uploads.iterdir()) == []  # or the next ingest would bring it back


def test_an_upload_without_files_or_too_large_is_refused(client: TestClient, desk: FakeDesk) -> None:
    assert client.post("/api/documents").status_code == 422
    large = client.post("/api/documents", files=[("files", ("l.txt", b"x" * (1 << 21)))])
    assert large.status_code == 413
    assert "larger" in large.json()["detail"]
    chunked = client.post(
        "/api/ask", content=iter([b"x" * (1 << 20)] * 9), headers={"content-type": "application/json"}
    )
    assert (chunked.status_code, list(chunked.json())) == (413, ["detail"])
    assert not (desk.settings.data_dir / "uploads").exists()
    assert client.get("/api/jobs/nope").status_code == 404


# ------------------------------------------------------------------ conversations, operations


def test_conversations_are_listed_and_deleted(client: TestClient) -> None:
    answer = ask(client)
    key = answer["conversation_id"]
    row = client.get("/api/conversations").json()[0]
    assert (row["id"], row["title"], row["turns"]) == (key, CRANES, 1)
    assert client.delete(f"/api/conversations/{key}").status_code == 204
    assert client.get(f"/api/conversations/{key}").status_code == 404
    assert client.delete(f"/api/conversations/{key}").status_code == 404
    assert client.get(f"/api/answers/{answer['id']}").status_code == 404


def test_feedback_is_kept_with_its_answer(client: TestClient, desk: FakeDesk) -> None:
    key = ask(client)["id"]
    path = f"/api/answers/{key}/feedback"
    for verdict in ("right", "evidence wrong", "should_refuse"):
        assert client.post(path, json={"verdict": verdict, "note": "n"}).status_code == 201
    assert [f["verdict"] for f in desk.conversations.given] == ["right", "evidence_wrong", "should_refuse"]
    assert client.post(path, json={"verdict": "meh"}).status_code == 422
    assert client.post("/api/answers/nope/feedback", json={"verdict": "right"}).status_code == 404


def test_operations(client: TestClient, desk: FakeDesk) -> None:
    ask(client)
    ask(client, NOWHERE)
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json()["documents"] == 2
    text = client.get("/metrics").text
    assert 'briefing_answers_total{outcome="answered"} 1.0' in text
    assert 'briefing_answers_total{outcome="refused"} 1.0' in text
    assert 'route="/api/ask",status="200"} 2.0' in text
    desk.ready = lambda: (_ for _ in ()).throw(IndexMismatch("Another model."))  # type: ignore[method-assign]
    not_ready = client.get("/readyz")
    assert (not_ready.status_code, not_ready.json()["detail"]) == (503, "Another model.")


@pytest.mark.parametrize("error", [IndexMismatch("Made with another model."), ModelUnavailable("No weights.")])
def test_not_ready_while_model_or_library_do_not_fit(
    client: TestClient, desk: FakeDesk, error: BriefingError
) -> None:
    desk.unfit = error
    response = client.get("/readyz")
    assert (response.status_code, response.json()["detail"]) == (503, str(error))
    assert client.get("/healthz").status_code == 200


@pytest.mark.parametrize("path", ["/", "/library", "/api/documents", "/static/site.css", "/healthz", "/nope"])
def test_head_is_get_without_the_body(client: TestClient, path: str) -> None:
    head, get = client.head(path), client.get(path)
    assert head.status_code == get.status_code
    assert head.content == b""
    for name in ("content-type", "content-length", "content-security-policy"):
        assert head.headers[name] == get.headers[name]


def test_a_conversation_is_renamed(client: TestClient) -> None:
    key = ask(client)["conversation_id"]
    renamed = client.patch(f"/api/conversations/{key}", json={"title": "  Cranes of March "})
    assert (renamed.status_code, renamed.json()["title"]) == (200, "Cranes of March")
    assert client.get("/api/conversations").json()[0]["title"] == "Cranes of March"
    assert client.patch(f"/api/conversations/{key}", json={"title": " "}).status_code == 422
    assert client.patch("/api/conversations/nothing", json={"title": "x"}).status_code == 404


def test_openapi_names_every_call_of_the_contract(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    calls = {f"{method.upper()} {path}" for path, item in paths.items() for method in item}
    assert calls >= {
        "POST /api/ask",
        "POST /api/ask/stream",
        "POST /api/search",
        "GET /api/documents",
        "POST /api/documents",
        "GET /api/documents/{document_id}",
        "DELETE /api/documents/{document_id}",
        "GET /api/documents/{document_id}/text",
        "GET /api/jobs/{job_id}",
        "GET /api/conversations",
        "GET /api/conversations/{conversation_id}",
        "DELETE /api/conversations/{conversation_id}",
        "GET /api/answers/{answer_id}",
        "POST /api/answers/{answer_id}/feedback",
        "PATCH /api/conversations/{conversation_id}",
        "POST /api/memos",
        "GET /api/memos",
        "GET /api/memos/{memo_id}",
        "GET /api/memos/{memo_id}/export",
        "GET /healthz",
        "GET /readyz",
        "GET /metrics",
    }
    problem = paths["/api/ask"]["post"]["responses"]["422"]["content"]["application/json"]["schema"]
    assert problem == {"$ref": "#/components/schemas/Problem"}


def test_an_unexpected_error_is_a_plain_500_with_the_headers(client: TestClient, desk: FakeDesk) -> None:
    desk.broken = RuntimeError("secret path /srv/x")
    response = client.post("/api/ask", json={"question": CRANES})
    assert response.status_code == 500
    assert "secret" not in response.text
    assert "Traceback" not in response.text
    assert response.headers["content-security-policy"].startswith("default-src 'none'")


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/api/memos", "GET, HEAD, POST"),
        ("/api/memos/outline", "POST"),
        ("/api/ask", "POST"),
        ("/ask", "POST"),
        ("/library", "GET, HEAD, POST"),
    ],
)
def test_a_method_that_is_not_possible_is_405_and_names_those_that_are(
    client: TestClient, path: str, methods: str
) -> None:
    response = client.put(path)
    assert response.status_code == 405
    assert response.headers["allow"] == methods


def test_openapi_names_what_may_be_answered_in_place_of_any_route(client: TestClient) -> None:
    schema = client.get("/openapi.json").json()
    for path, item in schema["paths"].items():
        kind = "ErrorReply" if path.startswith("/v1/") else "Problem"
        for method, operation in item.items():
            assert {"400", "403"} <= set(operation["responses"]), (method, path)
            for status, response in operation["responses"].items():
                if status[0] in "45":
                    assert list(response["content"]) == ["application/json"]
                    shape = response["content"]["application/json"]["schema"]
                    assert shape == {"$ref": f"#/components/schemas/{kind}"}
    assert "422" not in schema["paths"]["/v1/chat/completions"]["post"]["responses"]


def test_bytes_that_are_no_text_are_422(client: TestClient) -> None:
    response = client.post("/api/search", content=b'{"query": "\xff"}', headers={"content-type": "application/json"})
    assert response.status_code == 422
    assert "cannot be read" in response.json()["detail"]
