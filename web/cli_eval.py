"""``eval``: the evaluation harness."""

from __future__ import annotations

import typer


def register(app: typer.Typer) -> None:
    """Adds the group to the application."""
    del app
