"""The child process: same result, honest limits, and nothing that a file does reaches the parent."""

from __future__ import annotations

import random
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ingest import sandbox
from ingest.blocks import Block, BlockKind, Parsed
from ingest.limits import Limits
from ingest.readers import read
from ingest.sandbox import parsed_from_json, read_in_child
from rag.errors import SourceUnreadable
from rag.settings import load_settings
from rag.types import CleaningAction, Metadata
from tests.ingest.test_pdf import raw_pdf

ROOT = Path(__file__).resolve().parents[2]
REPORTS = ROOT / "reports"
LIMITS = Limits(cpu_seconds=20, wall_seconds=20)


@pytest.fixture(autouse=True, scope="module")
def _close() -> Iterator[None]:
    yield
    sandbox.close()


@pytest.mark.parametrize("name", ["digest-rasanah.pdf", "meridian-readiness.docx", "digest-albayan.html"])
def test_the_child_returns_what_the_reader_returns(name: str) -> None:
    path = REPORTS / name
    assert read_in_child(path, LIMITS) == read(path.read_bytes(), path.suffix, LIMITS)


def test_a_parsed_value_survives_json() -> None:
    import json
    from dataclasses import asdict

    parsed = Parsed(
        blocks=(Block(kind=BlockKind.NOTE, text="ä\u2028", marker="*", page=2, breaks=((1, 3),), anchors=((0, "1"),)),),
        metadata=Metadata(title="T", authors=("A", "B"), published="2024"),
        format="pdf",
        pages=3,
        cleaning=(CleaningAction(action="dropped", reason="running-head", text="x"),),
        warnings=("w",),
    )
    assert parsed_from_json(json.loads(json.dumps(asdict(parsed)))) == parsed


def test_one_child_reads_many_files_and_is_replaced_in_time() -> None:
    sandbox.close()
    path = REPORTS / "digest-hashimi.txt"
    read_in_child(path, LIMITS)
    (first,) = sandbox._POOL._idle
    for _ in range(sandbox.FILES_PER_CHILD - 2):
        read_in_child(path, LIMITS)
    assert sandbox._POOL._idle == [first]
    read_in_child(path, LIMITS)
    assert sandbox._POOL._idle == []


def test_the_readers_reason_comes_through(tmp_path: Path) -> None:
    path = tmp_path / "torn.pdf"
    path.write_bytes(b"%PDF-1.7 and then nothing")
    with pytest.raises(SourceUnreadable, match="damaged or not a PDF"):
        read_in_child(path, LIMITS)


def test_a_file_over_the_size_limit_is_not_even_opened(tmp_path: Path) -> None:
    path = tmp_path / "big.txt"
    path.write_bytes(b"x" * 2_000_000)
    with pytest.raises(SourceUnreadable, match=r"is 1\.9 MiB, more than the 1 MiB.*BRIEFING_MAX_FILE_MB"):
        read_in_child(path, Limits(max_bytes=1024 * 1024))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceUnreadable, match="cannot be opened"):
        read_in_child(tmp_path / "gone.pdf", LIMITS)


