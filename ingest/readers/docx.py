"""DOCX: bytes to blocks, through mammoth's document tree.

mammoth keeps foot- and endnotes with their anchors, tables in their place, and leaves comments and
deleted text out; the container is judged before it is unpacked.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ingest.blocks import Block, BlockKind, Parsed
from ingest.readers import front
from ingest.readers.archive import member, open_checked
from ingest.readers.docx_numbers import Markers
from ingest.readers.xmlsafe import parse_xml, refuse_entities
from rag.errors import SourceUnreadable
from rag.types import Metadata

if TYPE_CHECKING:
    from ingest.limits import Limits

_HEADING = re.compile(r"(?:heading|überschrift|titre|encabezado|kop|rubrik|عنوان)\s*(\d)", re.I)
_OLE = b"\xd0\xcf\x11\xe0"
_DC = "{http://purl.org/dc/elements/1.1/}"
_MAX_DEPTH = 40


def read_docx(data: bytes, limits: Limits) -> Parsed:
    """Reads a Word document.

    Raises:
        SourceUnreadable: encrypted or an old ``.doc``, damaged, a zip bomb, or without text.
    """
    if not data.strip(b"\0 \r\n\t"):
        raise SourceUnreadable("is empty: check the file, then ingest again.")
    if data.startswith(_OLE):
        raise SourceUnreadable("is encrypted or in the old .doc format: save a copy as .docx without a password.")
    with open_checked(data, limits) as archive:
        _check_parts(archive)
        document = _read_tree(data)
        reader = _Reader(Markers(archive))
        reader.walk(document.children)
        blocks = reader.blocks + list(_notes(document, reader))
        properties = _properties(archive)
    if not any(block.text for block in blocks):
        raise SourceUnreadable("has no text: check the file, or export it again.")
    blocks = _with_title(blocks)
    return Parsed(blocks=tuple(blocks), metadata=_metadata(properties, blocks), format="docx", pages=None)


def _check_parts(archive: zipfile.ZipFile) -> None:
    try:
        if member(archive, "word/document.xml") is None and not any(
            name.endswith("document.xml") for name in archive.namelist()
        ):
            raise SourceUnreadable("is not a Word document (it has no word/document.xml).")
        for name in archive.namelist():
            if name.endswith((".xml", ".rels")):
                refuse_entities(member(archive, name) or b"")
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, NotImplementedError) as error:
        raise _damaged(error) from error
    except Exception as error:
        if isinstance(error, SourceUnreadable):
            raise
        raise _damaged(error) from error


def _damaged(error: Exception) -> SourceUnreadable:
    return SourceUnreadable(
        f"is damaged ({str(error)[:100] or type(error).__name__}): open it in Word and save it again."
    )


def _read_tree(data: bytes) -> Any:
    """mammoth's tree; whatever it stumbles over in a damaged file is the file's fault."""
    from mammoth import docx

    try:
        return docx.read(io.BytesIO(data), external_file_access=False).value
    except Exception as error:  # mammoth raises KeyError, ValueError, ExpatError, ... on bad files
        raise _damaged(error) from error


# --------------------------------------------------------------------------- the tree


@dataclass
class _Inline:
    """Text of a paragraph as it grows."""

    text: str = ""
    anchors: list[tuple[int, str]] = field(default_factory=list)
    bold: int = 0  # length of the bold start
    open_bold: bool = True

    def add(self, text: str, *, bold: bool) -> None:
        if bold and self.open_bold:
            self.bold = len(self.text) + len(text)
        elif text.strip():
            self.open_bold = False
        self.text += text


class _Reader:
    """Walks mammoth's tree and gathers blocks."""

    def __init__(self, markers: Markers) -> None:
        self.blocks: list[Block] = []
        self.labels: dict[tuple[str, str], str] = {}
        self._markers = markers

    def walk(self, children: Iterable[Any], depth: int = 0) -> None:
        """Adds blocks for paragraphs and tables, in order."""
        from mammoth import documents

        if depth > _MAX_DEPTH:
            return
        for child in children:
            if isinstance(child, documents.Paragraph):
                self._paragraph(child)
            elif isinstance(child, documents.Table):
                self._table(child, depth)
            elif hasattr(child, "children"):
                self.walk(child.children, depth + 1)

    def _paragraph(self, paragraph: Any) -> None:
        inline = self.inline(paragraph)
        block = self._block(paragraph, inline)
        if block is not None:
            self.blocks.append(block)

    def _block(self, paragraph: Any, inline: _Inline) -> Block | None:
        raw = inline.text
        lead = len(raw) - len(raw.lstrip())
        text = raw.strip()
        if not text:
            return None
        anchors = tuple((min(max(0, at - lead), len(text)), lab) for at, lab in inline.anchors)
        style = " ".join(filter(None, (paragraph.style_name, paragraph.style_id)))
        level = _heading_level(style)
        if level is not None:
            return Block(kind=BlockKind.HEADING, text=text, level=level, anchors=anchors)
        if paragraph.numbering is not None:
            depth = _depth(paragraph.numbering.level_index)
            marker = self._markers.take(text)
            if marker is None:
                marker = "" if paragraph.numbering.is_ordered else "-"
            return Block(kind=BlockKind.LIST_ITEM, text=text, level=depth, marker=marker, anchors=anchors)
        strong = min(max(0, inline.bold - lead), len(text))
        return Block(kind=BlockKind.PARAGRAPH, text=text, anchors=anchors, strong=strong)

    def inline(self, element: Any) -> _Inline:
        """The text of a paragraph with its note anchors."""
        inline = _Inline()
        self._gather(element.children, inline, bold=False, raised=False, depth=0)
        parts = re.split(r"(\s+)", inline.text)
        if any(p.isspace() and p != " " for p in parts):
            inline = _even_blanks(inline)
        return inline

    def _gather(self, children: Iterable[Any], inline: _Inline, *, bold: bool, raised: bool, depth: int) -> None:
        from mammoth import documents

        if depth > _MAX_DEPTH:
            return
        for child in children:
            if isinstance(child, documents.Text):
                text = child.value.translate(_SUPERSCRIPT) if raised else child.value
                inline.add(text, bold=bold)
            elif isinstance(child, documents.NoteReference):
                label = self.label(child.note_type, child.note_id)
                inline.anchors.append((len(inline.text.rstrip()), label))
            elif isinstance(child, (documents.Tab, documents.Break)):
                inline.add(" ", bold=bold)
            elif isinstance(child, documents.Run):
                self._gather(
                    child.children,
                    inline,
                    bold=bool(child.is_bold),
                    raised=child.vertical_alignment == "superscript",
                    depth=depth + 1,
                )
            elif isinstance(child, (documents.CommentReference, documents.Comment)):
                continue
            elif hasattr(child, "children"):
                self._gather(child.children, inline, bold=bold, raised=raised, depth=depth + 1)

    def label(self, kind: str, note_id: str) -> str:
        """The number Word prints for a note: notes count in the order of their references."""
        key = (kind, note_id)
        if key not in self.labels:
            same = sum(1 for other, _ in self.labels if other == kind)
            number = str(same + 1)
            both = any(other != kind for other, _ in self.labels)
            if both and kind == "endnote":  # as Word does, endnotes are told apart by Roman numbers
                number = f"e{number}"
            self.labels[key] = number
        return self.labels[key]

    def _table(self, table: Any, depth: int) -> None:
        for row in table.children:
            cells: list[str] = []
            anchors: list[tuple[int, str]] = []
            for cell in getattr(row, "children", ()):
                start = sum(len(c) for c in cells) + 3 * len(cells)
                text = ""
                for inline in self.paragraphs(getattr(cell, "children", ()), depth):
                    shift = start + len(text) + (1 if text else 0)
                    anchors.extend((shift + at, label) for at, label in inline.anchors)
                    text = f"{text} {inline.text.strip()}".strip()
                cells.append(text)
                cells.extend([""] * (min(_depth(getattr(cell, "colspan", 1)), 50) - 1))
            text = " | ".join(cells).rstrip(" |") if any(cells) else ""
            text = re.sub(r"\|\s+(?=\|)", "| ", text)
            if text:
                kept = tuple((min(at, len(text)), label) for at, label in anchors)
                self.blocks.append(Block(kind=BlockKind.TABLE_ROW, text=text, anchors=kept))

    def paragraphs(self, children: Iterable[Any], depth: int = 0) -> Iterator[_Inline]:
        """The paragraphs of a cell or note, whatever they are nested in."""
        from mammoth import documents

        if depth > _MAX_DEPTH:
            return
        for child in children:
            if isinstance(child, documents.Paragraph):
                inline = self.inline(child)
                if inline.text.strip():
                    yield inline
            elif hasattr(child, "children"):
                yield from self.paragraphs(child.children, depth + 1)


_SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def _depth(value: Any) -> int:
    text = str(value)
    return int(text) if text.isdigit() and len(text) < 4 else 0


def _even_blanks(inline: _Inline) -> _Inline:
    out: list[str] = []
    moved: list[int] = []
    for char in inline.text:
        moved.append(len(out))
        if char.isspace():
            if out and out[-1] == " ":
                continue
            out.append(" ")
        else:
            out.append(char)
    moved.append(len(out))
    return _Inline(
        text="".join(out),
        anchors=[(moved[at], label) for at, label in inline.anchors],
        bold=moved[min(inline.bold, len(moved) - 1)],
        open_bold=inline.open_bold,
    )


def _heading_level(style: str) -> int | None:
    """Title 1, ``Heading 1`` 2 and so on; None for other styles."""
    if match := _HEADING.search(style):
        return min(int(match[1]), 8) + 1
    return 1 if re.match(r"(?:title|titel|titre)\b", style, re.I) else None


def _notes(document: Any, reader: _Reader) -> Iterator[Block]:
    """Notes in the order of their references; a note nobody refers to is left out."""
    for (kind, note_id), label in list(reader.labels.items()):
        note = document.notes.find_note(kind, note_id)
        if note is None:
            continue
        texts: list[str] = []
        for inline in reader.paragraphs(note.body):
            texts.append(inline.text.strip())
        text = " ".join(texts).strip()
        if text:
            yield Block(kind=BlockKind.NOTE, text=text, marker=label)


