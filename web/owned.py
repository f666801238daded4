"""Views of the stores and queues that know one owner: what is another's cannot be reached through them.

Routes are handed such views and never name an owner themselves, so none can forget to.
"""

from __future__ import annotations

import inspect
from functools import lru_cache, partial
from typing import Any

_ROOMS = frozenset({"conversations", "memos", "memo_maker", "memo_revisions"})
"""Properties whose methods know owners, too."""
_PRIVATE = frozenset({"conversations", "memos"})
"""Stores in which everything is somebody's: a method of theirs that knows no owner is not for routes."""


class Owned:
    """An object as one owner sees it: each method with an ``owner`` gets theirs.

    Args:
        target: what is looked at.
        owner: whose things it shows.
        private: refuse methods that know no owner.
    """

    def __init__(self, target: Any, owner: str, *, private: bool = False) -> None:
        self._target, self._owner, self._private = target, owner, private

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._target, name)
        if name in _ROOMS and not callable(found) and found is not None:
            return Owned(found, self._owner, private=name in _PRIVATE)
        if not callable(found):
            return found
        if _knows_owners(getattr(found, "__func__", found)):
            return partial(found, owner=self._owner)
        if self._private:
            raise TypeError(f"{name} knows no owner, so it cannot be called for one.")
        return found


@lru_cache(maxsize=512)
def _knows_owners(function: Any) -> bool:
    return "owner" in inspect.signature(function).parameters
