"""The interface in several languages: which one is shown, dates, and the reader's choice."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from web import i18n


@pytest.mark.parametrize(
    ("cookie", "accepted", "shown"),
    [
        (None, "", "en"),
        (None, "fr-CA,fr;q=0.9,en;q=0.8", "fr"),
        (None, "de,ar;q=0.7,en;q=0.3", "ar"),
        (None, "en;q=0.3,ar;q=0.7", "ar"),
        (None, "fr;q=0", "en"),
        (None, "fr;q=much, *;q=0.1", "en"),
        ("ar", "fr", "ar"),
        ("klingon", "fr", "fr"),
    ],
)
def test_the_choice_comes_before_the_browsers_wish(cookie: str | None, accepted: str, shown: str) -> None:
    assert i18n.negotiated(cookie, accepted) == shown


@pytest.mark.parametrize(
    ("code", "published", "words"),
    [
        ("fr", "2024-10", "octobre 2024"),
        ("fr", "2024-10-05", "5 octobre 2024"),
        ("ar", "2024-10", "أكتوبر 2024"),
        ("en", "2024", "2024"),
        ("en", "2024-13", "2024"),
        ("en", "Spring 24", "Spring 24"),
    ],
)
def test_dates_are_said_in_the_language_of_the_page(code: str, published: str, words: str) -> None:
    token = i18n.language.set(code)
    try:
        assert i18n.readable_date(published) == words
    finally:
        i18n.language.reset(token)


def test_a_chosen_language_stays_and_leads_back(client: TestClient) -> None:
    reply = client.post("/language", data={"code": "ar", "back": "/library"}, follow_redirects=False)
    assert (reply.status_code, reply.headers["location"]) == (303, "/library")
    assert '<html lang="ar" dir="rtl">' in client.get("/library").text


@pytest.mark.parametrize("back", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example"])
def test_the_way_back_never_leads_elsewhere(client: TestClient, back: str) -> None:
    reply = client.post("/language", data={"code": "fr", "back": back}, follow_redirects=False)
    assert reply.headers["location"] == "/"


def test_an_unknown_language_is_named(client: TestClient) -> None:
    reply = client.post("/language", data={"code": "tlh"})
    assert reply.status_code == 422
    assert "tlh" in reply.text
