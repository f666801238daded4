"""``briefing verify``: what it prints, and the status it exits with."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from rag.compose import open_parts
from rag.fakes import sample_document
from rag.settings import Settings
from rag.types import Memo
from tests import library
from tests.web.export.sample import citation, info, memo
from web.cli import main
from web.export import export

QUOTES = (
    ("ferry-board", "The Orrin Ferry Board counts 12 ferries on the lake."),
    ("velten", "The lake fell by 40 centimetres in two years."),
    ("clinics", "Three clinics close in winter."),
)


@pytest.fixture(autouse=True)
def hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The configured model is the hashing one."""
    monkeypatch.setattr("rag.embedding.SentenceTransformerEmbedder", lambda settings: library.embedder())


def lake_memo() -> Memo:
    """A memo over the tiny library that quotes three of its reports."""
    held = {name: sample_document(name, library.TEXTS[name], **library.METADATA[name])[0] for name, _ in QUOTES}
    first = memo().sections[0]
    statements = tuple(
        dataclasses.replace(first.statements[0], text=f"{name}: “{quote}”", citations=(number,), attribution=None)
        for number, (name, quote) in enumerate(QUOTES, 1)
    )
    return dataclasses.replace(
        memo(), sections=(dataclasses.replace(first, statements=statements),), judgements=(), disagreements=(),
        ledger=(), timeline=(), source_notes=(), audit=(), sources=tuple(info(d) for d in held.values()),
        citations=tuple(citation(n, held[name], quote) for n, (name, quote) in enumerate(QUOTES, 1)),
    )  # fmt: skip


def run(settings: Settings, *arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main([*arguments, "--data-dir", str(settings.data_dir)])
    return int(ended.value.code or 0)


@pytest.mark.parametrize("format", ["md", "docx", "json"])
def test_an_untouched_memo_is_intact(
    tiny_library: Settings, tmp_path: Path, format: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / f"memo.{format}"
    export(lake_memo(), format, file)
    assert run(tiny_library, "verify", str(file)) == 0
    assert capsys.readouterr().out == "3 citations: 3 intact.\n"


def test_an_altered_quote_a_changed_source_and_a_removed_one(
    tiny_library: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "memo.md"
    file.write_bytes(export(lake_memo(), "md").replace(b"counts 12 ferries", b"counts 21 ferries"))
    parts = open_parts(tiny_library, embedder=library.embedder())
    try:
        newer = sample_document(
            "velten", "Second edition.\n\n" + library.VELTEN, embedder=library.embedder(), **library.METADATA["velten"]
        )
        parts.records.library.replace_document(*newer, settings_fingerprint="sample", source_root="/reports")
        parts.records.library.remove_documents(["clinics"])
    finally:
        parts.close()

    assert run(tiny_library, "verify", str(file), "--json") == 1
    value = json.loads(capsys.readouterr().out)
    assert [(c["number"], c["document_id"], c["status"]) for c in value["citations"]] == [
        (1, "ferry-board", "quote_altered"), (2, "velten", "source_changed"), (3, "clinics", "source_missing"),
    ]  # fmt: skip
    assert (value["total"], value["intact"]) == (3, 0)
    assert value["file"] == str(file)

    assert run(tiny_library, "verify", str(file)) == 1
    shown = capsys.readouterr().out
    assert "[1] (ferry-board) quote altered" in shown
    assert "counts 12 ferries" in shown
    assert "3 citations: 1 source changed, 1 source missing, 1 quote altered." in shown


def test_a_file_that_cannot_be_read_exits_with_two(
    tiny_library: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "plain.md").write_text("Nothing cited.")
    for name in ("plain.md", "absent.md", "memo.pdf"):
        assert run(tiny_library, "verify", str(tmp_path / name)) == 2
        assert len(capsys.readouterr().err.strip().splitlines()) == 1


@pytest.mark.parametrize("format", ["md", "docx", "json"])
def test_words_exchanged_outside_the_quotation_marks_are_found(
    tiny_library: Settings, tmp_path: Path, format: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The quote is true and stands where it stood; another source is named before it."""
    made = lake_memo()
    first = made.sections[0].statements[0]
    wrong = dataclasses.replace(first, text=first.text.replace("ferry-board: ", "Village Health Union: "))
    section = dataclasses.replace(made.sections[0], statements=(wrong, *made.sections[0].statements[1:]))
    file = tmp_path / f"memo.{format}"
    export(dataclasses.replace(made, sections=(section,)), format, file)
    assert run(tiny_library, "verify", str(file)) == 1
    shown = capsys.readouterr().out
    assert "Bottom line: “Village Health Union: “The Orrin Ferry Board counts 12 ferries" in shown
    assert shown.endswith("3 citations: 3 intact. 1 statement not carried by their quotes.\n")
    assert run(tiny_library, "verify", str(file), "--json") == 1
    value = json.loads(capsys.readouterr().out)
    assert [(s["citations"], len(s["problems"])) for s in value["statements"]] == [([1], 1)]


def test_a_quotation_whose_note_was_deleted_is_found(
    tiny_library: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "memo.md"
    text = export(lake_memo(), "md").decode()
    file.write_text("\n".join(line for line in text.replace("[^2]\n", "\n").split("\n") if "[^2]:" not in line))
    assert run(tiny_library, "verify", str(file)) == 1
    shown = capsys.readouterr().out
    assert "has no note behind" in shown
    assert "2 citations: 2 intact." in shown
