"""What kind of claim a sentence makes: reported as fact, expected or feared, proposed.  Pure."""

from __future__ import annotations

import re
from enum import StrEnum

_EXPECTED = re.compile(
    r"\b(?:(?-i:may)|might|could|would|will|shall|likely|unlikely|probabl[ey]|possib(?:le|ly|ility)|potential(?:ly)?|"
    r"expect(?:s|ed)?|anticipat\w+|forecast\w*|predict\w*|fear(?:s|ed)?|"
    r"at risk|risks? (?:of|that|\w+ing)|threat(?:en\w*)?|if|unless|"
    r"scenario|prospects?|project(?:s|ed) to|set to|foresee\w*|concerns? (?:that|about))\b|"
    r"\b(?:قد|ربما|يمكن|سوف|يتوقع|من المتوقع|من المرجح|pourrait|risque|devrait)\b",
    re.IGNORECASE,
)
_PROPOSED = re.compile(
    r"\b(?:should|must|ought to|needs? to|recommends?|recommended (?:that|to)|proposes? (?:that|to)|"
    r"(?:urges?|urged|calls? (?:for|on|upon)) (?!the withdrawal|the departure|the expulsion)\w+|"
    r"it is (?:necessary|essential|imperative|important|advisable|vital|crucial) (?:to|that)|"
    r"(?:best|better) (?:option|course|way) (?:is|would be)|يجب|ينبغي|il faut|il convient)\b",
    re.IGNORECASE,
)
_NO_PROPOSAL = re.compile(
    r"\b(?:we|it) must\b|\bmust (?:have|be (?:noted|said))\b|\bshould (?:have|be noted)\b|\bas it should\b|"
    r"\b(?:vot(?:e|es|ed|ing)|resolution|legislation|demand\w*|insist\w*|stipulat\w+|agree[sd]?|agreement|decided|"
    r"believes? that|mentioned|viewpoint|perspective|perception|asserting)\b"
    r".*\b(?:should|must|propos\w+|recommend\w*)\b|"
    r"\b(?:agreement|accord|deal|treaty|bill|draft) propos\w+|\bmention\w+ the recommendation\b|"
    r"\b(?:government|factions|leaders?|parties|forces|public)[’']s? calls? for\b|"
    r"\b(?:called|calling) (?:for|on) (?:the )?(?:withdrawal|expulsion|departure)\b|^[^.]{0,60}\brequest(?:ed)? to\b",
    re.IGNORECASE,
)
_LIST_ACTION = re.compile(
    r"^(?!Following\b|During\b|Regarding\b|Concerning\b|Including\b|Considering\b|According\b|Depending\b|Pending\b|"
    r"Nothing\b|Something\b|Everything\b|Notwithstanding\b|Barring\b|Excluding\b)(?:[A-Z][a-z]+ing)\s+(?!to\b)(?!from\b)[a-z]"
)
_INVERTED = re.compile(r"^Should\s")
_JUDGING = re.compile(
    r"\b(?:therefore|thus|conclu\w+|means? that|impl(?:y|ies)|indicat\w+|suggest\w*|appears?|remains?|"
    r"depends?|essential|significant\w*|serious\w*|weak\w*|fail\w*|success\w*|primary|main|major|crucial|"
    r"critical|effectively|nearly impossible|undermin\w+|strengthen\w*|would|could|may|likely|result in|"
    r"lead(?:s|ing)? to|cause[sd]?)\b",
    re.IGNORECASE,
)


class Modality(StrEnum):
    """Kinds of claim, in the order in which a section gives them."""

    FACT = "Reported as fact"
    EXPECTED = "Expected or feared"
    PROPOSED = "Proposed"


def modality(text: str) -> Modality:
    """The kind of a sentence.

    >>> modality("Sanctions could stop the flow of gas.")
    <Modality.EXPECTED: 'Expected or feared'>
    >>> modality("Negotiating with the international community regarding reform.")
    <Modality.PROPOSED: 'Proposed'>
    """
    if _NO_PROPOSAL.search(text):
        return Modality.EXPECTED if _EXPECTED.search(text) else Modality.FACT
    if _INVERTED.match(text):  # "Should the talks fail, …": a condition
        return Modality.EXPECTED
    if _PROPOSED.search(text) or (_LIST_ACTION.match(text) and not _EXPECTED.search(text)):
        return Modality.PROPOSED
    return Modality.EXPECTED if _EXPECTED.search(text) else Modality.FACT


def judging(text: str) -> int:
    """How much a sentence judges rather than reports: number of judging words, at most three."""
    return min(3, len(_JUDGING.findall(text)))
