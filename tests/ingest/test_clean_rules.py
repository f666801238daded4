"""Each cleaning rule on small made-up pages, with the cases it must leave alone beside those it must mend."""

from __future__ import annotations

import pytest

from ingest.blocks import BlockKind
from tests.ingest.helpers import assembled, cleaned

LONG = (
    "The harbour office reported that the second pier will open in spring and that all cranes have been "
    "tested by the inspectors who came from the capital last month."
)


def texts(source: str, suffix: str = ".txt") -> list[str]:
    return [b.text for b in cleaned(source, suffix).blocks]


def headings(source: str, suffix: str = ".txt") -> list[str]:
    return [b.text for b in cleaned(source, suffix).blocks[1:] if b.kind is BlockKind.HEADING]


def reasons(source: str) -> set[str]:
    return {a.reason for a in cleaned(source).actions}


@pytest.mark.parametrize(
    "line",
    [
        "Skip to content",
        "Leave a Reply",
        "Please enter your name here",
        "We use cookies to improve your visit.",
        "Downloaded from 10.0.0.1 on 4 May 2021",
        "Share this:",
        "Subscribe to our newsletter",
    ],
)
def test_site_lines_leave(line: str) -> None:
    source = f"A Plan for the Harbour\n\n{LONG}\n\n{line}\n\n{LONG}\n"
    assert line not in texts(source)
    assert any(line == a.text for a in cleaned(source).actions)


def test_a_sentence_that_mentions_cookies_stays() -> None:
    line = "The ministry wrote that most people accept cookies, share this view and subscribe to it."
    assert line in texts(f"A Plan for the Harbour\n\n{LONG}\n\n{line}\n\n{LONG}\n")


def test_teasers_at_the_end_leave() -> None:
    source = (
        f"A Plan for the Harbour\n\n{LONG}\n\n{LONG}\n\n{LONG}\n\nYou may also like\n\nFish Prices Rise\n\n"
        "Fish Prices Rise\n\nWhy the market changed.\n\nA Bridge Too Small\n\nA Bridge Too Small\n"
    )
    assert "Fish Prices Rise" not in " ".join(texts(source))
    assert texts(source)[-1] == LONG


def test_teasers_above_the_article_do_not_take_it_along() -> None:
    source = f"Harbour plans grow\n\nRelated Articles\n\nHarbour plans grow\n\nAna Silva\n\n{LONG}\n\n{LONG}\n"
    assert texts(source) == ["Harbour plans grow", "Ana Silva", LONG, LONG]


def test_endnotes_after_a_read_more_line_stay() -> None:
    source = f"A Plan for the Harbour\n\n{LONG}¹\n\nRead more\n\nNotes\n\n1. Harbour Office, Report, p. 4.\n"
    assert "Harbour Office, Report, p. 4." in texts(source)


def test_slug_and_caption_leave() -> None:
    source = f"A Plan for the Harbour\n\nCITY-HARBOUR-CRANE-TEST\nWorkers (L) watch a crane on the pier\n\n{LONG}\n"
    assert texts(source) == ["A Plan for the Harbour", LONG]


def test_broken_sentences_join_and_full_ones_do_not() -> None:
    torn = f"A Plan for the Harbour\n\n{LONG} The office said that the\n\npier is safe. It will open.\n\n{LONG}\n"
    assert any("said that the pier is safe." in t for t in texts(torn))
    assert "page-break" in reasons(torn)
    whole = f"A Plan for the Harbour\n\n{LONG}\n\n{LONG}\n"
    assert texts(whole)[1:] == [LONG, LONG]


def test_a_capital_may_go_on_after_an_open_word() -> None:
    torn = f"A Plan for the Harbour\n\n{LONG} They call it a threat to\n\nNorthport and its trade, which suffers.\n"
    assert any("a threat to Northport and its trade" in t for t in texts(torn))


@pytest.mark.parametrize(
    ("torn", "mended"),
    [
        ("the har-\n\nbour wall is old", "the harbour wall is old"),
        ("a well-\n\nknown wall is old", "a well-known wall is old"),
    ],
)
def test_a_hyphen_at_the_break_goes_or_stays(torn: str, mended: str) -> None:
    source = f"A Plan for the Port\n\n{LONG} The harbour office said {torn}.\n"
    assert any(mended in t for t in texts(source))


def test_a_list_is_not_swallowed_by_the_sentence_before() -> None:
    source = f"A Plan for the Harbour\n\n{LONG} We need three things\n\n- More cranes.\n- More men.\n"
    assert texts(source)[-2:] == ["More cranes.", "More men."]


def test_a_false_bullet_is_joined() -> None:
    source = f"A Plan for the Harbour\n\n{LONG} It will force the\n\n- U.K. to act soon.\n- Fish to leave.\n"
    assert any("force the U.K. to act soon." in t for t in texts(source))


