"""The log: one line an event, as text or as JSON, without question texts and without secrets.

Each line carries the id of the request it belongs to, also from worker threads.  Libraries speak from
``WARNING`` on; uvicorn's own loggers end here too.
"""

from __future__ import annotations

import json
import logging
import os
import re
import sys
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import IO, Any
from urllib.parse import unquote, urlsplit

from pydantic import SecretStr

from rag.settings import Settings

REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="")
"""The id of the request being answered; empty outside of requests."""

OURS = ("briefing", "rag", "ingest", "web", "eval", "uvicorn", "uvicorn.error", "uvicorn.access")
_KEYS = ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "OLLAMA_API_KEY")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
"""Ends of lines in somebody's eyes, terminal commands, and halves of characters that cannot be written."""
_HIDDEN = "[hidden]"


def fields(**values: Any) -> dict[str, Any]:
    """What a line says beside its message: ``log.info("answered", extra=fields(ms=12))``."""
    return {"fields": values}


def configure(settings: Settings, stream: IO[str] | None = None) -> None:
    """Sends all logging to one stream (standard error) in the configured form and level."""
    handler = logging.StreamHandler(stream or sys.stderr)
    kind = JsonLines if settings.log_format == "json" else TextLines
    handler.setFormatter(kind(secrets_of(settings, os.environ)))
    root = logging.getLogger()
    for old in list(root.handlers):
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    for name in OURS:
        logger = logging.getLogger(name)
        logger.setLevel(settings.log_level.upper())
        logger.handlers, logger.propagate = [], True  # uvicorn may have brought its own
    logging.captureWarnings(True)


def secrets_of(settings: Settings, environment: Mapping[str, str]) -> tuple[str, ...]:
    """What must never appear in a line, however it got into a message or a traceback; longest first."""
    values = [getattr(settings, name) for name in type(settings).model_fields]
    found = {v.get_secret_value() for v in values if isinstance(v, SecretStr)}
    found |= {environment.get(name, "") for name in _KEYS}
    for url in (settings.database_url, settings.llm_base_url, settings.chroma_url):
        try:
            password = urlsplit(url or "").password or ""
        except ValueError:
            continue  # no URL, and nothing to hide in it
        found |= {password, unquote(password)}
    return tuple(sorted((s for s in found if len(s) >= 4), key=lambda s: (-len(s), s)))


class _Lines(logging.Formatter):
    """What both forms share: time in UTC, traceback, secrets taken out."""

    def __init__(self, secrets: Sequence[str] = ()) -> None:
        super().__init__()
        self._secrets = tuple(secrets)

    def clean(self, line: str) -> str:
        """The line without secrets."""
        for secret in self._secrets:
            line = line.replace(secret, _HIDDEN)
        return line

    def time(self, record: logging.LogRecord) -> str:
        """``2026-11-21T09:30:00.123Z``."""
        moment = datetime.fromtimestamp(record.created, UTC)
        return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def traceback(self, record: logging.LogRecord) -> str:
        """The traceback of the record, empty when it has none."""
        return self.formatException(record.exc_info) if record.exc_info else ""

    def said(self, record: logging.LogRecord) -> dict[str, Any]:
        """The fields of the record, with the request it belongs to."""
        said = dict(getattr(record, "fields", {}))
        if request_id := said.pop("request_id", REQUEST_ID.get()):
            said["request_id"] = request_id
        return said


class JsonLines(_Lines):
    """One JSON object a line; ``exception`` holds the traceback.

    >>> record = logging.LogRecord("briefing", logging.INFO, "", 0, "done", None, None)
    >>> json.loads(JsonLines().format(record))["level"]
    'info'
    """

    def format(self, record: logging.LogRecord) -> str:
        """The record as a line."""
        line: dict[str, Any] = {
            "time": self.time(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": self.clean(record.getMessage()),
        }
        line |= {k: self.clean(v) if isinstance(v, str) else v for k, v in self.said(record).items()}
        if traceback := self.traceback(record):
            line["exception"] = self.clean(traceback)
        return _escaped(json.dumps(line, ensure_ascii=False, default=str))


class TextLines(_Lines):
    """``time LEVEL logger message key=value``; a traceback follows on lines of its own.

    Control characters in messages are escaped, so that no message can look like two lines.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The record as a line."""
        said = "".join(f" {key}={_shown(value)}" for key, value in self.said(record).items())
        line = f"{self.time(record)} {record.levelname} {record.name} {record.getMessage()}{said}"
        line = _escaped(line)
        if traceback := self.traceback(record):
            line = f"{line}\n{traceback}"
        return self.clean(line)


def _escaped(line: str) -> str:
    return _CONTROL.sub(lambda m: f"\\u{ord(m[0]):04x}", line)


def _shown(value: Any) -> str:
    text = str(value)
    return json.dumps(text, ensure_ascii=False) if " " in text or '"' in text or not text else text
