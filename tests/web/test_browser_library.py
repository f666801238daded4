"""Keeping the library, and the keys of every page, in Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.web import live
from tests.web.browsing import CHROMIUM, CRANES, ask, overflow, page_on
from tests.web.fake_desk import FakeDesk
from web.app import create_app

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed at /usr/bin/chromium"),
]
FOCUSED = "document.activeElement.{}"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with live.briefing(tmp_path_factory.mktemp("shelf")) as desk:
        app = create_app(desk, ingest=partial(live.take_in, desk.settings))
        with live.serving(app) as address:
            yield address


def test_a_dropped_file_is_taken_in_and_can_be_opened(browser: Browser, address: str) -> None:
    drop = """form => {
      const data = new DataTransfer();
      data.items.add(new File(["Ferry notes\\n\\nThe ferry sank in calm water last May.\\n"], "ferry.txt"));
      data.items.add(new File([new Uint8Array([1, 2, 3])], "noise.xyz"));
      form.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
    }"""
    with page_on(browser, address) as page:
        page.goto("/library")
        page.locator("#upload").evaluate(drop)
        page.locator(".upload__file.is-failed", has_text="noise.xyz").wait_for()
        page.locator(".upload__file.is-added a").click()
        page.get_by_text("The ferry sank in calm water last May.").wait_for()


def test_metadata_is_corrected_shown_as_edited_and_taken_back(browser: Browser, address: str) -> None:
    with page_on(browser, address) as page:
        page.goto("/library")
        page.get_by_role("link", name="Edit A second look at the port").click()
        page.get_by_label("Publisher").fill("Chamber of Trade")
        page.get_by_label("Published").fill("2025-07-01")
        page.get_by_role("button", name="Save").click()
        page.get_by_text("Chamber of Trade, 1 July 2025").first.wait_for()
        page.goto("/library?q=chamber")
        assert page.locator(".shelf tbody tr", has_text="edited").count() == 1
        page.get_by_role("link", name="Edit A second look at the port").click()
        page.get_by_text("Found in the file: Merchants Council").wait_for()
        page.get_by_role("button", name="Take all corrections back").click()
        page.get_by_text("Merchants Council, June 2025").first.wait_for()


def test_the_library_is_filtered_and_sorted_also_on_a_phone(browser: Browser, address: str) -> None:
    options: dict[str, Any] = {"viewport": {"width": 390, "height": 780}}
    with page_on(browser, address, **options) as page:
        page.goto("/library")
        page.get_by_label("Published from").fill("2025-05")
        page.get_by_label("Sorted by").select_option("published")
        page.get_by_role("button", name="Apply").click()
        page.get_by_role("link", name="Clear").wait_for()
        assert [t.inner_text() for t in page.locator(".shelf tbody th > a").all()] == ["A second look at the port"]
        assert overflow(page) <= 0
        for path in ("/library/names", "/documents/council/edit", "/shortcuts"):
            page.goto(path)
            assert overflow(page) <= 0, path


def test_a_name_is_added_found_and_taken_out(browser: Browser, address: str) -> None:
    with page_on(browser, address) as page:
        page.goto("/library")
        page.get_by_role("link", name="Names that mean the same").click()
        page.get_by_label("New group").fill("cranes\nhoisting engines")
        page.get_by_role("button", name="Add the group").click()
        page.get_by_text("The next question uses it.").wait_for()
        page.goto("/")
        ask(page, "How many hoisting engines were counted in March?")
        assert page.locator(".card", has_text="cranes").count() >= 1
        page.goto("/library/names")
        page.get_by_role("button", name="Remove cranes").click()
        page.get_by_text("No group of your own yet").wait_for()


def test_history_is_searched_and_exported(browser: Browser, address: str) -> None:
    with page_on(browser, address) as page:
        page.goto("/")
        ask(page)
        page.goto("/conversations")
        page.get_by_label("Find in questions and answers").fill("council")
        page.get_by_role("button", name="Search").click()
        page.locator(".matches").first.wait_for()
        page.get_by_text("Export", exact=False).first.click()
        with page.expect_download() as started:
            page.get_by_role("link", name="Markdown").first.click()
        assert CRANES in Path(started.value.path()).read_text()
        page.locator(".matches a").first.click()
        page.locator(".turn:target").wait_for()


def test_the_keys_of_the_list_do_what_it_says(browser: Browser, address: str) -> None:
    with page_on(browser, address) as page:
        page.goto("/")
        ask(page)
        page.reload()
        page.locator(".provenance").wait_for()
        page.locator("h2").first.click()  # out of the field
        page.keyboard.press("?")
        page.get_by_role("dialog", name="Keyboard shortcuts").wait_for()
        page.keyboard.press("Escape")
        page.get_by_role("dialog").wait_for(state="hidden")
        page.keyboard.press("n")
        assert page.evaluate(FOCUSED.format("dataset.cite")) == "1"
        page.keyboard.press("n")
        assert page.evaluate(FOCUSED.format("dataset.cite")) == "2"
        page.keyboard.press("p")
        assert page.evaluate(FOCUSED.format("dataset.cite")) == "1"
        page.keyboard.press("e")
        assert page.evaluate(FOCUSED.format("className")) == "card__open"
        page.keyboard.press("/")
        assert page.evaluate(FOCUSED.format("id")) == "question"
        page.keyboard.type("n?/")  # in a field, letters are letters
        assert page.get_by_label("Question").input_value() == "n?/"
        page.locator(".card__open").first.click()
        page.locator("mark").wait_for()
        page.keyboard.press("n")
        page.get_by_text("citation 2 of").wait_for()
        page.wait_for_load_state()  # before its script runs, a page knows no keys
        page.keyboard.press("/")
        assert page.evaluate(FOCUSED.format("id")) == "find"


def test_single_keys_can_be_switched_off(browser: Browser, address: str) -> None:
    with page_on(browser, address) as page:
        page.goto("/library")
        page.get_by_role("link", name="Keyboard shortcuts").click()
        page.get_by_label("Single keys work outside of fields").uncheck()
        page.get_by_role("button", name="Close").click()
        page.keyboard.press("?")
        assert page.get_by_role("dialog").count() == 0
        page.reload()
        page.get_by_role("link", name="Keyboard shortcuts").click()
        assert not page.get_by_label("Single keys work outside of fields").is_checked()


def test_after_an_answer_questions_are_offered_that_can_be_asked(browser: Browser, tmp_path: Path) -> None:
    desk = FakeDesk(tmp_path)
    with live.serving(create_app(desk, ingest=desk.ingest)) as address, page_on(browser, address) as page:
        page.goto("/")
        ask(page)
        offered = page.get_by_role("region", name="You could go on with").get_by_role("button")
        offered.first.wait_for()
        question = offered.first.inner_text()
        offered.first.click()
        page.locator(".turn").nth(1).locator(".provenance").wait_for()
        assert page.locator(".turn__question").nth(1).inner_text() == question
        page.locator(".turn").nth(1).locator(".next").wait_for()
        assert page.locator(".next").count() == 1  # under the last answer only
