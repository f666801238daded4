"""Plain text: paragraphs by blank lines, hard-wrapped lines unwrapped, light markup understood.

A form feed begins a new page.  Nothing is judged here: what is furniture, what was torn apart and
what is a heading without a mark is for the cleaning rules.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise

from ingest.blocks import Block, BlockKind, Parsed
from ingest.limits import Limits
from ingest.readers.decoding import decode
from ingest.readers.inline import plain
from ingest.words import mended, stops_on_open_word, vocabulary
from rag.types import CleaningAction, Metadata

_HEADING = re.compile(r"^\s{0,3}(#{1,6})\s+(.*?)\s*#*\s*$")
_UNDERLINE = re.compile(r"^\s{0,3}(={3,}|-{3,})\s*$")
_RULE = re.compile(r"^\s*(?:[-*_=~–—]\s*){3,}$")
_GLYPH = r"[-–—•▪●◦·‣∙\u2043\uf0b7]"
_NUMBER = r"\d{1,3}[.)]|\(\d{1,3}\)|[ivx]{1,5}[.)]|\([ivx]{1,5}\)"
_LETTER = r"[A-Za-z][.)]|\([A-Za-z]\)"
_ITEM = re.compile(
    rf"^(?P<indent>\s*)(?P<marker>(?:{_GLYPH}\s+)?(?:{_NUMBER}|{_LETTER})|{_GLYPH}|\*|\+)(?P<gap>\s+)(?=\S)"
)
_TIGHT = re.compile(rf"^(?P<indent>\s*)(?P<marker>{_GLYPH}(?=[A-Z][a-z])|\d{{1,2}}\.(?=[A-Z][a-z]))")
_KEYED = re.compile(r"^[A-Z][A-Za-z ]{1,22}:\s{1,}\S")
_NUMBERED_LINE = re.compile(r"^\s{0,6}(\d{1,4})(?:\s{2,}|\t|\s+(?=\S))")
_WRAP_LIMIT = 120


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    page: int | None
    blank_before: bool


def read_text(data: bytes, limits: Limits) -> Parsed:
    """Reads a ``.txt`` file.

    Raises:
        SourceUnreadable: no text in any encoding.
    """
    text, warnings = decode(data)
    paged = "\f" in text.strip("\f\n ")
    lines = _lines(text, paged)
    lines, actions = _without_line_numbers(lines)
    letters = _letters(lines)
    width = _wrap_width(lines)
    logical = _logical_lines(lines, width, letters)
    blocks = tuple(b for b in (_block(line, letters) for line in logical) if b.text)
    return Parsed(
        blocks=blocks,
        metadata=Metadata(title=""),
        format="txt",
        pages=max((line.page or 0 for line in lines), default=0) if paged else None,
        cleaning=tuple(actions),
        warnings=warnings,
    )


def _lines(text: str, paged: bool) -> list[_Line]:
    found: list[_Line] = []
    for number, page in enumerate(text.strip("\f").split("\f"), start=1):
        blank = True
        for raw in page.split("\n"):
            line = raw.expandtabs(4).rstrip("\n\r")
            if not line.strip():
                blank = True
                continue
            found.append(_Line(line, number if paged else None, blank))
            blank = False
    return found


def _without_line_numbers(lines: list[_Line]) -> tuple[list[_Line], list[CleaningAction]]:
    """Drops a column of line numbers: most lines begin with a number one above the last line's."""
    numbers = [int(m[1]) if (m := _NUMBERED_LINE.match(line.text)) else None for line in lines]
    steps = sum(
        1 for a, b in pairwise(numbers) if a is not None and b is not None and (b == a + 1 or (b == 1 and a > 1))
    )
    if len(lines) < 12 or steps < 0.8 * len(lines):
        return lines, []
    kept: list[_Line] = []
    dropped: list[str] = []
    for line in lines:
        match = _NUMBERED_LINE.match(line.text)
        if match:
            dropped.append(match[1])
            line = replace(line, text=line.text[match.end() :])
        if line.text.strip():
            kept.append(line)
    return kept, [CleaningAction(action="dropped", reason="line-numbers", text=" ".join(dropped))]


