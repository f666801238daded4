"""Accounts, sessions and tokens."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What an account may do; each role may do what those before it may.

    ``reader`` asks, reads and keeps memos; ``editor`` also changes the library; ``admin`` also manages
    accounts.
    """

    READER = "reader"
    EDITOR = "editor"
    ADMIN = "admin"

    def covers(self, needed: Role) -> bool:
        """Whether this role may do what ``needed`` may.

        >>> Role.EDITOR.covers(Role.READER), Role.EDITOR.covers(Role.ADMIN)
        (True, False)
        """
        order = list(Role)
        return order.index(self) >= order.index(needed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Somebody who may log in.

    ``id`` never changes and is never given again: it is the owner of their conversations and memos, so
    that a later account of the same name inherits nothing.  ``seen_at`` is None before the first log-in.
    """

    id: str
    name: str
    role: Role
    created_at: str
    seen_at: str | None = None
    has_password: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A log-in that lasts: whose, since when, and when it was last used (ISO 8601, UTC)."""

    account: Account
    created_at: str
    seen_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiToken:
    """A token for programs; the token itself is not kept, only its digest."""

    id: str
    account: Account
    label: str
    created_at: str
    expires_at: str | None = None
    used_at: str | None = None
