# ruff: noqa: E501 - one pattern a line
"""Frames: the part of a statement that says whose words follow ("According to …", "Al-Bayan (2024) writes: …").

A frame's names and dates are checked against the cited document's metadata, not against the quote.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from rag import text as rt
from rag.support.names import name_known
from rag.support.verdict import Evidence

_VERB = (
    r"(?:writes?|wrote|argues?|argued|says?|said|notes?|noted|states?|stated|adds?|added|observes?|"
    r"observed|reports?|reported|finds?|found|believes?|believed|holds?|maintains?|maintained|warns?|"
    r"warned|predicts?|predicted|expects?|expected|estimates?|estimated|concludes?|concluded|claims?|"
    r"claimed|suggests?|suggested|contends?|contended|asserts?|asserted|explains?|explained|puts? it|"
    r"describes?|described|recommends?|recommended|calls?|called|considers?|considered|thinks?|"
    r"insists?|insisted|stresses|stressed|points? out|pointed out|proposes?|proposed|urges?|urged|"
    r"quotes?|quoted|cites?|cited|lists?|listed|gives?|judges?|judged|sees?|expected|forecasts?|"
    r"forecast|projects?|projected|puts|has it|records?|recorded|"
    r"écrit|estime|affirme|soutient|note|indique|souligne|considère|juge|prévoit|avertit|rapporte)"
)
_NAME = r"(?P<name>[^\"“”«»:;]{2,160}?)"
_DATE = r"(?:\s*\((?P<date>[^()]{2,60})\))?"
_FRAMES = (
    re.compile(
        rf"^(?:according to|as per|per|in the (?:view|words|judge?ment|opinion|account) of)\s+{_NAME}{_DATE}\s*[,:]\s*",
        re.I,
    ),
    re.compile(rf"^(?:for|in)\s+{_NAME}['’]s?\s+(?:view|words|judge?ment|opinion|account|reading)\s*[,:]\s*", re.I),
    re.compile(
        rf"^(?:as\s+)?{_NAME}{_DATE}\s*,?\s+(?:also\s+|further\s+|itself\s+)?{_VERB}(?:\s+that|\s+que)?\s*[,:]?\s+(?=\S)"
    ),
    re.compile(rf"^(?:selon|d['’]après|pour)\s+{_NAME}{_DATE}\s*[,:]\s*", re.I),
    re.compile(rf"^(?:بحسب|وفقا ل|وفقًا ل|وفقاً ل|حسب)\s*{_NAME}{_DATE}\s*[،,:]\s*"),
    re.compile(
        rf"^(?:يرى|ترى|يقول|تقول|يكتب|تكتب|يذكر|تذكر|يؤكد|تؤكد|كتب|كتبت|يشير|تشير|ذكر|ذكرت|قال|قالت|جاء في)\s+{_NAME}{_DATE}\s*(?:أن|إن|أنّ|إلى أن|[،:])\s*"
    ),
    re.compile(rf"^{_NAME}{_DATE}\s*:\s*(?=[\"“«])"),
)
_TAIL = (
    re.compile(rf",?\s*(?:according to|in the view of|selon|بحسب|وفقا ل)\s+{_NAME}{_DATE}\s*\.?\s*$", re.I),
    re.compile(rf"[,”\"]\s*{_NAME}{_DATE}\s+{_VERB}\s*\.?\s*$"),
    re.compile(r"\s*[(\[](?P<name>[^()\[\]]{2,120})(?P<date>)[)\]]\s*\.?\s*$"),
)
_GENERIC = frozenset(
    """the a an its this that same report reports paper study article author authors writer writers
    analysis brief briefing commentary think tank researcher researchers institute institution
    centre center piece essay document source sources publication review survey of for on in by
    from and at editors editor ministry office s team analysts analyst position policy le la les
    rapport étude auteur l' d' du de des التقرير تقرير الدراسه دراسه الكاتب المركز مركز الباحث
    مقال""".split()
)
_GENERIC_FOLDED = frozenset("".join(rt.words(w)) or w for w in _GENERIC)
_HONORIFICS = frozenset("""dr mr mrs ms prof professor al el sheikh ayatollah general""".split())
_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_ABBREVIATED_MONTHS = {m[:3]: i for i, m in enumerate(_MONTHS, 1)}


@dataclass(frozen=True, slots=True)
class Frame:
    """Who is named, as printed, with the date given for them; ``source`` when it is the cited document."""

    name: str
    date: str | None
    source: bool
    text: str


@dataclass(frozen=True, slots=True)
class Framed:
    """A statement taken apart: its frames, and the rest, which the quotes must carry."""

    frames: tuple[Frame, ...]
    body: str
    problems: tuple[str, ...]

    @property
    def attributed(self) -> bool:
        """True when a frame names the cited document, its author or publisher."""
        return any(f.source for f in self.frames)


def take_apart(statement: str, evidence: Sequence[Evidence]) -> Framed:
    """Splits off leading and trailing frames that name a source.

    A name that is neither the cited documents' nor in the quotes is a problem; one that only the
    quotes carry (``UN experts``) is content and stays in the body.
    """
    frames: list[Frame] = []
    problems: list[str] = []
    body = statement.strip()
    for patterns in (_FRAMES, _TAIL):
        match = next((m for p in patterns if (m := p.search(body))), None)
        if match is None:
            continue
        name = match["name"].strip(" ,")
        date = match["date"] if match["date"] else None
        name, date = _date_within(name, date)
        verdict = _judge(name, evidence, parenthesis=match.group().strip()[:1] in "([")
        if verdict == "content":
            continue
        if verdict == "wrong":
            problems.append(f"names “{name}” as the source; the quotes are from {_label(evidence)}")
        elif date is not None and not _date_fits(date, name, evidence):
            problems.append(f"dates the source “{date}”; it is dated {_published(evidence)}")
        frames.append(Frame(name, date, verdict == "source", match.group()))
        body = (body[: match.start()] + " " + body[match.end() :]).strip()
    return Framed(tuple(frames), body or statement, tuple(problems))


def _date_within(name: str, date: str | None) -> tuple[str, str | None]:
    """``Rasanah, October 2024`` and ``Rasanah, writing in 2024`` carry their date in the name."""
    match = re.search(
        r"[,\s]+(?:writing\s+)?(?:in\s+|of\s+|dated\s+)?((?:\d{1,2}\s+)?(?:[A-Z][a-zé]+\s+)?(?:\d{1,2},\s+)?(?:19|20)\d\d)$",
        name,
    )
    if match and date is None:
        return name[: match.start()].strip(" ,"), match[1]
    return name, date


def _judge(name: str, evidence: Sequence[Evidence], *, parenthesis: bool) -> str:
    """``source``, ``generic``, ``content`` or ``wrong``."""
    wanted = [w for w in rt.words(name) if w not in _GENERIC_FOLDED and w not in _HONORIFICS and not w.isdigit()]
    wanted = [w for w in wanted if w not in rt.STOPWORDS]
    quotes = " ".join(f"{e.quote} {e.context or ''}" for e in evidence)
    if not wanted:
        return "source" if rt.words(name) else "content"
    if _named(wanted, " | ".join(e.label for e in evidence)):
        return "source"
    if parenthesis or not _looks_like_source(name) or _heard(name, quotes):
        return "content"
    return "wrong"


def _heard(name: str, quotes: str) -> bool:
    """A speaker that the quotes themselves name (``UN experts``, ``the KDP's adviser``)."""
    heard = {w[:5] for w in rt.words(quotes)}
    capitals = [
        w for w in rt.words(name)
        if w not in _GENERIC_FOLDED and re.search(rf"\b{re.escape(w[:1].upper())}", name)
    ]  # fmt: skip
    proper = [w for w in capitals if w not in rt.STOPWORDS and _capital(w, name)]
    if proper:
        return all(w[:5] in heard or name_known(w, quotes, acronym=True) for w in proper)
    return any(w[:5] in heard for w in rt.content_words(name))


def _capital(word: str, name: str) -> bool:
    return any(rt.words(raw) == [word] for raw in re.findall(r"[A-ZÀ-Þ\u0600-\u06ff][\w'’.-]*", name))


def _looks_like_source(name: str) -> bool:
    """A proper name, short enough to be one: an ordinary clause is not a source."""
    if re.search(r"[.?!]\s", name) and not re.search(r"\b(?:Dr|Prof|Mr|Mrs|Ms|Gen|St)\.\s", name):
        return False
    if rt.words(name)[-1] in {"it", "he", "she", "they", "this", "that", "who", "which"}:
        return False
    return (
        bool(re.search(r"[A-ZÀ-Þ\u0600-\u06ff]", name))
        and len(name.split()) <= 8
        and not re.search(r"\b(?:is|are|was|were|has|have|had|will|would)\b", name)
    )


def _named(wanted: Sequence[str], label: str) -> bool:
    """Whether all words of a name stand in one document's label, small spelling differences aside."""
    have = rt.words(label)
    initials = "".join(w[0] for w in have)
    return all(
        any(w == h or (len(w) >= 5 and fuzz.ratio(w, h) >= 85) for h in have) or (len(w) >= 2 and w in initials)
        for w in wanted
    )


def _date_fits(date: str, name: str, evidence: Sequence[Evidence]) -> bool:
    """Whether the frame's date agrees with the publication date, as far as both say."""
    wanted = _parts(date)
    if wanted == (None, None, None):
        return True
    own = [e for e in evidence if e.published and _named(_content(name), e.label)]
    dated = own or [e for e in evidence if e.published]
    if not dated:
        return True  # nothing is known that the frame could contradict
    return any(_agree(wanted, _iso(e.published or "")) for e in dated)


def _content(name: str) -> list[str]:
    return [w for w in rt.words(name) if w not in _GENERIC_FOLDED and w not in _HONORIFICS]


def _agree(a: tuple[int | None, ...], b: tuple[int | None, ...]) -> bool:
    return all(x is None or y is None or x == y for x, y in zip(a, b, strict=True))


def _iso(stamp: str) -> tuple[int | None, int | None, int | None]:
    parts = [int(p) for p in re.findall(r"\d+", stamp)[:3]]
    padded: list[int | None] = [*parts, None, None, None]
    return padded[0], padded[1], padded[2]


def _parts(date: str) -> tuple[int | None, int | None, int | None]:
    if re.fullmatch(r"\s*\d{4}(-\d{1,2}){1,2}\s*", date):
        return _iso(date)
    year = re.search(r"\b((?:19|20)\d\d)\b", date)
    month = next((_ABBREVIATED_MONTHS[w[:3]] for w in rt.words(date) if w[:3] in _ABBREVIATED_MONTHS), None)
    day = re.search(r"(?<!\d)(\d{1,2})(?!\d)", date)
    return (
        int(year[1]) if year else None,
        month,
        int(day[1]) if day and month else None,
    )


def _label(evidence: Sequence[Evidence]) -> str:
    names = [_called(e) for e in evidence]
    return ", ".join(dict.fromkeys(names)) or "an unnamed document"


def _published(evidence: Sequence[Evidence]) -> str:
    return ", ".join(dict.fromkeys(e.published or "undated" for e in evidence))


def _called(item: Evidence) -> str:
    m = item.metadata
    return next((x for x in (*m.authors, m.publisher, m.title) if x), "an unnamed document")
