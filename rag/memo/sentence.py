"""Whether a stretch is a sentence to send: no stump, no imprint, no words about the paper's own course.  Pure."""

from __future__ import annotations

import re

_AHEAD = re.compile(r"\b(?:the following|as follows|listed below)\b", re.IGNORECASE)
_ABOUT_ITSELF = re.compile(
    r"^(?:\W*\w+,\s)?(?:th(?:is|e)(?: present)?|our) (?:research(?: article| paper)?|study|paper|article|report|"
    r"analysis|essay|section|chapter)(?: also| then| further| primarily| mainly)? (?:examin|investigat|evaluat|"
    r"analy[sz]|aims?\b|explor|discuss|address|attempt|deals?\b|focus|seeks?\b|begins?\b|presents?\b|looks? at|"
    r"considers?\b)|\b(?:when|as|if) we (?:examine|look|consider|discuss|have seen|turn)\b|"
    r"\bwe (?:must|will|shall) (?:start|begin|first|now|examine|discuss|see)\b|"
    r"\b(?:debates?|questions?|discussions?) (?:also |here |then )?(?:is|focus\w*|revolves?|concerns?|arises?)"
    r"(?: on| around)? (?:how|whether|what)\b|\bdo(?:es)? not require (?:deep|much|further)\b",
    re.IGNORECASE,
)
"""What a paper says of its own course: nothing that a memo reports."""
_IMPRINT = re.compile(
    r"\bISSN\b|\bISBN\b|copyright|©|\ball rights reserved\b|\bvol(?:ume)?\.? ?\d+|\bissue (?:no\. ?)?\d+\b",
    re.IGNORECASE,
)
_RELATIVE = re.compile(r"\b(?:that|which|who|whose|whom|where)\b[^,;.]*")
_VERB = re.compile(
    r"\b(?:is|are|was|were|be|been|being|am|has|have|had|do|does|did|will|would|shall|should|may|might|can|cannot|could|must|"
    r"need|(?!united\b|armed\b)\w{2,}ed|\w+n[’']t|became|began|broke|brought|built|came|drew|drove|fell|felt|fought|found|gave|got|grew|held|"
    r"kept|knew|laid|led|left|lost|made|meant|met|paid|put|ran|rose|said|saw|sent|set|shook|showed|stood|struck|"
    r"took|told|took|went|won|wrote|says?|remains?|includes?|needs?|seems?|appears?|means?|makes?|takes?|"
    r"gives?|leads?|holds?|shows?|faces?|lacks?|lies|consists?|constitutes?|represents?|reflects?|suggests?|indicates?|"
    r"prefers?|declares?|insists?|refuses?|enables?|allows?|threatens?|agrees?|accepts?|continues?|depends?|provides?|requires?|reveals?|fall|falls|rises?|comes?|becomes?|runs?|wants?|seeks?|"
    r"believes?|considers?|argues?|warns?|expects?|fears?|supports?|rejects?|opposes?|demands?|calls?|aims?|plays?|"
    r"controls?|enjoys?|helps?|keeps?|serves?|works?|\w+(?:izes|ifies|tends|tains|jects|ishes))\b",
    re.IGNORECASE,
)
SHORT = 25
"""A stretch without a verb of its own, so short outside its relative clauses, is the stump of a list."""
LOADED = re.compile(
    r"\b(?:zionist|martyr\w*|infidels?|crusaders?|puppets?|so-called|usurp\w*|occupiers?|occupation forces|aggression|"
    r"resistance (?:factions|axis|groups|front|fronts)|axis of \w+|regime|liberat(?:ion|ors)|hegemon\w*|imperialis\w*|"
    r"heroic|treacher\w*|brutal|barbaric|expansionist|mercenar\w*|prox(?:y|ies)|agenda|"
    r"terrorist (?:regime|entity|state))\b",
    re.IGNORECASE,
)
"""Words that take a side: they tell a reader where an author stands."""
LEAST_WORDS = 3
"""Fewest words in small letters, in a script that has them, of what says anything."""


def broken(text: str, *, begins: bool) -> bool:
    """A heading, a stump that a line break left, an unpaired quotation: no sentence to send."""
    if text.rstrip().endswith((":", ",", "—", "–", "(", "?", "؟")) or (text[:1].islower() and not begins):
        return True
    if _AHEAD.search(text) or _says_nothing(text):
        return True
    opened, closed = text.count("“") + text.count("("), text.count("”") + text.count(")")
    return opened != closed or text.count('"') % 2 == 1


def _says_nothing(text: str) -> bool:
    """An imprint line, a name, a stump with its end cut off, or words about the paper's own course."""
    if _ABOUT_ITSELF.search(text) or (_IMPRINT.search(text) and len(text.split()) < 20):
        return True
    if re.search(r"\s\.$", text):
        return True
    bare = _RELATIVE.sub(" ", text)
    if text.isascii() or "’" in text or "“" in text:  # the verbs are English ones
        acting = re.match(r"[A-Z][a-z]+ing\b", text) or _VERB.search(bare)
        if not acting and len(bare.split()) < SHORT:
            return True
    letters = [w for w in text.split() if w[:1].isalpha()]
    cased = any(c.islower() or c.isupper() for c in text)
    return cased and sum(w[:1].islower() for w in letters) < LEAST_WORDS


def imprint(text: str) -> bool:
    """True for a line that says when, where or by whom a document was published."""
    return bool(_IMPRINT.search(text)) and len(text.split()) <= SHORT
