"""What exactly a question asks for: the kind of filler, the noun it belongs to, and what it is about.

Rules over English words, without a model.  What they cannot read is :attr:`Slot.OTHER`, and nothing is
concluded from it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum

from rag.extractive.phrases import (
    ENDS_NOUN,
    NO_DEED,
    PARTICLES,
    PHRASAL,
    VAGUE,
    about_words,
    capitalised,
    noun_phrase,
    plain_verb,
    plain_verbs,
    proper_names,
)
from rag.extractive.tokens import MONTHS, folded
from rag.question import split_parts
from rag.text import STOPWORDS, word_spans


class Slot(StrEnum):
    """What must fill the gap that the question leaves.

    ``LABEL``: the number of an article; ``TOPIC``: that something of somebody's is spoken of at all
    (``UK sanctions``); ``NAME``: a proper name; ``POSITION``: somebody's words or attitude; ``ROLE``: who
    leads something; ``COST``: a sum of money for something named; ``DEED``: how, where or whether
    somebody named did or underwent something; ``TIME``: when; ``REASON``: why.
    """

    COUNT = "count"
    AMOUNT = "amount"
    SHARE = "share"
    LABEL = "label"
    WHO = "who"
    NAME = "name"
    POSITION = "position"
    TOPIC = "topic"
    ROLE = "role"
    COST = "cost"
    DEED = "deed"
    TIME = "time"
    REASON = "reason"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One asked thing; words are folded as by :func:`rag.text.words`.

    ``words``: the asked thing in words (``the number of British soldiers``); ``noun``: what is counted,
    measured or named, or ``day`` where the very day is asked; ``limits``: words that stand right before it and
    narrow it, or numbers that the deed's sentence must have; ``subject``: whose position is asked, or names that
    the evidence must mention; ``verb``: what somebody did, or ``say`` where somebody's own words are asked;
    ``about``: what else the question says, which for a deed are the words that tell of it; ``names``: proper
    names, each the words of one, that the evidence must bring together.
    ``leans``: the part of the question has no subject of its own (``and what is its budget?``).
    """

    slot: Slot
    words: str
    noun: str = ""
    limits: tuple[str, ...] = ()
    subject: tuple[str, ...] = ()
    verb: str = ""
    about: tuple[str, ...] = ()
    names: tuple[tuple[str, ...], ...] = ()
    leans: bool = False


