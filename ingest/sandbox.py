"""Readers run in a child process: a hostile or damaged file can cost that process, and nothing else.

The child answers over pipes with length-checked JSON, reads as many files as it is given, and is
replaced after a failure and after :data:`FILES_PER_CHILD` files.  Limits hold in the child
(address space, processor time, file size, open files) and in the parent (wall clock, reply size).
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import select
import signal
import struct
import subprocess
import sys
import threading
import time
from dataclasses import asdict
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from rag.errors import SourceUnreadable

if TYPE_CHECKING:
    from ingest.blocks import Parsed
    from ingest.limits import Limits
    from ingest.readers.pdf_page import PageView

FILES_PER_CHILD = 50
_MEBIBYTE = 1024 * 1024
_MAX_REPLY = 256 * _MEBIBYTE
_HEADER = struct.Struct(">I")
_OUT_OF_MEMORY = (
    "needs more than {} MiB of memory to be read: make the file smaller, or raise BRIEFING_PARSE_MEMORY_MB."
)
_OUT_OF_TIME = "takes longer than {} seconds to read: make the file smaller, or raise BRIEFING_PARSE_SECONDS."


def read_in_child(path: Path, limits: Limits) -> Parsed:
    """Reads a file in a child process.

    Raises:
        SourceUnreadable: the reader's own reason; or the limit that was reached, with its setting.
    """
    _check_size(path, limits)
    return parsed_from_json(_POOL.ask(path, limits)["parsed"])


def draw_in_child(path: Path, page: int, limits: Limits) -> PageView:
    """Draws one page of a PDF (from 1) in a child process.

    Raises:
        SourceUnreadable: it cannot be drawn; or the limit that was reached, with its setting.
    """
    _check_size(path, limits)
    return view_from_json(_POOL.ask(path, limits, page=page)["view"])


def _check_size(path: Path, limits: Limits) -> None:
    try:
        size = path.stat().st_size
    except OSError as error:
        raise SourceUnreadable(f"cannot be opened ({error.strerror}): check its permissions.") from error
    if size > limits.max_bytes:
        raise SourceUnreadable(
            f"is {size / _MEBIBYTE:.1f} MiB, more than the {limits.max_bytes // _MEBIBYTE} MiB "
            "allowed: split it, or raise BRIEFING_MAX_FILE_MB."
        )


def close() -> None:
    """Ends the waiting child process, if there is one."""
    _POOL.close()


# --------------------------------------------------------------------------- parent


class _Pool:
    """One child at a time in each thread that asks; idle children wait here."""

    def __init__(self) -> None:
        self._idle: list[_Child] = []
        self._lock = threading.Lock()

    def ask(self, path: Path, limits: Limits, **task: int) -> dict[str, Any]:
        """The child's reply; without a ``task`` the file is read."""
        child = self._take(limits)
        try:
            reply = child.ask(path, limits, **task)
        except BaseException:
            child.kill()
            raise
        self._give_back(child)
        if "error" in reply:
            raise SourceUnreadable(str(reply["error"]))
        return reply

    def _take(self, limits: Limits) -> _Child:
        with self._lock:
            for child in self._idle:
                if child.fits(limits):
                    self._idle.remove(child)
                    return child
        return _Child(limits)

    def _give_back(self, child: _Child) -> None:
        with self._lock:
            keep = child.files < FILES_PER_CHILD and child.healthy and len(self._idle) < 2
            if keep:
                self._idle.append(child)
        if not keep:
            child.kill()

    def close(self) -> None:
        with self._lock:
            idle, self._idle = self._idle, []
        for child in idle:
            child.kill()


