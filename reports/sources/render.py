"""Render the PDF and DOCX sample reports from the sources beside this script.

``reports/`` holds the sample reports that ship with Briefing Desk. Five of them are digests of
published papers, each of which names its paper in its head; the others are invented samples of
invented institutes, and say so near the top. HTML, Markdown and text reports are edited by hand.
PDF reports come from the ``.typ`` files here and DOCX reports from the ``.yaml`` files; neither
suffix is one that ingestion reads.

Run ``python reports/sources/render.py`` after editing a source and commit the result with it.
Dates inside the files are fixed by the sources, so rendering twice gives the same bytes.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import typst
import yaml
from docx import Document
from docx.document import Document as DocxDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.shared import Pt
from docx.text.paragraph import Paragraph

SOURCES = Path(__file__).resolve().parent
REPORTS = SOURCES.parent
NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
MARKER = re.compile(r"\[\^([a-z]+)\]")
ZIP_DATE = (1980, 1, 1, 0, 0, 0)
SUPERSCRIPT = '<w:rPr><w:vertAlign w:val="superscript"/></w:rPr>'

Source = Mapping[str, Any]


def render_pdf(source: Path) -> Path:
    """Compile one Typst source with the bundled fonts only."""
    target = REPORTS / f"{source.stem}.pdf"
    typst.compile(source, output=target, root=SOURCES, ignore_system_fonts=True)
    return target


def render_docx(source: Path) -> Path:
    """Build one DOCX report, with real headings, lists, tables and footnotes."""
    content: Source = yaml.safe_load(source.read_text(encoding="utf-8"))
    document = Document()
    document.styles["Normal"].font.size = Pt(11)
    set_properties(document, content)
    add_head(document, content)
    notes: list[str] = []
    for block in content["body"]:
        add_block(document, block, notes)
    attach_footnotes(document, [content["footnotes"][name] for name in notes])
    buffer = io.BytesIO()
    document.save(buffer)
    target = REPORTS / f"{source.stem}.docx"
    target.write_bytes(fixed_zip(buffer.getvalue()))
    return target


def set_properties(document: DocxDocument, content: Source) -> None:
    """Fill the core properties, with the publication date as the only date."""
    moment = dt.datetime.combine(content["published"], dt.time())
    properties = document.core_properties
    properties.title = content["title"]
    properties.author = "; ".join(content["authors"])
    properties.last_modified_by = content["publisher"]
    properties.language = content["language"]
    properties.comments = content["notice"]
    properties.created = moment
    properties.modified = moment
    properties.revision = 1


def add_head(document: DocxDocument, content: Source) -> None:
    """Print title, authors, publisher, date and the line that says what the report is."""
    published: dt.date = content["published"]
    document.add_paragraph(content["title"], style="Title")
    document.add_paragraph(f"By {' and '.join(content['authors'])}", style="Subtitle")
    document.add_paragraph(f"Publisher: {content['publisher']}")
    document.add_paragraph(f"Published: {published.day} {published:%B %Y}")
    notice = document.add_paragraph(content["notice"], style="Intense Quote")
    notice.alignment = WD_ALIGN_PARAGRAPH.LEFT


def add_block(document: DocxDocument, block: Source, notes: list[str]) -> None:
    """Add one block of the body; a block is a mapping whose only key is its kind."""
    ((kind, value),) = block.items()
    if kind == "heading":
        document.add_heading(value, level=1)
    elif kind == "text":
        add_text(document.add_paragraph(), value, notes)
    elif kind in ("bullets", "steps"):
        style = "List Bullet" if kind == "bullets" else "List Number"
        for item in value:
            add_text(document.add_paragraph(style=style), item, notes)
    elif kind == "table":
        add_table(document, value)
    else:
        raise ValueError(f"unknown kind of block: {kind}")


def add_text(paragraph: Paragraph, text: str, notes: list[str]) -> None:
    """Add text to a paragraph; ``[^name]`` becomes a reference to the footnote of that name."""
    for index, piece in enumerate(MARKER.split(text)):
        if index % 2 == 0:
            paragraph.add_run(piece)
            continue
        notes.append(piece)
        reference = f'<w:footnoteReference w:id="{len(notes)}"/>'
        paragraph._p.append(parse_xml(f'<w:r xmlns:w="{NAMESPACE}">{SUPERSCRIPT}{reference}</w:r>'))


def add_table(document: DocxDocument, content: Source) -> None:
    """Add a captioned table whose first row is its header."""
    document.add_paragraph(content["caption"], style="Caption")
    rows = [content["header"], *content["rows"]]
    table = document.add_table(rows=len(rows), cols=len(content["header"]), style="Table Grid")
    for row, values in zip(table.rows, rows, strict=True):
        for cell, value in zip(row.cells, values, strict=True):
            cell.text = value
    for cell in table.rows[0].cells:
        cell.paragraphs[0].runs[0].bold = True
    table.rows[0]._tr.get_or_add_trPr().append(parse_xml(f'<w:tblHeader xmlns:w="{NAMESPACE}"/>'))
    document.add_paragraph()


def attach_footnotes(document: DocxDocument, notes: list[str]) -> None:
    """Attach the footnotes part, which python-docx does not write by itself."""
    xml = "".join(footnote_xml(notes))
    blob = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{xml}'.encode()
    package = document.part.package
    part = Part(PackURI("/word/footnotes.xml"), CONTENT_TYPE.WML_FOOTNOTES, blob, package)
    document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)


def footnote_xml(notes: list[str]) -> Iterator[str]:
    """Yield the pieces of the footnotes part: two separators and then the notes."""
    yield f'<w:footnotes xmlns:w="{NAMESPACE}">'
    for number, (kind, tag) in enumerate(
        [("separator", "separator"), ("continuationSeparator", "continuationSeparator")], start=-1
    ):
        yield f'<w:footnote w:type="{kind}" w:id="{number}"><w:p><w:r><w:{tag}/></w:r></w:p>'
        yield "</w:footnote>"
    for number, note in enumerate(notes, start=1):
        yield f'<w:footnote w:id="{number}"><w:p><w:r>{SUPERSCRIPT}<w:footnoteRef/></w:r>'
        yield f'<w:r><w:t xml:space="preserve"> {escape(note)}</w:t></w:r></w:p></w:footnote>'
    yield "</w:footnotes>"


def fixed_zip(data: bytes) -> bytes:
    """Repack a zip archive with one fixed time stamp for every member."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            member = zipfile.ZipInfo(name, ZIP_DATE)
            member.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(member, source.read(name))
    return buffer.getvalue()


def main() -> None:
    """Render every source in this folder."""
    targets = [render_pdf(path) for path in sorted(SOURCES.glob("*.typ"))]
    targets += [render_docx(path) for path in sorted(SOURCES.glob("*.yaml"))]
    for target in targets:
        print(target.relative_to(REPORTS.parent))


if __name__ == "__main__":
    main()
