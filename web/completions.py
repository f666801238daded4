"""Answers in the words of OpenAI's chat completions, so that existing chat clients can ask the library.

Pure: messages in, question and history out; answer JSON in, text and chunks out.  The whole answer and its
citations travel along in the fields ``briefing`` and ``citations``.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from rag.errors import UsageError
from rag.text import words
from rag.types import Turn
from web.schemas import MAX_QUESTION, FilterBody, Reply, clean_text

Json = dict[str, Any]
MODEL = "briefing-desk"
_TURNS = 20
_SOURCES = "\n\nSources:\n"
_REVISED = "\n\nAfter the last check the answer reads otherwise. It replaces what stands above:\n\n"
_MARKUP = re.compile(r"!(?=\[)|(?<=\])(?=\()|<(?=[A-Za-z/!?])")


class BadRequest(UsageError):
    """A request that OpenAI's clients may send and this endpoint cannot serve; names the field."""

    http_status = 400

    def __init__(self, message: str, *, param: str | None = None, code: str | None = None) -> None:
        super().__init__(message)
        self.param = param
        self.code = code


class NoSuchModel(BadRequest):
    """Another model was asked for: saying nothing would let a person believe that it answered."""

    http_status = 404

    def __init__(self, model: str) -> None:
        super().__init__(
            f"The model {model!r} does not exist here; the library answers as {MODEL!r}.",
            param="model",
            code="model_not_found",
        )


# --------------------------------------------------------------------------- the request


class Message(BaseModel):
    """One message; ``content`` is text or a list of parts of the type ``text``."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[dict[str, Any]] | None = None


class StreamOptions(BaseModel):
    """What a stream should carry besides the text."""

    include_usage: bool | None = None


class CompletionBody(BaseModel):
    """A chat completion request.  Sampling parameters and tools are accepted and have no effect."""

    model_config = ConfigDict(extra="ignore")

    model: str = Field(default=MODEL, max_length=200)
    messages: list[Message] = Field(
        min_length=1, max_length=2000, examples=[[{"role": "user", "content": "What does each report expect?"}]]
    )
    stream: bool | None = False
    stream_options: StreamOptions | None = None
    n: int | None = 1
    response_format: dict[str, Any] | None = None
    filters: FilterBody | None = Field(default=None, description="Not OpenAI's: narrows the library.")
    conversation_id: str | None = Field(
        default=None, max_length=200, description="Not OpenAI's: goes on with a stored conversation."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the messages ask."""

    question: str
    history: tuple[Turn, ...]
    words: int


def understood(body: CompletionBody) -> Asked:
    """The last user message is the question, what was said before it the history.

    System and developer messages are passed over: the library answers from its reports alone.

    Raises:
        NoSuchModel: another model than ours.
        BadRequest: no question, content other than text, or a form of reply that cannot be given.
    """
    if body.model != MODEL:
        raise NoSuchModel(body.model)
    if body.n not in (None, 1):
        raise BadRequest(f"n is {body.n}; one answer is given, so only 1 is possible.", param="n")
    wanted = (body.response_format or {}).get("type", "text")
    if wanted != "text":
        raise BadRequest(f"The response format {wanted!r} cannot be given; answers are text.", param="response_format")
    said = [(m.role, _text(m, f"messages[{i}]")) for i, m in enumerate(body.messages)]
    asked = [i for i, (role, _) in enumerate(said) if role == "user"]
    if not asked:
        raise BadRequest("There is no user message, so there is no question.", param="messages")
    question = said[asked[-1]][1]
    if not question:
        raise BadRequest("The last user message is empty. Write a question and ask again.", param="messages")
    if len(question) > MAX_QUESTION:
        raise BadRequest(
            f"The last user message is longer than {MAX_QUESTION:,} characters; shorten it.", param="messages"
        )
    return Asked(
        question=question, history=_turns(said[: asked[-1]]), words=sum(len(words(text)) for _, text in said)
    )


