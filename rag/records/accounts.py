"""Accounts, sessions and tokens for programs."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, or_, select, update

from rag.errors import NotFound, UsageError
from rag.records import schema
from rag.records.conversations import stamp
from rag.records.database import Database
from rag.records.schema import read_meta, write_meta
from rag.types import Account, ApiToken, Role, Session

_ACCOUNTS = schema.accounts.c
_SESSIONS = schema.sessions.c
_TOKENS = schema.tokens.c
_OWNED = (schema.answers, schema.feedback)
"""What follows its conversation from owner to owner, besides conversations and memos themselves."""


class SqlAccounts:
    """A :class:`rag.ports.AccountStore` over SQL."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    # ------------------------------------------------------------------ accounts

    def add(self, name: str, *, role: Role, password_hash: str | None) -> Account:
        """A new account.  Raises UsageError when the name is taken."""
        account = Account(
            id=uuid.uuid4().hex,
            name=name,
            role=role,
            created_at=self._time(),
            has_password=password_hash is not None,
        )
        with self._database.write() as connection:
            if connection.execute(select(_ACCOUNTS.id).where(_ACCOUNTS.name == name)).first():
                raise UsageError(f"There is an account {name!r} already.")
            connection.execute(
                insert(schema.accounts).values(
                    id=account.id,
                    name=name,
                    role=str(role),
                    password_hash=password_hash,
                    created_at=account.created_at,
                )
            )
        return account

    def accounts(self) -> list[Account]:
        """All accounts, by name."""
        with self._database.read() as connection:
            rows = connection.execute(select(schema.accounts).order_by(_ACCOUNTS.name))
            return [_account(row) for row in rows]

    def find(self, name: str) -> Account | None:
        """The account of that name, if there is one."""
        with self._database.read() as connection:
            row = connection.execute(select(schema.accounts).where(_ACCOUNTS.name == name)).first()
        return None if row is None else _account(row)

    def account(self, name: str) -> Account:
        """The account of that name.  Raises NotFound."""
        found = self.find(name)
        if found is None:
            raise NotFound(f"There is no account {name!r}. `briefing users list` shows those there are.")
        return found

    def password_hash(self, account_id: str) -> str | None:
        """The stored hash; None for an account that logs in elsewhere."""
        query = select(_ACCOUNTS.password_hash).where(_ACCOUNTS.id == account_id)
        with self._database.read() as connection:
            return connection.execute(query).scalar_one_or_none()

    def set_password(self, account_id: str, password_hash: str) -> None:
        """Another password.  Raises NotFound."""
        self._change(account_id, password_hash=password_hash)

    def set_role(self, account_id: str, role: Role) -> None:
        """Another role.  Raises NotFound, and UsageError when no admin would be left."""
        with self._database.write() as connection:
            if role is not Role.ADMIN:
                _one_admin_stays(connection, account_id)
            changed = connection.execute(
                update(schema.accounts).where(_ACCOUNTS.id == account_id).values(role=str(role))
            )
            _found(changed.rowcount)

    def seen(self, account_id: str) -> None:
        """Notes that the account was used now."""
        self._change(account_id, seen_at=self._time())

    def remove(self, account_id: str, *, heir: str | None = None) -> None:
        """Removes an account with its sessions and tokens, and with its things unless they have an heir.

        Raises:
            NotFound: there is no such account.
            UsageError: no admin would be left.
        """
        with self._database.write() as connection:
            _one_admin_stays(connection, account_id)
            if heir is not None:
                _hand_over(connection, account_id, heir)
            for table in (schema.feedback, schema.answers, schema.conversations, schema.memos):
                connection.execute(delete(table).where(table.c.owner == account_id))
            _found(connection.execute(delete(schema.accounts).where(_ACCOUNTS.id == account_id)).rowcount)

    def _change(self, account_id: str, **values: Any) -> None:
        with self._database.write() as connection:
            changed = connection.execute(
                update(schema.accounts).where(_ACCOUNTS.id == account_id).values(**values)
            )
            _found(changed.rowcount)

    # ------------------------------------------------------------------ what belongs to whom

    def belongings(self, owner: str) -> tuple[int, int]:
        """How many conversations and memos an owner has."""
        with self._database.read() as connection:
            return _count(connection, owner)

    def hand_over(self, before: str, after: str) -> tuple[int, int]:
        """Gives all conversations and memos of one owner to another; returns how many of each."""
        with self._database.write() as connection:
            counted = _count(connection, before)
            _hand_over(connection, before, after)
        return counted

    # ------------------------------------------------------------------ sessions

    def open_session(self, account_id: str, digest: str) -> None:
        """Begins a session."""
        time = self._time()
        with self._database.write() as connection:
            connection.execute(
                insert(schema.sessions).values(digest=digest, account_id=account_id, created_at=time, seen_at=time)
            )

    def session(self, digest: str) -> Session | None:
        """The session of that digest, however old."""
        query = (
            select(
                schema.accounts,
                _SESSIONS.created_at.label("session_created_at"),
                _SESSIONS.seen_at.label("session_seen_at"),
            )
            .join(schema.sessions, _SESSIONS.account_id == _ACCOUNTS.id)
            .where(_SESSIONS.digest == digest)
        )
        with self._database.read() as connection:
            row = connection.execute(query).first()
        if row is None:
            return None
        return Session(account=_account(row), created_at=row.session_created_at, seen_at=row.session_seen_at)

    def touch_session(self, digest: str) -> None:
        """Notes that the session was used now."""
        with self._database.write() as connection:
            connection.execute(
                update(schema.sessions).where(_SESSIONS.digest == digest).values(seen_at=self._time())
            )

    def close_session(self, digest: str) -> None:
        """Ends a session; nothing happens where there is none."""
        with self._database.write() as connection:
            connection.execute(delete(schema.sessions).where(_SESSIONS.digest == digest))

    def close_sessions(self, account_id: str) -> None:
        """Ends all sessions of an account."""
        with self._database.write() as connection:
            connection.execute(delete(schema.sessions).where(_SESSIONS.account_id == account_id))

    def drop_sessions(self, *, opened_before: str, seen_before: str) -> None:
        """Removes the sessions that began or were last used before these times."""
        old = or_(_SESSIONS.created_at < opened_before, _SESSIONS.seen_at < seen_before)
        with self._database.write() as connection:
            connection.execute(delete(schema.sessions).where(old))

    # ------------------------------------------------------------------ tokens

    def add_token(self, account_id: str, digest: str, *, label: str, expires_at: str | None) -> ApiToken:
        """Keeps a token.  Raises NotFound."""
        token_id, time = uuid.uuid4().hex[:12], self._time()
        with self._database.write() as connection:
            row = connection.execute(select(schema.accounts).where(_ACCOUNTS.id == account_id)).first()
            if row is None:
                raise _no_account()
            connection.execute(
                insert(schema.tokens).values(
                    id=token_id,
                    account_id=account_id,
                    digest=digest,
                    label=label,
                    created_at=time,
                    expires_at=expires_at,
                )
            )
        return ApiToken(
            id=token_id, account=_account(row), label=label, created_at=time, expires_at=expires_at
        )

    def tokens(self, account_id: str | None = None) -> list[ApiToken]:
        """Tokens of an account, or of all, oldest first."""
        query = _with_account().order_by(_TOKENS.created_at, _TOKENS.id)
        if account_id is not None:
            query = query.where(_TOKENS.account_id == account_id)
        with self._database.read() as connection:
            return [_token(row) for row in connection.execute(query)]

    def token(self, digest: str) -> ApiToken | None:
        """The token of that digest, expired or not."""
        with self._database.read() as connection:
            row = connection.execute(_with_account().where(_TOKENS.digest == digest)).first()
        return None if row is None else _token(row)

    def touch_token(self, token_id: str) -> None:
        """Notes that the token was used now."""
        with self._database.write() as connection:
            connection.execute(
                update(schema.tokens).where(_TOKENS.id == token_id).values(used_at=self._time())
            )

    def revoke_token(self, token_id: str, *, account_id: str | None = None) -> None:
        """Removes a token (of this account, where one is named).  Raises NotFound."""
        query = delete(schema.tokens).where(_TOKENS.id == token_id)
        if account_id is not None:
            query = query.where(_TOKENS.account_id == account_id)
        with self._database.write() as connection:
            if connection.execute(query).rowcount == 0:
                raise NotFound(f"There is no token {token_id!r}.")

    # ------------------------------------------------------------------ the installation

    def secret(self) -> str:
        """A random secret of this installation, made on first use."""
        with self._database.read() as connection:
            found = read_meta(connection, "secret")
        if found is not None:
            return found
        with self._database.write() as connection:
            found = read_meta(connection, "secret")  # another process may have been faster
            if found is None:
                found = secrets.token_hex(32)
                write_meta(connection, "secret", found)
        return found

    def _time(self) -> str:
        return stamp(self._now())


