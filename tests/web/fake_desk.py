"""A small desk for the web tests: real documents, answers that follow from their words.

It quotes sentences that share words with the question, refuses when none does, sees a disagreement where
two reports give different numbers, and doubts a sentence that says ``reportedly``.
"""

from __future__ import annotations

import hashlib
import itertools
import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from rag import labels, wire
from rag.errors import NotFound, UsageError
from rag.settings import Settings
from rag.text import content_terms, numbers, sentence_spans
from rag.types import (
    Answer,
    AnswerEvent,
    AnswerReady,
    Citation,
    CleaningAction,
    Disagreement,
    Document,
    DocumentInfo,
    Filters,
    Hit,
    IngestFailure,
    IngestReport,
    Metadata,
    Note,
    PageSpan,
    Passage,
    PassagesFound,
    Position,
    Refusal,
    SearchResult,
    Section,
    Statement,
    StatementKind,
    StatementReady,
    Support,
    Turn,
)

HARBOUR = """Harbour readiness review

Summary

The harbour authority counted 41 working cranes in March. Dredging of the north channel is two years \
late, and pilots now wait for the tide. The review team holds that the port cannot take larger ships \
before the channel is finished.

Findings

Night shifts were cut after the budget of last year, which reportedly doubled the waiting time of \
container ships.

The team recommends:
- finish the north channel first
- restore the night shift
- publish the crane inventory every month

Outlook

If the channel is finished, the authority expects 300 more ships a year.

The inventory counts cranes that passed inspection only."""

COUNCIL = """A second look at the port

The merchants council counted 37 working cranes in March, because it left out cranes under repair. \
In its view the night shift matters more than the channel.

تقول غرفة التجارة إن الميناء يحتاج إلى إدارة أفضل."""


def _section(text: str, title: str, level: int = 1, until: str | None = None) -> Section:
    start = text.index(title)
    end = text.index(until) if until else len(text)
    return Section(title=title, level=level, start=start, end=end, path=(title,))


def harbour(source: str = "/srv/reports/harbour.txt") -> Document:
    """A report with sections, pages, a list, a note and a cleaning record."""
    text = HARBOUR
    note = text.index("The inventory counts")
    return Document(
        id="harbour",
        text=text,
        metadata=Metadata(
            title="Harbour readiness review",
            authors=("Ana Lorne", "Piet Maas"),
            publisher="Institute for Port Studies",
            published="2025-04",
            language="en",
        ),
        format="txt",
        source_path=source,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        ingested_at="2026-11-01T08:00:00+00:00",
        pages=2,
        sections=(
            _section(text, "Summary", until="Findings"),
            _section(text, "Findings", until="Outlook"),
            _section(text, "Outlook"),
        ),
        page_spans=(
            PageSpan(page=1, start=0, end=text.index("Night shifts")),
            PageSpan(page=2, start=text.index("Night shifts"), end=len(text)),
        ),
        notes=(
            Note(label="1", start=note, end=len(text), anchor=text.index(" in March") + len(" in March")),
        ),
        cleaning=(
            CleaningAction(action="dropped", reason="running-head", text="Harbour review 2025"),
            CleaningAction(action="dropped", reason="running-head", text="Harbour review 2025"),
            CleaningAction(action="joined", reason="page-break", text="waiting time of container ships"),
        ),
    )


def council() -> Document:
    """A second report that counts otherwise, with a sentence in Arabic."""
    return Document(
        id="council",
        text=COUNCIL,
        metadata=Metadata(title="A second look at the port", publisher="Merchants Council", language="en"),
        format="md",
        source_path="/srv/reports/council.md",
        sha256=hashlib.sha256(COUNCIL.encode()).hexdigest(),
        ingested_at="2026-11-02T08:00:00+00:00",
    )


