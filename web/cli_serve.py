"""``serve``: the web application."""

from __future__ import annotations

from typing import Annotated

import typer

from web.cli_common import DataDir, settings_for


def register(app: typer.Typer) -> None:
    """Adds the command to the application."""
    app.command()(serve)


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=0, max=65535)] = 8000,
    data_dir: DataDir = None,
) -> None:
    """Serve the web application."""
    from web.server import run

    run(settings_for(data_dir), host=host, port=port)
