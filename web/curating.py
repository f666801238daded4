"""Corrections of the library as the web makes them: forms to fields, lists of names to what a page shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rag import wire
from rag.errors import BriefingError
from rag.text import fold
from rag.types import AliasGroup, MetadataEdit
from web.deps import Desk, Services
from web.jobs import Job
from web.routes.documents import info, original

SHOWN = 300
"""Most groups of names on one page; the search narrows them."""
ORIGINS = ("own", "reports", "shipped", "related")


def edited_json(desk: Desk, document_id: str) -> dict[str, Any]:
    """One document with what would stand in its edited fields without the edit."""
    edit = desk.curator.edit(document_id)
    found = {name: edit.found.get(name) for name in edit.fields} if edit is not None else {}
    return {**wire.document_json(info(desk, document_id)), "found": found}


def edit(services: Services, document_id: str, changes: dict[str, Any] | None) -> Job | None:
    """Corrects metadata; a new title also has the report read again, for passages are found by it.

    Returns that job; None where none is needed, or where the original is gone.
    """
    before = info(services.desk, document_id).metadata.title
    services.desk.curator.edit_metadata(document_id, changes)
    if info(services.desk, document_id).metadata.title == before:
        return None
    try:
        return read_again(services, document_id)
    except BriefingError:
        return None


def read_again(services: Services, document_id: str) -> Job:
    """Queues a report to be read again from its original.  Raises NotFound when that is gone."""
    path, _ = original(services.desk, document_id)
    return services.jobs.again(path)


def form_fields(desk: Desk, document_id: str) -> list[dict[str, Any]]:
    """The fields of the form, each with its value, and with what was found where it was edited."""
    meta = info(desk, document_id).metadata
    edit: MetadataEdit | None = desk.curator.edit(document_id)
    values = {
        "title": meta.title,
        "authors": "\n".join(meta.authors),
        "publisher": meta.publisher or "",
        "published": meta.published or "",
        "language": meta.language or "",
    }
    fields = []
    for name, value in values.items():
        edited = edit is not None and name in edit.fields
        found = edit.found.get(name) if edit is not None and edited else None
        fields.append(
            {
                "name": name,
                "value": value,
                "edited": edited,
                "found": ", ".join(found) if isinstance(found, list) else found or "",
            }
        )
    return fields


def alias_json(group: AliasGroup) -> dict[str, Any]:
    """A group of names."""
    return {"key": group.key, "names": list(group.names), "origin": group.origin}


def matching(groups: Sequence[AliasGroup], words: str, origin: str = "") -> list[AliasGroup]:
    """The groups in which a name has all the words, of one origin when one is given."""
    wanted = fold(words).text.split()
    return [
        group
        for group in groups
        if (not origin or group.origin == origin)
        and (not wanted or any(all(word in fold(name).text for word in wanted) for name in group.names))
    ]
