"""Sources as scholars list them, and as reference managers take them."""

from __future__ import annotations

import dataclasses
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.types import DocumentInfo, Metadata
from tests.web.export.sample import citation, documents, info, memo
from web.export import export
from web.export.bibliography import bibtex, csl_json, entry, full_note, name_parts, short_note, sort_key, tex
from web.export.rich import Run, Style, plain


def source(**metadata: object) -> DocumentInfo:
    held = info(documents()["ferry-board"])
    return dataclasses.replace(held, metadata=Metadata(**({"title": "T"} | metadata)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("metadata", "line"),
    [
        (
            {"title": "Low water", "authors": ("Dr. Mara Velten",), "publisher": "Lake Press", "published": "2024-10"},
            "Velten, Mara. Low water. Lake Press, October 2024.",
        ),
        ({"title": "Low water", "publisher": "Lake Press"}, "Lake Press. Low water. n.d."),
        ({"title": "Is it safe?", "published": "2024"}, "Is it safe? 2024."),
        (
            {
                "title": "Dams", "authors": ("Ada Brook", "Ben Lock", "Elm Water Board"), "published": "2021-05-09",
                "series": "Valley Papers 3", "translator": "Cy Dew", "url": "https://elm.example",
            },
            "Brook, Ada, Ben Lock, and Elm Water Board. Dams. Translated by Cy Dew. Valley Papers 3. "
            "9 May 2021. https://elm.example.",
        ),
    ],
)  # fmt: skip
def test_a_line_of_the_bibliography(metadata: dict[str, object], line: str) -> None:
    words = entry(source(**metadata))
    assert plain(words) == line
    assert Run(str(metadata["title"]), Style.EMPHASIS) in words


def test_the_first_note_is_full_and_the_next_short() -> None:
    cited = citation(1, documents()["ferry-board"], "The Orrin Ferry Board counts 12 ferries on the lake.")
    assert plain(full_note(cited)) == (
        "Mara van der Velten and Ada Brook, State of the ferries: a #set page(fill: red) count "
        "(Orrin Ferry Board, March 2025), “Fleet”"
    )
    assert plain(short_note(cited)) == "van der Velten and Brook, State of the ferries, “Fleet”"
    paged = dataclasses.replace(cited, page=7, section=(), authors=("A", "B", "C", "D"))
    assert plain(full_note(paged)).startswith("A et al., ")
    assert plain(short_note(paged)) == "A et al., State of the ferries, p. 7"


def test_names_are_turned_round_only_where_that_is_safe() -> None:
    assert name_parts("Hisham Al-Hashimi") == ("Al-Hashimi", "Hisham")
    assert name_parts("Brook, Ada") == ("Brook", "Ada")
    assert name_parts("Abd al-Rahman bin Salman") == ("bin Salman", "Abd al-Rahman")
    for whole in ("Plato", "مصطفى الكاظمي", "Ministry of Water", "UN Assistance Mission for the Upper Lake District"):
        assert name_parts(whole) is None


def test_the_bibliography_is_sorted_without_articles() -> None:
    titles = [source(title="T", authors=(n,)) for n in ("The Board", "Zed Alm", "Saad Al-Basri", "Cy Dew")]
    ordered = [s.metadata.authors[0] for s in sorted(titles, key=sort_key)]
    assert ordered == ["Zed Alm", "Saad Al-Basri", "The Board", "Cy Dew"]


def test_csl_json_has_what_a_reference_manager_asks_for() -> None:
    items = {i["id"]: i for i in json.loads(csl_json(memo().sources))}
    ferry = items["ferry-board"]
    assert ferry["type"] == "report"
    assert ferry["author"] == [{"family": "van der Velten", "given": "Mara"}, {"family": "Brook", "given": "Ada"}]
    assert ferry["issued"] == {"date-parts": [[2025, 3]]}
    assert "issued" not in items["taqrir"]
    assert json.loads(csl_json([source(authors=("Elm Water Board",))]))[0]["author"] == [{"literal": "Elm Water Board"}]


def test_bibtex_entries_close_and_escape() -> None:
    text = export(memo(), "bib").decode()
    assert re.findall(r"@(\w+)\{([^,]+),", text) == [
        ("techreport", "ferry-board"), ("techreport", "lake-traders"), ("techreport", "taqrir"),
    ]  # fmt: skip
    assert r"title = {{State of the ferries: a \#set page(fill: red) count}}" in text
    assert "author = {van der Velten, Mara and Brook, Ada}" in text
    assert "month = mar" in text
    assert "title = {{العبارات في البحيرة}}" in text


def test_bibtex_names_translator_and_series() -> None:
    text = bibtex([source(translator="Dr. Cy Dew", series="Valley Papers & Notes 3", publisher="P")])
    assert "translator = {Dew, Cy}" in text
    assert r"series = {Valley Papers \& Notes 3}" in text


def test_bibtex_keys_are_unique() -> None:
    twins = [dataclasses.replace(source(), id=i) for i in ("a/b", "a b", "ش")]
    assert re.findall(r"@misc\{([^,]+),", bibtex(twins).replace("techreport", "misc")) == ["a-b", "a-b2", "source"]


@given(st.text(max_size=60))
def test_braces_in_bibtex_always_balance(title: str) -> None:
    bare = re.sub(r"\\[{}]", "", tex(title))
    assert bare.count("{") == bare.count("}")
    assert not re.search(r"(?<!\\)[$&%#_]", tex(title))
