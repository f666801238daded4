"""Strength and conditions: a statement may be weaker than its quotes, never stronger.

Every marker has a scope, the content words it governs up to the end of its clause.  A marker of the
quote matters for a statement that repeats (most of) its scope.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from rag.support.tokens import Analysed, Found, Table, Token, analyse, find, key, table

POSSIBLE, LIKELY, FUTURE, FACT = 1, 2, 3, 4
_MOST = 0.6  # share of a statement's content words that makes a scope its whole matter
_SCOPE = 8  # content words after a marker that it can plausibly govern

_STRENGTH = table(
    dict.fromkeys(
        """may|might|could|can|possibly|perhaps|maybe|potentially|potential|possible|possibility|reportedly|
        allegedly|alleged|conceivably|in theory|risk of|at risk of|risks|uncertain|unclear whether|
        considering|weighing|mulling|exploring|rumoured|purportedly|unconfirmed|suspected|
        pourrait|pourraient|peut-être|peuvent|peut|éventuellement|risque de|قد|ربما|يمكن|من الممكن|
        يحتمل|يُحتمل|من المحتمل""".replace("\n", "").split("|"),
        "1",
    )
    | dict.fromkeys(
        """likely|unlikely|probably|probable|expected|expects|expect|would|should|appears|appear|seems|seem|
        apparently|tends to|tend to|plans to|planning to|plan to|planned|intends to|intend to|aims to|
        aim to|hopes to|hope to|seeks to|seek to|wants to|want to|
        threatened to|threatens to|offered to|promised to|pledged to|vowed to|projected|forecast|
        forecasts|predicted|predicts|predict|anticipated|suggests|suggest|suggested|indicates|indicate|
        believed|thought to|presumably|in principle|recommends|recommended|
        calls for|called for|urges|urged|ought to|must|has to|have to|needs to|preliminary|provisional|prévoit|devrait|
        devraient|probablement|probable|envisage|serait|seraient|aurait|auraient|من المتوقع|
        من المرجح|يتوقع|تتوقع|يعتزم|تعتزم|تخطط|ينبغي|يجب""".replace("\n", "").split("|"),
        "2",
    )
    | dict.fromkeys(
        """will|shall|set to|due to be|scheduled to|going to|about to|sera|seront|سوف|ستقوم""".replace("\n", "").split(
            "|"
        ),
        "3",
    )
)
_CONDITION = table(
    dict.fromkeys(
        """if|unless|provided that|provided|as long as|so long as|only if|in case|in the event|assuming|
        on condition|conditional|conditional on|subject to|depending|contingent|were to|without a|
        until|à condition|sauf si|إذا|اذا|ما لم|شريطة|بشرط|en cas|à moins""".replace("\n", "").split("|"),
        "if",
    )
)
_CERTAIN = table(
    dict.fromkeys(
        """certainly|definitely|undoubtedly|inevitably|inevitable|without doubt|no doubt|surely|
        guaranteed|guarantees|guarantee|proves|proved|prove|proven|confirms|confirmed|confirm|
        conclusively|establishes beyond|certain to|bound to|always|unquestionably|prouve|confirme|
        certainement|inévitablement|حتما|بالتأكيد|يثبت|تثبت|يؤكد|تؤكد""".replace("\n", "").split("|"),
        "sure",
    )
)
_DEONTIC = table(
    dict.fromkeys(
        """must|should|ought to|has to|have to|needs to|need to|required to|obliged to|doit|doivent|devrait|
        devraient|il faut|يجب|ينبغي|recommends|recommended|recommend|calls for|called for|urges|
        urged|advises|advised|call for|obligatory|mandatory|compulsory|requires""".replace("\n", "").split("|"),
        "must",
    )
)
_WHOLE = table(
    dict.fromkeys(
        """completely|entirely|fully|totally|wholly|utterly|altogether|in full|in its entirety|for good|
        once and for all|complètement|entièrement|totalement|intégralement|définitivement|
        تماما|بالكامل|كليا|كاملا""".replace("\n", "").split("|"),
        "whole",
    )
)
_WHOLENESS = frozenset(
    """entire whole full total complete all every each none entier entière entiers complet complète total totale tout
    toute tous toutes intégral intégrale définitif définitive كل جميع كامل كاملة كافة 100""".split()
)
"""Words of a quote that bear out one of the adverbs above."""
_DEGREE = table(
    dict.fromkeys(
        """sharply|dramatically|drastically|massively|severely|steeply|hugely|enormously|overwhelmingly|
        catastrophically|vastly|radically|immensely|fortement|massivement|drastiquement|gravement|بشدة""".replace(
            "\n", ""
        ).split("|"),
        "degree",
    )
)
_STRONG = frozenset(
    """sharp dramatic drastic massive severe steep huge enormous overwhelming catastrophic vast radical immense deep
    deeply heavy heavily serious seriously grave gravely significant significantly substantial substantially major
    strong strongly considerable considerably great greatly critical critically collapse collapsed plunge plunged
    plummeted soar soared surge surged slump slumped slashed crash crashed exploded much far fort forte massif grave
    شديد شديدة كبير كبيرة""".split()
)
"""Words of a quote that bear out an adverb of degree."""
_PAST = frozenset("""has have had was were did been a ont a été""".split())


@dataclass(frozen=True, slots=True)
class Scope:
    """A marker and the content it governs."""

    level: int
    phrase: str
    keys: frozenset[str]
    verb: str
    at: int


def reach(analysed: Analysed, start: int, end: int) -> list[Token]:
    """Content tokens after a marker up to its clause's end (a comma right behind it is skipped)."""
    row = analysed.tokens
    if end >= len(row):
        return []
    clause = row[end].clause
    found: list[Token] = []
    for token in row[end:]:
        if token.sentence != row[start].sentence or token.clause != clause or len(found) == _SCOPE:
            break
        if token.content:
            found.append(token)
    return found


