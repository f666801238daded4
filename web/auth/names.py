"""Names and passwords as people may choose them."""

from __future__ import annotations

import re
import unicodedata

from rag.errors import UsageError
from web.i18n import gettext

SHORTEST, LONGEST = 10, 1024
_NAME = re.compile(r"[\w.@+-]{1,64}")


def clean_name(name: str) -> str:
    """A name as it is kept: the same person however it is typed.

    >>> clean_name(" Amal.Haddad@Example.org ")
    'amal.haddad@example.org'

    Raises:
        UsageError: it is empty, too long, or has other signs than letters, digits and ``. @ + - _``.
    """
    clean = unicodedata.normalize("NFKC", name).strip().casefold()
    if not _NAME.fullmatch(clean):
        raise UsageError(
            gettext("%(name)s cannot be the name of an account: use 1 to 64 letters, digits and . @ + - _.")
            % {"name": repr(name.strip()[:80])}
        )
    return clean


def clean_password(password: str, *, name: str) -> str:
    """A password as it is hashed, which is the same on every keyboard.

    Raises:
        UsageError: it is too short, too long, or the name; the password itself is not said.
    """
    clean = fold_password(password)
    if len(clean) < SHORTEST:
        raise UsageError(
            gettext("The password is too short: it needs at least %(least)s characters.") % {"least": SHORTEST}
        )
    if len(clean) > LONGEST:
        raise UsageError(gettext("The password is too long: it may have %(most)s characters.") % {"most": LONGEST})
    if clean.strip().casefold() == name.casefold():
        raise UsageError(gettext("The password is the name of the account. Choose another."))
    return clean


def fold_password(password: str) -> str:
    """Composed and decomposed letters made the same."""
    return unicodedata.normalize("NFKC", password)
