"""What ``/metrics`` shows, parsed as Prometheus would."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

from rag.types import IngestFailure, IngestReport
from tests.web.fake_desk import FakeDesk
from web.metrics import Metrics

Values = dict[tuple[str, frozenset[tuple[str, str]]], float]


def values(text: str) -> Values:
    return {
        (s.name, frozenset(s.labels.items())): s.value
        for family in text_string_to_metric_families(text)
        for s in family.samples
    }


def value(text: str, name: str, **labels: str) -> float:
    return values(text)[f"briefing_{name}", frozenset(labels.items())]


def test_every_name_follows_the_conventions(client: TestClient) -> None:
    families = list(text_string_to_metric_families(client.get("/metrics").text))
    ours = [f for f in families if not f.name.startswith("process_")]
    assert len(ours) >= 15
    for family in ours:
        assert re.fullmatch(r"briefing_[a-z_]+", family.name)
        assert family.documentation.endswith(".")
        if family.type == "histogram" and "seconds" in family.documentation.lower():
            assert family.name.endswith("_seconds")
        for sample in family.samples:
            if family.type == "counter":
                assert sample.name.endswith(("_total", "_created"))
    assert any(f.name == "process_resident_memory_bytes" for f in families)


def test_requests_answers_and_the_library_are_counted(client: TestClient) -> None:
    client.post("/api/ask", json={"question": "How many working cranes were counted in March?"})
    client.post("/api/ask", json={"question": "Who won the football cup?"})
    client.get("/api/documents/nope")
    text = client.get("/metrics").text
    assert value(text, "http_requests_total", method="POST", route="/api/ask", status="200") == 2
    assert value(text, "http_requests_total", method="GET", route="/api/documents/{document_id}", status="404") == 1
    assert value(text, "http_request_duration_seconds_count", route="/api/ask") == 2
    assert value(text, "http_requests_in_progress") == 1  # this very request
    assert value(text, "answers_total", outcome="answered") == 1
    assert value(text, "answers_total", outcome="refused") == 1
    assert value(text, "answer_duration_seconds_sum", stage="total") == pytest.approx(0.024)
    assert value(text, "statements_total", verdict="flagged") == 0
    assert value(text, "library_documents") == 2
    assert value(text, "library_passages") > 2
    assert value(text, "queue_length", queue="uploads") == 0
    assert value(text, "queue_length", queue="memos") == 0


def test_a_failed_answer_is_counted(client: TestClient, desk: FakeDesk) -> None:
    desk.failing = RuntimeError("boom")
    for path in ("/api/ask", "/api/ask/stream"):
        client.post(path, json={"question": "How many working cranes were counted in March?"})
    assert value(client.get("/metrics").text, "answers_total", outcome="failed") == 2


def test_ingest_and_memos_are_counted() -> None:
    metrics = Metrics()
    failed = (IngestFailure(path="x", reason="y"),)
    metrics.ingested(IngestReport(added=("a", "b"), updated=("c",), failed=failed, passages=70, seconds=3.0))
    metrics.ingest_failed()
    metrics.memo("done", 2.0)
    text = metrics.exposition().decode()
    assert [value(text, "ingest_files_total", outcome=o) for o in ("added", "updated", "failed", "removed")] == [
        2, 1, 1, 0,
    ]  # fmt: skip
    assert value(text, "ingest_passages_total") == 70
    assert value(text, "ingest_run_failures_total") == 1
    assert value(text, "ingest_duration_seconds_sum") == 3
    assert value(text, "memos_total", outcome="done") == 1
    assert value(text, "memo_duration_seconds_count") == 1


def test_what_cannot_be_read_is_left_out_and_the_rest_is_there() -> None:
    metrics = Metrics()
    metrics.watch("library_documents", "Documents.", lambda: {"": 1 / 0})
    metrics.memo("failed", 1.0)
    text = metrics.exposition().decode()
    assert "library_documents" not in text
    assert value(text, "memos_total", outcome="failed") == 1
