"""Many askers at once against a live server in a process of its own: ``python -m eval.bench.load``.

Each asker puts one question after the other, without a pause, over a connection that it keeps; every second
one reads the answer as a stream.  Harder than so many people, who read between two questions.  An answer
counts only when it is whole: cited statements or a refusal, and for a stream the last event.  Meanwhile the
liveness probe is asked once a second: a server that is busy must not look dead.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

_HEADERS = {"content-type": "application/json"}


@dataclass(slots=True)
class Seen:
    """What the askers saw; times in seconds."""

    waits: list[float] = field(default_factory=list)
    firsts: list[float] = field(default_factory=list)
    probes: list[float] = field(default_factory=list)
    refused: int = 0
    errors: Counter[str] = field(default_factory=Counter)


def main() -> int:
    """Runs the load and prints one JSON object; 0 when nothing failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--askers", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--data-dir", type=Path, help="a library; left out: the sample reports are taken in")
    parser.add_argument("--gold", type=Path, action="append", help="questions; left out: those on the samples")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="briefing-load-") as folder:
        data = options.data_dir or samples(Path(folder) / "data")
        questions = _questions(options.gold or [Path(str(resources.files("eval") / "gold" / "questions.jsonl"))])
        result = measure(data, questions, askers=options.askers, seconds=options.seconds, seed=options.seed)
    sys.stdout.write(json.dumps(result, indent=2) + "\n")
    return 1 if result["errors"] else 0


def measure(data: Path, questions: list[str], *, askers: int, seconds: float, seed: int) -> dict[str, Any]:
    """Starts a server on the library, lets the askers loose, stops it."""
    command = [sys.executable, "-m", "web.cli", "serve", "--port", "0", "--data-dir", str(data)]
    environment = {**os.environ, "BRIEFING_LOG_LEVEL": "warning"}
    with tempfile.TemporaryFile("w+") as log:
        server = subprocess.Popen(  # noqa: S603 - our own program
            command, stdout=subprocess.PIPE, stderr=log, text=True, env=environment
        )
        try:
            port = port_of(server)
            _until_warm(port, questions[0])
            seen = _load(port, questions, askers, seconds, seed)
            result = {**_figures(seen, seconds), "askers": askers, **_of_process(server.pid), **counted(port)}
            server.send_signal(signal.SIGTERM)
            result["stopped_with"] = server.wait(60)
        finally:
            server.kill()
            server.wait()
        log.seek(0)
        result["log_lines"] = len(log.read().splitlines())
    return result


# --------------------------------------------------------------------------- what is asked


