"""The pages without scripts: forms post, answers have addresses, everything is escaped."""

from __future__ import annotations

import hashlib
import html
import re
from dataclasses import replace
from pathlib import Path

from fastapi.testclient import TestClient

from rag.types import Metadata
from tests.web.fake_desk import HARBOUR, FakeDesk, harbour

CRANES = "How many working cranes were counted in March?"
QUOTE = "The harbour authority counted 41 working cranes in March."


def marks(page: str) -> list[str]:
    inner = re.findall(r"<mark[^>]*>(.*?)</mark>", page, re.DOTALL)
    return [html.unescape(re.sub(r"<[^>]+>", "", text)) for text in inner]


def test_an_empty_chat_suggests_questions_and_an_empty_library_says_so(
    client: TestClient, desk: FakeDesk
) -> None:
    page = client.get("/").text
    assert "How many working cranes were counted?" in page
    desk.shelf.clear()
    page = client.get("/").text
    assert "The library is empty" in page
    assert "The library is empty" in client.get("/library").text


def test_a_posted_question_leads_to_its_answer_and_a_reload_shows_the_same(client: TestClient) -> None:
    response = client.post("/ask", data={"question": CRANES}, follow_redirects=False)
    assert response.status_code == 303
    address = response.headers["location"]
    page = client.get(address).text
    assert page == client.get(address).text
    assert QUOTE in html.unescape(page)
    assert "Where the reports differ" in page
    for path in ("/conversations", "/"):
        assert CRANES in client.get(path).text


def test_the_filters_of_a_posted_question_stay_chosen(client: TestClient) -> None:
    response = client.post("/ask", data={"question": CRANES, "document": "council"}, follow_redirects=False)
    assert "?document=council#answer-" in response.headers["location"]
    page = client.get(response.headers["location"]).text
    assert re.search(r'value="council"[^>]*checked', page)
    assert not re.search(r'value="harbour"[^>]*checked', page)


def test_a_bad_form_comes_back_with_the_reason_and_the_words_typed(client: TestClient) -> None:
    page = client.post("/ask", data={"question": CRANES, "published_after": "soon"})
    assert page.status_code == 422
    assert "is not a date" in page.text
    assert CRANES in page.text
    empty = client.post("/ask", data={"question": " "})
    assert empty.status_code == 422
    assert "The question is empty" in empty.text


def test_the_reader_marks_exactly_the_quote(client: TestClient) -> None:
    start = HARBOUR.index(QUOTE)
    page = client.get(f"/documents/harbour?start={start}&end={start + len(QUOTE)}").text
    assert marks(page) == [QUOTE]
    assert 'aria-label="note 1"' in page  # its mark stands inside the quote and adds no words
    assert re.search(r'href="#s-\d+" dir="auto" aria-current="location">Summary<', page)
    assert "lines repeated at the top or foot of pages" in page


def test_the_reader_steps_through_the_citations_of_an_answer(client: TestClient) -> None:
    answer = client.post("/api/ask", json={"question": CRANES}).json()
    second = answer["citations"][1]
    address = f"{second['url']}&answer={answer['id']}"
    page = client.get(address).text
    assert marks(page) == [second["quote"]]
    assert f"citation 2 of {len(answer['citations'])}" in page
    before = html.unescape(re.search(r'rel="prev" href="([^"]+)"', page)[1])  # type: ignore[index]
    assert marks(client.get(before).text) == [answer["citations"][0]["quote"]]


def test_a_changed_source_is_said_and_never_marked_wrongly(client: TestClient, desk: FakeDesk) -> None:
    answer = client.post("/api/ask", json={"question": CRANES}).json()
    cited = next(c for c in answer["citations"] if c["quote"] == QUOTE)
    address = f"{cited['url']}&answer={answer['id']}"
    desk.shelf["harbour"] = replace(harbour(), text="Preface.\n\n" + HARBOUR, sections=(), page_spans=())
    moved = client.get(address).text
    assert marks(moved) == [QUOTE]
    assert "at its new place" in moved
    desk.shelf["harbour"] = replace(
        harbour(), text=HARBOUR.replace("41 working", "40 working"), sections=(), page_spans=()
    )
    gone = client.get(address).text
    assert marks(gone) == []
    assert "no longer has the quoted words" in gone


def test_a_place_that_does_not_exist_is_said(client: TestClient) -> None:
    for query in ("start=5&end=999999", "start=9&end=3", "start=-4&end=9", "start=4"):
        page = client.get(f"/documents/harbour?{query}")
        assert page.status_code == 200
        assert marks(page.text) == []
        assert "does not exist" in page.text
    assert client.get("/documents/harbour?start=x").status_code == 422
    assert client.get("/documents/nope").status_code == 404


