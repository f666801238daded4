"""Scores one answer or memo against its gold case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import ir_measures
from ir_measures import RR, nDCG

from eval.cases import GoldQuote, MemoCase, QuestionCase
from eval.matching import BUDGETS, found_in, holds, mentions, within_budget
from rag import text as rt
from rag.support import Evidence, check
from rag.types import Answer, Citation, Document, Hit, Memo, Metadata, Statement, StatementKind

Scores = dict[str, float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What scoring needs of a document."""

    text: str
    metadata: Metadata
    sentences: tuple[tuple[int, int], ...]

    @staticmethod
    def of(document: Document) -> Source:
        """Sentence spans are computed once per document."""
        return Source(
            text=document.text,
            metadata=document.metadata,
            sentences=tuple(rt.sentence_spans(document.text)),
        )


Sources = Mapping[str, Source]

QUESTION_METRICS = (
    "evidence_recall@5", "evidence_recall@10", "mrr@10", "ndcg@10", "fact_recall", "forbidden_rate",
    "citation_recall", "citation_precision", "quote_fidelity", "document_recall",
    "uncited_statements", "unsupported_answers", "answer_words",
)  # fmt: skip
MEMO_METRICS = (
    "memo_coverage", "memo_document_recall", "trap_rate", "citation_recall", "citation_precision",
    "quote_fidelity", "uncited_statements", "unsupported_answers",
)  # fmt: skip


def applies(name: str, case: QuestionCase) -> bool:
    """Whether a metric is about a question at all, whatever the answer."""
    if name in {"evidence_recall@5", "evidence_recall@10", "mrr@10", "ndcg@10"}:
        return case.answerable and bool(case.evidence)
    if name == "fact_recall":
        return bool(case.must_include)
    if name == "forbidden_rate":
        return bool(case.must_not_include)
    if name == "document_recall":
        return case.answerable and bool(case.docs_required or case.docs_any_of)
    return True


def applies_to_memo(name: str, case: MemoCase) -> bool:
    """Whether a metric is about a memo task at all."""
    wanted = {
        "memo_coverage": case.must_cover,
        "memo_document_recall": case.must_cite_docs,
        "trap_rate": case.traps,
    }
    return bool(wanted.get(name, True))


# --------------------------------------------------------------------------- retrieval


def retrieval_scores(case: QuestionCase, hits: Sequence[Hit]) -> Scores:
    """Evidence recall within the budgets, MRR and nDCG over the first ten passages."""
    scores: Scores = {}
    for k, budget in BUDGETS.items():
        passages = within_budget(hits, budget)
        found = sum(found_in(passages, q.doc, q.quote) for q in case.evidence)
        scores[f"evidence_recall@{k}"] = found / len(case.evidence)
    scores["mrr@10"], scores["ndcg@10"] = ranking_scores(case.evidence, hits)
    return scores


def ranking_scores(evidence: Sequence[GoldQuote], hits: Sequence[Hit]) -> tuple[float, float]:
    """``(RR@10, nDCG@10)`` of the ranked passages; a quote found nowhere is a missed relevant one."""
    top = hits[:10]
    relevant: dict[str, int] = {}
    for number, quote in enumerate(evidence):
        holder = next((h.passage.id for h in top if _holds(h, quote)), f"missed:{number}")
        relevant[holder] = 1
    # ir_measures calls the first occurrence of equal scores undefined: ranks make them distinct
    run = [ir_measures.ScoredDoc("q", h.passage.id, float(len(top) - rank)) for rank, h in enumerate(top)]
    qrels = [ir_measures.Qrel("q", doc, gain) for doc, gain in relevant.items()]
    values = ir_measures.calc_aggregate([RR @ 10, nDCG @ 10], qrels, run)
    return float(values[RR @ 10]), float(values[nDCG @ 10])


def _holds(hit: Hit, quote: GoldQuote) -> bool:
    return hit.passage.document_id == quote.doc and holds(hit.passage.text, quote.quote)


# --------------------------------------------------------------------------- answers


def spoken(answer: Answer) -> str:
    """Everything an answer says: text, statements, claims of disagreements, refusal."""
    parts = [answer.answer, *(s.text for s in answer.statements)]
    parts += [p.claim for d in answer.disagreements for p in d.positions]
    if answer.refusal:
        parts += [answer.refusal.reason, *answer.refusal.missing]
    return "\n".join(parts)


def score_answer(case: QuestionCase, answer: Answer, sources: Sources) -> Scores:
    """All metrics of a question; None where a metric is not about it."""
    scores: Scores = dict.fromkeys(QUESTION_METRICS)
    if applies("mrr@10", case):
        scores |= retrieval_scores(case, answer.hits)
    text = spoken(answer)
    if case.must_include:
        found = sum(any(mentions(text, s) for s in group) for group in case.must_include)
        scores["fact_recall"] = found / len(case.must_include)
    if case.must_not_include:
        scores["forbidden_rate"] = float(any(mentions(text, s) for s in case.must_not_include))
    if applies("document_recall", case):
        cited = {c.document_id for c in answer.citations}
        scores["document_recall"] = _document_recall(case, cited)
    if not answer.refused:
        scores |= citation_scores(answer.statements, answer.citations, sources)
        scores["answer_words"] = float(len(answer.answer.split()))
    elif answer.refusal and answer.refusal.nearest:
        scores["quote_fidelity"] = fidelity(answer.refusal.nearest, sources)
    return scores


