"""Which formats there are, and how a memo becomes a file or a response."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from rag.errors import UsageError
from rag.types import Memo

if TYPE_CHECKING:
    from fastapi import Response


@dataclass(frozen=True, slots=True)
class Format:
    """A file format: suffix with its dot, media type, and what makes the bytes."""

    suffix: str
    media_type: str
    render: Callable[[Memo], bytes]


def _markdown(memo: Memo) -> bytes:
    from web.export import markdown
    from web.export.layout import layout

    return markdown.render(layout(memo))


def _own(memo: Memo, body: str) -> bytes:
    from web.export import markdown
    from web.export.layout import layout

    return markdown.with_notes(body, layout(memo))


def _html(memo: Memo) -> bytes:
    from web.export import html
    from web.export.layout import layout

    return html.render(layout(memo))


def _docx(memo: Memo) -> bytes:
    from web.export import docx
    from web.export.layout import layout

    return docx.render(layout(memo))


def _pdf(memo: Memo) -> bytes:
    from web.export import pdf
    from web.export.layout import layout

    return pdf.render(layout(memo))


def _json(memo: Memo) -> bytes:
    from rag.wire import memo_json

    return (json.dumps(memo_json(memo), ensure_ascii=False, indent=2) + "\n").encode()


def _csl(memo: Memo) -> bytes:
    from web.export.bibliography import csl_json

    return csl_json(memo.sources).encode()


def _bib(memo: Memo) -> bytes:
    from web.export.bibliography import bibtex

    return bibtex(memo.sources).encode()


FORMATS: dict[str, Format] = {
    "md": Format(".md", "text/markdown; charset=utf-8", _markdown),
    "html": Format(".html", "text/html; charset=utf-8", _html),
    "docx": Format(
        ".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", _docx
    ),
    "pdf": Format(".pdf", "application/pdf", _pdf),
    "json": Format(".json", "application/json", _json),
    "csl": Format(".csl.json", "application/vnd.citationstyles.csl+json", _csl),
    "bib": Format(".bib", "application/x-bibtex; charset=utf-8", _bib),
}
_OTHER_SUFFIXES = {".markdown": "md", ".htm": "html"}


def export(memo: Memo, format: str, target: Path | None = None, *, body: str | None = None) -> bytes:
    """The memo in a format (``md``, ``html``, ``docx``, ``pdf``, ``json``, ``csl``, ``bib``).

    Written to ``target`` as well, when one is given.

    Args:
        body: Markdown of a template of the user's own; it takes the place of the house's layout in
            ``md``, with the house's notes, so that ``briefing verify`` reads them.

    Raises:
        UsageError: unknown format, or the file cannot be written.
        SettingsError: PDF without the extra ``pdf``.
    """
    if format not in FORMATS:
        raise UsageError(f"There is no memo format {format!r}. Formats: {', '.join(FORMATS)}.")
    data = _own(memo, body) if body is not None and format == "md" else FORMATS[format].render(memo)
    if target is not None:
        try:
            target.write_bytes(data)
        except OSError as error:
            raise UsageError(f"{str(target)!r} cannot be written: {error.strerror}.") from error
    return data


def require(format: str) -> None:
    """Fails before the work is done when a format cannot be made here.  Raises SettingsError."""
    if format == "pdf":
        from web.export.pdf import typesetter

        typesetter()


def format_of(path: Path) -> str:
    """The format that a file name asks for.  Raises UsageError."""
    name = path.name.lower()
    endings = {f.suffix: n for n, f in FORMATS.items()} | _OTHER_SUFFIXES
    for suffix in sorted(endings, key=len, reverse=True):
        if name.endswith(suffix):
            return endings[suffix]
    known = ", ".join(f.suffix for f in FORMATS.values())
    raise UsageError(f"{path.name}: memos are written as {known}, not as {path.suffix or 'a file without a suffix'}.")


def export_response(memo: Memo, format: str, *, body: str | None = None) -> Response:
    """The export as a download.  Raises as :func:`export` does."""
    from fastapi import Response

    data = export(memo, format, body=body)
    name = filename(memo, format)
    plain = name.encode("ascii", "ignore").decode() or f"memo{FORMATS[format].suffix}"
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"
    return Response(
        data,
        media_type=FORMATS[format].media_type,
        headers={"Content-Disposition": disposition, "X-Content-Type-Options": "nosniff"},
    )


def filename(memo: Memo, format: str) -> str:
    """A name from the memo's title: words, joined by hyphens, at most sixty characters."""
    slug = re.sub(r"[\W_]+", "-", memo.title).strip("-").lower()[:60].strip("-")
    version = f"-v{memo.version}" if memo.version > 1 else ""
    return f"{slug or 'memo'}{version}{FORMATS[format].suffix}"
