"""The guard that keeps the suite on this machine really bites, here and in child processes."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.guarded.sitecustomize import NetworkRefusedError

OUTSIDE = ("192.0.2.1", 80)  # reserved for documentation (RFC 5737): nobody is there
TRY = """
import socket
try:
    socket.create_connection(("192.0.2.1", 80), timeout=1)
except RuntimeError as error:
    print(type(error).__name__, error)
"""


@pytest.mark.parametrize("method", ["connect", "connect_ex"])
def test_a_connection_to_another_machine_is_refused_by_name(method: str) -> None:
    with socket.socket() as leaving, pytest.raises(NetworkRefusedError, match=r"192\.0\.2\.1"):
        getattr(leaving, method)(OUTSIDE)


def test_so_are_datagrams_and_names() -> None:
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as leaving,
        pytest.raises(NetworkRefusedError, match=r"192\.0\.2\.1"),
    ):
        leaving.sendto(b"x", OUTSIDE)
    with pytest.raises(NetworkRefusedError, match=r"reports\.example"):
        socket.getaddrinfo("reports.example", 443)
    with pytest.raises(NetworkRefusedError, match=r"reports\.example"):
        socket.gethostbyname("reports.example")


def test_a_library_above_the_sockets_cannot_get_round_it() -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with pytest.raises((NetworkRefusedError, OSError), match="Tests stay on this machine"):
        opener.open("http://reports.example/", timeout=1)


def test_the_loopback_interface_and_unix_sockets_work(tmp_path: Path) -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        with socket.create_connection(("localhost", server.getsockname()[1]), timeout=5) as client:
            peer, _ = server.accept()
            client.sendall(b"hello")
            assert peer.recv(5) == b"hello"
            peer.close()
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
        server.bind(str(tmp_path / "s"))
        server.listen()
        client.connect(str(tmp_path / "s"))


def test_processes_that_a_test_starts_are_held_back_too() -> None:
    done = subprocess.run([sys.executable, "-c", TRY], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("NetworkRefusedError Tests stay on this machine")


def test_model_hubs_are_off_and_no_setting_of_the_user_is_left() -> None:
    assert os.environ["HF_HUB_OFFLINE"] == "1"
    assert not [k for k in os.environ if k.startswith("BRIEFING_")]
