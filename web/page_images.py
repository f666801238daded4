"""Pages of PDFs as images: drawn once in a child process, kept on disk within bounds, shared by all readers."""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import threading
import uuid
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Protocol

from ingest.limits import Limits
from ingest.place import Box, locate
from ingest.readers.pdf_page import PageView
from ingest.sandbox import draw_in_child
from rag.errors import BriefingError, LibraryBusy, NotFound, SourceUnreadable
from rag.settings import Settings
from rag.types import Document

log = logging.getLogger("briefing.web")

SECONDS = 20
"""A page that takes longer is not drawn."""
_WORKERS = 2  # a page keeps one core busy for a third of a second
_MOST_WAITING = 40
_MOST_PAGES_OF_A_QUOTE = 3
_VERSION = "1"  # of how pages are drawn; another one, other files
Draw = Callable[[Path, int, Limits], PageView]


class Original(Protocol):
    """What a page is drawn from: a document, with or without its text."""

    @property
    def id(self) -> str:
        """The document's id."""

    @property
    def format(self) -> str:
        """``pdf``, or there are no pages."""

    @property
    def source_path(self) -> str:
        """Where the original is."""

    @property
    def sha256(self) -> str:
        """What it was when it was taken in."""

    @property
    def pages(self) -> int | None:
        """How many it has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """A quote's place on one page: ``boxes`` in pixels of an image of ``width`` x ``height``.

    Empty ``boxes``: the quote was not found there whole, so nothing may be marked.
    """

    page: int
    width: int
    height: int
    boxes: tuple[Box, ...] = ()


class PageImages:
    """Draws pages, two at a time, and keeps them.

    Args:
        folder: where images are kept; made when first needed.
        limits: what drawing a page may cost.
        most_bytes: the oldest images go when all together are larger.
        draw: draws one page in a child process.
    """

    def __init__(self, folder: Path, limits: Limits, *, most_bytes: int, draw: Draw = draw_in_child) -> None:
        self._folder, self._limits, self._most, self._draw = folder, limits, most_bytes, draw
        self._pool = ThreadPoolExecutor(_WORKERS, thread_name_prefix="pages")
        self._lock = threading.Lock()
        self._running: dict[str, Future[PageView]] = {}
        self._verified: OrderedDict[tuple[str, int, int], str] = OrderedDict()  # file as it is → its hash
        self._failed: OrderedDict[str, str] = OrderedDict()  # what cannot be drawn is not tried again and again

    @classmethod
    def from_settings(cls, settings: Settings) -> PageImages:
        """The images of a data folder."""
        limits = replace(Limits.from_settings(settings), wall_seconds=float(SECONDS), cpu_seconds=SECONDS)
        return cls(settings.data_dir / "pages", limits, most_bytes=settings.page_cache_mb << 20)

    def close(self) -> None:
        """Drops what waits."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def tag(self, original: Original, number: int) -> str:
        """Names an image for HTTP: equal tags mean equal bytes."""
        return f"{original.sha256[:20]}-{number}-{_VERSION}"

    def page(self, original: Original, number: int, *, wait: float = SECONDS + 10.0) -> PageView:
        """One page, from the cache or drawn now.

        Raises:
            NotFound: no PDF, no such page, or the original is gone and the page was never drawn.
            SourceUnreadable: the page cannot be drawn.
            LibraryBusy: it is still being drawn after ``wait`` seconds, or too many others wait.
        """
        if original.format != "pdf" or not 1 <= number <= (original.pages or 0):
            raise NotFound(f"The document {original.id!r} has no page image {number}.")
        key = self.tag(original, number)
        kept = self._kept(key)
        if kept is not None:
            return kept
        with self._lock:
            if key in self._failed:
                raise SourceUnreadable(self._failed[key])
            future = self._running.get(key)
            if future is None:
                kept = self._kept(key)  # finished between the two looks
                if kept is not None:
                    return kept
                if len(self._running) >= _MOST_WAITING:
                    raise LibraryBusy("Many pages are being drawn just now; try again in a moment.")
                future = self._running[key] = self._pool.submit(self._drawn, original, number, key)
        try:
            return future.result(timeout=wait)
        except FutureTimeout as error:
            raise LibraryBusy("The page is still being drawn; try again in a moment.") from error

    def check(self, original: Original, number: int) -> None:
        """Raises NotFound or SourceUnreadable where :meth:`page` would, as far as is known without drawing."""
        key = self.tag(original, number)
        if (self._folder / f"{key}.png").is_file():
            return
        with self._lock:
            if key in self._failed:
                raise SourceUnreadable(self._failed[key])
        self._checked(original)

    def locate(
        self, document: Document, start: int, end: int, *, wait: float = SECONDS + 10.0
    ) -> list[Located]:
        """The pages a quote stands on, each with its boxes.  Raises as :meth:`page` does."""
        numbers = pages_of(document, start, end)
        views = [self.page(document, n, wait=wait) for n in numbers]
        boxes = locate(document.text, start, end, views)
        last = numbers[-1] if numbers else 0
        if boxes is None and 0 < last < (document.pages or 0):  # a sentence joined over a page end
            numbers, views = [*numbers, last + 1], [*views, self.page(document, last + 1, wait=wait)]
            boxes = locate(document.text, start, end, views)
        if boxes is None:
            return [Located(page=n, width=v.width, height=v.height) for n, v in zip(numbers, views, strict=True)][:1]
        return [
            Located(page=n, width=v.width, height=v.height, boxes=tuple(b))
            for n, v, b in zip(numbers, views, boxes, strict=True)
            if b
        ]

    # ------------------------------------------------------------------ drawing

    def _drawn(self, original: Original, number: int, key: str) -> PageView:
        try:
            path = self._checked(original)
            view = self._draw(path, number, self._limits)
            self._keep(key, view)
            return view
        except SourceUnreadable as error:
            reason = f"Page {number} of the original cannot be drawn: {error}"
            with self._lock:
                self._failed[key] = reason
                while len(self._failed) > 500:
                    self._failed.popitem(last=False)
            raise SourceUnreadable(reason) from error
        except BriefingError:
            raise
        except OSError as error:
            raise SourceUnreadable(f"The original cannot be read: {error.strerror or error}.") from error
        finally:
            with self._lock:
                self._running.pop(key, None)

    def _checked(self, original: Original) -> Path:
        """The original, if it still is what was taken in.  Raises NotFound."""
        path = Path(original.source_path)
        try:
            state = path.stat()
        except OSError as error:
            raise NotFound("The original file is no longer where it was taken in from.") from error
        seen = (str(path), state.st_mtime_ns, state.st_size)
        with self._lock:
            digest = self._verified.get(seen)
        if digest is None:
            with path.open("rb") as source:
                digest = hashlib.file_digest(source, "sha256").hexdigest()
            with self._lock:
                self._verified[seen] = digest
                while len(self._verified) > 500:
                    self._verified.popitem(last=False)
        if digest != original.sha256:
            raise NotFound("The original file has changed since it was taken in; take the report in again.")
        return path

    # ------------------------------------------------------------------ the cache on disk

    def _kept(self, key: str) -> PageView | None:
        image, words = self._folder / f"{key}.png", self._folder / f"{key}.json"
        try:
            rest = json.loads(words.read_bytes())
            png = image.read_bytes()
            image.touch()  # the least recently read go first
        except (OSError, ValueError):
            return None
        return PageView(**{**rest, "png": png, "boxes": tuple((a, b, c, d) for a, b, c, d in rest["boxes"])})

    def _keep(self, key: str, view: PageView) -> None:
        """A full disk costs speed, never the page."""
        rest = {k: v for k, v in asdict(view).items() if k != "png"}
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._write(self._folder / f"{key}.json", json.dumps(rest).encode())
            self._write(self._folder / f"{key}.png", view.png)
            self._shrink()
        except OSError as error:
            log.warning("a page image could not be kept: %s", error)

    def _write(self, path: Path, data: bytes) -> None:
        partial = path.with_name(f".{uuid.uuid4().hex}.part")
        try:
            partial.write_bytes(data)
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)

    def _shrink(self) -> None:
        """Down to nine tenths of the bound, so that not every new page has to."""
        pairs = []
        for image in self._folder.glob("*.png"):
            with contextlib.suppress(OSError):
                words = image.with_suffix(".json")
                size = image.stat().st_size + (words.stat().st_size if words.exists() else 0)
                pairs.append((image.stat().st_mtime, size, image))
        total = sum(size for _, size, _ in pairs)
        if total <= self._most:
            return
        for _, size, image in sorted(pairs):
            if total <= 0.9 * self._most:
                return
            image.unlink(missing_ok=True)
            image.with_suffix(".json").unlink(missing_ok=True)
            total -= size


def pages_of(document: Document, start: int, end: int) -> list[int]:
    """The pages that a span of the text stands on, in order."""
    found = [s.page for s in document.page_spans if s.start < end and start < s.end]
    return list(dict.fromkeys(found))[:_MOST_PAGES_OF_A_QUOTE]

