"""A desk with accounts, and people who log in as a browser without scripts would."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx import Response

from rag.briefing import Briefing
from rag.types import Account, Role
from tests.web import live
from web.app import create_app
from web.auth.access import Clocks
from web.auth.passwords import Passwords

BASE = "http://127.0.0.1:8000"
PASSWORD = "correct horse battery"
QUICK = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
"""Hashes in no time; the strength of a hash is not what these tests are about."""


class Clock:
    """Stands still until it is moved; gives times and ticks that agree."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)

    def move(self, **by: float) -> None:
        self.moment += timedelta(**by)

    def now(self) -> datetime:
        return self.moment

    def ticks(self) -> float:
        return self.moment.timestamp()


class Desk:
    """An application with accounts."""

    def __init__(self, briefing: Briefing) -> None:
        self.briefing, self.clock = briefing, Clock()
        briefing.accounts._now = self.clock.now  # type: ignore[attr-defined]
        self.app: FastAPI = create_app(
            briefing,
            ingest=partial(live.take_in, briefing.settings),
            allowed_hosts=["desk.example"],
            clocks=Clocks(now=self.clock.now, ticks=self.clock.ticks, passwords=QUICK),
        )

    def add(self, name: str, role: Role = Role.READER, password: str = PASSWORD) -> Account:
        stored = QUICK.hash(password, name=name)
        return self.briefing.accounts.add(name, role=role, password_hash=stored)

    def browser(self, *, address: str = "192.0.2.1", base: str = BASE) -> TestClient:
        """A browser in which nobody is logged in."""
        return TestClient(
            self.app, base_url=base, client=(address, 50_000), follow_redirects=False, raise_server_exceptions=False
        )

    def of(self, name: str, password: str = PASSWORD) -> TestClient:
        """A browser in which somebody is logged in, whose scripts send the page's token."""
        browser = self.browser()
        reply = log_in(browser, name, password)
        assert reply.status_code == 303, reply.text
        browser.headers["x-csrf-token"] = page_token(browser)
        return browser


@contextmanager
def opened(folder: Path, **settings: Any) -> Iterator[Desk]:
    """A desk on the small library; ``auth`` is password unless another is given."""
    with live.briefing(folder, **{"auth": "password", **settings}) as briefing:
        yield Desk(briefing)


def login_form(browser: TestClient, path: str = "/login") -> dict[str, str]:
    """The hidden fields of the log-in page."""
    page = browser.get(path).text
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))


def log_in(browser: TestClient, name: str, password: str = PASSWORD, path: str = "/login") -> Response:
    """Opens the log-in page and sends its form."""
    return browser.post("/login", data={**login_form(browser, path), "name": name, "password": password})


def page_token(browser: TestClient) -> str:
    """What the page says its scripts should send."""
    found = re.search(r'<meta name="csrf-token" content="([0-9a-f]{64})">', browser.get("/account").text)
    assert found, "the page has no token"
    return found[1]
