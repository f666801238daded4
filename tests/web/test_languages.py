"""Every text of the interface comes from the catalogues, and the catalogues are whole."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from babel.messages import Catalog
from babel.messages.frontend import CommandLineInterface
from babel.messages.pofile import read_po
from fastapi.testclient import TestClient

from eval import history
from eval.metrics import METRICS
from rag import wire
from rag.labels import source_name
from rag.types import Role
from rag.wire_memo import memo_from_json
from tests.web.auth import people
from tests.web.fake_desk import FakeDesk
from tests.web.pseudo import Pseudo, strings, untranslated
from tests.web.test_quality import run
from web import history as asked
from web import i18n, memos, present, quality, texts
from web.memo_jobs import MemoJob
from web.original_page import OriginalPage, State
from web.page_images import Located
from web.templating import environment, render

WEB = Path(__file__).parents[2] / "web"
CRANES = "How many working cranes were counted?"
TASK = "A memo for the port board: how many working cranes were counted, and what does the north channel need?"


@pytest.fixture
def pseudo(monkeypatch: pytest.MonkeyPatch) -> Callable[[TestClient], None]:
    """From now on a client's pages are in the pseudo-language."""

    def speak(client: TestClient) -> None:
        client.cookies.set(i18n.COOKIE, "fr")
        monkeypatch.setattr(i18n, "translations", lambda code: Pseudo())

    return speak


# ------------------------------------------------------------------ pages


def test_pages_on_reports_say_nothing_that_the_catalogues_do_not_know(
    client: TestClient, desk: FakeDesk, pseudo: Callable[[TestClient], None]
) -> None:
    client.get("/documents/harbour")  # what an imported template sets outlives the page it was first made for
    answer = client.post("/api/ask", json={"question": CRANES}).json()
    second = {"question": "And why?", "conversation_id": answer["conversation_id"]}
    followed = client.post("/api/ask", json=second).json()
    refused = client.post("/api/ask", json={"question": "Who reigns in Ruritania?"}).json()
    assert refused["refusal"]
    for day in (1, 2):
        history.keep(run(day, 0.4 + day / 10), desk.settings.data_dir / "eval_runs")
    cited = answer["citations"][0]
    doubt = {"support": "flagged", "problems": ["No quote has that number."]}
    doubtful = {**answer, "id": "doubtful", "statements": [{**s, **doubt} for s in answer["statements"]]}
    desk.conversations.kept[answer["conversation_id"]]["answers"].append(doubtful)
    shown = [answer, refused, doubtful, followed, *(wire.document_json(d) for d in desk.documents())]
    data = {*strings([present.decorate(a) for a in shown[:4]]), *strings(shown), "harbour", "council"}
    data |= {text for d in desk.shelf.values() for text in strings([d.text, *(c.text for c in d.cleaning)])}
    data |= {f"{source_name(d.metadata)}: {d.metadata.title}" for d in desk.documents()}
    data |= {", ".join(d.metadata.authors) for d in desk.documents()}
    data |= {asked.excerpt(row["answer"], "cranes").strip("… ") for row in desk.conversations.search("cranes")}
    data |= {*strings(desk.suggestions()), *METRICS, *strings(run(1, 0.5)), "false premise", "questions.jsonl"}
    pseudo(client)
    place = f"/conversations/{answer['conversation_id']}"
    paths = [
        "/", "/?document=harbour", place, f"/answers/{answer['id']}", f"/answers/{answer['id']}?thanks=true",
        f"/answers/{refused['id']}", "/answers/doubtful", "/conversations", "/conversations?q=cranes",
        "/conversations?q=zzz",
        "/library", "/library?q=cranes&sort=pages", "/library?q=zzz", "/documents/harbour/remove",
        "/documents/harbour", "/documents/council", "/documents/harbour?start=9999999&end=99999999", "/shortcuts",
        f"/documents/{cited['document_id']}?start={cited['start']}&end={cited['end']}&answer={answer['id']}",
        "/eval", "/nope",
    ]  # fmt: skip
    found = {path: untranslated(client.get(path).text, data) for path in paths}
    found["a bad form"] = untranslated(client.post("/ask", data={"question": " "}).text, data)
    desk.shelf.clear()
    found |= {f"{path}, empty": untranslated(client.get(path).text, data) for path in ("/", "/library")}
    assert {path: pieces for path, pieces in found.items() if pieces} == {}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[people.Desk]:
    with people.opened(tmp_path_factory.mktemp("languages")) as desk:
        yield desk


