"""Markdown: CommonMark tokens to blocks, YAML front matter to metadata, footnotes to notes."""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import yaml

from ingest.blocks import Block, BlockKind, Parsed
from ingest.edits import trimmed
from ingest.limits import Limits
from ingest.metadata import parse_date
from ingest.readers.decoding import decode
from rag.types import Metadata

if TYPE_CHECKING:
    from markdown_it.token import Token

_FRONT = re.compile(r"\A\ufeff?---[ \t]*\n(.*?\n)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_NOTE = re.compile(r"^ {0,3}\[\^([^\]\s]{1,40})\]:[ \t]*(.*)$")
_MARKER = re.compile(r"\[\^([^\]\s]{1,40})\]")
_TAG = re.compile(r"<!--.*?-->|<[^<>]*>", re.DOTALL)
_KEYS = {
    "title": "title",
    "publisher": "publisher",
    "institution": "publisher",
    "organization": "publisher",
    "series": "series",
    "journal": "series",
    "language": "language",
    "lang": "language",
    "translator": "translator",
    "licence": "licence",
    "license": "licence",
    "url": "url",
    "source": "url",
    "role": "role",
    "note": "note",
}


def read_markdown(data: bytes, limits: Limits) -> Parsed:
    """Reads a ``.md`` file.

    Raises:
        SourceUnreadable: no text in any encoding.
    """
    from markdown_it import MarkdownIt

    text, warnings = decode(data)
    metadata, body, complaints = _front_matter(text)
    body, notes = _footnotes(body)
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(body)
    blocks = _Walker({label for label, _ in notes}).walk(tokens)
    for label, note in notes:
        inline = MarkdownIt("commonmark").parseInline(note)[0].children or []
        content, _, _ = _inline(inline, frozenset())
        blocks.append(Block(kind=BlockKind.NOTE, text=content.strip(), marker=label))
    return Parsed(
        blocks=tuple(b for b in map(trimmed, blocks) if b.text),
        metadata=metadata,
        format="md",
        warnings=warnings + complaints,
    )


# --------------------------------------------------------------------------- front matter, footnotes


def _front_matter(text: str) -> tuple[Metadata, str, tuple[str, ...]]:
    match = _FRONT.match(text)
    if match is None:
        return Metadata(title=""), text, ()
    try:
        fields = yaml.safe_load(match[1])
    except yaml.YAMLError:
        return Metadata(title=""), text[match.end() :], ("the front matter is not valid YAML; ignored",)
    if not isinstance(fields, dict):
        return Metadata(title=""), text, ()
    found: dict[str, Any] = {}
    for key, value in fields.items():
        name = _KEYS.get(str(key).lower())
        if name and isinstance(value, str | int) and str(value).strip():
            found.setdefault(name, str(value).strip())
    people = fields.get("authors", fields.get("author"))
    published = _date(fields.get("published", fields.get("date")))
    return (
        Metadata(title=found.pop("title", ""), authors=_people(people), published=published, **found),
        text[match.end() :],
        (),
    )


def _people(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value.strip(),) if value.strip() else ()
    if not isinstance(value, list):
        return ()
    names = [p.get("name") if isinstance(p, dict) else p for p in value]
    return tuple(n.strip() for n in names if isinstance(n, str) and n.strip())


def _date(value: object) -> str | None:
    if isinstance(value, dt.date):
        return value.isoformat()[:10]
    return parse_date(str(value)) if value is not None else None


def _footnotes(text: str) -> tuple[str, list[tuple[str, str]]]:
    """The text without footnote definitions, and the definitions; fenced code is left alone."""
    kept: list[str] = []
    notes: list[tuple[str, str]] = []
    fence = ""
    inside = False
    blank = False
    for line in text.split("\n"):
        mark = re.match(r" {0,3}(```+|~~~+)", line)
        if mark and not inside:
            fence = "" if fence and mark[1].startswith(fence) else fence or mark[1]
        match = None if fence else _NOTE.match(line)
        if match:
            notes.append((match[1], match[2]))
            inside, blank = True, False
        elif inside and line.strip() and (line.startswith(("    ", "\t")) or not blank):
            label, note = notes[-1]
            notes[-1] = (label, f"{note} {line.strip()}")
            blank = False
        elif inside and not line.strip():
            blank = True
            kept.append(line)
        else:
            inside = False
            kept.append(line)
    return "\n".join(kept), notes


