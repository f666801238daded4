"""The library asked by the official client of OpenAI, over a real socket; and what its text is made of."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest
from fastapi.testclient import TestClient

from rag.errors import WriterFailed
from tests.web.fake_desk import COUNCIL, HARBOUR, FakeDesk
from tests.web.live import serving
from web.app import create_app
from web.completions import MODEL, Transcript, harmless

CRANES = "How many working cranes were counted in March?"
NOWHERE = "Who won the football cup?"


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[FakeDesk, str]]:
    desk = FakeDesk(tmp_path_factory.mktemp("openai"))
    with serving(create_app(desk, ingest=desk.ingest)) as address:
        yield desk, address


@pytest.fixture
def desk(live: tuple[FakeDesk, str]) -> Iterator[FakeDesk]:
    yield live[0]
    live[0].failing = live[0].broken = None


@pytest.fixture
def address(live: tuple[FakeDesk, str]) -> str:
    return live[1]


@pytest.fixture
def client(address: str) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{address}/v1", api_key="unused", max_retries=0) as client:
        yield client


def user(text: Any) -> Any:
    return [{"role": "user", "content": text}]


def ask(client: openai.OpenAI, messages: Any, **more: Any) -> Any:
    return client.chat.completions.create(model=MODEL, messages=messages, **more)


def test_an_answer_has_numbered_citations_sources_and_both_as_fields(client: openai.OpenAI, address: str) -> None:
    reply = ask(client, user(CRANES))
    choice = reply.choices[0]
    assert (choice.message.role, choice.finish_reason, reply.object) == ("assistant", "stop", "chat.completion")
    text, sources = choice.message.content.split("\n\nSources:\n")
    lines = sources.splitlines()
    assert [line.split("]")[0] + "]" for line in lines] == [f"[{n + 1}]" for n in range(len(lines))]
    assert set(re.findall(r"\[(\d+)\]", text)) == {str(n + 1) for n in range(len(lines))}
    assert "41 working cranes" in text
    assert "37 working cranes" in text
    assert "The reports differ: How many cranes work" in text
    for citation, line in zip(reply.citations, lines, strict=True):
        document = {"harbour": HARBOUR, "council": COUNCIL}[citation["document_id"]]
        assert citation["quote"] == document[citation["start"] : citation["end"]]
        assert line.endswith(citation["url"])
        assert "<mark" in httpx.get(citation["url"]).text  # the link opens the quote
        assert citation["url"].startswith(address)
    stored = httpx.get(f"{address}/api/answers/{reply.briefing['id']}").json()
    assert stored == reply.briefing
    assert reply.usage.total_tokens == reply.usage.prompt_tokens + reply.usage.completion_tokens
    assert reply.usage.prompt_tokens == 8  # words of the question


def test_a_stream_says_the_same_statement_by_statement(client: openai.OpenAI, desk: FakeDesk) -> None:
    whole = ask(client, user(CRANES))
    chunks = list(ask(client, user(CRANES), stream=True, stream_options={"include_usage": True}))
    deltas = [c.choices[0].delta for c in chunks if c.choices]
    assert deltas[0].role == "assistant"
    pieces = [d.content for d in deltas if d.content]
    assert "".join(pieces) == whole.choices[0].message.content
    assert len(pieces) == len(whole.briefing["statements"]) + 1  # and the end with the sources
    assert [c.choices[0].finish_reason for c in chunks if c.choices][-2:] == [None, "stop"]
    assert chunks[-2].citations == whole.citations
    assert chunks[-2].briefing["answer"] == whole.briefing["answer"]
    assert chunks[-1].choices == []
    assert chunks[-1].usage == whole.usage
    assert len({c.id for c in chunks}) == 1


def test_a_stream_ends_as_clients_expect_it(address: str) -> None:
    reply = httpx.post(f"{address}/v1/chat/completions", json={"messages": user(CRANES), "stream": True})
    assert reply.headers["content-type"].startswith("text/event-stream")
    lines = [line for line in reply.text.split("\n\n") if line]
    assert all(line.startswith("data: ") for line in lines)
    assert lines[-1] == "data: [DONE]"
    assert all(json.loads(line[6:]).get("usage") is None for line in lines[:-1])


@pytest.mark.parametrize("stream", [False, True])
def test_a_refusal_is_plain_text(client: openai.OpenAI, stream: bool) -> None:
    reply = ask(client, user(NOWHERE), stream=stream)
    if stream:
        chunks = list(reply)
        text, last = "".join(c.choices[0].delta.content or "" for c in chunks), chunks[-1]
    else:
        text, last = reply.choices[0].message.content, reply
    assert text.startswith("None of the reports speaks of this.")
    assert "Sources:" not in text
    assert last.briefing["refused"] is True
    assert last.citations == []


def test_earlier_messages_are_the_history_without_our_list_of_sources(
    client: openai.OpenAI, desk: FakeDesk
) -> None:
    first = ask(client, user(CRANES)).choices[0].message.content
    messages = [
        {"role": "system", "content": "Answer like a pirate."},
        *user(CRANES),
        {"role": "assistant", "content": first},
        *user([{"type": "text", "text": "And the"}, {"type": "text", "text": "night shift?"}]),
    ]
    second = ask(client, messages)
    assert second.briefing["question"] == "And the\nnight shift?"
    assert CRANES in second.briefing["standalone_question"]
    [turn] = desk.histories[-1]
    assert turn.question == CRANES
    assert turn.answer == first.split("\n\nSources:\n")[0]
    assert "pirate" not in json.dumps(second.briefing)


def test_filters_and_a_conversation_come_in_fields_of_our_own(client: openai.OpenAI) -> None:
    first = ask(client, user(CRANES), extra_body={"filters": {"documents": ["council"]}})
    assert {c["document_id"] for c in first.citations} == {"council"}
    key = first.briefing["conversation_id"]
    second = ask(client, user("And the night shift?"), extra_body={"conversation_id": key})
    assert second.briefing["conversation_id"] == key
    assert CRANES in second.briefing["standalone_question"]
    with pytest.raises(openai.NotFoundError):
        ask(client, user(CRANES), extra_body={"conversation_id": "nope"})


def test_there_is_one_model_and_no_other_answers_in_its_name(client: openai.OpenAI) -> None:
    assert [m.id for m in client.models.list()] == [MODEL]
    assert client.models.retrieve(MODEL).id == MODEL
    for wrong in (
        lambda: client.models.retrieve("gpt-4o"),
        lambda: client.chat.completions.create(model="gpt-4o", messages=user(CRANES)),
    ):
        with pytest.raises(openai.NotFoundError) as caught:
            wrong()
        assert caught.value.code == "model_not_found"
        assert MODEL in caught.value.message


@pytest.mark.parametrize(
    ("messages", "more", "words"),
    [
        ([], {}, "messages"),
        ([{"role": "system", "content": "x"}], {}, "no user message"),
        (user("  "), {}, "empty"),
        (user("x" * 4001), {}, "4,000 characters"),
        (user("a\x00b"), {}, "not valid Unicode"),
        (user([{"type": "image_url", "image_url": {"url": "http://x.example/y.png"}}]), {}, "image_url"),
        (user([{"type": "text"}]), {}, "only text"),
        ([{"role": "wizard", "content": "x"}], {}, "role"),
        (user(CRANES), {"n": 2}, "only 1"),
        (user(CRANES), {"response_format": {"type": "json_object"}}, "json_object"),
        (user(CRANES), {"extra_body": {"filters": {"published_after": "soon"}}}, "not a date"),
        (user(CRANES), {"extra_body": {"filters": {"publisher": ["X"]}}}, "publisher"),
    ],
)
def test_what_cannot_be_served_is_400_in_the_shape_of_openai(
    client: openai.OpenAI, messages: Any, more: Any, words: str
) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        ask(client, messages, **more)
    assert words in caught.value.message
    assert caught.value.type == "invalid_request_error"


def test_what_has_no_effect_is_accepted(client: openai.OpenAI) -> None:
    tool = {"type": "function", "function": {"name": "f", "parameters": {}}}
    ask(client, user(CRANES), temperature=1.5, max_tokens=5, user="u", seed=1, tools=[tool], n=1, stop=["x"])


def test_failures_have_the_shape_too(client: openai.OpenAI, address: str, desk: FakeDesk) -> None:
    desk.failing = WriterFailed("The model timed out. Try again.", retryable=True)
    with pytest.raises(openai.APIError, match="timed out") as caught:
        list(ask(client, user(CRANES), stream=True))
    assert caught.value.type == "server_error"
    desk.failing = RuntimeError("secret path /srv/x")
    for stream in (False, True):
        with pytest.raises(openai.APIError, match="on our side"):
            list(ask(client, user(CRANES), stream=stream))
    assert httpx.get(f"{address}/v1/nothing").json()["error"]["type"] == "invalid_request_error"
    evil = httpx.get(f"{address}/v1/models", headers={"host": "evil.example"})
    assert (evil.status_code, evil.json()["error"]["code"]) == (400, None)


@pytest.mark.parametrize(("trusted", "scheme"), [("192.0.2.7", "https"), ("", "http")])
def test_links_are_https_where_a_trusted_proxy_speaks_it(tmp_path: Path, trusted: str, scheme: str) -> None:
    desk = FakeDesk(tmp_path)
    desk.settings = desk.settings.model_copy(update={"trusted_proxies": trusted, "allowed_hosts": "desk.example"})
    app = create_app(desk, ingest=desk.ingest)
    client = TestClient(app, base_url="http://desk.example", client=("192.0.2.7", 5))
    headers = {"x-forwarded-proto": "https"}
    reply = client.post("/v1/chat/completions", json={"messages": user(CRANES)}, headers=headers).json()
    assert reply["citations"]
    assert all(c["url"].startswith(f"{scheme}://desk.example/documents/") for c in reply["citations"])


# ------------------------------------------------------------------ the text


def statement(text: str, *numbers: int, group: str | None = None, support: str = "verified") -> dict[str, Any]:
    return {"text": text, "citations": list(numbers), "group": group, "support": support}


def citation(number: int, key: str) -> dict[str, Any]:
    return {"number": number, "id": key, "label": key.upper(), "title": "T", "page": 3, "url": f"/{key}", "quote": key}


def answer(statements: list[Any], citations: list[Any], **more: Any) -> dict[str, Any]:
    empty = {"refused": False, "refusal": None, "disagreements": [], "notices": [], "answer": ""}
    return {**empty, "statements": statements, "citations": citations, **more}


def test_statements_of_one_source_share_a_paragraph() -> None:
    a, b = citation(1, "a"), citation(2, "b")
    said = [statement("One.", 1, group="A"), statement("Two.", 1, group="A"), statement("Three.", 2, group="B")]
    transcript = Transcript("http://desk/")
    transcript.end(answer(said, [a, b], notices=["Look."]))
    assert transcript.text == (
        "A: One.[1] Two.[1]\n\nB: Three.[2]\n\nNote: Look.\n\n"
        "Sources:\n[1] A, T, p. 3: http://desk/a\n[2] B, T, p. 3: http://desk/b"
    )


def test_a_number_once_sent_keeps_its_meaning_when_the_stored_answer_counts_otherwise() -> None:
    transcript = Transcript("http://desk")
    transcript.statement(statement("One.", 2), [citation(2, "b")])  # the first citation a client sees is its 1
    transcript.end(answer([statement("Zero.", 1), statement("One.", 2)], [citation(1, "a"), citation(2, "b")]))
    assert transcript.text.startswith("One.[1]\n\nZero.[2]\n\nSources:\n[1] B, ")
    assert [(c["number"], c["id"]) for c in transcript.citations] == [(1, "b"), (2, "a")]


def test_a_sentence_that_the_last_check_took_back_is_taken_back_in_words() -> None:
    transcript = Transcript("http://desk")
    transcript.statement(statement("One.", 1), [citation(1, "a")])
    rest = transcript.end(answer([statement("Better.", 1, support="flagged")], [citation(1, "a")]))
    assert rest == (
        "\n\nAfter the last check the answer reads otherwise. It replaces what stands above:\n\n"
        "Better.[1] (not verified)\n\nSources:\n[1] A, T, p. 3: http://desk/a"
    )


@pytest.mark.parametrize("text", ["![x](http://evil.example/p.png)", "[x](javascript:1)", "<img src=x>", "</p>"])
def test_markup_in_a_report_stays_text(text: str) -> None:
    from markdown_it import MarkdownIt

    shown = MarkdownIt("commonmark").render(harmless(f"It says {text} here."))
    assert not re.search(r"<(img|a)\b|</p>.*</p>", shown)


def test_ordinary_text_is_left_alone() -> None:
    text = "Costs < 5 % [1] (see p. 3)! “Quoted.”"
    assert harmless(text) == text
