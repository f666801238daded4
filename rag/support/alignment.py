"""What belongs to what: figures, verbs and names stay with the clause they stand in.

Three checks on the order of words: a figure bound to another clause's words, one word exchanged in
an otherwise repeated sentence, and two parties (or two clauses) that have changed places.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from rag.support import hedges, polarity, relations
from rag.support.names import dates, name_known
from rag.support.numbers import quantities
from rag.support.tokens import Analysed, Table, Token, analyse

_CONNECTORS = frozenset(
    """and but while whereas compared against than versus although rather instead et mais tandis
    contre و لكن بينما مقابل""".split()
)
_TEMPORAL = {
    "after": "after", "before": "before", "following": "after", "since": "after", "once": "after",
    "après": "after", "apres": "after", "avant": "before", "بعد": "after", "قبل": "before",
}  # fmt: skip
_PASSIVE = frozenset("""was were been is are be being""".split())


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch between connectors: its keys (years included) and the figures it states."""

    keys: frozenset[str]
    values: frozenset[str]
    led: bool
    lead: str
    near: str


@lru_cache(maxsize=8192)
def segments(text: str) -> tuple[Segment, ...]:
    """Stretches of a text that each state their own figure or date; those without one join the last."""
    analysed = analyse(text)
    values = _value_tokens(text)
    groups: list[list[int]] = [[]]
    for i, token in enumerate(analysed.tokens):
        new_clause = i > 0 and token.clause != analysed.tokens[i - 1].clause
        if (token.word in _CONNECTORS or new_clause) and groups[-1]:
            groups.append([])
        groups[-1].append(i)
    merged: list[list[int]] = []
    for group in groups:
        has_value = any(i in values for i in group)
        if merged and not (has_value and any(i in values for i in merged[-1])):
            merged[-1].extend(group)
        else:
            merged.append(group)
    return tuple(_segment(analysed, group, values) for group in merged)


def _value_tokens(text: str) -> dict[int, str]:
    """Token index → value for figures (years aside) and dated days or months."""
    found = {q.at: f"{q.value:g}{q.unit}" for q in quantities(text) if not q.year}
    analysed = analyse(text)
    for date in dates(text):
        for i, token in enumerate(analysed.tokens):
            if token.raw == date.raw and i not in found:
                beside = {i - 1, i + 1} & set(found)
                for j in beside:
                    found.pop(j)
                found[i] = f"{date.day or ''}.{date.month}"
                break
    return found


def _segment(analysed: Analysed, group: Sequence[int], values: dict[int, str]) -> Segment:
    row = analysed.tokens
    first = next((i for i in group if i in values), None)
    years = {row[i].word for i in group if len(row[i].word) == 4 and row[i].word.isdigit()}
    keys = {row[i].key for i in group if row[i].content and not row[i].word[0].isdigit()}
    led = first is not None and any(row[i].content for i in group if i < first)
    lead = next((row[i].key for i in group if row[i].content), "")
    return Segment(
        frozenset(keys | years), frozenset(values[i] for i in group if i in values), led, lead,
        _nearest(row, group, first),
    )  # fmt: skip


def _nearest(row: Sequence[Token], group: Sequence[int], at: int | None) -> str:
    """The content word that a figure is said of: right behind it (``60 percent of teachers``), or before."""
    if at is None:
        return ""
    behind = [row[i].key for i in group if i > at and row[i].content and not row[i].word[0].isdigit()]
    before = [row[i].key for i in group if i < at and row[i].content and not row[i].word[0].isdigit()]
    return behind[0] if behind else before[-1] if before else ""


def binding_problems(statement: str, quotes: Sequence[str]) -> list[str]:
    """A figure or date told of what another figure of the same quote was said of."""
    problems: list[str] = []
    for quote in quotes:
        theirs = segments(quote)
        if len(theirs) < 2:
            continue
        for mine in segments(statement):
            for value in mine.values:
                owners = [s for s in theirs if value in s.values]
                others = [s for s in theirs if value not in s.values and s.values]
                if len(owners) == 1 and others and _misbound(mine, owners[0], others, theirs[0]):
                    problems.append(f"“{_plain(value)}” is said of something else in the quotes")
    return list(dict.fromkeys(problems))


