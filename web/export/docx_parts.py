"""The parts of a DOCX file that python-docx does not write: footnotes, note references, page numbers."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from lxml import etree

from web.export.notes import worded
from web.export.rich import Mark, Note, Rich, Run, Style, by_script, plain, right_to_left

if TYPE_CHECKING:
    from docx.document import Document

NOTE_TEXT, NOTE_MARK, CODE = "FootnoteText", "FootnoteReference", "SourceReference"
_NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
WORD = "15"
"""Word 2013 and later; below it Word opens a file in compatibility mode."""
_FOREIGN = frozenset({"thumbnail", "extended-properties", "stylesWithEffects", "customXml"})
_LANGUAGES = {"en": "en-US", "fr": "fr-FR"}
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)
_CORE = re.compile(r"[^\W_](?:.*[^\W_])?", re.DOTALL)


class Notes:
    """Puts note marks into paragraphs: a footnote at its first mark, a cross-reference at each other.

    Word numbers footnotes by itself, in reading order.  Where that would give other numbers than the
    memo's (a number must not change its meaning), marks are set as fixed text instead.
    """

    def __init__(self, order: Sequence[int]) -> None:
        self.placed: list[int] = []
        self._fixed = list(order) != sorted(order) or list(order) != list(range(1, len(order) + 1))

    def write(self, paragraph: Any, words: Rich, *, rtl: bool) -> None:
        """Appends words and marks to a ``w:p`` element."""
        before: Run | Mark | None = None
        for item in words:
            if isinstance(item, Run):
                write_run(paragraph, item, rtl=rtl)
            else:
                if isinstance(before, Mark):
                    paragraph.append(_run(",", NOTE_MARK))
                self._mark(paragraph, item.number)
            before = item

    def _mark(self, paragraph: Any, number: int) -> None:
        if number in self.placed:
            field = _element("w:fldSimple", instr=f" NOTEREF _Note{number} \\f \\h ")
            field.append(_run(str(number), NOTE_MARK))
            paragraph.append(field)
            return
        self.placed.append(number)
        place = str(len(self.placed))
        paragraph.append(_element("w:bookmarkStart", id=place, name=f"_Note{number}"))
        run = _run(str(number) if self._fixed else "", NOTE_MARK)
        mark = _element("w:footnoteReference", id=place)
        if self._fixed:
            mark.set(qn("w:customMarkFollows"), "1")
        run.insert(1, mark)
        paragraph.append(run)
        paragraph.append(_element("w:bookmarkEnd", id=place))

    def attach(self, document: Document, notes: Sequence[Note]) -> None:
        """Writes the footnotes part and says in the settings that there is one."""
        known = {n.number: n for n in notes}
        root = etree.Element(qn("w:footnotes"), nsmap={"w": _NAMESPACE})
        for number, kind in ((-1, "separator"), (0, "continuationSeparator")):
            separator = _element("w:footnote", type=kind, id=str(number))
            paragraph, run = OxmlElement("w:p"), OxmlElement("w:r")
            run.append(OxmlElement(f"w:{kind}"))
            paragraph.append(run)
            separator.append(paragraph)
            root.append(separator)
        for place, number in enumerate(self.placed, 1):
            root.append(self._note(place, known[number]))
        package = document.part.package
        blob = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
        part = Part(PackURI("/word/footnotes.xml"), CONTENT_TYPE.WML_FOOTNOTES, blob, package)
        document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)
        _announce(document.settings.element)

    def _note(self, place: int, note: Note) -> Any:
        footnote = _element("w:footnote", id=str(place))
        rtl = right_to_left(note.quote + plain(note.source))
        paragraph = OxmlElement("w:p")
        properties = OxmlElement("w:pPr")
        properties.append(_element("w:pStyle", val=NOTE_TEXT))
        if rtl:
            properties.append(OxmlElement("w:bidi"))
        paragraph.append(properties)
        mark = _run(str(note.number) if self._fixed else "", NOTE_MARK)
        if not self._fixed:
            mark.append(OxmlElement("w:footnoteRef"))
        paragraph.append(mark)
        write_run(paragraph, Run(" "), rtl=rtl)
        for item in worded(note):
            if isinstance(item, Run):
                write_run(paragraph, item, rtl=rtl)
        footnote.append(paragraph)
        return footnote


def write_run(paragraph: Any, run: Run, *, rtl: bool) -> None:
    """Appends words to a ``w:p``, cut where the direction changes: Word needs to be told of each."""
    for text, turned in directions(run.text, rtl=rtl):
        element = _run(text, CODE if run.style is Style.CODE else None)
        properties = element.find(qn("w:rPr"))
        if run.style is Style.STRONG:
            properties.extend([OxmlElement("w:b"), OxmlElement("w:bCs")])
        elif run.style is Style.EMPHASIS and not turned:  # Arabic has no italics
            properties.extend([OxmlElement("w:i"), OxmlElement("w:iCs")])
        if turned:
            properties.append(OxmlElement("w:rtl"))
        paragraph.append(element)


def directions(text: str, *, rtl: bool) -> list[tuple[str, bool]]:
    """Stretches of text with their direction; in a right-to-left paragraph signs go with the paragraph.

    >>> directions("قال (in 2024): نعم", rtl=True)
    [('قال', True), (' (', True), ('in 2024', False), ('): ', True), ('نعم', True)]
    """
    stretches = by_script(text)
    if not rtl:
        return stretches
    found: list[tuple[str, bool]] = []
    for part, turned in stretches:
        core = None if turned else _CORE.search(part)
        if core is None:
            found.append((part, True))
            continue
        for piece, way in ((part[: core.start()], True), (core.group(), False), (part[core.end() :], True)):
            if piece:
                found.append((piece, way))
    return found


def page_number(paragraph: Any) -> None:
    """Appends ``3 / 12`` as fields to a ``w:p``."""
    for field, following in (("PAGE", " / "), ("NUMPAGES", "")):
        element = _element("w:fldSimple", instr=f" {field} ")
        element.append(_run("1", None))
        paragraph.append(element)
        if following:
            paragraph.append(_run(following, None))


def own(document: Any, language: str) -> None:
    """Takes out what the library's blank document says of itself, and sets the language and today's Word.

    That document brings a thumbnail, statistics of an empty page, a second style sheet that does not match
    the first, a bibliography in another style, and a compatibility mode that Word shows in its title bar.
    """
    package = document.part.package
    for holder in (package, document.part):
        for key, link in list(holder.rels.items()):
            if link.reltype.rsplit("/", 1)[-1] in _FOREIGN:
                del holder.rels[key]
    settings = document.settings.element
    for mode in settings.iter(qn("w:compatSetting")):
        if mode.get(qn("w:name")) == "compatibilityMode":
            mode.set(qn("w:val"), WORD)
    for zoom in settings.iter(qn("w:zoom")):
        zoom.set(qn("w:percent"), "100")
    for spoken in document.styles.element.iter(qn("w:lang")):
        spoken.set(qn("w:val"), _LANGUAGES.get(language, _LANGUAGES["en"]))
        spoken.set(qn("w:bidi"), "ar-SA")


def fixed_zip(data: bytes) -> bytes:
    """The archive with one time stamp for every member, so that equal memos give equal files."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            member = zipfile.ZipInfo(name, _ZIP_DATE)
            member.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(member, source.read(name))
    return buffer.getvalue()


def _announce(settings: Any) -> None:
    """Word wants the two separators named in the settings, before ``w:compat``."""
    properties = OxmlElement("w:footnotePr")
    for number in (-1, 0):
        properties.append(_element("w:footnote", id=str(number)))
    compat = settings.find(qn("w:compat"))
    if compat is None:
        settings.append(properties)
    else:
        compat.addprevious(properties)


def _element(tag: str, **attributes: str) -> Any:
    element = OxmlElement(tag)
    for name, value in attributes.items():
        element.set(qn(f"w:{name}"), value)
    return element


def _run(text: str, style: str | None) -> Any:
    run = OxmlElement("w:r")
    properties = OxmlElement("w:rPr")
    if style:
        properties.append(_element("w:rStyle", val=style))
    run.append(properties)
    if text:
        words = OxmlElement("w:t")
        words.text = text
        words.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        run.append(words)
    return run
