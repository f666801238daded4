"""One writer at a time, across processes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rag.errors import LibraryBusy, StoreError

LOCK_NAME = "ingest.lock"


@contextmanager
def ingest_lock(data_dir: Path) -> Iterator[None]:
    """Holds the library's single-writer lock while the block runs.

    The operating system keeps the lock (``flock``), so it vanishes with the process however that
    ends; the file stays and only says who held it last.

    Raises:
        LibraryBusy: somebody else holds it; names the process.
        StoreError: the lock file cannot be made.
    """
    import fcntl  # Linux and macOS, like the limits of the reader processes

    path = data_dir / LOCK_NAME
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise StoreError(
            f"The lock file {path} cannot be made: {error.strerror}. "
            "Check the permissions of BRIEFING_DATA_DIR and the free space."
        ) from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip()
            raise LibraryBusy(
                f"Another process{f' (pid {holder})' if holder else ''} is writing to the library in "
                f"{data_dir}. Wait until it ends, then try again."
            ) from error
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)