_EARLIER_TURNS = re.compile(r"^(.{3,}?[?.؟])\s*\(.*\)\s*$", re.DOTALL)
_SOURCE = re.compile(
    r",?\s*\b(?:[Aa]ccording to|[Pp]er|[Ii]n the (?:view|words|opinion) of|[Aa]s per|[Ii]n)\s+(?:the |our )?"
    r"(?:[A-Z][\w'’&-]*\s?|(?:and|of|for|the|&)\s|al-\w+\s?)+"
    r"(?:['’]s?\s)?(?:view|estimate|paper|report|article|opinion|account|digest|study|version)?(?=[,?.!]|$)"
)
_LEANS = re.compile(r"\b(?:its?|they|them|their|these|those|that|this|he|she|him|her|his)\b", re.IGNORECASE)
_POINTS = re.compile(
    r"\b(?:it|they|them|these|those|that(?! (?:(?-i:[A-Z])|(?:the|has|have|had|was|were|is|are)\b))|this|he|she|him)\b",
    re.IGNORECASE,
)
_THAT_ONE = re.compile(r"\b(?:in|by|from|during|after) (?:that|those|these|this) [a-z]+", re.IGNORECASE)
"""Something of which an earlier turn spoke."""
_LEAD = r"^(?:and |but |so |then )?"
_COUNT = re.compile(
    r"\b(?:how|hw) many\b|^(?:the |what (?:is|was|are) the )?(?:total )?(?:number|no\.|count|tally) of\b",
    re.IGNORECASE,
)
_AMOUNT = re.compile(
    r"\b(?:what|which)\b(?: (?:is|was|are|were))?(?P<limits>(?: [\w'’-]+){0,4}?) (?P<noun>budget|price|wage|salary|"
    r"fee|fine|rent|tariff|(?:exchange|market|interest|inflation|unemployment) rate|"
    r"rate(?= (?:per|against|to the) )|turnover)\b",
    re.IGNORECASE,
)
_MUCH = re.compile(
    r"\bhow much (?P<noun>(?!(?:money|cash|stuff|success|progress|effort|more|less|of|it|time|longer|further|harm|"
    r"damage|support|influence|weight)\b)[a-z]{3,}) (?:do|does|did|is|was|will|would|has|have|had|were|are)\b",
    re.IGNORECASE,
)
_SHARE = re.compile(
    r"\b(?:what|which) (?:percentage|per ?cent|proportion|fraction) of (?:the |all )?(?P<noun>[\w'’-]+)", re.IGNORECASE
)
_LABEL = re.compile(
    r"\b(?:which|what) (?:\w+ )?(?P<noun>article|section|clause|paragraph)s? (?:of|in|to)\b", re.IGNORECASE
)
_POSITION = re.compile(
    _LEAD + r"(?:what(?: is| was|['’]s| are|s)|whats) (?:the )?(?P<whose>[^,?]{2,50}?)(?:['’]s?)? "
    r"(?:own |official |public )?(?:position|stance|view|attitude|opinion|line) (?:on|to|towards?|about|regarding)\b"
    r"|" + _LEAD + r"(?:what (?:was|is) )?(?:the )?(?P<replier>[^,?]{2,50}?)['’]s? (?:reply|answer|comment|rejoinder)\b"
    r"|\b(?:position|stance|view|attitude|opinion) of (?:the )?(?P<of>[^,?]{2,50}?) "
    r"(?:on|to|towards?|about|regarding)\b"
    r"|\bwhat (?:did|does|do|has|have) (?:the )?(?P<speaker>[^,?]{2,50}?) (?:(?:themselves|himself|herself|itself) )?"
    r"(?:say|said|tell|told|reply|answer|demand|think|thinks|want|expect|recommend|believe|argue|propose|suggest|"
    r"fear|hope|predict|claim)\b(?P<topic>[^?]*)",
    re.IGNORECASE,
)
_ANSWERS = re.compile(
    r"\b(?:say|tell) .{0,30}?\bback\b|\bsay in (?:reply|return)\b|\breply\b|\banswer\b", re.IGNORECASE
)
_OFFICES = frozenset(
    """commander general minister president ambassador spokesman spokeswoman spokesperson director chairman head
    leader chief secretary governor mayor envoy adviser advisor official officer delegation""".split()
)
_ROLE = re.compile(
    _LEAD + r"who(?: is| was|['’]s| are)(?: currently| now)? (?:the )?(?:\w+ ){0,2}?(?P<role>head|leader|chief|chair|"
    r"chairman|chairwoman|director|commander|president|minister|founder|owner|spokesman|spokeswoman|spokesperson|"
    r"ambassador|governor|mayor|secretary(?:-general)?) (?:of|in|at) (?:the )?(?P<of>[^,?]{2,60})",
    re.IGNORECASE,
)
_COST = re.compile(
    r"\bhow much (?:did|does|do|will|would|has|have) (?P<thing>[^,?]{2,80}?) costs?\b"
    r"|\b(?:cost|price) of (?:the )?(?P<of>[^,?]{2,60})|"
    r"^(?P<own>(?!.*\b(?:how|what|who|why|when|where)\b)[^,?:]{3,60}?) (?:total )?cost(?: in \w+)?$",
    re.IGNORECASE,
)
_DEED = re.compile(
    _LEAD + r"(?P<asks>why|how|where|when|(?:since|until|by) when|on (?:what|which) (?:date|day)|in (?:what|which) "
    r"(?:year|month)|under (?:what|which) (?:conditions|circumstances))(?: exactly)? (?:did|do|does|was|were|is|are|"
    r"will|would|has|have|had|could|can|might|should) (?P<what>.+)$"
    r"|" + _LEAD + r"(?P<whether>did|has|have|had|was|were|will) (?P<happened>.+)$",
    re.IGNORECASE,
)
_AND = re.compile(r"[,;]?\s+and (?:wh|how)")
_CLAUSE = re.compile(r"\b(?:after|before|when|since|until|that|which|who|if)\b")
_BY = re.compile(r"[a-z]+(?:ed|en|id|ilt|ne) by (?:the )?((?:[A-Z][\w'’-]*\s?)+)")
_HABIT = re.compile(
    _LEAD + r"when (?:do|does|are|is(?!.*\b(?:next|due|upcoming|planned|scheduled|expected)\b))\b", re.IGNORECASE
)
"""What happens whenever something else does needs no date."""
_NUMBER = re.compile(r"(?<![\w.,-])\d+(?![\w.,-]\w|\w)")
_YEAR = re.compile(r"(?:1[89]|20)\d\d")
_MOMENT = re.compile(r"when|date|day|year|month", re.IGNORECASE)
_NAME = re.compile(
    r"\b(?:name|nmae|identity) of (?:the |an? )?(?P<of>.+)$|^(?P<before>.+?) names?$"
    r"|\bwhat (?:is|was) (?:the )?(?P<own>.+?)['’]s name\b",
    re.IGNORECASE,
)
_AGENT = re.compile(r"(?:er|or|man|woman|ant|ist|ee|ess|general|official|chief|company|bank|firm|agency|ministry)$")
"""Nouns for people and bodies."""
_WHO = re.compile(_LEAD + r"who (?P<verb>[a-z]+)\b(?P<rest>.*)$", re.IGNORECASE)
_WHICH_ONE = re.compile(
    _LEAD + r"(?:which|what) (?:[\w-]+ ){0,2}?(?P<agent>agency|company|firm|bank|ministry|minister|institut\w+|"
    r"organi[sz]ation|committee|body|department|person|officer|official|group|militia|faction|party|court|government|"
    r"country|nation|state|army|team|university|leader|general|king|president|author|contractor|insurer|brigade|unit) "
    r"(?P<verb>[a-z]{3,}(?:(?<!ou)(?<!ing)s|ed)|won|led|ran|shot|built|found|fought|sold|bought|held) (?P<rest>.+)$",
    re.IGNORECASE,
)
_TOPIC = re.compile(
    r"\b(?:what|which) (?:part|role) (?:do|does|did|has|have|would|could) (?:the )?(?P<doer>.+?) (?:play|had|have)\b"
    r"|\b(?:part|role|effect|impact|influence) of (?:the )?(?P<of>.+?) (?:in|on|for|over)\b",
    re.IGNORECASE,
)
_PLAIN = frozenset("""annual yearly monthly weekly daily total actual average minimum current present exact estimated
    roughly approximately""".split())
