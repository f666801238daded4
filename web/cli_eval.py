"""``eval``: the evaluation harness."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from web.cli_common import DataDir, Json, opened, settings_for

if TYPE_CHECKING:
    from eval.judge import Judge as SecondOpinion
    from rag.settings import Settings

Judge = Annotated[
    bool, typer.Option("--judge", help="Also ask the model of BRIEFING_LLM; shown with its agreement, never a gate.")
]
group = typer.Typer(
    no_args_is_help=True, pretty_exceptions_enable=False, help="Measure answers and search against gold sets."
)


def register(app: typer.Typer) -> None:
    """Adds the group to the application."""
    app.add_typer(group, name="eval")


@group.command()
def run(
    gold: Annotated[list[Path], typer.Option("--gold", help="Gold file, JSON Lines (repeatable).")],
    report: Annotated[Path | None, typer.Option(help="Folder for a self-contained HTML report.")] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="File for the result as JSON.")] = None,
    junit: Annotated[Path | None, typer.Option(help="File for JUnit XML.")] = None,
    markdown: Annotated[Path | None, typer.Option(help="File for a summary that suits a job page.")] = None,
    baseline: Annotated[
        Path | None, typer.Option(help="Result of an earlier run; a significant fall fails.")
    ] = None,
    gate: Annotated[
        list[str] | None, typer.Option("--gate", help="METRIC=VALUE, a minimum or a maximum (repeatable).")
    ] = None,
    limit: Annotated[int | None, typer.Option(help="Only the first N cases.")] = None,
    judge: Judge = False,
    data_dir: DataDir = None,
) -> None:
    """Run gold sets of questions, conversations and memos against the library."""
    from eval.commands import run_command
    from eval.run import MEASURED

    settings = settings_for(data_dir)
    second = _judge(settings) if judge else None
    with opened(settings, keep_answers=False) as briefing:
        status = run_command(
            briefing,
            gold,
            report=report,
            json_file=json_file,
            junit=junit,
            markdown=markdown,
            baseline=baseline,
            gates=gate or (),
            limit=limit,
            memo_maker=partial(briefing.memo, template=MEASURED),
            config=briefing.describe(),
            progress=_progress,
            keep_in=settings.data_dir,
            judge=second,
            echo=typer.echo,
        )
    raise typer.Exit(status)


@group.command()
def retrieval(
    folder: Annotated[Path, typer.Argument(help="Folder in the BEIR layout.", metavar="DIR")],
    embedding_model: Annotated[
        str | None, typer.Option("--embedding-model", help="Another sentence-transformers model.")
    ] = None,
    limit: Annotated[int | None, typer.Option(help="Only the first N questions.")] = None,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """Measure lexical, dense and fused search on corpus.jsonl, queries.jsonl, qrels.tsv."""
    from eval.commands import retrieval_command

    settings = settings_for(data_dir, embedding_model=embedding_model)
    raise typer.Exit(
        retrieval_command(folder, settings, limit=limit, progress=_progress, as_json=as_json, echo=typer.echo)
    )


@group.command()
def compare(
    before: Annotated[Path, typer.Argument(metavar="A.json")],
    after: Annotated[Path, typer.Argument(metavar="B.json")],
    as_json: Json = False,
) -> None:
    """Show what changed from run A to run B, with confidence intervals."""
    from eval.commands import compare_command

    raise typer.Exit(compare_command(before, after, as_json=as_json, echo=typer.echo))


@group.command()
def checker(judge: Judge = False, data_dir: DataDir = None, as_json: Json = False) -> None:
    """Show how the support checker does on its labelled pairs."""
    from eval.commands import checker_command

    second = _judge(settings_for(data_dir)) if judge else None
    raise typer.Exit(checker_command(judge=second, as_json=as_json, echo=typer.echo))


@group.command()
def differences(
    gold: Annotated[
        list[Path] | None, typer.Option("--gold", help="Show what these questions bring up instead (repeatable).")
    ] = None,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """Show how disagreements are told on labelled pairs, or every one that a gold set brings up."""
    from eval.commands import differences_command, shown_differences_command

    if not gold:
        raise typer.Exit(differences_command(as_json=as_json, echo=typer.echo))
    with opened(settings_for(data_dir), keep_answers=False) as briefing:
        status = shown_differences_command(briefing, gold, as_json=as_json, progress=_progress, echo=typer.echo)
    raise typer.Exit(status)


@group.command()
def candidates(
    out: Annotated[Path, typer.Option("-o", help="File to write, JSON Lines.")],
    data_dir: DataDir = None,
) -> None:
    """Write candidate gold cases from the feedback that readers gave, for a person to complete."""
    from eval.commands import candidates_command

    with opened(settings_for(data_dir)) as briefing:
        raise typer.Exit(candidates_command(briefing.conversations.feedback(), out, echo=typer.echo))


def _judge(settings: Settings) -> SecondOpinion:
    from eval.judge import from_settings

    return from_settings(settings)


def _progress(done: int, total: int, what: str) -> None:
    if sys.stderr.isatty():
        print(f"\r{done}/{total} {what[:60]:<60}", end="" if done < total else "\n", file=sys.stderr, flush=True)
