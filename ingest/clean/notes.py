"""Footnotes and endnotes: lifted out of the running text, kept whole, linked to their markers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from ingest.blocks import Block, BlockKind
from ingest.clean.outcome import Outcome, did
from ingest.edits import Edit, apply_edits, joined, printed, trimmed
from ingest.words import ends_open, word_count
from rag.types import CleaningAction

NOTES_HEADING = re.compile(
    r"(?:end\s?notes?|foot\s?notes?|notes?|notes and references|references and notes|الهوامش|هوامش|"
    r"notes de (?:fin|bas de page)|anmerkungen):?",
    re.IGNORECASE,
)
_BIBLIOGRAPHY = re.compile(r"(?:references|bibliography|sources|works cited|المراجع|bibliographie):?", re.IGNORECASE)
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_LABELLED = re.compile(
    r"^(?:[-–—•*]\s+)?(?:\((\d{1,3})\)|\[(\d{1,3})\]|⁽?([⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3})⁾?|(\d{1,3})[.)]|([*†‡§]{1,3}))\s*(?=\S)"
)
_CITING = re.compile(
    r"https?://|www\.|\bretrieved\b|\baccessed\b|\bibid\b|\bop\. cit\b|\bet al\b|\(\d{4}[a-z]?(?:,|\))|\(n\.d\.\)"
    r"|\bpp?\.\s?\d|\bvol\.\s?\d|\bno\.\s?\d|\bsee\b|\bdoi\b|[“\"][^”\"]{8,}[,.]?[”\"],",
    re.IGNORECASE,
)
_REFERENCE = re.compile(
    r"https?://|www\.|\bretrieved\b|\baccessed\b|\bibid\b|\bop\. cit\b|\(n\.d\.\)"
    r"|\(\d{4}[a-z]?[,)]|\bpp?\.\s?\d|\bdoi\b",
    re.IGNORECASE,
)
_MAX_REFERENCE_WORDS = 80
_SUPER = re.compile(r"\s?(?:⁽\s?([⁰¹²³⁴⁵⁶⁷⁸⁹]+)\s?⁾|([⁰¹²³⁴⁵⁶⁷⁸⁹]+)|\(([⁰¹²³⁴⁵⁶⁷⁸⁹]+)\))")
_BRACKET = re.compile(r"\s?\[(\d{1,3})\]")
_STAR = re.compile(r"(?<=[\w.,)”\"'’])([*†‡§]{1,3})(?!\w)")
_UNIT = re.compile(r"(?:^|[^\w])(?:[kcmdµ]?m|ft|in|yd|mi|[A-Z])$")


def lift_notes(blocks: tuple[Block, ...]) -> Outcome:
    """Notes go to the end, under their own heading where the source has one; markers become anchors."""
    taken, heading, actions = _collect(blocks)
    body = tuple(b for i, b in enumerate(blocks) if i not in taken and i != heading)
    notes = [taken[i] for i in sorted(taken) if taken[i] is not None]
    kept_notes = _merged(notes)
    if not kept_notes:
        return Outcome(blocks)
    labels = frozenset(n.marker for n in kept_notes)
    stripped = [_without_markers(b, labels) for b in body]
    tail = (
        [replace(blocks[heading], kind=BlockKind.HEADING, level=max(blocks[heading].level, 2))]
        if (heading is not None)
        else []
    )
    for before, after in zip(body, stripped, strict=True):
        if before.text != after.text:
            marks = ", ".join(label for _, label in after.anchors)
            actions.append(did("repaired", "note-markers", marks))
    return Outcome((*stripped, *tail, *kept_notes), tuple(actions))


def _collect(
    blocks: Sequence[Block],
) -> tuple[dict[int, Block], int | None, list[CleaningAction]]:
    """Indexes of note blocks with the notes they are, the notes' heading, and the record."""
    taken: dict[int, Block] = {i: b for i, b in enumerate(blocks) if b.kind is BlockKind.NOTE}
    actions: list[CleaningAction] = []
    heading, section = _notes_section(blocks)
    taken.update(section)
    inner = _torn_in(blocks, set(taken))
    taken.update(inner)
    for i in sorted({*section, *inner}):
        reason = "endnote" if i in section else "footnote"
        actions.append(did("moved", reason, printed(blocks[i])))
    if heading is None and any(i in taken for i in range(len(blocks))):
        heading = _bare_heading(blocks, taken)
    return taken, heading, actions


def _bare_heading(blocks: Sequence[Block], taken: dict[int, Block]) -> int | None:
    """A notes heading directly above notes that the reader had already found."""
    for i, block in enumerate(blocks[:-1]):
        if i + 1 in taken and NOTES_HEADING.fullmatch(block.text.strip()) and i not in taken:
            return i
    return None


def _notes_section(blocks: Sequence[Block]) -> tuple[int | None, dict[int, Block]]:
    for i in range(len(blocks) - 1, -1, -1):
        text = blocks[i].text.strip()
        numbered_only = bool(_BIBLIOGRAPHY.fullmatch(text))
        if blocks[i].kind is BlockKind.NOTE or not (NOTES_HEADING.fullmatch(text) or numbered_only):
            continue
        found = _under_heading(blocks, i + 1)
        labels = {b.marker for b in found.values()}
        if found and (not numbered_only or labels & _marked_labels(blocks[:i], raised_only=False)):
            return i, found
    return None, {}


