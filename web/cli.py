"""The command line: each command parses, builds, calls, prints.  The error edge is :func:`main`.

Heavy modules are imported inside the commands, so that ``briefing --help`` answers at once.
"""

from __future__ import annotations

import sys
import tempfile
import traceback
from pathlib import Path
from typing import Annotated, Any

import typer

from rag import __version__
from rag.errors import BriefingError
from web import cli_ask, cli_eval, cli_library, cli_mcp, cli_memo, cli_serve, cli_users, cli_verify
from web.cli_common import DataDir, remember_data_dir

app = typer.Typer(
    name="briefing",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Answers and memos about a folder of reports; every sentence rests on a quote you can open.",
)
cli_library.register(app)
cli_ask.register(app)
cli_memo.register(app)
cli_verify.register(app)
cli_serve.register(app)
cli_mcp.register(app)
cli_eval.register(app)
cli_users.register(app)

_WRONG_USE: Any = next(c for c in typer.BadParameter.__mro__ if c.__name__ == "ClickException")
"""What parsing raises: click's own, or that of the click inside newer versions of typer."""


def _version(value: bool) -> None:
    if value:
        typer.echo(f"briefing {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    data_dir: DataDir = None,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """Options that may stand before the command."""
    remember_data_dir(data_dir)


def main(arguments: list[str] | None = None) -> None:
    """Runs a command; every error ends in one line on standard error and the right exit status."""
    try:
        status = app(args=arguments, standalone_mode=False)
    except BriefingError as error:
        _say(str(error))
        sys.exit(error.exit_status)
    except typer.Abort:
        _say("stopped")
        sys.exit(130)
    except _WRONG_USE as error:
        error.show()
        sys.exit(2)
    except KeyboardInterrupt:
        _say("stopped")
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(0)
    except Exception as error:
        _say(f"internal error ({type(error).__name__}): {error}. Details: {_report()}")
        sys.exit(1)
    sys.exit(status if isinstance(status, int) else 0)


def _say(line: str) -> None:
    print(f"briefing: {line}", file=sys.stderr)


def _report() -> Path:
    """Writes the traceback to a file and names it: users get one line, maintainers the rest."""
    with tempfile.NamedTemporaryFile(
        "w", prefix="briefing-error-", suffix=".txt", delete=False, encoding="utf-8"
    ) as file:
        traceback.print_exc(file=file)
        return Path(file.name)


if __name__ == "__main__":
    main()
