"""Calls a chat model: built on first use, timed, retried, and asked for JSON in the way it can give it.

With :mod:`rag.chain` the only place that imports LangChain, and only when a call is made.
"""

from __future__ import annotations

import json
import logging
import os
import random
import re
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from enum import Enum
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Literal, cast

from rag.errors import SettingsError, WriterFailed
from rag.settings import Settings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessage

_log = logging.getLogger(__name__)

EXTRAS = {"openai": "langchain_openai", "anthropic": "langchain_anthropic", "ollama": "langchain_ollama"}
METHODS = ("json_schema", "json_mode", "function_calling", "plain")
"""Ways to ask for JSON, strictest first; a model that refuses one is asked in the next."""
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 8.0
LONGEST_RETRY_AFTER = 20.0
"""Seconds; a server that asks for more is not asked again: a reader is waiting."""

ChatMessage = tuple[Literal["system", "human", "ai"], str]


class Restart(Enum):
    """What streamed before is void: the model is asked again."""

    RESTART = "restart"


RESTART = Restart.RESTART
Pieces = Generator[str | Literal[Restart.RESTART], None, None]
"""Pieces of a reply; closing the generator hangs up."""


@dataclass(frozen=True, slots=True)
class Failure:
    """What went wrong with one call and what can be done about it."""

    message: str
    retryable: bool = False
    status: int | None = None
    retry_after: float | None = None


