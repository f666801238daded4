"""Two versions of a memo, claim by claim: new, gone, changed, source updated, kept."""

from __future__ import annotations

from collections.abc import Mapping

from rapidfuzz import fuzz

from rag.types import (
    ChangeKind,
    Citation,
    ClaimChange,
    DocumentInfo,
    Memo,
    MemoComparison,
    Statement,
)

ALIKE = 72.0
"""Lowest token ratio (0-100) at which two statements of one source are versions of one claim."""


def compare(before: Memo, after: Memo, library: Mapping[str, DocumentInfo]) -> MemoComparison:
    """What changed.

    Args:
        library: the documents of today's library by id; a document of ``before`` that is not in it is
            gone.
    """
    old_versions = {s.id: s.sha256 for s in before.sources}
    new_versions = {s.id: s.sha256 for s in after.sources}
    updated = tuple(
        d for d, sha in old_versions.items() if d in library and library[d].sha256 != sha
    )
    removed = tuple(d for d in old_versions if d not in library)
    changes = _changes(before, after, set(updated), set(removed))
    return MemoComparison(
        before_id=before.id,
        after_id=after.id,
        changes=tuple(changes),
        updated=updated,
        added=tuple(d for d in new_versions if d not in old_versions),
        removed=removed,
    )


def _claims(memo: Memo) -> list[tuple[Statement, tuple[str, ...]]]:
    owner: dict[int, Citation] = {c.number: c for c in memo.citations}
    return [
        (s, tuple(dict.fromkeys(owner[n].document_id for n in s.citations)))
        for part in memo.sections
        for s in part.statements
    ]


def _changes(
    before: Memo, after: Memo, updated: set[str], removed: set[str]
) -> list[ClaimChange]:
    old, new = _claims(before), _claims(after)
    pairs = _pairs(old, new)
    taken = {j for _, j in pairs.values()}
    found: list[ClaimChange] = []
    for i, (statement, documents) in enumerate(old):
        if i not in pairs:
            gone = [d for d in documents if d in removed]
            note = f"The source {', '.join(gone)} is no longer in the library." if gone else ""
            found.append(
                ClaimChange(kind=ChangeKind.GONE, before=statement.text, after=None, documents=documents, note=note)
            )
            continue
        ratio, j = pairs[i]
        later, others = new[j]
        touched = [d for d in others if d in updated]
        kind = ChangeKind.KEPT if ratio == 100 else ChangeKind.CHANGED
        note = ""
        if touched:
            note = f"The source {', '.join(touched)} has another version now."
            kind = kind if kind is ChangeKind.CHANGED else ChangeKind.SOURCE_UPDATED
        found.append(
            ClaimChange(kind=kind, before=statement.text, after=later.text, documents=others, note=note)
        )
    for j, (statement, documents) in enumerate(new):
        if j not in taken:
            found.append(
                ClaimChange(kind=ChangeKind.NEW, before=None, after=statement.text, documents=documents)
            )
    return found


def _pairs(
    old: list[tuple[Statement, tuple[str, ...]]], new: list[tuple[Statement, tuple[str, ...]]]
) -> dict[int, tuple[float, int]]:
    """Old claim → (likeness, new claim), the likeliest pairs first, within the same sources."""
    scored = []
    for i, (a, mine) in enumerate(old):
        for j, (b, theirs) in enumerate(new):
            ratio = 100.0 if a.text == b.text else fuzz.token_sort_ratio(a.text, b.text)
            if ratio >= ALIKE and set(mine) & set(theirs):
                scored.append((-ratio, i, j))
    pairs: dict[int, tuple[float, int]] = {}
    taken: set[int] = set()
    for ratio, i, j in sorted(scored):
        if i not in pairs and j not in taken:
            pairs[i] = (-ratio, j)
            taken.add(j)
    return pairs
