"""Document to passages: whole sentences of one section, inside the embedding model's window.

``passage.text == document.text[start:end]``, always.  A heading belongs to the passage that follows
it; a list begins with the sentence that introduces it where both fit; a sentence longer than the
window is cut at clause boundaries into passages of its own, so nothing is ever cut off silently.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ingest.assemble import Assembled, Span
from ingest.blocks import BlockKind
from ingest.words import ends_open
from rag.text import sentence_spans
from rag.types import Document, PageSpan, Passage, PassageKind, Sentence

CHUNKING_VERSION = "1"
CHARACTERS_PER_TOKEN = 24  # a word without end is one token to some tokenizers; here it counts by length

CountTokens = Callable[[Sequence[str]], list[int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkSettings:
    """All that tunes passages.

    ``target_tokens`` is where a passage is full (it may be exceeded by a heading or introduction, never
    the window); ``least_tokens`` is what a passage should have before a new paragraph starts another;
    ``overlap_sentences`` are repeated from the passage before, within one section.
    """

    target_tokens: int = 150
    least_tokens: int = 80
    overlap_sentences: int = 0
    max_prefix_tokens: int = 64

    @property
    def fingerprint(self) -> str:
        """Names the way passages are made; another value means another set of passages."""
        return (
            f"chunk-{CHUNKING_VERSION}/{self.target_tokens}/{self.least_tokens}/"
            f"{self.overlap_sentences}/{self.max_prefix_tokens}"
        )


DEFAULT_CHUNKING = ChunkSettings()


@dataclass(slots=True)
class _Unit:
    """One sentence with its list marker, or a heading line, or a piece of an over-long sentence."""

    start: int
    end: int
    tokens: int
    block: int
    heading: bool = False
    introduces: bool = False


def prefix_of(title: str, section: Sequence[str]) -> str:
    """What a passage is embedded with: ``title › section › sub-section`` and a line break."""
    return " › ".join((title, *section)) + "\n"


def fitted_prefix(
    title: str, section: Sequence[str], count: CountTokens, settings: ChunkSettings = DEFAULT_CHUNKING
) -> str:
    """The prefix, shortened from the outside in until it leaves the passage its room."""
    choices = [prefix_of(title, section)]
    if section:
        choices += [prefix_of(title, section[-1:]), " › ".join(section[-1:]) + "\n"]
    for choice in choices:
        if count([choice])[0] <= settings.max_prefix_tokens:
            return choice
    words = choices[-1].split()
    while words and count([" ".join(words)])[0] > settings.max_prefix_tokens:
        words = words[: int(len(words) * 0.8)]
    return " ".join(words) + "\n" if words else ""


def chunk(
    assembled: Assembled,
    *,
    max_tokens: int,
    count_tokens: CountTokens,
    settings: ChunkSettings = DEFAULT_CHUNKING,
) -> list[Passage]:
    """Passages in reading order.

    Args:
        max_tokens: the model's window without special tokens; prefix and passage share it.
        count_tokens: tokens of each text, as the model counts them.
    """
    document = assembled.document
    leading = _leading(document.text, assembled.layout)
    front = assembled.layout[leading].start if leading else 0
    spans: list[tuple[int, int, Span]] = []
    for group in _groups(assembled.layout, leading):
        body = group[-1]
        prefix = fitted_prefix(document.metadata.title, body.section, count_tokens, settings)
        limit = max(16, max_tokens - count_tokens([prefix])[0])
        units = _units(document.text, group, limit, count_tokens, front)
        parts = list(_packed(units, min(settings.target_tokens, limit), limit, settings))
        for part in _without_scraps(parts, limit, settings):
            for piece in _checked(document.text, part, limit, count_tokens):
                spans.append((piece[0].start, piece[-1].end, body))
    ordered = sorted(spans, key=lambda s: (s[0], s[1]))
    return [_passage(document, n, *span) for n, span in enumerate(ordered)]


def _groups(layout: Sequence[Span], leading: int) -> Iterator[list[Span]]:
    """Blocks that may share a passage: one section, one kind of matter; headings lead their body."""
    group: list[Span] = []
    for n, span in enumerate(layout):
        if n > leading and group and not _together(group, span):
            yield group
            group = []
        group.append(span)
        if span.kind is BlockKind.NOTE:
            yield group  # a note is a passage of its own
            group = []
    if group:
        yield group


def _leading(text: str, layout: Sequence[Span]) -> int:
    """How many spans at the top (title, byline, role) lead the first body block, as a heading does."""
    count = 0
    for span in layout:
        if span.kind not in (BlockKind.HEADING, BlockKind.PARAGRAPH) or span.end - span.start > _FRONT_LINE:
            break
        if span.end > _FRONT_LENGTH or not ends_open(text[span.start : span.end]):
            break
        count += 1
    return count if count < len(layout) and layout[count].kind is not BlockKind.NOTE else 0


_FRONT_LINE = 180
_FRONT_LENGTH = 400


def _together(group: Sequence[Span], span: Span) -> bool:
    last = group[-1]
    if all(s.kind is BlockKind.HEADING for s in group):
        return True
    if span.kind is BlockKind.HEADING:
        return False
    return last.section == span.section and _matter(last) == _matter(span)


def _matter(span: Span) -> str:
    if span.kind is BlockKind.NOTE:
        return "note"
    return "table" if span.kind is BlockKind.TABLE_ROW else "body"


# --------------------------------------------------------------------------- units


def _units(text: str, group: Sequence[Span], limit: int, count: CountTokens, front: int) -> list[_Unit]:
    units: list[_Unit] = []
    for number, span in enumerate(group):
        ends = [end for _, end in sentence_spans(text[span.start : span.end], span.start)] or [span.end]
        ends[-1] = span.end
        start = span.start
        for end in ends:
            while start < end and text[start].isspace():
                start += 1
            if start < end:
                units.append(_Unit(start, end, 0, number, heading=span.kind is BlockKind.HEADING or span.start < front))
            start = end
        follows = group[number + 1] if number + 1 < len(group) else None
        if (
            units
            and follows is not None
            and follows.kind is BlockKind.LIST_ITEM
            and (span.kind is not BlockKind.LIST_ITEM)
        ):
            units[-1].introduces = True
    _weigh(text, units, count)
    return [piece for unit in units for piece in _cut(text, unit, limit, count)]


def _weigh(text: str, units: Sequence[_Unit], count: CountTokens) -> None:
    for unit, tokens in zip(units, count([text[u.start : u.end] for u in units]), strict=True):
        unit.tokens = max(tokens, (unit.end - unit.start) // CHARACTERS_PER_TOKEN)


_CLAUSE = re.compile(r"(?<=[;:؛])\s+|(?<=[,،—–])\s+|\s+(?=[—–(])")
_GAP = re.compile(r"\s+")


def _cut(text: str, unit: _Unit, limit: int, count: CountTokens) -> list[_Unit]:
    """An over-long sentence in pieces that fit: at clauses, else at words, else anywhere."""
    if unit.tokens <= limit:
        return [unit]
    middle = (unit.start + unit.end) // 2
    left, right = middle, middle
    for pattern in (_CLAUSE, _GAP):
        places = [
            m.span()
            for m in pattern.finditer(text, unit.start + 1, unit.end - 1)
            if unit.start < m.start() and m.end() < unit.end
        ]
        if places:
            left, right = min(places, key=lambda span: abs(span[0] - middle))
            break
    if not unit.start < left <= right < unit.end:
        return [unit]
    halves = [
        _Unit(unit.start, left, 0, unit.block, unit.heading),
        _Unit(right, unit.end, 0, unit.block, unit.heading, unit.introduces),
    ]
    _weigh(text, halves, count)
    return [piece for half in halves for piece in _cut(text, half, limit, count)]


# --------------------------------------------------------------------------- packing


def _packed(units: Sequence[_Unit], target: int, limit: int, settings: ChunkSettings) -> Iterator[list[_Unit]]:
    """Greedy, in order: full passages, broken at paragraphs where that leaves them large enough."""
    current: list[_Unit] = []
    for unit in units:
        size = sum(u.tokens for u in current)
        bare = all(u.heading for u in current)
        fits = size + unit.tokens <= (limit if bare or _only_intro(current) else target)
        new_paragraph = bool(current) and unit.block != current[-1].block
        enough = size >= settings.least_tokens and new_paragraph and size + unit.tokens > 0.8 * target
        if (current and not bare and (not fits or enough)) or (size + unit.tokens > limit and current):
            carried = _carry(current, unit, limit)
            done = current[: len(current) - len(carried)]
            yield done
            overlap = _overlap(done, carried, unit, target, settings)
            current = [*overlap, *carried]
        current.append(unit)
    if current:
        yield current


def _without_scraps(parts: Sequence[list[_Unit]], limit: int, settings: ChunkSettings) -> list[list[_Unit]]:
    """A scrap at the end of a section joins the passage before it where the window allows."""
    found: list[list[_Unit]] = []
    for part in parts:
        size = sum(u.tokens for u in part)
        before = sum(u.tokens for u in found[-1]) if found else 0
        if found and size < settings.least_tokens / 2 and before + size <= limit and (settings.overlap_sentences == 0):
            found[-1] = [*found[-1], *part]
        else:
            found.append(part)
    return found


def _only_intro(current: Sequence[_Unit]) -> bool:
    """Headings and the one sentence that introduces a list: the first item should still come along."""
    body = [u for u in current if not u.heading]
    return len(body) == 1 and body[0].introduces


def _carry(current: Sequence[_Unit], unit: _Unit, limit: int) -> list[_Unit]:
    """The introducing sentence goes along with the first item of its list where both fit."""
    last = current[-1]
    heads = [u for u in current if u.heading]
    movable = last.introduces and len(current) > len(heads) + 1
    return [last] if movable and last.tokens + unit.tokens <= limit else []


def _overlap(
    done: Sequence[_Unit], carried: Sequence[_Unit], unit: _Unit, target: int, settings: ChunkSettings
) -> list[_Unit]:
    if settings.overlap_sentences == 0 or carried:
        return []
    again = [u for u in done if not u.heading][-settings.overlap_sentences :]
    room = target - unit.tokens
    while again and sum(u.tokens for u in again) > room / 2:
        again = again[1:]
    return list(again) if len(again) < len(done) else []


def _checked(text: str, units: list[_Unit], limit: int, count: CountTokens) -> Iterator[list[_Unit]]:
    """Tokens of a whole may exceed the sum of its parts; then the passage is halved."""
    if len(units) > 1 and count([text[units[0].start : units[-1].end]])[0] > limit:
        middle = len(units) // 2
        yield from _checked(text, units[:middle], limit, count)
        yield from _checked(text, units[middle:], limit, count)
    else:
        yield units


def _passage(document: Document, ordinal: int, start: int, end: int, span: Span) -> Passage:
    text = document.text[start:end]
    kinds = {BlockKind.NOTE: PassageKind.NOTE, BlockKind.TABLE_ROW: PassageKind.TABLE}
    return Passage(
        id=f"{document.id}:{start}-{end}",
        document_id=document.id,
        ordinal=ordinal,
        start=start,
        end=end,
        text=text,
        section=span.section,
        page=_page(document.page_spans, start),
        kind=kinds.get(span.kind, PassageKind.BODY),
        sentences=tuple(Sentence(start=a, end=b) for a, b in sentence_spans(text, start)),
    )


def _page(spans: Sequence[PageSpan], at: int) -> int | None:
    if not spans:
        return None
    i = bisect_right([s.start for s in spans], at) - 1
    return spans[max(i, 0)].page
