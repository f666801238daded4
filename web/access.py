"""Around every request: an id, a line in the access log, its place in the metrics.  The outermost wrapper.

Addresses are logged as their pattern (``/documents/{document_id}``), never with their query: a question may
stand in it.
"""

from __future__ import annotations

import logging
import re
import time
import uuid

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.logs import REQUEST_ID, fields
from web.metrics import Metrics

log = logging.getLogger("briefing.access")
_ID = re.compile(r"[A-Za-z0-9._:/+=-]{1,128}")
_QUIET = frozenset({"/healthz", "/readyz", "/metrics", "/static"})
_CLOSED = 499
"""Logged as status when the client went away before the answer began, as nginx does."""


def request_id(headers: Headers) -> str:
    """The id the client or a proxy gave (``X-Request-ID``), or a new one when it gave none that is fit."""
    given = headers.get("x-request-id", "")
    return given if _ID.fullmatch(given) else uuid.uuid4().hex


def route_of(scope: Scope) -> str:
    """The pattern of the address, so that ids neither multiply the series nor end in the log."""
    pattern = getattr(scope.get("route"), "path", None)
    if pattern:
        return str(pattern)
    return "/static" if scope["path"].startswith("/static/") else "unmatched"


class Observer:
    """Gives each request its id, counts it, and says what became of it."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, status = time.perf_counter(), 0
        known = request_id(Headers(scope=scope))
        REQUEST_ID.set(known)  # each request runs in a task, so in a context, of its own
        method = scope["method"]
        scope.setdefault("state", {})
        if method == "HEAD":  # routes know GET only; the answer is the same without its body
            scope = {**scope, "method": "GET"}

        async def marked(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["x-request-id"] = known
            elif method == "HEAD" and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        with self.metrics.in_progress():
            try:
                await self.app(scope, receive, marked)
            finally:
                seconds = time.perf_counter() - began
                self._note(scope, method, status or _CLOSED, seconds, known)

    def _note(self, scope: Scope, method: str, status: int, seconds: float, known: str) -> None:
        route = route_of(scope)
        self.metrics.request(method, route, status, seconds)
        level = logging.DEBUG if route in _QUIET and status < 400 else logging.INFO
        log.log(
            level,
            "request",
            extra=fields(
                method=method,
                route=route,
                status=status,
                ms=round(1000 * seconds, 1),
                user=user_of(scope),
                request_id=known,
            ),
        )


def user_of(scope: Scope) -> str:
    """Who asked, ``-`` where nobody logs in."""
    return str(scope.get("state", {}).get("user") or "-")
