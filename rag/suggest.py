"""Questions to begin with, made from the library's own headings, so that they can be answered."""

from __future__ import annotations

import re
from itertools import zip_longest

from rag.catalogue import Catalogue
from rag.labels import source_name
from rag.text import content_words

MOST = 6
_OF_EACH = 3
_PLAIN = re.compile(
    r"^(?:introduction|abstract|conclusions?|notes|endnotes|summary|background|keywords|methods?)\b", re.I
)
_NUMBERED = re.compile(r"^(?:\(?\d{1,2}[.)]|[A-Z][.)]|First|Second|Third|Fourth|Fifth|Sixth|Seventh)[:.]?\s*", re.I)


def suggestions(catalogue: Catalogue) -> list[str]:
    """At most six questions, from different documents in turn."""
    rows = [[q for q, _ in questions_of(catalogue, d)[:_OF_EACH]] for d in sorted(catalogue.documents)]
    mixed = [q for group in zip_longest(*rows) for q in group if q]
    return list(dict.fromkeys(mixed))[:MOST]


def questions_of(catalogue: Catalogue, document_id: str) -> list[tuple[str, str]]:
    """``(question, heading)`` for each usable heading of a report, in reading order."""
    info = catalogue.documents[document_id]
    if (info.metadata.language or "en") != "en":
        return []
    name = source_name(info.metadata)
    several = sum(source_name(i.metadata) == name for i in catalogue.documents.values()) > 1
    who = f"“{info.metadata.title}”" if several else name
    found: dict[str, str] = {}
    for passage in catalogue.order[document_id]:
        heading = passage.section[-1] if passage.section else ""
        title = _NUMBERED.sub("", heading).strip(" :.")
        usable = 2 <= len(content_words(title)) <= 9 and not _PLAIN.match(title) and "?" not in title
        if usable and title.lower() != info.metadata.title.lower():
            found.setdefault(f"What does {who} say about {_lowered(title)}?", heading)
    return list(found.items())


def _lowered(title: str) -> str:
    """A heading in the middle of a sentence: small words lose their capitals, names keep them."""
    if title.isupper():
        return title.lower()
    words = title.split()
    first = words[0]
    if first.lower() in {"the", "a", "an", "what", "how", "why", "who", "of", "on", "in"}:
        words[0] = first.lower()
    return " ".join(words)
