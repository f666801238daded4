"""Checks the citations of an exported memo against the library as it is now.

Reading files is delivery's affair (:mod:`web.export.read_back`); here a citation is a value: the words
the file shows, and where it says they stand.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from rag.errors import NotFound
from rag.ports import Library
from rag.text import find_folded, fold, words
from rag.types import Document

CHECK_DIGITS = 8
"""Hexadecimal digits of a quote's checksum in an exported note."""
SHORTEST_QUOTATION = 3
"""In words."""
_UNPRINTABLE = re.compile("[\x00-\x08\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
"""Soft hyphens, joiners and marks of direction, which word processors put in and take out."""
_SIGNS = str.maketrans(
    dict.fromkeys("\u2018\u2019\u201a\u201b\u02bc", "'")
    | dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb", '"')
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-")
    | {"\u2026": "..."}
)
FEWEST_CELLS = 5
"""Of a row of the table of figures; its first cell is the figure."""
_FRAMED = re.compile(r'[^"]{3,120}: "(.*)"\s*\Z', re.DOTALL)
_GAP = re.compile(r"\[[^\]]*\]|\(?…\)?|\(?\.\.\.\)?")


class CitationStatus(StrEnum):
    """What became of a citation; only ``intact`` needs no look."""

    INTACT = "intact"
    SOURCE_CHANGED = "source_changed"
    SOURCE_MISSING = "source_missing"
    QUOTE_ALTERED = "quote_altered"
    QUOTE_NOT_IN_SOURCE = "quote_not_in_source"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class FiledCitation:
    """A citation as a file has it.

    ``document_id`` is empty when the note names no place in the library.  ``start``/``end`` are
    offsets into the document text; ``sha256`` is the source's version, whole or its first digits;
    ``check`` the quote's checksum when the file was written.  ``uses`` are the sentences of the memo
    that end in this number, each with all quotes cited beside it.
    """

    number: int
    document_id: str
    quote: str
    start: int = 0
    end: int = 0
    sha256: str = ""
    check: str = ""
    uses: tuple[FiledUse, ...] = ()


@dataclass(frozen=True, slots=True)
class FiledUse:
    """A sentence of the memo and the quotes of all citations that stand behind it."""

    text: str
    quotes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedCitation:
    """The verdict on one citation; ``detail`` says in words what is wrong (empty when intact)."""

    number: int
    document_id: str
    status: CitationStatus
    detail: str = ""


def comparable(text: str) -> str:
    """Text as files can carry it: white space and typographic signs evened out, unseen characters left out.

    What a word processor sets by itself (curly quotation marks, dashes, one character for an ellipsis,
    soft hyphens) changes no word; letters, case and punctuation count.

    >>> comparable("two\\n\\n words’ “length” – 5…")
    'two words\\' "length" - 5...'
    """
    return " ".join(_UNSEEN.sub("", _printed(text)).translate(_SIGNS).split())


def checksum(quote: str) -> str:
    """Eight hexadecimal digits that change with the words of a quote."""
    return _digits(comparable(quote))


def _unaltered(filed: FiledCitation) -> bool:
    """True when the quote has the checksum it was exported with; older files counted its signs, too."""
    return filed.check in (checksum(filed.quote), _digits(" ".join(_printed(filed.quote).split())))


def _stands(filed: FiledCitation, document: Document | None) -> bool:
    """True when the source has these very words where the file says, whatever checksum was written."""
    wanted = comparable(filed.quote)
    return document is not None and wanted != "" and comparable(document.text[filed.start : filed.end]) == wanted


def _digits(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:CHECK_DIGITS]


def _printed(text: str) -> str:
    return _UNPRINTABLE.sub("", text)


def check_citations(filed: Sequence[FiledCitation], library: Library) -> tuple[CheckedCitation, ...]:
    """A verdict for each citation, in the order given.

    A quote is intact when the source has the version that was cited, the words stand at the offsets that
    the file names, and the memo's own text repeats them unaltered.  White space does not count.
    """
    documents: dict[str, Document | None] = {}
    for citation in filed:
        if citation.document_id and citation.document_id not in documents:
            documents[citation.document_id] = _document(library, citation.document_id)
    return tuple(_checked(c, documents.get(c.document_id)) for c in filed)


def verification_json(file: str, checked: Sequence[CheckedCitation]) -> dict[str, Any]:
    """``briefing verify --json``: the citations, and how many have each status."""
    counts = Counter(str(c.status) for c in checked)
    return {
        "file": file,
        "citations": [
            {"number": c.number, "document_id": c.document_id, "status": str(c.status), "detail": c.detail}
            for c in checked
        ],
        **{str(status): counts[str(status)] for status in CitationStatus},
        "total": len(checked),
    }


def _document(library: Library, document_id: str) -> Document | None:
    try:
        return library.document(document_id)
    except NotFound:
        return None


def _checked(filed: FiledCitation, document: Document | None) -> CheckedCitation:
    status, detail = _verdict(filed, document)
    return CheckedCitation(
        number=filed.number, document_id=filed.document_id, status=status, detail=detail
    )


def _verdict(filed: FiledCitation, document: Document | None) -> tuple[CitationStatus, str]:
    if not filed.document_id:
        return CitationStatus.UNREADABLE, "This note does not say where in the library its words stand."
    if filed.check and not _unaltered(filed) and not _stands(filed, document):
        return CitationStatus.QUOTE_ALTERED, "The quote was changed after export." + _said(filed, document)
    if document is None:
        return CitationStatus.SOURCE_MISSING, f"The library has no document {filed.document_id!r}."
    status, detail = _against_source(filed, document)
    if status in (CitationStatus.INTACT, CitationStatus.SOURCE_CHANGED):
        if use := _altered_use(filed):
            return CitationStatus.QUOTE_ALTERED, f"The memo's text quotes it differently: “{_short(use)}”."
        if figure := _altered_figure(filed):
            return CitationStatus.QUOTE_ALTERED, f"The memo's table has the figure “{figure}”, which the quote has not."
    return status, detail


def _against_source(filed: FiledCitation, document: Document) -> tuple[CitationStatus, str]:
    same_version = not filed.sha256 or document.sha256.startswith(filed.sha256)
    wanted = comparable(filed.quote)
    stored = comparable(document.text[filed.start : filed.end])
    if same_version and wanted and stored == wanted:
        return CitationStatus.INTACT, ""
    moved = _find(document.text, filed.quote)
    place = f"the quote stands at {moved[0]}-{moved[1]} now" if moved else ""
    if not same_version and moved:
        return CitationStatus.SOURCE_CHANGED, f"The source has a new version; {place}."
    if same_version and filed.check and moved:  # the file is as it was exported, so the text is not
        return CitationStatus.SOURCE_CHANGED, f"The stored text was cleaned anew; {place}."
    if same_version and not filed.check and _resembles(wanted, stored):
        return CitationStatus.QUOTE_ALTERED, f"The source says “{_difference(stored, wanted)}”."
    if same_version and moved:
        return CitationStatus.QUOTE_ALTERED, f"Other words stand at {filed.start}-{filed.end}; {place}."
    why = "The source has a new version without these words." if not same_version else (
        "The source does not have these words."
    )
    return CitationStatus.QUOTE_NOT_IN_SOURCE, why


def _find(text: str, quote: str) -> tuple[int, int] | None:
    """Where the quote stands to the letter, white space aside; None when it does not."""
    wanted = comparable(quote)
    quote = _UNSEEN.sub("", quote)
    span = find_folded(fold(text), quote) if wanted else None
    while span is not None:
        if comparable(text[span[0] : span[1]]) == wanted:
            return span
        further = find_folded(fold(text[span[1] :]), quote)
        span = (further[0] + span[1], further[1] + span[1]) if further else None
    return None


def _resembles(one: str, other: str) -> bool:
    """The same sentence with something changed in it, rather than another sentence."""
    from rapidfuzz import fuzz

    return bool(one and other) and fuzz.ratio(one, other) >= 60


def _said(filed: FiledCitation, document: Document | None) -> str:
    """What the source says instead, when it still has the version cited."""
    if document is None or not document.sha256.startswith(filed.sha256 or "-"):
        return ""
    stored = comparable(document.text[filed.start : filed.end])
    return f" The source says “{_difference(stored, comparable(filed.quote))}”." if stored else ""


def _difference(stored: str, shown: str) -> str:
    """The stored words round the first place where the two part.

    >>> _difference("they killed 12 men there", "they killed 15 men there")
    '…killed 12 men there'
    """
    here = stored.split(" ")
    there = shown.split(" ")
    same = next((i for i, (a, b) in enumerate(zip(here, there, strict=False)) if a != b), min(len(here), len(there)))
    first = max(0, same - 1)
    part = " ".join(here[first : same + 8])
    return ("…" if first else "") + part + ("…" if same + 8 < len(here) else "")


def _altered_use(filed: FiledCitation) -> str | None:
    """A quotation in the memo's own text that none of the quotes behind its sentence has."""
    for use in filed.uses:
        quotes = [_bare(q) for q in use.quotes]
        for part in quotations(use.text):
            pieces = [_bare(p) for p in _GAP.split(part)]
            if not all(any(p in q for q in quotes) for p in pieces if p):
                return part
    return None


def _altered_figure(filed: FiledCitation) -> str | None:
    """A value in the table of figures that none of the quotes behind its row has."""
    for use in filed.uses:
        cells = use.text.strip("\t ").split("\t")
        value = cells[0].strip()
        if len(cells) < FEWEST_CELLS or not any(c.isdigit() for c in value):
            continue
        if not any(_bare(value) in _bare(q) for q in use.quotes):
            return value
    return None


def quotations(text: str) -> list[str]:
    """What stands in quotation marks, the outermost ones; fewer than three words are a title or irony.

    Marks may be curly, angular or, where an editor made them so, straight.

    >>> quotations("He said: “the “new” dam is safe”, and left “so”.")
    ['the “new” dam is safe']
    """
    even = text.replace("«", "“").replace("»", "”")
    found = _nested(even) if "“" in even or "”" in even else _straight(even)
    return [part for part in found if len(words(part)) >= SHORTEST_QUOTATION]


def _nested(text: str) -> list[str]:
    found: list[str] = []
    depth = begin = 0
    for at, char in enumerate(text):
        if char == "“":
            begin = at + 1 if depth == 0 else begin
            depth += 1
        elif char == "”" and depth:
            depth -= 1
            if depth == 0:
                found.append(text[begin:at])
    if depth:  # a mark was left open: take all there is
        found.append(text[begin : text.rfind("”") if text.rfind("”") > begin else len(text)])
    return found


def _straight(text: str) -> list[str]:
    """Straight marks do not say which way they open: a frame is followed by one quotation, else they come in pairs.

    >>> _straight('Board (2024): "the "new" dam is safe"'), _straight('"The dam is safe", and "so"')
    (['the "new" dam is safe'], ['The dam is safe', 'so'])
    """
    framed = _FRAMED.match(text)
    if framed:
        return [framed[1]]
    parts = text.split('"')
    return parts[1::2] if len(parts) % 2 else []  # an odd number of marks: no telling


def _bare(text: str) -> str:
    return fold(comparable(text)).text.strip(" \"'.,;:!?")


def _short(text: str) -> str:
    return text if len(text) <= 100 else text[:97] + "…"
