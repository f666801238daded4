# ruff: noqa: E501 - word tables, one strength a line
"""Strength, negation and opposites: a statement may be weaker than its quotes, never stronger.

Every marker has a scope, the content words it governs up to the end of its clause.  A marker of the
quote matters for a statement that repeats (most of) its scope.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from rag.support import lexicon
from rag.support.numbers import bound_tokens
from rag.support.tokens import Analysed, Found, Table, Token, analyse, find, key, table, window

POSSIBLE, LIKELY, FUTURE, FACT = 1, 2, 3, 4
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
_PAST = frozenset("""has have had was were did been a ont a été""".split())


@dataclass(frozen=True, slots=True)
class Scope:
    """A marker and the content it governs."""

    level: int
    phrase: str
    keys: frozenset[str]
    verb: str
    at: int


def _reach(analysed: Analysed, start: int, end: int) -> list[Token]:
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
        governed = _reach(analysed, mark.start, mark.end)
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
    return shared / len(scope) >= 0.5 or (verb in statement.keys and shared >= 2)


def strength_problems(
    statement: str, quotes: Sequence[str], framing: frozenset[str] = frozenset()
) -> list[str]:
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
    problems += _duties(told, joined)
    return list(dict.fromkeys(problems))


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
            inside = {t.key for t in _reach(analysed, mark.start, mark.end)}
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


# --------------------------------------------------------------------------- negation and opposites


@lru_cache(maxsize=8192)
def negations(text: str) -> tuple[Scope, ...]:
    """Negators with what they govern."""
    analysed = analyse(text)
    harmless = {i for m in find(analysed.tokens, _NOT_NEGATING) for i in range(m.start, m.end)}
    found = []
    for mark in find(analysed.tokens, _NEGATORS):
        if mark.start in harmless or _number_sign(analysed, mark):
            continue
        governed = _reach(analysed, mark.start, mark.end)[:4]
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
def _opposites() -> dict[str, frozenset[str]]:
    return _pairs(lexicon.OPPOSITE)


@lru_cache(maxsize=1)
def exclusives() -> dict[str, frozenset[str]]:
    return _pairs(lexicon.EXCLUSIVE)


@lru_cache(maxsize=1)
def rivals() -> dict[str, frozenset[str]]:
    """Words that cannot both hold in one place: opposites and exclusive alternatives together."""
    found = dict(exclusives())
    for word, others in _opposites().items():
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
        against = _opposites().get(token.key, frozenset()) & have
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
    return frozenset(
        t.key for t in quoted.tokens if t.content and (t.key in own or token.key in negative_twin(t.word))
    )


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


MARKERS: tuple[Table, ...] = (_STRENGTH, _CONDITION, _NEGATORS, _CERTAIN, _DEONTIC)
"""Tables whose words have rules of their own here, and do not count as content elsewhere."""
