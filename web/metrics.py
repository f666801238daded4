"""Counters for ``/metrics``, in a registry of their own so that two applications never mix.

Names follow the conventions of Prometheus: a prefix, base units, ``_total`` for counters.  What can be
looked up (queues, the size of the library) is read when the page is asked for, not counted along.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from rag.types import IngestReport

log = logging.getLogger("briefing.web")
_SECONDS = (0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60)
_LONG = (0.1, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1800)
_OUTCOMES = ("added", "updated", "unchanged", "removed", "failed")
_STAGES = ("search", "write", "total")

Reading = Callable[[], Mapping[str, float]]


class Metrics:
    """What operators watch: requests, latency, answers, refusals, doubtful statements, ingest, memos."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)  # memory, processor time, open files
        self._requests = self._counter("http_requests", "Requests.", "method", "route", "status")
        self._latency = self._histogram(
            "http_request_duration_seconds", "Duration of requests, streamed answers to their end.", "route"
        )
        self._running = self._gauge("http_requests_in_progress", "Requests being answered.")
        self._answers = self._counter("answers", "Answers by outcome: answered, refused, failed.", "outcome")
        self._answer_seconds = self._histogram(
            "answer_duration_seconds", "Time to a whole answer and of its stages.", "stage"
        )
        self._statements = self._counter(
            "statements", "Statements by verdict of the verification; dropped ones were never shown.", "verdict"
        )
        self._feedback = self._counter("feedback", "Feedback by verdict.", "verdict")
        self._files = self._counter("ingest_files", "Files of ingest runs by outcome.", "outcome")
        self._passages = self._counter("ingest_passages", "Passages embedded.")
        self._ingest_failures = self._counter("ingest_run_failures", "Ingest runs that broke off as a whole.")
        self._ingest_seconds = self._histogram(
            "ingest_duration_seconds", "Duration of ingest runs.", buckets=_LONG
        )
        self._memos = self._counter("memos", "Memos by outcome: done, failed.", "outcome")
        self._memo_seconds = self._histogram("memo_duration_seconds", "Time to a whole memo.", buckets=_LONG)
        self._begin_at_zero()

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(f"briefing_{name}", text, labels, registry=self.registry)

    def _gauge(self, name: str, text: str, *labels: str) -> Gauge:
        return Gauge(f"briefing_{name}", text, labels, registry=self.registry)

    def _histogram(
        self, name: str, text: str, *labels: str, buckets: tuple[float, ...] = _SECONDS
    ) -> Histogram:
        return Histogram(f"briefing_{name}", text, labels, registry=self.registry, buckets=buckets)

    def _begin_at_zero(self) -> None:
        """Series that exist from the start, so that a first failure shows as a rise and not as a new line."""
        for outcome in ("answered", "refused", "failed"):
            self._answers.labels(outcome)
        for verdict in ("verified", "flagged", "dropped"):
            self._statements.labels(verdict)
        for outcome in _OUTCOMES:
            self._files.labels(outcome)
        for outcome in ("done", "failed"):
            self._memos.labels(outcome)

    def in_progress(self) -> AbstractContextManager[None]:
        """Counts one request as running while the block runs."""
        return self._running.track_inprogress()

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Counts one request under its route's pattern, so that ids do not multiply the series."""
        self._requests.labels(method, route, str(status)).inc()
        self._latency.labels(route).observe(seconds)

    def answer(self, answer: Mapping[str, Any]) -> None:
        """Counts one answer (contract JSON)."""
        self._answers.labels("refused" if answer["refused"] else "answered").inc()
        for statement in answer["statements"]:
            self._statements.labels(statement["support"]).inc()
        self._statements.labels("dropped").inc(answer.get("dropped_statements", 0))
        for stage in _STAGES:
            if stage in answer["timings_ms"]:
                self._answer_seconds.labels(stage).observe(answer["timings_ms"][stage] / 1000)

    def answer_failed(self) -> None:
        """Counts a question that ended in an error instead of an answer or a refusal."""
        self._answers.labels("failed").inc()

    def feedback(self, verdict: str) -> None:
        """Counts one piece of feedback."""
        self._feedback.labels(verdict).inc()

    def ingested(self, report: IngestReport) -> None:
        """Counts what an ingest run did."""
        for outcome in _OUTCOMES:
            self._files.labels(outcome).inc(len(getattr(report, outcome)))
        self._passages.inc(report.passages)
        self._ingest_seconds.observe(report.seconds)

    def ingest_failed(self) -> None:
        """Counts an ingest run that broke off as a whole."""
        self._ingest_failures.inc()

    def memo(self, outcome: str, seconds: float) -> None:
        """Counts one memo: ``done`` or ``failed``."""
        self._memos.labels(outcome).inc()
        self._memo_seconds.observe(seconds)

    def watch(self, name: str, text: str, read: Reading, label: str = "") -> None:
        """A gauge that is read when the page is asked for.

        Args:
            name: ``queue_length`` becomes ``briefing_queue_length``.
            text: what it says, for the help line.
            read: label value → value; without ``label`` the one key does not matter.
            label: name of the label, empty for none.
        """
        self.registry.register(_Watched(f"briefing_{name}", text, read, label))

    def exposition(self) -> bytes:
        """Prometheus text format."""
        return generate_latest(self.registry)


class _Watched(Collector):
    """One gauge, read at each scrape."""

    def __init__(self, name: str, text: str, read: Reading, label: str) -> None:
        self._name, self._text, self._read, self._label = name, text, read, label

    def describe(self) -> Iterable[Metric]:
        """Nothing is read when the gauge is registered."""
        return [GaugeMetricFamily(self._name, self._text)]

    def collect(self) -> Iterator[Metric]:
        """The gauge as it stands; left out when it cannot be read, so that the rest can be."""
        family = GaugeMetricFamily(self._name, self._text, labels=[self._label] if self._label else None)
        try:
            values = self._read()
        except Exception:
            log.exception("the metric %s could not be read", self._name)
            return
        for key, value in values.items():
            family.add_metric([key] if self._label else [], value)
        yield family