def test_pages_of_memos_names_and_accounts_neither(
    house: people.Desk, pseudo: Callable[[TestClient], None]
) -> None:
    house.add("ada", Role.ADMIN)
    house.add("bo")
    admin = house.of("ada")
    begun = admin.post("/api/memos", json={"task": TASK})
    while (reply := admin.get(f"/api/memos/{begun.json()['id']}")).status_code == 202:
        time.sleep(0.02)
    memo: dict[str, Any] = reply.json()
    document = house.briefing.documents()[0]
    groups = house.briefing.curator.groups_in_force()
    data = {*strings([memo, memos.memo_view(memo)]), *strings([g.names for g in groups]), "ada", "bo", TASK}
    data |= {text for d in house.briefing.documents() for text in strings(wire.document_json(d))}
    data |= {f"{source_name(d.metadata)}: {d.metadata.title}" for d in house.briefing.documents()}
    findings = house.briefing.lint_memo(memo_from_json(memo))
    data |= {*strings([f.message for f in findings]), "ada", "bo"}
    for n in memo["source_notes"]:
        data.add(f"{n['publisher']}, {n['kind']}; {n['date']}. {' '.join(n['remarks'])}")
    data |= {text.rstrip(".") for text in data}  # a name that opens a line of the bibliography ends in a full stop
    pseudo(admin)
    order = {"task": TASK, "template": "two-page"}
    place = f"/memos/{memo['id']}"
    pages = {
        path: admin.get(path)
        for path in (
            "/memos", "/memos/new", place, f"{place}/edit", "/account", "/account?done=password", "/users",
            "/users?done=added", "/users/bo/remove", "/users/bo/password", "/library/names",
            "/library/names?q=zzz", "/library", f"/documents/{document.id}/edit", f"{place}/compare",
        )
    }  # fmt: skip
    pages["outline"] = admin.post("/memos/outline", data=order)
    pages["token"] = admin.post("/account/tokens", data={"label": "ada", "days": ""})
    begun = admin.post(f"/api/memos/{memo['id']}/refresh")
    while (reply := admin.get(f"/api/memos/{begun.json()['id']}")).status_code == 202:
        time.sleep(0.02)
    again: dict[str, Any] = reply.json()
    data |= set(strings([again, memos.memo_view(again)]))
    pages["changes"] = admin.get(f"/memos/{again['id']}/compare?with={memo['id']}")
    pages["versions"] = admin.get(f"/memos/{again['id']}")
    assert pages["changes"].status_code == pages["versions"].status_code == 200
    pages["own user"] = admin.post("/users/ada/remove")
    stranger = house.browser()
    stranger.cookies.set(i18n.COOKIE, "fr")
    pages["/login"] = stranger.get("/login?out=true")
    pages["wrong"] = people.log_in(stranger, "bo", "not the password")
    secret = re.search(r"briefing_\w+|\bbd_\w+", pages["token"].text)
    data |= {secret[0]} if secret else set()
    found = {path: untranslated(page.text, data) for path, page in pages.items()}
    assert {path: pieces for path, pieces in found.items() if pieces} == {}


