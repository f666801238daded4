"""What a route may ask for: the façade, the upload jobs, the counters, the one who asks.

:class:`Desk` is the façade as the web needs it; ``rag.briefing.Briefing`` satisfies it, and so does
the content-sensitive stand-in of the tests.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Protocol, TypeVar

from fastapi import Depends, Request

from rag.ports import AccountStore, ConversationStore, MemoStore
from rag.settings import Settings
from rag.types import (
    Answer,
    AnswerEvent,
    Document,
    DocumentInfo,
    Filters,
    IngestReport,
    LintFinding,
    Memo,
    MemoComparison,
    Outline,
    SearchResult,
    Turn,
)
from web.auth.gate import viewer_of
from web.auth.viewer import Viewer
from web.owned import Owned

if TYPE_CHECKING:
    from rag.curate import Curator
    from rag.memo.revise import Revisions
    from web.auth.access import Access
    from web.jobs import Jobs
    from web.memo_jobs import MemoJobs
    from web.metrics import Metrics
    from web.page_images import PageImages

T_co = TypeVar("T_co", covariant=True)


class MemoFront(Protocol):
    """What a memo template says of itself."""

    @property
    def title(self) -> str:
        """Its name for people."""

    @property
    def description(self) -> str:
        """What it is for."""

    @property
    def words(self) -> int:
        """How long its memos are at most."""


class MemoTemplate(Protocol):
    """A memo template."""

    @property
    def front(self) -> MemoFront:
        """What it declares."""


class MemoPlans(Protocol):
    """The templates there are."""

    def templates(self) -> list[str]:
        """Their names."""

    def template(self, name: str) -> MemoTemplate:
        """One of them.  Raises UsageError."""

    def own_body(self, memo: Memo) -> str | None:
        """The memo's text by a template of the user's own."""


class Asks(Protocol[T_co]):
    """Takes a question with all that belongs to it."""

    def __call__(
        self,
        question: str,
        *,
        filters: Filters = ...,
        history: Sequence[Turn] = ...,
        conversation_id: str | None = ...,
        owner: str = ...,
    ) -> T_co:
        """What comes of it."""


class Desk(Protocol):
    """The façade: ask, search, read, remove."""

    @property
    def settings(self) -> Settings:
        """The settings it was built with."""

    @property
    def conversations(self) -> ConversationStore:
        """Conversations and their stored answers."""

    def lint_memo(self, memo: Memo) -> list[LintFinding]:
        """What to look at before a memo goes out."""

    @property
    def memos(self) -> MemoStore:
        """Stored memos."""

    @property
    def accounts(self) -> AccountStore:
        """Who may log in."""

    @property
    def ask(self) -> Asks[Answer]:
        """A verified answer or a refusal, stored."""

    @property
    def stream(self) -> Asks[Iterator[AnswerEvent]]:
        """The same as events; closing the iterator stops the work."""

    def search(self, query: str, *, k: int = ..., filters: Filters = ...) -> SearchResult:
        """Passages, best first."""

    def documents(self, filters: Filters = ...) -> list[DocumentInfo]:
        """The library, by id."""

    def document(self, document_id: str) -> Document:
        """One document with its text.  Raises NotFound."""

    def remove(self, ids: Sequence[str]) -> list[str]:
        """Removes documents with all that belongs to them.  Raises NotFound."""

    @property
    def memo_maker(self) -> MemoPlans:
        """The templates of memos."""

    @property
    def memo_revisions(self) -> Revisions:
        """Edits stored memos, compares versions, watches their sources."""

    def memo(
        self,
        task: str,
        *,
        template: str | None = ...,
        filters: Filters = ...,
        as_of: str | None = ...,
        outline: Outline | None = ...,
        progress: Callable[[str, float], None] | None = ...,
        owner: str = ...,
    ) -> Memo:
        """A verified memo, stored."""

    def memo_outline(self, task: str, *, template: str | None = ...) -> Outline:
        """The outline that a memo on the task would have."""

    def refresh_memo(
        self, memo_id: str, *, progress: Callable[[str, float], None] | None = ..., owner: str = ...
    ) -> MemoComparison:
        """Writes a stored memo anew, as its next version, and compares the two."""

    @property
    def curator(self) -> Curator:
        """Corrects metadata and names."""

    def suggestions(self) -> list[str]:
        """Questions the library can answer, for an empty chat."""

    def followups(self, answer: Mapping[str, Any]) -> list[str]:
        """Questions to go on with after a stored answer, each known to be answerable."""

    def check_fingerprint(self) -> None:
        """Raises IndexMismatch when the library's vectors are another model's."""

    def ready(self) -> Mapping[str, Any]:
        """State of library and model.  Raises when either is unusable."""


class IngestStep(Protocol):
    """One step of an ingest run, as ``ingest.pipeline`` reports it."""

    @property
    def kind(self) -> str:
        """``started``, ``embedding``, ``unchanged``, ``done``, ``failed`` or ``publishing``."""

    @property
    def path(self) -> str:
        """The file concerned."""

    @property
    def embedded(self) -> int:
        """Passages embedded of this file."""

    @property
    def passages(self) -> int:
        """Passages of this file, 0 until they are counted."""


class Ingest(Protocol):
    """Takes files and folders in: ``ingest([path, ...], progress=...) -> IngestReport``."""

    def __call__(
        self,
        paths: Sequence[Path],
        /,
        *,
        progress: Callable[[Any], None] | None = None,
        again: bool = False,
    ) -> IngestReport:
        """Works on what is new or changed below ``paths``, or on all of it; tells each :class:`IngestStep`."""


@dataclass(frozen=True, slots=True)
class Services:
    """Everything the routes share, kept on ``app.state``."""

    desk: Desk
    jobs: Jobs
    metrics: Metrics
    memos: MemoJobs
    pages: PageImages
    access: Access

    def of(self, owner: str) -> Services:
        """The same for one owner, to whom nobody else's things exist."""
        own: Any = partial(Owned, owner=owner)
        return replace(self, desk=own(self.desk), jobs=own(self.jobs), memos=own(self.memos))


def services(request: Request) -> Services:
    """The services of the running application, as the one who asks sees them."""
    found: Services = request.app.state.services
    return found.of(viewer_of(request).owner)


ServicesDep = Annotated[Services, Depends(services)]


def desk(services: ServicesDep) -> Desk:
    """The façade, as the one who asks sees it."""
    return services.desk


DeskDep = Annotated[Desk, Depends(desk)]
ViewerDep = Annotated[Viewer, Depends(viewer_of)]
