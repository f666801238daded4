"""What the reports do not say: questions without an answer, years and sources without a voice."""

from __future__ import annotations

from collections.abc import Sequence

from rag.labels import frame_label, readable_date
from rag.memo.assemble import Assembly
from rag.memo.dates import last_day
from rag.memo.horizon import Horizon
from rag.memo.plan import Searched
from rag.memo.task import Task
from rag.types import DocumentInfo, SectionRole

ONE_SIDED = 0.6
"""Share of the citations above which one publisher dominates a memo."""
LISTED = 6


def gaps(
    task: Task,
    parts: Sequence[Searched],
    assembly: Assembly,
    horizon: Horizon,
    documents: Sequence[DocumentInfo],
) -> tuple[str, ...]:
    """The gaps in words, the task's own questions first."""
    found = [*_questions(task, parts, assembly), *assembly.cautions]
    found += _single(assembly)
    found += _silent(assembly, horizon, documents)
    found += _dates(assembly)
    found += _planned(assembly)
    if assembly.balance and assembly.balance[0].share > ONE_SIDED and len(assembly.balance) > 1:
        top = assembly.balance[0]
        found.append(
            f"{top.share:.0%} of the quotes come from one publisher ({top.publisher}); look for an opposing source."
        )
    found += [n for n in horizon.notices if n.startswith("Left out")]
    return tuple(dict.fromkeys(found))


def _questions(task: Task, parts: Sequence[Searched], assembly: Assembly) -> list[str]:
    written = {s.heading for s in assembly.sections}
    found = []
    for part in parts:
        if part.section.role is not SectionRole.BODY:
            continue
        if part.section.heading not in written and (part.found.lack or not part.rows):
            found.append(f"The reports do not answer: “{part.section.heading}”.")
        elif part.found.lack and any(q in part.section.question for q in task.questions):
            found.append(f"On “{part.section.heading}”: {part.found.lack.reason} What is quoted is only near it.")
    return found


def _single(assembly: Assembly) -> list[str]:
    """Sections that rest on one source."""
    owner = {c.number: c.document_id for c in assembly.citations}
    labels = {s.id: frame_label(s.metadata) for s in assembly.sources}
    found = []
    for section in assembly.sections:
        sources = {owner[n] for s in section.statements for n in s.citations}
        if section.role is SectionRole.BODY and len(sources) == 1 and len(assembly.sources) > 1:
            found.append(f"Only {labels[sources.pop()]} speaks to “{section.heading}”; no other report confirms it.")
    return found


def _silent(
    assembly: Assembly, horizon: Horizon, documents: Sequence[DocumentInfo]
) -> list[str]:
    allowed = set(horizon.filters.documents) or {d.id for d in documents}
    cited = {s.id for s in assembly.sources}
    silent = [frame_label(d.metadata) for d in documents if d.id in allowed - cited]
    if not silent or (not horizon.filters.empty and len(silent) > LISTED):
        return []
    if len(silent) > LISTED:
        return [f"{len(silent)} documents of the library have nothing to add."]
    return [f"Nothing bearing on the task was found in: {'; '.join(silent)}."]


def _planned(assembly: Assembly) -> list[str]:
    """Dates that lay ahead of every dated report: what became of them, none of these can say."""
    dated = [s.metadata.published for s in assembly.sources if s.metadata.published]
    if not dated:
        return []
    limit = last_day(max(dated))
    ahead = {r.printed: r.citation for r in assembly.timeline if r.date > limit}
    if not ahead:
        return []
    return [f"Planned when the reports were written, and not known to have happened: {'; '.join(ahead)}."]


def _dates(assembly: Assembly) -> list[str]:
    dated = [s.metadata.published for s in assembly.sources if s.metadata.published]
    undated = [frame_label(s.metadata) for s in assembly.sources if not s.metadata.published]
    found = []
    if dated:
        latest = readable_date(max(dated))
        found.append(f"Nothing quoted here was published after {latest}; later events are not covered.")
    if undated:
        found.append(f"The time of writing is not stated in: {'; '.join(undated)}.")
    return found
