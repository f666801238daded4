"""Names that mean the same: transliterations, acronyms, demonyms, capitals that stand for governments.

For search (:meth:`AliasTable.expansions`) and for comparing names when a statement is checked
(:meth:`AliasTable.canonical`); quotes never see it.  Sources, in the order they are merged: the
seeds in ``rag/data``, the user's own file, and acronyms that the library's texts expand themselves.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from rapidfuzz import fuzz

from rag.acronyms import acronyms
from rag.arabic import bare, forms
from rag.errors import SettingsError
from rag.text import STOPWORDS, is_arabic, word_spans
from rag.types import AliasGroup

__all__ = ["AliasTable", "Expansion", "acronyms"]

_DATA = Path(__file__).parent / "data"


class _Kind(StrEnum):
    NAME = "name"
    DEMONYM = "demonym"
    CAPITAL = "capital"
    RELATED = "related"
    RELATED_BY = "related by another name"  # looked up, never offered


_WEIGHTS = {
    (_Kind.NAME, _Kind.NAME): 1.0,
    (_Kind.NAME, _Kind.DEMONYM): 0.9,
    (_Kind.DEMONYM, _Kind.NAME): 0.9,
    (_Kind.DEMONYM, _Kind.DEMONYM): 0.95,
    (_Kind.RELATED, _Kind.RELATED): 0.6,
    (_Kind.RELATED_BY, _Kind.RELATED): 0.6,
    (_Kind.NAME, _Kind.CAPITAL): 0.5,
    (_Kind.CAPITAL, _Kind.NAME): 0.5,
}

# Short acronyms that are also words: only upper case means the acronym.  Two letters always do.
_WORDLIKE = frozenset("who sam mod act aid air arm fed met pin cor moi".split())
# Names that are other words in lower case.
_CAPITALISED = frozenset(
    "pole poles polish swede swedes finn finns dane danes scot scots trump bush fed lao sham".split()
)
_US_NOUNS = frozenset(
    """troops troop forces force soldiers soldier military army marines navy airstrike airstrikes strikes
    strike bases base personnel advisers advisors government administration president congress embassy
    sanctions policy officials official invasion occupation withdrawal presence ambassador dollar dollars
    drone drones led backed""".split()
)
_MARKS = re.compile(r"[\u064b-\u065f\u0670\u0640]")
_ELISION = re.compile(r"(?<!\w)(?:[ldnsjcmt]|qu)['’](?=\w)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Expansion:
    """A name found in a question and others to look for in its place.

    ``weight``: 1.0 another name of the same, 0.95 demonym for demonym, 0.9 demonym for country or
    back, 0.6 related, 0.5 capital for country or back.  ``matched == question[start:end]``.
    """

    matched: str
    alternatives: tuple[str, ...]
    weight: float
    start: int = 0
    end: int = 0


@dataclass(slots=True)
class _Group:
    """Members that belong together, the first name being the one to show."""

    members: list[tuple[str, _Kind]] = field(default_factory=list)
    origin: str = "shipped"

    @property
    def canonical(self) -> str:
        return self.members[0][0]


@dataclass(frozen=True, slots=True)
class _Entry:
    """A name as it is looked up: its words, and in which groups it stands as what."""

    tokens: tuple[str, ...]
    senses: tuple[tuple[int, _Kind, str], ...]


@dataclass(frozen=True, slots=True)
class _Token:
    forms: tuple[str, ...]
    surface: str
    start: int
    end: int


@dataclass(frozen=True)
class AliasTable:
    """Looks up names; build it with :meth:`load`."""

    _index: Mapping[str, tuple[_Entry, ...]]
    _groups: tuple[tuple[tuple[str, _Kind], ...], ...]
    _origins: tuple[str, ...] = ()

    @classmethod
    def load(cls, extra: Path | None = None, texts: Iterable[str] = ()) -> AliasTable:
        """Seeds, then the user's file (when it is there), then acronyms the texts expand.

        Args:
            extra: YAML list of lists of names that mean the same, such as ``[[PMF, Hashd]]``.
            texts: document texts that may say ``High Military Committee (HMC)``.

        Raises:
            SettingsError: names the file and the entry that is wrong.
        """
        builder = _Builder()
        for group in _seed_names("aliases.yaml"):
            builder.add([(name, _Kind.NAME) for name in group])
        for place in _seed_places():
            builder.add(_place_members(place, builder))
        for group in _seed_names("related.yaml"):
            builder.add(_related_members(group, builder), "related")
        if extra is not None and extra.exists():
            for names in read_groups(extra):
                builder.merge(names)
        for text in texts:
            for acronym, expansion in acronyms(text):
                builder.acronym(acronym, expansion)
        groups = tuple(tuple(g.members) for g in builder.groups)
        return cls(builder.index(), groups, tuple(g.origin for g in builder.groups))

    def groups(self) -> list[AliasGroup]:
        """All groups in force, in the order they were merged; without capitals and second names of related ones."""
        shown = (_Kind.NAME, _Kind.DEMONYM, _Kind.RELATED)
        return [
            AliasGroup(key="", names=tuple(name for name, kind in members if kind in shown), origin=origin)
            for members, origin in zip(self._groups, self._origins, strict=True)
            if members  # one that was merged into another is empty
        ]

    def expansions(self, question: str) -> list[Expansion]:
        """What else to look for, name by name from left to right, the longest name first."""
        found: list[Expansion] = []
        for entry, start, end in self._matches(question):
            found.extend(self._expand(entry, question[start:end], start, end))
        return found

    def canonical(self, name: str) -> str | None:
        """The one name shared by names that mean the same; None when unknown or ambiguous.

        Demonyms, capitals and related names are not the same: ``canonical("Washington")`` is the city.
        """
        for entry, start, end in self._matches(name):
            rest = name[:start] + name[end:]
            if any(w not in ("the", "al", "el") for w, _, _ in word_spans(rest)):
                return None
            groups = {group for group, kind, _ in entry.senses if kind is _Kind.NAME}
            return self._groups[groups.pop()][0][0] if len(groups) == 1 else None
        return None

    def _matches(self, text: str) -> Iterator[tuple[_Entry, int, int]]:
        tokens = _tokens(text)
        shouting = text.upper() == text and len(tokens) > 3
        at = 0
        while at < len(tokens):
            entry = self._longest(tokens, at, shouting)
            if entry is None:
                at += 1
                continue
            last = tokens[at + len(entry.tokens) - 1]
            yield entry, tokens[at].start, last.end
            at += len(entry.tokens)

    def _longest(self, tokens: Sequence[_Token], at: int, shouting: bool) -> _Entry | None:
        for form in tokens[at].forms:
            for entry in self._index.get(form, ()):
                window = tokens[at : at + len(entry.tokens)]
                if len(window) < len(entry.tokens) or not all(
                    wanted in token.forms for wanted, token in zip(entry.tokens, window, strict=True)
                ):
                    continue
                senses = tuple(s for s in entry.senses if _case_fits(s[2], window, shouting))
                if senses:
                    return _Entry(entry.tokens, senses)
        return None

    def _expand(self, entry: _Entry, matched: str, start: int, end: int) -> Iterator[Expansion]:
        by_weight: dict[float, dict[tuple[str, ...], str]] = defaultdict(dict)
        seen = {entry.tokens, _key(matched)}
        for group, kind, _ in entry.senses:
            for name, other in self._groups[group]:
                weight = _WEIGHTS.get((kind, other))
                if weight is not None:
                    by_weight[weight].setdefault(_key(name), name)
        for weight in sorted(by_weight, reverse=True):
            names = [name for key, name in by_weight[weight].items() if key not in seen]
            seen.update(by_weight[weight])
            if names:
                yield Expansion(matched, tuple(names), weight, start, end)


def _case_fits(name: str, window: Sequence[_Token], shouting: bool) -> bool:
    """Short acronyms are only meant in upper case; ``IS`` is a group, ``is`` a verb."""
    if len(window) > 1 or is_arabic(name):
        return True
    surface = window[0].surface
    letters = [c for c in name if c.isalpha()]
    if len(letters) <= 3 and sum(c.isupper() for c in letters) >= 2:
        if surface.casefold() == "us":
            return True  # _tokens has told the country from the pronoun
        if shouting:
            return surface.casefold() not in STOPWORDS
        if len(letters) == 2 or surface.casefold() in _WORDLIKE:
            return sum(c.isupper() for c in surface) >= 2
    if name.casefold() in _CAPITALISED:
        return surface[:1].isupper()
    return True


def _tokens(text: str) -> list[_Token]:
    """Folded words without articles; each with the forms it may be looked up under."""
    spans = _spans(_ELISION.sub(lambda m: " " * len(m.group()), text))
    found: list[_Token] = []
    for i, (word, start, end) in enumerate(spans):
        if word in ("al", "el", "the"):
            continue
        if word == "us" and _is_country(spans, i, text):
            word = "usa"
        options = forms(word) if is_arabic(word) else (word,)
        found.append(_Token(options, text[start:end], start, end))
    return found


def _spans(text: str) -> list[tuple[str, int, int]]:
    """Word spans; Arabic vowel marks, which would part a word, are read over."""
    if not _MARKS.search(text):
        return word_spans(text)
    kept = [i for i, char in enumerate(text) if not _MARKS.match(char)]
    spans = word_spans("".join(text[i] for i in kept))
    return [(word, kept[start], kept[end - 1] + 1) for word, start, end in spans]


def _is_country(spans: Sequence[tuple[str, int, int]], i: int, text: str) -> bool:
    """Whether a lower-case ``us`` is the United States: ``us troops``, ``us-led``, ``the us``."""
    following = spans[i + 1][0] if i + 1 < len(spans) else ""
    before = spans[i - 1][0] if i else ""
    return following in _US_NOUNS or before == "the" or text[spans[i][2] : spans[i][2] + 1] == "-"


@lru_cache(maxsize=16384)
def _key(name: str) -> tuple[str, ...]:
    """The words a name is kept under."""
    words = [w for w, _, _ in _spans(_ELISION.sub(" ", name)) if w not in ("al", "el", "the")]
    return tuple(bare(w) if is_arabic(w) else w for w in words)


class _Builder:
    """Collects groups before the table is frozen."""

    def __init__(self) -> None:
        self.groups: list[_Group] = []
        self._holders: dict[tuple[str, ...], list[int]] = defaultdict(list)

    def add(self, members: Iterable[tuple[str, _Kind]], origin: str = "shipped") -> None:
        """A group of its own."""
        self.groups.append(_Group(origin=origin))
        self._extend(len(self.groups) - 1, members)

    def names_with(self, name: str) -> list[str]:
        """All names of the groups in which ``name`` is a name."""
        groups = self._with_name(name)
        return [n for g in groups for n, kind in self.groups[g].members if kind is _Kind.NAME]

    def merge(self, names: Sequence[str]) -> None:
        """The user says that these are one: groups that hold any of them become one."""
        held = sorted({g for name in names for g in self._with_name(name)})
        members = [(name, _Kind.NAME) for name in names]
        if not held:
            self.add(members, "own")
            return
        first, *others = held
        for other in others:
            members.extend(self.groups[other].members)
            self._forget(other)
        self._extend(first, members)
        self.groups[first].origin = "own"

    def acronym(self, acronym: str, expansion: str) -> None:
        """A text expands its acronym; joins the group that knows either, unless meanings differ."""
        holders = self._with_name(expansion)
        if len(holders) == 1:
            self._extend(holders[0], [(acronym, _Kind.NAME)])
            return
        words = " ".join(_key(expansion))
        for group in self._with_name(acronym):
            names = [" ".join(_key(n)) for n, kind in self.groups[group].members if kind is _Kind.NAME]
            if any(fuzz.ratio(words, name) >= 88 for name in names):
                self._extend(group, [(expansion, _Kind.NAME)])
                return
        self.add([(expansion, _Kind.NAME), (acronym, _Kind.NAME)], "reports")

    def index(self) -> dict[str, tuple[_Entry, ...]]:
        """Entries by first word, the longest first."""
        senses: dict[tuple[str, ...], list[tuple[int, _Kind, str]]] = defaultdict(list)
        for number, group in enumerate(self.groups):
            for name, kind in group.members:
                for tokens in _variants(name, kind):
                    senses[tokens].append((number, kind, name))
        by_first: dict[str, list[_Entry]] = defaultdict(list)
        for tokens, meanings in senses.items():
            by_first[tokens[0]].append(_Entry(tokens, tuple(dict.fromkeys(meanings))))
        return {
            first: tuple(sorted(entries, key=lambda e: (-len(e.tokens), e.tokens)))
            for first, entries in by_first.items()
        }

    def _with_name(self, name: str) -> list[int]:
        return list(self._holders.get(_key(name), ()))

    def _extend(self, number: int, members: Iterable[tuple[str, _Kind]]) -> None:
        group = self.groups[number]
        known = {_key(name) for name, _ in group.members}
        for name, kind in members:
            key = _key(name)
            if key and key not in known:
                known.add(key)
                group.members.append((name, kind))
                if kind is _Kind.NAME:
                    self._holders[key].append(number)

    def _forget(self, number: int) -> None:
        for name, _ in self.groups[number].members:
            holders = self._holders.get(_key(name), [])
            if number in holders:
                holders.remove(number)
        self.groups[number].members.clear()


def _variants(name: str, kind: _Kind) -> Iterator[tuple[str, ...]]:
    """The key of a name and its plural, where it may have one (``drones``, ``MPs``).

    French demonyms, which are written small, get their feminine too (``irakienne``).
    """
    key = _key(name)
    if not key:
        return
    yield key
    *head, last = key
    shown = name.split()[-1]
    if kind is not _Kind.DEMONYM and not (shown[0].islower() or shown.isupper()):
        return
    if not last.isascii() or not last.isalpha():
        return
    endings = [] if last.endswith("s") else ["s"]
    if kind is _Kind.DEMONYM:
        endings += ["e", "es"] + (["ne", "nes"] if last.endswith("en") else [])
    for ending in endings:
        yield (*head, last + ending)
    if last.endswith("y"):
        yield (*head, last[:-1] + "ies")


# --------------------------------------------------------------------------- data


def read_groups(path: Path) -> list[list[str]]:
    """A YAML file that is a list of lists of names.

    Raises:
        SettingsError: the file is no YAML, or an entry is no list of two or more texts.
    """
    try:
        loaded = yaml.load(path.read_text(encoding="utf-8"), Loader=_loader())  # noqa: S506 - safe loader
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is not readable as YAML: {error}. Correct the file.") from error
    if loaded is None:
        return []
    if not isinstance(loaded, list):
        raise SettingsError(f"{path} must be a list of lists of names, not {type(loaded).__name__}.")
    return [_checked(path, number, entry) for number, entry in enumerate(loaded, start=1)]


def _checked(path: Path, number: int, entry: object) -> list[str]:
    if not isinstance(entry, list) or len(entry) < 2:
        raise SettingsError(
            f"{path}, entry {number}: {entry!r} must be a list of two or more names, such as [PMF, Hashd]."
        )
    for name in entry:
        if not isinstance(name, str) or not _key(name):
            raise SettingsError(
                f"{path}, entry {number}: {name!r} is no name; put it in quotes if it is meant as text."
            )
    return list(entry)


def _loader() -> Any:
    """The C loader, five times faster, where PyYAML was built with it."""
    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@lru_cache(maxsize=4)
def _seed_names(file: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(names) for names in read_groups(_DATA / file))


@lru_cache(maxsize=1)
def _seed_places() -> tuple[Mapping[str, Any], ...]:
    text = (_DATA / "places.yaml").read_text(encoding="utf-8")
    return tuple(yaml.load(text, Loader=_loader()))  # noqa: S506 - safe loader, packaged file


@lru_cache(maxsize=1)
def place_words() -> frozenset[str]:
    """Every folded word that names a place or its people, in any of our languages."""
    named: set[str] = set()
    for place in _seed_places():
        lists = [place.get(key) or [] for key in ("names", "demonyms", "ar", "fr")]
        for name in [place["name"], *(n for names in lists for n in names)]:
            named.update(word for word, _, _ in word_spans(name))
    return frozenset(named)


def _related_members(names: Sequence[str], builder: _Builder) -> list[tuple[str, _Kind]]:
    synonyms = [other for name in names for other in builder.names_with(name)]
    return [(n, _Kind.RELATED) for n in names] + [(n, _Kind.RELATED_BY) for n in synonyms]


def _place_members(place: Mapping[str, Any], builder: _Builder) -> list[tuple[str, _Kind]]:
    names = [place["name"], *place.get("names", ()), *place.get("ar", ()), *place.get("fr", ())]
    members = [(name, _Kind.NAME) for name in names]
    members += [(name, _Kind.DEMONYM) for name in place.get("demonyms", ())]
    capital = place.get("capital")
    if capital:
        members += [(name, _Kind.CAPITAL) for name in dict.fromkeys((capital, *builder.names_with(capital)))]
    return members
