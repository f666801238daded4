"""Whether a stretch points at something that is not in it: "these disputes", "leave them", "where he fell".  Pure.

A quote taken out of its paragraph must name what it speaks of.  A pronoun or a pointing word is at home when
what it can stand for comes before it in the same stretch, or when it repeats what the reader has in mind already.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from rag.text import content_terms

_PERSONS = re.compile(r"\b(?:he|she|him|his|her|himself|herself)\b", re.IGNORECASE)
_PLURAL_PRONOUN = re.compile(r"\b(?:they|them|their|theirs|themselves)\b", re.IGNORECASE)
_PLURAL_NOUN = re.compile(
    r"\b(?!(?:this|is|was|has|his|its|as|us|does|across|perhaps|towards|besides|always|sometimes|news|basis|crisis|"
    r"process|access|loss|less|unless|afterwards)\b)[A-Za-z][\w’'-]{2,}s\b|\b(?:people|men|women|children|police|staff|"
    r"personnel|public|majority|leadership|government|army|militia|side|both|many|some|others)\b|"
    r"\w[,\s]+(?:and|or)\s+\w",
    re.IGNORECASE,
)
"""What "they" may stand for: a plural, a body of people, or two things joined."""
_NAME = re.compile(r"(?<=\s)[A-Z][\w’'-]+|^[A-Z][\w’'-]+\s+[A-Z]")
_PERSON_NOUN = re.compile(
    r"\b(?:minister|president|leader|commander|chief|head|man|woman|official|adviser|advisor|expert|spokes\w+|"
    r"director|general|secretary|ambassador|author|analyst|chairman|governor|politician|envoy|king|prince|who)\b",
    re.IGNORECASE,
)
_BARE = re.compile(r"\b(?:these|those)(?:[,;.]| and\b| or\b)", re.IGNORECASE)
_DETERMINED = re.compile(
    r"\b(?P<which>this|that|these|those|such)\s+(?P<noun>(?:(?!(?:this|these|those|such|is|are|was|were|who|which|that|of|in|on|with|a|an|"
    r"the|as|has|have|had|would|will|could|may|might|can|do|does|did|not|from|to|for|and|or)\b)[a-z][\w’'-]*\s*){1,3})"
)
_CONJUNCTION = re.compile(
    r"\b(?:say|says|said|stat\w+|show\w*|indicat\w+|suggest\w*|believ\w+|argu\w+|means?|claim\w*|report\w*|conclu\w+|"
    r"note[sd]?|given|so|such|fact|fear\w*|hope\w*|warn\w*|demand\w*|reveal\w*|ensur\w+|estimat\w+|emphasi\w+|"
    r"evident|likely|possible|clear|true|the \w+|factors?|\w+(?:s|ed|ing))\s+that$",
    re.IGNORECASE,
)
"""What makes a following "that" a conjunction, or a relative, and no pointing word."""
_VAGUE = frozenset(
    content_terms(
        "situation matter issue process context regard respect point time period year stage way kind type sense level"
    )
)
"""Nouns that say little even when named."""
_DEFINED = re.compile(r"(?:\w+ed|\w+ing|worn|taken|held|seen|made|given|found|known|it|they|we|he|she|already)\b")
"""What may follow "those" that says by itself which ones: "those allied with the board"."""
EARLY = 60
"""Characters within which a pointing word has nothing before it to point at."""
_OUTSIDE = re.compile(
    r"^The (?:scenario|decision|matter|request|demand|announcement|latter|former|above|first|second|third|"
    r"fourth|last|other|others|escalation|dispute|approach|move|step|deal|meeting|incident|attack)"
    r"(?:,|\s+(?:is|are|was|were|has|had|may|might|could|would|will|can|also|is|uses?|came|led|leads|took|follows|[a-z]+(?:ed|es))\b)"
)
"""A definite noun at the head that names nothing by itself."""
_REFERRING = re.compile(
    r"\b(?:the (?:aforementioned|abovementioned)|as (?:mentioned|noted|stated|discussed) (?:above|earlier|before)|"
    r"(?:mentioned|noted|said|listed) above)\b",
    re.IGNORECASE,
)


def hangs(text: str, known: Collection[str] = ()) -> bool:
    """True when the stretch speaks of something that only the words before it name.

    Args:
        known: stems that the reader has in mind already: of a question, of a topic.

    >>> hangs("The board fears that the pilots may leave those two harbours.")
    True
    >>> hangs("The pilots say that they will leave."), hangs("The decision to leave them was the board's.")
    (False, True)
    """
    return (
        nameless(text)
        or _OUTSIDE.match(text) is not None
        or any(_unmet(text, match, known) for match in _DETERMINED.finditer(text))
    )


def nameless(text: str) -> bool:
    """True when a pronoun in the stretch has nothing before it that it could stand for.

    >>> nameless("The port fell on the day on which he was killed."), nameless("The chairman said that he would stay.")
    (True, False)
    """
    if _REFERRING.search(text) or _BARE.search(text):
        return True
    person = _PERSONS.search(text)
    if person:
        before = text[: person.start()]
        if not (_NAME.search(before) or _PERSON_NOUN.search(before) or '"' in before or "“" in before):
            return True
    plural = _PLURAL_PRONOUN.search(text)
    return plural is not None and not _PLURAL_NOUN.search(text[: plural.start()]) and not _cataphoric(text, plural)


def _cataphoric(text: str, match: re.Match[str]) -> bool:
    """ "Despite their aims, the pilots …": what is meant follows the comma."""
    comma = text.find(", ", match.end())
    return text.split(None, 1)[0].lower() in _LEADING and 0 <= comma < 90


_LEADING = frozenset("despite in with for by after before while although given on at because since as if when".split())


def _unmet(text: str, match: re.Match[str], known: Collection[str]) -> bool:
    """A pointing word whose noun has not come before."""
    before = text[: match.start()]
    which = match["which"].lower()
    if which == "that" and (_CONJUNCTION.search(before + "that") or before.rstrip().endswith(",")):
        return False
    if which == "those" and (match.start() == 0 or _DEFINED.match(match["noun"])):
        return False
    nouns = set(content_terms(match["noun"]))
    if not nouns or nouns <= _VAGUE or nouns & set(known) or nouns & set(content_terms(before)):
        return False
    if which == "those":
        return True
    return which != "that" and match.start() < EARLY and _verbless(before)


def _verbless(before: str) -> bool:
    """Nothing has been said yet to which "this step" could refer."""
    before = re.sub(r"\b(?:[A-Z]\.)+", "", before)  # "U.S." ends no sentence
    return not re.search(r"[.;:]|,\s+\w+\s+\w+\s+\w+", before)