_ANYBODY = frozenset("people persons ppl hands heads places things times ways degrees".split())
"""Counted in words that the question seldom shares with its source: nothing can be concluded."""
_MANY = 4


def main_question(text: str) -> str:
    """The question without the earlier turns that a follow-up carries in brackets.

    >>> main_question("How many? (Which bases were kept?)")
    'How many?'
    """
    match = _EARLIER_TURNS.match(text.strip())
    return match.group(1) if match else text


def asked(text: str) -> tuple[Asked, ...]:
    """The asked things of an English question, one for each of its parts, in order.

    >>> asked("How many British soldiers are stationed there?")[0].words
    'the number of British soldiers'
    """
    main = _SOURCE.sub(" ", main_question(text))
    parts = split_parts(main)
    first = _placed(_read(parts[0], main), parts[0], text[len(main_question(text)) :])
    return (first, *(_leaning(_read(part, main), part) for part in parts[1:]))


def _placed(thing: Asked, part: str, earlier: str) -> Asked:
    """What is counted "in that strike" is to be found beside what the earlier turn named."""
    if thing.slot is not Slot.COUNT or thing.subject or not _THAT_ONE.search(part):
        return thing
    return replace(thing, subject=tuple(w for name in proper_names(earlier) for w in name))


def _read(part: str, whole: str) -> Asked:
    found: Asked | None = None
    for reader in (_position, _label, _share, _count, _amount, _cost, _name, _role, _who, _topic, _deed):
        found = found or reader(part, whole)
    return found or Asked(slot=Slot.OTHER, words=part.strip(" ?.!"))


