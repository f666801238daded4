"""Memos over HTTP and as pages, on a real small library."""

from __future__ import annotations

import html
import re
import time
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.web import live
from tests.web.conftest import BASE
from web import memos
from web.app import create_app

TASK = "A memo for the port board: how many working cranes were counted, and what does the north channel need?"
NOWHERE = "A memo on the lunar chess federation of Zanzibar and its treaty with Atlantis"


@pytest.fixture(scope="module")
def http(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with live.briefing(tmp_path_factory.mktemp("memos")) as desk:
        app = create_app(desk, ingest=partial(live.take_in, desk.settings))
        with TestClient(app, base_url=BASE, raise_server_exceptions=False) as client:
            yield client


def wait(client: TestClient, path: str) -> Any:
    """The reply once the memo is no longer being written."""
    while (response := client.get(path, follow_redirects=False)).status_code == 202:
        assert 0 <= response.json()["share"] <= 1
        time.sleep(0.02)
    return response


def write(client: TestClient, task: str = TASK, **more: Any) -> dict[str, Any]:
    begun = client.post("/api/memos", json={"task": task, **more})
    assert begun.status_code == 202, begun.text
    response = wait(client, f"/api/memos/{begun.json()['id']}")
    assert response.status_code == 200, response.text
    memo: dict[str, Any] = response.json()
    return memo


@pytest.fixture(scope="module")
def memo(http: TestClient) -> dict[str, Any]:
    return write(http)


def first(memo: dict[str, Any], words: str) -> tuple[int, int, str]:
    return next(
        (i, j, s["text"])
        for i, part in enumerate(memo["sections"])
        for j, s in enumerate(part["statements"])
        if words in s["text"]
    )


# ------------------------------------------------------------------ the API


def test_a_memo_has_the_fields_of_the_contract_and_true_quotes(http: TestClient, memo: dict[str, Any]) -> None:
    for field in ("id", "task", "title", "template", "created_at", "as_of", "sections", "citations", "sources",
                  "disagreements", "gaps", "audit"):  # fmt: skip
        assert field in memo
    cited = {n for part in memo["sections"] for s in part["statements"] for n in s["citations"]}
    assert cited <= {c["number"] for c in memo["citations"]}
    for citation in memo["citations"]:
        text = http.get(f"/api/documents/{citation['document_id']}/text").json()["text"]
        assert text[citation["start"] : citation["end"]] == citation["quote"]
    assert http.get(f"/api/memos/{memo['id']}").json() == memo
    assert memo["id"] in [row["id"] for row in http.get("/api/memos").json()]


def test_a_task_the_reports_do_not_speak_of_is_refused_with_the_reason(http: TestClient) -> None:
    begun = http.post("/api/memos", json={"task": NOWHERE}).json()
    response = wait(http, f"/api/memos/{begun['id']}")
    assert response.status_code == 422
    assert response.json()["detail"].startswith("No memo can be written")
    page = http.get(f"/memos/{begun['id']}")
    assert page.status_code == 422
    assert NOWHERE in page.text  # what was typed is not lost
    assert 'role="alert"' in page.text


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"task": " "}, "The task is empty"),
        ({}, "task is missing"),
        ({"task": "x" * 4001}, "longer than 4,000"),
        ({"task": TASK, "template": "ten-page"}, "no memo template 'ten-page'"),
        ({"task": TASK, "as_of": "soon"}, "'soon' is not a date"),
        ({"task": TASK, "filters": {"documents": ["nowhere"]}}, "nowhere"),
        ({"task": TASK, "outline": {"sections": []}}, "outline.sections"),
        ({"task": TASK, "outline": {"sections": [{}]}}, "no section"),
        ({"task": TASK, "asof": "2024"}, "asof is not a known field"),
    ],
)
def test_a_wrong_order_is_refused_at_once(http: TestClient, body: dict[str, Any], says: str) -> None:
    response = http.post("/api/memos", json=body)
    assert response.status_code == 422, response.text
    assert says in response.json()["detail"]


def test_an_outline_can_be_changed_before_writing(http: TestClient) -> None:
    outline = http.post("/api/memos/outline", json={"task": TASK}).json()
    assert {s["role"] for s in outline["sections"]} >= {"bottom_line", "key_judgements"}
    sections = [{"heading": "Cranes that work", "question": "How many working cranes were counted?"}]
    memo = write(http, outline={"title": "On cranes", "sections": sections})
    assert memo["title"] == "On cranes"
    assert [s["heading"] for s in memo["sections"]] == ["Cranes that work"]


