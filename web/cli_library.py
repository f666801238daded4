"""``ingest``, ``documents``, ``remove`` and ``doctor``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rag.settings import Settings
from web.cli_common import DataDir, Json, opened, print_json, settings_for


def register(app: typer.Typer) -> None:
    """Adds the commands to the application."""
    app.command()(ingest)
    app.command()(documents)
    app.command()(remove)
    app.command()(doctor)


def ingest(
    paths: Annotated[list[Path], typer.Argument(help="Files and folders.", metavar="PATH...")],
    prune: Annotated[
        bool, typer.Option("--prune", help="Remove documents whose file has vanished from an ingested folder.")
    ] = False,
    if_empty: Annotated[
        bool, typer.Option("--if-empty", help="Do nothing when the library holds documents already.")
    ] = False,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """Take in reports: only what is new or changed is worked on."""
    from rag.wire import ingest_json
    from web.cli_progress import progress_bar
    from web.ingesting import run_ingest

    settings = settings_for(data_dir)
    if if_empty and _holds_documents(settings):
        typer.echo("The library holds documents already; nothing was ingested.", err=True)
        return
    with progress_bar() as progress:
        report = run_ingest(settings, paths, prune=prune, progress=progress)
    if as_json:
        print_json(ingest_json(report))
    else:
        typer.echo(
            f"{len(report.added)} added, {len(report.updated)} updated, {len(report.unchanged)} unchanged, "
            f"{len(report.removed)} removed, {len(report.failed)} failed; "
            f"{report.passages} passages in {report.seconds:.1f} s"
        )
    for warning in report.warnings:
        typer.echo(f"Note: {warning}", err=True)
    for failure in report.failed:
        typer.echo(f"Failed: {failure.path}: {failure.reason}", err=True)
    if report.failed:
        raise typer.Exit(1)


def _holds_documents(settings: Settings) -> bool:
    with opened(settings) as briefing:
        return bool(briefing.documents())


def documents(
    document_id: Annotated[str | None, typer.Argument(help="One document, in full.", metavar="[ID]")] = None,
    cleaning: Annotated[
        bool, typer.Option("--cleaning", help="With an ID: what cleaning dropped, joined or moved.")
    ] = False,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """List the library, or show one document."""
    import dataclasses

    from rag.wire import document_json

    with opened(settings_for(data_dir)) as briefing:
        infos = briefing.documents()
        if document_id is not None:
            document = briefing.document(document_id)
            row = document_json(next(i for i in infos if i.id == document_id))
            row["sections"] = [dataclasses.asdict(s) for s in document.sections]
            row["cleaning"] = [dataclasses.asdict(c) for c in document.cleaning]
            if as_json:
                print_json(row)
                return
            for key, value in row.items():
                if value not in (None, [], "") and key not in ("sections", "cleaning"):
                    typer.echo(f"{key:>15}: {', '.join(value) if isinstance(value, list) else value}")
            if cleaning:
                for action in document.cleaning:
                    typer.echo(f"{action.action:>9} {action.reason}: {action.text}")
            return
    if as_json:
        print_json([document_json(i) for i in infos])
        return
    for info in infos:
        meta = info.metadata
        about = ", ".join(filter(None, [", ".join(meta.authors), meta.publisher, meta.published]))
        typer.echo(f"{info.id}\n    {meta.title}\n    {about or 'no author, publisher or date stated'}")
        pages = f", {info.pages} pages" if info.pages else ""
        typer.echo(f"    {info.format}{pages}, {info.passages} passages, {meta.language or '?'}, {info.source_path}")
    if not infos:
        typer.echo("The library is empty: `briefing ingest PATH...` takes in reports.")


def remove(
    ids: Annotated[list[str], typer.Argument(help="Document ids.", metavar="ID...")],
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """Remove documents with all that belongs to them."""
    from rag.compose import remove_documents

    removed = remove_documents(settings_for(data_dir), ids)
    if as_json:
        print_json({"removed": removed})
    else:
        typer.echo(f"{len(removed)} removed: {', '.join(removed)}")


def doctor(
    repair: Annotated[bool, typer.Option("--repair", help="Rebuild what can be rebuilt.")] = False,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """Check versions, models, back ends and the integrity of the library."""
    from rag.doctor import examine

    report = examine(settings_for(data_dir), repair=repair)
    if as_json:
        print_json(report.json())
    else:
        for line in report.lines():
            typer.echo(line)
    if not report.healthy:
        raise typer.Exit(1)
