"""Exported citations are read again as they were written, and edits to them are found."""

from __future__ import annotations

import dataclasses
import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import UsageError
from rag.fakes import sample_document
from rag.memo_verify import check_citations, comparable
from tests.web.export.sample import BOARD, QUOTES, Shelf, citation, documents, memo
from web.export import export
from web.export.markdown import escape, unescape
from web.export.notes import notes_of, read_note, worded
from web.export.read_back import read_citations
from web.export.rich import plain

READ = ("md", "docx", "json")
WORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=80).filter(lambda t: comparable(t) != "")


def statuses(path: Path, shelf: Shelf | None = None) -> dict[int, str]:
    held = shelf or Shelf(documents().values())
    return {c.number: str(c.status) for c in check_citations(read_citations(path), held)}  # type: ignore[arg-type]


def written(folder: Path, format: str, change: Callable[[str], str] = lambda text: text) -> Path:
    """The exported memo, its text changed as a person with an editor would."""
    data, path = export(memo(), format), folder / f"memo.{format}"
    if format != "docx":
        path.write_text(change(data.decode()), encoding="utf-8")
        return path
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            held = source.read(name)
            edited = name in ("word/document.xml", "word/footnotes.xml")
            target.writestr(name, change(held.decode()).encode() if edited else held)
    return path


@pytest.mark.parametrize("format", READ)
def test_every_citation_is_read_back_as_it_was(tmp_path: Path, format: str) -> None:
    found = read_citations(written(tmp_path, format))
    for made, read in zip(memo().citations, found, strict=True):
        assert (read.number, read.document_id, read.start, read.end) == (
            made.number, made.document_id, made.start, made.end,
        )  # fmt: skip
        assert comparable(read.quote) == comparable(made.quote)
        assert made.document_sha256.startswith(read.sha256)
    assert set(statuses(tmp_path / f"memo.{format}").values()) == {"intact"}


@pytest.mark.parametrize("format", READ)
def test_an_altered_note_a_changed_and_a_missing_source_are_told_apart(tmp_path: Path, format: str) -> None:
    path = written(tmp_path, format, lambda text: text.replace("counts 9 ferries", "counts 90 ferries"))
    changed = sample_document("ferry-board", "New edition.\n\n" + BOARD)[0]
    found = statuses(path, Shelf([changed, documents()["lake-traders"]]))
    assert found == {
        1: "source_changed", 2: "quote_altered", 3: "source_changed", 4: "source_changed", 5: "source_changed",
        6: "source_missing", 7: "source_missing", 8: "intact",
    }  # fmt: skip


@pytest.mark.parametrize("format", READ)
def test_words_altered_only_in_the_memos_own_text_are_found(tmp_path: Path, format: str) -> None:
    def once(text: str) -> str:
        at = text.index("every")  # the first place is the section, not the note
        return text[:at] + "no" + text[at + 5 :] if '"sections"' not in text else text.replace("*every*", "*no*", 1)

    assert statuses(written(tmp_path, format, once))[3] == "quote_altered"


def test_a_note_that_an_editor_wrapped_is_read_whole(tmp_path: Path) -> None:
    path = written(tmp_path, "md", lambda text: re.sub(r" (counts|budget|ticket|ferries) ", r"\n    \1 ", text))
    assert set(statuses(path).values()) == {"intact"}


def test_a_mark_without_note_and_a_note_without_reference_cannot_be_checked(tmp_path: Path) -> None:
    path = written(tmp_path, "md", lambda text: text.replace("## Notes", "My view.[^77]\n\n## Notes\n\n[^9]: See me."))
    found = statuses(path)
    assert found[77] == "unreadable"
    assert found[9] == "unreadable"
    assert found[1] == "intact"


def test_a_second_note_of_the_same_number_is_checked_too(tmp_path: Path) -> None:
    path = written(tmp_path, "md", lambda text: text + "\n[^1]: “Invented.” — A. `doc:taqrir@0-9`\n")
    results = [c for c in check_citations(read_citations(path), Shelf(documents().values())) if c.number == 1]  # type: ignore[arg-type]
    assert [str(c.status) for c in results] == ["intact", "quote_not_in_source"]


