"""What goes where: bottom line, key judgements and sections, chosen from the evidence together."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from rag.extractive.candidates import Candidate
from rag.lexicon import Lexicon
from rag.memo.choose import FIRST, POOL, VOICE, Chosen, Row, arrange, fill, level
from rag.memo.evidence import Found, Key, key, scored
from rag.memo.lead import Head, Judged
from rag.memo.modality import Modality, modality
from rag.memo.outline import as_question
from rag.memo.task import title_of
from rag.memo.template import Front
from rag.memo.wording import Extract
from rag.ports import Vectors
from rag.text import content_terms
from rag.types import OutlineSection, SectionRole

SHARE_RECOMMENDATIONS = 0.12
"""Part of the words that the recommendations get."""
SHARE_OF_THEMES = 0.5
"""Part of the words that a comparison leaves to the task's other questions."""
COMPARING = frozenset({SectionRole.DISAGREEMENT, SectionRole.STANDING})
JUDGED = frozenset({SectionRole.BODY, SectionRole.DISAGREEMENT})
RELEVANT = 0.36
"""Least cosine to the subject of a source that must have its say."""
_OUTLOOK = re.compile(
    r"\b(?:consequences?|repercussions?|implications?|exposed|exposure|impacts?|outlook|effects?|mean for|"
    r"vulnerab\w+|dependen\w+|comeback|lose|loss)\b|عواقب|تداعيات|مخاطر|آثار|conséquences|risques|répercussions",
    re.IGNORECASE,
)
"""A task that asks what may come."""

Accept = Callable[[Candidate], Extract | None]


EACH = 4
"""Sentences of evidence for each judgement: a small library leaves its sections something."""
STRONG, ENOUGH = 0.75, 5
"""A section with fewer sentences of this share of its best score keeps its best ones."""
TOLD = 3
"""A section whose head says one of so many of its best sentences is told there."""
ANSWERS = 10
"""Best sentences of a section that answers a question of the task, among which the bottom line is looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """A section of the outline with what its search brought, best first."""

    section: OutlineSection
    found: Found
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """The chosen contents, in reading order; ``pool`` is the evidence they come from, best first.

    ``compared`` are the sentences of whole documents, when the task is to compare them; ``above`` are headings of
    sections that are left empty because the memo's head says already what the reports have on them.
    """

    bottom_line: tuple[Judged, ...]
    judgements: tuple[Judged, ...]
    sections: tuple[tuple[OutlineSection, tuple[Extract, ...]], ...]
    pool: tuple[Candidate, ...]
    compared: tuple[Candidate, ...] = ()
    above: tuple[str, ...] = ()


def searched(section: OutlineSection, found: Found, subject: Found, aspect: Vectors) -> Searched:
    """A section's sentences, scored for it and for the subject; only proposals for recommendations."""
    rows = scored(found, subject, aspect)
    if section.role is SectionRole.RECOMMENDATIONS:
        rows = [r for r in rows if modality(r[1].text) is Modality.PROPOSED]
    return Searched(section=section, found=found, rows=tuple(rows))


