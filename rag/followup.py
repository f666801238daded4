"""Turns a follow-up into a question that stands alone, without a language model.

"and the Kurds?", "why?", "how many of them?" lean on the turns before.  A question that leans gets
what it leans on: a pronoun is replaced by the subject last spoken of, an ellipsis is completed with
the words of the question before.  A question with its own subject is left as it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.text import STOPWORDS, content_words, word_spans
from rag.types import Turn

_LEAD = re.compile(
    r"^(?:(?:and|but|so|ok|okay|also|then|well|now|right|yes|no|thanks|sorry)\b[\s,]*)+", re.IGNORECASE
)
_CORRECTION = re.compile(r"^(?:no[,.]?\s+)?i (?:meant|mean)\s+(.+)$", re.IGNORECASE)
_ABOUT = re.compile(r"^(?:what|how) about\s+(.+?)\??$", re.IGNORECASE)
_BARE = re.compile(r"^(?:why|how|how so|when|where|who|since when|how many|how much|says who|which ones?)\??$", re.I)
_THEM = re.compile(
    r"\b(?:it|its|they|them|their|theirs|he|him|his|she|her|hers|this|these|those|there|ones?|"
    r"the (?:same|others?|first|second|former|latter|rest)|both of them|such)\b",
    re.IGNORECASE,
)
_THAT = re.compile(r"\bthat\b(?=\s*(?:[?.,]|$|date|figure|number|claim|deal|mean|happen|strike|attack))", re.IGNORECASE)
_NAME = re.compile(
    r"[A-Z]{2,}[\w-]*|[A-Z][\w'’-]+(?:\s+(?:of|for|the|al|and)?\s*[A-Z][\w'’-]+)*|['\"“‘][^'\"”’]{3,40}['\"”’]"
)
_QUESTION_WORDS = frozenset(
    """what which who whom whose when where why how many much is are was were do does did can could
    will would should has have according name list explain compare describe tell""".split()
)
SHORT = 3
"""A question with at most so many content words and no name of its own leans on what came before."""


def standalone(question: str, history: Sequence[Turn]) -> str:
    """The question in words that need no history.

    >>> past = [Turn(question="What is UNAMI?", answer="UNAMI is a UN mission.")]
    >>> standalone("When does it end?", past)
    'When does UNAMI end?'
    >>> standalone("Why?", past)
    'Why? (What is UNAMI?)'
    """
    text = question.strip()
    if not history:
        return text
    previous = history[-1].standalone_question or history[-1].question
    plain = _LEAD.sub("", text) or text
    correction = _CORRECTION.match(text)
    if correction:
        return f"{correction.group(1).rstrip('?')}? ({previous})"
    if not leans(text):
        return text
    if _BARE.match(plain):
        return f"{plain[0].upper()}{plain[1:].rstrip('?')}? ({previous})"
    about = _ABOUT.match(plain)
    if about:
        return f"{about.group(1).strip()}: {_without_subject(previous)}"
    subject = subject_of(previous)
    replaced = _replace_pronoun(plain, subject) if subject else plain
    if replaced != plain and len(content_words(replaced)) > SHORT:
        return replaced[0].upper() + replaced[1:]
    if replaced != plain and subject and not _thin(plain):
        return replaced[0].upper() + replaced[1:]
    return f"{replaced.rstrip('?')}? ({previous})"


def leans(question: str) -> bool:
    """Whether a question needs the turns before it to be understood."""
    text = question.strip()
    plain = _LEAD.sub("", text) or text
    if _BARE.match(plain) or _ABOUT.match(plain) or _CORRECTION.match(text):
        return True
    inner = _inner_names(plain)
    if _THEM.search(plain) or _THAT.search(plain):
        return not inner or len(content_words(plain)) <= 2 * SHORT
    if _LEAD.match(text) and len(content_words(plain)) <= 5:
        return True
    return _thin(plain) and not inner


def _thin(text: str) -> bool:
    return len([w for w in content_words(text) if w not in _QUESTION_WORDS]) <= SHORT


def _inner_names(text: str) -> list[str]:
    """Names that are more than the capital at the head of the question."""
    return [
        m.group()
        for m in _NAME.finditer(text)
        if m.start() > 0 or m.group().isupper() or " " in m.group()
    ]


def subject_of(question: str) -> str | None:
    """What a question is about: its last name in quotation marks or capitals, else its longest noun run."""
    bare = re.sub(r"\s*\([^)]*\)\s*$", "", question)
    names = [
        n.strip("'\"“”‘’")
        for n in _inner_names(bare)
        if n.split()[0].lower() not in _QUESTION_WORDS
    ]
    if names:
        return max(names, key=lambda n: (len(n.split()), -bare.find(n)))
    run: list[str] = []
    best: list[str] = []
    for word, start, end in word_spans(bare):
        if word in STOPWORDS or word in _QUESTION_WORDS:
            run = []
            continue
        run.append(bare[start:end])
        if len(run) > len(best):
            best = list(run)
    return " ".join(best) or None


def _replace_pronoun(text: str, subject: str) -> str:
    def put(match: re.Match[str]) -> str:
        word = match.group().lower()
        if word in ("its", "their", "theirs", "his", "her", "hers"):
            return f"{subject}'s"
        if word in ("there", "this", "these", "those") or word.startswith(("one", "the ", "both", "such")):
            return match.group()
        return subject

    return _THEM.sub(put, text, count=1)


def _without_subject(previous: str) -> str:
    return re.sub(r"\s*\([^)]*\)\s*$", "", previous)
