"""Phrases of a question: what it is about, its proper names, the noun that is counted, verbs in two words.

Rules over English words, without a model.
"""

from __future__ import annotations

import re

from rag.extractive.tokens import MONTHS, folded
from rag.text import STOPWORDS, word_spans

NO_DEED = frozenset(
    """is are was were be been has have had do does did will would can could should may might else exactly
    say says said think thinks thought argue argues argued want wants wanted believe believes believed expect
    expects expected claim claims claimed insist insists insisted maintain maintained contend contended assert asserted
    come comes really actually also then translated translates wrote write writes written edited edits published
    publishes authored took take takes made make makes helped help helps went go goes became become becomes used
    use uses began begin begins started start starts decided decide decides got get gets kept keep keeps put
    gave give gives came told tell tells benefits benefit gains gain loses lose""".split()
)
"""Verbs that a source may well leave out or say otherwise; who wrote a report its title page says."""
VAGUE = frozenset(
    """happen happened happens thing things work works exactly new still already ever finally actually really
    long much want need first last report reports paper papers study article located situated held hold place places
    react reacts reacted respond responds feel feels felt handle handled exist existed originate founded""".split()
)
"""Words of a question about a deed that tell nothing of it."""
PARTICLES = frozenset("al el bin ibn abu dr mr mrs ms general gen prime minister president ayatollah".split())
ENDS_NOUN = frozenset(
    """is are was were be been being do does did has have had will would can could should may might must
    in at on from by to for with under over during after before since until against within among between of
    that which who whom whose there when where if as but than through per into about because r according
    stood stand sat left came come went go live living work working take died die killed receive receives
    get gets serve serves belong run runs make makes hold holds own use uses used past near beyond behind
    written made called built named given found""".split()
)
_PLURAL = frozenset("people persons personnel staff peshmerga men women children police crew troops".split())
_SHORT = frozenset("mps mw gw kw km mi tv pcs".split())
"""Counted in abbreviations that do not look like plurals."""
_SYNONYM = {"ppl": "people", "persons": "people", "mw": "megawatts", "gw": "gigawatts", "km": "kilometres"}
_IDIOMS = tuple(
    (re.compile(rf"\b(?:{verb})((?: [\w'’-]+){{0,3}}?) {particle}\b(?! (?:at|on) the\b)", re.IGNORECASE), plain)
    for verb, particle, plain in (
        ("track(?:s|ed)?|hunt(?:s|ed)?|trac(?:e|es|ed)", "down", "locate"),
        ("fall|falls|fell|fallen", "out", "quarrel"),
        ("show|shows|showed|shown|turn|turns|turned", "up", "attend"),
        ("bring|brings|brought|send|sends|sent|take|takes|took|taken", "(?:back )?home", "repatriate"),
        ("go|goes|went|gone", "live", "start"),
        ("wind|winds|winding|wound|wrap|wrapped|wrapping", "up", "end"),
        ("call|calls|called", "off", "cancel"),
        ("turn|turns|turned", "down", "reject"),
        ("break|breaks|broke|broken", "out", "start"),
        ("break|breaks|broke|broken|split|splits", "up", "dissolve"),
        ("shut|shuts|close|closes|closed", "down", "close"),
        ("pull|pulls|pulled", "out", "withdraw"),
        ("back|backs|backed", "down", "yield"),
        ("kick|kicks|kicked|throw|throws|threw|thrown", "out", "expel"),
        ("put|puts", "off", "postpone"),
        ("carry|carries|carried", "out", "conduct"),
        ("set|sets", "up", "establish"),
        ("take|takes|took|taken", "over", "seize"),
        ("hand|hands|handed", "(?:over|back)", "transfer"),
        ("give|gives|gave|given", "up", "surrender"),
    )
)
"""Verbs in two words, and a plain one that means the same: the two alone say something else."""
PHRASAL = re.compile(r"\b(?:up|down|out|off|away|together|through)\b", re.IGNORECASE)
"""With these a verb means something that its word alone does not tell (``patch up``)."""


def plain_verbs(text: str) -> str:
    """A text with plain verbs for those in two words that are known.

    >>> plain_verbs("track the thief down in Orrin")
    'locate the thief in Orrin'
    """
    for idiom, plain in _IDIOMS:
        text = idiom.sub(rf"{plain}\1", text)
    return text


def plain_verb(text: str) -> str:
    """The plain verb that stands for one in two words, or nothing.

    >>> plain_verb("wind up the mission")
    'end'
    """
    printed = about_words(text)
    return next((w for w in about_words(plain_verbs(text)) if w not in printed), "")


def about_words(text: str) -> tuple[str, ...]:
    """The words that tell what a text is about, each once."""
    content = (w for w, _, _ in word_spans(text) if w not in STOPWORDS and w not in MONTHS)
    return tuple(dict.fromkeys(content))


def capitalised(text: str) -> tuple[str, ...]:
    """The words inside a text that are written with a capital letter."""
    spans = word_spans(text)
    return tuple(w for w, start, _ in spans if start and text[start].isupper() and w not in STOPWORDS)


_NAMED = re.compile(r"(?<![.?!:]\s)(?<=[\s\"“-])[A-Z][\w'’]*(?:[-\s](?:(?:al|el|bin|ibn)-)?[A-Z][\w'’]*|-\d+)*")


def proper_names(text: str) -> tuple[tuple[str, ...], ...]:
    """The proper names inside a text, each as its words; months, titles and articles of names left out."""
    found = []
    for match in _NAMED.finditer(text):
        words = tuple(
            w for w, _, _ in word_spans(re.sub(r"['’]s?$", "", match.group()))
            if w not in STOPWORDS and w not in MONTHS and w not in PARTICLES
        )  # fmt: skip
        if words:
            found.append(words)
    return tuple(dict.fromkeys(found))


def noun_phrase(text: str, plural: bool = False) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Folded and printed words of the noun phrase that a text begins with.

    It ends at a verb, a preposition or a mark.  With ``plural`` it must hold a plural noun or a name,
    and ends with it: what is counted.
    """
    words: list[str] = []
    raw: list[str] = []
    for match in re.finditer(r"[\w'’-]+|[^\w\s]", text):
        token = match.group()
        word = folded(token)
        if not token[0].isalnum() or word in ENDS_NOUN or word in STOPWORDS:
            if word in ("and", "or") and words and plural:
                continue
            if words or word in ENDS_NOUN - {"of"}:
                break
            continue
        if plural and word.endswith(("ly", "ed")):
            break
        words.append(_SYNONYM.get(word, word))
        raw.append(token)
        if plural and _counted(word, token):
            return tuple(words), tuple(raw)
    return ((), ()) if plural else (tuple(words[:5]), tuple(raw[:5]))


def _counted(word: str, token: str) -> bool:
    if word in _SHORT or word in _PLURAL or word in _SYNONYM or re.search(r"\d", token):
        return True
    return word.endswith("s") and not word.endswith("ss") and len(word) > 3 and not token.isupper()
