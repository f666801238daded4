"""Memos in the background: steps are told, failures keep their words, one after the other."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from rag.errors import NotFound, UsageError
from web.memo_jobs import MemoFailed, MemoJob, MemoJobs, Progress, memo_id_of


@pytest.fixture
def jobs() -> Iterator[MemoJobs]:
    made = MemoJobs()
    yield made
    made.stop()


def settled(jobs: MemoJobs, job: MemoJob) -> MemoJob:
    """The job once everything queued before now has been worked on."""
    done = threading.Event()

    def mark(progress: Progress) -> tuple[str, str]:
        done.set()
        return "marker", "/"

    jobs.submit("marker", mark)
    assert done.wait(20)
    found = jobs.find(job.id)
    assert found is not None
    return found


def test_a_memo_is_written_step_by_step(jobs: MemoJobs) -> None:
    told, go_on = threading.Event(), threading.Event()

    def work(progress: Progress) -> tuple[str, str]:
        progress("Searching", 0.25)
        told.set()
        assert go_on.wait(20)
        return "m1", "/memos/m1"

    job = jobs.submit("a task", work, asked={"task": "a task"})
    assert told.wait(20)
    running = jobs.find(job.id)
    assert running is not None
    assert (running.state, running.step, running.share) == ("running", "Searching", 0.25)
    assert [j.id for j in jobs.unfinished()] == [job.id]
    with pytest.raises(NotFound, match="still being written"):
        memo_id_of(jobs, job.id)
    waiting = jobs.submit("another", lambda progress: ("m2", "/memos/m2"))
    assert waiting.state == "queued"
    go_on.set()
    done = settled(jobs, job)
    assert (done.state, done.share, done.memo_id, done.place) == ("done", 1.0, "m1", "/memos/m1")
    assert memo_id_of(jobs, job.id) == "m1"
    assert memo_id_of(jobs, waiting.id) == "m2"
    assert memo_id_of(jobs, "m9") == "m9"


def test_what_goes_wrong_is_kept_and_the_next_memo_is_written(jobs: MemoJobs) -> None:
    def refuse(progress: Progress) -> tuple[str, str]:
        raise UsageError("Nothing on this.")

    def crash(progress: Progress) -> tuple[str, str]:
        raise ZeroDivisionError("a secret")

    refused, crashed = jobs.submit("x", refuse), jobs.submit("y", crash)
    settled(jobs, crashed)
    with pytest.raises(UsageError, match=r"Nothing on this\."):
        memo_id_of(jobs, refused.id)
    with pytest.raises(MemoFailed) as caught:
        memo_id_of(jobs, crashed.id)
    assert "secret" not in str(caught.value)


def test_a_stop_lets_a_memo_finish_for_a_while_and_then_ends_it_at_its_next_step() -> None:
    told: list[str] = []
    jobs = MemoJobs(lambda outcome, seconds: told.append(outcome))
    begun, go_on, over = threading.Event(), threading.Event(), threading.Event()

    def work(progress: Progress) -> tuple[str, str]:
        begun.set()
        go_on.wait(20)
        try:
            progress("Writing", 0.5)
        finally:
            over.set()
        return "m1", "/memos/m1"

    job = jobs.submit("a", work)
    waiting = jobs.submit("b", lambda progress: ("m2", "/"))
    assert begun.wait(20)
    jobs.stop(0)
    go_on.set()
    assert over.wait(20)
    assert jobs._worker is not None
    jobs._worker.join(20)
    found, left = jobs.find(job.id), jobs.find(waiting.id)
    assert found is not None
    assert left is not None
    assert (found.state, found.memo_id) == ("failed", None)
    assert "order the memo again" in str(found.error)
    assert left.state == "queued"
    assert told == ["failed"]
