"""Arabic and French questions: refused where no passage holds enough of what they name."""

from __future__ import annotations

import pytest

from rag.extractive.foreign import Concept, held, lost_names, understood
from rag.glossary import gloss


def concept(word: str, weight: float) -> Concept:
    return Concept(word, (frozenset({word}),), weight, known=True)


def test_what_a_text_holds_is_weighed() -> None:
    row = [concept("ferri", 3.0), concept("river", 1.0)]
    assert held(row, "The ferries wait.") == 0.75
    assert held(row, "A river.") == 0.25
    assert held(row, "Nothing of it.") == 0.0


def test_of_a_name_of_several_words_each_counts() -> None:
    assert held([Concept("x", (frozenset({"low", "water"}),), 2.0, known=True)], "Water rose.") == 0.5


def test_a_question_that_names_nothing_is_held_by_anything() -> None:
    assert held([], "Whatever.") == 1.0


@pytest.mark.parametrize(("text", "language"), [("ما سعر الزعفران؟", "ar"), ("Quel est le prix du bidule ?", "fr")])
def test_what_no_list_has_is_told_from_function_words(text: str, language: str) -> None:
    terms = gloss(text, language).terms  # type: ignore[arg-type]
    assert [t.listed for t in terms if not t.english].count(False) == 1


def test_a_name_that_the_library_lacks_is_lost_and_a_known_one_is_not() -> None:
    names = [Concept(w, (frozenset({w}),), 1.0, known=w == "Norway", name=True) for w in ("Norway", "Peru")]
    assert lost_names(names) == ("Peru",)


def test_with_few_listed_words_nothing_is_concluded() -> None:
    strange = [Concept(w, (frozenset({w}),), 1.0, known=False, listed=False) for w in ("a", "b")]
    assert not understood([concept("ferri", 1.0), *strange])
    assert understood([concept("ferri", 1.0), strange[0]])
