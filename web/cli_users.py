"""``users``: accounts for ``BRIEFING_AUTH=password`` and ``proxy``, and tokens for programs."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rag.errors import UsageError
from rag.types import Account, ApiToken, Role
from web.cli_common import DataDir, Json, print_json, settings_for

if TYPE_CHECKING:
    from pathlib import Path

    from rag.ports import AccountStore
    from web.auth.access import Access

Name = Annotated[str, typer.Argument(help="Name of the account.", metavar="NAME")]
RoleOption = Annotated[
    Role, typer.Option("--role", help="reader asks, reads, keeps memos; editor changes the library; admin all.")
]
FromStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input instead of asking.")
]
group = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Make, change and remove accounts, and tokens for programs.",
)


def register(app: typer.Typer) -> None:
    """Adds the group to the application."""
    app.add_typer(group, name="users")


@dataclass(frozen=True, slots=True)
class _Office:
    """What the commands work with."""

    access: Access
    accounts: AccountStore

    @property
    def by_proxy(self) -> bool:
        """Whether people log in at a proxy, so that accounts have no password."""
        return self.access.mode == "proxy"


@contextmanager
def _opened(data_dir: Path | None) -> Iterator[_Office]:
    from rag.compose import opened_accounts
    from web.auth.access import Access

    settings = settings_for(data_dir)
    with opened_accounts(settings) as accounts:
        yield _Office(Access(settings, accounts), accounts)


@group.command()
def add(
    name: Name,
    role: RoleOption = Role.READER,
    password_stdin: FromStdin = False,
    data_dir: DataDir = None,
) -> None:
    """Make an account; asks for its password, unless a proxy logs people in."""
    from web.auth.names import clean_name

    clean = clean_name(name)
    with _opened(data_dir) as office:
        if office.accounts.find(clean):
            raise UsageError(f"There is an account {clean!r} already.")
        stored = None
        if not office.by_proxy:
            stored = office.access.passwords.hash(_password(clean, password_stdin), name=clean)
        office.accounts.add(clean, role=role, password_hash=stored)
    typer.echo(f"{clean} can log in now, as {role}.")


@group.command("list")
def listed(data_dir: DataDir = None, as_json: Json = False) -> None:
    """Show the accounts."""
    with _opened(data_dir) as office:
        accounts = office.accounts.accounts()
    if as_json:
        print_json([asdict(account) for account in accounts])
        return
    for account in accounts:
        seen = f"last here {account.seen_at[:10]}" if account.seen_at else "not here yet"
        typer.echo(f"{account.name}  {account.role}  since {account.created_at[:10]}, {seen}")
    if not accounts:
        typer.echo("There is no account yet. `briefing users add NAME --role admin` makes one.", err=True)


@group.command()
def passwd(name: Name, password_stdin: FromStdin = False, data_dir: DataDir = None) -> None:
    """Set another password; every browser of the account is logged out."""
    with _opened(data_dir) as office:
        account = _account(office, name)
        office.access.change_password(account, _password(account.name, password_stdin))
        tokens = len(office.accounts.tokens(account.id))
    typer.echo(f"The password of {account.name} is changed.")
    if tokens:
        typer.echo(f"Its tokens stay valid: {tokens}. `briefing users tokens` lists them.", err=True)


@group.command()
def role(
    name: Name,
    role: Annotated[Role, typer.Argument(help="reader, editor or admin.")],
    data_dir: DataDir = None,
) -> None:
    """Give an account another role; it counts from the next click on."""
    with _opened(data_dir) as office:
        account = _account(office, name)
        office.accounts.set_role(account.id, role)
    typer.echo(f"{account.name} is {role} now.")


@group.command()
def remove(
    name: Name,
    keep_for: Annotated[
        str | None, typer.Option("--keep-for", help="Account that gets the conversations and memos.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    data_dir: DataDir = None,
) -> None:
    """Remove an account with its conversations and memos, or hand those over."""
    with _opened(data_dir) as office:
        account = _account(office, name)
        heir = _account(office, keep_for).id if keep_for else None
        if heir == account.id:
            raise UsageError("--keep-for names the account that is removed; name another.")
        conversations, memos = office.accounts.belongings(account.id)
        if (conversations or memos) and heir is None and not yes:
            _confirm(f"Remove {account.name} with {conversations} conversations and {memos} memos?")
        office.accounts.remove(account.id, heir=heir)
    typer.echo(f"{account.name} is removed.")


@group.command()
def adopt(name: Name, data_dir: DataDir = None, as_json: Json = False) -> None:
    """Hand over the conversations and memos that belong to no one (made without log-in)."""
    with _opened(data_dir) as office:
        account = _account(office, name)
        conversations, memos = office.accounts.hand_over("", account.id)
    if as_json:
        print_json({"account": account.name, "conversations": conversations, "memos": memos})
    else:
        typer.echo(f"{account.name} has {conversations} more conversations and {memos} more memos now.")


@group.command()
def token(
    name: Name,
    label: Annotated[str, typer.Option("--name", help="What the token is for, such as the program's name.")],
    expires: Annotated[int | None, typer.Option("--expires", help="Days until it expires.", metavar="DAYS")] = None,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """Make a token for a program; it is shown once and cannot be shown again."""
    with _opened(data_dir) as office:
        secret, kept = office.access.tokens.issue(_account(office, name), label=label, days=expires)
    if as_json:
        print_json({**_token_json(kept), "token": secret})
        return
    typer.echo(secret)
    until = f"until {kept.expires_at[:10]}" if kept.expires_at else "until it is revoked"
    typer.echo(f"Send it as `Authorization: Bearer TOKEN`. It is valid {until}; its id is {kept.id}.", err=True)


@group.command()
def tokens(
    name: Annotated[str | None, typer.Argument(help="Only of this account.", metavar="[NAME]")] = None,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """Show what is kept of tokens: id, account, what for, until when, last use."""
    with _opened(data_dir) as office:
        found = office.accounts.tokens(_account(office, name).id if name else None)
    if as_json:
        print_json([_token_json(kept) for kept in found])
        return
    for kept in found:
        until = f"until {kept.expires_at[:10]}" if kept.expires_at else "no end"
        used = f"last used {kept.used_at[:10]}" if kept.used_at else "not used yet"
        typer.echo(f"{kept.id}  {kept.account.name}  {kept.label}  {until}, {used}")


@group.command()
def revoke(
    token_id: Annotated[str, typer.Argument(help="Id of the token, from `users tokens`.", metavar="ID")],
    data_dir: DataDir = None,
) -> None:
    """End a token at once."""
    with _opened(data_dir) as office:
        office.accounts.revoke_token(token_id)
    typer.echo(f"The token {token_id} is no longer valid.")


def _account(office: _Office, name: str) -> Account:
    from web.auth.names import clean_name

    return office.accounts.account(clean_name(name))


def _password(name: str, from_stdin: bool) -> str:
    """The password, typed twice on a terminal or read as one line; never from the command line, where
    others on the machine and the shell's history see it.
    """
    if from_stdin:
        line = sys.stdin.readline()
        if not line.strip():
            raise UsageError("Standard input held no password; pipe one line into --password-stdin.")
        return line.rstrip("\r\n")
    if not _on_terminal():
        raise UsageError("There is no terminal to ask for the password; use --password-stdin.")
    return str(typer.prompt(f"Password for {name}", hide_input=True, confirmation_prompt=True, err=True))


def _confirm(question: str) -> None:
    if not _on_terminal():
        raise UsageError(f"{question} There is no terminal to ask; say --yes, or hand them over with --keep-for.")
    typer.confirm(question, abort=True, err=True)


def _on_terminal() -> bool:
    return sys.stdin.isatty()


def _token_json(kept: ApiToken) -> dict[str, Any]:
    return {
        "id": kept.id,
        "account": kept.account.name,
        "name": kept.label,
        "created_at": kept.created_at,
        "expires_at": kept.expires_at,
        "used_at": kept.used_at,
    }
