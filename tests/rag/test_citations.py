"""Quotes are found to the character or not at all; numbers and ids keep their meaning."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.citations import Located, NotFound, Numbering, QuoteFinder, citation_id, citation_url
from rag.fakes import sample_document
from rag.types import DocumentInfo, DraftQuote, Hit
from tests.library import METADATA, TEXTS


def hits_of(*names: str) -> tuple[Hit, ...]:
    """All passages of some of the invented reports, as hits."""
    found: list[Hit] = []
    for name in names:
        document, passages, _ = sample_document(name, TEXTS[name], **METADATA[name])
        info = DocumentInfo(
            id=name, metadata=document.metadata, format="txt", source_path=document.source_path,
            sha256=document.sha256, ingested_at=document.ingested_at, pages=None,
            passages=len(passages), characters=len(document.text),
        )  # fmt: skip
        found += [Hit(passage=p, document=info, score=1.0) for p in passages]
    return tuple(found)


HITS = hits_of("ferry-board", "lake-traders")
FIRST = HITS[0].passage
FINDER = QuoteFinder(HITS, TEXTS.__getitem__)


def claim(quote: str, passage: str = FIRST.id, **offsets: int) -> DraftQuote:
    return DraftQuote(passage_id=passage, quote=quote, **offsets)


@given(st.sampled_from(HITS), st.data())
def test_every_quote_of_whole_words_is_found_to_the_character(hit: Hit, data: st.DataObject) -> None:
    pieces = hit.passage.text.split(" ")
    first = data.draw(st.integers(0, len(pieces) - 4))
    last = data.draw(st.integers(first + 4, len(pieces)))
    quote = " ".join(pieces[first:last])
    typed = quote.upper().replace("\n", "  ").replace("-", "–")
    found = FINDER.locate(claim(typed, hit.passage.id))
    if len(typed.strip()) < 12:
        assert isinstance(found, NotFound)
        return
    assert isinstance(found, Located)
    text = TEXTS[hit.passage.document_id]
    assert found.text == text[found.start : found.end]
    assert hit.passage.start <= found.start < found.end <= hit.passage.end
    assert found.text.strip(" -") == quote.strip(" -")


@pytest.mark.parametrize(
    "quote",
    [
        "The Orrin Ferry Board counts 13 ferries on the lake.",
        "The Orrin Ferry Board counts ferries on the lake.",
        "ferries",  # real, but too short to prove a sentence
        "",
        "The Guild of Lake Traders counts 9 ferries",  # another report's words
    ],
)
def test_words_that_are_not_there_are_not_found(quote: str) -> None:
    assert isinstance(FINDER.locate(claim(quote)), NotFound)


def test_a_passage_that_was_not_shown_is_an_unknown_source() -> None:
    quote = HITS[-1].passage.text[:40]
    finder = QuoteFinder(HITS[:1], TEXTS.__getitem__)
    found = finder.locate(claim(quote, HITS[-1].passage.id))
    assert found == NotFound(f"unknown source {HITS[-1].passage.id!r}")


def test_a_quote_ends_where_words_and_numbers_end() -> None:
    """``counts 1`` would otherwise be proved by ``counts 12 ferries``."""
    for cut in ("The Orrin Ferry Board counts 1", "Ferry Board counts 12 ferr", "errin Ferry Board counts"):
        found = FINDER.locate(claim(cut))
        assert isinstance(found, NotFound) or found.text in (
            "The Orrin Ferry Board counts 12", "Ferry Board counts 12 ferries",
        ), found  # fmt: skip


def test_a_quote_from_another_shown_passage_of_the_report_carries_that_passage() -> None:
    other = HITS[1].passage
    found = FINDER.locate(claim(other.text[:50]))
    assert isinstance(found, Located)
    assert found.passage.id == other.id
    assert other.start <= found.start < found.end <= other.end


def test_words_of_the_report_that_the_writer_was_not_shown_cannot_be_cited() -> None:
    finder = QuoteFinder(HITS[:1], TEXTS.__getitem__)
    assert isinstance(finder.locate(claim(HITS[1].passage.text[:50])), NotFound)


def test_offsets_are_believed_only_when_the_words_stand_there() -> None:
    start = FIRST.start
    good = FINDER.locate(claim(FIRST.text[:30], start=start, end=start + 30))
    assert isinstance(good, Located)
    assert (good.start, good.end) == (start, start + 30)
    for wrong in ({"start": start + 1, "end": start + 31}, {"start": 0, "end": 0}, {"start": -40, "end": -10}):
        assert isinstance(FINDER.locate(claim(FIRST.text[:30], **wrong)), NotFound)


@given(st.lists(st.sampled_from(HITS), max_size=12))
def test_numbers_run_from_one_in_order_of_first_use(row: list[Hit]) -> None:
    numbering = Numbering()
    given_out: dict[str, int] = {}
    for hit in row:
        located = FINDER.locate(claim(hit.passage.text, hit.passage.id))
        assert isinstance(located, Located)
        number = numbering.number(located)
        assert given_out.setdefault(hit.passage.id, number) == number
    assert [c.number for c in numbering.citations] == list(range(1, len(given_out) + 1))
    assert [c.passage_id for c in numbering.citations] == list(given_out)


def test_an_id_belongs_to_words_of_one_version() -> None:
    info = HITS[0].document
    newer = dataclasses.replace(info, sha256="0" * 64)
    assert citation_id(info, 3, 9) == citation_id(info, 3, 9)
    assert len({citation_id(info, 3, 9), citation_id(info, 3, 10), citation_id(newer, 3, 9)}) == 3


def test_the_link_opens_the_reader_at_the_quote() -> None:
    assert citation_url("a/ü b", 3, 9) == "/documents/a%2F%C3%BC%20b?start=3&end=9"