def test_a_stream_that_swells_meets_the_memory_or_time_limit(tmp_path: Path) -> None:
    packer = zlib.compressobj(9)
    blank = b" " * (1 << 20)
    data = b"".join([packer.compress(b"BT (x) Tj ET " + blank) for _ in range(200)]) + packer.flush()
    path = tmp_path / "bomb.pdf"
    path.write_bytes(raw_pdf(data).replace(b"<< /Length", b"<< /Filter /FlateDecode /Length", 1))
    with pytest.raises(SourceUnreadable) as caught:
        read_in_child(path, Limits(memory_mb=300, cpu_seconds=10, wall_seconds=10))
    assert "BRIEFING_PARSE_" in str(caught.value)
    read_in_child(REPORTS / "digest-rasanah.pdf", LIMITS)  # and the next file is read as ever


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("while True: pass", "BRIEFING_PARSE_SECONDS"),
        ("import time; time.sleep(60)", "BRIEFING_PARSE_SECONDS"),
        ("x = [bytearray(1 << 24) for _ in range(99)]", "BRIEFING_PARSE_MEMORY_MB"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "SIGSEGV"),
        ("import os; os._exit(3)", "status 3"),
        ("raise KeyError('word/styles.xml')", "KeyError"),
        ("def f(): return f()\nf()", "nested too deeply"),
    ],
)
def test_each_way_to_fail_has_its_reason(body: str, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The child runs a reader that misbehaves; the parent says which limit it met."""
    indented = body.replace("\n", "\n    ")
    start = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
        "import ingest.readers as readers\n"
        f"def read(data, suffix, limits):\n    {indented}\n"
        "readers.read = read\n"
        "from ingest.sandbox import serve\nserve()\n"
    )
    sandbox.close()
    monkeypatch.setattr(sandbox, "_start_code", lambda: start)
    with pytest.raises(SourceUnreadable) as caught:
        read_in_child(REPORTS / "digest-hashimi.txt", Limits(cpu_seconds=1, wall_seconds=2, memory_mb=400))
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
    sandbox.close()


def test_the_child_does_not_load_heavy_libraries() -> None:
    import subprocess
    import sys

    code = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r}); import ingest.sandbox, ingest.readers.pdf; "
        "print([m for m in ('torch', 'chromadb', 'langchain', 'trafilatura', 'mammoth') if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


# --------------------------------------------------------------------------- mutated files


def flip(data: bytearray, rng: random.Random) -> None:
    for _ in range(rng.randint(1, 40)):
        data[rng.randrange(len(data))] = rng.randrange(256)


def truncate(data: bytearray, rng: random.Random) -> None:
    del data[rng.randrange(len(data)) :]


def splice(data: bytearray, rng: random.Random) -> None:
    at, start = rng.randrange(len(data)), rng.randrange(len(data))
    data[at:at] = data[start : start + rng.randint(1, 4000)]


def survives(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    parsed = None
    try:
        parsed = read_in_child(path, LIMITS)
    except SourceUnreadable as error:
        reason = str(error)
    else:
        reason = ""
    assert "\n" not in reason
    assert "Traceback" not in reason
    for block in parsed.blocks if parsed else ():
        assert "\n" not in block.text
        assert all(0 <= at <= len(block.text) for at, _ in (*block.breaks, *block.anchors))


def mutants(seed: int, count: int) -> Iterator[tuple[str, bytes]]:
    rng = random.Random(seed)
    files = sorted(p for p in REPORTS.iterdir() if p.suffix in (".pdf", ".docx", ".html"))
    changes: list[Callable[[bytearray, random.Random], None]] = [flip, truncate, splice]
    for number in range(count):
        source = files[number % len(files)]
        data = bytearray(source.read_bytes())
        for _ in range(rng.randint(1, 3)):
            if data:
                rng.choice(changes)(data, rng)
        yield source.suffix, bytes(data)


@pytest.mark.parametrize("seed", range(6))
def test_mutated_files_end_in_text_or_a_reason(seed: int, tmp_path: Path) -> None:
    for number, (suffix, data) in enumerate(mutants(seed, 10)):
        survives(tmp_path / f"{number}{suffix}", data)


@pytest.mark.slow
def test_five_hundred_mutated_files(tmp_path: Path) -> None:
    for number, (suffix, data) in enumerate(mutants(2024, 500)):
        survives(tmp_path / f"{number}{suffix}", data)


def test_every_limit_is_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    names = "MAX_FILE_MB MAX_PAGES PARSE_CPU_SECONDS PARSE_SECONDS PARSE_MEMORY_MB MAX_UNPACKED_MB"
    for number, name in enumerate([*names.split(), "MAX_ARCHIVE_ENTRIES", "MAX_PACK_RATIO"], start=300):
        monkeypatch.setenv(f"BRIEFING_{name}", str(number))
    limits = Limits.from_settings(load_settings())
    assert limits == Limits(
        max_bytes=300 * 1024 * 1024, max_pages=301, cpu_seconds=302, wall_seconds=303.0, memory_mb=304,
        max_unpacked_mb=305, max_entries=306, max_ratio=307,
    )  # fmt: skip
