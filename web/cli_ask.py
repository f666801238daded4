"""``search``, ``ask`` and ``chat``."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Annotated

import typer

from rag.labels import attribution
from rag.types import Metadata
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
    from rag.types import Answer, Position


def register(app: typer.Typer) -> None:
    """Adds the commands to the application."""
    app.command()(search)
    app.command()(ask)
    app.command()(chat)


def search(
    query: Annotated[str, typer.Argument(help="What to look for.")],
    k: Annotated[int, typer.Option("-k", help="How many passages.")] = 10,
    document: Documents = None,
    publisher: Publishers = None,
    published_after: After = None,
    published_before: Before = None,
    language: Language = None,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """Show the best passages for a query."""
    from rag.wire import search_json

    filters = filters_from(document, publisher, published_after, published_before, language)
    with opened(settings_for(data_dir)) as briefing:
        result = briefing.search(query, k=k, filters=filters)
    if as_json:
        print_json(search_json(result))
        return
    for notice in result.notices:
        typer.echo(f"Note: {notice}", err=True)
    for rank, hit in enumerate(result.hits, 1):
        where = " › ".join((hit.passage.document_id, *hit.passage.section))
        page = f", p. {hit.passage.page}" if hit.passage.page else ""
        typer.echo(f"\n{rank}. {where}{page}  ({hit.score:.3f})")
        typer.echo(textwrap.indent(textwrap.fill(" ".join(hit.passage.text.split()), 96), "   "))
    if not result.hits:
        typer.echo("Nothing found.")


def ask(
    question: Annotated[str, typer.Argument(help="The question.")],
    document: Documents = None,
    publisher: Publishers = None,
    published_after: After = None,
    published_before: Before = None,
    language: Language = None,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """Answer a question with cited quotes, or say what the reports lack."""
    from rag.wire import answer_json

    filters = filters_from(document, publisher, published_after, published_before, language)
    with opened(settings_for(data_dir)) as briefing:
        answer = briefing.ask(question, filters=filters)
    if as_json:
        print_json(answer_json(answer))
    else:
        show(answer)


def chat(
    document: Documents = None,
    publisher: Publishers = None,
    published_after: After = None,
    published_before: Before = None,
    language: Language = None,
    data_dir: DataDir = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON answer per line (questions from standard input).")
    ] = False,
) -> None:
    """Talk in the terminal; follow-ups may lean on what was said.  An empty line or Ctrl-D ends it."""
    import json
    import sys

    from rag.wire import answer_json

    filters = filters_from(document, publisher, published_after, published_before, language)
    interactive = sys.stdin.isatty() and not as_json
    with opened(settings_for(data_dir)) as briefing:
        conversation: str | None = None
        if interactive:
            typer.echo("Ask about the reports. An empty line ends the conversation.\n", err=True)
        while True:
            line = _read_question(interactive)
            if not line:
                return
            answer = briefing.ask(line, filters=filters, conversation_id=conversation)
            conversation = answer.conversation_id
            if as_json:
                print(json.dumps(answer_json(answer), ensure_ascii=False), flush=True)
                continue
            if answer.standalone_question != answer.question:
                typer.echo(f"(understood as: {answer.standalone_question})", err=True)
            show(answer)


def _read_question(interactive: bool) -> str:
    import sys

    if interactive:
        try:
            return input("> ").strip()
        except EOFError:
            return ""
    return sys.stdin.readline().strip()


def _who(answer: Answer, side: Position) -> str:
    """The source and date of a position, from its first citation; its document's id where there is none."""
    cited = next((c for c in answer.citations if c.number in side.citations), None)
    if cited is None:
        return side.document_id
    return attribution(
        Metadata(title=cited.title, authors=cited.authors, publisher=cited.publisher, published=cited.published)
    )


def show(answer: Answer) -> None:
    """An answer for a person: the text, then where each number leads."""
    for line in answer.answer.split("\n"):
        typer.echo(textwrap.fill(line, 98) + "\n")
    for item in answer.disagreements:
        typer.echo(textwrap.fill(f"The reports differ ({item.axis}): {item.about}", 98))
        for side in item.positions:
            marks = "".join(f"[{n}]" for n in side.citations)
            claim = f"{_who(answer, side)}: “{side.claim}” {marks}"
            typer.echo(textwrap.fill(claim, 94, initial_indent="  – ", subsequent_indent="    "))
        typer.echo("")
    cited = answer.citations if not answer.refusal else answer.refusal.nearest
    if cited:
        typer.echo("Nearest evidence:" if answer.refusal else "Sources:")
    for c in cited:
        by = ", ".join(filter(None, [", ".join(c.authors), c.title, c.publisher, c.published]))
        place = " › ".join(c.section) + (f", p. {c.page}" if c.page else "")
        typer.echo(f"  [{c.number}] {by}{' — ' + place if place else ''}")
        typer.echo(textwrap.fill(f"“{c.quote}”", 94, initial_indent="      ", subsequent_indent="      "))
    for notice in answer.notices:
        typer.echo(f"Note: {notice}", err=True)
