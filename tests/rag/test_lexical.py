"""The text index against a slow BM25, with hostile queries, weights, filters and Arabic."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag.fakes import add_documents, sample_document
from rag.records import Records, open_records
from rag.records.termrows import SECTION_WEIGHT, TITLE_WEIGHT, B
from rag.text import terms


@pytest.fixture
def records(store_url: str) -> Iterator[Records]:
    opened = open_records(store_url)
    yield opened
    opened.close()


def slow_bm25(bodies: dict[str, list[str]], extra: int, query: dict[str, float]) -> dict[str, float]:
    """BM25 by the book; ``extra`` is the number of title terms every passage has besides."""
    average = sum(len(b) + extra for b in bodies.values()) / len(bodies)
    scores: dict[str, float] = {}
    for term, weight in query.items():
        having = sum(term in body for body in bodies.values())
        idf = math.log(1 + (len(bodies) - having + 0.5) / (having + 0.5))
        for name, body in bodies.items():
            if count := body.count(term):
                norm = 1.2 * (1 - B + B * (len(body) + extra) / average)
                scores[name] = scores.get(name, 0) + weight * idf * count * 2.2 / (count + norm)
    return scores


WORDS = ["dam", "oil", "iraq", "tax", "port"]
BODY = st.lists(st.sampled_from(WORDS), min_size=1, max_size=9)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    bodies=st.lists(BODY, min_size=1, max_size=7),
    query=st.dictionaries(st.sampled_from([*WORDS, "zebra"]), st.sampled_from([0.25, 1.0, 2.0])),
)
def test_scores_are_those_of_bm25(records: Records, bodies: list[list[str]], query: dict[str, float]) -> None:
    add_documents(records.library, {"d": ".\n\n".join(" ".join(b) for b in bodies) + "."}, title="x")
    passages = records.library.document_passages("d")
    expected = slow_bm25({p.id: terms(p.text) for p in passages}, 1, query)
    found = records.lexical.search(query, k=100)
    assert [score for _, score in found] == pytest.approx(sorted(expected.values(), reverse=True))
    for passage_id, score in found:
        assert score == pytest.approx(expected[passage_id])
    records.library.remove_documents(["d"])


def test_ties_stand_in_the_order_of_their_ids(records: Records) -> None:
    add_documents(records.library, dict.fromkeys(("c", "a", "b"), "Oil sells."), title="x")
    assert [i for i, _ in records.lexical.search({"oil": 1.0}, k=3)] == ["a:0-10", "b:0-10", "c:0-10"]
    assert [i for i, _ in records.lexical.search({"oil": 1.0}, k=2)] == ["a:0-10", "b:0-10"]


def test_body_counts_more_than_heading_and_heading_more_than_title(records: Records) -> None:
    # Each passage has the same number of terms in all, so only the place of "dam" differs.
    add_documents(records.library, {"a": "Rain\n\nThe dam."}, title="water")
    add_documents(records.library, {"b": "Dam\n\nThe rain."}, title="water")
    add_documents(records.library, {"c": "Rain\n\nThe water."}, title="dam")
    found = records.lexical.search({"dam": 1.0}, k=3)
    assert [i[0] for i, _ in found] == ["a", "b", "c"]
    ratio = [(w * 2.2 / (w + 1.2)) / (1.0 * 2.2 / 2.2) for w in (1.0, SECTION_WEIGHT, TITLE_WEIGHT)]
    assert [s / found[0][1] for _, s in found] == pytest.approx(ratio)


def test_a_word_in_most_passages_still_counts(records: Records) -> None:
    add_documents(records.library, {"a": "Oil oil.", "b": "Oil is sold.", "c": "Oil."}, title="x")
    found = records.lexical.search({"oil": 1.0}, k=9)
    assert found[0][0] == "a:0-8"
    assert all(score > 0.05 for _, score in found)


@pytest.mark.parametrize(
    "term",
    ['"', '""', "*", "oil*", "NEAR(", "NEAR(oil sells)", "body:oil", "^oil", "oil OR rain", "AND", "(", "-",
     "'", "", " ", "\ud800", "\x00", "oil\x00", "{body}", "😀", "ا" * 500, "a\\"],
)  # fmt: skip
def test_hostile_terms_are_only_words(records: Records, term: str) -> None:
    add_documents(records.library, {"a": "Oil sells.", "b": "The rain came."}, title="x")
    plain = records.lexical.search({"rain": 1.0}, k=9)
    found = dict(records.lexical.search({"rain": 1.0, term: 1.0}, k=9))
    assert found["b:0-14"] == pytest.approx(plain[0][1])


def test_no_terms_no_hits(records: Records) -> None:
    add_documents(records.library, {"a": "Oil sells."})
    assert records.lexical.search({}, k=5) == []
    assert records.lexical.search({"oil": 1.0}, k=0) == []
    assert records.lexical.search({"zebra": 1.0}, k=5) == []


def test_an_empty_library_has_no_hits(records: Records) -> None:
    assert records.lexical.search({"oil": 1.0}, k=5) == []


def test_only_passages_of_the_documents_asked_for(records: Records) -> None:
    add_documents(records.library, {"a": "Oil sells.", "b": "Oil is cheap.", "c": "Oil."}, title="x")
    everywhere = dict(records.lexical.search({"oil": 1.0}, k=9))
    narrowed = records.lexical.search({"oil": 1.0}, k=9, documents=["b", "a", "zzz"])
    assert {i.split(":")[0] for i, _ in narrowed} == {"a", "b"}
    assert dict(narrowed) == {i: s for i, s in everywhere.items() if i[0] != "c"}
    assert records.lexical.search({"oil": 1.0}, k=9, documents=[]) == []


@pytest.mark.parametrize(
    ("text", "query", "language"),
    [
        ("Prices rose by 3.5 % in 2024/25.", "3.5", "en"),
        ("They have 5,000 men.", "5000", "en"),
        ("إنّ المياهَ في الأردن شحيحة.", "مياه الاردن", "ar"),
        ("Les économies régionales.", "economie regionale", "fr"),
        ("U.S. policies changed.", "US policy", "en"),
    ],
)
def test_terms_meet_over_spelling(records: Records, text: str, query: str, language: str) -> None:
    add_documents(records.library, {"a": text, "b": "Nothing of it."}, language=language, title="x")
    found = records.lexical.search(dict.fromkeys(terms(query, language), 1.0), k=5)
    assert [i.split(":")[0] for i, _ in found] == ["a"]


def test_a_number_with_a_point_is_one_term(records: Records) -> None:
    add_documents(records.library, {"a": "It was 3.5 then.", "b": "It was 5 then, and 3."}, title="x")
    assert [i[0] for i, _ in records.lexical.search({"3.5": 1.0}, k=5)] == ["a"]
    assert [i[0] for i, _ in records.lexical.search({"5": 1.0}, k=5)] == ["b"]


def test_searches_follow_changes_made_elsewhere(store_url: str) -> None:
    here, there = open_records(store_url), open_records(store_url)
    add_documents(there.library, {"a": "Oil sells."}, title="x")
    assert len(here.lexical.search({"oil": 1.0}, k=5)) == 1
    add_documents(there.library, {"b": "Oil again."}, title="x")
    assert len(here.lexical.search({"oil": 1.0}, k=5)) == 2
    there.library.remove_documents(["a"])
    assert [i[0] for i, _ in here.lexical.search({"oil": 1.0}, k=5)] == ["b"]
    here.close()
    there.close()


def test_headings_are_found_through_their_passages(records: Records) -> None:
    document, passages, vectors = sample_document("a", "Smuggling routes\n\nThey run north.")
    records.library.replace_document(document, passages, vectors, settings_fingerprint="s", source_root=".")
    assert [i for i, _ in records.lexical.search({"smuggl": 1.0}, k=5)] == [passages[0].id]
