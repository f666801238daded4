"""What the ``briefing eval`` commands do, with plain parameters: each prints through ``echo`` and
returns the exit status (0 done, 1 a gate was missed or a case failed)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.errors import UsageError

if TYPE_CHECKING:
    from eval.differences import Asks
    from eval.judge import Judge
    from eval.run import Desk, MemoMaker
    from rag.ports import Embedder
    from rag.settings import Settings

Echo = Callable[[str], None]
Progress = Callable[[int, int, str], None]


def run_command(
    briefing: Desk,
    gold: Sequence[Path],
    *,
    report: Path | None = None,
    json_file: Path | None = None,
    junit: Path | None = None,
    markdown: Path | None = None,
    baseline: Path | None = None,
    gates: Sequence[str] = (),
    limit: int | None = None,
    memo_maker: MemoMaker | None = None,
    config: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
    as_json: bool = False,
    keep_in: Path | None = None,
    judge: Judge | None = None,
    echo: Echo = print,
) -> int:
    """Runs gold files and writes what is asked for.

    Gates and the baseline are read before anything is run, so that a typing error costs no time.
    ``keep_in`` is the data folder whose history the run joins.  ``judge`` gives a second opinion on
    each statement; it is shown with its agreement and gates nothing.

    Raises:
        UsageError: a wrong gate, baseline, limit or gold file.
    """
    from eval.compare import load_result
    from eval.gates import check_gates, parse_gates
    from eval.history import keep
    from eval.junit import write_junit
    from eval.markdown import as_text, summary
    from eval.report_html import write_report
    from eval.run import run, write_json

    bars = parse_gates(gates)
    before = load_result(baseline) if baseline else None
    if limit is not None and limit < 1:
        raise UsageError(f"--limit is {limit}; it must be at least 1.")
    result = run(briefing, gold, limit=limit, memo_maker=memo_maker, config=config, progress=progress).as_json()
    if judge is not None:
        from eval.judge import judge_run
        from eval.score import Source

        sources = {info.id: Source.of(briefing.document(info.id)) for info in briefing.documents()}
        result["judge"] = judge_run(judge, result["cases"], sources)
    if keep_in:
        keep(result, keep_in)
    checked = check_gates(result, bars, before)
    if json_file:
        write_json(result, json_file)
    if junit:
        write_junit(result, checked, junit)
    if markdown:
        markdown.parent.mkdir(parents=True, exist_ok=True)
        markdown.write_text(summary(result, checked), encoding="utf-8")
    if report:
        write_report(result, checked, report)
    if as_json:
        echo(json.dumps(result, ensure_ascii=False, sort_keys=True))
    else:
        echo(as_text(result, checked))
    return 0 if all(g.passed for g in checked) else 1


def retrieval_command(
    folder: Path,
    settings: Settings,
    *,
    limit: int | None = None,
    embedder: Embedder | None = None,
    progress: Progress | None = None,
    as_json: bool = False,
    echo: Echo = print,
) -> int:
    """Measures search on a BEIR folder.  Raises UsageError for a folder in another layout."""
    from eval.retrieval import as_text, evaluate

    result = evaluate(folder, settings, embedder=embedder, limit=limit, progress=progress)
    echo(json.dumps(result, sort_keys=True) if as_json else as_text(result))
    return 0


def compare_command(a: Path, b: Path, *, as_json: bool = False, echo: Echo = print) -> int:
    """Shows what changed from run A to run B.  Raises UsageError for files that are no results."""
    from eval.compare import as_text, compare, load_result

    comparison = compare(load_result(a), load_result(b))
    if as_json:
        echo(json.dumps(comparison.as_json(), ensure_ascii=False, sort_keys=True))
    else:
        echo(as_text(comparison))
    return 0


def checker_command(*, judge: Judge | None = None, as_json: bool = False, echo: Echo = print) -> int:
    """Shows how the support checker, and the judge when there is one, do on the labelled pairs."""
    from eval.checker import run, table
    from eval.judge import agreement_line

    report = run()
    agreed = judge.agreement().as_json() if judge else None
    if as_json:
        body = {"halves": {h.name: h.as_json() for h in report.halves}}
        kinds = {k: {"right": r, "n": n} for k, (r, n) in report.by_kind.items()}
        judged = {"judge": {"model": judge.name, "agreement": agreed}} if judge else {}
        echo(json.dumps({**body, "kinds": kinds, **judged}, sort_keys=True))
        return 0
    echo(table(report))
    if judge and agreed:
        echo(f"\njudge {judge.name}\n{agreement_line(agreed)}")
    return 0


def differences_command(*, as_json: bool = False, echo: Echo = print) -> int:
    """Shows how differences are told on the labelled pairs."""
    from eval.differences import run, table

    report = run()
    if as_json:
        body = {"halves": {h.name: h.as_json() for h in report.halves}}
        kinds = {k: {"right": r, "n": n} for k, (r, n) in report.by_kind.items()}
        echo(json.dumps({**body, "kinds": kinds}, sort_keys=True))
    else:
        echo(table(report))
    return 0


def shown_differences_command(
    desk: Asks, gold: Sequence[Path], *, as_json: bool = False, progress: Progress | None = None, echo: Echo = print
) -> int:
    """Shows every disagreement that a gold set's questions bring up, and how many expected ones are among them."""
    from eval.cases import load_gold
    from eval.differences import shown_for, shown_table

    gold_set = load_gold(gold)
    total = len(gold_set.questions) + sum(len(c.turns) for c in gold_set.conversations)
    done: list[str] = []

    def tell(case_id: str) -> None:
        done.append(case_id)
        if progress:
            progress(len(done), total, case_id)

    rows = shown_for(gold_set, desk, tell)
    if not as_json:
        echo(shown_table(rows))
        return 0
    expecting = [r for r in rows if r.expected]
    pairs = [
        {
            "id": r.case.id,
            "about": d.about,
            "axis": d.axis,
            "positions": [{"document_id": p.document_id, "claim": p.claim} for p in d.positions],
        }
        for r in rows
        for d in r.disagreements
    ]
    found = sum(r.found for r in expecting)
    echo(json.dumps({"expected": len(expecting), "found": found, "pairs": pairs}, ensure_ascii=False, sort_keys=True))
    return 0


def candidates_command(feedback: Sequence[Mapping[str, Any]], out: Path, *, echo: Echo = print) -> int:
    """Turns stored feedback into candidate gold cases, one JSON line each, for a person to review."""
    from eval.candidates import candidates

    rows = candidates(feedback)
    out.parent.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps(row, ensure_ascii=False, sort_keys=True) for row in rows]
    out.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    echo(f"{len(rows)} candidates in {out}; review them before they join a gold set.")
    return 0
