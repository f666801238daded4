"""For a task that compares the reports: their positions side by side, and what tells how far each can be trusted."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from rag.extractive.pointing import hangs
from rag.labels import attribution, frame_label
from rag.memo.assemble import MemoWriter, words_of
from rag.memo.notes import about_itself
from rag.memo.sentence import LOADED
from rag.ports import Library
from rag.types import (
    Citation,
    Disagreement,
    DocumentInfo,
    DraftQuote,
    DraftStatement,
    Hit,
    MemoSection,
    Outline,
    Passage,
    SectionRole,
    Statement,
    StatementKind,
)

LONGEST = 45
"""Longest sentence in words that is quoted for its choice of words."""
_CONTINUES = re.compile(r"(?:However|But|Yet|These|This|Those|That|Such|It|They)\b")


class Comparison:
    """Writes the sections of a comparison, within the words that the memo has left."""

    def __init__(self, writer: MemoWriter, library: Library, outline: Outline, room: int) -> None:
        self._writer = writer
        self._library = library
        self._outline = outline
        self._room = room

    def sections(
        self,
        sections: Sequence[MemoSection],
        disagreements: Sequence[Disagreement],
        documents: Sequence[DocumentInfo],
    ) -> tuple[MemoSection, ...]:
        """The memo's sections with those of the comparison at their places in the outline.

        Args:
            documents: whose standing is described.
        """
        labels = {d.id: frame_label(d.metadata) for d in documents}
        kept = list(sections)
        if disagreements:  # first, so that what it takes is left out of the room
            kept = [self._headline(s, _heaviest(disagreements), labels) for s in kept]
        made: dict[SectionRole, list[Statement]] = {
            SectionRole.DISAGREEMENT: self._positions(disagreements, labels),
            SectionRole.STANDING: self._standing(documents),
        }
        found: dict[tuple[str, SectionRole], MemoSection] = {(s.heading, s.role): s for s in kept}
        for planned in self._outline.sections:
            statements = made.get(planned.role, [])
            if statements:
                found[planned.heading, planned.role] = MemoSection(
                    heading=planned.heading,
                    statements=tuple(statements),
                    role=planned.role,
                    question=planned.question,
                )
        order = {(s.heading, s.role): n for n, s in enumerate(self._outline.sections)}
        return tuple(sorted(found.values(), key=lambda s: order.get((s.heading, s.role), len(order))))

    def _headline(
        self, section: MemoSection, item: Disagreement, labels: Mapping[str, str]
    ) -> MemoSection:
        """The bottom line of a comparison is its weightiest disagreement, both sides in one statement."""
        if section.role is not SectionRole.BOTTOM_LINE:
            return section
        cited = self._cited()
        sides = [(labels.get(p.document_id), cited.get(p.citations[0])) for p in item.positions[:2]]
        parts = [f"{label}: “{c.quote}”" for label, c in sides if label and c]
        if len(parts) < 2:
            return section
        stated = self._writer.statement(
            DraftStatement(
                text=" But ".join(parts),
                quotes=tuple(_quote(c) for _, c in sides if c),
                kind=StatementKind.QUOTED,
            )
        )
        if stated is None:
            return section
        more = words_of(stated) - sum(words_of(s) for s in section.statements)
        if more > self._room:
            return section
        self._room -= more
        return replace(section, statements=(stated,))

    def _positions(
        self, disagreements: Sequence[Disagreement], labels: Mapping[str, str]
    ) -> list[Statement]:
        cited = self._cited()
        found: list[Statement] = []
        for item in disagreements:
            sides: list[Statement] = []
            for position in item.positions:
                citation, label = cited.get(position.citations[0]), labels.get(position.document_id)
                if citation and label:
                    sides += self._stated(label, citation.quote, _quote(citation), None, item.about)
            if len(sides) > 1 and self._fits(sides):
                found += sides
        return found

    def _standing(self, documents: Sequence[DocumentInfo]) -> list[Statement]:
        found: list[Statement] = []
        for info in documents:
            label, said = frame_label(info.metadata), attribution(info.metadata)
            passages = self._library.document_passages(info.id)
            own: list[Statement] = []
            for passage, start, end in _most_loaded(passages):
                own += self._stated(label, *self._quoted(info, passage, start, end), said, label)
            about = about_itself(info, passages)
            if about is not None:
                proposed, hit = about
                self._writer.extend([hit])
                stated = self._writer.statement(replace(proposed, group=label))
                own += [stated] if stated else []
            if own and self._fits(own):
                found += own
        return found

    def _quoted(self, info: DocumentInfo, passage: Passage, start: int, end: int) -> tuple[str, DraftQuote]:
        text = passage.text[start - passage.start : end - passage.start]
        self._writer.extend([Hit(passage=passage, document=info, score=0.0)])
        return text, DraftQuote(passage_id=passage.id, quote=text, start=start, end=end)

    def _stated(
        self, label: str, text: str, quote: DraftQuote, said: str | None, group: str
    ) -> list[Statement]:
        proposed = DraftStatement(
            text=f"{label}: “{text}”", quotes=(quote,), kind=StatementKind.QUOTED, attribution=said, group=group
        )
        stated = self._writer.statement(proposed)
        return [stated] if stated else []

    def _fits(self, statements: Sequence[Statement]) -> bool:
        words = sum(words_of(s) for s in statements)
        if words > self._room:
            return False
        self._room -= words
        return True

    def _cited(self) -> dict[int, Citation]:
        return {c.number: c for c in self._writer.verifier.citations}


def _heaviest(items: Sequence[Disagreement]) -> Disagreement:
    """The disagreement that a reader must know first: of judgement rather than of figures, in whole and short words."""

    def lightness(item: Disagreement) -> tuple[bool, bool, int]:
        said = [p.claim.rstrip() for p in item.positions[:2]]
        return item.axis != "judgement", any(_partial(s) for s in said), max(map(len, said))

    return min(items, key=lightness)


def _partial(text: str) -> bool:
    """True for words that announce others, or point at them."""
    return text.endswith((":", ";")) or _CONTINUES.match(text) is not None or hangs(text)


def _quote(citation: Citation) -> DraftQuote:
    return DraftQuote(
        passage_id=citation.passage_id, quote=citation.quote, start=citation.start, end=citation.end
    )


def _most_loaded(passages: Sequence[Passage]) -> list[tuple[Passage, int, int]]:
    """The sentence with the most words that take a side; the first of equals."""
    best: tuple[int, Passage, int, int] | None = None
    for passage in passages:
        for sentence in passage.sentences:
            text = passage.text[sentence.start - passage.start : sentence.end - passage.start]
            many = len({m.lower() for m in re.findall(LOADED, text)})
            if many > (best[0] if best else 0) and 6 <= len(text.split()) <= LONGEST and text[:1].isupper():
                best = (many, passage, sentence.start, sentence.end)
    return [best[1:]] if best else []
