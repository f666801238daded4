"""The top of a document: title, byline and role stay; masthead lines become metadata.

Lines that state a date, a licence or a translator stay in the text too, below the byline: a
statement about them must be able to quote them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ingest import metadata as lines
from ingest.blocks import Block, BlockKind
from ingest.clean.imprint import MAX_FRONT, Found, keyed_lines
from ingest.clean.outcome import did, dropped
from ingest.edits import apply_edits, printed
from ingest.words import ends_sentence, word_count
from rag.text import is_arabic
from rag.types import CleaningAction, Metadata

_BODY_HEAD = re.compile(
    r"(?:abstract|introduction|executive summary|summary|key (?:points|findings|messages)|keywords.*|overview|"
    r"foreword|preface|contents|table of contents|background|résumé|zusammenfassung|ملخص|مقدمة|المقدمة):?",
    re.IGNORECASE,
)
_ISSUED_BY = re.compile(r"(?:issued|published|produced) by:?", re.IGNORECASE)
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+\.\w+", re.IGNORECASE)
_SINCE = re.compile(r"(?:since|established|founded)(?: in)? \d{4}\.?", re.IGNORECASE)
_ISSUE_PART = re.compile(r"^(.*?(?:issue|vol(?:ume)?\.?|no\.?|number|العدد)\s*\d+)", re.IGNORECASE)
_LICENCE = re.compile(r"\b(?:CC[ -]BY(?:[ -][A-Z]{2})*(?:[ -]\d\.\d)?|Creative Commons .{5,80})", re.IGNORECASE)
_IMPRINT = re.compile(r"\b(?:19|20)\d{2}\b|©|\bCC[ -]BY\b|licen[cs]e|[٠-٩]{4}", re.IGNORECASE)
_ABOUT = re.compile(r"about(?: (?:us|the \w+|this \w+))?:?$|عن المركز|à propos", re.IGNORECASE)
_MAX_ABOUT_WORDS = 120
_MAX_BETWEEN_WORDS = 40


@dataclass(frozen=True, slots=True)
class Front:
    """Blocks without the masthead, how many of them are title and byline, and the metadata."""

    blocks: tuple[Block, ...]
    length: int
    metadata: Metadata
    actions: tuple[CleaningAction, ...]


def read_front(blocks: tuple[Block, ...], known: Metadata) -> Front:
    """Splits the front matter off.  What ``known`` already says wins over what is found."""
    found = Found()
    actions: list[CleaningAction] = []
    blocks = keyed_lines(blocks, found, actions)
    start, end = _region(blocks, known.title)
    title_at = _title_index(blocks, start, end, known.title)
    kept: list[Block] = []
    if title_at is not None:
        found.title = blocks[title_at].text
        _masthead(blocks, title_at, end, found, kept, actions)
        title = blocks[title_at]
        if title.marker:
            title = apply_edits(replace(title, marker=""), [(0, 0, f"{title.marker} ")])
        kept.append(replace(title, kind=BlockKind.HEADING, level=1, strong=0))
        byline, end = _byline(blocks, title_at, end, found)
        kept += byline
    else:
        end = 0
    kept += [replace(b, attached=False) for b in found.imprint]
    _roles_from_notes(blocks, kept, found)
    _publisher_case(blocks, found)
    meta = _merge(known, found)
    return Front(tuple(kept) + blocks[end:], len(kept), meta, tuple(actions))


def _region(blocks: Sequence[Block], title: str) -> tuple[int, int]:
    """``(first, end)`` of the front matter: up to the body, or to the second copy of the title."""
    limit = min(len(blocks), MAX_FRONT)
    first = _second_copy(blocks[:limit])
    if first is not None:
        return 0, first + 1
    for i in range(limit):
        block = blocks[i]
        body = word_count(block.text) >= 30 or (ends_sentence(block.text) and word_count(block.text) >= 15)
        later_heading = (
            block.kind is BlockKind.HEADING
            and i > 0
            and not _same(block.text, title)
            and (any(b.kind is BlockKind.HEADING for b in blocks[:i]))
        )
        if body or later_heading or block.kind in (BlockKind.LIST_ITEM, BlockKind.TABLE_ROW, BlockKind.NOTE):
            return 0, i
        if _BODY_HEAD.fullmatch(block.text.strip()):
            return 0, i
    return 0, 0


def _second_copy(front: Sequence[Block]) -> int | None:
    """Index of the last copy of a title that stands twice near the top, with no text of the author's between."""
    for i, block in enumerate(front[:12]):
        if not 3 <= word_count(block.text) <= 30 or len(block.text) < 15 or _ADDRESS.search(block.text):
            continue
        if block.text.endswith((".", ",", ";", ":")) or block.kind is BlockKind.LIST_ITEM:
            continue
        copies = [j for j in range(i + 1, len(front)) if _same(front[j].text, block.text)]
        if copies and not _author_writes(front[i + 1 : copies[-1]]):
            return copies[-1]
    return None


