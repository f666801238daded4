"""What a language model sends back: its schema, how it is read whole and while it streams, and how
it becomes a draft.  Pure: no model, no network."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from itertools import islice
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from rag.types import (
    Draft,
    DraftDisagreement,
    DraftPosition,
    DraftQuote,
    DraftRefusal,
    DraftStatement,
)

AXES = ("figure", "date", "definition", "period", "cause", "judgement", "recommendation", "classification")
MAX_REMARK = 300
"""Longest reason or missing point in characters: these are the model's own words, kept short."""
MAX_CANDIDATES = 200
"""Opening braces tried before a reply counts as unreadable."""


class _Out(BaseModel):
    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)


class QuoteOut(_Out):
    """Words claimed to stand in a passage."""

    passage_id: str = Field(description="Id of the passage, such as P1.")
    quote: str = Field(description="Words copied character for character from that passage.")


class StatementOut(_Out):
    """One sentence of the answer."""

    text: str = Field(min_length=1, description="One sentence in the language of the question.")
    attribution: str | None = Field(
        default=None, description="Who holds the opinion or forecast; null for a plain fact."
    )
    quotes: list[QuoteOut] = Field(default_factory=list, description="Quotes that prove it all.")


class PositionOut(_Out):
    """One side of a disagreement."""

    claim: str = Field(min_length=1, description="What this source holds, in one sentence.")
    quotes: list[QuoteOut] = Field(default_factory=list)


class DisagreementOut(_Out):
    """Where sources differ."""

    about: str
    axis: str = Field(default="judgement", description="One of: " + ", ".join(AXES) + ".")
    positions: list[PositionOut] = Field(default_factory=list)

    @field_validator("axis")
    @classmethod
    def _known(cls, value: str) -> str:
        return value.lower() if value.lower() in AXES else "judgement"


class AnswerOut(_Out):
    """The whole reply: statements, or a refusal.  ``refused`` comes first, so a stream knows early."""

    refused: bool = False
    reason: str | None = Field(default=None, description="Why the passages give no answer.")
    missing: list[str] = Field(
        default_factory=list, description="What a report would have to say; empty when complete."
    )
    statements: list[StatementOut] = Field(default_factory=list)
    disagreements: list[DisagreementOut] = Field(default_factory=list)

    @field_validator("missing", "statements", "disagreements", mode="before")
    @classmethod
    def _null_is_empty(cls, value: Any) -> Any:
        return [] if value is None else value


class UnreadableReplyError(Exception):
    """A reply that is not an answer; ``str(error)`` says why, in words a model can act on."""


def answer_schema() -> dict[str, Any]:
    """JSON schema of :class:`AnswerOut` in the strict form: every property required, no others."""
    schema = AnswerOut.model_json_schema()
    for node in [schema, *schema["$defs"].values()]:
        node["required"] = list(node["properties"])
        node["additionalProperties"] = False
        for prop in node["properties"].values():
            prop.pop("default", None)
            prop.pop("minLength", None)
    schema["title"] = "briefing_answer"
    schema["description"] = "Statements with the quotes that prove them, or a refusal."
    return schema


# --------------------------------------------------------------------------- a whole reply

_THINKING = re.compile(r"\A\s*<think>.*?</think>", re.DOTALL)


def parse_answer(text: str) -> AnswerOut:
    """The answer in a reply: plain JSON, fenced, or with prose around it.  Raises UnreadableReplyError."""
    found = _find_object(_THINKING.sub("", text, count=1))
    try:
        answer = AnswerOut.model_validate(found)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise UnreadableReplyError(f"the value at {where!r} is wrong: {first['msg']}.") from error
    if not answer.refused and not answer.statements and not answer.disagreements:
        raise UnreadableReplyError('it has no statements and "refused" is not true.')
    return answer


def _find_object(text: str) -> dict[str, Any]:
    decoder = json.JSONDecoder()
    broken: str | None = None
    other: str | None = None
    for match in islice(re.finditer(r"\{", text), MAX_CANDIDATES):
        try:
            value, _ = decoder.raw_decode(text, match.start())
        except (ValueError, RecursionError) as error:
            broken = broken or f"its JSON is broken or incomplete ({error})."
            continue
        if isinstance(value, dict) and ({"statements", "refused"} & value.keys()):
            return value
        other = 'its JSON object has neither "statements" nor "refused".'
    raise UnreadableReplyError(broken or other or "it holds no JSON object.")


# --------------------------------------------------------------------------- a reply that streams


