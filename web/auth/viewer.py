"""Whoever a request comes from."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum

from rag.types import Account, Role


class How(StrEnum):
    """How a request showed whose it is."""

    NOBODY = "nobody"
    """It did not: it may see what is open to all, and owns nothing."""
    EVERYBODY = "everybody"
    """There are no accounts; whoever reaches the application is the one user."""
    SESSION = "session"
    PROXY = "proxy"
    TOKEN = "token"  # noqa: S105 - a kind, no secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """Name, role and what belongs to them.

    ``owner`` is the owner of conversations and memos in the store; ``csrf`` proves that a form came from
    a page made for this viewer (empty where no browser carries a log-in along by itself).
    """

    owner: str
    name: str
    role: Role
    how: How
    csrf: str = ""

    def may(self, needed: str) -> bool:
        """Whether the viewer's role covers another."""
        return self.role.covers(Role(needed))

    @property
    def named(self) -> bool:
        """Whether it is an account."""
        return self.how in (How.SESSION, How.PROXY, How.TOKEN)


EVERYBODY = Viewer(owner="", name="", role=Role.ADMIN, how=How.EVERYBODY)
NOBODY = Viewer(owner="-", name="", role=Role.READER, how=How.NOBODY)
"""Its owner is no account's id and not the owner without a name either: it finds nothing."""

current: ContextVar[Viewer] = ContextVar("viewer", default=NOBODY)
"""The viewer of the request being answered, for templates; routes are handed theirs."""


def viewer_for(account: Account, how: How, csrf: str = "") -> Viewer:
    """The viewer that an account is."""
    return Viewer(owner=account.id, name=account.name, role=account.role, how=how, csrf=csrf)
