"""The disk fills up, files vanish or may not be read: a clear reason, and nothing that stood there is lost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from eval.bench import corpus
from eval.bench.content import of_folder, settings_for
from ingest.run import IngestEvent
from rag.fakes import HashEmbedder
from rag.types import IngestReport
from tests.ingest.helpers import REPO
from web.ingesting import run_ingest

# No file may grow beyond the limit: for SQLite that is a disk without room.
FULL = """
import json, resource, sys
from pathlib import Path
from eval.bench.content import settings_for
from rag.fakes import HashEmbedder
from web.ingesting import run_ingest
resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))
report = run_ingest(settings_for(Path(sys.argv[1])), [Path(sys.argv[2])], embedder=HashEmbedder())
print(json.dumps([[f.path, f.reason] for f in report.failed]))
"""


def taken_in(data: Path, folder: Path) -> IngestReport:
    return run_ingest(settings_for(data), [folder], embedder=HashEmbedder())


@pytest.mark.slow
def test_a_full_disk_names_itself_and_costs_nothing_that_was_stored(tmp_path: Path) -> None:
    data, folder = tmp_path / "data", tmp_path / "files"
    corpus.write(folder, 2, 2)
    taken_in(data, folder)
    before, _ = of_folder(data)
    corpus.write(folder, 8, 12, seed=100)
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(data), str(folder)], capture_output=True, text=True, cwd=REPO, check=True
    )
    failed = json.loads(done.stdout.splitlines()[-1])
    assert failed
    assert all("the disk is full" in reason for _, reason in failed), failed
    held, _ = of_folder(data)
    assert {name: held[name] for name in before if name} == {name: d for name, d in before.items() if name}
    assert not taken_in(data, folder).failed
    taken_in(tmp_path / "fresh", folder)
    assert of_folder(data) == of_folder(tmp_path / "fresh")


@pytest.mark.slow
def test_a_file_that_vanishes_is_named_and_its_document_stays(tmp_path: Path) -> None:
    data, folder = tmp_path / "data", tmp_path / "files"
    corpus.write(folder, 3, 1)
    taken_in(data, folder)
    before, _ = of_folder(data)
    corpus.write(folder, 3, 2)

    def vanish(event: IngestEvent) -> None:
        if event.kind == "started" and event.file == 2:
            Path(event.path).unlink()

    report = run_ingest(settings_for(data), [folder], embedder=HashEmbedder(), progress=vanish)
    assert [Path(f.path).name for f in report.failed] == ["note-00001.md"]
    assert "No such file" in report.failed[0].reason
    after, _ = of_folder(data)
    assert after["note-00001"] == before["note-00001"]
    assert after["note-00000"] != before["note-00000"]


def test_a_file_that_may_not_be_read_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "files"
    corpus.write(folder, 2, 1)
    (folder / "note-00001.md").chmod(0)
    if os.access(folder / "note-00001.md", os.R_OK):
        pytest.skip("this user may read everything; setpriv --bounding-set -dac_override,-dac_read_search may not")
    report = taken_in(tmp_path / "data", folder)
    assert report.added == ("note-00000",)
    assert "Permission denied" in report.failed[0].reason
