"""Both databases that can be the store of record."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import postgres


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    """One server for the whole run."""
    with postgres.server() as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a new store of record, in each kind of database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'data' / 'library.sqlite'}"
    address: str = request.getfixturevalue("postgres_server").database()
    return address
