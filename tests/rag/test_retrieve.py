"""Search: orders and tie-breaks that are stated, filters that hold, a place for each side."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.briefing import Briefing
from rag.errors import UsageError
from rag.question import analyse
from rag.retrieve import Gathered, filters_text, round_robin
from rag.types import Filters

LISTS = st.lists(
    st.tuples(st.sampled_from([0.2, 0.5, 1.0, 2.0]), st.lists(st.sampled_from("abcdefgh"), unique=True)),
    min_size=1, max_size=5,
)  # fmt: skip

# --------------------------------------------------------------------------- sharing places


@given(LISTS, st.integers(0, 10))
def test_the_merged_list_repeats_nothing_and_invents_nothing(
    lists: list[tuple[float, list[str]]], limit: int
) -> None:
    merged = round_robin(lists, limit=limit)
    everything = {x for _, row in lists for x in row}
    assert len(merged) == len(set(merged)) == min(limit, len(everything))
    assert set(merged) <= everything


@given(LISTS)
def test_a_list_keeps_its_own_order(lists: list[tuple[float, list[str]]]) -> None:
    """What only one list has comes in that list's order."""
    merged = round_robin(lists, limit=100)
    for _, row in lists:
        others = {x for _, other in lists if other is not row for x in other}
        own = [x for x in row if x not in others]
        assert [x for x in merged if x in own] == own


@given(LISTS, st.integers(1, 6))
def test_a_longer_answer_begins_with_the_shorter(lists: list[tuple[float, list[str]]], limit: int) -> None:
    assert round_robin(lists, limit=limit + 2)[:limit] == round_robin(lists, limit=limit)


def test_equal_weights_alternate_and_the_first_list_begins() -> None:
    assert round_robin([(1.0, ["a", "b"]), (1.0, ["x", "y"])], limit=4) == ["a", "x", "b", "y"]
    assert round_robin([(1.0, ["a", "b", "c", "d"]), (0.5, ["x"])], limit=9) == ["a", "b", "x", "c", "d"]
    assert round_robin([(0.2, ["a", "b"])], limit=1) == ["a"]


# --------------------------------------------------------------------------- searching


def test_the_passage_with_the_words_comes_first(briefing: Briefing) -> None:
    for query, document in (
        ("vaccines for children in a clinic", "clinics"),
        ("captains and passengers interviewed", "velten"),
        ("grain fees and a night ferry", "lake-traders"),
    ):
        assert briefing.search(query).hits[0].passage.document_id == document


def test_hits_are_sorted_and_ties_fall_to_the_id(briefing: Briefing) -> None:
    hits = briefing.search("ferries on the lake", k=50).hits
    keys = [(-h.score, h.passage.id) for h in hits]
    assert keys == sorted(keys)
    assert all(0 <= h.score <= 1 for h in hits)
    assert len({h.passage.id for h in hits}) == len(hits)
    for ranks in ([h.lexical_rank for h in hits], [h.dense_rank for h in hits]):
        known = [r for r in ranks if r is not None]
        assert len(set(known)) == len(known)
        assert not known or min(known) == 1


def test_the_same_question_gives_the_same_list(briefing: Briefing) -> None:
    assert briefing.search("the northern pier", k=12).hits == briefing.search("the northern pier", k=12).hits


@pytest.mark.parametrize("k", [1, 3, 7])
def test_k_is_how_many_at_most_and_fewer_are_a_beginning(briefing: Briefing, k: int) -> None:
    assert briefing.search("ferries", k=k).hits == briefing.search("ferries", k=12).hits[:k]


@pytest.mark.parametrize(
    ("filters", "documents"),
    [
        (Filters(documents=("velten", "clinics")), {"velten", "clinics"}),
        (Filters(publishers=("Orrin Ferry Board",)), {"ferry-board"}),
        (Filters(published_after="2025-03"), {"ferry-board", "lake-traders"}),
        (Filters(published_before="2024"), {"velten"}),
        (Filters(published_after="2025-04", published_before="2025-12"), {"lake-traders"}),
        (Filters(language="ar"), {"taqrir"}),
    ],
)
def test_filters_hold_for_search_and_for_answers(
    briefing: Briefing, filters: Filters, documents: set[str]
) -> None:
    found = {h.passage.document_id for h in briefing.search("ferries on the lake العبارات", k=50, filters=filters).hits}
    assert found
    assert found <= documents
    answer = briefing.ask("How many ferries العبارات are on the lake?", filters=filters)
    assert {h.passage.document_id for h in answer.hits} <= documents
    assert {c.document_id for c in answer.citations} <= documents