# --------------------------------------------------------------------------- tokens


class _Walker:
    """Turns a flat token stream into blocks; remembers lists it is inside of."""

    def __init__(self, labels: set[str]) -> None:
        self._labels = frozenset(labels)
        self._blocks: list[Block] = []
        self._lists: list[str] = []
        self._marker: str | None = None
        self._heading = 0
        self._row: list[str] | None = None

    def walk(self, tokens: Sequence[Token]) -> list[Block]:
        """Blocks in reading order."""
        for token in tokens:
            self._step(token)
        return self._blocks

    def _step(self, token: Token) -> None:
        kind = token.type
        if kind == "heading_open":
            self._heading = int(token.tag[1])
        elif kind == "heading_close":
            self._heading = 0
        elif kind in ("bullet_list_open", "ordered_list_open"):
            self._lists.append(kind)
        elif kind in ("bullet_list_close", "ordered_list_close"):
            self._lists.pop()
        elif kind == "list_item_open":
            self._marker = f"{token.info}{token.markup}" if token.info else token.markup
        elif kind == "tr_open":
            self._row = []
        elif kind == "tr_close":
            self._table_row()
        elif kind in ("fence", "code_block"):
            self._code(token.content)
        elif kind == "html_block":
            self._html(token.content)
        elif kind == "inline":
            self._text(token)

    def _text(self, token: Token) -> None:
        text, anchors, strong = _inline(token.children or [], self._labels)
        if self._row is not None:
            self._row.append(text.strip())
            return
        block = Block(kind=BlockKind.PARAGRAPH, text=text, anchors=anchors, strong=strong)
        if self._heading:
            block = replace(block, kind=BlockKind.HEADING, level=self._heading, strong=0)
        elif self._marker is not None:
            block = replace(block, kind=BlockKind.LIST_ITEM, marker=self._marker, level=len(self._lists) - 1)
        self._marker = None
        self._blocks.append(block)

    def _table_row(self) -> None:
        cells = self._row or []
        self._row = None
        if any(cells):
            self._blocks.append(Block(kind=BlockKind.TABLE_ROW, text=" | ".join(cells)))

    def _code(self, content: str) -> None:
        for line in content.split("\n"):
            if line.strip():
                self._blocks.append(Block(kind=BlockKind.LIST_ITEM, text=line.strip(), level=max(len(self._lists), 0)))

    def _html(self, content: str) -> None:
        for part in _TAG.sub("\n", content).split("\n"):
            text = " ".join(html.unescape(part).split())
            if text:
                self._blocks.append(Block(kind=BlockKind.PARAGRAPH, text=text))


def _inline(tokens: Sequence[Token], labels: frozenset[str]) -> tuple[str, tuple[tuple[int, str], ...], int]:
    """Text, note anchors, and the length of a leading bold run."""
    text = ""
    anchors: list[tuple[int, str]] = []
    strong = 0
    leading = False
    for token in tokens:
        if token.type == "strong_open":
            leading = not text.strip()
        elif token.type == "strong_close":
            strong = len(text) if leading else strong
            leading = False
        elif token.type in ("softbreak", "hardbreak"):
            text += " "
        elif token.type == "code_inline":
            text += token.content
        elif token.type == "html_inline":
            text += " " if token.content.lower().startswith("<br") else ""
        elif token.type == "text":
            position = 0
            for match in _MARKER.finditer(token.content):
                if match[1] in labels:
                    text += token.content[position : match.start()]
                    anchors.append((len(text), match[1]))
                    position = match.end()
            text += token.content[position:]
    return text, tuple(anchors), strong