def _text(message: Message, where: str) -> str:
    parts = [{"type": "text", "text": message.content}] if isinstance(message.content, str) else message.content
    texts = []
    for part in parts or ():
        kind = part.get("type")
        if kind in ("refusal",) and message.role == "assistant":
            continue
        if kind != "text" or not isinstance(part.get("text"), str):
            raise BadRequest(
                f"A part of {where} is of the type {str(kind)[:40]!r}; only text can be read here.", param="messages"
            )
        texts.append(part["text"])
    try:
        return clean_text("\n".join(texts))
    except ValueError as error:
        raise BadRequest(str(error), param="messages") from error


def _turns(said: Sequence[tuple[str, str]]) -> tuple[Turn, ...]:
    turns: list[Turn] = []
    for role, text in said:
        if role == "user" and text:
            turns.append(Turn(question=text[:MAX_QUESTION], answer=""))
        elif role == "assistant" and turns:
            answer = text.split(_SOURCES.strip() + "\n")[0].strip()  # our own list of sources says nothing new
            turns[-1] = Turn(question=turns[-1].question, answer=f"{turns[-1].answer} {answer}".strip())
    return tuple(turns[-_TURNS:])


# --------------------------------------------------------------------------- the text


class Transcript:
    """Writes an answer down piece by piece, as it is verified.

    A citation keeps the number under which it was first written: what a client was sent cannot be renumbered.

    Args:
        base_url: where the application was reached, for links that open the quote.
    """

    def __init__(self, base_url: str) -> None:
        self._base = base_url.rstrip("/")
        self._numbers: dict[str, int] = {}
        self._group: str | None = None
        self._listed = False
        self._written: list[str] = []
        self._begun = False
        self.citations: list[Json] = []
        self.text = ""

    def statement(self, statement: Mapping[str, Any], citations: Iterable[Mapping[str, Any]]) -> str:
        """The next statement.  ``citations`` are those that it may name by number."""
        self._written.append(statement["text"])
        found = {c["number"]: c for c in citations}
        marks = "".join(f"[{self._number(found[n])}]" for n in statement["citations"] if n in found)
        doubt = "" if statement["support"] == "verified" else " (not verified)"
        sentence = f"{harmless(statement['text'])}{marks}{doubt}"
        group, before = statement.get("group"), self._group
        listed, after_list = bool(statement.get("listed")), self._listed
        self._group, self._listed = group, listed
        if group and group != before:
            return self._add(f"{self._break()}{harmless(group)}: {sentence}")
        if listed and self._begun:
            return self._add(f"\n- {sentence}")
        return self._add(f"{' ' if group and self._begun and not after_list else self._break()}{sentence}")

    def end(self, answer: Mapping[str, Any]) -> str:
        """What is left to say: statements not yet written, differences, notes, sources, or the refusal."""
        before = len(self.text)
        shown = [s["text"] for s in answer["statements"]]
        if any(text not in shown for text in self._written):
            self._add(_REVISED)
            self._written, self._group, self._begun = [], None, False
        if answer["refused"]:
            self._add(self._break() + self._refusal(answer))
        for statement in answer["statements"]:
            if statement["text"] not in self._written:
                self.statement(statement, answer["citations"])
        for difference in answer["disagreements"]:
            self._add(self._break() + self._difference(difference, answer["citations"]))
        for notice in answer["notices"]:
            self._add(f"{self._break()}Note: {notice}")
        if self.citations:
            self._add(_SOURCES + "\n".join(self._source(c) for c in self.citations))
        return self.text[before:]

    def _add(self, piece: str) -> str:
        self.text += piece
        self._begun = True
        return piece

    def _break(self) -> str:
        return "\n\n" if self._begun else ""

    def _number(self, citation: Mapping[str, Any]) -> int:
        known = self._numbers.get(citation["id"])
        if known is None:
            known = self._numbers[citation["id"]] = len(self._numbers) + 1
            self.citations.append({**citation, "number": known, "url": self._base + citation["url"]})
        return known

    def _difference(self, difference: Mapping[str, Any], citations: Iterable[Mapping[str, Any]]) -> str:
        found = {c["number"]: c for c in citations}
        lines = [f"The reports differ: {harmless(difference['about'])}"]
        for position in difference["positions"]:
            marks = "".join(f"[{self._number(found[n])}]" for n in position["citations"] if n in found)
            lines.append(f"- {harmless(position['claim'])}{marks}")
        return "\n".join(lines)

    def _refusal(self, answer: Mapping[str, Any]) -> str:
        refusal = answer["refusal"] or {"reason": "", "nearest": []}
        lines = [harmless(answer["answer"] or refusal["reason"])]
        nearest = refusal["nearest"]
        if nearest:
            lines.append("\nNearest in the reports:")
            lines += [f"- {c['label']}: “{harmless(c['quote'])}” {self._base}{c['url']}" for c in nearest]
        return "\n".join(lines)

    def _source(self, citation: Mapping[str, Any]) -> str:
        page = f", p. {citation['page']}" if citation["page"] else ""
        return f"[{citation['number']}] {citation['label']}, {harmless(citation['title'])}{page}: {citation['url']}"


