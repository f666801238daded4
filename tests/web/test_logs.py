"""The log: one line an event in either form, requests told apart, no secret and no question in it."""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers

from rag.settings import load_settings
from tests.web.fake_desk import FakeDesk
from web import logs
from web.access import request_id
from web.app import create_app

QUESTION = "How many working cranes were counted in March?"


@pytest.fixture
def as_before() -> Iterator[None]:
    """Logging as pytest had it, after tests that configure the process."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in logs.OURS}
    yield
    root.handlers[:], root.level = handlers, level
    logging.captureWarnings(False)
    for name, was in levels.items():
        logging.getLogger(name).setLevel(was)


def record(message: str, *args: object, level: int = logging.INFO, **said: object) -> logging.LogRecord:
    made = logging.LogRecord("briefing.test", level, "x.py", 1, message, args, None)
    made.fields = said
    return made


def with_error(error: Exception) -> logging.LogRecord:
    made = record("it broke", level=logging.ERROR)
    try:
        raise error
    except type(error) as raised:
        made.exc_info = (type(raised), raised, raised.__traceback__)
    return made


def test_a_json_line_has_time_level_message_fields_and_request() -> None:
    made = record("took %d", 3, route="/api/ask", ms=1.5, request_id="r1")
    made.created = 0.0625
    assert json.loads(logs.JsonLines().format(made)) == {
        "time": "1970-01-01T00:00:00.062Z",
        "level": "info",
        "logger": "briefing.test",
        "message": "took 3",
        "route": "/api/ask",
        "ms": 1.5,
        "request_id": "r1",
    }


def test_a_traceback_stays_inside_its_json_line() -> None:
    line = logs.JsonLines().format(with_error(ValueError("odd")))
    assert "\n" not in line
    assert "ValueError: odd" in json.loads(line)["exception"]


@given(*[st.text(st.characters())] * 2)
def test_no_message_looks_like_two_lines(message: str, value: str) -> None:
    for form in (logs.JsonLines(), logs.TextLines()):
        line = form.format(record("%s", message, value=value))
        assert len(line.splitlines()) == 1
        line.encode()  # can be written


def test_a_text_line_can_be_read() -> None:
    made = record("request", method="GET", what="two words")
    made.created = 0.0
    assert logs.TextLines().format(made) == (
        '1970-01-01T00:00:00.000Z INFO briefing.test request method=GET what="two words"'
    )


@pytest.mark.parametrize("form", [logs.JsonLines, logs.TextLines])
def test_secrets_are_taken_out_of_messages_fields_and_tracebacks(form: type[logs.JsonLines]) -> None:
    settings = load_settings(
        llm_api_key="key-4711", database_url="postgresql://desk:p%40ssword@db/desk"
    )
    secrets = logs.secrets_of(settings, {"OPENAI_API_KEY": "sk-from-environment"})
    assert set(secrets) == {"key-4711", "p%40ssword", "p@ssword", "sk-from-environment"}
    for secret in secrets:
        for made in (record(f"with {secret}"), record("x", why=f"see {secret}"), with_error(ValueError(secret))):
            line = form(secrets).format(made)
            assert secret not in line
            assert "[hidden]" in line


@pytest.mark.parametrize("given", ["", "has space", "x" * 129, "a\nb", "né"])
def test_an_unfit_request_id_is_replaced(given: str) -> None:
    assert re.fullmatch(r"[0-9a-f]{32}", request_id(Headers({"x-request-id": given})))
    assert request_id(Headers({"x-request-id": "trace-1:a"})) == "trace-1:a"


def lines_of(desk: FakeDesk, client: TestClient, level: str = "info") -> io.StringIO:
    stream = io.StringIO()
    logs.configure(desk.settings.model_copy(update={"log_format": "json", "log_level": level}), stream)
    return stream


@pytest.mark.usefixtures("as_before")
def test_a_request_is_one_line_with_its_pattern_and_carries_its_id(client: TestClient, desk: FakeDesk) -> None:
    stream = lines_of(desk, client)
    reply = client.get("/documents/harbour?answer=secret-words", headers={"x-request-id": "abc-1"})
    assert reply.headers["x-request-id"] == "abc-1"
    [line] = [json.loads(text) for text in stream.getvalue().splitlines()]
    assert line["request_id"] == "abc-1"
    assert (line["method"], line["route"], line["status"]) == ("GET", "/documents/{document_id}", 200)
    assert line["user"] == "-"
    assert line["ms"] > 0
    assert "secret-words" not in stream.getvalue()


@pytest.mark.usefixtures("as_before")
def test_questions_are_logged_only_when_that_is_wanted(client: TestClient, desk: FakeDesk) -> None:
    stream = lines_of(desk, client, "debug")
    client.post("/api/ask", json={"question": QUESTION})
    client.get("/", params={"q": QUESTION})
    client.post("/api/ask", json={"question": QUESTION, "k": "cranes" * 1000})
    told = [json.loads(text) for text in stream.getvalue().splitlines()]
    assert [t["message"] for t in told].count("answered") == 2
    assert len({t["request_id"] for t in told}) == 3
    assert "cranes" not in stream.getvalue()
    desk.settings = desk.settings.model_copy(update={"log_questions": True})
    stream = lines_of(desk, client)
    client.post("/api/ask", json={"question": QUESTION})
    assert QUESTION in [json.loads(t).get("question") for t in stream.getvalue().splitlines()]


@pytest.mark.usefixtures("as_before")
def test_probes_are_quiet_and_a_crash_is_told_with_its_traceback(client: TestClient, desk: FakeDesk) -> None:
    stream = lines_of(desk, client)
    client.get("/healthz")
    client.get("/static/site.css")
    assert stream.getvalue() == ""
    desk.broken = RuntimeError("the disk fell out")
    reply = client.post("/api/ask", json={"question": QUESTION})
    assert reply.status_code == 500
    assert "disk" not in reply.text
    told = [json.loads(text) for text in stream.getvalue().splitlines()]
    crash = next(t for t in told if "exception" in t)
    assert "the disk fell out" in crash["exception"]
    assert crash["request_id"] == reply.headers["x-request-id"] == told[-1]["request_id"]
    assert told[-1]["status"] == 500


@pytest.mark.usefixtures("as_before")
def test_uvicorn_speaks_through_it_and_other_libraries_from_warnings_on() -> None:
    stream = io.StringIO()
    logs.configure(load_settings(), stream)
    logging.getLogger("uvicorn.error").info("up")
    logging.getLogger("some.library").info("chatter")
    logging.getLogger("some.library").warning("trouble")
    assert [line.split(" ", 1)[1] for line in stream.getvalue().splitlines()] == [
        "INFO uvicorn.error up",
        "WARNING some.library trouble",
    ]


def test_the_id_of_one_request_never_shows_in_another(desk: FakeDesk) -> None:
    with TestClient(create_app(desk, ingest=desk.ingest), base_url="http://127.0.0.1") as client:
        first = client.get("/healthz").headers["x-request-id"]
        assert client.get("/healthz").headers["x-request-id"] != first
    assert logs.REQUEST_ID.get() == ""