def test_no_document_left_says_so(briefing: Briefing) -> None:
    result = briefing.search("ferries", filters=Filters(published_after="2099"))
    assert result.hits == ()
    assert "published after 2099" in result.notices[0]
    answer = briefing.ask("How many ferries?", filters=Filters(language="xx"))
    assert answer.refused
    assert "language xx" in answer.notices[0]


@pytest.mark.parametrize(
    "filters",
    [Filters(documents=("nobody",)), Filters(published_after="soon"), Filters(published_before="2024-13")],
)
def test_a_wrong_filter_is_wrong_use(briefing: Briefing, filters: Filters) -> None:
    with pytest.raises(UsageError):
        briefing.search("ferries", filters=filters)


@pytest.mark.parametrize("query", ["", "   ", "\n"])
def test_an_empty_query_is_wrong_use(briefing: Briefing, query: str) -> None:
    with pytest.raises(UsageError, match="empty"):
        briefing.search(query)


def test_filters_in_words() -> None:
    filters = Filters(documents=("a", "b"), publishers=("P",), published_before="2024", language="ar")
    assert filters_text(filters) == "documents a, b; publishers P; published before 2024; language ar"


# --------------------------------------------------------------------------- gathering


def gather(briefing: Briefing, text: str, k: int = 30) -> Gathered:
    catalogue = briefing._catalogue.get()
    return briefing._retriever.gather(analyse(text, catalogue.names), k=k)


def test_ten_or_more_passages_where_the_library_has_them(briefing: Briefing) -> None:
    for question in ("How many ferries?", "Why did the lake fall, according to Velten?"):
        assert len(gather(briefing, question).hits) >= 10


def test_a_named_source_gets_the_first_places(briefing: Briefing) -> None:
    hits = gather(briefing, "What does Velten say about ferries?").hits
    assert {h.passage.document_id for h in hits[:2]} == {"velten"}


def test_each_source_of_a_comparison_is_among_the_first(briefing: Briefing) -> None:
    hits = gather(briefing, "Compare what Velten and the Lake Traders say about prices").hits
    assert {"velten", "lake-traders"} <= {h.passage.document_id for h in hits[:4]}


def test_one_source_against_the_others_leaves_places_to_the_others(briefing: Briefing) -> None:
    def heard(question: str) -> set[str]:
        return {h.passage.document_id for h in gather(briefing, question, k=6).hits}

    assert heard("Velten on the lake versus the later papers") - heard("Velten on the lake") == {"taqrir"}


def test_each_part_of_a_question_is_searched_for_itself(briefing: Briefing) -> None:
    both = gather(briefing, "How many vaccines are kept, and why does the timetable matter?", k=6)
    assert {"clinics", "lake-traders"} <= {h.passage.document_id for h in both.hits[:4]}
    assert both.vectors.shape[0] >= 3


def test_a_follow_up_is_nearer_to_what_it_asks_than_to_what_it_hangs_on(briefing: Briefing) -> None:
    asked, behind = "Which vaccines do clinics keep?", "Who interviewed captains and passengers?"
    vector = gather(briefing, f"{asked} ({behind})").vectors[0]
    own, other = briefing._embedder.embed_queries([asked, behind])
    assert vector @ vector == pytest.approx(1.0)
    assert vector @ own > vector @ other > 0


def test_an_arabic_question_without_a_multilingual_model_is_told(briefing: Briefing) -> None:
    notices = gather(briefing, "كم عدد العبارات في البحيرة؟").notices
    assert any("Arabic" in n and "BRIEFING_EMBEDDING_MODEL" in n for n in notices)
