"""Reads the citations of an exported memo again: Markdown, DOCX, JSON."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rag.errors import SourceUnreadable, UsageError
from rag.memo_verify import FiledCitation, FiledUse
from rag.types import Memo
from web.export.notes import read_note

READABLE = (".md", ".markdown", ".docx", ".json")
LARGEST = 50_000_000
"""Bytes; a memo with hundreds of quotes has less than one million."""
_NOTE = re.compile(r"^\[\^(\d+)\]:[ \t]*(.*)$")
_MARKS = re.compile(r"((?:\[\^\d+\])+)")
_NEW_BLOCK = re.compile(r"^\s*(?:#{1,6}\s|[-*+]\s|\d+[.)]\s|\|)|^\s*$")
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_SEPARATORS = {f"{_W}{tag}": sign for tag, sign in
               (("tab", " "), ("br", " "), ("cr", " "), ("tc", "\t"), ("noBreakHyphen", "-"))}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sentence:
    """Words of the memo and the note numbers that stand at their end."""

    text: str
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A title, heading, list item or paragraph (``text``) of a memo, with the notes marked in it."""

    kind: str
    text: str
    numbers: tuple[int, ...] = ()


def lines_of(path: Path) -> Iterator[Line]:
    """The running text of an exported ``.md`` or ``.docx``, tables and notes left out.

    Raises:
        UsageError: the file cannot be read.
        SourceUnreadable: it is damaged.
    """
    data = _bytes(path)
    if path.suffix.lower() == ".docx":
        yield from _docx_lines(data)
    else:
        yield from _markdown_lines(data.decode("utf-8-sig"))


def read_citations(path: Path) -> tuple[FiledCitation, ...]:
    """The citations of a file, by number, each with the sentences that end in it.

    Raises:
        UsageError: the file cannot be read, is no memo, or has no citations.
    """
    suffix = path.suffix.lower()
    if suffix not in READABLE:
        raise UsageError(
            f"{path.name}: citations can be checked in .md, .docx and .json files; export the memo as one of these."
        )
    data = _bytes(path)
    try:
        if suffix == ".json":
            found = _from_json(data)
        elif suffix == ".docx":
            found = _from_docx(data)
        else:
            found = _from_markdown(data.decode("utf-8-sig"))
    except SourceUnreadable as error:
        raise UsageError(f"{path.name} {error}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path.name} is not UTF-8 text; save it as UTF-8.") from error
    if not found:
        raise UsageError(f"{path.name} has no citations: it is not a memo as `briefing memo -o FILE` writes it.")
    return found


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST:
            raise UsageError(f"{path.name} is larger than {LARGEST // 1_000_000} MB: it is not a memo.")
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{str(path)!r} cannot be read: {error.strerror}.") from error


def _together(notes: Iterable[FiledCitation], sentences: Sequence[Sentence]) -> tuple[FiledCitation, ...]:
    """Notes with the sentences that lean on them; a mark without a note is a citation that cannot be read."""
    known: dict[int, FiledCitation] = {}
    doubled: list[FiledCitation] = []
    for note in notes:
        if note.number in known:
            doubled.append(note)
        known.setdefault(note.number, note)
    for sentence in sentences:
        for number in sentence.numbers:
            known.setdefault(number, FiledCitation(number=number, document_id="", quote=""))
    uses: dict[int, list[FiledUse]] = defaultdict(list)
    for sentence in sentences:
        quotes = tuple(known[n].quote for n in sentence.numbers)
        for number in sentence.numbers:
            uses[number].append(FiledUse(sentence.text, quotes))
    found = [replace(c, uses=tuple(uses[c.number])) for c in known.values()]
    return tuple(sorted([*found, *doubled], key=lambda c: c.number))


# --------------------------------------------------------------------------- JSON


def _from_json(data: bytes) -> tuple[FiledCitation, ...]:
    from rag.wire_memo import memo_from_json

    try:
        value: Any = json.loads(data)
    except ValueError as error:
        raise SourceUnreadable(f"is not JSON: {error}.") from error
    if not isinstance(value, dict):
        raise SourceUnreadable("is not a memo: its JSON is not an object.")
    memo = memo_from_json(value)
    notes = (
        FiledCitation(
            number=c.number, document_id=c.document_id, quote=c.quote, start=c.start, end=c.end,
            sha256=c.document_sha256,
        )
        for c in memo.citations
    )  # fmt: skip
    return _together(notes, list(_sentences(memo)))


