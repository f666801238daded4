"""The façade: what the command line, the web and programs call.  Built by :mod:`rag.compose`."""

from __future__ import annotations

import dataclasses
import time
import uuid
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from rag.answer import Verified, Verifier, render, verify
from rag.catalogue import CatalogueCache
from rag.errors import IndexMismatch, NotFound, SettingsError, UsageError
from rag.followup import standalone
from rag.ports import (
    AccountStore,
    AnswerWriter,
    ConversationStore,
    Embedder,
    Library,
    LibraryWriter,
    MemoStore,
    WordEmbedder,
    WriteRequest,
)
from rag.question import analyse
from rag.retrieve import Gathered, Retriever
from rag.settings import Settings
from rag.snapshot import LibraryChanged, Snapshot
from rag.types import (
    Answer,
    AnswerEvent,
    AnswerReady,
    Document,
    DocumentInfo,
    Draft,
    DraftRefusal,
    Filters,
    LintFinding,
    Memo,
    MemoComparison,
    Outline,
    PassagesFound,
    Refusal,
    SearchResult,
    StatementReady,
    Support,
    Turn,
)

if TYPE_CHECKING:
    from rag.curate import Curator
    from rag.followups import FollowUps
    from rag.memo.make import MemoMaker
    from rag.memo.revise import Revisions

HISTORY = 6
"""How many earlier turns a follow-up may lean on."""
LONGEST_QUESTION = 4000
ATTEMPTS = 3
"""How often a question is put again when the library changes under its answer."""


class Closing(Protocol):
    """Anything that holds files or connections."""

    def close(self) -> None:
        """Lets go of them."""


