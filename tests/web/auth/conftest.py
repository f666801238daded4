"""One small library for the tests of a module; accounts are made anew for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.web.auth import people


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[people.Desk]:
    with people.opened(tmp_path_factory.mktemp("desk")) as desk:
        yield desk


@pytest.fixture
def desk(small: people.Desk) -> people.Desk:
    """The library without accounts, on a fresh application whose counters are at nought."""
    from sqlalchemy import delete

    from rag.records import schema

    with small.briefing.accounts._database.write() as connection:  # type: ignore[attr-defined]
        connection.execute(delete(schema.accounts))
    return people.Desk(small.briefing)
