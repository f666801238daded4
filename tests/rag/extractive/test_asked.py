"""Questions read for what fills their gap."""

from __future__ import annotations

import pytest

from rag.extractive.asked import Slot, asked, main_question


@pytest.mark.parametrize(
    ("question", "slot", "words"),
    [
        ("How many British sailors live in Orrin?", Slot.COUNT, "the number of British sailors"),
        ("No. of ferries in the harbour?", Slot.COUNT, "the number of ferries"),
        ("F-16s: how many does the navy fly", Slot.COUNT, "the number of F-16s"),
        ("What monthly wage does a pilot get?", Slot.AMOUNT, "the monthly wage"),
        ("What is Orrin's annual harbour budget?", Slot.AMOUNT, "Orrin's annual harbour budget"),
        ("How much rent does the guild pay?", Slot.AMOUNT, "the rent"),
        ("What percentage of traders back the pier?", Slot.SHARE, "the percentage of traders"),
        ("Under which article of the treaty may it leave?", Slot.LABEL, "the number of the article"),
        ("Who murdered Mara Velten?", Slot.WHO, "who murdered Mara Velten"),
        ("Which company built the old pier?", Slot.WHO, "which company built the old pier"),
        ("whats the name of the insurer that raised its premium", Slot.NAME, "the name of the insurer"),
        ("Harbour Board chairman name", Slot.NAME, "the name of the Harbour Board chairman"),
        ("What is Norway's position on the pier?", Slot.POSITION, "a position of Norway"),
        ("What did Mara Velten say about the pier?", Slot.POSITION, "a statement by Mara Velten"),
        ("What does Mara Velten want from the board?", Slot.POSITION, "a statement by Mara Velten"),
        ("who is the head of the Harbour Board?", Slot.ROLE, "who is the head of Harbour Board"),
        ("Northern Pier total cost in crowns", Slot.COST, "the cost of Northern Pier"),
        ("How much did the pier cost?", Slot.COST, "the cost of the pier"),
        ("Why did Norway sell its ferries?", Slot.REASON, "Why did Norway sell its ferries?"),
        ("Did Norway sell the ferries?", Slot.DEED, "Did Norway sell the ferries?"),
        ("how did they track Brandt down by boat", Slot.DEED, "how did they track Brandt down by boat"),
        ("When exactly is Norway's next vote?", Slot.TIME, "When exactly is Norway's next vote?"),
        ("Mara Velten's reply?", Slot.POSITION, "a statement by Mara Velten"),
        ("What did the harbour commander say back to Brandt?", Slot.POSITION, "a statement by harbour commander"),
        ("What rate per crown does it expect?", Slot.AMOUNT, "the rate"),
        ("how many MW will the cable bring", Slot.COUNT, "the number of MW"),
        ("How many of those were women?", Slot.COUNT, "the number of women"),
        ("When was the Orrin pier closed?", Slot.TIME, "When was the Orrin pier closed?"),
        ("What part do Danish customs duties play in the debate?", Slot.TOPIC, "Danish customs duties"),
    ],
)
def test_what_is_asked_for(question: str, slot: Slot, words: str) -> None:
    (found,) = asked(question)
    assert (found.slot, found.words) == (slot, words)


@pytest.mark.parametrize(
    "question",
    [
        "Why do ferries fail?",
        "How many people live there?",  # counted in words a source may not share
        "Why did they sell Orrin?",  # who they are is not said here
        "When did Orrin and Saltmouth patch things up?",  # a verb that its word alone does not tell
        "how many knew it",  # no noun
        "Who is he?",
        "Who took the chair?",  # a verb that says little
        "Who insisted that the pier had been sold before the storm?",  # what follows is said, not done
        "How much stuff did the guild buy?",
        "Who translated the paper?",  # the title page says that
        "What is the name of the book?",
        "When does the Harbour Board meet?",  # whenever something else does: no date
        "How did Norway defend itself?",  # one word is told in too many others
        "how do the articles describe it and its cost",
        "What did the boats for Norway want?",  # more than a name
    ],
)
def test_what_cannot_be_read_is_left_alone(question: str) -> None:
    assert [a.slot for a in asked(question)] == [Slot.OTHER]


def test_a_part_without_a_subject_leans_on_the_one_before() -> None:
    first, second = asked("How many sailors are in the Guild and what is its annual budget?")
    assert (first.slot, first.leans) == (Slot.COUNT, False)
    assert (second.slot, second.leans) == (Slot.AMOUNT, True)


def test_the_source_is_not_what_is_asked_about() -> None:
    (found,) = asked("Who runs the pier, according to the Guild of Lake Traders?")
    assert found.subject == ()


def test_earlier_turns_in_brackets_are_not_the_question() -> None:
    assert main_question("How many ferries? (Who runs them? Since when?)") == "How many ferries?"
    assert main_question("How many ferries (of all kinds)?") == "How many ferries (of all kinds)?"


def test_names_are_kept_together_and_months_are_none() -> None:
    (found,) = asked("When did the Guild of Lake Traders meet Mara Velten in March?")
    assert found.names == (("guild",), ("lake", "traders"), ("mara", "velten"))
    assert found.about == ("meet",)


def test_somebodys_own_words_are_asked_for() -> None:
    (own,) = asked("What did Mara Velten herself say about the pier?")
    (any_,) = asked("What did Mara Velten say about the pier?")
    assert (own.verb, any_.verb) == ("say", "")


def test_a_verb_in_two_words_is_read_as_a_plain_one() -> None:
    (thing,) = asked("How many sailors were brought home from Orrin?")
    assert (thing.verb, thing.names) == ("repatriate", (("orrin",),))


def test_a_verb_of_a_side_clause_is_not_what_was_done() -> None:
    (thing,) = asked("How many ferries sailed after the war broke out?")
    assert thing.verb == ""


def test_the_one_by_whom_it_was_done_is_read() -> None:
    (thing,) = asked("How many traders were robbed by the Lake Guild in 2020?")
    assert thing.subject == ("lake", "guild")


def test_what_is_counted_in_that_one_belongs_to_the_earlier_turn() -> None:
    (thing,) = asked("How many traders drowned in that storm? (When did Ola Brandt sail?)")
    assert thing.subject == ("ola", "brandt")
    (thing,) = asked("How many traders drowned? (When did Ola Brandt sail?)")
    assert thing.subject == ()
