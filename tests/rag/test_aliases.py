"""Names that mean the same: matching, weights, case, the user's file, acronyms of texts."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.aliases import AliasTable, Expansion, acronyms, read_groups
from rag.errors import SettingsError


@pytest.fixture(scope="module")
def table() -> AliasTable:
    return AliasTable.load()


def _found(table: AliasTable, question: str) -> dict[str, dict[float, tuple[str, ...]]]:
    found: dict[str, dict[float, tuple[str, ...]]] = {}
    for e in table.expansions(question):
        found.setdefault(e.matched, {})[e.weight] = e.alternatives
    return found


@pytest.mark.parametrize(
    ("question", "matched", "weight", "alternative"),
    [
        ("Who leads the Hashd?", "Hashd", 1.0, "PMF"),
        ("Kata'ib Hezbollah attacks", "Kata'ib Hezbollah", 1.0, "كتائب حزب الله"),
        ("Which lawmakers voted?", "lawmakers", 1.0, "MP"),
        ("How many drones?", "drones", 1.0, "UAV"),
        ("What did Doha say?", "Doha", 0.5, "Qatar"),
        ("What did Qatar say?", "Qatar", 0.5, "Doha"),
        ("the Qatari emir", "Qatari", 0.9, "Qatar"),
        ("the Britons", "Britons", 0.9, "United Kingdom"),
        ("Where is Britain's army?", "Britain's", 1.0, "UK"),
        ("Bagdad et la coalition", "Bagdad", 0.5, "Iraq"),
        ("les troupes irakiennes", "irakiennes", 0.9, "Iraq"),
        ("l'État islamique", "État islamique", 1.0, "Daesh"),
        ("موقف الحشد الشعبي", "الحشد الشعبي", 1.0, "PMF"),
        ("وللعراقيين رأي", "وللعراقيين", 0.9, "Iraq"),
        ("U.S. forces", "U.S.", 1.0, "United States"),
        ("when did the eu meet in Brussels", "Brussels", 0.5, "Belgium"),
        ("زار عُمان أمس", "عُمان", 1.0, "Oman"),
        ("imf loan", "imf", 1.0, "International Monetary Fund"),
    ],
)
def test_names_expand(
    table: AliasTable, question: str, matched: str, weight: float, alternative: str
) -> None:
    assert alternative in _found(table, question)[matched][weight]


def test_the_longest_name_wins(table: AliasTable) -> None:
    found = _found(table, "the United Nations Assistance Mission for Iraq")
    assert list(found) == ["United Nations Assistance Mission for Iraq"]


def test_a_match_says_where_it_stands(table: AliasTable) -> None:
    question = "Did the PMF leave Mosul?"
    for e in table.expansions(question):
        assert question[e.start : e.end] == e.matched
    assert table.expansions(question)[0].matched == "PMF"


@pytest.mark.parametrize(
    ("question", "country"),
    [
        ("what did they tell us about Mosul", False),
        ("when will us troops leave", True),
        ("us-backed groups", True),
        ("why did the us invade", True),
        ("US", True),
        ("did it help us", False),
    ],
)
def test_us_is_a_country_or_a_pronoun(table: AliasTable, question: str, country: bool) -> None:
    names = {n for e in table.expansions(question) for n in e.alternatives}
    assert ("United States" in names) is country


@pytest.mark.parametrize("question", ["what is it", "who said so", "it is in the un-built mod house", "an ai"])
def test_short_acronyms_need_upper_case(table: AliasTable, question: str) -> None:
    assert table.expansions(question) == []


def test_a_shouted_question_still_has_names(table: AliasTable) -> None:
    found = _found(table, "WHO IS THE PM OF IRAQ TODAY")
    assert list(found) == ["PM", "IRAQ"]


def test_canonical_names_compare(table: AliasTable) -> None:
    for name in ("US", "U.S.", "the United States", "USA", "United States of America"):
        assert table.canonical(name) == "United States"
    assert table.canonical("Daesh") == table.canonical("ISIS") == table.canonical("داعش") == "Islamic State"


@pytest.mark.parametrize("name", ["us", "is", "American", "Doe", "", "US and Iran", "CENTCOM commander"])
def test_what_is_not_one_known_name_has_no_canonical_form(table: AliasTable, name: str) -> None:
    assert table.canonical(name) is None


def test_a_capital_is_not_its_country(table: AliasTable) -> None:
    assert table.canonical("Baghdad") == "Baghdad"
    assert table.canonical("Washington") == "Washington"


def test_related_names_are_not_the_same(table: AliasTable) -> None:
    assert table.canonical("KRG") == "Kurdistan Regional Government"
    assert "Kurdistan Region" in _found(table, "the KRG")["KRG"][0.6]
    assert table.canonical("KRG") != table.canonical("Kurdistan Region")


def test_seeds_are_unambiguous_but_for_homographs(table: AliasTable) -> None:
    # عمان is Oman and Amman; CoR and the like stay single.
    ambiguous = {
        entry.tokens
        for entries in table._index.values()
        for entry in entries
        if len({group for group, kind, _ in entry.senses if kind == "name"}) > 1
    }
    assert ambiguous <= {("عمان",)}


def test_places_are_complete(table: AliasTable) -> None:
    for country in ("Iraq", "Tuvalu", "Eswatini", "Holy See", "South Sudan", "Timor-Leste", "Kosovo"):
        assert table.canonical(country) is not None


# --------------------------------------------------------------------------- the user's file


def test_the_users_names_join_what_is_known(tmp_path: Path) -> None:
    file = tmp_path / "aliases.yaml"
    file.write_text("- [US, Uncle Sam]\n- [Alpha Initiative, AlphaX]\n", encoding="utf-8")
    table = AliasTable.load(file)
    assert table.canonical("Uncle Sam") == table.canonical("USA") == "United States"
    assert table.expansions("AlphaX") == [Expansion("AlphaX", ("Alpha Initiative",), 1.0, 0, 6)]


def test_the_user_may_declare_two_known_names_one(tmp_path: Path) -> None:
    file = tmp_path / "aliases.yaml"
    file.write_text("- [KRG, Kurdistan Region]\n", encoding="utf-8")
    table = AliasTable.load(file)
    assert table.canonical("KRG") == table.canonical("Iraqi Kurdistan") is not None


def test_a_missing_file_means_seeds_only(tmp_path: Path) -> None:
    assert AliasTable.load(tmp_path / "none.yaml").canonical("UK") == "United Kingdom"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("- [Norway, NO]\n", "entry 1: False"),
        ("- [A1, B1]\n- PMF\n", "entry 2: 'PMF'"),
        ("- [Alone]\n", "entry 1"),
        ("- [Year, 2024]\n", "entry 1: 2024"),
        ("a: b\n", "list of lists"),
        ("- [open\n", "not readable as YAML"),
    ],
)
def test_a_wrong_entry_is_named(tmp_path: Path, content: str, says: str) -> None:
    file = tmp_path / "aliases.yaml"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(SettingsError, match=r"aliases\.yaml") as error:
        read_groups(file)
    assert says in str(error.value)


# --------------------------------------------------------------------------- acronyms of texts


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        (
            "The United Nations Assistance Mission for Iraq (UNAMI) left.",
            [("UNAMI", "United Nations Assistance Mission for Iraq")],
        ),
        ("The HMC (High Military Committee) met.", [("HMC", "High Military Committee")]),
        ("unmanned aerial vehicles (UAVs)", [("UAV", "unmanned aerial vehicles")]),
        ("the Ministry of Defence (MoD)", [("MoD", "Ministry of Defence")]),
        ("a Status of Forces Agreement (SOFA)", [("SOFA", "Status of Forces Agreement")]),
        ("Central Command (CENTCOM)", [("CENTCOM", "Central Command")]),
        ("Zeta Response\nAgency (ZRA)", [("ZRA", "Zeta Response Agency")]),
        ("the ministry said (AB) that", []),
        ("He met Omar. Khalid Nouri (KN) and Other Khan Nation. (OKN)", [("KN", "Khalid Nouri")]),
        ("in the year (2024)", []),
        ("see Table One (Figure)", []),
    ],
)
def test_acronyms(text: str, pairs: list[tuple[str, str]]) -> None:
    assert acronyms(text) == pairs


@given(st.text(alphabet="ABab (),.of\n", max_size=80))
def test_acronyms_never_fail_and_begin_alike(text: str) -> None:
    for acronym, expansion in acronyms(text):
        assert expansion[0].lower() == acronym[0].lower()


def test_an_acronym_of_the_texts_is_known() -> None:
    table = AliasTable.load(texts=["The Zeta Response Agency (ZRA) was founded.", "It is the ZRA."])
    assert table.canonical("ZRA") == "Zeta Response Agency"
    assert table.expansions("zeta response agency")[0].alternatives == ("ZRA",)


def test_a_second_meaning_makes_an_acronym_ambiguous_for_comparing_only() -> None:
    table = AliasTable.load(texts=["The Sudan Defence Forum (SDF) met."])
    assert table.canonical("SDF") is None
    names = {n for e in table.expansions("the SDF") for n in e.alternatives}
    assert {"Sudan Defence Forum", "Syrian Democratic Forces"} <= names


def test_a_spelling_variant_joins_the_group() -> None:
    table = AliasTable.load(texts=["the Popular Mobilisation Force (PMF)"])
    assert table.canonical("PMF") == "Popular Mobilization Forces"
