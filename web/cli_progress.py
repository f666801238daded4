"""A progress bar on a terminal; silence elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress

    from ingest.pipeline import IngestEvent


@contextmanager
def progress_bar() -> Iterator[Callable[[IngestEvent], None] | None]:
    """Yields the callback that the pipeline reports to, or None when nobody watches.

    The bar shows files done, the file at work, its passages, passages per second, the time left.
    """
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description:<40.40}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[detail]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("reading", total=None, detail="")
        yield lambda event: _show(bar, int(task), event)


def _show(bar: Progress, task: int, event: IngestEvent) -> None:
    from rich.progress import TaskID

    detail = f"{event.embedded}/{event.passages} passages" if event.passages else ""
    if event.rate:
        detail += f", {event.rate:.0f}/s"
    within = event.embedded / event.passages if event.passages and event.kind == "embedding" else 0.0
    bar.update(
        TaskID(task),
        total=event.files or None,
        completed=event.finished + within,
        description=event.message if event.kind == "publishing" else Path(event.path).name,
        detail=detail,
    )
