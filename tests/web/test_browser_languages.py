"""The pages in Arabic and in French in Chromium: chosen at the foot, read from the right side, asked and checked."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from tests.web import browsing, live
from tests.web.axe import faults
from tests.web.browsing import CHROMIUM, CRANES, IN_VIEW, overflow, page_on
from web.app import create_app

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed at /usr/bin/chromium"),
]
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 780}, "has_touch": True}
BASRA = """---
title: أرصفة البصرة
author: سلمى الكاتب
publisher: مركز الموانئ
date: 2025-02-09
language: ar
---

# الرافعات

أحصى مكتب الميناء 52 رافعة عاملة في شهر نيسان. ويرى المكتب أن الأرصفة تحتاج إلى صيانة قبل الصيف.
"""
CODES = {"العربية": "ar", "Français": "fr"}
CRANES_AR = "كم عدد الرافعات العاملة في شهر نيسان؟"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("languages")
    (folder / "basra.md").write_text(BASRA)
    with live.briefing(folder / "live") as desk:
        assert not live.take_in(desk.settings, [folder / "basra.md"]).failed
        with live.serving(create_app(desk, ingest=partial(live.take_in, desk.settings))) as address:
            yield address


def choose(page: Page, name: str) -> None:
    """Chooses a language at the foot of the page, and waits for the page in it."""
    page.locator(".foot").get_by_role("button", name=name).click()
    page.locator(f"html[lang={CODES[name]}]").wait_for(state="attached")
    page.wait_for_load_state()  # until its scripts are there, Enter makes a new line


def ask(page: Page, question: str) -> None:
    page.locator("#question").focus()
    browsing.ask(page, question)


def test_arabic_is_chosen_asked_and_checked_from_right_to_left(browser: Browser, address: str) -> None:
    with page_on(browser, address) as page:
        page.goto("/")
        choose(page, "العربية")
        assert page.locator("html").get_attribute("dir") == "rtl"
        names = page.get_by_role("navigation", name="التنقل الرئيسي").get_by_role("link").all_inner_texts()
        assert names == ["اسأل", "المذكرات", "المكتبة", "السجل", "الجودة"]
        wordmark, first = (page.locator(part).first.bounding_box() for part in (".wordmark", ".masthead nav a"))
        assert wordmark is not None
        assert first is not None
        assert wordmark["x"] > first["x"] > 640 / 2, "the page begins at the right"
        ask(page, CRANES_AR)
        card = page.locator(".card", has_text="52 رافعة").first
        quote = card.locator("blockquote").text_content()
        box, answer = card.bounding_box(), page.locator(".statements").bounding_box()
        assert box is not None
        assert answer is not None
        assert box["x"] < answer["x"], "the evidence stands at the far side of the answer"
        card.get_by_role("link", name="القراءة في التقرير").click()
        page.locator("#quote").wait_for()
        assert page.locator("mark").text_content() == quote
        assert page.locator("mark").evaluate(IN_VIEW)
        assert page.get_by_text("الاستشهاد 1 من").is_visible()


def test_english_words_in_arabic_pages_read_from_left_to_right(browser: Browser, address: str) -> None:
    with page_on(browser, address) as page:
        page.goto("/")
        choose(page, "العربية")
        ask(page, CRANES)
        card = page.locator(".card", has_text="41 working cranes").first
        assert card.locator("blockquote").evaluate("e => getComputedStyle(e).direction") == "ltr"
        assert card.locator("cite").inner_text() == "Institute for Port Studies، April 2025"
        name, date = (part.bounding_box() for part in card.locator("cite bdi").all())
        assert name is not None
        assert date is not None
        assert date["x"] + date["width"] <= name["x"], "the date comes after the name, to its left"
        card.locator(".card__open").click()
        page.locator("#quote").wait_for()
        assert page.locator(".report-text").evaluate("e => getComputedStyle(e).direction") == "ltr"


@pytest.mark.parametrize("name", CODES)
def test_a_phone_never_scrolls_sideways(browser: Browser, address: str, name: str) -> None:
    with page_on(browser, address, **PHONE) as page:
        page.goto("/")
        choose(page, name)
        ask(page, CRANES_AR)
        assert overflow(page) <= 0
        for path in ("/library", "/library/names", "/conversations", "/memos/new", "/eval", "/documents/harbour",
                     "/documents/basra", "/documents/harbour/edit", "/shortcuts"):  # fmt: skip
            page.goto(path)
            assert overflow(page) <= 0, path
            least = page.evaluate("Math.min(...[...document.querySelectorAll('main, main h1')]"
                                  ".map(e => e.getBoundingClientRect().left))")  # fmt: skip
            assert least >= 0, f"{path} runs out at the left"


def test_french_is_chosen_asked_and_counted(browser: Browser, address: str) -> None:
    with page_on(browser, address) as page:
        page.goto("/library")
        choose(page, "Français")
        page.get_by_role("heading", name="Bibliothèque").wait_for()
        assert page.locator("html").get_attribute("lang") == "fr"
        assert page.get_by_text("3 rapports", exact=True).is_visible()
        assert page.get_by_text("avril 2025").is_visible()
        page.get_by_role("link", name="Demander", exact=True).first.click()
        ask(page, CRANES)
        assert "Cité d’après les rapports" in page.locator(".provenance").inner_text()
        page.locator(".card__open").first.click()
        page.locator("#quote").wait_for()
        assert page.get_by_role("link", name="Retour à la réponse").is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_arabic(browser: Browser, address: str, scheme: Any) -> None:
    context = browser.new_context(base_url=address, bypass_csp=True, color_scheme=scheme)
    page = context.new_page()
    page.goto("/")
    choose(page, "العربية")
    ask(page, CRANES_AR)
    found = faults(page, "answer")
    for path in ("/", "/library", "/documents/harbour", "/documents/basra/edit", "/conversations", "/memos/new"):
        page.goto(path)
        found += faults(page, path)
    context.close()
    assert found == []
