"""Turns a follow-up into a question that stands alone, without a language model.

"and the Kurds?", "why?", "how many of them?" lean on the turns before.  A pronoun is replaced by what
was last spoken of; what is still too thin to be understood gets the question it hangs on added in
brackets.  A question with a subject of its own is left as it is: carrying old words along would drag
the search back to the old topic.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.sources import SourceNames
from rag.text import content_words, word_spans
from rag.types import Turn

_LEAD = re.compile(
    r"^(?:(?:and|but|so|ok|okay|also|then|well|now|right|yes|thanks|sorry|et|و)\b[\s,]*)+", re.IGNORECASE
)
_CORRECTION = re.compile(
    r"^(?:no|sorry|actually|wait)?[,.\s]*(?:i|we)\s+(?:meant|mean|was asking about)\s+(?P<what>.+)$",
    re.IGNORECASE,
)
_ABOUT = re.compile(r"^(?:what|how) about\s+(?P<what>.+?)\s*\??$", re.IGNORECASE)
_BARE = re.compile(
    r"^(?:why(?: not| so)?|how(?: so| come)?|when|where|who|since when|how many|how much|says who|which ones?|"
    r"according to whom|pourquoi|quand|لماذا|متى|كيف|أين)\s*[?؟]?$",
    re.IGNORECASE,
)
_PERSON = re.compile(r"\b(?P<p>he|him|his|she|her|hers)\b", re.IGNORECASE)
_PLURAL = re.compile(r"\b(?P<p>they|them|their|theirs)\b", re.IGNORECASE)
_IT = re.compile(r"\b(?P<p>it|its)\b", re.IGNORECASE)
_POINTING = re.compile(
    r"\b(?:this|these|those|there|ones?|the (?:same|others?|first|second|former|latter|rest)|same|both of "
    r"them|such|others?)\b|\bthat\b(?=\s*(?:[?.,]|$|one|date|figure|number|claim|deal|mean|happen\w*|strike|"
    r"attack|add|change|include|cost|come|year|group|camp|point|report|paper))|\bafter that\b",
    re.IGNORECASE,
)
_NAME = re.compile(
    r"(?:[A-Z]{2,}[\w-]*|[A-Z][\w'’-]*[\w])(?:(?:\s+(?:of|for|the|al|and|de|du))*\s+(?:[A-Z]{2,}[\w-]*|[A-Z][\w'’-]*\w))*"
    r"|(?<=['\"“‘])[^'\"”’?]{3,40}(?=['\"”’])"
)
_OPENERS = frozenset(
    """what which who whom whose when where why how is are was were do does did can could will would should
    has have had according name list explain compare describe tell in on at for of and but so if the a an
    what's who's where's how's that's give please whats""".split()
)
_SAYING = re.compile(
    r"\b(?:say|says|tell|tells|think|thinks|see|sees|argue|argues|recommend|recommends|expect|expects|suggest|"
    r"suggests|conclude|concludes|propose|proposes|give|gives|cite|cites|mention|mentions|view)\b",
    re.IGNORECASE,
)
_VIEW = re.compile(r"\b(?:according to|per|in the view of|says?|does|did)\s+(?:the\s+)?(?P<name>[A-Z][\w'’-]+)|"
                   r"(?P<name2>[A-Z][\w'’-]+)(?:'s)?\s+(?:view|paper|study|article|report|piece)\b")
