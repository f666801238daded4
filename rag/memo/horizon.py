"""As-of: which documents a memo may use, and what it says about those it may not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.errors import UsageError
from rag.labels import frame_label, readable_date, source_name
from rag.memo.dates import last_day
from rag.types import DocumentInfo, Filters

_DATE = re.compile(r"(?:19|20)\d{2}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Horizon:
    """The documents that count: ``filters`` name them; ``notices`` say what was left out and why.

    ``nothing`` says why no document is left (empty when some are).
    """

    as_of: str | None
    filters: Filters
    notices: tuple[str, ...] = ()
    nothing: str = ""


def horizon(documents: Sequence[DocumentInfo], filters: Filters, as_of: str | None) -> Horizon:
    """Keeps what was certainly published by ``as_of`` (its last day, when only a month or year is given).

    A document counts only when the last day its own date may mean is not later, so ``2024`` does not
    pass ``2024-06``; a document without a date cannot be shown to have been out, and is left out.

    Raises:
        UsageError: ``as_of`` is not a date.
    """
    if as_of is None:
        nothing = "" if documents else _empty(filters)
        return Horizon(as_of=None, filters=filters, nothing=nothing)
    try:
        limit = last_day(as_of) if _DATE.match(as_of) else None
    except ValueError:
        limit = None
    if limit is None:
        raise UsageError(f"{as_of!r} is not a date: write 2024, 2024-10 or 2024-10-05.")
    kept: list[DocumentInfo] = []
    undated: list[DocumentInfo] = []
    later: list[DocumentInfo] = []
    for info in documents:
        published = info.metadata.published
        if not published:
            undated.append(info)
        elif last_day(published) <= limit:
            kept.append(info)
        else:
            later.append(info)
    when = readable_date(as_of)
    notices = [f"Only what was published by {when} was used: {_listed(kept)}."]
    if undated:
        notices.append(f"Left out because they bear no date: {_listed(undated)}.")
    if later:
        notices.append(f"Left out because they were, or may have been, published later: {_listed(later)}.")
    nothing = "" if kept else (
        f"No document is known to have been published by {when}. "
        + (f"Undated: {_listed(undated)}. " if undated else "")
        + (f"Later: {_listed(later)}. " if later else "")
        + "Choose a later date, or give the documents a date in a sidecar file."
    )
    allowed = replace(filters, documents=tuple(d.id for d in kept))
    return Horizon(as_of=as_of, filters=allowed, notices=tuple(notices), nothing=nothing)


def _empty(filters: Filters) -> str:
    if filters.empty:
        return "The library is empty: ingest reports first, with `briefing ingest FOLDER`."
    return "No document passes the filters; loosen them and try again."


def _listed(documents: Sequence[DocumentInfo]) -> str:
    """The sources as the memo names them everywhere."""
    names = (frame_label(d.metadata) if d.metadata.published else source_name(d.metadata) for d in documents)
    return "; ".join(dict.fromkeys(names)) or "none"