class StatementStream:
    """Finds complete statement objects in a JSON reply that arrives in pieces.

    A small state machine follows strings, braces and brackets; whenever an object of the top-level
    ``statements`` array closes, it is given out.  ``refused`` turns True as soon as the reply says so,
    and then nothing more is given out.  Prose and code fences around the object are skipped.
    """

    def __init__(self) -> None:
        self.refused = False
        self._text = ""
        self._at = 0
        self._open: list[str] = []
        self._in_string = False
        self._token = 0
        self._object = 0
        self._key: str | None = None
        self._last: str | None = None

    def feed(self, piece: str) -> list[StatementOut]:
        """The statements that ``piece`` completed, in order."""
        self._text += piece
        if self._is_thinking():
            return []
        ready: list[StatementOut] = []
        while self._at < len(self._text):
            char = self._text[self._at]
            if self._in_string:
                self._string(char)
            elif (statement := self._structure(char)) is not None and not self.refused:
                ready.append(statement)
            self._at += 1
        return ready

    def _is_thinking(self) -> bool:
        """True while a leading ``<think>`` part is open, or may be about to open."""
        if self._at:
            return False
        head = self._text.lstrip()
        if not head.startswith("<think>"):
            return "<think>".startswith(head)
        end = self._text.find("</think>")
        if end >= 0:
            self._at = end + len("</think>")
        return end < 0

    def _string(self, char: str) -> None:
        if char == "\\":
            self._at += 1  # the escaped character; past the end it is skipped when it arrives
        elif char == '"':
            self._in_string = False
            if len(self._open) == 1:
                self._last = self._text[self._token + 1 : self._at]

    def _structure(self, char: str) -> StatementOut | None:
        if char == '"' and self._open:
            self._in_string, self._token = True, self._at
        elif char == ":" and len(self._open) == 1:
            self._key, self._token = self._last, self._at + 1
        elif char in "{[" and (self._open or char == "{"):
            if self._open == ["{", "["]:
                self._object = self._at
            self._open.append(char)
        elif char in ",}" and len(self._open) == 1:
            self._close_value(char)
        elif char in "}]" and self._open:
            self._open.pop()
            if self._open == ["{", "["] and self._key == "statements":
                return _statement(self._text[self._object : self._at + 1])
        return None

    def _close_value(self, char: str) -> None:
        if self._key == "refused":
            self.refused = self._text[self._token : self._at].strip() == "true"
        self._key = None
        if char == "}":
            self._open.pop()


def _statement(raw: str) -> StatementOut | None:
    """One statement, or None: a malformed one is dealt with when the whole reply is read."""
    try:
        return StatementOut.model_validate(json.loads(raw))
    except (ValueError, RecursionError):
        return None


# --------------------------------------------------------------------------- into a draft


def to_statement(out: StatementOut, ids: Mapping[str, str]) -> DraftStatement:
    """A draft statement; ``ids`` maps the labels of the prompt (``P1``) to passage ids."""
    return DraftStatement(
        text=out.text, quotes=_quotes(out.quotes, ids), attribution=out.attribution or None
    )


def to_draft(
    out: AnswerOut, ids: Mapping[str, str], *, writer: str, nearest: tuple[DraftQuote, ...] = ()
) -> Draft:
    """The draft of a whole reply.  ``nearest`` goes with a refusal."""
    missing = tuple(m[:MAX_REMARK] for m in out.missing if m)
    if out.refused:
        reason = (out.reason or "The passages found do not support an answer.")[:MAX_REMARK]
        refusal = DraftRefusal(reason=reason, missing=missing, nearest=nearest)
        return Draft(refusal=refusal, writer=writer)
    notices: tuple[str, ...] = ()
    if missing:
        notices = (f"{writer} found nothing in the passages on: {'; '.join(missing)}.",)
    return Draft(
        statements=tuple(to_statement(s, ids) for s in out.statements),
        disagreements=tuple(d for x in out.disagreements if (d := _disagreement(x, ids))),
        writer=writer,
        notices=notices,
    )


def _disagreement(out: DisagreementOut, ids: Mapping[str, str]) -> DraftDisagreement | None:
    positions = tuple(
        DraftPosition(
            document_id=quotes[0].passage_id.rpartition(":")[0], claim=p.claim, quotes=quotes
        )
        for p in out.positions
        if (quotes := _quotes(p.quotes, ids))
    )
    if len(positions) < 2:
        return None
    return DraftDisagreement(about=out.about, axis=out.axis, positions=positions)


def _quotes(quotes: list[QuoteOut], ids: Mapping[str, str]) -> tuple[DraftQuote, ...]:
    return tuple(
        DraftQuote(passage_id=_passage_id(q.passage_id, ids), quote=q.quote)
        for q in quotes
        if q.quote
    )


def _passage_id(claimed: str, ids: Mapping[str, str]) -> str:
    """The passage a label stands for; an unknown label stays as it is, for the verifier to refuse."""
    label = claimed.strip().strip("[]<>()#\"'")
    return ids.get(label.upper(), label)
