"""A memo laid out: headings, paragraphs, lists and tables of plain words and note marks.

Every format is rendered from this one form, so that each holds the same content.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

SMALL_TABLE = 700
"""Characters: about a sixth of a page."""


class Style(StrEnum):
    """How words are set."""

    PLAIN = "plain"
    STRONG = "strong"
    EMPHASIS = "emphasis"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Run:
    """Words of one style."""

    text: str
    style: Style = Style.PLAIN


@dataclass(frozen=True, slots=True)
class Mark:
    """The mark of a note, by its number."""

    number: int


Rich = tuple[Run | Mark, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 1 is below the title."""

    text: str
    level: int = 1
    new_page: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; ``fine`` ones are set small, one that ``introduces`` stays with what follows."""

    words: Rich
    fine: bool = False
    introduces: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """List items, each a tuple of paragraphs."""

    items: tuple[tuple[Rich, ...], ...]
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a header row; ``widths`` are relative."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Rich, ...], ...]
    widths: tuple[int, ...]

    @property
    def small(self) -> bool:
        """True when it is better kept on one page than torn."""
        return sum(len(plain(cell)) for row in self.rows for cell in row) <= SMALL_TABLE


Block = Heading | Paragraph | Listing | Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A note: the quote, who says it where, and the reference by which it can be checked again."""

    number: int
    quote: str
    source: Rich
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A memo ready to be rendered: title, facts about it (label, value), blocks, notes by number."""

    title: str
    facts: tuple[tuple[str, str], ...]
    blocks: tuple[Block, ...]
    notes: tuple[Note, ...]
    language: str
    created: str

    def order(self) -> list[int]:
        """Numbers of the notes in order of their first mark."""
        return list(dict.fromkeys(m.number for words in self.texts() for m in words if isinstance(m, Mark)))

    def texts(self) -> Iterator[Rich]:
        """All stretches of text in reading order."""
        for block in self.blocks:
            if isinstance(block, Heading):
                yield (Run(block.text),)
            elif isinstance(block, Paragraph):
                yield block.words
            elif isinstance(block, Listing):
                for item in block.items:
                    yield from item
            else:
                yield from ((Run(c),) for c in block.columns)
                for row in block.rows:
                    yield from row


def plain(words: Rich) -> str:
    """The words without marks and styles."""
    return "".join(r.text for r in words if isinstance(r, Run))


_RTL = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_LETTER = re.compile(r"[^\W\d_]")


def right_to_left(text: str) -> bool:
    """True when most letters of a text are Arabic or Hebrew.

    >>> right_to_left("قال التقرير in 2024"), right_to_left("Rasanah: قال"), right_to_left("12 %")
    (True, False, False)
    """
    return 2 * len(_RTL.findall(text)) > len(_LETTER.findall(text))


_STRETCH = re.compile(rf"{_RTL.pattern}(?:[^A-Za-z\u00c0-\u02af\u0370-\u058f]*{_RTL.pattern})?[\u064b-\u065f\u0670]*")


def by_script(text: str) -> list[tuple[str, bool]]:
    """The text in stretches, each with whether it runs from right to left.

    Blanks, figures and signs between two right-to-left letters go with them.

    >>> by_script("He said: نعم، 12 لا.")
    [('He said: ', False), ('نعم، 12 لا', True), ('.', False)]
    """
    found: list[tuple[str, bool]] = []
    at = 0
    for match in _STRETCH.finditer(text):
        if match.start() > at:
            found.append((text[at : match.start()], False))
        found.append((match.group(), True))
        at = match.end()
    if at < len(text):
        found.append((text[at:], False))
    return found