@lru_cache(maxsize=8192)
def scopes(text: str) -> tuple[Scope, ...]:
    """Strength markers with what they govern; a marker at a clause's end governs what stands before."""
    analysed = analyse(text)
    found = []
    for mark in find(analysed.tokens, _STRENGTH):
        if adjective(analysed, mark):
            continue
        if mark.phrase == "May" and mark.start + 1 < len(analysed.tokens):
            beside = [analysed.tokens[i].raw for i in (mark.start - 1, mark.start + 1) if i >= 0]
            if any(b.isdigit() for b in beside) or (mark.start and not _starts(analysed, mark.start)):
                continue
        governed = reach(analysed, mark.start, mark.end)
        if not governed:
            governed = [t for t in analysed.tokens[max(0, mark.start - _SCOPE) : mark.start] if t.content]
        level = int(mark.value)
        found.append(
            Scope(
                level, mark.phrase, frozenset(t.key for t in governed),
                governed[0].key if governed else "", mark.start,
            )
        )  # fmt: skip
    return tuple(found)


def adjective(analysed: Analysed, mark: Found) -> bool:
    """``the expected timeline``: the word qualifies a noun, not a statement."""
    before = analysed.tokens[mark.start - 1].word if mark.start else ""
    return mark.phrase.lower() in {"expected", "planned"} and before in {"the", "an", "its", "their", "all"}


def _starts(analysed: Analysed, i: int) -> bool:
    return i == 0 or analysed.tokens[i - 1].sentence != analysed.tokens[i].sentence


def _repeats(scope: frozenset[str], verb: str, statement: Analysed) -> bool:
    """Whether the statement takes over what a marker governs: its verb, or most of its words."""
    if not scope:
        return False
    shared = len(scope & statement.keys)
    if len(scope) <= 2:
        return shared >= 1
    if shared >= 3 and shared >= _MOST * len({t.key for t in statement.tokens if t.content}):
        return True  # a short statement that says nothing but what the marker governs
    return shared / len(scope) >= 0.5 or (verb in statement.keys and shared >= 2)


def strength_problems(statement: str, quotes: Sequence[str], framing: frozenset[str] = frozenset()) -> list[str]:
    """A possibility told as likelihood, a likelihood or plan as fact, a condition dropped, certainty added.

    ``framing`` are stems of the words that say whose statement it is: a hedge may stand there.
    """
    told = analyse(statement)
    own = scopes(statement)
    weakest = min((s.level for s in own), default=FACT)
    problems: list[str] = []
    for quote in quotes:
        for scope in scopes(quote):
            if not _repeats(scope.keys, scope.verb, told):
                continue
            if _said_elsewhere(quote, scope, told) or key(scope.phrase.lower()) in framing:
                continue
            if scope.level == FUTURE:
                if weakest == FACT and _past(told, scope):
                    problems.append(f"the quotes say “{scope.phrase}”: it has not happened yet")
            elif weakest > scope.level:
                problems.append(f"the quotes say “{scope.phrase}”; the statement is more certain")
    problems += condition_problems(statement, quotes)
    joined = " ".join(quotes)
    if find(told.tokens, _CERTAIN) and not find(analyse(joined).tokens, _CERTAIN):
        mark = find(told.tokens, _CERTAIN)[0]
        problems.append(f"“{mark.phrase}” is stronger than the quotes")
    problems += _upgrades(told, analyse(joined))
    problems += _duties(told, joined)
    return list(dict.fromkeys(problems))