def test_an_edit_is_checked_at_once_and_saved_as_a_version(http: TestClient) -> None:
    memo = write(http)
    section, number, text = first(memo, "37 working cranes")
    place = {"section": section, "statement": number}
    lie = text.replace("37", "73")
    checked = http.post(f"/api/memos/{memo['id']}/check", json={**place, "text": lie}).json()
    assert checked["support"] == "flagged"
    assert any("73" in p for p in checked["problems"])
    edited = http.patch(f"/api/memos/{memo['id']}", json={"edits": [{**place, "text": lie}]})
    assert edited.status_code == 201
    again = edited.json()
    assert (again["version"], again["parent_id"]) == (2, memo["id"])
    assert again["sections"][section]["statements"][number]["support"] == "flagged"
    versions = http.get(f"/api/memos/{again['id']}/versions").json()
    assert [v["id"] for v in versions] == [memo["id"], again["id"]]
    changes = http.get(f"/api/memos/{again['id']}/compare", params={"before": memo["id"]}).json()["changes"]
    assert [(c["before"], c["after"]) for c in changes if c["kind"] == "changed"] == [(text, lie)]
    same = {"edits": [{**place, "text": text}]}
    assert http.patch(f"/api/memos/{memo['id']}", json=same).status_code == 422
    outside = {"edits": [{"section": 99, "statement": 0, "text": "x"}]}
    assert http.patch(f"/api/memos/{memo['id']}", json=outside).status_code == 404


def test_a_refresh_is_the_next_version(http: TestClient, memo: dict[str, Any]) -> None:
    begun = http.post(f"/api/memos/{memo['id']}/refresh")
    assert begun.status_code == 202
    again = wait(http, f"/api/memos/{begun.json()['id']}").json()
    assert again["parent_id"] == memo["id"]
    page = http.get(f"/memos/{begun.json()['id']}")
    assert page.url.path == f"/memos/{again['id']}/compare"
    assert "Unchanged" in page.text


@pytest.mark.parametrize("path", ["", "/export?format=md", "/versions", "/compare?before=nothing"])
def test_an_unknown_memo_is_not_found(http: TestClient, path: str) -> None:
    response = http.get(f"/api/memos/nothing{path}")
    assert response.status_code == 404
    assert "nothing" in response.json()["detail"]


# ------------------------------------------------------------------ the pages


def test_the_page_shows_every_statement_with_its_quotes(http: TestClient, memo: dict[str, Any]) -> None:
    page = http.get(f"/memos/{memo['id']}").text
    for part in memo["sections"]:
        assert html.escape(part["heading"]) in page
    for citation in memo["citations"]:
        assert f'data-card="{citation["number"]}"' in page
    cards = re.findall(r'<blockquote dir="auto" class="card__quote">(.*?)</blockquote>', page, re.DOTALL)
    assert [html.unescape(c) for c in cards] == [c["quote"] for c in memo["citations"]]
    for gap in memo["gaps"]:
        assert html.escape(gap, quote=False) in html.unescape(page) or gap in html.unescape(page)
    for name, _ in memos.FORMATS:
        assert f"/export?format={name}" in page


def test_a_quote_of_a_memo_opens_marked_and_leads_back(http: TestClient, memo: dict[str, Any]) -> None:
    page = http.get(f"/memos/{memo['id']}").text
    href = html.unescape(re.findall(r'class="card__open" href="([^"]+)"', page)[0])
    reader = http.get(href).text
    assert f'href="/memos/{memo["id"]}">Back to the memo' in reader
    marked = "".join(re.findall(r"<mark[^>]*>(.*?)</mark>", reader, re.DOTALL))
    quote = memo["citations"][0]["quote"]
    assert html.unescape(re.sub(r"<[^>]+>", "", marked)) == quote


