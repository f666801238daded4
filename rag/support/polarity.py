# ruff: noqa: E501 - word tables
"""Negation, opposites and alternatives of which only one can be true."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from rag.support import lexicon
from rag.support.hedges import Scope, reach
from rag.support.numbers import bound_tokens
from rag.support.tokens import Analysed, Found, Table, Token, analyse, find, key, table, window

_NEGATORS = table(
    dict.fromkeys(
        """not|no|never|none|neither|nor|without|cannot|cant|dont|doesnt|didnt|isnt|arent|wasnt|werent|
        hasnt|havent|hadnt|wont|wouldnt|couldnt|shouldnt|fails to|fail to|failed to|failing to|
        refuses to|refused to|refuse to|declined to|declines to|unable to|unlikely|lacks|lack|lacked|denies|
        denied|deny|hardly|barely|scarcely|yet to|stopped short of|nothing|nobody|untrue|false that|
        rules out|ruled out|absence of|ne|pas|aucun|aucune|jamais|sans|ni|n'a|n'ont|n'est|
        لا|لم|لن|ليس|ليست|غير|دون|بدون|رفض أن""".replace("\n", "").split("|"),
        "no",
    )
)
_NOT_NEGATING = table(
    dict.fromkeys(
        """not only|not just|not merely|not simply|no later than|no fewer than|no less than|no more than|not more than|not less than|
        not least|no doubt|without doubt|not exceed|non seulement|ne plus que|not fewer than|
        nothing less than|none other than""".replace("\n", "").split("|"),
        "",
    )
)


@lru_cache(maxsize=8192)
def negations(text: str) -> tuple[Scope, ...]:
    """Negators with what they govern."""
    analysed = analyse(text)
    harmless = {i for m in find(analysed.tokens, _NOT_NEGATING) for i in range(m.start, m.end)}
    found = []
    for mark in find(analysed.tokens, _NEGATORS):
        if mark.start in harmless or _number_sign(analysed, mark):
            continue
        governed = reach(analysed, mark.start, mark.end)[:4]
        if not governed:
            governed = [t for t in analysed.tokens[max(0, mark.start - 4) : mark.start] if t.content]
        found.append(
            Scope(
                0, mark.phrase, frozenset(t.key for t in governed),
                governed[0].key if governed else "", mark.start,
            )
        )  # fmt: skip
    return tuple(found)


def _number_sign(analysed: Analysed, mark: Found) -> bool:
    """``Law No. 40``: an abbreviation, no negation."""
    row = analysed.tokens
    after = row[mark.end].word[0] if mark.end < len(row) else ""
    return row[mark.start].word == "no" and mark.phrase != "no" and after.isdigit()


@lru_cache(maxsize=1)
def opposites() -> dict[str, frozenset[str]]:
    """Words that turn a statement round when one stands for another."""
    return _pairs(lexicon.OPPOSITE)


@lru_cache(maxsize=1)
def exclusives() -> dict[str, frozenset[str]]:
    return _pairs(lexicon.EXCLUSIVE)


@lru_cache(maxsize=1)
def rivals() -> dict[str, frozenset[str]]:
    """Words that cannot both hold in one place: opposites and exclusive alternatives together."""
    found = dict(exclusives())
    for word, others in opposites().items():
        found[word] = found.get(word, frozenset()) | others
    return found


def _pairs(rows: Sequence[str]) -> dict[str, frozenset[str]]:
    """Each key to the keys it excludes."""
    found: dict[str, set[str]] = {}
    for row in rows:
        members = [{_key(w) for w in part.split()} for part in row.split("|")]
        for i, mine in enumerate(members):
            others = set().union(*(m for j, m in enumerate(members) if j != i)) - mine
            for word in mine:
                found.setdefault(word, set()).update(others)
    return {word: frozenset(others) for word, others in found.items()}


def _key(word: str) -> str:
    row = analyse(word).tokens
    return row[0].key if row else key(word)


def _flips(told: Analysed, quoted: Analysed) -> list[tuple[str, str]]:
    """Words of the statement whose opposite, and not they themselves, stands in the quote.

    Both must be said of the same thing: they share a content word nearby.
    """
    have = {t.key for t in quoted.tokens}
    mine = {t.key for t in told.tokens}
    bounds = bound_tokens(told.text) | _negator_tokens(told)
    negating = _negator_tokens(quoted)
    found = []
    for i, token in enumerate(told.tokens):
        if token.key in have or i in bounds:
            continue
        against = opposites().get(token.key, frozenset()) & have
        twin = _denied(token, quoted) if token.content else None
        if twin and _negated(token.key, told) != any(_negated(k, quoted) for k in twin):
            continue  # "failed to convince" for "unconvinced"
        if twin and not twin & mine:
            found.append((token.raw, next(t.raw for t in quoted.tokens if t.key in twin)))
            continue
        if not against or against & mine:
            continue
        for j, other in enumerate(quoted.tokens):
            if j in negating:
                continue
            if other.key in against and _same_thing(told, i, quoted, j):
                found.append((token.raw, other.raw))
                break
    return list(dict.fromkeys(found))


def _negated(word: str, analysed: Analysed) -> bool:
    return any(word in n.keys for n in negations(analysed.text))


def _denied(token: Token, quoted: Analysed) -> frozenset[str]:
    """Keys of the quote that deny a word, or that it denies, by a prefix alone."""
    own = negative_twin(token.word)
    return frozenset(t.key for t in quoted.tokens if t.content and (t.key in own or token.key in negative_twin(t.word)))


@lru_cache(maxsize=65536)
def negative_twin(word: str) -> frozenset[str]:
    """Keys of a word without its negative prefix: ``unconvinced`` denies ``convinced``."""
    for prefix in lexicon.NEGATIVE_PREFIXES:
        rest = word[len(prefix) :]
        if word.startswith(prefix) and len(rest) > 4 and word not in lexicon.NOT_PREFIXED:
            return frozenset({key(rest)})
    return frozenset()


def _negator_tokens(analysed: Analysed) -> frozenset[int]:
    """Tokens counted as negation already (``unable to``), not to be counted as opposites again."""
    marks = find(analysed.tokens, _NEGATORS)
    return frozenset(i for m in marks for i in range(m.start, m.end))


def _same_thing(told: Analysed, i: int, quoted: Analysed, j: int) -> bool:
    near = {t.key for t in window(told.tokens, i, 4, 4) if t.content or t.word[0].isdigit()}
    there = {t.key for t in window(quoted.tokens, j, 6, 6) if t.content or t.word[0].isdigit()}
    return not near or not there or bool(near & there)


def polarity_problems(statement: str, quotes: Sequence[str], *, converse: bool = False) -> list[str]:
    """Negation dropped or added, a word turned into its opposite; both together cancel out.

    ``converse``: the statement tells the same comparison or order of events from its other end.
    """
    told = analyse(statement)
    quoted = analyse(" \n".join(quotes))
    flips = [] if converse else _flips(told, quoted)
    dropped = [n for n in negations(quoted.text) if _governs(n, told) and not _negated_in(statement, n)]
    added = [n for n in negations(statement) if _governs(n, quoted) and not _negated_in(quoted.text, n)]
    if any(t.key in _ENDED for t in quoted.tokens):
        added = [n for n in added if not _no_longer(told, n)]
    if flips and (dropped or added) and len(flips) == 1:
        return []
    problems = [f"“{mine}” is the opposite of “{theirs}” in the quotes" for mine, theirs in flips]
    problems += [f"the quotes' “{n.phrase}” is dropped" for n in dropped]
    problems += [f"“{n.phrase}” is not in the quotes" for n in added]
    unfounded = [n for n in negations(statement) if not negations(quoted.text) and n not in added]
    if unfounded and not flips and not _negative_words(quoted):
        problems.append(f"“{unfounded[0].phrase}” is not in the quotes")
    return problems


_ENDED = frozenset({"stop", "end", "withdraw", "ban", "cancel"})


def _no_longer(told: Analysed, negation: Scope) -> bool:
    """``no longer covers`` says what ``has stopped covering`` says."""
    after = negation.at + 1
    return after < len(told.tokens) and told.tokens[after].word == "longer"


_NEGATIVE = frozenset(
    """reject oppose ban stop fail refuse deny lack absent prevent block exclude rule impossible
    unlikely end only""".split()
)


def _negative_words(quoted: Analysed) -> bool:
    stems = {key(w) for w in _NEGATIVE} | _NEGATIVE
    return any(t.key in stems or t.word.startswith(("un", "in", "non", "dis")) for t in quoted.tokens)


def _governs(negation: Scope, other: Analysed) -> bool:
    """Whether the other text repeats what the negation governs, its first word above all."""
    if not negation.keys:
        return False
    shared = negation.keys & other.keys
    return negation.verb in other.keys or len(shared) >= max(1, len(negation.keys) - 1)


def _negated_in(text: str, negation: Scope) -> bool:
    """Negated by a word (``not likely``) or by a prefix (``unlikely``)."""
    if any(n.verb == negation.verb or n.keys & negation.keys for n in negations(text)):
        return True
    stems = {
        key(t.word[len(prefix) :])
        for t in analyse(text).tokens
        for prefix in ("un", "in", "im", "non", "dis")
        if t.word.startswith(prefix) and len(t.word) > len(prefix) + 3
    }
    return bool(stems & negation.keys)


def exclusive_problems(statement: str, quotes: Sequence[str]) -> list[str]:
    """A word replaced by another of a set of which only one can be true (``north`` for ``south``)."""
    told = analyse(statement)
    quoted = analyse(" \n".join(quotes))
    have = {t.key for t in quoted.tokens}
    mine = {t.key for t in told.tokens}
    problems = []
    for token in told.tokens:
        if token.key in have:
            continue
        against = (exclusives().get(token.key, frozenset()) & have) - mine
        if against:
            raw = next(t.raw for t in quoted.tokens if t.key in against)
            problems.append(f"“{token.raw}” stands for “{raw}” in the quotes")
    return list(dict.fromkeys(problems))


MARKERS: tuple[Table, ...] = (_NEGATORS,)
"""Tables whose words have rules of their own here, and do not count as content elsewhere."""