class FakeConversations:
    """Conversations in memory; answers kept as JSON, as the real store does."""

    def __init__(self) -> None:
        self.kept: dict[str, dict[str, Any]] = {}
        self.given: list[dict[str, Any]] = []
        self._numbers = itertools.count(1)

    def create(self, *, title: str, owner: str = "") -> str:
        now = datetime.now(UTC).isoformat()
        key = f"c{next(self._numbers)}"
        self.kept[key] = {"id": key, "title": title, "created_at": now, "updated_at": now, "answers": []}
        return key

    def add_answer(self, answer: Answer, *, owner: str = "", opens: str | None = None) -> None:
        self.kept[answer.conversation_id or ""]["answers"].append(wire.answer_json(answer))

    def answer(self, answer_id: str, *, owner: str = "") -> dict[str, Any]:
        for conversation in self.kept.values():
            for answer in conversation["answers"]:
                if answer["id"] == answer_id:
                    return dict(answer)
        raise NotFound(f"There is no answer {answer_id!r}.")

    def conversations(self, *, owner: str = "") -> list[dict[str, Any]]:
        rows = [
            {**{k: v for k, v in c.items() if k != "answers"}, "turns": len(c["answers"])}
            for c in self.kept.values()
        ]
        return rows[::-1]

    def conversation(self, conversation_id: str, *, owner: str = "") -> dict[str, Any]:
        if conversation_id not in self.kept:
            raise NotFound(f"There is no conversation {conversation_id!r}.")
        return self.kept[conversation_id]

    def rename(self, conversation_id: str, title: str, *, owner: str = "") -> None:
        self.conversation(conversation_id)["title"] = title

    def delete(self, conversation_id: str, *, owner: str = "") -> None:
        self.conversation(conversation_id)
        del self.kept[conversation_id]

    def search(self, words: str, *, owner: str = "") -> list[dict[str, Any]]:
        return [
            {"conversation_id": key, "answer_id": a["id"], "question": a["question"], "answer": a["answer"]}
            for key, kept in self.kept.items()
            for a in kept["answers"]
            if all(w in f"{a['question']} {a['answer']}".lower() for w in words.lower().split())
        ]

    def add_feedback(self, answer_id: str, *, verdict: str, note: str, owner: str = "") -> str:
        self.answer(answer_id)
        self.given.append({"answer_id": answer_id, "verdict": verdict, "note": note})
        return f"f{len(self.given)}"

    def feedback(self) -> list[dict[str, Any]]:
        return self.given


