"""Page furniture: what the page or the web site added to the author's words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from ingest.blocks import Block, BlockKind
from ingest.clean.outcome import Outcome, dropped
from ingest.words import ends_open, ends_sentence, word_count
from rag.types import CleaningAction

_SITE_LINE = re.compile(
    r"""(?:skip\ to\ (?:main\ )?content|jump\ to\ navigation|back\ to\ top|toggle\ navigation|(?:main\ )?menu
    |please\ enter\ your\ (?:comment!?|name\ here)|leave\ a\ (?:reply|comment)|post\ (?:a\ )?comment|cancel\ reply
    |you\ have\ entered\ an\ incorrect\ email\ address!?.*|please\ enter\ your\ email\ address\ here
    |save\ my\ name,?\ (?:and\ )?email.*|your\ email\ address\ will\ not\ be\ published.*|log\ in\ to\ leave\ a\ comment
    |(?:we|this\ (?:web)?site)\ uses?\ cookies.*|accept\ (?:all\ )?cookies|cookie\ (?:policy|settings|preferences)
    |share\ (?:this|on|via)(?:\ .{0,30})?:?|tweet|facebook|twitter|linkedin|whatsapp|e-?mail|print|copy\ link
    |print\ this(?:\ page)?
    |subscribe(?:\ (?:now|to\ .{0,40}))?|sign\ up\ (?:for|to)\ .{0,60}|follow\ us(?:\ on\ .{0,30})?|advertisement
    |all\ rights\ reserved\.?|previous\ (?:article|post)|next\ (?:article|post)|load\ more(?:\ comments)?
    |view\ all\ posts(?:\ by\ .{0,40})?|\d+\ (?:comments?|shares?|views?)|no\ comments(?:\ yet)?
    |click\ here\ to\ .{0,60}
    |top\ of\ form(?:\ ?bottom\ of\ form)?|bottom\ of\ form|listen\ to\ (?:this\ )?article|\d+\ min(?:ute)?s?\ read
    |aller\ au\ contenu(?:\ principal)?|laisser\ un\ commentaire|partager|imprimer|تخطي\ إلى\ المحتوى
    |اترك\ تعليقا?ً?)""",
    re.IGNORECASE | re.VERBOSE,
)
_TEASER_HEAD = re.compile(
    r"""(?:related\ (?:articles?|posts?|stories|content|reading|publications?|topics)|read\ (?:more|next|also)
    |you\ (?:may|might)\ also\ (?:like|enjoy|be\ interested\ in)
    |(?:more|most)\ (?:popular|read)(?:\ (?:posts?|articles?|stories))?
    |popular\ (?:stories|posts?|articles?|categories)|recommended\ (?:for\ you|reading|articles?)
    |more\ from\ (?:this|the|our)\ (?:author|section|series|site|blog)
    |latest\ (?:posts?|articles?|news)|recent\ (?:posts?|articles?)|also\ (?:read|see)|trending(?:\ now)?
    |editors?['’]?s?\ picks?
    |articles\ (?:similaires|liés)|à\ lire\ aussi|مقالات\ ذات\ صلة|اقرأ\ أيضا?ً?):?""",
    re.IGNORECASE | re.VERBOSE,
)
_STAMP = re.compile(
    r"""(?:downloaded\ (?:from|by|on)\ |this\ content\ downloaded\ from\ |electronic\ copy\ available\ at
    |printed\ (?:from|on)\ (?:https?:|\d)
    |authorized\ licensed\ use\ limited\ to|all\ use\ subject\ to\ https?:|for\ (?:personal|internal)\ use\ only
    |provided\ by\ .{3,60}\ on\ \d|verdate\ |jkt\ \d{6}|\[[\w.-]+\.(?:indd|docx?|qxd)\]|.{0,40}\.indd\ \d+)""",
    re.IGNORECASE | re.VERBOSE,
)
_SLUG = re.compile(r"[A-Z0-9]{2,}(?:[-/][A-Z0-9]{2,}){2,}(?:[-/][A-Z0-9]+)*")
_CREDIT = re.compile(
    r"^(?:\(?(?:photo|image|picture|file photo)(?: credit)?s?(?: by |: ?| courtesy ).*"
    r"|.{0,200}[(/©]\s?(?:getty images|afp|reuters|ap photo|ap)\)?\.?)$",
    re.IGNORECASE,
)
_CAPTION_MARK = re.compile(r"(?<=[a-z] )\((?:L|R|C|left|right|centre|center|\d\w{1,2}[- ][LR])\)")
_PAGE_NUMBER = re.compile(
    r"(?:page\s*|p\.\s*|صفحة\s*)?[\[(|–—-]*\s*(\d{1,4}|[ivxlc]{1,7})\s*[\])|–—-]*(?:\s*(?:of|/|de)\s*\d{1,4})?",
    re.IGNORECASE,
)
_MAX_TEASERS = 60


def site_lines(blocks: tuple[Block, ...]) -> Outcome:
    """Navigation, comment boxes, cookie and sharing lines, download stamps."""
    kept: list[Block] = []
    actions: list[CleaningAction] = []
    for block in blocks:
        if len(block.text) > 600:
            kept.append(block)
        elif block.kind is not BlockKind.NOTE and _SITE_LINE.fullmatch(block.text.strip()):
            actions.append(dropped(block, "site-furniture"))
        elif word_count(block.text) <= 40 and _STAMP.match(block.text):
            actions.append(dropped(block, "download-stamp"))
        else:
            kept.append(block)
    return Outcome(tuple(kept), tuple(actions))


def captions(blocks: tuple[Block, ...]) -> Outcome:
    """Image slugs in capitals with the caption below them, and captions that mark (L) and (R)."""
    kept: list[Block] = []
    actions: list[CleaningAction] = []
    after_slug = False
    for block in blocks:
        short = len(block.text) <= 600 and word_count(block.text) <= 70 and (block.kind is BlockKind.PARAGRAPH)
        if short and _SLUG.fullmatch(block.text) and len(block.text) >= 12:
            actions.append(dropped(block, "image-slug"))
            after_slug = True
            continue
        caption = after_slug and short and (block.attached or not ends_sentence(block.text))
        marked = short and bool(_CAPTION_MARK.search(block.text)) and not ends_sentence(block.text)
        if caption or marked or (short and _CREDIT.match(block.text) and word_count(block.text) <= 30):
            actions.append(dropped(block, "caption"))
        else:
            kept.append(block)
        after_slug = False
    return Outcome(tuple(kept), tuple(actions))


# --------------------------------------------------------------------------- teasers


def teasers(blocks: tuple[Block, ...]) -> Outcome:
    """Related-article teasers: the heading, and the titles and blurbs that hang on it.

    Where only short blocks follow up to the end, all of them go.  Where the article stands below
    (or resumes), only doubled titles and their blurbs go with the heading.
    """
    kept: list[Block] = []
    actions: list[CleaningAction] = []
    position = 0
    while position < len(blocks):
        block = blocks[position]
        if not _is_teaser_head(block):
            kept.append(block)
            position += 1
            continue
        end = _teasers_end(blocks, position + 1, seen=[b.text for b in kept])
        actions += [dropped(b, "teaser") for b in blocks[position:end]]
        position = end
    return Outcome(tuple(kept), tuple(actions))


def _is_teaser_head(block: Block) -> bool:
    plain = block.kind in (BlockKind.PARAGRAPH, BlockKind.HEADING, BlockKind.LIST_ITEM)
    return plain and bool(_TEASER_HEAD.fullmatch(block.text.strip()))


def _teasers_end(blocks: Sequence[Block], start: int, seen: list[str]) -> int:
    rest = blocks[start:]
    if _only_teasers(rest, body_before=sum(map(word_count, seen))):
        return len(blocks)
    position = start
    while position + 1 < len(blocks) and _same(blocks[position], blocks[position + 1]):
        if blocks[position].text in seen:
            break  # the article's own title, doubled: the article begins here
        position += 2
        follows_pair = position + 2 < len(blocks) and _same(blocks[position + 1], blocks[position + 2])
        last = position + 1 >= len(blocks)
        if position < len(blocks) and (follows_pair or last) and word_count(blocks[position].text) <= 80:
            position += 1
    return position


def _only_teasers(rest: Sequence[Block], body_before: int) -> bool:
    """True when nothing but short titles and blurbs follows, far less than what stood before."""
    if len(rest) > _MAX_TEASERS or any(b.kind is BlockKind.NOTE for b in rest):
        return False
    words = [word_count(b.text) for b in rest]
    if any(n > 60 for n in words) or sum(words) > 0.6 * body_before:
        return False
    if any(_KEEP_AFTER.fullmatch(b.text.strip()) for b in rest):
        return False
    doubled = any(_same(a, b) for a, b in pairwise(rest))
    titles = sum(1 for b in rest if word_count(b.text) <= 16 and ends_open(b.text))
    return doubled or not rest or titles >= len(rest) / 3


_KEEP_AFTER = re.compile(
    r"(?:end\s?notes?|footnotes?|notes?|references|bibliography|sources|works cited|annex.{0,60}|appendix.{0,60}"
    r"|conclusions?|recommendations?|الهوامش|المراجع):?",
    re.IGNORECASE,
)


def _same(a: Block, b: Block) -> bool:
    return a.text.casefold() == b.text.casefold() and word_count(a.text) <= 30


# --------------------------------------------------------------------------- pages


def page_furniture(blocks: tuple[Block, ...]) -> Outcome:
    """Page numbers and running heads: lines at page edges that repeat, or count."""
    drop = _page_numbers(blocks) | _running_heads(blocks)
    kept = tuple(b for i, b in enumerate(blocks) if i not in drop)
    reasons = {i: "page-number" if _is_number(blocks[i]) else "running-head" for i in drop}
    kept = tuple(replace(b, attached=False) if i - 1 in drop else b for i, b in enumerate(blocks) if i not in drop)
    return Outcome(kept, tuple(dropped(blocks[i], reasons[i]) for i in sorted(drop)))


def _is_number(block: Block) -> bool:
    return block.kind is BlockKind.PARAGRAPH and bool(_PAGE_NUMBER.fullmatch(block.text.strip()))


def _page_numbers(blocks: Sequence[Block]) -> set[int]:
    found = [i for i, b in enumerate(blocks) if _is_number(b)]
    edges = _edges(blocks)
    at_edges = {i for i in found if i in edges}
    counted = [int(m[1]) for i in found if (m := _PAGE_NUMBER.fullmatch(blocks[i].text)) and m[1].isdigit()]
    apart = all(b - a > 1 for a, b in pairwise(found))
    rising = len(counted) >= 3 and apart and all(a < b for a, b in pairwise(counted))
    torn = {
        i
        for i in found
        if 0 < i < len(blocks) - 1
        and ends_open(blocks[i - 1].text)
        and blocks[i + 1].text[:1].islower()
        and word_count(blocks[i - 1].text) > 8
    }
    return at_edges | torn | (set(found) if rising else set())


def _edges(blocks: Sequence[Block], depth: int = 2) -> set[int]:
    """Indexes of the first and last blocks of each page."""
    pages: dict[int, list[int]] = {}
    for i, block in enumerate(blocks):
        if block.page is not None:
            pages.setdefault(block.page, []).append(i)
    return {i for found in pages.values() for i in (*found[:depth], *found[-depth:])}


def _running_heads(blocks: Sequence[Block]) -> set[int]:
    shapes: dict[str, list[int]] = {}
    for i, block in enumerate(blocks):
        if word_count(block.text) <= 14 and block.kind in (BlockKind.PARAGRAPH, BlockKind.HEADING):
            shapes.setdefault(re.sub(r"\d+", "#", block.text.casefold()), []).append(i)
    edges = _edges(blocks)
    tearing = Counter(shape for shape, places in shapes.items() for i in places if _tears(blocks, i))
    drop: set[int] = set()
    for shape, places in shapes.items():
        if len(places) < 3 or not re.search(r"\w", shape.replace("#", "")):
            continue
        at_edge = [i for i in places if i in edges]
        if len(at_edge) >= max(3, 0.8 * len(places)):
            drop |= set(places[1:]) if blocks[places[0]].kind is BlockKind.HEADING else set(at_edge)
        elif not edges and tearing[shape] >= max(2, 0.4 * len(places)):
            drop |= set(places)
    return drop


def _tears(blocks: Sequence[Block], i: int) -> bool:
    """True when the block stands inside a sentence or beside a page number."""
    if not 0 < i < len(blocks) - 1:
        return False
    before, after = blocks[i - 1], blocks[i + 1]
    if _is_number(before) or _is_number(after):
        return True
    return ends_open(before.text) and word_count(before.text) > 8 and after.text[:1].islower()