def _document_recall(case: QuestionCase, cited: set[str]) -> float:
    wanted = [doc in cited for doc in case.docs_required]
    if case.docs_any_of:
        wanted.append(any(doc in cited for doc in case.docs_any_of))
    return sum(wanted) / len(wanted)


def citation_scores(statements: Sequence[Statement], citations: Sequence[Citation], sources: Sources) -> Scores:
    """Recall and precision of citations, fidelity of quotes, uncited and unsupported statements."""
    by_number = {c.number: c for c in citations}
    judged = [judge(s, by_number, sources) for s in statements]
    supported = [j.supported for j in judged]
    useful = [u for j in judged for u in j.useful]
    return {
        "citation_recall": sum(supported) / len(supported) if supported else 0.0,
        "citation_precision": sum(useful) / len(useful) if useful else 0.0,
        "quote_fidelity": fidelity(citations, sources) if citations else None,
        "uncited_statements": float(sum(not s.citations for s in statements)),
        "unsupported_answers": float(not supported or not all(supported)),
    }


def fidelity(citations: Sequence[Citation], sources: Sources) -> float:
    """Share of citations whose quote is the stored text at its offsets."""
    right = [c.document_id in sources and sources[c.document_id].text[c.start : c.end] == c.quote for c in citations]
    return sum(right) / len(right) if right else 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedStatement:
    """The verdict on a statement: whether its citations support it, and which of them are of use."""

    supported: bool
    useful: tuple[bool, ...]
    problems: tuple[str, ...]


def judge(statement: Statement, citations: Mapping[int, Citation], sources: Sources) -> JudgedStatement:
    """Joint support, then each citation alone and left out (ALCE's precision).

    Only quotes that equal the stored text count as evidence: an altered quote supports nothing.
    """
    evidence = [_evidence(citations.get(n), sources) for n in statement.citations]
    real = [e for e in evidence if e is not None]
    joint = check(statement.text, real, attribution=statement.attribution)
    useful = []
    for item in evidence:
        if item is None:
            useful.append(False)
            continue
        alone = check(statement.text, [item], attribution=statement.attribution).supported
        others = [e for e in real if e is not item]
        needed = joint.supported and not (
            others and check(statement.text, others, attribution=statement.attribution).supported
        )
        useful.append(alone or needed)
    return JudgedStatement(supported=joint.supported and bool(real), useful=tuple(useful), problems=joint.problems)


def _evidence(citation: Citation | None, sources: Sources) -> Evidence | None:
    if citation is None or citation.document_id not in sources:
        return None
    source = sources[citation.document_id]
    if source.text[citation.start : citation.end] != citation.quote:
        return None
    return Evidence(
        quote=citation.quote,
        metadata=source.metadata,
        context=_context(source, citation.start, citation.end),
        section=citation.section,
        document_id=citation.document_id,
    )


def _context(source: Source, start: int, end: int) -> str | None:
    """The stored sentences that the quote touches."""
    touched = [(a, b) for a, b in source.sentences if a < end and b > start]
    if not touched:
        return None
    return source.text[min(touched[0][0], start) : max(touched[-1][1], end)]


# --------------------------------------------------------------------------- memos


def score_memo(case: MemoCase, memo: Memo, sources: Sources) -> Scores:
    """All metrics of a memo task."""
    scores: Scores = dict.fromkeys(MEMO_METRICS)
    statements = [s for section in memo.sections for s in section.statements]
    scores |= citation_scores(statements, memo.citations, sources)
    if case.must_cover:
        covered = sum(_covered(p.evidence, memo.citations) for p in case.must_cover)
        scores["memo_coverage"] = covered / len(case.must_cover)
    if case.must_cite_docs:
        cited = {c.document_id for c in memo.citations}
        scores["memo_document_recall"] = sum(d in cited for d in case.must_cite_docs) / len(case.must_cite_docs)
    if case.traps:
        fallen = sum(_asserted(t.claim, statements, memo.citations) for t in case.traps)
        scores["trap_rate"] = fallen / len(case.traps)
    return scores


def _covered(evidence: Sequence[GoldQuote], citations: Sequence[Citation]) -> bool:
    """One of the evidence quotes is in a cited quote, or (mostly) holds one."""
    return any(
        c.document_id == q.doc and (holds(c.quote, q.quote) or _inside(c.quote, q.quote))
        for q in evidence
        for c in citations
    )


def _inside(cited: str, gold: str) -> bool:
    """A cited quote that is at least half of the gold quote."""
    return 2 * len(cited) >= len(gold) and holds(gold, cited)


def _asserted(claim: str, statements: Sequence[Statement], citations: Sequence[Citation]) -> bool:
    """Whether a statement, taken as evidence, supports the claim.

    Of a quoted statement the quotes are taken: the date in its frame is no fact of the claim.
    """
    by_number = {c.number: c.quote for c in citations}
    for statement in statements:
        told = [statement.text]
        if statement.kind is StatementKind.QUOTED:
            told = [by_number[n] for n in statement.citations if n in by_number]
        if check(claim, [Evidence(quote=t) for t in told], attribution="memo").supported:
            return True
    return False
