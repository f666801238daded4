"""Small facts about words and line shapes that readers and cleaning rules share."""

from __future__ import annotations

import re
from collections.abc import Iterable

# Words after which no sentence ends: a line that stops here goes on.
OPEN_WORDS = frozenset(
    """a an the of to in on at by for from with without into onto over under between among against
    about and or but nor as than that which who whose is are was were be been being has have had
    will would can could may might must should shall its their his her this these those such not no
    under while le la les un une des du de et ou dans sur pour par avec sans entre que qui aux au
    der die das den dem des ein eine und oder mit von zu für في من على إلى الى عن مع أن ان التي الذي
    و أو""".split()
)
SMALL_WORDS = OPEN_WORDS | frozenset("vs via per up out off toward towards upon if when how y en et".split())

_CLOSING = r"[\"'”’»)\]]*(?:[⁽⁰¹²³⁴⁵⁶⁷⁸⁹⁾]+|\[\d{1,3}\]|(?<=[.!?\"”’)])[*†‡]{1,3})?$"  # marks, and a note's marker
_TERMINAL = re.compile(rf"[.!?؟。…:;؛]{_CLOSING}")
_SENTENCE_END = re.compile(rf"[.!?؟。…]{_CLOSING}")
_WORD = re.compile(r"[^\W\d_](?:[\w'’.-]*[^\W_])?", re.UNICODE)
# First parts that keep their hyphen when the document does not say otherwise.  Syllables that also begin
# plain words (``so-cial``, ``ex-ample``, ``inter-est``, ``ten-sion``) are not among them.
_HYPHEN_PREFIXES = frozenset(
    """self non anti counter well long short high low cross quasi half two three four five seven eight nine
    twenty thirty forty fifty sixty seventy eighty ninety""".split()
)
# Compounds with such a first part that are written as one word all the same.
_CLOSED = re.compile(
    r"short(?:fall|coming|hand|list|wave|sighted)|high(?:light|land|way|jack|brow)|long(?:itud|evity|ing|stand)"
    r"|low(?:land|er|est|brow)|well(?:spring|ness)|cross(?:road|fire|over|word|bow)|half(?:way|hearted)"
    r"|counter(?:part|point|product|weight|balanc|feit|act|claim|sign|mand|foil|vail|intuit)"
    r"|anti(?:bod|biotic|cip|path|dot|qu|septic)|non(?:etheless|sens|descript|plus|chalan)"
    r"|self(?:ish|less)|(?:two|three|four|five|six|seven|eight|nine)(?:fold|some|teen|pence)",
    re.IGNORECASE,
)
_SHORT_TAIL = 4  # ``low-er``, ``long-est``: an ending, not a second word
_HYPHENATED = re.compile(r"\b[^\W\d_]+(?:-[^\W\d_]+)+\b")


def ends_open(text: str) -> bool:
    """True when a text stops without sentence punctuation (``. ! ? : ;`` and closing marks)."""
    return bool(text) and not _TERMINAL.search(text.rstrip())


def ends_sentence(text: str) -> bool:
    """True when a text stops with ``. ! ?`` (and closing marks)."""
    return bool(_SENTENCE_END.search(text.rstrip()))


def last_word(text: str) -> str:
    """The last word, lower-case, without marks; empty when there is none."""
    found = re.findall(r"[^\W_]+", text[-60:])
    return str(found[-1]).lower() if found and re.search(r"\w\W{0,2}$", text) else ""


def stops_on_open_word(text: str) -> bool:
    """True when the last word is one like *the* or *of*, so that the sentence must go on."""
    return bool(re.search(r"\w$", text.rstrip())) and last_word(text.rstrip()) in OPEN_WORDS


def title_case_share(text: str) -> float:
    """Share of the significant words that begin with a capital letter (or a digit)."""
    found = [w for w in _WORD.findall(text) if w.lower() not in SMALL_WORDS]
    return sum(w[0].isupper() for w in found) / len(found) if found else 0.0


def word_count(text: str) -> int:
    """How many words a text has: runs between blanks, an endless run counting by its length."""
    return max(len(text.split()), len(text) // 40)


def mended(left: str, right: str, whole: frozenset[str], hyphenated: frozenset[str]) -> str:
    """Two halves of a word that a line end divided after a hyphen; the hyphen stays in compounds.

    ``whole`` and ``hyphenated`` are the folded words of the document: a compound that the document
    writes with its hyphen elsewhere keeps it, a word that it writes without loses it.
    """
    with_hyphen = f"{left}-{right}".lower()
    without = f"{left}{right}".lower()
    if without in whole and with_hyphen not in hyphenated:
        return left + right
    compound = left.lower() in _HYPHEN_PREFIXES and len(right) >= _SHORT_TAIL and not _CLOSED.match(without)
    if with_hyphen in hyphenated or compound or not right[:1].islower():
        return f"{left}-{right}"
    return left + right


def vocabulary(texts: Iterable[str]) -> tuple[frozenset[str], frozenset[str]]:
    """``(whole words, hyphenated words)`` of a document, lower-case."""
    whole: set[str] = set()
    hyphenated: set[str] = set()
    for text in texts:
        lowered = text.lower()
        whole.update(re.findall(r"[^\W\d_]+", lowered))
        hyphenated.update(_HYPHENATED.findall(lowered))
    return frozenset(whole), frozenset(hyphenated)
