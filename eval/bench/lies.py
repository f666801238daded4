"""A language model that lies on purpose: ``python -m eval.bench.lies --answers 1000 [--gold FILE]``.

Every answer holds one lie and the true sentence it was made from, drawn from the passages found for a question, and
goes the whole way of an answer.  Counted by kind of lie: shown as verified (a defect), flagged, or cut; and how many of
the true sentences were believed, since a checker that believes nothing catches every lie.  The seed is fixed: equal
libraries give equal lies.  The exit status is 1 when a lie was shown as verified.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import shutil
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from eval.bench.latency import questions_of
from eval.cases import load_gold
from rag.briefing import Briefing
from rag.compose import build
from rag.ports import Embedder, WriteRequest
from rag.settings import Settings
from rag.types import Draft, DraftQuote, DraftStatement, Hit, PassageKind, Support

SEED = 20250614
_NUMBER = re.compile(r"(?<![\w.,])\d[\d,]*(?![\w,]*\d)")
_YEAR = re.compile(r"\b(?:19|20)\d{2}\b")
_HEDGE = re.compile(r"\b(?:may|might|could)\b(?! \d)")
_OPINION = re.compile(
    r"^(?P<who>[A-Z][^,;:()]{2,60}?) (?:argues?|argued|believes?|believed|claims?|claimed|warns?|warned|holds?|says?|"
    r"said|suggests?|suggested|alleges?|alleged|predicts?|predicted|thinks?) that (?P<what>.{25,})$"
)
_AUXILIARY = re.compile(
    r"\b(?P<verb>is|are|was|were|has|have|had|will|would|can|could|may|should)\b(?! (?:not|no|never|only)\b)"
)
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]{3,}(?: [A-Z][a-z]{3,})*")
_SOME = re.compile(r"\b(?:some|most|many|several|few)\b(?= [a-z])")
_OPPOSITE = {
    "increased": "decreased", "increase": "decrease", "rose": "fell", "fell": "rose", "higher": "lower",
    "lower": "higher", "more": "fewer", "before": "after", "after": "before", "supports": "opposes",
    "rejected": "accepted", "first": "last", "strengthen": "weaken", "weaken": "strengthen", "largest": "smallest",
}  # fmt: skip
_TURNED = re.compile(rf"\b(?:{'|'.join(_OPPOSITE)})\b")


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence of a hit."""

    hit: Hit
    text: str


Lie = Callable[[random.Random, Told, Told], DraftStatement | None]
"""From a true sentence and a strange one, of another document: a lie, or None where it does not lend itself."""


def _quoted(told: Told, text: str, *, quote: str | None = None, passage: str | None = None) -> DraftStatement:
    claimed = DraftQuote(passage_id=passage or told.hit.passage.id, quote=quote or told.text)
    return DraftStatement(text=text, quotes=(claimed,))


def _replaced(pattern: re.Pattern[str], put: Callable[[re.Match[str]], str]) -> Lie:
    """The true quote under a statement in which one match is something else."""

    def lie(rng: random.Random, true: Told, _strange: Told) -> DraftStatement | None:
        found = list(pattern.finditer(true.text))
        if not found:
            return None
        match = rng.choice(found)
        text = true.text[: match.start()] + put(match) + true.text[match.end() :]
        return _quoted(true, text) if text != true.text else None

    return lie


