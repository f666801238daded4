"""What a PDF says about itself: sane properties first checked against the first page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from ingest.blocks import BlockKind
from ingest.metadata import is_organisation
from ingest.readers import front
from ingest.readers.pdf_blocks import Body, Group
from ingest.readers.pdf_model import HYPHEN, Page, Run
from ingest.readers.pdf_quality import readability
from ingest.words import stops_on_open_word
from rag.types import Metadata

_FRONT_PAGES = 2
_NO_TITLE = re.compile(
    r"(?:for (?:release|immediate release|media|more information|press)|recommended citation|contents|"
    r"table of contents|press release|numbers, facts|policy (?:brief|paper)s?$|working paper|report$|"
    r"inspection report|embargoed|proposed rules$|federal register)",
    re.I,
)
_ARXIV = re.compile(r"^arXiv:\S+\s+\[[^\]]+\]\s+(.*)$")


def info_of(document: Any) -> dict[str, str]:
    """The document information dictionary; empty where it cannot be read."""
    found: dict[str, str] = document.get_metadata_dict(skip_empty=True)
    return found


def front_lines(pages: Sequence[Page]) -> list[str]:
    """Printed lines of the first pages, and text set sideways in the first page's margin."""
    lines: list[str] = []
    for page in pages[:_FRONT_PAGES]:
        rows: dict[int, list[Run]] = {}
        for run in page.runs:
            rows.setdefault(round(run.base), []).append(run)
        for base in sorted(rows):
            lines.append(" ".join(r.text for r in sorted(rows[base], key=lambda r: r.x0)))
    if pages:
        lines.extend(m[1] for text in pages[0].turned if (m := _ARXIV.match(text)))
    return lines


def metadata(info: dict[str, str], lines: Sequence[str], groups: Sequence[Group], body: Body) -> Metadata:
    """Title, authors, publisher and date, each only where it is stated."""
    labels = _labels(groups)
    title = _title(info, groups, body)
    date = _date(labels, lines)
    authors = _authors(info, labels, groups, title)
    return Metadata(
        title=title,
        authors=authors,
        publisher=labels.get("publisher") or _citing(groups),
        series=labels.get("series"),
        published=date[0] if date else None,
        published_note=date[1] if date else None,
        translator=labels.get("translator"),
        licence=labels.get("licence"),
    )


def _labels(groups: Sequence[Group]) -> dict[str, str]:
    found: dict[str, str] = {}
    for group in groups[:30]:
        for line in group.lines[:6]:
            if line.page <= _FRONT_PAGES:
                for key, value in front.labelled(line.text).items():
                    found.setdefault(key, value)
    return found


def _date(labels: dict[str, str], lines: Sequence[str]) -> tuple[str, str | None] | None:
    stated = labels.get("published")
    if stated:
        found = front.date_in(stated) or (stated if re.fullmatch(r"(?:19|20)\d{2}", stated) else None)
        if found:
            return found, None
    return front.printed_date(lines)


def _title(info: dict[str, str], groups: Sequence[Group], body: Body) -> str:
    printed = _largest(groups, body)
    stated = front.sound_title(info.get("Title"))
    if printed is None:
        return stated or _cited(groups) or _first_words(groups)
    if stated and _overlap(stated, printed) >= 0.6 and len(stated) >= 0.6 * len(printed):
        return printed if _key(printed) == _key(stated) else stated
    return printed


def _key(text: str) -> str:
    return re.sub(r"\W+", "", text).casefold()


def _overlap(stated: str, printed: str) -> float:
    a = set(re.findall(r"\w+", stated.casefold()))
    b = set(re.findall(r"\w+", printed.casefold()))
    return len(a & b) / max(1, len(a))


