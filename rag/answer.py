"""The spine: a draft goes in, a verified answer comes out.

Whatever a writer says passes through :class:`Verifier`: its quotes are found in the stored text, the
statement is judged by :mod:`rag.support`, and what cannot be proved is dropped (no quote stands) or
flagged (the quotes are real but do not carry the statement).  A verifier that errs counts as a failure.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

from rag.citations import Located, NotFound, Numbering, QuoteFinder, make_citation
from rag.labels import attribution as source_attribution
from rag.support import Evidence, check
from rag.types import (
    Citation,
    Disagreement,
    Draft,
    DraftDisagreement,
    DraftRefusal,
    DraftStatement,
    Hit,
    Position,
    Refusal,
    Statement,
    Support,
)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What is left of a draft after verification."""

    statements: tuple[Statement, ...]
    citations: tuple[Citation, ...]
    disagreements: tuple[Disagreement, ...]
    dropped: int
    problems: tuple[str, ...]


class Verifier:
    """Verifies the statements of one answer; numbers run on from call to call.

    Args:
        hits: the passages the writer was given; nothing else may be cited.
        text_of: the document text for a document id.
    """

    def __init__(self, hits: tuple[Hit, ...], text_of: Callable[[str], str]) -> None:
        self._text_of = cache(text_of)  # one version of each text for the whole answer
        self._finder = QuoteFinder(hits, self._text_of)
        self._numbering = Numbering()
        self.dropped = 0
        self.problems: list[str] = []
        self.further: dict[str, Hit] = {}
        """Passages by id that statements brought with them."""

    @property
    def citations(self) -> tuple[Citation, ...]:
        """The citations numbered so far."""
        return tuple(self._numbering.citations)

    def admit(self, hits: tuple[Hit, ...]) -> None:
        """Lets further passages be cited; the numbering runs on."""
        self._finder.admit(hits)

    def statement(self, draft: DraftStatement) -> Statement | None:
        """The verified or flagged statement, or None when nothing proves it (counted as dropped)."""
        if draft.further:
            self.admit(draft.further)
            self.further.update({h.passage.id: h for h in draft.further})
        found, problems = self._locate(draft)
        if not found:
            self.dropped += 1
            self.problems.append(f"{draft.text!r}: {'; '.join(problems) or 'no quote was given'}")
            return None
        verdict_problems = self._judge(draft, found)
        problems += verdict_problems
        if problems:
            self.problems.append(f"{draft.text!r}: {'; '.join(problems)}")
        return Statement(
            text=draft.text,
            citations=tuple(dict.fromkeys(self._numbering.number(f) for f in found)),
            kind=draft.kind,
            support=Support.FLAGGED if verdict_problems else Support.VERIFIED,
            attribution=draft.attribution or source_attribution(found[0].document.metadata),
            group=draft.group,
            listed=draft.listed,
            problems=tuple(verdict_problems),
        )

    def disagreement(self, draft: DraftDisagreement) -> Disagreement | None:
        """A disagreement whose every side is quoted; None when fewer than two sides stand.

        A position is shown under the name of its source, so that "we" and "our" in it have an owner.
        """
        positions: list[Position] = []
        for side in draft.positions:
            statement = DraftStatement(text=side.claim, quotes=side.quotes)
            found, _ = self._locate(statement)
            found = [f for f in found if f.document.id == side.document_id]
            if not found:
                continue
            owned = replace(statement, attribution=source_attribution(found[0].document.metadata))
            if self._judge(owned, found):
                continue
            numbers = tuple(dict.fromkeys(self._numbering.number(f) for f in found))
            positions.append(
                Position(document_id=side.document_id, claim=side.claim, citations=numbers)
            )
        if len(positions) < 2:
            return None
        return Disagreement(about=draft.about, axis=draft.axis, positions=tuple(positions))

    def refusal(self, draft: DraftRefusal) -> Refusal:
        """A refusal whose nearest evidence is quoted from the stored text."""
        nearest: list[Citation] = []
        for claimed in draft.nearest:
            located = self._finder.locate(claimed)
            if isinstance(located, Located):
                nearest.append(make_citation(located, len(nearest) + 1))
        return Refusal(reason=draft.reason, missing=draft.missing, nearest=tuple(nearest))

    def _locate(self, draft: DraftStatement) -> tuple[list[Located], list[str]]:
        found: list[Located] = []
        problems: list[str] = []
        for claimed in draft.quotes:
            located = self._finder.locate(claimed)
            if isinstance(located, NotFound):
                problems.append(located.reason)
            else:
                found.append(located)
        return found, problems

    def _judge(self, draft: DraftStatement, found: list[Located]) -> list[str]:
        try:
            evidence = [evidence_of(f, self._context(f)) for f in found]
            verdict = check(draft.text, evidence, attribution=draft.attribution)
        except Exception as error:  # fail closed: an unverifiable statement is not a verified one
            _log.exception("verification failed")
            return [f"verification failed: {type(error).__name__}"]
        if verdict.supported:
            return []
        return list(verdict.problems) or ["the quotes do not support the statement"]

    def _context(self, found: Located) -> str:
        """The stored sentence(s) around a quote, so that a cut that changes the sense is seen."""
        text = self._text_of(found.document.id)
        for sentence in found.passage.sentences:
            if sentence.start <= found.start and found.end <= sentence.end:
                return text[sentence.start : sentence.end]
        return found.text


def evidence_of(found: Located, context: str | None = None) -> Evidence:
    """A located quote as the checker wants it."""
    return Evidence(
        quote=found.text,
        metadata=found.document.metadata,
        context=context,
        section=found.passage.section,
        document_id=found.document.id,
    )


def verify(draft: Draft, verifier: Verifier) -> Verified:
    """Verifies a whole draft in order."""
    statements = [s for d in draft.statements if (s := verifier.statement(d)) is not None]
    disagreements = [d for x in draft.disagreements if (d := verifier.disagreement(x)) is not None]
    return Verified(
        statements=tuple(statements),
        citations=verifier.citations,
        disagreements=tuple(disagreements),
        dropped=verifier.dropped,
        problems=tuple(verifier.problems),
    )


def render(statements: tuple[Statement, ...], refusal: Refusal | None) -> str:
    """The answer as one text with markers like ``[1][2]``; groups become paragraphs with a heading, lists lines."""
    if refusal is not None:
        parts = [refusal.reason]
        if refusal.missing:
            parts.append("Not found: " + "; ".join(refusal.missing) + ".")
        return " ".join(parts)
    lines: list[str] = []
    group: str | None = None
    listed = False
    for statement in statements:
        text = statement.text + "".join(f"[{n}]" for n in statement.citations)
        if statement.support is Support.FLAGGED:
            text += " (not verified)"
        if statement.group != group and statement.group:
            lines.append(f"{statement.group}: {text}")
        elif statement.listed:
            lines.append(f"- {text}")
        elif lines and statement.group == group and not listed:
            lines[-1] += " " + text
        else:
            lines.append(text)
        group, listed = statement.group, statement.listed
    return "\n".join(lines)