def _misbound(mine: Segment, owner: Segment, others: Sequence[Segment], first: Segment) -> bool:
    leads = {o.lead for o in others if o.led and o.lead != owner.lead}
    if owner.led and leads & mine.keys and owner.lead not in mine.keys:
        return True  # "exports reached 26 and imports 4" told as "imports reached 26"
    for other in others:
        parallel = len(other.keys) <= 3 or len(owner.keys) <= 3
        apart = other.near not in owner.keys and owner.near not in other.keys
        if parallel and apart and other.near in mine.keys and owner.near and owner.near not in mine.keys:
            return True  # "60 % of teachers and 35 % of nurses": each figure with its own noun
    own = owner.keys.difference(*(o.keys for o in others))
    foreign = frozenset().union(*(o.keys for o in others)) - owner.keys
    if not own or mine.keys & own:
        return False
    if not owner.led and owner is not first:
        # "14 times in 2021, compared with 6 in 2020": the subject is shared, what sets them apart
        # are the words that have a counterpart of the same sort
        foreign = frozenset(k for k in foreign if k.isdigit()) or foreign
    return bool(mine.keys & foreign)


def _plain(value: str) -> str:
    return value.strip(".")


# --------------------------------------------------------------------------- one word exchanged


def substitution_problems(statement: str, quotes: Sequence[str]) -> list[str]:
    """A single content word replaced in a sentence that otherwise repeats the quote."""
    told = [t for t in analyse(statement).tokens if t.content]
    for quote in quotes:
        for sentence in _by_sentence(analyse(quote)):
            found = _replaced(told, sentence, quote)
            if found is not None:
                return [f"“{found[0].raw}” stands where the quotes say “{found[1].raw}”"]
    return []


def _by_sentence(analysed: Analysed) -> list[list[Token]]:
    rows: dict[int, list[Token]] = {}
    for token in analysed.tokens:
        if token.content:
            rows.setdefault(token.sentence, []).append(token)
    return list(rows.values())


def _replaced(told: list[Token], quoted: list[Token], quote: str) -> tuple[Token, Token] | None:
    mine = [t.key for t in told]
    theirs = [t.key for t in quoted]
    matcher = SequenceMatcher(None, mine, theirs, autojunk=False)
    blocks = matcher.get_opcodes()
    equal = sum(i2 - i1 for tag, i1, i2, _, _ in blocks if tag == "equal")
    if len(mine) < 3 or equal < max(2, 0.6 * (len(mine) - 1)):
        return None
    for tag, i1, i2, j1, j2 in blocks:
        if tag != "replace" or i2 - i1 != 1 or j2 - j1 != 1:
            continue
        a, b = told[i1], quoted[j1]
        if a.word[0].isdigit() or b.word[0].isdigit() or a.key in theirs or b.key in mine:
            continue
        if a.word in _DEGREE or b.word in _DEGREE or name_known(a.word, quote):
            continue
        if a.word in _REACHED and (i2 < len(told) and told[i2].word[0].isdigit()):
            continue  # "reached 6.4 percent" for "widened to 6.4 percent"
        if any(_marks(t, a.word) and _marks(t, b.word) for t in _MARKERS):
            continue  # their strength is compared by rules of their own
        if not _family(a.word, b.word):
            return a, b
    return None


_DEGREE = frozenset(
    """least fewer less more most minimum maximum exceeding nearly roughly estimated likely unlikely""".split()
)


_REACHED = frozenset("reached stood was were hit totalled amounted amounts totals atteint".split())
_MARKERS: tuple[Table, ...] = (*hedges.MARKERS, *polarity.MARKERS, *relations.MARKERS)


def _marks(rows: Table, word: str) -> bool:
    return any(parts[0] == word for parts, _ in rows.get(word, ()))


