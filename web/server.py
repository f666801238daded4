"""Starts the web server: one process, loopback unless told otherwise."""

from __future__ import annotations

import ipaddress
import logging
import socket
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import uvicorn

from rag.compose import build
from rag.errors import UsageError
from rag.settings import Settings
from rag.types import IngestReport
from web.app import create_app
from web.deps import Ingest
from web.ingesting import run_ingest

_log = logging.getLogger(__name__)


def run(settings: Settings, *, host: str, port: int) -> None:
    """Serves until interrupted; prints the address once it listens.

    Raises:
        UsageError: the address cannot be listened on.
    """
    listening = _listen(host, port)
    briefing = build(settings, serving=True)
    try:
        app = create_app(briefing, ingest=_ingester(settings), allowed_hosts=_hosts(host))
        threading.Thread(target=_warm, args=(briefing.warm,), daemon=True).start()
        print(f"Briefing Desk is at http://{_shown(host)}:{listening.getsockname()[1]}", flush=True)
        config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=5, server_header=False)
        uvicorn.Server(config).run(sockets=[listening])
    finally:
        briefing.close()


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(128)  # whoever reads the printed address may connect at once
    except OSError as error:
        listening.close()
        raise UsageError(
            f"Cannot listen on {host}:{port}: {error.strerror or error}. Is another server running there? "
            "Choose another with --port or --host."
        ) from error
    return listening


def _ingester(settings: Settings) -> Ingest:
    def ingest(
        paths: Sequence[Path], /, *, progress: Callable[[Any], None] | None = None
    ) -> IngestReport:
        return run_ingest(settings, paths, progress=progress)

    return ingest


def _hosts(host: str) -> tuple[str, ...]:
    """Host headers to answer to besides the loopback names: the bound address when it is another.

    Bound to all addresses it answers to the one it was reached at; other names must be allowed by
    setting, since any page could point its own name here.
    """
    try:
        address = ipaddress.ip_address(host)
        return () if address.is_loopback or address.is_unspecified else (host,)
    except ValueError:
        return (host,)


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _warm(warm: Callable[[], None]) -> None:
    try:
        warm()
    except Exception as error:
        _log.warning("The first question will be slower: %s", error)
