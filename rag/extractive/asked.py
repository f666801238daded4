"""What exactly a question asks for: the kind of filler, the noun it belongs to, and what it is about.

Rules over English words, without a model.  What they cannot read is :attr:`Slot.OTHER`, and nothing is
concluded from it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum

from rag.extractive.tokens import MONTHS, folded
from rag.question import split_parts
from rag.text import STOPWORDS, word_spans


class Slot(StrEnum):
    """What must fill the gap that the question leaves.

    ``LABEL``: the number of an article; ``TOPIC``: that something of somebody's is spoken of at all
    (``UK sanctions``); ``NAME``: a proper name; ``POSITION``: somebody's words or attitude; ``ROLE``: who
    leads something; ``COST``: a sum of money for something named; ``DEED``: why, how, where or whether
    somebody named did or underwent something; ``TIME``: when.
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
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One asked thing; words are folded as by :func:`rag.text.words`.

    ``words``: the asked thing in words (``the number of British soldiers``); ``noun``: what is counted,
    measured or named; ``limits``: words that stand right before it and narrow it; ``subject``: whose
    position is asked, or names that the evidence must mention; ``verb``: what somebody did, or ``say`` where
    somebody's own words are asked; ``about``: what
    else the question says, which for a deed are the words that tell of it; ``names``: proper names, each the
    words of one, that the evidence must bring together.
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
_POINTS = re.compile(r"\b(?:it|they|them|these|those|that|this|he|she|him)\b", re.IGNORECASE)
_LEAD = r"^(?:and |but |so |then )?"
_COUNT = re.compile(
    r"\b(?:how|hw) many\b|^(?:the |what (?:is|was|are) the )?(?:total )?(?:number|no\.|count|tally) of\b",
    re.IGNORECASE,
)
_AMOUNT = re.compile(
    r"\b(?:what|which)\b(?: (?:is|was|are|were))?(?P<limits>(?: [\w'’-]+){0,4}?) (?P<noun>budget|price|wage|salary|"
    r"fee|fine|rent|tariff|(?:exchange|market|interest|inflation|unemployment) rate|turnover)\b",
    re.IGNORECASE,
)
_MUCH = re.compile(
    r"\bhow much (?P<noun>(?!(?:money|cash|stuff|more|less|of|it|time|longer|further|harm|damage|support|influence|"
    r"weight)\b)[a-z]{3,}) (?:do|does|did|is|was|will|would|has|have|had|were|are)\b",
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
    r"|\b(?:position|stance|view|attitude|opinion) of (?:the )?(?P<of>[^,?]{2,50}?) "
    r"(?:on|to|towards?|about|regarding)\b"
    r"|\bwhat (?:did|does|do|has|have) (?:the )?(?P<speaker>[^,?]{2,50}?) (?:(?:themselves|himself|herself|itself) )?"
    r"(?:say|said|tell|told|reply|answer|demand|think|thinks|want|expect|recommend|believe|argue|propose|suggest|"
    r"fear|hope|predict|claim)\b(?P<topic>[^?]*)",
    re.IGNORECASE,
)
_ROLE = re.compile(
    _LEAD + r"who(?: is| was|['’]s| are)(?: currently| now)? (?:the )?(?:\w+ ){0,2}?(?P<role>head|leader|chief|chair|"
    r"chairman|chairwoman|director|commander|president|minister|founder|owner|spokesman|spokeswoman|spokesperson|"
    r"ambassador|governor|mayor|secretary(?:-general)?) (?:of|in|at) (?:the )?(?P<of>[^,?]{2,60})",
    re.IGNORECASE,
)
_COST = re.compile(
    r"\bhow much (?:did|does|do|will|would|has|have) (?P<thing>[^,?]{2,80}?) costs?\b"
    r"|\b(?:cost|price) of (?:the )?(?P<of>[^,?]{2,60})|^(?P<own>[^,?:]{3,60}?) (?:total )?cost(?: in \w+)?$",
    re.IGNORECASE,
)
_DEED = re.compile(
    _LEAD + r"(?P<asks>why|how|where|when|(?:since|until|by) when|on (?:what|which) (?:date|day)|in (?:what|which) "
    r"(?:year|month)|under (?:what|which) (?:conditions|circumstances))(?: exactly)? (?:did|do|does|was|were|is|are|"
    r"will|would|has|have|had|could|can|might|should) (?P<what>.+)$"
    r"|" + _LEAD + r"(?P<whether>did|has|have|had|was|were|will) (?P<happened>.+)$",
    re.IGNORECASE,
)
_PHRASAL = re.compile(r"\b(?:up|down|out|off|away|over|together|through)\b", re.IGNORECASE)
"""With these a verb means something that its word alone does not tell (``patch up``)."""
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
    r"(?P<verb>[a-z]{3,}(?:s|ed)|won|led|ran|shot|built|found|fought|sold|bought|held) (?P<rest>.+)$",
    re.IGNORECASE,
)
_TOPIC = re.compile(
    r"\b(?:what|which) (?:part|role) (?:do|does|did|has|have|would|could) (?:the )?(?P<doer>.+?) (?:play|had|have)\b"
    r"|\b(?:part|role|effect|impact|influence) of (?:the )?(?P<of>.+?) (?:in|on|for|over)\b",
    re.IGNORECASE,
)
_NO_DEED = frozenset(
    """is are was were be been has have had do does did will would can could should may might else exactly
    say says said think thinks thought argue argues argued want wants wanted believe believes believed expect
    expects expected claim claims claimed insist insists insisted maintain maintained contend contended assert asserted
    come comes really actually also then translated translates wrote write writes written edited edits published
    publishes authored took take takes made make makes helped help helps went go goes became become becomes used
    use uses began begin begins started start starts decided decide decides got get gets kept keep keeps put
    gave give gives came told tell tells benefits benefit gains gain loses lose""".split()
)
"""Verbs that a source may well leave out or say otherwise; who wrote a report its title page says."""
_VAGUE = frozenset(
    """happen happened happens thing things work works exactly new still already ever finally actually really
    long much want need first last report reports paper papers study article located situated held hold place places
    react reacts reacted respond responds feel feels felt handle handled exist existed originate founded""".split()
)
"""Words of a question about a deed that tell nothing of it."""
_PARTICLES = frozenset("al el bin ibn abu dr mr mrs ms general gen prime minister president ayatollah".split())
_ENDS_NOUN = frozenset(
    """is are was were be been being do does did has have had will would can could should may might must
    in at on from by to for with under over during after before since until against within among between of
    that which who whom whose there when where if as but than through per into about because r according
    stood stand sat left came come went go live living work working take died die killed receive receives
    get gets serve serves belong run runs make makes hold holds own use uses used past near beyond behind
    written made called built named given found""".split()
)
_PLAIN = frozenset("annual yearly monthly weekly daily total actual average minimum current present exact".split())
_PLURAL = frozenset("people persons personnel staff peshmerga men women children police crew troops".split())
_ANYBODY = frozenset("people persons ppl places things times ways degrees".split())
"""Counted in words that the question seldom shares with its source: nothing can be concluded."""
_SYNONYM = {"ppl": "people", "persons": "people"}
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
    return (_read(parts[0], main), *(_leaning(_read(part, main), part) for part in parts[1:]))


