"""The shipped gold sets: well formed, varied, true to themselves and to the sample reports.

Quotes are looked for in the document text as ingestion stores it, by the public rule: lower case and
collapsed white space, then containment or ``partial_ratio >= 85``.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rapidfuzz import fuzz

from ingest.assemble import assemble
from ingest.clean import clean
from ingest.limits import Limits
from ingest.readers import read, supported

ROOT = Path(__file__).resolve().parents[2]
GOLD = ROOT / "eval" / "gold"
REPORTS = ROOT / "reports"

TYPES = {
    "factoid",
    "list",
    "definition",
    "explanation",
    "comparison",
    "disagreement",
    "multihop",
    "attribution",
    "time_sensitive",
    "false_premise",
    "unanswerable",
}
STYLES = {
    "plain",
    "paraphrase",
    "no_overlap",
    "keyword",
    "lowercase",
    "typo",
    "abbrev",
    "transliteration",
    "rambling",
    "arabic",
    "french",
}
DIFFICULTIES = {"easy", "medium", "hard"}
QUESTION_FIELDS: dict[str, type] = {
    "id": str,
    "question": str,
    "type": str,
    "lang": str,
    "style": str,
    "answerable": bool,
    "answer": str,
    "must_include": list,
    "must_not_include": list,
    "evidence": list,
    "docs_required": list,
    "difficulty": str,
    "notes": str,
}
TURN_FIELDS: dict[str, type] = {
    "question": str,
    "standalone_question": str,
    "answer": str,
    "must_include": list,
    "must_not_include": list,
    "evidence": list,
    "answerable": bool,
    "docs_required": list,
}
MEMO_FIELDS: dict[str, type] = {
    "id": str,
    "task": str,
    "lang": str,
    "must_cover": list,
    "must_cite_docs": list,
    "traps": list,
    "notes": str,
}

Case = dict[str, Any]


def _load(name: str) -> list[Case]:
    return [json.loads(line) for line in (GOLD / name).read_text(encoding="utf-8").splitlines()]


QUESTIONS = _load("questions.jsonl")
CONVERSATIONS = _load("conversations.jsonl")
MEMOS = _load("memos.jsonl")


def _asked() -> Iterator[tuple[str, Case]]:
    """Every question and every turn, with a name for messages."""
    for case in QUESTIONS:
        yield case["id"], case
    for case in CONVERSATIONS:
        for number, turn in enumerate(case["turns"], start=1):
            yield f"{case['id']}/{number}", turn


def _quotes() -> Iterator[tuple[str, str, str]]:
    """Every quote of the three files: case, document, words."""
    for name, case in _asked():
        for item in (*case["evidence"], *case.get("near_miss", ())):
            yield name, item["doc"], item["quote"]
    for memo in MEMOS:
        for part in (*memo["must_cover"], *memo["traps"]):
            for item in part.get("evidence", ()):
                yield memo["id"], item["doc"], item["quote"]


def _fold(text: str) -> str:
    return " ".join(text.lower().split())


def _says(text: str, spellings: list[str]) -> bool:
    return any(_fold(spelling) in _fold(text) for spelling in spellings)


@pytest.fixture(scope="module")
def ingested() -> dict[str, str]:
    """Document id → folded document text of each sample report, read as ingestion reads it."""
    texts: dict[str, str] = {}
    for path in sorted(REPORTS.iterdir()):
        if not path.is_file() or not supported(path.suffix):
            continue
        parsed = read(path.read_bytes(), path.suffix, Limits())
        cleaned = clean(parsed)
        metadata = replace(cleaned.metadata, title=cleaned.metadata.title or path.stem)
        assembled = assemble(
            replace(cleaned, metadata=metadata),
            parsed,
            document_id=path.stem,
            source_path=path.name,
            sha256="0" * 64,
            ingested_at="2025-01-01T00:00:00Z",
        )
        texts[path.stem] = _fold(assembled.document.text)
    return texts


def test_enough_cases() -> None:
    assert len(QUESTIONS) >= 90
    assert len(CONVERSATIONS) >= 10
    assert len(MEMOS) >= 6


def test_ids_are_unique_and_numbered() -> None:
    for prefix, cases in (("S", QUESTIONS), ("SC", CONVERSATIONS), ("SM", MEMOS)):
        width = 3 if prefix == "S" else 2
        expected = [f"{prefix}{n:0{width}d}" for n in range(1, len(cases) + 1)]
        assert [case["id"] for case in cases] == expected


def test_questions_are_not_repeated() -> None:
    repeated = [q for q, n in Counter(_fold(c["question"]) for c in QUESTIONS).items() if n > 1]
    assert repeated == []


def test_fields_have_their_types() -> None:
    wrong = [
        f"{name}.{field}"
        for name, case, fields in (
            *((c["id"], c, QUESTION_FIELDS) for c in QUESTIONS),
            *((n, t, TURN_FIELDS) for n, t in _asked() if "/" in n),
            *((m["id"], m, MEMO_FIELDS) for m in MEMOS),
        )
        for field, kind in fields.items()
        if not isinstance(case.get(field), kind)
    ]
    assert wrong == []


def test_facts_are_lists_of_spellings() -> None:
    for name, case in _asked():
        for fact in case["must_include"]:
            assert isinstance(fact, list), f"{name}: {fact!r} is not a list of spellings"
            assert fact, f"{name}: a fact without a spelling"
            assert all(isinstance(s, str) and s.strip() for s in fact), f"{name}: {fact!r}"


def test_every_type_style_and_language_occurs() -> None:
    assert {c["type"] for c in QUESTIONS} == TYPES
    assert {c["style"] for c in QUESTIONS} == STYLES
    assert {c["difficulty"] for c in QUESTIONS} == DIFFICULTIES
    languages = Counter(c["lang"] for c in QUESTIONS)
    assert set(languages) == {"en", "ar", "fr"}
    assert languages["fr"] >= 3


def test_languages_cross() -> None:
    arabic_report = "sevenarches-ar"
    crossing = Counter(
        (c["lang"], arabic_report in {e["doc"] for e in (*c["evidence"], *c.get("near_miss", ()))}) for c in QUESTIONS
    )
    assert crossing["ar", False] >= 6, "Arabic questions on English reports"
    assert crossing["ar", True] >= 3, "Arabic questions on the Arabic report"
    assert crossing["en", True] >= 3, "English questions on the Arabic report"


def test_every_report_is_asked_about(ingested: dict[str, str]) -> None:
    counts = Counter(doc for c in QUESTIONS for doc in {e["doc"] for e in c["evidence"]})
    assert {doc for doc in ingested if counts[doc] < 5} == set()


def test_about_one_question_in_seven_has_no_answer() -> None:
    share = sum(not c["answerable"] for c in QUESTIONS) / len(QUESTIONS)
    assert 0.12 <= share <= 0.16


def test_answerable_cases_say_what_proves_them() -> None:
    for name, case in _asked():
        documents = {e["doc"] for e in case["evidence"]}
        if case["answerable"]:
            assert case["must_include"], f"{name}: no fact"
            assert documents, f"{name}: no evidence"
            assert case["docs_required"], f"{name}: no required document"
        else:
            assert not case["evidence"], f"{name}: unanswerable but with evidence"
        assert set(case["docs_required"]) <= documents, f"{name}: requires a document without evidence"


def test_unanswerable_questions_are_near_misses() -> None:
    for case in QUESTIONS:
        assert (case["type"] == "unanswerable") == (not case["answerable"]), case["id"]
        if not case["answerable"]:
            assert case["near_miss"], f"{case['id']}: what is near?"
            assert case["absent_terms"], f"{case['id']}: what is absent?"


def test_each_answer_holds_its_own_facts() -> None:
    missing = [
        f"{name}: {fact}" for name, case in _asked() for fact in case["must_include"] if not _says(case["answer"], fact)
    ]
    assert missing == []


def test_no_answer_or_evidence_holds_a_forbidden_claim() -> None:
    for name, case in _asked():
        for claim in case["must_not_include"]:
            words = [case["answer"], *(e["quote"] for e in case["evidence"])]
            assert not any(_says(text, [claim]) for text in words), f"{name}: {claim}"


def test_conversations_have_three_to_five_turns() -> None:
    assert {len(c["turns"]) for c in CONVERSATIONS} <= {3, 4, 5}
    for case in CONVERSATIONS:
        assert any(t["question"] != t["standalone_question"] for t in case["turns"][1:]), (
            f"{case['id']}: no turn depends on an earlier one"
        )


def test_memos_cover_points_and_set_traps() -> None:
    for memo in MEMOS:
        assert len(memo["must_cover"]) >= 5, memo["id"]
        assert memo["traps"], memo["id"]
        for point in memo["must_cover"]:
            assert point["point"].strip(), memo["id"]
            assert point["docs"] == list(dict.fromkeys(e["doc"] for e in point["evidence"])), memo["id"]
        for trap in memo["traps"]:
            assert trap["claim"].strip(), memo["id"]
            assert trap["why_wrong"].strip(), memo["id"]
        covered = {doc for point in memo["must_cover"] for doc in point["docs"]}
        assert set(memo["must_cite_docs"]) <= covered, memo["id"]


def test_documents_are_sample_reports(ingested: dict[str, str]) -> None:
    named = {doc for _, doc, _ in _quotes()}
    assert named == set(ingested)


def test_every_quote_is_in_its_document(ingested: dict[str, str]) -> None:
    lost = []
    for name, doc, quote in _quotes():
        words = _fold(quote)
        if words in ingested[doc]:
            continue
        score = fuzz.partial_ratio(words, ingested[doc], score_cutoff=85)
        if score < 85:
            lost.append(f"{name} {doc}: {quote}")
    assert lost == []


def test_quotes_are_one_line_of_the_reports_own_words() -> None:
    for name, _, quote in _quotes():
        assert quote == " ".join(quote.split()), f"{name}: {quote!r}"
        # Short quotes would match by chance under the fuzzy rule.
        assert len(quote) >= 15, f"{name}: {quote!r}"


def test_absent_terms_are_absent(ingested: dict[str, str]) -> None:
    found = [
        f"{case['id']}: {term!r} is in {doc}"
        for case in QUESTIONS
        for term in case.get("absent_terms", ())
        for doc, text in ingested.items()
        if _fold(term) in text
    ]
    assert found == []
