"""The head of a memo: the bottom line and the key judgements, chosen for what they judge and what bears them out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

import numpy as np

from rag.extractive.candidates import Candidate
from rag.extractive.pointing import hangs
from rag.lexicon import Lexicon
from rag.memo.choose import Chosen, Row
from rag.memo.evidence import Key, key
from rag.memo.judge import Basis, basis
from rag.memo.modality import Modality, judging, modality
from rag.memo.wording import Extract, body_of, opens_pointing
from rag.ports import Vectors
from rag.text import content_terms

Accept = Callable[[Candidate], Extract | None]

JUDGING, CORROBORATED = 0.05, 0.06
"""What a judging word and another source add to a sentence's fitness for a judgement."""
CENTRAL = 0.8
"""Weight of a sentence's mean cosine to the hearts of the sections: a bottom line speaks for them all."""
ELSEWHERE = 0.85
"""Score of a section's best sentence that the search for the subject did not find, as a share of that search's best."""
SERVING = 0.15
"""What being among the best of a section adds to a sentence's fitness for the bottom line."""
HEART = 5
"""Best sentences of a section whose mean is its heart."""
OUTLOOK = 0.2
"""What a sentence that says what may come of it gains where the task asks what may come."""
REPORTING = 0.12
"""What a bare report, without a judging word, loses."""
WORDY, EASY = 0.006, 30
"""Penalty per word beyond :data:`EASY`: the head of a memo is read in a corridor."""
REPEATED = 0.06
"""Penalty per judgement that its source has already."""
SUBSTANCE, MOST_SUBSTANCE = 0.02, 12
"""What each word beyond the topic's adds, up to so many: a head says something of its subject."""
CUE, CONTINUING = 0.08, 0.2
"""What a concluding opening or section adds, and what a mere continuation loses (Edmundson, "New Methods in
Automatic Extracting", J. ACM 16, 1969: cue words and location)."""
LEANING = 0.3
"""What a sentence loses that must take along the one before it, which may speak of something else."""
SAID = 0.8
"""Cosine to what the head says already from which a judgement only says it again."""
FITTING = 0.82
"""Least score, as a share of its section's best, of a key judgement."""
CLOSE = 0.3
MANY_WORDS, FEW_WORDS = 0.2, 0.04
"""Shares, by idf, of the subject's words: with one judgement above the first, one below the second is beside the
point."""
ASKED = 0.25
"""What answering a question of the task adds to a judgement."""
TOPICAL = 0.6
"""What having all words of the subject adds."""
"""Penalty per unit of cosine to what has been chosen."""
JUDGED_POOL = 15
"""Sentences of a section among which its key judgement is looked for."""
LEAD_POOL = 40
"""Sentences on the subject among which the bottom line is looked for, beside the sections' best."""
PAIR_WORDS = 42
"""A bottom line of one sentence so short takes a second, rather of another source, if there is room."""
APART, SAME_THOUGHT = 0.5, 0.72
"""Penalty of the second sentence per unit of cosine to the first, and the cosine at which it adds nothing."""
FRAME = 4
"""Words that the name of a source takes."""
SECOND = 0.85
"""Least fitness of the second sentence, as a share of the best."""
POOL = 200
"""Sentences of the evidence among which a judgement's basis is looked for."""


