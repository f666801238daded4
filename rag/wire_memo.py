"""Reads a stored or exported memo's JSON back into values; the inverse of :func:`rag.wire.memo_json`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rag.errors import UsageError
from rag.types import (
    AuditRow,
    BalanceRow,
    Citation,
    Confidence,
    Disagreement,
    DocumentInfo,
    Filters,
    KeyJudgement,
    LedgerRow,
    Memo,
    MemoSection,
    Metadata,
    Outline,
    OutlineSection,
    Position,
    SectionRole,
    SourceNote,
    Statement,
    StatementKind,
    Support,
    TimelineRow,
)

Json = Mapping[str, Any]

_DOCUMENT_FIELDS = (
    ["id", "format", "source_path", "sha256", "ingested_at", "pages", "passages", "characters"]
)


def memo_from_json(data: Json) -> Memo:
    """The memo of :func:`rag.wire.memo_json`.

    Raises:
        UsageError: a field of the contract is missing or has another shape.
    """
    try:
        return _memo(data)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UsageError(
            f"This is not a memo as `briefing memo --json` writes it ({type(error).__name__}: {error})."
        ) from error


def outline_from_json(data: Json) -> Outline:
    """An outline as a person edited it; heading or question of a section may be left out, not both.

    Raises:
        UsageError: it is not an outline, or a section has neither heading nor question.
    """
    try:
        sections = tuple(_outline_section(s) for s in data["sections"])
        return Outline(
            task=str(data["task"]),
            title=str(data.get("title") or data["task"]),
            template=str(data.get("template") or ""),
            audience=data.get("audience"),
            sections=sections,
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UsageError(
            "This is not an outline as `briefing memo --outline-only --json` writes it "
            f"({type(error).__name__}: {error})."
        ) from error


def _outline_section(data: Json) -> OutlineSection:
    heading = str(data.get("heading") or "").strip()
    question = str(data.get("question") or "").strip()
    if not heading and not question:
        raise ValueError("a section needs a heading or a question")
    return OutlineSection(
        heading=heading or question,
        question=question or heading,
        role=SectionRole(data.get("role") or "body"),
        words=data.get("words"),
    )


def _memo(data: Json) -> Memo:
    outline = data.get("outline")
    return Memo(
        id=data["id"],
        task=data["task"],
        title=data["title"],
        template=data["template"],
        created_at=data["created_at"],
        as_of=data["as_of"],
        audience=data.get("audience"),
        sections=tuple(_section(s) for s in data["sections"]),
        judgements=tuple(_judgement(j) for j in data.get("key_judgements", ())),
        citations=tuple(_citation(c) for c in data["citations"]),
        sources=tuple(_document(d) for d in data["sources"]),
        disagreements=tuple(_disagreement(d) for d in data["disagreements"]),
        ledger=tuple(LedgerRow(**row) for row in data.get("ledger", ())),
        timeline=tuple(TimelineRow(**row) for row in data.get("timeline", ())),
        gaps=tuple(data["gaps"]),
        source_notes=tuple(_note(n) for n in data.get("source_notes", ())),
        balance=tuple(BalanceRow(**row) for row in data.get("balance", ())),
        audit=tuple(_audit(row) for row in data["audit"]),
        outline=outline_from_json(outline) if outline else None,
        filters=_filters(data.get("filters") or {}),
        writer=data.get("writer", "extractive"),
        words=data.get("words", 0),
        words_limit=data.get("words_limit", 0),
        version=data.get("version", 1),
        parent_id=data.get("parent_id"),
        dropped_statements=data.get("dropped_statements", 0),
        prompt_hash=data.get("prompt_hash"),
        notices=tuple(data.get("notices", ())),
        timings_ms=dict(data.get("timings_ms", {})),
    )


def _statement(data: Json) -> Statement:
    return Statement(
        text=data["text"],
        citations=tuple(data["citations"]),
        kind=StatementKind(data["kind"]),
        support=Support(data["support"]),
        attribution=data.get("attribution"),
        group=data.get("group"),
        problems=tuple(data.get("problems", ())),
    )


def _section(data: Json) -> MemoSection:
    return MemoSection(
        heading=data["heading"],
        statements=tuple(_statement(s) for s in data["statements"]),
        role=SectionRole(data.get("role") or "body"),
        question=data.get("question"),
    )


def _judgement(data: Json) -> KeyJudgement:
    return KeyJudgement(
        statement=_statement(data["statement"]),
        basis=data["basis"],
        confidence=Confidence(data["confidence"]),
        confidence_reason=data["confidence_reason"],
        publishers=tuple(data.get("publishers", ())),
        corroboration=tuple(data.get("corroboration", ())),
        contrary=tuple(data.get("contrary", ())),
    )


def _citation(data: Json) -> Citation:
    fields = {f: data[f] for f in Citation.__dataclass_fields__ if f in data}
    return Citation(**{**fields, "authors": tuple(data["authors"]), "section": tuple(data["section"])})


def _document(data: Json) -> DocumentInfo:
    meta: dict[str, Any] = {f: data.get(f) for f in Metadata.__dataclass_fields__}
    meta["authors"] = tuple(data.get("authors") or ())
    rest: dict[str, Any] = {f: data.get(f) for f in _DOCUMENT_FIELDS}
    return DocumentInfo(metadata=Metadata(**meta), **rest)


def _disagreement(data: Json) -> Disagreement:
    return Disagreement(
        about=data["about"],
        axis=data["axis"],
        positions=tuple(
            Position(
                document_id=p["document_id"], claim=p["claim"], citations=tuple(p["citations"])
            )
            for p in data["positions"]
        ),
    )


def _note(data: Json) -> SourceNote:
    return SourceNote(
        document_id=data["document_id"],
        label=data["label"],
        publisher=data["publisher"],
        kind=data["kind"],
        date=data["date"],
        remarks=tuple(data["remarks"]),
        statements=tuple(_statement(s) for s in data["statements"]),
        share=data["share"],
    )


def _audit(data: Json) -> AuditRow:
    return AuditRow(
        statement=data["statement"],
        citations=tuple(data["citations"]),
        support=Support(data["support"]),
        documents=tuple(data["documents"]),
        kind=StatementKind(data.get("kind", "quoted")),
        section=data.get("section", ""),
        problems=tuple(data.get("problems", ())),
    )


def _filters(data: Json) -> Filters:
    return Filters(
        documents=tuple(data.get("documents") or ()),
        publishers=tuple(data.get("publishers") or ()),
        published_after=data.get("published_after"),
        published_before=data.get("published_before"),
        language=data.get("language"),
    )
