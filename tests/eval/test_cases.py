"""Gold files: what is accepted, and that every fault names file, line and field."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from eval.cases import GoldError, check_gold, load_gold
from tests.eval.conftest import WriteGold
from tests.eval.desk import CONVERSATION, GOLD, TEXTS

SHARED = Path(__file__).parents[2].parent / "shared"


def test_kinds_are_told_apart_by_their_fields(write_gold: WriteGold) -> None:
    memo = {
        "id": "TM", "task": "Write.", "must_cite_docs": ["river"],
        "must_cover": [{"point": "p", "doc": "river", "quote": "Fishing may decline"}],
        "traps": [{"claim": "c", "why_wrong": "w"}],
    }  # fmt: skip
    gold = load_gold([write_gold(*GOLD, CONVERSATION, memo)])
    assert [q.id for q in gold.questions] == ["T1", "T2", "T3"]
    assert [t.id for t in gold.conversations[0].turns] == ["TC.1", "TC.2"]
    assert gold.conversations[0].turns[1].type == "follow-up"
    assert gold.memos[0].must_cover[0].evidence[0].doc == "river"
    assert gold.size == 6


@pytest.mark.parametrize(
    ("change", "field", "what"),
    [
        ({"question": 3}, "question", "must be a string"),
        ({"question": "  "}, "question", "is empty"),
        ({"answerable": "yes"}, "answerable", "true or false"),
        ({"must_include": ["1,400"]}, "must_include[0]", "list of spellings"),
        ({"must_include": [[]]}, "must_include[0]", "list of spellings"),
        ({"must_include": [["a", 2]]}, "must_include[0][1]", "must be a string"),
        ({"evidence": [{"doc": "harbour"}]}, "quote", "is missing"),
        ({"evidence": "x"}, "evidence", "must be a list"),
        ({"docs_required": [None]}, "docs_required[0]", "must be a string"),
        ({"id": None}, "id", "is missing"),
    ],
)
def test_a_wrong_field_is_named(write_gold: WriteGold, change: dict[str, Any], field: str, what: str) -> None:
    path = write_gold(GOLD[1], GOLD[0] | change)
    with pytest.raises(GoldError) as caught:
        load_gold([path])
    assert f"{path}:2" in str(caught.value)
    assert repr(field) in str(caught.value)
    assert what in str(caught.value)


def test_a_line_that_is_not_json_is_named(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text('{"id": "A", "question": "Why?"}\n{"id": \n', encoding="utf-8")
    with pytest.raises(GoldError, match=r"gold\.jsonl:2: is not JSON"):
        load_gold([path])


def test_an_id_twice_is_refused_across_files(write_gold: WriteGold) -> None:
    first, second = write_gold(GOLD[0]), write_gold(GOLD[0], name="second.jsonl")
    with pytest.raises(GoldError, match=r"second\.jsonl:1.*'T1' is already the id of .*gold\.jsonl:1"):
        load_gold([first, second])


def test_no_such_file_and_no_case(tmp_path: Path) -> None:
    with pytest.raises(GoldError, match="cannot be read"):
        load_gold([tmp_path / "none.jsonl"])
    (tmp_path / "empty.jsonl").write_text("\n", encoding="utf-8")
    with pytest.raises(GoldError, match="No case"):
        load_gold([tmp_path / "empty.jsonl"])


def test_every_fault_against_the_library_is_listed(write_gold: WriteGold) -> None:
    wrong = GOLD[0] | {
        "docs_required": ["harbor"],
        "evidence": [{"doc": "harbour", "quote": "The port handled nine ships and no other cargo"}],
    }
    gold = load_gold([write_gold(GOLD[1], wrong)])
    with pytest.raises(GoldError) as caught:
        check_gold(gold, TEXTS)
    lines = str(caught.value).splitlines()
    assert len(lines) == 2
    assert "(T1): field 'docs_required': no document 'harbor'" in lines[0]
    assert "'harbour' does not hold" in lines[1]


def test_a_memo_s_fault_names_its_own_field(write_gold: WriteGold) -> None:
    memo = {
        "id": "M1", "task": "On the port", "must_cite_docs": [], "traps": [],
        "must_cover": [{"point": "size", "doc": "harbour", "quote": "A quay of nine miles and a tower of glass"}],
    }  # fmt: skip
    with pytest.raises(GoldError, match=r"\(M1\): field 'must_cover': 'harbour' does not hold"):
        check_gold(load_gold([write_gold(memo)]), TEXTS)


def test_an_empty_library_is_said_so(write_gold: WriteGold) -> None:
    with pytest.raises(GoldError, match="library is empty"):
        check_gold(load_gold([write_gold(GOLD[0])]), {})


def test_quotes_match_without_regard_to_case_and_line_breaks(write_gold: WriteGold) -> None:
    loose = GOLD[0] | {"evidence": [{"doc": "harbour", "quote": "the PORT handled\n1,400 containers"}]}
    check_gold(load_gold([write_gold(loose)]), TEXTS)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared gold sets are not beside the project")
def test_the_shared_gold_sets_load() -> None:
    gold = load_gold(sorted((SHARED / "gold").glob("*.jsonl")))
    assert (len(gold.questions), len(gold.conversations), len(gold.memos)) == (106, 10, 8)
    texts = {p.stem: p.read_text(encoding="utf-8") for p in (SHARED / "reports").glob("*.txt")}
    known = {case_id.split(".")[0] for case_id in gold.places}
    assert {q.doc for c in gold.questions for q in c.evidence} <= texts.keys()
    assert {"A001", "AC01", "AM01"} <= known


def test_shipped_gold_sets_load() -> None:
    files = sorted((Path(__file__).parents[2] / "eval" / "gold").glob("*.jsonl"))
    gold = load_gold(files)
    assert len(gold.questions) >= 100
    assert gold.conversations
    assert gold.memos
