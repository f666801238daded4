"""Recorded conversations: the three ways a turn is searched for, on a folder worked out by hand."""

from __future__ import annotations

import json
from pathlib import Path

from eval.bench.conversations import evaluate, turns
from rag.fakes import HashEmbedder
from rag.settings import Settings

CORPUS = [
    {"id": "d1", "title": "Cranes", "text": "The harbour crane was repaired in spring."},
    {"id": "d2", "title": "Roofs", "text": "The town hall roof was repaired in winter."},
    {"id": "d3", "title": "Salmon", "text": "Salmon return in autumn."},
]
PAST = [
    {"role": "user", "text": "Who owns the harbour crane?"},
    {"role": "assistant", "text": "The town owns it."},
]
QUERIES = [
    {"id": "q1", "text": "When do salmon return?", "history": []},
    {"id": "q2", "text": "Repaired when?", "history": PAST, "rewrite": "When was the harbour crane repaired?"},
]


def test_a_follow_up_is_searched_as_asked_as_made_to_stand_alone_and_as_rewritten(tmp_path: Path) -> None:
    folder = tmp_path / "talk"
    folder.mkdir()
    for name, rows in (("corpus", CORPUS), ("queries", QUERIES)):
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows), encoding="utf-8")
    (folder / "qrels.tsv").write_text("query-id\tdoc-id\trelevance\nq1\td3\t1\nq2\td1\t1\n", encoding="utf-8")
    result, rows = evaluate(folder, Settings(data_dir=tmp_path / "data"), embedder=HashEmbedder(dimension=256))
    assert {part: row["questions"] for part, row in result.items()} == {
        "all": 2, "later": 1, "rewritten": 1, "rewritten, later": 1,
    }  # fmt: skip
    assert "rewrite" not in result["all"]  # not every question has one
    asked = rows[1]
    assert asked["ours"] == "Repaired when? (Who owns the harbour crane?)"
    assert asked["ndcg ours"] == asked["ndcg rewrite"] == 1.0


def test_a_turn_holds_its_question_its_answer_and_its_stand_alone_form() -> None:
    [turn] = turns(PAST)
    assert (turn.question, turn.answer) == ("Who owns the harbour crane?", "The town owns it.")
