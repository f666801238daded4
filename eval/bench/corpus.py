"""Invented small reports, as many as wanted, the same for the same numbers."""

from __future__ import annotations

import random
from pathlib import Path

_WHO = "the harbour board;the ferry guild;the lake council;the northern towns;the grain traders;the pilots".split(";")
_DOES = "expects;doubts;reports;denies;plans;fears;welcomes;measures".split(";")
_WHAT = (
    "a longer pier;fewer crossings in fog;a rise in tolls;repairs on the old cranes;a second ferry line;"
    "cheaper grain;a dispute over berths;new rules for pilots;a loan for the breakwater;less silt in the channel"
).split(";")
_WHEN = "before spring;within two years;after the vote;by the end of 2026;once money is found;in every case".split(";")
_TOPIC = "Piers;Crossings;Tolls;Cranes;Grain;Pilots;Loans;Silt".split(";")


def sentence(rng: random.Random) -> str:
    """One sentence of about twenty words, with a number."""
    first = f"In view of {rng.randint(11, 989)} {rng.choice(('ships', 'tons', 'letters', 'loads', 'days'))}"
    return (
        f"{first}, {rng.choice(_WHO)} {rng.choice(_DOES)} {rng.choice(_WHAT)} {rng.choice(_WHEN)}, "
        f"while {rng.choice(_WHO)} {rng.choice(_DOES)} {rng.choice(_WHAT)}."
    )


def report(seed: int, paragraphs: int, *, per: int = 6) -> str:
    """A Markdown report: a title, and under each heading one paragraph of ``per`` sentences."""
    rng = random.Random(seed)  # noqa: S311 - invented text, no secret
    parts = [f"# Harbour Note {seed}", f"Author: Writer {seed}"]
    for number in range(paragraphs):
        parts.append(f"## {rng.choice(_TOPIC)} {number + 1}")
        parts.append(" ".join(sentence(rng) for _ in range(per)))
    return "\n\n".join(parts) + "\n"


def write(folder: Path, documents: int, paragraphs: int, *, seed: int = 0, per: int = 6) -> None:
    """Fills a folder with ``documents`` reports."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(documents):
        name = folder / f"note-{seed + number:05d}.md"
        name.write_text(report(seed + number, paragraphs, per=per), encoding="utf-8")
