"""A memo as DOCX, for Word and LibreOffice: styles, heading levels, tables, footnotes that renumber."""

from __future__ import annotations

import datetime as dt
import io
from typing import TYPE_CHECKING, Any

from web.export.rich import Block, Heading, Listing, Page, Paragraph, Rich, Table, plain, right_to_left

if TYPE_CHECKING:
    from docx.document import Document

    from web.export.docx_parts import Notes

FONT, ARABIC_FONT = "Calibri", "Arial"
INK, DEEP, SOFT, SHADE, LINE = "1B1B1F", "1F3A5F", "55565E", "EEF1F6", "C9CAD2"
WIDTH = 9638
"""Of the text, in twentieths of a point: A4 less two margins of 20 mm."""


def render(page: Page) -> bytes:
    """The file; the same memo gives the same bytes."""
    from docx import Document

    from web.export.docx_parts import Notes, fixed_zip, own

    document = Document()
    own(document, page.language)
    _properties(document, page)
    _styles(document)
    _frame(document, page)
    notes = Notes(page.order())
    _paragraph(document, notes, _run_of(page.title), "Title")
    for label, value in page.facts:
        _fact(document, label, value)
    for block in page.blocks:
        _block(document, notes, block)
    notes.attach(document, page.notes)
    buffer = io.BytesIO()
    document.save(buffer)
    return fixed_zip(buffer.getvalue())


def _run_of(text: str) -> Rich:
    from web.export.rich import Run

    return (Run(text),)


def _fact(document: Document, label: str, value: str) -> None:
    from web.export.docx_parts import write_run
    from web.export.rich import Run, Style

    paragraph = document.add_paragraph(style="Memo Facts")
    rtl = right_to_left(label)
    if rtl:
        _turn(paragraph)
    write_run(paragraph._p, Run(f"{label}:", Style.STRONG), rtl=rtl)
    write_run(paragraph._p, Run(f"\u00a0 {value}"), rtl=rtl)


def _block(document: Document, notes: Notes, block: Block) -> None:
    if isinstance(block, Heading):
        heading = _paragraph(document, notes, _run_of(block.text), f"Heading {block.level}")
        heading.paragraph_format.page_break_before = True if block.new_page else None
    elif isinstance(block, Paragraph):
        paragraph = _paragraph(document, notes, block.words, "Memo Fine" if block.fine else "Normal")
        paragraph.paragraph_format.keep_with_next = True if block.introduces else None
    elif isinstance(block, Listing):
        for item in block.items:
            _paragraph(document, notes, item[0], "List Number" if block.ordered else "List Bullet")
            for further in item[1:]:
                _paragraph(document, notes, further, "List Continue")
    else:
        _table(document, notes, block)


def _paragraph(document: Document, notes: Notes, words: Rich, style: str) -> Any:
    paragraph = document.add_paragraph(style=style)
    _fill(paragraph, notes, words)
    return paragraph


def _fill(paragraph: Any, notes: Notes, words: Rich) -> None:
    rtl = right_to_left(plain(words))
    if rtl:
        _turn(paragraph)
    notes.write(paragraph._p, words, rtl=rtl)


def _turn(paragraph: Any) -> None:
    """The paragraph runs from right to left."""
    from docx.oxml import OxmlElement

    properties = paragraph._p.get_or_add_pPr()
    properties.insert_element_before(
        OxmlElement("w:bidi"), "w:adjustRightInd", "w:snapToGrid", "w:spacing", "w:ind", "w:jc", "w:rPr"
    )


def _table(document: Document, notes: Notes, block: Table) -> None:
    table = document.add_table(rows=0, cols=len(block.columns), style="Memo Table")
    table.autofit = False
    if right_to_left(" ".join(block.columns)):  # the first column stands at the right
        from docx.oxml import OxmlElement

        table._tbl.tblPr.insert_element_before(
            OxmlElement("w:bidiVisual"), "w:tblStyleRowBandSize", "w:tblStyleColBandSize", "w:tblW", "w:jc",
            "w:tblCellSpacing", "w:tblInd", "w:tblBorders", "w:shd", "w:tblLayout", "w:tblCellMar", "w:tblLook",
        )  # fmt: skip
    total = sum(block.widths)
    widths = [WIDTH * w // total for w in block.widths]
    for column, width in zip(table._tbl.tblGrid.gridCol_lst, widths, strict=True):
        column.w = width * 635
    rows = [tuple(_run_of(c) for c in block.columns), *block.rows]
    for number, cells in enumerate(rows):
        row = table.add_row()
        _keep(row, header=number == 0)
        for cell, words, width in zip(row.cells, cells, widths, strict=True):
            cell.width = width * 635
            cell.paragraphs[0].style = "Memo Cell Head" if number == 0 else "Memo Cell"
            _fill(cell.paragraphs[0], notes, words)
            if block.small and number + 1 < len(rows):
                cell.paragraphs[0].paragraph_format.keep_with_next = True
    document.add_paragraph(style="Memo Cell")


def _keep(row: Any, *, header: bool) -> None:
    """A row stays on one page; the first is repeated on each."""
    from docx.oxml import OxmlElement

    properties = row._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))
    if header:
        properties.append(OxmlElement("w:tblHeader"))


# --------------------------------------------------------------------------- styles


