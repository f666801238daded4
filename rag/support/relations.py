# ruff: noqa: E501 - word tables, one strength a line
"""Relations inside a statement: quantifiers, causes, comparisons, who did what to whom, scope."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rag.support.names import name_tokens
from rag.support.numbers import quantities
from rag.support.tokens import Analysed, Table, Token, analyse, find, table

_QUANTIFIERS = table(
    dict.fromkeys(["few", "a few", "a handful of", "a minority of", "hardly any", "peu de", "قليل من", "a fraction of", "one of", "one of the"], "1")
    | dict.fromkeys(
        """some|several|certain|a number of|part of|parts of|a portion of|
        certains|certaines|plusieurs|quelques|une partie|بعض|عدد من|عدة""".replace("\n", "").split("|"),
        "2",
    )
    | dict.fromkeys(["many", "numerous", "much of", "a lot of", "dozens of", "hundreds of", "thousands of", "beaucoup de", "nombreux", "nombreuses", "كثير من", "العديد من"], "3")
    | dict.fromkeys(
        """most|most of|mostly|mainly|largely|majority|the majority of|a majority of|nearly all|almost all|almost every|
        nearly every|virtually all|plupart|la plupart|la majorité|معظم|أغلب|غالبية""".replace("\n", "").split("|"),
        "4",
    )
    | dict.fromkeys(
        """all|every|each|entire|whole|everyone|everybody|unanimous|unanimously|universal|universally|
        without exception|tous|toutes|tout|toute|chaque|جميع|كل|كافة""".replace("\n", "").split("|"),
        "5",
    )
)  # fmt: skip
_EXCLUSIVE = table(
    dict.fromkeys(
        ["only", "solely", "exclusively", "sole", "alone", "nothing but", "seulement", "uniquement", "فقط"],
        "only",
    )
)
_EXCEPT = table(
    dict.fromkeys(
        [
            "except",
            "except for",
            "excluding",
            "apart from",
            "other than",
            "with the exception",
            "not including",
            "sauf",
            "hormis",
            "excepté",
            "باستثناء",
            "ما عدا",
            "but not",
        ],
        "except",
    )
)
_CAUSE = table(
    dict.fromkeys(
        """because|because of|caused|causes|cause|causing|due to|owing to|thanks to|led to|leads to|
        leading to|as a result of|as a result|resulted in|results in|resulting in|result of|results from|
        resulted from|therefore|consequently|driven by|prompted|prompts|prompting|triggered|triggers|
        brought about|so that|hence|thus|attributable to|stems from|stemmed from|
        responsible for|the reason|reason for|reasons for|why|in response to|given that|parce que|
        à cause de|en raison de|grâce à|provoqué|provoque|entraîné|entraîne|causé|a conduit à|
        بسبب|نتيجة|أدى إلى|أدت إلى|لأن|تسبب|تسببت|blamed on|fuelled|fueled|made possible by|
        account for|accounted for|forced|drove|drives|since then because|as a consequence|
        on account of|enabled|spurred|contributed to|contributes to|contributing to|partly due to""".replace(
            "\n", ""
        ).split("|"),
        "cause",
    )
)
_PASSIVE = frozenset("""was were been is are be being""".split())


@dataclass(frozen=True, slots=True)
class Quantified:
    """A quantifier, its rank from few (1) to all (5), and the nouns right behind it."""

    rank: int
    phrase: str
    nouns: frozenset[str]
    head: str


@lru_cache(maxsize=8192)
def quantified(text: str) -> tuple[Quantified, ...]:
    """Quantifiers with the next content words of their sentence."""
    analysed = analyse(text)
    found = []
    row = analysed.tokens
    for mark in find(row, _QUANTIFIERS):
        if mark.phrase.lower() == "some" and mark.end < len(row) and row[mark.end].word[0].isdigit():
            continue
        if mark.phrase.lower() == "most" and not _noun_follows(analysed, mark.end):
            continue
        sentence = row[mark.start].sentence
        after = [t for t in row[mark.end : mark.end + 7] if t.content and t.sentence == sentence][:3]
        if not after and mark.value == "5":
            after = [t for t in row[: mark.start] if t.content][-3:]
        nouns = frozenset(t.key for t in after)
        found.append(Quantified(int(mark.value), mark.phrase, nouns, after[0].key if after else ""))
    return tuple(found)


def _noun_follows(analysed: Analysed, at: int) -> bool:
    """``most ministers`` counts parties; ``most important`` is a superlative (and stays out)."""
    row = analysed.tokens
    if at >= len(row):
        return False
    return row[at].word in {"of"} or row[at].word.endswith("s") or not row[at].content


def quantifier_problems(statement: str, quotes: Sequence[str]) -> list[str]:
    """``some`` told as ``all`` or as everyone, ``only`` added, an exception dropped."""
    told = analyse(statement)
    mine = quantified(statement)
    problems: list[str] = []
    theirs = [q for quote in quotes for q in quantified(quote)]
    quoted = analyse(" \n".join(quotes))
    for q in theirs:
        if (
            q.rank == 5
            or not (q.nouns & told.keys)
            or (q.head and q.head not in told.keys and len(q.nouns & told.keys) < 2)
        ):
            continue
        same = [m for m in mine if m.nouns & q.nouns]
        if not same and _partitive(quoted, q):
            problems.append(f"the quotes' “{q.phrase} of them” is dropped")
            continue
        if any(m.rank > q.rank for m in same) and not any(m.rank <= q.rank for m in same):
            top = max(same, key=lambda m: m.rank)
            problems.append(f"“{top.phrase}” is more than the quotes' “{q.phrase}”")
        elif not same and q.rank <= 4 and _generalised(told, q):
            problems.append(f"the quotes' “{q.phrase}” is dropped")
    for m in mine:
        if m.phrase.lower() in {"every", "each"} and _per_unit(m, quoted):
            continue
        if m.rank >= 4 and m.nouns & quoted.keys and not any(q.rank >= m.rank for q in theirs):
            problems.append(f"“{m.phrase}” is not in the quotes")
    if find(told.tokens, _EXCLUSIVE) and not find(quoted.tokens, _EXCLUSIVE):
        problems.append(f"“{find(told.tokens, _EXCLUSIVE)[0].phrase}” is not in the quotes")
    problems += exception_problems(statement, quotes)
    return list(dict.fromkeys(problems))


def _partitive(quoted: Analysed, q: Quantified) -> bool:
    """``70,000 people, most of them children``: only part of those counted."""
    row = quoted.tokens
    for i, token in enumerate(row[:-2]):
        if token.raw == q.phrase.split()[0] and {row[i + 1].word, row[i + 2].word} & {"them", "whom", "these"}:
            return q.rank <= 4
    return False


def _per_unit(m: Quantified, quoted: Analysed) -> bool:
    """``every year`` for ``a year``, ``each family`` for ``per family``."""
    row = quoted.tokens
    return any(row[i - 1].word in {"a", "an", "per"} and row[i].key == m.head for i in range(1, len(row)))


def _generalised(told: Analysed, q: Quantified) -> bool:
    """The statement speaks of the head noun without any number or determiner that limits it."""
    for i, token in enumerate(told.tokens):
        if token.key != q.head:
            continue
        before = told.tokens[max(0, i - 3) : i]
        return not any(
            t.word[0].isdigit() or t.word in {"a", "an", "one", "two", "three", "those", "un", "une"} for t in before
        )
    return False


def exception_problems(statement: str, quotes: Sequence[str]) -> list[str]:
    """An exception of the quotes (``except``, ``but not``) that the statement leaves out."""
    told = analyse(statement)
    quoted = analyse(" \n".join(quotes))
    marks = find(quoted.tokens, _EXCEPT)
    if not marks or find(told.tokens, _EXCEPT):
        return []
    for mark in marks:
        excepted = {
            t.key
            for t in quoted.tokens[mark.end : mark.end + 5]
            if t.content and t.clause == quoted.tokens[mark.end - 1].clause
        }
        if any(t.word in {"not", "no", "neither", "nor"} for t in told.tokens) and excepted & told.keys:
            continue  # "aluminium is not"
        sentence = quoted.tokens[mark.start].sentence
        clause = {t.key for t in quoted.tokens[: mark.start] if t.sentence == sentence and t.content}
        if clause and len(clause & told.keys) / len(clause) >= 0.4:
            return [f"the exception “{mark.phrase} …” is dropped"]
    return []


def causal_problems(statement: str, quotes: Sequence[str]) -> list[str]:
    """A cause the quotes do not state (``after`` told as ``because``)."""
    told = find(analyse(statement).tokens, _CAUSE)
    if not told:
        return []
    if any(find(analyse(quote).tokens, _CAUSE) for quote in quotes):
        return _turned_cause(statement, quotes)
    return [f"“{told[0].phrase}” states a cause; the quotes do not"]


_FORWARD = (
    "led to",
    "leads to",
    "caused",
    "causes",
    "resulted in",
    "results in",
    "prompted",
    "triggered",
    "drove",
    "brought about",
    "forced",
    "fuelled",
    "contributed to",
    "contributes to",
    "causing",
    "leading to",
    "resulting in",
    "prompting",
)


def _turned_cause(statement: str, quotes: Sequence[str]) -> list[str]:
    """Cause and effect exchanged: what stood before the marker now stands after it."""
    mine = _cause_sides(statement)
    for quote in quotes:
        theirs = _cause_sides(quote)
        if mine and theirs and _crossed(mine, theirs):
            return ["cause and effect are exchanged"]
    return []


def _cause_sides(text: str) -> tuple[set[str], set[str]] | None:
    """Keys of cause and effect, as the marker's direction says."""
    analysed = analyse(text)
    marks = find(analysed.tokens, _CAUSE)
    if len(marks) != 1 or marks[0].start == 0:
        return None
    mark = marks[0]
    sentence = analysed.tokens[mark.start].sentence
    left = {t.key for t in analysed.tokens[: mark.start] if t.content and t.sentence == sentence}
    right = {t.key for t in analysed.tokens[mark.end :] if t.content and t.sentence == sentence}
    if mark.phrase.lower() in _FORWARD:
        behind = analysed.tokens[mark.end - 1].word
        passive = analysed.tokens[mark.start - 1].word in _PASSIVE and not behind.endswith("ing")
        return (right, left) if passive else (left, right)
    return right, left


