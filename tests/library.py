"""A small library of five invented reports that disagree, for tests of the whole way.

The numbers in them are few and stand for themselves: 12 and 9 ferries, 640 crossings, 31 March 2026.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rag.compose import open_parts
from rag.fakes import HashEmbedder, sample_document
from rag.settings import Settings
from rag.text import words

FERRIES = """Fleet

The Orrin Ferry Board counts 12 ferries on the lake. Two of the ferries were built before 1990. The board \
may sell the oldest ferry next spring.

Crossings

In 2024 the ferries made 640 crossings a week. Fog stopped 31 crossings in January alone.

Outlook

The board expects the northern pier to open on 31 March 2026. It holds that the pier will shorten every \
crossing by a quarter."""

TRADERS = """Fleet

The Guild of Lake Traders counts 9 ferries on the lake, because it leaves out ferries under repair. In its \
view the timetable matters more than the fleet.

Pier

The guild does not expect the northern pier to open before the autumn of 2026. Cement prices rose by 18 \
percent in a year.

Demands

The guild recommends:
- a night ferry from Saltmouth
- lower fees for grain
- a published repair plan"""

VELTEN = """Causes

Mara Velten argues that low water drives most cancellations. The lake fell by 40 centimetres in two years. \
Engineers blame the Harrow dam upstream.

Costs

A ticket cost 3.50 crowns in 2022 and 4.20 crowns in 2024. Farmers pay half of all fares.

Method

Velten interviewed 58 captains and passengers."""

CLINICS = """Staff

The lake villages share 7 clinics and 19 nurses. Three clinics close in winter.

Stock

Every clinic keeps vaccines for 200 children. The cold store in Saltmouth failed twice in 2023."""

ARABIC = """العبارات

يقول التقرير إن البحيرة تحتاج إلى 15 عبارة جديدة. لا يتفق التجار مع هذا الرأي."""

TEXTS = {
    "ferry-board": FERRIES,
    "lake-traders": TRADERS,
    "velten": VELTEN,
    "clinics": CLINICS,
    "taqrir": ARABIC,
}
METADATA: dict[str, dict[str, object]] = {
    "ferry-board": {
        "title": "State of the ferries", "publisher": "Orrin Ferry Board",
        "published": "2025-03", "language": "en",
    },
    "lake-traders": {
        "title": "What the lake needs", "publisher": "Guild of Lake Traders",
        "published": "2025-06-14", "language": "en",
    },
    "velten": {
        "title": "Low water", "authors": ("Dr. Mara Velten",), "published": "2024", "language": "en",
    },
    "clinics": {"title": "Clinics by the lake", "publisher": "Village Health Union", "language": "en"},
    "taqrir": {"title": "العبارات في البحيرة", "publisher": "مركز أورين", "language": "ar"},
}  # fmt: skip


class Embedder(HashEmbedder):
    """Wide enough that two words of these reports rarely fall on one axis; long words have two pieces."""

    def __init__(self, dimension: int = 512) -> None:
        super().__init__(dimension=dimension)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """One for each word, two from eight letters on."""
        return [sum(2 if len(w) > 7 else 1 for w in words(text)) for text in texts]


def embedder() -> Embedder:
    """The embedder of the tiny library."""
    return Embedder()


def settings(folder: Path, **changes: object) -> Settings:
    """Settings that see neither the environment nor a ``.env`` file."""
    return Settings(_env_file=None, data_dir=folder, **changes)  # type: ignore[call-arg, arg-type]


def fill(folder: Path, **changes: object) -> Settings:
    """Stores the five reports under a data folder."""
    chosen = settings(folder, **changes)
    parts = open_parts(chosen, embedder=embedder())
    try:
        library = parts.records.library
        library.set_fingerprint(parts.embedder.fingerprint)
        for name, text in TEXTS.items():
            document, passages, vectors = sample_document(
                name, text, embedder=embedder(), **METADATA[name]
            )
            library.replace_document(
                document, passages, vectors, settings_fingerprint="sample", source_root="/reports"
            )
    finally:
        parts.close()
    return chosen
