"""How long a whole answer takes, beside embedding its question: ``python -m eval.bench.latency --gold FILE``.

Every question is taken by turns: its text alone is embedded, then the whole answer is made, stored as for a
reader, with a model that has not seen the question.  Both happen within the same tenth of a second, so other
work on the machine slows both, and ``ratio`` (median answer over median embedding) stays what it is.
``stages`` shares the time of the answers out over what was at work, each without what it calls in turn.
The library given is copied; nothing is written into it.
"""

from __future__ import annotations

import argparse
import functools
import importlib
import json
import shutil
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.cases import GoldSet, load_gold
from rag.compose import build, make_embedder
from rag.embedding import SentenceTransformerEmbedder
from rag.settings import Settings

STAGES: tuple[tuple[str, str, str], ...] = (
    ("analyse", "rag.briefing", "standalone"),
    ("analyse", "rag.briefing", "analyse"),
    ("analyse", "rag.catalogue", "CatalogueCache.get"),
    ("analyse", "rag.retrieve", "build_query"),
    ("analyse", "rag.extractive.writer", "analyse"),
    ("analyse", "rag.extractive.writer", "build_query"),
    ("embed", "rag.embedding", "SentenceTransformerEmbedder.embed_queries"),
    ("lexical", "rag.records.lexical", "SqlLexical.search"),
    ("vectors", "rag.vectors", "ChromaVectors.search"),
    ("vectors", "rag.vectors", "ChromaVectors.search_sentences"),
    ("fuse", "rag.retrieve", "Retriever.gather"),
    ("candidates", "rag.extractive.writer", "candidates"),
    ("select", "rag.extractive.writer", "choose"),
    ("differ", "rag.extractive.writer", "disagreements"),
    ("refuse", "rag.extractive.writer", "missing"),
    ("refuse", "rag.extractive.writer", "ungrounded"),
    ("verify", "rag.briefing", "verify"),
    ("store", "rag.briefing", "Briefing._stored"),
    ("other", "rag.briefing", "Briefing.ask"),
)
"""What is timed as which stage: module, then the name in it."""


def main() -> int:
    """Measures and prints one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data-dir", type=Path, default=Settings().data_dir, help="the library to ask")
    parser.add_argument("--gold", type=Path, action="append", required=True, help="questions and conversations")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--once", action="store_true", help="as a command that runs once, not as the server")
    options = parser.parse_args()
    questions = questions_of(load_gold(options.gold))
    with tempfile.TemporaryDirectory(prefix="briefing-bench-") as folder:
        copy = Path(folder) / "data"
        shutil.copytree(options.data_dir, copy, ignore=shutil.ignore_patterns("cache"))
        result = measure(copy, questions * options.rounds, serving=not options.once)
    sys.stdout.write(json.dumps(result, indent=2) + "\n")
    return 0


def questions_of(gold: GoldSet) -> list[str]:
    """The questions of a gold set, each standing alone."""
    turns = [turn for conversation in gold.conversations for turn in conversation.turns]
    return [case.standalone_question or case.question for case in (*gold.questions, *turns)]


def measure(data: Path, questions: Sequence[str], *, serving: bool = True) -> dict[str, Any]:
    """Medians in milliseconds, their ratio, and each stage's share of the answers' time."""
    settings = Settings(data_dir=data)
    embedder = make_embedder(settings)
    alone = SentenceTransformerEmbedder(settings)
    briefing = build(settings, serving=serving, embedder=embedder)
    watch = Stopwatch()
    embedding: list[Took] = []
    whole: list[Took] = []
    try:
        briefing.warm()
        for question in questions[:3]:  # what is read once, is read now
            briefing.ask(question)
            alone.embed_query(question)
        with watch.over(STAGES):
            for question in questions:
                forget(alone)
                forget(embedder)
                embedding.append(took(functools.partial(alone.embed_query, question)))
                with watch:
                    whole.append(took(functools.partial(briefing.ask, question)))
    finally:
        briefing.close()
    total = sum(t.wall for t in whole)
    return {
        "questions": len(questions),
        "embed_p50_ms": round(statistics.median(t.wall for t in embedding), 2),
        "answer_p50_ms": round(statistics.median(t.wall for t in whole), 2),
        "answer_p95_ms": round(sorted(t.wall for t in whole)[int(0.95 * len(whole))], 2),
        "ratio": _ratio([t.wall for t in whole], [t.wall for t in embedding]),
        "ratio_processor": _ratio([t.processor for t in whole], [t.processor for t in embedding]),
        "stages": {
            name: round(1000 * spent / total, 3)
            for name, spent in sorted(watch.spent.items(), key=lambda pair: -pair[1])
        },
    }


@dataclass(frozen=True, slots=True)
class Took:
    """Milliseconds by the clock, and of the processor's (all threads)."""

    wall: float
    processor: float


def took(call: Callable[[], object]) -> Took:
    """How long a call takes."""
    wall, processor = time.perf_counter(), time.process_time()
    call()
    return Took(wall=1000 * (time.perf_counter() - wall), processor=1000 * (time.process_time() - processor))


def _ratio(above: Sequence[float], below: Sequence[float]) -> float:
    return round(statistics.median(above) / statistics.median(below), 2)


def forget(embedder: object) -> None:
    """Empties the cache of question vectors: a question is asked for the first time."""
    kept = getattr(embedder, "_queries", None)
    if kept is not None:
        kept.clear()


class Stopwatch:
    """Time by stage, each without the stages it calls."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self.spent: defaultdict[str, float] = defaultdict(float)
        self._stack: list[str] = []
        self._since = 0.0
        self._running = False

    def __enter__(self) -> None:
        """Counts from here."""
        self._running = True

    def __exit__(self, *_: object) -> None:
        """Counts no further."""
        self._running = False

    @contextmanager
    def over(self, stages: Sequence[tuple[str, str, str]]) -> Iterator[None]:
        """Times these functions while the block runs."""
        places = [(stage, *_place(module, name)) for stage, module, name in stages]
        kept = [(holder, name, getattr(holder, name)) for _, holder, name in places]
        try:
            for stage, holder, name in places:
                setattr(holder, name, self._timed(stage, getattr(holder, name)))
            yield
        finally:
            for holder, name, function in kept:
                setattr(holder, name, function)

    def _timed(self, stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def timed(*args: Any, **kwargs: Any) -> Any:
            if not self._running:
                return function(*args, **kwargs)
            self._turn(stage)
            try:
                return function(*args, **kwargs)
            finally:
                self._turn(None)

        return timed

    def _turn(self, stage: str | None) -> None:
        """The time since the last turn goes to the stage on top; then one is entered, or left for None."""
        now = self._clock()
        if self._stack:
            self.spent[self._stack[-1]] += now - self._since
        self._since = now
        if stage is None:
            self._stack.pop()
        else:
            self._stack.append(stage)


def _place(module: str, name: str) -> tuple[Any, str]:
    """The object that holds a name, and the name's last part."""
    holder: Any = importlib.import_module(module)
    *path, last = name.split(".")
    for part in path:
        holder = getattr(holder, part)
    return holder, last


if __name__ == "__main__":
    raise SystemExit(main())
