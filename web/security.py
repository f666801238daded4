"""Headers, host and origin checks, and the last line of defence against tracebacks: one ASGI wrapper.

Ids, the access log and the metrics are the business of :mod:`web.access`, which stands around it.

Written as plain ASGI, because a wrapper that re-reads responses would hold back streamed answers and
hide the disconnection of a client.
"""

from __future__ import annotations

import ipaddress
import logging
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.access import route_of
from web.auth.gate import VIEWER
from web.auth.policy import SAFE_METHODS, UPLOADS
from web.auth.viewer import NOBODY
from web.errors import problem

log = logging.getLogger("briefing.web")

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
BODY_BYTES = 8 << 20  # the longest history that the schema allows, with room to spare
TOO_LARGE = "The request is larger than this installation accepts (BRIEFING_MAX_UPLOAD_MB)."
SECURITY_HEADERS: Mapping[str, str] = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    # not no-referrer: browsers then send "Origin: null" with our own forms, which we refuse
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}


def split_host(host: str) -> str:
    """The name in a Host header, lower case, without port and brackets; empty when malformed.

    >>> split_host("[::1]:8000"), split_host("Localhost:80"), split_host("a b")
    ('::1', 'localhost', '')
    """
    try:
        return urlsplit(f"//{host}").hostname or "" if not set(host) & set(" /@?#\\") else ""
    except ValueError:
        return ""


def _reached_at(scope: Scope, host: str) -> bool:
    """Whether the host is the very address the connection came in at.

    A page elsewhere can point a name of its own at this machine (DNS rebinding), but not an address.
    """
    server = scope.get("server")
    try:
        return server is not None and ipaddress.ip_address(host) == ipaddress.ip_address(server[0])
    except ValueError:
        return False  # a name, or a socket in the file system


def same_origin(headers: Mapping[str, str]) -> bool:
    """Whether a state-changing request comes from our own pages, or from no browser page at all.

    Browsers send ``Sec-Fetch-Site`` and ``Origin`` and pages cannot forge them; programs send neither.
    ``same-site`` is refused: another port of localhost is another application.
    """
    site = headers.get("sec-fetch-site")
    if site is not None and site not in {"same-origin", "none"}:
        return False
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc.lower() == headers.get("host", "").lower() != ""


class Guard:
    """Checks each request, stamps each response, and turns a crash into a plain 500."""

    def __init__(self, app: ASGIApp, *, hosts: Iterable[str], upload_bytes: int) -> None:
        self.app = app
        self.upload_bytes = upload_bytes
        self.hosts = LOOPBACK | {split_host(h) for h in hosts if h.strip()}
        self.any_host = "*" in set(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def stamped(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                _stamp(MutableHeaders(scope=message), scope)
            await send(message)

        try:
            refused = self._refusal(scope)
            if refused:
                await problem(Request(scope, receive), *refused)(scope, receive, stamped)
            else:
                await self.app(scope, self._limited(scope, receive), stamped)
        except Exception:
            log.exception("unexpected error in %s %s", scope["method"], route_of(scope))
            if started:
                raise  # the response is under way: the server cuts the connection
            detail = "Something went wrong on our side; the log of the server says what."
            await problem(Request(scope, receive), 500, detail)(scope, receive, stamped)

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        headers = Headers(scope=scope)
        host = split_host(headers.get("host", ""))
        if host not in self.hosts and not self.any_host and not _reached_at(scope, host):
            return 400, (
                "This host name is not one the application answers to. Open it as 127.0.0.1, localhost "
                "or the machine's own address, or add the name to BRIEFING_ALLOWED_HOSTS."
            )
        if scope["method"] not in SAFE_METHODS and not same_origin(headers):
            return 403, "The request comes from another site, so it was not carried out."
        length = headers.get("content-length", "")
        if length.isdecimal() and int(length) > self._limit(scope):
            return 413, TOO_LARGE
        return None

    def _limit(self, scope: Scope) -> int:
        return self.upload_bytes if scope["path"] in UPLOADS else BODY_BYTES

    def _limited(self, scope: Scope, receive: Receive) -> Receive:
        """Counts what arrives, for requests that do not declare their length (or lie about it).

        FastAPI's own ``max_body_size`` would answer in plain text, without our headers.
        """
        left = self._limit(scope)

        async def counted() -> Message:
            nonlocal left
            message = await receive()
            left -= len(message.get("body", b""))
            if left < 0:
                raise HTTPException(413, TOO_LARGE)
            return message

        return counted


def _stamp(headers: MutableHeaders, scope: Scope) -> None:
    for name, value in SECURITY_HEADERS.items():
        headers.setdefault(name, value)
    headers.setdefault("cache-control", _caching(scope))


def _caching(scope: Scope) -> str:
    if scope["path"].startswith("/static/"):
        return "no-cache"
    # what was shown to somebody must not come back by the browser's Back once they logged out
    return "no-store" if scope.get(VIEWER, NOBODY).named else "private, no-cache"
