"""HTML: the article and nothing else, its metadata as the page declares it, hostile pages."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.blocks import BlockKind, Parsed
from ingest.limits import Limits
from ingest.readers.html import read_html
from rag.errors import SourceUnreadable

ROOT = Path(__file__).resolve().parents[2]
LIMITS = Limits()
PROSE = "".join(
    f"<p>Paragraph {n} tells, at some length, how the ferry at the northern bank was kept running "
    "through the floods by two crews who took turns every six hours.</p>"
    for n in range(1, 7)
)


def page(body: str, head: str = "", attributes: str = 'lang="en"') -> bytes:
    inner = f"<main><article>{body}</article></main>"
    return f"<!doctype html><html {attributes}><head>{head}</head><body>{inner}</body></html>".encode()


def whole(parsed: Parsed) -> str:
    return "\n".join(b.text for b in parsed.blocks)


@pytest.fixture(scope="module")
def albayan() -> Parsed:
    return read_html((ROOT / "reports/digest-albayan.html").read_bytes(), LIMITS)


def test_furniture_is_dropped_and_recorded(albayan: Parsed) -> None:
    text = whole(albayan)
    dropped = " ".join(a.text for a in albayan.cleaning)
    for words in ("one cookie", "Subscribe", "Tomatoes in Basra", "Post comment", "One digest a week"):
        assert words not in text
        assert words in dropped


def test_structure_survives(albayan: Parsed) -> None:
    kinds = {kind: [b for b in albayan.blocks if b.kind is kind] for kind in BlockKind}
    assert [b.text for b in kinds[BlockKind.HEADING]][:3] == [
        "Eighty-Six Partners: Al-Saray on the Price of an Exit",
        "The starting point",
        "How strong is ISIS?",
    ]
    assert [b.marker for b in kinds[BlockKind.LIST_ITEM]] == ["1.", "2.", "3.", *"-----", "1.", "2.", "3."]
    assert kinds[BlockKind.TABLE_ROW][1].text == "Iraqi exports of oil products and minerals | 2020 | €7.2 billion"
    assert [b.marker for b in kinds[BlockKind.NOTE]] == ["1", "2"]
    assert not any(b.text == "Notes" for b in albayan.blocks)
    holder = next(b for b in albayan.blocks if b.anchors)
    assert holder.text[: holder.anchors[0][0]].endswith("a debate without a decision.")


def test_metadata_are_the_pages_own(albayan: Parsed) -> None:
    meta = albayan.metadata
    assert meta.title == "Eighty-Six Partners: Al-Saray on the Price of an Exit"
    assert (meta.authors, meta.publisher) == (("Briefing Desk",), "Briefing Desk")
    assert (meta.published, meta.published_note, meta.language) == ("2025-05-05", "page metadata", "en")


def test_an_arabic_page_is_read_in_logical_order() -> None:
    parsed = read_html((ROOT / "reports/sevenarches-ar.html").read_bytes(), LIMITS)
    assert parsed.metadata.language == "ar"
    assert parsed.metadata.authors == ("ليلى الصفّار",)
    assert "انسحاب فوري وكامل | 31" in whole(parsed)


def test_a_date_in_the_text_is_not_the_publication_date() -> None:
    parsed = read_html(page("<h1>Ferries</h1><p>Written after the flood of 3 May 2021.</p>" + PROSE), LIMITS)
    assert parsed.metadata.published is None


def test_json_ld_names_authors_publisher_and_date() -> None:
    linked = (
        '<script type="application/ld+json">{"@graph": [{"@type": "Report", "headline": "Ferries in Flood", '
        '"author": [{"name": "Ada Marsh"}, {"name": "Omar Reed"}], "publisher": {"name": "River House"}, '
        '"datePublished": "2023-04-09T10:00:00Z"}]}</script>'
    )
    meta = read_html(page("<h1>Ferries in Flood</h1>" + PROSE, linked), LIMITS).metadata
    assert (meta.title, meta.authors) == ("Ferries in Flood", ("Ada Marsh", "Omar Reed"))
    assert (meta.publisher, meta.published) == ("River House", "2023-04-09")


def test_list_numbers_follow_start_value_and_type() -> None:
    body = PROSE + '<ol start="4" type="a"><li>pull the rope in slowly</li><li value="7">let it go again</li></ol>'
    items = [b for b in read_html(page(body), LIMITS).blocks if b.kind is BlockKind.LIST_ITEM]
    assert [b.marker for b in items] == ["d.", "g."]


def test_exponents_and_notes_are_told_apart() -> None:
    body = (
        "<p>The reservoir holds 10<sup>9</sup> litres.<a href='#f1'><sup>1</sup></a> It is old.</p>"
        + PROSE
        + "<p id='f1'>1 Measured in 1974. <a href='#back'>↩</a></p>"
    )
    parsed = read_html(page(body), LIMITS)
    first = next(b for b in parsed.blocks if "reservoir" in b.text)
    assert first.text == "The reservoir holds 10⁹ litres. It is old."
    assert first.anchors == ((len("The reservoir holds 10⁹ litres."), "1"),)
    assert [(b.marker, b.text) for b in parsed.blocks if b.kind is BlockKind.NOTE] == [("1", "Measured in 1974.")]


def test_the_declared_encoding_is_honoured() -> None:
    head = '<meta charset="windows-1256">'
    arabic = "<p>" + "هذه جملة طويلة عن النهر والجسور التي عليه. " * 8 + "</p>"
    data = page(arabic * 3, head, 'lang="ar" dir="rtl"').decode().encode("windows-1256")
    assert "النهر والجسور" in whole(read_html(data, LIMITS))


# --------------------------------------------------------------------------- hostile pages


def test_nothing_outside_the_file_is_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the password is heron")
    data = (
        f'<!DOCTYPE html [<!ENTITY x SYSTEM "file://{secret}">]><html><body><article><p>&x;</p>'
        f'<iframe src="file://{secret}"></iframe><img src="http://127.0.0.1:9/x">{PROSE}</article></body></html>'
    ).encode()
    assert "heron" not in whole(read_html(data, LIMITS))


def test_entity_expansion_does_not_grow() -> None:
    levels = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    data = f'<!DOCTYPE html [<!ENTITY a0 "boom">{levels}]><html><body><p>&a9;</p>{PROSE}</body></html>'.encode()
    assert whole(read_html(data, LIMITS)).count("boom") < 50


@pytest.mark.parametrize("tag", ["div", "b", "ul><li", "table><tr><td", "blockquote"])
def test_deep_nesting_ends_in_text_or_a_reason(tag: str) -> None:
    data = ("<html><body>" + f"<{tag}>" * 20_000 + "deep down" + PROSE).encode()
    try:
        outcome = whole(read_html(data, LIMITS))
    except SourceUnreadable as error:
        outcome = str(error)
    assert "deeply" in outcome or "Paragraph 1 tells" in outcome or "save" in outcome


@pytest.mark.parametrize("data", [b"", b"\0\0", b"   \n", b"<html></html>", b"<nav>Home</nav>", b"<!-- x -->"])
def test_pages_without_text_are_refused(data: bytes) -> None:
    with pytest.raises(SourceUnreadable):
        read_html(data, LIMITS)
