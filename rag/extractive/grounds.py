"""Does the evidence hold the asked thing: a filler of the right kind, tied to the asked noun or deed?

Each rule looks for one sentence that would do.  Only where none does, and the question could be read,
the thing counts as missing; calibrated on public sets and gold (``python -m eval.bench.refusal``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass

from rag.extractive.asked import Asked, Slot
from rag.extractive.meaning import Meaning
from rag.extractive.tokens import COUNTS, MEASURES, MONTHS, REACH, SHARES, Kind, Token, beside, tokens
from rag.text import STOPWORDS, stem, words

COUNTED = 0.34
"""Likeness from which a word beside a number may be the counted or measured noun (``troops`` and
``soldiers`` 0.68, ``banks`` and ``lenders`` 0.30).  Between 0.30 and 0.50 little changes."""
NARROWED = 0.6
"""Likeness from which a word beside a number may stand for one that narrows the counted noun, which then may be
called otherwise (``terror outfits``, ``terrorist groups``)."""
LIMIT = 0.45
"""Likeness from which a word may stand for one that narrows the asked noun, or that the question is about."""
DONE = 0.3
"""Likeness from which a word may tell of the asked deed (``murdered`` and ``killed`` 0.69)."""
MET = 0.5
"""Share of what a who-question is about that the sentence must have.  On SQuAD 2.0 dev, refused wrongly and
rightly: 8 and 42 at 0, 9 and 56 at 0.5, 13 and 63 at 0.6, 17 and 76 at 0.7."""
MOST = 0.75
"""Share of a topic that a sentence must have to be on it."""
NAMED = 0.4
"""Likeness from which a word may be the noun whose name, share or role is asked."""
ROLE = 0.5
"""Likeness from which a word may be the office that is asked for (``leader`` and ``chief``)."""
NAME_REACH = 4
"""Tokens between a noun and the proper name that may be its own (``Pat Ryder, the Pentagon's spokesman``)."""
BEFORE, AFTER = 4, 8
"""Words of the same clause in which an attitude may stand before and after the one whose it is."""
_MONTH = "(?:" + "|".join(m.capitalize() for m in sorted(MONTHS - {"may", "march"})) + r")\b|(?<=[\w,] )(?:May|March)\b"
_DAY = re.compile(r"\b(?:" + _MONTH + r"|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|\d{1,2}[./]\d{1,2}[./]\d{2,4}\b)")
_MOMENT = re.compile(
    r"\b\d{3,4}s?\b|" + _DAY.pattern + r"|\b(?i:day|week|month|year|decade|centur|yesterday|today|ago\b)"
)
"""What may say when something was: a year, a month, a weekday, a span of time.  "May" is mostly a verb."""
_BECAUSE = re.compile(
    r"(?i:\b(?:because|since|due to|owing|owed|given|result\w*|reasons?|therefore|thus|hence|so (?:that|as)|in order|"
    r"to (?!(?:the|an?|its|his|their) |(?-i:[A-Z]))[a-z]+|thanks to|caus\w+|led to|leads? to|driv\w+|drove|aim\w*|"
    r"goals?|purpose|fear\w*|hop(?:es?|ed|ing)|want\w*|needs?|needed|respon\w+|retaliat\w+|justif\w+|expla\w+|motiv\w+|"
    r"prompt\w*|forc(?:ed|ing)|grounds?|as (?:it|they|the)|for(?! (?:example|instance)))\b)"
)
"""What may give a reason: without any of these near by, a deed is told and not explained."""
_SHARES = frozenset("half third thirds quarter quarters majority minority most percentage share".split())
_ATTITUDE = frozenset(
    stem(w)
    for w in """say said tell told warn call called want demand reject support oppose think believe argue insist
    stress express announce state describe view see saw consider fear hope urge expect favour favor prefer accept
    refuse agree condemn welcome criticise criticize declare ask answer deny confirm emphasize emphasise affirm
    position stance attitude opinion line according statement speech adopt seek sought advocate pledge vow
    threaten remark note point add explain suggest propose recommend maintain willing ready keen wary reluctant
    concern worry interest object resist push vote back endorse laugh dismiss question complain claim
    concede admit reply respond react respect mean meant""".split()
)
_SAYING = frozenset(
    stem(w)
    for w in """say said tell told call called stress express announce state declare describe argue answer deny
    confirm emphasize emphasise affirm statement speech remark note add explain reply respond write wrote warn
    complain claim concede admit""".split()
)
"""What somebody's own words come with; an attitude reported of them will not do."""
_UNITS = frozenset(
    """megawatts gigawatts kilowatts kilometres kilometers miles metres meters feet hectares acres barrels tons
    tonnes""".split()
)
_ENDS, _APART = ".;:?!|", ".;:?!|,"
"""Marks that end a clause; after a comma somebody else may speak (``Meeting Velten, Brandt said``)."""
_BODIES = frozenset(
    """party bank council movement organisation organization union league front group forces force army court ministry
    parliament service office agency command house states kingdom nations""".split()
)
"""Last words of names that many share."""
_HELD = frozenset(stem(w) for w in "according position stance attitude view opinion statement told by".split())


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence, what it stands under (headings and the sentence before), and the sentence after it."""

    text: str
    around: str = ""
    after: str = ""

    @property
    def whole(self) -> str:
        """The sentence with everything around it."""
        return " ".join((self.around, self.text, self.after))


def readable(asked: Asked) -> bool:
    """Whether there is a rule for what is asked; of anything else nothing is concluded."""
    return asked.slot in _RULES


def holds(asked: Asked, evidence: Sequence[Evidence], meaning: Meaning) -> bool:
    """False when no sentence could fill the gap that the question leaves."""
    rule = _RULES.get(asked.slot)
    return rule is None or any(rule(asked, e, meaning) for e in evidence)


def _count(asked: Asked, evidence: Evidence, meaning: Meaning) -> bool:
    row = tokens(evidence.text)
    near = list(beside(row, COUNTS))
    if "|" in evidence.text and any(t.kind is Kind.COUNT for t in row):
        near += words(evidence.text)  # in a row of a table every cell is on what the row is on
    narrow = [w for w in asked.limits if w not in meaning.names]
    if meaning.best(asked.noun, near) < COUNTED and not any(meaning.best(w, near) >= NARROWED for w in narrow):
        return False
    limits = [w for w in asked.limits if w in meaning.names]
    have = words(evidence.text)
    if limits and not any(meaning.best(limit, have) >= LIMIT for limit in limits):
        return False
    return _tells_of(asked, evidence, meaning)


def _tells_of(asked: Asked, evidence: Evidence, meaning: Meaning) -> bool:
    """Whether the sentence is about what the question says beside the counted noun: a name of it, or half its words."""
    near = words(evidence.whole)
    if asked.verb and meaning.best(asked.verb, near) < LIMIT:
        return False
    if asked.subject and not _mentions(_rare(asked.subject, meaning), evidence, meaning):
        return False
    if asked.noun in _UNITS:
        return _of_its_own(asked, evidence, meaning)
    if len(asked.about) < 2 and not asked.names:
        return True
    met = sum(meaning.best(w, near) >= LIMIT for w in asked.about)
    if len(asked.about) >= 2 and (not met or 2 * met >= len(asked.about)):
        return bool(met)
    have = _stems(near)
    return not asked.names or any(_is_named(name, have, meaning) for name in _telling(asked.names, meaning))


def _of_its_own(asked: Asked, evidence: Evidence, meaning: Meaning) -> bool:
    """Whether a sentence with a unit, which measures anything, is itself on what the question measures."""
    here = words(evidence.text)
    have = _stems(here)
    named = any(_is_named(name, have, meaning) for name in _telling(asked.names, meaning))
    return named or sum(meaning.best(w, here) >= LIMIT for w in asked.about) > MET * len(asked.about)


def _amount(asked: Asked, evidence: Evidence, meaning: Meaning) -> bool:
    if meaning.best(asked.noun, list(beside(tokens(evidence.text), MEASURES))) < COUNTED:
        return False
    have = words(evidence.text + " " + evidence.around)
    if any(meaning.best(limit, have) < LIMIT for limit in asked.limits):
        return False
    return not asked.subject or _mentions(asked.subject, evidence, meaning)


def _share(asked: Asked, evidence: Evidence, meaning: Meaning) -> bool:
    row = tokens(evidence.text)
    near = list(beside(row, SHARES))
    if any(t.word in _SHARES for t in row):
        near += words(evidence.text)
    return meaning.best(asked.noun, near) >= NAMED


def _label(asked: Asked, evidence: Evidence, meaning: Meaning) -> bool:
    row = tokens(evidence.text)
    return any(
        stem(t.word) == stem(asked.noun) and any(n.kind not in (Kind.WORD, Kind.MARK) for n in row[i + 1 : i + 4])
        for i, t in enumerate(row)
    )


def _who(asked: Asked, evidence: Evidence, meaning: Meaning) -> bool:
    if asked.subject and not _mentions(asked.subject, evidence, meaning, every=False):
        return False
    if meaning.best(asked.verb, words(evidence.text)) < DONE:
        return False
    have = words(evidence.text + " " + evidence.around)
    met = [w for w in asked.about if meaning.best(w, have) >= LIMIT]
    return len(met) >= MET * len(asked.about)


def _position(asked: Asked, evidence: Evidence, meaning: Meaning) -> bool:
    if not _on_topic(asked, evidence, meaning):
        return False
    if len(asked.about) > 1 and not asked.verb and _named_in_full(asked, evidence, meaning):
        return True
    row = tokens(evidence.text)
    own = bool(asked.verb) and asked.subject[-1] in meaning.names  # an office is followed by its holder's name
    for at in range(len(row)):
        if _is_subject(row, at, asked.subject, meaning):
            after = _clause(row[at + 1 :], _APART if own else _ENDS)[:AFTER]
            before = _clause(row[:at][::-1])[:BEFORE]
            attitude = _SAYING if asked.verb else _ATTITUDE
            if any(stem(p) in attitude for t in after for p in t.word.split("-")):
                return True
            if any(stem(t.word) in _HELD for t in before):
                return True
    return False


def _named_in_full(asked: Asked, evidence: Evidence, meaning: Meaning) -> bool:
    """Whether a sentence with somebody's name has most of the topic: a view needs no verb that is known for one."""
    here = words(evidence.text)
    have = _stems(here)
    met = sum(meaning.best(w, here) >= LIMIT for w in asked.about)
    return bool(meaning.forms(asked.subject[-1]) & have) and met >= MOST * len(asked.about)


def _on_topic(asked: Asked, evidence: Evidence, meaning: Meaning) -> bool:
    """Whether the sentence is about what somebody's position is asked on: any word or name of it will do."""
    have = words(evidence.whole)
    return not asked.about or any(meaning.best(w, have) >= LIMIT for w in asked.about)


def _is_subject(row: Sequence[Token], at: int, subject: Sequence[str], meaning: Meaning) -> bool:
    """Whether the one whose position is asked is named here; a body's noun alone (``Party``) names nobody."""
    name = subject[-1]
    stems_here = {stem(p) for p in (row[at].word, *row[at].word.split("-"))}
    if not meaning.forms(name) & stems_here:
        return False
    if name not in _BODIES or len(subject) == 1 or stem(name) not in stems_here:
        return True
    return any(stem(t.word) == stem(subject[-2]) for t in row[max(0, at - 2) : at])


def _clause(row: Sequence[Token], ends: str = _ENDS) -> list[Token]:
    """The words up to the next mark that ends a clause."""
    found: list[Token] = []
    for token in row:
        if token.kind is Kind.MARK and token.word in ends:
            break
        if token.kind is not Kind.MARK:
            found.append(token)
    return found


def _name(asked: Asked, evidence: Evidence, meaning: Meaning) -> bool:
    limits = [w for w in asked.limits if w in meaning.names]
    if limits and not _mentions(limits, evidence, meaning, every=True):
        return False
    if meaning.best(asked.noun, words(evidence.text)) < NAMED:
        return False
    row = tokens(evidence.text)
    spots = [i for i, t in enumerate(row) if t.kind is Kind.WORD and meaning.likeness(asked.noun, t.word) >= NAMED]
    if limits:
        spots = [i for i in spots if _beside(limits, row[max(0, i - REACH) : i + REACH + 1], meaning)]
    near = {at for i in spots for at in range(max(0, i - NAME_REACH), min(len(row), i + NAME_REACH + 1))}
    return any(_proper(row, at, meaning) for at in near)


def _beside(names: Sequence[str], row: Sequence[Token], meaning: Meaning) -> bool:
    have = _stems([t.word for t in row])
    return any(meaning.forms(name) & have for name in names)


def _proper(row: Sequence[Token], at: int, meaning: Meaning) -> bool:
    """A capitalised word inside the sentence that the question does not have already."""
    token = row[at]
    if at == 0 or not token.capital or token.kind is not Kind.WORD or row[at - 1].word in '."“':
        return False
    word = token.word
    return not (word in meaning.names or word in STOPWORDS or word in MONTHS or meaning.of_place(word))


def _role(asked: Asked, evidence: Evidence, meaning: Meaning) -> bool:
    have = _stems(words(evidence.text))
    if not all(meaning.forms(w) & have for w in asked.about):
        return False
    row = tokens(evidence.text)
    spots = [i for i, t in enumerate(row) if t.kind is Kind.WORD and meaning.likeness(asked.noun, t.word) >= ROLE]
    near = {at for i in spots for at in range(max(0, i - REACH), min(len(row), i + REACH + 1))}
    return any(_proper(row, at, meaning) for at in near)


def _cost(asked: Asked, evidence: Evidence, meaning: Meaning) -> bool:
    if not any(t.kind is Kind.MONEY for t in tokens(evidence.text)):
        return False
    have = words(evidence.text)
    return sum(meaning.best(w, have) >= LIMIT for w in asked.about) > MET * len(asked.about)


def _deed(asked: Asked, evidence: Evidence, meaning: Meaning) -> bool:
    near = words(evidence.whole)
    have = _stems(near)
    if not all(_is_named(name, have, meaning) for name in _telling(asked.names, meaning)):
        return False
    if any(n not in near for n in asked.limits) or (asked.verb and meaning.best(asked.verb, near) < LIMIT):
        return False
    return not asked.about or any(meaning.best(w, near) >= LIMIT for w in asked.about)


def _time(asked: Asked, evidence: Evidence, meaning: Meaning) -> bool:
    near = evidence.whole
    moment = _DAY if asked.noun == "day" else _MOMENT
    return bool(moment.search(near)) and _deed(asked, evidence, meaning)


def _reason(asked: Asked, evidence: Evidence, meaning: Meaning) -> bool:
    near = evidence.whole
    return bool(_BECAUSE.search(near)) and _deed(asked, evidence, meaning)


def _rare(names: Sequence[str], meaning: Meaning) -> Sequence[str]:
    """The names that tell one sentence from another, if any does."""
    return [n for n in names if not meaning.everywhere(n)] or names


def _telling(names: Sequence[tuple[str, ...]], meaning: Meaning) -> Sequence[tuple[str, ...]]:
    """Names that must meet in the evidence: what the whole library is about goes without saying."""
    rare = [n for n in names if not all(meaning.everywhere(w) for w in n)]
    return rare or names


def _is_named(name: Sequence[str], have: Set[str], meaning: Meaning) -> bool:
    """Half of a name's words will do: ``Barzani`` for ``Masrour Barzani``."""
    return 2 * sum(bool(meaning.forms(w) & have) for w in name) >= len(name)


def _topic(asked: Asked, evidence: Evidence, meaning: Meaning) -> bool:
    if not _mentions(asked.subject, evidence, meaning):
        return False
    return meaning.best(asked.noun, words(evidence.text)) >= NAMED


def _stems(row: Sequence[str]) -> Set[str]:
    return {stem(p) for w in row for p in (w, *w.split("-"))}


def _mentions(
    names: Sequence[str], evidence: Evidence, meaning: Meaning, *, every: bool = False
) -> bool:
    have = _stems(words(evidence.text + " " + evidence.around))
    found = [bool(meaning.forms(name) & have) for name in names]
    return all(found) if every else any(found)


_RULES: dict[Slot, Callable[[Asked, Evidence, Meaning], bool]] = {
    Slot.COUNT: _count,
    Slot.AMOUNT: _amount,
    Slot.SHARE: _share,
    Slot.LABEL: _label,
    Slot.WHO: _who,
    Slot.POSITION: _position,
    Slot.NAME: _name,
    Slot.TOPIC: _topic,
    Slot.ROLE: _role,
    Slot.COST: _cost,
    Slot.DEED: _deed,
    Slot.TIME: _time,
    Slot.REASON: _reason,
}