def _author_writes(between: Sequence[Block]) -> bool:
    """True when there is more between two copies of a title than imprint and self-description."""
    about = False
    words = 0
    for block in between:
        text = block.text.strip()
        if _BODY_HEAD.fullmatch(text):
            return True
        if _ABOUT.match(text):
            about = True
        elif word_count(text) >= 12 and not (about and word_count(text) <= _MAX_ABOUT_WORDS):
            words += word_count(text)
    return words > _MAX_BETWEEN_WORDS


def _same(a: str, b: str) -> bool:
    return bool(a) and re.sub(r"\W+", "", a).casefold() == re.sub(r"\W+", "", b).casefold()


def _title_index(blocks: Sequence[Block], start: int, end: int, known: str) -> int | None:
    region = range(start, end)
    for i in region:
        if known and _same(blocks[i].text, known):
            return max(j for j in region if _same(blocks[j].text, known))
    copy = _second_copy(blocks[:end])
    if copy is not None and copy == end - 1:
        return copy
    marked = [i for i in region if blocks[i].kind is BlockKind.HEADING and blocks[i].level == 1]
    if marked:
        return marked[0]
    if known:
        return None
    likely = [i for i in region if _title_like(blocks[i])]
    before_byline = [i for i in likely if i + 1 < len(blocks) and lines.names(blocks[i + 1].text)]
    chosen = before_byline[0] if before_byline else (likely[0] if likely else None)
    while chosen is not None and chosen - 1 in likely and blocks[chosen].attached:
        chosen -= 1  # a subtitle, right below its title
    return chosen


def _title_like(block: Block) -> bool:
    text = block.text
    if not 2 <= word_count(text) <= 35 or text.endswith((".", ",", ";")) or _ADDRESS.search(text):
        return False
    return not _is_masthead(text) and not lines.names(text)


def _is_masthead(text: str) -> bool:
    return bool(
        lines.is_series(text)
        or lines.is_issue(text)
        or (lines.is_organisation(text) and word_count(text) <= 9)
        or _ISSUED_BY.fullmatch(text.strip())
        or lines.copyright_year(text)
        or _SINCE.fullmatch(text.strip())
        or _ADDRESS.search(text)
        or _date_line(text)
    )


def _date_line(text: str) -> bool:
    return word_count(text) <= 6 and lines.parse_date(text) is not None


def _masthead(
    blocks: Sequence[Block],
    title_at: int,
    end: int,
    found: Found,
    kept: list[Block],
    actions: list[CleaningAction],
) -> None:
    """Lines above the title (all of them when the title is doubled) leave the text."""
    title = blocks[title_at].text
    doubled = any(_same(b.text, title) for b in blocks[:title_at])
    issued = False
    organisations: list[str] = []
    for block in blocks[:title_at]:
        text = block.text.strip()
        if _same(text, title):
            actions.append(dropped(block, "doubled-title"))
            continue
        if doubled and not found.authors and (people := lines.names(text)):
            found.authors = people
        name_above = issued and text.isupper() and word_count(text) <= 3
        if name_above or lines.is_organisation(text):
            organisations.append(text)
        learnt = _learn(text, found)
        if learnt and _IMPRINT.search(text):
            found.imprint.append(block)
            actions.append(did("moved", "imprint", text))
        elif doubled or learnt or name_above or _is_masthead(text):
            actions.append(
                did("metadata" if learnt or text in organisations else "dropped", "masthead", printed(block))
            )
        else:
            kept.append(block)
        issued = (issued and name_above) or bool(_ISSUED_BY.fullmatch(text))
    _publisher(organisations, blocks, found)


