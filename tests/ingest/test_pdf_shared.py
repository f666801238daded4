"""Twenty-three real PDFs with their traps: good text, or an honest reason; never rubbish.

The files are not part of the project; the test skips where their folder is absent.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pytest

from ingest.blocks import Parsed
from ingest.limits import Limits
from ingest.readers.pdf import read_pdf
from ingest.sandbox import read_in_child
from rag.errors import SourceUnreadable

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "pdfs"

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the folder of real PDFs is not here")


@dataclass(frozen=True)
class Expected:
    """``chars`` at least; ``order``: words that must follow each other; ``gone``: words not left."""

    chars: int
    order: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    notes: int = 0
    title: str = ""
    published: str | None = None
    publisher: str | None = None
    authors: tuple[str, ...] | None = None


GOOD: dict[str, Expected] = {
    "12-15-15-ISIS-and-terrorism-release-final": Expected(
        45_000,
        ("Little change in views", "Perceptions of Islam and violence", "divided over the best approach"),
        ("PEW RESEARCH CENTER\nwww",),
        title="Views of Government’s Handling of Terrorism Fall to Post-9/11 Low",
        published="2015-12-15",
    ),
    "2312.10997v5": Expected(
        100_000,
        (
            "LARGE language models",
            "technology tree summarizing",
            "Our contributions",
            "II. OVERVIEW",
            "III. RETRIEVAL",
            "IV. GENERATION",
            "REFERENCES",
        ),
        notes=10,
        title="Retrieval-Augmented Generation for Large Language Models: A Survey",
        published="2024-03-27",
    ),
    "379f44022bb27aa53efd5d322c7b57bf": Expected(
        44_000, ("announced", "was not safe", "Detailed findings"), title="The Limes Residential Home"
    ),
    "CT_REIT_2022_ESG_Report": Expected(
        65_000,
        ("progress CT REIT has made with respect to", "social outcomes for our employees"),
        title="2022 Environmental, Social and Governance Report",
    ),
    "Independents-Report": Expected(
        22_000,
        title="Political Independents: Who They Are, What They Think",
        published="2019-03",
        publisher="Pew Research Center",
    ),
    "PG_2020.03.09_US-Germany_FINAL": Expected(
        30_000,
        title="Americans and Germans Differ in Their Views of Each Other and the World",
        published="2020-03-09",
    ),
    "a4f3ced0696009fec3179f493e4f28c4": Expected(
        24_000,
        ("Over the past 50 years", "The Libertarian Party now challenges", "we REVERSE"),
        ("USCA11 Case",),
        notes=5,
    ),
    "amt_handbook_sample": Expected(3_400),
    "copy-protected": Expected(
        5_000,
        ("Abstract", "Introduction"),
        title="LayoutParser: A Unified Toolkit for Deep Learning Based Document Image Analysis",
        published="2021-06-21",
    ),
    "e79deb02a0c0e87511080836c5d4347b": Expected(
        27_000,
        ("Executive Summary", "Goal 2.1", "Goal 3.1", "Goal 4.1"),
        title="Division of Medical Quality Assurance Strategic Plan 2016-2018",
    ),
    "efd88e41c5f2606c57929cac6c1c0605": Expected(
        52_000,
        title="THE IMPACTS OF CLIMATE CHANGE ON HUMAN HEALTH IN THE UNITED STATES",
        publisher="USGCRP",
        authors=(),
    ),
    "fd76bbefe469561966e5387aa709c482": Expected(
        32_000,
        ("town of Sunderland", "a breccia is a rock"),
        title="ON THE BRECCIA -GASHES OF THE DURHAM COAST AND SOME RECENT EARTH - SHAKES AT SUNDERLAND.",
    ),
    "federal-register-2020-17221": Expected(
        50_000,
        (
            "contains notices to the public",
            "SUMMARY: The FAA proposes",
            "ADDRESSES: You may send",
            "Comments Invited",
            "On October 29, 2018",
            "On November 7, 2018",
            "On March 10, 2019",
        ),
        ("jbell on", "VerDate", "Frm 00002"),
        notes=15,
        published="2020-08-06",
    ),
    "fr_olap": Expected(33_000, title="Résumés et interrogations de logs de requêtes OLAP"),
    "la-precinct-bulletin-2014-p1": Expected(2_000, ("NEEL KASHKARI", "GAVIN NEWSOM", "PETE PETERSON")),
    "multi-column": Expected(
        54_000,
        ("1 Introduction", "2 Background", "3 Dense Passage Retriever", "3.1 Overview", "3.2 Training"),
        notes=10,
        title="Dense Passage Retrieval for Open-Domain Question Answering",
    ),
    "normal_4pages": Expected(7_000, title="코로나-19 관련 보험약관상 재해보험금 지급문제 및 개선과제"),
    "pdftotext_two_column_issue": Expected(
        47_000,
        ("Pubertal development in TS", "Sex steroid replacement", "remains a controversial"),
        ("Downloaded from",),
        title="Turner syndrome–issues to consider for transition to adulthood",
        published="2014-12-22",
    ),
    "right_to_left_01": Expected(
        1_350, ("تحسين الإنتاجية وحل المشكلات", "تعزز الإنتاجية", "التعلم الآلي"), ("اإلنتاجية",)
    ),
    "right_to_left_03": Expected(650, ("کالای داخلی", "استاندارد کالا", "پذيرش در بورس")),
    "senate-expenditures": Expected(
        4_500, ("BAIN, J MATTHEW | | DISTRICT DIRECTOR | 37,499.96", "DHAW20190005 | 05/28/2019")
    ),
}
REFUSED = {
    "caltraincapacitymountainview1-150701205750-lva1-app6891_95": (
        "has no usable text layer (0 characters on 31 pages): run OCR"
    ),
    "newspaper": "is a scan whose text layer is too poor to be quoted",
}


@lru_cache(maxsize=32)
def parsed(name: str) -> Parsed:
    return read_pdf((FOLDER / f"{name}.pdf").read_bytes(), Limits())


def test_every_file_has_an_expectation() -> None:
    assert {p.stem for p in FOLDER.glob("*.pdf")} == {*GOOD, *REFUSED}


@pytest.mark.parametrize("name", GOOD)
def test_good_text(name: str) -> None:
    expected, found = GOOD[name], parsed(name)
    text = "\n".join(f"{b.marker} {b.text}" if b.marker else b.text for b in found.blocks)
    assert len(text) >= expected.chars
    at = -1
    for words in expected.order:
        assert text.find(words, at + 1) > at, f"{words!r} is missing or out of order"
        at = text.find(words, at + 1)
    for words in expected.gone:
        assert words not in text
    assert not re.search(r"[\x00-\x08\x0b-\x1f\ue000-\uf8ff\ufffd\ufffe\u00ad]", text)
    assert sum(len(b.anchors) for b in found.blocks) >= expected.notes
    if expected.title:
        assert found.metadata.title == expected.title
    assert found.metadata.published == expected.published or expected.published is None
    assert found.metadata.publisher == expected.publisher or expected.publisher is None
    assert found.metadata.authors == expected.authors or expected.authors is None


@pytest.mark.parametrize("name", REFUSED)
def test_honest_refusals(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda _: None)
    with pytest.raises(SourceUnreadable) as caught:
        parsed(name)
    assert str(caught.value).startswith(REFUSED[name])


def test_pages_are_counted_and_every_block_has_one() -> None:
    for name in ("multi-column", "federal-register-2020-17221"):
        found = parsed(name)
        assert found.pages
        assert {b.page for b in found.blocks} == set(range(1, found.pages + 1))


def test_a_real_file_passes_through_the_child_unchanged() -> None:
    name = "normal_4pages"
    assert read_in_child(FOLDER / f"{name}.pdf", Limits()) == parsed(name)
