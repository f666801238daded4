"""What the reports do not say: questions without an answer, years and sources without a voice."""

from __future__ import annotations

from collections.abc import Sequence

from rag.labels import frame_label, readable_date
from rag.memo.assemble import Assembly
from rag.memo.dates import last_day
from rag.memo.horizon import Horizon
from rag.memo.languages import language_of, listed, say
from rag.memo.plan import Searched
from rag.memo.task import Task
from rag.types import DocumentInfo, Outline, SectionRole

UNJUDGED = "No key judgement is given: no sentence of the reports judges the subject as a whole."
COMPARED = "No key judgement is given: where reports are compared, one of them judges nothing for the others."
ONE_SIDED = 0.6
"""Share of the citations above which one publisher dominates a memo."""
LISTED = 6


def gaps(
    task: Task,
    parts: Sequence[Searched],
    assembly: Assembly,
    horizon: Horizon,
    documents: Sequence[DocumentInfo],
    outline: Outline,
) -> tuple[str, ...]:
    """The gaps in words, the task's own questions first."""
    language = language_of(task.text)
    found = [*_unjudged(task, outline, assembly, language), *_questions(task, parts, assembly, language)]
    found += assembly.cautions
    found += _single(assembly, language)
    found += _silent(assembly, horizon, documents, language)
    found += _dates(assembly, language)
    found += _planned(assembly, language)
    if assembly.balance and assembly.balance[0].share > ONE_SIDED and len(assembly.balance) > 1:
        top = assembly.balance[0]
        text = "{share} of the quotes come from one publisher ({name}); look for an opposing source."
        found.append(say(text, language, share=f"{top.share:.0%}", name=top.publisher))
    found += horizon.left_out
    return tuple(dict.fromkeys(found))


def _unjudged(task: Task, outline: Outline, assembly: Assembly, language: str) -> list[str]:
    """Why a memo that should have key judgements has none."""
    wanted = any(s.role is SectionRole.KEY_JUDGEMENTS for s in outline.sections)
    if not wanted or assembly.judgements:
        return []
    return [say(COMPARED if task.differ or task.trust else UNJUDGED, language)]


def _questions(
    task: Task, parts: Sequence[Searched], assembly: Assembly, language: str
) -> list[str]:
    written = {s.heading for s in assembly.sections}
    found = []
    for part in parts:
        heading = part.section.heading
        if heading not in written:
            text = _unserved(part, assembly)
            found += [say(text, language, heading=heading)] if text else []
        elif part.found.lack and any(q in part.section.question for q in task.questions):
            found.append(f"On “{heading}”: {part.found.lack.reason} What is quoted is only near it.")
    return found


def _unserved(part: Searched, assembly: Assembly) -> str:
    """Why a section of the outline is not in the memo."""
    if part.section.role is SectionRole.RECOMMENDATIONS:
        return "No further proposal of the reports is near enough to the task to be quoted."
    if part.section.role is not SectionRole.BODY:
        return ""
    if part.section.heading in assembly.above:
        return "On “{heading}” the reports have no more than what stands at the head."
    if part.found.lack or not part.rows:
        return "The reports do not answer: “{heading}”."
    return "On “{heading}” no sentence was found that is near enough and reads by itself."


def _single(assembly: Assembly, language: str) -> list[str]:
    """Sections that rest on one source."""
    owner = {c.number: c.document_id for c in assembly.citations}
    labels = {s.id: frame_label(s.metadata) for s in assembly.sources}
    found = []
    for section in assembly.sections:
        sources = {owner[n] for s in section.statements for n in s.citations}
        if section.role is SectionRole.BODY and len(sources) == 1 and len(assembly.sources) > 1:
            text = "Only {source} speaks to “{heading}”; no other report confirms it."
            found.append(say(text, language, source=labels[sources.pop()], heading=section.heading))
    return found


def _silent(
    assembly: Assembly, horizon: Horizon, documents: Sequence[DocumentInfo], language: str
) -> list[str]:
    allowed = set(horizon.filters.documents) or {d.id for d in documents}
    cited = {s.id for s in assembly.sources}
    silent = [frame_label(d.metadata) for d in documents if d.id in allowed - cited]
    if not silent or (not horizon.filters.empty and len(silent) > LISTED):
        return []
    if len(silent) > LISTED:
        return [say("{n} documents of the library have nothing to add.", language, n=len(silent))]
    return [say("Nothing bearing on the task was found in: {names}.", language, names=listed(silent, language))]


def _planned(assembly: Assembly, language: str) -> list[str]:
    """Dates that lay ahead of every dated report: what became of them, none of these can say."""
    dated = [s.metadata.published for s in assembly.sources if s.metadata.published]
    if not dated:
        return []
    limit = last_day(max(dated))
    ahead = {r.printed: r.citation for r in assembly.timeline if r.date > limit}
    if not ahead:
        return []
    text = "Planned when the reports were written, and not known to have happened: {names}."
    return [say(text, language, names=listed(ahead, language))]


def _dates(assembly: Assembly, language: str) -> list[str]:
    dated = [s.metadata.published for s in assembly.sources if s.metadata.published]
    undated = [frame_label(s.metadata) for s in assembly.sources if not s.metadata.published]
    found = []
    if dated:
        latest = readable_date(max(dated))
        text = "Nothing quoted here was published after {date}; later events are not covered."
        found.append(say(text, language, date=latest))
    if undated:
        found.append(say("The time of writing is not stated in: {names}.", language, names=listed(undated, language)))
    return found