def _crossed(mine: tuple[set[str], set[str]], theirs: tuple[set[str], set[str]]) -> bool:
    straight = len(mine[0] & theirs[0]) + len(mine[1] & theirs[1])
    cross = len(mine[0] & theirs[1]) + len(mine[1] & theirs[0])
    return cross > straight and bool(mine[0] & theirs[1]) and bool(mine[1] & theirs[0])


def comparison_problems(statement: str, quotes: Sequence[str]) -> list[str]:
    """``A … more than B`` told as ``B … more than A``, unless the comparison word is turned as well."""
    if any(_compared(statement, quote) == "wrong" for quote in quotes):
        return ["the comparison is turned round"]
    return []


def told_from_the_other_end(statement: str, quotes: Sequence[str]) -> bool:
    """``B is lower than A`` for ``A is higher than B``."""
    return any(_compared(statement, quote) == "converse" for quote in quotes)


def _compared(statement: str, quote: str) -> str | None:
    mine, theirs = _than_sides(statement), _than_sides(quote)
    if mine is None or theirs is None:
        return None
    if not (mine[0] & theirs[1] and mine[1] & theirs[0]) or mine[1] & theirs[1]:
        return None
    turned = mine[2] is not None and theirs[2] is not None and mine[2] != theirs[2]
    return "converse" if turned else "wrong"


