"""The vocabulary: frozen values, and the few things they know of themselves."""

from __future__ import annotations

import dataclasses

import pytest

import rag.types as types
from rag.types import Answer, Filters, Refusal, StatementKind, Support

VALUES = [t for t in vars(types).values() if isinstance(t, type) and dataclasses.is_dataclass(t)]


def answer(**changes: object) -> Answer:
    given: dict[str, object] = {
        "id": "a", "question": "q", "standalone_question": "q", "answer": "t", "statements": (),
        "citations": (), "disagreements": (), "hits": (), "writer": "extractive",
    }  # fmt: skip
    return Answer(**(given | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize("value", VALUES, ids=lambda t: t.__name__)
def test_every_value_is_frozen_and_says_what_it_is(value: type) -> None:
    assert value.__dataclass_params__.frozen  # type: ignore[attr-defined]
    assert value.__doc__
    assert not value.__doc__.startswith(f"{value.__name__}(")  # the generated one


def test_a_value_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        answer().question = "another"  # type: ignore[misc]


def test_filters_are_empty_until_something_is_restricted() -> None:
    assert Filters().empty
    for restricted in ({"documents": ("a",)}, {"publishers": ("p",)}, {"language": "ar"}, {"published_after": "2024"}):
        assert not Filters(**restricted).empty  # type: ignore[arg-type]


def test_an_answer_with_a_refusal_is_refused() -> None:
    assert not answer().refused
    assert answer(refusal=Refusal(reason="Nothing.")).refused


def test_the_words_of_the_contract() -> None:
    assert {str(k) for k in StatementKind} == {"quoted", "written"}
    assert {str(s) for s in Support} == {"verified", "flagged"}
