"""A web page's tree made ready for extraction: marks for what extraction would lose.

List numbers, captions and note references are written into the text between U+2045 and U+2046,
which no page uses, and read back afterwards.
"""

from __future__ import annotations

import re
from typing import Any

OPEN, CLOSE = "\u2045", "\u2046"
MARK = re.compile(f"{OPEN}([nlcd])([^{CLOSE}{OPEN}]{{0,60}}){CLOSE}")

_NOTE_TEXT = re.compile(r"[\[(]?(\d{1,3}|[*†‡§]{1,3}|[ivxl]{1,6}|[a-z])[\])]?")
_BACK = re.compile(r"[↩↑^⏎\ufe0e\s]*|back|return", re.I)
_SUPERSCRIPT = str.maketrans("0123456789+-−n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻ⁿ")
_CLUTTER = (
    "//script|//style|//template|//noscript|//iframe|//object|//embed|//form|//button|//input|//select|"
    "//textarea|//svg|//canvas|//dialog|//nav|//*[@role='navigation' or @role='dialog' or @role='search' or "
    "@role='alertdialog' or @role='menu' or @aria-hidden='true' or @hidden]|//comment()|"
    "//*[not(self::html or self::body) and ("
    "contains(translate(concat(@class,' ',@id),'CO','co'),'cookie') or contains(@id,'comments') or "
    "contains(concat(' ',@class,' '),' comments ') or contains(@class,'comment-form') or "
    "contains(@class,'related-') or contains(concat(' ',@class,' '),' related ') or "
    "contains(@class,'newsletter') or contains(@class,'share-') or contains(@class,'social-'))]"
)
_MAX_DEPTH = 180
_SILENT = frozenset({"script", "style", "template", "noscript", "svg", "head", "iframe"})


def too_deep(root: Any) -> bool:
    """True when the tree is nested deeper than any real page."""
    from lxml import etree

    depth = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > _MAX_DEPTH:
            return True
    return False


def prepare(root: Any) -> tuple[list[tuple[str, str]], list[str]]:
    """Changes the tree in place; returns notes as ``(label, text)`` and the furniture dropped."""
    dropped = _drop_clutter(root)
    notes = _lift_notes(root)
    for node in list(root.iter("sup")):
        text = "".join(node.itertext()).strip()
        if re.fullmatch(r"[\d+−n-]{1,4}", text):
            _replace(node, text.translate(_SUPERSCRIPT))
    for node in list(root.iter("caption")):
        _caption(node)
    for node in root.iter("ol", "ul"):
        _number_items(node)
    return notes, dropped


def _drop_clutter(root: Any) -> list[str]:
    dropped: list[str] = []
    for node in root.xpath(_CLUTTER):
        if node.getparent() is None or node.tag in ("body", "html", "main", "article"):
            continue
        text = "" if node.tag in _SILENT or not isinstance(node.tag, str) else _text(node)
        if text and len(dropped) < 60:
            dropped.append(text)
        _replace(node, "")
    return dropped


def _text(node: Any) -> str:
    return " ".join(" ".join(node.itertext()).split())


def _replace(node: Any, text: str) -> None:
    """Puts plain text where an element stood; its tail stays."""
    parent = node.getparent()
    if parent is None:
        return
    text += node.tail or ""
    previous = node.getprevious()
    if previous is not None:
        previous.tail = (previous.tail or "") + text
    else:
        parent.text = (parent.text or "") + text
    parent.remove(node)


def _lift_notes(root: Any) -> list[tuple[str, str]]:
    """Takes notes out of the tree and leaves a mark where each is referred to."""
    by_id = {node.get("id"): node for node in root.iter() if isinstance(node.tag, str) and node.get("id")}
    labels: dict[str, str] = {}
    references: list[tuple[Any, str]] = []
    for link in root.iter("a"):
        href = link.get("href") or ""
        target = href[1:] if href.startswith("#") else ""
        text = "".join(link.itertext()).strip()
        match = _NOTE_TEXT.fullmatch(text)
        if not match or target not in by_id or not _is_note(by_id[target], link):
            continue
        if _inside_note(link, by_id[target], labels, by_id):
            continue
        labels.setdefault(target, match[1])
        references.append((link, match[1]))
    for link, label in references:
        holder = link.getparent()
        _replace(link, f"{OPEN}n{label}{CLOSE}")
        if holder is not None and holder.tag == "sup":
            _unwrap(holder)
    notes: list[tuple[str, str]] = []
    for target, label in labels.items():
        node = _note_body(by_id[target])
        text = _note_text(node, label)
        if text:
            notes.append((label, text))
            _remove_note(node)
    return notes


