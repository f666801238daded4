"""``POST /language``: the reader's choice of language, kept in a cookie."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse

from rag.errors import UsageError
from web.i18n import COOKIE, LANGUAGES

router = APIRouter(include_in_schema=False)
_YEAR = 365 * 24 * 3600


@router.post("/language")
def choose(code: Annotated[str, Form()], back: Annotated[str, Form()] = "/") -> RedirectResponse:
    """Back to the page, from now on in that language."""
    if code not in LANGUAGES:
        raise UsageError(f"There is no translation into {code!r}; there is {', '.join(LANGUAGES)}.")
    # only a path of our own: an address would lead elsewhere
    own = back if back.startswith("/") and not back.startswith(("//", "/\\")) else "/"
    reply = RedirectResponse(own, status_code=303)
    reply.set_cookie(COOKIE, code, max_age=_YEAR, httponly=True, samesite="lax")
    return reply