def _learn(text: str, found: Found) -> bool:
    """Takes from one masthead line whatever it says; True when it said something."""
    news = False
    publisher, _, series = text.partition(", ")
    if series and lines.is_organisation(publisher) and lines.is_series(series):  # ``… Institute, Policy Paper 7``
        news |= found.note("publisher", publisher)
        text = series
    if lines.is_issue(text) and "series" in found.fields:
        part = _ISSUE_PART.match(text)
        found.fields["series"] += f", {part[1] if part else text}"
        news = True
    elif lines.is_series(text):
        news |= found.note("series", lines.titled(text))
    if word_count(text) <= 14:
        year = lines.copyright_year(text)
        date = None if year else lines.parse_date(text)
        if date and found.note("published", date):
            news = True
        elif year and found.note("published", year):
            found.fields["published_note"] = "copyright line"
            news = True
        if m := _LICENCE.search(text):
            news |= found.note("licence", m.group())
    if m := re.search(r"(?:https?://|www\.)\S+", text):
        news |= found.note("url", m.group().rstrip(".,"))
    return news


def _publisher(organisations: Sequence[str], blocks: Sequence[Block], found: Found) -> None:
    arabic_body = sum(is_arabic(b.text) for b in blocks) * 2 > len(blocks)
    fitting = [o for o in organisations if is_arabic(o) == arabic_body] or list(organisations)
    if not fitting:
        return
    if fitting[0].isupper() and word_count(fitting[0]) <= 3 and len(fitting) > 1:
        found.note("publisher", f"{fitting[0]}, {fitting[1]}")
    else:
        found.note("publisher", fitting[0])


def _publisher_case(blocks: Sequence[Block], found: Found) -> None:
    """A name in capitals takes the case in which the text writes it (``RASANAH`` → ``Rasanah``)."""
    name = found.fields.get("publisher", "").split(",")[0]
    if not name.isupper() or len(name) < 5:
        return
    ordinary = name.title()
    if any(ordinary in b.text for b in blocks):
        found.fields["publisher"] = found.fields["publisher"].replace(name, ordinary, 1)


def _byline(blocks: Sequence[Block], title_at: int, end: int, found: Found) -> tuple[list[Block], int]:
    """Byline, role and date lines below the title; they stay in the text."""
    kept: list[Block] = []
    i = title_at + 1
    while i < min(len(blocks), title_at + 8):
        block = blocks[i]
        text = block.text.strip()
        if block.kind is not BlockKind.PARAGRAPH or word_count(text) > 30 or _BODY_HEAD.fullmatch(text):
            break
        people = lines.names(text)
        if people and (not found.authors or people[0] in found.authors or i == title_at + 1):
            found.authors = found.authors or people
        elif found.authors and not ends_sentence(text) and lines.is_role(text):
            _role(text, found)
        elif i == title_at + 1 and block.attached and _title_like(block):
            pass  # the subtitle
        elif _date_line(text) or (i < end and _is_masthead(text)):
            if not _learn(text, found) and lines.is_organisation(text):
                found.note("publisher", text)
        else:
            break
        kept.append(block)
        i += 1
    return kept, max(i, title_at + 1)


_LEADS = re.compile(
    r"^(?:(?:executive|founding)\s+)?(?:director|president|head|chair(?:man|woman)?|founder)\s+(?:of|at)\s+(?:the\s+)?([A-Z].+)$",
    re.IGNORECASE,
)


def _role(text: str, found: Found) -> None:
    found.note("role", text.rstrip("."))
    lead = _LEADS.match(text.rstrip("."))
    if lead and lines.is_organisation(lead[1]) and not re.search("universit|ministry", lead[1], re.IGNORECASE):
        found.note("publisher_from_role", lead[1])


def _roles_from_notes(blocks: Sequence[Block], kept: Sequence[Block], found: Found) -> None:
    """The note on the author's name (``*``) says what the author is."""
    labels = {label for b in kept for _, label in b.anchors}
    for block in blocks:
        if block.kind is BlockKind.NOTE and block.marker in labels and found.authors:
            if lines.is_role(block.text):
                found.note("role", block.text.rstrip("."))
            return


def _merge(known: Metadata, found: Found) -> Metadata:
    fields = found.fields
    published = known.published or fields.get("published")
    from_role = fields.get("publisher_from_role") if not (known.publisher or fields.get("publisher")) else None
    return replace(
        known,
        title=known.title or found.title,
        authors=known.authors or found.authors,
        role=known.role or fields.get("role"),
        publisher=known.publisher or fields.get("publisher") or from_role,
        series=known.series or fields.get("series"),
        published=published,
        published_note=known.published_note if known.published else fields.get("published_note"),
        language=known.language or fields.get("language"),
        translator=known.translator or fields.get("translator"),
        licence=known.licence or fields.get("licence"),
        url=known.url or fields.get("url"),
        note=known.note or ("publisher taken from the author's role" if from_role else None),
    )
