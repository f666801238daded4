"""The vector index: Chroma generations published aside and swapped in, exact scan when none serves.

Chroma's files break when a process dies while writing them, or when two processes hold them and one
writes.  So nobody ever writes a generation that is in use: :meth:`ChromaVectors.publish` builds
``chroma/building-*``, a child process checks it, it is renamed to ``chroma/gen-N``, and the pointer
``chroma/CURRENT`` is replaced.  Readers, of which there may be many, open what the pointer names.
The caller of ``publish`` holds the library's single-writer lock.
"""

from __future__ import annotations

import shutil
import threading
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path

from rag.errors import BriefingError, VectorsUnavailable
from rag.ports import Vectors, VectorSource
from rag.vectors_build import build_generation
from rag.vectors_check import healthy
from rag.vectors_chroma import (
    PASSAGES,
    SENTENCES,
    OpenIndex,
    damage,
    open_generation,
    read_manifest,
    split_sentence_id,
    write_whole,
)
from rag.vectors_scan import DECIMALS, ExactScan
from rag.vectors_server import open_published, publish_to_server

POINTER = "CURRENT"
NOT_AVAILABLE = (
    "The vector index is not available; an exact scan of the stored embeddings answered instead. "
    "Run `briefing doctor --repair`."
)
BEHIND = (
    "The vector index is behind the library; an exact scan of the stored embeddings answered instead. "
    "It catches up at the end of an ingest, or with `briefing doctor --repair`."
)
_KEEP = 2  # generations: the current one, and the one a reader may still have open
_SPARE = 16  # asked beyond k, so that ties at the end are cut by id and not by chance

Progress = Callable[[str], None]


