"""The asked thing must be tied to its noun or deed in one sentence."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from eval.bench.refusal import as_text, measure
from rag.aliases import AliasTable
from rag.extractive.asked import asked
from rag.extractive.grounds import Evidence, holds
from rag.extractive.meaning import Meaning, WordVectors
from rag.fakes import HashEmbedder
from rag.lexicon import Lexicon
from rag.ports import Vectors

VECTORS = HashEmbedder().word_vectors


ALIASES = AliasTable.load()


def meaning_of(question: str, sentences: Sequence[str], vectors: WordVectors | None = VECTORS) -> Meaning:
    return Meaning(question, Lexicon((s, "en") for s in sentences), ALIASES, vectors)


def judged(question: str, *sentences: str, around: str = "") -> bool:
    meaning = meaning_of(question, sentences)
    evidence = [Evidence(s, around) for s in sentences]
    return all(holds(a, evidence, meaning) for a in asked(question))


@pytest.mark.parametrize(
    ("question", "holding", "near"),
    [
        (
            "How many British sailors live in Orrin?",
            "Some 40 British and 12 Danish sailors live in Orrin.",
            "Some 40 Danish sailors live in Orrin.",
        ),
        ("How many ferries are kept?", "The board keeps 12 old ferries.", "In 2020 the board kept its ferries."),
        ("What wage does a pilot get?", "A pilot's wage is $300.", "Pilots draw a wage from the board."),
        ("What percentage of traders back it?", "It has 60% of all traders.", "Traders back it; costs fell 3%."),
        (
            "Under which article of the treaty may it leave?",
            "Article 4 of the treaty lets it go.",
            "An article in the press called the treaty dead.",
        ),
        ("Who murdered Mara Velten?", "Mara Velten was killed by a trader.", "Mara Velten sold her boats to a trader."),
        (
            "What is the name of the insurer that left?",
            "The insurer Lakeside Mutual left in May.",
            "One insurer left in May, says the board.",
        ),
        ("What does Norway want of the board?", "Norway wants ferries of the board.", "The board buys from Norway."),
        ("What does the Traders Party want?", "The Traders Party wants a pier.", "The Farmers Party wants a pier."),
        ("What did Velten say about Orrin?", "Velten said that Orrin sinks.", "Velten said that fees rose."),
        ("What did Velten herself say?", "Velten said that fees rose.", "Velten insisted on lower fees."),
        (
            "Who is the head of the Harbour Board?",
            "The Harbour Board, under its head Ola Brandt, met in May.",
            "The Harbour Board met in May under a new head.",
        ),
        ("How much did the pier cost?", "The pier cost $4 million.", "The pier cost a great deal."),
        ("Why did Norway sell the ferries?", "Norway had to sell: it owed rent.", "Norway is by the water."),
        ("Why did Norway sell to Orrin?", "Norway had to sell boats at Orrin.", "Norway had to sell boats."),
        ("When was the Orrin pier closed?", "The Orrin pier closed in 2019.", "The Orrin pier closed after a fire."),
        (
            "On what date was the Orrin pier closed?",
            "The Orrin pier was closed on 4 March 2019.",
            "The Orrin pier was closed in 2019.",
        ),
        (
            "When was the Orrin pier closed?",
            "The Orrin pier was closed in May.",
            "The board closed the Orrin pier and may sell it.",
        ),
        (
            "When were the 19 Orrin boats sold?",
            "The 19 boats of Orrin were sold in 2020.",
            "Boats were sold at Orrin in 2020.",
        ),
        (
            "Why did Velten and Brandt fall out?",
            "The argument of Velten with Brandt arose because fees rose.",
            "The argument of Velten with Brandt, for example, took two days.",
        ),
        (
            "how did they track Brandt down in Orrin",
            "A trader traced Brandt to Orrin.",
            "Brandt drowned at Orrin.",
        ),
        (
            "How many sailors were brought home from Orrin?",
            "Some 40 sailors were repatriated from Orrin.",
            "Some 40 sailors live in Orrin.",
        ),
        (
            "How many sailors sat on Velten's board?",
            "Velten led a board of 7 sailors.",
            "Some 40 sailors live in Orrin.",
        ),
        (
            "How many traders were robbed by Brandt?",
            "Brandt robbed 12 traders.",
            "Velten says that 12 traders were robbed.",
        ),
        (
            "northern cable: how many MW will the link bring",
            "The northern cable link brings 400 megawatts.",
            "Orrin makes 16,000 megawatts of power.",
        ),
        (
            "How many traders drowned in that storm? (When did Ola Brandt sail?)",
            "Ola Brandt sailed into a storm, and 12 traders drowned in it.",
            "In a storm off Saltmouth 12 traders drowned.",
        ),
        (
            "What is the name of the Velten adviser who resigned?",
            "The adviser to Velten, Odd Berg, resigned.",
            "Velten said that boats were old and that all fees had risen, and an adviser, Odd Berg, resigned.",
        ),
        (
            "And Velten's reply?",
            "The board met; Velten said no.",
            "Meeting Velten, Brandt said no.",
        ),
        (
            "What did the commander say back to Brandt?",
            "The commander, Odd Berg, told Brandt no.",
            "Brandt, with the commander at his side, sang.",
        ),
        ("What is Norway's position on the pier?", "Norway opposes the pier.", "The pier faces Norway and its coast."),
    ],
)
def test_a_near_miss_does_not_hold_the_asked_thing(question: str, holding: str, near: str) -> None:
    assert judged(question, holding)
    assert not judged(question, near)
    assert judged(question, near, holding)


def test_the_words_around_may_hold_what_a_deed_needs() -> None:
    question = "Why did Norway sell to Orrin?"
    assert judged(question, "It had to sell boats at Orrin.", around="Norway")


def test_what_every_passage_is_about_need_not_stand_in_the_sentence() -> None:
    sentences = ["Velten had to leave: fees rose.", "Orrin sleeps.", "Orrin is old.", "Orrin pays."]
    assert judged("Why did Velten leave Orrin?", *sentences)
    assert not judged("Why did Velten leave Saltmouth?", *sentences)


def test_a_counted_noun_may_be_called_otherwise_beside_what_narrows_it() -> None:
    question = "How many fishing outfits joined the guild?"
    assert judged(question, "More than 50 fishing crews joined the guild.")
    assert not judged(question, "More than 50 bakers joined the guild.")


def test_a_row_of_a_table_is_on_one_thing() -> None:
    row = "Custody | Detained sailors moved each month | 150 | 400"
    assert judged("How many detained sailors are moved each month?", row)


def test_half_of_what_a_count_is_about_will_do_without_the_name() -> None:
    question = "How many traders drowned off Saltmouth in the storm?"
    assert judged(question, "In the storm 12 traders drowned.")
    assert not judged(question, "The guild counts 12 traders.")


def test_a_view_needs_no_known_verb_where_its_topic_is_all_there() -> None:
    question = "What did Velten want to build on the pier?"
    assert judged(question, "Velten drew a crane to build on the pier.")
    assert not judged(question, "Velten drew a crane.")


def test_a_topic_needs_the_name_and_the_thing_in_one_sentence() -> None:
    question = "What part do Danish customs duties play in the debate?"
    assert judged(question, "Danish duties weigh on trade.")
    assert not judged(question, "Duties weigh on trade.", "The Danish side left the debate.")


def test_a_name_under_a_heading_counts() -> None:
    question = "Who murdered Mara Velten?"
    assert judged(question, "A trader killed her.", around="Mara Velten")
    assert not judged(question, "A trader killed her.", around="Orrin")


def test_a_country_names_nobody() -> None:
    assert not judged("What is the name of the contractor that died?", "An Iraqi contractor died.")
    assert judged("What is the name of the contractor that died?", "Odd Berg, a contractor, died; Odd Berg was old.")


def test_words_that_are_like_the_asked_one_count() -> None:
    def alike(words: Sequence[str]) -> Vectors:
        return np.array([[1.0, 0.0] if w in ("sailors", "mariners") else [0.0, 1.0] for w in words], dtype=np.float32)

    question = "How many sailors are there?"
    text = "The board counts 40 mariners."
    evidence = [Evidence(text)]
    (thing,) = asked(question)
    assert holds(thing, evidence, meaning_of(question, [text], alike))
    assert not holds(thing, evidence, meaning_of(question, [text], None))


def test_a_bench_is_judged_passage_by_passage(tmp_path: Path) -> None:
    (tmp_path / "corpus.jsonl").write_text('{"id": "a", "title": "Orrin", "text": "The board keeps 12 ferries."}\n')
    (tmp_path / "queries.jsonl").write_text(
        '{"id": "1", "text": "How many ferries are kept?", "unanswerable": false, "context_doc": "a"}\n'
        '{"id": "2", "text": "How many piers are kept?", "unanswerable": true, "context_doc": "a"}\n'
        '{"id": "3", "text": "Why are ferries kept?", "unanswerable": true, "context_doc": "a"}\n'
    )
    table = measure(tmp_path, VECTORS)
    assert table["count"] == {"answerable": 1, "answerable refused": 0, "unanswerable": 1, "unanswerable refused": 1}
    assert table["all"]["unanswerable"] == 2
    assert as_text(table).splitlines()[-1].split() == ["all", "1", "0", "2", "1"]
