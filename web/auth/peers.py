"""Where a request comes from, and whose word is believed about it."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any

from starlette.datastructures import Headers

from rag.errors import SettingsError
from web.auth.names import clean_name
from web.auth.refusals import Refused

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_TOLD = ("x-forwarded-for", "x-forwarded-proto", "x-real-ip", "forwarded", "via")


class Peers:
    """Addresses, with the proxies that are believed.

    Args:
        trusted: addresses or networks, separated by commas.

    Raises:
        SettingsError: one of them is neither.
    """

    def __init__(self, trusted: str) -> None:
        self._trusted = tuple(_network(part.strip()) for part in trusted.split(",") if part.strip())

    def is_proxy(self, scope: Mapping[str, Any]) -> bool:
        """Whether the connection comes from a trusted proxy itself."""
        return self._believed(_peer(scope))

    def address(self, scope: Mapping[str, Any]) -> str:
        """The address of the one who asks: the connection's, or the last one that trusted proxies name.

        Entries further left in ``X-Forwarded-For`` may be invented and are not looked at.
        """
        found = _peer(scope)
        if not self._believed(found):
            return found
        told = ",".join(_headers(scope).getlist("x-forwarded-for"))
        for part in reversed([p.strip() for p in told.split(",") if p.strip()]):
            found = part
            if not self._believed(part):
                break
        return found

    def https(self, scope: Mapping[str, Any]) -> bool:
        """Whether the browser speaks https, with us or with a trusted proxy."""
        if scope.get("scheme") == "https":
            return True
        told = _headers(scope).get("x-forwarded-proto", "")
        return self.is_proxy(scope) and told.split(",")[-1].strip().lower() == "https"

    def direct_from_here(self, scope: Mapping[str, Any]) -> bool:
        """Whether a program on this machine asks, and no proxy for somebody else."""
        headers = _headers(scope)
        address = _address(_peer(scope))
        return address is not None and address.is_loopback and not any(name in headers for name in _TOLD)

    def _believed(self, peer: str) -> bool:
        address = _address(peer)
        return address is not None and any(address in network for network in self._trusted)


def line_of(address: str) -> str:
    """What is counted together: an IPv4 address, or the /64 network that one line has in IPv6.

    >>> line_of("192.0.2.7"), line_of("2001:db8:1:2:3:4:5:6"), line_of("::ffff:192.0.2.7"), line_of("x")
    ('192.0.2.7', '2001:db8:1:2::/64', '192.0.2.7', 'x')
    """
    found = _address(address)
    if found is None:
        return address
    return str(ipaddress.ip_network(f"{found}/64", strict=False)) if found.version == 6 else str(found)


def told_name(scope: Mapping[str, Any], header: str) -> str | None:
    """The user whom a proxy names; None when it names nobody.

    Raises:
        Refused: it names several, or nobody that could have an account.
    """
    values = _headers(scope).getlist(header)
    if len(values) > 1:  # one of them may be the client's own
        raise Refused(f"The request has the header {header} more than once, so it was not believed.")
    if not values or not values[0].strip():
        return None
    try:
        # header bytes arrive as Latin-1; proxies send UTF-8
        return clean_name(values[0].encode("latin-1").decode("utf-8"))
    except ValueError as error:
        raise Refused(f"The header {header} is not UTF-8 text.") from error


def _headers(scope: Mapping[str, Any]) -> Headers:
    return Headers(raw=list(scope["headers"]))


def _peer(scope: Mapping[str, Any]) -> str:
    client = scope.get("client")
    return str(client[0]) if client else ""


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _network(text: str) -> Network:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError as error:
        raise SettingsError(
            f"BRIEFING_TRUSTED_PROXIES has {text!r}, which is neither an address nor a network such as "
            "127.0.0.1 or 172.18.0.0/16."
        ) from error
