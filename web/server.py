"""Starts the web server: one process, loopback unless told otherwise."""

from __future__ import annotations

import ipaddress
import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from rag.compose import build
from rag.errors import SettingsError, UsageError
from rag.ports import AccountStore
from rag.settings import Settings
from rag.types import IngestReport
from web.app import create_app
from web.deps import Ingest
from web.ingesting import run_ingest
from web.logs import configure

_log = logging.getLogger(__name__)


class Server(uvicorn.Server):
    """Stops on the first signal when running work is done, on the second at once."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begins the stop; the process then ends with status 0, so that ``finally`` blocks are reached."""
        if self.should_exit:
            os.write(2, b"briefing: stopped at once; what was being worked on is lost\n")
            os._exit(128 + sig)
        self.should_exit = True  # before the line is written: a second signal may follow it at once
        _log.info("stopping: running answers are finished first; a second signal stops at once")


def run(settings: Settings, *, host: str, port: int) -> None:
    """Serves until interrupted; prints the address once it listens.

    Raises:
        UsageError: the address cannot be listened on.
        SettingsError: anybody who reaches it would be let in, or nobody could log in.
    """
    refuse_open_door(settings, host)
    configure(settings)
    listening = listen(host, port)
    briefing = build(settings, serving=True)
    try:
        refuse_without_accounts(settings, briefing.accounts)
        app = create_app(briefing, ingest=_ingester(settings), allowed_hosts=hosts_of(host))
        threading.Thread(target=_warm, args=(briefing.warm,), daemon=True).start()
        print(f"Briefing Desk is at http://{shown(host)}:{listening.getsockname()[1]}", flush=True)
        serve(app, settings, listening)
    finally:
        briefing.close()
    _leave()


def serve(app: ASGIApp, settings: Settings, listening: socket.socket) -> None:
    """Serves an application on a socket until a signal ends it."""
    config = uvicorn.Config(
        app,
        log_config=None,  # its loggers end in ours
        access_log=False,  # web.access writes one without addresses' queries
        timeout_graceful_shutdown=round(settings.stop_seconds),
        server_header=False,
        proxy_headers=False,  # whose word is believed is BRIEFING_TRUSTED_PROXIES' matter: web.auth.peers
    )
    Server(config).run(sockets=[listening])


def _leave(seconds: float = 1.0) -> None:
    """Ends the process although a thread still works, once the time that work had is over.

    Python would wait for it without end (a call to a language model, for example).  Nothing is stored by
    half: documents, answers and memos are each one transaction.
    """
    deadline = time.monotonic() + seconds
    own = threading.current_thread()
    for thread in threading.enumerate():
        if thread is not own and not thread.daemon:
            thread.join(max(0.0, deadline - time.monotonic()))
            if thread.is_alive():
                _log.warning("%s was still working and was cut off", thread.name)
                logging.shutdown()
                os._exit(0)


def refuse_open_door(settings: Settings, host: str) -> None:
    """Without log-in only programs of this machine may come in.

    Raises:
        SettingsError: another machine could reach the address, or no proxy is trusted where one logs in.
    """
    if settings.auth == "none" and not is_loopback(host):
        raise SettingsError(
            f"BRIEFING_AUTH is none, so whoever can reach {host} could read and change everything. Set "
            "BRIEFING_AUTH=password and make an account (`briefing users add NAME --role admin`), or listen on "
            "127.0.0.1."
        )
    if settings.auth == "proxy" and not settings.trusted_proxies.strip():
        raise SettingsError(
            "BRIEFING_AUTH is proxy, but no proxy is trusted. Set BRIEFING_TRUSTED_PROXIES to its address, such "
            "as 127.0.0.1."
        )


def refuse_without_accounts(settings: Settings, accounts: AccountStore) -> None:
    """Raises SettingsError when people must log in and nobody can."""
    if settings.auth == "password" and not any(a.has_password for a in accounts.accounts()):
        raise SettingsError(
            "BRIEFING_AUTH is password, but there is no account yet. Make the first one: "
            "`briefing users add NAME --role admin`."
        )


def is_loopback(host: str) -> bool:
    """Whether only programs of this machine can reach an address.

    >>> [is_loopback(h) for h in ("127.0.0.1", "::1", "localhost", "0.0.0.0", "::", "192.0.2.7", "desk.example")]
    [True, True, True, False, False, False, False]
    """
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False  # a name can lead anywhere, and elsewhere tomorrow


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens.  Raises UsageError when it cannot."""
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
        paths: Sequence[Path],
        /,
        *,
        progress: Callable[[Any], None] | None = None,
        again: bool = False,
    ) -> IngestReport:
        return run_ingest(settings, paths, progress=progress, again=again)

    return ingest


def hosts_of(host: str) -> tuple[str, ...]:
    """Host headers to answer to besides the loopback names: the bound address when it is another.

    Bound to all addresses it answers to the one it was reached at; other names must be allowed by
    setting, since any page could point its own name here.
    """
    try:
        address = ipaddress.ip_address(host)
        return () if address.is_loopback or address.is_unspecified else (host,)
    except ValueError:
        return (host,)


def shown(host: str) -> str:
    """The host as it stands in an address.

    >>> shown("::1"), shown("127.0.0.1")
    ('[::1]', '127.0.0.1')
    """
    return f"[{host}]" if ":" in host else host


def _warm(warm: Callable[[], None]) -> None:
    try:
        warm()
    except Exception as error:
        _log.warning("The first question will be slower: %s", error)