def samples(data: Path) -> Path:
    """Takes the sample reports in; gives the data folder back."""
    reports = Path(__file__).resolve().parents[2] / "reports"
    command = [sys.executable, "-m", "web.cli", "ingest", str(reports), "--data-dir", str(data)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own program
    return data


def _questions(paths: list[Path]) -> list[str]:
    rows = [json.loads(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines() if line]
    return [row["question"] for row in rows if "question" in row]


# --------------------------------------------------------------------------- the askers


def _load(port: int, questions: list[str], askers: int, seconds: float, seed: int) -> Seen:
    seen, lock = Seen(), threading.Lock()
    start = threading.Barrier(askers + 2)
    end: list[float] = []

    def asker(number: int) -> None:
        choose = random.Random(seed * 1000 + number)  # noqa: S311
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        start.wait()
        while time.monotonic() < end[0]:
            try:
                wait, first, refused = _ask(connection, choose.choice(questions), stream=number % 2 == 1)
            except Exception as error:
                connection.close()
                with lock:
                    seen.errors[f"{type(error).__name__}: {error}"[:200]] += 1
                continue
            with lock:
                seen.waits.append(wait)
                seen.refused += refused
                if first is not None:
                    seen.firsts.append(first)
        connection.close()

    def prober() -> None:
        start.wait()
        while time.monotonic() < end[0]:
            began = time.monotonic()
            try:
                _get(port, "/healthz")
            except Exception as error:
                with lock:
                    seen.errors[f"probe: {type(error).__name__}: {error}"[:200]] += 1
            seen.probes.append(time.monotonic() - began)
            time.sleep(1.0)

    threads = [threading.Thread(target=asker, args=(n,), daemon=True) for n in range(askers)]
    threads.append(threading.Thread(target=prober, daemon=True))
    for thread in threads:
        thread.start()
    end.append(time.monotonic() + seconds)
    start.wait()
    for thread in threads:
        thread.join(seconds + 150)
    return seen


def _ask(connection: http.client.HTTPConnection, question: str, *, stream: bool) -> tuple[float, float | None, bool]:
    """Seconds to the whole answer and to the first statement (streams), and whether it is a refusal."""
    began = time.monotonic()
    path = "/api/ask/stream" if stream else "/api/ask"
    connection.request("POST", path, json.dumps({"question": question}), _HEADERS)
    reply = connection.getresponse()
    if reply.status != 200:
        raise RuntimeError(f"{reply.status} {reply.read()[:200]!r}")
    first: float | None = None
    if stream:
        name, answer = "", None
        for line in reply:
            if line.startswith(b"event: "):
                name = line[7:].strip().decode()
                if name == "statement" and first is None:
                    first = time.monotonic() - began
            elif line.startswith(b"data: ") and name in ("answer", "error"):
                answer = json.loads(line[6:])
    else:
        answer = json.loads(reply.read())
    _whole(answer)
    return time.monotonic() - began, first, bool(answer and answer["refused"])


def _whole(answer: dict[str, Any] | None) -> None:
    if answer is None or "statements" not in answer:
        raise RuntimeError(f"no whole answer: {answer}")
    known = {c["number"] for c in answer["citations"]}
    cited = all(s["citations"] and set(s["citations"]) <= known for s in answer["statements"])
    if not cited or answer["refused"] == bool(answer["statements"]):
        raise RuntimeError(f"answer {answer['id']} is not whole")


# --------------------------------------------------------------------------- the server


def port_of(server: subprocess.Popen[str]) -> int:
    """The port that a server prints once it listens.  Raises RuntimeError when it ends instead."""
    assert server.stdout is not None
    line = server.stdout.readline()
    found = re.search(r":(\d+)$", line.strip())
    if found is None:
        raise RuntimeError(f"the server did not start: {line!r}")
    return int(found[1])


def _until_warm(port: int, question: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
    _ask(connection, question, stream=False)
    connection.close()


def _get(port: int, path: str) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path)
    reply = connection.getresponse()
    text = reply.read().decode()
    connection.close()
    if reply.status != 200:
        raise RuntimeError(f"{path} answered {reply.status}")
    return text


def _of_process(pid: int) -> dict[str, int]:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    peak = re.search(r"VmHWM:\s+(\d+) kB", status)
    threads = re.search(r"Threads:\s+(\d+)", status)
    return {
        "peak_memory_mib": int(peak[1]) // 1024 if peak else 0,
        "threads": int(threads[1]) if threads else 0,
    }


def counted(port: int) -> dict[str, int]:
    """What the server itself counted: requests by the first digit of their status."""
    found: Counter[str] = Counter()
    for status, value in re.findall(r'http_requests_total\{.*status="(\d)\d\d"\} ([\d.e+]+)', _get(port, "/metrics")):
        found[f"server_{status}xx"] += int(float(value))
    return dict(found)


def _figures(seen: Seen, seconds: float) -> dict[str, Any]:
    return {
        "seconds": seconds,
        "answers": len(seen.waits),
        "refused": seen.refused,
        "answers_per_second": round(len(seen.waits) / seconds, 2),
        "wait_s": _spread(seen.waits),
        "first_statement_s": _spread(seen.firsts),
        "probe_s": _spread(seen.probes),
        "errors": dict(seen.errors),
    }


def _spread(values: list[float]) -> dict[str, float] | None:
    if len(values) < 2:
        return None
    cuts = statistics.quantiles(values, n=20, method="inclusive")
    return {"p50": round(cuts[9], 3), "p95": round(cuts[18], 3), "max": round(max(values), 3)}


if __name__ == "__main__":
    sys.exit(main())
