"""From chosen sentences to statements: whole thoughts, named by source, in the source's own words."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from rag.extractive.candidates import Candidate
from rag.extractive.frame import antecedent
from rag.labels import attribution, frame_label
from rag.types import DraftQuote, DraftStatement, Passage, StatementKind

_LEANING = re.compile(
    r"^(?:This|These|That|Those|Such|Here|There(?:fore|by)|Thus|Hence|Consequently|As a result|Accordingly|"
    r"It (?:also|then|therefore)|The (?:former|latter)|Both|In this|In these|In that|In such|For this|"
    r"To this end|Similarly|Likewise|Conversely|On the other hand|Nevertheless|Nonetheless|Otherwise|"
    r"The same|Another|Other|First|Second|Third|Finally|Instead|Rather|Yet|But|And|So|Or|"
    r"هذا|هذه|ذلك|تلك|كما|ولذلك|لذلك)\b"
)
_CONNECTIVE = re.compile(
    r"^(?:However|Moreover|Furthermore|Additionally|In addition|Besides|Also|Meanwhile|Indeed|In fact|"
    r"Notably|Importantly|Overall|Generally|In general|Ultimately|In conclusion|For example|For instance|"
    r"Specifically),\s+(?=[A-Z\"“0-9$€£])"
)
_PRONOUN = re.compile(r"^(?:It|They|He|She|Its|Their|His|Her|We|Our|I)\b")
_IMPERSONAL = re.compile(r"^It (?:is|was|can|may|must|should|seems|appears)\b[^.]{0,40}\b(?:that|to)\b")
_POSSESSIVE = frozenset({"Its", "Their", "His", "Her"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Extract:
    """A stretch of one passage that reads by itself: one sentence, or one with the sentence before it."""

    candidate: Candidate
    start: int
    end: int
    text: str
    noun: str | None = None

    @property
    def words(self) -> int:
        """Words that it takes, its frame included."""
        frame = frame_label(self.candidate.hit.document.metadata)
        return len(self.text.split()) + len(frame.split())


def extract(candidate: Candidate, text_of: Callable[[str], str], *, longest: int) -> Extract | None:
    """The candidate as something that reads by itself, or None when it cannot.

    A sentence that leans on the one before it ("This would …") takes it along, when both fit into
    ``longest`` words; an empty connective at its head ("However, ") is left out of the quote.
    """
    if len(candidate.text.split()) > longest or _broken(candidate.text):
        return None
    start, end = candidate.sentence.start, candidate.sentence.end
    text = text_of(candidate.document_id)
    connective = _CONNECTIVE.match(candidate.text)
    if connective:
        start += connective.end()
        return Extract(candidate=candidate, start=start, end=end, text=text[start:end])
    if _PRONOUN.match(candidate.text) and not _IMPERSONAL.match(candidate.text):
        noun = antecedent(text, start)
        if noun is not None and candidate.text.split()[0] not in ("We", "Our", "I"):
            return Extract(candidate=candidate, start=start, end=end, text=text[start:end], noun=noun)
        return _with_before(candidate, text, longest)
    if _LEANING.match(candidate.text):
        return _with_before(candidate, text, longest)
    return Extract(candidate=candidate, start=start, end=end, text=candidate.text)


def _broken(text: str) -> bool:
    """A heading, a stump that a line break left, an unpaired quotation: no sentence to send."""
    if text.rstrip().endswith((":", ",", "—", "–", "(")) or text[:1].islower():
        return True
    opened, closed = text.count("“") + text.count("("), text.count("”") + text.count(")")
    return opened != closed or text.count('"') % 2 == 1


def _with_before(candidate: Candidate, text: str, longest: int) -> Extract | None:
    before = previous(candidate.hit.passage, candidate.sentence.start)
    if before is None:
        return None
    start, end = before, candidate.sentence.end
    both = text[start:end]
    first = both.splitlines()[0]
    if "\n" in both.strip() or len(both.split()) > longest:
        return None
    if _LEANING.match(first) or _PRONOUN.match(first) or _broken(both):
        return None
    return Extract(candidate=candidate, start=start, end=end, text=both)


def previous(passage: Passage, start: int) -> int | None:
    """Where the sentence before the one at ``start`` begins, in the same passage."""
    starts = [s.start for s in passage.sentences]
    at = starts.index(start) if start in starts else -1
    return starts[at - 1] if at > 0 else None


def quote_of(item: Extract) -> DraftQuote:
    """The stretch by its offsets."""
    return DraftQuote(
        passage_id=item.candidate.hit.passage.id, quote=item.text, start=item.start, end=item.end
    )


def body_of(item: Extract) -> str:
    """The words as shown between quote marks; a bare pronoun at the head gives way to its noun."""
    if item.noun is None or item.noun in item.text:
        return item.text
    pronoun, _, rest = item.text.partition(" ")
    possessive = ("'" if item.noun.endswith("s") else "'s") if pronoun in _POSSESSIVE else ""
    return f"[{item.noun}{possessive}] {rest}"


def draft(item: Extract, *, group: str | None = None) -> DraftStatement:
    """``Source (date): “…”`` with its quote."""
    meta = item.candidate.hit.document.metadata
    return DraftStatement(
        text=f"{frame_label(meta)}: “{body_of(item)}”",
        quotes=(quote_of(item),),
        kind=StatementKind.QUOTED,
        attribution=attribution(meta),
        group=group,
    )
