"""What a question asks for: kinds, parts, sources, sides."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.question import QuestionKind, analyse, kind_of, split_parts
from tests.rag.test_sources import NAMES


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("How many ferries cross the lake?", QuestionKind.FIGURE),
        ("كم عدد العبارات؟", QuestionKind.FIGURE),
        ("When does the pier open?", QuestionKind.DATE),
        ("متى يفتح الرصيف؟", QuestionKind.DATE),
        ("Who runs the ferries?", QuestionKind.PERSON),
        ("Why did the lake fall?", QuestionKind.REASON),
        ("Is the pier open?", QuestionKind.YES_NO),
        ("Fog on the lake", QuestionKind.GENERAL),
    ],
)
def test_the_kind_follows_from_the_grammar(question: str, kind: QuestionKind) -> None:
    assert kind_of(question) is kind


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("How many ferries are there, and when does the pier open?",
         ("How many ferries are there", "when does the pier open?")),
        ("Why did it fall? Who is to blame?", ("Why did it fall", "Who is to blame?")),
        ("How many ferries and boats are there?", ("How many ferries and boats are there?",)),
        ("Fog?", ("Fog?",)),
    ],
)  # fmt: skip
def test_separate_questions_are_searched_separately(question: str, parts: tuple[str, ...]) -> None:
    assert split_parts(question) == parts


@given(st.text(max_size=120))
def test_there_is_always_a_part_and_a_focus(text: str) -> None:
    question = analyse(text, NAMES)
    assert question.text == text
    assert len(question.parts) >= 1
    assert all(p.strip() for p in question.parts) or not text.strip()
    assert question.focus.strip() or not text.strip()


def test_a_named_source_leaves_the_focus() -> None:
    question = analyse("According to Velten, why did the lake fall in 2023?", NAMES)
    assert question.sources == ("velten",)
    assert not question.several
    assert "velten" not in question.focus.lower()
    assert question.years == ("2023",)


@pytest.mark.parametrize(
    "question",
    [
        "Compare the reports on the fleet",
        "Do the sources agree on the fleet?",
        "Velten or the Traders: who is right?",
        "Is the fleet growing or shrinking?",
        "The harbour: was it closed, or did it only lose its ferries?",
        "How does each later article tell it?",
    ],
)
def test_several_sides_are_noticed(question: str) -> None:
    assert analyse(question, NAMES).several


@pytest.mark.parametrize(
    "question",
    ["What is the 'boat versus boat' rule?", "Which boats or barges are kept?", "Is the fleet growing?"],
)
def test_a_quoted_word_or_a_plain_question_asks_for_no_sides(question: str) -> None:
    assert not analyse(question, NAMES).several


def test_whoever_holds_a_view_may_be_several_but_nothing_is_set_beside_anything() -> None:
    holders = analyse("Who wants the harbour closed?", NAMES)
    assert (holders.several, holders.sides) == (True, False)
    assert analyse("Who wants it closed, according to each report?", NAMES).sides


def test_whether_sources_differ_is_its_own_question() -> None:
    assert analyse("Where do the reports disagree about the pier?", NAMES).disagreement
    assert not analyse("When does the pier open?", NAMES).disagreement


def test_a_follow_up_is_of_the_kind_of_its_own_words() -> None:
    question = analyse("Why did the board ask for that? (When does the ferry sail?)", NAMES)
    assert question.kind is QuestionKind.REASON
    assert question.context == ("(When does the ferry sail?)",)
    thin = analyse("Locked up? (How many ferries are there?)", NAMES)
    assert thin.kind is QuestionKind.FIGURE  # too thin to tell: the question it hangs on decides
    assert analyse("When did it sail (and why)?", NAMES).context == ()
