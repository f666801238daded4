"""From a passage to the documents it names: what the bonus is, and when there is none."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from rag.bridge import bonuses
from rag.text import stem
from rag.titles import Titles
from rag.types import Metadata, Passage

TEXTS = {
    "heron": "The Grey Heron is a picture by Ilse Varn.",
    "varn": "Ilse Varn was born in Saltmouth.",
    "pier": "The pier was built of oak.",
}
TITLES = {"heron": "The Grey Heron", "varn": "Ilse Varn", "pier": "Northern Pier"}
QUESTION = "Where was the painter of that picture born?"
TERMS = {stem("picture"): 1.0, stem("born"): 1.0, stem("painter"): 0.5}  # the last is an alias: no word of the question


def passage(name: str) -> Passage:
    text = TEXTS[name]
    return Passage(
        id=f"{name}:0-{len(text)}", document_id=name, ordinal=0, start=0, end=len(text), text=text, sentences=()
    )


@pytest.fixture
def catalogue() -> Any:
    infos: list[Any] = [SimpleNamespace(id=i, metadata=Metadata(title=t)) for i, t in TITLES.items()]
    return SimpleNamespace(
        titles=Titles(infos, rare=lambda word: True),
        lexicon=SimpleNamespace(idf=lambda term: 2.0),
        passages={passage(n).id: passage(n) for n in TEXTS},
    )


def test_a_named_document_gains_by_meaning_and_by_the_words_it_adds(catalogue: Any) -> None:
    asked: list[Sequence[str]] = []

    def cosines(documents: Sequence[str]) -> list[tuple[str, float]]:
        asked.append(documents)
        return [(passage("varn").id, 0.5), (passage("heron").id, 0.9)]

    found = bonuses(QUESTION, TERMS, [(passage("heron"), 2.0)], catalogue, cosines)
    # 2.0 x (0.6 x 0.5 + 1.5 x 1/2): "born" is one of two words of the question, and new
    assert found == {passage("varn").id: pytest.approx(2.1)}
    assert asked == [["heron", "varn"]]


def test_a_document_that_the_question_names_gains_a_fifth_of_the_best_score(catalogue: Any) -> None:
    found = bonuses(
        "What is the Northern Pier built of?", {}, [(passage("pier"), 2.0)], catalogue,
        lambda documents: [(passage(d).id, 0.5) for d in documents],
    )  # fmt: skip
    assert found == {passage("pier").id: pytest.approx(0.4)}


def test_where_nothing_is_named_nothing_is_searched(catalogue: Any) -> None:
    def never(documents: Sequence[str]) -> list[tuple[str, float]]:
        raise AssertionError(documents)

    assert bonuses("What is it built of?", {}, [(passage("pier"), 2.0)], catalogue, never) == {}
    assert bonuses("What is it built of?", {}, [], catalogue, never) == {}


def test_a_passage_newer_than_the_catalogue_is_left_alone(catalogue: Any) -> None:
    assert bonuses(QUESTION, TERMS, [(passage("heron"), 2.0)], catalogue, lambda _: [("varn:0-99", 0.5)]) == {}