class _Child:
    """A process that waits for file names and answers with blocks."""

    def __init__(self, limits: Limits) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and code
            [sys.executable, "-I", "-c", _start_code()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
            start_new_session=True,
        )
        self.memory_mb = limits.memory_mb
        self.files = 0
        self.healthy = True

    def fits(self, limits: Limits) -> bool:
        return self.memory_mb == limits.memory_mb and self._process.poll() is None

    def ask(self, path: Path, limits: Limits, **task: int) -> dict[str, Any]:
        """Sends one file and waits for its blocks (or page), no longer than the wall-clock limit."""
        self.files += 1
        deadline = time.monotonic() + limits.wall_seconds + 1.0
        request = {"path": str(path.resolve()), "limits": asdict(limits), **task}
        try:
            _send(self._stdin, request)
            reply = _receive(self._stdout, deadline)
        except TimeoutError:
            raise SourceUnreadable(_OUT_OF_TIME.format(f"{limits.wall_seconds:g}")) from None
        except (EOFError, BrokenPipeError):
            raise SourceUnreadable(self._epitaph(limits)) from None
        self.healthy = not reply.get("spent")
        return reply

    def _epitaph(self, limits: Limits) -> str:
        """Why the child is gone."""
        try:
            code = self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            code = 0
        if code == -signal.SIGXCPU or (code == -signal.SIGKILL and limits.cpu_seconds):
            return _OUT_OF_TIME.format(limits.cpu_seconds)
        if code in (-signal.SIGABRT, -signal.SIGTRAP, -signal.SIGILL):  # allocators abort
            return _OUT_OF_MEMORY.format(limits.memory_mb)
        name = signal.Signals(-code).name if code < 0 else f"status {code}"
        return (
            f"made the reading process fail ({name}): it is damaged, or needs more than "
            f"{limits.memory_mb} MiB (BRIEFING_PARSE_MEMORY_MB); open it in a viewer and save it again."
        )

    @property
    def _stdin(self) -> IO[bytes]:
        assert self._process.stdin is not None
        return self._process.stdin

    @property
    def _stdout(self) -> IO[bytes]:
        assert self._process.stdout is not None
        return self._process.stdout

    def kill(self) -> None:
        """Ends the process and whatever it started."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
        self._process.wait()


_POOL = _Pool()


def _start_code() -> str:
    """What the child runs: isolated from the environment, it must be told where we are."""
    root = str(Path(__file__).resolve().parent.parent)
    return f"import sys; sys.path.insert(0, {root!r}); from ingest.sandbox import serve; serve()"


def _environment() -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR")}
    return kept | {"PYTHONDONTWRITEBYTECODE": "1", "OMP_NUM_THREADS": "1"}


def _send(stream: IO[bytes], value: dict[str, Any]) -> None:
    data = json.dumps(value, ensure_ascii=True, separators=(",", ":")).encode("ascii")
    stream.write(_HEADER.pack(len(data)) + data)
    stream.flush()


def _receive(stream: IO[bytes], deadline: float) -> dict[str, Any]:
    (length,) = _HEADER.unpack(_exactly(stream, _HEADER.size, deadline))
    if length > _MAX_REPLY:
        raise SourceUnreadable(f"holds more than {_MAX_REPLY // _MEBIBYTE} MiB of text: split it.")
    value: dict[str, Any] = json.loads(_exactly(stream, length, deadline))
    return value


def _exactly(stream: IO[bytes], count: int, deadline: float) -> bytes:
    data = bytearray()
    descriptor = stream.fileno()
    while len(data) < count:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([descriptor], [], [], left)[0]:
            raise TimeoutError
        piece = os.read(descriptor, min(count - len(data), 1 << 20))
        if not piece:
            raise EOFError
        data += piece
    return bytes(data)


# --------------------------------------------------------------------------- child


def serve() -> None:
    """The child's loop: a request in, a reply out, until the parent hangs up."""
    requests, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    with Path(os.devnull).open("r+b") as nothing:  # no library may talk into our pipe
        os.dup2(nothing.fileno(), 0)
        os.dup2(nothing.fileno(), 1)
    while True:
        header = requests.read(_HEADER.size)
        if len(header) < _HEADER.size:
            return
        request = json.loads(requests.read(_HEADER.unpack(header)[0]))
        reply = _answer(request)
        try:
            _send(replies, reply)
        except MemoryError:
            _send(replies, {"error": _OUT_OF_MEMORY.format(request["limits"]["memory_mb"]), "spent": True})
        if reply.get("spent"):
            return


def _answer(request: dict[str, Any]) -> dict[str, Any]:
    from ingest.limits import Limits
    from ingest.readers import read

    limits = Limits(**request["limits"])
    path = Path(request["path"])
    try:
        _bind(limits)
        if "page" in request:
            return {"view": _drawn(path.read_bytes(), request["page"])}
        parsed = read(path.read_bytes(), path.suffix, limits)
        return {"parsed": asdict(parsed)}
    except SourceUnreadable as error:
        return {"error": str(error)}
    except MemoryError:
        return {"error": _OUT_OF_MEMORY.format(limits.memory_mb), "spent": True}
    except RecursionError:
        return {"error": "is nested too deeply to be read: simplify it.", "spent": True}
    except OSError as error:
        return {"error": f"cannot be opened ({error.strerror or error}): check the file.", "spent": True}
    except Exception as error:
        what = f"{type(error).__name__}: {error}"[:160].replace("\n", " ")
        return {"error": f"could not be read ({what}): it may be damaged; save it again.", "spent": True}


def _drawn(data: bytes, page: int) -> dict[str, Any]:
    from ingest.readers.pdf_page import draw_page

    view = asdict(draw_page(data, page))
    return {**view, "png": base64.b64encode(view["png"]).decode("ascii")}


def _bind(limits: Limits) -> None:
    """Sets this process's limits; processor time counts from now."""
    import resource

    memory = limits.memory_mb * _MEBIBYTE
    used = time.process_time()
    cpu = int(used + limits.cpu_seconds) + 1
    for kind, value in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, limits.max_bytes * 4),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_CORE, 0),
    ):
        _lower(resource, kind, value)
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    if hard == resource.RLIM_INFINITY or hard >= cpu:
        resource.setrlimit(resource.RLIMIT_CPU, (cpu, hard))


def _lower(resource: Any, kind: int, value: int) -> None:
    hard = resource.getrlimit(kind)[1]
    bound = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(kind, (bound, hard))


# --------------------------------------------------------------------------- JSON to values


def parsed_from_json(value: dict[str, Any]) -> Parsed:
    """The inverse of ``dataclasses.asdict`` for :class:`Parsed`, after a trip through JSON."""
    from ingest.blocks import Block, BlockKind, Parsed
    from rag.types import CleaningAction, Metadata

    metadata = dict(value["metadata"])
    metadata["authors"] = tuple(metadata["authors"])
    blocks = []
    for item in value["blocks"]:
        pairs = {name: tuple((at, label) for at, label in item[name]) for name in ("breaks", "anchors")}
        blocks.append(Block(**{**item, "kind": BlockKind(item["kind"]), **pairs}))
    return Parsed(
        blocks=tuple(blocks),
        metadata=Metadata(**metadata),
        format=value["format"],
        pages=value["pages"],
        cleaning=tuple(CleaningAction(**action) for action in value["cleaning"]),
        warnings=tuple(value["warnings"]),
    )


def view_from_json(value: dict[str, Any]) -> PageView:
    """The inverse of what the child sends for a page."""
    from ingest.readers.pdf_page import PageView

    boxes = tuple((a, b, c, d) for a, b, c, d in value["boxes"])
    return PageView(**{**value, "png": base64.b64decode(value["png"]), "boxes": boxes})
