"""Filters as a page knows them: the same names in the address, in the form and on the chips."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar
from urllib.parse import urlencode

from fastapi import Depends, Form, Query
from pydantic import BaseModel, ValidationError

from rag.errors import UsageError
from rag.labels import source_name
from rag.types import DocumentInfo, Filters
from web.errors import sentence
from web.i18n import gettext, readable_date
from web.schemas import FilterBody

Body = TypeVar("Body", bound=BaseModel)


def validated(model: type[Body], **values: Any) -> Body:
    """The body of the API out of a posted form.  Raises UsageError, in a sentence."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise UsageError(sentence([{**e, "loc": ("form", *e["loc"])} for e in error.errors()])) from error


@dataclass(frozen=True, slots=True)
class FilterState:
    """What is chosen, as strings, ready for a form or an address."""

    documents: tuple[str, ...] = ()
    publishers: tuple[str, ...] = ()
    published_after: str = ""
    published_before: str = ""
    language: str = ""

    def to_filters(self) -> Filters:
        """The value the core speaks.  Raises UsageError, in a sentence."""
        body = validated(
            FilterBody,
            documents=list(self.documents),
            publishers=list(self.publishers),
            published_after=self.published_after,
            published_before=self.published_before,
            language=self.language,
        )
        return body.to_filters()

    def query(self) -> str:
        """The same as a query string, with its question mark; empty when nothing is chosen."""
        pairs = [("document", d) for d in self.documents] + [("publisher", p) for p in self.publishers]
        for name in ("published_after", "published_before", "language"):
            if getattr(self, name):
                pairs.append((name, getattr(self, name)))
        return f"?{urlencode(pairs)}" if pairs else ""


def from_query(
    document: Annotated[list[str] | None, Query()] = None,
    publisher: Annotated[list[str] | None, Query()] = None,
    published_after: str = "",
    published_before: str = "",
    language: str = "",
) -> FilterState:
    """Filters out of an address."""
    return FilterState(
        tuple(document or ()), tuple(publisher or ()), published_after, published_before, language
    )


def from_form(
    document: Annotated[list[str] | None, Form()] = None,
    publisher: Annotated[list[str] | None, Form()] = None,
    published_after: Annotated[str, Form()] = "",
    published_before: Annotated[str, Form()] = "",
    language: Annotated[str, Form()] = "",
) -> FilterState:
    """Filters out of a posted form."""
    return from_query(document, publisher, published_after, published_before, language)


QueryFilters = Annotated[FilterState, Depends(from_query)]
FormFilters = Annotated[FilterState, Depends(from_form)]


def choices(documents: Sequence[DocumentInfo], state: FilterState) -> dict[str, Any]:
    """What the filter form offers, and the chips of what is chosen."""
    names = {d.id: source_name(d.metadata) for d in documents}
    offered = [
        {
            "id": d.id,
            "title": d.metadata.title,
            "source": names[d.id],
            "date": readable_date(d.metadata.published) or gettext("undated"),
        }
        for d in sorted(documents, key=lambda d: (names[d.id].casefold(), d.metadata.title.casefold()))
    ]
    publishers = sorted({d.metadata.publisher for d in documents if d.metadata.publisher})
    languages = sorted({d.metadata.language for d in documents if d.metadata.language})
    return {"documents": offered, "publishers": publishers, "languages": languages, "state": state}
