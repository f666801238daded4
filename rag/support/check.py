"""The checker itself: takes a statement apart, runs the rules, says what is wrong in words."""

from __future__ import annotations

from collections.abc import Sequence

from rag import text as rt
from rag.support import (
    alignment,
    changes,
    deeds,
    edits,
    frames,
    hedges,
    names,
    numbers,
    parties,
    polarity,
    relations,
    verbatim,
)
from rag.support import attribution as attributions
from rag.support.numbers import quantities
from rag.support.tokens import Analysed, Token, analyse, find, key
from rag.support.verdict import Evidence, Similarity, SupportVerdict

COVERAGE = 0.67  # share of a written statement's content words that the quotes must carry
COVERAGE_WITH_MEANING = 0.34  # the same when the embedding agrees
MEANING = 0.6  # least cosine of statement and quotes for the lower share
FOREIGN_MEANING = 0.6  # least cosine when the statement is in another script than its quotes


def check(
    statement: str,
    quotes: Sequence[Evidence],
    *,
    attribution: str | None = None,
    similarity: Similarity | None = None,
) -> SupportVerdict:
    """Says whether the quotes support the statement.

    A verbatim quotation (with a frame) is supported when its sense is not cut.  Written words must
    keep every number, date, name, hedge, negation, bound, quantifier, cause, direction and speaker
    of the quotes.  Anything that goes wrong in here is a failed verdict.

    Args:
        statement: one sentence or list item, without citation marks.
        quotes: the cited quotes with their documents; none means not supported.
        attribution: whose words these are, when that is shown beside the statement.
        similarity: cosine of two texts by an embedding model, when there is one.
    """
    try:
        return _check(statement, tuple(quotes), attribution, similarity)
    except Exception as error:  # fail closed: a checker that breaks must not let a sentence through
        return SupportVerdict(supported=False, score=0.0, problems=(f"could not be checked: {error!r}",))


def _check(
    statement: str,
    evidence: tuple[Evidence, ...],
    attribution: str | None,
    similarity: Similarity | None,
) -> SupportVerdict:
    if not rt.words(statement):
        return SupportVerdict(supported=False, score=0.0, problems=("the statement is empty",))
    if not any(e.quote.strip() for e in evidence):
        return SupportVerdict(supported=False, score=0.0, problems=("no quote is cited",))
    framed = frames.take_apart(statement, evidence)
    problems = list(framed.problems)
    problems += _wrong_attribution(attribution, evidence)
    found = verbatim.examine(framed.body, evidence, " ".join([*(f.text for f in framed.frames), attribution or ""]))
    problems += found.problems
    quotes = [e.quote for e in evidence]
    attributed = framed.attributed or bool(attribution)
    if found.whole:
        if not attributed and not found.quoted_pieces:
            problems += _bare_opinion(framed.body, quotes)
        problems += _cut_short(framed.body, quotes)
        return _verdict(1.0, problems)
    carried = [*quotes, *(e.context for e in evidence if e.context)]
    coverage, covered = _coverage(framed.body, carried, similarity)
    problems += covered
    problems += _written(statement, framed, evidence, attributed, found)
    return _verdict(coverage, problems)


def _bare_opinion(body: str, quotes: list[str]) -> list[str]:
    """A verbatim sentence that is an opinion still needs its author."""
    return attributions.attribution_problems(body, body, [q for q in quotes if q], attributed=False, quoted=False)


def _cut_short(body: str, quotes: list[str]) -> list[str]:
    """A verbatim piece of a quote that leaves out its condition, exception, range or second place."""
    return [
        *hedges.condition_problems(body, quotes),
        *relations.exception_problems(body, quotes),
        *relations.scope_problems(body, quotes),
    ]


def _wrong_attribution(attribution: str | None, evidence: tuple[Evidence, ...]) -> list[str]:
    if not attribution:
        return []
    framed = frames.take_apart(f"According to {attribution}, it is so.", evidence)
    return [p.replace("names", "is attributed to", 1) for p in framed.problems]


