"""Uploads on their way into the library: one background worker, one job at a time, in order.

Uploaded files are kept under ``data_dir/uploads`` and taken in as a normal folder, so an id is the slug
of the file's name there, and a later upload under the same name is an update of the same document.
"""

from __future__ import annotations

import logging
import queue
import re
import shutil
import threading
import unicodedata
import uuid
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from rag.errors import BriefingError, NotFound, UsageError
from rag.types import DocumentInfo, IngestReport
from web.deps import Ingest, IngestStep

log = logging.getLogger("briefing.web")
_KEPT = 200
_CUT_SHORT = "The server was stopped. It takes the file in when it starts again."
_UNWANTED = re.compile(r"[\x00-\x1f\x7f<>:\"|?*\\/]+")


class Stopped(BaseException):
    """Raised out of a running ingest at its next step; no ``Exception``, lest it count as a file's failure."""


@dataclass(frozen=True, slots=True)
class FileState:
    """One uploaded file: ``waiting``, ``reading``, ``added``, ``updated``, ``unchanged`` or ``failed``.

    ``share`` is the part of its passages that is embedded, from 0 to 1.
    """

    name: str
    state: str = "waiting"
    document_id: str | None = None
    reason: str | None = None
    share: float = 0.0


@dataclass(frozen=True, slots=True)
class Job:
    """One upload: ``queued``, ``running``, ``done`` or ``failed``."""

    id: str
    created_at: str
    files: tuple[FileState, ...]
    state: str = "queued"
    error: str | None = None
    warnings: tuple[str, ...] = ()
    paths: tuple[Path, ...] = field(default=(), repr=False)
    owner: str = ""
    again: bool = False

    def json(self) -> dict[str, Any]:
        """The shape of ``GET /api/jobs/{id}``; server paths stay inside."""
        return {
            "id": self.id,
            "state": self.state,
            "created_at": self.created_at,
            "files": [asdict(f) for f in self.files],
            "error": self.error,
            "warnings": list(self.warnings),
        }


def safe_name(name: str) -> str:
    """The last part of an uploaded file's name, without what a file system or a shell minds.

    >>> safe_name("../../etc/pass:wd.txt"), safe_name("C:\\\\reports\\\\بيان.pdf")
    ('pass-wd.txt', 'بيان.pdf')

    Raises:
        UsageError: nothing usable is left.
    """
    last = re.split(r"[\\/]", unicodedata.normalize("NFC", name))[-1]
    stem, dot, suffix = _UNWANTED.sub("-", last).strip(" .-").rpartition(".")
    stem = (stem or suffix).encode()[:150].decode(errors="ignore")
    clean = f"{stem}{dot}{suffix[:10]}" if dot else stem
    if not stem.strip("-. "):
        raise UsageError(f"The file name {name!r} cannot be used; rename the file and upload it again.")
    return clean


