"""``/account``: one's own password and tokens, as a page that works without scripts."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from rag.errors import UsageError
from rag.types import Account
from web.auth.refusals import TooMany
from web.deps import Services, ServicesDep, ViewerDep
from web.i18n import N_, gettext
from web.routes.login import begin_session
from web.templating import render

router = APIRouter(prefix="/account", include_in_schema=False, default_response_class=HTMLResponse)
_DONE = {
    "password": N_("Your password is changed. Other browsers were logged out."),
    "revoked": N_("The token is revoked; programs that use it are refused from now on."),
}


@router.get("")
def page(services: ServicesDep, viewer: ViewerDep, done: str = "") -> HTMLResponse:
    """Who one is here, the password, and the tokens of one's programs."""
    return _page(services, services.access.accounts.account(viewer.name), done=gettext(_DONE.get(done, "")))


@router.post("/password")
def password(
    request: Request,
    services: ServicesDep,
    viewer: ViewerDep,
    current: Annotated[str, Form(max_length=4000)] = "",
    new: Annotated[str, Form(max_length=4000)] = "",
    again: Annotated[str, Form(max_length=4000)] = "",
) -> Response:
    """Another password: the old one must be known, every other session ends."""
    access = services.access
    account = access.accounts.account(viewer.name)
    try:
        if new != again:
            raise UsageError(gettext("The two new passwords are not the same."))
        if access.log_in(account.name, current, address=access.peers.address(request.scope)) is None:
            raise UsageError(gettext("The current password is wrong."))
        access.change_password(account, new)
    except (UsageError, TooMany) as error:
        return _page(services, account, problem=str(error), status_code=error.http_status)
    reply = RedirectResponse("/account?done=password", status_code=303)
    begin_session(reply, request, access, account)
    return reply


@router.post("/tokens")
def issue(
    services: ServicesDep,
    viewer: ViewerDep,
    label: Annotated[str, Form(max_length=200)] = "",
    days: Annotated[str, Form(max_length=10)] = "",
) -> HTMLResponse:
    """A new token, shown this once; no redirect, since it must not stand in an address."""
    access = services.access
    account = access.accounts.account(viewer.name)
    try:
        secret, _ = access.tokens.issue(account, label=label, days=_days(days))
    except UsageError as error:
        return _page(services, account, problem=str(error), status_code=422)
    return _page(services, account, secret=secret)


@router.post("/tokens/{token_id}/revoke")
def revoke(token_id: str, services: ServicesDep, viewer: ViewerDep) -> RedirectResponse:
    """Ends a token of one's own."""
    services.access.accounts.revoke_token(token_id, account_id=viewer.owner)
    return RedirectResponse("/account?done=revoked", status_code=303)


def _days(text: str) -> int | None:
    if not text.strip():
        return None
    if not text.strip().isdecimal():
        raise UsageError(gettext("“%(text)s” is not a number of days.") % {"text": text.strip()})
    return int(text)


def _page(services: Services, account: Account, *, status_code: int = 200, **shown: str) -> HTMLResponse:
    context: dict[str, Any] = {"done": "", "problem": "", "secret": "", **shown}
    return render(
        "account.html",
        status_code=status_code,
        nav="",
        account=account,
        tokens=services.access.accounts.tokens(account.id),
        with_password=services.access.mode == "password",
        **context,
    )
