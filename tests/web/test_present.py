"""Cutting statements into runs, labels, neighbours: pure functions."""

from __future__ import annotations

from typing import Any

import pytest

from web.present import badge, groups, neighbours, quote_href, statement_runs

QUOTES = {1: "The council counted 37 cranes, it said.", 2: "Pilots wait for the tide."}


def statement(text: str, citations: list[int], kind: str = "written") -> dict[str, Any]:
    return {"text": text, "citations": citations, "kind": kind, "attribution": None, "group": None}


@pytest.mark.parametrize(
    ("text", "citations", "kind", "runs"),
    [
        ("Pilots wait.", [2], "written", ["Pilots wait.", 2]),
        ("A [1] and B [2].", [1, 2], "written", ["A", 1, " and B", 2, "."]),
        ("In [9] words.", [1], "written", ["In [9] words.", 1]),
        ("It says “37 cranes” today.", [1], "written", ["It says ", ("“37 cranes”",), " today.", 1]),
        ("It says “38 cranes” today.", [1], "written", ["It says “38 cranes” today.", 1]),
        ("“The council … cranes”", [1], "written", [("“The council … cranes”",), 1]),
        ("Pilots wait for the tide.", [2], "quoted", [("Pilots wait for the tide.",), 2]),
        ("Pilots wait for the tide.", [1], "quoted", ["Pilots wait for the tide.", 1]),
        ("X.", [2, 2, 1], "written", ["X.", 2, 1]),
    ],
)
def test_a_statement_is_cut_into_words_quotes_and_numbers(
    text: str, citations: list[int], kind: str, runs: list[Any]
) -> None:
    expected = [
        {"citation": r}
        if isinstance(r, int)
        else {"text": r[0], "quoted": True}
        if isinstance(r, tuple)
        else {"text": r}
        for r in runs
    ]
    assert statement_runs(statement(text, citations, kind), QUOTES) == expected


def test_statements_stand_under_their_headings_in_order() -> None:
    given = [{**statement(t, []), "group": g} for t, g in [("a", None), ("b", "X"), ("c", "X"), ("d", "Y")]]
    shown = [(g["heading"], [s["text"] for s in g["statements"]]) for g in groups(given)]
    assert shown == [(None, ["a"]), ("X", ["b", "c"]), ("Y", ["d"])]


@pytest.mark.parametrize(
    ("text", "group", "expected"),
    [
        ("Cranes rust.", None, "Council, 2024"),
        ("The Council holds that cranes rust.", None, None),
        ("Cranes rust.", "Council", None),
    ],
)
def test_a_source_is_named_once(text: str, group: str | None, expected: str | None) -> None:
    assert badge({"text": text, "group": group, "attribution": "Council, 2024"}) == expected


def test_an_address_keeps_odd_ids_in_one_piece() -> None:
    item = {"document_id": "a b/c?d#e", "start": 1, "end": 2}
    assert quote_href(item, "x&y") == "/documents/a%20b%2Fc%3Fd%23e?start=1&end=2&answer=x%26y#quote"


def test_neighbours_follow_the_numbers_of_the_answer() -> None:
    def citation(number: int, start: int) -> dict[str, Any]:
        base: dict[str, Any] = {"title": "T", "authors": [], "publisher": "P", "published": None}
        return {**base, "number": number, "document_id": "d", "start": start, "end": start + 5}

    answer = {"id": "a", "citations": [citation(2, 40), citation(1, 90), citation(3, 10)]}
    found = neighbours(answer, "d", 40, 45)
    assert found is not None
    assert (found["previous"]["number"], found["next"]["number"], found["total"]) == (1, 3, 3)
    assert neighbours(answer, "d", 41, 45) is None
