"""Names of sources in a question: found across spellings, never in ordinary words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.aliases import place_words
from rag.catalogue import common_words
from rag.sources import SourceNames
from rag.types import DocumentInfo, Metadata
from tests.library import METADATA, TEXTS


def info(name: str, **metadata: object) -> DocumentInfo:
    return DocumentInfo(
        id=name, metadata=Metadata(**({"title": name} | metadata)), format="txt",  # type: ignore[arg-type]
        source_path=f"{name}.txt", sha256="0", ingested_at="2024", pages=None, passages=1, characters=9,
    )  # fmt: skip


NAMES = SourceNames(
    [info(name, **METADATA[name]) for name in METADATA],
    common=common_words(p for text in TEXTS.values() for p in text.split("\n\n")),
)


def documents(text: str) -> list[tuple[str, ...]]:
    return [m.documents for m in NAMES.find(text)]


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("What does Velten say about fog?", ["velten"]),
        ("What does velten's study say about fog?", ["velten"]),
        ("What does Velteen think?", ["velten"]),  # one letter off
        ("Is Mara Velten right?", ["velten"]),
        ("What do the Lake Traders want?", ["lake-traders"]),
        ("what does the guild of lake traders want?", ["lake-traders"]),
    ],
)
def test_a_name_leads_to_its_report(question: str, named: list[str]) -> None:
    assert [d for found in documents(question) for d in found] == named


@pytest.mark.parametrize(
    "question",
    [
        "How long is the crossing?",
        "Which policy institute is best?",
        "Why did the lake fall?",
        "Is there a ferry?",
        "",
        "?",
    ],
)
def test_ordinary_words_name_nobody(question: str) -> None:
    assert documents(question) == []


def test_two_words_of_one_name_are_one_mention() -> None:
    (mention,) = NAMES.find("according to Mara Velten it fell")
    assert "according to Mara Velten it fell"[mention.start : mention.end] == "Mara Velten"


def test_a_word_that_many_publishers_share_names_none_of_them() -> None:
    many = SourceNames([info(f"d{n}", publisher=f"Watergate {chr(65 + n) * 6}") for n in range(9)])
    assert many.find("What does Watergate say?") == []
    assert [m.documents for m in many.find("What does Watergate BBBBBB say?")] == [("d1",)]


@given(st.text(max_size=60))
def test_mentions_stand_in_order_in_the_text(text: str) -> None:
    last = 0
    for mention in NAMES.find(f"{text} Velten {text}"):
        assert last <= mention.start < mention.end
        assert mention.documents
        last = mention.end


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("According to Velten, why did the lake fall?", ", why did the lake fall?"),
        ("What does Velten say about fog?", "What does about fog?"),
        ("How high is it?", "How high is it?"),
    ],
)
def test_names_can_be_taken_out_of_a_question(text: str, left: str) -> None:
    assert NAMES.remove(text, NAMES.find(text)) == left


def test_no_reports_no_names() -> None:
    assert SourceNames([]).find("What does Velten say?") == []


def test_a_word_of_the_texts_is_no_misspelt_name() -> None:
    authors = [info("a", authors=("Mustafa al-Saray",))]
    heard, read = SourceNames(authors), SourceNames(authors, used={"saraya"})
    question = "What do the papers say of Saraya al-Salam?"
    assert heard.find(question), "else the texts are not what keeps them apart"
    assert read.find(question) == []
    assert [m.documents for m in read.find("What does al-Sarray say?")] == [("a",)]


def test_a_country_is_no_author_who_sounds_like_it() -> None:
    authors = [info("a", authors=("Dr. Saad al-Saidi",)), info("b", authors=("Maha Jordana",))]
    heard, known = SourceNames(authors), SourceNames(authors, places=place_words())
    for question in ("ما موقف السعودية؟", "What is the stance of Jordan?"):
        assert heard.find(question), "else the places are not what keeps them apart"
        assert known.find(question) == []
    assert [m.documents for m in known.find("ماذا يقول السعيدي؟")] == [("a",)]
