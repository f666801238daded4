"""The whole of access control for one application, built from its settings."""

from __future__ import annotations

import hmac
import logging
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from starlette.requests import HTTPConnection

from rag.errors import UsageError
from rag.ports import AccountStore
from rag.settings import Settings
from rag.types import Account, Role
from web.auth.names import clean_name
from web.auth.passwords import Passwords
from web.auth.peers import Peers, line_of, told_name
from web.auth.policy import Kind
from web.auth.refusals import LogInNeeded, Refused, TooMany
from web.auth.secrets import Proofs, digest
from web.auth.sessions import Clock, Sessions, Tokens, utc_now
from web.auth.throttle import Buckets
from web.auth.viewer import EVERYBODY, How, Viewer, viewer_for
from web.i18n import N_, gettext

log = logging.getLogger("briefing.web")
_QUARTER, _HOUR = 900.0, 3600.0
_SEEN_EVERY = timedelta(hours=1)
_SAID = {
    Kind.ASK: N_("That were many questions in a short time (BRIEFING_ASKS_PER_MINUTE)."),
    Kind.UPLOAD: N_("That were many uploads in a short time (BRIEFING_UPLOADS_PER_HOUR)."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Clocks:
    """The clocks it goes by; tests hand in their own."""

    now: Clock = utc_now
    ticks: Callable[[], float] | None = None
    passwords: Passwords | None = None


class Access:
    """Finds who asks, logs people in and out, and counts."""

    def __init__(self, settings: Settings, accounts: AccountStore, clocks: Clocks | None = None) -> None:
        clocks = clocks or Clocks()
        ticking: dict[str, Any] = {"clock": clocks.ticks} if clocks.ticks else {}
        self.settings, self.accounts = settings, accounts
        self.passwords = clocks.passwords or Passwords()
        self.mode = settings.auth
        self.peers = Peers(settings.trusted_proxies)
        self.proofs = Proofs(accounts.secret) if self.mode != "none" else Proofs(lambda: "")
        self.sessions = Sessions(
            accounts,
            idle=timedelta(hours=settings.session_idle_hours),
            longest=timedelta(hours=settings.session_max_hours),
            now=clocks.now,
        )
        self.tokens = Tokens(accounts, now=clocks.now)
        self._now = clocks.now
        self._limits = {
            Kind.ASK: Buckets(settings.asks_per_minute, per=60.0, **ticking),
            Kind.UPLOAD: Buckets(settings.uploads_per_hour, per=_HOUR, **ticking),
        }
        tries = settings.login_attempts
        self._tries = Buckets(tries, per=_QUARTER, **ticking)
        self._tries_from = Buckets(5 * tries, per=_QUARTER, **ticking)
        self._tries_for = Buckets(20 * tries, per=_QUARTER, **ticking)

    # ------------------------------------------------------------------ who asks

    def identify(self, scope: Mapping[str, Any]) -> Viewer | None:
        """Who asks; None when nobody is logged in.

        Raises:
            LogInNeeded: there is a token, and it is not valid.
            Refused: a user is named by something that is not the trusted proxy, or in a way nobody should.
        """
        if self.mode == "none":
            return EVERYBODY
        connection = HTTPConnection(dict(scope))
        token = bearer(connection.headers.get("authorization", ""))
        if token is not None:
            account = self.tokens.find(token)
            if account is None:
                raise LogInNeeded("This token is not known here, was revoked or has expired.")
            return viewer_for(account, How.TOKEN)
        if self.mode == "proxy":
            return self._proxied(scope)
        secret = connection.cookies.get(self.cookie_name(scope))
        account = self.sessions.find(secret) if secret else None
        if account is None or secret is None:
            return None
        return viewer_for(account, How.SESSION, self.proofs.make(f"session:{digest(secret)}"))

    def _proxied(self, scope: Mapping[str, Any]) -> Viewer | None:
        if not self.peers.is_proxy(scope):
            raise Refused(
                "This request did not come through the proxy that logs people in (BRIEFING_TRUSTED_PROXIES), "
                "so it was not carried out."
            )
        name = told_name(scope, self.settings.proxy_user_header)
        if name is None:
            return None
        account = self.accounts.find(name) or self._newcomer(name)
        if account.seen_at is None or self._now() - datetime.fromisoformat(account.seen_at) >= _SEEN_EVERY:
            self.accounts.seen(account.id)
        return viewer_for(account, How.PROXY, self.proofs.make(f"proxy:{account.id}"))

    def _newcomer(self, name: str) -> Account:
        try:
            account = self.accounts.add(name, role=Role(self.settings.proxy_role), password_hash=None)
        except UsageError:  # two first requests at once
            return self.accounts.account(name)
        log.info("the proxy named %s for the first time", name)
        return account

    def may_read_metrics(self, scope: Mapping[str, Any]) -> bool:
        """Whether the counters may be read without being an admin."""
        if self.mode == "none" or self.peers.direct_from_here(scope):
            return True
        wanted = self.settings.metrics_token
        given = bearer(HTTPConnection(dict(scope)).headers.get("authorization", ""))
        return (
            wanted is not None
            and given is not None
            and hmac.compare_digest(wanted.get_secret_value().encode(), given.encode())
        )

    # ------------------------------------------------------------------ logging in and out

    def log_in(self, name: str, password: str, *, address: str) -> Account | None:
        """The account, when name and password are right; says nothing of which was wrong.

        Raises:
            TooMany: too many wrong ones came before.
        """
        try:
            known = clean_name(name)
        except UsageError:
            known = ""
        line = line_of(address)
        keys: tuple[tuple[Buckets, Hashable], ...] = (
            (self._tries, (known, line)),
            (self._tries_from, line),
            (self._tries_for, known),
        )
        for buckets, key in keys:  # the narrow one first: who is stopped there uses up nobody else's
            wait = buckets.take(key)
            if wait:
                raise TooMany(gettext("Too many log-ins failed."), wait)
        account = self.accounts.find(known) if known else None
        stored = self.accounts.password_hash(account.id) if account else None
        if not self.passwords.matches(stored, password) or account is None or stored is None:
            log.warning("a log-in failed from %s", address)
            return None
        self._tries.forget((known, line))
        self._tries_from.give_back(line)
        self._tries_for.give_back(known)
        if self.passwords.outdated(stored):
            self.accounts.set_password(account.id, self.passwords.hash(password, name=account.name))
        self.accounts.seen(account.id)
        return account

    def change_password(self, account: Account, password: str) -> None:
        """Another password; every session of the account ends.  Raises UsageError."""
        self.accounts.set_password(account.id, self.passwords.hash(password, name=account.name))
        self.sessions.close_all(account)

    def secure(self, scope: Mapping[str, Any]) -> bool:
        """Whether cookies go over https only."""
        told = self.settings.cookie_secure
        return self.peers.https(scope) if told is None else told

    def cookie_name(self, scope: Mapping[str, Any]) -> str:
        """Over https the browser itself sees to it that no other host wrote the cookie (``__Host-``)."""
        return "__Host-briefing" if self.secure(scope) else "briefing"

    # ------------------------------------------------------------------ limits

    def count(self, kind: Kind, viewer: Viewer, scope: Mapping[str, Any]) -> None:
        """Counts one request.  Raises TooMany."""
        if self.mode == "none":
            return
        wait = self._limits[kind].take(viewer.owner if viewer.named else line_of(self.peers.address(scope)))
        if wait:
            raise TooMany(gettext(_SAID[kind]), wait)


def bearer(header: str) -> str | None:
    """The token of an ``Authorization`` header.

    >>> bearer("Bearer abc"), bearer("bearer  abc "), bearer("Basic abc"), bearer("")
    ('abc', 'abc', None, None)
    """
    scheme, _, token = header.strip().partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None
