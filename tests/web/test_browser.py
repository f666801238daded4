"""A reader's way through the application, in Chromium, on a real small library."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from eval import history
from tests.web import live
from tests.web.browsing import CHROMIUM, CRANES, IN_VIEW, ask, overflow, page_on
from tests.web.fake_desk import FakeDesk
from tests.web.test_quality import run as quality_run
from web.app import create_app

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed at /usr/bin/chromium"),
]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with live.briefing(tmp_path_factory.mktemp("live")) as desk:
        app = create_app(desk, ingest=partial(live.take_in, desk.settings))
        with live.serving(app) as address:
            yield address


def quotes(page: Page) -> list[tuple[str | None, str | None]]:
    cards = page.locator(".card").all()
    return [(c.get_attribute("data-card"), c.locator("blockquote").text_content()) for c in cards]


def test_a_question_by_keyboard_leads_to_the_quote_marked_and_in_view(
    browser: Browser, address: str
) -> None:
    with page_on(browser, address) as page:
        page.goto("/")
        ask(page)  # the question has the focus from the start
        streamed, shown = page.locator(".turn").inner_text(), quotes(page)
        assert shown
        page.reload()
        assert page.locator(".turn").inner_text() == streamed  # the same words, numbers and quotes
        assert quotes(page) == shown
        chip = page.locator(".statement .chip").first
        number = chip.get_attribute("data-cite")
        chip.focus()
        assert page.locator(".preview blockquote").text_content() == dict(shown)[number]
        page.keyboard.press("Escape")
        assert page.locator(".preview").count() == 0
        page.keyboard.press("Enter")
        mark = page.locator("mark")
        mark.wait_for()
        assert mark.text_content() == dict(shown)[number]
        assert mark.evaluate(IN_VIEW)
        page.get_by_role("link", name="Next citation").click()
        page.wait_for_load_state()
        assert mark.text_content() == dict(shown)["2"]
        assert mark.evaluate(IN_VIEW)
        page.get_by_role("link", name="Back to the answer").click()
        assert page.locator(".turn__question").inner_text() == CRANES


def test_without_scripts_the_same_answer_and_the_same_mark(browser: Browser, address: str) -> None:
    with page_on(browser, address, java_script_enabled=False) as page:
        page.goto("/")
        page.get_by_label("Question").fill(CRANES)
        page.get_by_role("button", name="Ask", exact=True).click()
        chip = page.locator(".statement .chip").first
        chip.wait_for()
        quote = page.locator(".card blockquote").first.text_content()
        chip.click()
        mark = page.locator("mark")
        assert mark.text_content() == quote
        box = mark.bounding_box()
        assert box is not None
        assert 0 <= box["y"] <= 800 - box["height"]


def test_a_phone_never_scrolls_sideways(browser: Browser, address: str) -> None:
    options: dict[str, Any] = {"viewport": {"width": 390, "height": 780}, "has_touch": True}
    with page_on(browser, address, **options) as page:
        page.goto("/")
        assert overflow(page) <= 0
        ask(page)
        assert overflow(page) <= 0
        for path in ("/library", "/conversations", "/documents/harbour", "/documents/harbour/remove"):
            page.goto(path)
            assert overflow(page) <= 0, path


def test_dark_follows_the_system_and_the_button(browser: Browser, address: str) -> None:
    def luminance(page: Page) -> float:
        colour: str = page.evaluate("getComputedStyle(document.body).backgroundColor")
        return sum(float(c) for c in colour[colour.index("(") + 1 : -1].split(",")[:3]) / 3

    with page_on(browser, address, color_scheme="dark") as page:
        page.goto("/")
        assert luminance(page) < 60
        page.get_by_role("button", name="Switch between light and dark").click()
        assert luminance(page) > 200
        page.goto("/library")
        assert luminance(page) > 200  # the choice is remembered


def test_filters_are_chips_that_can_be_taken_off(browser: Browser, address: str) -> None:
    with page_on(browser, address) as page:
        page.goto("/?document=council")
        assert page.locator(".filter-chip").count() == 1
        ask(page)
        assert {c.inner_text() for c in page.locator(".card cite").all()} == {"Merchants Council, June 2025"}
        page.reload()
        assert page.locator(".filter-chip").count() == 1
        page.locator(".filter-chip").click()
        assert page.locator(".filter-chip").count() == 0


def test_a_refusal_shows_the_nearest_quotes(browser: Browser, address: str) -> None:
    with page_on(browser, address) as page:
        page.goto("/")
        ask(page, "Who is the king of Norway?")
        assert page.locator(".refusal").is_visible()
        assert page.locator(".statement").count() == 0
        streamed = page.locator(".turn").inner_text()
        page.reload()
        assert page.locator(".turn").inner_text() == streamed


@pytest.mark.parametrize(("language", "doing", "direction"), [("Français", "fr", "ltr"), ("العربية", "ar", "rtl")])
def test_a_chosen_language_holds_for_scripts_too_and_keeps_the_place(
    browser: Browser, address: str, language: str, doing: str, direction: str
) -> None:
    with page_on(browser, address) as page:
        page.goto("/")
        ask(page)
        asked = urlsplit(page.url).path
        page.get_by_role("button", name=language).click()
        page.locator(f"html[lang={doing}][dir={direction}]").wait_for()
        assert urlsplit(page.url).path == asked  # the conversation, which began on the empty page
        page.locator("#question").focus()
        ask(page, "And the night shift?")
        page.locator(".turn").nth(1).locator(".provenance").wait_for()
        streamed = page.locator(".turn").nth(1).inner_text()
        assert "language model" not in streamed
        page.reload()
        assert page.locator(".turn").nth(1).inner_text() == streamed


def test_an_answer_is_copied_with_its_quotes_and_judged(browser: Browser, address: str) -> None:
    with page_on(browser, address, permissions=["clipboard-read", "clipboard-write"]) as page:
        page.goto("/")
        ask(page)
        page.get_by_role("button", name="Copy with citations").click()
        page.get_by_role("button", name="Copied").wait_for()
        copied: str = page.evaluate("navigator.clipboard.readText()")
        assert copied.startswith(CRANES)
        for number, quote in quotes(page):
            assert f"[{number}] “{quote}”" in copied
        page.get_by_text("Feedback", exact=True).click()
        page.get_by_label("The evidence does not show it").check()
        page.get_by_role("button", name="Send").click()
        page.get_by_text("Your verdict is kept").wait_for()


def test_the_keyboard_alone_reaches_content_and_evidence(browser: Browser, address: str) -> None:
    with page_on(browser, address) as page:
        page.goto("/library")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"
        page.goto("/")
        ask(page)
        for _ in range(30):  # backwards from the question to the last link of the evidence
            page.keyboard.press("Shift+Tab")
            if page.evaluate("document.activeElement.className") == "card__open":
                break
        assert page.evaluate("document.activeElement.closest('.card').classList.contains('is-active')")
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline == "solid"


def test_an_upload_is_taken_in_asked_about_and_removed(
    browser: Browser, address: str, tmp_path: Path
) -> None:
    good, bad = tmp_path / "lighthouse.txt", tmp_path / "nothing.txt"
    good.write_text("Lighthouse notes\n\nThe lighthouse keeper repaired the lamp twice in August.\n")
    bad.write_text("")
    with page_on(browser, address) as page:
        page.goto("/library")
        page.locator("#files").set_input_files([good, bad])
        page.get_by_role("button", name="Upload").click()
        page.locator(".upload__file.is-added").wait_for()
        assert "empty" in page.locator(".upload__file.is-failed").inner_text()
        page.goto("/?document=lighthouse")
        ask(page, "What did the lighthouse keeper repair?")
        assert "repaired the lamp twice" in page.locator(".card").first.inner_text()
        page.goto("/documents/lighthouse/remove")
        page.get_by_role("button", name="Remove").click()
        assert page.locator("a[href='/documents/lighthouse']").count() == 0


def test_statements_appear_while_the_answer_is_written_and_stop_stops(
    browser: Browser, tmp_path: Path
) -> None:
    desk = FakeDesk(tmp_path)
    desk.pause = threading.Event()
    with live.serving(create_app(desk, ingest=desk.ingest)) as address, page_on(browser, address) as page:
        page.goto("/")
        page.keyboard.type(CRANES)
        page.keyboard.press("Enter")
        page.locator(".statement").first.wait_for()
        assert page.locator(".provenance").count() == 0  # the answer is not there yet
        assert "council counted 37" in page.locator("#live").inner_text()
        page.get_by_role("button", name="Stop").click()
        page.get_by_role("button", name="Try again").wait_for()
        page.wait_for_timeout(500)  # the server hears of the closed connection before the writer goes on
        desk.pause.set()
        page.get_by_role("button", name="Try again").click()
        page.locator(".provenance").wait_for()
        assert page.locator(".is-flagged").count() == 0
        while desk.closed < 2:  # the stopped one is closed too, or the test never ends
            page.wait_for_timeout(20)
        assert len(desk.conversations.kept) == 1  # and left nothing behind


def test_a_memo_is_ordered_outlined_written_read_and_edited(browser: Browser, address: str) -> None:
    with page_on(browser, address) as page:
        page.goto("/memos/new")
        page.get_by_label("What the memo is for and about").fill(
            "A memo for the port board: how many working cranes were counted, and what does the north channel need?"
        )
        page.get_by_role("button", name="Look at the outline").click()
        fields = page.locator(".part__heading")
        fields.first.wait_for()
        page.wait_for_load_state()
        names = [f.input_value() for f in fields.all()]
        assert names[:2] == ["Bottom line", "Key judgements"]
        page.get_by_role("button", name=f"Move down: {names[2]}").click()
        moved = [f.input_value() for f in fields.all()]
        assert moved == [*names[:2], names[3], names[2], *names[4:]]
        grip = page.locator(".part__grip").nth(3)
        grip.drag_to(page.locator("[data-part]").nth(2), target_position={"x": 60, "y": 2})
        assert [f.input_value() for f in fields.all()] == names
        page.get_by_role("button", name=f"Remove: {names[-1]}").click()
        assert [f.input_value() for f in fields.all()] == names[:-1]
        fields.first.fill("In one line")
        page.get_by_role("button", name="Write the memo").last.click()
        page.locator(".memo").wait_for()
        page.wait_for_load_state()
        assert page.locator(".memo__section h2").first.text_content() == "In one line"
        chip = page.locator(".memo .statement .chip").first
        chip.focus()
        card = page.locator(f'.card[data-card="{chip.get_attribute("data-cite")}"]')
        assert "is-active" in (card.get_attribute("class") or "")
        page.get_by_text("Export", exact=True).click()
        links = [a.get_attribute("href") or "" for a in page.locator(".menu a").all()]
        for link in links:
            reply = page.request.get(link)
            assert reply.status == 200, link
            assert "attachment" in reply.headers["content-disposition"]
        read = page.url
        page.get_by_role("link", name="Edit").click()
        field = page.locator("textarea", has_text="37 working cranes").first
        field.wait_for()
        page.wait_for_load_state()
        field.fill((field.input_value()).replace("37", "73"))
        field.blur()
        verdict = page.locator(f"#v-{field.get_attribute('data-at')}")
        verdict.locator(".tag--doubt").wait_for()
        assert "73" in (verdict.text_content() or "")
        page.get_by_role("button", name="Save as a new version").click()
        page.locator(".statement.is-flagged").first.wait_for()
        assert page.url != read
        page.get_by_role("link", name="compare version 1 with this one").click()
        page.locator("del").first.wait_for()
        assert page.locator("del", has_text="37").count() >= 1
        assert page.locator("ins", has_text="73").count() >= 1


def test_past_evaluations_are_plotted_and_a_run_can_be_chosen(
    browser: Browser, tmp_path: Path
) -> None:
    desk = FakeDesk(tmp_path / "data")
    for day, value in ((1, 0.5), (2, 0.8)):
        history.keep(quality_run(day, value), desk.settings.data_dir)
    app = create_app(desk, ingest=desk.ingest)
    with live.serving(app) as address, page_on(browser, address) as page:
        page.goto("/")
        page.get_by_role("link", name="Quality").click()
        picture = page.get_by_role("img", name="fact_recall over 2 runs")
        picture.wait_for()  # the click returns before the page is there
        assert picture.locator("circle").count() == 2
        page.get_by_role("link", name="1 November 2026, 10:00 UTC").click()
        page.locator(".plot__now", has_text="0.500").wait_for()
        page.locator(".failed-case summary").click()
        assert page.get_by_text("41 working cranes").is_visible()
