"""Headings that the file does not mark, headings inside a paragraph's own line, and their levels."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from ingest.blocks import Block, BlockKind
from ingest.clean.nesting import KNOWN, extra_levels
from ingest.clean.outcome import Outcome, did
from ingest.edits import apply_edits, printed
from ingest.words import ends_open, ends_sentence, title_case_share, word_count
from rag.text import is_arabic
from rag.types import CleaningAction

_ORDINAL = re.compile(
    r"^(?:First|Second|Third|Fourth|Fifth|Sixth|Seventh|Eighth|Ninth|Tenth|Premièrement|Deuxièmement|Troisièmement"
    r"|أولا|أولاً|ثانيا|ثانياً|ثالثا|ثالثاً|رابعا|رابعاً|خامسا|خامساً|سادسا|سادساً)\s*[:.–—-]\s*\S"
)
_NEVER = re.compile(
    r"^(?:keywords?|key words|mots-clés|الكلمات المفتاحية|source|sources|note|table|figure|fig\.|tel|e-?mail)\b.*:?",
    re.IGNORECASE,
)
_WEB = re.compile(r"https?://|www\.|\S+@\S+\.\w+")
_HEADING_NUMBER = re.compile(r"(?:\d{1,2}|[A-H]|[IVX]{1,5})[.)]")
_DECIMAL = re.compile(r"^(\d+(?:\.\d+)+)\.?\s+\S")
_RUN_IN = re.compile(r"^((?:\(?\d{1,2}[.)]\s*)?[A-ZÀ-Þ][^.:;!?\n]{1,80}?)\s?:\s+(?=[\"“'‘(]?[A-ZÀ-Þ\d])")
_NO_RUN_IN = re.compile(
    r"^(?:keywords?|source|note|table|figure|digest of|translation|author|tel|email|published|publisher|see"
    r"|for example|"
    r"editor.s note|example|correction|update)\b",
    re.IGNORECASE,
)
_MAX_RUN_IN_WORDS = 14


def find_headings(blocks: tuple[Block, ...], front: int = 0) -> Outcome:
    """Turns unmarked heading lines into headings; the first ``front`` blocks are left alone."""
    found = list(blocks)
    actions: list[CleaningAction] = []
    for i in range(front, len(found)):
        if found[i].kind is BlockKind.PARAGRAPH and _is_heading(found, i, front):
            actions.append(did("repaired", "heading", found[i].text))
            found[i] = replace(found[i], kind=BlockKind.HEADING, level=0, strong=0)
        elif _is_numbered_heading(found, i):
            actions.append(did("repaired", "heading", printed(found[i])))
            found[i] = _with_number(found[i])
    return Outcome(tuple(found), tuple(actions))


def _is_numbered_heading(blocks: Sequence[Block], i: int) -> bool:
    """A title with a number (``2. The Piers``) alone between paragraphs: no item of a list."""
    block = blocks[i]
    if block.kind is not BlockKind.LIST_ITEM or block.attached or not _HEADING_NUMBER.fullmatch(block.marker):
        return False
    if not 0 < i < len(blocks) - 1 or blocks[i - 1].kind is BlockKind.LIST_ITEM or blocks[i + 1].attached:
        return False
    text = block.text
    title = word_count(text) <= 14 and ends_open(text) and not text.endswith((",", "-", "–", "—"))
    return title and title_case_share(text) >= 0.75 and _settled(blocks, i, 0) and _opens_body(blocks[i + 1])


def _with_number(block: Block) -> Block:
    numbered = apply_edits(block, [(0, 0, f"{block.marker} ")])
    return replace(numbered, kind=BlockKind.HEADING, level=0, marker="", strong=0)


def _is_heading(blocks: Sequence[Block], i: int, front: int) -> bool:
    block = blocks[i]
    text = block.text
    following = blocks[i + 1] if i + 1 < len(blocks) else None
    if following is None or (following.kind is BlockKind.NOTE and not KNOWN.fullmatch(text)):
        return False
    if KNOWN.fullmatch(text):
        return True
    words = word_count(text)
    if words > 35 or len(text) > 260 or _NEVER.match(text) or _WEB.search(text) or following.attached:
        return False
    if _ORDINAL.match(text):
        return not ends_sentence(text)
    if block.strong == len(text) and words <= 25 and not text.endswith((".", ",", ";")):
        return True
    if not (text[:1].isupper() or text[:1].isdigit() or text[:1] in "“\"‘'" or is_arabic(text[:1])):
        return False
    capitals = title_case_share(text) >= 0.75 and not is_arabic(text)
    if text.endswith(":"):
        return words <= 5 and capitals and following.kind is BlockKind.PARAGRAPH
    if text.endswith("?"):
        return words <= 14 and following.kind is BlockKind.PARAGRAPH and _settled(blocks, i, front) and capitals
    if not ends_open(text) or text.endswith((",", "-", "–", "—")):
        return False
    if capitals:
        return words <= 20 and _settled(blocks, i, front)
    return words <= 12 and _settled(blocks, i, front) and _opens_body(following) and not block.attached


def _settled(blocks: Sequence[Block], i: int, front: int) -> bool:
    """True when what stands before has come to its end."""
    if i <= front:
        return True
    before = blocks[i - 1]
    return before.kind is not BlockKind.PARAGRAPH or not ends_open(before.text)


def _opens_body(block: Block) -> bool:
    return (
        block.kind is BlockKind.PARAGRAPH
        and word_count(block.text) >= 20
        and (block.text[:1].isupper() or not block.text[:1].isascii() or block.text[:1] in "\"'")
    )


def bold_headings(blocks: tuple[Block, ...]) -> Outcome:
    """Turns short paragraphs that are wholly bold into headings (formats that mark bold themselves)."""
    found = list(blocks)
    actions: list[CleaningAction] = []
    for i, block in enumerate(blocks):
        whole = 0 < len(block.text) == block.strong and block.kind is BlockKind.PARAGRAPH
        if whole and _is_heading(blocks, i, 0):
            actions.append(did("repaired", "heading", block.text))
            found[i] = replace(block, kind=BlockKind.HEADING, level=0, strong=0)
    return Outcome(tuple(found), tuple(actions))


def bold_run_ins(blocks: tuple[Block, ...]) -> Outcome:
    """Marks bold headings that stand in the line of their paragraph."""
    return _run_ins(blocks, bold_only=True)


def mark_run_ins(blocks: tuple[Block, ...]) -> Outcome:
    """Marks headings that stand in the line of their paragraph (``Lessons of War: The army …``)."""
    return _run_ins(blocks, bold_only=False)


def _run_ins(blocks: tuple[Block, ...], *, bold_only: bool) -> Outcome:
    found: list[Block] = []
    actions: list[CleaningAction] = []
    for block in blocks:
        length = 0 if bold_only and not block.strong else _run_in_length(block)
        if length:
            block = replace(block, run_in=length)
            actions.append(did("repaired", "run-in-heading", block.text[:length]))
        found.append(block)
    return Outcome(tuple(found), tuple(actions))


def _run_in_length(block: Block) -> int:
    if block.kind not in (BlockKind.PARAGRAPH, BlockKind.LIST_ITEM) or block.run_in:
        return block.run_in
    if 0 < block.strong < len(block.text):
        head = block.text[: block.strong].rstrip()
        if block.text[len(head) :].lstrip().startswith(":"):
            head = block.text[: block.text.index(":", len(head)) + 1]
        if head.endswith((":", ".", "?")) and 1 <= word_count(head) <= 30:
            return len(head)
    match = _RUN_IN.match(block.text)
    if match is None or _NO_RUN_IN.match(block.text):
        return 0
    head = match[1]
    numbered = block.marker[:1].isdigit() or head[:1].isdigit()
    words = word_count(head)
    if words > _MAX_RUN_IN_WORDS or words < (1 if numbered else 2):
        return 0
    if word_count(block.text) < words + 6 or title_case_share(head) < (0.6 if numbered else 0.8):
        return 0
    return match.end(1) + 1 if block.text[match.end(1)] == ":" else block.text.index(":") + 1


def level_headings(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """Levels: ``1.2`` counts dots; *First* … *Sixth* share one level; unmarked ones join the marked.

    Among themselves unmarked ones are told apart by :func:`ingest.clean.nesting.extra_levels`.
    """
    deeper = extra_levels(blocks)
    marked = [b.level for b in blocks[1:] if b.kind is BlockKind.HEADING and b.level > 1]
    top = min(marked, default=2)
    ordinals = [b.level for b in blocks if b.kind is BlockKind.HEADING and b.level and _ORDINAL.match(b.text)]
    family = min(ordinals, default=top)
    found: list[Block] = []
    for i, block in enumerate(blocks):
        if block.kind is BlockKind.HEADING:
            decimal = _DECIMAL.match(block.text)
            if _ORDINAL.match(block.text):
                block = replace(block, level=family)
            elif block.level == 0:
                depth = decimal[1].count(".") if decimal else deeper.get(i, 0)
                block = replace(block, level=min(top + depth, 6))
        found.append(block)
    return tuple(found)
