"""From a task to an outline: the questions it contains, then the aspects its field calls for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.memo.aspects import ASKED, GENERAL, Aspect, aspects_for
from rag.memo.languages import language_of, say
from rag.memo.task import Task, title_of, without_sources
from rag.memo.template import Template
from rag.text import content_terms
from rag.types import Outline, OutlineSection, SectionRole

_DEPENDENT = re.compile(r"(?:by|in|through|with|for|from|at|to|of|on) (?:what|which|whom)\b", re.IGNORECASE)
DISAGREE, STANDING = "Where the reports disagree", "How far each can be trusted"
_ASKS = re.compile(
    r"(?:(?:by|in|through|with|for|from|at|to|of|on|under|since|until) )?(?:how|what|which|who|whom|whose|when|where|"
    r"why|whether|does|do|did|is|are|was|were|will|would|can|could|should|has|have|had)\b|"
    r"(?:ما|ماذا|هل|كيف|متى|أين|لماذا|من|كم|مم)\b|(?:que|quel|quelle|quels|quelles|qui|comment|pourquoi|quand|où|est-ce)\b",
    re.IGNORECASE,
)
_BEFORE = re.compile(r"(?:by|in|through|with|for|from|at|to|of|on|under|since|until)\s+(?=\w+\b)", re.IGNORECASE)
_AUXILIARIES = frozenset(
    "do does did is are was were am will would can could should shall may might must has have had".split()
)
_SUBJECTS = frozenset(
    "the a an its their his her our they it he she we this these those each such any some all both no every".split()
)
_OF_SUBJECTS = frozenset("who which whose".split())
"""Question words that may themselves be the subject."""
_ABOUT_ALL = frozenset("what how why when where".split())
_ARABIC = re.compile(r"[\u0600-\u06ff]")
_VIEWS = re.compile(
    r"\b(?:compar\w+|contrast\w*|versus|vs|side by side|how|what|(?:do|does)|judges?|sees?|assess(?:es)?|views?|says?|"
    r"describes?|reads?|treats?|thinks?|both)\b|(?<=\s)and(?=\s+(?:and|judges?|sees?|assess\w*|views?|says?|describes?)\b)",
    re.IGNORECASE,
)
"""Words of an order to compare, and for holding a view: these stand in no report's sentences."""
_JOINING = re.compile(r"^(?:(?:and|or|on|about|of|between|the views of)\s+)+", re.IGNORECASE)
LEAST_ASPECTS = 2
"""Aspects that come beside the task's own questions, however many these are."""
ALIKE = 0.5
"""Share of an aspect's words that a question of the task has: then the question covers it."""


def make_outline(task: Task, template: Template, *, sources: Sequence[str] = (), focus: str = "") -> Outline:
    """The sections a memo on the task would have under the template.

    Args:
        sources: names of the sources that the task compares; with two or more each has its section.
        focus: what they are compared on.
    """
    front = template.front
    sections: list[OutlineSection] = []
    for role in (SectionRole.BOTTOM_LINE, SectionRole.KEY_JUDGEMENTS):
        if template.has(role):
            sections.append(OutlineSection(heading=template.heading(role), question=task.subject, role=role))
    sections += _comparing(task)
    aspects = aspects_for(f"{task.subject} {' '.join(task.questions)}", most=front.body_sections)
    if task.differ or task.trust:  # the comparison's own sections do better than sentences by theme
        aspects = ()
    own = aspects[:1] != GENERAL[:1]
    asked = [q for q in task.questions if not _covered_elsewhere(task, q, own)]
    taken = _adopted(asked, (*ASKED, *aspects))
    body = [_question(task, q, taken.get(n)) for n, q in enumerate(asked)]
    if len(sources) > 1:
        aspects, body = (), [_of_source(name, focus) for name in sources]
    for aspect in aspects:
        if len(body) >= max(front.body_sections, len(task.questions) + LEAST_ASPECTS):
            break
        if aspect not in taken.values() and not any(_covered(aspect.heading, s.heading) for s in body):
            question = f"{task.scope}: {aspect.query}"
            body.append(OutlineSection(heading=aspect.heading, question=question))
    if front.body_as_questions:
        body = [replace(s, heading=as_question(s.heading)) for s in body]
    sections += body
    if template.has(SectionRole.RECOMMENDATIONS):
        sections.append(
            OutlineSection(
                heading=template.heading(SectionRole.RECOMMENDATIONS),
                question=f"{task.scope}: what should be done, recommendations, measures, options",
                role=SectionRole.RECOMMENDATIONS,
            )
        )
    language = language_of(task.text)
    sections = [replace(s, heading=say(s.heading, language)) for s in sections]
    return Outline(
        task=task.text, title=task.title, template=template.name, audience=task.audience, sections=tuple(sections)
    )