def _leaning(thing: Asked, part: str) -> Asked:
    return replace(thing, leans=bool(_LEANS.search(part)) or len(about_words(part)) < _MANY)


def _position(part: str, whole: str) -> Asked | None:
    match = _POSITION.search(part)
    if match is None:
        return None
    who = next(g for g in match.groups() if g)
    head = re.split(r"\s(?:from|in|of|at)\s", who)[0]
    subject = tuple(w for w, _, _ in word_spans(head) if w not in STOPWORDS)
    named = any(raw[:1].isupper() for raw in who.split())
    answers = bool(match.group("replier")) or bool(_ANSWERS.search(match.group()))
    if " for " in who or not subject or len(subject) > _MANY or not (named or (answers and subject[-1] in _OFFICES)):
        return None
    kind = "statement by" if match.group("speaker") or answers else "position of"
    topic = match.group("topic") or ""
    about = tuple(w for w in about_words(topic) if w not in NO_DEED)
    own = "say" if answers or re.search(r"\b(?:himself|herself|themselves|itself)\b", match.group()) else ""
    return Asked(slot=Slot.POSITION, words=f"a {kind} {who.strip()}", subject=subject, verb=own, about=about)


def _label(part: str, whole: str) -> Asked | None:
    match = _LABEL.search(part)
    if match is None:
        return None
    noun = match.group("noun").lower()
    return Asked(slot=Slot.LABEL, words=f"the number of the {noun}", noun=noun)


def _share(part: str, whole: str) -> Asked | None:
    match = _SHARE.search(part)
    if match is None:
        return None
    noun = match.group("noun")
    return Asked(slot=Slot.SHARE, words=f"the percentage of {noun}", noun=folded(noun))


def _count(part: str, whole: str) -> Asked | None:
    match = _COUNT.search(part)
    if match is None:
        return None
    rest = re.sub(r"^\s*of (?:them|those|these)\b(?: (?:were|are|was|is))?", " ", part[match.end() :])
    phrase, raw = noun_phrase(rest, plural=True)
    topic = re.match(r"\s*([^:,?]{2,40}):", part)
    if not phrase and topic:
        phrase, raw = noun_phrase(topic.group(1), plural=True)
    if not phrase or (phrase[-1] in _ANYBODY and len(phrase) == 1):
        return None
    own = {w for r in raw for w, _, _ in word_spans(r)} | set(phrase)
    names = tuple(n for n in proper_names(part) if not own & set(n))
    skipped = own | NO_DEED | VAGUE | PARTICLES | {w for n in names for w in n}
    told = part[: match.start()] + " " + _AND.split(plain_verbs(rest))[0]
    return Asked(
        slot=Slot.COUNT,
        words=f"the number of {' '.join(raw)}",
        noun=phrase[-1],
        limits=phrase[:-1],
        verb=plain_verb(_CLAUSE.split(rest)[0]),
        subject=_doer(part),
        about=tuple(w for w in about_words(told) if w.isalpha() and w not in skipped),
        names=names,
    )


def _doer(part: str) -> tuple[str, ...]:
    """The one by whom something was done."""
    match = _BY.search(part)
    return tuple(w for w, _, _ in word_spans(match.group(1)) if w not in PARTICLES) if match else ()