def _family(a: str, b: str) -> bool:
    """Forms of one word (``protect``/``protective``) share most of their letters."""
    if (a.endswith(b[2:]) and polarity.negative_twin(b)) or (b.endswith(a[2:]) and polarity.negative_twin(a)):
        return True  # "no inhabitants" for "uninhabited": polarity has its own rule
    shared = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    return shared >= 4 and shared >= min(len(a), len(b)) - 3


# --------------------------------------------------------------------------- places exchanged


def exchange_problems(statement: str, quotes: Sequence[str]) -> list[str]:
    """Parties exchanged round a verb, predicates exchanged between clauses, before told as after."""
    for quote in quotes:
        if _time_turned(statement, quote):
            return ["the order of events is turned round"]
        if _clauses_crossed(statement, quote):
            return ["what is said of one is told of the other"]
        if _blocks_swapped(analyse(statement), analyse(quote)):
            return ["who does what to whom is turned round"]
    return []


def _time_sides(text: str) -> tuple[str, frozenset[str], frozenset[str]] | None:
    """``(after|before, earlier or later part's keys, the other's)`` for one temporal connector."""
    analysed = analyse(text)
    row = analysed.tokens
    at = [
        i for i, t in enumerate(row)
        if t.word in _TEMPORAL and not (t.word == "since" and i + 1 < len(row) and row[i + 1].word[0].isdigit())
    ]  # fmt: skip
    if len(at) != 1:
        return None
    i = at[0]
    here = row[i].sentence
    if i == 0 or row[i - 1].sentence != here:
        clause = row[i + 1].clause if i + 1 < len(row) else -1
        right = {t.key for t in row[i + 1 :] if t.content and t.clause == clause}
        left = {t.key for t in row[i + 1 :] if t.content and t.clause != clause and t.sentence == here}
    else:
        left = {t.key for t in row[:i] if t.content and t.sentence == here}
        right = {t.key for t in row[i + 1 :] if t.content and t.sentence == here}
    shared = left & right
    return _TEMPORAL[row[i].word], frozenset(left - shared), frozenset(right - shared)


def told_in_reverse(statement: str, quotes: Sequence[str]) -> bool:
    """``B after A`` for ``A before B``: the same order of events."""
    for quote in quotes:
        mine, theirs = _time_sides(statement), _time_sides(quote)
        if mine is None or theirs is None or mine[0] == theirs[0]:
            continue
        if mine[1] & theirs[2] and mine[2] & theirs[1]:
            return True
    return False


def _time_turned(statement: str, quote: str) -> bool:
    mine, theirs = _time_sides(statement), _time_sides(quote)
    if mine is None or theirs is None:
        return False
    straight = len(mine[1] & theirs[1]) + len(mine[2] & theirs[2])
    cross = len(mine[1] & theirs[2]) + len(mine[2] & theirs[1])
    both = bool(mine[1] & theirs[2]) and bool(mine[2] & theirs[1])
    if mine[0] == theirs[0]:
        return both and cross > straight
    return straight > cross and bool(mine[1] & theirs[1]) and bool(mine[2] & theirs[2])


def _two_clauses(text: str) -> tuple[frozenset[str], frozenset[str]] | None:
    """Keys of the two halves of a sentence joined by one connector (keys of both halves left out)."""
    analysed = analyse(text)
    row = analysed.tokens
    if not row or row[-1].sentence != row[0].sentence or len(row) > 30:
        return None  # long enumerations share words at random
    strong = [i for i, t in enumerate(row) if t.word in {"while", "whereas", "but", "tandis", "mais", "بينما", "لكن"}]
    semicolon = [i for i in range(1, len(row)) if ";" in analysed.text[row[i - 1].end : row[i].start]]
    weak = [i for i, t in enumerate(row) if t.word in {"and", "et"}]
    at = (strong or semicolon or weak)[:1]
    if not at or at[0] == 0:
        return None
    left = {t.key for t in row[: at[0]] if t.content}
    right = {t.key for t in row[at[0] :] if t.content}
    shared = left & right
    return frozenset(left - shared), frozenset(right - shared)


