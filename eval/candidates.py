"""Feedback into candidate gold cases: the question, what was answered, and the whole trace.

A candidate is not gold: ``answer``, ``must_include`` and ``evidence`` are what the desk said, for a
person to correct.  ``review`` tells what the reader objected to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Json = dict[str, Any]


def candidates(feedback: Sequence[Mapping[str, Any]]) -> list[Json]:
    """One candidate per answer, the latest feedback on it first in line.

    Args:
        feedback: rows of the conversation store's ``feedback()``: ``verdict``, ``note``, and the
            answer's JSON under ``answer``.
    """
    by_answer: dict[str, list[Mapping[str, Any]]] = {}
    for row in feedback:
        answer = row.get("answer")
        if isinstance(answer, Mapping) and answer.get("question"):
            by_answer.setdefault(str(answer["id"]), []).append(row)
    return [_candidate(number, rows) for number, rows in enumerate(by_answer.values(), 1)]


def _candidate(number: int, rows: Sequence[Mapping[str, Any]]) -> Json:
    answer = rows[-1]["answer"]
    quotes = [{"doc": c["document_id"], "quote": c["quote"]} for c in answer.get("citations", [])]
    return {
        "id": f"C{number:03d}",
        "question": answer.get("standalone_question") or answer["question"],
        "type": "candidate",
        "answerable": not answer.get("refused", False),
        "answer": answer.get("answer", ""),
        "must_include": [],
        "must_not_include": [],
        "evidence": quotes,
        "docs_required": sorted({q["doc"] for q in quotes}),
        "review": [{"verdict": r.get("verdict"), "note": r.get("note", ""), "at": r.get("created_at")} for r in rows],
        "trace": {
            "asked": answer["question"],
            "writer": answer.get("writer"),
            "statements": answer.get("statements", []),
            "passages": [{k: p.get(k) for k in ("id", "document_id", "score")} for p in answer.get("passages", [])],
        },
    }
