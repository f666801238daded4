"""The same content in every format, read back from the files; nothing in it is taken for markup."""

from __future__ import annotations

import dataclasses
import io
import json
import re
import sys
import unicodedata
import zipfile
from pathlib import Path

import mammoth
import pypdfium2
import pytest
from docx import Document
from lxml import etree, html
from markdown_it import MarkdownIt

from rag.errors import SettingsError, UsageError
from rag.types import Memo, StatementKind, Support
from rag.wire import memo_json
from rag.wire_memo import memo_from_json
from tests.web.export.sample import QUOTES, memo, stated
from web.export import FORMATS, export, export_response, format_of, require

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
SHOWN = ("md", "html", "docx", "pdf")


def text_of(data: bytes, format: str) -> str:
    """The words a reader of the file sees."""
    if format == "md":
        page = MarkdownIt("commonmark").enable("table").render(data.decode())
        return str(html.fromstring(page).text_content())
    if format == "html":
        return str(html.fromstring(data.decode()).text_content())
    if format == "docx":
        return str(html.fromstring(mammoth.convert_to_html(io.BytesIO(data)).value).text_content())
    pages = pypdfium2.PdfDocument(data)
    return "\n".join(page.get_textpage().get_text_range() for page in pages)


def letters(text: str) -> str:
    """Without white space and note marks, which fall differently in each format."""
    text = unicodedata.normalize("NFKC", text).replace("\u200f", "")
    return re.sub(r"\[\^?\d+\]|\s", "", text)


def arabic_words(text: str) -> list[str]:
    """PDF readers part signs from Arabic words by rules of their own; the words stay."""
    return re.findall(r"[\u0621-\u064a]+|\d+", unicodedata.normalize("NFKC", text))


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    pytest.importorskip("typst")
    return {name: export(memo(), name) for name in FORMATS}


@pytest.mark.parametrize("format", SHOWN)
def test_every_statement_and_every_quote_can_be_read_in_every_format(files: dict[str, bytes], format: str) -> None:
    shown = text_of(files[format], format)
    there, words = letters(shown), " ".join(arabic_words(shown))
    sentences = [s.text for section in memo().sections for s in section.statements]
    for wanted in [*sentences, *(q for _, q in QUOTES), *(p.claim for d in memo().disagreements for p in d.positions)]:
        if format == "pdf" and re.search(r"[\u0621-\u064a]", wanted):
            assert " ".join(arabic_words(wanted)) in words
        else:
            assert letters(wanted) in there, wanted


@pytest.mark.parametrize("format", SHOWN)
@pytest.mark.parametrize(
    "wanted",
    [
        "the harbour board", "2 January 2026", "December 2025", "Where the sources disagree", "Table of sources",
        "van der Velten, Mara, and Ada Brook.", "who owns the ferries", "One source: Orrin Ferry Board",
        "roughly even chance", "Confidence: low (one source only)", "Orrin Ferry Board 50 %",
        "doc:ferry-board@7-59", "Annex: audit of the statements",
    ],
)  # fmt: skip
def test_each_part_of_the_memo_is_in_every_format(files: dict[str, bytes], format: str, wanted: str) -> None:
    assert letters(wanted) in letters(text_of(files[format], format))


def test_json_is_the_contracts_and_comes_back_whole(files: dict[str, bytes]) -> None:
    assert json.loads(files["json"]) == memo_json(memo())
    assert memo_from_json(json.loads(files["json"])) == memo()


@pytest.mark.parametrize("format", sorted(FORMATS))
def test_the_same_memo_gives_the_same_bytes(files: dict[str, bytes], format: str) -> None:
    assert export(memo(), format) == files[format]


def test_a_flagged_statement_says_so_in_every_format() -> None:
    doubtful = dataclasses.replace(stated(1), support=Support.FLAGGED, problems=("the number 13 is in no quote",))
    section = dataclasses.replace(memo().sections[2], statements=(doubtful,))
    flagged = dataclasses.replace(memo(), sections=(section,))
    for format in ("md", "html", "docx"):
        shown = text_of(export(flagged, format), format)
        assert letters("Not verified: the number 13 is in no quote") in letters(shown)