def _amount(part: str, whole: str) -> Asked | None:
    match = _AMOUNT.search(part) or _MUCH.search(part)
    if match is None:
        return None
    noun = match.group("noun").lower()
    between = match.groupdict().get("limits") or ""
    limits = [w for w, _, _ in word_spans(between) if w not in STOPWORDS and w not in _PLAIN]
    if any(w in ENDS_NOUN for w, _, _ in word_spans(between)):
        return None
    raw = " ".join([w for w in between.split() if w.lower() not in STOPWORDS] + [noun])
    return Asked(
        slot=Slot.AMOUNT,
        words=raw if "’s " in raw or "'s " in raw else f"the {raw}",
        noun=noun.split()[-1],
        limits=tuple(limits),
        subject=capitalised(whole),
    )


def _name(part: str, whole: str) -> Asked | None:
    match = _NAME.search(part.strip(" ?.!"))
    if match is None:
        return None
    phrase, raw = noun_phrase(next(g for g in match.groups() if g))
    if not phrase:
        return None
    if not _AGENT.search(phrase[-1]):
        return None  # what a thing is called may stand far from the word for the thing
    words = f"the name of the {' '.join(raw)}"
    return Asked(slot=Slot.NAME, words=words, noun=phrase[-1], limits=phrase[:-1])


def _who(part: str, whole: str) -> Asked | None:
    match = _WHO.match(part) or _WHICH_ONE.match(part)
    if match is None:
        return None
    verb, rest = match.group("verb").lower(), match.group("rest").strip()
    if verb in NO_DEED or verb in STOPWORDS:
        return None
    who = f"which {match.group('agent')}" if match.re is _WHICH_ONE else "who"
    words = f"{who} {verb} {rest.rstrip(' ?.!')}".strip()
    names = tuple(w for w in capitalised("who " + rest) if w not in MONTHS)
    return Asked(slot=Slot.WHO, words=words, verb=verb, subject=names, about=about_words(rest))


def _role(part: str, whole: str) -> Asked | None:
    match = _ROLE.match(part)
    if match is None:
        return None
    words = f"who is the {match.group('role')} of {match.group('of').strip()}"
    return Asked(slot=Slot.ROLE, words=words, noun=match.group("role").lower(), about=about_words(match.group("of")))


def _cost(part: str, whole: str) -> Asked | None:
    match = _COST.search(part.strip(" ?.!"))
    if match is None:
        return None
    thing = next(g for g in match.groups() if g)
    about = tuple(w for w in about_words(thing) if w not in NO_DEED | _PLAIN | VAGUE)
    return Asked(slot=Slot.COST, words=f"the cost of {thing.strip()}", about=about) if about else None


def _deed(part: str, whole: str) -> Asked | None:
    match = _DEED.match(part.strip(" ?.!"))
    if match is None or _HABIT.match(part):
        return None
    printed = match.group("what") or match.group("happened")
    what = plain_verbs(printed)
    verb = plain_verb(printed)
    if _POINTS.search(re.sub(r"^they ", "", what) if verb else what):
        return None
    names = proper_names("- " + what)
    own = {w for name in names for w in name}
    skipped = own | NO_DEED | VAGUE | PARTICLES
    about = tuple(w for w in about_words(what) if w.isalpha() and len(w) > 2 and w not in skipped)
    if not names or len(about) > 2 * _MANY or (len(about) < 2 and PHRASAL.search(what)):
        return None
    asks = (match.group("asks") or "").lower()
    if asks in ("how", "where") and len(about) < 2 and not verb:
        return None
    slot = Slot.TIME if _MOMENT.search(asks) else Slot.REASON if asks == "why" else Slot.DEED
    return Asked(
        slot=slot,
        words=part.strip(" ."),
        noun="day" if re.search(r"date|day", asks) else "",
        limits=tuple(n for n in _NUMBER.findall(what) if not _YEAR.fullmatch(n)),
        verb=verb,
        about=about,
        names=names,
    )


def _topic(part: str, whole: str) -> Asked | None:
    match = _TOPIC.search(part)
    if match is None:
        return None
    topic = next(g for g in match.groups() if g)
    phrase, raw = noun_phrase(topic)
    names = capitalised("- " + topic)
    if len(phrase) < 2 or not names or phrase[-1] in names:
        return None
    return Asked(slot=Slot.TOPIC, words=" ".join(raw), noun=phrase[-1], subject=names)