def _sentences(memo: Memo) -> Iterator[Sentence]:
    for section in memo.sections:
        yield from (Sentence(s.text, s.citations) for s in section.statements)
    for judgement in memo.judgements:
        yield Sentence(judgement.statement.text, judgement.statement.citations)
        yield Sentence("", (*judgement.corroboration, *judgement.contrary))
    for item in memo.disagreements:
        yield from (Sentence(f"“{p.claim}”", p.citations) for p in item.positions)
    for row in memo.ledger:
        yield Sentence("\t".join((row.value, row.unit or "", row.scope, row.as_of or "", row.source)), (row.citation,))
    yield from (Sentence(f"“{row.event}”", (row.citation,)) for row in memo.timeline)
    for note in memo.source_notes:
        yield from (Sentence(s.text, s.citations) for s in note.statements)


# --------------------------------------------------------------------------- Markdown


def _from_markdown(text: str) -> tuple[FiledCitation, ...]:
    notes: list[tuple[int, str]] = []
    body: list[str] = []
    into = body
    for line in text.splitlines():
        if start := _NOTE.match(line):
            notes.append((int(start[1]), start[2]))
            into = []
        elif into is not body and line.strip() and not line.startswith("#"):
            notes[-1] = (notes[-1][0], f"{notes[-1][1]} {line.strip()}")  # an editor wrapped the line
        else:
            into = body
            body.append(line)
    sentences = [s for block in _blocks(body) for s in _parted(block)]
    return _together((read_note(n, _words(t)) for n, t in notes), sentences)


def _blocks(lines: Iterable[str]) -> Iterator[str]:
    """Paragraphs, list items and table rows, each on one line."""
    block: list[str] = []
    for line in lines:
        if _NEW_BLOCK.match(line) and block:
            yield " ".join(block)
            block = []
        if line.strip():
            block.append(line.strip())
    if block:
        yield " ".join(block)


def _parted(block: str) -> Iterator[Sentence]:
    if block.startswith("|"):  # cells, as in the other formats
        block = re.sub(r"(?<!\\)\|", "\t", block)
    parts = _MARKS.split(block)
    for words, marks in zip(parts[::2], parts[1::2], strict=False):
        yield Sentence(_words(words), tuple(int(n) for n in re.findall(r"\d+", marks)))


def _words(text: str) -> str:
    """Text without Markdown's signs."""
    return re.sub(r"\\([!-/:-@\[-`{-~])|\*+|`", lambda m: m[1] or "", text)


def _markdown_lines(text: str) -> Iterator[Line]:
    body: list[str] = []
    for line in text.splitlines():
        if _NOTE.match(line):
            break
        body.append(line)
    for block in _blocks(body):
        marked = re.match(r"(#{1,6})\s+(.*)", block)
        if marked:
            yield Line({1: "title", 2: "heading"}.get(len(marked[1]), "group"), _words(marked[2]))
        elif not block.startswith("|"):
            item = re.match(r"(?:[-*+]|\d+[.)])\s+(.*)", block, re.DOTALL)
            numbers = tuple(int(n) for marks in _MARKS.findall(block) for n in re.findall(r"\d+", marks))
            words = _words(_MARKS.sub("", item[1] if item else block))
            yield Line("item" if item else "text", words.strip(), numbers)


# --------------------------------------------------------------------------- DOCX


def _docx_lines(data: bytes) -> Iterator[Line]:
    from ingest.limits import Limits
    from ingest.readers.archive import member, open_checked
    from ingest.readers.xmlsafe import parse_xml

    with open_checked(data, Limits()) as archive:
        part = member(archive, "word/document.xml")
    if part is None:
        raise SourceUnreadable("is not a Word document: it has no text part.")
    root = _as_shown(parse_xml(part))
    body = _Body(root)
    for paragraph in root.iter(f"{_W}p"):
        if next(paragraph.iterancestors(f"{_W}tbl"), None) is not None:
            continue
        named = paragraph.find(f"{_W}pPr/{_W}pStyle")
        style = str(named.get(f"{_W}val")) if named is not None else ""
        text, numbers = body.read(paragraph)
        if text.strip():
            yield Line(_kind_of(style), text.strip(), numbers)


def _kind_of(style: str) -> str:
    if style.startswith("Heading"):
        return "heading" if style.endswith("1") else "group"
    if style == "Title":
        return "title"
    return "item" if style.startswith("List") else "text"


def _from_docx(data: bytes) -> tuple[FiledCitation, ...]:
    from ingest.limits import Limits
    from ingest.readers.archive import member, open_checked
    from ingest.readers.xmlsafe import parse_xml

    with open_checked(data, Limits()) as archive:
        parts = {name: member(archive, f"word/{name}.xml") for name in ("document", "footnotes", "endnotes")}
    if parts["document"] is None:
        raise SourceUnreadable("is not a Word document: it has no text part.")
    texts = {
        (kind, note.get(f"{_W}id")): _note_text(note)
        for kind in ("footnote", "endnote")
        if (part := parts[f"{kind}s"]) is not None
        for note in _as_shown(parse_xml(part)).iter(f"{_W}{kind}")
    }
    body = _Body(_as_shown(parse_xml(parts["document"])))
    notes = (read_note(number, texts.get(key, "")) for key, number in body.numbers.items())
    return _together(notes, body.sentences)


