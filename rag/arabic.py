"""Arabic word forms: what may be left of a word when its clitics are taken off.  Search only.

A light stemmer in the sense of Larkey et al. (2002), but one that keeps every stage: callers look
each form up in a word list and take the first that is there, so nothing is stripped for nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from rag.text import fold_arabic

_PREFIXES = (
    "", "ال", "و", "ف", "ب", "ل", "ك", "س", "وال", "فال", "بال", "كال", "لل", "ولل", "وبال", "فلل",
    "وب", "ول", "فب", "وس", "فس", "ا",
)  # fmt: skip
# Suffixes with what stands in their place: the feminine ه (ة) is ت before a pronoun.
_SUFFIXES = (
    ("يه", "ي"), ("يون", "ي"), ("يين", "ي"), ("يات", "ي"), ("ون", ""), ("ين", ""), ("ان", ""), ("ات", ""),
    ("ات", "ه"), ("يا", "ي"), ("ه", ""), ("ت", ""), ("ا", ""), ("وا", ""), ("تين", "ه"), ("تان", "ه"),
    ("ته", "ه"), ("تها", "ه"), ("ته", ""), ("تها", ""), ("تهم", ""), ("تهم", "ه"), ("تنا", "ه"), ("ها", ""),
    ("هم", ""), ("هما", ""), ("نا", ""), ("كم", ""), ("ي", ""), ("اته", "ه"), ("اتها", "ه"), ("اتهم", "ه"),
    ("اتها", ""), ("اته", ""), ("ونه", ""), ("ونها", ""),
)  # fmt: skip


def bare(word: str) -> str:
    """A folded word without its article, the form under which word lists are kept.

    >>> bare(fold_arabic("التحالف")), bare("الي")
    ('تحالف', 'الي')
    """
    return word[2:] if word.startswith("ال") and len(word) > 4 else word


@lru_cache(maxsize=16384)
def forms(word: str) -> tuple[str, ...]:
    """Forms of a word, from as it stands to most stripped, each without the article.

    At least two letters remain; the imperfect's person (ت, ن, س) is evened out to ي.
    """
    folded = fold_arabic(word)
    return tuple(dict.fromkeys(_forms(folded)))


def _forms(word: str) -> Iterator[str]:
    yield word
    yield bare(word)
    stems = [word[len(p) :] for p in _PREFIXES if word.startswith(p) and len(word) - len(p) >= 2]
    yield from stems
    for form in stems:
        if form[0] in "تن" and len(form) >= 4:
            yield "ي" + form[1:]
    for form in stems:
        for suffix, instead in _SUFFIXES:
            if form.endswith(suffix) and len(form) - len(suffix) >= 3:
                yield form[: -len(suffix)] + instead
    for form in stems:
        if form[0] in "يتن" and form.endswith(("ون", "ان", "ين")) and len(form) >= 6:
            yield "ي" + form[1:-2]
