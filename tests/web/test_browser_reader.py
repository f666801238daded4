"""Reading a report in Chromium: the quote in the text and on its printed page, search inside, notes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ingest import sandbox
from tests.ingest.typeset import pdf
from tests.web import live
from tests.web.browsing import CHROMIUM, IN_VIEW, ask, overflow, page_on
from web.app import create_app

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed at /usr/bin/chromium"),
]
FILLER = " ".join(f"Ferry number {n} crossed the strait on a calm morning and came back late." for n in range(1, 40))
STRAIT = f"""
#set page(width: 14cm, height: 16cm, numbering: "1", header: [Strait Review 12])
#set text(size: 10pt)
= The strait in winter
By Hanna Quist

== Traffic
{FILLER}

#pagebreak()
== Ice
The icebreaker freed 23 trawlers#footnote[Counted by the coast guard.] in the second week of February.
Pilots of the narrows ask for a second icebreaker.
"""
ICE = "How many trawlers did the icebreaker free in February?"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("reader")
    strait = folder / "strait.pdf"
    strait.write_bytes(pdf(STRAIT))
    with live.briefing(folder / "live") as desk:
        report = live.take_in(desk.settings, [strait])
        assert not report.failed
        app = create_app(desk, ingest=partial(live.take_in, desk.settings))
        with live.serving(app) as address:
            yield address
    sandbox.close()


def open_quote(page: Page) -> str:
    """Asks about the ice and opens the first quote from the strait report; its words."""
    page.goto("/?document=strait")
    ask(page, ICE)
    card = page.locator(".card", has_text="23 trawlers").first
    quote = card.locator("blockquote").text_content() or ""
    card.locator(".card__open").click()
    page.locator("#quote").wait_for()
    return quote


def test_the_quote_is_boxed_on_its_printed_page_beside_the_text(browser: Browser, address: str) -> None:
    with page_on(browser, address) as page:
        quote = open_quote(page)
        mark = page.locator("mark")
        assert mark.text_content() == quote
        assert mark.evaluate(IN_VIEW)
        image = page.get_by_role("img", name="of the original, the quote boxed")
        page.wait_for_function("i => i.complete && i.naturalWidth === 1200", arg=image.element_handle())
        box = page.locator(".sheet__boxes rect").first
        assert box.evaluate(IN_VIEW)
        assert page.get_by_text("The quote is boxed.").is_visible()
        shown = page.locator("[data-shown]")
        number = int(shown.inner_text())
        page.get_by_role("link", name="Page before").click()
        page.get_by_text("The quote stands on").wait_for()
        assert int(shown.inner_text()) == number - 1
        assert page.locator(".sheet__boxes rect").count() == 0
        page.get_by_role("link", name=f"page {number}", exact=True).click()
        box.wait_for()
        assert page.url.endswith("#quote")  # no page was loaded for it


def test_the_original_can_be_hidden_and_stays_hidden(browser: Browser, address: str) -> None:
    with page_on(browser, address) as page:
        page.goto("/documents/strait")
        page.get_by_text("Original page", exact=True).click()
        assert not page.locator(".sheet").is_visible()
        page.reload()
        page.locator("#text").wait_for()
        assert not page.locator(".sheet").is_visible()
        page.locator("a.page-mark").nth(1).click()  # asking for a page brings it back
        page.locator(".sheet").wait_for()
        assert page.locator("[data-shown]").inner_text() == "2"


def test_without_scripts_page_and_box_are_there(browser: Browser, address: str) -> None:
    with page_on(browser, address, java_script_enabled=False) as page:
        page.goto("/")
        page.get_by_label("Question").fill(ICE)
        page.get_by_role("button", name="Ask", exact=True).click()
        page.locator(".card", has_text="23 trawlers").first.locator(".card__open").click()
        page.locator(".sheet__boxes rect").first.wait_for()
        page.get_by_role("link", name="Page before").click()
        page.get_by_text("The quote stands on").wait_for()


def test_on_a_phone_the_page_is_folded_above_the_text(browser: Browser, address: str) -> None:
    options: dict[str, Any] = {"viewport": {"width": 390, "height": 780}, "has_touch": True}
    with page_on(browser, address, **options) as page:
        open_quote(page)
        assert page.locator("mark").evaluate(IN_VIEW)
        assert overflow(page) <= 0
        page.locator(".original summary").click()
        page.locator(".sheet img").wait_for()
        assert overflow(page) <= 0


def test_search_inside_counts_steps_and_ends(browser: Browser, address: str) -> None:
    hits = "[...(CSS.highlights.get('find') || [])].map(r => r.toString())"
    current = "[...CSS.highlights.get('find-current')][0].startContainer.parentElement.closest('p, h2, h3').textContent"
    with page_on(browser, address) as page:
        page.goto("/documents/strait")
        field = page.get_by_label("Search in this report")
        field.fill("ICEBREAKER")
        count = page.locator("#find-count")
        page.locator("#find-count", has_text="1 of 2").wait_for()
        assert page.evaluate(hits) == ["icebreaker", "icebreaker"]
        field.press("Enter")
        page.locator("#find-count", has_text="2 of 2").wait_for()
        assert "second icebreaker" in page.evaluate(current)
        field.press("Shift+Enter")
        assert count.inner_text() == "1 of 2"
        field.fill("zeppelin")
        page.locator("#find-count", has_text="Not found").wait_for()
        field.press("Escape")
        assert page.evaluate(hits) == []
        assert count.inner_text() == ""


def test_notes_lead_to_the_text_and_back(browser: Browser, address: str) -> None:
    with page_on(browser, address) as page:
        page.goto("/documents/strait")
        page.get_by_role("link", name="note 1", exact=True).click()
        note = page.locator(".note:target")
        note.wait_for()
        assert "Counted by the coast guard" in note.inner_text()
        note.get_by_role("link", name="back to the text").click()
        page.locator(".note-mark:target").wait_for()
        assert page.locator(".note-mark:target").evaluate(IN_VIEW)


def test_a_report_without_pages_has_no_panel_and_its_original_can_be_downloaded(
    browser: Browser, address: str
) -> None:
    with page_on(browser, address) as page:
        page.goto("/documents/harbour")
        assert page.locator("[data-original]").count() == 0
        page.get_by_text("About this report", exact=True).click()
        with page.expect_download() as started:
            page.get_by_role("link", name="Download the original").click()
        assert Path(started.value.path()).read_text() == live.REPORTS["harbour.md"]
