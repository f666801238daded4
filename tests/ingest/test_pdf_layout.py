"""Layout of typeset pages: columns, tables, notes, running heads, hyphens, rotation."""

from __future__ import annotations

import re

from ingest.blocks import Block, BlockKind, Parsed
from ingest.limits import Limits
from ingest.readers.pdf import read_pdf
from tests.ingest.typeset import pdf, sentences

LIMITS = Limits()
SMALL_PAGE = "#set page(width: 160mm, height: 120mm, margin: 15mm{})\n#set text(size: 9pt)\n"


def read(source: str) -> Parsed:
    return read_pdf(pdf(source), LIMITS)


def texts(parsed: Parsed, kind: BlockKind) -> list[str]:
    return [b.text for b in parsed.blocks if b.kind is kind]


def whole(parsed: Parsed) -> str:
    return " ".join(b.text for b in parsed.blocks)


def numbers_of(parsed: Parsed, word: str) -> list[int]:
    return [int(n) for n in re.findall(rf"{word} (\d+)", whole(parsed))]


def test_two_and_three_columns_are_read_down_before_across() -> None:
    for columns in (2, 3):
        parsed = read(SMALL_PAGE.format(f", columns: {columns}") + sentences("alder", 60))
        assert numbers_of(parsed, "alder") == list(range(1, 61))


def test_two_columns_right_under_a_large_heading_are_not_one_line() -> None:
    columns = f"#grid(columns: 2, gutter: 5mm)[{sentences('alder', 20)}][{sentences('birch', 20)}]\n"
    source = (
        "#set page(width: 160mm, height: 200mm, margin: 15mm)\n#set text(size: 8pt)\n"
        "#text(size: 26pt)[A word from the head of house]\n\n" + columns
    )
    text = whole(read(source))
    assert text.index("alder 20") < text.index("birch 1 ")


def test_a_full_width_heading_between_columns_keeps_both_halves_in_order() -> None:
    half = "#columns(2)[{}]\n"
    source = (
        "#set page(width: 160mm, height: 200mm, margin: 15mm)\n#set text(size: 9pt)\n"
        + half.format(sentences("alder", 16))
        + "= A heading across the whole page between the two halves\n"
        + half.format(sentences("birch", 16))
    )
    parsed = read(source)
    assert numbers_of(parsed, "alder") == list(range(1, 17))
    assert numbers_of(parsed, "birch") == list(range(1, 17))
    text = whole(parsed)
    assert text.index("alder 16") < text.index("A heading across") < text.index("birch 1 ")


def test_a_paragraph_over_a_page_break_is_one_block_with_the_break_marked() -> None:
    parsed = read(SMALL_PAGE.format("") + sentences("alder", 70))
    paragraphs = [b for b in parsed.blocks if b.kind is BlockKind.PARAGRAPH]
    assert parsed.pages == 2
    assert numbers_of(parsed, "alder") == list(range(1, 71))
    broken = [b for b in paragraphs if b.breaks]
    assert len(broken) <= 1
    for block in broken:
        at, page = block.breaks[0]
        assert page == 2
        assert 0 < at < len(block.text)


def test_footnotes_are_notes_and_their_markers_leave_the_text() -> None:
    parsed = read(
        SMALL_PAGE.format("")
        + sentences("alder", 5)
        + " The levy rose.#footnote[Counted in the spring of the second year.] "
        + sentences("birch", 5)
    )
    notes = [b for b in parsed.blocks if b.kind is BlockKind.NOTE]
    assert [(n.marker, n.text) for n in notes] == [("1", "Counted in the spring of the second year.")]
    holder = next(b for b in parsed.blocks if b.anchors)
    ((at, label),) = holder.anchors
    assert label == "1"
    assert holder.text[:at].endswith("The levy rose.")
    assert "rose.1" not in whole(parsed)


def test_an_exponent_is_not_a_note() -> None:
    parsed = read(SMALL_PAGE.format("") + "The area is 10#super[6] square metres, they say. " * 3)
    assert "10⁶ square" in whole(parsed)
    assert not any(b.anchors for b in parsed.blocks)


def test_tables_stay_row_by_row() -> None:
    parsed = read(
        SMALL_PAGE.format("")
        + sentences("alder", 6)
        + "\n#table(columns: 3, [Phase], [Months], [Leaving], [One], [6], [600], "
        + "[Two], [9], [1,150], [Three], [9], [1,800])\n"
        + sentences("birch", 6)
    )
    assert texts(parsed, BlockKind.TABLE_ROW) == [
        "Phase | Months | Leaving",
        "One | 6 | 600",
        "Two | 9 | 1,150",
        "Three | 9 | 1,800",
    ]


def test_wrapped_cells_are_put_together_where_rules_part_the_rows() -> None:
    parsed = read(
        SMALL_PAGE.format("")
        + "#table(columns: (30mm, 40mm), [Goal], [Measure], "
        + "[Keep the bridges open], [Every crossing is inspected before the winter of each year], "
        + "[Train crews], [Six crews fly at night])"
    )
    assert texts(parsed, BlockKind.TABLE_ROW) == [
        "Goal | Measure",
        "Keep the bridges open | Every crossing is inspected before the winter of each year",
        "Train crews | Six crews fly at night",
    ]