def _read(part: str, whole: str) -> Asked:
    found: Asked | None = None
    for reader in (_position, _label, _share, _count, _amount, _cost, _name, _role, _who, _topic, _deed):
        found = found or reader(part, whole)
    return found or Asked(slot=Slot.OTHER, words=part.strip(" ?.!"))


def _leaning(thing: Asked, part: str) -> Asked:
    return replace(thing, leans=bool(_LEANS.search(part)) or len(_about(part)) < _MANY)


def _position(part: str, whole: str) -> Asked | None:
    match = _POSITION.search(part)
    if match is None:
        return None
    who = next(g for g in match.groups() if g)
    head = re.split(r"\s(?:from|in|of|at)\s", who)[0]
    subject = tuple(w for w, _, _ in word_spans(head) if w not in STOPWORDS)
    if not subject or len(subject) > _MANY or not any(raw[:1].isupper() for raw in who.split()):
        return None
    kind = "statement by" if match.group("speaker") else "position of"
    topic = match.group("topic") or ""
    about = tuple(w for w in _about(topic) if w not in _NO_DEED)
    own = "say" if re.search(r"\b(?:himself|herself|themselves|itself)\b", match.group()) else ""
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
    rest = re.sub(r"^\s*of (?:them|those|these)\b", " ", part[match.end() :])
    phrase, raw = _phrase(rest, plural=True)
    topic = re.match(r"\s*([^:,?]{2,40}):", part)
    if not phrase and topic:
        phrase, raw = _phrase(topic.group(1), plural=True)
    if not phrase or (phrase[-1] in _ANYBODY and len(phrase) == 1):
        return None
    words = f"the number of {' '.join(raw)}"
    return Asked(slot=Slot.COUNT, words=words, noun=phrase[-1], limits=phrase[:-1])


def _amount(part: str, whole: str) -> Asked | None:
    match = _AMOUNT.search(part) or _MUCH.search(part)
    if match is None:
        return None
    noun = match.group("noun").lower()
    between = match.groupdict().get("limits") or ""
    limits = [w for w, _, _ in word_spans(between) if w not in STOPWORDS and w not in _PLAIN]
    if any(w in _ENDS_NOUN for w, _, _ in word_spans(between)):
        return None
    raw = " ".join([w for w in between.split() if w.lower() not in STOPWORDS] + [noun])
    return Asked(
        slot=Slot.AMOUNT,
        words=raw if "’s " in raw or "'s " in raw else f"the {raw}",
        noun=noun.split()[-1],
        limits=tuple(limits),
        subject=_names(whole),
    )