def _clauses_crossed(statement: str, quote: str) -> bool:
    mine, theirs = _two_clauses(statement), _two_clauses(quote)
    if mine is None or theirs is None or len(theirs[0]) < 2 or len(theirs[1]) < 2:
        return False
    return all(bool(m & t) for m in mine for t in theirs)


def _blocks_swapped(told: Analysed, quoted: Analysed) -> bool:
    """``A m B`` told as ``B m A`` with the same voice: both parties on the other side of ``m``."""
    if told.tokens and told.tokens[0].word == "it" and any(t.word in {"that", "who"} for t in told.tokens):
        return False  # "It is A that m B" keeps the roles and turns the order
    mine, theirs = _parties(told), _parties(quoted)
    if any(_through(told, k) for k in mine if k in theirs):
        return False
    for verb in [k for k in mine if k in theirs]:
        if _is_passive(told, verb) != _is_passive(quoted, verb) or not _verb_like(quoted, verb):
            continue
        before_m, after_m = mine[verb]
        before_t, after_t = theirs[verb]
        crossed = bool(before_m & after_t) and bool(after_m & before_t)
        straight = (before_m & before_t) or (after_m & after_t)
        if crossed and not straight and not _adjunct_moved(told, quoted, before_m & after_t):
            return True
    return False


def _through(told: Analysed, verb: str) -> bool:
    """``attendance improves with meals``: what brings it about stands behind the verb."""
    at = next(i for i, t in enumerate(told.tokens) if t.key == verb)
    return any(t.word in {"with", "through", "thanks", "under", "per"} for t in told.tokens[at + 1 : at + 2])


_ADJUNCT = frozenset("""in near at during since until within en dans près depuis في خلال منذ""".split())


def _parties(analysed: Analysed) -> dict[str, tuple[frozenset[str], frozenset[str]]]:
    """For each word of a clause that occurs once: the words before and after it, adjuncts left out."""
    found: dict[str, tuple[frozenset[str], frozenset[str]]] = {}
    for clause in {t.clause for t in analysed.tokens}:
        row = [t for t in analysed.tokens if t.clause == clause]
        content = [
            t for i, t in enumerate(row)
            if t.content and not t.word[0].isdigit() and t.word not in _ADJUNCT
            and not any(b.word in _ADJUNCT for b in row[max(0, i - 2) : i])
        ]  # fmt: skip
        keys = [t.key for t in content]
        for at, key in enumerate(keys):
            before, after = set(keys[:at]), set(keys[at + 1 :])
            if key in before or key in after:
                continue
            shared = before & after
            found.setdefault(key, (frozenset(before - shared), frozenset(after - shared)))
    return found


def _verb_like(analysed: Analysed, key: str) -> bool:
    """Ends like a verb form, or stands right after a name or plural without a preposition."""
    token = next(t for t in analysed.tokens if t.key == key)
    return token.raw[:1].islower()


def _is_passive(analysed: Analysed, key: str) -> bool:
    at = next(i for i, t in enumerate(analysed.tokens) if t.key == key)
    before = {t.word for t in analysed.tokens[max(0, at - 2) : at]}
    by = any(t.word in {"by", "par"} for t in analysed.tokens[at + 1 : at + 5])
    return bool(before & _PASSIVE) or by


def _adjunct_moved(told: Analysed, quoted: Analysed, moved: frozenset[str]) -> bool:
    """What crossed stands behind a preposition (``in Kelan, …``): a moved adjunct, not a party."""
    prepositions = _ADJUNCT | {"by", "for", "under", "with", "of", "after", "before", "between"}
    for analysed in (told, quoted):
        for i, token in enumerate(analysed.tokens):
            if token.key in moved and any(t.word in prepositions for t in analysed.tokens[max(0, i - 3) : i]):
                return True
    return False
