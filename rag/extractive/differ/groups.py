# ruff: noqa: E501 - word tables and patterns
"""Who belongs where: one source puts X into this group, another into its opposite."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from rag.extractive.differ.said import Said, keys_of
from rag.support.names import name_known
from rag.support.polarity import exclusives, negative_twin, rivals
from rag.support.tokens import analyse

_POLES: tuple[tuple[frozenset[str], frozenset[str]], ...] = tuple(
    (keys_of(one), keys_of(other))
    for one, other in (
        (
            "moderate peaceful nonviolent legal lawful law courts politics political parliamentary negotiation dialogue "
            "pragmatic bargainers bargaining doves reformist",
            "hardline hardliners radical extremist violent violence armed weapons sabotage militant terrorist force "
            "hawks doctrinal jihadist",
        ),
        ("ally allied friend friendly loyal pro-government supporters", "enemy opponent hostile rebel opposition anti-government"),
        ("public state governmental", "private independent non-governmental"),
        ("exporting exporter exporters export exports", "importing importer importers import imports"),
        ("winners beneficiaries gain", "losers victims lose"),
        ("permanent", "temporary"),
        ("safe", "unsafe dangerous"),
        ("democratic", "authoritarian autocratic"),
        ("developed rich", "developing poor"),
        ("formal official", "informal unofficial"),
        ("national domestic local", "foreign external"),
    )
)  # fmt: skip
_LIST = re.compile(
    r"^(?P<group>[^:]{2,140}?)(?:\s+(?:notably |also |mainly )?(?:includes?|including|comprises?|consists? of|contains?|such as|"
    r"is made up of|are made up of)\s+|:\s+|\s+\|\s+)(?P<members>.+)$",
    re.IGNORECASE,
)
_BELONGS = re.compile(
    r"^(?P<members>.{2,90}?)\s+(?:belongs? (?:to|in|with)|(?:is|are) (?:part of|among|one of|counted among|classed among|classed with)|"
    r"counts? among|falls? (?:into|under)|sits? with)\s+(?P<group>.+)$",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r"\b(?:counts?|counted|places?|puts?|ranks?|classe?s|lists?|sees?|includes?)\s+(?P<members>.{2,80}?)\s+"
    r"(?:among|with|in|into|under|as)\s+(?P<group>.+)$",
    re.IGNORECASE,
)
_IS = re.compile(r"^(?P<members>(?:The\s+|Lake\s+)?[^,;:]{2,60}?)\s+(?:is|are|remains?)\s+(?:an?|the)\s+(?P<group>[^,;:]{3,60})[.]?$")
_SPLIT = re.compile(r"\s*(?:,|;|\band\b|\bas well as\b|\|)\s*")
_HERE = re.compile(r"\bbelongs? here\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Membership:
    """A member's name tokens and the keys of the group it is put into."""

    member: str
    words: tuple[str, ...]
    group: frozenset[str]
    label: str


@lru_cache(maxsize=8192)
def memberships(said: Said) -> tuple[Membership, ...]:
    """Who is put where by a sentence."""
    if _HERE.search(said.text) and said.before:
        return tuple(_here(said))
    found: list[Membership] = []
    for pattern in (_LIST, _BELONGS, _COUNTED, _IS):
        match = pattern.search(said.text)
        if not match:
            continue
        label = match["group"].strip()
        if label.lower() in {"it", "they", "this", "these"}:
            label = said.before
        group = frozenset(t.key for t in analyse(label).tokens if t.content)
        for item in _SPLIT.split(match["members"].strip(" .”\"“")):
            words = _name(item, least=1 if pattern is _IS else 2 if pattern is _BELONGS else 0)
            if words:
                found.append(Membership(item.strip(" .“”\""), words, group, label))
        break
    return tuple(found)


def _here(said: Said) -> list[Membership]:
    """``X belongs here``: into what the sentences before, or the heading, speak of."""
    label = f"{said.heading}: {said.before}" if said.heading else said.before
    group = frozenset(t.key for t in analyse(label).tokens if t.content)
    found = []
    for item in _SPLIT.split(_HERE.sub(",", said.text).strip(" .")):
        words = tuple(t.word for t in analyse(item).tokens if t.raw[:1].isupper() and t.content and len(t.word) > 2)
        if words:
            found.append(Membership(item.strip(), words, group, label))
    return found


def _name(item: str, *, least: int) -> tuple[str, ...]:
    """The words of a name; a plain noun phrase is one only as a subject, of ``least`` words (0: never)."""
    row = [t for t in analyse(item.strip()).tokens if t.content and len(t.word) > 2]
    if not 0 < len(row) <= 7:
        return ()
    named = [t for t in row if t.raw[:1].isupper()]
    if len(named) >= max(1, len(row) - 1):
        return tuple(t.word for t in named)
    return tuple(t.word for t in row) if least and len(row) >= least else ()


def classified_apart(a: Said, b: Said) -> str | None:
    """The member that the two put into opposite groups, or None."""
    for mine in memberships(a):
        for theirs in memberships(b):
            if _one_member(mine, theirs) and opposed(mine.group, theirs.group):
                return mine.member if len(mine.member) <= len(theirs.member) else theirs.member
    return None


def _one_member(mine: Membership, theirs: Membership) -> bool:
    """Every word of the shorter name stands in the longer one, in any spelling."""
    short, long = sorted((mine, theirs), key=lambda m: len(m.words))
    return all(name_known(w, " ".join(long.words)) for w in short.words) and 2 * len(short.words) >= len(long.words)


def opposed(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two groups exclude each other by what they are called."""
    if not one or not other:
        return False
    for left, right in _POLES:
        if (one & left and other & right and not one & right and not other & left) or (
            one & right and other & left and not one & left and not other & right
        ):
            return True
    only, there = one - other, other - one
    return any(exclusives().get(k, frozenset()) & there or rivals().get(k, frozenset()) & there for k in only) or any(
        negative_twin(k) & other or any(k in negative_twin(o) for o in other) for k in one
    )