def _as_shown(root: Any) -> Any:
    """The part as it reads with all tracked changes accepted: what was deleted or moved away is gone."""
    for element in list(root.iter(f"{_W}del", f"{_W}moveFrom")):
        if (parent := element.getparent()) is not None:
            parent.remove(element)
    return root


def _note_text(note: Any) -> str:
    return " ".join("".join(_piece(e) for e in p.iter()) for p in note.iter(f"{_W}p")).strip()


class _Body:
    """The running text of a Word document: its sentences and the numbers of its notes.

    ``numbers`` maps (``footnote`` or ``endnote``, id) to the number that Word shows.
    """

    def __init__(self, root: Any) -> None:
        self.numbers: dict[tuple[str, str], int] = {}
        self.sentences: list[Sentence] = []
        self._bookmarks: dict[str, tuple[str, str]] = {}
        self._counted: dict[str, int] = defaultdict(int)
        for mark in root.iter(f"{_W}footnoteReference", f"{_W}endnoteReference"):
            self._number(mark)
        for block in self._units(root):
            self._read(block)

    def _number(self, mark: Any) -> None:
        kind = mark.tag.removeprefix(_W).removesuffix("Reference")
        key = (kind, str(mark.get(f"{_W}id")))
        shown = "".join(t.text or "" for t in mark.getparent().iter(f"{_W}t"))
        if mark.get(f"{_W}customMarkFollows") and shown.strip().isdigit():
            self.numbers[key] = int(shown)
        else:
            self._counted[kind] += 1
            self.numbers[key] = self._counted[kind]
        begins = next((b for b in mark.getparent().itersiblings(f"{_W}bookmarkStart", preceding=True)), None)
        if begins is not None:
            self._bookmarks[str(begins.get(f"{_W}name"))] = key

    @staticmethod
    def _units(root: Any) -> Iterator[Any]:
        """Paragraphs; a table row is one unit, because its mark may stand in another cell."""
        for element in root.iter(f"{_W}p", f"{_W}tr"):
            if element.tag == f"{_W}tr" or next(element.iterancestors(f"{_W}tr"), None) is None:
                yield element

    def read(self, unit: Any) -> tuple[str, tuple[int, ...]]:
        """A paragraph's words without the signs of its notes, and their numbers."""
        pieces = list(self._pieces(unit))
        words = "".join(p for p in pieces if isinstance(p, str))
        return words, tuple(p for p in pieces if isinstance(p, int))

    def _read(self, unit: Any) -> None:
        words: list[str] = []
        numbers: list[int] = []
        for piece in self._pieces(unit):
            if isinstance(piece, int):
                numbers.append(piece)
                continue
            if piece.strip(" ,") and numbers:
                self.sentences.append(Sentence("".join(words), tuple(numbers)))
                words, numbers = [], []
            words.append(piece)
        if numbers:
            self.sentences.append(Sentence("".join(words), tuple(numbers)))

    def _pieces(self, unit: Any) -> Iterator[int | str]:
        """What stands in a paragraph, in order: words, and the numbers of notes where their signs stand."""
        for element in unit.iter():
            number = self._mark(element)
            yield _piece(element) if number is None else number

    def _mark(self, element: Any) -> int | None:
        """The number, when this is a note's reference or a field that repeats one."""
        if element.tag in (f"{_W}footnoteReference", f"{_W}endnoteReference"):
            kind = element.tag.removeprefix(_W).removesuffix("Reference")
            return self.numbers.get((kind, str(element.get(f"{_W}id"))))
        field = element.get(f"{_W}instr") if element.tag == f"{_W}fldSimple" else None
        if element.tag == f"{_W}instrText":
            field = element.text
        named = re.search(r"\bNOTEREF\s+(\S+)", field or "")
        key = self._bookmarks.get(named[1]) if named else None
        return self.numbers.get(key) if key else None


def _piece(element: Any) -> str:
    """The words of a ``w:t``; the shown number of a note is none, raised letters (``5th``) are words."""
    if element.tag in _SEPARATORS:
        return _SEPARATORS[element.tag]
    if element.tag != f"{_W}t":
        return ""
    text = str(element.text or "")
    style = element.getparent().find(f"{_W}rPr/{_W}rStyle")
    raised = element.getparent().find(f"{_W}rPr/{_W}vertAlign")
    if style is not None and "footnote" in str(style.get(f"{_W}val")).lower():
        return ""
    is_raised = raised is not None and raised.get(f"{_W}val") == "superscript"
    return "" if is_raised and not any(c.isalpha() for c in text) else text
