"""``briefing memo``: what it prints, writes and exits with."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rag.fakes import HashEmbedder
from tests.rag.memo.desk import TASK, TEXTS, store
from web.cli import main


class Run:
    """Runs the command on a data folder; remembers what it printed."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._folder = folder
        self._capsys = capsys
        self.out = self.err = ""

    def __call__(self, *arguments: str) -> int:
        with pytest.raises(SystemExit) as ended:
            main(["memo", *arguments, "--data-dir", str(self._folder)])
        self.out, self.err = self._capsys.readouterr()
        return int(ended.value.code or 0)


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr(
        "rag.embedding.SentenceTransformerEmbedder", lambda settings: HashEmbedder(dimension=256)
    )
    store(tmp_path / "data", TEXTS)
    return Run(tmp_path / "data", capsys)


def test_a_memo_is_printed_written_checked_and_refreshed(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "memo.json"
    assert run(TASK, "--json", "-o", str(target)) == 0, run.err
    memo = json.loads(run.out)
    assert json.loads(target.read_text()) == memo
    assert run("--check", str(target)) == 0
    assert "75%" in run.out or "Nothing to object to" in run.out or "warning" in run.out
    assert run("--refresh", memo["id"], "--json") == 0
    assert {c["kind"] for c in json.loads(run.out)["changes"]} == {"kept"}


def test_markdown_goes_to_standard_output_and_to_a_file(run: Run, tmp_path: Path) -> None:
    assert run(TASK, "--template", "one-page") == 0
    assert run.out.startswith("# The flood risk of the Elm dams")
    target = tmp_path / "memo.md"
    assert run(TASK, "-o", str(target)) == 0
    assert "## Key judgements" in target.read_text()


def test_an_outline_is_shown_changed_and_used(run: Run, tmp_path: Path) -> None:
    assert run(TASK, "--outline-only", "--json") == 0
    outline = json.loads(run.out)
    outline["sections"] = [{"heading": "The road", "question": "flood of the Elm valley, harbour road"}]
    changed = tmp_path / "outline.json"
    changed.write_text(json.dumps(outline))
    assert run("--outline", str(changed), "--json") == 0
    assert [s["heading"] for s in json.loads(run.out)["sections"]] == ["The road"]


def test_an_outline_goes_to_a_file_and_an_empty_one_is_refused(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "outline.json"
    assert run(TASK, "--outline-only", "-o", str(target), "--json") == 0
    outline = json.loads(target.read_text())
    assert outline == json.loads(run.out)
    target.write_text(json.dumps({**outline, "sections": []}))
    assert run("--outline", str(target)) == 2
    assert "has no sections" in run.err


def test_a_stored_memo_is_printed_and_exported(run: Run, tmp_path: Path) -> None:
    assert run(TASK, "--json") == 0
    memo = json.loads(run.out)
    target = tmp_path / "memo.md"
    assert run("--show", memo["id"], "-o", str(target), "--json") == 0
    assert json.loads(run.out) == memo
    assert memo["id"] in target.read_text()


def test_a_check_finds_words_that_the_quotes_no_longer_carry(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "memo.md"
    assert run(TASK, "-o", str(target)) == 0
    text = target.read_text()
    assert "4,000 households" in text
    target.write_text(text.replace("4,000 households", "9,000 households", 1))
    assert run("--check", str(target)) == 1
    assert "[not-carried]" in run.out
    assert "9,000 households" in run.out


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ((), "Say what the memo is for"),
        ((TASK, "--template", "epic"), "no memo template 'epic'"),
        ((TASK, "--as-of", "soon"), "'soon' is not a date"),
        ((TASK, "--as-of", "soon", "--outline-only"), "'soon' is not a date"),
        ((TASK, "--outline-only", "-o", "outline.md"), "an outline is written as .json"),
        (("--show", "nothing"), "There is no memo 'nothing'"),
        ((TASK, "-o", "/nowhere/memo.md"), "cannot be written"),
        (("--check", "/nowhere/memo.json"), "cannot be read"),
        (("--refresh", "nothing"), "There is no memo 'nothing'"),
        (("A memo on the moons of Jupiter",), "No memo can be written"),
    ],
)
def test_wrong_use_is_one_clear_line(run: Run, arguments: tuple[str, ...], complaint: str) -> None:
    assert run(*arguments) == 2
    assert complaint in run.err
    assert run.err.count("\n") == 1


def test_memos_are_listed_and_deleted(run: Run) -> None:
    assert run("--list") == 0
    assert "No memo" in run.out
    assert run(TASK, "--json") == 0
    memo = json.loads(run.out)
    assert run("--list") == 0
    assert run.out.startswith(memo["id"])
    assert memo["title"] in run.out
    assert run("--delete", memo["id"], "--json") == 0
    assert json.loads(run.out) == {"removed": [memo["id"]]}
    assert run("--delete", memo["id"]) == 2
    assert "no memo" in run.err
