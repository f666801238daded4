"""The installed command on the sample reports with the real embedding model: what a newcomer does first."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from rag.compose import build
from tests import library

REPO = Path(__file__).resolve().parents[1]
QUESTIONS = (
    "What date did the coalition set for the end of its military mission?",
    "Where do the reports disagree about the withdrawal?",
    "How many troops are named, and by whom?",
)

pytestmark = [pytest.mark.model, pytest.mark.slow]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the sample reports in it, taken in once."""
    path = tmp_path_factory.mktemp("desk") / "data"
    value = json.loads(run(path, "ingest", str(REPO / "reports"), "--json").stdout)
    assert len(value["added"]) == 10
    assert value["failed"] == []
    assert value["passages"] > 50
    return path


def run(folder: Path, *arguments: str, status: int = 0, given: str = "") -> subprocess.CompletedProcess[str]:
    """Runs ``briefing`` as a user does; no traceback may reach anybody."""
    done = subprocess.run(
        [sys.executable, "-m", "web.cli", *arguments], capture_output=True, text=True, input=given,
        env=os.environ | {"BRIEFING_DATA_DIR": str(folder)}, cwd=REPO, timeout=150, check=False,
    )  # fmt: skip
    assert done.returncode == status, done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    return done


def proved(folder: Path, answers: list[dict[str, Any]]) -> None:
    """Every quote equals the stored text, and ten passages or more were looked at."""
    built = build(library.settings(folder), embedder=library.embedder())
    texts = {d.id: built.document(d.id).text for d in built.documents()}
    built.close()
    for answer in answers:
        assert len(answer["passages"]) >= 10
        assert bool(answer["statements"]) != answer["refused"]
        for c in [*answer["citations"], *(answer["refusal"] or {"nearest": []})["nearest"]]:
            assert texts[c["document_id"]][c["start"] : c["end"]] == c["quote"]
        for p in answer["passages"]:
            assert texts[p["document_id"]][p["start"] : p["end"]] == p["text"]


def test_answers_of_a_conversation_are_proved(folder: Path) -> None:
    done = run(folder, "chat", "--json", given="\n".join([*QUESTIONS, "why?"]))
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == 4
    assert len({a["conversation_id"] for a in answers}) == 1
    assert answers[3]["standalone_question"] != "why?"
    assert not answers[0]["refused"]
    assert all(s["support"] == "verified" for a in answers for s in a["statements"])
    proved(folder, answers)


def test_what_no_report_holds_is_refused(folder: Path) -> None:
    answer = json.loads(run(folder, "ask", "What does General Zbygniew Quarkson recommend?", "--json").stdout)
    assert answer["refused"]
    proved(folder, [answer])


def test_ingesting_again_changes_nothing(folder: Path) -> None:
    value = json.loads(run(folder, "ingest", str(REPO / "reports"), "--json").stdout)
    assert len(value["unchanged"]) == 10
    assert value["added"] == value["updated"] == value["removed"] == []


def test_a_search_is_one_document_and_the_library_is_well(folder: Path) -> None:
    value = json.loads(run(folder, "search", "coalition withdrawal", "-k", "10", "--json").stdout)
    assert len(value["passages"]) == 10
    report = json.loads(run(folder, "doctor", "--json").stdout)
    assert report["healthy"]
    assert "all-MiniLM-L6-v2" in report["facts"]["embedding model"]


def test_wrong_use_and_failures_have_their_status(folder: Path, tmp_path: Path) -> None:
    assert run(folder, "ask", "x", "--document", "nobody", status=2).stdout == ""
    (tmp_path / "broken.docx").write_bytes(b"PK\x03\x04 no archive")
    value = json.loads(run(folder, "ingest", str(tmp_path), "--json", status=1).stdout)
    assert [Path(f["path"]).name for f in value["failed"]] == ["broken.docx"]
    documents = json.loads(run(folder, "documents", "--json").stdout)
    assert len(documents) == 10


def test_the_command_explains_itself_without_loading_a_model() -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "web.cli", "--help"],
        capture_output=True, text=True, cwd=REPO, check=True,
    )  # fmt: skip
    assert "ingest" in done.stdout
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "typer" in loaded
    assert not {"torch", "chromadb", "sqlalchemy"} & loaded
