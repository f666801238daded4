"""One table from errors to responses: JSON for programs, a page for people, never a traceback."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.routing import Match

from rag.errors import BriefingError
from web.access import route_of
from web.i18n import N_, gettext
from web.templating import render

log = logging.getLogger("briefing.web")
_MACHINE_PATHS = ("/api/", "/healthz", "/readyz", "/metrics", "/openapi.json", "/static/")
_OPENAI = "/v1/"
_TYPES = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}
_TITLES = {
    400: N_("That request could not be understood"),
    401: N_("Please log in"),
    403: N_("Not allowed"),
    404: N_("Nothing is kept under this address"),
    405: N_("That is not possible here"),
    409: N_("Busy just now"),
    413: N_("Too large"),
    422: N_("Something in the request is not right"),
    429: N_("Too fast"),
    503: N_("Not ready yet"),
}
_UNPARSED = "There was an error parsing the body"  # FastAPI's words for bytes that are no text
_PLAIN = {
    404: N_("The page or item does not exist, or was removed."),
    405: N_("This address does not take that kind of request."),
}


def is_for_programs(path: str) -> bool:
    """Whether an address is one that programs ask, who want JSON."""
    return path.startswith((*_MACHINE_PATHS, _OPENAI)) or path in ("/api", "/mcp")


def problem(request: Request, status: int, detail: str, error: Exception | None = None) -> Response:
    """``{"detail": ...}`` below ``/api``, OpenAI's shape below ``/v1``; an error page elsewhere.

    ``headers`` of the error travel along.
    """
    reply = _problem(request, status, detail, error)
    reply.headers.update(getattr(error, "headers", None) or {})
    return reply


def _problem(request: Request, status: int, detail: str, error: Exception | None) -> Response:
    path = request.url.path
    if path.startswith(_OPENAI):
        status = 400 if status == 422 else status  # what its clients expect of a request that is not valid
        return JSONResponse(openai_error(status, detail, error), status_code=status)
    if is_for_programs(path):
        return JSONResponse({"detail": detail}, status_code=status)
    title = gettext(_TITLES.get(status, HTTPStatus(status).phrase))
    return render("error.html", status_code=status, status=status, title=title, detail=gettext(detail))


def openai_error(status: int, detail: str, error: Exception | None = None) -> dict[str, Any]:
    """An error as OpenAI's clients read it.

    >>> openai_error(404, "No such model.")["error"]["type"]
    'invalid_request_error'
    """
    kind = _TYPES.get(status, "invalid_request_error" if status < 500 else "server_error")
    known = {"param": getattr(error, "param", None), "code": getattr(error, "code", None)}
    return {"error": {"message": detail, "type": kind, **known}}


def sentence(errors: Sequence[Any]) -> str:
    """The validator's findings as sentences a person can act on.

    >>> sentence([{"loc": ("body", "k"), "msg": "Input should be less than 5", "type": "less_than"}])
    'k: input should be less than 5.'
    """
    return " ".join(dict.fromkeys(_one(error) for error in errors))


def _one(error: Any) -> str:
    where = ".".join(str(part) for part in error["loc"][1:])
    message = str(error["msg"]).removeprefix("Value error, ").rstrip(".")
    if error["type"] == "value_error":  # our own validators speak in whole sentences
        return f"{message}."
    if error["type"] == "missing" or not where:
        what = where or "a request body"
        return f"{what} is missing." if error["type"] == "missing" else "The body is not valid JSON."
    if error["type"] == "json_invalid":
        return "The body is not valid JSON."
    if error["type"] == "extra_forbidden":
        return f"{where} is not a known field; remove or correct it."
    return f"{where}: {message[:1].lower()}{message[1:]}."


def _methods(request: Request) -> set[str]:
    """The methods that the address takes: those described for it, for pages those of all routes that fit it."""
    described = request.app.openapi()["paths"].get(route_of(request.scope))

    def taken(method: str) -> bool:
        asked = {**request.scope, "method": method}
        return any(route.matches(asked)[0] is Match.FULL for route in request.app.routes)

    every = ("GET", "POST", "PUT", "PATCH", "DELETE")
    found = {m.upper() for m in described} if described else {method for method in every if taken(method)}
    return found | ({"HEAD"} if "GET" in found else set())


def install(app: FastAPI) -> None:
    """Registers the table with the application."""

    async def known(request: Request, error: Exception) -> Response:
        assert isinstance(error, BriefingError)
        if error.http_status >= 500:
            log.error("%s in %s %s", error, request.method, route_of(request.scope), exc_info=error)
        return problem(request, error.http_status, str(error), error)

    async def http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        if error.status_code == 400 and error.detail == _UNPARSED:
            return problem(request, 422, "The body cannot be read: it is not valid JSON, or not a valid form.")
        if error.status_code == 405:  # the router names the methods of the first route that fits only
            error.headers = {"allow": ", ".join(sorted(_methods(request)))}
        plain = str(error.detail) == HTTPStatus(error.status_code).phrase
        detail = _PLAIN.get(error.status_code, str(error.detail)) if plain else str(error.detail)
        return problem(request, error.status_code, detail, error)

    async def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        return problem(request, 422, sentence(error.errors()))

    app.add_exception_handler(BriefingError, known)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(RequestValidationError, invalid)