def _under_heading(blocks: Sequence[Block], start: int) -> dict[int, Block]:
    found: dict[int, Block] = {}
    for i in range(start, len(blocks)):
        block = blocks[i]
        if block.kind in (BlockKind.HEADING, BlockKind.TABLE_ROW):
            break
        note = _as_note(block)
        if note is not None:
            found[i] = note
        elif found:
            found[i] = replace(block, kind=BlockKind.NOTE, text=printed(block), marker="")
        else:
            break
    return found


def _as_note(block: Block) -> Block | None:
    """The block as a note with its label, or None when it does not begin with one."""
    if block.kind is BlockKind.NOTE:
        return block
    if block.kind not in (BlockKind.PARAGRAPH, BlockKind.LIST_ITEM):
        return None
    text = printed(block)
    match = _LABELLED.match(text)
    if match is None:
        return None
    label = next(g for g in match.groups() if g).translate(_SUPERSCRIPTS)
    shift = len(text) - len(block.text)
    cut = max(0, match.end() - shift)
    note = trimmed(apply_edits(block, [(0, cut, "")]) if cut else block)
    return replace(note, kind=BlockKind.NOTE, marker=label, level=0, strong=0) if note.text else None


def _torn_in(blocks: Sequence[Block], taken: set[int]) -> dict[int, Block]:
    """Footnotes that stand in the running text, where a page ended."""
    found: dict[int, Block] = {}
    raised = _marked_labels(blocks, raised_only=True)
    i = 0
    while i < len(blocks):
        run = i
        notes: dict[int, Block] = {}
        while run < len(blocks) and run not in taken and (note := _as_note(blocks[run])) is not None:
            notes[run] = note
            run += 1
        if notes:
            found.update(_accepted(blocks, notes, raised))
        i = max(run, i + 1)
    return found


def _accepted(blocks: Sequence[Block], notes: dict[int, Block], raised: set[str]) -> dict[int, Block]:
    """Which of a run of labelled blocks are footnotes rather than a list of the author's.

    A footnote tears a sentence apart (open before, lower-case after) and either reads like a
    reference or has its raised marker in the text; or both of the latter hold.
    """
    first, last = min(notes), max(notes)
    found: dict[int, Block] = {}
    for i in range(last, first - 1, -1):
        note = notes[i]
        after = blocks[i + 1] if i + 1 < len(blocks) else None
        torn = _open(blocks[i - 1] if i else None) and (
            i + 1 in found or (after is not None and after.text[:1].islower())
        )
        if i and not torn and i - 1 in notes:
            torn = i + 1 in found or (after is not None and after.text[:1].islower())
        marked = note.marker in raised
        citing = bool(_CITING.search(note.text))
        reference = bool(_REFERENCE.search(note.text)) and word_count(note.text) <= _MAX_REFERENCE_WORDS
        if (torn and (marked or citing)) or (marked and reference):
            found[i] = note
    return found


def _open(block: Block | None) -> bool:
    if block is None or word_count(block.text) < 4:
        return False
    text = re.sub(r"[⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾\s]+$|\[\d{1,3}\]$", "", block.text)
    return ends_open(text) or text.endswith(",")


def _marked_labels(blocks: Sequence[Block], *, raised_only: bool) -> set[str]:
    """The labels that stand as markers somewhere in these blocks."""
    patterns = (_SUPER, _STAR) if raised_only else (_SUPER, _STAR, _BRACKET)
    return {
        next(g for g in match.groups() if g).translate(_SUPERSCRIPTS)
        for block in blocks
        for pattern in patterns
        for match in pattern.finditer(block.text)
        if not _is_unit(block.text, match, pattern)
    }


def _is_unit(text: str, match: re.Match[str], pattern: re.Pattern[str]) -> bool:
    """``km²`` is a unit and ``10⁶`` a power, not a note."""
    if pattern is not _SUPER or match.group().startswith(("⁽", "(", " ")):
        return False
    before = text[max(0, match.start() - 4) : match.start()]
    return bool(_UNIT.search(before)) or before[-2:] == "10"


def _without_markers(block: Block, labels: frozenset[str]) -> Block:
    if block.kind is BlockKind.NOTE:
        return block
    edits: list[Edit] = []
    anchors: list[tuple[int, str]] = []
    for pattern in (_SUPER, _BRACKET, _STAR):
        for match in pattern.finditer(block.text):
            label = next(g for g in match.groups() if g).translate(_SUPERSCRIPTS)
            if label not in labels or _is_unit(block.text, match, pattern):
                continue
            if any(s < match.end() and match.start() < e for s, e, _ in edits):
                continue
            edits.append((match.start(), match.end(), ""))
            anchors.append((match.start(), label))
    if not edits:
        return block
    marked = replace(block, anchors=tuple(sorted((*block.anchors, *anchors))))
    return trimmed(apply_edits(marked, edits))


def _merged(notes: Sequence[Block]) -> tuple[Block, ...]:
    """Notes whose continuation stood in blocks of its own, in one block each."""
    found: list[Block] = []
    for note in notes:
        if note.marker == "" and found:
            found[-1] = joined(found[-1], note)
        else:
            found.append(note)
    return tuple(found)
