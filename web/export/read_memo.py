"""Reads an exported memo back as a memo, as far as the rules of analysis look at it: Markdown, DOCX, JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Protocol

from rag.errors import SourceUnreadable, UsageError
from rag.memo.languages import language_of, say
from rag.memo.notes import balance
from rag.memo.template import Template
from rag.types import Citation, DocumentInfo, Memo, MemoSection, SectionRole, Statement, StatementKind, Support
from web.export.read_back import Line, lines_of, read_citations

_COLOPHON = re.compile(
    r"\b(?:Memo|Mémo|مذكرة) (?P<id>\w+)[,،] (?:version|النسخة) (?P<version>\d+)[,،] (?:template|modèle|القالب) "
    r"(?P<template>[\w-]+)\b"
)
_FRAMED = re.compile(r"^[^“]{3,120}: “")
_DOUBT = re.compile(r"\s*\[Not verified: (?P<why>[^\]]*)\]\s*$")
_APPENDED = (
    "Where the sources disagree", "Figures", "Timeline", "What the reports do not say", "Source notes",
    "Table of sources", "Bibliography", "Annex: audit of the statements", "Annex: words of likelihood and confidence",
    "Notes",
)  # fmt: skip
_GAPS = "What the reports do not say"


class Templates(Protocol):
    """What is asked of the memo maker."""

    def templates(self) -> list[str]:
        """Their names."""

    def template(self, name: str) -> Template:
        """The one of that name."""


@dataclass(slots=True)
class _Part:
    heading: str
    lines: list[Line]


def read_memo(path: Path, documents: Sequence[DocumentInfo], templates: Templates) -> Memo:
    """The memo of an exported file: task, sections, statements with their citations, balance.

    Of what the rules do not look at (figures, timeline) nothing is read from ``.md`` and ``.docx``.

    Raises:
        UsageError: the file cannot be read, or is no memo.
    """
    if path.suffix.lower() == ".json":
        return _from_json(path)
    filed = read_citations(path)
    try:
        lines = list(lines_of(path))
    except SourceUnreadable as error:
        raise UsageError(f"{path.name} {error}") from error
    known = {d.id: d for d in documents}
    citations = tuple(
        _citation(c.number, c.document_id, c.quote, c.start, c.end, known.get(c.document_id))
        for c in filed
        if c.document_id
    )
    said = " ".join(line.text for line in lines if "template" in line.text)
    colophon = _COLOPHON.search(said)
    task = _task(lines)
    language = language_of(task)
    name = colophon["template"] if colophon else ""
    template = templates.template(name) if name in templates.templates() else None
    parts = _parts(lines)
    ends = {say(h, language) for h in _APPENDED}
    sections = tuple(
        _section(part, template, language) for part in parts if part.heading not in ends and part.lines
    )
    cited = {c.document_id for c in citations}
    return Memo(
        id=colophon["id"] if colophon else path.stem,
        task=task,
        title=next((line.text for line in lines if line.kind == "title"), path.stem),
        template=name,
        created_at="",
        as_of=None,
        disagreements=(),
        audit=(),
        sections=tuple(s for s in sections if s.statements),
        citations=citations,
        sources=tuple(d for d in documents if d.id in cited),
        gaps=tuple(x.text for p in parts if p.heading == say(_GAPS, language) for x in p.lines),
        balance=balance(citations, [d for d in documents if d.id in cited]),
        words_limit=template.front.words if template else 0,
    )


def _from_json(path: Path) -> Memo:
    from rag.wire_memo import memo_from_json

    try:
        return memo_from_json(json.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise UsageError(f"{str(path)!r} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise UsageError(f"{str(path)!r} is not JSON: {error}.") from error


def _task(lines: Sequence[Line]) -> str:
    """The task, which stands among the facts before the first heading."""
    head = " ".join(line.text for line in takewhile(lambda x: x.kind != "heading", lines))
    for language in ("en", "fr", "ar"):
        found = re.search(rf"{say('Task', language)}:\s*(.+?)(?:\s+{say('Evidence', language)}:|$)", head)
        if found:
            return found[1]
    return ""


def _parts(lines: Sequence[Line]) -> list[_Part]:
    parts: list[_Part] = []
    for line in lines:
        if line.kind == "heading":
            parts.append(_Part(line.text, []))
        elif parts and line.kind in ("item", "text"):
            parts[-1].lines.append(line)
    return parts


def _section(part: _Part, template: Template | None, language: str) -> MemoSection:
    role = SectionRole.BODY
    if template is not None:
        named = {say(template.heading(r), language): r for r in template.front.headings}
        role = named.get(part.heading, SectionRole.BODY)
    asides = tuple(say(w, language) for w in ("Basis:", "Confidence:"))
    statements = tuple(_statement(line) for line in part.lines if not line.text.startswith(asides))
    return MemoSection(heading=part.heading, statements=statements, role=role)


def _statement(line: Line) -> Statement:
    doubt = _DOUBT.search(line.text)
    text = line.text[: doubt.start()] if doubt else line.text
    return Statement(
        text=text,
        citations=line.numbers,
        kind=StatementKind.QUOTED if _FRAMED.match(text) else StatementKind.WRITTEN,
        support=Support.FLAGGED if doubt else Support.VERIFIED,
        problems=(doubt["why"],) if doubt else (),
    )


def _citation(
    number: int, document_id: str, quote: str, start: int, end: int, info: DocumentInfo | None
) -> Citation:
    meta = info.metadata if info else None
    return Citation(
        number=number, id=f"{document_id}:{start}-{end}", document_id=document_id,
        title=meta.title if meta else document_id, authors=meta.authors if meta else (),
        publisher=meta.publisher if meta else None, published=meta.published if meta else None,
        section=(), page=None, passage_id="", quote=quote, start=start, end=end, url="",
    )  # fmt: skip
