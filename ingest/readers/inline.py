"""Inline marks of light markup in plain text: bold, italics, links, escapes."""

from __future__ import annotations

import re
from dataclasses import replace

from ingest.blocks import Block
from ingest.edits import Edit, apply_edits, trimmed

_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+\-.!$&<>~|\"'])")
_ITALIC = re.compile(r"(?<![\w*\\])\*(?=[^\s*])([^*\n]{1,300}?)(?<=[^\s*])\*(?![\w*])")
_UNDERLINE = re.compile(r"(?<![\w/])_(?=[^\s_])([^_\n]{1,300}?)(?<=[^\s_])_(?![\w/])")
_AUTOLINK = re.compile(r"<((?:https?://|mailto:)[^<>\s]+)>")
_LINK = re.compile(r"(?<!\\)(!?)\[([^\[\]\n]*)\]\((<[^<>\n]*>|[^()\s]*)(?:\s+\"[^\"\n]*\")?\)")
_BOLD = re.compile(r"\*\*")


def plain(block: Block) -> Block:
    """The block without inline marks; ``strong`` tells how far a leading bold run went."""
    return trimmed(_without_light_marks(_without_bold(trimmed(block))))


def _without_bold(block: Block) -> Block:
    marks = [m.start() for m in _BOLD.finditer(block.text)]
    if not marks:
        return block
    strong = 0
    if marks[0] == 0:
        strong = marks[1] if len(marks) > 1 else len(block.text)
    elif len(marks) == 1:
        strong = marks[0]  # a closing mark whose opening stood before the bullet
    shorter = apply_edits(block, [(at, at + 2, "") for at in marks])
    removed = sum(2 for at in marks if at < strong)
    bold = block.text[:strong].replace("**", "").rstrip()
    return replace(shorter, strong=min(strong - removed, len(bold)))


def _without_light_marks(block: Block) -> Block:
    for pattern in (_ITALIC, _UNDERLINE):
        edits: list[Edit] = []
        for m in pattern.finditer(block.text):
            edits += [(m.start(), m.start() + 1, ""), (m.end() - 1, m.end(), "")]
        block = apply_edits(block, edits)
    links: list[Edit] = []
    for m in _LINK.finditer(block.text):
        kept = "" if m[1] else m[2]
        links.append((m.start(), m.end(), kept))
    block = apply_edits(block, links)
    edits = []
    for m in _AUTOLINK.finditer(block.text):
        edits += [(m.start(), m.start() + 1, ""), (m.end() - 1, m.end(), "")]
    block = apply_edits(block, edits)
    return apply_edits(block, [(m.start(), m.start() + 1, "") for m in _ESCAPE.finditer(block.text)])