class ChatClient:
    """One configured chat model; safe to share between threads.

    Args:
        settings: ``llm`` and the other ``llm_*`` settings.
        schema: JSON schema of the reply.
        sleep: waits so many seconds; a test hands in its own, as with ``clock`` (seconds).
        build: makes the chat model from settings; called once, at the first call.

    Raises:
        SettingsError: ``BRIEFING_LLM`` is not ``provider:model``, or its package is not installed.
    """

    def __init__(
        self,
        settings: Settings,
        schema: dict[str, Any],
        *,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        build: Callable[[Settings], BaseChatModel] | None = None,
    ) -> None:
        self.name = settings.llm or ""
        provider, _, model = self.name.partition(":")
        if not provider or not model:
            raise SettingsError(
                f"BRIEFING_LLM is {self.name!r}: it must be provider:model, such as "
                "openai:gpt-4o-mini or ollama:llama3.1."
            )
        if build is None and provider in EXTRAS and find_spec(EXTRAS[provider]) is None:
            raise _missing_package(self.name, provider)
        self._settings = settings
        self._provider = provider
        self._schema = schema
        self._sleep = sleep
        self._clock = clock
        self._build = build or build_model
        self._lock = threading.Lock()
        self._model: BaseChatModel | None = None
        self._method = 0
        self._jitter = random.Random()  # noqa: S311 - spreads retries, guards nothing

    def complete(self, messages: Sequence[ChatMessage], *, structured: bool = True) -> str:
        """The whole reply, JSON when ``structured``.  Raises WriterFailed, SettingsError."""
        text = ""
        for piece in self._attempts(messages, streaming=False, structured=structured):
            text = "" if piece is RESTART else text + piece
        return text

    def stream(self, messages: Sequence[ChatMessage]) -> Pieces:
        """The JSON reply in pieces; ``RESTART`` voids the pieces before it.

        Raises:
            WriterFailed: after the last retry.
            SettingsError: the model cannot be built (no key, no package).
        """
        return self._attempts(messages, streaming=True, structured=True)

    def _attempts(
        self, messages: Sequence[ChatMessage], *, streaming: bool, structured: bool
    ) -> Pieces:
        method = self._method if structured else len(METHODS) - 1
        retries = 0
        self._chat_model()  # a wrong setting is raised as such, never retried
        while True:
            try:
                yield from self._call(messages, METHODS[method], streaming)
            except Exception as error:  # providers share no base class; classified, never swallowed
                failure = classify(error, self._settings.llm_timeout)
            else:
                self._method = method if structured else self._method
                return
            if self._drop_temperature(failure):
                pass
            elif failure.status in {400, 422, 501} and method < len(METHODS) - 1:
                method += 1
                _log.info("%s refused %s; trying %s", self.name, METHODS[method - 1], METHODS[method])
            elif failure.retryable and retries < self._settings.llm_retries:
                pause = self._pause(failure, retries)
                if pause is None:
                    raise self._failed(failure)
                retries += 1
                _log.info("%s: %s; retry %d in %.1f s", self.name, self._safe(failure), retries, pause)
                self._sleep(pause)
            else:
                raise self._failed(failure)
            yield RESTART

    def _call(self, messages: Sequence[ChatMessage], method: str, streaming: bool) -> Iterator[str]:
        runnable = self._bound(method)
        if not streaming:
            yield _text_of(runnable.invoke(list(messages)))
            return
        deadline = self._clock() + self._settings.llm_timeout
        for chunk in runnable.stream(list(messages)):
            if self._clock() > deadline:  # the client times the gaps, we time the whole
                raise TimeoutError
            if piece := _text_of(chunk):
                yield piece

    def _bound(self, method: str) -> Any:
        """The model set to answer in JSON, before LangChain's own parser (ours repairs and streams)."""
        model = self._chat_model()
        if method == "plain":
            return model
        options = {"strict": True} if self._provider == "openai" and method != "json_mode" else {}
        try:
            pipeline = model.with_structured_output(self._schema, method=method, **options)
        except (NotImplementedError, TypeError, ValueError) as error:
            raise UnsupportedMethodError(method) from error
        return getattr(pipeline, "first", model)

    def _chat_model(self) -> BaseChatModel:
        with self._lock:
            if self._model is None:
                self._model = self._build(self._settings)
            return self._model

    def _drop_temperature(self, failure: Failure) -> bool:
        """Reasoning models refuse a temperature: then it is left to them, once."""
        model = self._chat_model()
        if failure.status != 400 or "temperature" not in failure.message:
            return False
        if getattr(model, "temperature", None) is None:
            return False
        with self._lock:
            self._model = model.model_copy(update={"temperature": None})
        return True

    def _pause(self, failure: Failure, retries: int) -> float | None:
        """Seconds to wait before the next try, None when the server asks for too many."""
        if failure.retry_after is not None:
            return failure.retry_after if failure.retry_after <= LONGEST_RETRY_AFTER else None
        ceiling = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0**retries)
        return ceiling * self._jitter.uniform(0.5, 1.0)

    def _failed(self, failure: Failure) -> WriterFailed:
        return WriterFailed(self._safe(failure), retryable=failure.retryable)

    def _safe(self, failure: Failure) -> str:
        """The message without any key: servers are known to echo them."""
        return redact(failure.message, self._settings)


class UnsupportedMethodError(Exception):
    """The provider's class cannot be asked in this way."""

    status_code = 501


def build_model(settings: Settings) -> BaseChatModel:
    """The chat model that ``BRIEFING_LLM`` names, without retries of its own.

    Raises:
        SettingsError: unknown provider, package not installed, no key.
    """
    os.environ.setdefault("LANGSMITH_TRACING", "false")  # nothing leaves the house unasked
    from langchain.chat_models import init_chat_model

    provider = (settings.llm or "").partition(":")[0]
    try:
        model = init_chat_model(settings.llm, **_options(provider, settings))
    except ImportError as error:
        raise _missing_package(settings.llm or "", provider) from error
    except Exception as error:
        message = redact(" ".join(str(error).split())[:300], settings)
        # from None: the original text may hold a key, and a traceback would print it
        raise SettingsError(
            f"BRIEFING_LLM is {settings.llm!r}: {message} Check BRIEFING_LLM, BRIEFING_LLM_API_KEY "
            "and BRIEFING_LLM_BASE_URL."
        ) from None
    return cast("BaseChatModel", model)