def _written(
    statement: str,
    framed: frames.Framed,
    evidence: tuple[Evidence, ...],
    attributed: bool,
    found: verbatim.Verbatim,
) -> list[str]:
    """The rules for words of the writer, in the order a reader would care about them."""
    quotes = [e.quote for e in evidence]
    body = framed.body
    carried = [*quotes, *(" > ".join(e.section) for e in evidence if e.section)]
    labels = [e.label for e in evidence]
    contexts = [e.context for e in evidence if e.context]
    published = [e.published for e in evidence if e.published]
    years = frozenset(p[:4] for p in published) if framed.frames else frozenset()
    problems, differences = changes.difference_problems(body, quotes)
    shares = [share for quote in quotes for share in changes.fractions(quote)]
    problems += numbers.number_problems(body, quotes, years, differences, shares)
    problems += changes.change_problems(body, quotes)
    problems += changes.score_problems(body, quotes)
    problems += changes.anchor_problems(body, quotes)
    problems += changes.fraction_problems(body, quotes)
    problems += changes.pairing_problems(body, quotes)
    problems += names.date_problems(body, quotes, published if framed.frames else ())
    if not _other_script(body, quotes):
        problems += names.name_problems(body, [*carried, *labels, *contexts])
        problems += hedges.strength_problems(body, quotes, _framing(framed))
        converse = _from_the_other_end(body, quotes)
        problems += polarity.polarity_problems(body, quotes, converse=converse)
        problems += polarity.exclusive_problems(body, quotes) if not converse else []
        problems += relations.quantifier_problems(body, quotes)
        problems += relations.causal_problems(body, quotes)
        problems += relations.comparison_problems(body, quotes)
        problems += relations.role_problems(body, quotes) if not converse else []
        problems += alignment.binding_problems(body, quotes)
        problems += alignment.exchange_problems(body, quotes) if not converse else []
        problems += parties.party_problems(body, quotes) if not converse else []
        problems += parties.clause_problems(body, quotes, polarity.rivals())
        problems += parties.doer_problems(body, quotes)
        problems += deeds.pronoun_problems(body, quotes) if not converse else []
        problems += deeds.peril_problems(body, quotes)
        problems += deeds.membership_problems(body, quotes)
        problems += parties.speaker_problems(statement, quotes)
        problems += parties.focus_problems(body, quotes)
        problems += parties.modifier_problems(body, quotes)
        if not problems and not converse:
            problems += alignment.substitution_problems(body, quotes)
        problems += relations.scope_problems(body, quotes)
        problems += edits.edit_problems(body, quotes) if not problems else []
    problems += attributions.attribution_problems(
        statement, body, quotes, attributed=attributed, quoted=found.quoted_pieces > 0
    )
    return problems


def _from_the_other_end(body: str, quotes: list[str]) -> bool:
    """The same comparison, order of events or transfer, told from its other end."""
    return (
        relations.told_from_the_other_end(body, quotes)
        or alignment.told_in_reverse(body, quotes)
        or parties.told_by_the_other_party(body, quotes)
        or changes.ordering(body, quotes) is True
    )


def _framing(framed: frames.Framed) -> frozenset[str]:
    """Stems of the frame's words: a quote's "expect" is kept when the frame says "X expects that"."""
    return frozenset(t.key for f in framed.frames for t in analyse(f.text).tokens)


def _other_script(body: str, quotes: Sequence[str]) -> bool:
    return analyse(body).language != analyse(" ".join(quotes)).language


def _coverage(body: str, quotes: list[str], similarity: Similarity | None) -> tuple[float, list[str]]:
    """Share of content words carried, and the problem when it is too small."""
    told = analyse(body)
    joined = " \n".join(quotes)
    if _other_script(body, quotes):
        if similarity is None:
            return 0.0, ["statement and quotes are in different languages; nothing can compare them"]
        meaning = similarity(body, joined)
        if meaning < FOREIGN_MEANING:
            return max(0.0, meaning), ["the quotes do not say this"]
        return meaning, []
    have = analyse(joined).keys | parties.converse_keys(body, [joined])
    wanted = _content(told)
    if not wanted:
        return (1.0, []) if quantities(body) else (0.0, ["the statement says nothing that could be checked"])
    missing = [t for t in wanted if t.key not in have and not _elsewhere(t, joined, have)]
    coverage = 1 - len({t.key for t in missing}) / len({t.key for t in wanted})
    least = COVERAGE
    if similarity is not None and coverage < COVERAGE and similarity(body, joined) >= MEANING:
        least = COVERAGE_WITH_MEANING
    if coverage < least:
        raws = dict.fromkeys(t.raw for t in missing)
        return coverage, [f"the quotes do not carry “{' '.join(raws)}”"]
    lost = {t.start for t in missing}
    deed = next((t for t in _verbs(told) if t.start in lost), None)
    if deed is not None and _RESULT.get(deed.key, frozenset()) & have:
        deed = None  # "fallen by half" for "halved"
    if deed is not None and least == COVERAGE:
        return coverage, [f"the quotes do not say “{deed.raw}”"]
    return coverage, []


