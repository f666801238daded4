"""Limits by token buckets: so many at once, and as many again over a time."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable

_MOST_KEYS = 20_000


class Buckets:
    """One bucket per key, full at first, filled evenly.

    Args:
        capacity: how many a full bucket holds.
        per: seconds in which an empty bucket fills.
        clock: seconds that only grow.
    """

    def __init__(self, capacity: int, *, per: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._capacity, self._per, self._clock = float(capacity), per, clock
        self._buckets: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()  # key → level, when
        self._lock = threading.Lock()

    def take(self, key: Hashable) -> float:
        """Takes one; returns 0, or the seconds until there is one to take (then nothing is taken)."""
        with self._lock:
            level, now = self._level(key)
            if level < 1:
                return (1 - level) * self._per / self._capacity
            self._put(key, level - 1, now)
            return 0.0

    def give_back(self, key: Hashable) -> None:
        """Undoes one :meth:`take`."""
        with self._lock:
            level, now = self._level(key)
            self._put(key, min(self._capacity, level + 1), now)

    def forget(self, key: Hashable) -> None:
        """Fills the bucket."""
        with self._lock:
            self._buckets.pop(key, None)

    def _level(self, key: Hashable) -> tuple[float, float]:
        now = self._clock()
        level, then = self._buckets.get(key, (self._capacity, now))
        return min(self._capacity, level + (now - then) * self._capacity / self._per), now

    def _put(self, key: Hashable, level: float, now: float) -> None:
        self._buckets[key] = (level, now)
        self._buckets.move_to_end(key)
        while len(self._buckets) > _MOST_KEYS:  # the longest unused: it is full again, or nearly
            self._buckets.popitem(last=False)