def test_the_whole_way_works_as_plain_forms(http: TestClient) -> None:
    outline = http.post("/memos/outline", data={"task": TASK, "template": "two-page"}).text
    fields = [("task", TASK), ("template", "two-page"), ("title", "Cranes of the port")]
    fields += [("heading", "First"), ("question", "How many cranes work?"), ("role", "body"), ("words", "")]
    fields += [("heading", "Second"), ("question", ""), ("role", "body"), ("words", "")]
    assert "Key judgements" in outline

    def post(path: str, *more: tuple[str, str]) -> str:
        data: dict[str, list[str]] = {}
        for key, value in [*fields, *more]:
            data.setdefault(key, []).append(value)
        return http.post(path, data=data).text

    def headings(page: str) -> list[str]:
        return re.findall(r'name="heading" value="([^"]*)"', page)

    assert headings(post("/memos/outline", ("action", "up:1"))) == ["Second", "First"]
    assert headings(post("/memos/outline", ("action", "remove:0"))) == ["Second"]
    assert headings(post("/memos/outline", ("action", "add"))) == ["First", "Second", ""]
    data = {"task": TASK, "title": "Cranes of the port", "heading": ["Cranes that work", ""],
            "question": ["How many working cranes were counted?", ""], "role": ["body", "body"], "words": ["", ""]}
    response = http.post("/memos", data=data, follow_redirects=False)
    assert response.status_code == 303
    place = response.headers["location"]
    while "Being written" in (page := http.get(place).text):
        time.sleep(0.02)
    assert "Cranes of the port</h1>" in page
    assert ">Cranes that work</h2>" in page


def test_a_bad_form_comes_back_with_the_reason_and_the_words_typed(http: TestClient) -> None:
    page = http.post("/memos", data={"task": "On cranes", "as_of": "soon"})
    assert page.status_code == 422
    assert "&#39;soon&#39; is not a date" in page.text
    assert ">On cranes</textarea>" in page.text


def test_editing_as_a_plain_form_marks_what_is_not_carried(http: TestClient) -> None:
    memo = write(http)
    section, number, text = first(memo, "37 working cranes")
    form = http.get(f"/memos/{memo['id']}/edit").text
    assert html.escape(text, quote=False) in html.unescape(form) or text in html.unescape(form)
    data = {"at": [f"{section}-{number}"], "text": [text.replace("37", "73")]}
    page = http.post(f"/memos/{memo['id']}/edit", data=data)
    assert "1 statement could not be verified" in page.text
    assert "version 2 of 2" in page.text
    unchanged = http.post(f"/memos/{memo['id']}/edit", data={"at": ["0-0"], "text": [""]} | {"at": ["x"]})
    assert unchanged.status_code == 422
    assert "No statement was changed" in unchanged.text


def test_the_list_shows_each_memo_once(http: TestClient) -> None:
    page = http.get("/memos").text
    rows = http.get("/api/memos").json()
    shown = re.findall(r'class="history__title" href="/memos/(\w+)"', page)
    assert len(shown) == len(memos.families(rows)) < len(rows)
    assert len(set(shown)) == len(shown)


def test_an_answer_offers_a_memo_of_its_question(http: TestClient) -> None:
    question = "How many working cranes were counted in March?"
    page = http.post("/ask", data={"question": question}).text
    href = html.unescape(re.findall(r'href="(/memos/new\?[^"]+)"', page)[0])
    assert f">{question}</textarea>" in http.get(href).text


# ------------------------------------------------------------------ pure


def test_a_memo_is_deleted_over_http_and_by_a_button(http: TestClient) -> None:
    for way in ("api", "page"):
        known = write(http)["id"]
        if way == "api":
            assert http.delete(f"/api/memos/{known}").status_code == 204
        else:
            assert f'action="/memos/{known}/delete"' in http.get("/memos").text
            assert http.post(f"/memos/{known}/delete", follow_redirects=False).headers["location"] == "/memos"
        assert http.get(f"/api/memos/{known}").status_code == 404
        assert http.delete(f"/api/memos/{known}").status_code == 404


def test_families_show_the_newest_version() -> None:
    rows = [{"id": i, "parent_id": p} for i, p in [("c", "b"), ("x", None), ("b", "a"), ("a", None), ("o", "gone")]]
    assert [(f["id"], f["versions"]) for f in memos.families(rows)] == [("c", 3), ("x", 1), ("o", 1)]


def test_fixed_sections_keep_the_first_places() -> None:
    rows = memos.posted_rows(["A", "Bottom"], ["", ""], ["body", "bottom_line"], ["", ""])
    assert [r["heading"] for r in rows] == ["Bottom", "A"]
    assert memos.changed_rows(rows, "up:1") == rows
    assert memos.changed_rows(rows, "remove:7") == rows
    assert memos.changed_rows(rows, "nonsense") == rows


def test_word_changes_put_together_give_both_wordings() -> None:
    before, after = "The team counted 41 cranes, twice.", "The team may have counted 37 cranes."
    pieces = memos.word_changes(before, after)
    assert "".join(p["text"] for p in pieces if p["kind"] != "new") == before
    assert "".join(p["text"] for p in pieces if p["kind"] != "gone") == after
