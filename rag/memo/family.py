"""The versions of one memo: how they are numbered, and what is left of the documents that it was confined to."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from rag.errors import UsageError
from rag.memo.languages import language_of, say
from rag.ports import MemoStore
from rag.types import Filters, Memo

GONE = "The memo was confined to documents that are no longer in the library: {names}."


class NoEvidence(UsageError):
    """The library has nothing to write this memo from; says what is missing and what is nearest."""


def next_version(store: MemoStore, memo_id: str, owner: str) -> int:
    """The number of a memo's next version: above all that its family has, whichever of them it is made from.

    Raises:
        NotFound: there is no such memo.
    """
    return 1 + max(int(row["version"]) for row in store.versions(memo_id, owner=owner))


def still_there(memo: Memo, known: Collection[str]) -> tuple[Filters, tuple[str, ...]]:
    """A memo's filters without documents that were removed since, and what to say of these.

    Raises:
        NoEvidence: all of them were removed.
    """
    gone = [d for d in memo.filters.documents if d not in known]
    if not gone:
        return memo.filters, ()
    left = tuple(d for d in memo.filters.documents if d in known)
    said = say(GONE, language_of(memo.task), names=", ".join(gone))
    if not left:
        raise NoEvidence(f"{said} Nothing is left to write it from: write it anew without this limit.")
    return replace(memo.filters, documents=left), (said,)