def _wrap_width(lines: list[_Line]) -> int | None:
    """The width at which the file was wrapped, or None when a line is a paragraph."""
    lengths = sorted(len(line.text) for line in lines)
    if len(lengths) < 4:
        return None
    width = lengths[int(0.95 * (len(lengths) - 1))]
    if width > _WRAP_LIMIT or width < 40 or lengths[-1] > 2 * width:
        return None
    inner = [a for a, b in pairwise(lines) if not b.blank_before and len(a.text) >= 0.7 * width]
    return width if len(inner) >= 0.3 * len(lines) else None


def _letters(lines: list[_Line]) -> frozenset[str]:
    """Letters that number list items here: those with a neighbour (``A.`` … ``B.``)."""
    pattern = re.compile(rf"^\s*(?:{_GLYPH}\s+)?\(?([A-Za-z])[.)]\s")
    seen = {m[1] for line in lines if (m := pattern.match(line.text))}
    return frozenset(c for c in seen if chr(ord(c) + 1) in seen or chr(ord(c) - 1) in seen)


def _item(text: str, letters: frozenset[str]) -> re.Match[str] | None:
    match = _ITEM.match(text) or _TIGHT.match(text)
    if match is None:
        return None
    label = re.sub(rf"^{_GLYPH}\s+", "", match["marker"]).strip("().")
    if len(label) == 1 and label.isalpha() and label not in letters:
        return None
    if re.fullmatch(r"[ivx]{2,5}", label) and label not in {"ii", "iii", "iv", "vi", "vii", "viii", "ix"}:
        return None
    return match


def _logical_lines(lines: list[_Line], width: int | None, letters: frozenset[str]) -> list[_Line]:
    """Lines as the author meant them: wrapped ones joined, underlines turned into ``#`` marks."""
    whole, hyphenated = vocabulary(line.text for line in lines) if width else (frozenset(), frozenset())
    found: list[_Line] = []
    previous: _Line | None = None
    for line in lines:
        mark = _UNDERLINE.match(line.text)
        if mark and not line.blank_before and found and previous is not None:
            depth = 1 if mark[1][0] == "=" else 2
            if not found[-1].text.lstrip().startswith("#"):
                found[-1] = replace(found[-1], text=f"{'#' * depth} {found[-1].text.strip()}")
            previous = None
            continue
        if _RULE.match(line.text):
            previous = None
            continue
        if previous is not None and _continues(previous, line, width, letters):
            found[-1] = replace(found[-1], text=_glued(found[-1].text, line.text, whole, hyphenated))
        else:
            found.append(line)
        previous = line
    return found


def _continues(previous: _Line, line: _Line, width: int | None, letters: frozenset[str]) -> bool:
    if line.blank_before or line.page != previous.page:
        return False
    if _HEADING.match(line.text) or _HEADING.match(previous.text) or _item(line.text, letters):
        return False
    if width is None:
        return stops_on_open_word(previous.text) and len(previous.text) < _WRAP_LIMIT
    if _KEYED.match(line.text) and _KEYED.match(previous.text):
        return False
    first_word = line.text.split()[0]
    return len(previous.text) + 1 + len(first_word) >= 0.75 * width


def _glued(text: str, following: str, whole: frozenset[str], hyphenated: frozenset[str]) -> str:
    text, following = text.rstrip(), following.strip()
    halves = re.search(r"([^\W\d_]+)-$", text)
    rest = re.match(r"[^\W\d_]+", following)
    if halves and rest:
        word = mended(halves[1], rest.group(), whole, hyphenated)
        return text[: halves.start()] + word + following[rest.end() :]
    return f"{text} {following}"


def _block(line: _Line, letters: frozenset[str]) -> Block:
    heading = _HEADING.match(line.text)
    attached = not line.blank_before
    if heading:
        return plain(
            Block(
                kind=BlockKind.HEADING,
                text=heading[2],
                level=len(heading[1]),
                page=line.page,
                attached=attached,
            )
        )
    item = _item(line.text, letters)
    if item:
        return plain(
            Block(
                kind=BlockKind.LIST_ITEM,
                text=line.text[item.end() :],
                marker=item["marker"].strip(),
                level=min(len(item["indent"]) // 2, 5),
                page=line.page,
                attached=attached,
            )
        )
    return plain(Block(kind=BlockKind.PARAGRAPH, text=line.text, page=line.page, attached=attached))
