"""Does the evidence hold the asked thing: a filler of the right kind, tied to the asked noun or deed?

Each rule looks for one sentence that would do.  Only where none does, and the question could be read,
the thing counts as missing; calibrated on public sets and gold (``python -m eval.bench.refusal``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rag.extractive.asked import Asked, Slot
from rag.extractive.meaning import Meaning
from rag.extractive.tokens import COUNTS, MEASURES, MONTHS, SHARES, Kind, Token, beside, tokens
from rag.text import STOPWORDS, stem, words

COUNTED = 0.34
"""Likeness from which a word beside a number may be the counted or measured noun (``troops`` and
``soldiers`` 0.68, ``banks`` and ``lenders`` 0.30).  Between 0.30 and 0.50 little changes."""
LIMIT = 0.45
"""Likeness from which a word may stand for one that narrows the asked noun, or that the question is about."""
DONE = 0.3
"""Likeness from which a word may tell of the asked deed (``murdered`` and ``killed`` 0.69)."""
MET = 0.5
"""Share of what a who-question is about that the sentence must have.  On SQuAD 2.0 dev, refused wrongly and
rightly: 8 and 42 at 0, 9 and 56 at 0.5, 13 and 63 at 0.6, 17 and 76 at 0.7."""
NAMED = 0.4
"""Likeness from which a word may be the noun whose name, share or role is asked."""
NAME_REACH = 4
"""Tokens between a noun and the proper name that may be its own (``Pat Ryder, the Pentagon's spokesman``)."""
BEFORE, AFTER = 4, 8
"""Words of the same clause in which an attitude may stand before and after the one whose it is."""
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
_HELD = frozenset(stem(w) for w in "according position stance attitude view opinion statement told by".split())


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence, and what it stands under: headings and the sentence before."""

    text: str
    around: str = ""


def readable(asked: Asked) -> bool:
    """Whether there is a rule for what is asked; of anything else nothing is concluded."""
    return asked.slot in _RULES


def holds(asked: Asked, evidence: Sequence[Evidence], meaning: Meaning) -> bool:
    """False when no sentence could fill the gap that the question leaves."""
    rule = _RULES.get(asked.slot)
    return rule is None or any(rule(asked, e, meaning) for e in evidence)


def _count(asked: Asked, evidence: Evidence, meaning: Meaning) -> bool:
    near = list(beside(tokens(evidence.text), COUNTS))
    if meaning.best(asked.noun, near) < COUNTED:
        return False
    limits = [w for w in asked.limits if w in meaning.names]
    have = words(evidence.text)
    return not limits or any(meaning.best(limit, have) >= LIMIT for limit in limits)


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
    row = tokens(evidence.text)
    wanted = meaning.forms(asked.subject[-1])
    for at, token in enumerate(row):
        if wanted & {stem(p) for p in (token.word, *token.word.split("-"))}:
            after = _clause(row[at + 1 :])[:AFTER]
            before = _clause(row[:at][::-1])[:BEFORE]
            if any(stem(p) in _ATTITUDE for t in after for p in t.word.split("-")):
                return True
            if any(stem(t.word) in _HELD for t in before):
                return True
    return False


def _clause(row: Sequence[Token]) -> list[Token]:
    """The words up to the next mark that ends a clause."""
    found: list[Token] = []
    for token in row:
        if token.kind is Kind.MARK and token.word in ".;:?!|":
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
    near = {at for i in spots for at in range(max(0, i - NAME_REACH), min(len(row), i + NAME_REACH + 1))}
    return any(_proper(row, at, meaning) for at in near)


def _proper(row: Sequence[Token], at: int, meaning: Meaning) -> bool:
    """A capitalised word inside the sentence that the question does not have already."""
    token = row[at]
    if at == 0 or not token.capital or token.kind is not Kind.WORD or row[at - 1].word in '."“':
        return False
    word = token.word
    return not (word in meaning.names or word in STOPWORDS or word in MONTHS or meaning.of_place(word))


def _topic(asked: Asked, evidence: Evidence, meaning: Meaning) -> bool:
    if not _mentions(asked.subject, evidence, meaning):
        return False
    return meaning.best(asked.noun, words(evidence.text)) >= NAMED


def _mentions(
    names: Sequence[str], evidence: Evidence, meaning: Meaning, *, every: bool = False
) -> bool:
    have = {stem(p) for w in words(evidence.text + " " + evidence.around) for p in (w, *w.split("-"))}
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
}
