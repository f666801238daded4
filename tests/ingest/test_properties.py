"""Properties that hold for any text: nothing lost, offsets right, windows kept."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.assemble import EXCERPT
from ingest.blocks import BlockKind
from ingest.chunk import ChunkSettings, chunk, fitted_prefix
from ingest.clean import clean
from ingest.edits import apply_edits, joined, printed
from tests.ingest.helpers import SHARED, assembled, count_tokens, parse

WORDS = st.sampled_from(
    "the army of Iraq moved north and then U.S. forces left Baghdad in 2024 while un- dermining Dr. Ali said "
    "related articles skip to content notes 1. (2) ¹ ⁽²⁾ * – First: Second: Conclusion **bold** \\$5 «la» الجيش".split()
)
LINE = st.lists(WORDS, min_size=1, max_size=14).map(" ".join)
ENDED = st.tuples(LINE, st.sampled_from([".", "", ":", ",", "?", "؟"])).map("".join)
MARKED = st.tuples(st.sampled_from(["", "# ", "- ", "1. ", "* ", "(a) ", "> ", ".", "    "]), ENDED).map("".join)
TEXT = st.lists(st.tuples(MARKED, st.sampled_from(["\n", "\n\n", "\n\n\n", "\f"])).map("".join), max_size=25).map(
    "".join
)

TOKEN = re.compile(r"[^\W_]+")


def words(text: str) -> Counter[str]:
    return Counter(TOKEN.findall(unicodedata.normalize("NFKC", text)))


@given(TEXT)
@settings(max_examples=120, deadline=None)
def test_cleaning_loses_no_word_without_a_record(text: str) -> None:
    parsed = parse(text)
    before = words(" ".join(printed(b) for b in parsed.blocks))
    result = clean(parsed)
    after = words(" ".join(printed(b) for b in result.blocks))
    recorded = words(" ".join(a.text for a in result.actions))
    halves = words(" ".join(a.text for a in result.actions if a.reason == "hyphen"))
    invented = {w for w in after - before if not any(w.startswith(h) for h in halves)}
    assert not invented
    assert not {w for w in before - after if w not in recorded}


@given(TEXT)
@settings(max_examples=120, deadline=None)
def test_every_block_stands_where_the_layout_says(text: str) -> None:
    if not clean(parse(text)).blocks:
        return
    result = assembled(text)
    document = result.document
    for span in result.layout:
        assert document.text[span.start : span.end].strip() == document.text[span.start : span.end]
    outside = list(document.text)
    for span in result.layout:
        outside[span.start : span.end] = " " * (span.end - span.start)
    assert not "".join(outside).strip()
    for note in document.notes:
        assert document.text[note.start : note.end]
        assert note.anchor is None or 0 <= note.anchor <= len(document.text)
    for section in document.sections:
        assert section.title in document.text[section.start : section.end][: len(section.title) + 6]
        assert section.path[-1] == section.title
    assert all(len(a.text) <= EXCERPT for a in document.cleaning)


@given(TEXT, st.integers(min_value=40, max_value=120), st.sampled_from([0, 1]))
@settings(max_examples=120, deadline=None)
def test_passages_cover_the_text_and_fit_the_window(text: str, window: int, overlap: int) -> None:
    if not clean(parse(text)).blocks:
        return
    result = assembled(text)
    chunking = ChunkSettings(target_tokens=30, least_tokens=12, overlap_sentences=overlap, max_prefix_tokens=20)
    passages = chunk(result, max_tokens=window, count_tokens=count_tokens, settings=chunking)
    covered = [False] * len(result.document.text)
    for passage in passages:
        assert passage.text == result.document.text[passage.start : passage.end]
        assert passage.id == f"doc:{passage.start}-{passage.end}"
        prefix = fitted_prefix(result.document.metadata.title, passage.section, count_tokens, chunking)
        assert count_tokens([prefix])[0] + count_tokens([passage.text])[0] <= window
        covered[passage.start : passage.end] = [True] * (passage.end - passage.start)
        assert passage.sentences
        for sentence in passage.sentences:
            assert passage.start <= sentence.start < sentence.end <= passage.end
    missed = [c for c, seen in zip(result.document.text, covered, strict=True) if not seen]
    assert not "".join(missed).strip()
    assert [p.ordinal for p in passages] == list(range(len(passages)))


@given(
    st.text("ab c", min_size=1, max_size=30),
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 3), st.sampled_from(["", " ", "xyz"])), max_size=4),
    st.integers(0, 30),
)
def test_edits_keep_an_anchor_before_the_same_tail(text: str, cuts: list[tuple[int, int, str]], anchor: int) -> None:
    from ingest.blocks import Block

    edits = []
    free = 0
    for start, length, replacement in sorted(cuts):
        start = max(start, free)
        end = min(start + length, len(text))
        if start <= len(text) and end >= start:
            edits.append((start, end, replacement))
            free = end + 1
    anchor = min(anchor, len(text))
    if any(start < anchor < end for start, end, _ in edits):
        return
    block = Block(kind=BlockKind.PARAGRAPH, text=text, anchors=((anchor, "1"),))
    after = apply_edits(block, edits)
    tail = apply_edits(
        Block(kind=BlockKind.PARAGRAPH, text=text[anchor:]),
        [(s - anchor, e - anchor, r) for s, e, r in edits if s >= anchor and e > anchor],
    )
    assert after.text[after.anchors[0][0] :].endswith(tail.text)


def test_joined_blocks_keep_breaks_and_anchors() -> None:
    from ingest.blocks import Block

    first = Block(kind=BlockKind.PARAGRAPH, text="half a", page=1)
    second = Block(kind=BlockKind.PARAGRAPH, text="sentence", page=2, anchors=((8, "1"),))
    both = joined(first, second)
    assert both.text == "half a sentence"
    assert both.breaks == ((7, 2),)
    assert both.anchors == ((15, "1"),)


REPORTS = sorted((SHARED / "reports").glob("*.txt")) if SHARED.exists() else []


@pytest.mark.skipif(not REPORTS, reason="the shared reports are not beside the repository")
def test_published_reports_lose_no_word() -> None:
    for path in REPORTS:
        parsed = parse(path.read_bytes())
        before = words(" ".join(printed(b) for b in parsed.blocks))
        result = clean(parsed)
        after = words(" ".join(printed(b) for b in result.blocks))
        recorded = words(" ".join(a.text for a in result.actions))
        lost = {w for w in before - after if w not in recorded}
        assert not lost, path.name
        assert after - before <= Counter({"undermining": 1}), path.name
