"""Figures and parties in their places: a right one and a wrong one for each rule."""

from __future__ import annotations

import pytest

from rag.support import Evidence, check
from rag.support.changes import anchored, change_roles, fractions
from rag.support.parties import acts

PAIRS = [
    ("The fee rose from 40 to 55 euros.", "The fee went up to 55 euros.", "The fee rose by 55 euros."),
    ("Sales fell by 9 percent to 3 million.", "Sales fell to 3 million.", "Sales fell by 3 million."),
    ("The motion passed 31 to 12.", "The motion passed by 31 to 12.", "The motion passed 12 to 31."),
    ("The lab ran 70 tests in June, up from 50 in May.", "The lab ran 70 tests in June, 20 more than in May.",
     "The lab ran 70 tests in May."),
    ("The lab ran 70 tests in June, up from 50 in May.", "The lab ran more tests in June than in May.",
     "The lab ran fewer tests in June than in May."),
    ("The levy was raised in 2011, frozen in 2014 and repealed in 2019.", "The levy was repealed in 2019.",
     "The levy was repealed in 2014."),
    ("A quarter of the wells are dry.", "25 percent of the wells are dry.", "30 percent of the wells are dry."),
    ("Two of the six bridges collapsed.", "Two of the six bridges collapsed.", "One of the six bridges collapsed."),
    ("Arden sold 12 ferries to Brisk.", "Brisk bought 12 ferries from Arden.", "Brisk sold 12 ferries to Arden."),
    ("The guild sued the harbour authority over fees.", "The harbour authority was sued by the guild over fees.",
     "The harbour authority sued the guild over fees."),
    ("Members are proposed by the dean and elected by the board.", "The board elects the members.",
     "Members are elected by the dean."),
    ("Divers said the wreck was empty, but historians feared it held mines.", "Divers said the wreck was empty.",
     "Historians said the wreck was empty."),
    ("Only the wardens may open the sluice.", "The sluice may be opened only by the wardens.",
     "The wardens may open only the sluice."),
    ("The deputy mayor, Ann Lowe, resigned.", "Ann Lowe, the deputy mayor, resigned.",
     "Ann Lowe, the mayor, resigned."),
    ("Voters were unimpressed by the budget.", "The budget did not impress voters.",
     "Voters were impressed by the budget."),
    ("Storms hit 900 homes, most of them farms.", "Storms hit 900 homes.", "Storms hit 900 farms."),
    ("The guard holds the north gate, while the rebels hold the south gate.", "The guard holds the north gate.",
     "The guard holds the south gate."),
    ("Should the dyke burst, the town would have to move.", "If the dyke bursts, the town would have to move.",
     "The town will have to move."),
]  # fmt: skip


@pytest.mark.parametrize(("quote", "right", "wrong"), PAIRS)
def test_each_in_its_place(quote: str, right: str, wrong: str) -> None:
    evidence = [Evidence(quote=quote)]
    assert check(right, evidence, attribution=None).problems == ()
    assert not check(wrong, evidence).supported


def test_a_change_has_a_start_a_size_and_an_end() -> None:
    told = change_roles("Rents rose by 5 percent from 300 to 315 euros.")
    assert told == ((5.0, "by"), (300.0, "from"), (315.0, "to"))
    assert change_roles("Le taux a reculé de 7 %.") == ((7.0, "by"),)
    assert change_roles("Rents stood at 315 euros.") == ()


def test_a_figure_is_anchored_to_the_time_or_place_behind_it() -> None:
    assert anchored("70 tests in June, up from 50 in May") == (("month", "june", 70.0), ("month", "may", 50.0))


def test_fractions_are_percentages() -> None:
    assert fractions("a quarter, three quarters and one in five") == (20.0, 25.0, 75.0)
    assert fractions("in the third quarter of the year") == ()


def test_an_act_has_a_subject_and_an_object() -> None:
    act = next(a for a in acts("In 2018 Arden sold 12 ferries to Brisk.") if a.verb == "sell")
    assert (act.far, act.passive) == (frozenset({"brisk"}), False)
    assert "arden" in act.subject


def test_a_sentence_with_quotations_of_its_own_is_cut_nowhere() -> None:
    quote = (
        'The envoy, Ann Lowe, said, "All depots in the valley were raided by what he called the free bands," '
        'adding, "The aim of the bands is no longer plunder."'
    )
    assert check(quote, [Evidence(quote=quote)]).problems == ()
    half = 'Ann Lowe said: "raided by what he called the free bands".'
    assert check(half, [Evidence(quote=quote)]).problems
