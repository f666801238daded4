"""Rough English search queries from Arabic and French questions.

The default embedding model reads English only, and most reports are English: a question in Arabic
or French is turned, word by word, into the English words to look for.  This is no translation to
show to anyone.  Word lists in ``rag/data/glossary.*.tsv``; names from :mod:`rag.aliases`; what
neither knows is handed back as it stands, being a name most often (match it with
:func:`rag.translit.skeleton` and :func:`rag.translit.same_name`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from rag.aliases import AliasTable, Expansion
from rag.arabic import bare, forms
from rag.errors import SettingsError
from rag.text import fold_arabic, is_arabic, stem, words

Language = Literal["ar", "fr"]
Detected = Literal["ar", "fr", "en", "other"]

_DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Term:
    """A stretch of the question and its English, the likeliest first; empty for function words.

    ``listed`` is False, and the English empty, for what neither a word list nor a name table has.
    """

    source: str
    english: tuple[str, ...]
    listed: bool = True


@dataclass(frozen=True, slots=True)
class Gloss:
    """An English search query.

    ``unknown`` are words no list knows, as written but without Arabic clitics; ``coverage`` is the
    share of the words, function words left out, that were known (1.0 when there is none).
    """

    english: str
    unknown: tuple[str, ...]
    coverage: float
    terms: tuple[Term, ...] = ()


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of the question: how it is written and the forms it may be listed under."""

    surface: str
    start: int
    end: int
    forms: tuple[str, ...]


# A word list: the first word of an entry → its whole run of words → the English.
_List = Mapping[str, tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]]


def gloss(text: str, language: Language, aliases: AliasTable | None = None) -> Gloss:
    """The English content words of a question, in the question's order.

    Args:
        text: the question.
        language: what it is written in, see :func:`detect`.
        aliases: names to know beside the shipped ones.
    """
    terms = _terms(text, language, aliases or _shipped_names())
    known = [t for t in terms if t.english is not _UNKNOWN]
    unknown = [t.source for t in terms if t.english is _UNKNOWN]
    content = sum(len(t.source.split()) for t in known if t.english)
    english = " ".join(t.source if t.english is _UNKNOWN else t.english[0] for t in terms if t.english)
    missing = [_strip(u) for u in unknown]
    share = content / (content + len(missing)) if content + len(missing) else 1.0
    listed = tuple(Term(_strip(t.source), (), listed=False) if t.english is _UNKNOWN else t for t in terms)
    latin = english if language == "fr" else _without_arabic(english)
    return Gloss(latin, tuple(dict.fromkeys(missing)), round(share, 3), listed)


def translate_terms(
    text: str, language: Language, aliases: AliasTable | None = None
) -> list[tuple[str, tuple[str, ...]]]:
    """``(words of the question, their English)`` for every stretch with a meaning, in order."""
    terms = _terms(text, language, aliases or _shipped_names())
    return [(t.source, t.english) for t in terms if t.english and t.english is not _UNKNOWN]


_UNKNOWN: tuple[str, ...] = ("?",)


def _terms(text: str, language: Language, aliases: AliasTable) -> list[Term]:
    listed = _word_list(language)
    names = _names(text, aliases)
    found: list[Term] = []
    at, tokens = 0, list(_words(text, language))
    while at < len(tokens):
        taken, english = _listed(listed, tokens, at)
        name = names.get(tokens[at].start)
        covered = sum(1 for t in tokens[at:] if t.end <= name.end) if name else 0
        whole = taken == 1 and not _clitic(listed, tokens[at])
        if name and (covered > taken or (covered == taken == 1 and name.certain and not whole)):
            taken, english = covered, name.english
        elif at == 0 and language == "ar" and tokens[0].forms[0] == "من":
            taken, english = max(taken, 1), ("who",)  # at the head of a question no preposition
        elif not taken:
            taken, english = 1, _alone(tokens[at].surface, aliases)
        source = text[tokens[at].start : tokens[at + taken - 1].end]
        found.append(Term(source, english))
        at += taken
    return found


def _clitic(listed: _List, token: _Word) -> bool:
    """Whether an Arabic word is listed only without a letter in front: ``ورقة`` is paper and not "and Raqqa"."""
    folded = token.forms[0]
    return not is_arabic(folded) or not any(
        run == (form,) for form in {folded, folded.removeprefix("ال")} for run, _ in listed.get(form, ())
    )