def test_a_bullet_without_glyph_gets_one() -> None:
    source = f"A Plan for the Harbour\n\n{LONG}\n\n.The pier is old.\n\n- The wall is older.\n"
    items = [b for b in cleaned(source).blocks if b.kind is BlockKind.LIST_ITEM]
    assert [(b.marker, b.text) for b in items] == [("-", "The pier is old."), ("-", "The wall is older.")]


def test_a_bold_run_in_heading_over_two_lines_is_one() -> None:
    source = f"A Plan for the Harbour\n\n{LONG}\n\n**1. Piers That Are Old and**\n\n**Piers That Are New:** {LONG}\n"
    document = assembled(source).document
    assert [s.title for s in document.sections] == ["1. Piers That Are Old and Piers That Are New:"]


def test_footnotes_in_the_running_text_are_lifted() -> None:
    source = (
        f"A Plan for the Harbour\n\n{LONG} It costs much¹ and it will bring\n\n1. Harbour Office. (2020). Costs. "
        "https://example.org/a\n\ntrade to the coast.\n"
    )
    document = assembled(source).document
    assert "it will bring trade to the coast." in document.text
    (note,) = document.notes
    assert note.label == "1"
    assert document.text[note.start : note.end] == "Harbour Office. (2020). Costs. https://example.org/a"
    assert note.anchor == document.text.index("much") + len("much")
    assert "¹" not in document.text


def test_a_numbered_list_is_not_taken_for_footnotes() -> None:
    source = f"A Plan for the Harbour\n\n{LONG} The steps are:\n\n1. Mend the wall.\n\n2. Buy cranes.\n\n{LONG}\n"
    document = assembled(source).document
    assert document.notes == ()
    assert "1. Mend the wall.\n2. Buy cranes." in document.text


def test_units_keep_their_raised_digit() -> None:
    source = f"A Plan for the Harbour\n\nIt has 40 km² and 3 m² of wall.² {LONG}\n\nNotes\n\n2. Survey, p. 9.\n"
    text = assembled(source).document.text
    assert "40 km² and 3 m² of wall. The harbour" in text


@pytest.mark.parametrize(
    "line",
    ["Lessons From the Storm", "Conclusion", "Introduction:", "Second: The Cost of the Wall", "**What it means**"],
)
def test_unmarked_headings_are_found(line: str) -> None:
    source = f"A Plan for the Harbour\n\n{LONG}\n\n{line}\n\n{LONG}\n"
    assert headings(source) == [line.strip("*")]


@pytest.mark.parametrize(
    "line",
    ["Keywords: harbour, crane", "We know this.", "The following holds:", "www.example.org/harbour", "they went away"],
)
def test_other_short_lines_are_no_headings(line: str) -> None:
    assert headings(f"A Plan for the Harbour\n\n{LONG}\n\n{line}\n\n{LONG}\n") == []


def test_run_in_headings_deepen_the_path_of_their_own_paragraph() -> None:
    source = f"A Plan for the Harbour\n\nThe Wall\n\nFirst Option: {LONG}\n\n{LONG}\n"
    result = assembled(source)
    assert [s.section for s in result.layout][-2:] == [("The Wall", "First Option:"), ("The Wall",)]


def test_page_numbers_and_running_heads_of_paged_text_leave() -> None:
    pages = [f"Harbour Quarterly\n\n{LONG}\n\n{LONG}\n\n{n}\n" for n in range(1, 5)]
    result = cleaned("A Plan for the Harbour\n\n" + "\f".join(pages))
    shown = [b.text for b in result.blocks]
    assert "Harbour Quarterly" not in shown
    assert not {"1", "2", "3", "4"} & set(shown)


def test_a_table_of_numbers_is_not_page_numbers() -> None:
    assert "7" in texts(f"A Plan for the Harbour\n\n{LONG}\n\n7\n\n{LONG}\n")


def test_line_numbers_leave() -> None:
    lines = [f"{n:>4}  line of the bill that says a thing" for n in range(1, 26)]
    assert not any(t[:1].isdigit() for t in texts("\n".join(lines)))


def test_invisible_marks_are_evened_out_and_spelling_stays() -> None:
    source = f"A Plan for the Harbour\n\nThe\u00a0 wall\u00ad is “old” and costs \\$5 – as Ábu wrote. {LONG}\n"
    assert texts(source)[1].startswith("The wall is “old” and costs $5 – as Ábu wrote.")


