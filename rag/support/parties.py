"""Who does what to whom: subject and object round a shared verb, converses, agents, speakers, focus.

No parser: a clause's subject is what stands before its verb, its object what follows up to the next
preposition.  Each rule speaks only where statement and quote share the verb and both parties.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rag.support.names import name_tokens
from rag.support.tokens import Analysed, Token, analyse, key

_PREPOSITIONS = frozenset(
    """of in on at by from to with for over under after before since against between among into about
    through during until near per than as like despite within across towards upon behind
    de du des dans sur par avec pour contre entre en à au aux chez
    في من الى على عن مع بين ضد خلال""".split()
)
BE = frozenset("is are was were be been being est sont été fut".split())
_BY = frozenset({"by", "par"})
_CONVERSES = (
    ("sell", "buy", "to", "from"),
    ("lent", "borrowed", "to", "from"),
    ("give", "receive", "to", "from"),
    ("paid", "received", "to", "from"),
    ("taught", "learned", "", "from"),
)  # verb, converse, preposition of the far party with each


@dataclass(frozen=True, slots=True)
class Act:
    """One verb of a clause with the content keys before it, right behind it, and after ``to``/``by``."""

    verb: str
    subject: frozenset[str]
    object: frozenset[str]
    far: frozenset[str]
    passive: bool


@lru_cache(maxsize=8192)
def acts(text: str) -> tuple[Act, ...]:
    """Every content word of a clause seen as its verb, with what would be its parties then."""
    analysed = analyse(text)
    return tuple(a for clause in _clauses(analysed) for a in _acts_of(clause))


def _clauses(analysed: Analysed) -> Iterator[list[Token]]:
    rows: dict[int, list[Token]] = {}
    for token in analysed.tokens:
        rows.setdefault(token.clause, []).append(token)
    return iter(rows.values())


def _acts_of(row: list[Token]) -> Iterator[Act]:
    for at, token in enumerate(row):
        if not token.content or token.word[0].isdigit() or not token.raw[:1].islower() or at == 0:
            continue
        subject = _phrase(row[:at])
        if not subject:
            continue
        after = row[at + 1 :]
        stop = next((i for i, t in enumerate(after) if t.word in _PREPOSITIONS), len(after))
        passive = any(t.word in BE for t in row[max(0, at - 3) : at]) and any(t.word in _BY for t in after[:8])
        yield Act(
            verb=token.key,
            subject=subject,
            object=frozenset(t.key for t in after[:stop] if t.content and not t.word[0].isdigit()),
            far=_far(after),
            passive=passive,
        )


def _phrase(row: list[Token]) -> frozenset[str]:
    """Content of a subject: up to its first preposition, an opening adjunct (``In 2018``) left out."""
    start = 2 if row and row[0].word in _PREPOSITIONS else 0
    found: list[str] = []
    for token in row[start:]:
        if token.word in _PREPOSITIONS and found:
            break
        if token.content and not token.word[0].isdigit():
            found.append(token.key)
    return frozenset(found)


def _far(after: list[Token]) -> frozenset[str]:
    """What follows ``to``, ``from`` or ``by``: the other party of a transfer or a passive."""
    for i, token in enumerate(after):
        if token.word in {"to", "from", "by", "à", "par"}:
            rest = after[i + 1 :]
            stop = next((j for j, t in enumerate(rest) if t.word in _PREPOSITIONS), len(rest))
            return frozenset(t.key for t in rest[:stop] if t.content and not t.word[0].isdigit())
    return frozenset()


def party_problems(statement: str, quotes: Sequence[str]) -> list[str]:
    """Subject and object, giver and taker, agent and agent exchanged."""
    for quote in quotes:
        for mine in acts(statement):
            for theirs in acts(quote):
                if mine.verb == theirs.verb and _exchanged(mine, theirs):
                    return ["who does what to whom is turned round"]
        if _other_agent(statement, quote):
            return ["what one did is told of the other"]
        if _converse(statement, quote) is False:
            return ["giver and taker are exchanged"]
    return []


def _exchanged(mine: Act, theirs: Act) -> bool:
    if mine.passive != theirs.passive:
        return False
    for name in ("object", "far"):
        a, b = getattr(mine, name), getattr(theirs, name)
        crossed = bool(mine.subject & b) and bool(a & theirs.subject)
        straight = bool(mine.subject & theirs.subject) or bool(a & b)
        if crossed and not straight and mine.subject <= b | theirs.far | theirs.object:
            return True
    return False


def _other_agent(statement: str, quote: str) -> bool:
    """``confirmed by the president`` where the quote has ``nominated by X and confirmed by Y``."""
    theirs = [(a.verb, a.far) for a in _passives(quote)]
    for mine in _passives(statement):
        own = [far for verb, far in theirs if verb == mine.verb]
        others = [far for verb, far in theirs if verb != mine.verb]
        if own and mine.far and not any(mine.far & far for far in own) and any(mine.far & far for far in others):
            return True
    return False


def _passives(text: str) -> list[Act]:
    """Verbs directly followed by ``by``, each with its own agent."""
    found = []
    row = analyse(text).tokens
    for i, token in enumerate(row[1:], 1):
        if token.word in _BY and row[i - 1].content and row[i - 1].word.endswith("ed"):
            agent = []
            for t in row[i + 1 : i + 6]:
                if t.word in _PREPOSITIONS or t.word in {"and", "et"} or t.clause != token.clause:
                    break
                if t.content:
                    agent.append(t.key)
            found.append(Act(row[i - 1].key, frozenset(), frozenset(), frozenset(agent), True))
    return found


def told_by_the_other_party(statement: str, quotes: Sequence[str]) -> bool:
    """``B bought from A`` for ``A sold to B``."""
    return any(_converse(statement, quote) for quote in quotes)


def converse_keys(statement: str, quotes: Sequence[str]) -> frozenset[str]:
    """Verbs that a converse of the quotes carries (they stand in no quote themselves)."""
    if not told_by_the_other_party(statement, quotes):
        return frozenset()
    return frozenset(key(w) for row in _CONVERSES for w in row[:2])


def _converse(statement: str, quote: str) -> bool | None:
    """True when told rightly from the other party, False when the parties are mixed up."""
    for verb, other, *_ in _CONVERSES:
        for mine_verb, their_verb in ((verb, other), (other, verb)):
            mine = next((a for a in acts(statement) if a.verb == key(mine_verb)), None)
            theirs = next((a for a in acts(quote) if a.verb == key(their_verb)), None)
            if mine is None or theirs is None or mine.verb == theirs.verb:
                continue
            if mine.passive or theirs.passive:
                continue
            if mine.subject & theirs.far or mine.far & theirs.subject:
                return True
            if mine.subject & theirs.subject and mine.far & theirs.far:
                return False
    return None


# --------------------------------------------------------------------------- clauses and their own parties


def clause_problems(statement: str, quotes: Sequence[str], exclusives: dict[str, frozenset[str]]) -> list[str]:
    """A word of another clause put where this clause has its counterpart (``eastern`` for ``western``)."""
    told = analyse(statement)
    mine = {t.key for t in told.tokens}
    for quote in quotes:
        clauses = [[t for t in c if t.content] for c in _stretches(analyse(quote))]
        clauses = [c for c in clauses if c]
        if len(clauses) < 2:
            continue
        scored = sorted(clauses, key=lambda c: -sum(t.key in mine for t in c) / (len(c) + 1))
        best = {t.key for t in scored[0]}
        elsewhere = {t.key for c in scored[1:] for t in c} - best
        for token in told.tokens:
            against = (exclusives.get(token.key, frozenset()) & best) - mine
            if token.content and token.key in elsewhere and against and len(best & mine) >= 2:
                raw = next(t.raw for t in scored[0] if t.key in against)
                return [f"“{token.raw}” stands for “{raw}”, which this is said of in the quotes"]
    return []


def _stretches(analysed: Analysed) -> Iterator[list[Token]]:
    """Clauses, cut once more where one event is put before or after another."""
    for row in _clauses(analysed):
        cut = next(
            (i for i, t in enumerate(row) if i and t.word in {"after", "before", "following", "instead"}), len(row)
        )
        yield row[:cut]
        if cut < len(row):
            yield row[cut:]


_SAYING = frozenset(
    """said says say argued argues argue claimed claims claim feared fears fear warned warns warn believed believes
    believe hoped hopes denied denies predicted predicts expected expects""".split()
)


def speaker_problems(statement: str, quotes: Sequence[str]) -> list[str]:
    """What one speaker of the quote says, told of another."""
    for mark, subject, complement in _sayings(statement):
        for quote in quotes:
            theirs = _sayings(quote)
            if len(theirs) < 2:
                continue
            own = [c for _, s, c in theirs if s & subject]
            others = [c for _, s, c in theirs if not s & subject]
            if not own or not others:
                continue
            here = max(len(c & complement) for c in own)
            there = max(len(c & complement) for c in others)
            whose = {m for m, s, _ in theirs if not s & subject} - {m for m, s, _ in theirs if s & subject}
            if there > here or (there == here and mark in whose):
                return ["what one speaker says is told of another"]
    return []


def _sayings(text: str) -> list[tuple[str, frozenset[str], frozenset[str]]]:
    """``(verb, speaker, what is said)`` for each verb of saying that has a subject before it."""
    row = analyse(text).tokens
    found = []
    marks = [i for i, t in enumerate(row) if t.word in _SAYING]
    for number, i in enumerate(marks):
        subject = frozenset(t.key for t in row[max(0, i - 5) : i] if t.content and t.clause == row[i].clause)
        end = marks[number + 1] if number + 1 < len(marks) else len(row)
        complement = frozenset(
            t.key for t in row[i + 1 : end] if t.content and t.sentence == row[i].sentence and t.word not in _SAYING
        )
        if subject:
            found.append((row[i].key, subject, complement))
    return found


def doer_problems(statement: str, quotes: Sequence[str]) -> list[str]:
    """The doers of two deeds exchanged: ``A opposed what B had demanded`` told with A and B changed."""
    mine = _deeds(statement)
    for quote in quotes:
        theirs = _deeds(quote)
        for verb, subject in mine:
            own = [s for v, s in theirs if v == verb]
            others = [s for v, s in theirs if v != verb]
            if not own or any(s & subject for s in own) or not any(s >= subject for s in others):
                continue
            if any(v != verb and any(s & o for o in own) for v, s in mine) or len(mine) == 1:
                return ["what one did is told of the other"]
    return []


def _deeds(text: str) -> list[tuple[str, frozenset[str]]]:
    """``(past verb, its subject)`` of each active clause; ``which``, ``who`` and ``that`` stand for nobody."""
    found = []
    for row in _clauses(analyse(text)):
        at = next(
            (i for i, t in enumerate(row) if i and t.content and t.word.endswith("ed") and t.raw[0].islower()), None
        )
        if at is None or any(t.word in BE for t in row[max(0, at - 3) : at]):
            continue
        subject = _phrase([t for t in row[:at] if t.word not in {"which", "who", "that"}])
        if subject:
            found.append((row[at].key, subject))
    return found


_ONLY = frozenset({"only", "solely", "exclusively", "seul", "seuls", "seule", "seules", "uniquement"})


def focus_problems(statement: str, quotes: Sequence[str]) -> list[str]:
    """``may amend only the code`` for ``only the assemblies may amend``: another thing is singled out."""
    mine = [f for f, _ in _focus(statement)]
    told = analyse(statement).keys
    for quote in quotes:
        theirs = _focus(quote)
        if mine and theirs and not any(m & t for m in mine for t, _ in theirs):
            return ["“only” limits something else in the quotes"]
        for focus, local in theirs:
            if mine and local and not local & told:
                return ["“only” is said of something else in the quotes"]
            elsewhere = (told & analyse(quote).keys) - local - focus
            if not mine and local and local <= told and not focus & told and _names(statement) & elsewhere:
                return ["the quotes' “only” is dropped"]
    return []


def _names(text: str) -> frozenset[str]:
    return frozenset(t.key for t in name_tokens(analyse(text)))


def _focus(text: str) -> list[tuple[frozenset[str], frozenset[str]]]:
    """``(what only singles out, what else its clause says before it)``."""
    row = analyse(text).tokens
    found = []
    for i, token in enumerate(row):
        if token.word in _ONLY:
            after = [t.key for t in row[i + 1 : i + 7] if t.content and t.sentence == token.sentence][:2]
            before = [t.key for t in row[:i] if t.content and t.clause == token.clause]
            if after:
                found.append((frozenset(after), frozenset(before)))
    return found


_MODIFIERS = frozenset(
    """deputy vice former acting interim assistant associate draft proposed planned provisional would-be
    so-called alleged suspected outgoing incoming designate candidate shadow junior honorary""".split()
)


def modifier_problems(statement: str, quotes: Sequence[str]) -> list[str]:
    """``deputy governor`` told as ``governor``, ``draft law`` as ``law``."""
    told = analyse(statement).tokens
    mine = {t.word for t in told}
    for quote in quotes:
        row = analyse(quote).tokens
        for i, token in enumerate(row[:-1]):
            if token.word not in _MODIFIERS or token.word in mine:
                continue
            head = row[i + 1]
            plain = any(t.key == head.key and row[j - 1].word not in _MODIFIERS for j, t in enumerate(row) if j)
            if head.content and not plain and any(t.key == head.key and t.word == head.word for t in told):
                return [f"the quotes say “{token.raw} {head.raw}”"]
    return []
