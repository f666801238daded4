"""HTML: bytes to blocks.  trafilatura finds the text among navigation, teasers and comments.

Nothing is ever fetched: no images, no style sheets, no entities, no linked pages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from ingest.blocks import Block, BlockKind, Parsed
from ingest.readers import html_meta
from ingest.readers.decoding import decode
from ingest.readers.html_tree import CLOSE, MARK, OPEN, prepare, too_deep
from rag.errors import SourceUnreadable
from rag.types import CleaningAction, Metadata

if TYPE_CHECKING:
    from ingest.limits import Limits

_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w-]{2,40})", re.I)
_MIN_SHARE = 0.6
_PLAIN = frozenset({"p", "quote", "code", "fw", "ab"})


def read_html(data: bytes, limits: Limits) -> Parsed:
    """Reads a saved web page.

    Raises:
        SourceUnreadable: empty, no text in it, or nested beyond reason.
    """
    if not data.strip(b"\0 \r\n\t"):
        raise SourceUnreadable("is empty: check the file, then ingest again.")
    text, warnings = _decode(data)
    try:
        return _parse(text, warnings)
    except RecursionError as error:
        raise SourceUnreadable("is nested too deeply to be read: save the page again.") from error


def _decode(data: bytes) -> tuple[str, tuple[str, ...]]:
    """A byte order mark wins, then the page's own charset, then what the bytes look like."""
    declared = _CHARSET.search(data[:4096])
    marked = data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"))
    if declared and not marked and declared[1].lower() not in (b"utf-8", b"utf8", b"utf-16"):
        name = declared[1].decode("ascii")
        try:
            return data.decode({"iso-8859-1": "cp1252", "latin1": "cp1252"}.get(name.lower(), name)), ()
        except (LookupError, UnicodeDecodeError):
            return decode(data)
    return decode(data)


def _parse(text: str, warnings: tuple[str, ...]) -> Parsed:
    root = _tree(text)
    if too_deep(root):
        raise SourceUnreadable("is nested too deeply to be read: save the page again.")
    metadata = html_meta.metadata(root)
    heads = [" ".join("".join(n.itertext()).split()) for n in root.iter("h1")]
    notes, clutter = prepare(root)
    body = _main_text(root)
    blocks = list(_blocks(body)) if body is not None else []
    if not blocks:
        raise SourceUnreadable(
            "has no text that could be told from navigation: save the article page itself, or its print view."
        )
    blocks = _with_heading(blocks, heads, metadata)
    blocks += [Block(kind=BlockKind.NOTE, text=note, marker=label) for label, note in notes]
    if not metadata.title:
        metadata = replace(metadata, title=blocks[0].text[:120])
    return Parsed(
        blocks=tuple(blocks),
        metadata=metadata,
        format="html",
        cleaning=(*_furniture(clutter), *_dropped(root, blocks)),
        warnings=warnings,
    )


def _tree(text: str) -> Any:
    from lxml import html

    parser = html.HTMLParser(no_network=True, huge_tree=False, remove_pis=True, encoding="utf-8")
    cleaned = text.replace(OPEN, "[").replace(CLOSE, "]").replace("\0", "")
    try:
        root = html.document_fromstring(cleaned.encode("utf-8", "replace"), parser=parser)
    except Exception as error:  # lxml: ParserError on empty documents, XMLSyntaxError, ValueError
        raise SourceUnreadable(f"is not readable as HTML ({str(error)[:80]}): save the page again.") from error
    if root is None or not any(isinstance(node.tag, str) and node.tag == "body" for node in root.iter()):
        raise SourceUnreadable("has no page body: save the page again.")
    return root


def _main_text(root: Any) -> Any:
    """trafilatura's body: precise first; balanced when precision loses much of the text."""
    from copy import deepcopy

    from trafilatura import bare_extraction

    def extract(mode: str) -> Any:
        found: Any = bare_extraction(
            deepcopy(root),
            favor_precision=mode == "precision",
            favor_recall=mode == "recall",
            include_comments=False,
            include_tables=True,
            include_images=False,
            include_links=False,
            include_formatting=True,
            with_metadata=False,
            deduplicate=False,
        )
        return None if found is None else found.body

    precise, balanced = extract("precision"), extract("balanced")
    if precise is None or _size(precise) < _MIN_SHARE * _size(balanced):
        precise = balanced
    if precise is None or _size(precise) < 200:
        generous = extract("recall")
        if _size(generous) > 1.5 * _size(precise):
            precise = generous
    return precise


def _size(body: Any) -> int:
    return 0 if body is None else sum(len(t) for t in body.itertext())


# --------------------------------------------------------------------------- blocks


def _blocks(body: Any) -> Iterator[Block]:
    for node in body:
        if not isinstance(node.tag, str):
            continue
        if node.tag == "head":
            yield from _heading(node)
        elif node.tag == "list":
            yield from _items(node, 0)
        elif node.tag == "table":
            yield from _rows(node)
        elif node.tag in _PLAIN:
            yield from _paragraphs(node)
        elif node.tag not in ("lb", "graphic"):
            block = _block(node, BlockKind.PARAGRAPH)
            if block:
                yield block
        if node.tail and node.tail.strip():
            block = _made(node.tail, BlockKind.PARAGRAPH)
            if block:
                yield block


def _heading(node: Any) -> Iterator[Block]:
    digits = re.sub(r"\D", "", node.get("rend") or "")
    block = _block(node, BlockKind.HEADING, level=min(int(digits or 2), 6))
    if block:
        yield block


