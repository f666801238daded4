"""``briefing users`` as it is typed, and what ``serve`` refuses."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from rag.compose import opened_accounts
from rag.errors import BriefingError, NotFound, SettingsError, UsageError
from rag.settings import Settings
from tests.web.auth.people import PASSWORD, QUICK
from web import cli_users, server
from web.auth import access
from web.cli import app


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(access, "Passwords", lambda: QUICK)
    return tmp_path / "data"


def typed(data: Path, *words: str, stdin: str = "") -> Result:
    return CliRunner().invoke(app, ["--data-dir", str(data), "users", *words], input=stdin, catch_exceptions=True)


def done(data: Path, *words: str, stdin: str = "") -> str:
    result = typed(data, *words, stdin=stdin)
    assert result.exit_code == 0, (result.output, result.exception)
    return result.stdout


def refused(data: Path, *words: str, stdin: str = "") -> BriefingError:
    error = typed(data, *words, stdin=stdin).exception
    assert isinstance(error, BriefingError), error
    return error


def test_an_account_from_first_to_last(data: Path) -> None:
    made = done(data, "add", "Root", "--role", "admin", "--password-stdin", stdin=PASSWORD)
    assert "can log in now, as admin" in made
    assert "as reader" in done(data, "add", "amal", "--password-stdin", stdin=f"{PASSWORD}\r\n")
    rows = json.loads(done(data, "list", "--json"))
    assert [(r["name"], r["role"]) for r in rows] == [("amal", "reader"), ("root", "admin")]
    assert "argon2" not in json.dumps(rows)
    done(data, "role", "AMAL", "editor")
    before = hashed(data, "amal")
    assert before is not None
    assert QUICK.matches(before, PASSWORD)
    done(data, "passwd", "amal", "--password-stdin", stdin="staple and battery\n")
    after = hashed(data, "amal")
    assert after is not None
    assert QUICK.matches(after, "staple and battery")
    assert isinstance(refused(data, "role", "root", "reader"), UsageError)
    done(data, "remove", "amal")
    assert isinstance(refused(data, "remove", "amal"), NotFound)
    assert "root" in done(data, "list")


def hashed(data: Path, name: str) -> str | None:
    with opened_accounts(Settings(data_dir=data)) as accounts:
        return accounts.password_hash(accounts.account(name).id)


@pytest.mark.parametrize(
    ("words", "stdin", "said"),
    [
        (("add", "amal"), "", "no terminal to ask"),
        (("add", "amal", "--password-stdin"), "", "held no password"),
        (("add", "amal", "--password-stdin"), "short", "at least 10"),
        (("add", "amal.haddad", "--password-stdin"), "Amal.Haddad", "is the name"),
        (("add", "a b", "--password-stdin"), PASSWORD, "cannot be the name"),
        (("token", "amal", "--name", "x"), "", "no account 'amal'"),
        (("revoke", "nothing"), "", "no token 'nothing'"),
    ],
)
def test_what_is_refused_is_said(data: Path, words: tuple[str, ...], stdin: str, said: str) -> None:
    error = refused(data, *words, stdin=stdin)
    assert said in str(error)
    assert error.exit_status == 2
    assert json.loads(done(data, "list", "--json")) == []


def test_a_password_is_typed_twice_on_a_terminal(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli_users, "_on_terminal", lambda: True)
    shown = typed(data, "add", "amal", stdin=f"{PASSWORD}\nsomething else\n{PASSWORD}\n{PASSWORD}\n")
    assert shown.exit_code == 0, shown.output
    assert "Password for amal" in shown.output
    assert PASSWORD not in shown.output
    assert QUICK.matches(hashed(data, "amal"), PASSWORD)


def test_a_password_cannot_stand_on_the_command_line(data: Path) -> None:
    for option in ("--password", "-p"):
        assert typed(data, "add", "amal", option, PASSWORD).exit_code == 2


def test_tokens_are_shown_once(data: Path) -> None:
    done(data, "add", "amal", "--password-stdin", stdin=PASSWORD)
    secret = done(data, "token", "amal", "--name", "weekly script", "--expires", "30").strip()
    assert re.fullmatch(r"bd_[\w-]{43}", secret)
    listed = done(data, "tokens")
    assert "weekly script" in listed
    assert secret not in listed
    [kept] = json.loads(done(data, "tokens", "amal", "--json"))
    done(data, "revoke", kept["id"])
    assert json.loads(done(data, "tokens", "--json")) == []
    assert isinstance(refused(data, "token", "amal", "--name", "x", "--expires", "0"), UsageError)


def test_what_belongs_to_no_one_is_adopted_and_what_somebody_leaves_is_kept(data: Path) -> None:
    from rag.records import open_records

    for name in ("amal", "basim"):
        done(data, "add", name, "--password-stdin", stdin=PASSWORD)
    records = open_records(Settings(data_dir=data).database)
    records.conversations.create(title="Before")
    assert json.loads(done(data, "adopt", "amal", "--json")) == {"account": "amal", "conversations": 1, "memos": 0}
    asked = refused(data, "remove", "amal")
    assert "Remove amal with 1 conversations and 0 memos?" in str(asked)
    assert "other" in str(refused(data, "remove", "amal", "--keep-for", "amal"))
    done(data, "remove", "amal", "--keep-for", "basim")
    basim = records.accounts.account("basim")
    assert [c["title"] for c in records.conversations.conversations(owner=basim.id)] == ["Before"]
    done(data, "remove", "basim", "--yes")
    assert records.conversations.conversations(owner=basim.id) == []
    records.close()


def test_where_a_proxy_logs_people_in_no_password_is_asked(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRIEFING_AUTH", "proxy")
    monkeypatch.setenv("BRIEFING_TRUSTED_PROXIES", "127.0.0.1")
    done(data, "add", "amal@example.org", "--role", "admin")
    assert hashed(data, "amal@example.org") is None


# --------------------------------------------------------------------------- serve


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "desk.example"])
def test_without_log_in_only_loopback_is_served(tmp_path: Path, host: str) -> None:
    with pytest.raises(SettingsError, match=r"BRIEFING_AUTH is none.*briefing users add NAME --role admin"):
        server.run(Settings(data_dir=tmp_path), host=host, port=0)
    assert not list(tmp_path.iterdir())  # nothing was begun


def test_without_a_trusted_proxy_none_is_believed(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="BRIEFING_TRUSTED_PROXIES"):
        server.run(Settings(data_dir=tmp_path, auth="proxy"), host="127.0.0.1", port=0)


def test_without_an_account_the_command_to_make_one_is_said(data: Path) -> None:
    settings = Settings(data_dir=data, auth="password")
    with (
        opened_accounts(settings) as accounts,
        pytest.raises(SettingsError, match="`briefing users add NAME --role admin`"),
    ):
        server.refuse_without_accounts(settings, accounts)
    done(data, "add", "root", "--role", "admin", "--password-stdin", stdin=PASSWORD)
    with opened_accounts(settings) as accounts:
        server.refuse_without_accounts(settings, accounts)
