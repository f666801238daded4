"""From a chosen sentence to a statement: the source's words, its name, and nouns for bare pronouns."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

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
_OPENING = re.compile(
    r"(?:However|Moreover|Furthermore|Additionally|In addition|Besides|Also|Meanwhile|Indeed|In fact|Notably|"
    r"Consequently|Accordingly|Therefore|Thus|Hence|Similarly|Likewise|Nevertheless|Nonetheless|"
    r"In this (?:context|regard|respect)|On the other hand|On (?:the )?one hand|For (?:example|instance)),\s+(?=\w)"
)
_NUMBER = re.compile(r"^\(?\d{1,2}[.)]\s*(?=[^\W\d])")
MIN_LEFT = 24
"""Characters that must be left of a sentence whose opening is dropped."""
_ADJECTIVE = re.compile(r"(?:^|\s)[A-Z]\w*(?:ish|ian|ese|can|[rq]i|ni|ic|ite|al|tional)$")
_PLURAL = re.compile(r"\s[a-z]+s(?=\s+(?:do|are|were|have|had|will|would|may|might|could|can|also|\w+ly|[a-z]+)\b)")
"""What an adjective at the head belongs to: ``Kurdish politicians do …``."""
_BARE = frozenset(
    """It They He She This That These Those There In On At For After Since By During The A An As If While
    However Moreover Furthermore Additionally And But Or""".split()
)


def statement(
    candidate: Candidate,
    text_of: Callable[[str], str],
    *,
    grouped: bool,
    listed: bool = False,
    given: bool = True,
) -> DraftStatement:
    """A verbatim statement with its quote; a bare pronoun at its head gets its noun in brackets.

    Args:
        listed: it is an item of a list.
        given: whether its passage is one the search gave; otherwise it is handed over with the statement.
    """
    meta = candidate.hit.document.metadata
    return DraftStatement(
        text=_with_noun(candidate, text_of) + (" …" if candidate.cut else ""),
        quotes=(quote_of(candidate),),
        kind=StatementKind.QUOTED,
        attribution=attribution(meta),
        group=frame_label(meta) if grouped else None,
        listed=listed,
        further=() if given else (candidate.hit,),
    )


def without_opening(candidate: Candidate, *, follows: bool) -> Candidate:
    """The sentence without what ties it to the words before it: its number, a heading that runs into it and,
    unless it ``follows`` the sentence shown before it, an opening word such as "Moreover"."""
    text = candidate.text
    at = 0
    number = _NUMBER.match(text)
    if number and not candidate.features.reference:
        at = number.end()
    if not candidate.item:
        at += _heading(text[at:], candidate.hit.passage.section)
    opening = _OPENING.match(text, at)
    if opening and not follows:
        at = opening.end()
    if not at or len(text) - at < MIN_LEFT:
        return candidate
    left = text[at:]
    return replace(
        candidate,
        text=left,
        sentence=replace(candidate.sentence, start=candidate.sentence.start + at),
        word_count=len(left.split()),
    )


def _heading(text: str, section: Sequence[str]) -> int:
    """Length of a heading of the document that runs into the sentence, or 0."""
    colon = text.find(": ")
    head = text[: max(colon, 0)].strip(" .").casefold()
    return colon + 2 if head and any(_NUMBER.sub("", t).strip(" :.").casefold() == head for t in section) else 0


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
        return candidate.text if candidate.item else candidate.text[:1].upper() + candidate.text[1:]
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
    if _ADJECTIVE.search(noun):
        plural = _PLURAL.match(before, match.end("np"))
        return noun + plural.group() if plural else None
    alone = len(noun.split()) == 1
    return None if alone and (noun in _BARE or not _is_name(noun, text)) else noun


def _is_name(word: str, text: str) -> bool:
    """Whether a word at the head of a sentence is a name: it is written with a capital inside a sentence, too."""
    return word.isupper() or bool(re.search(rf"[a-z,;]\s{re.escape(word)}\b", text))
