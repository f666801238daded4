"""Reads a memo's task: for whom, about what, which questions it contains.  Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.text import content_terms

LONGEST_NAME = 4
"""Most words of a subject that is a name."""

_FORM = (
    r"(?:memorandum|memo|note|brief(?:ing)?|paper|summary|report|page|pages|talking points|"
    r"questions and answers|q ?& ?a|speaking notes|assessment|overview)"
)
_LEAD = re.compile(
    r"^\s*(?:please\s+)?(?:(?:can|could) you\s+)?(?:(?P<verb>write|draft|prepare|produce|make|give|"
    r"compile|send|do)\b\s*(?:me\b|us\b)?\s*|(?P<want>(?:i|we)\s+(?:need|want|would like))\b\s+)?"
    r"(?:(?:a|an|the|some)\b\s*)?"
    r"(?P<size>(?:(?:\d+|one|two|three|four|five|half a|short|brief|long|cited|concise|quick|full|"
    r"background|briefing|policy|single)\b[\s-]*(?:(?:pages?|sides?)\b)?[\s-]*)*)"
    rf"(?P<form>(?:{_FORM}\b\s*(?:of\b\s*)?)*)",
    re.IGNORECASE,
)
_AUDIENCE = re.compile(
    r"^\s*for\s+(?P<who>(?:(?!\s(?:on|about|regarding|concerning|covering|explaining|describing|"
    r"setting out|assessing|comparing|contrasting)\s|[:;]).){2,120}?)(?=\s(?:on|about|regarding|concerning|covering|"
    r"explaining|describing|setting out|assessing|comparing|contrasting)\s|[:;])",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"^\s*[:;,–—-]?\s*(?:on|about|regarding|concerning|covering|explaining|describing|setting out|"
    r"assessing)?\s+",
    re.IGNORECASE,
)
_FOREIGN = re.compile(
    r"^\s*(?:(?:اكتب|اكتبوا|أعد|اعد|أعدّ|حضّر|حضر|جهّز|جهز|أريد|نريد)\s+(?:لي\s+|لنا\s+)?)?"
    r"(?:مذكرة|مذكّرة|ورقة|ملخص|ملخصا|إحاطة|موجز)(?:\s+(?:إحاطة|موجزة|قصيرة|سياسات))?"
    r"(?:\s+(?:من|في)\s+(?:صفحة(?:\s+واحدة)?|صفحتين|\S+\s+صفحات))?"
    r"(?:\s+(?:إلى\s+|ل(?=\S))(?P<ar>.{2,80}?))?(?:\s*[:؛]\s*|\s+(?:عن|حول|بشأن)\s+)|"
    r"^\s*(?:(?:veuillez\s+)?(?:rédige[rz]?|écri(?:s|vez|re)|prépare[rz]?|fai(?:s|tes|re))\s+(?:moi\s+|nous\s+)?)?"
    r"(?:une?|le|la)\s+(?:courte?\s+|brève\s+)?(?:note|mémo|mémorandum|fiche|synthèse)"
    r"(?:\s+(?:d[’']une|de\s+\w+)\s+pages?|\s+de\s+synthèse|\s+d[’']information)*"
    r"(?:\s+(?:pour|à\s+l[’']attention\s+d(?:e|u|es))\s+(?P<fr>.{2,80}?))?"
    r"(?:\s*:\s*|\s+(?:sur|concernant|à\s+propos\s+d(?:e|u|es)|au\s+sujet\s+d(?:e|u|es))\s+)",
    re.IGNORECASE,
)
"""An order in Arabic or French: form, length, addressee, up to the subject."""
_FOREIGN_SPLIT = re.compile(
    r"[،,؛;؟?]\s*(?:و|et\s+)?(?=(?:ما|ماذا|كيف|متى|أين|لماذا|هل|من|ممّ?|كم|qu[e’']|quel|comment|pourquoi|quand|où|qui)\b)|"
    r"\s+و(?=(?:ما|ماذا|كيف|متى|لماذا|هل)\b)",
    re.IGNORECASE,
)
_QUESTION_WORD = (
    r"(?:how|what|which|who|whom|whose|when|where|why|whether|does|do|did|is|are|was|were|will|would|"
    r"can|could|should|has|have)"
)
_SPLIT = re.compile(
    rf"[;?؟]\s*(?:and\s+)?|,\s*(?:and\s+|but\s+)?(?={_QUESTION_WORD}\b)|\s+and\s+(?={_QUESTION_WORD}\b)|"
    rf",\s+(?=by\s+(?:which|what)\b)|\.\s+(?=[A-Z])",
    re.IGNORECASE,
)
_INSTRUCTION = re.compile(
    r"^(?:separate|distinguish|keep|include|use|mention|avoid|do not|don't|be|add|give|state|say|note|"
    r"mark|list|write|start|end|make sure|please)\b",
    re.IGNORECASE,
)
_PRONOUN = re.compile(r"\b(?:they|them|it)\b", re.IGNORECASE)
_ELLIPSIS = re.compile(
    r"\b(has|have|had|is|are|was|were|will|would|can|could|do|does|did|should) not$", re.IGNORECASE
)
_HAPPENED = re.compile(
    r"what (?:has |have )?(?:already )?happened|what is (?:feared|expected)|facts? (?:from|and) "
    r"(?:fears?|forecasts?)|feared",
    re.IGNORECASE,
)
_DIFFER = re.compile(
    r"\b(?:disagree\w*|differ\w*|contradict\w*|conflict(?:s|ing)? (?:between|of|figures)|diverge\w*)\b",
    re.IGNORECASE,
)
_TRUST = re.compile(
    r"\b(?:trust(?:ed|worthy)?|reliab\w+|credib\w+|provenance|bias(?:es|ed)?|who wrote|perspective)\b",
    re.IGNORECASE,
)
_SIDE_BY_SIDE = re.compile(
    r"\bcompar(?:e|es|ing|ison)\b|\bcontrast(?:s|ing)?\b|\bversus\b|\bvs\.?\s|\bside by side\b", re.IGNORECASE
)
_COMPARING = re.compile(
    rf"{_DIFFER.pattern}|{_TRUST.pattern}|\b(?:where|how far|how much|to what extent|whether|our|these|those|the|"
    r"all|two|three|four|five|six|seven|eight|nine|ten|several|various|reports?|papers?|sources?|authors?|"
    r"texts?|documents?|studies|each|other|can|be|and|which|one|should)\b|[,;]",
    re.IGNORECASE,
)
_ACTION = re.compile(
    r"\b(?:recommend\w*|options?|what (?:should|can|could) .{0,40}\bdo\b|measures|mitigat\w*|steps?|"
    r"policy|respond|response)\b",
    re.IGNORECASE,
)


_OFFICE = re.compile(
    r"(?:minist|foreign|prime|national|adviser|advisor|council|department|desk|office|secretar|state|deput|president|"
    r"cabinet|pm|direct|head|committee|parliament|member|board|embassy|ambassador|counsellor|general|chief|new|analyst|"
    r"staff|team|unit|bureau|division|dr|mr|ms|security)",
    re.IGNORECASE,
)
"""Words of an addressee that name an office, no subject."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A task taken apart.

    ``subject`` is what the memo is about; ``questions`` are the separate questions in it, in order,
    each able to stand beside the subject; ``instructions`` are wishes about form.
    ``separate`` asks to part what happened from what is feared, ``differ`` where sources disagree,
    ``trust`` how far they can be trusted, ``action`` what to do.
    """

    text: str
    subject: str
    title: str
    audience: str | None = None
    questions: tuple[str, ...] = ()
    instructions: tuple[str, ...] = ()
    separate: bool = False
    differ: bool = False
    trust: bool = False
    action: bool = False

    @property
    def topic(self) -> str:
        """What to search for: the subject, less the words of a wish to compare reports."""
        if not (self.differ or self.trust):
            return self.subject
        bare = _COMPARING.sub(" ", self.subject)
        bare = " ".join(bare.split()).strip(" ,;:.?")
        return bare or self.subject

    @property
    def scope(self) -> str:
        """The topic, with the region or field that the addressee's name holds.

        >>> parse("A memo for the Kurdistan desk on a federal decision to close the bases").scope
        'a federal decision to close the bases, Kurdistan'
        """
        names = [w for w in re.findall(r"\b[A-Z][\w’'-]+", self.audience or "") if not _OFFICE.match(w)]
        bare = [w.removesuffix("'s").removesuffix("’s") for w in names]
        added = [w for w in bare if w.casefold() not in self.topic.casefold()]
        return ", ".join([self.topic, *added])

    @property
    def proper(self) -> frozenset[str]:
        """Stems of the subject when it is nothing but a name; empty otherwise.

        >>> sorted(parse("A memo on the Harbour Board: who they are").proper)
        ['board', 'harbour']
        >>> parse("A memo on the dams of the Harbour Board: who pays").proper
        frozenset()
        """
        many = [w for w in re.findall(r"[^\W\d_][\w’'-]*", self.topic) if w.lower() not in ("the", "al", "of", "and")]
        named = 0 < len(many) <= LONGEST_NAME and all(w[0].isupper() for w in many) and bool(self.questions)
        return frozenset(content_terms(" ".join(many))) if named else frozenset()

    @property
    def compares_sources(self) -> bool:
        """True when the task asks to set what some sources say side by side.

        >>> parse("A memo comparing how the Board and the Institute see the dams").compares_sources
        True
        """
        return bool(_SIDE_BY_SIDE.search(self.text))

    @property
    def whole(self) -> str:
        """Subject and questions as one search."""
        asked = [self.resolved(q) for q in self.questions if not self.compares(q) and q not in self.subject]
        return ": ".join([self.scope, "; ".join(asked)]) if asked else self.scope

    def resolved(self, question: str) -> str:
        """A question with the subject in place of a bare "they", "them" or "it".

        >>> parse("A memo on the dams: who built them").resolved("who built them")
        'who built the dams'
        """
        return _PRONOUN.sub(self.topic, question, count=1)

    def compares(self, question: str) -> bool:
        """True when a question is answered by the tables of disagreements and sources."""
        return bool(_DIFFER.search(question) or _TRUST.search(question))


def parse(text: str) -> Task:
    """Takes a task apart.

    >>> task = parse("Two pages for the counsellor: how exposed is trade, by which channels")
    >>> task.audience, task.subject, task.questions
    ('the counsellor', 'how exposed is trade, by which channels', ('how exposed is trade', 'by which channels'))
    >>> parse("Write a one-page memo for the Minister on dams: who pays, and what fails").subject
    'dams'
    """
    rest = text.strip().strip(".").strip()
    order = _FOREIGN.match(rest)
    if order:
        return _foreign(text, order["ar"] or order["fr"], rest[order.end() :].strip(" :؟?."))
    lead = _LEAD.match(rest)
    sized = lead and re.search(r"\b(?:pages?|sides?)\b", lead["size"], re.IGNORECASE)
    if lead and not (lead["form"] or lead["verb"] or lead["want"] or sized):
        lead = None  # a subject that begins with an article is no instruction
    if lead:
        rest = rest[lead.end() :]
    audience = None
    match = _AUDIENCE.match(rest)
    if match:
        audience = match["who"].strip(" ,")
        rest = rest[match.end() :]
    about = _ABOUT.match(rest) if match or lead else None
    if about:
        rest = rest[about.end() :]
    rest = rest.strip(" :;,.'\"“”‘’–—") or text.strip()
    subject, questions, instructions = _questions(rest)
    return Task(
        text=text.strip(),
        subject=subject,
        title=title_of(subject),
        audience=audience,
        questions=questions,
        instructions=instructions,
        separate=bool(_HAPPENED.search(text)),
        differ=bool(_DIFFER.search(text)),
        trust=bool(_TRUST.search(text)),
        action=bool(_ACTION.search(text)),
    )


def _foreign(text: str, audience: str | None, subject: str) -> Task:
    """A task in Arabic or French, as far as its order and its questions go."""
    head, colon, tail = (subject or text).partition(":")
    pieces = [p.strip(" ،,؛;؟?.") for p in _FOREIGN_SPLIT.split(tail if colon else subject)]
    asked = tuple(p for p in pieces if len(p.split()) > 1)
    if colon and asked and len(head.split()) > 1:
        subject = head.strip()
    return Task(
        text=text.strip(),
        subject=subject or text.strip(),
        title=title_of(subject or text),
        audience=re.sub(r"^ل(?=\w)", "ال", audience.strip()) if audience else None,  # "لل…" is "ل" and "ال…"
        questions=asked if len(asked) > 1 or colon else (),
    )


def _questions(rest: str) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    head, colon, tail = rest.partition(": ")
    body = tail if colon else rest
    pieces = [p.strip(" ,;:.?؟'\"“”") for p in _SPLIT.split(body)]
    instructions = tuple(p for p in pieces if p and _INSTRUCTION.match(p))
    pieces = [p for p in pieces if p and not _INSTRUCTION.match(p)]
    merged: list[str] = []
    for short in pieces:
        piece = _completed(short, merged[-1]) if merged else short
        if merged and len(piece.split()) < 3:
            merged[-1] = f"{merged[-1]}, {piece}"
        else:
            merged.append(piece)
    if colon:
        return head.strip(), tuple(merged), instructions
    subject = rest if not instructions else ", ".join(merged) or rest
    return subject, tuple(merged) if len(merged) > 1 else (), instructions


def _completed(piece: str, before: str) -> str:
    """An elliptic question with the rest of the one before it.

    >>> _completed("what has not", "what has been agreed")
    'what has not been agreed'
    """
    match = _ELLIPSIS.search(piece)
    if not match:
        return piece
    _, found, rest = before.partition(f" {match[1]} ")
    return f"{piece} {rest}" if found else piece


_SOURCES = re.compile(
    r"\b(?:do |does |did )?(?:(?:the|these|those|our)\s+)?(?:(?:(?:19|20)\d{2}s?|earlier|later|recent|older|newer|"
    r"first|second|two|three|four|five|six|seven|eight|nine|ten|different|various)\s+)?(?:analyses|papers|reports|studies|"
    r"authors|sources|articles|documents|texts|analysts)\b(?:\s+(?:and|or)\s+(?=the\b|earlier|later|recent|\d))?",
    re.IGNORECASE,
)


def without_sources(question: str) -> str:
    """A question without the words for those who answer it: these stand in no report's sentences.

    >>> without_sources("how the 2020 analyses and the later papers classify the groups")
    'how classify the groups'
    """
    bare = " ".join(_SOURCES.sub(" ", question).split()).strip(" ,;:")
    return bare if len(bare.split()) >= 3 else question


_TEMPLATES = (
    ("questions-and-answers", r"questions? (?:and|&) answers?|q ?(?:&|and) ?a\b|أسئلة وأجوبة|questions[- ]réponses"),
    ("talking-points", r"(?:talking|speaking) (?:points|notes)|نقاط (?:للحديث|حوار)|éléments de langage"),
    ("one-page", r"(?:one|1|single|half a)[\s-]+(?:page|side)\b|one-pager|صفحة واحدة|une (?:seule )?page\b"),
    ("two-page", r"(?:two|2)[\s-]+(?:pages?|sides?)\b|صفحتين|deux pages\b"),
)
_ORDER = re.compile(
    r"^.*?(?=:\s|\s(?:on|about|regarding|concerning|sur|concernant)\s|\s(?:عن|حول|بشأن)\s|$)", re.IGNORECASE | re.DOTALL
)


def template_in(task: str) -> str | None:
    """The template whose form or length the order itself names; what follows "on" is the subject's affair.

    >>> template_in("Write a one-page memo for the Minister on dams"), template_in("A memo on one page of the accord")
    ('one-page', None)
    """
    order = _ORDER.match(task.strip())
    said = order.group() if order else task
    return next((name for name, words in _TEMPLATES if re.search(words, said, re.IGNORECASE)), None)


def title_of(subject: str) -> str:
    """The subject as a title: first letter large, no question mark, at most 140 characters.

    >>> title_of("how exposed is trade?")
    'How exposed is trade'
    """
    text = " ".join(subject.split()).strip(" ?.؟")
    if len(text) > 140:
        text = text[:139].rsplit(" ", 1)[0] + " …"
    return text[:1].upper() + text[1:]