def _paragraphs(node: Any) -> Iterator[Block]:
    """A quotation or code element may hold paragraphs and lists of its own."""
    if any(child.tag in ("p", "list", "head", "table") for child in node):
        if (node.text or "").strip():
            block = _made(node.text, BlockKind.PARAGRAPH)
            if block:
                yield block
        yield from _blocks(node)
        return
    block = _block(node, BlockKind.PARAGRAPH)
    if block:
        yield block


def _items(node: Any, depth: int) -> Iterator[Block]:
    if depth > 20:
        return
    for item in node:
        if item.tag == "list":
            yield from _items(item, depth + 1)
            continue
        if item.tag not in ("item", "p"):
            continue
        inner = [child for child in item if child.tag in ("list", "table")]
        for child in inner:
            tail = child.tail
            item.remove(child)
            if tail and tail.strip():
                item.text = f"{item.text or ''} {tail}"
        # several items that extraction melted into one still carry their marks
        for piece in _split_items(_inline(item)[0]):
            block = _made(piece, BlockKind.LIST_ITEM, level=depth)
            if block:
                yield block
        for child in inner:
            if child.tag == "list":
                yield from _items(child, depth + 1)
            else:
                yield from _rows(child)


def _split_items(text: str) -> list[str]:
    starts = [m.start() for m in MARK.finditer(text) if m[1] == "l"]
    if not starts:
        return [text]
    cuts = [0, *starts[1:], len(text)] if starts[0] == 0 else [0, *starts, len(text)]
    return [text[a:b] for a, b in pairwise(cuts)]


def _rows(table: Any) -> Iterator[Block]:
    for row in table.iter("row"):
        cells = [" ".join(_inline(cell)[0].split()) for cell in row.iter("cell")]
        while cells and not cells[-1]:
            cells.pop()
        block = _made(" | ".join(cells).replace("  ", " "), BlockKind.TABLE_ROW)
        if block:
            yield block


def _block(node: Any, kind: BlockKind, level: int = 0) -> Block | None:
    text, strong = _inline(node)
    return _made(text, kind, level=level, strong=strong)


def _inline(node: Any) -> tuple[str, str]:
    """The text of an element, and its leading bold text."""
    strong = ""
    first = next(iter(node), None)
    if first is not None and first.tag == "hi" and "b" in (first.get("rend") or ""):
        strong = "" if (node.text or "").strip() else "".join(first.itertext())
    return _ordered_text(node), strong


def _ordered_text(node: Any) -> str:
    parts = [node.text or ""]
    for child in node:
        if not isinstance(child.tag, str):
            parts.append(child.tail or "")
            continue
        block = child.tag in ("lb", "p", "item", "row", "cell", "head", "list")
        parts.append((" " if block else "") + _ordered_text(child) + (" " if block else ""))
        parts.append(child.tail or "")
    return "".join(parts)


def _made(text: str | None, kind: BlockKind, *, level: int = 0, strong: str = "") -> Block | None:
    """A block from marked text: marks become list markers and note anchors."""
    raw = " ".join((text or "").split())
    out: list[str] = []
    length = position = 0
    marker, anchors = "", []
    for match in MARK.finditer(raw):
        piece = raw[position : match.start()]
        if match[1] == "n":
            piece = piece.rstrip()
        out.append(piece)
        length += len(piece)
        position = match.end()
        if match[1] == "n":
            anchors.append((length, match[2]))
        elif match[1] == "l" and not marker:
            level, marker = int(match[2][:1] or 0), match[2][1:]
            kind = BlockKind.LIST_ITEM if kind is BlockKind.PARAGRAPH else kind
    out.append(raw[position:])
    joined = "".join(out)
    lead = len(joined) - len(joined.lstrip())
    joined = joined.strip()
    if not joined:
        return None
    bold = " ".join(MARK.sub("", strong).split())
    return Block(
        kind=kind,
        text=joined,
        level=level,
        marker=marker if kind is BlockKind.LIST_ITEM else "",
        anchors=tuple((min(max(0, at - lead), len(joined)), label) for at, label in anchors),
        strong=len(bold) if bold and joined.startswith(bold) and kind is BlockKind.PARAGRAPH else 0,
    )


def _with_heading(blocks: list[Block], heads: list[str], metadata: Metadata) -> list[Block]:
    """The printed title stands first even where extraction left it out."""
    title = next((h for h in heads if h and h.casefold() == metadata.title.casefold()), None)
    if title is None or any(b.text.casefold() == title.casefold() for b in blocks[:3]):
        return blocks
    return [Block(kind=BlockKind.HEADING, text=title, level=1), *blocks]


def _furniture(texts: list[str]) -> Iterator[CleaningAction]:
    for text in dict.fromkeys(texts):
        yield CleaningAction(action="dropped", reason="page-furniture", text=text[:300])


def _dropped(root: Any, blocks: list[Block]) -> Iterator[CleaningAction]:
    """What extraction left out of the page, block by block, for the cleaning record."""
    kept = re.sub(r"\W+", "", "".join(b.text for b in blocks)).casefold()
    count = 0
    for node in root.iter("p", "li", "h1", "h2", "h3", "h4", "td"):
        text = " ".join(MARK.sub("", "".join(node.itertext())).split())
        key = re.sub(r"\W+", "", text).casefold()
        if key and key not in kept and count < 60:
            count += 1
            yield CleaningAction(action="dropped", reason="page-furniture", text=text[:300])