_NOUNS = re.compile(r"\b(?:which|what|how many|how much)\s+((?:[\w'’-]+\s+){0,2}?[\w'’-]+s)\b", re.IGNORECASE)
SHORT = 3
"""A question with at most so many words of substance and no name of its own leans on what came before."""
_EMPTY = frozenset(
    """much many kind sort thing things mean say says think would could should other others also still really
    exactly more most number same happen happened go going else ones one""".split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Context:
    """What was spoken of: the last question that stood alone, and the follow-up after it, if any."""

    root: str
    last: str


def standalone(question: str, history: Sequence[Turn], names: SourceNames | None = None) -> str:
    """The question in words that need no history.

    ``names`` are the library's sources: a conversation about one source stays with it.

    >>> past = [Turn(question="What is UNAMI?", answer="UNAMI is a UN mission.")]
    >>> standalone("When does it end?", past)
    'When does UNAMI end?'
    >>> standalone("Why?", past)
    'Why? (What is UNAMI?)'
    >>> standalone("How large is Iraq's electricity deficit?", past)
    "How large is Iraq's electricity deficit?"
    """
    text = question.strip()
    if not history:
        return text
    return _staying(_complete(text, _context(history)), text, history, names)


def _complete(text: str, context: _Context) -> str:
    corrected = _CORRECTION.match(text)
    if corrected:
        return _with(corrected["what"], context)
    if not leans(text):
        return text
    plain = _LEAD.sub("", text) or text
    about = _ABOUT.match(plain)
    if about:
        return _with(f"What about {about['what']}", context)
    if _BARE.match(plain):
        return _with(plain, context)
    if context.last or _POINTING.search(plain):
        return _with(plain, context)
    resolved = _resolve(plain, context)
    if resolved != plain and not _thin(resolved):
        return _capital(resolved)
    return _with(resolved, context)


def _staying(
    alone: str, question: str, history: Sequence[Turn], names: SourceNames | None
) -> str:
    """A short follow-up in a conversation about one source stays with that source."""
    if names is None or names.find(alone):
        return alone
    mentioned = names.find(history[0].question)
    if not mentioned or names_in(question) or len(_substance(question)) > 2 * SHORT:
        return alone
    first = history[0].question
    named = " and ".join(dict.fromkeys(first[m.start : m.end] for m in mentioned[:2]))
    return f"{alone.rstrip('.?؟ ')}, according to {named}?"


def leans(question: str) -> bool:
    """Whether a question needs the turns before it to be understood.

    >>> leans("What does the Newlines article say about Taji?"), leans("and the Kurds?")
    (False, True)
    """
    text = question.strip()
    plain = _LEAD.sub("", text) or text
    if _BARE.match(plain) or _ABOUT.match(plain) or _CORRECTION.match(text):
        return True
    if re.match(r"^(?:name|list|give|tell|show)\b(?: me)? (?:some|any|them|two|three|more|a few)\b", plain, re.I):
        return True
    names = names_in(plain)
    substance = _substance(plain)
    if _PERSON.search(plain) or _PLURAL.search(plain) or _IT.search(plain):
        return not names or len(substance) <= 2 * SHORT
    if _POINTING.search(plain):
        return not names or len(substance) <= SHORT
    if plain != text and len(substance) <= SHORT + 1:
        return True
    if len(plain.split()) <= 3 and not re.match(r"^(?:what|who|when|where|why|how)\b", plain, re.I):
        return len(substance) <= 2 and (plain.endswith("?") or len(substance) < 2)
    return len(substance) < SHORT and not names


def names_in(text: str) -> list[str]:
    """Names in a question, without the question words that may stand before them.

    >>> names_in("What's the HMC?"), names_in("Which bases did Kataib Hezbollah attack?")
    (['HMC'], ['Kataib Hezbollah'])
    """
    found = []
    for match in _NAME.finditer(text):
        words = match.group().split()
        while words and words[0].lower().replace("’", "'") in _OPENERS:
            words = words[1:]
        if words and (len(words[0]) > 1):
            found.append(re.sub(r"['’]s$", "", " ".join(words)))
    return found


def _context(history: Sequence[Turn]) -> _Context:
    root = history[0].question
    last = ""
    for turn in history:
        alone = turn.standalone_question or turn.question
        if turn is history[0] or not leans(turn.question) or ("(" not in alone and alone != turn.question):
            root, last = alone, ""
        else:
            last = _LEAD.sub("", turn.question.strip())
    return _Context(root=_plain_root(root), last=last)


def _plain_root(root: str) -> str:
    return re.sub(r"\s*\((?:[^()]|\([^()]*\))*\)\s*$", "", root).strip() or root


def _with(text: str, context: _Context) -> str:
    """The follow-up with the question it hangs on in brackets."""
    hangs = context.root
    if context.last and not _BARE.match(context.last):
        hangs = f"{context.root.rstrip()} {context.last}"
    head = text.strip().rstrip(".?؟ ")
    return f"{_capital(head)}? ({hangs})"


def _resolve(text: str, context: _Context) -> str:
    """Pronouns replaced by what they most likely stand for."""
    for pattern, antecedent in (
        (_PERSON, _person(context)),
        (_PLURAL, _group(context)),
        (_IT, _thing(text, context)),
    ):
        if antecedent and pattern.search(text):
            text = pattern.sub(lambda m, a=antecedent: _put(m["p"], a), text, count=1)  # type: ignore[misc]
    return text


def _put(pronoun: str, antecedent: str) -> str:
    if pronoun.lower() in ("its", "their", "theirs", "his", "hers"):
        return antecedent + ("'" if antecedent.endswith("s") else "'s")
    return antecedent


def _person(context: _Context) -> str | None:
    """The last name of two words or more, or with an article, that was spoken of."""
    for text in (context.last, context.root):
        names = [n for n in names_in(text) if " " in n or re.search(r"\bal-", n, re.I)]
        if names:
            return names[-1]
    names = names_in(context.root)
    return names[-1] if names else None


def _group(context: _Context) -> str | None:
    """The plural noun asked for, else the last name."""
    for text in (context.last, context.root):
        match = _NOUNS.search(text)
        if match and match.group(1).split()[-1].lower() not in {"does", "is", "was", "has", "this", "us"}:
            return "the " + match.group(1)
        names = names_in(text)
        if names:
            return names[0]
    return None


def _thing(text: str, context: _Context) -> str | None:
    """A source when the follow-up asks what "it" says; else the name at the centre of the question."""
    if _SAYING.search(text):
        for source in (context.last, context.root):
            match = _VIEW.search(source)
            if match and (match["name"] or match["name2"]).lower() not in _OPENERS:
                return str(match["name"] or match["name2"])
    for source in (context.last, context.root):
        names = names_in(source)
        if names:
            return names[0]
    return None


def _substance(text: str) -> list[str]:
    return [w for w in content_words(text) if w not in _OPENERS and w not in _EMPTY]


def _thin(text: str) -> bool:
    return len(_substance(text)) < 2


def _capital(text: str) -> str:
    spans = word_spans(text)
    if not spans:
        return text
    at = spans[0][1]
    return text[:at] + text[at].upper() + text[at + 1 :]
