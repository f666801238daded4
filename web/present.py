"""Answer JSON → what a page or a client shows.  Pure; tested without HTTP.

The stored answer is never changed: :func:`decorate` adds ``label`` to citations and positions, and
``runs`` to statements, so that the streaming script, the server-rendered page and any other client cut
a sentence at the same places.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote as percent
from urllib.parse import urlencode

from rag.labels import attribution
from rag.text import fold
from rag.types import Metadata
from web.i18n import N_, gettext

Json = dict[str, Any]
AXES = {
    "figure": N_("different figures"),
    "date": N_("different dates"),
    "definition": N_("different definitions"),
    "period": N_("different periods"),
    "cause": N_("different causes"),
    "judgement": N_("different judgements"),
    "recommendation": N_("different recommendations"),
    "classification": N_("different classifications"),
}
"""Axis of a disagreement → what the pages say, which translate it."""
PAGE = N_("p. %(page)s")
_MARKER = re.compile(r"\s?\[(\d{1,4})\]")
_QUOTED = re.compile(r"“[^“”]{2,}”|«[^«»]{2,}»|\"[^\"]{2,}\"")
_ELISION = re.compile(r"\s*(?:\[…\]|\[\.\.\.\]|…|\.\.\.)\s*")


def source_label(item: Mapping[str, Any]) -> str:
    """Who says it and when: ``Rasanah, October 2024``."""
    return attribution(
        Metadata(
            title=item["title"],
            authors=tuple(item.get("authors") or ()),
            publisher=item.get("publisher"),
            published=item.get("published"),
        )
    )


def labelled(citation: Mapping[str, Any]) -> Json:
    """A citation (or passage) with the name of its source."""
    return {**citation, "label": source_label(citation)}


def statement_runs(statement: Mapping[str, Any], quotes: Mapping[int, str]) -> list[Json]:
    """Cuts a statement into words, quoted words and citation numbers.

    A number in brackets becomes a citation where it stands; numbers that the text does not place
    follow at the end.  Words count as quoted only when a cited quote holds them (after the declared
    normalisation), so that quotation marks alone never borrow the look of evidence.
    """
    numbers: list[int] = list(statement["citations"])
    folded = [fold(quotes[n]).text for n in numbers if n in quotes]
    runs: list[Json] = []
    placed: set[int] = set()
    position, text = 0, str(statement["text"])
    for match in _MARKER.finditer(text):
        number = int(match[1])
        if number not in numbers:
            continue
        runs.extend(_word_runs(text[position : match.start()], statement, folded))
        runs.append({"citation": number})
        placed.add(number)
        position = match.end()
    runs.extend(_word_runs(text[position:], statement, folded))
    runs.extend({"citation": n} for n in dict.fromkeys(numbers) if n not in placed)
    return runs


def _word_runs(text: str, statement: Mapping[str, Any], quotes: Sequence[str]) -> list[Json]:
    if not text:
        return []
    if statement["kind"] == "quoted" and _stands_in(text, quotes):
        return [{"text": text, "quoted": True}]
    runs: list[Json] = []
    position = 0
    for match in _QUOTED.finditer(text):
        if not _stands_in(match[0][1:-1], quotes):
            continue
        if match.start() > position:
            runs.append({"text": text[position : match.start()]})
        runs.append({"text": match[0], "quoted": True})
        position = match.end()
    if position < len(text):
        runs.append({"text": text[position:]})
    return runs


def _stands_in(words: str, quotes: Sequence[str]) -> bool:
    pieces = [fold(piece).text for piece in _ELISION.split(words)]
    pieces = [piece.strip(" .,;:") for piece in pieces if piece.strip(" .,;:")]
    return bool(pieces) and all(any(piece in q for q in quotes) for piece in pieces)


def decorate_statement(statement: Mapping[str, Any], quotes: Mapping[int, str]) -> Json:
    """A statement with its runs."""
    return {**statement, "runs": statement_runs(statement, quotes)}


def decorate(answer: Mapping[str, Any]) -> Json:
    """The answer with labels and runs; everything else as stored."""
    citations = [labelled(c) for c in answer["citations"]]
    quotes = {c["number"]: c["quote"] for c in citations}
    refusal = answer["refusal"]
    return {
        **answer,
        "citations": citations,
        "statements": [decorate_statement(s, quotes) for s in answer["statements"]],
        "disagreements": [decorate_difference(d, citations) for d in answer["disagreements"]],
        "passages": [labelled(p) if "title" in p else dict(p) for p in answer["passages"]],
        "refusal": refusal and {**refusal, "nearest": [labelled(c) for c in refusal["nearest"]]},
    }


def decorate_difference(item: Mapping[str, Any], citations: Sequence[Json]) -> Json:
    """A disagreement with the names of its sides and the runs of their claims."""
    by_document = {c["document_id"]: c["label"] for c in citations}
    by_number = {c["number"]: c["quote"] for c in citations}
    positions = []
    for position in item["positions"]:
        as_statement = {"text": position["claim"], "citations": position["citations"], "kind": "quoted"}
        label = by_document.get(position["document_id"], position["document_id"])
        runs = statement_runs(as_statement, by_number)
        positions.append({**position, "label": label, "runs": runs})
    axis = AXES.get(item.get("axis", ""), item.get("axis", ""))
    axis = "" if item["about"].endswith(axis) else axis  # most of them end with it already
    return {**item, "axis_label": axis, "positions": positions}


# --------------------------------------------------------------------------- for the page


def quote_href(item: Mapping[str, Any], owner_id: str | None, kind: str = "answer") -> str:
    """Address of the reader opened at a quote, knowing the answer or ``memo`` it belongs to."""
    query: list[tuple[str, Any]] = [("start", item["start"]), ("end", item["end"])]
    if owner_id:
        query.append((kind, owner_id))
    return f"/documents/{percent(item['document_id'], safe='')}?{urlencode(query)}#quote"


def place(item: Mapping[str, Any], printed: str = PAGE) -> str:
    """Where in its document a quote stands: section path and page, as far as known; ``printed`` words the page."""
    section = " › ".join(item.get("section") or [])
    page = printed % {"page": item["page"]} if item.get("page") else ""
    return " · ".join(part for part in (section, page) if part)


def groups(statements: Sequence[Json]) -> list[Json]:
    """Statements under their headings, in order: ``{"heading": str | None, "statements": [...]}``."""
    found: list[Json] = []
    for statement in statements:
        heading = statement.get("group")
        if not found or found[-1]["heading"] != heading:
            found.append({"heading": heading, "statements": []})
        found[-1]["statements"].append({**statement, "badge": badge(statement)})
    return found


def badge(statement: Mapping[str, Any]) -> str | None:
    """The attribution to show beside a statement; None where text or heading name the source."""
    who = statement.get("attribution")
    if not who:
        return None
    name = str(who).split(",")[0]
    if name in str(statement["text"]) or name in str(statement.get("group") or ""):
        return None
    return str(who)


def turn_view(answer: Mapping[str, Any]) -> Json:
    """Everything the template of one answer needs, from the stored JSON."""
    shown = decorate(answer)
    refusal = shown["refusal"]
    seconds = float(shown["timings_ms"].get("total", 0.0)) / 1000
    return {
        **shown,
        "groups": groups(shown["statements"]),
        "citations": _with_places(shown["citations"], shown["id"]),
        "hrefs": {c["number"]: quote_href(c, shown["id"]) for c in shown["citations"]},
        "labels": {c["number"]: c["label"] for c in shown["citations"]},
        "passages": _with_places(shown["passages"], None),
        "refusal": refusal and {**refusal, "nearest": _with_places(refusal["nearest"], None)},
        "understood": understood(shown),
        "dropped": int(shown.get("dropped_statements") or 0),
        "duration": duration(seconds),
        "sources": len({c["document_id"] for c in shown["citations"]}),
    }


def duration(seconds: float) -> str:
    """How long it took.

    >>> duration(2.34), duration(0.05)
    ('2.3 s', '50 ms')
    """
    if seconds >= 0.1:
        return gettext("%(number)s s") % {"number": f"{seconds:.1f}"}
    return gettext("%(number)s ms") % {"number": f"{seconds * 1000:.0f}"}


def _with_places(items: Iterable[Mapping[str, Any]], answer_id: str | None) -> list[Json]:
    return [
        {
            **item,
            "place": place(item, gettext(PAGE)),
            "href": quote_href(item, answer_id),
            "label": item.get("label") or item["document_id"],
        }
        for item in items
    ]


def understood(answer: Mapping[str, Any]) -> str | None:
    """The question that was searched for, where it differs from what was typed."""
    asked, alone = str(answer["question"]), str(answer["standalone_question"])
    return alone if fold(asked).text != fold(alone).text else None


def neighbours(
    answer: Mapping[str, Any], document_id: str, start: int, end: int, kind: str = "answer"
) -> Json | None:
    """The citation at a place, with the one before and after it in the same answer (or ``memo``)."""
    citations = sorted(answer["citations"], key=lambda c: c["number"])
    for index, citation in enumerate(citations):
        if (citation["document_id"], citation["start"], citation["end"]) == (document_id, start, end):
            before = citations[index - 1] if index else None
            after = citations[index + 1] if index + 1 < len(citations) else None
            return {
                "citation": labelled(citation),
                "total": len(citations),
                "previous": before and {**labelled(before), "href": quote_href(before, answer["id"], kind)},
                "next": after and {**labelled(after), "href": quote_href(after, answer["id"], kind)},
            }
    return None
