"""From a question to weighted terms: the question's own words first, variants and aliases below them."""

from __future__ import annotations

import pytest

from rag.aliases import AliasTable
from rag.catalogue import Catalogue, build_catalogue
from rag.compose import open_parts
from rag.query import build_query
from rag.text import stem
from tests import library


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    folder = tmp_path_factory.mktemp("query")
    aliases = folder / "aliases.yaml"
    aliases.write_text("- [Orrin Ferry Board, OFB]\n")
    parts = open_parts(library.fill(folder), embedder=library.embedder())
    try:
        return build_catalogue(parts.records.library, aliases)
    finally:
        parts.close()


def test_known_words_weigh_one_and_stop_words_nothing(catalogue: Catalogue) -> None:
    query = build_query("What is the price of a ferry ticket?", catalogue)
    assert query.terms[stem("ferry")] == query.terms[stem("ticket")] == 1.0
    assert not {"what", "is", "the", "of"} & set(query.terms)
    assert query.language == "en"
    assert query.unknown == ()


def test_a_misspelt_word_brings_the_librarys_own_at_less_weight(catalogue: Catalogue) -> None:
    query = build_query("Which clinnics close?", catalogue)
    assert 0 < query.terms[stem("clinics")] < query.terms[stem("clinnics")] == 1.0
    assert "clinics" in query.text
    assert query.unknown == ()


def test_a_word_nobody_uses_is_unknown(catalogue: Catalogue) -> None:
    assert build_query("What about zeppelins?", catalogue).unknown == ("zeppelins",)


def test_what_stands_in_brackets_behind_a_question_weighs_half(catalogue: Catalogue) -> None:
    query = build_query("How many ferries? (What does the ferry board say of fog?)", catalogue)
    assert query.terms[stem("ferries")] == 1.0  # asked for, whatever the brackets repeat
    assert query.terms[stem("fog")] == 0.5
    assert query.asked == "How many ferries?"
    assert build_query("What does the board (a guild) say?", catalogue).asked is None


def test_an_alias_of_the_users_own_brings_the_other_name(catalogue: Catalogue) -> None:
    assert isinstance(catalogue.aliases, AliasTable)
    query = build_query("What does the OFB count?", catalogue)
    assert 0 < query.terms[stem("orrin")] < 1
    assert "Orrin Ferry Board" in query.text


def test_an_arabic_question_reaches_english_words(catalogue: Catalogue) -> None:
    query = build_query("كم عدد الأطفال؟", catalogue)
    assert query.language == "ar"
    assert stem("children") in query.terms
    assert build_query("كم عدد العبارات؟", catalogue, multilingual=True).text == "كم عدد العبارات؟"


@pytest.mark.parametrize("text", ["", "?", "the of and", "\u200f", "1 2 3"])
def test_a_question_without_words_makes_no_trouble(catalogue: Catalogue, text: str) -> None:
    assert all(0 < w <= 1 for w in build_query(text, catalogue).terms.values())
