"""What a web page says about itself in its head: meta tags, JSON-LD, canonical link.

Nothing is taken from the running text; a date counts only where the page declares it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from ingest.readers import front
from rag.types import Metadata

_SITE_SEPARATOR = re.compile(r"\s+[|–—·•«»-]\s+")
_ARTICLE = re.compile(r"Article|Report|BlogPosting|WebPage|CreativeWork|Book|Thesis", re.I)
_MAX_JSON = 500_000
_DATES = (
    "citation_publication_date",
    "article:published_time",
    "og:published_time",
    "datepublished",
    "dc.date.issued",
    "dcterms.issued",
    "dcterms.date",
    "dc.date",
    "publication_date",
    "pubdate",
    "publishdate",
    "parsely-pub-date",
    "sailthru.date",
    "date",
)
_TITLES = ("citation_title", "og:title", "dc.title", "dcterms.title", "twitter:title")
_PUBLISHERS = (
    "citation_publisher",
    "dc.publisher",
    "dcterms.publisher",
    "publisher",
    "og:site_name",
    "citation_technical_report_institution",
    "application-name",
)
_AUTHORS = ("citation_author", "dc.creator", "dcterms.creator", "author", "article:author", "parsely-author")


def metadata(root: Any) -> Metadata:
    """Title, authors, publisher, date, language, licence and address as the page declares them."""
    tags = _meta(root)
    linked = _json_ld(root)
    publisher = _first(tags, _PUBLISHERS) or _name(linked.get("publisher"))
    published = _date(tags, linked, root)
    return Metadata(
        title=_title(root, tags, linked, publisher),
        authors=_authors(root, tags, linked),
        publisher=publisher,
        published=published,
        published_note="page metadata" if published else None,
        language=_language(root, tags, linked),
        translator=_name(linked.get("translator")),
        licence=_licence(root, tags, linked),
        url=_url(root, tags, linked),
    )


def _meta(root: Any) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for node in root.iter("meta"):
        name = node.get("name") or node.get("property") or node.get("itemprop")
        content = " ".join((node.get("content") or "").split())
        if name and content:
            found.setdefault(name.strip().lower(), []).append(content)
    return found


def _first(tags: dict[str, list[str]], names: Iterable[str]) -> str | None:
    return next((tags[name][0] for name in names if tags.get(name)), None)


def _json_ld(root: Any) -> dict[str, Any]:
    for node in root.iter("script"):
        if (node.get("type") or "").lower() != "application/ld+json" or not node.text:
            continue
        try:
            data = json.loads(node.text[:_MAX_JSON])
        except (ValueError, RecursionError):
            continue
        for item in _items(data):
            if _ARTICLE.search(str(item.get("@type", ""))) and (
                "headline" in item or "datePublished" in item or "author" in item
            ):
                return item
    return {}


def _items(data: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
    if depth > 4:
        return
    if isinstance(data, list):
        for item in data[:200]:
            yield from _items(item, depth + 1)
    elif isinstance(data, dict):
        yield data
        yield from _items(data.get("@graph", []), depth + 1)


def _name(value: Any) -> str | None:
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("name")
    return " ".join(value.split()) or None if isinstance(value, str) else None


def _title(root: Any, tags: dict[str, list[str]], linked: dict[str, Any], publisher: str | None) -> str:
    heads = [text for node in root.iter("h1") if (text := _text(node))]
    page = next((_text(node) for node in root.iter("title")), "")
    stated = _first(tags, _TITLES) or _name(linked.get("headline")) or ""
    for candidate in (stated, page):
        if candidate:
            short = _without_site(candidate, heads, publisher)
            if short:
                return short
    return heads[0] if heads else ""


def _without_site(title: str, heads: list[str], publisher: str | None) -> str:
    """The title without ``| Name of the Site``, when a heading or the site's name shows where it ends."""
    for head in heads:
        if title.startswith(head) and len(head) > 8:
            return head
    parts = _SITE_SEPARATOR.split(title)
    if len(parts) > 1 and publisher and parts[-1].casefold() in publisher.casefold():
        return title[: title.rindex(parts[-1])].rstrip(" |–—·•«»-")
    if len(parts) > 1 and "|" in title:
        return title[: title.rindex("|")].strip()
    return title


