"""The reader's blocks never lose or move a character."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from rag.types import CleaningAction, Note, PageSpan
from tests.web.fake_desk import HARBOUR, harbour
from web import reading


def words(block: reading.Block, marked: bool | None = None) -> str:
    return "".join(
        run.text for piece in block.pieces if marked in (None, piece.marked) for run in piece.runs
    )


TEXTS = st.text(alphabet="ab .-\n1ع", max_size=60)


@given(TEXTS, st.data())
def test_blocks_hold_every_character_and_mark_exactly_the_span(text: str, data: st.DataObject) -> None:
    offsets = st.integers(0, len(text))
    start, end = sorted((data.draw(offsets), data.draw(offsets)))
    cuts = data.draw(st.lists(offsets, max_size=3, unique=True))
    document = replace(
        harbour(),
        text=text,
        sections=(),
        page_spans=tuple(PageSpan(page=i, start=c, end=c) for i, c in enumerate(cuts)),
        notes=tuple(Note(label=str(c), start=len(text), end=len(text), anchor=c) for c in cuts),
    )
    shown = reading.blocks(document, (start, end) if start < end else None)
    assert "\n".join(words(b) for b in shown) == "\n".join(line for line in text.split("\n") if line)
    assert "".join(words(b, True) for b in shown) == text[start:end].replace("\n", "")
    firsts = [p for b in shown for p in b.pieces if p.first]
    assert len(firsts) == (1 if text[start:end].replace("\n", "") else 0)


def test_headings_items_notes_and_references_are_recognised() -> None:
    start = HARBOUR.index("The harbour authority")
    end = HARBOUR.index(" Dredging")
    shown = reading.blocks(harbour(), (start, end))
    kinds = {words(b): b.kind for b in shown}
    assert kinds["Summary"] == "heading"
    assert kinds["- restore the night shift"] == "item"
    assert kinds["If the channel is finished, the authority expects 300 more ships a year."] == "paragraph"
    assert kinds["The inventory counts cranes that passed inspection only."] == "note"
    marked = next(p for b in shown for p in b.pieces if p.marked)
    assert [r.kind for r in marked.runs] == ["text", "note", "text"]
    pages = [r.label for b in shown for p in b.pieces for r in p.runs if r.kind == "page"]
    assert pages == ["1", "2"]


def test_the_outline_knows_where_the_quote_stands() -> None:
    at = HARBOUR.index("Night shifts")
    current = [e.title for e in reading.outline(harbour(), (at, at + 5)) if e.current]
    assert current == ["Findings"]


def test_headings_begin_at_the_top_whatever_the_source_calls_its_levels() -> None:
    deep = replace(harbour(), sections=tuple(replace(s, level=s.level + 2) for s in harbour().sections))
    assert {e.level for e in reading.outline(deep)} == {1}
    assert {b.level for b in reading.blocks(deep) if b.kind == "heading"} == {1}


def test_cleaning_is_grouped_by_what_was_done_most_frequent_first() -> None:
    def did(action: str, reason: str, text: str) -> CleaningAction:
        return CleaningAction(action=action, reason=reason, text=text)

    groups = reading.cleaning_groups(
        [
            did("joined", "page-break", "y"),
            did("dropped", "page-number", ""),
            did("dropped", "running-head", "x"),
            did("dropped", "running-head", "x"),
        ]
    )
    assert [(g.action, g.count) for g in groups] == [("dropped", 3), ("joined", 1)]
    assert groups[0].items == (
        reading.CleaningItem("running-head", 2, ("x",)),
        reading.CleaningItem("page-number", 1, ()),
    )


def test_a_note_knows_its_label_and_whether_the_text_refers_to_it() -> None:
    linked = [b for b in reading.blocks(harbour()) if b.kind == "note"]
    assert [(b.label, b.linked) for b in linked] == [("1", True)]
    notes = tuple(replace(n, anchor=None) for n in harbour().notes)
    loose = [b for b in reading.blocks(replace(harbour(), notes=notes)) if b.kind == "note"]
    assert [(b.label, b.linked) for b in loose] == [("1", False)]


def test_the_page_runs_in_the_direction_of_its_language() -> None:
    def text(language: str | None, words: str) -> str:
        meta = replace(harbour().metadata, language=language)
        return reading.direction(replace(harbour(), text=words, metadata=meta))

    assert text("ar", "cranes") == "rtl"
    assert text("fa-IR", "cranes") == "rtl"
    assert text("en", "رافعات") == "ltr"
    assert text(None, "رافعات") == "rtl"
    assert text(None, "cranes") == "ltr"
