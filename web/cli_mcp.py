"""``mcp``: the library for assistants that speak the Model Context Protocol."""

from __future__ import annotations

import sys
from contextlib import ExitStack, redirect_stdout
from typing import TYPE_CHECKING, Annotated

import typer

from rag import __version__
from rag.errors import UsageError
from rag.settings import Settings
from web.cli_common import DataDir, opened, settings_for

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from rag.briefing import Briefing


def register(app: typer.Typer) -> None:
    """Adds the command to the application."""
    app.command()(mcp)


def mcp(
    http: Annotated[
        str | None,
        typer.Option("--http", metavar="HOST:PORT", help="Serve over HTTP, at /mcp, instead of over standard input."),
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Serve the library to assistants over MCP (search, ask, read)."""
    settings = settings_for(data_dir)
    where = address(http) if http is not None else None
    if where is not None:
        _over_http(settings, *where)
    else:
        _over_stdio(settings)


def _over_stdio(settings: Settings) -> None:
    from web import logs
    from web.mcp_server import make_server

    logs.configure(settings)
    with ExitStack() as stack:
        with redirect_stdout(sys.stderr):  # standard output belongs to the protocol, before it begins, too
            briefing = stack.enter_context(opened(settings))
            server = make_server(briefing, version=__version__)
        server.run("stdio")


def _over_http(settings: Settings, host: str, port: int) -> None:
    from web import logs
    from web.mcp_server import http_app, make_server
    from web.server import listen, refuse_open_door, refuse_without_accounts, serve, shown

    refuse_open_door(settings, host)
    logs.configure(settings)
    listening = listen(host, port)
    with opened(settings) as briefing:
        refuse_without_accounts(settings, briefing.accounts)
        app = _guarded(http_app(make_server(briefing, version=__version__)), settings, briefing, host)
        typer.echo(f"The MCP server is at http://{shown(host)}:{listening.getsockname()[1]}/mcp", err=True)
        serve(app, settings, listening)


def _guarded(app: ASGIApp, settings: Settings, briefing: Briefing, host: str) -> ASGIApp:
    """The same checks as around the web application: host names, origin, and who asks."""
    from web.access import Observer
    from web.auth.access import Access
    from web.auth.gate import Gate
    from web.metrics import Metrics
    from web.security import BODY_BYTES, Guard
    from web.server import hosts_of

    hosts = [*hosts_of(host), *(name.strip() for name in settings.allowed_hosts.split(","))]
    gate = Gate(app, access=Access(settings, briefing.accounts))
    return Observer(Guard(gate, hosts=hosts, upload_bytes=BODY_BYTES), metrics=Metrics())


def address(text: str) -> tuple[str, int]:
    """Host and port.

    >>> address("127.0.0.1:8765"), address("[::1]:0")
    (('127.0.0.1', 8765), ('::1', 0))

    Raises:
        UsageError: it is no ``HOST:PORT``.
    """
    host, colon, port = text.rpartition(":")
    if not colon or not port.isascii() or not port.isdecimal() or int(port) > 65535 or not host:
        raise UsageError(f"{text!r} is not an address; write HOST:PORT, such as 127.0.0.1:8765.")
    return host.removeprefix("[").removesuffix("]"), int(port)