class Briefing:
    """Ask, search, read and remove; every answer is verified and stored."""

    def __init__(
        self,
        *,
        settings: Settings,
        library: LibraryWriter,
        embedder: Embedder,
        retriever: Retriever,
        writer: AnswerWriter,
        catalogue: CatalogueCache,
        conversations: ConversationStore,
        memos: MemoStore,
        accounts: AccountStore,
        remover: Callable[[list[str]], list[str]],
        keep_answers: bool = True,
        closing: Sequence[Closing] = (),
        memo_maker: MemoMaker | None = None,
        curator: Curator | None = None,
        followups: FollowUps | None = None,
    ) -> None:
        self.settings = settings
        self.conversations = conversations
        self.memos = memos
        self.accounts = accounts
        self._library = library
        self._embedder = embedder
        self._retriever = retriever
        self._writer = writer
        self._catalogue = catalogue
        self._remover = remover
        self._keep_answers = keep_answers
        self._closing = closing
        self._memo_maker = memo_maker
        self._curator = curator
        self._followups = followups

    # ------------------------------------------------------------------ asking

    def ask(
        self,
        question: str,
        *,
        filters: Filters = Filters(),
        history: Sequence[Turn] = (),
        conversation_id: str | None = None,
        owner: str = "",
    ) -> Answer:
        """A verified answer or a refusal; stored, in the conversation when one is named.

        Raises:
            UsageError: an empty or overlong question, an unknown document in the filters.
            NotFound: an unknown conversation.
            IndexMismatch: the library was made with another embedding model.
        """
        answer: Answer | None = None
        for event in self._run(question, filters, history, conversation_id, owner, streamed=False):
            if isinstance(event, AnswerReady):
                answer = event.answer
        assert answer is not None  # _run always ends with AnswerReady
        return answer

    def stream(
        self,
        question: str,
        *,
        filters: Filters = Filters(),
        history: Sequence[Turn] = (),
        conversation_id: str | None = None,
        owner: str = "",
    ) -> Iterator[AnswerEvent]:
        """The same as events: passages, each statement once verified, the whole answer."""
        return self._run(question, filters, history, conversation_id, owner, streamed=True)

    def _run(
        self,
        question: str,
        filters: Filters,
        history: Sequence[Turn],
        conversation_id: str | None,
        owner: str,
        *,
        streamed: bool,
    ) -> Iterator[AnswerEvent]:
        began = time.perf_counter()
        text = _checked(question)
        self.check_fingerprint()
        if conversation_id is not None:
            history = [*self._turns(conversation_id, owner), *history]
        catalogue = self._catalogue.get()
        alone = standalone(text, history[-HISTORY:], catalogue.names)
        for attempt in range(1, ATTEMPTS + 1):
            try:
                answer = yield from self._attempt(
                    text, alone, filters, conversation_id, began=began, streamed=streamed
                )
                break
            except (LibraryChanged, NotFound):  # a report was replaced or removed meanwhile
                if attempt == ATTEMPTS:
                    raise
        yield AnswerReady(answer=self._stored(answer, owner))

    def _attempt(
        self,
        text: str,
        alone: str,
        filters: Filters,
        conversation_id: str | None,
        *,
        began: float,
        streamed: bool,
    ) -> Generator[AnswerEvent, None, Answer]:
        """Searches, writes and verifies on one state of the library.

        Raises:
            LibraryChanged, NotFound: that state is gone; the question may be put again.
        """
        analysed = analyse(alone, self._catalogue.get().names)
        gathered = self._retriever.gather(analysed, k=self.settings.passages, filters=filters)
        searched = time.perf_counter()
        yield PassagesFound(
            standalone_question=alone, hits=gathered.hits, notices=gathered.notices
        )
        texts = Snapshot(self._library.text, gathered.hits)
        request = WriteRequest(
            question=alone,
            hits=gathered.hits,
            query_vector=gathered.vectors,
            filters=filters,
        )
        if streamed:
            draft = yield from self._streamed(request, gathered, texts)
        else:
            draft = self._writer.write(request) if gathered.hits else _empty(alone)
        verifier = Verifier(gathered.hits, texts.text)
        draft, verified = self._verified(request, draft, verifier, texts)
        written = time.perf_counter()
        return self._answer(
            text, alone, gathered, draft, verified, verifier, conversation_id,
            {
                "search": 1000 * (searched - began),
                "write": 1000 * (written - searched),
                "total": 1000 * (written - began),
            },
        )

    def _streamed(
        self, request: WriteRequest, gathered: Gathered, texts: Snapshot
    ) -> Generator[StatementReady, None, Draft]:
        """Statements as they are verified; returns the whole draft (``yield from`` value)."""
        if not gathered.hits:
            return _empty(request.question)
        shown = Verifier(gathered.hits, texts.text)
        known = 0
        for item in self._writer.stream(request):
            if isinstance(item, Draft):
                return item
            statement = shown.statement(item)
            if statement is not None and statement.support is Support.VERIFIED:
                fresh = shown.citations[known:]
                known = len(shown.citations)
                yield StatementReady(statement=statement, citations=fresh)
        return _empty(request.question)

    def _verified(
        self, request: WriteRequest, draft: Draft, verifier: Verifier, texts: Snapshot
    ) -> tuple[Draft, Verified]:
        """Verifies; a writer that can revise gets one retry with the reasons."""
        verified = verify(draft, verifier)
        rewrite = getattr(self._writer, "rewrite", None)
        if not verified.problems or rewrite is None or draft.writer != self._writer.name:
            return draft, verified
        revised: Draft = rewrite(request, draft, verified.problems)
        again = verify(revised, Verifier(request.hits, texts.text))
        if revised.refusal is None and len(again.problems) < len(verified.problems):
            return revised, again
        return draft, verified

    def _answer(
        self,
        question: str,
        alone: str,
        gathered: Gathered,
        draft: Draft,
        verified: Verified,
        verifier: Verifier,
        conversation_id: str | None,
        timings: dict[str, float],
    ) -> Answer:
        refusal: Refusal | None = None
        if draft.refusal is not None:
            refusal = verifier.refusal(draft.refusal)
        elif not verified.statements:
            refusal = Refusal(
                reason="No statement could be proved by a quote from the reports.", missing=(alone,)
            )
        statements = () if refusal else verified.statements
        notices = (*gathered.notices, *draft.notices)
        return Answer(
            id=uuid.uuid4().hex,
            question=question,
            standalone_question=alone,
            answer=render(statements, refusal),
            statements=statements,
            citations=() if refusal else verified.citations,
            disagreements=() if refusal else verified.disagreements,
            hits=(*gathered.hits, *verifier.further.values()),
            writer=draft.writer,
            refusal=refusal,
            notices=tuple(dict.fromkeys(notices)),
            timings_ms=timings,
            conversation_id=conversation_id,
            dropped_statements=verified.dropped,
            prompt_hash=draft.prompt_hash,
        )

    def _stored(self, answer: Answer, owner: str) -> Answer:
        if not self._keep_answers:
            return answer
        opens = answer.question[:120] if answer.conversation_id is None else None
        if opens is not None:
            answer = dataclasses.replace(answer, conversation_id=uuid.uuid4().hex)
        self.conversations.add_answer(answer, owner=owner, opens=opens)
        return answer

    def _turns(self, conversation_id: str, owner: str) -> list[Turn]:
        stored = self.conversations.conversation(conversation_id, owner=owner)
        return [
            Turn(
                question=a["question"],
                answer=a["answer"],
                standalone_question=a["standalone_question"],
            )
            for a in stored["answers"]
        ]

    # ------------------------------------------------------------------ memos

    @property
    def memo_maker(self) -> MemoMaker:
        """Plans, writes and refreshes memos; for its templates and parts."""
        if self._memo_maker is None:
            raise SettingsError("This Briefing was built without memos; build it with rag.compose.build.")
        return self._memo_maker

    def memo(
        self,
        task: str,
        *,
        template: str | None = None,
        filters: Filters = Filters(),
        as_of: str | None = None,
        outline: Outline | None = None,
        progress: Callable[[str, float], None] | None = None,
        owner: str = "",
    ) -> Memo:
        """A verified memo, stored; without ``template`` the one that the task asks for in words.

        Raises:
            UsageError: empty task, unknown template or document, malformed date.
            NoEvidence: (a UsageError) the library has nothing on the task; nothing is stored.
            IndexMismatch: the library was made with another embedding model.
        """
        self.check_fingerprint()
        return self.memo_maker.make(
            task,
            template=template,
            filters=filters,
            as_of=as_of,
            outline=outline,
            progress=progress,
            owner=owner,
        )

    def memo_outline(self, task: str, *, template: str | None = None) -> Outline:
        """The outline that a memo on the task would have, to be changed and given to :meth:`memo`."""
        return self.memo_maker.outline(task, template=template)

    def lint_memo(self, memo: Memo) -> list[LintFinding]:
        """What to look at before a memo goes out; empty when nothing is wrong."""
        from rag.memo.lint import lint

        known = memo.template in self.memo_maker.templates()
        return lint(memo, self.memo_maker.template(memo.template) if known else None)

    def refresh_memo(
        self,
        memo_id: str,
        *,
        progress: Callable[[str, float], None] | None = None,
        owner: str = "",
    ) -> MemoComparison:
        """Writes a stored memo anew, as its next version, and compares the two claim by claim.

        Raises:
            NotFound: there is no such memo.
            NoEvidence: the library no longer has anything on its task.
        """
        self.check_fingerprint()
        return self.memo_maker.refresh(memo_id, progress=progress, owner=owner)

    @property
    def memo_revisions(self) -> Revisions:
        """Edits stored memos, compares their versions, says what became of their sources."""
        from rag.memo.revise import Revisions

        return Revisions(self._library, self.memos, lambda q, k, f: self.search(q, k=k, filters=f))

    # ------------------------------------------------------------------ library

    def search(
        self, query: str, *, k: int = 10, filters: Filters = Filters()
    ) -> SearchResult:
        """The best passages for a query.  Raises UsageError for an empty query or a bad ``k``."""
        if not 1 <= k <= 200:
            raise UsageError(f"k is {k}; it must be between 1 and 200.")
        self.check_fingerprint()
        return self._retriever.search(_checked(query), k=k, filters=filters)

    def documents(self, filters: Filters = Filters()) -> list[DocumentInfo]:
        """The library, by id."""
        return self._library.documents(filters)

    def document(self, document_id: str) -> Document:
        """One document with its text.  Raises NotFound."""
        return self._library.document(document_id)

    def remove(self, ids: Sequence[str]) -> list[str]:
        """Removes documents with all that belongs to them; all or none.

        Raises:
            NotFound: one of the ids is unknown; nothing has been removed.
            LibraryBusy: another process is writing to the library.
        """
        return self._remover(list(ids))

    @property
    def curator(self) -> Curator:
        """Corrects metadata and names."""
        if self._curator is None:
            raise SettingsError("This Briefing was built for reading only; build it with rag.compose.build.")
        return self._curator

    @property
    def library(self) -> Library:
        """The store of record, for reading."""
        return self._library

    def check_fingerprint(self) -> None:
        """Raises IndexMismatch when the library's vectors are another model's."""
        stored = self._library.fingerprint()
        if stored is not None and not stored.startswith(self._embedder.fingerprint):
            raise IndexMismatch(
                f"The library was built with the embedding model {stored!r}, but "
                f"{self._embedder.fingerprint!r} is configured. Set BRIEFING_EMBEDDING_MODEL back, or "
                "run `briefing ingest` on your folders again: it re-embeds everything."
            )

    def ready(self) -> dict[str, object]:
        """What ``/readyz`` reports: the library can be read, how much it holds, which writer answers."""
        documents = self._library.documents()
        return {
            "documents": len(documents),
            "passages": sum(d.passages for d in documents),
            "writer": self._writer.name,
            "embedding_model": self._embedder.fingerprint,
        }

    def describe(self) -> dict[str, object]:
        """What an evaluation was made with: model, writer, library, settings that change answers."""
        return {
            "embedding": self._embedder.fingerprint,
            "fingerprint": self._library.fingerprint(),
            "writer": self._writer.name,
            "passages": self.settings.passages,
            "answer_words": self.settings.answer_words,
        }

    def suggestions(self) -> list[str]:
        """A few questions that the library can answer, from its own headings; empty while it is."""
        from rag.suggest import suggestions

        return suggestions(self._catalogue.get())

    def followups(self, answer: Mapping[str, Any]) -> list[str]:
        """Questions to go on with after a stored answer, each known to be answerable; at most three."""
        return self._followups.after(answer) if self._followups is not None else []

    def warm(self) -> None:
        """Loads the model, its table of words and the catalogue, so that the first question waits for none."""
        self._catalogue.get()
        self._embedder.embed_query("warm up")
        if isinstance(self._embedder, WordEmbedder) and self._embedder.has_words:
            self._embedder.word_vectors(["warm"])

    def close(self) -> None:
        """Lets go of files and connections."""
        for part in self._closing:
            part.close()


def _checked(question: str) -> str:
    text = question.strip()
    if not text:
        raise UsageError("The question is empty: write what you want to know.")
    if len(text) > LONGEST_QUESTION:
        raise UsageError(
            f"The question has {len(text)} characters; {LONGEST_QUESTION} are allowed. Shorten it."
        )
    return text


def _empty(question: str) -> Draft:
    return Draft(
        refusal=DraftRefusal(
            reason="No passage of the library fits this question.", missing=(question,)
        )
    )


