"""The checker, rule by rule; the labelled pairs are scored in ``tests/eval/test_checker.py``."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.support import Evidence, check
from rag.support import check as package_check
from rag.support.numbers import quantities, ranges
from rag.types import Metadata

SOURCE = Metadata(
    title="Leaving well", authors=("Dr. Samir Qadri",), publisher="Northgate Council on Security",
    published="2024-02-14",
)  # fmt: skip


def evidence(quote: str, context: str | None = None) -> list[Evidence]:
    return [Evidence(quote=quote, metadata=SOURCE, context=context)]


def problems(statement: str, quote: str, *, context: str | None = None, attribution: str | None = None) -> str:
    verdict = check(statement, evidence(quote, context), attribution=attribution)
    assert verdict.supported == (not verdict.problems)
    return "; ".join(verdict.problems)


# --------------------------------------------------------------------------- verbatim and frames


@pytest.mark.parametrize(
    "statement",
    [
        "The base holds 400 soldiers.",
        "“The base holds 400 soldiers.”",
        "Samir Qadri writes: “The base holds 400 soldiers.”",
        "According to Samir Qadri, the base holds 400 soldiers.",
        "Northgate Council on Security (February 2024) writes: “The base holds 400 soldiers.”",
        "The Northgate report says that the base holds 400 soldiers.",
        "The base holds 400 soldiers, according to Qadri.",
        "The base holds 400 soldiers (Northgate, 2024).",
        "the  base holds 400 soldiers",
    ],
)
def test_the_source_s_words_with_a_true_frame(statement: str) -> None:
    assert problems(statement, "The base holds 400 soldiers.") == ""


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("According to Lena Ortiz, the base holds 400 soldiers.", "names “Lena Ortiz”"),
        ("Northgate Council (2019) writes: “The base holds 400 soldiers.”", "dates the source “2019”"),
        ("Samir Qadri (March 2024) writes: “The base holds 400 soldiers.”", "dates the source"),
        ("Samir Qadri writes: “The base holds 500 soldiers.”", "are not in the quotes"),
    ],
)
def test_a_false_frame_or_a_changed_quotation(statement: str, what: str) -> None:
    assert what in problems(statement, "The base holds 400 soldiers.")


def test_a_wrong_attribution_beside_the_statement() -> None:
    quote = "The base holds 400 soldiers."
    assert "is attributed to" in problems(quote, quote, attribution="Lena Ortiz, May 2023")
    assert problems(quote, quote, attribution="Northgate Council on Security, February 2024") == ""


def test_insertions_and_omissions_inside_a_quotation() -> None:
    quote = "It was handed over in May. The commander left the same day."
    assert problems("Qadri writes: “It [the base] was handed over in May.”", quote) == ""
    assert problems("Qadri writes: “It was handed over … The commander left the same day.”", quote) == ""
    assert "not in the quotes" in problems("Qadri writes: “The commander left … It was handed over.”", quote)


def test_a_quotation_cut_after_a_denial() -> None:
    quote = "the base was handed over in May"
    assert "cut after" in problems(f"“{quote}”", quote, context=f"It is not true that {quote}.")
    assert problems(f"“{quote}”", quote, context=f"Officials agree: {quote}.") == ""
    assert "cut before" in problems(f"“{quote}”", quote, context=f"The claim that {quote} is false.")


def test_words_are_found_whole() -> None:
    assert problems("They are able to leave", "They are unable to leave the camp.") != ""


# --------------------------------------------------------------------------- numbers


@pytest.mark.parametrize(
    ("quote", "statement", "supported"),
    [
        ("It cost $2.1 billion.", "It cost $2,100 million.", True),
        ("It cost $2.1 billion.", "It cost €2.1 billion.", False),
        ("It rose by 2 percentage points.", "It rose by 2 percent.", False),
        ("It rose by 5 per cent.", "It rose by 5%.", True),
        ("It holds at least 400 men.", "It holds no fewer than 400 men.", True),
        ("It holds at least 400 men.", "It holds 400 men.", False),
        ("It holds 400 men.", "It holds about 400 men.", True),
        ("It holds 400 men.", "It holds more than 400 men.", False),
        ("It holds 412 men.", "It holds about 400 men.", True),
        ("It holds 412 men.", "It holds 400 men.", False),
        ("It holds 480 men.", "It holds about 400 men.", False),
        ("It holds twelve tanks.", "It holds 12 tanks.", True),
        ("It takes three to four years.", "It takes four years.", False),
        ("It takes three to four years.", "It takes 3-4 years.", True),
        ("Law No. 40 of 2016 founded the force.", "The force was founded by Law 40 of 2016.", True),
    ],
)
def test_numbers(quote: str, statement: str, supported: bool) -> None:
    assert (problems(statement, quote) == "") is supported


def test_quantities_are_read_with_unit_bound_and_rate() -> None:
    (found,) = quantities("at least €2.5 million a year")
    assert (found.value, found.unit, found.bound, found.per) == (2_500_000, "€", "min", "year")
    (arabic,) = quantities("أكثر من ٤٠ ألف شخص")
    assert (arabic.value, arabic.bound) == (40_000, "over")
    assert ranges("between 5,000 and 7,000 fighters") == ((5_000, 7_000),)
    assert ranges("from 2019 to 2021") == ()


def test_a_figure_of_another_clause() -> None:
    quote = "Exports reached €26 billion and imports €4 billion in 2022."
    assert problems("Exports reached €26 billion in 2022.", quote) == ""
    assert "said of something else" in problems("Imports reached €26 billion.", quote)


# --------------------------------------------------------------------------- names, dates, strength


@pytest.mark.parametrize(
    ("quote", "statement", "supported"),
    [
        ("Moqtada al-Rashidi left the capital.", "Muqtada al-Rashidi left the capital.", True),
        ("The World Health Organization sent doctors.", "The WHO sent doctors.", True),
        ("The United States sent trainers.", "The US sent trainers.", True),
        ("Iraqi officials met on Monday.", "Officials of Iraq met on Monday.", True),
        ("French officials met the envoy.", "German officials met the envoy.", False),
        ("The envoy left on 12 May 2021.", "The envoy left in May 2021.", True),
        ("The envoy left on 12 May 2021.", "The envoy left in June 2021.", False),
        ("The envoy left in May 2021.", "The envoy left on 12 May 2021.", False),
        ("Talks may resume in autumn.", "Talks could resume in autumn.", True),
        ("Talks may resume in autumn.", "Talks are likely to resume in autumn.", False),
        ("Talks will probably resume in autumn.", "Talks may resume in autumn.", True),
        ("Talks will resume in autumn.", "Talks have resumed.", False),
        ("The pact was not binding.", "The pact was binding.", False),
        ("The pact is not likely to hold.", "The pact is unlikely to hold.", True),
        ("Several unions oppose the pact.", "Unions oppose the pact.", False),
        ("Most unions oppose the pact.", "All unions oppose the pact.", False),
        ("The army attacked the rebels.", "The rebels attacked the army.", False),
        ("The army attacked the rebels.", "The rebels were attacked by the army.", True),
        ("Prices rose after the strike.", "Prices rose because of the strike.", False),
        ("Prices rose because of the strike.", "The strike caused prices to rise.", True),
        ("Wages are higher in Sarun than in Kelan.", "Wages are higher in Kelan than in Sarun.", False),
        ("Wages are higher in Sarun than in Kelan.", "Wages are lower in Kelan than in Sarun.", True),
        ("About 300 clinics closed in Iraq and Syria.", "About 300 clinics closed in Iraq.", False),
        ("The vote came before the recount.", "The recount came after the vote.", True),
        ("The vote came before the recount.", "The vote came after the recount.", False),
    ],
)
def test_meaning(quote: str, statement: str, supported: bool) -> None:
    assert (problems(statement, quote) == "") is supported, problems(statement, quote)


# --------------------------------------------------------------------------- attribution


def test_an_opinion_needs_its_author() -> None:
    quote = "We believe that the handover was a mistake."
    assert "does not" in problems("The handover was a mistake.", quote)
    assert problems("According to Samir Qadri, the handover was a mistake.", quote) == ""
    assert problems("The handover was a mistake.", quote, attribution="Samir Qadri, February 2024") == ""


def test_a_reported_claim_stays_with_its_speaker() -> None:
    quote = "Farid Nasser argues that the base is obsolete."
    assert problems("Farid Nasser argues that the base is obsolete.", quote) == ""
    assert problems("According to Farid Nasser, the base is obsolete.", quote) == ""
    assert problems("The base is obsolete.", quote) != ""
    assert problems("Samir Qadri writes that the base is obsolete.", quote) != ""


# --------------------------------------------------------------------------- edges


def test_nothing_said_or_nothing_cited() -> None:
    assert not check("", evidence("The base holds 400 soldiers.")).supported
    assert not check("The base holds 400 soldiers.", []).supported
    assert not check("The base holds 400 soldiers.", evidence("  ")).supported


def test_words_that_the_quotes_do_not_carry() -> None:
    assert "do not carry" in problems("Fishing quotas were renewed by the island council.", "The base closed.")


def test_meaning_lowers_the_bar_only_where_it_agrees() -> None:
    quote, statement = "The clinic ran out of gauze.", "The dispensary ran short of bandages."
    assert not check(statement, evidence(quote)).supported
    assert not check(statement, evidence(quote), similarity=lambda a, b: 0.2).supported


def test_another_language_needs_a_meaning_to_compare() -> None:
    quote = "لم توافق الحكومة على تمديد الاتفاق."
    statement = "The government did not agree to extend the agreement."
    assert "different languages" in "; ".join(check(statement, evidence(quote)).problems)
    assert check(statement, evidence(quote), similarity=lambda a, b: 0.9).supported
    assert not check(statement, evidence(quote), similarity=lambda a, b: 0.1).supported


def test_an_error_inside_is_a_failed_verdict() -> None:
    def broken(a: str, b: str) -> float:
        raise RuntimeError("no model")

    verdict = check("The government agreed.", evidence("لم توافق الحكومة."), similarity=broken)
    assert not verdict.supported
    assert "could not be checked" in verdict.problems[0]


@given(st.text(max_size=80), st.text(max_size=120))
def test_any_text_gets_a_verdict(statement: str, quote: str) -> None:
    verdict = package_check(statement, evidence(quote))
    assert 0 <= verdict.score <= 1
    assert not any("could not be checked" in p for p in verdict.problems)


def test_a_word_kept_in_brackets_is_not_cut() -> None:
    source = "In that case, some pilots may leave the harbour."
    assert problems("“[Some] pilots may leave the harbour.”", "pilots may leave the harbour.", context=source) == ""
    assert "cut after" in problems("“Pilots may leave the harbour.”", "pilots may leave the harbour.", context=source)
