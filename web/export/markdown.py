"""A memo as Markdown: CommonMark with footnotes and tables, as GitHub and Pandoc read them."""

from __future__ import annotations

import re

from rag.memo.languages import say
from web.export.notes import worded
from web.export.rich import Block, Heading, Listing, Page, Paragraph, Rich, Run, Style, Table

_SPECIAL = re.compile(r"([\\`*\[\]<|~$]|(?<!\w)_|_(?!\w)|&(?=#?\w+;))")
_LINE_START = re.compile(r"^(\s*)([#>+-]|\d{1,9}[.)]|=+$)(?=\s|$)")
_WRAP = {Style.STRONG: "**", Style.EMPHASIS: "*"}


def render(page: Page) -> bytes:
    """The memo; footnotes carry quote, source and reference."""
    facts = [f"**{label}:** {escape(value)}" for label, value in page.facts]
    parts = [f"# {escape(page.title)}", "  \n".join(facts), *(_block(b) for b in page.blocks)]
    return with_notes("\n\n".join(p for p in parts if p), page)


def with_notes(body: str, page: Page) -> bytes:
    """Text with the memo's notes below it."""
    notes = [f"[^{n.number}]: {_rich(worded(n))}" for n in page.notes]
    parts = [body.strip()]
    if notes:
        parts += [f"## {say('Notes', page.language)}", "\n\n".join(notes)]
    return ("\n\n".join(parts) + "\n").encode()


def escape(text: str) -> str:
    r"""Text that Markdown prints as it stands.

    >>> print(escape("5 * 3 [sic] snake_case"))
    5 \* 3 \[sic\] snake_case
    """
    safe = _SPECIAL.sub(r"\\\1", text)
    return _LINE_START.sub(_guard, safe)


def unescape(text: str) -> str:
    """The inverse of :func:`escape`: backslashes before punctuation go."""
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", text)


def _guard(match: re.Match[str]) -> str:
    """``1. `` and ``# `` at the head of a line would open a list or a heading."""
    sign = match[2]
    return f"{match[1]}{sign[:-1]}\\{sign[-1]}" if sign[0].isdigit() else f"{match[1]}\\{sign}"


def _block(block: Block) -> str:
    if isinstance(block, Heading):
        return f"{'#' * (block.level + 1)} {escape(block.text)}"
    if isinstance(block, Paragraph):
        return _rich(block.words)
    if isinstance(block, Listing):
        return _listing(block)
    return _table(block)


def _listing(block: Listing) -> str:
    items = []
    for number, paragraphs in enumerate(block.items, 1):
        bullet = f"{number}. " if block.ordered else "- "
        items.append(bullet + ("\n\n" + " " * len(bullet)).join(_rich(p) for p in paragraphs))
    loose = any(len(p) > 1 for p in block.items)
    return ("\n\n" if loose else "\n").join(items)


def _table(block: Table) -> str:
    lines = [_row([escape(c) for c in block.columns]), _row(["---"] * len(block.columns))]
    lines += [_row([_rich(cell) for cell in row]) for row in block.rows]
    return "\n".join(lines)


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _rich(words: Rich) -> str:
    out = []
    for at, item in enumerate(words):
        if not isinstance(item, Run):
            out.append(f"[^{item.number}]")
        elif item.style is Style.CODE:
            out.append(f"`{item.text.replace('`', chr(39))}`" if item.text else "")
        else:
            text = escape(item.text) if at == 0 else _SPECIAL.sub(r"\\\1", item.text)
            out.append(_wrapped(text, _WRAP.get(item.style, "")))
    return "".join(out)


def _wrapped(text: str, sign: str) -> str:
    """Emphasis marks must touch the words."""
    bare = text.strip()
    if not sign or not bare:
        return text
    head, tail = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    return f"{head}{sign}{bare}{sign}{tail}"
