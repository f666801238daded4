"""Log-ins that last, and tokens for programs: opened, found while they are valid, closed."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from rag.errors import LibraryBusy, UsageError
from rag.ports import AccountStore
from rag.types import Account, ApiToken
from web.auth.secrets import digest, new_secret

log = logging.getLogger("briefing.web")
TOKEN_PREFIX = "bd_"  # noqa: S105 - lets people and scanners see what a leaked string is
_NOTED_EVERY = timedelta(minutes=1)
Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The time."""
    return datetime.now(UTC)


def _noted(what: str, note: Callable[[], None]) -> None:
    """Notes a use.  A library that is being written to must not keep people out for it."""
    try:
        note()
    except LibraryBusy as error:
        log.warning("The use of %s was not noted: %s", what, error)


class Sessions:
    """Sessions kept on the server; the cookie holds a random secret, the store its digest.

    Args:
        idle: how long a session lasts unused.
        longest: how long it lasts at all.
    """

    def __init__(self, store: AccountStore, *, idle: timedelta, longest: timedelta, now: Clock = utc_now) -> None:
        self._store, self._idle, self.longest, self._now = store, idle, longest, now

    def open(self, account: Account, *, instead_of: str | None = None) -> str:
        """A new session; its secret.

        ``instead_of`` is the session that the browser had, if any: it ends, so that nobody who planted
        or saw it shares the new one.
        """
        if instead_of:
            self.close(instead_of)
        now = self._now()
        self._store.drop_sessions(
            opened_before=_stamp(now - self.longest), seen_before=_stamp(now - self._idle)
        )
        secret = new_secret()
        self._store.open_session(account.id, digest(secret))
        return secret

    def find(self, secret: str) -> Account | None:
        """Whose session it is; None when it is unknown or over."""
        known = digest(secret)
        session = self._store.session(known)
        if session is None:
            return None
        now, seen = self._now(), datetime.fromisoformat(session.seen_at)
        if now - seen >= self._idle or now - datetime.fromisoformat(session.created_at) >= self.longest:
            self._store.close_session(known)
            return None
        if now - seen >= _NOTED_EVERY:
            _noted("a session", lambda: self._store.touch_session(known))
        return session.account

    def close(self, secret: str) -> None:
        """Ends a session."""
        self._store.close_session(digest(secret))

    def close_all(self, account: Account) -> None:
        """Ends all sessions of an account."""
        self._store.close_sessions(account.id)


class Tokens:
    """Tokens for programs."""

    def __init__(self, store: AccountStore, *, now: Clock = utc_now) -> None:
        self._store, self._now = store, now

    def issue(self, account: Account, *, label: str, days: int | None = None) -> tuple[str, ApiToken]:
        """A new token, to be shown once, and what is kept of it.

        Raises:
            UsageError: no label, or not a number of days.
        """
        clean = " ".join(label.split())
        if not 0 < len(clean) <= 80:
            raise UsageError("Give the token a name of 1 to 80 characters, such as the program that will use it.")
        if days is not None and not 0 < days <= 3650:
            raise UsageError(f"A token can last 1 to 3650 days, not {days}.")
        expires = None if days is None else _stamp(self._now() + timedelta(days=days))
        secret = TOKEN_PREFIX + new_secret()
        return secret, self._store.add_token(account.id, digest(secret), label=clean, expires_at=expires)

    def find(self, secret: str) -> Account | None:
        """Whose token it is; None when it is unknown, revoked or expired."""
        token = self._store.token(digest(secret))
        now = self._now()
        if token is None or (token.expires_at and now >= datetime.fromisoformat(token.expires_at)):
            return None
        if token.used_at is None or now - datetime.fromisoformat(token.used_at) >= _NOTED_EVERY:
            _noted("a token", lambda: self._store.touch_token(token.id))
        return token.account


def _stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")
