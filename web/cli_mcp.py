"""``mcp``: the library for assistants that speak the Model Context Protocol."""

from __future__ import annotations

import ipaddress
import sys
from contextlib import ExitStack, redirect_stdout
from typing import Annotated

import typer

from rag import __version__
from rag.errors import UsageError
from rag.settings import Settings
from web.cli_common import DataDir, opened, settings_for


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
    if where is not None and not _loopback(where[0]):
        raise UsageError(
            f"The MCP server has no log-in, so it listens on loopback addresses only, not on {where[0]!r}. "
            "Use --http 127.0.0.1:PORT."
        )
    from web import logs

    logs.configure(settings)
    if where is None:
        _over_stdio(settings)
    else:
        _over_http(settings, *where)


def _over_stdio(settings: Settings) -> None:
    from web.mcp_server import make_server

    with ExitStack() as stack:
        with redirect_stdout(sys.stderr):  # standard output belongs to the protocol, before it begins, too
            briefing = stack.enter_context(opened(settings))
            server = make_server(briefing, version=__version__)
        server.run("stdio")


def _over_http(settings: Settings, host: str, port: int) -> None:
    from web.access import Observer
    from web.mcp_server import http_app, make_server
    from web.metrics import Metrics
    from web.server import listen, serve, shown

    listening = listen(host, port)
    with opened(settings) as briefing:
        app = http_app(make_server(briefing, version=__version__), host, [])
        typer.echo(f"The MCP server is at http://{shown(host)}:{listening.getsockname()[1]}/mcp", err=True)
        serve(Observer(app, metrics=Metrics()), settings, listening)


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


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
