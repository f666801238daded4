"""What a question asks: its kind, the sources it names, its parts, whether several sides are wanted.

Rules over words, without a model: they know the grammar of questions and the names in the library's
own catalogue (publishers, authors, titles, ids), never a particular report.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from rag.sources import SourceNames
from rag.text import numbers


class QuestionKind(StrEnum):
    """What kind of answer is wanted."""

    FIGURE = "figure"
    DATE = "date"
    PERSON = "person"
    LIST = "list"
    DEFINITION = "definition"
    REASON = "reason"
    STATEMENT = "statement"
    YES_NO = "yes_no"
    GENERAL = "general"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """An analysed question.

    ``focus`` is the question without the names of sources and without instructions; ``parts`` are its
    separate questions, at least one, and ``context`` those of them that a follow-up only carries along, in
    brackets, so that it can be understood; ``sources`` the documents it names, in order of mention;
    ``several`` tells that more than one source is wanted, ``sides`` that they are to be set beside each other;
    ``years`` are four-digit years asked for.
    """

    text: str
    kind: QuestionKind
    focus: str
    parts: tuple[str, ...]
    context: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    several: bool = False
    sides: bool = False
    disagreement: bool = False
    years: tuple[str, ...] = ()
    figures: frozenset[str] = frozenset()


_KINDS: tuple[tuple[QuestionKind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        (
            QuestionKind.FIGURE,
            r"\bhow (?:many|much|old|large|big|long|far|likely)\b|\bhw many\b|\b(?:number|figure|figures|"
            r"percentage|per ?cent|share|amount|volume|headcount|total|budget|cost|size|ratio|rate|"
            r"breakdown|deficit|count(?! (?:an?|the|this|that|as|on)\b))\b|\bhow often\b|\bcombien\b|كم\b|"
            r"ما حجم|ما عدد|نسبة",
        ),
        (
            QuestionKind.DATE,
            r"^(?:\W*(?:and|so|but)\s+)?wh?en\b|[,?;:–-]\s*(?:and\s+)?when\b|(?:and|or) when\b|"
            r"\bwhen (?:did|does|do|is|was|were|will|would|has|exactly)\b|"
            r"\b(?:wh?at|which|on wh?at|over what) (?:day|date|year|month|period|time)\b|"
            r"\bdates?\b|\bdeadline\b|\btimelines?\b|\bsince when\b|\bhow long\b|\bquand\b|متى",
        ),
        (
            QuestionKind.STATEMENT,
            r"\bwhat (?:did|does|do|has|is) .{2,60}\b(?:say|said|tell|told|answer|answered|think|thinks|"
            r"argue|claim|expect|recommend|describe|respond|stance|position|view)\b|\bhow did .{2,60}\b"
            r"(?:describe|respond|answer|react)\b|\bposition of\b|\bstance\b|\bماذا قال|ما موقف",
        ),
        (QuestionKind.PERSON, r"\bwho(?:m|se)?\b|\bwhich (?:general|expert|official|minister|author)\b|من هو"),
        (
            QuestionKind.LIST,
            r"\b(?:list|name|which|what) (?:\w+ ){0,3}?(?:bases|parties|groups|steps|factors|signs|options|"
            r"projects|reasons|blocs|militias|recommendations|items|kinds|types|banks|channels|motives|"
            r"benefits|dividends|measures|sectors|risks|effects|consequences|countries|camps|kit|services|"
            r"obligations|arguments|scenarios|conditions|demands|tools|examples|points)\b|^list\b|\blist the\b"
            r"|\brecommendations?\b|\bprojects\b|ما هي|اذكر",
        ),
        (QuestionKind.REASON, r"\bwhy\b|\breasons?\b|\bwhat (?:drives|causes?|explains|led)\b|\bpourquoi\b|لماذا"),
        (
            QuestionKind.DEFINITION,
            r"\bwhat(?:'s| is| are| was| were|s) (?:the |a |an |meant by )?[\w'’\" -]{2,40}\?*$|\bmeaning\b|"
            r"\bdefin|\bexplain\b|\bmean by\b|\bmeant by\b|\bwho (?:is|are|was|were) (?:the )?['\"“‘]?[A-Z]",
        ),
        (
            QuestionKind.YES_NO,
            r"^(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should)\b|^هل\b|^est-ce",
        ),
    )
)

_SEVERAL = re.compile(
    r"\bcompar\w*|\bcomapre\b|\bversus\b|\bvs\.?\b|\bdiffer\w*|\bdisagree\w*|\bcontradict\w*|\bagree\b|"
    r"\bof one mind\b|\bboth\b|\beach (?:\w+ )?(?:author|report|paper|source|article|piece|text|study)\b|"
    r"\bwhich (?:report|paper|source|author)s?\b|"
    r"\b(?:our|the|these|all|different|various|several|later|two|three|four|five|\d{4}(?:-era)?) "
    r"(?:\w+ )?(?:reports|papers|sources|authors|pieces|articles|texts|documents|studies)\b|"
    r"\bwhich paper says\b|\bpaper says what\b|قارن|تقارن|التقارير|\bcomparez|\bles rapports\b",
    re.IGNORECASE,
)
_HOLDERS = re.compile(
    r"\bwho (?:argues?|wants?|says?|supports?|opposes?|favou?rs?|calls? for|thinks?|believes?|recommends?|expects?|"
    r"warns?|proposes?|disputes?|claims?|rejects?) ",
    re.IGNORECASE,
)
"""Whoever holds a view may be in one source or in several; nothing is set beside anything."""
_DISAGREE = re.compile(
    r"\bdisagree\w*|\bcontradict\w*|\bagree\b|\bof one mind\b|\bdiffer\w*|\bor\b.+\?|\bboth claimed\b|\bconflict",
    re.IGNORECASE,
)
_ALTERNATIVES = re.compile(
    r"(?:^|[:,;–—-]\s+)(?:\W|\w+,|(?:so|and|but|ok) )*"
    r"(?:is|are|was|were|do|does|did|has|have|will|would|can|could|should)\b[^?]*\bor\b",
    re.IGNORECASE,
)
"""A choice put to the sources ("Is it beaten or coming back?"): one may say this and another that."""
_QUOTED = re.compile(r"(?<!\w)(?:'[^']+'|\"[^\"]+\"|“[^”]+”|‘[^’]+’|«[^»]+»)(?!\w)")
_SHARES = re.compile(
    r"\bshares?\b|\bper ?cent\w*|%|\bproportions?\b|\bbreak\s?downs?\b|\bmake-?up\b|\bmade up of\b|\bcomposition\b|"
    r"\bcomposed of\b|\bhow (?:is|are|was|were) .{2,60} (?:divided|split|distributed)\b|\bsplit (?:between|among)\b|"
    r"\brépartition\b|نسب|توزيع|تركيب",
    re.IGNORECASE,
)
_INSTRUCTION = re.compile(
    r"\b(?:please|give me|tell me|walk me through|explain|according to (?:the |our )?(?:reports?|papers?|sources?)?|"
    r"going only by our reports|say which paper says what|i need to know|can you|could you|list|name)\b|"
    r"^(?:ok so|so|and|but|well|now)\b",
    re.IGNORECASE,
)
_SPLIT = re.compile(
    r"[?؟;]\s+|\s*[,;]?\s+\b(?:and|but)\s+(?=(?:how|what|when|where|who|whom|which|why|as of when|"
    r"does|do|did|is|are|was|were|would|can|could|will|has|have)\b)|\s+[-–—]\s+(?=(?:how|what|when|who|why)\b)",
    re.IGNORECASE,
)
_YEAR = re.compile(r"\b(?:19|20)\d{2}\b")
_CARRIED = re.compile(r"(?<=[?؟])\s+\((?P<context>.+)\)?\s*$")
"""What a follow-up carries along of earlier turns (see ``rag.followup``)."""


def analyse(text: str, names: SourceNames) -> Question:
    """Analyses a stand-alone question against the names in the catalogue."""
    mentions = names.find(text)
    sources = tuple(dict.fromkeys(d for m in mentions for d in m.documents))
    focus = _clean(names.remove(text, mentions)) or text
    sides = len(sources) > 1 or _wants_sides(text)
    parts = split_parts(focus)
    carried = _CARRIED.search(focus)
    kind = kind_of(_CARRIED.sub("", text))
    return Question(
        text=text,
        kind=kind if kind is not QuestionKind.GENERAL else kind_of(text),
        focus=focus,
        parts=parts,
        context=tuple(p for p in parts if carried and p.strip("()") in carried["context"]),
        sources=sources,
        several=sides or bool(_HOLDERS.search(text)),
        sides=sides,
        disagreement=bool(_DISAGREE.search(text)),
        years=tuple(dict.fromkeys(_YEAR.findall(focus))),
        figures=frozenset(numbers(focus)),
    )


def _wants_sides(text: str) -> bool:
    """Whether sources are to be set beside each other; what is quoted ("attack versus attack") asks for nothing."""
    asked = _QUOTED.sub(" ", text)
    return bool(_SEVERAL.search(asked) or _ALTERNATIVES.search(_CARRIED.sub("", asked)))


def asks_for_shares(question: str) -> bool:
    """Whether a question wants the parts of a whole.

    >>> asks_for_shares("Ethnic breakdown of the river guard?")
    True
    """
    return bool(_SHARES.search(question))


def kind_of(text: str) -> QuestionKind:
    """The first kind whose pattern fits."""
    return next((kind for kind, pattern in _KINDS if pattern.search(text)), QuestionKind.GENERAL)


def split_parts(text: str) -> tuple[str, ...]:
    """The separate questions of a sentence: at question marks, and before "and how", "and what" …

    >>> split_parts("Which resolution set up the mission, and how many people does it employ?")
    ('Which resolution set up the mission', 'how many people does it employ?')
    """
    parts = [p.strip(" ,;-–—") for p in _SPLIT.split(text) if p]
    kept = [p for p in parts if len(p.split()) >= 3]
    return tuple(kept) if kept else (text.strip(),)


def _clean(text: str) -> str:
    return re.sub(r"\s{2,}", " ", _INSTRUCTION.sub(" ", text)).strip(" ,:;.-–—")
