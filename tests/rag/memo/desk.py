"""A small library of invented reports and a Briefing over it, without a model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rag.briefing import Briefing
from rag.compose import build, open_parts
from rag.fakes import HashEmbedder, add_documents
from rag.ports import AnswerWriter
from rag.settings import Settings

TASK = "Write a two-page memo for the harbour board on the flood risk of the Elm dams and their repair costs"

BOARD = "\n\n".join(
    (
        "Flood risk of the dams",
        "The Elm dams hold back a flood risk for 4,000 households in the valley. "
        "Repair costs of the Elm dams were put at $12 million in March 2021. "
        "The board says that the Elm dams may fail in a long flood.",
        "Repair of the dams",
        "The Elm dams need repair before the next flood season. "
        "The water board should repair the spillway of the upper Elm dam first. "
        "Repair costs could rise if the flood risk grows.",
    )
)
INSTITUTE = "\n\n".join(
    (
        "Flood risk of the dams",
        "The Elm dams hold back a flood risk for 5,200 households in the valley. "
        "Repair costs of the Elm dams are disputed between the town and the water board. "
        "A flood of the Elm valley would cut the harbour road.",
        "Tea",
        "Tea is grown on the southern hills, where no dams stand and no flood has been seen.",
    )
)
TEXTS = {"board": BOARD, "institute": INSTITUTE}
METADATA: dict[str, dict[str, Any]] = {
    "board": {
        "title": "Dams of the Elm",
        "publisher": "Elm Water Board",
        "published": "2021-05",
        "authors": ("Ada Brook",),
    },
    "institute": {
        "title": "The valley below",
        "publisher": "Valley Institute",
        "authors": ("Ben Lock",),
    },
}


def settings(folder: Path, **changes: Any) -> Settings:
    """Settings that read no environment file."""
    return Settings(_env_file=None, data_dir=folder, **changes)  # type: ignore[call-arg]


def store(folder: Path, texts: dict[str, str]) -> None:
    """Puts the reports into the library of a data folder, in place of those of the same ids."""
    embedder = HashEmbedder(dimension=256)
    parts = open_parts(settings(folder), embedder=embedder)
    try:
        for name, text in texts.items():
            add_documents(parts.records.library, {name: text}, embedder=embedder, **METADATA[name])
    finally:
        parts.close()


def drop(folder: Path, *ids: str) -> None:
    """Removes reports from the library."""
    parts = open_parts(settings(folder), embedder=HashEmbedder(dimension=256))
    try:
        parts.records.library.remove_documents(ids)
    finally:
        parts.close()


def desk(folder: Path, *, writer: AnswerWriter | None = None, **changes: Any) -> Briefing:
    """A Briefing over a data folder."""
    return build(settings(folder, **changes), embedder=HashEmbedder(dimension=256), writer=writer)
