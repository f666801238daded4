"""``/users``: the accounts, for admins, as pages that work without scripts."""

from __future__ import annotations

import logging
from typing import Annotated, Any
from urllib.parse import quote as percent

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from rag.errors import UsageError
from rag.types import Role
from web.auth.names import clean_name
from web.deps import Services, ServicesDep, ViewerDep
from web.i18n import N_, gettext
from web.templating import render

log = logging.getLogger("briefing.accounts")
router = APIRouter(prefix="/users", include_in_schema=False, default_response_class=HTMLResponse)
_DONE = {
    "added": N_("The account is made. Hand the password over in person; it can be changed under Account."),
    "role": N_("The role is changed, from the next click on."),
    "password": N_("The password is changed, and every browser of that account was logged out."),
    "removed": N_("The account is removed, with its log-ins and tokens."),
}


@router.get("")
def listed(services: ServicesDep, done: str = "") -> HTMLResponse:
    """All accounts, and a form for another."""
    return _page(services, done=gettext(_DONE.get(done, "")))


@router.post("")
def add(
    services: ServicesDep,
    viewer: ViewerDep,
    name: Annotated[str, Form(max_length=200)] = "",
    role: Annotated[str, Form(max_length=20)] = Role.READER,
    password: Annotated[str, Form(max_length=4000)] = "",
) -> Response:
    """A new account."""
    access = services.access
    try:
        clean = clean_name(name)
        stored = access.passwords.hash(password, name=clean) if access.mode == "password" else None
        access.accounts.add(clean, role=_role(role), password_hash=stored)
    except UsageError as error:
        return _page(services, problem=str(error), name=name, role=role, status_code=422)
    log.info("%s made the account %s with the role %s", viewer.name, clean, role)
    return _back("added")


@router.post("/{name}/role")
def role(
    name: str, services: ServicesDep, viewer: ViewerDep, role: Annotated[str, Form(max_length=20)] = ""
) -> Response:
    """Another role."""
    accounts = services.access.accounts
    account = accounts.account(name)
    try:
        accounts.set_role(account.id, _role(role))
    except UsageError as error:
        return _page(services, problem=str(error), status_code=422)
    log.info("%s gave %s the role %s", viewer.name, account.name, role)
    return _back("role")


@router.get("/{name}/password")
def password_form(name: str, services: ServicesDep) -> HTMLResponse:
    """The form for another password of somebody who lost theirs."""
    return render("user_password.html", nav="", account=services.access.accounts.account(name), problem="")


@router.post("/{name}/password")
def password(
    name: str,
    services: ServicesDep,
    viewer: ViewerDep,
    password: Annotated[str, Form(max_length=4000)] = "",
) -> Response:
    """Another password; every session of the account ends."""
    account = services.access.accounts.account(name)
    try:
        services.access.change_password(account, password)
    except UsageError as error:
        return render("user_password.html", status_code=422, nav="", account=account, problem=str(error))
    log.info("%s set the password of %s", viewer.name, account.name)
    return _back("password")


@router.get("/{name}/remove")
def confirm(name: str, services: ServicesDep) -> HTMLResponse:
    """Asks what is to become of the account's things."""
    return _confirm(services, name)


@router.post("/{name}/remove")
def remove(
    name: str, services: ServicesDep, viewer: ViewerDep, keep: Annotated[str, Form(max_length=10)] = ""
) -> Response:
    """Removes an account; its conversations and memos go with it, or to the admin who removes it."""
    account = services.access.accounts.account(name)
    if account.id == viewer.owner:
        return _confirm(services, name, problem=gettext("This is your own account; another admin can remove it."))
    try:
        services.access.accounts.remove(account.id, heir=viewer.owner if keep == "me" else None)
    except UsageError as error:
        return _confirm(services, name, problem=str(error))
    log.info("%s removed the account %s", viewer.name, account.name)
    return _back("removed")


def _role(text: str) -> Role:
    try:
        return Role(text)
    except ValueError as error:
        raise UsageError(gettext("“%(text)s” is no role; choose reader, editor or admin.") % {"text": text}) from error


def _back(done: str) -> RedirectResponse:
    return RedirectResponse(f"/users?done={done}", status_code=303)


def _confirm(services: Services, name: str, *, problem: str = "") -> HTMLResponse:
    account = services.access.accounts.account(name)
    conversations, memos = services.access.accounts.belongings(account.id)
    return render(
        "user_remove.html",
        status_code=422 if problem else 200,
        nav="",
        account=account,
        conversations=conversations,
        memos=memos,
        problem=problem,
    )


def _page(services: Services, *, status_code: int = 200, **shown: str) -> HTMLResponse:
    context: dict[str, Any] = {"done": "", "problem": "", "name": "", "role": str(Role.READER), **shown}
    accounts = services.access.accounts
    tokens = [token.account.id for token in accounts.tokens()]
    rows = [
        {"account": a, "address": f"/users/{percent(a.name, safe='')}", "tokens": tokens.count(a.id)}
        for a in accounts.accounts()
    ]
    return render(
        "users.html",
        status_code=status_code,
        nav="",
        rows=rows,
        roles=[str(r) for r in Role],
        with_password=services.access.mode == "password",
        **context,
    )
