"""Damaged files of all formats through the readers: ``python -m eval.bench.mutate [FOLDER …]``.

Each file is a sample with bytes flipped, cut off, taken out, doubled, filled with noise, or spliced
with another of its kind; DOCX also with its parts damaged inside a sound container.  Every one must end in
text that can be cut into passages, or in a reason, within its time limit.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from ingest import sandbox
from ingest.assemble import assemble
from ingest.chunk import chunk
from ingest.clean import clean
from ingest.limits import Limits
from ingest.readers import supported
from rag.errors import SourceUnreadable
from rag.fakes import HashEmbedder

_SAMPLES = Path(__file__).parents[2] / "reports"
_LARGEST = 3_000_000
_LIMITS = Limits(cpu_seconds=20, wall_seconds=20.0)
_PATIENCE = 30.0  # seconds for one file, reader and cleaning together


def main() -> int:
    """Runs the files and prints one JSON object; 0 when none crashed or hung."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path, help="more samples to damage")
    parser.add_argument("--files", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    result = run([_SAMPLES, *options.folders], options.files, options.seed)
    sys.stdout.write(json.dumps(result, indent=2, ensure_ascii=False) + "\n")
    return 1 if result["crashes"] or result["slow"] else 0


def run(folders: list[Path], files: int, seed: int) -> dict[str, Any]:
    """Damages ``files`` files, takes turns among the formats, and counts what became of them."""
    samples: dict[str, list[bytes]] = {}
    for folder in folders:
        for path in sorted(folder.iterdir()):
            if path.is_file() and supported(path.suffix) and path.stat().st_size <= _LARGEST:
                samples.setdefault(path.suffix, []).append(path.read_bytes())
    rng = random.Random(seed)  # noqa: S311 - damage, no secret
    outcomes: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    crashes: list[str] = []
    seconds: list[tuple[float, str]] = []
    with tempfile.TemporaryDirectory(prefix="briefing-mutate-") as work:
        for number in range(files):
            suffix = sorted(samples)[number % len(samples)]
            name, data = _damaged(rng, suffix, samples[suffix])
            path = Path(work) / f"damaged{suffix}"
            path.write_bytes(data)
            began = time.monotonic()
            try:
                outcome = _read(path)
            except SourceUnreadable as error:
                outcome = "reason"
                reasons[_kind(str(error))] += 1
            except Exception as error:
                outcome = "crash"
                crashes.append(f"{number} {suffix} {name}: {type(error).__name__}: {error}"[:300])
            outcomes[f"{suffix} {outcome}"] += 1
            seconds.append((round(time.monotonic() - began, 2), f"{number} {suffix} {name}"))
    sandbox.close()
    slowest = sorted(seconds, reverse=True)
    return {
        "files": files,
        "crashes": crashes,
        "slow": [s for s in slowest if s[0] > _PATIENCE],
        "outcomes": dict(sorted(outcomes.items())),
        "reasons": dict(reasons.most_common(25)),
        "slowest": slowest[:3],
        "median_seconds": slowest[len(slowest) // 2][0],
    }


def _read(path: Path) -> str:
    """The whole way of a file short of embedding."""
    parsed = sandbox.read_in_child(path, _LIMITS)
    cleaned = clean(parsed)
    if not any(b.text.strip() for b in cleaned.blocks):
        raise SourceUnreadable("no text was found in it.")
    titled = replace(cleaned, metadata=replace(cleaned.metadata, title=cleaned.metadata.title or "damaged"))
    whole = assemble(titled, parsed, document_id="d", source_path="d", sha256="", ingested_at="")
    for passage in chunk(whole, max_tokens=254, count_tokens=HashEmbedder().count_tokens):
        if whole.document.text[passage.start : passage.end] != passage.text:
            raise AssertionError("a passage is not where it says")
    return "text"


def _kind(reason: str) -> str:
    return reason.split(":")[0].split("(")[0].strip()[:80]


# --------------------------------------------------------------------------- damage


def _damaged(rng: random.Random, suffix: str, samples: list[bytes]) -> tuple[str, bytes]:
    data = rng.choice(samples)
    ways: list[Callable[[random.Random, bytes, list[bytes]], bytes]] = [
        _flipped, _cut_off, _without_slice, _doubled_slice, _noise, _spliced,
    ]  # fmt: skip
    if suffix == ".docx" and rng.random() < 0.6:
        return "inside", _inside(rng, data, ways)
    way = rng.choice(ways)
    return way.__name__.strip("_"), way(rng, data, samples)


def _span(rng: random.Random, data: bytes) -> tuple[int, int]:
    start = rng.randrange(len(data))
    return start, min(len(data), start + rng.randint(1, max(2, len(data) // 4)))


def _flipped(rng: random.Random, data: bytes, _samples: list[bytes]) -> bytes:
    out = bytearray(data)
    for _ in range(rng.choice((1, 5, 50, 500))):
        out[rng.randrange(len(out))] ^= 1 << rng.randrange(8)
    return bytes(out)


def _cut_off(rng: random.Random, data: bytes, _samples: list[bytes]) -> bytes:
    return data[: rng.randrange(1, len(data))]


def _without_slice(rng: random.Random, data: bytes, _samples: list[bytes]) -> bytes:
    start, end = _span(rng, data)
    return data[:start] + data[end:] or b"x"


def _doubled_slice(rng: random.Random, data: bytes, _samples: list[bytes]) -> bytes:
    start, end = _span(rng, data)
    return data[:end] + data[start:end] * rng.choice((1, 2, 8)) + data[end:]


def _noise(rng: random.Random, data: bytes, _samples: list[bytes]) -> bytes:
    start, end = _span(rng, data)
    return data[:start] + rng.randbytes(end - start) + data[end:]


def _spliced(rng: random.Random, data: bytes, samples: list[bytes]) -> bytes:
    other = rng.choice(samples)
    return data[: rng.randrange(1, len(data))] + other[rng.randrange(len(other)) :]


def _inside(rng: random.Random, data: bytes, ways: list[Any]) -> bytes:
    """One part of a zip container damaged, the container itself sound."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        names = source.namelist()
        chosen = rng.choice([n for n in names if n.endswith((".xml", ".rels"))])
        for name in names:
            part = source.read(name)
            target.writestr(name, rng.choice(ways)(rng, part, [part]) if name == chosen and part else part)
    return out.getvalue()


if __name__ == "__main__":
    sys.exit(main())
