"""Sentences that may answer: real sentences of the hits, ranked by stated features."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rag.briefing import Briefing
from rag.extractive.candidates import (
    _PUBLISHED,
    WEIGHTS,
    Candidate,
    _answering_references,
    _asked,
    _wrong_kind,
    candidates,
    has_type,
    says_something,
    term_weights,
)
from rag.query import build_query
from rag.question import QuestionKind, analyse
from tests import library
from tests.rag.extractive.pieces import BOARD, BUILT, HITS, candidate
from tests.rag.test_sources import NAMES


def ranked(briefing: Briefing, text: str) -> list[Candidate]:
    catalogue = briefing._catalogue.get()
    question = analyse(text, catalogue.names)
    hits = briefing.search(text, k=50).hits
    vectors = briefing.library.sentence_vectors(h.passage.id for h in hits)
    query = build_query(question.focus, catalogue)
    asked = np.atleast_2d(library.embedder().embed_query(query.text))
    return candidates(question, query, asked, hits, vectors, catalogue)


def test_each_candidate_is_a_stored_sentence(briefing: Briefing) -> None:
    found = ranked(briefing, "How many ferries are on the lake?")
    assert found
    for c in found:
        assert briefing.document(c.document_id).text[c.sentence.start : c.sentence.end] == c.text
        assert c.word_count >= 4
        assert 0 <= c.coverage <= 1
        assert -1.001 <= c.cosine <= 1.001


def test_best_first_and_ties_in_reading_order(briefing: Briefing) -> None:
    found = ranked(briefing, "the northern pier")
    keys = [(-c.score, c.document_id, c.sentence.start) for c in found]
    assert keys == sorted(keys)


def test_headings_do_not_answer(briefing: Briefing) -> None:
    texts = {c.text for c in ranked(briefing, "Fleet crossings outlook demands method")}
    assert not texts & {"Fleet", "Crossings", "Outlook", "Demands", "Method"}


@pytest.mark.parametrize("line", ["Publisher: Orrin Ferry Board of the Lake", "الناشر: مرصد القناطر للرأي العام"])
def test_an_imprint_does_not_answer(line: str) -> None:
    assert not says_something(line, HITS[0])
    assert says_something(line.split(": ")[1] + " counts the ferries on the lake.", HITS[0])


def test_what_a_follow_up_carries_along_is_not_asked_again(briefing: Briefing) -> None:
    asked = "Who keeps vaccines? (How many ferries are on the lake?)"
    catalogue = briefing._catalogue.get()
    question = analyse(asked, catalogue.names)
    texts = list(dict.fromkeys([question.text, question.focus, *question.parts]))
    vectors = np.eye(len(texts), 8, dtype=np.float32)
    kept = _asked(question, vectors)
    assert len(texts) - len(kept) == len(question.context) == 1
    assert not any(np.array_equal(row, vectors[texts.index(question.context[0])]) for row in kept)


def test_a_source_named_against_others_does_not_silence_them(briefing: Briefing) -> None:
    alone = {c.document_id for c in ranked(briefing, "How many ferries does the Orrin Ferry Board count?")}
    against = {c.document_id for c in ranked(briefing, "Ferries: compare the Orrin Ferry Board with the other reports")}
    assert len(alone) == 1
    assert len(against) > 1


def test_the_sentence_with_the_asked_words_leads(briefing: Briefing) -> None:
    assert ranked(briefing, "vaccines for children kept by clinics")[0].text == (
        "Every clinic keeps vaccines for 200 children."
    )


@pytest.mark.parametrize(
    ("kind", "text", "fits"),
    [
        (QuestionKind.FIGURE, "There are 12 ferries.", True),
        (QuestionKind.FIGURE, "There are many ferries.", False),
        (QuestionKind.DATE, "It opens in March.", True),
        (QuestionKind.DATE, "It opens in 2026.", True),
        (QuestionKind.DATE, "It opens later.", False),
        (QuestionKind.GENERAL, "Anything.", True),
    ],
)
def test_a_figure_or_a_date_is_recognised(kind: QuestionKind, text: str, fits: bool) -> None:
    assert has_type(kind, text) is fits


def test_the_questions_own_words_share_one_whole(briefing: Briefing) -> None:
    catalogue = briefing._catalogue.get()
    query = build_query("How many vaccines does a clinic keep?", catalogue)
    weights = term_weights(query, catalogue)
    known = [t for t, w in query.terms.items() if w >= 1 and catalogue.lexicon.known(t)]
    assert known
    assert sum(weights[t] for t in known) == pytest.approx(1.0)  # what no report has counts against none
    assert weights["vaccin"] > weights["clinic"]  # rarer


def test_a_reference_answers_only_where_it_is_nearer_than_every_sentence() -> None:
    def of(text: str, cosine: float, reference: float) -> Candidate:
        made = candidate(text, score=1.0 + WEIGHTS.reference * reference)
        return replace(made, features=replace(made.features, cosine=cosine, reference=reference))

    sentence, note = of(BOARD, 0.4, 0.0), of(BUILT, 0.5, 1.0)
    assert [c.score for c in _answering_references([sentence, note])] == [1.0, 1.0]
    far = of(BUILT, 0.3, 1.0)
    assert [c.score for c in _answering_references([sentence, far])] == [1.0, 1.0 + WEIGHTS.reference]


@pytest.mark.parametrize(
    ("question", "text", "wrong"),
    [
        ("How many ferries?", "It counts 12 ferries.", 0.0),
        ("How many ferries?", "It was founded on 3 May 1990.", 0.5),  # a date is hardly a number of ferries
        ("How many ferries?", "It counts the ferries.", 1.0),
        ("What is the breakdown of the guild?", "It has 12 members.", 1.0),
        ("What is the breakdown of the guild?", "It is 60% captains and 40% traders.", 0.0),
        ("What is the breakdown of the guild?", "Half of the 12 members are captains.", 0.0),
        ("When was it founded?", "It was founded in 1990.", 0.0),
        ("When was it founded?", "It counts 12 ferries.", 1.0),
        ("Who runs it?", "It counts the ferries.", 0.0),
    ],
)
def test_how_far_a_sentence_is_from_the_kind_that_is_asked_for(question: str, text: str, wrong: float) -> None:
    assert _wrong_kind(analyse(question, NAMES), text) == wrong


@pytest.mark.parametrize(
    ("question", "published"),
    [
        ("Which newspaper reported the sale?", True),
        ("Who wrote about the pier?", True),
        ("What is the report's source for that?", True),
        ("How many ferries are on the lake?", False),
        ("What did the captain write on the quay?", False),
    ],
)
def test_only_who_asks_for_a_publication_may_get_a_reference(question: str, published: bool) -> None:
    assert bool(_PUBLISHED.search(question)) is published