# --------------------------------------------------------------------------- HTML


@pytest.mark.parametrize("format", ["md", "html", "docx"])
def test_a_written_sentence_says_whose_it_is_and_a_framed_one_not_twice(format: str) -> None:
    made = memo()
    first = made.sections[0].statements[0]
    own = dataclasses.replace(
        first, text="The lake lacks piers.", kind=StatementKind.WRITTEN, attribution="Orrin Ferry Board, March 2025"
    )
    section = dataclasses.replace(made.sections[0], statements=(own, first))
    bare = dataclasses.replace(made, sections=(section,), judgements=(), audit=(), notices=())
    text = text_of(export(bare, format), format)
    assert "The lake lacks piers. (Orrin Ferry Board, March 2025)" in text
    assert "on the lake.” (Orrin Ferry Board, March 2025)" not in text


def test_html_is_escaped_and_loads_nothing(files: dict[str, bytes]) -> None:
    page = files["html"].decode()
    tree = html.fromstring(page)
    assert not tree.xpath("//script | //img | //link | //iframe")
    assert all(a.get("href").startswith("#") for a in tree.xpath("//a"))
    assert "url(" not in page.split("</style>")[0]
    assert "default-src 'none'" in page
    assert "&lt;script&gt;alert(1)" in page


def test_each_mark_in_html_leads_to_its_note_and_back(files: dict[str, bytes]) -> None:
    tree = html.fromstring(files["html"].decode())
    ids = set(tree.xpath("//@id"))
    assert {f"note-{n}" for n in range(1, 9)} | {f"mark-{n}" for n in range(1, 9)} <= ids
    assert len(ids) == len(tree.xpath("//@id"))
    assert {h[1:] for h in tree.xpath("//a/@href")} <= ids


def test_arabic_in_html_runs_from_right_to_left(files: dict[str, bytes]) -> None:
    items = html.fromstring(files["html"].decode()).xpath("//li[contains(., 'يقول التقرير')]")
    assert [i.get("dir") for i in items] == ["rtl", "rtl"]  # in the section, and in the notes


# --------------------------------------------------------------------------- DOCX


def part(data: bytes, name: str) -> etree._Element:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return etree.fromstring(archive.read(name))


def test_docx_has_a_real_footnote_for_each_citation(files: dict[str, bytes]) -> None:
    marks = list(part(files["docx"], "word/document.xml").iter(f"{W}footnoteReference"))
    notes = [n for n in part(files["docx"], "word/footnotes.xml").iter(f"{W}footnote") if not n.get(f"{W}type")]
    assert [m.get(f"{W}id") for m in marks] == [n.get(f"{W}id") for n in notes] == [str(n) for n in range(1, 9)]
    assert all(n.findall(f".//{W}footnoteRef") for n in notes)
    assert part(files["docx"], "word/settings.xml").find(f"{W}footnotePr") is not None


def test_a_number_that_comes_again_refers_to_the_first(files: dict[str, bytes]) -> None:
    root = part(files["docx"], "word/document.xml")
    fields = [f.get(f"{W}instr", "").split()[1] for f in root.iter(f"{W}fldSimple") if "NOTEREF" in f.get(f"{W}instr")]
    bookmarks = {b.get(f"{W}name") for b in root.iter(f"{W}bookmarkStart")}
    assert fields
    assert set(fields) <= bookmarks
    assert fields.count("_Note1") == 3  # judgement, disagreement, ledger; the bottom line has the footnote