_COUNTED = re.compile(
    r"\b(?:estimates?|statistics|data|figures|polls?|surveys?|reports?) (?:\w+ ){0,6}?"
    r"(?:show|suggest|indicate|highlight)s?\b|"
    r"^(?:There (?:are|were)|(?:About|Around|Over|More than|Some|Nearly) \d)",
    re.IGNORECASE,
)
"""What gives a count, whatever its verb: a figure for the ledger, no judgement."""
_OUTCOME = re.compile(
    r"\b(?:could|may|might|would|will|likely to|threatens? to|risks? \w+ing|(?:lead|leads|led) to|results? in)\b",
    re.IGNORECASE,
)
_CONCLUDING = re.compile(
    r"^(?:In (?:conclusion|sum|short)|Overall|Ultimately|Therefore|Thus|Consequently|To conclude|In general|Any)\b",
    re.IGNORECASE,
)
_CONTINUING = re.compile(
    r"^(?:Additionally|Furthermore|Moreover|Also|Besides|In addition|However|For (?:example|instance)|Similarly|"
    r"Meanwhile|In this context|This|These|Such|That|Another|Many of|Most of|Some of)\b",
    re.IGNORECASE,
)
_CONCLUSION = re.compile(
    r"\b(?:abstract|(?:executive )?summary|conclusions?|findings|key (?:points|messages)|résumé|synthèse)\b|"
    r"خاتمة|خلاصة|ملخص",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A sentence chosen for a key judgement or the bottom line, with what carries it."""

    item: Extract
    basis: Basis


@dataclass(slots=True, kw_only=True)
class Head:
    """Chooses the head of one memo.

    ``topic`` are the stems of all that it asks about, ``named`` those of its subject alone; ``outlook`` is true
    when the task asks what may come; ``extended`` takes along the next sentence where it goes on with what a
    stretch names.
    """

    chosen: Chosen
    accept: Accept
    pool: Sequence[Candidate]
    lexicon: Lexicon
    topic: frozenset[str]
    outlook: bool
    named: frozenset[str] = frozenset()
    extended: Callable[[Extract, int], Extract] = lambda item, longest: item
    _bases: dict[Key, Basis] = field(default_factory=dict)
    _most_topical: float | None = None

    def bottom_line(
        self, lead: Sequence[Row], sections: Sequence[Sequence[Row]], words: int, kept: Collection[Key] = ()
    ) -> tuple[Judged, ...]:
        """The sentence that judges most and speaks for most sections; a second one when both are short.

        Args:
            kept: sentences that the sections keep for themselves, unless one is the very answer.
        """
        hearts = np.stack([_heart(rows) for rows in sections if rows]) if any(sections) else None
        ranked: list[tuple[float, Candidate]] = []
        known: dict[Key, Row] = {}
        best_of = _best_of(sections)
        for place, row in enumerate(lead):
            if place < LEAD_POOL or key(row[1]) in best_of:
                known.setdefault(key(row[1]), row)
        if lead:  # what a section's own search found better
            for candidate in (c for rows in sections for _, c in rows[:HEART]):
                score = ELSEWHERE * best_of[key(candidate)] * lead[0][0]
                known[key(candidate)] = max(
                    (score, candidate), known.get(key(candidate), (0.0, candidate)), key=lambda row: row[0]
                )
        for score, candidate in known.values():
            central = float(np.mean(hearts @ candidate.vector)) if hearts is not None else 0.0
            ranked.append((score + CENTRAL * central + SERVING * best_of.get(key(candidate), 0.0), candidate))
        first = self._best(ranked, words)
        if first is None:
            return ()
        room = words - first.item.words
        if first.item.words > PAIR_WORDS or room < EASY // 2:
            return (first,)
        best = max((s for s, _ in ranked), default=0.0)
        own = first.item.candidate.document_id
        said = first.item.candidate.vector
        rows = [
            (s - REPEATED * (c.document_id == own) - APART * float(said @ c.vector), c)
            for s, c in ranked
            if s >= SECOND * best and float(said @ c.vector) < SAME_THOUGHT and key(c) not in kept
        ]
        second = self._best(rows, room - FRAME)
        return (first, second) if second else (first,)

    def judgements(
        self,
        sections: Sequence[Sequence[Row]],
        most: int,
        words: int,
        kept: Collection[Key] = (),
        asked: Collection[int] = (),
    ) -> list[Judged]:
        """The best judgement of each of the ``most`` sections that have the best ones, in their order.

        Bare reports are left to the sections; they stand here only where no sentence judges.

        Args:
            kept: sentences that the sections keep for themselves.
            asked: places of the sections that answer a question of the task.
        """
        found = self._judgements(sections, most, words, kept, asked, reports=False)
        found = found or self._judgements(sections, most, words, kept, asked, reports=True)
        return [judged for _, judged in sorted(found, key=lambda f: f[0])]

    def _judgements(
        self,
        sections: Sequence[Sequence[Row]],
        most: int,
        words: int,
        kept: Collection[Key],
        asked: Collection[int],
        *,
        reports: bool,
    ) -> list[tuple[int, Judged]]:
        """Judgements with the places of their sections, the best first."""
        found: list[tuple[int, Judged]] = []
        counts: Counter[str] = Counter()
        left = set(range(len(sections)))
        while left and len(found) < most:
            rows = [
                (score + ASKED * (n in asked) - REPEATED * counts[c.document_id], n, c)
                for n in left
                for score, c in sections[n][:JUDGED_POOL]
                if score >= FITTING * sections[n][0][0]
                and key(c) not in kept
                and self.chosen.nearest(c) < SAID
                and (reports or not _bare_report(c.text))
            ]
            best = self._best([(s, c) for s, _, c in rows], words)
            if best is None:
                break
            place = key(best.item.candidate)
            at = max((s, -n) for s, n, c in rows if key(c) == place)
            found.append((-at[1], best))
            left.discard(-at[1])
            counts[best.item.candidate.document_id] += 1
        return found

    def _best(self, rows: Sequence[Row], longest: int) -> Judged | None:
        ranked: list[tuple[float, Extract, Basis]] = []
        for score, candidate in rows:
            if candidate.word_count > longest or modality(candidate.text) is Modality.PROPOSED:
                continue
            item = self.accept(candidate)
            if item is None or not self._stands(item, longest):
                continue
            place = key(candidate)
            if place not in self._bases:
                self._bases[place] = basis(candidate, self.pool[:POOL], self.lexicon, self.topic)
            found = self._bases[place]
            ranked.append((score + self._worth(item, found), item, found))
        ranked = self._on_subject(ranked)
        if not ranked:
            return None
        _, item, found = min(ranked, key=lambda r: (-r[0], *key(r[1].candidate)))
        item = self.extended(item, longest)
        self.chosen.add(item)
        return Judged(item=item, basis=found)

    def _on_subject(self, ranked: list[tuple[float, Extract, Basis]]) -> list[tuple[float, Extract, Basis]]:
        """Without what has next to none of the subject's words, where anything of the evidence has many of them."""
        if self._most_topical is None:
            self._most_topical = max((self._share(c.text, c) for c in self.pool[:POOL]), default=0.0)
        shares = [self._topical(item) for _, item, _ in ranked]
        if max([self._most_topical, *shares]) < MANY_WORDS:
            return ranked
        return [row for row, share in zip(ranked, shares, strict=True) if share >= FEW_WORDS]

    def _stands(self, item: Extract, longest: int) -> bool:
        """Whether a stretch may stand at the head of a memo, before everything that could explain it."""
        if item.words > longest + 6 or self.chosen.taken(item):
            return False
        body = body_of(item)
        if hangs(body, self.topic) or opens_pointing(body, self.topic):
            return False
        return modality(item.text) is not Modality.PROPOSED

    def _worth(self, item: Extract, found: Basis) -> float:
        worth = JUDGING * judging(item.text) + CORROBORATED * min(2, len(found.agreeing))
        own = set(content_terms(item.text)) - self.topic
        worth += SUBSTANCE * min(MOST_SUBSTANCE, len(own)) + _cue(item)
        worth += TOPICAL * self._topical(item)
        worth -= CLOSE * self.chosen.nearest(item.candidate) + WORDY * max(0, item.candidate.word_count - EASY)
        worth -= LEANING * (item.start < item.candidate.sentence.start)
        if _bare_report(item.text):
            worth -= REPORTING
        return worth + (OUTLOOK if self.outlook and _OUTCOME.search(item.text) else 0.0)

    def _topical(self, item: Extract) -> float:
        """Share, by idf, of the subject's words in a stretch or the heading above it."""
        return self._share(body_of(item), item.candidate)

    def _share(self, text: str, candidate: Candidate) -> float:
        whole = sum(self.lexicon.idf(t) for t in self.named)
        said = set(content_terms(" ".join((text, *candidate.hit.passage.section[-1:]))))
        return sum(self.lexicon.idf(t) for t in self.named & said) / whole if whole else 0.0


def _bare_report(text: str) -> bool:
    """True for a fact that is told and not weighed, or for a count."""
    return modality(text) is Modality.FACT and (not judging(text) or _COUNTED.search(text) is not None)


def _cue(item: Extract) -> float:
    """What the opening and the section of a stretch say of its rank."""
    if _CONTINUING.match(item.text):
        return -CONTINUING
    concluding = any(_CONCLUSION.search(title) for title in item.candidate.hit.passage.section)
    return CUE if concluding or _CONCLUDING.match(item.candidate.text) else 0.0


def _best_of(sections: Sequence[Sequence[Row]]) -> dict[Key, float]:
    """The best sentences of the sections, each with its score as a share of its section's best."""
    shares: dict[Key, float] = {}
    for rows in sections:
        for score, candidate in rows[:HEART]:
            share = score / rows[0][0]
            shares[key(candidate)] = max(share, shares.get(key(candidate), 0.0))
    return shares


def _heart(rows: Sequence[Row]) -> Vectors:
    mean = np.mean([c.vector for _, c in rows[:HEART]], axis=0)
    return np.asarray(mean / (float(np.linalg.norm(mean)) or 1.0), dtype=np.float32)
