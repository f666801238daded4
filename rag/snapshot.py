"""The texts behind one answer, all of the version that its search saw.

An ingest may replace or remove a report between the search and the verification of an answer.  Every
text is therefore read once, and compared with the passages found in it; when they no longer fit, the
question is put again to the library as it is now.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rag.errors import LibraryBusy, NotFound
from rag.types import Hit


class LibraryChanged(LibraryBusy):
    """A report was replaced or removed while a question was being answered."""


class Snapshot:
    """Document texts by id, each read once and checked against the passages found.

    Args:
        text_of: the stored text of a document; raises NotFound.
        hits: the passages that the search found.
    """

    def __init__(self, text_of: Callable[[str], str], hits: Sequence[Hit]) -> None:
        self._text_of = text_of
        self._hits = hits
        self._texts: dict[str, str] = {}

    def text(self, document_id: str) -> str:
        """The text.  Raises LibraryChanged when it is not the one that was searched."""
        if document_id not in self._texts:
            self._texts[document_id] = self._read(document_id)
        return self._texts[document_id]

    def _read(self, document_id: str) -> str:
        try:
            text = self._text_of(document_id)
        except NotFound as error:
            raise LibraryChanged(f"{document_id} was removed while it was being read; ask again.") from error
        passages = (h.passage for h in self._hits if h.passage.document_id == document_id)
        if any(text[p.start : p.end] != p.text for p in passages):
            raise LibraryChanged(f"{document_id} was replaced while it was being read; ask again.")
        return text
