"""Source notes: what each document says of itself, and what it leaves unsaid."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence

from rag.labels import attribution, frame_label, readable_date, source_name
from rag.memo.languages import say
from rag.types import (
    BalanceRow,
    Citation,
    DocumentInfo,
    DraftQuote,
    DraftStatement,
    Hit,
    Passage,
    SourceNote,
    Statement,
    StatementKind,
)

_KINDS = (
    ("university", r"universit|college|faculty"),
    ("ministry or authority", r"ministr|department of|directorate|authority|agency|commission|government"),
    ("parliament", r"parliament|senate|house of"),
    ("international organisation", r"united nations|world bank|nato|european union|monetary fund"),
    ("research centre", r"cent(?:er|re)\b"),
    ("institute", r"institut"),
    ("council or foundation", r"council|foundation|trust|association"),
    ("news organisation", r"news|times|post|press|agency|herald|gazette|al jazeera|reuters"),
)
_SELF = re.compile(
    r"\b(?:th(?:is|e) (?:present )?(?:research article|study|paper|article|report|research|analysis|essay)|"
    r"the author|we)\b(?:\s+\w+){0,2}?\s+(?:examin|investigat|evaluat|analy[sz]|aims?|explor|discuss|"
    r"conclud|argu|assess|address|attempt|deal|focus|see|seek|rel(?:y|ies))\w*|"
    r"\bdealing with probabilit|\bviews expressed\b",
    re.IGNORECASE,
)
LONGEST = 60


def kind_of(info: DocumentInfo) -> str | None:
    """The kind of institution by the publisher's own name; None when the name does not say."""
    name = (info.metadata.publisher or "").casefold()
    return next((kind for kind, pattern in _KINDS if re.search(pattern, name)), None)


def about_itself(info: DocumentInfo, passages: Sequence[Passage]) -> tuple[DraftStatement, Hit] | None:
    """The first sentence in which a document says what it does or how sure it is."""
    for passage in passages:
        for sentence in passage.sentences:
            start, end = sentence.start - passage.start, sentence.end - passage.start
            text = passage.text[start:end]
            if not _SELF.search(text) or not 6 <= len(text.split()) <= LONGEST:
                continue
            hit = Hit(passage=passage, document=info, score=0.0)
            quote = DraftQuote(passage_id=passage.id, quote=text, start=sentence.start, end=sentence.end)
            draft = DraftStatement(
                text=f"{frame_label(info.metadata)}: “{text}”",
                quotes=(quote,),
                kind=StatementKind.QUOTED,
                attribution=attribution(info.metadata),
            )
            return draft, hit
    return None


def remarks(info: DocumentInfo, language: str = "en") -> tuple[str, ...]:
    """What a reader should know of a source, from its own metadata."""
    meta = info.metadata
    found = []
    if meta.authors:
        role = f" ({meta.role})" if meta.role else ""
        found.append(say("Author: {names}.", language, names=f"{', '.join(meta.authors)}{role}"))
    else:
        found.append(say("No author is named.", language))
    if meta.series:
        found.append(say("Series: {name}.", language, name=meta.series))
    if meta.translator:
        found.append(say("Translated by {name}.", language, name=meta.translator))
    if not meta.publisher:
        found.append(say("The document names no publisher.", language))
    if not meta.published:
        found.append(say("The document bears no date.", language))
    elif meta.published_note:
        found.append(say("The date is taken from the {note}.", language, note=meta.published_note))
    if meta.note:
        found.append(meta.note if meta.note.endswith(".") else f"{meta.note[:1].upper()}{meta.note[1:]}.")
    return tuple(found)


def source_notes(
    sources: Sequence[DocumentInfo],
    citations: Sequence[Citation],
    own_words: Callable[[DocumentInfo], tuple[Statement, ...]],
    language: str = "en",
) -> tuple[SourceNote, ...]:
    """A note for each source, with its share of the citations."""
    counted = Counter(c.document_id for c in citations)
    total = sum(counted.values()) or 1
    return tuple(
        SourceNote(
            document_id=info.id,
            label=frame_label(info.metadata),
            publisher=info.metadata.publisher,
            kind=kind_of(info),
            date=readable_date(info.metadata.published) or "undated",
            remarks=remarks(info, language),
            statements=own_words(info),
            share=counted[info.id] / total,
        )
        for info in sources
    )


def balance(citations: Sequence[Citation], sources: Sequence[DocumentInfo]) -> tuple[BalanceRow, ...]:
    """Citations by publisher (by author or title where there is none), most first."""
    names = {s.id: s.metadata.publisher or source_name(s.metadata) for s in sources}
    counted = Counter(names.get(c.document_id, c.document_id) for c in citations)
    total = sum(counted.values()) or 1
    return tuple(
        BalanceRow(publisher=name, citations=n, share=n / total)
        for name, n in sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    )
