"""DOCX: structure, notes, numbers, metadata, and hostile containers."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from ingest.blocks import BlockKind, Parsed
from ingest.limits import Limits
from ingest.readers.docx import read_docx
from rag.errors import SourceUnreadable

ROOT = Path(__file__).resolve().parents[2]
LIMITS = Limits()
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def saved(document) -> bytes:  # type: ignore[no-untyped-def]
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def with_body(xml: str) -> bytes:
    """A document whose body is this XML."""
    import docx

    source = zipfile.ZipFile(io.BytesIO(saved(docx.Document())))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            data = source.read(name)
            if name == "word/document.xml":
                data = f"<w:document {W}><w:body>{xml}</w:body></w:document>".encode()
            target.writestr(name, data)
    return buffer.getvalue()


def refusal(data: bytes, limits: Limits = LIMITS) -> str:
    with pytest.raises(SourceUnreadable) as caught:
        read_docx(data, limits)
    return str(caught.value)


@pytest.fixture(scope="module")
def meridian() -> Parsed:
    return read_docx((ROOT / "reports/meridian-readiness.docx").read_bytes(), LIMITS)


def test_metadata_come_from_the_head(meridian: Parsed) -> None:
    meta = meridian.metadata
    assert meta.title == "Ready for What? Five Tests before the Coalition Leaves Iraq"
    assert meta.authors == ("Tobias Wrenhadley", "Salma Dawoodi")
    assert meta.publisher == "Marsh & Meridian Policy Group"
    assert meta.published == "2024-03-14"
    assert meridian.pages is None


def test_tables_stand_where_they_stood(meridian: Parsed) -> None:
    texts = [b.text for b in meridian.blocks]
    row = texts.index("Air | F-16 fighters serviceable | 14 of 34 | 26 of 34")
    assert texts[row - 1] == "Test | Measure | February 2024 | Pass mark"
    assert texts[row - 2].startswith("Five tests of readiness")
    assert meridian.blocks[row].kind is BlockKind.TABLE_ROW


def test_footnotes_are_anchored_after_the_word_they_follow(meridian: Parsed) -> None:
    notes = {b.marker: b.text for b in meridian.blocks if b.kind is BlockKind.NOTE}
    assert sorted(notes) == ["1", "2", "3"]
    assert notes["2"].startswith("Eleven serving and retired officers")
    holder = next(b for b in meridian.blocks if (221, "2") in b.anchors)
    assert holder.text[:221].endswith("agreed by a panel.")


def test_numbered_lists_carry_the_numbers_word_prints(meridian: Parsed) -> None:
    steps = [(b.marker, b.text[:9]) for b in meridian.blocks if b.marker.endswith(".")]
    assert steps == [("1.", "adopt the"), ("2.", "publish t"), ("3.", "move advi"), ("4.", "agree tha")]


def test_comments_and_deleted_words_are_left_out() -> None:
    data = with_body(
        '<w:p><w:r><w:t xml:space="preserve">The bridge </w:t></w:r>'
        '<w:del w:id="1" w:author="x"><w:r><w:delText>fell</w:delText></w:r></w:del>'
        '<w:ins w:id="2" w:author="x"><w:r><w:t>stands</w:t></w:r></w:ins></w:p>'
    )
    assert [b.text for b in read_docx(data, LIMITS).blocks] == ["The bridge stands"]


def test_a_machine_account_is_no_author() -> None:
    import docx

    for name, expected in (("Administrator", ()), ("user", ()), ("Salma Dawoodi", ("Salma Dawoodi",))):
        document = docx.Document()
        document.add_paragraph("The river rose in spring and fell again in autumn of that year.")
        document.core_properties.author = name
        assert read_docx(saved(document), LIMITS).metadata.authors == expected


def test_the_file_date_is_never_the_publication_date() -> None:
    import docx

    document = docx.Document()
    document.add_paragraph("The river rose in spring and fell again in autumn of that year.")
    assert read_docx(saved(document), LIMITS).metadata.published is None


def test_an_exponent_stays_in_the_text() -> None:
    data = with_body(
        '<w:p><w:r><w:t>10</w:t></w:r><w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr>'
        '<w:t>6</w:t></w:r><w:r><w:t xml:space="preserve"> litres a day</w:t></w:r></w:p>'
    )
    assert read_docx(data, LIMITS).blocks[0].text == "10⁶ litres a day"


# --------------------------------------------------------------------------- hostile containers


def test_refusals_say_what_to_do() -> None:
    assert "is empty" in refusal(b"")
    assert "old .doc format" in refusal(b"\xd0\xcf\x11\xe0" + b"\0" * 600)
    assert "damaged" in refusal(b"PK\x03\x04 and nothing else")
    assert "not a Word document" in refusal(archive({"readme.txt": b"hello"}))
    assert "has no text" in refusal(with_body("<w:p/>"))


def archive(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name, data in members.items():
            target.writestr(name, data)
    return buffer.getvalue()


def test_a_zip_bomb_is_judged_before_it_is_unpacked() -> None:
    bomb = archive({"word/document.xml": b"\0" * (30 * 1024 * 1024)})
    assert len(bomb) < 100_000
    assert "more than 100 times smaller" in refusal(bomb)
    assert "unpacks to 30 MiB, more than the 20 MiB" in refusal(bomb, Limits(max_unpacked_mb=20))


def test_too_many_entries_are_refused() -> None:
    assert "holds 12 entries" in refusal(archive({f"{n}.xml": b"<a/>" for n in range(12)}), Limits(max_entries=11))


def test_entities_are_refused_wherever_they_hide() -> None:
    xml = '<!DOCTYPE w [<!ENTITY a "aaaa">]><w>&a;</w>'
    for encoding in ("utf-8", "utf-16"):
        data = archive({"word/document.xml": xml.encode(encoding)})
        assert "declares XML entities" in refusal(data)


def test_letters_and_romans_are_printed_as_word_does() -> None:
    from ingest.readers.docx_numbers import _in_format

    assert [_in_format(n, "lowerLetter") for n in (1, 26, 27)] == ["a", "z", "aa"]
    assert [_in_format(n, "upperRoman") for n in (4, 9, 14)] == ["IV", "IX", "XIV"]
    assert _in_format(7, "decimalZero") == "07"
