"""A client on the small desk, asking from a loopback address."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from tests.web.fake_desk import FakeDesk
from web.app import create_app

BASE = "http://127.0.0.1:8000"


@pytest.fixture
def desk(tmp_path: Path) -> FakeDesk:
    return FakeDesk(tmp_path / "data")


@pytest.fixture
def client(desk: FakeDesk) -> Iterator[TestClient]:
    app = create_app(desk, ingest=desk.ingest)
    with TestClient(app, base_url=BASE, raise_server_exceptions=False) as client:
        yield client
