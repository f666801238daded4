"""Runs gold cases through a Briefing: every case is scored, a case that fails scores the default."""

from __future__ import annotations

import hashlib
import json
import platform
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import metadata as packages
from pathlib import Path
from typing import Any, Protocol

from eval.blame import DEPTH, blame, stage_of
from eval.cases import GoldSet, MemoCase, QuestionCase, check_gold, load_gold
from eval.metrics import METRICS, SEED, TIMED, Estimate, estimates
from eval.score import (
    MEMO_METRICS,
    QUESTION_METRICS,
    Source,
    applies,
    applies_to_memo,
    judge,
    score_answer,
    score_memo,
)
from rag import wire
from rag.types import Answer, Document, DocumentInfo, Filters, Hit, Memo, SearchResult, Turn

Json = dict[str, Any]
Progress = Callable[[int, int, str], None]
MemoMaker = Callable[[str], Memo]


MEASURED = "two-page"
"""The memo template that gold memos are measured in."""


class Desk(Protocol):
    """What the harness needs of :class:`rag.briefing.Briefing`."""

    def ask(self, question: str, *, history: Sequence[Turn] = ()) -> Answer:
        """A verified answer or a refusal."""

    def search(self, query: str, *, k: int = 10, filters: Filters = ...) -> SearchResult:
        """The best passages."""

    def documents(self) -> list[DocumentInfo]:
        """The library."""

    def document(self, document_id: str) -> Document:
        """One document with its text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResult:
    """Everything a run found out; :meth:`as_json` is the contract's shape."""

    metrics: Mapping[str, Estimate]
    by_type: Mapping[str, Mapping[str, Estimate]]
    by_doc: Mapping[str, Mapping[str, Estimate]]
    cases: tuple[Json, ...]
    config: Json
    timings: Json

    @property
    def failed(self) -> int:
        """Cases that raised an error instead of giving an answer."""
        return sum(case["error"] is not None for case in self.cases)

    def as_json(self) -> Json:
        """One JSON document; without ``timings`` and ``latency_*`` two equal runs give equal bytes."""
        return {
            "metrics": {name: e.as_json() for name, e in self.metrics.items()},
            "by_type": _nested(self.by_type),
            "by_doc": _nested(self.by_doc),
            "cases": list(self.cases),
            "config": self.config,
            "timings": self.timings,
        }


def _nested(tables: Mapping[str, Mapping[str, Estimate]]) -> Json:
    return {key: {name: e.as_json() for name, e in row.items()} for key, row in tables.items()}


