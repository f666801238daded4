"""How a source is named: short, with its date in the precision it was printed with."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.labels import attribution, frame_label, plain_author, readable_date, short_publisher, source_name
from rag.types import Metadata


@pytest.mark.parametrize(
    ("published", "shown"),
    [
        ("2024", "2024"), ("2024-10", "October 2024"), ("2024-10-05", "5 October 2024"),
        ("2024-13", "2024"), ("2024-xx", "2024"), (None, None), ("", None),
    ],
)  # fmt: skip
def test_a_date_keeps_its_precision(published: str | None, shown: str | None) -> None:
    assert readable_date(published) == shown


@given(st.integers(1900, 2100), st.integers(1, 12), st.integers(1, 28))
def test_every_date_names_its_year_and_day(year: int, month: int, day: int) -> None:
    shown = str(readable_date(f"{year}-{month:02}-{day:02}")).split()
    assert (shown[0], shown[2]) == (str(day), str(year))


@pytest.mark.parametrize(
    ("authors", "name"),
    [
        (("Dr. Mara Velten",), "Mara Velten"),
        (("Mara Velten", "Prof. Jon Ask"), "Mara Velten and Jon Ask"),
        (("Mara Velten", "Jon Ask", "Li Wen"), "Mara Velten et al."),
    ],
)
def test_authors_speak_when_there_is_no_publisher(authors: tuple[str, ...], name: str) -> None:
    assert source_name(Metadata(title="T", authors=authors)) == name
    assert source_name(Metadata(title="T", authors=authors, publisher="Lake House")) == "Lake House"


def test_the_title_speaks_when_nobody_else_does() -> None:
    assert attribution(Metadata(title="Low water")) == "Low water, undated"
    assert frame_label(Metadata(title="Low water", published="2024-03")) == "Low water (March 2024)"


@pytest.mark.parametrize(
    ("publisher", "said"),
    [
        ("Lake House, Institute of the Orrin", "Lake House"),
        ("Center for Lakes", "Center for Lakes"),  # "Center" alone would name nobody
        ("Guild of Lake Traders", "Guild of Lake Traders"),
        ("Orrin Center for Planning", "Orrin Center"),
    ],
)
def test_publishers_are_named_as_people_say_them(publisher: str, said: str) -> None:
    assert short_publisher(publisher) == said


@given(st.text(min_size=1).filter(str.strip))
def test_no_name_is_ever_shortened_to_nothing(name: str) -> None:
    assert short_publisher(name).strip()


def test_titles_of_honour_go() -> None:
    assert plain_author("Sheikh Ali") == "Ali"
    assert plain_author("Drew Barr") == "Drew Barr"
