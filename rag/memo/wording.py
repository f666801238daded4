"""From chosen sentences to statements: whole thoughts, named by source, in the source's own words."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from rag.extractive.candidates import Candidate
from rag.extractive.frame import antecedent
from rag.extractive.pointing import hangs
from rag.labels import attribution, frame_label
from rag.memo.sentence import broken
from rag.text import content_terms, sentence_spans
from rag.types import DraftQuote, DraftStatement, Passage, StatementKind

_LEANING = re.compile(
    r"^(?:(?:This|That|These|Those|Such|Here|It (?:also|then|therefore))\s+(?:is|are|was|were|will|would|may|might|"
    r"can|could|should|has|have|had|does|includes?|means?|makes?|led|leads|in turn|also|not|further|"
    r"indicates?|shows?|involves?|hinges?|depends?|revolves?|stems?|represents?|reflects?|comes?|came|requires?|applies|mirrors?)\b|"
    r"(?:The (?:former|latter|first|second|third|other)(?=\s+(?:is|are|was|were|has|have|had|will|would|may|can|also|"
    r"[a-z]+s)\b)|For this|To this end|There(?:fore|by)|Thus|Hence|Similarly|Likewise|"
    r"Conversely|On the other hand|Nevertheless|Nonetheless|Otherwise|Instead|Rather|Yet|But|And|So|Or)\b|"
    r"(?:هذا|هذه|ذلك|تلك|كما|ولذلك|لذلك)\b)"
)
_POINTING = re.compile(
    r"^(?:This|That|These|Those|Such|At that|In (?:this|that|these|such)|The same|Both|Another|First|Second|"
    r"Third|Finally|Accordingly|As a result|Consequently)\b"
)
_FRESH = re.compile(r"^(?:Another|A (?:second|third|further)) (?!of\b)\w+")
_CONNECTIVE = re.compile(
    r"^(?:(?:In conclusion|In sum|In short|To conclude), it (?:suggests|concludes|argues|finds|shows) that\s+|"
    r"(?:However|Moreover|Furthermore|Additionally|In addition|Besides|Also|Meanwhile|Indeed|In fact|"
    r"Notably|Importantly|Overall|Generally|In general|Ultimately|In conclusion|In sum|For example|For instance|"
    r"Specifically|In (?:this|that|such a) (?:context|regard|respect|scenario|case|event|situation)|In light of this|"
    r"Given (?:the above|this|all this)|On (?:the )?one hand(?!.*other hand)|On the other hand|Therefore|Thus|Hence|"
    r"As a result|As such|In turn|By contrast|In contrast|Finally|First(?:ly)?|Second(?:ly)?|Third(?:ly)?|Lastly|"
    r"Consequently|Accordingly|Similarly|Likewise|Nevertheless|Nonetheless),\s+)(?=\S)"
)
_POINTED = re.compile(r"^(?:This|That|These|Those|Such|In (?:this|that|these|such)|The same|Both|Another)\b")
_ANNOUNCES = re.compile(
    r"\b(?:through|in|into|by|on|with|of|for|from) (?:several|various|a number of|the) (?:\w+ )?(?:steps|ways|points|"
    r"factors|forms|measures|reasons|groups|stages|axes|levels|respects)\W*$|"
    r"\b(?:can|may|could|will) be (?:outlined|summari[sz]ed|listed|described|presented|identified|stated)\W*$",
    re.IGNORECASE,
)
"""The end of a sentence that only announces what comes after it."""
_CONDITIONAL = re.compile(
    r"(?:Additionally|Furthermore|Moreover|In addition|Besides|Also|Similarly|Likewise), the (?:risk|danger|threat|"
    r"chance|likelihood|possibility|probability|need|cost|burden)s?\b(?:(?!\bif\b|\bin case\b|\bin the event\b).)*"
    r"\bwould\b"
)
"""How great a risk would be, added to what would be before: on what condition, only the sentence before tells."""
_GOES_ON = re.compile(r"(?:This|These|Such) (?P<noun>(?:[a-z][\w-]*\s?){1,2})")
_PLURAL_RESUMED = re.compile(
    r"\b(?P<np>the (?:(?!the\b)[\w’'-]+ ){0,2}[\w’'-]{3,}s)(?:,? (?:and|or|nor))?(?: (?:with|by|to|for|of|in))? their\b"
)
_THIS = ("This ", "That ", "Such a")
_MANY = frozenset({"They", "Their"})
_SEVERAL = re.compile(
    r"s$| and |\b(?:people|police|staff|public|army|government|leadership|majority|militia|party)\b", re.IGNORECASE
)
"""A noun that "they" may stand for: "they" after one person is somebody else."""
_NUMBERED = re.compile(r"^\W*(?:\d+|[ivx]+)[.)]\s*")
_PRONOUN = re.compile(r"^(?:It|They|He|She|Its|Their|His|Her|We|Our|I)\b", re.IGNORECASE)
_IMPERSONAL = re.compile(
    r"^It (?:is|was|can|may|must|should|seems|appears)\b[^.]{0,40}\b(?:that|(?<!according )to)\b", re.IGNORECASE
)
_ADJECTIVE = re.compile(r"(?:^|\s)\w+(?:ish|ian|ese|can|qi|ni|ic|al|tional)$")
_REPLACED = frozenset({"It", "They", "He", "She", "Its", "Their", "His", "Her"})
_ORDER = re.compile(
    r"^(?:Support|Provide|Help|Give|Ensure|Maintain|Protect|Develop|Build|Strengthen|Reduce|Increase|Establish|Improve|"
    r"Promote|Encourage|Avoid|Adopt|Create|Continue|Keep|Set|Make|Take|Use|Work|Seek|Expand|Limit|Prevent)\s+[A-Za-z]"
)
_ADVICE = re.compile(
    r"\b(?:recommend|propos|option|way forward|measure|what (?:should|to do)|next steps|advice|suggest)|توصي|مقترح",
    re.IGNORECASE,
)
_PART = re.compile(r"(?:Most|Many|Some|Several|Few|One|Each|All|Both|Part|None) of\b")
_POSSESSIVE = frozenset({"Its", "Their", "His", "Her"})


MOST_ITEMS = 8
"""Items after which a list's beginning is no longer looked for."""
_COUNTED = re.compile(r"\b(?:two|three|four|five|six|seven|eight|nine|ten|\d+)\b", re.IGNORECASE)
_LEADS_IN = re.compile(
    r",?\s+(?:including|such as|namely|as follows|notably|like|among (?:them|which))\s*:\s*$", re.IGNORECASE
)
LONGEST_HEAD = 200
"""Longest heading in characters that may run into a sentence."""
_ENDED = re.compile(r"(?<![\w,])\s*\n")
"""A line's end that is no page's end inside a sentence."""
MOST_BEFORE = 3
"""Sentences before one that may be taken along."""
EASY_PAIR = 60
"""A pronoun's own sentence before it is better than a noun in brackets, up to so many words together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extract:
    """A stretch of one passage that reads by itself: one sentence, or one with those it leans on."""

    candidate: Candidate
    start: int
    end: int
    text: str
    noun: str | None = None

    @property
    def words(self) -> int:
        """Words that it takes, its frame included."""
        frame = frame_label(self.candidate.hit.document.metadata)
        return len(self.text.split()) + len(frame.split())


def extract(
    candidate: Candidate, text_of: Callable[[str], str], *, longest: int, known: Collection[str] = ()
) -> Extract | None:
    """The candidate as something that reads by itself, or None when it cannot.

    A sentence that leans on the one before it ("This would …") or points at something in it ("these
    disputes") takes it along, when both fit into ``longest`` words; a heading or an empty connective at its
    head ("However, ") stays out of the quote.

    Args:
        known: stems of the memo's topic, at which a sentence may point without naming it first.
    """
    text = text_of(candidate.document_id)
    start, end = candidate.sentence.start + run_in(candidate), candidate.sentence.end
    if _PRONOUN.match(text[start:end]):
        start = candidate.sentence.start  # the heading names what is meant
    opening = _LEADS_IN.search(text[start:end])
    if opening:  # the head of a list says something without its items
        end = start + opening.start()
    bare = _without_connective(Extract(candidate=candidate, start=start, end=end, text=text[start:end]))
    begins = bare.text[:1].isupper() or bare.start > start or run_in(candidate) > 0
    if bare.text.rstrip().endswith(":") or (bare.text[:1].islower() and not begins):
        found = _listed(candidate, text, longest)
        if found is not None or bare.text.rstrip().endswith(":"):
            return found
    if len(bare.text.split()) > longest or broken(bare.text, begins=begins):
        return None
    if _ANNOUNCES.search(bare.text):
        return None  # what follows says it
    if _ORDER.match(bare.text) and not any(_ADVICE.search(t) for t in candidate.hit.passage.section):
        return None  # an item of a list whose beginning is elsewhere: who does it, the item does not say
    if _PRONOUN.match(bare.text) and not _IMPERSONAL.match(bare.text):
        return _named(bare, text, longest, known)
    if run_in(candidate) and _FRESH.match(bare.text) and not hangs(bare.text, known):
        return bare  # under a heading of its own nothing comes before it
    if _LEANING.match(_capital(bare.text)) or _points(bare.text, known) or _CONDITIONAL.match(candidate.text):
        return _with_before(candidate, text, longest, known)
    return bare


def _without_connective(item: Extract) -> Extract:
    """The stretch without an empty connective at its head."""
    connective = _CONNECTIVE.match(item.text)
    if not connective:
        return item
    start = item.start + connective.end()
    return replace(item, start=start, text=item.text[connective.end() :])


def _points(text: str, known: Collection[str]) -> bool:
    """True when the stretch points at what only the words before it name."""
    return opens_pointing(text, known) or hangs(_capital(text), known)


def opens_pointing(text: str, known: Collection[str]) -> bool:
    """True when the stretch begins with a noun pointed at that is not the memo's topic."""
    text = _capital(text)
    return _POINTING.match(text) is not None and not set(content_terms(_POINTED.sub("", text)[:40])) & set(known)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _named(bare: Extract, text: str, longest: int, known: Collection[str]) -> Extract | None:
    """A stretch that begins with a pronoun: with the sentence that names what is meant, else with its noun."""
    whole = _with_before(bare.candidate, text, longest, known)
    if whole is not None and len(whole.text.split()) <= EASY_PAIR:
        return whole
    noun = _noun(bare.candidate.hit.passage, text, bare.candidate.sentence.start)
    if noun is None or bare.text.split()[0] not in _REPLACED or _points(f"{noun} {bare.text.partition(' ')[2]}", known):
        return whole
    return replace(bare, noun=noun)


def _noun(passage: Passage, text: str, start: int) -> str | None:
    """What a pronoun at ``start`` stands for; the sentence before it may begin with the same pronoun."""
    pronoun = text[start:].split(None, 1)[0]
    for _ in range(MOST_BEFORE):
        noun = antecedent(text, start) or (_resumed(passage, text, start) if pronoun in _MANY else None)
        if noun is not None:
            unfit = _ADJECTIVE.search(noun) or _PART.match(noun) or (pronoun in _MANY and not _SEVERAL.search(noun))
            return None if unfit else noun
        before = previous(passage, start, text)
        if before is None or text[before:].split(None, 1)[0] != pronoun:
            return None
        start = before
    return None


def _resumed(passage: Passage, text: str, start: int) -> str | None:
    """The plural that the sentence before ``start`` itself takes up again with "their".

    >>> _PLURAL_RESUMED.search("This plan does not suit the harbour pilots, nor their union.")["np"]
    'the harbour pilots'
    """
    before = previous(passage, start, text)
    found = _PLURAL_RESUMED.search(text[before:start]) if before is not None else None
    return found["np"][:1].upper() + found["np"][1:] if found and text[before:].startswith(_THIS) else None


def with_next(item: Extract, text_of: Callable[[str], str], *, longest: int) -> Extract:
    """The stretch with the sentence after it, when that one goes on with what the stretch names ("This
    agreement …") and both fit into ``longest`` words.
    """
    text = text_of(item.candidate.document_id)
    rest = text[item.end : _closes(text, item.end)]
    spans = sentence_spans(rest)
    if not spans or item.end != item.candidate.sentence.end:
        return item
    after = rest[spans[0][0] : spans[0][1]]
    end = item.end + spans[0][1]
    whole = replace(item, end=end, text=text[item.start : end])
    goes_on = _GOES_ON.match(after)
    named = goes_on is not None and set(content_terms(goes_on["noun"])) & set(content_terms(item.text))
    fits = len(whole.text.split()) <= longest and not broken(after, begins=True)
    return whole if named and fits else item


def run_in(candidate: Candidate) -> int:
    """Length of a heading that runs into the sentence ("Energy: The grid …"), or 0."""
    return _heading_before(candidate, candidate.text)


def _heading_before(candidate: Candidate, text: str) -> int:
    colon = text.find(": ")
    if not 0 < colon <= LONGEST_HEAD:
        return 0
    head = text[: colon + 1].strip(" :").casefold()
    titles = {_NUMBERED.sub("", t).strip(" :.").casefold() for t in candidate.hit.passage.section}
    return colon + 2 if _NUMBERED.sub("", head) in titles else 0


def _with_before(candidate: Candidate, text: str, longest: int, known: Collection[str]) -> Extract | None:
    """The sentence with the one or two or three before it, in the same section, that it leans on.

    A stretch whose first sentence begins with a pronoun takes its noun.
    """
    at = candidate.sentence.start
    for _ in range(MOST_BEFORE):
        before = previous(candidate.hit.passage, at, text)
        if before is None:
            return None
        at = before
        start = before + _heading_before(candidate, text[before : candidate.sentence.start])
        both = text[start : candidate.sentence.end]
        if _ENDED.search(both.strip()) or len(both.split()) > longest:
            return None
        found = _without_connective(
            Extract(candidate=candidate, start=start, end=candidate.sentence.end, text=both)
        )
        if _LEANING.match(_capital(found.text)) or _CONDITIONAL.match(both):
            continue
        if _PRONOUN.match(found.text) and not _IMPERSONAL.match(found.text):
            noun = _noun(candidate.hit.passage, text, before) if found.text[:1].isupper() else None
            if noun is None or found.text.split()[0] not in _REPLACED:
                continue
            return replace(found, noun=noun)
        if broken(found.text, begins=True):
            return None
        if not _points(found.text, known):
            return found
    return None


def _listed(candidate: Candidate, text: str, longest: int) -> Extract | None:
    """A list with the words that announce it, as one stretch: for those words, or for one of the items.

    Whole, when it fits into ``longest`` words; cut behind an item only when the announcement counts nothing.
    """
    spans = candidate.hit.passage.sentences
    at = next((i for i, s in enumerate(spans) if s.start == candidate.sentence.start), -1)
    lead = at
    while lead >= 0 and not text[spans[lead].start : spans[lead].end].rstrip().endswith((":", "：")):
        if at - lead >= MOST_ITEMS or (lead < at and "\n\n" in text[spans[lead].end : spans[lead + 1].start]):
            return None
        lead -= 1
    if lead < 0 or lead + 1 >= len(spans) or "\n" not in text[spans[lead].end : spans[lead + 1].start]:
        return None
    start = spans[lead].start + _heading_before(candidate, text[spans[lead].start : spans[lead].end])
    end, last = start, lead
    for n in range(lead + 1, len(spans)):
        if n > lead + 1 and text[spans[n - 1].end : spans[n].start].count("\n") != 1:
            break
        if len(text[start : spans[n].end].split()) > longest:
            break
        end, last = spans[n].end, n
    whole = last + 1 == len(spans) or text[spans[last].end : spans[last + 1].start].count("\n") != 1
    counted = _COUNTED.search(text[start : spans[lead].end]) is not None
    if last < max(at, lead + 1) or (counted and not whole) or _LEANING.match(text[start:end]):
        return None
    end = start + len(text[start:end].rstrip(" ;,"))
    return Extract(candidate=candidate, start=start, end=end, text=text[start:end])


def previous(passage: Passage, start: int, text: str) -> int | None:
    """Where the sentence before the one at ``start`` begins: in the same passage, else in the same paragraph."""
    starts = [s.start for s in passage.sentences]
    at = starts.index(start) if start in starts else 0
    if at > 0:
        return starts[at - 1]
    opens = _paragraph(text, start)
    spans = sentence_spans(text[opens:start])
    return opens + spans[-1][0] if spans else None


def _paragraph(text: str, at: int) -> int:
    """Where the paragraph around ``at`` begins; a page's end inside a sentence ends none."""
    opens = text.rfind("\n", 0, at) + 1
    while opens > 0 and (broken := text[:opens].rstrip()) and (broken[-1].isalpha() or broken[-1] == ","):
        opens = text.rfind("\n", 0, len(broken)) + 1
    return opens


def _closes(text: str, at: int) -> int:
    """Where the line around ``at`` ends."""
    end = text.find("\n", at)
    return end if end >= 0 else len(text)


def quote_of(item: Extract) -> DraftQuote:
    """The stretch by its offsets."""
    return DraftQuote(
        passage_id=item.candidate.hit.passage.id, quote=item.text, start=item.start, end=item.end
    )


def body_of(item: Extract) -> str:
    """The words as shown between quote marks; a bare pronoun at the head gives way to its noun."""
    if item.noun is None or item.noun in item.text:
        first, _, rest = item.text.partition(" ")  # cut behind a connective: its own first word, now a sentence's
        return f"[{first[:1].upper()}{first[1:]}] {rest}" if first[:1].islower() and rest else item.text
    pronoun, _, rest = item.text.partition(" ")
    possessive = ("'" if item.noun.endswith("s") else "'s") if pronoun in _POSSESSIVE else ""
    return f"[{item.noun}{possessive}] {rest}"


def draft(item: Extract, *, group: str | None = None) -> DraftStatement:
    """``Source (date): “…”`` with its quote."""
    meta = item.candidate.hit.document.metadata
    return DraftStatement(
        text=f"{frame_label(meta)}: “{' '.join(body_of(item).split())}”",
        quotes=(quote_of(item),),
        kind=StatementKind.QUOTED,
        attribution=attribution(meta),
        group=group,
    )
