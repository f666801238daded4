"""The choice: short enough, not twice the same, every side when sides are asked for."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from rag.extractive.candidates import Candidate
from rag.extractive.select import LONG_FACTOR, SIDES_FACTOR, adjoins, arrange, budget, choose
from rag.question import analyse
from tests.rag.extractive.pieces import BOARD, BUILT, FELL, GUILD, PIER, SOLD, VIEW, WATER, candidate, sentences_of
from tests.rag.test_sources import NAMES

ALL = (BOARD, SOLD, BUILT, GUILD, VIEW, WATER, FELL, PIER)
PLAIN = analyse("Tell of the lake", NAMES)
BOTH = analyse("Compare the reports on the lake", NAMES)
POOLS = st.lists(
    st.tuples(st.sampled_from(ALL), st.integers(0, 4), st.floats(0, 3)), unique_by=lambda t: t[0], min_size=1
)


def pool(rows: list[tuple[str, int, float]]) -> list[Candidate]:
    made = []
    for text, direction, score in rows:
        vector = [0.05] * 5
        vector[direction] = 1.0
        made.append(candidate(text, *vector, score=score))
    return sorted(made, key=lambda c: (-c.score, c.document_id, c.sentence.start))


@given(POOLS, st.integers(20, 200))
def test_an_answer_keeps_to_its_words_and_repeats_nothing(rows: list[tuple[str, int, float]], limit: int) -> None:
    for question in (PLAIN, BOTH):
        ranked = pool(rows)
        chosen = choose(question, ranked, limit)
        assert chosen
        assert len({c.text for c in chosen}) == len(chosen)
        assert all(c in ranked for c in chosen)
        if len(chosen) > 1:
            assert sum(c.word_count for c in chosen) <= budget(question, limit)
        assert chosen == choose(question, ranked, limit)


def test_the_best_comes_first_and_its_double_does_not_come() -> None:
    best = candidate(BOARD, 1, 0, 0, score=3)
    double = candidate(SOLD, 1, 0.01, 0, score=2.9)
    other = candidate(BUILT, 0, 1, 0, score=2.5)
    assert choose(PLAIN, [best, double, other], 140) == [best, other]


def test_another_source_that_says_the_same_may_stand() -> None:
    here, there = candidate(BOARD, 1, 0, 0, score=3), candidate(GUILD, 1, 0, 0, score=2.9)
    assert choose(BOTH, [here, there], 140) == [here, there]


def test_each_source_that_speaks_is_heard_before_any_has_a_second_word() -> None:
    first, second = candidate(BOARD, 1, 0, 0, 0, score=3), candidate(BUILT, 0, 1, 0, 0, score=2.9)
    other, silent = candidate(GUILD, 0, 0, 1, 0, score=2.2), candidate(WATER, 0, 0, 0, 1, score=1.0)
    assert len({c.document_id for c in (first, other, silent)}) == 3
    ranked = [first, second, other, silent]
    assert choose(BOTH, ranked, 140) == [first, other, second]  # 2.2 is more than 0.7 of 3, and 1.0 is less
    assert choose(PLAIN, ranked, 140) == [first, second, other]


def test_a_sentence_beside_the_point_is_left_out_however_good_its_passage() -> None:
    best, beside = candidate(BOARD, 1, 0, 0, score=3), candidate(BUILT, 0, 1, 0, score=2.9)
    far = replace(beside, features=replace(beside.features, cosine=0.05, coverage=0.0, lead_in=0.1))
    assert choose(PLAIN, [best, beside], 140) == [best, beside]
    assert choose(PLAIN, [best, far], 140) == [best]  # 0.085 of 0.975, less than three tenths


def test_a_sentence_that_points_back_brings_the_one_before_it() -> None:
    fog, fees, harbour = sentences_of("Fog and low water stop the boats. These causes cost the guild dear. It rained.")
    ranked = [replace(fees, score=3.0), replace(harbour, score=1.0), replace(fog, score=0.5)]
    assert [c.text for c in choose(PLAIN, ranked, 140)][:2] == [fog.text, fees.text]
    fact = analyse("How many causes cost the guild dear?", NAMES)
    assert choose(fact, ranked, 140)[0].text == fees.text  # a single fact has no room for it
    apart = sentences_of("Fog and low water stop the boats.\n\nThese causes cost the guild dear.")
    assert choose(PLAIN, [replace(apart[1], score=3.0), replace(apart[0], score=0.5)], 140) == [
        replace(apart[1], score=3.0)
    ]  # what another paragraph says need not be what is meant


def test_sides_are_worth_longer_answers_and_facts_shorter_ones() -> None:
    assert budget(BOTH, 100) == round(100 * SIDES_FACTOR) > budget(PLAIN, 100) == 100
    assert budget(analyse("What are the reasons for the pier?", NAMES), 100) == round(100 * LONG_FACTOR)
    assert budget(analyse("How many ferries?", NAMES), 200) < 200


def test_only_sentences_that_follow_each_other_adjoin() -> None:
    assert adjoins(candidate(BOARD), candidate(BUILT))
    assert adjoins(candidate(BUILT), candidate(BOARD))
    assert not adjoins(candidate(BOARD), candidate(SOLD))  # one stands between
    assert not adjoins(candidate(BOARD), candidate(GUILD))


@given(POOLS)
def test_groups_are_sources_and_nothing_is_lost(rows: list[tuple[str, int, float]]) -> None:
    chosen = pool(rows)
    groups = arrange(chosen)
    assert sorted(c.text for g in groups for c in g) == sorted(c.text for c in chosen)
    assert [g[0].document_id for g in groups] == list(dict.fromkeys(c.document_id for c in chosen))
    assert all(len({c.document_id for c in g}) == 1 for g in groups)
    assert chosen[0] in groups[0]


def test_the_best_sentence_opens_and_the_rest_is_read_in_order() -> None:
    chosen = [candidate(BUILT, score=3), candidate(PIER, score=2), candidate(BOARD, score=1)]
    assert [c.text for c in arrange(chosen)[0]] == [BUILT, BOARD, PIER]


def test_an_enumeration_stays_in_one_piece() -> None:
    name = ("ferry-board", 0)
    between = candidate(BUILT, score=1)
    items = [replace(candidate(t, score=2), series=name) for t in (BOARD, SOLD)]
    assert [c.text for c in arrange([*items, between])[0]] == [BOARD, SOLD, BUILT]


def test_one_fact_is_short_two_may_take_twice_as_much() -> None:
    one = budget(analyse("When was the pier built?", NAMES), 300)
    two = budget(analyse("When was the pier built, and how many ferries are there?", NAMES), 300)
    carried = budget(analyse("How many ferries are there? (When was the pier built?)", NAMES), 300)
    assert two == 2 * one
    assert carried == one  # what a follow-up only carries along is not asked again