@pytest.mark.parametrize("state", ["found", "elsewhere", "missing", "plain", "waiting", "unavailable"])
def test_nor_do_the_panel_of_the_original_page_and_the_page_of_a_memo_being_written(
    state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(i18n, "translations", lambda code: Pseudo())
    there = Located(page=2, width=600, height=800, boxes=((10.0, 10.0, 90.0, 20.0),))
    page = OriginalPage(number=2, total=3, image="/x.png", state=state, reason="It is gone today.", places=(there,))
    panel = '{% from "_original.html" import original %}{{ original(p, "x", {"start": 1, "end": 2}) }}'
    shown = environment().from_string(panel).render(p=page)
    assert untranslated(shown, {"It is gone today."}) == []
    job = MemoJob(id="m", task=TASK, created_at="2026-11-01T08:00:00+00:00")
    assert untranslated(bytes(render("memo_progress.html", nav="memos", job=job).body).decode(), {TASK}) == []


def test_a_reader_and_a_stranger_choose_their_language(house: people.Desk) -> None:
    house.add("kim")
    for browser in (house.browser(), house.of("kim")):
        reply = browser.post("/language", data={"code": "ar", "back": "/login"})
        assert (reply.status_code, reply.cookies[i18n.COOKIE]) == (303, "ar")
    assert '<html lang="ar" dir="rtl">' in browser.get("/").text


def test_the_choice_leads_back_to_the_page_it_was_made_on(client: TestClient) -> None:
    def back(reply: Any) -> str:
        found = re.search(r'name="back" value="([^"]*)"', reply.text)
        assert found
        return found[1]

    assert back(client.get("/library?q=crane&sort=title")) == "/library?q=crane&amp;sort=title"
    sent = {"referer": "http://127.0.0.1:8000/?document=harbour"}
    assert back(client.post("/ask", data={"question": " "}, headers=sent)) == "/?document=harbour"
    assert back(client.post("/ask", data={"question": " "}, headers={"referer": "http://evil.example/x"})) == "/"


# ------------------------------------------------------------------ texts of scripts


def _said() -> dict[str, set[str]]:
    """What the scripts ask ``t`` and ``tn`` for."""
    source = "\n".join(path.read_text() for path in WEB.glob("static/*.js"))
    word = r'"((?:[^"\\]|\\.)*)"'
    return {
        "t": set(re.findall(rf"\bt\(\s*{word}", source)),
        "tn": set(re.findall(rf"\btn\(\s*{word},\s*{word}", source)),
    }


def test_scripts_say_what_the_pages_bring_along() -> None:
    said = _said()
    passed_on = {*present.AXES.values(), *texts.STEPS, *texts.CORE}  # come from the server as they are
    assert said["t"] == set(texts.SCRIPTS) - passed_on
    assert said["tn"] == set(texts.COUNTS)


def test_no_script_speaks_for_itself() -> None:
    """A literal with a blank between words, or handed on as content, is a text; texts go through ``t``."""
    for path in WEB.glob("static/*.js"):
        source = re.sub(r"^\s*(//|/\*\*).*$", "", path.read_text(), flags=re.MULTILINE)
        source = re.sub(r'\btn?\(\s*"[^"]*"(,\s*"[^"]*")?', "", source)
        assert not re.findall(r"""["'`][A-Z][a-z]+ [a-z][^"'`]*["'`]""", source), path.name
        assert not re.findall(r'(?:textContent|placeholder|alt|title) = ["`][A-Za-z]', source), path.name
        assert not re.findall(r'(?:\{[^{}]*\}|announce\(), "[A-Z][a-z]+"\)', source), path.name


def test_english_pages_carry_no_texts_and_others_all(client: TestClient, pseudo: Callable[[TestClient], None]) -> None:
    island = re.compile(r'<script type="application/json" id="texts">(.*?)</script>')
    assert island.findall(client.get("/").text) == ["{}"]
    pseudo(client)
    import json

    brought = json.loads(island.findall(client.get("/").text)[0])
    assert brought["Copied"] == "⟦Copied⟧"
    assert brought["%(num)s quote"]["other"] == "⟦%(num)s quotes⟧"


def test_counts_have_a_form_for_each_category_of_the_language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(i18n, "translations", lambda code: Pseudo())
    token = i18n.language.set("ar")
    try:
        assert set(i18n.by_category("one", "many")) == {"zero", "one", "two", "few", "many", "other"}
    finally:
        i18n.language.reset(token)


def test_what_metrics_mean_is_known_to_the_catalogues() -> None:
    assert {m.meaning for m in METRICS.values()} == set(texts.METRICS)
    assert set(quality.BLAME) >= {"parse", "retrieve"}


# ------------------------------------------------------------------ catalogues


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """Every message of the sources, as ``make translations`` collects them."""
    file = tmp_path_factory.mktemp("texts") / "messages.pot"
    keywords = ["-k", "N_", "-k", "NN_:1,2"]
    config = str(WEB / "locale" / "babel.cfg")
    with contextlib.chdir(WEB.parent):
        CommandLineInterface().run(["pybabel", "-q", "extract", "-F", config, *keywords, "-o", str(file), "."])
    with file.open("rb") as source:
        return read_po(source)


@pytest.mark.parametrize("code", sorted(set(i18n.LANGUAGES) - {"en"}))
def test_a_catalogue_has_every_message_of_the_sources_and_none_that_is_unsure(code: str, collected: Catalog) -> None:
    with (i18n.FOLDER / code / "messages.po").open("rb") as source:
        catalogue = read_po(source, locale=code, abort_invalid=True)
    assert [m.id for m in collected if m.id and m.id not in catalogue] == []
    assert [m.id for m in catalogue if m.fuzzy and m.id] == []
    assert [m.id for m in catalogue if m.id and not all(m.string if m.pluralizable else [m.string])] == []
    assert list(catalogue.check()) == []  # placeholders, plural forms
