"""Every page under axe-core in Chromium, light and dark: nothing serious, nothing critical.

The walk below is the list of pages; a new page gets its line there.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from eval import history
from ingest import sandbox
from rag.settings import Settings
from rag.types import IngestReport, Role
from tests.ingest.typeset import pdf
from tests.web import live
from tests.web.auth import people
from tests.web.auth.people import PASSWORD
from tests.web.axe import faults
from tests.web.browsing import CHROMIUM, ask
from tests.web.test_quality import run as quality_run
from web.app import create_app
from web.memo_jobs import MemoJobs

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed at /usr/bin/chromium"),
]
STRAIT = """
#set page(width: 14cm, height: 16cm, numbering: "1")
= The strait in winter
The icebreaker freed 23 trawlers#footnote[Counted by the coast guard.] in the second week of February.
Pilots of the narrows ask for a second icebreaker.
"""
ICE = "How many trawlers did the icebreaker free in February?"
MEMO = "A memo for the port board: how many working cranes were counted, and what does the north channel need?"
OPEN = "selector => document.querySelectorAll(selector).forEach(part => { part.open = true; })"
Look = Callable[[str], None]


class Held:
    """Ingest and memo steps that wait, so that what is under way can be looked at."""

    def __init__(self) -> None:
        self.go_on = threading.Event()

    def ingest(self, settings: Settings, paths: Sequence[Path], **more: Any) -> IngestReport:
        assert self.go_on.wait(120)
        return live.take_in(settings, paths, **more)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[people.Desk]:
    """Accounts, three reports of which one has page images, kept evaluations."""
    folder = tmp_path_factory.mktemp("axe")
    (folder / "strait.pdf").write_bytes(pdf(STRAIT))
    with people.opened(folder / "desk") as desk:
        settings = desk.briefing.settings
        assert not live.take_in(settings, [folder / "strait.pdf"]).failed
        for day, value in ((1, 0.5), (2, 0.8)):
            history.keep(quality_run(day, value), settings.data_dir)
        for name, role in (("amal", Role.READER), ("root", Role.ADMIN)):
            desk.add(name, role)
        yield desk
    sandbox.close()


@pytest.fixture(scope="module")
def address(desk: people.Desk) -> Iterator[str]:
    with live.serving(desk.app) as address:
        yield address


def log_in(page: Page, look: Look) -> None:
    page.goto("/login")
    look("login")
    page.get_by_label("Name").fill("root")
    page.get_by_label("Password").fill("wrong password")
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("alert").wait_for()
    look("login refused")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.get_by_text("What do the reports say?").wait_for()


def chat(page: Page, look: Look) -> None:
    look("chat empty")
    page.locator(".filters > summary").click()
    page.locator(".whoami summary").click()
    look("chat, filters and account menu open")
    page.goto("/")
    ask(page)
    page.get_by_text("Feedback").click()
    page.locator(".considered summary").click()
    page.locator(".chip").first.focus()
    look("answer with evidence")
    page.keyboard.press("Escape")
    page.goto(page.get_by_role("link", name="Link to this answer").get_attribute("href") or "")
    look("answer on a page of its own")
    page.locator(".card__open").first.click()
    page.locator("#quote").wait_for()
    page.evaluate(OPEN, ".reader__side details")
    look("reader at a quote")
    page.goto("/")
    ask(page, "What is the colour of the moons of Jupiter?")
    look("refusal")
    page.goto("/?document=strait")
    ask(page, ICE)
    page.locator(".card", has_text="23 trawlers").first.locator(".card__open").click()
    image = page.get_by_role("img", name="of the original, the quote boxed")
    page.wait_for_function("i => i.complete && i.naturalWidth > 0", arg=image.element_handle())
    look("reader with a page image")


def library(page: Page, look: Look) -> None:
    for path in ("/library", "/library?q=nothing+like+it", "/documents/harbour", "/documents/harbour/edit",
                 "/documents/harbour/remove", "/conversations", "/conversations?q=nothing", "/eval", "/shortcuts",
                 "/nowhere"):  # fmt: skip
        page.goto(path)
        page.evaluate(OPEN, "main details")
        look(path)
    page.goto("/library/names")
    page.get_by_label("New group").fill("north channel\nupper fairway")
    page.get_by_role("button", name="Add the group").click()
    page.get_by_text("Added. The next question uses it.").wait_for()
    look("names")
    page.get_by_role("button", name="Remove north channel").click()  # the next walk adds it again
    page.wait_for_load_state()


def memos(page: Page, look: Look) -> None:
    page.goto("/memos/new")
    look("memo new")
    page.get_by_label("What the memo is for and about").fill(MEMO)
    page.get_by_role("button", name="Look at the outline").click()
    page.locator(".part__heading").first.wait_for()
    look("memo outline")
    page.get_by_role("button", name="Write the memo").last.click()
    page.locator(".memo").wait_for()
    page.get_by_text("Export", exact=True).click()
    page.locator(".audit > summary").click()
    look("memo")
    page.get_by_role("link", name="Edit").click()
    field = page.locator("textarea", has_text="37 working cranes").first
    field.fill(field.input_value().replace("37", "73"))
    field.blur()
    page.locator(".edit__verdict .tag--doubt").first.wait_for()
    look("memo edit")
    page.get_by_role("button", name="Save as a new version").click()
    page.locator(".statement.is-flagged").first.wait_for()
    look("memo with a doubted statement")
    page.get_by_role("link", name="compare version 1 with this one").click()
    page.locator("del").first.wait_for()
    look("memo compare")
    page.goto("/memos")
    look("memos")


def accounts(page: Page, look: Look) -> None:
    page.goto("/account")
    page.get_by_label("What it is for").fill("weekly script")
    page.get_by_role("button", name="Make a token").click()
    page.get_by_label("The new token").wait_for()
    look("account with a new token")
    for path in ("/users", "/users/amal/password", "/users/amal/remove"):
        page.goto(path)
        look(path)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_a_serious_fault(browser: Browser, address: str, scheme: Any) -> None:
    # high enough that the composer, which stays at the foot of the window, covers nothing that is measured
    tall: Any = {"viewport": {"width": 1280, "height": 1800}}
    context = browser.new_context(base_url=address, bypass_csp=True, color_scheme=scheme, **tall)
    page = context.new_page()
    found: list[str] = []

    def look(name: str) -> None:
        found.extend(faults(page, name))

    for walk in (log_in, chat, library, memos, accounts):
        walk(page, look)
    context.close()
    assert found == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_empty_pages_and_work_under_way_have_none_either(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scheme: Any
) -> None:
    held = Held()
    settings = Settings(data_dir=tmp_path / "data", _env_file=None)
    write = MemoJobs._write
    monkeypatch.setattr(MemoJobs, "_write", lambda jobs, *work: (held.go_on.wait(120), write(jobs, *work))[1])
    with live.opened(settings) as desk:
        app = create_app(desk, ingest=partial(held.ingest, settings))
        with live.serving(app) as address:
            context = browser.new_context(base_url=address, bypass_csp=True, color_scheme=scheme)
            page = context.new_page()
            found: list[str] = []
            for path in ("/", "/library", "/library/names", "/conversations", "/memos", "/memos/new", "/eval"):
                page.goto(path)
                found += faults(page, f"empty {path}")
            page.goto("/library")
            file: Any = {"name": "quay.md", "mimeType": "text/markdown", "buffer": b"Nine bollards stand there."}
            page.get_by_label("Add reports").set_input_files(file)
            page.get_by_role("button", name="Upload").click()
            page.locator(".upload__file").wait_for()
            found += faults(page, "upload running")
            page.goto("/memos/new")
            page.get_by_label("What the memo is for and about").fill(MEMO)
            page.get_by_role("button", name="Write it at once").click()
            page.locator("progress").wait_for()
            found += faults(page, "memo being written")
            page.goto("/memos")
            found += faults(page, "memos with one being written")
            held.go_on.set()
            context.close()
    assert found == []