def _is_note(target: Any, link: Any) -> bool:
    if target.tag in ("h1", "h2", "h3", "h4", "section", "main", "body", "article"):
        return False
    text = "".join(_note_body(target).itertext()).strip()
    raised = link.getparent() is not None and link.getparent().tag == "sup"
    bracketed = "".join(link.itertext()).strip().startswith("[")
    role = (link.get("role") or "") == "doc-noteref" or "footnote" in (link.get("class") or "")
    inner = any(child.tag == "sup" for child in link)
    return bool(text) and len(text) < 6000 and (raised or bracketed or role or inner)


def _inside_note(link: Any, target: Any, labels: dict[str, str], by_id: dict[str, Any]) -> bool:
    """True for the way back from a note to the text."""
    notes = {id(_note_body(by_id[name])) for name in labels}
    return any(id(up) in notes for up in [link, *link.iterancestors()])


def _note_body(target: Any) -> Any:
    """The element that holds the whole note: the target, or the item around an empty target."""
    node = target
    while node.tag in ("a", "sup", "span", "b", "strong", "em") and node.getparent() is not None:
        node = node.getparent()
    return node


def _note_text(node: Any, label: str) -> str:
    for link in list(node.iter("a")):
        text = "".join(link.itertext()).strip()
        if (link.get("href") or "").startswith("#") and (_BACK.fullmatch(text) or _NOTE_TEXT.fullmatch(text)):
            _replace(link, "")
    text = " ".join("".join(node.itertext()).split())
    return re.sub(rf"^[\[(]?{re.escape(label)}[\])]?[.:]?\s+", "", text).strip()


def _remove_note(node: Any) -> None:
    """Removes a note, and the list, heading and section around it once they are empty."""
    parent = node.getparent()
    _replace(node, "")
    while parent is not None and parent.tag in ("ol", "ul", "dl", "div", "section", "aside", "footer"):
        rest = [c for c in parent if isinstance(c.tag, str) and "".join(c.itertext()).strip()]
        if any(c.tag not in ("h2", "h3", "h4", "h5", "hr") for c in rest) or (parent.text or "").strip():
            return
        before, up = parent.getprevious(), parent.getparent()
        if parent.tag in ("ol", "ul", "dl") and before is not None and before.tag in ("hr",):
            _replace(before, "")
        _replace(parent, "")
        parent = up


def _unwrap(holder: Any) -> None:
    if len(holder) == 0:
        _replace(holder, holder.text or "")


def _caption(node: Any) -> None:
    """A caption goes before its table as a paragraph."""
    from lxml import etree

    table = node.getparent()
    if table is None or table.tag != "table" or table.getparent() is None:
        return
    text = " ".join("".join(node.itertext()).split())
    _replace(node, "")
    if text:
        paragraph = etree.Element("p")
        paragraph.text = text
        table.addprevious(paragraph)


def _number_items(node: Any) -> None:
    start = node.get("start") or "1"
    number = int(start) if re.fullmatch(r"-?\d{1,5}", start) else 1
    depth = min(sum(1 for up in node.iterancestors() if up.tag in ("ol", "ul")), 9)
    kind = node.get("type") or "1"
    for item in node:
        if item.tag != "li":
            continue
        value = item.get("value")
        if value and re.fullmatch(r"\d{1,5}", value):
            number = int(value)
        marker = "-" if node.tag == "ul" else f"{_in_type(number, kind)}."
        item.text = f"{OPEN}l{depth}{marker}{CLOSE}{item.text or ''}"
        number += 1


def _in_type(number: int, kind: str) -> str:
    if kind in ("a", "A") and 1 <= number <= 26:
        letter = chr(ord("a") + number - 1)
        return letter.upper() if kind == "A" else letter
    if kind in ("i", "I") and 1 <= number <= 39:
        roman = "x" * (number // 10) + ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")[number % 10]
        return roman.upper() if kind == "I" else roman
    return str(number)
