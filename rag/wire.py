"""Values to the JSON of the public contract.  One place, so that CLI, HTTP and stores agree."""

from __future__ import annotations

import dataclasses
from typing import Any

from rag.types import (
    Answer,
    Citation,
    Disagreement,
    DocumentInfo,
    Filters,
    Hit,
    IngestReport,
    Memo,
    MemoComparison,
    Outline,
    Refusal,
    SearchResult,
    Statement,
)

Json = dict[str, Any]


def document_json(info: DocumentInfo) -> Json:
    """One row of ``briefing documents`` and ``GET /api/documents``."""
    meta = info.metadata
    return {
        "id": info.id,
        "title": meta.title,
        "authors": list(meta.authors),
        "role": meta.role,
        "publisher": meta.publisher,
        "series": meta.series,
        "published": meta.published,
        "published_note": meta.published_note,
        "language": meta.language,
        "translator": meta.translator,
        "licence": meta.licence,
        "url": meta.url,
        "note": meta.note,
        "format": info.format,
        "pages": info.pages,
        "passages": info.passages,
        "characters": info.characters,
        "source_path": info.source_path,
        "sha256": info.sha256,
        "ingested_at": info.ingested_at,
        "edited": list(info.edited),
    }


def hit_json(hit: Hit) -> Json:
    """A ranked passage."""
    p, meta = hit.passage, hit.document.metadata
    return {
        "id": p.id,
        "document_id": p.document_id,
        "title": meta.title,
        "authors": list(meta.authors),
        "publisher": meta.publisher,
        "published": meta.published,
        "section": list(p.section),
        "page": p.page,
        "kind": str(p.kind),
        "text": p.text,
        "start": p.start,
        "end": p.end,
        "score": round(hit.score, 6),
    }


def citation_json(citation: Citation) -> Json:
    """A numbered quote."""
    return {
        "number": citation.number,
        "id": citation.id,
        "document_id": citation.document_id,
        "title": citation.title,
        "authors": list(citation.authors),
        "publisher": citation.publisher,
        "published": citation.published,
        "section": list(citation.section),
        "page": citation.page,
        "passage_id": citation.passage_id,
        "quote": citation.quote,
        "start": citation.start,
        "end": citation.end,
        "url": citation.url,
        "document_sha256": citation.document_sha256,
    }


def statement_json(statement: Statement) -> Json:
    """A sentence with the numbers of its citations."""
    return {
        "text": statement.text,
        "citations": list(statement.citations),
        "kind": str(statement.kind),
        "support": str(statement.support),
        "attribution": statement.attribution,
        "group": statement.group,
        "listed": statement.listed,
        "problems": list(statement.problems),
    }


def disagreement_json(item: Disagreement) -> Json:
    """Where reports differ."""
    return {
        "about": item.about,
        "axis": item.axis,
        "positions": [
            {"document_id": p.document_id, "claim": p.claim, "citations": list(p.citations)}
            for p in item.positions
        ],
    }


def refusal_json(refusal: Refusal | None) -> Json | None:
    """Why there is no answer."""
    if refusal is None:
        return None
    return {
        "reason": refusal.reason,
        "missing": list(refusal.missing),
        "nearest": [citation_json(c) for c in refusal.nearest],
    }


def answer_json(answer: Answer) -> Json:
    """The answer as ``ask --json`` and ``POST /api/ask`` give it."""
    return {
        "id": answer.id,
        "conversation_id": answer.conversation_id,
        "question": answer.question,
        "standalone_question": answer.standalone_question,
        "refused": answer.refused,
        "refusal": refusal_json(answer.refusal),
        "answer": answer.answer,
        "statements": [statement_json(s) for s in answer.statements],
        "citations": [citation_json(c) for c in answer.citations],
        "disagreements": [disagreement_json(d) for d in answer.disagreements],
        "passages": [hit_json(h) for h in answer.hits],
        "writer": answer.writer,
        "notices": list(answer.notices),
        "dropped_statements": answer.dropped_statements,
        "prompt_hash": answer.prompt_hash,
        "timings_ms": {k: round(v, 2) for k, v in answer.timings_ms.items()},
    }


def search_json(result: SearchResult) -> Json:
    """``search --json``."""
    return {
        "query": result.query,
        "passages": [hit_json(h) for h in result.hits],
        "notices": list(result.notices),
    }


