"""What the commands share: options, settings, filters, output."""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rag.settings import Settings, load_settings
from rag.types import Filters

if TYPE_CHECKING:
    from rag.briefing import Briefing

DataDir = Annotated[
    Path | None,
    typer.Option("--data-dir", help="Data folder (or BRIEFING_DATA_DIR).", show_default=False),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
Documents = Annotated[
    list[str] | None, typer.Option("--document", help="Only this document id (repeatable).")
]
Publishers = Annotated[
    list[str] | None, typer.Option("--publisher", help="Only this publisher (repeatable).")
]
After = Annotated[
    str | None, typer.Option("--published-after", help="Published on or after DATE (2024, 2024-10, 2024-10-05).")
]
Before = Annotated[str | None, typer.Option("--published-before", help="Published on or before DATE.")]
Language = Annotated[str | None, typer.Option("--language", help="Only documents in this language (en, ar, fr).")]

_chosen: dict[str, Path | None] = {"data_dir": None}


def remember_data_dir(path: Path | None) -> None:
    """Keeps the ``--data-dir`` that stood before the command."""
    _chosen["data_dir"] = path


def settings_for(data_dir: Path | None = None, **overrides: object) -> Settings:
    """Settings with the data folder from the command line, when one was given."""
    quiet_libraries()
    return load_settings(data_dir=data_dir or _chosen["data_dir"], **overrides)


def quiet_libraries() -> None:
    """Keeps libraries' progress bars, telemetry and chatter off standard error."""
    for name, value in (
        ("HF_HUB_DISABLE_PROGRESS_BARS", "1"),
        ("HF_HUB_DISABLE_TELEMETRY", "1"),
        ("TOKENIZERS_PARALLELISM", "false"),
        ("ANONYMIZED_TELEMETRY", "False"),
        ("LANGSMITH_TRACING", "false"),
        ("TRANSFORMERS_VERBOSITY", "error"),
    ):
        os.environ.setdefault(name, value)
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")


def filters_from(
    documents: list[str] | None,
    publishers: list[str] | None,
    after: str | None,
    before: str | None,
    language: str | None,
) -> Filters:
    """The filters of a command; dates are checked by the library."""
    return Filters(
        documents=tuple(documents or ()),
        publishers=tuple(publishers or ()),
        published_after=after,
        published_before=before,
        language=language,
    )


@contextmanager
def opened(settings: Settings, *, keep_answers: bool = True) -> Iterator[Briefing]:
    """A built Briefing, closed afterwards."""
    from rag.compose import build

    briefing = build(settings, keep_answers=keep_answers)
    try:
        yield briefing
    finally:
        briefing.close()


def print_json(value: Any) -> None:
    """One JSON document on standard output."""
    print(json.dumps(value, ensure_ascii=False, indent=2))
