"""``/api/documents/{id}/pages``: pages of PDFs as images, and where a quote stands on them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Response

from rag.errors import UsageError
from web.deps import DeskDep, ServicesDep
from web.original_page import image_url
from web.reading import valid_span
from web.routes.documents import info
from web.schemas import PlacesReply, Problem

PROBLEMS: dict[int | str, dict[str, Any]] = {
    404: {"model": Problem, "description": "No such document or page, or its original is gone"},
    409: {"model": Problem, "description": "Too many pages are being drawn just now"},
    422: {"model": Problem, "description": "The page cannot be drawn, or the request is not valid"},
}
router = APIRouter(prefix="/api/documents/{document_id}/pages", tags=["library"], responses=PROBLEMS)


@router.get(
    "/{number}.png",
    response_class=Response,
    responses={
        200: {"content": {"image/png": {"schema": {"type": "string", "format": "binary"}}}},
        304: {"description": "The image is the one that the client has"},
    },
)
def image(
    document_id: str,
    number: int,
    services: ServicesDep,
    v: Annotated[str, Query(description="Version of the source; makes the reply cacheable for long.")] = "",
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """One page of the original PDF, 1,200 pixels across."""
    document = info(services.desk, document_id)
    tag = f'"{services.pages.tag(document, number)}"'
    named = bool(v) and document.sha256.startswith(v)
    headers = {
        "etag": tag,
        "cache-control": "private, max-age=31536000, immutable" if named else "private, no-cache",
        "content-security-policy": "default-src 'none'; sandbox",
    }
    if if_none_match is not None and tag in [t.strip() for t in if_none_match.split(",")]:
        return Response(status_code=304, headers=headers)
    view = services.pages.page(document, number)
    return Response(view.png, media_type="image/png", headers=headers)


@router.get("", response_model=PlacesReply)
def places(
    document_id: str,
    desk: DeskDep,
    services: ServicesDep,
    start: Annotated[int, Query(ge=0, description="Where the quote begins in the document text.")],
    end: Annotated[int, Query(ge=1, description="Where it ends.")],
) -> dict[str, Any]:
    """Where a quote stands on its printed pages: boxes in pixels of the images."""
    document = desk.document(document_id)
    span = valid_span(document, start, end)
    if span is None:
        raise UsageError(f"{start} to {end} is no place in the text, which has {len(document.text)} characters.")
    found = services.pages.locate(document, *span)
    return {
        "found": any(place.boxes for place in found),
        "pages": [{**asdict(place), "image": image_url(document, place.page)} for place in found],
    }