def write_json(result: Mapping[str, Any], path: Path) -> None:
    """Writes a result with sorted keys, so that files can be compared line by line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(result, ensure_ascii=False, indent=1, sort_keys=True)
    path.write_text(text + "\n", encoding="utf-8")


def comparable(result: Mapping[str, Any]) -> Json:
    """A result without what may differ between two runs of the same thing."""
    kept = {k: v for k, v in result.items() if k not in {"timings", "judge"}}
    for table in ("by_type", "by_doc"):
        kept[table] = {key: _untimed(row) for key, row in result[table].items()}
    kept["metrics"] = _untimed(result["metrics"])
    kept["cases"] = [
        {**c, "metrics": {k: v for k, v in c["metrics"].items() if k != "latency_ms"}} for c in result["cases"]
    ]
    return kept


def _untimed(row: Mapping[str, Any]) -> Json:
    return {name: value for name, value in row.items() if name not in TIMED}


def run(
    briefing: Desk,
    gold_files: Sequence[Path | str],
    *,
    limit: int | None = None,
    seed: int = SEED,
    memo_maker: MemoMaker | None = None,
    config: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
) -> RunResult:
    """Runs and scores gold files.

    Args:
        briefing: the desk to ask.
        gold_files: JSON Lines files.
        limit: only the first so many cases of each kind (a conversation is one).
        seed: of the bootstrap.
        memo_maker: task → memo; the desk's own ``memo`` (two pages) when it has one, else memo cases are left
            out, and ``config`` says so.
        config: what else the result should state (model, writer, ...).
        progress: called with (done, total, case id).

    Raises:
        GoldError: a gold file is wrong, or does not fit the library; nothing has been run.
    """
    gold = _limited(load_gold(gold_files), limit)
    memo_maker = memo_maker or _measured(briefing)
    documents = {info.id: briefing.document(info.id) for info in briefing.documents()}
    texts = {doc_id: d.text for doc_id, d in documents.items()}
    check_gold(gold, texts, {doc_id: _source_text(d) for doc_id, d in documents.items()})
    bench = _Bench(briefing, {doc_id: Source.of(d) for doc_id, d in documents.items()}, memo_maker)
    began = time.perf_counter()
    cases: list[Json] = []
    total = gold.size if memo_maker else gold.size - len(gold.memos)
    for case in bench.cases(gold):
        cases.append(case)
        if progress:
            progress(len(cases), total, case["id"])
    _reconcile(cases, gold, memos=memo_maker is not None)
    return RunResult(
        metrics=estimates(cases, seed=seed),
        by_type=_grouped(cases, lambda c: [c["type"]], seed),
        by_doc=_grouped(cases, lambda c: c["docs"], seed),
        cases=tuple(cases),
        config=_config(gold, documents, memo_maker, seed, limit) | _about(briefing) | dict(config or {}),
        timings={
            "finished_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "seconds": round(time.perf_counter() - began, 3),
        },
    )


_PLAIN = frozenset({".txt", ".md", ".html", ".htm"})


def _measured(briefing: Desk) -> MemoMaker | None:
    """The desk's own memos in the template that gold memos are measured in, whatever length their task names."""
    memo = getattr(briefing, "memo", None)
    return partial(memo, template=MEASURED) if memo else None


def _source_text(document: Document) -> str:
    """What the source says beside the stored text: its file where that is text, and what cleaning dropped."""
    parts = [action.text for action in document.cleaning]
    path = Path(document.source_path)
    if path.suffix.lower() in _PLAIN and path.is_file():
        parts.append(path.read_text(encoding="utf-8", errors="replace"))
    return "\n".join(parts)


def _limited(gold: GoldSet, limit: int | None) -> GoldSet:
    if limit is None:
        return gold
    return GoldSet(
        questions=gold.questions[:limit],
        conversations=gold.conversations[:limit],
        memos=gold.memos[:limit],
        hashes=gold.hashes,
        places=gold.places,
    )


