"""The gate before every route: who asks, may they, how often, and does a form come from our own page.

Plain ASGI, so that nothing is read of a body that is refused.  A path that :mod:`web.auth.policy` does not
open is closed, also for routes that are added later.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from rag.errors import BriefingError
from rag.types import Role
from web.auth.access import Access
from web.auth.policy import IN_PERSON, METRICS, SAFE_METHODS, below, limited, needed
from web.auth.refusals import LogInNeeded, Refused
from web.auth.viewer import NOBODY, How, Viewer, current
from web.errors import is_for_programs, problem

VIEWER = "briefing.viewer"
_UNPROVED = "briefing.unproved"
CSRF_HEADER, CSRF_FIELD = "x-csrf-token", "csrf_token"
_STALE = "This page is out of date, so nothing was done. Go back, load it again and repeat the step."
_WHO = (
    "Nobody is logged in, or no longer: load the page again and log in. Programs send a token as "
    "“Authorization: Bearer …”."
)
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
_ROLES = {
    Role.EDITOR: "Your account may read the library, not change it. Ask an admin for the role editor.",
    Role.ADMIN: "This is for admins.",
}


class Gate:
    """Lets a request through with its viewer, or says why not."""

    def __init__(self, app: ASGIApp, *, access: Access) -> None:
        self.app, self._access = app, access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":  # no route of ours speaks it
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        try:
            viewer = await run_in_threadpool(self._admitted, scope)
        except BriefingError as error:
            with _shown_to(scope.get(VIEWER, NOBODY)):
                reply = self._turned_away(error, Request(scope, receive))
            await reply(scope, receive, send)
            return
        with _shown_to(viewer):
            await self.app(scope, receive, send)

    def _admitted(self, scope: Scope) -> Viewer:
        method, path = scope["method"], scope["path"]
        role = needed(method, path)
        if role is None or (path == METRICS and self._access.may_read_metrics(scope)):
            return NOBODY
        viewer = self._access.identify(scope)
        if viewer is None:
            raise LogInNeeded(_WHO)
        scope[VIEWER] = viewer  # also of a request that is refused further on
        scope.setdefault("state", {})["user"] = viewer.name  # for the access log
        if not viewer.role.covers(role):
            raise Refused(_ROLES[role])
        if viewer.how is How.TOKEN and below(path, IN_PERSON):
            raise Refused("A token for programs does not open this; log in yourself.")
        if method not in SAFE_METHODS and viewer.csrf:
            scope[_UNPROVED] = _unproved(scope, viewer)
        kind = limited(method, path)
        if kind is not None:
            self._access.count(kind, viewer, scope)
        return viewer

    def _turned_away(self, error: BriefingError, request: Request) -> Any:
        path = request.url.path
        asks_a_person = isinstance(error, LogInNeeded) and not is_for_programs(path)
        if asks_a_person and self._access.mode == "password":
            there = path + (f"?{request.url.query}" if request.url.query else "")
            back = there if request.method in SAFE_METHODS and there != "/" else ""
            return RedirectResponse("/login" + (f"?next={quote(back, safe='')}" if back else ""), status_code=303)
        if isinstance(error, LogInNeeded) and self._access.mode == "proxy":
            error = LogInNeeded("The proxy named no user for this request. Log in there first.")
        return problem(request, error.http_status, str(error), error)


@contextmanager
def _shown_to(viewer: Viewer) -> Iterator[None]:
    """While pages are made for this viewer."""
    token = current.set(viewer)
    try:
        yield
    finally:
        current.reset(token)


def _unproved(scope: Scope, viewer: Viewer) -> bool:
    """Whether the form itself must still show that it is ours.

    Raises:
        Refused: the header is wrong, or there is neither header nor form.
    """
    headers = Headers(scope=scope)
    given = headers.get(CSRF_HEADER)
    if given is not None:
        if not _same(viewer.csrf, given):
            raise Refused(_STALE)
        return False
    if not headers.get("content-type", "").lower().startswith(_FORMS):
        raise Refused(f"{_STALE} (Scripts send the page's token in the header X-CSRF-Token.)")
    return True


async def form_is_ours(request: Request) -> None:
    """Dependency of every route: a form that carries a log-in along must carry the page's token, too.

    Raises:
        Refused: the form has no token, or another's.
    """
    if not request.scope.get(_UNPROVED):
        return
    given = (await request.form()).get(CSRF_FIELD)
    if not isinstance(given, str) or not _same(viewer_of(request).csrf, given):
        raise Refused(_STALE)


def viewer_of(request: Request) -> Viewer:
    """Who asks; nobody where the gate did not say."""
    found: Viewer = request.scope.get(VIEWER, NOBODY)
    return found


def _same(wanted: str, given: str) -> bool:
    return hmac.compare_digest(wanted.encode(), given.encode())