def test_running_heads_and_page_numbers_go_and_are_recorded() -> None:
    head = ', header: [The Alder Quarterly], footer: context align(center, counter(page).display("1"))'
    parsed = read(SMALL_PAGE.format(head) + sentences("alder", 170))
    assert parsed.pages
    assert parsed.pages >= 4
    assert "Quarterly" not in whole(parsed)
    assert numbers_of(parsed, "alder") == list(range(1, 171))
    reasons = {a.reason: a.text for a in parsed.cleaning}
    assert reasons["running-head"] == f"pages 1–{parsed.pages}: The Alder Quarterly"
    assert reasons["page-number"] == f"pages 1–{parsed.pages}"


def test_hyphens_at_line_ends_are_undone_and_compounds_kept() -> None:
    source = (
        "#set page(width: 60mm, height: 400mm, margin: 5mm)\n"
        '#set text(size: 11pt, hyphenate: true, lang: "en")\n#set par(justify: true)\n'
        + "The extraordinary administration of international responsibilities characterises "
        "representation and the decision-making of governmental organisations everywhere. " * 3
    )
    text = whole(read(source))
    assert "- " not in text
    assert text.count("extraordinary administration of international responsibilities") == 3
    assert text.count("decision-making of governmental organisations") == 3


def test_headings_get_levels_and_the_title_is_the_first() -> None:
    source = (
        SMALL_PAGE.format("")
        + '#text(size: 20pt, weight: "bold")[On the Quiet of Rivers]\n\n'
        + "= Findings\n"
        + sentences("alder", 4)
        + "\n== Details\n"
        + sentences("birch", 4)
    )
    parsed = read(source)
    found = [(b.level, b.text) for b in parsed.blocks if b.kind is BlockKind.HEADING]
    assert found == [(1, "On the Quiet of Rivers"), (2, "Findings"), (3, "Details")]
    assert parsed.metadata.title == "On the Quiet of Rivers"


def test_lists_keep_their_markers() -> None:
    parsed = read(
        SMALL_PAGE.format("")
        + sentences("alder", 3)
        + "\n+ count the boats\n+ mend the nets\n\n"
        + sentences("birch", 3)
        + "\n- one reed\n- one oar\n"
    )
    items = [(b.marker, b.text) for b in parsed.blocks if b.kind is BlockKind.LIST_ITEM]
    assert items == [
        ("1.", "count the boats"),
        ("2.", "mend the nets"),
        ("•", "one reed"),
        ("•", "one oar"),
    ]


def test_a_sideways_page_is_read_upright() -> None:
    source = "#set page(width: 160mm, height: 160mm, margin: 15mm)\n#rotate(90deg, reflow: true)[#block(width: 120mm)["
    parsed = read(source + sentences("alder", 12) + "]]")
    assert numbers_of(parsed, "alder") == list(range(1, 13))


def test_text_drawn_twice_is_read_once() -> None:
    shadow = "#place(dx: 0.3pt, dy: 0.2pt)[Our bridges were closed for nine days.]"
    parsed = read(SMALL_PAGE.format("") + shadow + "Our bridges were closed for nine days.")
    assert whole(parsed).count("nine days") == 1


def test_dates_come_from_the_page_never_from_the_file() -> None:
    source = (
        '#set document(title: "untitled", date: datetime(year: 1999, month: 1, day: 2))\n'
        + SMALL_PAGE.format("")
        + sentences("alder", 8)
    )
    assert read(source).metadata.published is None
    dated = read(source + "\n\nPublished: 14 March 2024\n\n" + sentences("birch", 8))
    assert dated.metadata.published == "2024-03-14"
    marked = read(source + "\n\n© 2022 Alder House\n\n" + sentences("birch", 8))
    assert (marked.metadata.published, marked.metadata.published_note) == ("2022", "copyright line")


def test_a_recommended_citation_names_the_publisher_and_a_subtitle_is_no_author() -> None:
    source = (
        "#set page(width: 160mm, height: 120mm, margin: 15mm)\n#set text(size: 9pt)\n"
        "#text(size: 20pt)[*The Levy on the Lake*]\n\nA Local Assessment\n\n"
        "Recommended citation: Alder Institute, 2016: The Levy on the Lake. 312 pp.\n\n"
    )
    metadata = read(source + sentences("birch", 20)).metadata
    assert (metadata.title, metadata.authors, metadata.publisher) == ("The Levy on the Lake", (), "Alder Institute")


def test_offsets_lie_inside_their_blocks() -> None:
    trees = ("alder", "birch", "cedar", "elm", "fir", "hazel")
    body = " ".join(f"{sentences(tree, 9)}#footnote[More on the {tree}.]" for tree in trees)
    parsed = read(SMALL_PAGE.format(", columns: 2") + body)

    def inside(block: Block) -> bool:
        return all(0 <= at <= len(block.text) for at, _ in (*block.breaks, *block.anchors))

    assert all(inside(b) for b in parsed.blocks)
    assert [label for b in parsed.blocks for _, label in b.anchors] == list("123456")
