"""Makes ``/openapi.json`` say what FastAPI cannot know: what may be answered in place of any route, and as what."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI

_METHODS = ("get", "post", "put", "patch", "delete")
_ANYWHERE = {
    "400": "The host name is not one the application answers to, or the request cannot be read",
    "403": "The request comes from another site, or the role does not cover this",
    "413": "The request is too large",
}
_PROBLEM, _OPENAI = "Problem", "ErrorReply"


def install(app: FastAPI) -> None:
    """Replaces the application's schema by the completed one, made once."""
    plain: Callable[[], dict[str, Any]] = app.openapi
    made: dict[str, Any] = {}

    def openapi() -> dict[str, Any]:
        if not made:
            made.update(completed(plain()))
        return made

    app.openapi = openapi  # type: ignore[method-assign]


def completed(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema with every error in the shape it really has.

    Errors are JSON also where the good answer is a stream or a file; below ``/v1`` they have OpenAI's shape,
    and a request that is not valid is 400 there, never 422.
    """
    for path, item in schema["paths"].items():
        kind = _OPENAI if path.startswith("/v1/") else _PROBLEM
        for method in _METHODS:
            if method in item:
                _complete(item[method], kind, read="requestBody" in item[method])
    return schema


def _complete(operation: dict[str, Any], kind: str, *, read: bool) -> None:
    responses: dict[str, Any] = operation["responses"]
    for status, description in _ANYWHERE.items():
        if status != "413" or read:
            responses.setdefault(status, {"description": description})
    if kind == _OPENAI:
        responses.pop("422", None)
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{kind}"}}}
    for status, response in responses.items():
        if status[0] in "45":
            response["content"] = content