def _content(told: Analysed) -> list[Token]:
    """Words that say what is claimed; numbers, hedges, negations and the like have their own rules."""
    own = set(numbers.bound_tokens(told.text))
    for table in (*hedges.MARKERS, *polarity.MARKERS, *relations.MARKERS, *attributions.MARKERS):
        own.update(i for m in find(told.tokens, table) for i in range(m.start, m.end))
    return [
        t for i, t in enumerate(told.tokens)
        if t.content and i not in own and not t.word[0].isdigit() and t.word not in _LINKING
    ]  # fmt: skip


def _elsewhere(token: Token, joined: str, have: frozenset[str]) -> bool:
    """A word family that the stemmer leaves apart, or a name in another spelling."""
    if token.raw[:1].isupper() and names.name_known(token.word, joined, acronym=token.raw.isupper()):
        return True
    twins = polarity.negative_twin(token.word) & have
    denied = any(token.key in polarity.negative_twin(t.word) for t in analyse(joined).tokens)
    return bool(twins) or denied or _close_key(token.key, have)


_LINKING = frozenset(
    """numbered amounted amounts amount totalled totals make makes made up consisted took place comes""".split()
)  # between a subject and its figure, without a meaning of their own
_IRREGULAR = frozenset(
    """repaid sold bought built lost won struck fought sought taught caught brought spent sent lent led
    met hid fled froze broke stole drove wrote spoke chose forgot withdrew overthrew undertook""".split()
)
_RESULT = {key("fell"): frozenset({key("half")}), key("rose"): frozenset({key("double"), key("triple")})}
_AUXILIARY = frozenset(
    """will would may might could can should must has have had was were is are been be to did does do
    not never""".split()
)
_EMPTY = frozenset(
    """reached numbered amounted totalled came stood took taken made become became included remained
    occurred happened involved concerned described called""".split()
)  # verbs that say little: what they link is checked
_AFTER_VERB = frozenset("in on at by from to the a an its their his her for with into after before".split())


def _verbs(told: Analysed) -> list[Token]:
    """Words that are verbs by their place: behind an auxiliary, or a past form before its object."""
    row = told.tokens
    found = []
    for i, token in enumerate(row):
        if not token.content or not token.raw[:1].islower() or token.word in _EMPTY:
            continue
        before = row[i - 1].word if i else ""
        after = row[i + 1].word if i + 1 < len(row) else ""
        modal = before in _AUXILIARY and (
            before not in {"is", "are", "was", "were", "be", "been", "to"} or token.word.endswith("ed")
        )
        modal = modal and not token.word.endswith("ly")
        past = token.word.endswith("ed") and i > 0 and (after in _AFTER_VERB or not after)
        past = past or (token.word in _IRREGULAR and i > 0)
        if modal or past:
            found.append(token)
    return found


def _close_key(key: str, have: frozenset[str]) -> bool:
    """Word families the stemmer leaves apart share their first letters."""
    if len(key) < 5:
        return False
    return any(len(h) >= 5 and h[: min(len(key), len(h), 6)] == key[: min(len(key), len(h), 6)] for h in have)


def _verdict(coverage: float, problems: Sequence[str]) -> SupportVerdict:
    unique = tuple(dict.fromkeys(problems))
    score = round(max(0.0, min(1.0, coverage)) * 0.5 ** len(unique), 4)
    return SupportVerdict(supported=not unique, score=score, problems=unique)