# --------------------------------------------------------------------------- metadata


def _properties(archive: zipfile.ZipFile) -> dict[str, str]:
    data = member(archive, "docProps/core.xml")
    if data is None:
        return {}
    try:
        root = parse_xml(data)
    except SourceUnreadable:
        return {}
    found: dict[str, str] = {}
    for name in ("title", "creator", "language", "publisher", "rights"):
        node = root.find(f"{_DC}{name}")
        if node is not None and node.text:
            found[name] = " ".join(node.text.split())
    return found


def _with_title(blocks: list[Block]) -> list[Block]:
    """Without a title style, levels start at 1 when the first block is the only top heading."""
    levels = [b.level for b in blocks if b.kind is BlockKind.HEADING]
    first = next((b for b in blocks if b.kind is BlockKind.HEADING), None)
    if 1 in levels or first is None or blocks[0] is not first or levels.count(2) != 1:
        return blocks
    return [
        Block(kind=b.kind, text=b.text, level=b.level - 1, anchors=b.anchors) if b.kind is BlockKind.HEADING else b
        for b in blocks
    ]


def _metadata(properties: dict[str, str], blocks: list[Block]) -> Metadata:
    printed = next((b.text for b in blocks if b.kind is BlockKind.HEADING and b.level == 1), None)
    title = printed or front.sound_title(properties.get("title")) or _first_words(blocks)
    head = _head(blocks)
    labels: dict[str, str] = {}
    for line in head:
        labels = front.labelled(line) | labels
    stated = labels.get("published")
    date = (front.date_in(stated), None) if stated else front.printed_date(head)
    return Metadata(
        title=title,
        authors=_authors(properties, labels, head),
        publisher=labels.get("publisher") or properties.get("publisher"),
        series=labels.get("series"),
        published=date[0] if date else None,
        published_note=date[1] if date and date[0] else None,
        language=(properties.get("language") or "")[:2].lower() or None,
        translator=labels.get("translator"),
        licence=labels.get("licence"),
    )


def _head(blocks: list[Block]) -> list[str]:
    """Short paragraphs between the title and the first further heading."""
    lines: list[str] = []
    for block in blocks[:15]:
        if block.kind is BlockKind.HEADING and block.level > 1:
            break
        if block.kind is BlockKind.PARAGRAPH:
            lines.append(block.text)
    return lines


def _authors(properties: dict[str, str], labels: dict[str, str], head: list[str]) -> tuple[str, ...]:
    if labels.get("authors"):
        return front.names(labels["authors"]) or (labels["authors"],)
    for line in head[:3]:
        found = front.byline(line)
        if found:
            return found
    parts = [p.strip() for p in re.split(r";|\band\b|&", properties.get("creator", "")) if p.strip()]
    return tuple(parts) if parts and all(front.is_person(p) for p in parts) else ()


def _first_words(blocks: list[Block]) -> str:
    text = next((b.text for b in blocks if len(b.text.split()) >= 2), blocks[0].text)
    return text if len(text) <= 120 else text[:117].rsplit(" ", 1)[0] + " …"
