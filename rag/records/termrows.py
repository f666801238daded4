"""What the text index stores of a passage: its terms, by the place they stand in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from rag.text import terms

K1, B = 1.2, 0.75  # fixed inside FTS5's bm25()
BODY_WEIGHT, SECTION_WEIGHT, TITLE_WEIGHT = 1.0, 0.5, 0.25


class TermRow(NamedTuple):
    """The terms of one passage; ``number`` is its row number."""

    number: int
    body: tuple[str, ...]
    section: tuple[str, ...]
    title: tuple[str, ...]


def rows_of(
    passages: Iterable[tuple[int, str, Sequence[str]]], title: str, language: str | None
) -> list[TermRow]:
    """Term rows of a document's passages, given as ``(number, text, section path)``."""
    code = (language or "en").split("-")[0].lower()
    heading = tuple(terms(title, code))
    return [
        TermRow(number, tuple(terms(text, code)), tuple(terms(" ".join(section), code)), heading)
        for number, text, section in passages
    ]
