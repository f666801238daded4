"""``verify``: are the citations of an exported memo still what the library says?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from web.cli_common import DataDir, Json, opened, print_json, settings_for

if TYPE_CHECKING:
    from rag.memo.revise import Objection
    from rag.memo_verify import CheckedCitation


def register(app: typer.Typer) -> None:
    """Adds the command to the application."""
    app.command()(verify)


def verify(
    file: Annotated[Path, typer.Argument(help="A memo as exported: .md, .docx or .json.")],
    data_dir: DataDir = None,
    as_json: Json = False,
) -> int:
    """Check each citation of an exported memo against the library, and each statement against its quotes.

    Exit status: 0 all intact, 1 something is not, 2 the file cannot be read.
    """
    from rag.memo_verify import CitationStatus, check_citations, verification_json
    from web.export.read_back import read_citations
    from web.export.read_memo import read_memo

    filed = read_citations(file)
    with opened(settings_for(data_dir), keep_answers=False) as briefing:
        checked = check_citations(filed, briefing.library)
        memo = read_memo(file, briefing.documents(), briefing.memo_maker)
        altered = {c.number for c in checked if c.status is CitationStatus.QUOTE_ALTERED}
        objections = [o for o in briefing.memo_revisions.objections(memo) if not altered & set(o.citations)]
    if as_json:
        statements = [
            {"section": o.section, "text": o.text, "citations": list(o.citations), "problems": list(o.problems)}
            for o in objections
        ]
        print_json({**verification_json(str(file), checked), "statements": statements})
    else:
        _show(checked, objections)
    return 0 if not objections and all(c.status is CitationStatus.INTACT for c in checked) else 1


def _show(checked: Sequence[CheckedCitation], objections: Sequence[Objection]) -> None:
    from rag.memo_verify import CitationStatus

    for item in checked:
        if item.status is not CitationStatus.INTACT:
            where = f" ({item.document_id})" if item.document_id else ""
            typer.echo(f"[{item.number}]{where} {_in_words(item.status)}: {item.detail}")
    for objection in objections:
        typer.echo(f"{objection.section}: “{objection.text}” – {'; '.join(objection.problems)}")
    counts = Counter(c.status for c in checked)
    parts = [f"{counts[s]} {_in_words(s)}" for s in CitationStatus if counts[s]]
    said = len(objections)
    further = f" {said} statement{'' if said == 1 else 's'} not carried by their quotes." if said else ""
    typer.echo(f"{len(checked)} citations: {', '.join(parts)}.{further}")


def _in_words(status: str) -> str:
    return str(status).replace("_", " ")