_LESS = frozenset(
    """less fewer lower smaller weaker slower poorer shorter cheaper moins worse أقل younger
    slowly half third quarter""".split()
)
_ASIDE = frozenset("in for during since at on by".split())  # after these the other side has been named
_OVER = frozenset(
    """exceeded exceeds exceed surpassed surpasses outnumbered outnumber outpaced overtook outstripped""".split()
)
_COMPARING = re.compile(r"^(?:more|twice|double|times|.+er)$")


def _than_sides(text: str) -> tuple[set[str], set[str], bool | None] | None:
    """Keys left and right of ``than``, and whether the comparison goes downwards."""
    analysed = analyse(text)
    at = next((i for i, t in enumerate(analysed.tokens) if t.word in {"than", "que", "من"}), None)
    row = analysed.tokens
    if at is None:
        at = next(
            (i for i, t in enumerate(row) if t.word == "as" and "as" in {p.word for p in row[max(0, i - 3) : i]}), None
        )
    if at is None:
        at = next((i for i, t in enumerate(row) if t.word in _OVER), None)
    if at is None or analysed.language != "en":
        return None
    if at + 1 < len(row) and row[at + 1].word[0].isdigit():
        return None
    sentence = row[at].sentence
    left = {t.key for t in row[:at] if t.content and t.sentence == sentence}
    end = next((i for i in range(at + 3, len(row)) if row[i].word in _ASIDE), len(row))
    right = {t.key for t in row[at + 1 : end] if t.content and t.sentence == sentence}
    left, right = left - right, right - left
    if row[at].word in _OVER:
        return left, right, False
    words = [t.word for t in row[max(0, at - 5) : at]]
    comparing = next((w for w in reversed(words) if w in _LESS or _COMPARING.match(w)), None)
    down = None if comparing is None else comparing in _LESS
    return left, right, down


def role_problems(statement: str, quotes: Sequence[str]) -> list[str]:
    """Two names around the same verb that have exchanged their places."""
    told = analyse(statement)
    problems = []
    for quote in quotes:
        quoted = analyse(quote)
        known = {t.word for t in (*name_tokens(told), *name_tokens(quoted))}
        names = [t for t in told.tokens if t.word in known and t.raw[:1].isupper()]
        where = {t.key: i for i, t in reversed(list(enumerate(quoted.tokens)))}
        for a in names:
            for b in names:
                if a.start >= b.start or a.key == b.key or a.key not in where or b.key not in where:
                    continue
                if _swapped(told, quoted, a.key, b.key, where):
                    problems.append(f"the roles of “{a.raw}” and “{b.raw}” are exchanged")
    problems += _noun_roles(told, quotes)
    return list(dict.fromkeys(problems))[:1]


