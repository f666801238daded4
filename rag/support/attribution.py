"""Attribution: opinions, forecasts and reported speech stay with whoever holds them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from rag.support.hedges import adjective as _adjective
from rag.support.names import name_known, name_tokens
from rag.support.tokens import Analysed, Table, analyse, find, table

_REPORTING = table(
    dict.fromkeys(
        """argues|argue|argued|arguing|believes|believe|believed|says|say|said|claims|claim|claimed|contends|contend|
        contended|asserts|asserted|maintains|maintained|insists|insisted|according to|thinks|think|
        thought|suggests|suggest|suggested|estimates|estimate|estimated|warns|warned|warn|predicts|
        predicted|expects|expected|alleges|alleged|told|accuses|accused|describes|
        described|concludes|concluded|fears|feared|hopes|hoped|denies|denied|in the view of|
        in the opinion of|reported|reports|reportedly|recommends|recommended|urges|
        urged|calls for|called for|acknowledged|admitted|acknowledges|stated|states|noted|notes|
        accusing|saying|judges|judged|sees|saw as|viewed as|views|view|regards|regard|regarded|
        estime|affirme|affirment|soutient|selon|d'après|croit|pense|dit|juge|estiment|
        يرى|ترى|يقول|تقول|قال|قالت|يعتقد|تعتقد|بحسب|وفقا|يزعم|صرح|أعلن|أكد""".replace("\n", "").split("|"),
        "report",
    )
)
_OPINION = table(
    dict.fromkeys(
        """i|we|my|our|in our view|in my view|unfortunately|regrettably|sadly|clearly|obviously|
        disaster|disastrous|catastrophe|catastrophic|mistake|blunder|reckless|shameful|disgrace|
        unwise|foolish|naive|misguided|irresponsible|unacceptable|deplorable|admirable|brilliant|
        tragic|hypocritical|cynical|indefensible|outrageous|scandalous|dangerous|worst|best|
        should|must|ought to|needs to|need to|it is time|imperative|essential that|vital that|
        will inevitably|bound to|
        certain to|doomed|nothing less than|arguably|undoubtedly|no doubt|surely|
        failure of nerve|betrayal|timid|courageous|remarkable|alarming|worrying|unjust|unfair|
        wise|wisely|sensible|folly|wasteful|nous|notre|malheureusement|désastre|catastrophique|
        erreur|il faut|doit|devrait|irresponsable|
        نحن|أعتقد|نعتقد|للأسف|كارثة|كارثي|يجب|ينبغي|خطأ""".replace("\n", "").split("|"),
        "opinion",
    )
)
_TELLING = table(
    dict.fromkeys(
        """called|calls|call|deemed|deems|branded|labelled|labeled|termed|doubts|doubted|welcomed|
        condemned|criticised|criticized|praised|asked|wrote|writes|qualifie|قالوا|وصف|وصفت""".replace("\n", "").split(
            "|"
        ),
        "report",
    )
)  # enough in a statement to show whose view it is, too common in a quote to make it reported speech


_BE = frozenset("is are was were be been being".split())
_NOUNS = frozenset("states state reports report notes note views view claims".split())
_LAWS = frozenset("law order decree article constitution resolution agreement act treaty rule clause".split())


def _legal_basis(analysed: Analysed, at: int) -> bool:
    """``according to Law No. 40`` gives a ground, not a speaker."""
    return any(t.word in _LAWS for t in analysed.tokens[at : at + 4])


@lru_cache(maxsize=4096)
def _speakers(text: str) -> tuple[tuple[str, int, tuple[str, ...]], ...]:
    """``(marker, sentence, names before it)`` for each reporting marker of a text."""
    analysed = analyse(text)
    names = name_tokens(analysed)
    found = []
    for mark in find(analysed.tokens, _REPORTING):
        token = analysed.tokens[mark.start]
        if token.raw[:1].isupper() and token.start and token.word in _NOUNS:
            continue  # "United States", "Human Rights Reports"
        if mark.phrase.lower() == "according to" and _legal_basis(analysed, mark.end):
            continue
        passive = mark.start and analysed.tokens[mark.start - 1].word in _BE
        if _adjective(analysed, mark):
            continue
        near = [] if passive else [
            t for t in names
            if t.sentence == token.sentence and (
                token.start > t.start >= token.start - 80
                if mark.phrase.lower() not in {"according to", "selon", "بحسب", "d'après"}
                else token.end < t.start <= token.end + 60
            )
        ]  # fmt: skip
        found.append((mark.phrase, token.sentence, tuple(t.word for t in near)))
    return tuple(found)


def attribution_problems(
    statement: str,
    body: str,
    quotes: Sequence[str],
    *,
    attributed: bool,
    quoted: bool,
) -> list[str]:
    """An opinion, forecast or reported claim that the statement tells as a plain fact.

    Args:
        statement: the whole statement.
        body: the statement without its frame.
        quotes: the cited quotes.
        attributed: the cited source is named, in a frame or beside the statement.
        quoted: the body stands in quotation marks.
    """
    told = analyse(statement)
    own = find(told.tokens, _REPORTING) or find(told.tokens, _TELLING)
    problems: list[str] = []
    for quote in quotes:
        shared = _shared_sentences(quote, analyse(body))
        for phrase, sentence, names in _speakers(quote):
            if sentence not in shared:
                continue
            if own and (not names or _any_named(names, statement)):
                continue
            if not names and (attributed or quoted):
                continue
            if names and _any_named(names, statement) and (own or attributed):
                continue
            who = f" by {names[0]}" if names else ""
            problems.append(f"the quotes report this as a claim{who} (“{phrase}”); the statement does not")
        if attributed or quoted or own:
            continue
        analysed = analyse(quote)
        for mark in find(analysed.tokens, _OPINION):
            if mark.phrase == "Should":
                continue  # "Should the pipeline burst, …" opens a condition
            if analysed.tokens[mark.start].sentence in shared and _kept(mark.phrase, analysed, mark.end, told):
                problems.append(f"“{mark.phrase}” marks a judgement; the statement does not say whose")
    return list(dict.fromkeys(problems))[:2]


def _kept(phrase: str, analysed: Analysed, at: int, told: Analysed) -> bool:
    """The judgement itself, or the clause it colours, is in the statement."""
    del phrase
    clause = analysed.tokens[at - 1].clause
    keys = {t.key for t in analysed.tokens if t.clause == clause and t.content}
    return not keys or len(keys & told.keys) / len(keys) >= 0.3


def _any_named(names: Sequence[str], statement: str) -> bool:
    return any(name_known(name, statement) for name in names)


def _shared_sentences(quote: str, told: Analysed) -> set[int]:
    """Sentences of the quote that the statement draws on."""
    analysed = analyse(quote)
    sentences = {t.sentence for t in analysed.tokens}
    if len(sentences) == 1:
        return sentences
    scores = {s: len({t.key for t in analysed.tokens if t.sentence == s and t.content} & told.keys) for s in sentences}
    best = max(scores.values(), default=0)
    return {s for s, n in scores.items() if best and n >= max(2, best * 0.5)}


MARKERS: tuple[Table, ...] = (_REPORTING,)
"""Tables whose words have rules of their own here, and do not count as content elsewhere."""
