"""Follow-ups: only what leans on the conversation is changed, and nothing without one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.followup import leans, names_in, standalone
from rag.types import Turn
from tests.rag.test_sources import NAMES


def turns(*questions: str) -> list[Turn]:
    past: list[Turn] = []
    for question in questions:
        past.append(
            Turn(question=question, answer="…", standalone_question=standalone(question, past, NAMES))
        )
    return past


@given(st.text(max_size=100))
def test_without_history_a_question_is_itself(question: str) -> None:
    assert standalone(question, [], NAMES) == question.strip()


@given(st.text(max_size=100), st.text(max_size=60))
def test_the_asked_words_are_never_lost_to_nothing(question: str, earlier: str) -> None:
    alone = standalone(question, [Turn(question=earlier, answer="")], NAMES)
    assert alone.strip() or not question.strip()


@pytest.mark.parametrize("question", ["why?", "and the villages?", "Who says so?", "What about fog?", "When?"])
def test_what_leans_carries_what_it_leans_on(question: str) -> None:
    alone = standalone(question, turns("How many ferries does the Harrow dam stop?"), NAMES)
    assert leans(question)
    assert "Harrow" in alone
    assert alone != question


@pytest.mark.parametrize(
    "question",
    ["How many vaccines does every clinic in Saltmouth keep?", "Which engineers blame the Harrow dam upstream?"],
)
def test_a_question_with_its_own_subject_is_left_alone(question: str) -> None:
    assert standalone(question, turns("When does the northern pier open?"), NAMES) == question


def test_a_pronoun_becomes_what_was_spoken_of() -> None:
    alone = standalone("When does it open?", turns("Who built the Harrow Dam?"), NAMES)
    assert "Harrow Dam" in alone
    assert " it " not in alone


def test_a_chain_of_follow_ups_still_knows_its_subject() -> None:
    past = turns("How many ferries does the Harrow dam stop?", "why?", "since when?")
    assert "Harrow" in standalone("and who says so?", past, NAMES)


def test_a_conversation_about_one_source_stays_with_it() -> None:
    alone = standalone("And fog?", turns("What does Velten say about low water?"), NAMES)
    assert NAMES.find(alone)[0].documents == ("velten",)


def test_names_are_found_without_their_question_words() -> None:
    assert names_in("What does Mara Velten say about the Harrow Dam?") == ["Mara Velten", "Harrow Dam"]
    assert names_in("why is that?") == []
