"""Retrieval on a BEIR folder small enough to work out by hand."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from eval.retrieval import evaluate, load_beir, measure
from rag.compose import writing
from rag.errors import UsageError
from rag.fakes import HashEmbedder
from rag.settings import Settings

CORPUS = [
    {"_id": "d1", "title": "Harbours", "text": "The harbour crane lifts containers. It was repaired."},
    {"_id": "d2", "title": "Rivers", "text": "Salmon return to the river in autumn."},
    {"_id": "d3", "title": "Budgets", "text": "The treasury published a supplementary budget."},
]
QUERIES = [{"_id": "q1", "text": "salmon in the river"}, {"_id": "q2", "text": "harbour crane repaired"}]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "tiny"
    folder.mkdir()
    for name, rows in (("corpus", CORPUS), ("queries", QUERIES)):
        text = "".join(json.dumps(r) + "\n" for r in rows)
        (folder / f"{name}.jsonl").write_text(text, encoding="utf-8")
    (folder / "qrels.tsv").write_text("query-id\tdoc-id\trelevance\nq1\td2\t1\nq2\td1\t1\n", encoding="utf-8")
    return folder


def test_lexical_dense_and_fused_find_the_only_fitting_document(folder: Path, tmp_path: Path) -> None:
    embedder = HashEmbedder(dimension=256)
    settings = Settings(data_dir=tmp_path / "data")
    result = evaluate(folder, settings, embedder=embedder)
    assert result["documents"] == 3
    assert result["queries"] == 2
    for way in ("lexical", "dense", "fused"):
        assert result["metrics"][way] == {"ndcg@10": 1.0, "recall@5": 1.0, "recall@10": 1.0}, way


def test_a_second_run_embeds_no_document(folder: Path, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data")
    first = evaluate(folder, settings, embedder=HashEmbedder())
    again = HashEmbedder()
    assert evaluate(folder, settings, embedder=again) == first
    assert not any("treasury" in text for text in again.embedded)


def test_an_interrupted_build_is_gone_on_with(folder: Path, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data")
    whole = evaluate(folder, settings, embedder=HashEmbedder())
    (cache,) = (tmp_path / "data" / "cache").iterdir()
    (cache / "complete").unlink()
    with writing(settings.model_copy(update={"data_dir": cache}), embedder=HashEmbedder()) as parts:
        parts.records.library.remove_documents(["d3"])
    again = HashEmbedder()
    assert evaluate(folder, settings, embedder=again) == whole
    assert any("treasury" in text for text in again.embedded)
    assert not any("crane lifts" in text for text in again.embedded)


def test_measures_by_hand() -> None:
    qrels = {"q": {"a": 1, "b": 1}}
    # ranks: x, a, then b at 7
    scores = {"x": 9.0, "a": 8.0, "c": 7.0, "d": 6.0, "e": 5.0, "f": 4.0, "b": 3.0}
    found = measure(qrels, {"q": scores})
    ideal = 1 + 1 / math.log2(3)
    assert found["ndcg@10"] == pytest.approx((1 / math.log2(3) + 1 / math.log2(8)) / ideal, abs=1e-4)
    assert found["recall@5"] == 0.5
    assert found["recall@10"] == 1.0


def test_a_query_without_any_hit_counts_as_zero() -> None:
    found = measure({"q": {"a": 1}, "r": {"b": 1}}, {"q": {"a": 1.0}, "r": {}})
    assert found["recall@10"] == 0.5


def test_trec_and_nested_qrels_are_read(folder: Path) -> None:
    (folder / "qrels.tsv").unlink()
    (folder / "qrels").mkdir()
    (folder / "qrels" / "test.tsv").write_text("q1\t0\td2\t1\n", encoding="utf-8")
    assert load_beir(folder).qrels == {"q1": {"d2": 1}}


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("qrels.tsv", "q1\td9\t1\n", "no document 'd9'"),
        ("qrels.tsv", "q9\td1\t1\n", "no query 'q9'"),
        ("qrels.tsv", "q1\td1\n", "judges nothing|must be query"),
        ("qrels.tsv", "", "judges nothing"),
        ("queries.jsonl", "[1]\n", r"queries\.jsonl:1"),
        ("corpus.jsonl", '{"text": "x"}\n', r"corpus\.jsonl:1"),
    ],
)
def test_faults_are_named(folder: Path, name: str, text: str, message: str) -> None:
    (folder / name).write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=message):
        load_beir(folder)


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "qrels.tsv").unlink()
    with pytest.raises(UsageError, match=r"neither qrels\.tsv nor"):
        load_beir(folder)
