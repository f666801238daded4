"""Memos being written: one background worker, one memo at a time, in order, each step told."""

from __future__ import annotations

import logging
import queue
import threading
import time
import uuid
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from rag.errors import BriefingError, NotFound

log = logging.getLogger("briefing.web")
_KEPT = 200
_WAITING = "Waiting for the memo before it"

Progress = Callable[[str, float], None]
Work = Callable[[Progress], tuple[str, str]]
"""Writes a memo, telling its steps; gives its id and the address to show then."""


class Stopped(BaseException):
    """Raised out of a memo at its next step, when the server has no more time for it."""


class MemoFailed(BriefingError):
    """Writing a memo broke in a way nobody foresaw."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoJob:
    """A memo on its way: ``queued``, ``running``, ``done`` or ``failed``.

    ``asked`` is the form it came from, to be shown again when it fails.
    """

    id: str
    task: str
    created_at: str
    state: str = "queued"
    step: str = _WAITING
    share: float = 0.0
    memo_id: str | None = None
    place: str = ""
    error: BriefingError | None = None
    asked: Mapping[str, Any] = field(default_factory=dict)
    owner: str = ""

    def json(self) -> dict[str, Any]:
        """The shape of ``GET /api/memos/{id}`` until the memo is there."""
        return {
            "id": self.id,
            "task": self.task,
            "created_at": self.created_at,
            "state": self.state,
            "step": self.step,
            "share": self.share,
        }


class MemoJobs:
    """The queue of memos."""

    def __init__(self, done: Callable[[str, float], None] = lambda outcome, seconds: None) -> None:
        self._done = done
        self._stopping, self._cut = threading.Event(), threading.Event()
        self._jobs: OrderedDict[str, MemoJob] = OrderedDict()
        self._lock = threading.Lock()
        self._queue: queue.Queue[tuple[str, Work] | None] = queue.Queue()
        self._worker: threading.Thread | None = None

    def submit(
        self, task: str, work: Work, *, asked: Mapping[str, Any] | None = None, owner: str = ""
    ) -> MemoJob:
        """Queues the work; returns at once."""
        created = datetime.now(UTC).isoformat(timespec="seconds")
        job = MemoJob(id=uuid.uuid4().hex, task=task, created_at=created, asked=asked or {}, owner=owner)
        with self._lock:
            self._jobs[job.id] = job
            while len(self._jobs) > _KEPT:
                self._jobs.popitem(last=False)
            if self._worker is None:
                self._worker = threading.Thread(target=self._run, name="memos", daemon=True)
                self._worker.start()
        self._queue.put((job.id, work))
        return job

    def find(self, job_id: str, *, owner: str = "") -> MemoJob | None:
        """A job by id; None when there is none (the list starts afresh with the server) or it is another's."""
        with self._lock:
            job = self._jobs.get(job_id)
        return job if job is not None and job.owner == owner else None

    def unfinished(self, *, owner: str = "") -> list[MemoJob]:
        """What waits or runs for an owner, oldest first."""
        with self._lock:
            return [j for j in self._jobs.values() if j.owner == owner and j.state in ("queued", "running")]

    def waiting(self) -> int:
        """How many wait or run, of all owners."""
        with self._lock:
            return sum(j.state in ("queued", "running") for j in self._jobs.values())

    def stop(self, timeout: float = 10.0) -> None:
        """Lets the running memo finish, for ``timeout`` seconds, then stops it at its next step.

        Memos that have not begun are dropped; nothing is stored of a memo that was stopped.
        """
        self._stopping.set()
        if self._worker is None:
            return
        self._queue.put(None)
        self._worker.join(timeout)
        self._cut.set()
        if self._worker.is_alive():
            log.warning("a memo was still being written when the server stopped")

    def _run(self) -> None:
        while (item := self._queue.get()) is not None and not self._stopping.is_set():
            began = time.monotonic()
            outcome = self._write(*item)
            self._done(outcome, time.monotonic() - began)

    def _write(self, job_id: str, work: Work) -> str:
        self._put(job_id, state="running", step="Beginning")
        try:
            memo_id, place = work(lambda step, share: self._step(job_id, step, share))
            self._put(job_id, state="done", step="Done", share=1.0, memo_id=memo_id, place=place)
            return "done"
        except Stopped:
            self._put(job_id, state="failed", error=MemoFailed("The server was stopped; order the memo again."))
        except BriefingError as error:
            self._put(job_id, state="failed", error=error)
        except Exception:
            log.exception("writing memo %s failed unexpectedly", job_id)
            detail = "Something went wrong on our side; the log of the server says what."
            self._put(job_id, state="failed", error=MemoFailed(detail))
        return "failed"

    def _step(self, job_id: str, step: str, share: float) -> None:
        if self._cut.is_set():
            raise Stopped
        self._put(job_id, step=step, share=round(share, 3))

    def _put(self, job_id: str, **changes: Any) -> None:
        with self._lock:
            if job_id in self._jobs:
                self._jobs[job_id] = replace(self._jobs[job_id], **changes)


def memo_id_of(jobs: MemoJobs, known: str) -> str:
    """The id of the stored memo behind an id, which may be that of the job that wrote it.

    Raises:
        BriefingError: what kept the memo from being written.
        NotFound: it is not written yet.
    """
    job = jobs.find(known)
    if job is None:
        return known
    if job.error is not None:
        raise job.error
    if job.memo_id is None:
        raise NotFound("The memo is still being written; ask again in a moment.")
    return job.memo_id
