"""Who may do what, by method and path: one table, and what it does not name is closed.

Decided before a body is read, so that nobody uploads what they may not.  Whose a conversation or a memo is,
is a question of its own (:mod:`web.owned`).
"""

from __future__ import annotations

from enum import StrEnum

from rag.types import Role

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
METRICS = "/metrics"
OPEN = ("/healthz", "/readyz", "/login", "/language", "/static")
"""For everybody: probes, the log-in page, what it is drawn with and its language."""
ADMINS = ("/users",)
OWN = (
    "/ask", "/conversations", "/answers", "/memos", "/account", "/logout", "/v1", "/mcp",
    "/api/ask", "/api/search", "/api/conversations", "/api/answers", "/api/memos",
)  # fmt: skip
"""Where every reader may change things, since they are their own."""
IN_PERSON = ("/users", "/account")
"""Where a token for programs is not enough."""
UPLOADS = frozenset({"/api/documents", "/library"})
_ASKING = ("/ask", "/memos", "/v1", "/mcp", "/api/ask", "/api/search", "/api/memos")


class Kind(StrEnum):
    """What is limited per user."""

    ASK = "ask"
    UPLOAD = "upload"


def needed(method: str, path: str) -> Role | None:
    """The role that a request needs; None when it needs no log-in.

    >>> [needed("GET", "/library"), needed("POST", "/library"), needed("POST", "/ask"), needed("GET", "/login")]
    [<Role.READER: 'reader'>, <Role.EDITOR: 'editor'>, <Role.READER: 'reader'>, None]
    """
    if below(path, OPEN):
        return None
    if below(path, ADMINS) or path == METRICS:
        return Role.ADMIN
    if method in SAFE_METHODS or below(path, OWN):
        return Role.READER
    return Role.EDITOR


def limited(method: str, path: str) -> Kind | None:
    """What a request counts as, if it is limited."""
    if method in SAFE_METHODS:
        return None
    if path in UPLOADS:
        return Kind.UPLOAD
    return Kind.ASK if below(path, _ASKING) else None


def below(path: str, places: tuple[str, ...]) -> bool:
    """Whether a path is one of these or lies below one.

    >>> below("/users/amal", ("/users",)), below("/users-guide", ("/users",))
    (True, False)
    """
    return any(path == place or path.startswith(f"{place}/") for place in places)
