"""What may be quoted in a memo: whole thoughts, lists with what announces them, no apparatus."""

from __future__ import annotations

import pytest

from rag.memo.compared import LONGEST
from rag.memo.modality import Modality, modality
from rag.memo.wording import extract, imprint
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


def test_a_noun_pointed_at_is_second_best() -> None:
    before = "This scenario does not suit the pilots."
    whole = f"{before} Their first answer is a strike in the harbour."
    assert _wording("Their first answer is a strike in the harbour.", before) == whole


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
