"""A memo as PDF, typeset by Typst.  The memo goes in as data, never as markup."""

from __future__ import annotations

import datetime as dt
import json
from functools import lru_cache
from importlib import resources
from typing import Any

from rag.errors import BriefingError, SettingsError
from rag.memo.languages import RIGHT_TO_LEFT
from web.export.notes import worded
from web.export.rich import Block, Heading, Listing, Mark, Page, Paragraph, Rich, Run, plain, right_to_left

FONTS = (
    "Libertinus Serif", "Noto Naskh Arabic", "Amiri", "Noto Sans Arabic", "Arial", "DejaVu Sans", "DejaVu Sans Mono",
)  # fmt: skip
"""In order of wish; Typst carries the first and the last, which has Arabic letters, too."""


def render(page: Page) -> bytes:
    """The file, tagged for screen readers (PDF/UA-1); the same memo gives the same bytes on one machine.

    Raises:
        SettingsError: Typst is not installed.
    """
    typst = typesetter()
    data = json.dumps(_Data(page).whole(), ensure_ascii=False)
    template = resources.files("web.export").joinpath("memo.typ").read_bytes()
    try:
        made: bytes = typst.compile(
            template,
            sys_inputs={"memo": data},
            font_paths=_fonts(),
            pdf_standards=["ua-1"],
            timestamp=_moment(page.created),
        )
    except typst.TypstError as error:
        raise BriefingError(f"The PDF could not be typeset: {error}. Take DOCX or HTML instead.") from error
    return made


def typesetter() -> Any:
    """The Typst library.  Raises SettingsError when it is not installed."""
    try:
        import typst
    except ImportError as error:
        raise SettingsError(
            "PDF needs Typst, which is not installed: pip install typst. "
            "DOCX, HTML and Markdown need nothing more."
        ) from error
    return typst


@lru_cache(maxsize=1)
def _fonts() -> Any:
    return typesetter().Fonts()


def _moment(created: str) -> dt.datetime:
    from web.export.docx import moment

    return moment(created).replace(tzinfo=dt.UTC)


class _Data:
    """The page as JSON values; knows which mark of a note is its first."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._seen: set[int] = set()

    def whole(self) -> dict[str, Any]:
        page = self._page
        there = set(_fonts().families())
        return {
            "title": page.title,
            "language": page.language,
            "rtl": page.language in RIGHT_TO_LEFT,
            "fonts": [f for f in FONTS if f in there],
            "facts": [{"label": k, "value": v} for k, v in page.facts],
            "blocks": [self._block(b) for b in page.blocks],
            "notes": {
                str(n.number): self._text(worded(n), rtl=right_to_left(n.quote + plain(n.source))) for n in page.notes
            },
        }

    def _block(self, block: Block) -> dict[str, Any]:
        if isinstance(block, Heading):
            words = self._text((Run(block.text),))
            return {"kind": "heading", "level": block.level, "new_page": block.new_page, **words}
        if isinstance(block, Paragraph):
            return {"kind": "paragraph", "fine": block.fine, "introduces": block.introduces,
                    **self._text(block.words)}  # fmt: skip
        if isinstance(block, Listing):
            items = [[self._text(p) for p in item] for item in block.items]
            return {"kind": "list", "ordered": block.ordered, "items": items}
        rows = [[self._text(cell) for cell in row] for row in block.rows]
        return {"kind": "table", "columns": list(block.columns), "widths": list(block.widths), "rows": rows,
                "whole": block.small}  # fmt: skip

    def _text(self, words: Rich, *, rtl: bool | None = None) -> dict[str, Any]:
        turned = right_to_left(plain(words)) if rtl is None else rtl
        return {"rtl": turned, "words": [self._word(w) for w in words]}

    def _word(self, item: Run | Mark) -> dict[str, Any]:
        if isinstance(item, Run):
            return {"text": item.text, "style": str(item.style)}
        first = item.number not in self._seen
        self._seen.add(item.number)
        return {"note": str(item.number), "first": first}
