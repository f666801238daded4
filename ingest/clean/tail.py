"""The end of a document: the author's biography and the disclaimer become metadata."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from ingest.blocks import Block, BlockKind
from ingest.clean.outcome import did
from ingest.words import word_count
from rag.types import CleaningAction, Metadata

_BIO = re.compile(
    r"^(?:About the authors?:?\s+)?(?P<name>(?:(?:Dr|Prof|Mr|Mrs|Ms|Gen|Amb)\.\s+)?"
    r"[A-Z][\w'’-]+(?:\s+(?:al-|el-|bin |ibn |de |van |von )?[\w'’.-]+){1,4}?)"
    r"\s+(?:is|was|are|has been)\s+(?:an?|the|currently an?)\s+(?P<role>.+?)\.(?:\s|$)"
)
_BIO_ROLE = re.compile(
    r"\b(?:fellow|researcher|professor|analyst|director|editor|journalist|scholar|author|lecturer|historian|"
    r"associate|expert|candidate|adviser|advisor|consultant|writer|correspondent|economist)\b",
    re.IGNORECASE,
)
_AT = re.compile(
    r"\b(?:with|at|of|for)\s+(?:the\s+)?([A-Z][\w&'’.-]*(?:\s+(?:(?:of|for|and|the|on|in)\s+)*[A-Z][\w&'’.-]*)*)"
)
_DISCLAIMER = re.compile(
    r"(?:the\s+)?(?:views?|opinions?|ideas)\s+(?:and\s+\w+\s+)?(?:expressed|presented|reflected|stated)\b"
    r"|.*\b(?:do|does)\s+not\s+(?:necessarily\s+)?(?:reflect|represent)\s+the\s+(?:official\s+)?(?:views?|opinions?|position|policy)",
    re.IGNORECASE,
)
_INSTITUTION = re.compile(
    r"(?:policy|position|views?|opinions?)\s+of\s+(?:the\s+)?([A-Z][\w&'’.-]*(?:\s+(?:(?:of|for|and|the|on|in)\s+)*[A-Z][\w&'’-]*)+)"
)
_MAX_TAIL = 6


@dataclass(frozen=True, slots=True)
class Tail:
    """Blocks without biography and disclaimer, and the metadata with what they said."""

    blocks: tuple[Block, ...]
    metadata: Metadata
    actions: tuple[CleaningAction, ...]


def read_tail(blocks: tuple[Block, ...], metadata: Metadata) -> Tail:
    """Takes biographies and disclaimers off the end of the running text."""
    notes_at = next((i for i, b in enumerate(blocks) if b.kind is BlockKind.NOTE), len(blocks))
    if notes_at and notes_at < len(blocks) and blocks[notes_at - 1].kind is BlockKind.HEADING:
        notes_at -= 1
    body, rest = list(blocks[:notes_at]), blocks[notes_at:]
    actions: list[CleaningAction] = []
    for _ in range(_MAX_TAIL):
        if len(body) < 4 or body[-1].kind not in (BlockKind.PARAGRAPH, BlockKind.HEADING):
            break
        block = body[-1]
        if re.fullmatch(r"about the authors?:?", block.text, re.IGNORECASE) and actions:
            actions.append(did("metadata", "author-bio", block.text))
        elif word_count(block.text) <= 80 and _DISCLAIMER.match(block.text):
            metadata = _from_disclaimer(block.text, metadata)
            actions.append(did("metadata", "disclaimer", block.text))
        elif (bio := _bio(block, metadata)) is not None:
            metadata = _from_bio(bio, metadata)
            actions.append(did("metadata", "author-bio", block.text))
        else:
            break
        body.pop()
    return Tail((*body, *rest), metadata, tuple(actions))


def _bio(block: Block, metadata: Metadata) -> re.Match[str] | None:
    if block.kind is not BlockKind.PARAGRAPH or word_count(block.text) > 150:
        return None
    match = _BIO.match(block.text)
    if match is None or not _BIO_ROLE.search(match["role"]):
        return None
    if metadata.authors and not any(_surname(a) == _surname(match["name"]) for a in metadata.authors):
        return None
    return match if metadata.authors or _AT.search(match["role"]) else None


def _surname(name: str) -> str:
    return re.split(r"[\s-]+", name.strip())[-1].casefold()


def _from_bio(bio: re.Match[str], metadata: Metadata) -> Metadata:
    place = _AT.search(bio["role"])
    fellow = re.search(r"\bfellow\b", bio["role"], re.IGNORECASE)
    publisher = metadata.publisher
    if publisher is None and place and fellow and re.search(r"institut|cent|council|foundation", place[1], re.I):
        publisher = place[1]
    return replace(
        metadata,
        authors=metadata.authors or (bio["name"],),
        role=metadata.role or bio["role"],
        publisher=publisher,
    )


def _from_disclaimer(text: str, metadata: Metadata) -> Metadata:
    named = _INSTITUTION.search(text)
    return replace(
        metadata,
        publisher=metadata.publisher or (named[1].rstrip(".") if named else None),
        note=metadata.note or text,
    )
