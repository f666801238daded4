"""A language in which every message stands in brackets, and a reader that finds what stands outside of them."""

from __future__ import annotations

import gettext as gnu
import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from typing import Any

from babel import Locale

SPOKEN = ("aria-label", "placeholder", "title", "alt", "data-label", "data-confirm")
"""Attributes that people read or hear."""
NAMES = {"Briefing Desk", "English", "Français", "العربية", "Word", "PDF", "HTML", "Markdown", "JSON"}
"""What is called the same in every language."""
CALENDAR = Locale("fr")
"""Dates and the names of languages come from the language's own tables, not from the catalogues."""
_MONTHS = "|".join(CALENDAR.months["format"]["wide"].values())
_DATE = re.compile(rf"(\d{{1,2}} )?({_MONTHS}) \d{{4}}(, \d\d:\d\d UTC)?")


class Pseudo(gnu.NullTranslations):
    """``Ask`` → ``⟦Ask⟧``."""

    def gettext(self, message: str) -> str:
        return f"⟦{message}⟧"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return f"⟦{msgid1 if n == 1 else msgid2}⟧"


class Page(HTMLParser):
    """The texts of a page in order, and its spoken attributes."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.attributes: list[str] = []
        self._unseen = 0
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unseen += tag in ("script", "style", "code", "kbd")
        self.attributes += [value for name, value in attrs if name in SPOKEN and value]

    def handle_endtag(self, tag: str) -> None:
        self._unseen -= tag in ("script", "style", "code", "kbd")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.texts.append(data)


def strings(value: Any) -> Iterator[str]:
    """All texts in a JSON value."""
    if isinstance(value, str):
        yield " ".join(value.split())
        yield from (part.strip() for part in value.split(", "))  # a source label is shown in two parts
    elif isinstance(value, dict):
        for item in value.values():
            yield from strings(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from strings(item)


def untranslated(markup: str, data: Iterable[str]) -> list[str]:
    """What a page says in letters that is neither a message nor data."""
    page = Page(markup)
    known = set(data) | NAMES | set(CALENDAR.languages.values())
    pieces = [piece for text in page.attributes for piece in _outside([text])]
    pieces += _outside(page.texts)
    return [piece for piece in pieces if not _is_data(piece, known)]


def _outside(texts: Iterable[str]) -> Iterator[str]:
    """What stands outside of all brackets; a message may run over several elements."""
    depth = 0
    for text in texts:
        for piece in re.split("([⟦⟧])", text):
            depth += (piece == "⟦") - (piece == "⟧")
            if not depth and any(letter.isalpha() for letter in piece):
                yield " ".join(piece.split())


def _is_data(piece: str, known: set[str]) -> bool:
    return all(_known(part, known) for part in piece.split(" · "))


def _known(piece: str, known: set[str]) -> bool:
    piece = _DATE.sub("", piece).strip(" ·,.:;()…–")
    if not any(letter.isalpha() for letter in piece) or piece in known:
        return True
    # long enough to be no word of the interface that happens to stand in a report, too
    return len(piece) >= 12 and any(piece in text for text in known)
