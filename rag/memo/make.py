"""Makes memos: task → outline → evidence → statements → verification → balance → gaps."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from rag.catalogue import CatalogueCache
from rag.errors import UsageError
from rag.labels import source_name
from rag.memo import gaps as gaps_of
from rag.memo.annex import Annexes
from rag.memo.assemble import Assembly, Drafted, MemoWriter
from rag.memo.compare import compare
from rag.memo.evidence import Evidence, Found
from rag.memo.family import NoEvidence, next_version, still_there
from rag.memo.horizon import Horizon, horizon
from rag.memo.languages import language_of
from rag.memo.markdown import body, check
from rag.memo.numbering import in_reading_order
from rag.memo.outline import aspect_of, make_outline
from rag.memo.plan import COMPARING, Searched, choose_contents, searched
from rag.memo.serve import serving
from rag.memo.task import Task, parse, template_in
from rag.memo.template import DEFAULT, FOLDER, Template, load, names
from rag.ports import AnswerWriter, Embedder, Library, MemoStore, WriteRequest
from rag.prompts import Prompts
from rag.question import analyse
from rag.retrieve import Retriever
from rag.text import content_terms
from rag.types import (
    Filters,
    Memo,
    MemoComparison,
    Outline,
    OutlineSection,
    SectionRole,
)
from rag.wire_memo import memo_from_json

LONGEST_TASK = 4000
SHOWN = 20
"""Passages that a language model is given for a part."""
FIXED = (SectionRole.BOTTOM_LINE, SectionRole.KEY_JUDGEMENTS)

Progress = Callable[[str, float], None]
"""Told each step in words and how far the memo is (0-1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    """One memo to make."""

    task: Task
    template: Template
    outline: Outline
    filters: Filters
    horizon: Horizon
    owner: str
    parent: Memo | None = None
    version: int = 1


class MemoMaker:
    """Plans, writes, stores and refreshes memos.

    Args:
        writer: the answer writer; anything but the extractive one writes the sections itself, and
            every statement of it passes the same verifier.
        now: the clock; a test hands in its own.
    """

    def __init__(
        self,
        *,
        retriever: Retriever,
        library: Library,
        embedder: Embedder,
        catalogue: CatalogueCache,
        writer: AnswerWriter,
        prompts: Prompts,
        store: MemoStore,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._retriever = retriever
        self._library = library
        self._embedder = embedder
        self._catalogue = catalogue
        self._writer = writer
        self._prompts = prompts
        self._store = store
        self._now = now

    def templates(self) -> list[str]:
        """Names of the memo templates."""
        return names(self._prompts)

    def template(self, name: str) -> Template:
        """The template of that name.  Raises UsageError when there is none."""
        return load(self._prompts, name)

    def own_body(self, memo: Memo) -> str | None:
        """The memo's text as a template of the user's own lays it out; None for a shipped template.

        Raises:
            SettingsError: the template's Jinja is wrong, or asks for what a memo does not have.
            UsageError: its front block is wrong.
        """
        if not self._prompts.own(FOLDER + memo.template):
            return None
        return body(memo, self.template(memo.template))

    def outline(self, task: str, *, template: str | None = None) -> Outline:
        """The outline a memo on the task would have.  Raises UsageError: empty task, unknown template."""
        parsed = _parsed(task)
        return self._outlined(parsed, self.template(template or self.suited(task)))

    def suited(self, task: str) -> str:
        """The template that a task asks for in words ("one page on …"), the usual one when it names none."""
        wanted = template_in(task)
        return wanted if wanted in self.templates() else DEFAULT

    def _outlined(self, task: Task, template: Template) -> Outline:
        """The outline of a task; a comparison of sources that it names has a section for each of them."""
        known = self._catalogue.get()
        if not task.compares_sources:
            return make_outline(task, template)
        asked = analyse(task.subject, known.names)
        named = [source_name(known.documents[d].metadata) for d in asked.sources if d in known.documents]
        return make_outline(task, template, sources=tuple(dict.fromkeys(named)), focus=asked.focus)

    def make(
        self,
        task: str,
        *,
        template: str | None = None,
        filters: Filters = Filters(),
        as_of: str | None = None,
        outline: Outline | None = None,
        progress: Progress | None = None,
        owner: str = "",
    ) -> Memo:
        """A verified memo, stored; without ``template`` the one that the task asks for in words.

        Raises:
            UsageError: empty or overlong task, unknown template or document, malformed date.
            SettingsError: the template uses what no memo has.
            NoEvidence: the library has nothing on the task; nothing is stored.
        """
        parsed = _parsed(task)
        named = outline.template if outline is not None else None
        loaded = self.template(named or template or self.suited(task))
        check(loaded)
        self._check_documents(filters)
        order = _Order(
            task=parsed,
            template=loaded,
            outline=outline or self._outlined(parsed, loaded),
            filters=filters,
            horizon=horizon(self._library.documents(filters), filters, as_of, language_of(parsed.text)),
            owner=owner,
        )
        return self._made(order, progress or _silent)

    def refresh(
        self, memo_id: str, *, progress: Progress | None = None, owner: str = ""
    ) -> MemoComparison:
        """Writes a stored memo anew from today's library and compares the two, claim by claim.

        Raises:
            NotFound: there is no such memo.
            NoEvidence: the library no longer has anything on its task, or none of the documents that the memo was
                confined to.
        """
        before = memo_from_json(self._store.memo(memo_id, owner=owner))
        loaded = self.template(before.template)
        check(loaded)
        task = _parsed(before.task)
        filters, notices = still_there(before, {d.id for d in self._library.documents()})
        limits = horizon(self._library.documents(filters), filters, before.as_of, language_of(before.task))
        order = _Order(
            task=task,
            template=loaded,
            outline=before.outline or self._outlined(task, loaded),
            filters=filters,
            horizon=replace(limits, notices=(*notices, *limits.notices)),
            owner=owner,
            parent=before,
            version=next_version(self._store, memo_id, owner),
        )
        after = self._made(order, progress or _silent)
        return compare(before, after, {d.id: d for d in self._library.documents()})

    def _check_documents(self, filters: Filters) -> None:
        known = {d.id for d in self._library.documents()}
        for document_id in filters.documents:
            if document_id not in known:
                raise UsageError(
                    f"There is no document {document_id!r} in the library; `briefing documents` lists them."
                )

    # ------------------------------------------------------------------ steps

    def _made(self, order: _Order, progress: Progress) -> Memo:
        began = time.perf_counter()
        progress("Reading the task", 0.02)
        evidence = Evidence(
            retriever=self._retriever,
            library=self._library,
            embedder=self._embedder,
            catalogue=self._catalogue,
            filters=order.horizon.filters,
        )
        if order.horizon.nothing:
            raise NoEvidence(order.horizon.nothing)
        subject, parts = self._search(order, evidence, progress)
        lacking = _refusal(order, subject, parts)
        if lacking:
            raise NoEvidence(lacking)
        found = time.perf_counter()
        progress("Choosing and verifying statements", 0.6)
        assembly = self._written(order, subject, parts, evidence, progress)
        memo = in_reading_order(self._memo(order, assembly, subject, parts))
        done = time.perf_counter()
        memo = replace(
            memo,
            timings_ms={
                "search": round(1000 * (found - began), 2),
                "write": round(1000 * (done - found), 2),
                "total": round(1000 * (done - began), 2),
            },
        )
        self._store.save(memo, owner=order.owner)
        progress("Done", 1.0)
        return memo

    def _search(
        self, order: _Order, evidence: Evidence, progress: Progress
    ) -> tuple[Found, list[Searched]]:
        subject = evidence.find(order.task.whole)
        sources = list(dict.fromkeys(c.document_id for c in subject.ranked))
        wanted = [s for s in order.outline.sections if s.role not in FIXED]
        parts: list[Searched] = []
        aspects = [evidence.vectors(aspect_of(s, order.task)) for s in wanted]
        for number, section in enumerate(wanted, 1):
            progress(f"Searching: {section.heading}", 0.05 + 0.5 * number / len(wanted))
            found = evidence.find(section.question, sources=sources)
            parts.append(searched(section, found, subject, aspects[number - 1][0]))
        return subject, serving(
            parts, aspects, content_terms(order.task.topic), self._catalogue.get().lexicon, order.task.proper
        )

    def _written(
        self,
        order: _Order,
        subject: Found,
        parts: Sequence[Searched],
        evidence: Evidence,
        progress: Progress,
    ) -> Assembly:
        front = order.template.front
        writer = MemoWriter(
            hits=tuple(evidence.hits.values()), library=self._library, front=front, newest=self._newest(),
            language=language_of(order.task.text), topic=frozenset(content_terms(order.task.topic)),
        )  # fmt: skip
        lexicon = self._catalogue.get().lexicon
        wanted = frozenset(s.role for s in order.outline.sections)
        contents = choose_contents(
            parts, subject, front, writer.accept, lexicon, wanted, order.task.questions,
            content_terms(order.task.topic), order.task.proper, writer.extended,
        )  # fmt: skip
        drafted = None
        if self._writer.name != "extractive":
            drafted = self._asked(order, subject, parts, progress)
        headings = {s.role: s.heading for s in order.outline.sections if s.role in FIXED}
        assembly = writer.write(contents, headings, drafted, separate=order.task.separate)
        if order.task.differ or order.task.trust:
            compared = evidence.everything(subject)
            writer.extend([c.hit for c in compared])
            contents = replace(contents, compared=compared)
        progress("Figures, dates and disagreements", 0.85)
        return Annexes(writer, front, self._library, lexicon).add(assembly, contents, order.task, order.outline)

    def _asked(
        self, order: _Order, subject: Found, parts: Sequence[Searched], progress: Progress
    ) -> list[Drafted]:
        """Head and sections written by the language model; each is a draft like any other.

        The head is asked for first, on the evidence of the whole subject, so that it can be wrong about
        no more than a section can: what its quotes do not carry is cut.
        """
        head = [s for s in order.outline.sections if s.role in FIXED]
        asked = [(s, _request(s, order.task, order.template, subject)) for s in head]
        asked += [
            (
                p.section,
                WriteRequest(question=p.section.question, hits=p.found.hits[:SHOWN], query_vector=p.found.vectors),
            )
            for p in parts
            if p.section.role not in COMPARING
        ]
        drafted = []
        for number, (section, request) in enumerate(asked, 1):
            progress(f"Writing: {section.heading}", 0.6 + 0.2 * number / len(asked))
            drafted.append(Drafted(section=section, draft=self._writer.write(request)))
        return drafted

    def _memo(
        self, order: _Order, assembly: Assembly, subject: Found, parts: Sequence[Searched]
    ) -> Memo:
        if not assembly.sections:
            raise NoEvidence(
                f"No statement on “{order.task.subject}” could be proved by a quote from the reports."
            )
        front = order.template.front
        parent = order.parent
        notices = (*order.horizon.notices, *subject.notices, *assembly.notices)
        return Memo(
            id=uuid.uuid4().hex,
            task=order.task.text,
            title=order.outline.title,
            template=order.template.name,
            created_at=self._now().isoformat(timespec="seconds"),
            as_of=order.horizon.as_of,
            audience=order.outline.audience,
            sections=assembly.sections,
            judgements=assembly.judgements,
            citations=assembly.citations,
            sources=assembly.sources,
            disagreements=assembly.disagreements,
            ledger=assembly.ledger,
            timeline=assembly.timeline,
            gaps=gaps_of.gaps(
                order.task, parts, assembly, order.horizon, self._library.documents(), order.outline
            ),
            source_notes=assembly.source_notes,
            balance=assembly.balance,
            audit=assembly.audit,
            notices=tuple(dict.fromkeys(notices)),
            outline=order.outline,
            filters=order.filters,
            writer=self._writer.name,
            words=assembly.words,
            words_limit=front.words,
            version=order.version,
            parent_id=parent.id if parent else None,
            dropped_statements=assembly.dropped,
            prompt_hash=order.template.prompt.hash,
        )

    def _newest(self) -> str | None:
        return max((d.metadata.published or "" for d in self._library.documents()), default="") or None


def _refusal(order: _Order, subject: Found, parts: Sequence[Searched]) -> str:
    """Why no memo can be written, with what is nearest; empty when one can.

    The task is refused when its subject is, and none of its own questions finds an answer either.
    """
    if not subject.lack:
        return ""
    own = set(order.task.questions)
    asked = [p for p in parts if any(q in p.section.question for q in own)]
    if asked and any(not p.found.lack for p in asked):
        return ""
    nearest = [f"{c.document_id}: “{c.text}”" for c in subject.ranked[:2]]
    text = f"No memo can be written on “{order.task.subject}”. {subject.lack.reason}"
    if nearest:
        text += " Nearest evidence: " + " · ".join(nearest)
    return text + " Add reports on it with `briefing ingest`, or ask about what the library holds."


def _request(section: OutlineSection, task: Task, template: Template, subject: Found) -> WriteRequest:
    """What the model is asked for the memo's head."""
    front = template.front
    if section.role is SectionRole.BOTTOM_LINE:
        wish = f"In at most two sentences and {front.bottom_line_words} words, the bottom line for the reader"
    else:
        wish = f"The {front.key_judgements} most important judgements, one sentence each, each with its own quotes"
    return WriteRequest(
        question=f"{task.whole}\n\n{wish}.", hits=subject.hits[:SHOWN], query_vector=subject.vectors
    )


def _parsed(task: str) -> Task:
    text = task.strip()
    if not text:
        raise UsageError("The task is empty: write what the memo is for and about.")
    if len(text) > LONGEST_TASK:
        raise UsageError(f"The task has {len(text)} characters; {LONGEST_TASK} are allowed. Shorten it.")
    return parse(text)


def _silent(step: str, share: float) -> None:
    del step, share

__all__ = ["MemoMaker", "NoEvidence", "Progress"]
