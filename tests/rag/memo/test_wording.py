"""What may be quoted in a memo: whole thoughts, lists with what announces them, no apparatus."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rag.memo.compared import LONGEST
from rag.memo.modality import Modality, modality
from rag.memo.sentence import imprint
from rag.memo.wording import body_of, extract, with_next
from rag.types import Sentence
from tests.rag.memo.test_parts import candidate


def _wording(text: str, before: str = "", longest: int = 40) -> str | None:
    made = candidate(text, before=before)
    item = extract(made, lambda _: made.hit.passage.text, longest=longest)
    return item.text if item else None


@pytest.mark.parametrize(
    "text",
    [
        "Year 8, Issue 20, October 2024",
        "The anger of those crews that gave hundreds of wounded .",
        "First group, alongside the harbour by lawful methods, the pilots and dockers.",
        "This study examines the harbour and its pilots.",
        "When we examine the harbour we must start from its pilots.",
        "The debate also focuses on how the harbour pays its pilots.",
        "Support the harbour in all its international affairs.",
    ],
)
def test_apparatus_stumps_and_a_papers_own_course_are_not_quoted(text: str) -> None:
    assert _wording(text) is None


@pytest.mark.parametrize(
    "text", ["The pilots left the harbour at night.", "Negotiating with the pilots on new terms of pay."]
)
def test_plain_sentences_and_items_that_act_are_quoted(text: str) -> None:
    assert _wording(text) == text


def test_the_head_of_a_list_is_quoted_without_the_word_that_opens_it() -> None:
    assert _wording("The storm could cost the harbour dearly, including:") == "The storm could cost the harbour dearly"


def test_a_pronoun_behind_a_connective_leans_too() -> None:
    before = "The pilots met the board."
    assert _wording("However, they left before noon.", before) == f"{before} However, they left before noon."
    assert _wording("However, they left before noon.") is None


def test_a_noun_pointed_at_explains_no_pronoun() -> None:
    assert _wording("Their first answer is a strike in the harbour.", "This scenario does not suit the pilots.") is None


def test_their_is_what_the_sentence_before_takes_up_with_their() -> None:
    before = "This scenario does not suit the harbour pilots, nor their union."
    after = "Their first answer is a strike in the harbour."
    made = candidate(after, before=before)
    item = extract(made, lambda _: made.hit.passage.text, longest=40)
    assert item is not None
    assert body_of(item) == "[The harbour pilots'] first answer is a strike in the harbour."


def test_they_after_one_person_is_somebody_else() -> None:
    before = "Adler sees the harbour and its crews."
    made = candidate("They call the strike a right and have declared it for all of the winter.", before=before)
    item = extract(made, lambda _: made.hit.passage.text, longest=40)
    assert item is None or not body_of(item).startswith("[Adler]")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("The accord proposes the withdrawal of pilots by 2030.", Modality.FACT),
        ("Parliament voted that the pilots should leave.", Modality.FACT),
        ("The harbour should pay its pilots first.", Modality.PROPOSED),
        ("The pilots' project proposals were shelved.", Modality.FACT),
    ],
)
def test_only_what_an_author_asks_for_is_a_proposal(text: str, kind: Modality) -> None:
    assert modality(text) is kind


def test_an_imprint_is_short_and_names_an_issue_or_a_copyright() -> None:
    assert imprint("Copyright © 2024")
    assert imprint("Year 8, Issue 20, October 2024")
    assert not imprint("The pilots of the harbour met in October 2024.")
    assert LONGEST < 60


@pytest.mark.parametrize(
    "text",
    [
        "The board fears that the pilots may leave those two harbours.",
        "The decision to leave them was taken by the board in March.",
        "The port fell on the day on which he was killed.",
        "The board needs a plan to meet these, or at least to soften the blow.",
        "These disputes may end in the use of force against the harbour.",
        "The first uses lawful means and counts the dockers among its members.",
        "The request was turned down by the board in March.",
    ],
)
def test_what_points_at_something_unsaid_is_not_quoted_alone(text: str) -> None:
    assert _wording(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "The pilots say that they will leave the harbour at night.",
        "Ships allied with those of the north, and those worn by storms, left the harbour.",
        "Despite their aims, the pilots of the harbour kept the peace.",
        "The chairman Anna Berg said that she would pay the pilots.",
        "The board says that the harbour lost ships and that these ships were insured.",
    ],
)
def test_what_names_its_own_subject_is_quoted_as_it_stands(text: str) -> None:
    assert _wording(text) == text


def test_a_sentence_may_point_at_the_memos_own_topic() -> None:
    made = candidate("This strike would cost the harbour dearly.")
    found = extract(made, lambda _: made.hit.passage.text, longest=40, known={"strike"})
    assert found is not None
    assert found.text == "This strike would cost the harbour dearly."
    assert extract(made, lambda _: made.hit.passage.text, longest=40) is None


def test_a_sentence_cut_behind_its_connective_begins_with_a_capital_in_brackets() -> None:
    made = candidate("However, some pilots left the harbour at night.", before="The board met.")
    item = extract(made, lambda _: made.hit.passage.text, longest=40)
    assert item is not None
    assert item.text == "some pilots left the harbour at night."
    assert body_of(item) == "[Some] pilots left the harbour at night."


def test_one_hand_stays_with_the_other() -> None:
    text = "On one hand, the board cannot stop the pilots, and on the other hand it cannot pay them."
    assert _wording(text) == text


def test_what_would_also_follow_needs_what_would_first() -> None:
    text = "Additionally, the risk of a strike in the harbour would be smaller."
    before = "If the board pays, the pilots stay."
    assert _wording(text) is None
    assert _wording(text, before) == f"{before} {text}"


def test_a_row_of_sentences_about_they_takes_the_noun_of_the_first() -> None:
    first, second = "The Harbour Pilots are many.", "They fear the board and its plans for the harbour."
    made = candidate("They have declared that no ship will leave the port without pay.", before=f"{first} {second}")
    passage = made.hit.passage
    spans = (
        Sentence(start=0, end=len(first)),
        Sentence(start=len(first) + 1, end=len(first) + 1 + len(second)),
        passage.sentences[-1],
    )
    made = replace(made, hit=replace(made.hit, passage=replace(passage, sentences=spans)))
    item = extract(made, lambda _: passage.text, longest=16)
    assert item is not None
    assert body_of(item).startswith("[The Harbour Pilots] have declared")


@pytest.mark.parametrize(
    ("after", "taken"),
    [
        ("This agreement gives the pilots a rise of a tenth.", True),
        ("This quarrel gives the pilots no rest at all.", False),
        ("The weather was fine in the whole of the north.", False),
    ],
)
def test_the_next_sentence_is_taken_along_when_it_goes_on_with_what_is_named(after: str, taken: bool) -> None:
    first = "The board signed an agreement with the pilots in May."
    made = candidate(first)
    text = f"{first} {after}"
    item = extract(made, lambda _: text, longest=40)
    assert item is not None
    assert with_next(item, lambda _: text, longest=40).text == (text if taken else first)
    assert with_next(item, lambda _: text, longest=12).text == first


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Should the talks fail, the harbour risks its trade.", Modality.EXPECTED),
        ("Following the storm of May, the chairman called for a war on smugglers.", Modality.FACT),
        ("Negotiating with the pilots on new terms of pay.", Modality.PROPOSED),
    ],
)
def test_a_condition_and_a_preposition_are_no_proposals(text: str, kind: Modality) -> None:
    assert modality(text) is kind