def test_docx_styles_and_headings_are_words_own(files: dict[str, bytes]) -> None:
    document = Document(io.BytesIO(files["docx"]))
    outline = [(p.style.name, p.text) for p in document.paragraphs if p.style.name.startswith(("Title", "Heading"))]
    assert outline[0] == ("Title", "Ferries on the lake")
    assert ("Heading 1", "Fleet & <fares>") in outline
    assert ("Heading 2", "Reported as fact") in outline
    assert {"footnote text", "footnote reference"} <= {s.name for s in document.styles}
    assert document.core_properties.title == "Ferries on the lake"


def test_docx_says_nothing_false_of_itself(files: dict[str, bytes]) -> None:
    """No statistics of an empty page, no picture of one, no second style sheet, no compatibility mode."""
    with zipfile.ZipFile(io.BytesIO(files["docx"])) as archive:
        names = archive.namelist()
        links = "".join(archive.read(n).decode() for n in names if n.endswith(".rels"))
        settings = archive.read("word/settings.xml").decode()
        types = archive.read("[Content_Types].xml").decode()
    assert not [n for n in names if "thumbnail" in n or "app.xml" in n or "WithEffects" in n or "customXml" in n]
    assert not [w for w in ("thumbnail", "app.xml", "WithEffects", "customXml") if w in links or w in types]
    assert 'w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"' in settings
    assert 'w:percent="100"' in settings


def test_docx_ids_are_unique_and_every_note_and_style_is_there(files: dict[str, bytes]) -> None:
    with zipfile.ZipFile(io.BytesIO(files["docx"])) as archive:
        body, notes, styles = (archive.read(f"word/{n}.xml").decode() for n in ("document", "footnotes", "styles"))
    marks = re.findall(r'<w:footnoteReference w:id="(-?\d+)"', body)
    ids = re.findall(r'<w:footnote (?:w:type="\w+" )?w:id="(-?\d+)"', notes)
    assert ids == ["-1", "0", *marks]
    starts = re.findall(r'<w:bookmarkStart w:id="(\d+)" w:name="(\w+)"', body)
    assert len({i for i, _ in starts}) == len({n for _, n in starts}) == len(starts)
    assert re.findall(r'<w:bookmarkEnd w:id="(\d+)"', body) == [i for i, _ in starts]
    known = set(re.findall(r'w:styleId="([^"]+)"', styles))
    assert set(re.findall(r'<w:(?:pStyle|rStyle|tblStyle) w:val="([^"]+)"', body + notes)) <= known


@pytest.mark.parametrize(
    ("task", "tag"), [("Une note pour la ministre sur les barrages", "fr-FR"), ("The dams", "en-US")]
)
def test_docx_is_spelt_in_the_language_of_the_memo(task: str, tag: str) -> None:
    data = export(dataclasses.replace(memo(), task=task), "docx")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert f'<w:lang w:val="{tag}"' in archive.read("word/styles.xml").decode()


def test_docx_tables_repeat_their_heads(files: dict[str, bytes]) -> None:
    document = Document(io.BytesIO(files["docx"]))
    heads = [tuple(c.text for c in t.rows[0].cells) for t in document.tables]
    assert ("Point", "Source and date", "What it says") in heads
    assert ("Figure", "Unit", "What is counted", "As of", "Source", "Conflict") in heads
    assert any("Version (sha256)" in h for h in heads)
    assert all(t.rows[0]._tr.find(f"{W}trPr/{W}tblHeader") is not None for t in document.tables)


def test_arabic_in_docx_runs_from_right_to_left(files: dict[str, bytes]) -> None:
    for name in ("word/document.xml", "word/footnotes.xml"):
        paragraphs = [p for p in part(files["docx"], name).iter(f"{W}p") if "لا يتفق" in "".join(p.itertext())]
        assert paragraphs
        for p in paragraphs:
            assert p.find(f"{W}pPr/{W}bidi") is not None
            run = next(r for r in p.iter(f"{W}r") if "لا يتفق" in "".join(r.itertext()))
            assert run.find(f"{W}rPr/{W}rtl") is not None


