"""Headings and labels of memos in the language of the task: English, French, Arabic.  Pure.

Quotes stay as their source has them, and so do the names of sources.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rag.glossary import detect
from rag.memo.phrases import WORDS

RIGHT_TO_LEFT = frozenset({"ar"})

def language_of(text: str) -> str:
    """The language of a memo's labels: that of its task where there are labels in it, else English.

    >>> language_of("Une note pour la ministre sur les barrages"), language_of("مذكرة عن السدود")
    ('fr', 'ar')
    """
    found = detect(text)
    return found if found in ("fr", "ar") else "en"


def listed(items: Iterable[str], language: str) -> str:
    """Things in a row, set apart as the language does.

    >>> listed(["one", "two"], "en"), listed(["أ", "ب"], "ar"), listed(["un", "deux"], "fr")
    ('one; two', 'أ؛ ب', 'un ; deux')
    """
    return {"ar": "؛ ", "fr": " ; "}.get(language, "; ").join(items)


def conjoined(items: Sequence[str], language: str) -> str:
    """Names in a row, the last one joined with the language's "and".

    >>> conjoined(["A", "B", "C"], "en"), conjoined(["A", "B", "C"], "ar")
    ('A, B and C', 'A، B وC')
    """
    if len(items) < 2:
        return "".join(items)
    comma, last = {"fr": (", ", " et "), "ar": ("، ", " و")}.get(language, (", ", " and "))
    return f"{comma.join(items[:-1])}{last}{items[-1]}"


def say(text: str, language: str, **values: object) -> str:
    """A label or sentence in a language; English where the table has no other.

    >>> say("Figures", "fr"), say("{n} independent sources", "en", n=3)
    ('Chiffres', '3 independent sources')
    """
    known = WORDS.get(text)
    if known and language in ("fr", "ar"):
        text = known[0 if language == "fr" else 1]
    return text.format(**values) if values else text
