"""Several users in Chromium: the way in and out, two people side by side, the pages of admins."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from rag.types import Role
from tests.web import live
from tests.web.auth import people
from tests.web.auth.people import PASSWORD
from tests.web.browsing import CHROMIUM, CRANES, ask, overflow, page_on

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed at /usr/bin/chromium"),
]
AMAL = "amal.haddad@foreign-policy.example"
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 780}, "has_touch": True}


@pytest.fixture(scope="module")
def address(small: people.Desk) -> Iterator[str]:
    for name, role in ((AMAL, Role.READER), ("basim", Role.EDITOR), ("root", Role.ADMIN)):
        small.add(name, role)
    with live.serving(small.app) as address:
        yield address


def log_in(page: Page, name: str, password: str = PASSWORD) -> None:
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()


@contextmanager
def logged_in(browser: Browser, address: str, name: str, **options: Any) -> Iterator[Page]:
    with page_on(browser, address, **options) as page:
        page.goto("/")
        log_in(page, name)
        page.get_by_text("What do the reports say?").wait_for()
        yield page


def test_a_wrong_password_is_said_and_the_right_one_leads_on(browser: Browser, address: str) -> None:
    context = browser.new_context(base_url=address)  # a refused log-in is an error in the console, rightly
    page = context.new_page()
    page.goto("/memos")
    log_in(page, "basim", "wrong password")
    assert page.get_by_role("alert").inner_text() == "Name or password is wrong."
    assert page.get_by_label("Name").input_value() == "basim"
    assert page.get_by_label("Password").evaluate("e => e === document.activeElement")
    log_in(page, "basim")
    page.wait_for_url("**/memos")
    context.close()


def test_two_people_do_not_see_each_others_things(browser: Browser, address: str) -> None:
    with (
        logged_in(browser, address, AMAL) as amal,
        logged_in(browser, address, "basim") as basim,
    ):
        amal.get_by_label("Question").focus()
        ask(amal)  # streamed: the script sends the page's token
        amal.get_by_text("Feedback").click()
        amal.get_by_label("It is right").check()
        amal.get_by_role("button", name="Send").click()
        amal.get_by_text("Your verdict is kept").wait_for()
        amal.goto("/conversations")
        assert amal.get_by_role("link", name=CRANES).count() == 1
        link = amal.get_by_role("link", name=CRANES).get_attribute("href")
        basim.goto("/conversations")
        assert basim.get_by_text("Nothing has been asked yet.").count() == 1
        reply = basim.request.get(str(link))
        assert reply.status == 404
        assert CRANES not in reply.text()


def test_an_editor_uploads_and_a_reader_is_not_asked_to(browser: Browser, address: str) -> None:
    with logged_in(browser, address, "basim") as page:
        page.goto("/library")
        file: Any = {"name": "quay.md", "mimeType": "text/markdown", "buffer": b"# Quay\n\nNine bollards stand there."}
        page.get_by_label("Add reports").set_input_files(file)
        page.get_by_role("button", name="Upload").click()
        page.get_by_text("added", exact=True).wait_for()
    with logged_in(browser, address, AMAL) as page:
        page.goto("/library")
        page.get_by_role("link", name="quay", exact=True).wait_for()
        assert page.get_by_text("Add reports").count() == 0
        assert page.get_by_role("link", name=re.compile("Remove")).count() == 0


def test_after_log_out_nothing_comes_back(browser: Browser, address: str) -> None:
    with logged_in(browser, address, "basim", **PHONE) as page:
        page.goto("/account")
        page.get_by_text("basim", exact=True).first.click()
        page.get_by_role("button", name="Log out").click()
        page.get_by_text("You are logged out.").wait_for()
        page.go_back()
        page.wait_for_url("**/login?next=%2Faccount")
        assert page.get_by_role("heading", name="Log in").count() == 1


def test_without_scripts_everything_works_as_well(browser: Browser, address: str) -> None:
    with logged_in(browser, address, "root", java_script_enabled=False) as page:
        page.get_by_label("Question").fill(CRANES)
        page.get_by_role("button", name="Ask", exact=True).click()
        page.locator(".statement .chip").first.wait_for()
        page.locator(".whoami summary").click()
        page.get_by_role("link", name="Users").click()
        page.locator("[name=name]").fill("Cyrus")
        page.get_by_label("First password").fill(PASSWORD)
        page.get_by_role("button", name="Add the account").click()
        page.get_by_text("The account is made.").wait_for()
        page.get_by_label("Role of cyrus", exact=True).select_option("editor")
        page.get_by_role("button", name="Save the role of cyrus").click()
        page.get_by_text("The role is changed").wait_for()
        assert page.get_by_label("Role of cyrus", exact=True).input_value() == "editor"
        page.get_by_role("link", name="Remove cyrus").click()
        page.get_by_role("button", name="Remove").click()
        page.get_by_text("The account is removed").wait_for()
        page.goto("/account")
        page.get_by_label("What it is for").fill("weekly script")
        page.get_by_role("button", name="Make a token").click()
        assert page.get_by_label("The new token").input_value().startswith("bd_")
        page.get_by_role("button", name="Revoke weekly script").click()
        page.get_by_text("The token is revoked").wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_never_scrolls_sideways(browser: Browser, address: str, scheme: str) -> None:
    with page_on(browser, address, **PHONE, color_scheme=scheme) as page:
        page.goto("/login")
        assert overflow(page) <= 0
        log_in(page, AMAL)
        page.get_by_text("What do the reports say?").wait_for()
        tops = [page.locator(part).evaluate("e => e.getBoundingClientRect().top") for part in (".wordmark", ".whoami")]
        assert abs(tops[0] - tops[1]) < 15, "a long name pushes the menu into a line of its own"
        page.locator(".whoami summary").click()
        page.get_by_role("button", name="Log out").click()
        log_in(page, "root")
        page.get_by_text("What do the reports say?").wait_for()
        for path in ("/", "/users", "/account", f"/users/{AMAL}/remove"):
            page.goto(path)
            assert overflow(page) <= 0, path
            page.locator(".whoami summary").click()
            assert overflow(page) <= 0, path
            box = page.locator(".whoami .menu__panel").bounding_box()
            assert box is not None
            assert 0 <= box["x"] <= 390 - box["width"]


def test_axe_finds_nothing_serious(browser: Browser, address: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    context = browser.new_context(base_url=address, bypass_csp=True)  # the checker's script is not one of ours
    page = context.new_page()
    page.goto("/login")
    found = {"/login": Axe().run(page).response["violations"]}
    log_in(page, "root")
    page.get_by_text("What do the reports say?").wait_for()
    for path in ("/account", "/users", "/users/basim/remove", "/users/basim/password"):
        page.goto(path)
        page.locator(".whoami summary").click()
        found[path] = Axe().run(page).response["violations"]
    context.close()
    serious = [
        (path, v["id"])
        for path, violations in found.items()
        for v in violations
        if v["impact"] in ("serious", "critical")
    ]
    assert serious == []
