"""Questions to begin with, made from the library's own headings, so that they can be answered."""

from __future__ import annotations

import re
from itertools import zip_longest

from rag.catalogue import Catalogue
from rag.labels import source_name
from rag.text import content_words

MOST = 6
_PLAIN = re.compile(
    r"^(?:introduction|abstract|conclusions?|notes|endnotes|summary|background|keywords|methods?)\b", re.I
)
_NUMBERED = re.compile(r"^(?:\(?\d{1,2}[.)]|[A-Z][.)]|First|Second|Third|Fourth|Fifth|Sixth|Seventh)[:.]?\s*", re.I)


def suggestions(catalogue: Catalogue) -> list[str]:
    """At most six questions, from different documents in turn."""
    rows = [_of(catalogue, document_id) for document_id in sorted(catalogue.documents)]
    mixed = [q for group in zip_longest(*rows) for q in group if q]
    return list(dict.fromkeys(mixed))[:MOST]


def _of(catalogue: Catalogue, document_id: str) -> list[str]:
    info = catalogue.documents[document_id]
    if (info.metadata.language or "en") != "en":
        return []
    name = source_name(info.metadata)
    several = sum(source_name(i.metadata) == name for i in catalogue.documents.values()) > 1
    who = f"“{info.metadata.title}”" if several else name
    found: list[str] = []
    for passage in catalogue.order[document_id]:
        heading = passage.section[-1] if passage.section else ""
        title = _NUMBERED.sub("", heading).strip(" :.")
        usable = 2 <= len(content_words(title)) <= 9 and not _PLAIN.match(title) and "?" not in title
        if usable and title.lower() != info.metadata.title.lower():
            question = f"What does {who} say about {_lowered(title)}?"
            if question not in found:
                found.append(question)
    return found[:3]


def _lowered(title: str) -> str:
    """A heading in the middle of a sentence: small words lose their capitals, names keep them."""
    if title.isupper():
        return title.lower()
    words = title.split()
    first = words[0]
    if first.lower() in {"the", "a", "an", "what", "how", "why", "who", "of", "on", "in"}:
        words[0] = first.lower()
    return " ".join(words)
