"""``memo``: write a cited memo, look at its outline, refresh one, check one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from web.cli_common import (
    After,
    Before,
    DataDir,
    Documents,
    Json,
    Language,
    Publishers,
    filters_from,
    opened,
    print_json,
    settings_for,
)

if TYPE_CHECKING:
    from rag.briefing import Briefing
    from rag.types import LintFinding, Memo, MemoComparison, Outline


def register(app: typer.Typer) -> None:
    """Adds the command to the application."""
    app.command()(memo)


def memo(
    task: Annotated[str | None, typer.Argument(help="What the memo is for and about.")] = None,
    template: Annotated[
        str | None,
        typer.Option(
            "--template",
            help="one-page, two-page, talking-points, questions-and-answers, or your own; without it the one that the "
            "task asks for in words, else two-page.",
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Write to FILE: .md, .html, .docx, .pdf or .json.")
    ] = None,
    outline_only: Annotated[bool, typer.Option("--outline-only", help="Show the outline; write nothing.")] = False,
    outline: Annotated[
        Path | None, typer.Option("--outline", help="Write the memo by this outline (JSON of --outline-only --json).")
    ] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", help="Use only what was published by DATE (2024, 2024-10, 2024-10-05).")
    ] = None,
    refresh: Annotated[
        str | None, typer.Option("--refresh", help="Write memo ID anew and show what changed, claim by claim.")
    ] = None,
    check: Annotated[
        Path | None,
        typer.Option("--check", help="Check an exported memo (.json, .md, .docx) against the rules of analysis."),
    ] = None,
    list_: Annotated[bool, typer.Option("--list", help="List the stored memos, latest first.")] = False,
    show: Annotated[
        str | None, typer.Option("--show", help="Print stored memo ID, or export it with -o FILE.", metavar="ID")
    ] = None,
    delete: Annotated[
        str | None, typer.Option("--delete", help="Remove memo ID with all its versions.")
    ] = None,
    document: Documents = None,
    publisher: Publishers = None,
    published_after: After = None,
    published_before: Before = None,
    language: Language = None,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> int | None:
    """Write a cited memo, every sentence of it verified."""
    from rag.errors import UsageError
    from rag.memo.horizon import horizon

    filters = filters_from(document, publisher, published_after, published_before, language)
    if output is not None:
        _writable(output, outline=outline_only)
    with opened(settings_for(data_dir)) as briefing:
        if check is not None:
            return _check(briefing, check, as_json)
        if list_:
            _list(briefing, as_json)
            return None
        if delete is not None:
            _delete(briefing, delete, as_json)
            return None
        if show is not None:
            _show(briefing, show, output, as_json)
            return None
        if refresh is not None:
            _refresh(briefing, refresh, output, as_json)
            return None
        given = _read_outline(outline) if outline is not None else None
        text = task or (given.task if given else "")
        if not text:
            raise UsageError("Say what the memo is for: briefing memo \"Two pages for the minister on …\".")
        if outline_only:
            horizon(briefing.documents(filters), filters, as_of)  # says what is wrong with the date
            _show_outline(briefing.memo_outline(text, template=template), output, as_json)
            return None
        written = briefing.memo(
            text, template=template, filters=filters, as_of=as_of, outline=given, progress=_progress()
        )
        _deliver(briefing, written, output, as_json)
    return None


def _progress() -> Any:
    """Each step on standard error when that is a terminal."""
    import sys

    if not sys.stderr.isatty():
        return None
    return lambda step, share: typer.echo(f"{share:4.0%}  {step}", err=True)


def _deliver(briefing: Briefing, memo_: Memo, output: Path | None, as_json: bool) -> None:
    from rag.memo.markdown import markdown
    from rag.wire import memo_json

    for notice in memo_.notices:
        typer.echo(f"Note: {notice}", err=True)
    if output is not None:
        _export(briefing, memo_, output)
        typer.echo(f"Written to {output} (memo {memo_.id}).", err=True)
    if as_json:
        print_json(memo_json(memo_))
    elif output is None:
        typer.echo(markdown(memo_, briefing.memo_maker.template(memo_.template)))


def _export(briefing: Briefing, memo_: Memo, output: Path) -> None:
    from web.export import export, format_of

    export(memo_, format_of(output), output, body=briefing.memo_maker.own_body(memo_))


def _writable(output: Path, *, outline: bool) -> None:
    """Fails before the work is done, not after it."""
    from rag.errors import UsageError
    from web.export import format_of, require

    if outline and output.suffix.lower() != ".json":
        raise UsageError(f"{str(output)!r}: an outline is written as .json.")
    require(format_of(output))
    if output.is_dir() or not output.parent.is_dir():
        why = "it is a folder" if output.is_dir() else f"there is no folder {str(output.parent)!r}"
        raise UsageError(f"{str(output)!r} cannot be written: {why}.")


def _read_json(path: Path) -> Any:
    from rag.errors import UsageError

    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{str(path)!r} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise UsageError(f"{str(path)!r} is not JSON: {error}.") from error


def _read_outline(path: Path) -> Outline:
    from rag.errors import UsageError
    from rag.wire_memo import outline_from_json

    outline = outline_from_json(_read_json(path))
    if not outline.sections:
        raise UsageError(f"{str(path)!r} has no sections; keep at least one.")
    return outline


def _show_outline(outline: Outline, output: Path | None, as_json: bool) -> None:
    from rag.errors import UsageError
    from rag.wire import outline_json

    if output is not None:
        text = json.dumps(outline_json(outline), ensure_ascii=False, indent=2) + "\n"
        try:
            output.write_text(text, encoding="utf-8")
        except OSError as error:
            raise UsageError(f"{str(output)!r} cannot be written: {error.strerror}.") from error
        typer.echo(f"Written to {output}; change it, then: briefing memo --outline {output}", err=True)
    if as_json:
        print_json(outline_json(outline))
        return
    typer.echo(outline.title + "\n")
    for number, section in enumerate(outline.sections, 1):
        typer.echo(f"{number}. {section.heading}\n   {section.question}")


def _show(briefing: Briefing, memo_id: str, output: Path | None, as_json: bool) -> None:
    from rag.wire_memo import memo_from_json

    _deliver(briefing, memo_from_json(briefing.memos.memo(memo_id)), output, as_json)


def _refresh(briefing: Briefing, memo_id: str, output: Path | None, as_json: bool) -> None:
    from rag.wire import comparison_json
    from rag.wire_memo import memo_from_json

    comparison = briefing.refresh_memo(memo_id, progress=_progress())
    if output is not None:
        _export(briefing, memo_from_json(briefing.memos.memo(comparison.after_id)), output)
    if as_json:
        print_json(comparison_json(comparison))
    else:
        _show_comparison(comparison)


def _show_comparison(comparison: MemoComparison) -> None:
    typer.echo(f"{comparison.before_id} → {comparison.after_id}")
    for label, ids in (
        ("Sources with a new version", comparison.updated),
        ("Sources newly cited", comparison.added),
        ("Sources gone", comparison.removed),
    ):
        if ids:
            typer.echo(f"{label}: {', '.join(ids)}")
    kept = 0
    for change in comparison.changes:
        if change.kind == "kept":
            kept += 1
            continue
        typer.echo(f"\n[{change.kind}] {change.note}".rstrip())
        for mark, text in (("-", change.before), ("+", change.after)):
            if text:
                typer.echo(f"  {mark} {text}")
    typer.echo(f"\n{kept} claims unchanged.")


def _list(briefing: Briefing, as_json: bool) -> None:
    rows = briefing.memos.memos()
    if as_json:
        print_json(rows)
    for row in [] if as_json else rows:
        typer.echo(f"{row['id']}  {row['created_at'][:16]}  v{row['version']}  {row['template']}  {row['title']}")
    if not rows and not as_json:
        typer.echo("No memo has been written yet.")


def _delete(briefing: Briefing, memo_id: str, as_json: bool) -> None:
    removed = briefing.memos.delete(memo_id)
    if as_json:
        print_json({"removed": removed})
    else:
        typer.echo(f"Removed: {', '.join(removed)}.")


def _check(briefing: Briefing, path: Path, as_json: bool) -> int:
    from web.export.read_memo import read_memo

    memo_ = read_memo(path, briefing.documents(), briefing.memo_maker)
    findings = [*briefing.lint_memo(memo_), *_not_carried(briefing, memo_)]
    if as_json:
        print_json({"findings": [_finding_json(f) for f in findings]})
    for finding in [] if as_json else findings:
        where = f"{finding.where}: " if finding.where else ""
        typer.echo(f"{finding.level}: {where}{finding.message} [{finding.rule}]")
    if not findings and not as_json:
        typer.echo("Nothing to object to.")
    return 1 if any(f.level == "error" for f in findings) else 0


def _not_carried(briefing: Briefing, memo_: Memo) -> list[LintFinding]:
    """Statements whose words in the file are no longer those that their quotes carry."""
    from rag.types import LintFinding, LintLevel

    return [
        LintFinding(
            rule="not-carried", level=LintLevel.ERROR, where=objection.section,
            message=f"“{objection.text}”: {'; '.join(objection.problems)}.",
        )
        for objection in briefing.memo_revisions.objections(memo_)
        if objection.citations
    ]  # fmt: skip


def _finding_json(finding: LintFinding) -> dict[str, str]:
    return {
        "rule": finding.rule,
        "level": str(finding.level),
        "message": finding.message,
        "where": finding.where,
    }
