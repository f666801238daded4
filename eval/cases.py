"""Gold sets: JSON Lines into frozen cases, checked before anything is run.

Questions, conversations and memos are told apart by their fields (``turns``, ``task``).  Every fault
names file, line and field.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.matching import holds
from rag.errors import UsageError

Json = dict[str, Any]


class GoldError(UsageError):
    """A gold file is wrong; the message names file, line and field, one fault a line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldQuote:
    """Words of a document that prove a fact."""

    doc: str
    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionCase:
    """A question with what a good answer holds.

    ``must_include`` lists the facts, each as its accepted spellings.  ``standalone_question`` is set
    for a turn of a conversation.
    """

    id: str
    question: str
    type: str
    answerable: bool
    answer: str = ""
    must_include: tuple[tuple[str, ...], ...] = ()
    must_not_include: tuple[str, ...] = ()
    evidence: tuple[GoldQuote, ...] = ()
    docs_required: tuple[str, ...] = ()
    docs_any_of: tuple[str, ...] = ()
    difficulty: str = ""
    lang: str = "en"
    standalone_question: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationCase:
    """Turns that are asked one after the other, each with the answers before it as history."""

    id: str
    topic: str
    lang: str
    turns: tuple[QuestionCase, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverPoint:
    """A point that a memo must make, with the evidence for it (any one of it will do)."""

    point: str
    docs: tuple[str, ...]
    evidence: tuple[GoldQuote, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trap:
    """A claim a careless writer would make, and why it is wrong."""

    claim: str
    why_wrong: str
    evidence: tuple[GoldQuote, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoCase:
    """A memo task."""

    id: str
    task: str
    lang: str
    must_cover: tuple[CoverPoint, ...]
    must_cite_docs: tuple[str, ...]
    traps: tuple[Trap, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldSet:
    """All cases of some gold files, in file order, and the files' hashes by name."""

    questions: tuple[QuestionCase, ...]
    conversations: tuple[ConversationCase, ...]
    memos: tuple[MemoCase, ...]
    hashes: Mapping[str, str]
    places: Mapping[str, str]

    @property
    def size(self) -> int:
        """Scored cases: questions, turns and memos."""
        return len(self.questions) + sum(len(c.turns) for c in self.conversations) + len(self.memos)


class _Row:
    """One line of a gold file, read field by field with faults that say where."""

    def __init__(self, data: Json, where: str) -> None:
        self.data = data
        self.where = where

    def fault(self, field: str, what: str) -> GoldError:
        return GoldError(f"{self.where}: field {field!r}: {what}")

    def text(self, field: str, default: str | None = None) -> str:
        value = self.data.get(field, default)
        if value is None:
            raise self.fault(field, "is missing")
        if not isinstance(value, str):
            raise self.fault(field, f"must be a string, is {value!r}")
        if default is None and not value.strip():
            raise self.fault(field, "is empty")
        return value

    def flag(self, field: str, default: bool) -> bool:
        value = self.data.get(field, default)
        if not isinstance(value, bool):
            raise self.fault(field, f"must be true or false, is {value!r}")
        return value

    def items(self, field: str) -> list[Any]:
        value = self.data.get(field, [])
        if not isinstance(value, list):
            raise self.fault(field, f"must be a list, is {value!r}")
        return value

    def texts(self, field: str) -> tuple[str, ...]:
        return tuple(self._each_text(field, self.items(field)))

    def _each_text(self, field: str, values: Sequence[Any]) -> Iterator[str]:
        for number, value in enumerate(values):
            if not isinstance(value, str) or not value.strip():
                raise self.fault(f"{field}[{number}]", f"must be a string that is not empty, is {value!r}")
            yield value

    def groups(self, field: str) -> tuple[tuple[str, ...], ...]:
        found = []
        for number, group in enumerate(self.items(field)):
            if not isinstance(group, list) or not group:
                raise self.fault(f"{field}[{number}]", f"must be a list of spellings, is {group!r}")
            found.append(tuple(self._each_text(f"{field}[{number}]", group)))
        return tuple(found)

    def rows(self, field: str) -> list[_Row]:
        found = []
        for number, value in enumerate(self.items(field)):
            if not isinstance(value, dict):
                raise self.fault(f"{field}[{number}]", f"must be an object, is {value!r}")
            found.append(_Row(value, f"{self.where}: {field}[{number}]"))
        return found

    def evidence(self) -> tuple[GoldQuote, ...]:
        return tuple(GoldQuote(doc=r.text("doc"), quote=r.text("quote")) for r in self.rows("evidence"))


def load_gold(files: Sequence[Path | str]) -> GoldSet:
    """Reads gold files.

    Raises:
        GoldError: a file that cannot be read, a malformed line, a wrong type, a repeated id.
    """
    questions: list[QuestionCase] = []
    conversations: list[ConversationCase] = []
    memos: list[MemoCase] = []
    hashes: dict[str, str] = {}
    places: dict[str, str] = {}
    for path in map(Path, files):
        try:
            raw = path.read_bytes()
        except OSError as error:
            raise GoldError(f"{path}: cannot be read: {error.strerror}.") from error
        hashes[path.name] = hashlib.sha256(raw).hexdigest()
        for row in _rows(path, raw):
            case_id = row.text("id")
            if case_id in places:
                raise row.fault("id", f"{case_id!r} is already the id of {places[case_id]}")
            places[case_id] = row.where
            if "turns" in row.data:
                conversations.append(_conversation(row))
            elif "task" in row.data:
                memos.append(_memo(row))
            elif "question" in row.data:
                questions.append(_question(row, case_id))
            else:
                raise GoldError(f"{row.where}: has none of the fields question, turns, task")
    if not places:
        raise GoldError(f"No case in {', '.join(map(str, files)) or 'no file'}.")
    return GoldSet(
        questions=tuple(questions),
        conversations=tuple(conversations),
        memos=tuple(memos),
        hashes=hashes,
        places=places,
    )


def _rows(path: Path, raw: bytes) -> Iterator[_Row]:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise GoldError(f"{path}: is not UTF-8 (byte {error.start}).") from error
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        where = f"{path}:{number}"
        try:
            data = json.loads(line)
        except json.JSONDecodeError as error:
            raise GoldError(f"{where}: is not JSON: {error.msg} (column {error.colno})") from error
        if not isinstance(data, dict):
            raise GoldError(f"{where}: must be an object, is {data!r}")
        yield _Row(data, where)


def _question(row: _Row, case_id: str, kind: str = "question", lang: str = "en") -> QuestionCase:
    return QuestionCase(
        id=case_id,
        question=row.text("question"),
        type=row.text("type", kind),
        answerable=row.flag("answerable", True),
        answer=row.text("answer", ""),
        must_include=row.groups("must_include"),
        must_not_include=row.texts("must_not_include"),
        evidence=row.evidence(),
        docs_required=row.texts("docs_required"),
        docs_any_of=row.texts("docs_any_of"),
        difficulty=row.text("difficulty", ""),
        lang=row.text("lang", lang),
        standalone_question=row.data.get("standalone_question") and row.text("standalone_question"),
    )


def _conversation(row: _Row) -> ConversationCase:
    case_id, lang = row.text("id"), row.text("lang", "en")
    turns = row.rows("turns")
    if not turns:
        raise row.fault("turns", "is empty")
    return ConversationCase(
        id=case_id,
        topic=row.text("topic", ""),
        lang=lang,
        turns=tuple(
            _question(turn, f"{case_id}.{number}", "turn 1" if number == 1 else "follow-up", lang)
            for number, turn in enumerate(turns, 1)
        ),
    )


def _memo(row: _Row) -> MemoCase:
    return MemoCase(
        id=row.text("id"),
        task=row.text("task"),
        lang=row.text("lang", "en"),
        must_cover=tuple(_point(p) for p in row.rows("must_cover")),
        must_cite_docs=row.texts("must_cite_docs"),
        traps=tuple(
            Trap(claim=t.text("claim"), why_wrong=t.text("why_wrong", ""), evidence=t.evidence())
            for t in row.rows("traps")
        ),
    )


def _point(row: _Row) -> CoverPoint:
    """``{point, docs, evidence: [...]}``, or the short form ``{point, doc, quote}``."""
    if "quote" in row.data:
        quote = GoldQuote(doc=row.text("doc"), quote=row.text("quote"))
        return CoverPoint(point=row.text("point"), docs=(quote.doc,), evidence=(quote,))
    return CoverPoint(point=row.text("point"), docs=row.texts("docs"), evidence=row.evidence())


# --------------------------------------------------------------------------- checked against a library


def quotes_of(gold: GoldSet) -> Iterator[tuple[str, GoldQuote]]:
    """``(case id, quote)`` for every quote of every case."""
    for question in gold.questions:
        yield from ((question.id, q) for q in question.evidence)
    for conversation in gold.conversations:
        for turn in conversation.turns:
            yield from ((turn.id, q) for q in turn.evidence)
    for memo in gold.memos:
        yield from ((memo.id, q) for point in memo.must_cover for q in point.evidence)
        yield from ((memo.id, q) for trap in memo.traps for q in trap.evidence)


def documents_of(gold: GoldSet) -> Iterator[tuple[str, str, str]]:
    """``(case id, field, document id)`` for every document that a case names."""
    for case in (*gold.questions, *(t for c in gold.conversations for t in c.turns)):
        yield from ((case.id, "docs_required", d) for d in case.docs_required)
        yield from ((case.id, "docs_any_of", d) for d in case.docs_any_of)
    for memo in gold.memos:
        yield from ((memo.id, "must_cite_docs", d) for d in memo.must_cite_docs)
    for case_id, quote in quotes_of(gold):
        yield case_id, "evidence", quote.doc


def check_gold(gold: GoldSet, texts: Mapping[str, str], sources: Mapping[str, str] | None = None) -> None:
    """Checks that each document is in the library and each quote in its document.

    Args:
        gold: the cases.
        texts: document text by document id.
        sources: what else a document's source says, by id (its file, what cleaning dropped): a quote
            that only the source has is no fault of the gold set, it was lost in parsing.

    Raises:
        GoldError: lists every fault, one a line.
    """
    if not texts:
        raise GoldError("The library is empty: run `briefing ingest PATH` first, or choose another --data-dir.")
    faults = []
    memos = {m.id for m in gold.memos}
    for case_id, field, doc in dict.fromkeys(documents_of(gold)):
        if doc not in texts:
            known = ", ".join(sorted(texts)) or "none"
            faults.append(f"{_place(gold, case_id)}: field {field!r}: no document {doc!r} in the library ({known})")
    for case_id, quote in quotes_of(gold):
        if quote.doc not in texts or holds(texts[quote.doc], quote.quote):
            continue
        if not holds((sources or {}).get(quote.doc, ""), quote.quote):
            field = "must_cover" if case_id in memos else "evidence"
            faults.append(f"{_place(gold, case_id)}: field {field!r}: {quote.doc!r} does not hold {quote.quote!r}")
    if faults:
        raise GoldError("\n".join(faults))


def _place(gold: GoldSet, case_id: str) -> str:
    place = gold.places.get(case_id) or gold.places.get(case_id.rpartition(".")[0], "?")
    return f"{place} ({case_id})"
