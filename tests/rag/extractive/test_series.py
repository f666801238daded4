"""Enumerations: four shapes, each found whole, and nothing that only looks like one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rag.extractive.series import MOST, Series, series_of
from rag.text import sentence_spans
from rag.types import Passage, PassageKind, Sentence


def document(*parts: str | tuple[str, tuple[str, ...]], kind: PassageKind = PassageKind.BODY) -> list[Passage]:
    """One passage a part, in order; a part may bring its section path."""
    found: list[Passage] = []
    at = 0
    for n, part in enumerate(parts):
        text, section = part if isinstance(part, tuple) else (part, ())
        spans = sentence_spans(text, at)
        found.append(
            Passage(
                id=f"d:{at}-{at + len(text)}", document_id="d", ordinal=n, start=at, end=at + len(text), text=text,
                section=section, kind=kind, sentences=tuple(Sentence(start=a, end=b) for a, b in spans),
            )
        )  # fmt: skip
        at += len(text) + 2
    return found


def shown(series: Series) -> tuple[str | None, list[str]]:
    return series.intro.text if series.intro else None, [e.text for e in series.items]


def only(passages: list[Passage]) -> tuple[str | None, list[str]]:
    (one,) = series_of(passages)
    return shown(one)


def test_bullets_under_the_line_that_announces_them() -> None:
    text = "The board asks for three things:\n\n- a pier;\n- two ferries;\n- a crane.\n\nIt is late."
    intro, items = only(document(text))
    assert intro == "The board asks for three things:"
    assert items == ["a pier;", "two ferries;", "a crane."]


def test_a_numbered_list_goes_on_in_the_next_passage() -> None:
    first = "The steps are as follows:\n\n1. Sell the old ferry. It leaks.\n\nA remark stands between."
    intro, items = only(document(first, "2. Build the pier.\n3. Hire a crew."))
    assert intro == "The steps are as follows:"
    assert items == ["Sell the old ferry.", "Build the pier.", "Hire a crew."]


def test_ordinals_in_running_text() -> None:
    text = "The request had several reasons. First, the lake fell. Fish died. Second, the ferry leaks. It will rain."
    assert only(document(text)) == (
        "The request had several reasons.",
        ["First, the lake fell.", "Second, the ferry leaks."],
    )


def test_ordinals_count_from_one_upwards() -> None:
    assert series_of(document("The second pier is old. The third pier is new. The first pier is gone.")) == []


def test_headings_below_the_sentence_that_announces_them() -> None:
    top = ("The following are the signs of a dry summer.", ("Water",))
    low = ("Low water\n\nThe lake fell.", ("Water", "Low water"))
    more = ("Still low water, says the board.", ("Water", "Low water"))
    dead = ("Dead fish\n\nThey were found in May.", ("Water", "Dead fish"))
    after = ("Ships\n\nThere are two.", ("Ships",))
    assert only(document(top, low, more, dead, after)) == (top[0], ["Low water", "Dead fish"])


def test_rows_of_a_table() -> None:
    rows = document("Pier | Length\nNorth pier | 40 m\nSouth pier | 60 m", kind=PassageKind.TABLE)
    assert only(rows) == ("Pier | Length", ["North pier | 40 m", "South pier | 60 m"])


def test_running_text_holds_no_enumeration() -> None:
    assert series_of(document("The board owns a pier. It is long. The lake is deep.")) == []


@given(st.integers(2, MOST), st.sampled_from("-•*"))
def test_every_item_is_found_however_many(count: int, mark: str) -> None:
    lines = "\n".join(f"{mark} ferry number {n} leaks;" for n in range(count))
    passages = document(f"These leak:\n\n{lines}")
    intro, items = only(passages)
    assert intro == "These leak:"
    assert items == [f"ferry number {n} leaks;" for n in range(count)]
    text = passages[0].text
    (series,) = series_of(passages)
    assert all(text[e.sentence.start : e.sentence.end] == e.text for e in series.items)