class FakeDesk:
    """The façade of the tests."""

    def __init__(self, data_dir: Path, documents: Sequence[Document] = ()) -> None:
        self.settings = Settings(data_dir=data_dir, max_upload_mb=1, _env_file=None)  # type: ignore[call-arg]
        self.conversations = FakeConversations()
        self.accounts: Any = None
        # memos are tested on a real library: a stand-in of theirs would prove little
        self.memos: Any = None
        self.memo_maker: Any = None
        self.curator: Any = None  # for the same reason
        self.memo_revisions: Any = None
        self.memo: Any = None
        self.memo_outline: Any = None
        self.refresh_memo: Any = None
        self.shelf = {d.id: d for d in documents or (harbour(), council())}
        self.pause: threading.Event | None = None  # holds a stream back after its first statement
        self.closed = 0
        self.histories: list[tuple[Turn, ...]] = []
        self.unfit: Exception | None = None  # raised where library and model are compared
        self.broken: Exception | None = None  # raised before anything is found
        self.failing: Exception | None = None  # raised once passages are found
        self.between: Callable[[], object] = lambda: None  # called while a file is being taken in
        self._numbers = itertools.count(1)

    # ---- library

    def info(self, document: Document) -> DocumentInfo:
        return DocumentInfo(
            id=document.id,
            metadata=document.metadata,
            format=document.format,
            source_path=document.source_path,
            sha256=document.sha256,
            ingested_at=document.ingested_at,
            pages=document.pages,
            passages=len(sentence_spans(document.text)),
            characters=len(document.text),
        )

    def documents(self, filters: Filters = Filters()) -> list[DocumentInfo]:
        wanted = [d for d in self.shelf.values() if not filters.documents or d.id in filters.documents]
        return [self.info(d) for d in sorted(wanted, key=lambda d: d.id)]

    def document(self, document_id: str) -> Document:
        if document_id not in self.shelf:
            raise NotFound(f"There is no document {document_id!r} in the library.")
        return self.shelf[document_id]

    def remove(self, ids: Sequence[str]) -> list[str]:
        for document_id in ids:
            self.document(document_id)
            del self.shelf[document_id]
        return list(ids)

    def ingest(
        self,
        paths: Sequence[Path],
        /,
        *,
        progress: Callable[[Any], None] | None = None,
        again: bool = False,
    ) -> IngestReport:
        """Takes text files in; a file with a NUL is refused, as a reader would refuse a broken one."""
        added: list[str] = []
        updated: list[str] = []
        failed: list[IngestFailure] = []
        for path in paths:
            data = path.read_bytes()
            if progress is not None:
                progress(SimpleNamespace(kind="embedding", path=str(path), embedded=1, passages=4))
                self.between()
            if b"\x00" in data:
                failed.append(IngestFailure(path=str(path), reason="The file is not text."))
                continue
            text = data.decode()
            known = path.stem in self.shelf
            (updated if known else added).append(path.stem)
            self.shelf[path.stem] = Document(
                id=path.stem,
                text=text,
                metadata=Metadata(title=text.split("\n")[0]),
                format="txt",
                source_path=str(path),
                sha256=hashlib.sha256(data).hexdigest(),
                ingested_at="2026-11-20T10:00:00+00:00",
            )
        return IngestReport(added=tuple(added), updated=tuple(updated), failed=tuple(failed))

    # ---- questions

    def _hits(self, question: str, filters: Filters) -> list[Hit]:
        asked = set(content_terms(question))
        hits = []
        for info in self.documents(filters):
            document = self.shelf[info.id]
            for ordinal, (start, end) in enumerate(sentence_spans(document.text)):
                words = content_terms(document.text[start:end])
                shared = asked & set(words)
                if not shared or len(words) < 4:
                    continue
                sections = [s for s in document.sections if s.start <= start < s.end]
                pages = [p.page for p in document.page_spans if p.start <= start < p.end]
                passage = Passage(
                    id=f"{info.id}:{start}-{end}",
                    document_id=info.id,
                    ordinal=ordinal,
                    start=start,
                    end=end,
                    text=document.text[start:end],
                    section=sections[-1].path if sections else (),
                    page=pages[0] if pages else None,
                )
                hits.append(Hit(passage=passage, document=info, score=len(shared) / len(asked)))
        return sorted(hits, key=lambda h: (-h.score, h.passage.id))

    def search(self, query: str, *, k: int = 10, filters: Filters = Filters()) -> SearchResult:
        return SearchResult(query=query, hits=tuple(self._hits(query, filters)[:k]))

    def _citation(self, number: int, hit: Hit) -> Citation:
        meta, p = hit.document.metadata, hit.passage
        return Citation(
            number=number,
            id=f"cite-{p.id}",
            document_id=p.document_id,
            title=meta.title,
            authors=meta.authors,
            publisher=meta.publisher,
            published=meta.published,
            section=p.section,
            page=p.page,
            passage_id=p.id,
            quote=p.text,
            start=p.start,
            end=p.end,
            url=f"/documents/{p.document_id}?start={p.start}&end={p.end}",
            document_sha256=hit.document.sha256,
        )

    def _statement(self, number: int, hit: Hit) -> Statement:
        doubtful = "reportedly" in hit.passage.text
        return Statement(
            text=f"{labels.frame_label(hit.document.metadata)}: “{hit.passage.text}”",
            citations=(number,),
            kind=StatementKind.QUOTED,
            support=Support.FLAGGED if doubtful else Support.VERIFIED,
            attribution=labels.attribution(hit.document.metadata),
            group=labels.source_name(hit.document.metadata),
            problems=("The quote reports hearsay, the sentence does not say so.",) if doubtful else (),
        )

    def stream(
        self,
        question: str,
        *,
        filters: Filters = Filters(),
        history: Sequence[Turn] = (),
        conversation_id: str | None = None,
        owner: str = "",
    ) -> Iterator[AnswerEvent]:
        if conversation_id is not None:
            history = [
                Turn(question=a["question"], answer=a["answer"])
                for a in self.conversations.conversation(conversation_id)["answers"]
            ]
        self.histories.append(tuple(history))
        if self.broken is not None:
            raise self.broken
        follow_up = bool(history) and re.match(r"(?i)and\b", question) is not None
        alone = f"{question} ({history[-1].question})" if follow_up else question
        hits = self._hits(alone, filters)
        top = sorted(hits[:4], key=lambda h: h.document.id)
        try:
            yield PassagesFound(standalone_question=alone, hits=tuple(hits))
            if self.failing is not None:
                raise self.failing
            strong = [h for h in top if h.score >= 0.34]
            citations = tuple(self._citation(i, h) for i, h in enumerate(strong, 1))
            statements = tuple(self._statement(c.number, h) for c, h in zip(citations, strong, strict=True))
            for citation, statement in zip(citations, statements, strict=True):
                yield StatementReady(statement=statement, citations=(citation,))
                if self.pause is not None:
                    self.pause.wait(20)
            answer = Answer(
                id=f"a{next(self._numbers)}",
                question=question,
                standalone_question=alone,
                answer=" ".join(f"{s.text}[{s.citations[0]}]" for s in statements),
                statements=statements,
                citations=citations,
                disagreements=_differences(strong, citations),
                hits=tuple(hits),
                writer="extractive",
                refusal=None if statements else self._refusal(alone, hits),
                timings_ms={"total": 12.0},
                conversation_id=conversation_id,
            )
            if conversation_id is None:
                conversation_id = self.conversations.create(title=question)
                answer = replace(answer, conversation_id=conversation_id)
            self.conversations.add_answer(answer)
            yield AnswerReady(answer=answer)
        finally:
            self.closed += 1

    def _refusal(self, question: str, hits: Sequence[Hit]) -> Refusal:
        return Refusal(
            reason="None of the reports speaks of this.",
            missing=tuple(sorted(set(content_terms(question)))[:3]),
            nearest=tuple(self._citation(i, h) for i, h in enumerate(hits[:2], 1)),
        )

    def ask(self, question: str, **options: Any) -> Answer:
        if not question.strip():
            raise UsageError("The question is empty.")
        events = list(self.stream(question, **options))
        assert isinstance(events[-1], AnswerReady)
        return events[-1].answer

    def suggestions(self) -> list[str]:
        return ["How many working cranes were counted?", "What does the review team recommend?"]

    def followups(self, answer: Mapping[str, Any]) -> list[str]:
        return [q for q in self.suggestions() if q != answer["question"]] if answer["citations"] else []

    def check_fingerprint(self) -> None:
        if self.unfit is not None:
            raise self.unfit

    def ready(self) -> dict[str, Any]:
        return {"ready": True, "documents": len(self.shelf)}


def _differences(hits: Sequence[Hit], citations: Sequence[Citation]) -> tuple[Disagreement, ...]:
    sides = {h.document.id: (h, c) for h, c in zip(hits, citations, strict=True) if numbers(h.passage.text)}
    if len({frozenset(numbers(h.passage.text)) for h, _ in sides.values()}) < 2:
        return ()
    positions = tuple(
        Position(document_id=d, claim=f"“{h.passage.text}”", citations=(c.number,))
        for d, (h, c) in sides.items()
    )
    return (Disagreement(about="How many cranes work", axis="figure", positions=positions),)
