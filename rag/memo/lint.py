"""Checks a memo against the house's rules of analysis: sections, likelihood words, quotes, balance."""

from __future__ import annotations

import re

from rag.memo.gaps import COMPARED, ONE_SIDED, UNJUDGED
from rag.memo.languages import language_of, say
from rag.memo.template import Template
from rag.types import (
    LintFinding,
    LintLevel,
    Memo,
    SectionRole,
    Statement,
    StatementKind,
    Support,
)

BANDS: tuple[tuple[str, str, str], ...] = (
    ("almost no chance", "remote", "01–05 %"),
    ("very unlikely", "highly improbable", "05–20 %"),
    ("unlikely", "improbable", "20–45 %"),
    ("roughly even chance", "roughly even odds", "45–55 %"),
    ("likely", "probable", "55–80 %"),
    ("very likely", "highly probable", "80–95 %"),
    ("almost certain", "nearly certain", "95–99 %"),
)
"""The seven bands of the US Intelligence Community Directive 203: two wordings and the range of each."""

_OUTSIDE = re.compile(
    r"\b(?:fairly|quite|rather|somewhat|reasonably|extremely|most|more than|less than|increasingly|"
    r"increasing(?:ly)?)\s+(?:un)?likely\b|\b(?:good|fair|strong|real|serious|distinct|slim|outside)\s+"
    r"(?:chance|possibility|likelihood)\b|\bin all likelihood\b|\bdoubtless\b|\bundoubtedly\b|\bconceivabl[ey]\b|"
    r"\bcannot be (?:ruled out|excluded)\b|\bbound to\b|\binevitabl[ey]\b|\bcertain to\b",
    re.IGNORECASE,
)
_LIKELIHOOD = re.compile(
    r"\b(?:almost no chance|remote|(?:highly )?(?:im)?probabl[ey]|(?:very )?(?:un)?likely|roughly even (?:chance|odds)|"
    r"(?:almost|nearly) certain)\b",
    re.IGNORECASE,
)
_CONFIDENCE = re.compile(r"\b(?:high|moderate|low|medium) confidence\b|\bconfidence (?:is|level)\b", re.IGNORECASE)
_FORECAST = re.compile(r"\b(?:will|would|shall|is going to|are going to|expected to|set to)\b", re.IGNORECASE)
_SPOKEN = re.compile(
    r"\b(?:according to|in the view of|argues?|argued|says?|said|expects?|expected by|warns?|warned|believes?|"
    r"predicts?|predicted|estimates?|estimated|forecasts?|fears?|writes?|judges?|sees)\b|^[^:“]{3,80}: “",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"|«[^»]*»")


def lint(memo: Memo, template: Template | None = None) -> list[LintFinding]:
    """What to look at before the memo goes out, in reading order; empty when nothing is wrong."""
    found = [*_sections(memo, template), *_length(memo)]
    for part in memo.sections:
        for number, statement in enumerate(part.statements, 1):
            found += _statement(statement, f"{part.heading}, {number}", memo)
    for number, judgement in enumerate(memo.judgements, 1):
        words = f"{judgement.basis} {judgement.confidence_reason}"
        if _LIKELIHOOD.search(words):
            found.append(_mixed(f"key judgement {number}"))
    found += _balance(memo)
    return found


def _sections(memo: Memo, template: Template | None) -> list[LintFinding]:
    if template is None:
        return []
    have = {s.role for s in memo.sections}
    missing = [
        role
        for role in (SectionRole.BOTTOM_LINE, SectionRole.KEY_JUDGEMENTS)
        if template.has(role) and role not in have and not (role is SectionRole.KEY_JUDGEMENTS and _says_why(memo))
    ]
    found = [
        _finding("section-missing", LintLevel.ERROR, f"The section “{template.heading(r)}” is missing.")
        for r in missing
    ]
    if all(s.role in (SectionRole.BOTTOM_LINE, SectionRole.KEY_JUDGEMENTS) for s in memo.sections):
        found.append(_finding("section-missing", LintLevel.ERROR, "The memo has no section beside its summary."))
    if not memo.gaps:
        found.append(_finding("gaps-missing", LintLevel.WARNING, "The memo does not say what is not known."))
    return found


def _says_why(memo: Memo) -> bool:
    """True for a memo that has no key judgements and says so: none is better than one beside the point."""
    said = {say(text, language_of(memo.task)) for text in (UNJUDGED, COMPARED)}
    return not said.isdisjoint(memo.gaps)


def _length(memo: Memo) -> list[LintFinding]:
    words = sum(len(s.text.split()) for part in memo.sections for s in part.statements)
    if memo.words_limit and words > memo.words_limit:
        text = f"The memo has {words} words; its template allows {memo.words_limit}."
        return [_finding("too-long", LintLevel.WARNING, text)]
    return []


def _statement(statement: Statement, where: str, memo: Memo) -> list[LintFinding]:
    found: list[LintFinding] = []
    quotes = {c.number: c.quote for c in memo.citations}
    if not statement.citations or any(n not in quotes for n in statement.citations):
        text = "A statement has no quote behind it."
        found.append(_finding("no-quote", LintLevel.ERROR, f"{text} “{_short(statement.text)}”", where))
    if statement.support is Support.FLAGGED:
        why = "; ".join(statement.problems) or "verification objected"
        found.append(_finding("not-verified", LintLevel.ERROR, f"Not verified: {why}.", where))
    own = _QUOTED.sub(" ", statement.text)  # the source's words are the source's affair
    if outside := _OUTSIDE.search(own):
        text = f"“{outside.group()}” is not one of the seven likelihood words."
        found.append(_finding("likelihood", LintLevel.ERROR, text, where))
    if _LIKELIHOOD.search(own) and _CONFIDENCE.search(own):
        found.append(_mixed(where))
    if statement.kind is StatementKind.WRITTEN and _FORECAST.search(own) and not _attributed(statement):
        text = f"A forecast says not whose it is: “{_short(statement.text)}”"
        found.append(_finding("forecast-unattributed", LintLevel.ERROR, text, where))
    return found


def _attributed(statement: Statement) -> bool:
    """True when the sentence itself, or the mark beside it, says whose view it gives."""
    return bool(statement.attribution or _SPOKEN.search(statement.text))


def _balance(memo: Memo) -> list[LintFinding]:
    if len(memo.balance) < 1 or memo.balance[0].share <= ONE_SIDED:
        return []
    top = memo.balance[0]
    text = f"{top.share:.0%} of the evidence is from one publisher ({top.publisher}); more than {ONE_SIDED:.0%}."
    return [_finding("one-sided", LintLevel.WARNING, text)]


def _mixed(where: str) -> LintFinding:
    text = "Likelihood and confidence stand in one sentence."
    return _finding("likelihood-with-confidence", LintLevel.ERROR, text, where)


def _finding(rule: str, level: LintLevel, message: str, where: str = "") -> LintFinding:
    return LintFinding(rule=rule, level=level, message=message, where=where)


def _short(text: str) -> str:
    return text if len(text) <= 120 else text[:117] + "…"
