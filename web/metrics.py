"""Counters for ``/metrics``, in a registry of their own so that two applications never mix."""

from __future__ import annotations

from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from starlette.types import Scope

from rag.types import IngestReport

_SECONDS = (0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60)


class Metrics:
    """What operators watch: requests, latency, answers, refusals, doubtful statements, ingest."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = self._counter("http_requests", "Requests.", "method", "route", "status")
        self._latency = Histogram(
            "briefing_http_request_seconds",
            "Duration of requests, streamed answers to their end.",
            ["route"],
            registry=self.registry,
            buckets=_SECONDS,
        )
        self._answers = self._counter("answers", "Answers by outcome.", "outcome")
        self._answer_seconds = Histogram(
            "briefing_answer_seconds", "Time to a whole answer.", registry=self.registry, buckets=_SECONDS
        )
        self._statements = self._counter(
            "statements", "Statements by verdict; dropped ones were never shown.", "verdict"
        )
        self._feedback = self._counter("feedback", "Feedback by verdict.", "verdict")
        self._files = self._counter("ingest_files", "Uploaded files by outcome.", "outcome")

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(f"briefing_{name}", text, labels, registry=self.registry)

    def request(self, scope: Scope, status: int, seconds: float) -> None:
        """Counts one request under its route's pattern, so that ids do not multiply the series."""
        route = getattr(scope.get("route"), "path", None) or "unmatched"
        self._requests.labels(scope["method"], route, str(status)).inc()
        self._latency.labels(route).observe(seconds)

    def answer(self, answer: dict[str, Any]) -> None:
        """Counts one answer (contract JSON)."""
        self._answers.labels("refused" if answer["refused"] else "answered").inc()
        for statement in answer["statements"]:
            self._statements.labels(statement["support"]).inc()
        self._statements.labels("dropped").inc(answer.get("dropped_statements", 0))
        self._answer_seconds.observe(answer["timings_ms"].get("total", 0.0) / 1000)

    def feedback(self, verdict: str) -> None:
        """Counts one piece of feedback."""
        self._feedback.labels(verdict).inc()

    def ingested(self, report: IngestReport) -> None:
        """Counts what an ingest run did."""
        for outcome in ("added", "updated", "unchanged", "removed", "failed"):
            self._files.labels(outcome).inc(len(getattr(report, outcome)))

    def exposition(self) -> bytes:
        """Prometheus text format."""
        return generate_latest(self.registry)
