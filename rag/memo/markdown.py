"""A memo as Markdown, laid out by its template: footnotes for citations, tables for the annexes."""

from __future__ import annotations

from collections.abc import Sequence

from rag.errors import SettingsError
from rag.labels import frame_label
from rag.memo.languages import language_of, say
from rag.memo.template import Template
from rag.types import Citation, Memo, Statement

SUPPLIED = frozenset({"t", "memo", "front", "marks", "cell", "groups", "label", "evidence"})
"""What a template may use."""


def check(template: Template) -> None:
    """Says before a memo is written that its template could not lay it out.

    The variables are looked at, and the template is tried on a memo in which nothing stands.

    Raises:
        SettingsError: the template uses a variable or a part of the memo that there is not.
    """
    unknown = sorted(template.prompt.variables - SUPPLIED)
    if unknown:
        raise SettingsError(
            f"The memo template {template.name!r} uses {', '.join(map(repr, unknown))}, which no memo has. "
            f"It may use: {', '.join(sorted(SUPPLIED))}. Correct {template.prompt.name}.j2."
        )
    body(_blank(template), template)


def _blank(template: Template) -> Memo:
    return Memo(
        id="", task="", title="", template=template.name, created_at="", as_of=None, sections=(), citations=(),
        sources=(), disagreements=(), gaps=(), audit=(),
    )  # fmt: skip


def markdown(memo: Memo, template: Template) -> str:
    """The memo with its footnotes.  Raises SettingsError when the template uses what nothing supplies."""
    notes = [f"[^{c.number}]: {footnote(c)}" for c in memo.citations]
    heading = say("Notes", language_of(memo.task))
    return "\n".join([body(memo, template), "", f"## {heading}", "", *notes]).strip() + "\n"


def evidence(memo: Memo, language: str) -> str:
    """How many quotes of how many documents a memo rests on."""
    quotes, sources = len(memo.citations), len(memo.sources)
    if language != "en":
        return say("{quotes} quotes from {sources} documents", language, quotes=quotes, sources=sources)
    return f"{quotes} quote{'' if quotes == 1 else 's'} from {sources} document{'' if sources == 1 else 's'}"


def body(memo: Memo, template: Template) -> str:
    """What the template lays out, with the marks of the footnotes but without these.

    Raises:
        SettingsError: the template uses what nothing supplies, or breaks while it is filled.
    """
    language = language_of(memo.task)
    labels = {s.id: frame_label(s.metadata) for s in memo.sources}
    laid_out = template.prompt.render(
        t=lambda text, **values: say(text, language, **values),
        memo=memo,
        front=template.front,
        marks=marks,
        evidence=evidence(memo, language),
        cell=cell,
        groups=groups,
        label=lambda document_id: labels.get(document_id, document_id),
    )
    lines = [line.rstrip() if not line.endswith("  ") else line for line in laid_out.splitlines()]
    return "\n".join(_one_blank(lines)).strip()


def marks(numbers: Sequence[int]) -> str:
    """Citation numbers as footnote marks: ``[^1][^4]``."""
    return "".join(f"[^{n}]" for n in numbers)


def cell(text: str) -> str:
    """Text that is safe in a table cell."""
    return " ".join(text.split()).replace("|", "\\|")


def groups(statements: Sequence[Statement]) -> list[tuple[str | None, list[Statement]]]:
    """Consecutive statements under the same sub-heading."""
    found: list[tuple[str | None, list[Statement]]] = []
    for statement in statements:
        if not found or found[-1][0] != statement.group:
            found.append((statement.group, []))
        found[-1][1].append(statement)
    return found


def footnote(citation: Citation) -> str:
    """Where a quote stands: author, title, publisher, date, section, page, and the words."""
    by = ", ".join(
        filter(
            None,
            [
                ", ".join(citation.authors),
                f"“{citation.title}”",
                citation.publisher,
                citation.published or "n.d.",
                f"p. {citation.page}" if citation.page else None,
            ],
        )
    )
    place = f", section “{citation.section[-1]}”" if citation.section else ""
    quote = " ".join(citation.quote.split())
    return f"{by}{place}: “{quote}”"


def _one_blank(lines: Sequence[str]) -> list[str]:
    """No two blank lines in a row; list items and table rows stay together."""
    kept: list[str] = []
    for line in lines:
        if not line.strip() and (not kept or not kept[-1].strip()):
            continue
        kept.append(line)
    return kept
