"""Values to the JSON of the contract: every field it names is there, and nothing that is not JSON."""

from __future__ import annotations

import json
from typing import Any

from rag.briefing import Briefing
from rag.types import Filters, IngestFailure, IngestReport
from rag.wire import answer_json, document_json, filters_json, ingest_json, search_json

PASSAGE = {"id", "document_id", "section", "page", "text", "start", "end", "score"}
CITATION = {
    "number", "id", "document_id", "title", "authors", "publisher", "published", "section", "page",
    "passage_id", "quote", "start", "end", "url",
}  # fmt: skip
ANSWER = {
    "id", "question", "standalone_question", "refused", "refusal", "answer", "statements", "citations",
    "disagreements", "passages", "writer", "notices", "timings_ms",
}  # fmt: skip
STATEMENT = {"text", "citations", "kind", "support", "attribution"}


def same_after_json(value: dict[str, Any]) -> bool:
    """No tuple, enum, path or date is hidden in it."""
    return bool(json.loads(json.dumps(value)) == value)


def test_an_answer_has_the_shape_of_the_contract(briefing: Briefing) -> None:
    value = answer_json(briefing.ask("How many ferries does the Orrin Ferry Board count on the lake?"))
    assert value.keys() >= ANSWER
    assert value["refused"] is False
    assert value["refusal"] is None
    assert value["statements"]
    assert value["citations"]
    assert all(s.keys() >= STATEMENT for s in value["statements"])
    assert all(c.keys() >= CITATION for c in value["citations"])
    assert all(p.keys() >= PASSAGE for p in value["passages"])
    assert value["timings_ms"]["total"] >= 0
    assert same_after_json(value)


def test_a_refusal_says_why_what_and_what_is_near(briefing: Briefing) -> None:
    value = answer_json(briefing.ask("What does General Zbygniew Quark say about submarines?"))
    assert value["refused"] is True
    assert value["refusal"]["reason"]
    assert value["refusal"]["missing"]
    assert all(n.keys() >= CITATION for n in value["refusal"]["nearest"])
    assert value["statements"] == value["citations"] == value["disagreements"] == []
    assert same_after_json(value)


def test_a_search_and_a_document(briefing: Briefing) -> None:
    value = search_json(briefing.search("ferries", k=3))
    assert value["query"] == "ferries"
    assert len(value["passages"]) == 3
    assert all(p.keys() >= PASSAGE for p in value["passages"])
    row = document_json(briefing.documents()[0])
    assert row.keys() >= {
        "id", "title", "authors", "publisher", "published", "language", "format", "pages", "passages",
        "source_path", "sha256", "ingested_at",
    }  # fmt: skip
    assert same_after_json(value)
    assert same_after_json(row)


def test_an_ingest_report_and_filters() -> None:
    value = ingest_json(
        IngestReport(added=("a",), failed=(IngestFailure(path="x.pdf", reason="scan"),), passages=3, seconds=1.23456)
    )
    assert value == {
        "added": ["a"], "updated": [], "unchanged": [], "removed": [], "warnings": [], "passages": 3,
        "failed": [{"path": "x.pdf", "reason": "scan"}], "seconds": 1.235,
    }  # fmt: skip
    assert filters_json(Filters(documents=("a",), published_after="2024")) == {
        "documents": ["a"], "publishers": [], "published_after": "2024", "published_before": None,
        "language": None,
    }  # fmt: skip
