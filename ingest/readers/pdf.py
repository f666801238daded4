"""PDF: bytes to blocks, through PDFium.

The steps: pages to runs (:mod:`pdf_text`), repeating furniture out (:mod:`pdf_furniture`), reading
order (:mod:`pdf_layout`), lines (:mod:`pdf_lines`), notes (:mod:`pdf_notes`), blocks
(:mod:`pdf_blocks`, :mod:`pdf_join`), metadata (:mod:`pdf_meta`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ingest.blocks import Block, Parsed
from ingest.readers import pdf_meta, pdf_ocr, pdf_quality
from ingest.readers.pdf_blocks import body_of, groups_of, rank_headings
from ingest.readers.pdf_furniture import drop_furniture
from ingest.readers.pdf_join import to_blocks
from ingest.readers.pdf_layout import regions
from ingest.readers.pdf_lines import Line, attach_initials, lines_of
from ingest.readers.pdf_model import Page
from ingest.readers.pdf_notes import mark_notes, settle_anchors
from ingest.readers.pdf_tables import rows_of
from ingest.readers.pdf_text import read_page
from rag.errors import SourceUnreadable
from rag.types import CleaningAction

if TYPE_CHECKING:
    from ingest.limits import Limits

_LEADERS = re.compile(r"(?:\.{5,}|(?:\. ){5,}|…{3,})[\s.|]*(?:\d{1,4}|[ivxlc]{1,7})?\s*$")


def read_pdf(data: bytes, limits: Limits) -> Parsed:
    """Reads a PDF with a text layer.

    Raises:
        SourceUnreadable: encrypted, damaged, empty, scanned without text, too long, or with a text
            layer that is not language; the last four only where OCR is not installed or does not help.
    """
    pages, info = _pages(data, limits)
    reason, force = _unusable(pages)
    if reason is None:
        return _parsed(pages, info)
    try:
        recognised = pdf_ocr.recognise(data, limits, force=force) if pages[0].images else None
    except pdf_ocr.OcrFailed as error:
        raise SourceUnreadable(f"{reason} {error}") from error
    if recognised is None:
        raise SourceUnreadable(reason)
    pages, info = _pages(recognised, limits)
    still, _ = _unusable(pages)
    if still is not None:
        raise SourceUnreadable(f"{reason} OCR was tried here and did not help.")
    return _parsed(pages, info)


def _pages(data: bytes, limits: Limits) -> tuple[list[Page], dict[str, str]]:
    document = open_pdf(data)
    try:
        count = len(document)
        if count == 0:
            raise SourceUnreadable("has no pages: export it again as PDF.")
        if count > limits.max_pages:
            raise SourceUnreadable(
                f"has {count} pages, more than the {limits.max_pages} allowed: split it, or raise BRIEFING_MAX_PAGES."
            )
        return [_page(document, index) for index in range(count)], pdf_meta.info_of(document)
    finally:
        document.close()


def _unusable(pages: list[Page]) -> tuple[str | None, bool]:
    """Why the text layer cannot be quoted (None: it can), and whether there is a layer to be replaced."""
    reason = pdf_quality.empty_reason(pages)
    if reason is not None:
        return reason, False
    texts = [run.text for page in pages for run in page.runs]
    return pdf_quality.encoding_reason(pages, texts) or pdf_quality.ocr_reason(pages, texts), True


def open_pdf(data: bytes) -> Any:
    """PDFium's document.  Raises SourceUnreadable: empty, damaged, encrypted."""
    import pypdfium2 as pdfium

    if not data.strip(b"\0 \r\n\t"):
        raise SourceUnreadable("is empty: check the file, then ingest again.")
    try:
        document = pdfium.PdfDocument(data)
        len(document)
        return document
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower() or "security" in str(error).lower():
            raise SourceUnreadable("is encrypted; save a copy without a password.") from error
        raise SourceUnreadable(
            "is damaged or not a PDF (PDFium cannot open it): open it in a viewer and save it again."
        ) from error


def _page(document: Any, index: int) -> Page:
    import pypdfium2 as pdfium

    try:
        return read_page(document, index)
    except pdfium.PdfiumError:
        return Page(index + 1, 0.0, 0.0, damaged=True)


def _parsed(pages: list[Page], info: dict[str, str]) -> Parsed:
    warnings = _warnings(pages)
    front = pdf_meta.front_lines(pages)
    cleaning = drop_furniture(pages)
    lines, contents = _without_contents(_lines(pages))
    cleaning += contents
    if not lines:
        raise SourceUnreadable(
            "has no text besides page numbers and running heads: run OCR, for example ocrmypdf, then ingest again."
        )
    body = body_of(lines)
    mark_notes(lines, pages, body)
    groups = groups_of(lines, body)
    metadata = pdf_meta.metadata(info, front, groups, body)
    rank_headings(groups, metadata.title)
    blocks: list[Block] = settle_anchors(to_blocks(groups, body))
    return Parsed(
        blocks=tuple(blocks),
        metadata=metadata,
        format="pdf",
        pages=len(pages),
        cleaning=tuple(cleaning),
        warnings=tuple(warnings),
    )


def _lines(pages: list[Page]) -> list[Line]:
    lines: list[Line] = []
    number = 0
    for page in pages:
        for region in regions(page, attach_initials(page.runs)):
            number += 1
            if region.table:
                lines.extend(rows_of(region, page, number=number))
            else:
                lines.extend(lines_of(region, page=page.number, number=number))
    return [line for line in lines if line.text or line.label]


def _without_contents(lines: list[Line]) -> tuple[list[Line], list[CleaningAction]]:
    """Drops lines of a table of contents: words, dots that lead, a page number."""
    kept = [line for line in lines if not _LEADERS.search(line.text)]
    dropped = [
        CleaningAction(action="dropped", reason="table-of-contents", text=f"page {line.page}: {line.text}"[:300])
        for line in lines
        if _LEADERS.search(line.text)
    ]
    return (kept, dropped) if kept else (lines, [])


def _warnings(pages: list[Page]) -> list[str]:
    warnings: list[str] = []
    bare = [page.number for page in pages if page.characters < 8 and page.images]
    if bare:
        shown = ", ".join(map(str, bare[:10])) + (" …" if len(bare) > 10 else "")
        warnings.append(f"no text layer on page{'s' if len(bare) > 1 else ''} {shown}: not read.")
    damaged = [page.number for page in pages if page.damaged]
    if damaged:
        warnings.append(f"page{'s' if len(damaged) > 1 else ''} {damaged} could not be read.")
    if pdf_quality.is_scan(pages):
        warnings.append(
            "a scan with a text layer made by OCR: quotes carry its misreadings; compare them with the page."
        )
    return warnings