def _swapped(told: Analysed, quoted: Analysed, a: str, b: str, where: dict[str, int]) -> bool:
    """a … verb … b in the statement, b … verb … a in the quote, both active or both passive."""
    ia = next(i for i, t in enumerate(told.tokens) if t.key == a)
    ib = next((i for i, t in enumerate(told.tokens) if t.key == b and i > ia), None)
    if ib is None or where[b] > where[a]:
        return False
    if (
        told.tokens[ia].clause != told.tokens[ib].clause
        or quoted.tokens[where[a]].clause != quoted.tokens[where[b]].clause
    ):
        return False
    mine = {t.key: i for i, t in enumerate(told.tokens[ia + 1 : ib], ia + 1) if t.content}
    theirs = {t.key: i for i, t in enumerate(quoted.tokens[where[b] + 1 : where[a]], where[b] + 1) if t.content}
    verbs = [k for k in mine if k in theirs]
    if not verbs:
        prepositions = {"from", "to", "against", "with"}
        between_mine = {t.word for t in told.tokens[ia + 1 : ib]} & prepositions
        between = {t.word for t in quoted.tokens[where[b] + 1 : where[a]]} & prepositions
        before_mine = told.tokens[ia - 1].word if ia else ""
        before = quoted.tokens[where[b] - 1].word if where[b] else ""
        return before_mine == before == "from" and between_mine == between == {"to"}
    return all(_passive(told, mine[v]) == _passive(quoted, theirs[v]) for v in verbs)


def _passive(analysed: Analysed, at: int) -> bool:
    row = analysed.tokens
    before = {t.word for t in row[max(0, at - 3) : at]}
    after = {t.word for t in row[at + 1 : at + 8] if t.clause == row[at].clause}
    if at + 1 < len(row) and row[at + 1].word in {"by", "par"} and row[at].word.endswith("ed"):
        return True  # "proposed by the dean and elected by the board"
    return bool(before & _PASSIVE) and bool(after & {"by", "par"})


def _noun_roles(told: Analysed, quotes: Sequence[str]) -> list[str]:
    """The subject and object of a short clause exchanged around a shared verb (common nouns)."""
    row = [t for t in told.tokens if t.content and not t.word[0].isdigit()]
    if not 3 <= len(row) <= 8:
        return []
    for quote in quotes:
        quoted = analyse(quote)
        order = [t.key for t in quoted.tokens if t.content]
        if len(order) > 14 or {t.key for t in row} - set(order):
            continue
        mine = [t.key for t in row]
        last, first = mine[-1], mine[0]
        if order.index(last) == 0 and order.index(first) >= len(order) - 2:
            verb = next((k for k in mine[1:-1] if k in order[1:-1]), None)
            at_told = next((i for i, t in enumerate(told.tokens) if t.key == verb), None)
            at_quote = next((i for i, t in enumerate(quoted.tokens) if t.key == verb), None)
            if at_told is None or at_quote is None:
                continue
            if _passive(told, at_told) == _passive(quoted, at_quote):
                return [f"the roles of “{row[0].raw}” and “{row[-1].raw}” are exchanged"]
    return []


_PAIR = re.compile(r"^(?:and|et|or|و)$")


def scope_problems(statement: str, quotes: Sequence[str]) -> list[str]:
    """A figure for ``Iraq and Syria`` told of ``Iraq`` alone."""
    told = analyse(statement)
    values = {q.value for q in quantities(statement) if not q.year}
    total = bool(values) or any(q.rank >= 4 for q in quantified(statement))
    if not total:
        return []
    mine = {t.key for t in told.tokens}
    problems = []
    for quote in quotes:
        quoted = analyse(quote)
        if values and not values & {q.value for q in quantities(quote)}:
            continue
        for left, right in _joined(quoted):
            one = (left.key in mine) != (right.key in mine)
            if one:
                problems.append(f"the quotes speak of {left.raw} and {right.raw} together")
    return list(dict.fromkeys(problems))


_WHERE = frozenset("""in across between of from within throughout over en dans au""".split())


def _joined(quoted: Analysed) -> Iterator[tuple[Token, Token]]:
    """``Iraq and Syria`` behind a preposition, as pairs of tokens."""
    names = {t.start for t in name_tokens(quoted)}
    row = quoted.tokens
    for before, left, link, right in zip(row, row[1:], row[2:], row[3:], strict=False):
        both = left.start in names and right.start in names
        if both and _PAIR.match(link.word) and before.word in _WHERE:
            yield left, right


MARKERS: tuple[Table, ...] = (_QUANTIFIERS, _EXCLUSIVE, _EXCEPT, _CAUSE)
"""Tables whose words have rules of their own here, and do not count as content elsewhere."""
