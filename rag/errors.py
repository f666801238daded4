"""Errors that say whose fault it is and what to do next.

Every error that may reach a person derives from :class:`BriefingError`.  The command line prints
``str(error)`` as one line and exits with ``exit_status``; HTTP answers ``http_status`` with
``{"detail": str(error)}``.
"""

from __future__ import annotations


class BriefingError(Exception):
    """Something a person can act on; ``str(error)`` is one clear line."""

    exit_status = 1
    http_status = 500


class UsageError(BriefingError):
    """The request is wrong: an unknown id, a malformed date, an empty question."""

    exit_status = 2
    http_status = 422


class NotFound(UsageError):
    """A document, passage, answer, conversation or memo with that id does not exist."""

    http_status = 404


class SettingsError(BriefingError):
    """A setting is wrong or contradicts another; names the setting and the value."""

    exit_status = 2


class ModelUnavailable(SettingsError):
    """The embedding model cannot be found, or its files are not the ones expected."""


class IndexMismatch(SettingsError):
    """The library was built with another embedding model or chunking than the one configured."""

    http_status = 503


class LibraryBusy(BriefingError):
    """Another process is writing to the library."""

    http_status = 409


class StoreError(BriefingError):
    """The store of record could not be read or written (full disk, damaged file, no permission)."""

    http_status = 503


class VectorsUnavailable(StoreError):
    """No healthy vector index could be opened; the caller falls back to an exact scan."""


class SourceUnreadable(BriefingError):
    """A file could not be turned into text; the message says why and what to do."""

    http_status = 422


class WriterFailed(BriefingError):
    """The language model failed or answered unusably.

    Args:
        message: what happened.
        retryable: True for a time-out, a rate limit or a server error.
    """

    http_status = 502

    def __init__(self, message: str, *, retryable: bool = False) -> None:
        super().__init__(message)
        self.retryable = retryable
