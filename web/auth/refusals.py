"""What is said to a request that is not carried out."""

from __future__ import annotations

import math

from rag.errors import BriefingError
from web.i18n import gettext, ngettext


class Refused(BriefingError):
    """The request is understood and not carried out; ``headers`` travel with the reply."""

    http_status = 403

    def __init__(self, message: str, *, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.headers = headers or {}


class LogInNeeded(Refused):
    """Nobody is logged in, or a token is not valid."""

    http_status = 401

    def __init__(self, message: str) -> None:
        super().__init__(message, headers={"www-authenticate": "Bearer"})


class TooMany(Refused):
    """Too many requests of a kind.

    Args:
        wait: seconds until the next one may come.
    """

    http_status = 429

    def __init__(self, what: str, wait: float) -> None:
        self.wait = max(1, math.ceil(wait))
        again = gettext("Try again in %(time)s.") % {"time": in_words(self.wait)}
        super().__init__(f"{what} {again}", headers={"retry-after": str(self.wait)})


def in_words(seconds: int) -> str:
    """A time to wait.

    >>> in_words(1), in_words(45), in_words(61), in_words(900)
    ('1 second', '45 seconds', '2 minutes', '15 minutes')
    """
    if seconds < 60:
        return ngettext("%(num)s second", "%(num)s seconds", seconds) % {"num": seconds}
    minutes = math.ceil(seconds / 60)
    return ngettext("%(num)s minute", "%(num)s minutes", minutes) % {"num": minutes}
