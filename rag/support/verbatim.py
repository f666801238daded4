"""Statements that are a source's words: found to the letter (after folding), in order, sense uncut."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from rag import text as rt
from rag.support.tokens import analyse, find, table
from rag.support.verdict import Evidence

_QUOTED = re.compile(r"[“«„]\s*(?P<a>[^”»“«]+?)\s*[”»]|\"(?P<b>[^\"]+)\"")
_BRACKETED = re.compile(r"\[([^\]]*)\]")
_GAP = re.compile(r"\s*(?:\[[^\]]*\]|\(?…\)?|\(?\.\.\.\)?)\s*")
_FEW = 3  # quotation marks round fewer words are scare quotes or titles, not quotations

_BEFORE = table(
    dict.fromkeys(
        """not|no|never|neither|nor|without|cannot|false|untrue|incorrect|wrong|myth|mistaken|mistake|
        deny|denies|denied|denying|rejects|reject|rejected|rejecting|refutes|refuted|disputes|disputed|
        doubts|doubt|doubtful|doubted|no evidence|contrary|unlikely|if|unless|whether|were|suppose|
        supposing|hardly|far from|claim|claims|claimed|claiming|allege|alleges|alleged|allegation|
        may|might|could|perhaps|possibly|reportedly|allegedly|rumours|rumour|
        fears|feared|fear|hope|hopes|hoped|risk|pretend|pretends|pretended|supposedly|few believe|
        some argue|critics say|opponents say|argues|argue|argued|believes|believe|believed|
        dont|doesnt|didnt|isnt|wasnt|arent|werent|wouldnt|wont|couldnt|cant|although|though|
        il est faux|faux|pas|aucun|nie|nient|rejette|si|peut-être|pourrait|
        ليس|ليست|لا|لم|لن|ينفي|نفى|تنفي|غير صحيح|إذا|لو|ربما|قد|يزعم|زعم|
        some|several|few|most|many|at least|up to|less than|more than|fewer than|nearly|about|
        only|except""".replace("\n", "").split("|"),
        "",
    )
)
_AFTER = table(
    dict.fromkeys(
        """if|unless|only if|provided|except|is false|is untrue|is wrong|is mistaken|is a myth|
        is unfounded|but|although|though|has been disproved|turned out|was never|is unlikely|
        did not happen|on condition|subject to|assuming|according to|said|says|argued|claims|
        claimed|is not true|are unfounded|is denied|is disputed|sauf si|mais|إلا إذا|لكن|
        in theory|in principle|excluding""".replace("\n", "").split("|"),
        "",
    )
)
_SOFT_AFTER = frozenset({"but", "although", "though", "mais", "لكن"})  # a new clause: sense stands


@dataclass(frozen=True, slots=True)
class Verbatim:
    """What was found: whether the whole text is the source's words, and what was cut wrongly."""

    whole: bool
    quoted_pieces: int
    problems: tuple[str, ...]


def quoted_parts(statement: str) -> list[str]:
    """Texts in quotation marks of at least three words."""
    parts = [m["a"] or m["b"] for m in _QUOTED.finditer(statement)]
    return [p for p in parts if len(rt.words(p)) >= _FEW]


def without_quotations(statement: str) -> str:
    """The statement with its quotations taken out."""
    return _QUOTED.sub(lambda m: " " if len(rt.words(m["a"] or m["b"])) >= _FEW else m.group(), statement)


def examine(body: str, evidence: Sequence[Evidence], frame: str = "") -> Verbatim:
    """Looks for the body, or its quotations, in the quotes, piece by piece and in order."""
    parts = quoted_parts(body)
    problems: list[str] = []
    told = " ".join(_BRACKETED.findall(body))  # "[Some] estimates …" has lost nothing
    complete = _locate(body.strip(" \"'“”‘’«».,;:"), evidence) if parts else None
    if complete is not None and len(complete) == 1:
        # the source's own sentence, with the quotations it holds: they are cut nowhere
        return Verbatim(True, len(parts), tuple(_cut(complete, f"{frame} {told}")))
    for part in parts:
        where = _locate(part, evidence)
        if where is None:
            problems.append(f"the words “{_short(part)}” are not in the quotes")
        else:
            problems += _cut(where, f"{frame} {without_quotations(body)} {told}")
    rest = without_quotations(body) if parts else ""
    whole = bool(parts) and not [w for w in rt.content_words(rest) if len(w) > 1]
    if not parts:
        stripped = body.strip(" \"'“”‘’«».,;:")
        where = _locate(stripped, evidence) if stripped else None
        if where is not None:
            whole = True
            problems += _cut(where, f"{frame} {told}")
    return Verbatim(whole and not any("not in" in p for p in problems), len(parts), tuple(problems))


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "…"


@lru_cache(maxsize=8192)
def _folded(text: str) -> str:
    return rt.fold(text).text


