"""Cleaning: small rules, blocks to blocks, each with a record of what it dropped, joined or moved.

The rules name kinds of damage, never a file.  Which of them run depends on how much the format
itself says: plain text and PDF have no structure of their own, the others do.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from ingest.blocks import Block, BlockKind, Parsed
from ingest.clean import furniture, headings, joins, normalise, notes
from ingest.clean.front import read_front
from ingest.clean.outcome import Outcome
from ingest.clean.tail import read_tail
from ingest.metadata import detect_language
from rag.types import CleaningAction, Metadata

CLEANING_VERSION = "3"
_UNSTRUCTURED = frozenset({"txt", "pdf"})

Rule = Callable[[tuple[Block, ...]], Outcome]
_FURNITURE: tuple[Rule, ...] = (
    normalise.characters,
    normalise.form_residue,
    furniture.site_lines,
    furniture.captions,
    furniture.teasers,
    furniture.page_furniture,
)


@dataclass(frozen=True, slots=True)
class Cleaned:
    """Clean blocks (title first, notes last), metadata, and the whole record."""

    blocks: tuple[Block, ...]
    metadata: Metadata
    actions: tuple[CleaningAction, ...]


def clean(parsed: Parsed) -> Cleaned:
    """Runs all rules that fit the format."""
    loose = parsed.format in _UNSTRUCTURED
    actions: list[CleaningAction] = list(parsed.cleaning)
    blocks = _run(_FURNITURE, parsed.blocks, actions)
    blocks = _run((notes.lift_notes,), blocks, actions)
    front = read_front(blocks, parsed.metadata)
    actions += front.actions
    blocks, metadata = front.blocks, front.metadata
    head, body = blocks[: front.length], blocks[front.length :]
    if loose:
        body = _run((joins.bullets, joins.sentences), body, actions)
    tail = read_tail(body, metadata)
    actions += tail.actions
    body, metadata = tail.blocks, tail.metadata
    unmarked = headings.find_headings if parsed.format == "txt" else headings.bold_headings
    run_ins = headings.mark_run_ins if loose else headings.bold_run_ins
    body = _run((unmarked, run_ins), body, actions)
    blocks = headings.level_headings((*head, *body))
    language = metadata.language or detect_language(" ".join(b.text for b in blocks[:400]))
    return Cleaned(_notes_last(blocks), replace(metadata, language=language), tuple(actions))


def _run(rules: tuple[Rule, ...], blocks: tuple[Block, ...], actions: list[CleaningAction]) -> tuple[Block, ...]:
    for rule in rules:
        outcome = rule(blocks)
        blocks = outcome.blocks
        actions += outcome.actions
    return blocks


def _notes_last(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    body = tuple(b for b in blocks if b.kind is not BlockKind.NOTE)
    return (*body, *(b for b in blocks if b.kind is BlockKind.NOTE))