def test_biography_and_disclaimer_become_metadata() -> None:
    source = (
        f"A Plan for the Harbour\n\n{LONG}\n\n{LONG}\n\n{LONG}\n\nDr. Ana Silva is a Senior Fellow with the Coast "
        "Institute. She writes about ports.\n\nThe views expressed here are those of the author and not a "
        "position of the Coast Institute.\n"
    )
    result = cleaned(source)
    assert result.metadata.authors == ("Dr. Ana Silva",)
    assert result.metadata.role == "Senior Fellow with the Coast Institute"
    assert result.metadata.publisher == "Coast Institute"
    assert result.blocks[-1].text == LONG


def test_a_person_in_the_last_paragraph_is_not_the_author() -> None:
    source = f"A Plan for the Harbour\n\n{LONG}\n\n{LONG}\n\n{LONG}\n\nJohn Miller is the mayor of Northport.\n"
    result = cleaned(source)
    assert result.metadata.authors == ()
    assert result.blocks[-1].text == "John Miller is the mayor of Northport."


def test_nothing_is_invented_from_the_body() -> None:
    meta = cleaned(f"A Plan for the Harbour\n\nIn March 2021 the wall fell. {LONG}\n").metadata
    assert (meta.published, meta.authors, meta.publisher, meta.role) == (None, (), None, None)


def test_arabic_text_keeps_its_headings_and_language() -> None:
    body = (
        "أعلنت الهيئة أن الرصيف الثاني سيفتح في الربيع، وأن جميع الرافعات فحصت من قبل المفتشين "
        "الذين جاؤوا من العاصمة الشهر الماضي."
    )
    result = cleaned(f"خطة الميناء الجديدة\n\n{body}\n\nالخاتمة\n\n{body}\n")
    assert result.metadata.language == "ar"
    assert [b.text for b in result.blocks if b.kind is BlockKind.HEADING][1:] == ["الخاتمة"]


def test_french_text() -> None:
    body = (
        "Le bureau du port a annoncé que la deuxième jetée ouvrira au printemps et que toutes les "
        "grues ont été testées."
    )
    result = cleaned(f"Un plan pour le port\n\n{body}\n\nCe que cela change\n\n{body} Et la suite viendra bientôt.\n")
    assert result.metadata.language == "fr"
    assert "Ce que cela change" in [b.text for b in result.blocks if b.kind is BlockKind.HEADING]


def test_a_subtitle_below_the_title_leaves_title_and_byline_alone() -> None:
    source = (
        f"CRANES AND MEN\nWhat the Harbour Wants\n\nBy Ana Silva\nNorthport Security Forum\n18 June 2025\n\n{LONG}\n"
    )
    meta = cleaned(source).metadata
    assert (meta.title, meta.authors) == ("CRANES AND MEN", ("Ana Silva",))
    assert (meta.publisher, meta.published) == ("Northport Security Forum", "2025-06-18")


def test_keyed_lines_that_ran_together_are_told_apart() -> None:
    source = (
        f"A Plan for the Harbour\n\nAuthor: Ana Silva Publisher: Coast Institute Published: 12 May 2025\n\n{LONG}\n"
    )
    meta = cleaned(source).metadata
    assert (meta.authors, meta.publisher, meta.published) == (("Ana Silva",), "Coast Institute", "2025-05-12")


def test_a_note_marker_after_the_full_stop_does_not_open_the_sentence() -> None:
    source = f"A Plan for the Harbour\n\n{LONG}¹\n\n{LONG}\n"
    assert "page-break" not in reasons(source)


def test_an_abstract_between_two_copies_of_the_title_stays() -> None:
    source = (
        f"A Plan for the Harbour\n\nAna Silva\n\nAbstract\n\n{LONG}\n\nA Plan for the "
        f"Harbour\n\nIntroduction\n\n{LONG}\n"
    )
    assert texts(source).count(LONG) == 2


def test_a_sentence_said_twice_is_no_title() -> None:
    assert texts(f"A Plan for the Harbour\n\n{LONG}\n\n{LONG}\n") == ["A Plan for the Harbour", LONG, LONG]


@pytest.mark.parametrize(
    "line",
    [
        "The ministry denied the report, according to Reuters.",
        "Source: harbour survey of 2020.",
        "The rule of section 501(C) on harbours",
        "More from less",
    ],
)
def test_lines_that_only_resemble_furniture_stay(line: str) -> None:
    assert line in texts(f"A Plan for the Harbour\n\n{LONG}\n\n{line}\n\n{LONG}\n")


ARABIC = "ترى هذه الورقة أن خطة الميناء تحتاج إلى أربعين رافعة وسبعة ملايين دينار قبل نهاية العام المقبل. " * 2


