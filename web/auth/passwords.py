"""Passwords hashed with Argon2id; the only module that imports argon2."""

from __future__ import annotations

import threading
from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from web.auth.names import LONGEST, clean_password, fold_password

_AT_ONCE = 2
"""Each hash takes 64 MiB for a moment; a burst of log-ins must not take the machine's memory."""


class Passwords:
    """Hashes and compares.

    Args:
        hasher: parameters; argon2-cffi's own by default, which follow RFC 9106.
    """

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._turn = threading.BoundedSemaphore(_AT_ONCE)

    def hash(self, password: str, *, name: str) -> str:
        """The hash of a new password.  Raises UsageError when it may not be used."""
        clean = clean_password(password, name=name)
        with self._turn:
            return self._hasher.hash(clean)

    def matches(self, stored: str | None, password: str) -> bool:
        """Whether it is the password; takes as long where none is stored as where it is wrong."""
        clean = fold_password(password)[: LONGEST + 1]
        with self._turn:
            try:
                found = self._hasher.verify(stored if stored is not None else self._nobodys, clean)
            except (VerificationError, InvalidHashError):
                return False
        return found and stored is not None

    def outdated(self, stored: str) -> bool:
        """Whether it was hashed with other parameters than those of today."""
        return self._hasher.check_needs_rehash(stored)

    @cached_property
    def _nobodys(self) -> str:
        return self._hasher.hash("the password of nobody")
