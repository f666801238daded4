"""Sentences that a page or column end tore apart, put together again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from ingest.blocks import Block, BlockKind
from ingest.clean.outcome import Outcome, did
from ingest.edits import apply_edits, joined
from ingest.words import (
    ends_open,
    mended,
    stops_on_open_word,
    title_case_share,
    vocabulary,
    word_count,
)
from rag.types import CleaningAction

_TEXTUAL = (BlockKind.PARAGRAPH, BlockKind.LIST_ITEM)
_GLYPHLESS = re.compile(r"^[.·∙]\s?(?=[A-Z\"“])")
_BULLETS = frozenset("-–—•*▪●◦·‣+")
_HALF = re.compile(r"([^\W\d_]+)-$")
_CONTINUES = re.compile(r"^[\"“'‘]?[a-zà-öø-ÿ\d)\]]|^[,;]")
_TITLE_ABBREVIATION = re.compile(r"\b(?:Dr|Gen|Prof|Mr|Mrs|Ms|Col|Lt|Sen|Rep|Amb|No|Nos|vs|pp?|Fig|St)\.$")
_DOUBLE_MARKER = re.compile(r"^[-–—•*▪●◦·]\s+(?=[\d(A-Za-z])")
_NUMBERED = re.compile(r"^\(?(?:\d{1,2}|[A-Z])[.)]\s*\S")
_SENTENCE_INSIDE = re.compile(r"(?:[^\W\d_]{3,}|\d)[\"”’)]?[.!?؟][\"”’)]?\s+[^a-z\s]")


def bullets(blocks: tuple[Block, ...]) -> Outcome:
    """Bullets that lost their glyph (``.The …``) get one; ``- 1.`` keeps the number alone."""
    found: list[Block] = []
    actions: list[CleaningAction] = []
    for i, block in enumerate(blocks):
        match = _GLYPHLESS.match(block.text) if block.kind in _TEXTUAL else None
        if match and block.kind is BlockKind.PARAGRAPH:
            marker = _neighbour_marker(blocks, i)
            actions.append(did("repaired", "bullet", block.text[:80]))
            block = replace(apply_edits(block, [(0, match.end(), "")]), kind=BlockKind.LIST_ITEM, marker=marker)
        double = _DOUBLE_MARKER.match(block.marker) if block.kind is BlockKind.LIST_ITEM else None
        if double:
            actions.append(did("repaired", "double-marker", block.marker))
            block = replace(block, marker=block.marker[double.end() :])
        found.append(block)
    return Outcome(tuple(found), tuple(actions))


def _neighbour_marker(blocks: Sequence[Block], i: int) -> str:
    for block in (*blocks[i + 1 : i + 4], *blocks[max(0, i - 3) : i]):
        if block.kind is BlockKind.LIST_ITEM and block.marker in _BULLETS:
            return block.marker
    return "•"


def sentences(blocks: tuple[Block, ...]) -> Outcome:
    """Joins a block that stops in the middle of a sentence with the one that goes on."""
    whole, hyphenated = vocabulary(b.text for b in blocks)
    found: list[Block] = []
    actions: list[CleaningAction] = []
    for block in blocks:
        previous = found[-1] if found else None
        reason = _broken(previous, block) if previous is not None else None
        if previous is None or reason is None:
            found.append(block)
            continue
        actions.append(did("joined", reason, f"{previous.text[-60:]} ‖ {block.text[:60]}"))
        found[-1] = _together(previous, block, whole, hyphenated)
    return Outcome(tuple(found), tuple(actions))


def _together(previous: Block, block: Block, whole: frozenset[str], hyphenated: frozenset[str]) -> Block:
    half = _HALF.search(previous.text)
    rest = re.match(r"[^\W\d_]+", block.text)
    if half and rest and rest.group()[:1].islower():
        word = mended(half[1], rest.group(), whole, hyphenated)
        if "-" not in word:
            shorter = apply_edits(previous, [(len(previous.text) - 1, len(previous.text), "")])
            return joined(shorter, block, separator="")
        return joined(previous, block, separator="")
    return joined(previous, block)


def _broken(previous: Block, block: Block) -> str | None:
    """Why the two belong together (a short code), or None."""
    if previous.kind not in _TEXTUAL or block.kind not in _TEXTUAL:
        return None
    if _split_bold(previous, block):
        return "split-heading"
    if not _sentence_like(previous):
        return None
    if block.kind is BlockKind.LIST_ITEM:
        false_bullet = block.marker in _BULLETS and stops_on_open_word(previous.text)
        return "false-bullet" if false_bullet else None
    text = previous.text.rstrip()
    if _HALF.search(text) and block.text[:1].islower():
        return "hyphen"
    if _TITLE_ABBREVIATION.search(text):
        return "page-break"
    if not ends_open(text) and not text.endswith(","):
        return None
    if _CONTINUES.match(block.text) or stops_on_open_word(text):
        return "page-break"
    long_enough = word_count(text) >= 20 or bool(_SENTENCE_INSIDE.search(text))
    return "page-break" if long_enough and not _heading_like(block) else None


def _sentence_like(block: Block) -> bool:
    """True for running text; a title or a name in capitals is not continued by what follows."""
    words = word_count(block.text)
    if _SENTENCE_INSIDE.search(block.text) and words >= 10:
        return True
    return words >= 8 and title_case_share(block.text) < 0.7


def _heading_like(block: Block) -> bool:
    words = word_count(block.text)
    return (
        words <= 20
        and (ends_open(block.text) or block.text.endswith(":"))
        and (words <= 8 or title_case_share(block.text) >= 0.7 or block.strong == len(block.text))
    )


def _split_bold(previous: Block, block: Block) -> bool:
    """One bold run over two lines: the first wholly bold and unfinished, the second bold at its head."""
    if previous.strong == 0 or previous.strong < len(previous.text) or block.strong == 0:
        return False
    if not ends_open(previous.text) or block.kind is BlockKind.LIST_ITEM:
        return False
    head = block.text[: block.strong].rstrip()
    unfinished = stops_on_open_word(previous.text) or head[:1].islower()
    numbered = bool(_NUMBERED.match(previous.text)) and head.endswith((":", "."))
    return (unfinished or numbered) and not _NUMBERED.match(head)
