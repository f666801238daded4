"""Plain text and Markdown: encodings, wrapped lines, lists, front matter, tables, footnotes."""

from __future__ import annotations

import pytest

from ingest.blocks import BlockKind
from rag.errors import SourceUnreadable
from tests.ingest.helpers import assembled, parse


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_unicode_encodings(encoding: str) -> None:
    text = "Überblick: naïve “quotes” – الجيش"
    assert parse(text.encode(encoding)).blocks[0].text == text


def test_a_guessed_encoding_is_told() -> None:
    text = "Les élèves étaient très heureux, où que fût la forêt. Ça n'a pas été décidé à Noël. " * 8
    parsed = parse(text.encode("cp1252"))
    assert "élèves étaient très heureux" in parsed.blocks[0].text
    assert any("not UTF-8" in w for w in parsed.warnings)


def test_mojibake_is_repaired_and_told() -> None:
    parsed = parse("The forces “left” the cafÃ© and the crÃ¨me.")
    assert "café and the crème" in parsed.blocks[0].text
    assert parsed.warnings


@pytest.mark.parametrize("data", [b"\x00\x01\x02" * 500, b"\xff\xfeA"])
def test_what_is_no_text_is_refused(data: bytes) -> None:
    with pytest.raises(SourceUnreadable):
        parse(data)


def test_line_ends_of_every_kind() -> None:
    assert [b.text for b in parse("One line\r\n\r\nTwo lines\r\rThree lines").blocks] == [
        "One line",
        "Two lines",
        "Three lines",
    ]


def test_wrapped_lines_are_unwrapped_and_lists_kept() -> None:
    source = (
        "The office of the harbour said on the first day of the week that it had found the\n"
        "missing crane, that it was whole, and that the men who took it had brought it back\n"
        "without a word of regret, in the night, when nobody was there to see them do so.\n\n"
        "It lists these:\n\n"
        "  * one crane of the large kind, which was built in the north and came here by ship\n"
        "    and then by rail;\n"
        "  * two boats.\n"
    )
    blocks = parse(source).blocks
    assert [b.kind.value for b in blocks] == ["paragraph", "paragraph", "list_item", "list_item"]
    assert blocks[0].text.count("\n") == 0
    assert "found the missing crane" in blocks[0].text
    assert blocks[2].text.endswith("by ship and then by rail;")


def test_underlined_headings() -> None:
    blocks = parse("The Harbour\n===========\n\nText here.\n\nThe Wall\n--------\n\nMore text.\n").blocks
    assert [(b.text, b.level) for b in blocks if b.kind is BlockKind.HEADING] == [("The Harbour", 1), ("The Wall", 2)]


def test_form_feeds_number_pages() -> None:
    result = assembled("A Plan for It\n\nThe first page ends here.\n\fThe second page begins. It ends.\n")
    assert result.document.pages == 2
    spans = [(s.page, result.document.text[s.start : s.end].strip()) for s in result.document.page_spans]
    assert spans[1] == (2, "The second page begins. It ends.")


@pytest.mark.parametrize(
    ("line", "marker", "text"),
    [
        ("- a thing", "-", "a thing"),
        ("-Provide a thing", "-", "Provide a thing"),
        ("1.Mend it", "1.", "Mend it"),
        ("(2) two", "(2)", "two"),
        ("• dot", "•", "dot"),
        ("- 3. both", "- 3.", "both"),
    ],
)
def test_list_markers(line: str, marker: str, text: str) -> None:
    (block,) = parse(line).blocks
    assert (block.kind, block.marker, block.text) == (BlockKind.LIST_ITEM, marker, text)


@pytest.mark.parametrize("line", ["A. Smith wrote it.", "2024. It was a year.", "-5 degrees", "I. Newton"])
def test_no_list_markers(line: str) -> None:
    (block,) = parse(line).blocks
    assert block.kind is BlockKind.PARAGRAPH
    assert block.text == line


MARKDOWN = """---
title: The Harbour
authors: [Ana Silva, Bo Lind]
date: 2024-10-05
publisher: Coast Institute
lang: en
---

# The Harbour

It is **old** and *small*.[^1] See [the map](https://example.org/m) ![a picture](x.png).

| Pier | Length |
| --- | --- |
| North | 40 m |

1. Mend
   - the wall
2. Buy

```
code = 1
```

[^1]: Survey of ports,
    page 4.
"""


def test_markdown_becomes_blocks_and_metadata() -> None:
    document = assembled(MARKDOWN, ".md").document
    meta = document.metadata
    assert (meta.title, meta.authors, meta.published) == ("The Harbour", ("Ana Silva", "Bo Lind"), "2024-10-05")
    assert (meta.publisher, meta.language) == ("Coast Institute", "en")
    assert document.text == (
        "The Harbour\n\nIt is old and small. See the map .\n\nPier | Length\nNorth | 40 m\n\n"
        "1. Mend\n- the wall\n2. Buy\ncode = 1\n\nSurvey of ports, page 4."
    )
    (note,) = document.notes
    assert note.anchor == document.text.index("small.") + len("small.")
    assert document.text[note.start : note.end] == "Survey of ports, page 4."


def test_malformed_front_matter_is_told_and_not_text() -> None:
    parsed = parse("---\ntitle: [a\n---\n\nThe text.\n", ".md")
    assert [b.text for b in parsed.blocks] == ["The text."]
    assert any("front matter" in w for w in parsed.warnings)


def test_html_and_nested_structures_in_markdown() -> None:
    source = "> A quote stands\n> here.\n\n<div>Inside &amp; out</div>\n\n<!-- hidden -->\n\nA <b>bold</b> word.\n"
    assert [b.text for b in parse(source, ".md").blocks] == ["A quote stands here.", "Inside & out", "A bold word."]


def test_a_few_damaged_bytes_in_utf8_are_marked_not_guessed() -> None:
    sound = "الميناء يحتاج إلى أربعين رافعة. " * 5
    damaged = sound.encode()[:20] + b"\xff" + sound.encode()[20:]
    found = parse(damaged)
    assert "\ufffd" in found.blocks[0].text
    assert "يحتاج" in found.blocks[0].text
    assert any("damaged" in w for w in found.warnings)
    latin = parse("Le préfet a déclaré, à Évreux, qu'il était prêt à céder la côte.".encode("cp1252"))
    assert latin.blocks[0].text.startswith("Le préfet a déclaré")
