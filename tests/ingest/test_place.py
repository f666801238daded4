"""A quote's letters found again on its pages, on pages small enough to check by eye."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ingest.place import folded, locate
from ingest.readers.pdf_page import PageView


def view(*lines: str) -> PageView:
    """A page whose characters are 10 x 10 pixels, lines 20 apart; blanks take room and are no characters."""
    letters, boxes = [], []
    for row, line in enumerate(lines):
        for column, char in enumerate(line):
            if not char.isspace():
                letters.append(char)
                boxes.append((column * 10, row * 20, column * 10 + 10, row * 20 + 10))
    return PageView(png=b"", width=1000, height=1000, text="".join(letters), boxes=tuple(boxes))


def place(text: str, quote: str, *pages: PageView) -> list[list[tuple[int, int, int, int]]] | None:
    start = text.index(quote)
    return locate(text, start, start + len(quote), pages)


def test_a_quote_on_one_line_is_one_box() -> None:
    assert place("We saw 41 cranes.", "41 cranes", view("We saw 41 cranes.")) == [[(70, 0, 160, 10)]]


def test_a_word_torn_by_a_line_end_is_found_in_two_boxes() -> None:
    found = place("The cooperation of the harbours began.", "cooperation of", view("The coop-", "eration of the"))
    assert found == [[(40, 0, 80, 10), (0, 20, 100, 30)]]


def test_a_note_mark_inside_the_quote_is_passed_over() -> None:
    found = place("Night shifts were cut late.", "Night shifts were cut", view("Night shifts12 were cut late."))
    assert found is not None
    assert found[0][0][0] == 0
    assert found[0][-1][2] == 230


def test_a_short_beginning_before_a_note_mark_is_found_at_the_right_place() -> None:
    page = view("Ships rarely come.", "Ships7 wait for the tide in March.")
    found = place("Ships wait for the tide in March.", "Ships wait for the tide", page)
    assert found is not None
    assert {box[1] for box in found[0]} == {20}


def test_a_quote_over_a_page_end_is_boxed_on_both_pages() -> None:
    one = view("the review team holds that", "14 a note at the foot of the page", "Port Review 7")
    two = view("Port Review 8", "the port cannot take ships")
    found = place("the review team holds that the port cannot take ships", "team holds that the port cannot", one, two)
    assert found == [[(110, 0, 260, 10)], [(0, 20, 150, 30)]]


def test_what_stands_before_tells_equal_words_apart() -> None:
    page = view("In March the port was closed.", "In June the port was closed.")
    text = "In March the port was closed. In June the port was closed."
    second = text.rindex("the port was closed")
    assert locate(text, second, second + 19, [page]) == [[(80, 20, 270, 30)]]


def test_a_quote_that_is_not_there_to_the_letter_is_not_found() -> None:
    page = view("The authority counted 41 working cranes in March.")
    assert place("The authority counted 47 working cranes in March.", "counted 47 working cranes", page) is None
    assert place("Nothing of this kind.", "Nothing", page) is None
    assert place("... ...", "...", page) is None


def test_ligatures_accents_and_arabic_forms_are_one_letter() -> None:
    assert folded("Oﬃce") == folded("OFFICE")
    assert folded("résumé") == "resume"
    assert folded("الإنتاجية") == folded("اإلنتاجية")  # as PDFium spells the ligature of lam and alef


@given(st.text(alphabet="abcdefgh ", min_size=1, max_size=120), st.data())
def test_every_part_of_a_page_is_found_where_it_stands(line: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(line) - 1))
    end = data.draw(st.integers(start + 1, len(line)))
    found = locate(line, start, end, [view(line)])
    quote = line[start:end]
    if not quote.strip():
        assert found is None
        return
    assert found is not None
    inside = list(found[0])
    letters = "".join(
        char for column, char in enumerate(line) if not char.isspace()
        and any(left <= column * 10 < right for left, _, right, _ in inside)
    )  # fmt: skip
    assert quote.replace(" ", "") in letters
