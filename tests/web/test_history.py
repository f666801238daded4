"""Past questions found again and taken along."""

from __future__ import annotations

import json

from fastapi.testclient import TestClient

from tests.web.fake_desk import FakeDesk
from web import history

CRANES = "How many working cranes were counted in March?"
TIDE = "Who waits for the tide?"


def test_an_excerpt_shows_the_first_word_looked_for_in_its_surroundings() -> None:
    text = f"{'before ' * 40}the Crânes [1] stand still {'after ' * 40}"
    found = history.excerpt(text, "CRÂNES")
    assert "the Crânes stand still" in found
    assert found.startswith("… before")
    assert found.endswith("after …")
    assert len(found) < 2 * history.AROUND + 10
    assert history.excerpt("Short. [2]", "zebra") == "Short."


def test_words_of_question_answer_or_title_find_a_conversation(client: TestClient) -> None:
    answers = [client.post("/api/ask", json={"question": q}).json() for q in (CRANES, TIDE)]
    rows = client.get("/api/conversations?q=council").json()  # only in the answer about cranes
    assert [r["title"] for r in rows] == [CRANES]
    (match,) = rows[0]["matches"]
    assert match["answer_id"] == answers[0]["id"]
    assert "council" in match["excerpt"].lower()
    page = client.get("/conversations?q=council").text
    assert f"#answer-{answers[0]['id']}" in page
    assert TIDE not in page
    client.patch(f"/api/conversations/{answers[1]['conversation_id']}", json={"title": "Pilots"})
    assert client.get("/api/conversations?q=pilots").json()[0]["title"] == "Pilots"
    assert "No question or answer has these words" in client.get("/conversations?q=zeppelin").text
    assert len(client.get("/api/conversations").json()) == 2


def test_a_conversation_is_exported_with_its_quotes_and_links(client: TestClient) -> None:
    answer = client.post("/api/ask", json={"question": CRANES}).json()
    path = f"/api/conversations/{answer['conversation_id']}/export"
    reply = client.get(path)
    assert reply.headers["content-type"] == "text/markdown; charset=utf-8"
    assert reply.headers["content-disposition"].startswith('attachment; filename="How many working')
    assert reply.text.startswith(f"# {CRANES}\n\n## {CRANES}")
    for citation in answer["citations"]:
        assert f"{citation['number']}. “{citation['quote']}” " in reply.text
        assert f"(http://127.0.0.1:8000/documents/{citation['document_id']}?start={citation['start']}" in reply.text
    assert "The reports differ" in reply.text
    whole = client.get(f"{path}?format=json")
    assert json.loads(whole.content)["answers"][0]["citations"] == answer["citations"]
    assert client.get(f"{path}?format=exe").status_code == 422
    assert client.get("/api/conversations/none/export").status_code == 404


def test_markup_in_questions_is_only_text_in_the_export(client: TestClient, desk: FakeDesk) -> None:
    answer = client.post("/api/ask", json={"question": "# <b>cranes</b> [x](http://evil)"}).json()
    text = client.get(f"/api/conversations/{answer['conversation_id']}/export").text
    assert "<b>" not in text
    assert "](http://evil)" not in text.replace("\\](http://evil)", "")


def test_a_refusal_is_exported_with_what_is_missing(client: TestClient) -> None:
    answer = client.post("/api/ask", json={"question": "Who is the king of Norway?"}).json()
    text = client.get(f"/api/conversations/{answer['conversation_id']}/export").text
    assert "No answer: None of the reports speaks of this." in text
    assert "- norway" in text.lower()
