"""A real small library behind a real server on a loopback port, for the browser tests."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI

from ingest.pipeline import IngestParts, ingest
from rag.briefing import Briefing
from rag.compose import build, ingest_lock, open_parts
from rag.fakes import HashEmbedder
from rag.settings import Settings
from rag.types import IngestReport

REPORTS = {
    "harbour.md": """---
title: Harbour readiness review
author: Ana Lorne
publisher: Institute for Port Studies
date: 2025-04
---

# Summary

The harbour authority counted 41 working cranes in March. Dredging of the north channel is two years
late, and pilots now wait for the tide. The review team holds that the port cannot take larger ships
before the channel is finished.

# Findings

Night shifts were cut after the budget of last year, which doubled the waiting time of container ships.
The authority expects 300 more ships a year if the channel is finished.

# Method

The team visited every quay twice and read the maintenance books of three seasons.
""",
    "council.md": """---
title: A second look at the port
publisher: Merchants Council
date: 2025-06
---

# Cranes

The merchants council counted 37 working cranes in March, because it left out cranes under repair. In
its view the night shift matters more than the channel.
""",
}


def take_in(
    settings: Settings,
    paths: Sequence[Path],
    *,
    progress: Callable[[Any], None] | None = None,
    again: bool = False,
) -> IngestReport:
    """The ingest pipeline with the hashing embedder."""
    parts = open_parts(settings, embedder=HashEmbedder())
    try:
        lent = IngestParts(
            library=parts.records.library,
            embedder=parts.embedder,
            vectors=parts.vectors,
            settings=settings,
            lock=partial(ingest_lock, settings.data_dir),
        )
        return ingest(paths, lent, progress=progress, again=again)
    finally:
        parts.close()


@contextmanager
def opened(settings: Settings) -> Iterator[Briefing]:
    """What stands in a data folder, built and closed again; a new folder is an empty library."""
    built = build(settings, embedder=HashEmbedder())
    try:
        yield built
    finally:
        built.close()


@contextmanager
def briefing(folder: Path, **more: Any) -> Iterator[Briefing]:
    """A library of the two reports, built and closed again; ``more`` settings as wanted."""
    settings = Settings(data_dir=folder / "data", _env_file=None, **more)
    sources = folder / "reports"
    sources.mkdir(parents=True)
    for name, text in REPORTS.items():
        (sources / name).write_text(text)
    report = take_in(settings, [sources])
    assert not report.failed, report.failed
    with opened(settings) as built:
        yield built


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """The address of the application, served by uvicorn in a thread."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
        run: Callable[[], None] = partial(server.run, sockets=[listener])
        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join(20)