def harmless(text: str) -> str:
    """Words of a report for a client that renders Markdown: no image is loaded, no link or tag made, from them.

    >>> harmless("5 < 7 ![x](http://x.example) <img>")
    '5 < 7 \\\\![x]\\\\(http://x.example) \\\\<img>'
    """
    return _MARKUP.sub(lambda m: f"\\{m[0]}", text)


# --------------------------------------------------------------------------- the replies


class Usage(Reply):
    """How much was read and written, in words: no language model counts tokens here."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class Choice(Reply):
    """The one answer."""

    index: int
    message: dict[str, Any]
    finish_reason: str


class CompletionReply(Reply):
    """A chat completion, with the whole answer in ``briefing``."""

    id: str
    object: Literal["chat.completion"]
    created: int
    model: str
    choices: list[Choice]
    usage: Usage
    citations: list[dict[str, Any]]
    briefing: dict[str, Any]


class ModelReply(Reply):
    """A model that can be asked."""

    id: str
    object: Literal["model"]
    created: int
    owned_by: str


class ModelsReply(Reply):
    """All of them: one."""

    object: Literal["list"]
    data: list[ModelReply]


class ErrorBody(Reply):
    """What went wrong."""

    message: str
    type: str
    param: str | None
    code: str | None


class ErrorReply(Reply):
    """An error in OpenAI's shape."""

    error: ErrorBody


def model_json() -> Json:
    """The one model."""
    return {"id": MODEL, "object": "model", "created": 0, "owned_by": MODEL}


def usage_json(asked: Asked, text: str) -> Json:
    """Counts in words."""
    written = len(words(text))
    return {
        "prompt_tokens": asked.words,
        "completion_tokens": written,
        "total_tokens": asked.words + written,
    }


def completion_json(asked: Asked, answer: Json, base_url: str) -> Json:
    """A whole chat completion."""
    transcript = Transcript(base_url)
    transcript.end(answer)
    return {
        "id": f"chatcmpl-{answer['id']}",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": MODEL,
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": transcript.text, "refusal": None},
                "logprobs": None,
                "finish_reason": "stop",
            }
        ],
        "usage": usage_json(asked, transcript.text),
        "citations": transcript.citations,
        "briefing": answer,
    }


@dataclass(slots=True)
class Chunks:
    """The chunks of one streamed completion."""

    id: str
    usage: bool = False
    created: int = field(default_factory=lambda: int(time.time()))

    def chunk(self, delta: Json | None, *, finish: str | None = None, **more: Any) -> Json:
        """One chunk; without a delta it has no choice (the one with the usage)."""
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return {
            "id": self.id,
            "object": "chat.completion.chunk",
            "created": self.created,
            "model": MODEL,
            "choices": [] if delta is None else [choice],
            **({"usage": None} if self.usage else {}),
            **more,
        }