def _name(part: str, whole: str) -> Asked | None:
    match = _NAME.search(part.strip(" ?.!"))
    if match is None:
        return None
    phrase, raw = _phrase(next(g for g in match.groups() if g))
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
    if verb in _NO_DEED or verb in STOPWORDS:
        return None
    who = f"which {match.group('agent')}" if match.re is _WHICH_ONE else "who"
    words = f"{who} {verb} {rest.rstrip(' ?.!')}".strip()
    names = tuple(w for w in _names("who " + rest) if w not in MONTHS)
    return Asked(slot=Slot.WHO, words=words, verb=verb, subject=names, about=_about(rest))


def _role(part: str, whole: str) -> Asked | None:
    match = _ROLE.match(part)
    if match is None:
        return None
    words = f"who is the {match.group('role')} of {match.group('of').strip()}"
    return Asked(slot=Slot.ROLE, words=words, noun=match.group("role").lower(), about=_about(match.group("of")))


def _cost(part: str, whole: str) -> Asked | None:
    match = _COST.search(part.strip(" ?.!"))
    if match is None:
        return None
    thing = next(g for g in match.groups() if g)
    about = tuple(w for w in _about(thing) if w not in _NO_DEED and w not in _PLAIN)
    return Asked(slot=Slot.COST, words=f"the cost of {thing.strip()}", about=about) if about else None


def _deed(part: str, whole: str) -> Asked | None:
    match = _DEED.match(part.strip(" ?.!"))
    if match is None:
        return None
    what = match.group("what") or match.group("happened")
    if _POINTS.search(what):
        return None
    names = proper_names("- " + what)
    own = {w for name in names for w in name}
    skipped = own | _NO_DEED | _VAGUE | _PARTICLES
    about = tuple(w for w in _about(what) if w.isalpha() and w not in skipped)
    if not names or len(about) > 2 * _MANY or (len(about) < 2 and _PHRASAL.search(what)):
        return None
    slot = Slot.TIME if _MOMENT.search(match.group("asks") or "") else Slot.DEED
    return Asked(slot=slot, words=part.strip(" ."), about=about, names=names)


def _topic(part: str, whole: str) -> Asked | None:
    match = _TOPIC.search(part)
    if match is None:
        return None
    topic = next(g for g in match.groups() if g)
    phrase, raw = _phrase(topic)
    names = _names("- " + topic)
    if len(phrase) < 2 or not names or phrase[-1] in names:
        return None
    return Asked(slot=Slot.TOPIC, words=" ".join(raw), noun=phrase[-1], subject=names)


def _about(text: str) -> tuple[str, ...]:
    """The words that tell what a text is about, each once."""
    content = (w for w, _, _ in word_spans(text) if w not in STOPWORDS and w not in MONTHS)
    return tuple(dict.fromkeys(content))


def _names(text: str) -> tuple[str, ...]:
    spans = word_spans(text)
    return tuple(w for w, start, _ in spans if start and text[start].isupper() and w not in STOPWORDS)


_NAMED = re.compile(r"(?<![.?!:]\s)(?<=[\s\"“-])[A-Z][\w'’]*(?:[-\s](?:(?:al|el|bin|ibn)-)?[A-Z][\w'’]*|-\d+)*")


def proper_names(text: str) -> tuple[tuple[str, ...], ...]:
    """The proper names inside a text, each as its words; months, titles and articles of names left out."""
    found = []
    for match in _NAMED.finditer(text):
        words = tuple(
            w for w, _, _ in word_spans(re.sub(r"['’]s?$", "", match.group()))
            if w not in STOPWORDS and w not in MONTHS and w not in _PARTICLES
        )  # fmt: skip
        if words:
            found.append(words)
    return tuple(dict.fromkeys(found))


def _phrase(text: str, plural: bool = False) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Folded and printed words of the noun phrase that a text begins with.

    It ends at a verb, a preposition or a mark.  With ``plural`` it must hold a plural noun or a name,
    and ends with it: what is counted.
    """
    words: list[str] = []
    raw: list[str] = []
    for match in re.finditer(r"[\w'’-]+|[^\w\s]", text):
        token = match.group()
        word = folded(token)
        if not token[0].isalnum() or word in _ENDS_NOUN or word in STOPWORDS:
            if word in ("and", "or") and words and plural:
                continue
            if words or word in _ENDS_NOUN - {"of"}:
                break
            continue
        if plural and word.endswith(("ly", "ed")):
            break
        words.append(_SYNONYM.get(word, word))
        raw.append(token)
        if plural and _counted(word, token):
            return tuple(words), tuple(raw)
    return ((), ()) if plural else (tuple(words[:5]), tuple(raw[:5]))


def _counted(word: str, token: str) -> bool:
    if word in _PLURAL or word in _SYNONYM or re.search(r"\d", token):
        return True
    return word.endswith("s") and not word.endswith("ss") and len(word) > 3 and not token.isupper()
