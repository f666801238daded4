"""The command line: what it prints where, and the status it exits with.  The model hashes words."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from rag.errors import LibraryBusy
from rag.settings import Settings
from tests import library
from web.cli import main

FERRIES = "How many ferries does the Orrin Ferry Board count on the lake?"


@pytest.fixture(autouse=True)
def hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The configured model is the hashing one."""
    monkeypatch.setattr("rag.embedding.SentenceTransformerEmbedder", lambda settings: library.embedder())


class Run:
    """Runs a command on a data folder; remembers what it printed."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._capsys = capsys
        self.out = self.err = ""

    def __call__(self, *arguments: str) -> int:
        with pytest.raises(SystemExit) as ended:
            main([*arguments, "--data-dir", str(self.folder)])
        self.out, self.err = self._capsys.readouterr()
        assert "Traceback" not in self.out + self.err
        return int(ended.value.code or 0)

    def json(self, *arguments: str) -> Any:
        assert self(*arguments, "--json") == 0, self.err
        return json.loads(self.out)


@pytest.fixture
def run(tiny_library: Settings, capsys: pytest.CaptureFixture[str]) -> Run:
    return Run(tiny_library.data_dir, capsys)


def test_ask_prints_the_answer_its_sources_and_its_quotes(run: Run) -> None:
    assert run("ask", FERRIES) == 0
    assert "12 ferries" in run.out
    assert "[1]" in run.out
    assert "State of the ferries" in run.out
    assert "Sources:" in run.out


def test_ask_as_json_is_one_document(run: Run) -> None:
    value = run.json("ask", FERRIES)
    assert value["question"] == FERRIES
    for citation in value["citations"]:
        text = library.TEXTS[citation["document_id"]]
        assert text[citation["start"] : citation["end"]] == citation["quote"]
    assert len(value["passages"]) >= 10


def test_a_refusal_is_an_answer(run: Run) -> None:
    assert run("ask", "What does General Zbygniew Quark say about ferries?") == 0
    assert "Zbygniew" in run.out
    assert "Nearest evidence:" in run.out


def test_search_shows_passages_best_first(run: Run) -> None:
    value = run.json("search", "vaccines for children", "-k", "3")
    assert len(value["passages"]) == 3
    assert value["passages"][0]["document_id"] == "clinics"
    assert run("search", "vaccines for children") == 0
    assert run.out.lstrip().startswith("1. clinics › Stock")


def test_filters_reach_the_search(run: Run) -> None:
    value = run.json("search", "ferries", "--document", "velten", "--document", "ferry-board",
                     "--published-after", "2025", "--language", "en")  # fmt: skip
    assert {p["document_id"] for p in value["passages"]} == {"ferry-board"}
    value = run.json("search", "ferries", "--publisher", "Guild of Lake Traders")
    assert {p["document_id"] for p in value["passages"]} == {"lake-traders"}


def test_documents_lists_and_shows(run: Run) -> None:
    assert [d["id"] for d in run.json("documents")] == sorted(library.TEXTS)
    assert run.json("documents", "velten")["title"] == "Low water"
    assert run("documents") == 0
    assert "Low water" in run.out
    assert run("documents", "velten", "--cleaning") == 0
    assert "Dr. Mara Velten" in run.out


def test_remove_takes_all_or_none(run: Run) -> None:
    assert run("remove", "velten", "nobody") == 2
    assert "nobody" in run.err
    assert run.json("remove", "velten") == {"removed": ["velten"]}
    assert "velten" not in [d["id"] for d in run.json("documents")]


def test_a_chat_keeps_its_thread(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("When does the northern pier open?\nwho says so?\n\nnot read\n"))
    assert run("chat", "--json") == 0
    first, second = map(json.loads, run.out.splitlines())
    assert first["conversation_id"] == second["conversation_id"]
    assert "pier" in second["standalone_question"]


def test_a_chat_for_a_person_says_how_it_understood(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("When does the northern pier open?\nwho says so?"))
    assert run("chat") == 0
    assert "31 March 2026" in run.out
    assert "(understood as: " in run.err


def test_the_doctor_speaks_and_counts_in_its_status(run: Run) -> None:
    assert run("doctor", "--repair") == 0
    assert run("doctor") == 0
    assert "All is well." in run.out
    (run.folder / "chroma" / "CURRENT").unlink()
    assert run("doctor", "--json") == 1
    assert json.loads(run.out)["healthy"] is False


@pytest.mark.parametrize(
    "arguments",
    [
        (), ("no-such-command",), ("ask",), ("ask", ""), ("ask", "x", "--no-such-option"), ("search", "x", "-k", "0"),
        ("search", "x", "-k", "many"), ("search", "x", "--published-after", "soon"),
        ("ask", "x", "--document", "nobody"), ("documents", "nobody"), ("remove", "nobody"),
        ("ingest",), ("ingest", "/no/such/folder"), ("serve", "--port", "99999"), ("chat", "--document", "nobody"),
    ],
    ids=" ".join,
)  # fmt: skip
def test_wrong_use_exits_with_two_and_one_clear_line(
    run: Run, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("a question?\n"))
    assert run(*arguments) == 2
    assert run.err.strip() or not arguments


def test_a_wrong_setting_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRIEFING_PASSAGES", "3")
    assert run("documents") == 2
    assert run.err.startswith("briefing: BRIEFING_PASSAGES is '3'")
    assert run.out == ""


def test_trouble_that_is_nobodys_wrong_use_exits_with_one(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_: object) -> None:
        raise LibraryBusy("Another process is writing to the library.")

    monkeypatch.setattr("rag.compose.remove_documents", busy)
    assert run("remove", "velten") == 1
    assert run.err == "briefing: Another process is writing to the library.\n"


def test_a_defect_is_one_line_and_a_report_in_a_file(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("a defect")

    monkeypatch.setattr("rag.compose.remove_documents", broken)
    assert run("remove", "velten") == 1
    line = run.err.strip()
    assert line.startswith("briefing: internal error (ZeroDivisionError): a defect. Details: ")
    report = Path(line.rpartition("Details: ")[2])
    assert "Traceback" in report.read_text()
    report.unlink()


def test_the_data_folder_may_stand_before_the_command(
    tiny_library: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--data-dir", str(tiny_library.data_dir), "documents", "--json"])
    assert ended.value.code == 0
    assert len(json.loads(capsys.readouterr().out)) == 5


def test_the_data_folder_may_come_from_the_environment(
    tiny_library: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BRIEFING_DATA_DIR", str(tiny_library.data_dir))
    with pytest.raises(SystemExit):
        main(["documents", "--json"])
    assert len(json.loads(capsys.readouterr().out)) == 5


def test_an_empty_library_says_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = Run(tmp_path / "new", capsys)
    assert run("documents") == 0
    assert "briefing ingest" in run.out
    assert run("ask", FERRIES) == 0
    assert run.json("documents") == []


# --------------------------------------------------------------------------- ingest


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    folder = tmp_path / "reports"
    folder.mkdir()
    for name in ("ferry-board", "velten"):
        (folder / f"{name}.txt").write_text(library.TEXTS[name])
    return folder


def test_ingest_reports_what_it_did(reports: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = Run(tmp_path / "data", capsys)
    first = run.json("ingest", str(reports))
    assert sorted(first["added"]) == ["ferry-board", "velten"]
    assert first["passages"] > 0
    assert first.keys() >= {"added", "updated", "unchanged", "removed", "failed", "passages", "seconds"}
    (reports / "velten.txt").write_text(library.VELTEN + "\n\nA new paragraph stands here now.")
    (reports / "ferry-board.txt").unlink()
    second = run.json("ingest", str(reports), "--prune")
    assert (second["updated"], second["removed"]) == (["velten"], ["ferry-board"])
    assert run.json("ingest", str(reports))["unchanged"] == ["velten"]


def test_a_file_that_cannot_be_read_makes_the_status_one(
    reports: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (reports / "broken.pdf").write_bytes(b"%PDF-1.7 not really")
    run = Run(tmp_path / "data", capsys)
    assert run("ingest", str(reports), "--json") == 1
    value = json.loads(run.out)
    assert [Path(f["path"]).name for f in value["failed"]] == ["broken.pdf"]
    assert value["failed"][0]["reason"]
    assert len(value["added"]) == 2
    assert run("ingest", str(reports)) == 1
    assert "broken.pdf" in run.err


def test_if_empty_leaves_a_filled_library_alone(
    reports: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = Run(tmp_path / "data", capsys)
    assert run("ingest", str(reports), "--if-empty") == 0
    (reports / "more.txt").write_text(library.CLINICS)
    assert run("ingest", str(reports), "--if-empty") == 0
    assert len(run.json("documents")) == 2