class _Bench:
    """Puts cases to the desk, one after the other, and turns what happens into scored cases."""

    def __init__(self, briefing: Desk, sources: Mapping[str, Source], memo_maker: MemoMaker | None) -> None:
        self._briefing = briefing
        self._sources = sources
        self._memo_maker = memo_maker

    def cases(self, gold: GoldSet) -> Iterator[Json]:
        for question in gold.questions:
            yield self._question(question, (), "question")[0]
        for conversation in gold.conversations:
            history: list[Turn] = []
            for turn in conversation.turns:
                case, answer = self._question(turn, history, "turn")
                yield case
                history.append(_as_turn(turn, answer))
        if self._memo_maker:
            for memo in gold.memos:
                yield self._memo(memo, self._memo_maker)

    def _question(self, case: QuestionCase, history: Sequence[Turn], kind: str) -> tuple[Json, Answer | None]:
        began = time.perf_counter()
        try:
            answer = self._briefing.ask(case.question, history=tuple(history))
            elapsed = 1000 * (time.perf_counter() - began)
            scores = score_answer(case, answer, self._sources)
            stages = [stage_of(q, answer, self._sources, self._search) for q in case.evidence]
            failure = blame(case, answer, scores, stages)
        except Exception as error:  # one broken case must not end the run; it is scored as failed
            return _failed(case, kind, error, 1000 * (time.perf_counter() - began)), None
        row = _base(case, kind) | {
            "metrics": scores | {"latency_ms": round(elapsed, 2)},
            "refused": answer.refused,
            "error": None,
            "failure": failure,
            "answer": _answer_json(answer),
            "ranks": _ranks(case, answer),
            "evidence": [
                {"doc": q.doc, "quote": q.quote, "lost_at": s} for q, s in zip(case.evidence, stages, strict=True)
            ],
            "problems": self._problems(answer),
        }
        return row, answer

    def _search(self, query: str, k: int) -> Sequence[Hit]:
        return self._briefing.search(query, k=k).hits if k == DEPTH else ()

    def _problems(self, answer: Answer) -> list[Json]:
        by_number = {c.number: c for c in answer.citations}
        found = []
        for statement in answer.statements:
            judged = judge(statement, by_number, self._sources)
            if not judged.supported:
                problems = judged.problems or ("no citation",)
                found.append({"statement": statement.text, "problems": list(problems)})
        return found

    def _memo(self, case: MemoCase, maker: MemoMaker) -> Json:
        began = time.perf_counter()
        base: Json = {
            "id": case.id, "kind": "memo", "type": "memo", "question": case.task, "lang": case.lang,
            "docs": list(case.must_cite_docs), "answerable": True, "expected": "",
            "refused": False, "ranks": [], "evidence": [], "problems": [],
        }  # fmt: skip
        try:
            memo = maker(case.task)
            scores = score_memo(case, memo, self._sources)
        except Exception as error:  # as above
            elapsed = 1000 * (time.perf_counter() - began)
            return base | _default(error, _memo_defaults(case), elapsed) | {"failure": "write"}
        body = wire.memo_json(memo)
        for key in ("id", "created_at", "timings_ms"):
            body.pop(key, None)
        low = any((scores.get(n) or 0) < 1 for n in ("citation_recall", "quote_fidelity"))
        missed = any((scores.get(n) or 0) < 1 for n in ("memo_coverage", "memo_document_recall"))
        return base | {
            "metrics": scores,
            "error": None,
            "failure": "write" if missed or scores.get("trap_rate") else "cite" if low else None,
            "answer": body,
        }


def _as_turn(turn: QuestionCase, answer: Answer | None) -> Turn:
    """The desk's own answer goes into the history; a failed turn leaves an empty one."""
    return Turn(
        question=turn.question,
        answer=answer.answer if answer else "",
        standalone_question=answer.standalone_question if answer else None,
    )


def _base(case: QuestionCase, kind: str) -> Json:
    return {
        "id": case.id,
        "kind": kind,
        "type": case.type,
        "lang": case.lang,
        "question": case.question,
        "standalone_expected": case.standalone_question,
        "expected": case.answer,
        "answerable": case.answerable,
        "docs": sorted(set(case.docs_required) or {q.doc for q in case.evidence}),
    }


def _failed(case: QuestionCase, kind: str, error: Exception, elapsed: float) -> Json:
    scores = {name: METRICS[name].default if _scored_when_failed(name, case) else None for name in QUESTION_METRICS}
    lost: list[Json] = [{"doc": q.doc, "quote": q.quote, "lost_at": None} for q in case.evidence]
    failure = "write" if case.answerable else "refuse"
    return (
        _base(case, kind)
        | _default(error, scores, elapsed)
        | {"failure": failure, "ranks": [], "evidence": lost, "problems": []}
    )


def _scored_when_failed(name: str, case: QuestionCase) -> bool:
    """A failed unanswerable question should have been refused: citation metrics are not about it."""
    if name == "answer_words":
        return False
    about_answer = {
        "citation_recall", "citation_precision", "quote_fidelity", "uncited_statements",
        "unsupported_answers",
    }  # fmt: skip
    return applies(name, case) and (case.answerable or name not in about_answer)


def _memo_defaults(case: MemoCase) -> Json:
    return {n: METRICS[n].default if applies_to_memo(n, case) else None for n in MEMO_METRICS}


