"""Uploads: names, order, failures."""

from __future__ import annotations

import io
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import LibraryBusy, UsageError
from rag.types import IngestReport
from tests.web.fake_desk import FakeDesk
from web.jobs import Jobs, safe_name


def wait(jobs: Jobs, job_id: str) -> None:
    finished = threading.Event()
    for _ in range(1000):
        if jobs.job(job_id).state in {"done", "failed"}:
            return
        finished.wait(0.01)
    raise AssertionError("the job never ended")


@given(st.text(max_size=300))
def test_a_file_name_never_leaves_the_folder(name: str) -> None:
    try:
        safe = safe_name(name)
    except UsageError:
        return
    assert safe not in {"", ".", ".."}
    assert not set(safe) & set('/\\\x00\n<>:"|?*')
    assert not safe.startswith((".", "-"))
    assert len(safe.encode()) < 255


@pytest.mark.parametrize("name", ["", "..", "///", "\x00", " . "])
def test_a_name_with_nothing_in_it_is_refused(name: str) -> None:
    with pytest.raises(UsageError):
        safe_name(name)


def test_two_files_of_one_name_both_survive(tmp_path: Path) -> None:
    desk = FakeDesk(tmp_path)
    jobs = Jobs(desk.ingest, tmp_path / "uploads", desk.documents)
    job = jobs.submit([("a/report.txt", io.BytesIO(b"one")), ("b/report.txt", io.BytesIO(b"two"))])
    wait(jobs, job.id)
    states = [(f.name, f.state) for f in jobs.job(job.id).files]
    assert states == [("report.txt", "added"), ("report-2.txt", "added")]
    again = jobs.submit([("report.txt", io.BytesIO(b"three"))])
    wait(jobs, again.id)
    assert jobs.job(again.id).files[0].state == "updated"
    assert desk.shelf["report"].text == "three"
    jobs.stop()


@pytest.mark.parametrize(
    ("error", "words"),
    [(LibraryBusy("Another process writes."), "Another process"), (RuntimeError("/secret"), "the log")],
)
def test_a_job_that_fails_says_so_and_the_next_one_runs(
    tmp_path: Path, error: Exception, words: str
) -> None:
    desk = FakeDesk(tmp_path)
    fails = [error]

    def ingest(paths: Sequence[Path], /, *, progress: object = None, again: bool = False) -> IngestReport:
        if fails:
            raise fails.pop()
        return desk.ingest(paths)

    jobs = Jobs(ingest, tmp_path / "uploads", desk.documents)
    first = jobs.submit([("a.txt", io.BytesIO(b"a"))])
    second = jobs.submit([("b.txt", io.BytesIO(b"b"))])
    wait(jobs, second.id)
    failed = jobs.job(first.id)
    assert failed.state == "failed"
    assert words in (failed.error or "")
    assert "secret" not in (failed.error or "")
    assert jobs.job(second.id).state == "done"
    jobs.stop()


def test_a_file_shows_how_far_it_is(tmp_path: Path) -> None:
    desk = FakeDesk(tmp_path)
    jobs = Jobs(desk.ingest, tmp_path / "uploads", desk.documents)
    seen: list[tuple[str, float]] = []
    queued = threading.Event()

    def look() -> None:
        queued.wait(10)
        seen.extend((f.state, f.share) for f in jobs.job(job.id).files)

    desk.between = look
    job = jobs.submit([("a.txt", io.BytesIO(b"a")), ("b.txt", io.BytesIO(b"b"))])
    queued.set()
    wait(jobs, job.id)
    assert seen[:2] == [("reading", 0.25), ("waiting", 0.0)]
    assert [(f.state, f.share) for f in jobs.job(job.id).files] == [("added", 1.0), ("added", 1.0)]
    jobs.stop()


def test_a_stop_breaks_off_at_the_next_step_and_the_next_start_goes_on(tmp_path: Path) -> None:
    desk, uploads = FakeDesk(tmp_path), tmp_path / "uploads"
    jobs = Jobs(desk.ingest, uploads, desk.documents)
    reading, stopping = threading.Event(), threading.Event()

    def hold() -> None:
        reading.set()
        stopping.wait(20)

    desk.between = hold
    job = jobs.submit([("a.txt", io.BytesIO(b"first")), ("b.txt", io.BytesIO(b"second"))])
    later = jobs.submit([("c.txt", io.BytesIO(b"third"))])
    assert reading.wait(20)
    assert jobs.waiting() == 2
    jobs.stop(0)  # returns although the worker is still in the middle of a file
    stopping.set()
    wait(jobs, job.id)
    assert "stopped" in (jobs.job(job.id).error or "")
    assert [i.id for i in desk.documents()] == ["a", "council", "harbour"]  # a was stored whole, b not begun
    assert jobs.job(later.id).state == "queued"

    (uploads / "b.meta.yaml").write_text("title: B")
    desk.between = lambda: None
    again = Jobs(desk.ingest, uploads, desk.documents)
    resumed = again.resume()
    assert resumed is not None
    wait(again, resumed.id)
    assert [f.name for f in again.job(resumed.id).files] == ["b.txt", "c.txt"]
    assert {"a", "b", "c"} <= {i.id for i in desk.documents()}
    assert again.resume() is None
    again.stop()
