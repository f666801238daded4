"""Lines near the top that say what they are: ``Publisher: …``, ``Author: …``, in English, French and Arabic."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ingest import metadata as lines
from ingest.blocks import Block, BlockKind
from ingest.clean.outcome import did
from ingest.words import word_count
from rag.text import is_arabic
from rag.types import CleaningAction

MAX_FRONT = 40
_KEYS = {
    "author": "authors",
    "authors": "authors",
    "by": "authors",
    "publisher": "publisher",
    "published by": "publisher",
    "published": "published",
    "publication date": "published",
    "date": "published",
    "language": "language",
    "licence": "licence",
    "license": "licence",
    "series": "series",
    "translator": "translator",
    "translation": "translator",
    "translated by": "translator",
    "translated from the arabic by": "translator",
    "url": "url",
    "source url": "url",
    "role": "role",
    "title": "title",
    "auteur": "authors",
    "auteure": "authors",
    "auteurs": "authors",
    "éditeur": "publisher",
    "publié par": "publisher",
    "date de publication": "published",
    "traduction": "translator",
    "traduit par": "translator",
    "الكاتب": "authors",
    "الكاتبة": "authors",
    "الكاتبان": "authors",
    "المؤلف": "authors",
    "المؤلفة": "authors",
    "المؤلفون": "authors",
    "الباحث": "authors",
    "الباحثة": "authors",
    "إعداد": "authors",
    "اعداد": "authors",
    "بقلم": "authors",
    "الناشر": "publisher",
    "الجهة الناشرة": "publisher",
    "تاريخ النشر": "published",
    "التاريخ": "published",
    "السلسلة": "series",
    "الترخيص": "licence",
    "ترجمة": "translator",
    "المترجم": "translator",
    "المترجمة": "translator",
}
_ANY_KEY = "|".join(sorted(map(re.escape, _KEYS), key=len, reverse=True))
_KEYED = re.compile(rf"^(?:{_ANY_KEY})\s*:\s*\S", re.IGNORECASE)
_KEY = re.compile(rf"(?:^|(?<=\s))({_ANY_KEY})\s*:\s*(?=\S)", re.IGNORECASE)


@dataclass(slots=True)
class Found:
    """What the front matter said; a field that is already set stays."""

    title: str = ""
    authors: tuple[str, ...] = ()
    fields: dict[str, str] = field(default_factory=dict)
    imprint: list[Block] = field(default_factory=list)  # lines that a citation may need to quote

    def note(self, name: str, value: str | None) -> bool:
        """Keeps the first value of a field; True when it was news."""
        if not value or name in self.fields:
            return False
        self.fields[name] = value.strip()
        return True


def keyed_lines(blocks: tuple[Block, ...], found: Found, actions: list[CleaningAction]) -> tuple[Block, ...]:
    """Lines such as ``Publisher: …`` near the top become metadata."""
    kept: list[Block] = []
    for i, block in enumerate(blocks):
        short = i < MAX_FRONT and word_count(block.text) <= 30 and block.kind is not BlockKind.NOTE
        pairs = _pairs(block.text) if short else []
        taken = sum(_take(key, value, found) for key, value in pairs)
        if not taken:
            kept.append(block)
            continue
        found.imprint.append(block)
        actions.append(did("moved", "imprint", block.text))
    return tuple(kept)


def _pairs(text: str) -> list[tuple[str, str]]:
    """Keys and values of ``Author: …``, also of several such lines that a page layout ran together."""
    if not _KEYED.match(text):
        return []
    places = list(_KEY.finditer(text))
    ends = [m.start() for m in places[1:]] + [len(text)]
    return [(m[1].lower(), text[m.end() : end].strip()) for m, end in zip(places, ends, strict=True)]


def _take(key: str, value: str, found: Found) -> bool:
    name = _KEYS[key]
    if name == "published":
        return found.note("published", lines.parse_date(value))
    if name == "authors":
        if found.authors:
            return False
        found.authors = lines.names(value) or _split(value)
        return True
    if name == "title":
        return False  # the title stays in the text; the region below finds it
    return found.note(name, value)


def _split(value: str) -> tuple[str, ...]:
    """Arabic names are told apart by their commas only; anything else stays as printed."""
    if not is_arabic(value):
        return (value,)
    return tuple(part.strip() for part in re.split(r"[،;؛]", value) if part.strip())