def _styles(document: Document) -> None:
    from docx.enum.style import WD_STYLE_TYPE
    from docx.shared import Pt

    styles = document.styles
    _font(styles["Normal"], 10.5, INK)
    styles["Normal"].paragraph_format.space_after = Pt(6)
    styles["Normal"].paragraph_format.line_spacing = 1.08
    _font(styles["Title"], 22, DEEP, bold=True)
    borders = styles["Title"].element.pPr.find(_w("pBdr"))
    if borders is not None:
        borders.getparent().remove(borders)
    for level, size, before in ((1, 14, 16), (2, 11.5, 10)):
        _font(styles[f"Heading {level}"], size, DEEP if level == 1 else INK, bold=True)
        styles[f"Heading {level}"].paragraph_format.space_before = Pt(before)
        styles[f"Heading {level}"].paragraph_format.space_after = Pt(4)
    for name in ("List Bullet", "List Number", "List Continue"):
        styles[name].paragraph_format.space_after = Pt(4)
    for name, size, colour, after in (
        ("Memo Facts", 10.5, INK, 1), ("Memo Fine", 9, SOFT, 6),
        ("Memo Cell", 9, INK, 0), ("Memo Cell Head", 9, DEEP, 0),
    ):  # fmt: skip
        style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = styles["Normal"]
        _font(style, size, colour, bold=name == "Memo Cell Head")
        style.paragraph_format.space_after = Pt(after)
        style.paragraph_format.line_spacing = 1.0
    styles["Memo Cell Head"].paragraph_format.keep_with_next = True
    _note_styles(document)
    _table_style(document)


def _note_styles(document: Document) -> None:
    """Under the names and ids that Word gives them, so that it takes them for its own."""
    from docx.enum.style import WD_STYLE_TYPE
    from docx.shared import Pt

    from web.export.docx_parts import CODE, NOTE_MARK, NOTE_TEXT

    styles = document.styles
    text = styles.add_style("footnote text", WD_STYLE_TYPE.PARAGRAPH, builtin=True)
    text.element.set(_w("styleId"), NOTE_TEXT)
    text.base_style = styles["Normal"]
    _font(text, 8.5, INK)
    text.paragraph_format.space_after = Pt(2)
    text.paragraph_format.line_spacing = 1.0
    mark = styles.add_style("footnote reference", WD_STYLE_TYPE.CHARACTER, builtin=True)
    mark.element.set(_w("styleId"), NOTE_MARK)
    mark.font.superscript = True
    code = styles.add_style("Source Reference", WD_STYLE_TYPE.CHARACTER)
    code.element.set(_w("styleId"), CODE)
    _font(code, 7, SOFT, name="Consolas")


def _font(style: Any, size: float, colour: str, *, bold: bool = False, name: str = FONT) -> None:
    """Font, size and colour, for Latin and Arabic alike; the template's theme fonts go."""
    from docx.oxml import OxmlElement
    from docx.shared import Pt, RGBColor

    style.font.name = name
    style.font.size = Pt(size)
    style.font.color.rgb = RGBColor.from_string(colour)
    style.font.bold = bold
    properties = style.element.get_or_add_rPr()
    fonts = properties.find(_w("rFonts"))
    for attribute in [a for a in fonts.attrib if a.endswith("Theme")]:
        del fonts.attrib[attribute]
    fonts.set(_w("cs"), ARABIC_FONT)
    fonts.set(_w("eastAsia"), name)
    for tag, value in (("w:bCs", None), ("w:szCs", str(int(2 * size)))):
        old = properties.find(_w(tag[2:]))
        if old is not None:
            properties.remove(old)
        if tag == "w:bCs" and not bold:
            continue
        element = OxmlElement(tag)
        if value:
            element.set(_w("val"), value)
        after = properties.find(_w("b" if tag == "w:bCs" else "sz"))
        after.addnext(element)


def _table_style(document: Document) -> None:
    """Thin lines between rows, a shaded head."""
    from docx.enum.style import WD_STYLE_TYPE
    from docx.oxml import parse_xml

    style = document.styles.add_style("Memo Table", WD_STYLE_TYPE.TABLE)
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    edges = "".join(
        f'<w:{edge} w:val="single" w:sz="4" w:space="0" w:color="{LINE}"/>' for edge in ("top", "bottom", "insideH")
    )
    sides = "".join(
        f'<w:{side} w:w="{width}" w:type="dxa"/>'
        for side, width in (("top", 40), ("left", 80), ("bottom", 40), ("right", 80))
    )
    element = style.element
    for xml in (
        f"<w:tblPr {space}><w:tblBorders>{edges}</w:tblBorders><w:tblCellMar>{sides}</w:tblCellMar></w:tblPr>",
        f'<w:tblStylePr {space} w:type="firstRow"><w:tcPr><w:shd w:val="clear" w:color="auto" '
        f'w:fill="{SHADE}"/></w:tcPr></w:tblStylePr>',
    ):
        element.append(parse_xml(xml))


def _frame(document: Document, page: Page) -> None:
    """A4, margins, title and page number at the foot."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Mm

    from web.export.docx_parts import page_number

    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(20)
    foot = section.footer.paragraphs[0]
    foot.style = document.styles["Memo Fine"]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    page_number(foot._p)


def _properties(document: Document, page: Page) -> None:
    properties = document.core_properties
    properties.title = page.title[:255]
    properties.author = ""
    properties.last_modified_by = ""
    properties.comments = ""
    properties.language = page.language
    properties.created = properties.modified = moment(page.created)
    properties.revision = 1


def moment(created: str) -> dt.datetime:
    """When the memo was made, in UTC without a zone, as DOCX wants it; 1980 when it does not say."""
    try:
        found = dt.datetime.fromisoformat(created)
    except ValueError:
        return dt.datetime(1980, 1, 1)
    return found.astimezone(dt.UTC).replace(tzinfo=None) if found.tzinfo else found


def _w(name: str) -> str:
    return f"{{http://schemas.openxmlformats.org/wordprocessingml/2006/main}}{name}"