class Jobs:
    """The queue of uploads.  ``start`` and ``stop`` belong to the application's lifespan."""

    def __init__(
        self,
        ingest: Ingest,
        uploads: Path,
        documents: Callable[[], Iterable[DocumentInfo]],
        done: Callable[[IngestReport], None] = lambda report: None,
        broke_off: Callable[[], None] = lambda: None,
    ) -> None:
        self._ingest, self.uploads, self._documents, self._done = ingest, uploads, documents, done
        self._broke_off = broke_off
        self._stopping = threading.Event()
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._lock = threading.Lock()
        self._queue: queue.Queue[str | None] = queue.Queue()
        self._worker: threading.Thread | None = None

    def submit(self, files: Iterable[tuple[str, BinaryIO]], *, owner: str = "") -> Job:
        """Keeps the files and queues their ingest; returns at once.

        Raises:
            UsageError: no file, or a name that cannot be used.
        """
        named = _distinct([(safe_name(name), stream) for name, stream in files])
        if not named:
            raise UsageError("No file was sent. Choose one or more files and try again.")
        self.uploads.mkdir(parents=True, exist_ok=True)
        return self._queued(tuple(self._keep(name, stream) for name, stream in named), owner)

    def again(self, path: Path, *, owner: str = "") -> Job:
        """Queues a file of the library to be read again though it has not changed.  Raises NotFound."""
        if not path.is_file():
            raise NotFound(
                "The original file is no longer where it was taken in from, so it cannot be read again; "
                "the report stays as it is."
            )
        return self._queued((path,), owner, again=True)

    def unfinished(self, *, owner: str = "") -> list[Job]:
        """Uploads that wait or are being taken in, oldest first."""
        with self._lock:
            return [j for j in self._jobs.values() if j.owner == owner and j.state in ("queued", "running")]

    def resume(self) -> Job | None:
        """Queues kept uploads that are not in the library: a stop or a crash came between."""
        if not self.uploads.is_dir():
            return None
        known = {Path(d.source_path).resolve() for d in self._documents()}
        kept = sorted(p for p in self.uploads.iterdir() if p.is_file() and not p.name.startswith("."))
        left = tuple(p for p in kept if p.resolve() not in known and not _is_sidecar(p))
        return self._queued(left, "") if left else None

    def waiting(self) -> int:
        """How many uploads wait or are being taken in."""
        with self._lock:
            return sum(job.state in ("queued", "running") for job in self._jobs.values())

    def _queued(self, paths: tuple[Path, ...], owner: str, *, again: bool = False) -> Job:
        job = Job(
            id=uuid.uuid4().hex,
            created_at=datetime.now(UTC).isoformat(timespec="seconds"),
            files=tuple(FileState(path.name) for path in paths),
            paths=paths,
            owner=owner,
            again=again,
        )
        with self._lock:
            self._jobs[job.id] = job
            while len(self._jobs) > _KEPT:
                self._jobs.popitem(last=False)
            if self._worker is None:
                self._worker = threading.Thread(target=self._work, name="uploads", daemon=True)
                self._worker.start()
        self._queue.put(job.id)
        return job

    def job(self, job_id: str, *, owner: str = "") -> Job:
        """A job by id.  Raises NotFound, also when it is another's."""
        with self._lock:
            job = self._jobs.get(job_id)
        if job is None or job.owner != owner:
            raise NotFound(f"There is no upload {job_id!r}; the list starts afresh with the server.")
        return job

    def uploaded(self, source_path: str) -> Path | None:
        """The kept upload behind a document's source path; None when it came from elsewhere."""
        path, root = Path(source_path).resolve(), self.uploads.resolve()
        return path if root in path.parents and path.is_file() else None

    def stop(self, timeout: float = 10.0) -> None:
        """Stops the running job at its next step and drops the rest; waits ``timeout`` seconds at most.

        Documents that were stored stay, none is stored by half, and :meth:`resume` goes on with the files.
        """
        self._stopping.set()
        if self._worker is not None:
            self._queue.put(None)
            self._worker.join(timeout)
            if self._worker.is_alive():
                log.warning("an upload was still being read when the server stopped")

    def _keep(self, name: str, stream: BinaryIO) -> Path:
        path = self.uploads / name
        partial = self.uploads / f".{uuid.uuid4().hex}.part"
        try:
            with partial.open("wb") as out:
                shutil.copyfileobj(stream, out, 1 << 20)
            partial.replace(path)  # readers see the old file or the new one, never half of one
        finally:
            partial.unlink(missing_ok=True)
        return path

    def _work(self) -> None:
        while (job_id := self._queue.get()) is not None and not self._stopping.is_set():
            with self._lock:
                job = self._jobs.get(job_id)
            if job is not None:
                self._put(replace(job, state="running"))
                self._put(self._run(job))

    def _put(self, job: Job) -> None:
        with self._lock:
            if job.id in self._jobs:
                self._jobs[job.id] = job

    def _run(self, job: Job) -> Job:
        try:
            report = self._ingest(
                job.paths, progress=lambda step: self._follow(job.id, step), again=job.again
            )
            self._done(report)
            files = self._outcomes(job, report)
        except Stopped:
            return _failed(job, _CUT_SHORT)
        except BriefingError as error:
            self._broke_off()
            return _failed(job, str(error))
        except Exception:
            self._broke_off()
            log.exception("upload %s failed unexpectedly", job.id)
            return _failed(job, "Something went wrong on our side; the log of the server says what.")
        return replace(job, state="done", files=files, warnings=report.warnings)

    def _follow(self, job_id: str, step: IngestStep) -> None:
        """Notes which file is being read; outcomes come with the report, once all is stored."""
        if self._stopping.is_set():
            raise Stopped
        with self._lock:
            job = self._jobs.get(job_id)
            if job is None or not step.path:
                return
            share = step.embedded / step.passages if step.passages else 0.0
            files = tuple(
                replace(file, state="reading", share=round(share, 3))
                if path.resolve() == Path(step.path).resolve()
                else file
                for path, file in zip(job.paths, job.files, strict=True)
            )
            self._jobs[job_id] = replace(job, files=files)

    def _outcomes(self, job: Job, report: IngestReport) -> tuple[FileState, ...]:
        reasons = {Path(f.path).name: f.reason for f in report.failed}
        ids = {Path(d.source_path).resolve(): d.id for d in self._documents()}
        outcomes = []
        for path, file in zip(job.paths, job.files, strict=True):
            document_id = ids.get(path.resolve())
            if path.name in reasons or document_id is None:
                reason = reasons.get(path.name) or "The file was not taken in and no reason was given."
                if document_id is None and self.uploaded(str(path)) is not None:
                    path.unlink(missing_ok=True)  # or every later upload would fail on it again
                outcomes.append(FileState(file.name, "failed", None, reason))
                continue
            state = "added" if document_id in report.added else "unchanged"
            state = "updated" if document_id in report.updated else state
            outcomes.append(FileState(file.name, state, document_id, share=1.0))
        return tuple(outcomes)


def _failed(job: Job, reason: str) -> Job:
    files = tuple(replace(f, state="failed", reason=reason) for f in job.files)
    return replace(job, state="failed", error=reason, files=files)


def _is_sidecar(path: Path) -> bool:
    return path.name == "catalog.yaml" or path.name.endswith(".meta.yaml")


def _distinct(named: list[tuple[str, BinaryIO]]) -> list[tuple[str, BinaryIO]]:
    """Two files of one upload under the same name both survive: the second gets a number."""
    seen: set[str] = set()
    result = []
    for name, stream in named:
        stem, suffix = Path(name).stem, Path(name).suffix
        unique, number = name, 2
        while unique.casefold() in seen:
            unique, number = f"{stem}-{number}{suffix}", number + 1
        seen.add(unique.casefold())
        result.append((unique, stream))
    return result