def _invented(rng: random.Random, true: Told, strange: Told) -> DraftStatement | None:
    mine, theirs = true.text.split(), strange.text.split()
    text = " ".join([*mine[: len(mine) // 2], *theirs[len(theirs) // 2 :]])
    return _quoted(true, text, quote=text)


def _other_name(rng: random.Random, true: Told, strange: Told) -> DraftStatement | None:
    mine = _NAME.findall(true.text)
    near = {w[:4] for w in re.findall(r"\w+", true.text)}  # Iraq for Iraqi is bad grammar, no lie
    theirs = [n for n in _NAME.findall(strange.text) if not near & {w[:4] for w in n.split()}]
    if not mine or not theirs:
        return None
    return _quoted(true, true.text.replace(rng.choice(mine), rng.choice(theirs), 1))


def _wrong_author(rng: random.Random, true: Told, strange: Told) -> DraftStatement | None:
    meta, own = strange.hit.document.metadata, true.hit.document.metadata
    name = meta.publisher or next(iter(meta.authors), None)
    if name is None or name in (own.publisher, *own.authors) or name.split()[0] in true.text:
        return None
    return _quoted(true, f"According to {name}, {true.text[0].lower()}{true.text[1:]}")


def _opinion(rng: random.Random, true: Told, strange: Told) -> DraftStatement | None:
    match = _OPINION.match(true.text)
    return _quoted(true, match["what"][0].upper() + match["what"][1:]) if match else None


def _joined(rng: random.Random, true: Told, strange: Told) -> DraftStatement:
    return _quoted(true, f"{true.text.rstrip('.')}, and {strange.text[0].lower()}{strange.text[1:]}")


LIES: dict[str, Lie] = {
    "invented quote": _invented,
    "changed number": _replaced(_NUMBER, lambda m: str(int(m[0].replace(",", "") or 0) + 7)),
    "changed year": _replaced(_YEAR, lambda m: str(int(m[0]) - 3)),
    "dropped hedge": _replaced(_HEDGE, lambda m: "will"),
    "wrong author": _wrong_author,
    "opinion as fact": _opinion,
    "unknown source": lambda rng, true, strange: _quoted(
        true, true.text, passage=f"{true.hit.passage.document_id}:{10**7 + rng.randrange(99)}-{10**7 + 99}"
    ),
    "another document's quote": lambda rng, true, strange: _quoted(true, strange.text, quote=strange.text),
    "a quote beside the point": lambda rng, true, strange: _quoted(strange, true.text),
    "negation": _replaced(_AUXILIARY, lambda m: f"{m['verb']} not"),
    "dropped negation": _replaced(re.compile(r"\b(?:not|never|no longer) "), lambda m: ""),
    "another name": _other_name,
    "all for some": _replaced(_SOME, lambda m: "all"),
    "the opposite": _replaced(_TURNED, lambda m: _OPPOSITE[m[0]]),
    "a claim added": _joined,
}
"""By kind; each kind gets its turn."""


@dataclass(slots=True)
class Liar:
    """An :class:`rag.ports.AnswerWriter` that tells one lie and one truth an answer."""

    rng: random.Random
    kinds: Iterator[str]
    name: str = "liar"
    kind: str = ""
    lie: DraftStatement | None = None
    truth: DraftStatement | None = None

    def write(self, request: WriteRequest) -> Draft:
        """The next kind of lie about the passages found; no statement where they do not lend themselves."""
        self.kind, self.lie, self.truth = next(self.kinds), None, None
        sentences = list(_sentences(request.hits))
        self.rng.shuffle(sentences)
        for true in sentences:
            strange = next((s for s in sentences if s.hit.document.id != true.hit.document.id), None)
            if strange is None or (lie := LIES[self.kind](self.rng, true, strange)) is None:
                continue
            self.lie = lie
            self.truth = _quoted(true, true.text) if lie.text != true.text else None  # a false proof of true words
            return Draft(statements=(lie, self.truth) if self.truth else (lie,), writer=self.name)
        return Draft(writer=self.name)

    def stream(self, request: WriteRequest) -> Iterator[DraftStatement | Draft]:
        """The draft, statement by statement."""
        draft = self.write(request)
        yield from draft.statements
        yield draft


def _sentences(hits: Sequence[Hit]) -> Iterator[Told]:
    """Whole sentences of running text; the last words of a statement must not be a colon's."""
    for hit in hits:
        if hit.passage.kind is not PassageKind.BODY:
            continue
        for s in hit.passage.sentences:
            text = hit.passage.text[s.start - hit.passage.start : s.end - hit.passage.start]
            if 6 <= len(text.split()) <= 60 and text[0].isupper() and text.endswith(".") and "\n" not in text:
                yield Told(hit, text)


@dataclass(slots=True)
class Tally:
    """What became of the lies, by kind, and of the truths beside them."""

    counts: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    truths: Counter[str] = field(default_factory=Counter)
    believed: list[dict[str, str]] = field(default_factory=list)


def tell(desk: Briefing, liar: Liar, questions: Sequence[str], answers: int) -> Tally:
    """Asks until so many lies were told, or no question lends itself any more."""
    tally = Tally()
    for number in range(4 * answers):
        answer = desk.ask(questions[number % len(questions)])
        if liar.lie is None:
            continue
        shown = {s.text: s.support for s in answer.statements}
        fate = {None: "cut", Support.FLAGGED: "flagged", Support.VERIFIED: "verified"}[shown.get(liar.lie.text)]
        tally.counts[liar.kind][fate] += 1
        if fate == "verified":
            quote = liar.lie.quotes[0].quote
            tally.believed.append({"kind": liar.kind, "statement": liar.lie.text, "quote": quote})
        if liar.truth is not None:
            tally.truths["verified" if shown.get(liar.truth.text) is Support.VERIFIED else "doubted"] += 1
        if sum(sum(c.values()) for c in tally.counts.values()) == answers:
            break
    return tally


def run(data: Path, questions: Sequence[str], answers: int, *, embedder: Embedder | None = None) -> Tally:
    """The whole bench on a library."""
    rng = random.Random(SEED)  # noqa: S311 - the same lies each time
    names = list(LIES)
    liar = Liar(rng=rng, kinds=(names[i % len(names)] for i in range(10**9)))
    desk = build(Settings(data_dir=data), writer=liar, embedder=embedder, keep_answers=False, serving=True)
    try:
        return tell(desk, liar, questions or desk.suggestions(), answers)
    finally:
        desk.close()


def main() -> int:
    """Tells the lies and prints what became of them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data-dir", type=Path, default=Settings().data_dir, help="the library to lie about")
    parser.add_argument("--gold", type=Path, action="append", default=[], help="questions; else the suggestions")
    parser.add_argument("--answers", type=int, default=1000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    questions = questions_of(load_gold(options.gold)) if options.gold else []
    with tempfile.TemporaryDirectory(prefix="briefing-bench-") as folder:
        copy = Path(folder) / "data"
        shutil.copytree(options.data_dir, copy, ignore=shutil.ignore_patterns("cache"))
        tally = run(copy, questions, options.answers)
    sys.stdout.write(json.dumps(as_json(tally), ensure_ascii=False, indent=2) if options.json else as_text(tally))
    return 1 if tally.believed else 0


def as_json(tally: Tally) -> dict[str, object]:
    """The tally as plain data."""
    lies = {kind: dict(counts) for kind, counts in tally.counts.items()}
    return {"lies": lies, "truths": dict(tally.truths), "believed": tally.believed}


def as_text(tally: Tally) -> str:
    """A table, and every lie that was believed."""
    fates = ("verified", "flagged", "cut")
    lines = [f"{'lie':<26}" + "".join(f"{f:>10}" for f in fates)]
    total: Counter[str] = Counter()
    for kind, counts in tally.counts.items():
        lines.append(f"{kind:<26}" + "".join(f"{counts[f]:>10}" for f in fates))
        total += counts
    lines.append(f"{'all':<26}" + "".join(f"{total[f]:>10}" for f in fates))
    lines.append(f"true sentences beside them: {tally.truths['verified']} verified, {tally.truths['doubted']} doubted")
    lines += [f"\nBELIEVED ({b['kind']}): {b['statement']}\n    quote: {b['quote']}" for b in tally.believed]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    raise SystemExit(main())
