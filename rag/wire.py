"""Values to the JSON of the public contract.  One place, so that CLI, HTTP and stores agree."""

from __future__ import annotations

from typing import Any

from rag.types import (
    Answer,
    Citation,
    Disagreement,
    DocumentInfo,
    Hit,
    IngestReport,
    Memo,
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
    """The memo of the contract."""
    return {
        "id": memo.id,
        "task": memo.task,
        "title": memo.title,
        "template": memo.template,
        "created_at": memo.created_at,
        "as_of": memo.as_of,
        "sections": [
            {"heading": s.heading, "statements": [statement_json(x) for x in s.statements]}
            for s in memo.sections
        ],
        "citations": [citation_json(c) for c in memo.citations],
        "sources": [document_json(s) for s in memo.sources],
        "disagreements": [disagreement_json(d) for d in memo.disagreements],
        "gaps": list(memo.gaps),
        "audit": [
            {
                "statement": row.statement,
                "citations": list(row.citations),
                "support": str(row.support),
                "documents": list(row.documents),
            }
            for row in memo.audit
        ],
    }
