"""Text: offsets that hold for any input, and examples of words, sentences and numbers."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rag.text import (
    content_terms,
    content_words,
    find_folded,
    fold,
    is_arabic,
    numbers,
    sentence_spans,
    stem,
    terms,
    word_spans,
    words,
)

TYPED = st.text(st.characters(exclude_categories=["Cs"]), max_size=80)
MARKS = st.text("aB é…“”‘’\"'–—-\u00ad\u200b\u00a0\n\t. ﬁﬀ١٢ عİΣ", max_size=60)
PROSE = st.lists(
    st.sampled_from(
        ["The", "lake", "fell", "by", "4.5", "metres", "Dr.", "Saad", "U.S.", "said", "so", "no.", "3",
         "why?", "Yes!", "etc.", "(see", "p.", "7)", "“Low", "water.”", "\n", "\n\n", "- ", "1. ", "a) ", "نعم؟"]
    ),
    max_size=30,
).map(" ".join)  # fmt: skip

# --------------------------------------------------------------------------- folding


@given(TYPED | MARKS)
def test_every_folded_character_knows_where_it_came_from(text: str) -> None:
    folded = fold(text)
    assert len(folded.starts) == len(folded.text) + 1
    assert list(folded.starts) == sorted(folded.starts)
    assert folded.starts[-1] == len(text)
    for char, start in zip(folded.text, folded.starts, strict=False):
        assert (char == " " and text[start].isspace()) or char in f"{fold('x' + text[start]).text}"


@given(TYPED | MARKS)
def test_folding_leaves_single_blanks_inside_only_and_does_nothing_twice(text: str) -> None:
    folded = fold(text).text
    assert folded == folded.strip(" ")
    assert "  " not in folded
    assert fold(folded).text == folded


@given(MARKS | PROSE, st.integers(0, 60), st.integers(0, 60))
def test_any_slice_is_found_and_snapped_to_stored_words(text: str, a: int, b: int) -> None:
    wanted = text[min(a, b) : max(a, b)]
    span = find_folded(fold(text), wanted)
    if not fold(wanted).text:
        assert span is None
        return
    assert span is not None
    start, end = span
    assert 0 <= start < end <= len(text)
    assert fold(wanted).text in fold(text[start:end]).text


@pytest.mark.parametrize(
    ("stored", "typed"),
    [
        ("The board’s “oldest” ferry", "the board's \"oldest\" ferry"),
        ("from 2019–2021 — at least", "from 2019-2021 - at least"),
        ("a sh\u00adort\u200b word", "a short word"),
        ("spread\nover   two\u00a0lines", "spread over two lines"),
        ("the ﬁrst oﬀer", "the first offer"),
        ("and so on… until", "and so on... until"),
    ],
)
def test_typographic_variants_are_the_same_quote(stored: str, typed: str) -> None:
    haystack = f"Before it. {stored}. After it."
    assert find_folded(fold(haystack), typed) == (11, 11 + len(stored))


@pytest.mark.parametrize("typed", ["12 ferry", "twelve ferries", "12  ferries sank", "", "   "])
def test_other_words_are_not(typed: str) -> None:
    assert find_folded(fold("The board counts 12 ferries."), typed) is None


# --------------------------------------------------------------------------- words


def test_words_are_folded_and_numbers_lose_their_separators() -> None:
    assert words("The U.S. and US forces' 5,000 men; the USA") == [
        "the", "usa", "and", "usa", "forces", "5000", "men", "the", "usa",
    ]  # fmt: skip
    assert words("Velten’s naïve Café") == ["velten", "naive", "cafe"]
    assert "us" in words("let us go")


@given(TYPED)
def test_word_spans_stand_in_order_in_the_text(text: str) -> None:
    last = 0
    for word, start, end in word_spans(text):
        assert last <= start < end <= len(text)
        assert word == word.casefold() or is_arabic(word)
        last = end


def test_what_folds_to_nothing_is_no_word() -> None:
    assert words("L\u02bb La\u02bbie \u0640 end") == ["l", "laie", "end"]


def test_stop_words_carry_no_meaning_and_stems_join_forms() -> None:
    assert content_words("What is the number of the ferries?") == ["number", "ferries"]
    assert content_terms("ferries") == content_terms("ferry") == [stem("ferry")]
    assert terms("of ferries") == ["of", stem("ferry")]


def test_arabic_letter_forms_are_one_word() -> None:
    assert is_arabic("العبارة")
    assert not is_arabic("ferry")
    assert words("أُورين") == words("اورين")


# --------------------------------------------------------------------------- sentences


@given(PROSE | MARKS | TYPED)
def test_sentences_are_ordered_trimmed_and_apart(text: str) -> None:
    last = 0
    for start, end in sentence_spans(text):
        assert last <= start < end <= len(text)
        assert text[start:end] == text[start:end].strip()
        assert "\n" not in text[start:end]
        last = end


@given(PROSE, st.integers(0, 10_000))
def test_an_offset_shifts_every_span(text: str, offset: int) -> None:
    assert sentence_spans(text, offset) == [(a + offset, b + offset) for a, b in sentence_spans(text)]


@given(st.lists(st.sampled_from(["Fog came", "The lake fell", "Nobody knows 12 captains"]), min_size=1))
def test_nothing_of_plain_sentences_is_lost(parts: list[str]) -> None:
    text = ". ".join(parts) + "."
    assert [text[a:b] for a, b in sentence_spans(text)] == [f"{p}." for p in parts]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Dr. Saad spoke. He left.", ["Dr. Saad spoke.", "He left."]),
        ("The lake fell by 4.5 metres. Fog came.", ["The lake fell by 4.5 metres.", "Fog came."]),
        ("It left the U.S. The fleet stayed.", ["It left the U.S.", "The fleet stayed."]),
        ("The U.S. Navy left.", ["The U.S. Navy left."]),
        ("Why? Because.", ["Why?", "Because."]),
        ("لماذا؟ لأنها بعيدة.", ["لماذا؟", "لأنها بعيدة."]),
        ("He said “no.” They left.", ["He said “no.”", "They left."]),
        ("Steps:\n- a night ferry\n- lower fees", ["Steps:", "a night ferry", "lower fees"]),
        ("1. One pier\n2. Two piers", ["One pier", "Two piers"]),
        ("", []),
        (" \n ", []),
    ],
)
def test_where_sentences_end(text: str, sentences: list[str]) -> None:
    assert [text[a:b] for a, b in sentence_spans(text)] == sentences


# --------------------------------------------------------------------------- numbers


@given(st.integers(0, 10**12))
def test_a_number_is_the_same_with_and_without_separators(value: int) -> None:
    assert numbers(f"about {value:,} men") == numbers(f"about {value} men") == {str(value)}


@given(st.integers(1, 999), st.integers(1, 9), st.sampled_from([("million", 6), ("billion", 9), ("bn", 9)]))
def test_scales_are_multiplied_out_exactly(whole: int, tenths: int, scale: tuple[str, int]) -> None:
    name, zeros = scale
    expected = (10 * whole + tenths) * 10 ** (zeros - 1)
    assert numbers(f"{whole}.{tenths} {name}") == {str(expected)}


@given(st.integers(2, 99))
def test_spelt_numbers_are_numbers(value: int) -> None:
    units = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen \
        sixteen seventeen eighteen nineteen".split()
    tens = "twenty thirty forty fifty sixty seventy eighty ninety".split()
    unit = f"-{units[value % 10]}" if value % 10 else ""
    spelt = units[value] if value < 20 else tens[value // 10 - 2] + unit
    assert numbers(f"{spelt} captains") == {str(value)}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("one could say so", set()),
        ("28%", {"28"}),
        ("3.50 crowns", {"3.5"}),
        ("٦٤٠ رحلة", {"640"}),
        ("the 2nd of May", {"2"}),
        ("nothing", set()),
    ],
)
def test_examples_of_numbers(text: str, found: set[str]) -> None:
    assert numbers(text) == found


@given(st.integers(2, 10**6), st.integers(2, 10**6))
def test_different_numbers_stay_different(a: int, b: int) -> None:
    assume(a != b)
    assert numbers(f"{a:,} ferries") != numbers(f"{b:,} ferries")


def test_french_elision_and_plurals_meet() -> None:
    for one, other in (("l'Irak", "Irak"), ("d’État", "état"), ("qu'elle", "elle")):
        assert terms(one, "fr") == terms(other, "fr")
    for one, other in (("retraits", "retrait"), ("attaquées", "attaquer"), ("négociations", "négocier")):
        assert terms(one, "fr") == terms(other, "fr")
    assert words("don't O'Brien Sana'a") == ["dont", "obrien", "sanaa"]


def test_french_and_arabic_abbreviations_end_no_sentence() -> None:
    french = "M. Dupont a dit « non. » Mme Martin l'a confirmé le 3 janv. 2020."
    assert [french[a:b] for a, b in sentence_spans(french)] == [
        "M. Dupont a dit « non. »",
        "Mme Martin l'a confirmé le 3 janv. 2020.",
    ]
    arabic = "قال د. أحمد إن القوات انسحبت. هل تعود؟"
    assert [arabic[a:b] for a, b in sentence_spans(arabic)] == ["قال د. أحمد إن القوات انسحبت.", "هل تعود؟"]


def test_a_word_with_vowel_marks_is_one_word() -> None:
    assert words("سُلّمت") == words("سلمت") == ["سلمت"]
