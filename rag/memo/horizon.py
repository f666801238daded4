"""As-of: which documents a memo may use, and what it says about those it may not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.errors import UsageError
from rag.labels import frame_label, readable_date, source_name
from rag.memo.dates import last_day
from rag.memo.languages import listed, say
from rag.types import DocumentInfo, Filters

_DATE = re.compile(r"(?:19|20)\d{2}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Horizon:
    """The documents that count: ``filters`` name them; ``notices`` say what was used, and what ``left_out`` and why.

    ``nothing`` says why no document is left (empty when some are).
    """

    as_of: str | None
    filters: Filters
    notices: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    nothing: str = ""


def horizon(documents: Sequence[DocumentInfo], filters: Filters, as_of: str | None, language: str = "en") -> Horizon:
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
    notices = [
        say("Only what was published by {date} was used: {names}.", language, date=when, names=_listed(kept, language))
    ]
    left_out = []
    if undated:
        left_out.append(say("Left out because they bear no date: {names}.", language, names=_listed(undated, language)))
    if later:
        text = "Left out because they were, or may have been, published later: {names}."
        left_out.append(say(text, language, names=_listed(later, language)))
    nothing = "" if kept else (
        f"No document is known to have been published by {when}. "
        + (f"Undated: {_listed(undated)}. " if undated else "")
        + (f"Later: {_listed(later)}. " if later else "")
        + "Choose a later date, or give the documents a date in a sidecar file."
    )
    allowed = replace(filters, documents=tuple(d.id for d in kept))
    said = (*notices, *left_out)
    return Horizon(as_of=as_of, filters=allowed, notices=said, left_out=tuple(left_out), nothing=nothing)


def _empty(filters: Filters) -> str:
    if filters.empty:
        return "The library is empty: ingest reports first, with `briefing ingest FOLDER`."
    return "No document passes the filters; loosen them and try again."


def _listed(documents: Sequence[DocumentInfo], language: str = "en") -> str:
    """The sources as the memo names them everywhere."""
    names = (frame_label(d.metadata) if d.metadata.published else source_name(d.metadata) for d in documents)
    return listed(dict.fromkeys(names), language) or say("none", language)
