"""Memo JSON → what a page or a client shows; forms → orders.  Pure; tested without HTTP."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rag.memo.lint import BANDS
from rag.types import DocumentInfo, Outline
from rag.wire_memo import memo_from_json
from web import present
from web.export.bibliography import entry, sort_key
from web.export.rich import Run, Style
from web.i18n import N_, gettext, readable_date
from web.present import Json

FORMATS: tuple[tuple[str, str], ...] = (
    ("docx", "Word"),
    ("pdf", "PDF"),
    ("html", "HTML"),
    ("md", "Markdown"),
    ("json", "JSON"),
    ("csl", N_("References as CSL-JSON")),
    ("bib", N_("References as BibTeX")),
)
FIXED = ("bottom_line", "key_judgements")
"""Roles of sections that always stand first, whatever their place in an outline."""
CHANGES: tuple[tuple[str, str], ...] = (
    ("changed", N_("Changed")),
    ("new", N_("New")),
    ("gone", N_("Gone")),
    ("source_updated", N_("Same words, source updated")),
    ("kept", N_("Unchanged")),
)
_WORDS = re.compile(r"\s+|[^\W_]+|.", re.UNICODE | re.DOTALL)


# --------------------------------------------------------------------------- decorating


def _quotes(memo: Mapping[str, Any]) -> dict[int, str]:
    return {c["number"]: c["quote"] for c in memo["citations"]}


def decorated_statement(memo: Mapping[str, Any], statement: Mapping[str, Any]) -> Json:
    """A statement of the memo with its runs."""
    return present.decorate_statement(statement, _quotes(memo))


def decorate(memo: Mapping[str, Any]) -> Json:
    """The memo with labels and runs; everything else as stored."""
    quotes = _quotes(memo)
    citations = [present.labelled(c) for c in memo["citations"]]

    def shown(statements: Iterable[Mapping[str, Any]]) -> list[Json]:
        return [present.decorate_statement(s, quotes) for s in statements]

    return {
        **memo,
        "sections": [{**s, "statements": shown(s["statements"])} for s in memo["sections"]],
        "key_judgements": [
            {**j, "statement": present.decorate_statement(j["statement"], quotes)}
            for j in memo.get("key_judgements", ())
        ],
        "citations": citations,
        "disagreements": [present.decorate_difference(d, citations) for d in memo["disagreements"]],
        "source_notes": [{**n, "statements": shown(n["statements"])} for n in memo.get("source_notes", ())],
    }


def memo_view(stored: Mapping[str, Any]) -> Json:
    """Everything the template of one memo needs."""
    memo = decorate(stored)
    citations = [
        {**c, "place": present.place(c, gettext(present.PAGE)), "href": present.quote_href(c, memo["id"], "memo")}
        for c in memo["citations"]
    ]
    return {
        **memo,
        "citations": citations,
        "hrefs": {c["number"]: c["href"] for c in citations},
        "labels": {c["number"]: c["label"] for c in citations},
        "sections": [_section(s, memo["key_judgements"]) for s in memo["sections"]],
        "as_of_shown": readable_date(memo["as_of"]),
        "bibliography": [
            {"id": s.id, "parts": bibliography(s)} for s in sorted(memo_from_json(stored).sources, key=sort_key)
        ],
        "scale": BANDS if memo["key_judgements"] else (),
        "ledger": memo.get("ledger", []),
        "timeline": [
            {**row, "shown": readable_date(row["date"]) or row["printed"]} for row in memo.get("timeline", ())
        ],
        "shares": [
            {**row, "percent": f"{100 * row['share']:.0f} %"} for row in memo.get("balance", ())
        ],
        "source_notes": [
            {**n, "statements": [{**s, "badge": None} for s in n["statements"]]} for n in memo["source_notes"]
        ],
        "flagged": sum(s["support"] == "flagged" for part in memo["sections"] for s in part["statements"]),
        "understood": None,
    }


def _section(section: Mapping[str, Any], judgements: Sequence[Json]) -> Json:
    groups = [{**g, "statements": [_owned(s) for s in g["statements"]]} for g in present.groups(section["statements"])]
    judged = section.get("role") == "key_judgements" and len(judgements) == len(section["statements"])
    shown = [{**j, "statement": _owned(j["statement"])} for j in judgements] if judged else []
    return {**section, "groups": groups, "judgements": shown}


def _owned(statement: Json) -> Json:
    """A quoted statement names its source in its own words; a written one may need it beside them."""
    return {**statement, "badge": present.badge(statement) if statement["kind"] == "written" else None}


def bibliography(source: DocumentInfo) -> Json:
    """A line of the bibliography as exports print it, its title apart so that a page can link it."""
    runs = [run for run in entry(source) if isinstance(run, Run)]
    at = next(i for i, run in enumerate(runs) if run.style is Style.EMPHASIS)
    return {
        "before": "".join(r.text for r in runs[:at]).strip(),
        "title": runs[at].text,
        "after": "".join(r.text for r in runs[at + 1 :]),
    }


# --------------------------------------------------------------------------- lists and versions


def families(rows: Sequence[Mapping[str, Any]]) -> list[Json]:
    """One line for each memo, its newest version, with how many versions there are; latest first."""
    parent = {row["id"]: row.get("parent_id") for row in rows}

    def root(memo_id: str) -> str:
        while parent.get(memo_id) in parent:
            memo_id = str(parent[memo_id])
        return memo_id

    found: dict[str, Json] = {}
    for row in rows:  # latest first, so the first of a family is its newest
        known = found.setdefault(root(row["id"]), {**row, "versions": 0})
        known["versions"] += 1
    return list(found.values())


def comparison_view(comparison: Mapping[str, Any]) -> list[Json]:
    """Changes by kind, in the order a reader wants them; changed ones word by word."""
    return [
        {
            "kind": kind,
            "title": title,
            "changes": [
                {**c, "words": word_changes(c["before"], c["after"]) if kind == "changed" else []} for c in chosen
            ],
        }
        for kind, title in CHANGES
        if (chosen := [c for c in comparison["changes"] if c["kind"] == kind])
    ]


def word_changes(before: str, after: str) -> list[Json]:
    """Two wordings as pieces that stayed, went or came.

    >>> [(p["kind"], p["text"]) for p in word_changes("41 cranes work", "37 cranes work")]
    [('gone', '41'), ('new', '37'), ('kept', ' cranes work')]
    """
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    pieces: list[Json] = []
    for step, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if step == "equal":
            pieces.append({"kind": "kept", "text": "".join(old[a:b])})
            continue
        if b > a:
            pieces.append({"kind": "gone", "text": "".join(old[a:b])})
        if d > c:
            pieces.append({"kind": "new", "text": "".join(new[c:d])})
    return pieces


# --------------------------------------------------------------------------- forms


def asked_of(stored: Mapping[str, Any]) -> Json:
    """The form that would ask for a stored memo again."""
    filters = stored.get("filters") or {}
    return {
        "task": stored["task"],
        "template": stored["template"],
        "as_of": stored.get("as_of") or "",
        "document": filters.get("documents") or [],
        "publisher": filters.get("publishers") or [],
        "published_after": filters.get("published_after") or "",
        "published_before": filters.get("published_before") or "",
        "language": filters.get("language") or "",
    }


def outline_rows(outline: Outline) -> list[Json]:
    """An outline as the rows of its form."""
    return [
        {"heading": s.heading, "question": s.question, "role": str(s.role), "words": s.words or ""}
        for s in outline.sections
    ]


def posted_rows(
    headings: Sequence[str], questions: Sequence[str], roles: Sequence[str], words: Sequence[str]
) -> list[Json]:
    """The rows of a posted outline form, fixed sections first."""
    rows: list[Json] = [
        {"heading": h.strip(), "question": q.strip(), "role": r, "words": w.strip()}
        for h, q, r, w in zip(headings, questions, roles, words, strict=False)
    ]
    return sorted(rows, key=lambda row: row["role"] not in FIXED)


def changed_rows(rows: Sequence[Json], action: str) -> list[Json]:
    """The rows after a button: ``up:2``, ``down:0``, ``remove:1`` or ``add``; anything else changes nothing.

    >>> rows = [{"heading": "a", "role": "body"}, {"heading": "b", "role": "body"}]
    >>> [row["heading"] for row in changed_rows(rows, "up:1")]
    ['b', 'a']
    """
    changed = list(rows)
    if action == "add":
        return [*changed, {"heading": "", "question": "", "role": "body", "words": ""}]
    what, _, number = action.partition(":")
    if not number.isdecimal() or int(number) >= len(changed):
        return changed
    at = int(number)
    if what == "remove":
        del changed[at]
    other = at - 1 if what == "up" else at + 1
    movable = what in ("up", "down") and 0 <= other < len(changed)
    if movable and (changed[at]["role"] in FIXED) == (changed[other]["role"] in FIXED):
        changed[at], changed[other] = changed[other], changed[at]
    return changed


def posted_wordings(places: Sequence[str], texts: Sequence[str]) -> dict[tuple[int, int], str]:
    """The statements of a posted edit form by section and number.

    >>> posted_wordings(["0-2", "x"], ["New words.", "ignored"])
    {(0, 2): 'New words.'}
    """
    found = {}
    for place, text in zip(places, texts, strict=False):
        section, _, number = place.partition("-")
        if section.isdecimal() and number.isdecimal():
            found[int(section), int(number)] = text
    return found