def _authors(root: Any, tags: dict[str, list[str]], linked: dict[str, Any]) -> tuple[str, ...]:
    listed = linked.get("author")
    names = [_name(item) for item in (listed if isinstance(listed, list) else [listed])]
    found = [name for name in names if name]
    if not found:
        for key in _AUTHORS:
            values = [v for v in tags.get(key, []) if not v.startswith(("http:", "https:", "@"))]
            if values:
                found = [_swapped(v) for value in values for v in re.split(r"\s*;\s*", value) if v]
                break
    if not found:
        found = [_text(node) for node in root.xpath("//*[@rel='author' or @itemprop='author']")]
    if not found:
        for node in root.xpath("//*[contains(concat(' ', @class, ' '), ' byline ')]")[:2]:
            found = list(front.byline(re.sub(r"[.,]?\s+(?:Published|Posted|Updated)\b.*", "", _text(node))))
    clean = (re.sub(r"^by\s+", "", name, flags=re.I).strip() for name in found)
    return tuple(dict.fromkeys(n for n in clean if 2 < len(n) < 120))


def _swapped(name: str) -> str:
    """``Doe, Jane`` (citation tags) as ``Jane Doe``."""
    match = re.fullmatch(r"([^\s,]+(?:\s[^\s,]+)?),\s*([^,]{2,40})", name)
    return f"{match[2]} {match[1]}" if match else name


def _date(tags: dict[str, list[str]], linked: dict[str, Any], root: Any) -> str | None:
    values = [tags[name][0] for name in _DATES if tags.get(name)]
    stated = linked.get("datePublished")
    if isinstance(stated, str):
        values.insert(1, stated)
    values += [
        node.get("datetime") or node.get("content") or _text(node)
        for node in root.xpath("//*[@itemprop='datePublished' or (self::time and @pubdate)]")
    ]
    for value in values:
        found = _iso(value)
        if found:
            return found
    return None


def _iso(value: str) -> str | None:
    value = value.strip().replace("/", "-")
    if match := re.match(r"((?:19|20)\d{2})(?:-(\d{1,2})(?:-(\d{1,2}))?)?(?![\d-])", value):
        parts = [match[1], *(f"{int(p):02d}" for p in match.groups()[1:] if p)]
        if all(int(p) >= 1 for p in parts) and (len(parts) < 2 or int(parts[1]) <= 12):
            return "-".join(parts)
    return front.date_in(value)


def _language(root: Any, tags: dict[str, list[str]], linked: dict[str, Any]) -> str | None:
    value = (
        root.get("lang")
        or root.get("{http://www.w3.org/XML/1998/namespace}lang")
        or _first(tags, ("content-language", "og:locale", "dc.language", "language"))
        or _name(linked.get("inLanguage"))
        or ""
    )
    match = re.match(r"[A-Za-z]{2}\b|[A-Za-z]{2}(?=[-_])", value.strip())
    return match.group().lower() if match else None


def _licence(root: Any, tags: dict[str, list[str]], linked: dict[str, Any]) -> str | None:
    for node in root.xpath("//*[@rel='license' or @rel='licence']"):
        found = _text(node) or node.get("href")
        if found:
            return str(found)
    return _first(tags, ("dc.rights", "dcterms.license", "license", "licence")) or _name(linked.get("license"))


def _url(root: Any, tags: dict[str, list[str]], linked: dict[str, Any]) -> str | None:
    canonical = [node.get("href") or "" for node in root.xpath("//link[@rel='canonical']")]
    values = [
        *canonical,
        _first(tags, ("og:url", "citation_public_url")) or "",
        _name(linked.get("url")) or "",
    ]
    return next((v for v in values if re.match(r"https?://\S{4,}$", v)), None)


def _text(node: Any) -> str:
    return " ".join("".join(node.itertext()).split())
