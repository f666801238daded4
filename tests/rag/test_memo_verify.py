"""What becomes of a citation when the file, the source or the library changes."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from rag.errors import NotFound
from rag.fakes import sample_document
from rag.memo_verify import (
    CheckedCitation,
    CitationStatus,
    FiledCitation,
    FiledUse,
    check_citations,
    checksum,
    quotations,
    verification_json,
)
from rag.types import Document

TEXT = "The lake is deep. They counted 12 ferries\nin May. Nobody asked the captains."
QUOTE = "They counted 12 ferries\nin May."


class Shelf:
    """A library as far as verification needs one."""

    def __init__(self, *held: Document) -> None:
        self._held = {d.id: d for d in held}

    def document(self, document_id: str) -> Document:
        if document_id not in self._held:
            raise NotFound(document_id)
        return self._held[document_id]


def lake(text: str = TEXT) -> Document:
    return sample_document("lake", text)[0]


def filed(**changes: object) -> FiledCitation:
    start = TEXT.index(QUOTE)
    made = FiledCitation(
        number=1, document_id="lake", quote="They counted 12 ferries in May.", start=start, end=start + len(QUOTE),
        sha256=lake().sha256[:12], check=checksum(QUOTE),
    )  # fmt: skip
    return replace(made, **changes)  # type: ignore[arg-type]


def verdict(citation: FiledCitation, *held: Document) -> CheckedCitation:
    return check_citations([citation], Shelf(*held))[0]  # type: ignore[arg-type]


def test_an_untouched_citation_is_intact_white_space_aside() -> None:
    assert verdict(filed(), lake()) == CheckedCitation(
        number=1, document_id="lake", status=CitationStatus.INTACT, detail=""
    )
    assert verdict(filed(sha256=lake().sha256, check=""), lake()).status is CitationStatus.INTACT


def test_a_source_that_went_is_missing() -> None:
    found = verdict(filed())
    assert found.status is CitationStatus.SOURCE_MISSING
    assert "'lake'" in found.detail


def test_a_new_version_that_keeps_the_words_is_a_changed_source() -> None:
    newer = lake("A new first line. " + TEXT)
    found = verdict(filed(), newer)
    assert found.status is CitationStatus.SOURCE_CHANGED
    start = newer.text.index(QUOTE)
    assert f"{start}-{start + len(QUOTE)}" in found.detail


def test_a_new_version_without_the_words_does_not_have_the_quote() -> None:
    assert verdict(filed(), lake("They counted 9 ferries in May.")).status is CitationStatus.QUOTE_NOT_IN_SOURCE


@pytest.mark.parametrize("check", [checksum(QUOTE), ""])
def test_an_altered_quote_is_found_with_and_without_its_checksum(check: str) -> None:
    found = verdict(filed(quote="They counted 15 ferries in May.", check=check), lake())
    assert found.status is CitationStatus.QUOTE_ALTERED
    assert "counted 12 ferries" in found.detail


def test_an_altered_quote_is_found_even_when_its_source_went() -> None:
    assert verdict(filed(quote="They counted 15 ferries in May.")).status is CitationStatus.QUOTE_ALTERED


def test_case_and_punctuation_count() -> None:
    right = "They counted 12 ferries in May."
    for words in (right.lower(), right.replace(".", "!"), right.replace("12", "12,")):
        assert verdict(filed(quote=words, check=""), lake()).status is CitationStatus.QUOTE_ALTERED


@pytest.mark.parametrize(
    "shown",
    [
        "The mayor’s “new” dam – it holds…",
        'The mayor\'s "new" dam - it holds...',
        "The may\u00ador’s “new” dam — it holds…",
    ],
)
def test_typographic_signs_are_the_word_processors(shown: str) -> None:
    stored = "The mayor's \"new\" dam \u2013 it holds..."
    place = filed(quote=shown, start=0, end=len(stored))
    for check in ("", checksum(stored), hashlib.sha256(stored.encode()).hexdigest()[:8]):
        assert verdict(replace(place, sha256="", check=check), lake(stored)).status is CitationStatus.INTACT
    other = replace(place, quote=shown.replace("holds", "held"), sha256="", check=checksum(stored))
    assert verdict(other, lake(stored)).status is CitationStatus.QUOTE_ALTERED


def test_a_checksum_of_an_older_file_is_known_when_its_source_went() -> None:
    words = "The mayor’s dam holds."
    older = hashlib.sha256(words.encode()).hexdigest()[:8]
    assert older != checksum(words)
    assert verdict(filed(quote=words, check=older)).status is CitationStatus.SOURCE_MISSING


def test_a_forged_checksum_does_not_help() -> None:
    words = "They counted 15 ferries in May."
    assert verdict(filed(quote=words, check=checksum(words)), lake()).status is not CitationStatus.INTACT
    other = "The moon is made of green cheese."
    forged = verdict(filed(quote=other, check=checksum(other)), lake())
    assert forged.status is CitationStatus.QUOTE_NOT_IN_SOURCE


def test_true_words_at_the_wrong_place_are_altered() -> None:
    elsewhere = filed(quote="Nobody asked the captains.", check="")
    assert verdict(elsewhere, lake()).status is CitationStatus.QUOTE_ALTERED
    assert verdict(filed(quote="", check=""), lake()).status is CitationStatus.QUOTE_NOT_IN_SOURCE


def test_text_that_was_cleaned_anew_is_a_changed_source() -> None:
    again = replace(lake("Front. " + TEXT), sha256=lake().sha256)
    assert verdict(filed(), again).status is CitationStatus.SOURCE_CHANGED


def test_a_note_without_a_place_cannot_be_read() -> None:
    assert verdict(filed(document_id=""), lake()).status is CitationStatus.UNREADABLE


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("Lake report: “They counted 12 ferries in May.”", "intact"),
        ("Lake report: “[Clerks] counted 12 ferries … May.”", "intact"),
        ("Lake report: “They counted 15 ferries in May.”", "quote_altered"),
        ("Lake report says “ferries” and no more", "intact"),
        ("A “first true” remark: “They counted 12 “ferries” in June.”", "quote_altered"),
        ("Lake report: “They counted 12 ferries in June.", "quote_altered"),
    ],
)
def test_the_memos_own_words_in_quotation_marks_are_checked(said: str, status: str) -> None:
    assert verdict(filed(uses=(FiledUse(said, (QUOTE,)),)), lake()).status == status


def test_a_sentence_may_quote_any_of_the_citations_at_its_end() -> None:
    use = FiledUse("Report: “The lake is deep.”", (QUOTE, "The lake is deep."))
    assert verdict(filed(uses=(use,)), lake()).status is CitationStatus.INTACT


def test_nested_and_open_quotation_marks() -> None:
    assert quotations("a “one two “three four” five” b “six seven eight”") == [
        "one two “three four” five", "six seven eight",
    ]  # fmt: skip
    assert quotations("“left open by mistake") == ["left open by mistake"]
    assert quotations("no marks, “two words” only") == []
    assert quotations("Le rapport : « une phrase entière » et rien.") == [" une phrase entière "]
    assert quotations('Board (2024): "the "very new" dam is safe"') == ['the "very new" dam is safe']
    assert quotations('It says "one two three" and "four five six".') == ["one two three", "four five six"]
    assert quotations('six inches (6") of rain fell there') == []


def test_the_summary_counts_each_status() -> None:
    checked = check_citations([filed(), filed(number=2, document_id="gone")], Shelf(lake()))  # type: ignore[arg-type]
    value = verification_json("memo.md", checked)
    assert value["file"] == "memo.md"
    assert (value["total"], value["intact"], value["source_missing"], value["quote_altered"]) == (2, 1, 1, 0)
    assert value["citations"][0] == {"number": 1, "document_id": "lake", "status": "intact", "detail": ""}
