"""Random secrets and their digests: what a holder has, and what is stored."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable


def new_secret() -> str:
    """256 random bits, fit for a cookie or a header."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """What is stored in its place; a fast hash is enough for a secret that nobody can guess."""
    return hashlib.sha256(secret.encode()).hexdigest()


class Proofs:
    """Tokens that show that a form was made here for somebody.

    Args:
        secret: the installation's own, asked for on first use.
    """

    def __init__(self, secret: Callable[[], str]) -> None:
        self._secret = secret
        self._known = ""

    def make(self, about: str) -> str:
        """The proof for a session, an account or a log-in page."""
        self._known = self._known or self._secret()
        return hmac.new(self._known.encode(), about.encode(), hashlib.sha256).hexdigest()

    def holds(self, about: str, proof: str) -> bool:
        """Whether it is the proof, in constant time."""
        return hmac.compare_digest(self.make(about).encode(), proof.encode())