def test_fields_as_word_writes_them_are_followed(tmp_path: Path) -> None:
    """Word saves a simple field as begin, instruction, separator, result, end."""

    def complex_fields(text: str) -> str:
        return re.sub(
            r'<w:fldSimple w:instr="( NOTEREF [^"]+)">(.*?)</w:fldSimple>',
            r'<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>\1</w:instrText></w:r>'
            r'<w:r><w:fldChar w:fldCharType="separate"/></w:r>\2<w:r><w:fldChar w:fldCharType="end"/></w:r>',
            text,
        )

    plain_uses = [len(c.uses) for c in read_citations(written(tmp_path, "docx"))]
    assert [len(c.uses) for c in read_citations(written(tmp_path, "docx", complex_fields))] == plain_uses
    assert plain_uses[0] == 4  # bottom line, judgement, disagreement, ledger


@pytest.mark.parametrize("format", ["md", "docx"])
def test_what_a_word_processor_does_by_itself_alters_nothing(tmp_path: Path, format: str) -> None:
    """Straight marks, a soft hyphen, a direction mark, one sign for three dots."""

    def typeset(text: str) -> str:
        plain_marks = re.sub("[“”]", "&quot;" if format == "docx" else '"', text).replace("’", "'")
        return plain_marks.replace("ferries on", "fer\u00adries\u200e on").replace("holiday", "holi\u00adday")

    assert set(statuses(written(tmp_path, format, typeset)).values()) == {"intact"}


@pytest.mark.parametrize("format", READ)
def test_a_figure_altered_in_the_table_is_found(tmp_path: Path, format: str) -> None:
    before, after = {"md": ("| 12 |", "| 21 |"), "docx": (">12<", ">21<"), "json": ('"value": "12"', '"value": "21"')}[
        format
    ]
    path = written(tmp_path, format, lambda text: text.replace(before, after))
    found = [c for c in check_citations(read_citations(path), Shelf(documents().values())) if c.status != "intact"]  # type: ignore[arg-type]
    assert [(c.number, str(c.status)) for c in found] == [(1, "quote_altered")]
    assert "“21”" in found[0].detail


def test_tracked_deletions_raised_letters_and_fixed_hyphens_are_read_as_shown(tmp_path: Path) -> None:
    run = "</w:t></w:r>{}<w:r><w:t xml:space=\"preserve\">"

    def edited(text: str) -> str:
        gone = '<w:del w:id="900"><w:r><w:delText>ten </w:delText><w:t>ten</w:t></w:r></w:del>'
        raised = '<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:t>rie</w:t></w:r>'
        return text.replace("counts 9 ferries", "counts 9 " + run.format(gone) + "fer" + run.format(raised) + "s")

    assert set(statuses(written(tmp_path, "docx", edited)).values()) == {"intact"}


def test_files_that_are_no_memos_are_refused_in_words(tmp_path: Path) -> None:
    cases = {
        "a.txt": (b"x", r"\.md, \.docx and \.json"),
        "a.md": (b"# A plain page\n", "has no citations"),
        "b.md": (b"\xff\xfe\x00", "not UTF-8"),
        "a.json": (b"[1]", "not an object"),
        "b.json": (b"{", "is not JSON"),
        "c.json": (b"{}", "not a memo"),
        "a.docx": (b"PK", "damaged"),
    }
    for name, (data, says) in cases.items():
        (tmp_path / name).write_bytes(data)
        with pytest.raises(UsageError, match=says):
            read_citations(tmp_path / name)
    with pytest.raises(UsageError, match="cannot be read"):
        read_citations(tmp_path / "absent.md")


def test_a_docx_with_entities_is_refused(tmp_path: Path) -> None:
    bomb = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'
    path = written(tmp_path, "docx", lambda text: bomb)
    with pytest.raises(UsageError, match="entities"):
        read_citations(path)


@given(WORDS)
def test_markdown_prints_any_text_as_it_stands(text: str) -> None:
    assert unescape(escape(text)) == text


@given(WORDS, WORDS)
def test_any_quote_and_any_title_come_back_from_a_note(quote: str, title: str) -> None:
    document = sample_document("ش/a b", quote)[0]
    made = dataclasses.replace(citation(1, document, quote), title=title)
    read = read_note(1, plain(worded(notes_of([made])[0])))
    assert comparable(read.quote) == comparable(quote)
    assert (read.document_id, read.start, read.end) == ("ش/a b", 0, len(quote))


def test_a_note_that_speaks_of_references_is_not_misled() -> None:
    assert read_note(1, "“x” — A. doc:a@1-2 quote:00000000 “y” — B. `doc:b@3-4`").document_id == "b"


def test_json_of_the_memo_keeps_the_quotes_to_the_character(tmp_path: Path) -> None:
    value = json.loads(written(tmp_path, "json").read_text(encoding="utf-8"))
    assert [c["quote"] for c in value["citations"]] == [q for _, q in QUOTES]
