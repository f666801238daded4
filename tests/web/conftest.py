"""A client on the small desk, asking from a loopback address; and Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from fastapi.testclient import TestClient

from tests.web.browsing import CHROMIUM
from tests.web.fake_desk import FakeDesk
from web.app import create_app

if TYPE_CHECKING:
    from playwright.sync_api import Browser

BASE = "http://127.0.0.1:8000"


@pytest.fixture
def desk(tmp_path: Path) -> FakeDesk:
    return FakeDesk(tmp_path / "data")


@pytest.fixture
def client(desk: FakeDesk) -> Iterator[TestClient]:
    app = create_app(desk, ingest=desk.ingest)
    with TestClient(app, base_url=BASE, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(
            executable_path=str(CHROMIUM),
            args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"],
        )
        yield browser
        browser.close()
