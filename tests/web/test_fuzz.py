"""A few odd requests to every operation of the API, held against its own description; ``make fuzz`` sends more."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from tests.web import live
from web.app import create_app

WANTED = ["not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance"]


def test_every_answer_is_as_described(tmp_path: Path) -> None:
    schemathesis = pytest.importorskip("schemathesis", reason="comes with the extra `load`")
    from schemathesis.checks import CHECKS

    asked = 0

    def check(case: Any) -> None:
        nonlocal asked
        asked += 1
        case.validate_response(case.call(), checks=CHECKS.get_by_names(WANTED))

    few = settings(
        max_examples=4, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
    )
    with live.briefing(tmp_path) as briefing:
        app = create_app(briefing, ingest=partial(live.take_in, briefing.settings), allowed_hosts=["*"])
        operations = [found.ok() for found in schemathesis.openapi.from_asgi("/openapi.json", app).get_all_operations()]
        for operation in operations:
            few(given(operation.as_strategy())(check))()
    assert asked > 2 * len(operations) > 60