def _alone(surface: str, aliases: AliasTable) -> tuple[str, ...]:
    """A word that no list knows: a number, a name inside a longer stretch, or unknown."""
    if surface[0].isdigit():
        return (words(surface.translate(_DIGITS))[0],)
    name = _names(surface, aliases).get(0)
    return name.english if name else _UNKNOWN


@dataclass(frozen=True, slots=True)
class _Name:
    """A name in the question: where it ends, its English, and whether it is one beyond doubt."""

    end: int
    english: tuple[str, ...]
    certain: bool


def _names(text: str, aliases: AliasTable) -> dict[int, _Name]:
    """Names by where they start; demonyms keep being demonyms (``Iraqi``, then ``Iraq``)."""
    found: dict[int, _Name] = {}
    by_start: dict[int, list[Expansion]] = {}
    for expansion in aliases.expansions(text):
        by_start.setdefault(expansion.start, []).append(expansion)
    for start, expansions in by_start.items():
        same = aliases.canonical(expansions[0].matched)
        others = [n for x in expansions if x.weight >= 0.9 for n in x.alternatives if n.isascii()]
        english = tuple(dict.fromkeys(([same] if same else []) + others))[:3]
        if english:
            found[start] = _Name(expansions[0].end, english, expansions[0].weight >= 1.0)
    return found


def _listed(listed: _List, tokens: Sequence[_Word], at: int) -> tuple[int, tuple[str, ...]]:
    """The longest entry that begins at a word: how many words it takes, and its English."""
    best: tuple[int, tuple[str, ...]] = (0, ())
    for form in tokens[at].forms:
        for run, english in listed.get(form, ()):
            if len(run) <= best[0]:
                break
            window = tokens[at : at + len(run)]
            if len(window) == len(run) and all(w in t.forms for w, t in zip(run, window, strict=True)):
                best = (len(run), english)
                break
    return best


# --------------------------------------------------------------------------- words

_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹٪٫٬", "01234567890123456789%.,")
_TOKEN = re.compile(r"\d+(?:[.,٫٬:/]\d+)*|[^\W\d_]+[\u064b-\u065f\u0670\u0640\w]*")


def _words(text: str, language: Language) -> Iterator[_Word]:
    for match in _TOKEN.finditer(text):
        surface = match.group()
        yield _Word(surface, match.start(), match.end(), _forms(surface, language))


@lru_cache(maxsize=16384)
def _forms(surface: str, language: Language) -> tuple[str, ...]:
    if surface[0].isdigit():
        return (surface.translate(_DIGITS),)
    if language == "ar":
        return forms(surface)
    folded = words(surface) or [surface.casefold()]
    accented = surface.casefold()
    stems = ["~" + stem(accented, "fr"), "~" + stem(folded[0], "fr")]
    if accented.endswith("ent"):
        stems.append("~" + stem(accented[:-3] + "er", "fr"))  # opposent, jouent
    return (folded[0], *stems)


def _strip(surface: str) -> str:
    """An unknown Arabic word without what surely is a clitic: a preposition glued to the article."""
    if not is_arabic(surface):
        return surface
    plain = fold_arabic(surface)
    for prefix in ("وال", "بال", "فال", "كال"):
        if plain.startswith(prefix) and len(plain) > 5:
            return plain[1:]
    if plain.startswith("لل") and len(plain) > 4:
        return "ال" + plain[2:]
    return surface


def _without_arabic(english: str) -> str:
    return " ".join(w for w in english.split() if not is_arabic(w))


# --------------------------------------------------------------------------- word lists


@lru_cache(maxsize=2)
def _word_list(language: Language) -> _List:
    path = _DATA / f"glossary.{language}.tsv"
    collected: dict[str, dict[tuple[str, ...], tuple[str, ...]]] = {}
    for term, english in read_glossary(path):
        for run in _keys(term, language):
            collected.setdefault(run[0], {}).setdefault(run, english)
    return {
        first: tuple(sorted(entries.items(), key=lambda item: (-len(item[0]), item[0])))
        for first, entries in collected.items()
    }