def choose_contents(
    parts: Sequence[Searched],
    subject: Found,
    front: Front,
    accept: Accept,
    lexicon: Lexicon,
    wanted: frozenset[SectionRole],
    asked: Sequence[str] = (),
    named: Iterable[str] = (),
    proper: Collection[str] = (),
    extended: Callable[[Extract, int], Extract] = lambda item, longest: item,
) -> Contents:
    """Chooses everything that a memo says, within the template's words.

    ``wanted`` are the roles that the outline has; a person may have struck the bottom line.  ``asked`` are
    the task's own questions: where sections answer them, the bottom line speaks for these and the judgements
    leave them their best sentences.  ``named`` are the stems of its subject, ``proper`` those of its name when
    it is nothing but a name; ``extended`` see :class:`rag.memo.lead.Head`.
    """
    pool = merge(row for part in parts for row in part.rows)
    chosen = Chosen()
    body = [p for p in parts if p.section.role in JUDGED]
    written = [p for p in parts if p.section.role not in COMPARING]
    lead = scored(subject, subject, subject.vectors[0])
    if proper:  # a memo on a name is headed by what names it
        known = {key(c) for part in body for _, c in part.rows}
        lead = [row for row in lead if key(row[1]) in known]
    lead = lead if SectionRole.BOTTOM_LINE in wanted else []
    head = Head(
        chosen=chosen,
        accept=accept,
        pool=pool,
        lexicon=lexicon,
        named=frozenset(named),
        extended=extended,
        topic=frozenset(content_terms(subject.question.text)),
        outlook=modality(subject.question.text) is Modality.EXPECTED or bool(_OUTLOOK.search(subject.question.text)),
    )
    rows = [p.rows for p in body]
    titles = {t for q in asked for t in (title_of(q), as_question(title_of(q)))}
    own = [p.rows for p in body if p.rows and p.section.heading in titles]
    if lead and own:
        lead = [row for answers in own for row in answers[:ANSWERS]]
    kept = {key(c) for answers in own for _, c in answers[: FIRST if _few(answers) else 1]}
    line = head.bottom_line(lead, own or rows, front.bottom_line_words, kept)
    most = min(front.key_judgements, max(1, len(pool) // EACH)) if SectionRole.KEY_JUDGEMENTS in wanted else 0
    if not any(p.section.role is SectionRole.BODY for p in body):
        most = 0  # reports compared with nothing else asked: any judgement of one of them would be beside the point
    judged = [r for r in rows if r]
    asking = [n for n, r in enumerate(judged) if any(r is o for o in own)]
    judgements = head.judgements(judged, most, front.longest_statement, kept, asking)
    used = sum(j.item.words for j in (*line, *judgements))
    room = front.words - used
    if len(written) < len(parts):
        room = round(SHARE_OF_THEMES * room) if any(p.section.role is SectionRole.BODY for p in written) else 0
    budgets = _budgets(written, room)
    voices = _voices(written, subject, chosen, accept, budgets)
    answering = frozenset(n for n, p in enumerate(written) if p.section.heading in titles)

    def fuller(candidate: Candidate) -> Extract | None:
        item = accept(candidate)
        return extended(item, front.longest_statement) if item else None

    filled = fill([p.rows for p in written], budgets, chosen, fuller, answering)
    sections = tuple(
        (part.section, tuple(arrange([*said, *items])))
        for part, said, items in zip(written, voices, filled, strict=True)
        if said or items
    )
    told = {key(j.item.candidate) for j in (*line, *judgements)}
    above = tuple(
        part.section.heading
        for part, said, items in zip(written, voices, filled, strict=True)
        if not (said or items) and any(key(c) in told for _, c in part.rows[:TOLD])
    )
    known = {key(c) for c in pool}
    rest = tuple(c for c in subject.ranked if key(c) not in known)  # no source on the subject goes unnamed
    return Contents(bottom_line=line, judgements=tuple(judgements), sections=sections, pool=(*pool, *rest), above=above)


def _few(rows: Sequence[Row]) -> bool:
    """True for a section that would have little left if a judgement took its best sentence."""
    return sum(score >= STRONG * rows[0][0] for score, _ in rows) < ENOUGH


def merge(rows: Iterable[Row]) -> tuple[Candidate, ...]:
    """Every sentence once, with its best score's place."""
    best: dict[Key, Row] = {}
    for score, candidate in rows:
        known = best.get(key(candidate))
        if known is None or score > known[0]:
            best[key(candidate)] = (score, candidate)
    ordered = sorted(best.values(), key=lambda r: (-r[0], *key(r[1])))
    return tuple(c for _, c in ordered)


def _budgets(parts: Sequence[Searched], room: int) -> list[int]:
    """Words of each section: what the outline says, else equal shares of the room."""
    fixed = {n: p.section.words for n, p in enumerate(parts) if p.section.words}
    for n, part in enumerate(parts):
        if part.section.role is SectionRole.RECOMMENDATIONS and n not in fixed:
            fixed[n] = round(SHARE_RECOMMENDATIONS * room)
    free = len(parts) - len(fixed)
    rest = max(0, room - sum(w or 0 for w in fixed.values()))
    share = rest // free if free else 0
    return [min(fixed.get(n) or share, room) for n in range(len(parts))]


def _voices(
    parts: Sequence[Searched], subject: Found, chosen: Chosen, accept: Accept, budgets: list[int]
) -> list[list[Extract]]:
    """One sentence of each relevant source, where it fits best, before the rest is filled.

    Takes its words from the sections' budgets, in place.
    """
    said: list[list[Extract]] = [[] for _ in parts]
    least = level([p.rows for p in parts])
    heard = {i.candidate.document_id for i in chosen.items}
    near: dict[str, float] = {}
    for candidate in subject.ranked:
        near[candidate.document_id] = max(candidate.cosine, near.get(candidate.document_id, 0.0))
    for document in sorted((d for d, n in near.items() if n >= RELEVANT), key=lambda d: (-near[d], d)):
        if document in heard:
            continue
        own = [
            (score / p.rows[0][0], n, c)
            for n, p in enumerate(parts)
            for score, c in p.rows[:POOL]
            if c.document_id == document and score >= max(VOICE * p.rows[0][0], least)
        ]
        for _, n, candidate in sorted(own, key=lambda r: (-r[0], r[1], key(r[2])))[:12]:
            item = accept(candidate)
            if item is None or chosen.taken(item) or item.words > budgets[n]:
                continue
            chosen.add(item)
            said[n].append(item)
            budgets[n] -= item.words
            break
    return said