def _largest(groups: Sequence[Group], body: Body) -> str | None:
    """The largest text of the first page with text, when it is larger than the body."""
    if not groups:
        return None
    page = groups[0].lines[0].page
    candidates = [
        g
        for g in groups
        if g.lines[0].page == page
        and g.kind in (BlockKind.HEADING, BlockKind.PARAGRAPH)
        and len(re.findall(r"[^\W\d_]{2,}", g.text)) >= 2
        and len(g.text) <= 300
        and not g.lines[0].table
        and not _NO_TITLE.match(g.text)
        and readability([g.text]) > 0.6
    ]
    if not candidates:
        return None
    best = max(candidates, key=lambda g: (round(g.lines[0].size), g.lines[0].bold))
    size = best.lines[0].size
    if size < 1.1 * body.size and best.kind is not BlockKind.HEADING:
        return None
    start = candidates.index(best)
    texts: list[str] = []
    before = candidates[start - 1] if start else None
    if before and before.kind is BlockKind.HEADING and stops_on_open_word(_joined(before)):
        texts.append(_joined(before))  # THE IMPACTS OF … ON / HUMAN HEALTH
    last = best.lines[-1].base
    for group in candidates[start:]:
        other = group.lines[0]
        if group is not best and (
            abs(other.size - size) > 0.04 * size
            or group.kind is not BlockKind.HEADING
            or other.base - last > 3 * size
            or len(" ".join(texts)) > 160
        ):
            break
        texts.append(_joined(group))
        last = group.lines[-1].base
    following = candidates[start + len(texts)] if len(texts) == 1 and start + 1 < len(candidates) else None
    if following and len(following.lines) <= 2 and stops_on_open_word(texts[0]):
        texts.append(_joined(following))  # ON THE CAVES OF … AND / SOME RECENT …
    after = candidates[start + 1] if len(texts) > 1 and start + 1 < len(candidates) else None
    if after and re.match(r"(?:in|of|for|on|and|from|to)\b", _joined(after), re.I):
        texts.append(_joined(after))
    return " ".join(texts)


def _cited(groups: Sequence[Group]) -> str | None:
    """The title in a *Recommended citation* on the first page, where the cover is a picture."""
    for index, group in enumerate(groups[:40]):
        if group.text.lower().startswith("recommended citation"):
            text = " ".join(_joined(g) for g in groups[index : index + 2])
            match = re.search(r"[“\"]([^”\"]{10,250})[”\"]", text)
            return match[1].strip(" ,.") if match else None
    return None


def _citing(groups: Sequence[Group]) -> str | None:
    """The body that a *Recommended citation* begins with: ``Some Institute, 2016: …``."""
    for index in range(len(groups[:40])):
        text = " ".join(_joined(g) for g in groups[index : index + 2])
        found = re.match(r"recommended citation:?\s*(.*)", text, re.I)
        if found:
            body = re.split(r"[,.:(]", found[1], maxsplit=1)[0].strip()
            return body if is_organisation(body) or (body.isupper() and body.isalpha()) else None
    return None


def _joined(group: Group) -> str:
    text = ""
    for line in group.lines:
        text = text[:-1] + line.text if text.endswith(HYPHEN) else f"{text} {line.text}".strip()
    return text.replace(HYPHEN, "-")


def _first_words(groups: Sequence[Group]) -> str:
    for group in groups:
        text = _joined(group).replace(" | ", " ").strip(" |")
        if readability([text]) > 0.6 and len(re.findall(r"[^\W\d_]{2,}", text)) >= 2:
            return text if len(text) <= 120 else text[:117].rsplit(" ", 1)[0] + " …"
    return ""


def _authors(info: dict[str, str], labels: dict[str, str], groups: Sequence[Group], title: str) -> tuple[str, ...]:
    if labels.get("authors"):
        stated = labels["authors"]
        return front.names(stated) or (stated,)
    byline = _byline(groups, title)
    if byline:
        return byline
    author = " ".join(info.get("Author", "").split())
    parts = [p.strip() for p in re.split(r";|,\s(?=[^,]+\s)|\band\b|&", author) if p.strip()]
    return tuple(parts) if parts and all(front.is_person(p) for p in parts) else ()


def _byline(groups: Sequence[Group], title: str) -> tuple[str, ...]:
    """Names in one of the three blocks that follow the title on its page."""
    for group in groups[:12]:
        if re.match(r"by\s", group.text, re.I) and group.lines[0].page == groups[0].lines[0].page:
            found = front.byline(_joined(group))
            if found:
                return found
    wanted = _key(title)
    for index, group in enumerate(groups):
        if not wanted or not wanted.startswith(_key(group.text)[:40] or "-"):
            continue
        page = group.lines[0].page
        for following in groups[index + 1 : index + 4]:
            if following.lines[0].page != page or following.lines[0].table:
                break
            found = front.byline(_joined(following))
            if found:
                after = groups[groups.index(following) + 1 :][:1]
                role = bool(after) and after[0].text.isupper() and len(after[0].text.split()) <= 4
                return () if role else found  # a name over an office is a person in charge
        return ()
    return ()