def read_glossary(path: Path) -> list[tuple[str, tuple[str, ...]]]:
    """``(term, English words)`` of a tab-separated word list; ``#`` begins a comment.

    Raises:
        SettingsError: names the file and the line without a tab.
    """
    entries: list[tuple[str, tuple[str, ...]]] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        term, tab, english = line.partition("\t")
        if not tab or not term.strip():
            raise SettingsError(f"{path}, line {number}: {line!r} must be a term, a tab and its English.")
        entries.append((term.strip(), tuple(e.strip() for e in english.split(",") if e.strip())))
    return entries


def _keys(term: str, language: Language) -> Iterator[tuple[str, ...]]:
    surfaces = _TOKEN.findall(term)
    if language == "ar":
        folded = [fold_arabic(s) for s in surfaces]
        yield tuple(folded)
        yield tuple(bare(w) for w in folded)
        return
    plain = [(words(s) or [s.casefold()])[0] for s in surfaces]
    yield tuple(plain)
    if len(plain) == 1 and len(plain[0]) > 2:
        yield ("~" + stem(surfaces[0].casefold(), "fr"),)
        yield ("~" + stem(plain[0], "fr"),)


@lru_cache(maxsize=1)
def _shipped_names() -> AliasTable:
    return AliasTable.load()


# --------------------------------------------------------------------------- which language

_FRENCH = frozenset(
    """le la les des du au aux un une et est sont dans pour par sur avec sans qui que quoi quel quelle quels
    quelles comment pourquoi quand combien où ou ce cette ces il elle ils elles ont été était selon entre
    contre leur leurs en de à y depuis pendant après avant son sa ses ne pas plus""".split()
)
_ENGLISH = frozenset(
    """the of and to in is are was were what which who whom how many much when where why does do did has have
    had that this these those for with from by on at as it its be been will would should can could about
    between after before not there their they according""".split()
)
_OTHER = frozenset(
    """der die das und ist sind wie viele warum wer wann mit von für nicht auf ein eine el los las una es son
    del cuántos cuántas qué quién cómo cuál por para con il lo gli della che perché quanti di per sono
    ve bir bu için ne nasıl kaç hangi hoeveel het een wat waarom van""".split()
)
_ELIDED = re.compile(r"(?<!\w)(?:[ldnjcm]|qu)['’](?=[^\W\d_]{2})", re.IGNORECASE)
_NOT_ARABIC = re.compile(r"[پچژگکیێۆەڕڵڤھہےںٹڈڑ]")
_ACCENTED = re.compile(r"[éèêëàâçîïôûùœ]", re.IGNORECASE)
_FOREIGN = re.compile(r"[ßñ¿¡ãõåøæłńśźżčšžřğışțţ]")  # no IGNORECASE: it would let ı match i


def detect(text: str) -> Detected:
    """The language of a question: script first, then function words; short questions suffice.

    Latin script that shows no sign of any language counts as English (names, acronyms); Persian,
    Kurdish and Urdu spelling and all other scripts are ``other``.
    """
    letters = [c for c in text if c.isalpha()]
    if not letters:
        return "en"
    arabic = sum(is_arabic(c) for c in letters)
    if arabic * 2 >= len(letters):
        return "other" if len(_NOT_ARABIC.findall(text)) * 20 > arabic else "ar"
    if sum(c < "\u0250" for c in letters) * 2 < len(letters):
        return "other"
    found = re.findall(r"[^\W\d_]+", text.casefold())
    french = sum(w in _FRENCH for w in found) + len(_ELIDED.findall(text))
    english = sum(w in _ENGLISH for w in found)
    other = sum(w in _OTHER and w not in _FRENCH for w in found) + len(_FOREIGN.findall(text.casefold()))
    if not french and not english and not other:
        return "fr" if _french_only(text) else "en"
    if max(french, other) <= english:
        return "en"
    if other > french:
        return "other"
    return "fr" if french > 1 or _ACCENTED.search(text) or english == 0 else "en"


def _french_only(text: str) -> bool:
    """Whether half the words or more are French words that English does not share."""
    tokens = [t for t in _words(text, "fr") if t.surface.isalpha()]
    listed = _word_list("fr")
    french = 0
    for token in tokens:
        english = dict(listed.get(token.forms[0], ())).get((token.forms[0],), ())
        french += bool(english) and not any(token.forms[0] in e.casefold() for e in english)
    return french > 0 and french * 2 >= len(tokens)
