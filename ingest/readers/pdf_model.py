"""What is on a PDF page: glyphs, runs, rules.  Points; x to the right, y **down**; plain values.

Coordinates hold after the page has been turned so that most of its text runs left to right.
"""

from __future__ import annotations

from dataclasses import dataclass, field

HYPHEN = "\u00ad"
"""Stands for a hyphen at a line's end (PDFium's own mark is U+0002)."""


@dataclass(slots=True)
class Glyph:
    """One character and where it stands."""

    char: str
    x0: float
    x1: float
    base: float
    size: float
    bold: bool
    italic: bool
    space: bool = False  # a blank stands before it
    trail: bool = False  # a blank stands after it, at the end of a line


@dataclass(slots=True)
class Run:
    """Characters of one size on one baseline without a wide gap.

    ``order`` is the run's place in the file's own order.
    """

    text: str
    x0: float
    x1: float
    base: float
    size: float
    bold: bool
    italic: bool
    order: int
    rtl: bool = False
    space: bool = False
    trail: bool = False

    @property
    def top(self) -> float:
        """Upper edge of the small letters: narrow, so that tight lines stay apart."""
        return self.base - 0.55 * self.size

    @property
    def bottom(self) -> float:
        """A little below the baseline."""
        return self.base + 0.1 * self.size


@dataclass(frozen=True, slots=True)
class Rule:
    """A drawn straight line: from ``x0`` to ``x1`` at height ``y``."""

    x0: float
    x1: float
    y: float


@dataclass(slots=True)
class Page:
    """One page: its runs, its horizontal rules, what was left out, and how sound its text is."""

    number: int
    width: float
    height: float
    runs: list[Run] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    turned: list[str] = field(default_factory=list)
    characters: int = 0
    unmapped: int = 0
    images: int = 0
    scan: bool = False
    damaged: bool = False