def as_question(heading: str) -> str:
    """A heading as a question that a principal would ask.

    >>> as_question("By which channels"), as_question("Attacks so far")
    ('By which channels?', 'What do the reports say about attacks so far?')
    >>> as_question("How the analysts classify them"), as_question("How strong is the group")
    ('What do the reports say about how the analysts classify them?', 'How strong is the group?')
    """
    bare = heading.rstrip(" ?؟.")
    if _ASKS.match(bare) and not _indirect(bare):
        return f"{bare}{'؟' if _ARABIC.search(bare) else '?'}"
    if _ARABIC.search(bare):
        return f"ماذا تقول التقارير عن: {bare}؟"
    first, _, rest = bare.partition(" ")
    keeps = first.isupper() or (rest[:1].isupper() and len(rest) > 1)
    return f"What do the reports say about {bare if keeps else bare[:1].lower() + bare[1:]}?"


def _indirect(question: str) -> bool:
    """True for a question in the word order of a statement: the subject stands before its verb."""
    row = _BEFORE.sub("", question, count=1).split() if _BEFORE.match(question) else question.split()
    first = row[0].lower()
    if first in _AUXILIARIES or first == "whether":
        return first == "whether"
    for word in row[1:5]:
        if word.lower() in _AUXILIARIES:
            return False
        if word.lower() in _SUBJECTS or (word[0].isupper() and first not in _OF_SUBJECTS):
            return True
    return first in _ABOUT_ALL and len(row) > 4


def _comparing(task: Task) -> list[OutlineSection]:
    """The sections of a task that compares the reports themselves."""
    found = []
    if task.differ:
        question = f"{task.scope}: figures, events and decisions, severity, who gains and who loses"
        found.append(OutlineSection(heading=DISAGREE, question=question, role=SectionRole.DISAGREEMENT))
    if task.trust or task.differ:
        question = f"{task.scope}: standpoint, author, institute, purpose of the report"
        found.append(OutlineSection(heading=STANDING, question=question, role=SectionRole.STANDING))
    return found


def _adopted(questions: Sequence[str], aspects: Sequence[Aspect]) -> dict[int, Aspect]:
    """By question, the aspect that it asks for in words of its own; the later cue wins ("not agreed")."""
    taken: dict[int, Aspect] = {}
    for number, question in enumerate(questions):
        asked = [a for a in aspects if a.asked(question) and a not in taken.values()]
        if asked:
            taken[number] = asked[-1]
    return taken


def _question(task: Task, question: str, aspect: Aspect | None) -> OutlineSection:
    """A section for a question; its search also uses the words of the aspect it asks for."""
    asked = task.resolved(without_sources(question))
    if asked == question and not (len(content_terms(question)) >= 5 and task.subject in question):
        asked = f"{task.scope}: {question}"
    if aspect is not None:
        asked = f"{asked}: {aspect.query}"
    return OutlineSection(heading=title_of(question), question=asked)


def _of_source(name: str, focus: str) -> OutlineSection:
    """A section for what one source says on what sources are compared on."""
    point = _JOINING.sub("", " ".join(_VIEWS.sub(" ", focus).split()).strip(" ,;:.?")) or focus
    return OutlineSection(heading=name, question=f"{name}: {point}")


def _covered_elsewhere(task: Task, question: str, aspects: bool) -> bool:
    """True for a question that other parts answer: a comparison by its tables; with aspects of its own
    field, the subject itself by all of them, and one that hangs on it ("by which channels") too.
    """
    if task.compares(question):
        return True
    return aspects and (question in task.subject or bool(_DEPENDENT.match(question)))


def _covered(heading: str, other: str) -> bool:
    own = set(content_terms(heading))
    return bool(own) and len(own & set(content_terms(other))) / len(own) > ALIKE


def aspect_of(section: OutlineSection, task: Task) -> list[str]:
    """What a section's question adds to the subject, as a whole and thing by thing."""
    added = section.question.replace(task.scope, " ").replace(task.topic, " ").strip(" :;,")
    if added.startswith(f"{section.heading}: "):  # a section named after its source differs by what it is asked
        section, added = replace(section, heading=""), added.removeprefix(f"{section.heading}: ")
    if not added:
        return [section.heading]
    things = [t.strip() for t in re.split(r"[,;:] ", added) if t.strip()]
    return [f"{section.heading}: {added}".removeprefix(": "), *things]
