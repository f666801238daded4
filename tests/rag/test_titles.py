from __future__ import annotations

from types import SimpleNamespace

from rag.titles import Titles
from rag.types import Metadata


def titles(*names: str, common: frozenset[str] = frozenset()) -> Titles:
    infos = [SimpleNamespace(id=n, metadata=Metadata(title=n)) for n in names]
    return Titles(infos, rare=lambda word: word not in common)  # type: ignore[arg-type]


def test_the_longest_title_that_stands_there_counts() -> None:
    found = titles("Harrow", "Harrow Dam", "The Orrin Ferry (ship)")
    assert found.named("She crossed by the Orrin Ferry below Harrow Dam.") == ("The Orrin Ferry (ship)", "Harrow Dam")


def test_a_title_needs_a_capital_where_there_are_capitals() -> None:
    found = titles("Low Water", "سد هارو")
    assert found.named("There was low water at سد هارو.") == ("سد هارو",)
    assert titles("سد").named("سد هارو") == ()  # one word without capitals may be any word


def test_a_title_of_common_words_points_nowhere() -> None:
    assert titles("Iraq", common=frozenset({"iraq"})).named("Iraq and Iran") == ()
    assert titles("2024").named("In 2024") == ()