class ChromaVectors:
    """A :class:`rag.ports.PublishedVectors` over Chroma.

    Args:
        data_dir: the generations live in its folder ``chroma``.
        library: where the vectors are stored for good.
        chroma_url: a Chroma server to use in place of the folder.
        scan_below: libraries with fewer passages are searched by the exact scan, without opening
            Chroma at all; 0 for a server that stays, some 20,000 for a command that runs once.
    """

    def __init__(
        self,
        data_dir: Path,
        library: VectorSource,
        *,
        chroma_url: str | None = None,
        scan_below: int = 0,
    ) -> None:
        self._folder = data_dir / "chroma"
        self._library = library
        self._url = chroma_url
        self._scan_below = scan_below
        self._scan = ExactScan(library)
        self._lock = threading.Lock()
        self._open: OpenIndex | None = None
        self._retired: OpenIndex | None = None
        self._refused: str | None = None  # the generation that could not be opened or asked
        self._notice: str | None = None

    # ------------------------------------------------------------------ searching

    def search(self, vector: Vectors, *, k: int, documents: Sequence[str] | None = None) -> list[tuple[str, float]]:
        """``(passage id, cosine)``, best first, ties by id.

        Raises:
            IndexMismatch: the vector has another length than the stored ones.
        """
        found = self._ask(PASSAGES, vector, k, documents)
        if found is None:
            return self._scan.search(vector, k=k, documents=documents)
        return sorted(found, key=lambda hit: (-hit[1], hit[0]))[:k]

    def search_sentences(
        self, vector: Vectors, *, k: int, documents: Sequence[str] | None = None
    ) -> list[tuple[str, int, float]]:
        """``(passage id, sentence number, cosine)``, best first, ties by id and number."""
        found = self._ask(SENTENCES, vector, k, documents)
        if found is None:
            return self._scan.search_sentences(vector, k=k, documents=documents)
        hits = [(*split_sentence_id(row_id), score) for row_id, score in found]
        return sorted(hits, key=lambda hit: (-hit[2], hit[0], hit[1]))[:k]

    def notices(self) -> tuple[str, ...]:
        """Why the exact scan answered the last search, when it had to."""
        return (self._notice,) if self._notice else ()

    def backend(self) -> str:
        """What answers an unfiltered search now: ``chroma``, ``chroma server`` or ``exact scan``."""
        index = self._index()
        if index is None:
            return "exact scan"
        return "chroma server" if self._url else "chroma"

    def close(self) -> None:
        """Closes what is open."""
        with self._lock:
            for index in (self._open, self._retired):
                if index is not None:
                    index.close()
            self._open = self._retired = None

    # ------------------------------------------------------------------ publishing

    def publish(self, progress: Progress | None = None) -> None:
        """Brings the index up to the library; readers see the old one until the new one is checked.

        Does nothing when the current generation is whole and up to date.

        Raises:
            VectorsUnavailable: no healthy generation could be built; searches use the exact scan.
        """
        self._publish(progress or _silent, afresh=False)

    def rebuild(self, progress: Progress | None = None) -> None:
        """Builds a generation from the stored vectors alone, whatever stands there."""
        self._publish(progress or _silent, afresh=True)

    def check(self) -> list[str]:
        """What is wrong with the published index, in words; empty when nothing is."""
        if self._url:
            return self._check_server()
        current = self._current_folder()
        if current is None:
            return [] if self._library.passage_count() == 0 else ["there is no published vector index"]
        try:
            manifest = read_manifest(current)
        except VectorsUnavailable as error:
            return [str(error)]
        problems = [f"{current.name}: {problem}" for problem in damage(current, manifest)]
        problems = problems or healthy(current)
        if not problems and manifest.generation != self._library.generation():
            problems.append(f"{current.name} is behind the library")
        return problems

    def _publish(self, progress: Progress, *, afresh: bool) -> None:
        try:
            if self._url:
                publish_to_server(self._url, self._library, progress, afresh=afresh)
            else:
                self._publish_folder(progress, afresh=afresh)
        except OSError as error:
            raise VectorsUnavailable(
                f"The vector index in {self._folder} could not be written: {error.strerror or error}. "
                "Free some space or check the permissions, then run `briefing doctor --repair`."
            ) from error
        with self._lock:
            self._refused = None

    def _publish_folder(self, progress: Progress, *, afresh: bool) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        self._sweep()
        current = None if afresh else self._current_folder()
        if current is not None and self._is_current(current):
            return
        problems: list[str] = []
        for base in dict.fromkeys((current, None)):  # from the current one, else from nothing
            building = self._folder / f"building-{uuid.uuid4().hex[:12]}"
            try:
                build_generation(building, self._library, base, progress)
                progress("checking the vector index")
                problems = healthy(building)
                if not problems:
                    self._swap(building)
                    progress("vector index published")
                    return
            except VectorsUnavailable as error:
                problems = [str(error)]
            finally:
                shutil.rmtree(building, ignore_errors=True)
        raise VectorsUnavailable(
            f"No healthy vector index could be built: {problems[0]}. Searches use the exact scan; "
            "run `briefing doctor --repair`."
        )

    def _is_current(self, folder: Path) -> bool:
        try:
            manifest = read_manifest(folder)
        except VectorsUnavailable:
            return False
        return (
            manifest.library_id == self._library.library_id()
            and manifest.generation == self._library.generation()
            and not damage(folder, manifest)
        )

    def _swap(self, building: Path) -> None:
        numbers = [_number(path) for path in self._folder.glob("gen-*")]
        target = self._folder / f"gen-{max(numbers, default=0) + 1}"
        building.rename(target)
        write_whole(self._folder / POINTER, target.name + "\n")
        self._sweep()

    def _sweep(self) -> None:
        """Removes what a killed publisher left, and generations older than the previous one."""
        current = self._current_folder()
        kept: set[Path] = set()
        if current is not None:
            older = [p for p in self._folder.glob("gen-*") if _number(p) < _number(current)]
            kept = {current, *sorted(older, key=_number)[len(older) - (_KEEP - 1) :]}
        for path in (*self._folder.glob("building-*"), *self._folder.glob("gen-*")):
            if path not in kept:
                shutil.rmtree(path, ignore_errors=True)

    # ------------------------------------------------------------------ the open index

    def _ask(
        self, kind: str, vector: Vectors, k: int, documents: Sequence[str] | None
    ) -> list[tuple[str, float]] | None:
        """Candidates from Chroma with rounded cosines; None when the exact scan is to answer."""
        if documents is not None:
            return None
        index = self._index()
        if index is None:
            return None
        try:
            found = index.query(kind, vector, k + _SPARE) if k > 0 else []
        except VectorsUnavailable:
            # The scan says IndexMismatch itself where the vector has the wrong length.
            self._refuse(index.name)
            return None
        return [(row_id, round(score, DECIMALS)) for row_id, score in found]

    def _index(self) -> OpenIndex | None:
        """The open generation when it is the library's; else None, with the notice set."""
        if self._scan_below and self._library.passage_count() < self._scan_below:
            self._notice = None
            return None
        generation = self._library.generation()
        with self._lock:
            index = self._opened(self._wanted(generation))
            self._notice = None
            if index is None:
                self._explain(NOT_AVAILABLE)
            elif index.generation != generation:
                self._explain(BEHIND)
                index = None
            return index

    def _opened(self, name: str | None) -> OpenIndex | None:
        """The generation of that name, opened; None when it cannot be."""
        if name is None or name == self._refused:
            return None
        if self._open is None or self._open.name != name:
            try:
                index = self._open_index(name)
            except VectorsUnavailable:
                self._refused = name
                return None
            # Another thread may be asking the one before, so it is closed one change later.
            if self._retired is not None:
                self._retired.close()
            self._retired, self._open = self._open, index
        return self._open

    def _wanted(self, generation: int) -> str | None:
        """The name of the generation to serve from."""
        if self._url:
            return f"server-{generation}"
        current = self._current_folder()
        return current.name if current is not None else None

    def _open_index(self, name: str) -> OpenIndex:
        if self._url:
            return open_published(self._url, self._library, name)
        return open_generation(self._folder / name)

    def _explain(self, notice: str) -> None:
        """Sets the notice, except for an empty library, which no index is missing from."""
        self._notice = notice if self._library.passage_count() else None

    def _refuse(self, name: str) -> None:
        with self._lock:
            self._refused = name
            self._explain(NOT_AVAILABLE)

    def _current_folder(self) -> Path | None:
        try:
            name = (self._folder / POINTER).read_text("ascii").strip()
        except (OSError, UnicodeDecodeError):
            return None
        folder = self._folder / name
        return folder if _number(folder) and folder.is_dir() else None

    def _check_server(self) -> list[str]:
        assert self._url is not None
        try:
            name = f"server-{self._library.generation()}"
            open_published(self._url, self._library, name).close()
        except BriefingError as error:
            return [] if self._library.passage_count() == 0 else [str(error)]
        return []


def _number(folder: Path) -> int:
    """N of ``gen-N``; 0 for any other name, so that a pointer cannot name another folder."""
    prefix, _, number = folder.name.partition("-")
    return int(number) if prefix == "gen" and number.isascii() and number.isdigit() else 0


def _silent(_step: str) -> None:
    return None
