"""What was asked, found again and taken along: matches with their surroundings, conversations as Markdown.  Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote as percent

from rag.text import find_folded, fold
from web import present
from web.present import Json

AROUND = 90
"""Characters shown on each side of a match."""
_MARKER = re.compile(r"\s?\[\d{1,4}\]")
_UNSAFE = re.compile(r"[^\w .,-]+")
_SPECIAL = re.compile(r"([\\`*_\[\]<>#|])")


def found(rows: Sequence[Mapping[str, Any]], hits: Sequence[Mapping[str, Any]], query: str) -> list[Json]:
    """The conversations with hits, as in ``rows``, each with its ``matches``: answer, question, excerpt."""
    matches: dict[str, list[Json]] = {}
    for hit in hits:
        shown = {
            "answer_id": hit["answer_id"],
            "question": hit["question"],
            "excerpt": excerpt(hit["answer"], query),
        }
        matches.setdefault(hit["conversation_id"], []).append(shown)
    titled = fold(query).text.split()
    return [
        {**row, "matches": matches.get(row["id"], [])}
        for row in rows
        if row["id"] in matches or all(word in fold(row["title"]).text for word in titled)
    ]


def excerpt(text: str, query: str) -> str:
    """The text around the first word of the query, cut at blanks; its beginning where none stands in it.

    >>> excerpt("One two three", "two")
    'One two three'
    """
    plain = " ".join(_MARKER.sub("", text).split())
    folded = fold(plain)
    places = [find_folded(folded, word) for word in query.split()]
    at = min((place[0] for place in places if place), default=0)
    start, end = max(0, at - AROUND), min(len(plain), at + AROUND)
    if start:
        start = plain.find(" ", start, at) + 1 or start
    if end < len(plain):
        end = plain.rfind(" ", at, end) if plain.rfind(" ", at, end) > at else end
    return ("… " if start else "") + plain[start:end] + (" …" if end < len(plain) else "")


def attachment(title: str, suffix: str) -> str:
    """A Content-Disposition that saves under the title, in any script.

    >>> attachment("What? Why/how", "md").split(";")[1]
    ' filename="What Why how.md"'
    """
    name = " ".join(_UNSAFE.sub(" ", title).split())[:60].strip(" .") or "conversation"
    plain = name.encode("ascii", "ignore").decode().strip(" .") or "conversation"
    return f"attachment; filename=\"{plain}.{suffix}\"; filename*=UTF-8''{percent(f'{name}.{suffix}')}"


def markdown(conversation: Mapping[str, Any], address: str) -> str:
    """A conversation to be read elsewhere: questions, answers, and the quotes they rest on.

    ``address`` is where this installation is reached; links to the quotes begin with it.
    """
    parts = [f"# {_plain(conversation['title'])}"]
    for answer in conversation["answers"]:
        shown = present.decorate(answer)
        parts.append(f"## {_plain(answer['question'])}")
        parts += _refusal(shown) if shown["refusal"] else _statements(shown)
        parts += _differences(shown)
        parts += _quotes(shown, address)
    return "\n\n".join(parts) + "\n"


def _plain(text: str) -> str:
    """Words as they are: nothing in them is markup."""
    return _SPECIAL.sub(r"\\\1", " ".join(str(text).split()))


def _statements(answer: Json) -> list[str]:
    parts: list[str] = []
    for group in present.groups(answer["statements"]):
        if group["heading"]:
            parts.append(f"### {_plain(group['heading'])}")
        for statement in group["statements"]:
            doubt = "(doubtful) " if statement["support"] == "flagged" else ""
            words = "".join(_run(run) for run in statement["runs"])
            parts.append(f"{doubt}{' '.join(words.split())}")
    return parts


def _run(run: Json) -> str:
    """Quoted words in quotation marks, as the page shows them."""
    if "citation" in run:
        return f" \\[{run['citation']}\\]"
    bare = run.get("quoted") and run["text"][:1] not in ("“", "«", '"')
    words = _SPECIAL.sub(r"\\\1", run["text"])
    return f"“{words.strip()}”" if bare else words


def _refusal(answer: Json) -> list[str]:
    refusal = answer["refusal"]
    missing = [f"- {_plain(m)}" for m in refusal["missing"]]
    return [f"No answer: {_plain(refusal['reason'])}", *(["\n".join(missing)] if missing else [])]


def _differences(answer: Json) -> list[str]:
    lines = []
    for item in answer["disagreements"]:
        lines.append(f"The reports differ: {_plain(item['about'])}")
        sides = [
            f"- {_plain(p['label'])}: {_plain(_MARKER.sub('', p['claim']))} "
            + "".join(f"\\[{n}\\]" for n in p["citations"])
            for p in item["positions"]
        ]
        lines.append("\n".join(sides))
    return lines


def _quotes(answer: Json, address: str) -> list[str]:
    rows = []
    for c in answer["citations"]:
        where = ", ".join(filter(None, [_plain(c["label"]), f"*{_plain(c['title'])}*", _plain(present.place(c))]))
        link = f"{address}{present.quote_href(c, answer['id'])}"
        rows.append(f"{c['number']}. “{_plain(c['quote'])}” {where}. [Open]({link})")
    return ["### Quotes", "\n".join(rows)] if rows else []
