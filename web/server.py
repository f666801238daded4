"""Runs the web application: one process, because exactly one may hold the library open for writing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rag.settings import Settings
from rag.types import IngestReport

_ANYWHERE = frozenset({"", "0.0.0.0", "::"})  # noqa: S104 - compared with, never bound to


def run(settings: Settings, *, host: str, port: int) -> None:
    """Serves until it is told to stop; heavy imports happen here, not at ``--help``."""
    import uvicorn

    from rag.compose import build, run_ingest
    from web.app import create_app

    def ingest(paths: Sequence[Path], /) -> IngestReport:
        return run_ingest(settings, list(paths))

    briefing = build(settings)
    try:
        hosts = () if host in _ANYWHERE else (host,)
        app = create_app(briefing, ingest=ingest, allowed_hosts=hosts)
        # A streamed answer must not hold up the stop for longer than a reader would wait.
        uvicorn.run(app, host=host, port=port, timeout_graceful_shutdown=10, server_header=False)
    finally:
        briefing.close()
