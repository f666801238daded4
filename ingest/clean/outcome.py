"""What every cleaning rule returns: the blocks that stay, and a record of what it did."""

from __future__ import annotations

from dataclasses import dataclass

from ingest.blocks import Block
from ingest.edits import printed
from rag.types import CleaningAction


@dataclass(frozen=True, slots=True)
class Outcome:
    """Blocks after a rule and the actions that tell the difference, with the whole text concerned."""

    blocks: tuple[Block, ...]
    actions: tuple[CleaningAction, ...] = ()


def dropped(block: Block, reason: str) -> CleaningAction:
    """The record of a block that left the text."""
    return CleaningAction(action="dropped", reason=reason, text=printed(block))


def did(action: str, reason: str, text: str) -> CleaningAction:
    """The record of anything else."""
    return CleaningAction(action=action, reason=reason, text=text)
