"""Refusals in plain words, and the project's own sample reports."""

from __future__ import annotations

import io
import re
import zlib
from pathlib import Path

import pytest

from ingest.blocks import BlockKind
from ingest.limits import Limits
from ingest.readers.pdf import read_pdf
from rag.errors import SourceUnreadable
from tests.ingest.helpers import assembled
from tests.ingest.typeset import pdf, sentences

ROOT = Path(__file__).resolve().parents[2]
LIMITS = Limits()


def raw_pdf(stream: bytes, *, flate: bool = False, extra: bytes = b"") -> bytes:
    """A one-page PDF with this content stream, as small as the format allows."""
    data = zlib.compress(stream, 9) if flate else stream
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] /Contents 4 0 R "
        b"/Resources << /Font << /F 5 0 R >> >> >>",
        b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(data), b"/Filter /FlateDecode" if flate else b"", data),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica " + extra + b" >>",
    ]
    out = io.BytesIO(b"%PDF-1.5\n")
    out.seek(0, io.SEEK_END)
    offsets = []
    for number, part in enumerate(parts, start=1):
        offsets.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, part))
    start = out.tell()
    out.write(b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % o for o in offsets))
    out.write(b"trailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % start)
    return out.getvalue()


def refusal(data: bytes, limits: Limits = LIMITS) -> str:
    with pytest.raises(SourceUnreadable) as caught:
        read_pdf(data, limits)
    reason = str(caught.value)
    assert "\n" not in reason
    return reason


def test_empty_damaged_and_foreign_bytes_are_named() -> None:
    assert refusal(b"").startswith("is empty")
    assert refusal(b"\0" * 50).startswith("is empty")
    assert "damaged or not a PDF" in refusal(b"Dear reader, this is a letter.")


def test_an_encrypted_file_asks_for_a_copy_without_password() -> None:
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf(sentences("alder", 4)))))
    writer.encrypt("secret", algorithm="RC4-128")
    locked = io.BytesIO()
    writer.write(locked)
    assert refusal(locked.getvalue()) == "is encrypted; save a copy without a password."


@pytest.mark.parametrize(("version", "revision", "length"), [(4, 4, 32), (5, 6, 48)])
def test_aes_is_named_too_though_nothing_here_can_make_it(version: int, revision: int, length: int) -> None:
    """The password check fails before any text is deciphered, so a made-up key does for AES-128 and AES-256."""
    key = b"<" + b"ab" * length + b">"
    ciphers = b"/CF << /StdCF << /CFM /%s /Length %d >> >> /StmF /StdCF /StrF /StdCF" % (
        (b"AESV2", 16) if version == 4 else (b"AESV3", 32)
    )
    more = b"/OE <%s> /UE <%s> /Perms <%s>" % (b"cd" * 32, b"cd" * 32, b"ef" * 16) if version == 5 else b""
    lock = b"<< /Filter /Standard /V %d /R %d /Length 256 /P -44 /O %s /U %s %s %s >>" % (
        version, revision, key, key, more, ciphers,
    )  # fmt: skip
    plain = raw_pdf(b"BT /F 12 Tf (secret) Tj ET")
    locked = plain.replace(b"/Root 1 0 R", b"/Root 1 0 R /ID [<00> <00>] /Encrypt " + lock)
    assert refusal(locked) == "is encrypted; save a copy without a password."


def test_a_page_without_text_says_how_many_characters() -> None:
    assert "no text (0 characters on 1 page)" in refusal(raw_pdf(b"0 0 m 9 9 l S"))


def test_a_scan_without_text_layer_is_named_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda _: None)
    picture = b"q 300 0 0 300 0 0 cm BI /W 1 /H 1 /CS /G /BPC 8 ID \x80 EI Q"
    reason = refusal(raw_pdf(picture))
    assert reason.startswith("has no usable text layer (0 characters on 1 page): run OCR")


PICTURE = b"q 300 0 0 300 0 0 cm BI /W 1 /H 1 /CS /G /BPC 8 ID \x80 EI Q"


