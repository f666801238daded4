"""Notes of an exported memo: how one is worded, and how it is read again.

A note reads ``“quote” — Author, Title (Publisher, date), “Section”. doc:id@start-end sha256:… quote:…``.
The last part is for ``briefing verify``: where the words stand in the library, in which version of the
source, and a checksum of the quote.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import quote as percent
from urllib.parse import unquote

from rag.memo_verify import FiledCitation, checksum
from rag.types import Citation
from web.export.bibliography import full_note, short_note
from web.export.rich import Note, Rich, Run, Style, plain, right_to_left

SHA_DIGITS = 12
RIGHT_TO_LEFT_MARK = "\u200f"
"""Invisible; keeps signs between an Arabic source and the Latin reference where they belong."""
_REFERENCE = re.compile(
    r"doc:(?P<id>\S+)@(?P<start>\d+)-(?P<end>\d+)"
    r"(?:\s+sha256:(?P<sha>[0-9a-f]{8,64}))?(?:\s+quote:(?P<check>[0-9a-f]{8}))?"
)
_DASH = "” — "
_DASHES = ("—", "–", "-", "--")
_CLOSING = re.compile("[”»“]")
_OPENING = re.compile("^(?:[“\"]|«\\s?)")


def notes_of(citations: Sequence[Citation]) -> tuple[Note, ...]:
    """A note for each citation; the first of a source is full, the others are short."""
    seen: set[str] = set()
    notes = []
    for citation in citations:
        source = short_note(citation) if citation.document_id in seen else full_note(citation)
        seen.add(citation.document_id)
        notes.append(
            Note(
                number=citation.number,
                quote=printable(citation.quote),
                source=_without_dash(source),
                reference=reference(citation),
            )
        )
    return tuple(notes)


def reference(citation: Citation) -> str:
    """``doc:rasanah@120-180 sha256:53aa5117c0de quote:1a2b3c4d``"""
    sha = f" sha256:{citation.document_sha256[:SHA_DIGITS]}" if citation.document_sha256 else ""
    place = f"doc:{percent(citation.document_id, safe='-._~/')}@{citation.start}-{citation.end}"
    return f"{place}{sha} quote:{checksum(citation.quote)}"


def worded(note: Note) -> Rich:
    """The whole note as words."""
    rtl = right_to_left(note.quote + plain(note.source))
    return (
        Run(f"“{note.quote}{_DASH}"),
        *note.source,
        Run("" if plain(note.source).endswith((".”", "?”", "!”")) else "."),
        Run(f"{RIGHT_TO_LEFT_MARK} " if rtl else " "),
        Run(note.reference, Style.CODE),
    )


def printable(text: str) -> str:
    """Text on one line, without characters that files cannot hold; no-break spaces stay."""
    return re.sub(r"[ \t\r\n\f\v\u2028\u2029]+", " ", re.sub("[\x00-\x08\x0e-\x1f\ufffe\uffff\ud800-\udfff]", "", text))


def read_note(number: int, text: str) -> FiledCitation:
    """The citation of a note's text; without a reference its ``document_id`` is empty."""
    references = list(_REFERENCE.finditer(text))
    if not references:
        return FiledCitation(number=number, document_id="", quote=text.strip())
    found = references[-1]  # a quote may speak of references, too
    body = text[: found.start()].rstrip(" `")
    quote = body[: _end_of_quote(body)]
    return FiledCitation(
        number=number,
        document_id=unquote(found["id"]),
        quote=_OPENING.sub("", quote.strip(), count=1),
        start=int(found["start"]),
        end=int(found["end"]),
        sha256=found["sha"] or "",
        check=found["check"] or "",
    )


def _end_of_quote(body: str) -> int:
    """Where the words of the quote end: before ``” — ``, in whatever typography an editor has left it."""
    strict = body.rfind(_DASH)
    if strict >= 0:
        return strict
    marks = _CLOSING.sub('"', body)
    found = max((marks.rfind(f'" {dash} ') for dash in _DASHES), default=-1)
    return found if found >= 0 else len(body)


def _without_dash(source: Rich) -> Rich:
    """A title must not hold the sign that parts quote and source."""
    return tuple(Run(r.text.replace(_DASH, "” – "), r.style) if isinstance(r, Run) else r for r in source)
