"""Names of a statement (people, places, bodies, acronyms) and dates: each must stand in the quotes.

Matching forgives transliteration, acronyms and demonyms, nothing else: a person, country or body
that no quote (and no metadata of the cited document) carries is a problem.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import OSA

from rag import text as rt
from rag.support.tokens import Analysed, Token, analyse

_SAME = (
    "us usa america american americans",
    "uk britain british briton britons",
    "un unitednations onu",
    "eu europeanunion european union ue",
    "isis daesh isil is داعش",
    "germany german germans allemagne allemand",
    "france french francais",
    "spain spanish", "greece greek greeks", "netherlands dutch", "china chinese chine",
    "turkey turkish turks turkiye turquie", "poland polish poles", "denmark danish", "sweden swedish swedes",
    "finland finnish", "switzerland swiss", "norway norwegian", "wales welsh", "ireland irish",
    "lebanon lebanese liban", "yemen yemeni", "syria syrian syrie", "iraq iraqi irak", "iran iranian",
    "egypt egyptian egypte", "jordan jordanian", "morocco moroccan maroc", "israel israeli",
    "ukraine ukrainian", "russia russian russie", "japan japanese", "portugal portuguese",
    "belgium belgian", "peru peruvian", "chile chilean", "philippines filipino philippine",
    "thailand thai", "kurdistan kurdish kurds kurd", "shia shiite shiites shi'a shiis shii",
    "sunni sunnis", "congo congolese", "brazil brazilian brazilians", "somalia somali",
    "sudan sudanese", "mali malian", "niger nigerien", "nato otan",
    "pmf hashd", "mp mps", "who oms", "imf fmi",
)  # fmt: skip
_EXPANSIONS = {
    "us": ("united", "states"), "uk": ("united", "kingdom"), "un": ("united", "nations"),
    "eu": ("european", "union"), "isis": ("islamic", "state"), "is": ("islamic", "state"),
    "pmf": ("popular", "mobilization"), "who": ("world", "health"),
}  # fmt: skip
MONTHS = {
    name: i
    for i, names in enumerate(
        (
            "january jan janvier كانون", "february feb fevrier فبراير", "march mar mars مارس",
            "april apr avril ابريل نيسان", "may mai مايو ايار", "june jun juin يونيو حزيران",
            "july jul juillet يوليو تموز", "august aug aout اغسطس",
            "september sep sept septembre سبتمبر ايلول", "october oct octobre اكتوبر",
            "november nov novembre نوفمبر", "december dec decembre ديسمبر",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip
_AMBIGUOUS_MONTHS = {"may", "march", "mars", "mai", "mar", "jan"}
_WEAK = frozenset(
    """the a an this that these those in on at by for from with of it its he she they we i and or
    but as if when while after before since until during between under over both most some all
    many few several no not only even according al el mr mrs ms dr gen president minister prime
    general colonel professor sir lady there here who what which how why where le la les un une
    des du de en dans selon however meanwhile moreover still yet also then thus nearly about
    around up down one two three four five six seven eight nine ten first second third article
    chapter section page table figure annex monday tuesday wednesday thursday friday saturday
    sunday""".split()
)
_CAP = re.compile(r"[A-ZÀ-ÖØ-Þ]")


@dataclass(frozen=True, slots=True)
class Date:
    """A date as printed; parts that are not given are None."""

    year: int | None
    month: int | None
    day: int | None
    raw: str


def _same_table() -> dict[str, int]:
    return {"".join(rt.words(w)): i for i, row in enumerate(_SAME) for w in row.split()}


_GROUP = _same_table()


def name_tokens(analysed: Analysed) -> list[Token]:
    """Tokens that are (parts of) names: capitalised where a capital is not just the first letter
    of a sentence, and acronyms anywhere."""
    found = []
    row = analysed.tokens
    for i, token in enumerate(row):
        if not _CAP.match(token.raw) or token.word in _WEAK or token.word in MONTHS:
            continue
        if token.word in rt.STOPWORDS and not _acronym(token):
            continue
        first = i == 0 or row[i - 1].sentence != token.sentence
        if first and not _name_at_start(row, i) and token.raw[1:] == token.raw[1:].lower():
            continue
        if i and analysed.text[token.start - 1 : token.start] in "“\"«'‘[" and not _acronym(token):
            continue  # first word of a quotation
        found.append(token)
    return found


def _acronym(token: Token) -> bool:
    letters = token.raw.replace(".", "")
    return len(letters) >= 2 and letters.isupper()


def _name_at_start(row: tuple[Token, ...], i: int) -> bool:
    """A capitalised first word is a name when another capitalised word follows or we know it."""
    if row[i].word in _GROUP:
        return True
    after = i + 1
    while after < len(row) and row[after].word in {
        "al",
        "el",
        "bin",
        "ibn",
        "abu",
        "de",
        "van",
        "von",
        "ben",
    }:
        after += 1
    return after < len(row) and bool(_CAP.match(row[after].raw)) and row[after].word not in MONTHS


@lru_cache(maxsize=4096)
def _vocabulary(source: str) -> tuple[frozenset[str], frozenset[str], frozenset[int]]:
    """Words, acronyms made of consecutive initials, and name groups of a source text."""
    row = analyse(source).tokens
    found = frozenset(t.word for t in row)
    groups = {_GROUP[w] for w in found if w in _GROUP}
    for short, parts in _EXPANSIONS.items():
        pairs = itertools.pairwise(row)
        if any(a.word == parts[0] and b.word.startswith(parts[1]) for a, b in pairs):
            groups.add(_GROUP[short])
    initials = "".join(t.word[0] for t in row if t.word not in {"of", "the", "and", "for", "de", "la", "et"})
    full = "".join(t.word[0] for t in row)
    acronyms = {w for w in (initials, full) if w}
    return found, frozenset(acronyms), frozenset(groups)


def name_known(word: str, source: str, *, acronym: bool = False) -> bool:
    """Whether a name (one word of it) stands in a source text, in this spelling or a close one."""
    have, initials, groups = _vocabulary(source)
    if word in have or (word in _GROUP and _GROUP[word] in groups):
        return True
    if acronym and any(word in row for row in initials):
        return True
    if word.rstrip("s") in have or word + "s" in have:
        return True
    if _expansion_of(word, have):
        return True
    return any(_close(word, other) for other in have)


def _expansion_of(word: str, have: frozenset[str]) -> bool:
    """``United`` and ``States`` are there when ``us`` is."""
    return any(
        word in parts and (short in have or any(w in have for w in _GROUP if _GROUP[w] == _GROUP[short]))
        for short, parts in _EXPANSIONS.items()
        if short in _GROUP
    )


@lru_cache(maxsize=65536)
def _close(word: str, other: str) -> bool:
    """Transliterations (``Moqtada``/``Muqtada``) and demonyms (``Iraq``/``Iraqi``); never short words."""
    if word[:1] != other[:1] and word[-3:] != other[-3:]:
        return False
    shorter, longer = sorted((word, other), key=len)
    if len(shorter) >= 4 and longer.startswith(shorter) and len(longer) - len(shorter) <= 3:
        return True
    if min(len(word), len(other)) < 6:
        return len(word) >= 5 and len(word) == len(other) and _skeleton(word) == _skeleton(other)
    return OSA.distance(_skeleton(word), _skeleton(other), score_cutoff=1) <= (
        1 if min(len(word), len(other)) >= 8 else 0
    )


@lru_cache(maxsize=65536)
def _skeleton(word: str) -> str:
    """Consonants of a transliterated name: vowels and doubled letters are what spellings differ in."""
    plain = word.replace("q", "k").replace("ou", "u").replace("ph", "f").replace("dh", "d").replace("kh", "k")
    first = plain[:1] if plain[:1] not in "aeiouy" else "a"
    return first + re.sub(r"(.)\1+", r"\1", re.sub(r"[aeiouyh]", "", plain[1:]))


def name_problems(statement: str, sources: Sequence[str]) -> list[str]:
    """One problem per name of the statement that no source text carries."""
    missing: list[str] = []
    for token in name_tokens(analyse(statement)):
        if token.word.isdigit() or len(token.word) < 2:
            continue
        if not any(name_known(token.word, source, acronym=_acronym(token)) for source in sources):
            missing.append(token.raw)
    return [f"“{' '.join(missing)}” is not in the quotes"] if missing else []


# --------------------------------------------------------------------------- dates


@lru_cache(maxsize=8192)
def dates(text: str) -> tuple[Date, ...]:
    """Dates with a month, in order; bare years are left to the numbers."""
    row = analyse(text).tokens
    found: list[Date] = []
    for i, token in enumerate(row):
        month = MONTHS.get(token.word)
        if month is None or (token.word in _AMBIGUOUS_MONTHS and not _month_here(row, i)):
            continue
        before, after = _int(row, i - 1), _int(row, i + 1)
        if after is not None and after < 1000 and "," in text[token.end : row[i + 1].start]:
            after = None  # "in June, 20 more than in May"
        year = day = None
        if before is not None and 1 <= before <= 31:
            day = before
        if after is not None and 1 <= after <= 31 and day is None:
            day = after
            beyond = _int(row, i + 2) if _int(row, i + 2) is not None else _int(row, i + 3)
            year = beyond if beyond is not None and beyond >= 1000 else None
        elif after is not None and after >= 1000:
            year = after
        if day is None and token.word in {"th", "st"}:
            continue
        found.append(Date(year, month, day, token.raw))
    return tuple(found)


def _month_here(row: tuple[Token, ...], i: int) -> bool:
    if not _CAP.match(row[i].raw) and row[i].word not in {"mars", "mai"}:
        return False
    beside = (_int(row, i - 1), _int(row, i + 1))
    prior = row[i - 1].word if i else ""
    return any(n is not None for n in beside) or prior in {
        "in", "since", "until", "by", "last", "early", "late", "mid", "of", "en", "on", "th",
    }  # fmt: skip


def _int(row: tuple[Token, ...], i: int) -> int | None:
    if not 0 <= i < len(row):
        return None
    digits = re.match(r"\d+$", row[i].raw)
    return int(digits.group()) if digits and len(digits.group()) <= 4 else None


def date_problems(statement: str, sources: Iterable[str], published: Iterable[str]) -> list[str]:
    """Problems of each dated month of the statement against the quotes' dates and the metadata."""
    have = [d for source in sources for d in dates(source)]
    years = {int(y) for source in sources for y in re.findall(r"\b(?:1[89]|20)\d\d\b", source)}
    for stamp in published:
        parts = [int(p) for p in re.findall(r"\d+", stamp)]
        years.update(parts[:1])
        if len(parts) >= 2:
            have.append(Date(parts[0], parts[1], parts[2] if len(parts) > 2 else None, stamp))
    problems = []
    for wanted in dates(statement):
        if not any(_agrees(wanted, d, years) for d in have):
            problems.append(f"the date “{_printed(wanted)}” is not in the quotes")
    return problems


def _agrees(wanted: Date, have: Date, years: set[int]) -> bool:
    if wanted.month != have.month:
        return False
    if wanted.day is not None and wanted.day != have.day:
        return False
    if wanted.year is not None and have.year is not None:
        return wanted.year == have.year
    return wanted.year is None or wanted.year in years


def _printed(date: Date) -> str:
    return " ".join(str(p) for p in (date.day, date.raw, date.year) if p is not None)