def ocr_programs(folder: Path, monkeypatch: pytest.MonkeyPatch, recognised: bytes, shell: str) -> None:
    """Stand-ins for Tesseract, which knows English and Arabic, and for ocrmypdf, which runs ``shell``."""
    (folder / "recognised.pdf").write_bytes(recognised)
    programs = {"tesseract": "printf 'List of languages:\nara\neng\nosd\n'", "ocrmypdf": shell}
    for name, body in programs.items():
        (folder / name).write_text(f"#!/bin/sh\nhere={folder}\n{body}\n")
        (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")


OCR = 'echo "$@" > $here/asked; for last; do :; done; cp $here/recognised.pdf "$last"'


def test_a_scan_is_recognised_where_ocr_is_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ocr_programs(tmp_path, monkeypatch, pdf("#set page(width: 200mm, height: 200mm)\n" + sentences("alder", 20)), OCR)
    assert "alder 20 stands" in " ".join(b.text for b in read_pdf(raw_pdf(PICTURE), LIMITS).blocks)
    asked = (tmp_path / "asked").read_text()
    assert "--skip-text" in asked
    assert "-l eng+ara" in asked


def test_ocr_that_finds_nothing_is_tried_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ocr_programs(tmp_path, monkeypatch, raw_pdf(PICTURE), OCR.replace("> $here", ">> $here"))
    assert refusal(raw_pdf(PICTURE)).endswith("OCR was tried here and did not help.")
    assert len((tmp_path / "asked").read_text().splitlines()) == 1


def test_ocr_that_fails_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ocr_programs(tmp_path, monkeypatch, b"", "echo 'page 1: no ink.' >&2; exit 2")
    assert refusal(raw_pdf(PICTURE)).endswith("OCR was tried here and failed (page 1: no ink).")


def test_ocr_that_takes_too_long_names_the_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ocr_programs(tmp_path, monkeypatch, b"", "exec sleep 30")
    reason = refusal(raw_pdf(PICTURE), Limits(wall_seconds=1))
    assert "did not finish within 1 s here: raise BRIEFING_PARSE_SECONDS" in reason


def test_too_many_pages_names_the_setting() -> None:
    reason = refusal(pdf("one\n#pagebreak()\ntwo\n#pagebreak()\nthree"), Limits(max_pages=2))
    assert "has 3 pages, more than the 2 allowed" in reason
    assert "BRIEFING_MAX_PAGES" in reason


def test_a_shifted_alphabet_is_refused_and_english_is_not() -> None:
    english = " ".join(sentences("alder", 40).split())
    shifted = "".join(chr((ord(c) - 97 + 3) % 26 + 97) if "a" <= c <= "z" else c for c in english)
    wide = "#set page(width: 200mm, height: 200mm)\n"
    assert "no language" in refusal(pdf(wide + shifted))
    assert read_pdf(pdf(wide + english), LIMITS).blocks


def test_letters_in_the_private_use_area_are_refused() -> None:
    mapping = (
        b"/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <00> <ff> "
        b"endcodespacerange 1 beginbfrange <20> <7e> <e020> endbfrange endcmap end"
    )
    data = raw_pdf(
        b"BT /F 12 Tf 20 200 Td (Nothing here can be read by anyone at all) Tj ET",
        extra=b"/ToUnicode 6 0 R",
    )
    unicode_map = b"6 0 obj\n<< /Length %d >>\nstream\n%s\nendstream\nendobj\nxref" % (len(mapping), mapping)
    patched = data.replace(b"xref\n0 6", unicode_map + b"\n0 6", 1)
    patched = re.sub(rb"startxref\n\d+", b"startxref\n0", patched).replace(b"/Size 6", b"/Size 7")
    assert "without usable letters" in refusal(patched)


# --------------------------------------------------------------------------- our own reports


@pytest.fixture(scope="module")
def rasanah():  # type: ignore[no-untyped-def]
    return read_pdf((ROOT / "reports/digest-rasanah.pdf").read_bytes(), LIMITS)


def test_the_two_column_digest_comes_out_whole(rasanah) -> None:  # type: ignore[no-untyped-def]
    meta = rasanah.metadata
    assert meta.title == "After the Americans: Al-Ghoneimi on a US Withdrawal from Iraq"
    assert (meta.authors, meta.publisher, meta.published) == (("Briefing Desk",), "Briefing Desk", "2025-05-12")
    headings = [b.text for b in rasanah.blocks if b.kind is BlockKind.HEADING]
    assert headings[1:4] == [
        "The argument in brief",
        "Who asked for what, and when",
        "Reasons given and reasons suspected",
    ]
    assert headings[-1] == "How firm is the forecast?"


def test_its_notes_are_lifted_and_anchored(rasanah) -> None:  # type: ignore[no-untyped-def]
    notes = [b.marker for b in rasanah.blocks if b.kind is BlockKind.NOTE]
    anchors = [label for b in rasanah.blocks for _, label in b.anchors]
    assert notes == list("1234567")
    assert sorted(anchors) == list("1234567")
    brief = next(b for b in rasanah.blocks if b.text.startswith("Al-Ghoneimi asks whether"))
    assert brief.text[: brief.anchors[0][0]].endswith("is a “strategic vacuum”.")


def test_its_running_heads_are_gone_but_recorded(rasanah) -> None:  # type: ignore[no-untyped-def]
    assert not any(b.text == "Briefing Desk Digests, May 2025" for b in rasanah.blocks)
    assert "page 2: Briefing Desk Digests, May 2025" in [a.text for a in rasanah.cleaning]


def test_the_timetable_keeps_its_table() -> None:
    parsed = read_pdf((ROOT / "reports/tigris-timetable.pdf").read_bytes(), LIMITS)
    rows = [b.text for b in parsed.blocks if b.kind is BlockKind.TABLE_ROW]
    assert rows[0] == "Phase | Period | Leaving | To be signed beforehand"
    assert rows[2].startswith("Two | July 2024 to March 2025 | 1,150 | Agreement on drone imagery")
    assert len(rows) == 4
    assert parsed.metadata.authors == ("Maren Oakhurst",)
    assert parsed.metadata.published == "2023-11-20"


SAMPLES = ROOT / "reports"


def test_paragraphs_set_close_together_and_notes_that_share_their_pages_number() -> None:
    """A typeset paper: 1.23 line distances between paragraphs, note 1 on page 1, note 2 on page 2."""
    document = assembled((SAMPLES / "tigris-timetable.pdf").read_bytes(), ".pdf").document
    meta = document.metadata
    assert meta.authors == ("Maren Oakhurst",)
    assert (meta.publisher, meta.series) == ("Tigris Fold Institute", "Policy Paper 7")
    assert meta.published == "2023-11-20"
    assert [n.label for n in document.notes] == ["1", "2"]
    assert all(n.anchor is not None for n in document.notes)
    assert "310,000 names.\n\nThree of the five" in document.text
    assert "Two | July 2024 to March 2025 | 1,150 | Agreement" in document.text
    assert document.text.count("Tigris Fold Institute, Policy Paper 7") == 1


def test_a_closed_compound_divided_at_a_line_end_loses_its_hyphen() -> None:
    document = assembled((SAMPLES / "digest-rasanah.pdf").read_bytes(), ".pdf").document
    assert "a 49% shortfall" in document.text
    assert [n.label for n in document.notes] == list("1234567")
    assert all(n.anchor is not None for n in document.notes)
