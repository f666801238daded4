"""Turns a follow-up into a question that stands alone, without a language model.

"and the Kurds?", "why?", "how many of them?" lean on the turns before.  A pronoun is replaced by what
was last spoken of; what is still too thin to be understood gets the question it hangs on added in
brackets.  A question with a subject of its own is left as it is: carrying old words along would drag
the search back to the old topic.  What only the answer before named ("the general", "the second point") is
looked up there (:mod:`rag.antecedent`); a corrected thing takes the old one's place (:mod:`rag.correction`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.antecedent import OPENERS, is_date, names_in, person, point, pointed, substance
from rag.correction import asks_others, changed, corrected, others
from rag.sources import SourceNames
from rag.text import word_spans, words
from rag.types import Turn

_LEAD = re.compile(
    r"^(?:(?:and|but|so|ok|okay|also|then|well|now|right|yes|thanks|sorry|et|و)\b[\s,.!:;–-]*)+", re.IGNORECASE
)
_NEUTRAL = re.compile(r"^(?:(?:ok|okay|well|now|right|thanks)\b[\s,.!:;–-]*)+", re.IGNORECASE)
"""Openings that tie a question to nothing before it."""
_TALK = re.compile(
    r"(?:\W*\b(?:thanks?(?: you| u)?(?: (?:so|very) much| a lot| again)?|thx|cheers|great|perfect|excellent|ok|okay|"
    r"fine|good|nice|got it|(?:hello|hi|hey)(?: again| there| all)?|good (?:morning|afternoon|evening|day)|bye|"
    r"goodbye|see you|well done|merci(?: beaucoup)?|bonjour|bonsoir|au revoir|salut|شكرا|شكراً|شكرًا|جزيلا|جزيلاً|"
    r"مرحبا|مرحباً|السلام عليكم|أهلا)\b)+\W*",
    re.IGNORECASE,
)
"""Thanks and greetings: nothing is asked."""
_SWITCH = re.compile(
    r"^\W*(?:(?:a |an |on a |on an |one |next |now )*"
    r"(?:different|other|another|new|next|unrelated|separate|changing)\s+(?:the )?"
    r"(?:question|topic|subject|matter|note|thing)|(?:let's |lets )?(?:move|moving) on(?: to)?|"
    r"change of (?:topic|subject)|(?:ok|okay|right|well|thanks|good)[\s,.!]+now|now(?=\s*,)|"
    r"autre question|سؤال آخر|موضوع آخر)\b[\s,.:;–-]*(?=\S)",
    re.IGNORECASE,
)
"""Words that say that something else is asked now."""
_BACK = re.compile(
    r"^\W*(?:(?:ok|okay|now|so|and|but)\W+)*(?:back|returning|coming back|to come back) to [^:,?]+[:,]\s*\S",
    re.IGNORECASE,
)
"""Back to an earlier matter: what was asked in between is left."""
_OF_SOURCE = re.compile(
    r"\b(?:the|this|that|its|his|her|their) (?:report|paper|study|article|authors?|digest|piece|text)\b", re.IGNORECASE
)
_AGAIN = re.compile(
    r"^\W*(?:(?:can|could) you )?(?:please )?"
    r"(?:(?:say|put|explain|give|tell|make|write|repeat|rephrase|summari[sz]e|sum up|shorten)"
    r"\b(?: (?:it|that|this|me|us|the answer|all that))*)?"
    r"(?: ?(?:a bit |much |even )?(?:shorter|again|in short|briefly|simpler|more simply|"
    r"in (?:plain|simple|other|fewer) (?:words|terms)|in (?:one|a|two) (?:sentence|word|line)s?|tl;?dr))?"
    r"(?: ?,?please)?\W*$",
    re.IGNORECASE,
)
"""The same question once more."""
_CORRECTION = re.compile(
    r"^(?:no|sorry|actually|wait)?[,.\s]*(?:i|we)\s+(?:meant|mean|was asking about)\s+(?P<what>.+)$",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"^(?:(?:what|how) about|و?ماذا عن|qu['’]en est-il d(?:e|u|es))\s+(?P<what>.+?)\s*[?؟]?$", re.IGNORECASE
)
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
_SAYING = re.compile(
    r"\b(?:say|says|tell|tells|think|thinks|see|sees|argue|argues|recommend|recommends|expect|expects|suggest|"
    r"suggests|conclude|concludes|propose|proposes|give|gives|cite|cites|mention|mentions|view|forecast|forecasts|predict|predicts|claim|claims|warn|warns|write|"
    r"writes|describe|describes|list|lists|name|names|count|counts|put|puts|call|calls)\b",
    re.IGNORECASE,
)
_VIEW = re.compile(r"\b(?:according to|per|in the view of|says?|does|did)\s+(?:the\s+)?(?P<name>[A-Z][\w'’-]+)|"
                   r"(?P<name2>[A-Z][\w'’-]+)(?:'s)?\s+(?:view|paper|study|article|report|piece)\b")
_NOUNS = re.compile(r"\b(?:which|what|how many|how much)\s+((?:[\w'’-]+\s+){0,2}?[\w'’-]+s)\b", re.IGNORECASE)
_SEVERAL = re.compile(
    r"\bthe (?:[a-z][\w-]+ |[A-Z][\w-]+ )?(?!reports|papers|studies|authors|sources|others|words|terms|figures|numbers)"
    r"(?:[a-z][\w-]{2,}[^su\W]s|[A-Z][\w-]+[^su\W]s)\b"
)
SHORT = 3
"""A question with at most so many words of substance and no name of its own leans on what came before."""
_EMPTY = frozenset(
    """much many kind sort thing things mean say says think would could should other others also still really
    exactly more most number same happen happened go going else ones one""".split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Context:
    """What was spoken of: the last question that stood alone, the follow-up after it, if any, and the last answer.

    ``sources`` are the names of sources in them, ``staying`` those that the conversation is about.
    """

    root: str
    last: str
    answer: str
    sources: tuple[str, ...] = ()
    staying: str = ""


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
    history = [t for t in history if not _TALK.fullmatch(t.question)]
    if not history or _TALK.fullmatch(text):
        return text
    context = _context(history, names)
    switch = _SWITCH.match(text)
    if switch and not leans(text[switch.end() :]):
        fresh = _capital(text[switch.end() :])
        return _staying(fresh, fresh, context, names) if _OF_SOURCE.search(fresh) else fresh
    if _BACK.match(text):
        return _staying(text, "", context, names)
    others_asked = others(text, context.root, names)
    if others_asked is not None:
        return _with(_LEAD.sub("", text), replace(context, root=others_asked, last=""))
    return _staying(_complete(text, context, names), text, context, names)


def _complete(text: str, context: _Context, names: SourceNames | None) -> str:
    fixed = _fixed(text, context, names)
    if fixed:
        return fixed
    plain = _LEAD.sub("", text) or text
    known = f"{context.root} {context.last}"
    place = point(plain, known, context.answer)
    if place:
        return _with(plain.replace(place[0], f"{place[0]}, {place[1]},", 1).replace(",?", "?"), context)
    thing = pointed(plain, known, context.answer)
    if thing:
        own = f"{context.root} " if leans(plain) else ""
        return f"{_capital(plain).rstrip('.?؟ ')}? ({own}{thing[1]})"
    if not leans(text):
        return text
    about = _ABOUT.match(plain)
    if about:
        return _with(f"What about {about['what']}", context)
    if _BARE.match(plain):
        return _with(plain, context)
    if context.last or _POINTING.search(plain):
        return _with(plain, context)
    resolved = _resolve(plain, context)
    left = _IT.search(resolved) and not (_SAYING.search(resolved) and context.staying)
    if resolved != plain and not _thin(resolved) and not left:
        return _capital(resolved)
    return _with(resolved, context)


def _fixed(text: str, context: _Context, names: SourceNames | None) -> str | None:
    """The question before, with one thing of it changed or as it was."""
    if _AGAIN.match(text):
        return context.root if not context.last else _with(context.last, replace(context, last=""))
    for base in (context.root, context.last):
        fixed = corrected(text, base, names) if base else None
        if fixed:
            return fixed if base is context.root else _with(fixed, replace(context, last=""))
    meant = _CORRECTION.match(text)
    if meant:
        return _with(meant["what"], context)
    plain = _LEAD.sub("", text)
    about = _ABOUT.match(plain)
    return changed(about["what"] if about else plain, context.root, names)


def _staying(alone: str, question: str, context: _Context, names: SourceNames | None) -> str:
    """A short follow-up in a conversation about one source stays with that source."""
    if names is None or not context.staying or names.find(alone):
        return alone
    own = names_in(question) or len(_substance(question)) > 2 * SHORT
    if own and not _OF_SOURCE.search(question):
        return alone
    asked, mark, behind = alone.partition("? (")
    return f"{asked.rstrip('.?؟ ')}, according to {context.staying}?{mark[1:]}{behind}"


def _stayed_with(history: Sequence[Turn], names: SourceNames | None) -> str:
    """The sources last named; none after another matter was begun, or what others say was asked."""
    for turn in reversed(history if names else ()):
        alone = turn.standalone_question or turn.question
        mentioned = names.find(alone) if names else []
        if mentioned:
            return " and ".join(dict.fromkeys(alone[m.start : m.end] for m in mentioned[:2]))
        if _SWITCH.match(turn.question) or asks_others(turn.question):
            break
    return ""


def leans(question: str) -> bool:
    """Whether a question needs the turns before it to be understood.

    >>> leans("What does the Newlines article say about Taji?"), leans("and the Kurds?")
    (False, True)
    """
    text = _NEUTRAL.sub("", question.strip()) or question.strip()
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


def _context(history: Sequence[Turn], names: SourceNames | None) -> _Context:
    root = history[0].question
    last = ""
    for turn in history:
        alone = turn.standalone_question or turn.question
        if turn is history[0] or not leans(turn.question) or ("(" not in alone and alone != turn.question):
            root, last = alone, ""
        else:
            last = _LEAD.sub("", turn.question.strip())
    return _Context(
        root=_plain_root(root),
        last=last,
        answer=history[-1].answer,
        sources=tuple(text[m.start : m.end] for text in (root, last) for m in (names.find(text) if names else ())),
        staying=_stayed_with(history, names),
    )


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
        (_PLURAL, _group(text, context)),
        (_IT, None if names_in(text) else _thing(text, context)),
    ):
        if antecedent and pattern.search(text):
            text = pattern.sub(lambda m, a=antecedent: _put(m["p"], a), text, count=1)  # type: ignore[misc]
    return text


def _put(pronoun: str, antecedent: str) -> str:
    if pronoun.lower() in ("its", "their", "theirs", "his", "hers"):
        return antecedent + ("'" if antecedent.endswith("s") else "'s")
    return antecedent


def _person(context: _Context) -> str | None:
    """Whom the answer named, where the question asked for somebody; else the last name that was spoken of.

    A name of two words or more, or with an article, goes before a single word.
    """
    told = person(context.last or context.root, context.answer)
    if told:
        return told
    for text in (context.last, context.root):
        names = [n for n in names_in(text) if (" " in n or re.search(r"\bal-", n, re.I)) and not is_date(n)]
        if names:
            return names[-1]
    single = [n for n in names_in(context.root) if not is_date(n)]
    return single[-1] if single else None


def _group(question: str, context: _Context) -> str | None:
    """The plural noun asked for, else the plural spoken of, else the first name."""
    for text in (context.last, context.root):
        match = _NOUNS.search(text)
        if match and match.group(1).split()[-1].lower() not in {"does", "is", "was", "has", "this", "us"}:
            return "the " + match.group(1)
        several = _SEVERAL.search(text)
        if several and several.group().split()[-1].lower() not in words(question):
            return several.group()
        names = [n for n in names_in(text) if not is_date(n) and n not in context.sources]
        if names:
            return names[0]
    return None


def _thing(text: str, context: _Context) -> str | None:
    """A source when the follow-up asks what "it" says; else the name at the centre of the question."""
    if _SAYING.search(text):
        source = _said_by(context)
        if source or context.staying:
            return source
    for before in (context.last, context.root):
        names = [n for n in names_in(before) if _central(n, before, context.sources)]
        if names:
            return _with_noun(names[0], before)
    return None


def _central(name: str, text: str, sources: Sequence[str]) -> bool:
    """Whether a name may be what a question is about: no date, no source, nothing behind a preposition."""
    if is_date(name) or any(s in name for s in sources):
        return False
    if re.search(rf"(?<!the ){re.escape(name)}(?<=an|ic|sh|se) [a-z]", text):
        return False  # an adjective
    behind = rf"\b(?:in|at|of|for|from|to|on|by|with|against|about|near)\s+(?:the\s+)?{re.escape(name)}"
    return not re.search(behind, text)


def _with_noun(name: str, text: str) -> str:
    """``American`` of "the American bank" with its noun."""
    if not re.search(r"(?:an|ish|ese|i|ch)$", name):
        return name
    noun = re.search(rf"\bthe {re.escape(name)} [a-z]{{3,}}", text)
    return noun.group() if noun else name


def _said_by(context: _Context) -> str | None:
    for before in (context.last, context.root):
        match = _VIEW.search(before)
        if match and (match["name"] or match["name2"]).lower() not in OPENERS:
            return str(match["name"] or match["name2"])
    return None


def _substance(text: str) -> list[str]:
    return substance(text, _EMPTY)


def _thin(text: str) -> bool:
    return len(_substance(text)) < 2


def _capital(text: str) -> str:
    spans = word_spans(text)
    if not spans:
        return text
    at = spans[0][1]
    return text[:at] + text[at].upper() + text[at + 1 :]