def test_numbers_out_of_order_stay_what_they_are() -> None:
    section = dataclasses.replace(memo().sections[2], statements=(stated(3), stated(1)))
    turned = dataclasses.replace(
        memo(), sections=(section,), judgements=(), disagreements=(), ledger=(), timeline=(), source_notes=()
    )
    root = part(export(turned, "docx"), "word/document.xml")
    marks = list(root.iter(f"{W}footnoteReference"))
    assert all(m.get(f"{W}customMarkFollows") == "1" for m in marks)
    assert ["".join(m.getparent().itertext()) for m in marks][:2] == ["3", "1"]


# --------------------------------------------------------------------------- PDF


def test_typst_markup_in_a_report_stays_text(files: dict[str, bytes]) -> None:
    shown = text_of(files["pdf"], "pdf")
    assert '#eval("1 + 1")' in shown
    assert "$x^2$ for *every* pier" in shown
    assert letters("#set page(fill: red)") in letters(shown)


def test_pdf_pages_are_numbered_and_notes_are_at_the_foot(files: dict[str, bytes]) -> None:
    document = pypdfium2.PdfDocument(files["pdf"])
    pages = [p.get_textpage() for p in document]
    for number, page in enumerate(pages, 1):
        assert f"{number} / {len(pages)}" in page.get_text_range()
    first = pages[0].get_text_range()
    assert first.index("Bottom line") < first.index("doc:ferry-board@7-59")
    assert document.get_metadata_dict()["Title"] == "Ferries on the lake"


def test_pdf_without_its_extra_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(SettingsError, match="pip install typst"):
        export(memo(), "pdf")


# --------------------------------------------------------------------------- delivery


def test_formats_are_told_by_suffix() -> None:
    names = {"a.md": "md", "a.DOCX": "docx", "a.csl.json": "csl", "a.json": "json", "a.htm": "html", "b.bib": "bib"}
    assert {name: format_of(Path(name)) for name in names} == names
    with pytest.raises(UsageError, match=r"\.odt"):
        format_of(Path("memo.odt"))
    with pytest.raises(UsageError, match="'rtf'"):
        export(memo(), "rtf")


def test_a_file_that_cannot_be_written_is_one_clear_line(tmp_path: Path) -> None:
    export(memo(), "md", tmp_path / "memo.md")
    assert (tmp_path / "memo.md").read_bytes() == export(memo(), "md")
    with pytest.raises(UsageError, match="cannot be written"):
        export(memo(), "md", tmp_path / "missing" / "memo.md")


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Ferries: a “memo”", "ferries-a-memo.docx"), ("العبارات", "العبارات.docx"),
        ('"; x=\r\n', "x.docx"), ("!", "memo.docx"),
    ],
)
def test_a_download_has_a_name_that_cannot_break_its_header(title: str, expected: str) -> None:
    from urllib.parse import quote

    response = export_response(dataclasses.replace(memo(), title=title), "docx")
    header = response.headers["content-disposition"]
    assert header.endswith(f"filename*=UTF-8''{quote(expected)}")
    assert header.isascii()
    assert not re.search(r"[\r\n]", header)
    assert response.media_type == FORMATS["docx"].media_type


def test_an_empty_memo_can_be_exported() -> None:
    pytest.importorskip("typst")
    bare: Memo = Memo(
        id="m", task="t", title="T", template="one-page", created_at="2026-01-02", as_of=None, sections=(),
        citations=(), sources=(), disagreements=(), gaps=(), audit=(),
    )  # fmt: skip
    for format in SHOWN:
        assert text_of(export(bare, format), format).strip().startswith("T")
    assert export(bare, "bib") == b""


def test_a_format_that_cannot_be_made_is_known_beforehand(monkeypatch: pytest.MonkeyPatch) -> None:
    for format in FORMATS:
        require(format)
    monkeypatch.setitem(sys.modules, "typst", None)
    require("docx")
    with pytest.raises(SettingsError, match="Typst"):
        require("pdf")
