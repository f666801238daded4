"""Ingest killed at random points, beside a reader that never stops: ``python -m eval.bench.kill``.

Two states of a folder, A and B, share documents, change some, add and remove others.  Each trial
ingests the other state, is killed with SIGKILL at a random moment, runs once more, and compares the
library with that of an undisturbed run.  All the while one reader process searches the library and
checks that each document it sees is wholly the old or wholly the new one.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from eval.bench import corpus
from eval.bench.content import digests, of_folder, settings_for
from rag.compose import Parts, open_parts
from rag.fakes import HashEmbedder

_PYTHON = [sys.executable, "-m", "eval.bench.kill"]


def main() -> int:
    """Runs the trials and prints one JSON object; 0 when nothing was lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--ingest", nargs=2, type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--read", nargs=2, type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.ingest:
        return _ingest(*options.ingest)
    if options.read:
        return _read(*options.read)
    with tempfile.TemporaryDirectory(prefix="briefing-kill-") as folder:
        result = _trials(Path(folder), options.trials, random.Random(options.seed))  # noqa: S311
    sys.stdout.write(json.dumps(result, indent=2) + "\n")
    return 0 if result["same"] == result["trials"] and not result["reader"]["faults"] else 1


# --------------------------------------------------------------------------- the two processes


def _ingest(data: Path, folder: Path) -> int:
    """The process that is killed: says when its work begins."""
    from web.ingesting import run_ingest

    sys.stdout.write("ready\n")
    sys.stdout.flush()
    report = run_ingest(settings_for(data), [folder], prune=True, embedder=HashEmbedder())
    return 1 if report.failed or report.warnings else 0


def _read(data: Path, allowed_file: Path) -> int:
    """Searches and reads until told to stop (end of input); prints what it saw."""
    import select

    from rag.compose import build

    allowed: dict[str, list[str]] = json.loads(allowed_file.read_text())
    always = {name for name, states in allowed.items() if len(states) == 1 or None not in states}
    settings = settings_for(data)
    desk = build(settings, serving=True, embedder=HashEmbedder(), keep_answers=False)
    parts = open_parts(settings, serving=True, embedder=HashEmbedder())
    reads = retries = 0
    faults: list[str] = []
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while not select.select([sys.stdin], [], [], 0)[0] and len(faults) < 20:
        try:
            if not desk.search("harbour board ferry tolls", k=5).hits:
                faults.append("a search found nothing")
        except Exception as error:
            faults.append(f"search: {type(error).__name__}: {error}"[:300])
        before = parts.records.library.generation()
        seen, problem = _seen(parts)
        if parts.records.library.generation() != before:
            retries += 1  # several reads, and a commit between them: neither state can be expected
            continue
        reads += 1
        faults += [problem] if problem else []
        faults += [f"{n}: neither old nor new" for n, d in seen.items() if d not in allowed.get(n, ())]
        faults += [f"{name}: gone" for name in always - seen.keys() if not problem]
    sys.stdout.write(json.dumps({"reads": reads, "overtaken": retries, "faults": faults}) + "\n")
    parts.close()
    desk.close()
    return 0


def _seen(parts: Parts) -> tuple[dict[str, str], str]:
    """Digests of the documents, or what went wrong."""
    try:
        found = digests(parts)
    except Exception as error:
        return {}, f"{type(error).__name__}: {error}"[:300]
    found.pop("")
    return found, ""


# --------------------------------------------------------------------------- the trials


def _trials(work: Path, trials: int, rng: random.Random) -> dict[str, Any]:
    states = _two_states(work / "states")
    folder, data = work / "folder", work / "data"
    expected = []
    for number, state in enumerate(states):
        clean = work / f"clean-{number}"
        _lay_out(state, folder)
        _run(clean, folder)
        expected.append(of_folder(clean)[0])
        if number == 0:
            shutil.copytree(clean, data)
    duration = _duration(work, folder, states)
    allowed = work / "allowed.json"
    ids = {i for state in expected for i in state if i}
    allowed.write_text(json.dumps({i: [state.get(i) for state in expected] for i in ids}))
    reader = _start(["--read", str(data), str(allowed)])
    same, killed, problems = 0, 0, list[str]()
    for trial in range(trials):
        target = (trial + 1) % 2
        _lay_out(states[target], folder)
        killed += _kill_at(rng.uniform(0, 1.05 * duration), data, folder)
        _run(data, folder)
        found, broken = of_folder(data)
        good = found == expected[target] and not broken
        same += good
        if not good:
            problems.append(f"trial {trial}: {broken or sorted(found.items() ^ expected[target].items())[:4]}")
        sys.stderr.write(f"\r{trial + 1}/{trials} trials, {same} the same ")
        sys.stderr.flush()
    sys.stderr.write("\n")
    seen = json.loads(reader.communicate(b"stop\n", timeout=120)[0].splitlines()[-1])
    return {
        "trials": trials,
        "killed before the end": killed,
        "same": same,
        "undisturbed seconds": round(duration, 2),
        "problems": problems,
        "reader": seen,
    }


def _two_states(work: Path) -> list[Path]:
    """A: notes 0–11.  B: without 0 and 1, with 12–14, and 2–5 rewritten."""
    a, b = work / "a", work / "b"
    corpus.write(a, 12, 3)
    corpus.write(b, 15, 3)
    for number in (0, 1):
        (b / f"note-{number:05d}.md").unlink()
    for number in range(2, 6):
        (b / f"note-{number:05d}.md").write_text(corpus.report(1000 + number, 4), encoding="utf-8")
    return [a, b]


def _lay_out(state: Path, folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    for file in folder.iterdir():
        if not (state / file.name).exists():
            file.unlink()
    for file in state.iterdir():
        shutil.copyfile(file, folder / file.name)


def _start(arguments: list[str]) -> subprocess.Popen[bytes]:
    """A process of this module that has said it is ready."""
    process = subprocess.Popen(  # noqa: S603 - our own interpreter and code
        [*_PYTHON, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=os.environ | {"TQDM_DISABLE": "1"}
    )
    assert process.stdout is not None
    if process.stdout.readline() != b"ready\n":
        raise RuntimeError(f"{arguments[0]} did not start")
    return process


def _run(data: Path, folder: Path) -> None:
    process = _start(["--ingest", str(data), str(folder)])
    process.communicate(timeout=300)
    if process.returncode:
        raise RuntimeError(f"an undisturbed ingest ended with {process.returncode}")


def _kill_at(seconds: float, data: Path, folder: Path) -> bool:
    """Starts an ingest and kills it after so many seconds of work; False when it was done before."""
    process = _start(["--ingest", str(data), str(folder)])
    try:
        process.wait(timeout=seconds)
        return False
    except subprocess.TimeoutExpired:
        os.kill(process.pid, signal.SIGKILL)
        return True
    finally:
        process.communicate()


def _duration(work: Path, folder: Path, states: list[Path]) -> float:
    """Seconds that the change from A to B takes undisturbed."""
    data = work / "timed"
    _lay_out(states[0], folder)
    _run(data, folder)
    _lay_out(states[1], folder)
    process = _start(["--ingest", str(data), str(folder)])
    began = time.monotonic()
    process.wait(timeout=300)
    process.communicate()
    return time.monotonic() - began


if __name__ == "__main__":
    sys.exit(main())