def _options(provider: str, settings: Settings) -> dict[str, Any]:
    options: dict[str, Any] = {"temperature": settings.llm_temperature}
    if settings.llm_base_url:
        options["base_url"] = settings.llm_base_url
    key = settings.llm_api_key.get_secret_value() if settings.llm_api_key else None
    if provider == "ollama":
        headers = {"headers": {"Authorization": f"Bearer {key}"}} if key else {}
        return options | {"client_kwargs": {"timeout": settings.llm_timeout} | headers}
    if key:
        options["api_key"] = key
    elif settings.llm_base_url and provider == "openai" and "OPENAI_API_KEY" not in os.environ:
        options["api_key"] = "none"  # a local server asks for none, its client insists on one
    return options | {"timeout": settings.llm_timeout, "max_retries": 0}


def _missing_package(llm: str, provider: str) -> SettingsError:
    wanted = f"briefing-desk[{provider}]" if provider in EXTRAS else f"langchain-{provider}"
    return SettingsError(
        f"BRIEFING_LLM is {llm!r}, but the package for {provider!r} is not installed: "
        f"pip install '{wanted}'"
    )


# --------------------------------------------------------------------------- reading replies


def _text_of(message: AIMessage) -> str:
    """The JSON of a message or chunk: arguments of a tool call, else its text."""
    chunks = getattr(message, "tool_call_chunks", None)
    if chunks:
        return "".join(chunk.get("args") or "" for chunk in chunks)
    if message.tool_calls:
        return json.dumps(message.tool_calls[0]["args"])
    if message.invalid_tool_calls:
        return message.invalid_tool_calls[0]["args"] or ""
    return str(message.text)


# --------------------------------------------------------------------------- reading errors

_TRANSPORT = {"APIConnectionError", "TransportError", "ConnectionError", "ConnectError"}
_SECRET = re.compile(r"\b(?:sk|pk|key|gsk|xai)-[\w*-]{6,}|(?<=Bearer )\S+", re.IGNORECASE)


def classify(error: Exception, timeout: float) -> Failure:
    """What an exception of any provider's client means, judged by status code and class names."""
    names = {cls.__name__ for cls in type(error).__mro__}
    status = _status(error)
    detail = " ".join(str(error).split())[:200] or type(error).__name__
    if any("Timeout" in name for name in names):
        return Failure(f"timed out after {timeout:g} s", retryable=True)
    if status == 429:
        return Failure("rate limit, HTTP 429", True, status, _retry_after(error))
    if status is not None and status >= 500 and status != 501:
        return Failure(f"server error, HTTP {status}", True, status, _retry_after(error))
    if status in {401, 403}:
        return Failure(f"the key was refused, HTTP {status}; check BRIEFING_LLM_API_KEY", False, status)
    if status is not None:
        return Failure(f"HTTP {status}: {detail}", False, status)
    if names & _TRANSPORT:
        return Failure(f"connection failed: {detail}", retryable=True)
    if "LengthFinishReasonError" in names:
        return Failure("the reply was cut off at the model's length limit")
    return Failure(f"{type(error).__name__}: {detail}")


def redact(text: str, settings: Settings) -> str:
    """``text`` without the configured key, keys in the environment, and what looks like one."""
    secrets = [v for k, v in os.environ.items() if k.endswith("_API_KEY") and len(v) >= 8]
    if settings.llm_api_key:
        secrets.append(settings.llm_api_key.get_secret_value())
    for secret in filter(None, secrets):
        text = text.replace(secret, "[key]")
    return _SECRET.sub("[key]", text)


def _status(error: Exception) -> int | None:
    for source in (error, getattr(error, "response", None)):
        status = getattr(source, "status_code", None)
        if isinstance(status, int) and status >= 400:
            return status
    return None


def _retry_after(error: Exception) -> float | None:
    headers = getattr(getattr(error, "response", None), "headers", None) or {}
    value = headers.get("retry-after")
    if value is None:
        return None
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except ValueError:
        return None