@pytest.mark.parametrize("suffix", [".txt", ".md", ".html"])
def test_arabic_and_french_labels_are_metadata(suffix: str) -> None:
    lines = ["الكاتبة: ليلى حسن", "الناشر: مرصد الميناء", "تاريخ النشر: 9 شباط/فبراير 2025", "ترجمة: سامي علي"]
    if suffix == ".html":
        body = "".join(f"<p>{line}</p>" for line in (*lines, ARABIC, ARABIC))
        source = f"<html lang='ar'><body><article><h1>خطة الميناء الجديدة</h1>{body}</article></body></html>"
    else:
        mark = "# " if suffix == ".md" else ""
        source = "\n\n".join((f"{mark}خطة الميناء الجديدة", *lines, ARABIC, ARABIC)) + "\n"
    meta = cleaned(source, suffix).metadata
    assert (meta.authors, meta.publisher, meta.published) == (("ليلى حسن",), "مرصد الميناء", "2025-02-09")
    assert (meta.translator, meta.language) == ("سامي علي", "ar")
    french = cleaned(f"Le plan du port\n\nAuteur : Ana Silva\n\nÉditeur : Institut de la côte\n\n{LONG}\n").metadata
    assert (french.authors, french.publisher) == (("Ana Silva",), "Institut de la côte")


def test_several_arabic_authors_are_told_apart() -> None:
    source = f"خطة الميناء الجديدة\n\nإعداد: ليلى حسن، سامي علي\n\n{ARABIC}\n"
    assert cleaned(source).metadata.authors == ("ليلى حسن", "سامي علي")


def levels(source: str) -> dict[str, int]:
    return {b.text: b.level for b in cleaned(source).blocks if b.kind is BlockKind.HEADING}


def outline(*lines: str) -> str:
    """A title, then headings, each with a paragraph that ends as the line behind the bar says."""
    parts = ["A Plan for the Harbour", LONG]
    for line in lines:
        heading, _, close = line.partition("|")
        parts += [heading, f"{LONG} {close}".strip()]
    return "\n\n".join(parts) + "\n"


def test_a_sentence_that_counts_headings_nests_them() -> None:
    found = levels(
        outline("Where Money Goes|It does so for the following two reasons.", "Piers", "Old Cranes", "Closing Words")
    )
    assert found == {
        "A Plan for the Harbour": 1,
        "Where Money Goes": 2,
        "Piers": 3,
        "Old Cranes": 3,
        "Closing Words": 2,
    }


def test_an_announced_list_lasts_while_headings_share_words() -> None:
    found = levels(
        outline(
            "Dangers for the Harbour|The following are the main signs of it.",
            "Silt in the Harbour",
            "Silt on the Piers",
            "Money from the Ministry",
        )
    )
    assert list(found.values()) == [1, 2, 3, 3, 2]


def test_headings_of_one_series_bound_each_others_lists() -> None:
    found = levels(
        outline(
            "Likely Costs for the City|They are as follows:",
            "Noise",
            "Dust",
            "Likely Costs for the Region|They are as follows:",
            "Lorries",
            "Fumes",
            "Conclusion",
        )
    )
    assert list(found.values()) == [1, 2, 3, 3, 2, 3, 3, 2]


def test_a_third_heading_of_a_series_has_its_list_too() -> None:
    close = "They are as follows:"
    found = levels(
        outline(
            f"Likely Costs for the City|{close}",
            "Noise",
            "Dust",
            "Likely Costs for the Lake",
            "Silt",
            "Foam",
            f"Likely Costs for the Region|{close}",
            "Lorries",
            "Fumes",
            "Conclusion",
        )
    )
    assert list(found.values()) == [1, 2, 3, 3, 2, 3, 3, 2, 3, 3, 2]


def test_numbering_and_capitals_rank_headings() -> None:
    numbered = levels(outline("I. The Port", "A. Its Piers", "B. Its Cranes", "II. The City"))
    assert numbered == {
        "A Plan for the Harbour": 1,
        "I. The Port": 2,
        "A. Its Piers": 3,
        "B. Its Cranes": 3,
        "II. The City": 2,
    }
    cased = levels(outline("THE PORT", "Its Old Piers", "Its New Cranes", "THE CITY"))
    assert list(cased.values()) == [1, 2, 3, 3, 2]


def test_a_list_of_one_or_none_changes_no_level() -> None:
    found = levels(outline("Dangers|The following is certain.", "Silt", "Money from Above"))
    assert set(list(found.values())[1:]) == {2}


def test_the_sign_that_old_tex_fonts_give_for_ff_is_mended_and_a_lone_one_stays() -> None:
    source = f"A Plan for the Harbour\n\nTheir e\u21b5orts to build o\u21b5-shore. Press \u21b5 to go on.\n\n{LONG}\n"
    assert "Their efforts to build off-shore. Press \u21b5 to go on." in texts(source)