def ingest_json(report: IngestReport) -> Json:
    """``ingest --json``."""
    return {
        "added": list(report.added),
        "updated": list(report.updated),
        "unchanged": list(report.unchanged),
        "removed": list(report.removed),
        "failed": [{"path": f.path, "reason": f.reason} for f in report.failed],
        "warnings": list(report.warnings),
        "passages": report.passages,
        "seconds": round(report.seconds, 3),
    }


def memo_json(memo: Memo) -> Json:
    """The memo of the contract, and what else it carries; :mod:`rag.wire_memo` reads it back."""
    return {
        "id": memo.id,
        "task": memo.task,
        "title": memo.title,
        "template": memo.template,
        "created_at": memo.created_at,
        "as_of": memo.as_of,
        "audience": memo.audience,
        "sections": [
            {
                "heading": s.heading,
                "role": str(s.role),
                "question": s.question,
                "statements": [statement_json(x) for x in s.statements],
            }
            for s in memo.sections
        ],
        "key_judgements": [
            {
                "statement": statement_json(j.statement),
                "basis": j.basis,
                "confidence": str(j.confidence),
                "confidence_reason": j.confidence_reason,
                "publishers": list(j.publishers),
                "corroboration": list(j.corroboration),
                "contrary": list(j.contrary),
            }
            for j in memo.judgements
        ],
        "citations": [citation_json(c) for c in memo.citations],
        "sources": [document_json(s) for s in memo.sources],
        "document_versions": {s.id: s.sha256 for s in memo.sources},
        "disagreements": [disagreement_json(d) for d in memo.disagreements],
        "ledger": [dataclasses.asdict(row) for row in memo.ledger],
        "timeline": [dataclasses.asdict(row) for row in memo.timeline],
        "gaps": list(memo.gaps),
        "source_notes": [
            {
                "document_id": n.document_id,
                "label": n.label,
                "publisher": n.publisher,
                "kind": n.kind,
                "date": n.date,
                "remarks": list(n.remarks),
                "statements": [statement_json(x) for x in n.statements],
                "share": round(n.share, 4),
            }
            for n in memo.source_notes
        ],
        "balance": [
            {"publisher": b.publisher, "citations": b.citations, "share": round(b.share, 4)}
            for b in memo.balance
        ],
        "audit": [
            {
                "statement": row.statement,
                "citations": list(row.citations),
                "support": str(row.support),
                "documents": list(row.documents),
                "kind": str(row.kind),
                "section": row.section,
                "problems": list(row.problems),
            }
            for row in memo.audit
        ],
        "outline": outline_json(memo.outline) if memo.outline else None,
        "filters": filters_json(memo.filters),
        "writer": memo.writer,
        "words": memo.words,
        "words_limit": memo.words_limit,
        "version": memo.version,
        "parent_id": memo.parent_id,
        "dropped_statements": memo.dropped_statements,
        "prompt_hash": memo.prompt_hash,
        "notices": list(memo.notices),
        "timings_ms": {k: round(v, 2) for k, v in memo.timings_ms.items()},
    }


def filters_json(filters: Filters) -> Json:
    """Filters as HTTP takes them."""
    return {
        "documents": list(filters.documents),
        "publishers": list(filters.publishers),
        "published_after": filters.published_after,
        "published_before": filters.published_before,
        "language": filters.language,
    }


def outline_json(outline: Outline) -> Json:
    """A memo's outline, as a person may edit it."""
    return {
        "task": outline.task,
        "title": outline.title,
        "template": outline.template,
        "audience": outline.audience,
        "sections": [
            {"heading": s.heading, "question": s.question, "role": str(s.role), "words": s.words}
            for s in outline.sections
        ],
    }


def comparison_json(comparison: MemoComparison) -> Json:
    """Two versions of a memo, claim by claim."""
    return {
        "before": comparison.before_id,
        "after": comparison.after_id,
        "updated": list(comparison.updated),
        "added": list(comparison.added),
        "removed": list(comparison.removed),
        "changes": [
            {
                "kind": str(c.kind),
                "before": c.before,
                "after": c.after,
                "documents": list(c.documents),
                "note": c.note,
            }
            for c in comparison.changes
        ],
    }
