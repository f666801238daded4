"""Answers on public questions: what counts as right, on a folder worked out by hand."""

from __future__ import annotations

import json
from pathlib import Path

from eval.bench.answers import evaluate
from rag.fakes import HashEmbedder
from rag.settings import Settings

CORPUS = [
    {"id": "d1", "title": "Cranes", "text": "The harbour crane was repaired in the spring of 2021 by Velten."},
    {"id": "d2", "title": "Salmon", "text": "Salmon return to the river in autumn after the rain."},
]
QUERIES = [
    {"id": "q1", "text": "Who repaired the harbour crane?", "answers": ["the Velten"]},
    {"id": "q2", "text": "When do salmon return to the river?", "answers": ["in winter"]},
    {"id": "q3", "text": "Who painted the crane?", "answers": [], "unanswerable": True},
]
EVIDENCE = [{"query_id": "q2", "doc_id": "d2", "quote": "Salmon return to the river in autumn"}]


def test_an_answer_is_right_with_the_document_and_the_answer_or_its_evidence(tmp_path: Path) -> None:
    folder = tmp_path / "public"
    folder.mkdir()
    for name, rows in (("corpus", CORPUS), ("queries", QUERIES), ("evidence", EVIDENCE)):
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows), encoding="utf-8")
    (folder / "qrels.tsv").write_text("query-id\tdoc-id\trelevance\nq1\td1\t1\nq2\td2\t1\nq3\td1\t1\n")
    settings = Settings(data_dir=tmp_path / "data")
    result = evaluate(folder, settings, sample=10, embedder=HashEmbedder(dimension=256))
    words = result.pop("words_p50")
    assert words > 0
    assert result == {
        "questions": 2, "refused": 0.0, "document": 1.0, "answer": 0.5, "evidence": 0.5, "right": 1.0,
    }  # fmt: skip
