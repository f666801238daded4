"""From a chosen sentence to a statement: the source's words, its name, and nouns for bare pronouns."""

from __future__ import annotations

import re
from collections.abc import Callable

from rag.extractive.candidates import Candidate
from rag.labels import attribution, frame_label
from rag.text import sentence_spans
from rag.types import DraftQuote, DraftStatement, StatementKind

_PRONOUN = re.compile(r"^(It|They|He|She|Its|Their|His|Her)\b(?!\s+is\s+(?:not\s+)?(?:\w+\s+){0,2}(?:that|to)\b)")
_POSSESSIVE = frozenset({"Its", "Their", "His", "Her"})
_SUBJECT = re.compile(
    r"^(?:(?:In|On|At|For|After|Since|By|During)\s[^,]{3,60},\s+)?"
    r"(?P<np>(?:The\s|the\s)?(?:[A-Z][\w'’.-]*|of|and|for|al|in|[a-z]+(?=\s[A-Z]))"
    r"(?:\s(?:[A-Z][\w'’.-]*|of|and|for|al|the|in(?=\s[A-Z])|[A-Z]{2,})){0,6})"
    r"(?=\s+(?:is|are|was|were|has|have|had|will|would|may|might|could|can|plays?|[a-z]+(?:s|ed))\b)"
)
_BARE = frozenset(
    """It They He She This That These Those There In On At For After Since By During The A An As If While
    However Moreover Furthermore Additionally And But Or""".split()
)


def statement(candidate: Candidate, text_of: Callable[[str], str], *, grouped: bool) -> DraftStatement:
    """A verbatim statement with its quote; a bare pronoun at its head gets its noun in brackets."""
    meta = candidate.hit.document.metadata
    return DraftStatement(
        text=_with_noun(candidate, text_of),
        quotes=(quote_of(candidate),),
        kind=StatementKind.QUOTED,
        attribution=attribution(meta),
        group=frame_label(meta) if grouped else None,
    )


def quote_of(candidate: Candidate) -> DraftQuote:
    """The whole sentence, by its offsets."""
    return DraftQuote(
        passage_id=candidate.hit.passage.id,
        quote=candidate.text,
        start=candidate.sentence.start,
        end=candidate.sentence.end,
    )


def _with_noun(candidate: Candidate, text_of: Callable[[str], str]) -> str:
    match = _PRONOUN.match(candidate.text)
    if not match:
        return candidate.text
    noun = antecedent(text_of(candidate.document_id), candidate.sentence.start)
    if noun is None or noun in candidate.text:
        return candidate.text
    pronoun = match.group(1)
    possessive = "'" if noun.endswith("s") else "'s"
    inserted = noun + possessive if pronoun in _POSSESSIVE else noun
    return f"[{inserted}]{candidate.text[match.end():]}"


def antecedent(text: str, start: int) -> str | None:
    """The subject of the sentence before ``start`` in the same paragraph, when it is a plain name.

    >>> antecedent("UNAMI is a mission. It has 648 employees.", 20)
    'UNAMI'
    """
    paragraph = text[text.rfind("\n", 0, start) + 1 : start]
    spans = sentence_spans(paragraph)
    if not spans:
        return None
    before = paragraph[spans[-1][0] : spans[-1][1]]
    match = _SUBJECT.match(before)
    if not match:
        return None
    noun = match["np"].strip()
    return None if noun.split()[0] in _BARE and len(noun.split()) == 1 else noun