def _locate(part: str, evidence: Sequence[Evidence]) -> list[tuple[str, int, int]] | None:
    """Each piece as ``(folded context, start, end)``; pieces of one quotation may join two quotes."""
    pieces = [p for p in (_trim(_folded(p)) for p in _GAP.split(part)) if p]
    if not pieces:
        return None
    for item in evidence:
        found = _in_order(pieces, _folded(item.quote))
        if found is not None:
            return [_place(item, s, e) for s, e in found]
    found_all: list[tuple[str, int, int]] = []
    reached: dict[int, int] = {}
    for piece in pieces:
        hit = None
        for number, item in enumerate(evidence):
            start = _word_find(_folded(item.quote), piece, reached.get(number, 0))
            if start >= 0:
                hit = (number, item, start)
                break
        if hit is None or len(evidence) == 1:
            return None
        reached[hit[0]] = hit[2] + len(piece)
        found_all.append(_place(hit[1], hit[2], hit[2] + len(piece)))
    return found_all


def _trim(text: str) -> str:
    return text.strip(" \"'.,;:!?")


def _in_order(pieces: Sequence[str], source: str) -> list[tuple[int, int]] | None:
    at = 0
    found = []
    for piece in pieces:
        start = _word_find(source, piece, at)
        if start < 0:
            return None
        at = start + len(piece)
        found.append((start, at))
    return found


def _word_find(source: str, piece: str, at: int) -> int:
    """``str.find`` at word boundaries, so that ``able to`` is not found in ``unable to``."""
    start = source.find(piece, at)
    while start >= 0:
        end = start + len(piece)
        before_ok = start == 0 or not (source[start - 1].isalnum() and piece[0].isalnum())
        after_ok = end == len(source) or not (source[end].isalnum() and piece[-1].isalnum())
        if before_ok and after_ok:
            return start
        start = source.find(piece, start + 1)
    return start


def _place(item: Evidence, start: int, end: int) -> tuple[str, int, int]:
    """The span of a piece in its context (or in the quote when no context is given)."""
    quote = _folded(item.quote)
    context = _folded(item.context) if item.context else quote
    at = context.find(quote) if item.context else 0
    if at < 0:
        return quote, start, end
    return context, start + at, end + at


def _cut(places: Sequence[tuple[str, int, int]], outside: str) -> list[str]:
    """Words cut off in front of or behind the pieces that turn their sense."""
    kept = {m.phrase.lower() for m in find(analyse(outside).tokens, _BEFORE)}
    problems = []
    for number, (context, start, end) in enumerate(places):
        before = _same_sentence_before(context, start)
        if number and places[number - 1][0] == context and places[number - 1][2] <= start:
            between = context[places[number - 1][2] : start]
            before = before[-len(between) :] if between.strip() else ""
        marks = [m for m in find(analyse(before).tokens, _BEFORE) if not _closed(before, m.end)]
        marks = [m for m in marks if m.phrase.lower() not in kept]
        if outside and _speaker_kept(before, outside):
            marks = [m for m in marks if m.phrase.lower() not in _SAYING]
        if marks:
            problems.append(f"the quotation is cut after “{marks[-1].phrase}”, which changes its sense")
        after = _same_sentence_after(context, end)
        late = [m for m in find(analyse(after).tokens, _AFTER) if m.start <= 2]
        late = [m for m in late if m.phrase.lower() not in _SOFT_AFTER]
        if late and number == len(places) - 1:
            problems.append(f"the quotation is cut before “{late[0].phrase}”, which changes its sense")
    return problems


_SAYING = frozenset(
    """argues argue argued believes believe believed claim claims claimed allege alleges alleged say says
    said""".split()
)
_SELF = frozenset("author authors report paper study article brief".split())


def _speaker_kept(before: str, outside: str) -> bool:
    """The speaker that was cut off (``Nasser argues that …``) is named in the frame instead."""
    cut = {t.key for t in analyse(before).tokens if t.content and t.word not in _SAYING | _SELF}
    return cut <= {t.key for t in analyse(outside).tokens}


def _closed(before: str, at: int) -> bool:
    """A marker whose clause ended (comma, semicolon, colon) before the quotation began."""
    row = analyse(before).tokens
    tail = before[row[at - 1].end :]
    if re.search(r"[;:]", tail):
        return True
    word = row[at - 1].word
    opener = word in {"if", "without", "unless", "although", "though", "si", "whether", "were", "اذا", "لو"}
    return not opener and "," in tail and not re.match(r"^\s*,", tail)


def _same_sentence_before(context: str, start: int) -> str:
    head = context[:start]
    ends = [
        m.end()
        for m in re.finditer(r"[.!?؟](?=\s)", head)
        if not re.search(r"\b(?:dr|mr|mrs|no|u\.s|u\.n)\.$", head[: m.end()])
    ]
    return head[ends[-1] :] if ends else head


def _same_sentence_after(context: str, end: int) -> str:
    tail = context[end:]
    stop = re.search(r"[.!?؟;](?=\s|$)", tail)
    return tail[: stop.start()] if stop else tail
