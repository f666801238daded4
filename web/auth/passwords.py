"""Passwords hashed with Argon2id; the only module that imports argon2."""

from __future__ import annotations

import base64
import secrets
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
        """A hash that no password has, of today's parameters: made up, so that not even the first takes longer."""
        h = self._hasher
        salt, value = (_unpadded(secrets.token_bytes(length)) for length in (h.salt_len, h.hash_len))
        return f"$argon2id$v=19$m={h.memory_cost},t={h.time_cost},p={h.parallelism}${salt}${value}"


def _unpadded(data: bytes) -> str:
    return base64.b64encode(data).decode().rstrip("=")
