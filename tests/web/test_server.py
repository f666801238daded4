"""Serving: the address is printed once it listens, and a taken port is said to be taken."""

from __future__ import annotations

import http.client
import json
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from rag.compose import build
from rag.errors import UsageError
from rag.settings import Settings
from web import server

PROGRAM = """
import sys
import rag.embedding
from tests import library
rag.embedding.SentenceTransformerEmbedder = lambda settings: library.embedder()
from web.cli import main
main(["serve", "--port", "0", "--data-dir", sys.argv[1]])
"""


def test_it_prints_where_it_is_answers_and_stops_when_interrupted(tiny_library: Settings) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(tiny_library.data_dir)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        found = re.fullmatch(r"Briefing Desk is at http://127\.0\.0\.1:(\d+)\n", line)
        assert found, line + process.stderr.read() if process.stderr and not line else line
        client = http.client.HTTPConnection("127.0.0.1", int(found[1]), timeout=60)
        client.request("GET", "/api/documents")
        reply = client.getresponse()
        assert reply.status == 200
        assert b"ferry-board" in reply.read()
        client.close()
        process.send_signal(signal.SIGINT)
        assert process.wait(60) in (0, 130, -signal.SIGINT)
        assert process.stderr is not None
        assert "Traceback" not in process.stderr.read()
    finally:
        process.kill()
        process.communicate()


def test_a_taken_port_is_wrong_use_and_named(tiny_library: Settings) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(UsageError, match=rf"Cannot listen on 127\.0\.0\.1:{port}.*--port"):
            server.run(tiny_library, host="127.0.0.1", port=port)


@pytest.mark.parametrize(
    ("host", "answers_to"),
    [("127.0.0.1", ()), ("::1", ()), ("localhost", ("localhost",)), ("0.0.0.0", ()), ("::", ()),
     ("192.0.2.7", ("192.0.2.7",)), ("desk.example", ("desk.example",))],
)  # fmt: skip
def test_it_answers_to_the_name_it_is_bound_to(host: str, answers_to: tuple[str, ...]) -> None:
    assert server.hosts_of(host) == answers_to


def test_an_address_of_the_newer_kind_is_shown_in_brackets() -> None:
    assert server.shown("::1") == "[::1]"
    assert server.shown("127.0.0.1") == "127.0.0.1"


def test_a_model_that_cannot_be_warmed_does_not_stop_the_server(caplog: pytest.LogCaptureFixture) -> None:
    def cold() -> None:
        raise OSError("no weights")

    server._warm(cold)
    assert "no weights" in caplog.text


SLOW = """
import sys, time
import rag.embedding
from rag.extractive import ExtractiveWriter
from tests import library
rag.embedding.SentenceTransformerEmbedder = lambda settings: library.embedder()
quick = ExtractiveWriter.write
def slow(self, request):
    print("writing", flush=True)
    time.sleep(float(sys.argv[2]))
    return quick(self, request)
ExtractiveWriter.write = slow
from web.cli import main
main(["serve", "--port", "0", "--data-dir", sys.argv[1]])
"""


@contextmanager
def asked(folder: Path, seconds: float) -> Iterator[tuple[subprocess.Popen[str], Future[tuple[int, str]]]]:
    """A server that is in the middle of an answer which takes so many seconds, and that answer."""
    process = subprocess.Popen(
        [sys.executable, "-c", SLOW, str(folder), str(seconds)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip

    def ask(port: int) -> tuple[int, str]:
        client = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        body = json.dumps({"question": "How many ferries does the board count?"})
        client.request("POST", "/api/ask", body, {"content-type": "application/json"})
        reply = client.getresponse()
        return reply.status, reply.read().decode()

    try:
        assert process.stdout is not None
        port = int(process.stdout.readline().rsplit(":", 1)[1])
        with ThreadPoolExecutor(1) as pool:
            running = pool.submit(ask, port)
            assert process.stdout.readline() == "writing\n"
            yield process, running
    finally:
        process.kill()
        process.communicate()


def test_a_stop_lets_the_running_answer_finish(tiny_library: Settings) -> None:
    with asked(tiny_library.data_dir, 1.0) as (process, running):
        process.send_signal(signal.SIGTERM)
        status, text = running.result(60)
        assert status == 200
        answer = json.loads(text)
        assert "12 ferries" in answer["answer"]
        assert process.wait(60) == 0
        assert process.stderr is not None
        log = process.stderr.read()
    assert "Traceback" not in log
    assert "route=/api/ask" in log
    built = build(tiny_library)
    try:
        assert built.conversations.answer(answer["id"])["answer"] == answer["answer"]  # stored whole
    finally:
        built.close()


def test_a_second_signal_stops_at_once(tiny_library: Settings) -> None:
    with asked(tiny_library.data_dir, 100.0) as (process, running):
        process.send_signal(signal.SIGTERM)
        assert process.stderr is not None
        for line in process.stderr:
            if "a second signal stops at once" in line:
                break
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 128 + signal.SIGTERM
        assert isinstance(running.exception(30), (OSError, http.client.HTTPException))


def test_work_that_never_ends_does_not_keep_the_process_alive(
    tiny_library: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BRIEFING_STOP_SECONDS", "0")
    with asked(tiny_library.data_dir, 1000.0) as (process, running):
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
        running.exception(30)  # whatever its client was told
        assert process.stderr is not None
        assert "was still working and was cut off" in process.stderr.read()