def test_everything_from_a_document_is_escaped(client: TestClient, desk: FakeDesk) -> None:
    evil = "<script>alert(1)</script> cranes counted in March were working & \"quoted\" ' cranes"
    desk.shelf["evil"] = replace(
        harbour(),
        id="evil",
        text=evil,
        metadata=Metadata(title="<img src=x onerror=alert(1)>", publisher="<b>P</b>", language='"><i>'),
        sections=(),
        page_spans=(),
        notes=(),
    )
    answer = client.post("/api/ask", json={"question": CRANES, "filters": {"documents": ["evil"]}}).json()
    assert answer["citations"]
    pages = ["/", "/library", "/documents/evil?start=0&end=40", f"/answers/{answer['id']}"]
    for path in [*pages, "/documents/evil/remove"]:
        page = client.get(path).text
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "<b>P</b>" not in page
        assert '"><i>' not in page


def test_the_library_sorts_filters_and_asks_before_removing(client: TestClient, desk: FakeDesk) -> None:
    def titles(query: str) -> list[str]:
        page = client.get(f"/library?{query}").text
        return re.findall(r'<th scope="row"><a href="/documents/([^"]+)"', page)

    assert titles("") == ["council", "harbour"]
    assert titles("sort=title&order=desc") == ["harbour", "council"]
    assert titles("sort=pages&order=desc") == ["harbour", "council"]
    assert titles("q=lorne") == ["harbour"]
    assert titles("publisher=Merchants+Council") == ["council"]
    assert "No report matches" in client.get("/library?q=zzz").text
    assert "Remove this report?" in client.get("/documents/council/remove").text
    assert client.post("/documents/council/remove", follow_redirects=False).status_code == 303
    assert titles("") == ["harbour"]


def test_the_original_is_a_download_of_the_very_bytes_or_nothing(
    client: TestClient, desk: FakeDesk, tmp_path: Path
) -> None:
    source = tmp_path / "harbour.txt"
    source.write_bytes(b"<script>x</script>")
    digest = hashlib.sha256(source.read_bytes()).hexdigest()
    desk.shelf["harbour"] = replace(harbour(str(source)), sha256=digest)
    response = client.get("/documents/harbour/original")
    assert response.content == source.read_bytes()
    assert response.headers["content-disposition"].startswith("attachment")
    assert response.headers["content-type"] == "application/octet-stream"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in response.headers["content-security-policy"]
    source.write_bytes(b"changed")
    assert client.get("/documents/harbour/original").status_code == 409
    source.unlink()
    assert client.get("/documents/harbour/original").status_code == 404


def test_feedback_and_deletion_work_as_plain_forms(client: TestClient, desk: FakeDesk) -> None:
    answer = client.post("/api/ask", json={"question": CRANES}).json()
    thanks = client.post(f"/answers/{answer['id']}/feedback", data={"verdict": "wrong", "note": "n"})
    assert "Your verdict is kept" in thanks.text
    assert desk.conversations.given[0]["verdict"] == "wrong"
    assert client.post(f"/answers/{answer['id']}/feedback", data={"verdict": "meh"}).status_code == 422
    after = client.post(f"/conversations/{answer['conversation_id']}/delete")
    assert "Nothing has been asked yet" in after.text
    assert client.get(f"/answers/{answer['id']}").status_code == 404


def test_an_upload_works_as_a_plain_form(client: TestClient) -> None:
    response = client.post("/library", files=[("files", ("tide.txt", b"Tide\n\nHigh twice a day."))])
    assert response.status_code == 200
    assert "tide.txt" in response.text


def test_a_conversation_is_renamed_by_a_plain_form(client: TestClient) -> None:
    client.post("/ask", data={"question": "How many working cranes were counted?"})
    key = client.get("/api/conversations").json()[0]["id"]
    page = client.post(f"/conversations/{key}/rename", data={"title": "March <cranes>"})
    assert "March &lt;cranes&gt;" in page.text
    assert client.post(f"/conversations/{key}/rename", data={"title": " "}).status_code == 422


def test_an_answer_stored_before_a_field_was_added_is_still_shown(client: TestClient, desk: FakeDesk) -> None:
    answer = client.post("/api/ask", json={"question": CRANES}).json()
    for statement in desk.conversations.kept[answer["conversation_id"]]["answers"][0]["statements"]:
        statement.pop("listed", None)
    for path in (f"/conversations/{answer['conversation_id']}", f"/answers/{answer['id']}"):
        assert client.get(path).status_code == 200, path
