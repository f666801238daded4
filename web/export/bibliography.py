"""Sources as scholars list them: Chicago notes and bibliography (17th ed., ch. 14), CSL-JSON, BibTeX.

Reports are set as books are: title in italics, publisher and date.  A document without an author
stands under its publisher, one without either under its title; ``n.d.`` stands for no date.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from rag.labels import plain_author, readable_date
from rag.text import STOPWORDS, is_arabic
from rag.types import Citation, DocumentInfo
from web.export.rich import Rich, Run, Style

LONGEST_SHORT_TITLE = 5
"""In words."""
_BODIES = re.compile(
    r"\b(?:cent(?:er|re)|institut\w*|board|ministry|council|universit\w*|department|office|agency|union|"
    r"committee|commission|bank|fund|foundation|association|group|organi[sz]ation|staff|team|nations|desk)\b",
    re.IGNORECASE,
)
_JOINING = frozenset("al el abu ibn bin ben abd abdul von van der den de del della di da du la le dos mac".split())
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_TEX = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "%": r"\%", "#": r"\#",
    "_": r"\_", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
}  # fmt: skip


def name_parts(author: str) -> tuple[str, str] | None:
    """Family and given names; None for a body, a single name, or a name in Arabic script.

    >>> name_parts("Dr. Saad Al-Saidi"), name_parts("Mara van der Velten"), name_parts("Elm Water Board")
    (('Al-Saidi', 'Saad'), ('van der Velten', 'Mara'), None)
    """
    name = plain_author(author)
    if "," in name:
        family, _, given = name.partition(",")
        return (family.strip(), given.strip()) if given.strip() else None
    words = name.split()
    if len(words) < 2 or len(words) > 6 or is_arabic(name) or _BODIES.search(name):
        return None
    at = len(words) - 1
    while at > 1 and words[at - 1].lower() in _JOINING:
        at -= 1
    return " ".join(words[at:]), " ".join(words[:at])


def entry(info: DocumentInfo) -> Rich:
    """A line of the bibliography: ``Al-Saidi, Saad. *Title*. Publisher, October 2024.``"""
    meta = info.metadata
    date = readable_date(meta.published) or "n.d."
    runs: list[Run] = []
    head = _listed(meta.authors) or meta.publisher
    if head:
        runs.append(Run(_stop(head) + " "))
    runs += [Run(meta.title, Style.EMPHASIS), Run("" if meta.title.endswith(("?", "!", ".")) else ".")]
    tail = []
    if meta.translator:
        tail.append(f"Translated by {plain_author(meta.translator)}.")
    if meta.series:
        tail.append(_stop(meta.series))
    publisher = meta.publisher if meta.authors else None
    tail.append(f"{publisher}, {_stop(date)}" if publisher else _stop(date))
    if meta.url:
        tail.append(f"{meta.url}.")
    return (*runs, Run(" " + " ".join(tail)))


def sort_key(info: DocumentInfo) -> tuple[str, str]:
    """Bibliographies are sorted by the name they begin with, then by title."""
    meta = info.metadata
    head = _listed(meta.authors) or meta.publisher or meta.title
    return re.sub(r"^(?:the|al|el)[\s-]+", "", head.casefold()), meta.title.casefold()


def full_note(citation: Citation) -> Rich:
    """The first note on a source: ``Saad Al-Saidi, *Title* (Publisher, October 2024), p. 7, “Section”``."""
    authors = _spoken(citation.authors)
    publisher = citation.publisher if authors else None
    date = readable_date(citation.published) or "n.d."
    head = authors or citation.publisher
    runs = [Run(f"{head}, ")] if head else []
    runs += [Run(citation.title, Style.EMPHASIS), Run(f" ({publisher}, {date})" if publisher else f" ({date})")]
    return (*runs, Run(_place(citation)))


def short_note(citation: Citation) -> Rich:
    """Each further note: ``Al-Saidi, *Short Title*, p. 9``."""
    families = [(name_parts(a) or (plain_author(a), ""))[0] for a in citation.authors]
    head = families[0] + " et al." if len(families) > 3 else _and(families)
    head = head or citation.publisher or ""
    runs = [Run(f"{head}, ")] if head else []
    return (*runs, Run(short_title(citation.title), Style.EMPHASIS), Run(_place(citation)))


def short_title(title: str) -> str:
    """The title before its colon, without its article, at most five words and none left hanging.

    >>> short_title("The Gathering Storm: Ten Years On"), short_title("The Likely Consequences of a Long Withdrawal")
    ('Gathering Storm', 'Likely Consequences')
    """
    words = re.split(r"[:?–—]\s", title)[0].split()
    if len(words) > 2 and words[0].lower() in ("the", "a", "an"):
        words = words[1:]
    if len(words) > LONGEST_SHORT_TITLE:
        words = words[: LONGEST_SHORT_TITLE - 1]
        while len(words) > 1 and words[-1].lower() in STOPWORDS:
            words.pop()
    return " ".join(words).rstrip(":?,;")


def csl_json(sources: Sequence[DocumentInfo]) -> str:
    """The sources as CSL-JSON, which Zotero, Mendeley and Pandoc read."""
    return json.dumps([_csl(s) for s in sources], ensure_ascii=False, indent=2) + "\n"


def bibtex(sources: Sequence[DocumentInfo]) -> str:
    """The sources as BibTeX (UTF-8); what TeX would take for commands is escaped."""
    taken: set[str] = set()
    return "\n".join(_bibtex(s, _key(s.id, taken)) for s in sources)


# --------------------------------------------------------------------------- names and places


def _spoken(authors: Sequence[str]) -> str:
    names = [plain_author(a) for a in authors]
    return f"{names[0]} et al." if len(names) > 3 else _and(names)


def _listed(authors: Sequence[str]) -> str:
    """Names of a bibliography line: the first turned round."""
    names = [plain_author(a) for a in authors]
    if not names:
        return ""
    parts = name_parts(authors[0])
    names[0] = f"{parts[0]}, {parts[1]}" if parts else names[0]
    if len(names) == 1:
        return names[0]
    return ", ".join(names[:-1]) + f", and {names[-1]}"


def _and(names: Sequence[str]) -> str:
    if len(names) < 3:
        return " and ".join(names)
    return ", ".join(names[:-1]) + f", and {names[-1]}"


def _place(citation: Citation) -> str:
    page = f", p. {citation.page}" if citation.page else ""
    heading = citation.section[-1].rstrip(" :.") if citation.section else ""
    return page + (f", “{heading}”" if heading else "")


def _stop(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else text + "."


# --------------------------------------------------------------------------- for reference managers


def _csl(info: DocumentInfo) -> dict[str, Any]:
    meta = info.metadata
    item: dict[str, Any] = {"id": info.id, "type": "report", "title": meta.title}
    if meta.authors:
        item["author"] = [_csl_name(a) for a in meta.authors]
    if meta.translator:
        item["translator"] = [_csl_name(meta.translator)]
    if meta.published and (parts := _date_parts(meta.published)):
        item["issued"] = {"date-parts": [parts]}
    for field, value in (
        ("publisher", meta.publisher), ("collection-title", meta.series), ("language", meta.language),
        ("URL", meta.url), ("number-of-pages", str(info.pages) if info.pages else None),
    ):  # fmt: skip
        if value:
            item[field] = value
    item["note"] = f"sha256:{info.sha256}"
    return item


def _csl_name(author: str) -> dict[str, str]:
    parts = name_parts(author)
    return {"family": parts[0], "given": parts[1]} if parts else {"literal": plain_author(author)}


def _date_parts(published: str) -> list[int]:
    parts = published.split("-")
    return [int(p) for p in parts if p.isdigit()] if parts[0].isdigit() else []


def _bibtex(info: DocumentInfo, key: str) -> str:
    meta = info.metadata
    kind = "techreport" if meta.publisher else "misc"
    fields: list[tuple[str, str]] = []
    if meta.authors:
        fields.append(("author", "{" + " and ".join(_tex_name(a) for a in meta.authors) + "}"))
    fields.append(("title", "{{" + tex(meta.title) + "}}"))
    if meta.publisher:
        fields.append(("institution", "{" + tex(meta.publisher) + "}"))
    if meta.translator:
        fields.append(("translator", "{" + _tex_name(meta.translator) + "}"))
    if meta.series:
        fields.append(("series", "{" + tex(meta.series) + "}"))
    parts = _date_parts(meta.published) if meta.published else []
    if parts:
        fields.append(("year", "{" + str(parts[0]) + "}"))
    if len(parts) > 1 and 1 <= parts[1] <= 12:
        fields.append(("month", _MONTHS[parts[1] - 1]))
    if meta.url:
        fields.append(("url", "{" + re.sub(r"[{}\\\s]", "", meta.url) + "}"))
    if meta.language:
        fields.append(("language", "{" + tex(meta.language) + "}"))
    fields.append(("note", "{sha256:" + info.sha256 + "}"))
    body = ",\n".join(f"  {name} = {value}" for name, value in fields)
    return f"@{kind}{{{key},\n{body}\n}}\n"


def _tex_name(author: str) -> str:
    parts = name_parts(author)
    return tex(f"{parts[0]}, {parts[1]}") if parts else "{" + tex(plain_author(author)) + "}"


def tex(text: str) -> str:
    r"""Text that TeX prints as it stands.

    >>> print(tex("R&D at 5 % of {x}"))
    R\&D at 5 \% of \{x\}
    """
    return "".join(_TEX.get(c, c) for c in " ".join(text.split()))


def _key(document_id: str, taken: set[str]) -> str:
    key = re.sub(r"[^A-Za-z0-9:_-]+", "-", document_id).strip("-") or "source"
    number = 2
    while key in taken:
        key, number = f"{key.rstrip('0123456789')}{number}", number + 1
    taken.add(key)
    return key