_DENIED = frozenset("not never n't without hardly cannot pas jamais لا لم ليس".split())


def _upgrades(told: Analysed, have: Analysed) -> list[str]:
    """An adverb of completeness or degree, wherever it stands, that no word of the quotes bears out.

    Denied (``not completely``) it weakens and may stand; a quote's figures may bear out a degree.
    """
    words = {t.word for t in have.tokens}
    figures = any(t.word[0].isdigit() for t in have.tokens)
    problems = []
    for adverbs, near, excused in ((_WHOLE, _WHOLENESS, False), (_DEGREE, _STRONG, figures)):
        if excused or words & near or find(have.tokens, adverbs):
            continue
        for mark in find(told.tokens, adverbs):
            if not {t.word for t in told.tokens[max(0, mark.start - 3) : mark.start]} & _DENIED:
                problems.append(f"“{mark.phrase}” is stronger than the quotes")
    return problems


def _said_elsewhere(quote: str, scope: Scope, told: Analysed) -> bool:
    """The same words also stand unhedged in another sentence of the quote."""
    analysed = analyse(quote)
    here = analysed.tokens[scope.at].sentence
    hedged = {analysed.tokens[s.at].sentence for s in scopes(quote)}
    others = {t.sentence for t in analysed.tokens} - {here} - hedged
    wanted = scope.keys & told.keys
    return any(wanted <= {t.key for t in analysed.tokens if t.sentence == other} for other in others)


def _past(told: Analysed, scope: Scope) -> bool:
    words = {t.word for t in told.tokens}
    if words & _PAST:
        return True
    return any(t.key in scope.keys and t.word.endswith("ed") for t in told.tokens)


def condition_problems(statement: str, quotes: Sequence[str]) -> list[str]:
    """A condition of the quotes (``if``, ``unless``) that the statement leaves out."""
    told = analyse(statement)
    if find(told.tokens, _CONDITION) or _inverted(told):
        return []
    told_hedged = any(s.level <= LIKELY and s.phrase.lower() not in _DUTY for s in scopes(told.text))
    problems = []
    for quote in quotes:
        analysed = analyse(quote)
        for mark in [*find(analysed.tokens, _CONDITION), *_inverted(analysed)]:
            here = analysed.tokens[mark.start].sentence
            inside = {t.key for t in reach(analysed, mark.start, mark.end)}
            rest = {t.key for t in analysed.tokens if t.sentence == here and t.content and t.key not in inside}
            if mark.phrase.lower() == "until" or not inside:
                continue
            if inside <= told.keys:
                if _told_as_past(told, inside):
                    problems.append(f"the condition “{mark.phrase} …” is told as a fact")
                continue
            if len(rest & told.keys) >= max(2, len(rest) * 0.4) and not told_hedged:
                problems.append(f"the condition “{mark.phrase} …” is dropped")
    return problems


_DUTY = frozenset({"has to", "have to", "must", "needs to", "need to", "should", "ought to"})


def _inverted(analysed: Analysed) -> list[Found]:
    """``Should the pipeline burst, …``: a condition without ``if``."""
    row = analysed.tokens
    if "?" in analysed.text:
        return []
    return [
        Found(i, i + 1, "if", t.raw) for i, t in enumerate(row)
        if t.raw in {"Should", "Were", "Had"} and _starts(analysed, i) and i + 1 < len(row)
    ]  # fmt: skip


_PAST_FORMS = frozenset("fell rose lost won came went grew became left held broke failed met dropped was were".split())


def _told_as_past(told: Analysed, inside: frozenset[str] | set[str]) -> bool:
    words = {t.word for t in told.tokens if t.key in inside}
    return bool(words & _PAST_FORMS) and not any(s.level <= LIKELY for s in scopes(told.text))


def _duties(told: Analysed, joined: str) -> list[str]:
    """A recommendation that the quotes do not make, or one told as done."""
    if find(told.tokens, _DEONTIC):
        mark = find(told.tokens, _DEONTIC)[0]
        quoted = {m.phrase.lower() for m in find(analyse(joined).tokens, _DEONTIC)}
        if not quoted:
            return [f"“{mark.phrase}” is not in the quotes"]
        strong = {"must", "has to", "have to", "required to", "obliged to", "mandatory", "compulsory"}
        if mark.phrase.lower() in strong and not quoted & (strong | {"needs to", "need to", "requires"}):
            return [f"“{mark.phrase}” is stronger than “{sorted(quoted)[0]}”"]
    return []


MARKERS: tuple[Table, ...] = (_STRENGTH, _CONDITION, _CERTAIN, _DEONTIC, _WHOLE, _DEGREE)
"""Tables whose words have rules of their own here, and do not count as content elsewhere."""
