"""``/login``, ``/logout``: the way in and out, as pages that work without scripts."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from rag.types import Account
from web.auth.access import Access
from web.auth.refusals import TooMany
from web.auth.secrets import new_secret
from web.deps import ServicesDep
from web.i18n import N_, gettext
from web.templating import render

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
_PAGE_COOKIE = "briefing_login"
_WRONG = N_("Name or password is wrong.")
_STALE = N_("The page was out of date, or the browser keeps no cookies. Try once more.")


def safe_place(address: str) -> str:
    """A page of ours to go to after the log-in; ``/`` for anything else.

    >>> safe_place("/memos?x=1"), safe_place("//evil.example"), safe_place("/\\\\evil.example")
    ('/memos?x=1', '/', '/')
    >>> safe_place("https://evil.example/"), safe_place("/logout"), safe_place("")
    ('/', '/', '/')
    """
    parts = urlsplit(address)
    ours = address.startswith("/") and not address.startswith("//") and not parts.scheme and not parts.netloc
    printable = address.isprintable() and "\\" not in address
    return address if ours and printable and parts.path not in ("/login", "/logout") else "/"


@router.get("/login")
def page(request: Request, services: ServicesDep, next: str = "", out: bool = False) -> Response:
    """The form; whoever is logged in already goes on."""
    access = services.access
    viewer = access.identify({**request.scope, "headers": _without_token(request)})
    if viewer is not None:
        return RedirectResponse(safe_place(next), status_code=303)
    return _form(request, access, next=next, note=gettext("You are logged out.") if out else "")


@router.post("/login")
def log_in(
    request: Request,
    services: ServicesDep,
    name: Annotated[str, Form(max_length=200)] = "",
    password: Annotated[str, Form(max_length=4000)] = "",
    login_token: Annotated[str, Form(max_length=200)] = "",
    next: Annotated[str, Form(max_length=4000)] = "",
) -> Response:
    """Lets somebody in: a new session, whatever the browser had before."""
    access = services.access
    ours = request.cookies.get(_PAGE_COOKIE, "")
    if not ours or not access.proofs.holds(f"login:{ours}", login_token):
        return _form(request, access, next=next, name=name, problem=gettext(_STALE), status_code=403)
    try:
        account = access.log_in(name, password, address=access.peers.address(request.scope))
    except TooMany as error:
        shown = _form(request, access, next=next, name=name, problem=str(error), status_code=429)
        shown.headers.update(error.headers)
        return shown
    if account is None:
        return _form(request, access, next=next, name=name, problem=gettext(_WRONG), status_code=401)
    reply = RedirectResponse(safe_place(next), status_code=303)
    reply.delete_cookie(_PAGE_COOKIE, path="/login")
    begin_session(reply, request, access, account)
    return reply


@router.post("/logout")
def log_out(request: Request, services: ServicesDep) -> RedirectResponse:
    """Ends the session here and on the server."""
    access = services.access
    name = access.cookie_name(request.scope)
    secret = request.cookies.get(name)
    if secret:
        access.sessions.close(secret)
    reply = RedirectResponse("/login?out=true", status_code=303)
    reply.delete_cookie(name, path="/", secure=access.secure(request.scope), httponly=True, samesite="lax")
    return reply


def begin_session(reply: Response, request: Request, access: Access, account: Account) -> None:
    """Opens a session in place of the browser's old one, and hands the browser its secret."""
    name = access.cookie_name(request.scope)
    secret = access.sessions.open(account, instead_of=request.cookies.get(name))
    reply.set_cookie(
        name,
        secret,
        max_age=int(access.sessions.longest.total_seconds()),
        path="/",
        secure=access.secure(request.scope),
        httponly=True,
        samesite="lax",
    )


def _form(request: Request, access: Access, *, status_code: int = 200, **shown: str) -> HTMLResponse:
    """The log-in page with a cookie and a field that belong together, so that no other page can post it."""
    ours = request.cookies.get(_PAGE_COOKIE, "") or new_secret()
    context: dict[str, Any] = {"next": "", "name": "", "problem": "", "note": "", **shown}
    reply = render(
        "login.html", status_code=status_code, login_token=access.proofs.make(f"login:{ours}"), **context
    )
    reply.set_cookie(
        _PAGE_COOKIE, ours, path="/login", secure=access.secure(request.scope), httponly=True, samesite="lax"
    )
    reply.headers["cache-control"] = "no-store"
    return reply


def _without_token(request: Request) -> list[tuple[bytes, bytes]]:
    return [(name, value) for name, value in request.scope["headers"] if name != b"authorization"]