def _account(row: Row[Any]) -> Account:
    return Account(
        id=row.id,
        name=row.name,
        role=Role(row.role),
        created_at=row.created_at,
        seen_at=row.seen_at,
        has_password=row.password_hash is not None,
    )


def _with_account() -> Any:
    token = [_TOKENS[name].label(f"token_{name}") for name in ("id", "label", "created_at", "expires_at", "used_at")]
    return select(schema.accounts, *token).join(schema.tokens, _TOKENS.account_id == _ACCOUNTS.id)


def _token(row: Row[Any]) -> ApiToken:
    return ApiToken(
        id=row.token_id,
        account=_account(row),
        label=row.token_label,
        created_at=row.token_created_at,
        expires_at=row.token_expires_at,
        used_at=row.token_used_at,
    )


def _found(rows: int) -> None:
    if not rows:
        raise _no_account()


def _no_account() -> NotFound:
    return NotFound("There is no such account; it may have been removed just now.")


def _one_admin_stays(connection: Connection, account_id: str) -> None:
    admins = set(connection.execute(select(_ACCOUNTS.id).where(_ACCOUNTS.role == str(Role.ADMIN))).scalars())
    if admins == {account_id}:
        raise UsageError("This is the last account with the role admin. Give another one that role first.")


def _count(connection: Connection, owner: str) -> tuple[int, int]:
    conversations, memos = (
        int(connection.execute(select(func.count()).where(table.c.owner == owner)).scalar_one())
        for table in (schema.conversations, schema.memos)
    )
    return conversations, memos


def _hand_over(connection: Connection, before: str, after: str) -> None:
    for table in (schema.conversations, schema.memos, *_OWNED):
        connection.execute(update(table).where(table.c.owner == before).values(owner=after))
