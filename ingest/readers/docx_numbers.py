"""The numbers and bullets that Word prints before list paragraphs; the file only holds their rules."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ingest.readers.archive import member
from ingest.readers.xmlsafe import parse_xml

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@dataclass(frozen=True, slots=True)
class _Level:
    start: int
    format: str
    pattern: str


class Markers:
    """Markers of the numbered paragraphs, asked for in document order by their text."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._queue = list(_printed(archive))
        self._next = 0

    def take(self, text: str) -> str | None:
        """The marker of the next numbered paragraph with this text; None when there is none."""
        wanted = _key(text)
        for index in range(self._next, min(self._next + 200, len(self._queue))):
            key, marker = self._queue[index]
            if key == wanted:
                self._next = index + 1
                return marker
        return None


def _key(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _printed(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    document = member(archive, "word/document.xml")
    numbering = member(archive, "word/numbering.xml")
    if document is None or numbering is None:
        return
    levels = _levels(parse_xml(numbering))
    styles = _style_numbers(member(archive, "word/styles.xml"))
    counters: dict[str, dict[int, int]] = {}
    for paragraph in parse_xml(document).iter(f"{_W}p"):
        number = _number_of(paragraph, styles)
        if number is None:
            continue
        num, depth = number
        level = levels.get((num, depth))
        if level is None:
            continue
        counts = counters.setdefault(num, {})
        counts[depth] = counts.get(depth, level.start - 1) + 1
        for deeper in [d for d in counts if d > depth]:
            del counts[deeper]
        yield _key(_text(paragraph)), _marker(num, depth, counts, levels)


def _text(paragraph: Any) -> str:
    parts = []
    for node in paragraph.iter(f"{_W}t"):
        if not any(up.tag == f"{_W}del" for up in node.iterancestors()):
            parts.append(node.text or "")
    return "".join(parts)


def _levels(root: Any) -> dict[tuple[str, int], _Level]:
    abstract: dict[str, dict[int, _Level]] = {}
    for node in root.iter(f"{_W}abstractNum"):
        own = abstract.setdefault(node.get(f"{_W}abstractNumId", ""), {})
        for level in node.iter(f"{_W}lvl"):
            own[_int(level.get(f"{_W}ilvl"), 0)] = _Level(
                _int(_value(level, "start"), 1),
                _value(level, "numFmt") or "decimal",
                _value(level, "lvlText") or "",
            )
    found: dict[tuple[str, int], _Level] = {}
    for node in root.iter(f"{_W}num"):
        num = node.get(f"{_W}numId", "")
        for depth, level in abstract.get(_value(node, "abstractNumId") or "", {}).items():
            found[num, depth] = level
        for override in node.iter(f"{_W}lvlOverride"):
            depth = _int(override.get(f"{_W}ilvl"), 0)
            start = _value(override, "startOverride")
            if start is not None and (num, depth) in found:
                old = found[num, depth]
                found[num, depth] = _Level(_int(start, 1), old.format, old.pattern)
    return found


def _style_numbers(styles: bytes | None) -> dict[str, tuple[str, int]]:
    if styles is None:
        return {}
    found: dict[str, tuple[str, int]] = {}
    for style in parse_xml(styles).iter(f"{_W}style"):
        number = next(style.iter(f"{_W}numPr"), None)
        if number is not None and _value(number, "numId"):
            name = style.get(f"{_W}styleId", "")
            found[name] = (_value(number, "numId") or "", _int(_value(number, "ilvl"), 0))
    return found


def _number_of(paragraph: Any, styles: dict[str, tuple[str, int]]) -> tuple[str, int] | None:
    properties = paragraph.find(f"{_W}pPr")
    if properties is None:
        return None
    number = properties.find(f"{_W}numPr")
    style = styles.get(_value(properties, "pStyle") or "")
    if number is None:
        return style
    num = _value(number, "numId") or (style[0] if style else None)
    if num in (None, "0"):
        return None
    return str(num), _int(_value(number, "ilvl"), style[1] if style else 0)


def _value(node: Any, name: str) -> str | None:
    child = node.find(f"{_W}{name}")
    return None if child is None else child.get(f"{_W}val")


def _int(text: str | None, default: int) -> int:
    return int(text) if text and re.fullmatch(r"-?\d{1,6}", text) else default


def _marker(num: str, depth: int, counts: dict[int, int], levels: dict[tuple[str, int], _Level]) -> str:
    level = levels[num, depth]
    if level.format == "bullet":
        return "-"
    if level.format == "none":
        return ""

    def number(match: re.Match[str]) -> str:
        at = int(match[1]) - 1
        other = levels.get((num, at), level)
        return _in_format(counts.get(at, other.start), other.format)

    return re.sub(r"%(\d)", number, level.pattern).strip()


def _in_format(number: int, name: str) -> str:
    if name in ("lowerLetter", "upperLetter") and number > 0:
        letter = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letter.upper() if name == "upperLetter" else letter
    if name in ("lowerRoman", "upperRoman") and 0 < number < 4000:
        roman = _roman(number)
        return roman if name == "upperRoman" else roman.lower()
    if name == "decimalZero":
        return f"{number:02d}"
    return str(number)


def _roman(number: int) -> str:
    out = ""
    for value, sign in zip(
        (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
        ("M", "CM", "D", "CD", "C", "XC", "L", "XL", "X", "IX", "V", "IV", "I"),
        strict=True,
    ):
        count, number = divmod(number, value)
        out += sign * count
    return out