def _default(error: Exception, scores: Mapping[str, float | None], elapsed: float) -> Json:
    return {
        "metrics": dict(scores) | {"latency_ms": round(elapsed, 2)},
        "refused": False,
        "error": f"{type(error).__name__}: {error}",
        "answer": None,
    }


def _answer_json(answer: Answer) -> Json:
    """The answer without what is made anew each time (ids of the store, times)."""
    body = wire.answer_json(answer)
    for key in ("id", "conversation_id", "timings_ms"):
        body.pop(key)
    return body


def _ranks(case: QuestionCase, answer: Answer) -> list[int | None]:
    """For each evidence quote the rank of the first passage that holds it, None when none does."""
    from eval.matching import holds

    return [
        next(
            (
                rank
                for rank, hit in enumerate(answer.hits, 1)
                if hit.passage.document_id == quote.doc and holds(hit.passage.text, quote.quote)
            ),
            None,
        )
        for quote in case.evidence
    ]


def _reconcile(cases: Sequence[Json], gold: GoldSet, *, memos: bool) -> None:
    """Counts must add up: every gold case is there once, and every metric knows its cases."""
    expected = [q.id for q in gold.questions]
    expected += [t.id for c in gold.conversations for t in c.turns]
    expected += [m.id for m in gold.memos] if memos else []
    if [c["id"] for c in cases] != expected:
        raise AssertionError("cases were lost or repeated in the run")
    by_id = {q.id: q for q in (*gold.questions, *(t for c in gold.conversations for t in c.turns))}
    for name in ("evidence_recall@10", "fact_recall", "document_recall", "forbidden_rate"):
        due = sum(applies(name, q) for q in by_id.values())
        scored = sum(c["metrics"].get(name) is not None for c in cases if c["id"] in by_id)
        if due != scored:
            raise AssertionError(f"{name}: {due} cases are due, {scored} were scored")


def _grouped(cases: Sequence[Json], keys: Callable[[Json], Sequence[str]], seed: int) -> dict[str, dict[str, Estimate]]:
    groups: dict[str, list[Json]] = {}
    for case in cases:
        for group in keys(case):
            groups.setdefault(group, []).append(case)
    tables = {group: estimates(groups[group], seed=seed) for group in sorted(groups)}
    for group, table in tables.items():
        if all(case["answerable"] for case in groups[group]):
            for name in ("refusal_precision", "refusal_recall", "refusal_f1"):
                table.pop(name, None)  # nothing was to be refused here: 0 would mislead
    return tables


def _config(
    gold: GoldSet,
    documents: Mapping[str, Document],
    memo_maker: MemoMaker | None,
    seed: int,
    limit: int | None,
) -> Json:
    library = hashlib.sha256()
    for doc_id in sorted(documents):
        library.update(f"{doc_id}\0{documents[doc_id].text}\0".encode())
    return {
        "gold": dict(gold.hashes),
        "cases": {
            "questions": len(gold.questions),
            "turns": sum(len(c.turns) for c in gold.conversations),
            "memos": len(gold.memos) if memo_maker else 0,
            "memos_left_out": 0 if memo_maker else len(gold.memos),
        },
        "library": {"documents": sorted(documents), "sha256": library.hexdigest()},
        "seed": seed,
        "limit": limit,
        "python": platform.python_version(),
        "versions": {name: _version(name) for name in _PACKAGES},
    }


def _about(briefing: Desk) -> Json:
    """Writer, embedding model and passage fingerprint, as far as the desk tells."""
    found: Json = {}
    ready = getattr(briefing, "ready", None)
    if ready is not None:
        state = ready()
        found = {"writer": state.get("writer"), "embedding": state.get("embedding_model")}
    library = getattr(briefing, "library", None)
    if library is not None:
        found["fingerprint"] = library.fingerprint()
    return found


_PACKAGES = ("briefing-desk", "ir-measures", "numpy", "rapidfuzz", "sentence-transformers", "torch")


def _version(name: str) -> str:
    try:
        return packages.version(name)
    except packages.PackageNotFoundError:
        return "not installed"
