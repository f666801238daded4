"""Writes answers with any chat model; when the model fails, with the writer that needs none.

What the model says is a draft like any other: :mod:`rag.answer` verifies it before it is shown.
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

from rag.errors import WriterFailed
from rag.labels import attribution
from rag.llm_client import RESTART, ChatClient, ChatMessage
from rag.llm_output import (
    AnswerOut,
    StatementStream,
    UnreadableReplyError,
    answer_schema,
    parse_answer,
    to_draft,
    to_statement,
)
from rag.ports import AnswerWriter, WriteRequest
from rag.prompts import ANSWER, REPAIR, REVISE, REWRITE_QUESTION, Message, Prompts
from rag.settings import Settings
from rag.text import content_terms
from rag.types import Draft, DraftQuote, DraftStatement, Hit, Turn

_log = logging.getLogger(__name__)

NEAREST = 2
"""Sentences shown as nearest evidence with a refusal."""
MAX_TURNS, MAX_TURN_CHARS = 6, 1500


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageView:
    """A passage as the prompt shows it; every field is neutralised (see :func:`as_data`)."""

    label: str
    source: str
    section: str
    text: str


class LLMWriter:
    """An :class:`~rag.ports.AnswerWriter` with a chat model behind it.

    Args:
        settings: ``llm`` names the model as ``provider:model``.
        prompts: where the prompts come from.
        fallback: writes the answer when the model does not.
        client: the model's client; a test hands in its own.

    Raises:
        SettingsError: the model's name is malformed, its package is missing, a prompt is wrong.
    """

    def __init__(
        self,
        settings: Settings,
        prompts: Prompts,
        fallback: AnswerWriter,
        *,
        client: ChatClient | None = None,
    ) -> None:
        self._settings = settings
        self._prompts = prompts
        self._fallback = fallback
        self._client = client or ChatClient(settings, answer_schema())
        for name in (ANSWER, REPAIR, REVISE, REWRITE_QUESTION):
            prompts.get(name)  # a broken prompt is found at start, not at the first question

    @property
    def name(self) -> str:
        """``provider:model``."""
        return self._client.name

    def write(self, request: WriteRequest) -> Draft:
        """The model's draft, or the fallback's with a notice.  Raises SettingsError."""
        messages, ids = self._conversation(request)
        try:
            return self._draft(self._ask(messages), request, ids)
        except WriterFailed as error:
            return self._without_model(self._fallback.write(request), error)

    def stream(self, request: WriteRequest) -> Iterator[DraftStatement | Draft]:
        """Statements as the model completes them, none twice, then the whole draft.

        The draft at the end is the truth: when the model breaks off and is asked again, or the
        fallback takes over, it may differ from the statements before it.  Once statements of the model
        have been given out, the fallback's come with its draft only, so that two answers never mix.
        """
        messages, ids = self._conversation(request)
        given: list[DraftStatement] = []
        try:
            answer = yield from self._ask_streaming(messages, ids, given)
        except WriterFailed as error:
            failure = error
        else:
            yield self._draft(answer, request, ids)
            return
        if given:
            yield self._without_model(self._fallback.write(request), failure)
            return
        for item in self._fallback.stream(request):
            yield self._without_model(item, failure) if isinstance(item, Draft) else item

    def rewrite(self, request: WriteRequest, draft: Draft, problems: Sequence[str]) -> Draft:
        """A second draft that takes the verifier's objections into account, asked for once.

        When the model fails, the first draft comes back with a notice: what was objected to is still
        held back by verification.
        """
        if draft.writer != self.name or not problems:
            return draft
        messages, ids = self._conversation(request)
        labels = {passage_id: label for label, passage_id in ids.items()}
        listed = [_with_labels(as_data(p, limit=400), labels) for p in problems]
        messages += [("ai", _as_reply(draft, labels)), self._human(REVISE, problems=listed)]
        try:
            return self._draft(self._ask(messages), request, ids)
        except WriterFailed as error:
            _log.warning("%s could not revise: %s", self.name, error)
            why = str(error).rstrip(".")
            notice = f"The language model {self.name} could not correct its answer ({why})."
            return replace(draft, notices=(*draft.notices, notice))

    def standalone_question(self, question: str, history: Sequence[Turn]) -> str:
        """The follow-up as a question that stands alone.  Raises WriterFailed, SettingsError."""
        turns = [
            {"question": as_data(t.question), "answer": as_data(t.answer, limit=MAX_TURN_CHARS)}
            for t in history[-MAX_TURNS:]
        ]
        prompt = self._prompts.get(REWRITE_QUESTION)
        messages = _chat(prompt.messages(question=as_data(question), history=turns))
        lines = self._client.complete(messages, structured=False).strip().splitlines()
        if len(lines) != 1 or len(lines[0]) > 4 * len(question) + 400:
            raise WriterFailed("the model did not reply with one question")
        return lines[0].strip().strip('"')

    # ----------------------------------------------------------------- asking

    def _ask(self, messages: list[ChatMessage]) -> AnswerOut:
        text = self._client.complete(messages)
        try:
            return parse_answer(text)
        except UnreadableReplyError as error:
            return self._parse_last(self._client.complete(self._repair(messages, text, error)))

    def _ask_streaming(
        self, messages: list[ChatMessage], ids: dict[str, str], given: list[DraftStatement]
    ) -> Generator[DraftStatement, None, AnswerOut]:
        text = yield from self._stream_once(messages, ids, given)
        try:
            return parse_answer(text)
        except UnreadableReplyError as error:
            repair = self._repair(messages, text, error)
        return self._parse_last((yield from self._stream_once(repair, ids, given)))

    def _stream_once(
        self, messages: list[ChatMessage], ids: dict[str, str], given: list[DraftStatement]
    ) -> Generator[DraftStatement, None, str]:
        """Yields statements not given out before; returns the whole reply."""
        text, parser = "", StatementStream()
        with closing(self._client.stream(messages)) as pieces:
            for piece in pieces:
                if piece is RESTART:
                    text, parser = "", StatementStream()
                    continue
                text += piece
                for out in parser.feed(piece):
                    statement = to_statement(out, ids)
                    if statement not in given:
                        given.append(statement)
                        yield statement
        return text

    def _repair(
        self, messages: list[ChatMessage], text: str, error: UnreadableReplyError
    ) -> list[ChatMessage]:
        _log.info("%s sent an unusable reply, asking again: %s", self.name, error)
        return [*messages, ("ai", text or "(empty)"), self._human(REPAIR, error=str(error))]

    def _parse_last(self, text: str) -> AnswerOut:
        try:
            return parse_answer(text)
        except UnreadableReplyError as error:
            raise WriterFailed(f"its reply could not be used: {error}") from error

    # ----------------------------------------------------------------- prompts

    def _conversation(self, request: WriteRequest) -> tuple[list[ChatMessage], dict[str, str]]:
        """The messages, and what each label in them (``P1``) stands for."""
        views = [_view(f"P{n}", hit) for n, hit in enumerate(request.hits, 1)]
        ids = {v.label: hit.passage.id for v, hit in zip(views, request.hits, strict=True)}
        rendered = self._prompts.get(ANSWER).messages(
            question=as_data(request.question),
            passages=views,
            boundary=_boundary(views, request.question),
            answer_words=self._settings.answer_words,
        )
        return _chat(rendered), ids

    def _human(self, name: str, **values: object) -> ChatMessage:
        return ("human", self._prompts.get(name).render(**values))

    # ----------------------------------------------------------------- drafts

    def _draft(self, answer: AnswerOut, request: WriteRequest, ids: dict[str, str]) -> Draft:
        nearest = nearest_quotes(request) if answer.refused else ()
        draft = to_draft(answer, ids, writer=self.name, nearest=nearest)
        return replace(draft, prompt_hash=self._prompts.get(ANSWER).hash)

    def _without_model(self, draft: Draft, error: WriterFailed) -> Draft:
        _log.warning("%s did not answer: %s", self.name, error)
        why = str(error).rstrip(".")
        notice = (
            f"The language model {self.name} did not answer ({why}); "
            "this answer was written without it."
        )
        return replace(draft, notices=(*draft.notices, notice))


# --------------------------------------------------------------------------- passages as data

_MARKS = re.compile(r"<(?=\s*/?\s*(?:passage|question)|\|)|(?<=\|)>|\[(?=/?INST\])", re.IGNORECASE)
_WIDE = {"<": "＜", ">": "＞", "[": "［"}


def as_data(text: str, *, limit: int | None = None) -> str:
    """``text`` with whatever could pass for a mark of the prompt or of a chat template made harmless.

    Such a sign becomes its full-width twin, which the declared normalisation (:func:`rag.text.fold`)
    evens out again: a quote copied from the prompt is still found in the stored text.
    """
    return _MARKS.sub(lambda m: _WIDE[m.group()], text[:limit])


def _view(label: str, hit: Hit) -> PassageView:
    metadata = hit.document.metadata
    by = f", by {', '.join(metadata.authors)}" if metadata.authors else ""
    return PassageView(
        label=label,
        source=_attribute(f"{attribution(metadata)}{by}: {metadata.title}"),
        section=_attribute(" > ".join(hit.passage.section)),
        text=as_data(hit.passage.text),
    )


def _attribute(text: str) -> str:
    """Metadata comes from documents too: one line, no quote marks, short."""
    return as_data(" ".join(text.replace('"', "'").split()), limit=300)


def _boundary(views: Sequence[PassageView], question: str) -> str:
    """A code that no passage can contain on purpose, as it depends on all of them; same in, same out."""
    whole = "\0".join([question, *(f"{v.label}\0{v.source}\0{v.text}" for v in views)])
    return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def _chat(rendered: Sequence[Message]) -> list[ChatMessage]:
    return [("system" if m.role == "system" else "human", m.text) for m in rendered]


def _as_reply(draft: Draft, labels: dict[str, str]) -> str:
    """A draft as the reply it came from, for the model to correct."""

    def quotes(items: Sequence[DraftQuote]) -> list[dict[str, str]]:
        return [{"passage_id": labels.get(q.passage_id, q.passage_id), "quote": q.quote} for q in items]

    out = AnswerOut.model_validate(
        {
            "statements": [
                {"text": s.text, "attribution": s.attribution, "quotes": quotes(s.quotes)}
                for s in draft.statements
            ],
            "disagreements": [
                {
                    "about": d.about,
                    "axis": d.axis,
                    "positions": [{"claim": p.claim, "quotes": quotes(p.quotes)} for p in d.positions],
                }
                for d in draft.disagreements
            ],
        }
    )
    return out.model_dump_json()


def _with_labels(text: str, labels: dict[str, str]) -> str:
    for passage_id, label in labels.items():
        text = text.replace(passage_id, label)
    return text


def nearest_quotes(request: WriteRequest) -> tuple[DraftQuote, ...]:
    """The sentences that share most words with the question, from different documents, exact."""
    wanted = set(content_terms(request.question))
    scored: list[tuple[int, int, Hit, int, int]] = []
    for rank, hit in enumerate(request.hits):
        for sentence in hit.passage.sentences:
            start, end = sentence.start - hit.passage.start, sentence.end - hit.passage.start
            shared = len(wanted & set(content_terms(hit.passage.text[start:end])))
            if shared:
                scored.append((-shared, rank, hit, start, end))
    best: dict[str, DraftQuote] = {}
    for _, _, hit, start, end in sorted(scored, key=lambda s: (s[0], s[1], s[3])):
        passage = hit.passage
        quote = DraftQuote(
            passage_id=passage.id,
            quote=passage.text[start:end],
            start=passage.start + start,
            end=passage.start + end,
        )
        best.setdefault(passage.document_id, quote)
    return tuple(best.values())[:NEAREST]
