"""Which stage a failed case is to be blamed on: parse, retrieve, rank, write, cite or refuse."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from eval.cases import GoldQuote, QuestionCase
from eval.matching import BUDGETS, found_in, holds, within_budget
from eval.score import Scores, Sources
from rag.types import Answer, Hit

DEPTH = 50
"""How deep the search is asked again for evidence that the answer's passages do not hold."""
STAGES = ("parse", "retrieve", "rank", "write", "cite", "refuse")

Search = Callable[[str, int], Sequence[Hit]]


def stage_of(quote: GoldQuote, answer: Answer, sources: Sources, search: Search) -> str | None:
    """How far a piece of evidence came; None when the answer quotes it.

    ``parse``: the stored text does not hold it.  ``retrieve``: no passage of the best 50 holds it.
    ``rank``: one does, beyond the passages (12,000 characters) that count.  ``write``: the writer had
    it and quoted something else.
    """
    if quote.doc not in sources or not holds(sources[quote.doc].text, quote.quote):
        return "parse"
    for citation in answer.citations:
        if citation.document_id == quote.doc and (
            holds(citation.quote, quote.quote) or _half(citation.quote, quote.quote)
        ):
            return None
    if found_in(within_budget(answer.hits, BUDGETS[10]), quote.doc, quote.quote):
        return "write"
    deep = [*answer.hits, *search(answer.standalone_question, DEPTH)]
    if any(h.passage.document_id == quote.doc and holds(h.passage.text, quote.quote) for h in deep):
        return "rank"
    return "retrieve"


def _half(cited: str, gold: str) -> bool:
    return 2 * len(cited) >= len(gold) and holds(gold, cited)


def blame(case: QuestionCase, answer: Answer, scores: Scores, stages: Sequence[str | None]) -> str | None:
    """The stage a case failed at, None when nothing failed.

    A missing fact or document is put down to the earliest stage that lost evidence; when all evidence
    was quoted, to the writer.  A refusal of an answerable question is the fault of ``refuse`` only when
    its evidence was there.
    """
    if not case.answerable:
        return None if answer.refused else "refuse"
    lost = [s for s in stages if s is not None]
    earliest = min(lost, key=STAGES.index) if lost else None
    if answer.refused:
        return earliest if earliest in {"parse", "retrieve", "rank"} else "refuse"
    if _below(scores, "fact_recall") or _below(scores, "document_recall"):
        return earliest or "write"
    if scores.get("forbidden_rate"):
        return "write"
    if any(_below(scores, n) for n in ("citation_recall", "citation_precision", "quote_fidelity")):
        return "cite"
    return None


def _below(scores: Scores, name: str) -> bool:
    value = scores.get(name)
    return value is not None and value < 1.0
