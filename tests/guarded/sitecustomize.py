"""Keeps a Python process on this machine: sockets may reach the loopback interface and nothing else.

The suite's ``conftest.py`` calls :func:`install`; Python processes that a test starts find this file
through ``PYTHONPATH`` and install it by themselves.
"""

from __future__ import annotations

import ipaddress
import os
import socket
from typing import Any

SWITCH = "DESK_TESTS_OFFLINE"


class NetworkRefusedError(RuntimeError):
    """A test tried to leave the machine."""


def allowed(host: object) -> bool:
    """Whether an address is this machine's own.

    >>> [allowed(h) for h in ("127.0.0.1", "127.8.8.8", "::1", "localhost", b"localhost", "", None)]
    [True, True, True, True, True, True, True]
    >>> [allowed(h) for h in ("10.0.0.1", "example.org", "::ffff:8.8.8.8", "localhost.example.org")]
    [False, False, False, False]
    """
    if host in (None, "", b"", "0.0.0.0", "::", "localhost", b"localhost"):
        return True
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
    try:
        address = ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)


def _check(what: str, family: int, address: Any) -> None:
    if family == getattr(socket, "AF_UNIX", None):
        return
    host = address[0] if isinstance(address, tuple) and address else address
    if not allowed(host):
        raise NetworkRefusedError(f"Tests stay on this machine: {what} {address!r} was refused.")


def install() -> list[tuple[Any, str, Any]]:
    """Puts the guard in place; returns ``(owner, name, original)`` so that it can be taken away."""
    taken: list[tuple[Any, str, Any]] = []

    def replace(owner: Any, name: str, made: Any) -> None:
        taken.append((owner, name, getattr(owner, name)))
        setattr(owner, name, made)

    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex
    sendto, lookup = socket.socket.sendto, socket.getaddrinfo
    by_name = socket.gethostbyname

    def guarded_connect(self: socket.socket, address: Any) -> None:
        _check("connecting to", self.family, address)
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        _check("connecting to", self.family, address)
        return connect_ex(self, address)

    def guarded_sendto(self: socket.socket, data: Any, *rest: Any) -> int:
        _check("sending to", self.family, rest[-1])
        return sendto(self, data, *rest)

    def guarded_lookup(host: Any, *rest: Any, **named: Any) -> Any:
        _check("looking up", -1, host)
        return lookup(host, *rest, **named)

    def guarded_by_name(host: str) -> str:
        _check("looking up", -1, host)
        return by_name(host)

    replace(socket.socket, "connect", guarded_connect)
    replace(socket.socket, "connect_ex", guarded_connect_ex)
    replace(socket.socket, "sendto", guarded_sendto)
    replace(socket, "getaddrinfo", guarded_lookup)
    replace(socket, "gethostbyname", guarded_by_name)
    return taken


if os.environ.get(SWITCH) == "1" and __name__ == "sitecustomize":
    install()
