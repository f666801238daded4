"""The original page beside the text: which page, its image, the quote's boxes, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote as percent

from rag.errors import LibraryBusy, NotFound, SourceUnreadable
from rag.types import Document
from web.page_images import Located, PageImages, pages_of

PATIENCE = 1.5
"""Seconds that the text waits for its page; a page that takes longer comes by itself."""
State = Literal["found", "elsewhere", "missing", "plain", "waiting", "unavailable"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginalPage:
    """What the panel shows.

    ``state``: the quote is boxed (``found``), stands on another page (``elsewhere``), was not found on its
    page (``missing``), nothing is quoted (``plain``), the page is being drawn (``waiting``), or there is
    no image (``unavailable``: ``reason`` says why).
    """

    number: int
    total: int
    image: str
    state: State
    reason: str = ""
    places: tuple[Located, ...] = ()

    @property
    def here(self) -> Located | None:
        """The quote's place on the page shown."""
        return next((p for p in self.places if p.page == self.number), None)


def image_url(document: Document, number: int) -> str:
    """Address of a page's image; it names the version, so that it may be kept for long."""
    return f"/api/documents/{percent(document.id, safe='')}/pages/{number}.png?v={document.sha256[:12]}"


def original_page(
    images: PageImages, document: Document, mark: tuple[int, int] | None, wanted: int | None = None
) -> OriginalPage | None:
    """The panel for a document opened at a quote, or at the page ``wanted``; None when it has no pages."""
    total = document.pages or 0
    if document.format != "pdf" or total < 1:
        return None
    quoted = pages_of(document, *mark) if mark else []
    number = wanted if wanted is not None and 1 <= wanted <= total else (quoted or [1])[0]
    places: tuple[Located, ...] = ()
    state: State = "plain"
    try:
        if mark and quoted:
            places = tuple(images.locate(document, *mark, wait=PATIENCE))
            number = number if wanted is not None or not places else places[0].page
            state = _state(places, number)
        else:
            images.check(document, number)
    except LibraryBusy:
        state = "waiting"
    except (NotFound, SourceUnreadable) as error:
        return OriginalPage(
            number=number, total=total, image=image_url(document, number), state="unavailable", reason=str(error)
        )
    return OriginalPage(
        number=number, total=total, image=image_url(document, number), state=state, places=places
    )


def _state(places: tuple[Located, ...], number: int) -> State:
    if not any(p.boxes for p in places):
        return "missing"
    return "found" if any(p.page == number for p in places) else "elsewhere"
