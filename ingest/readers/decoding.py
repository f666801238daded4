"""Bytes to characters: UTF-8 first, then the byte order mark, then a judged guess."""

from __future__ import annotations

import codecs
import re

from rag.errors import SourceUnreadable

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LINE_ENDS = re.compile(r"\r\n|\r|\x0b|\x85|\u2028|\u2029")
_BINARY_SHARE = 0.02
_SOUND_FOR_ONE = 10
_MARKED_SHARE = 0.2
_TYPOGRAPHY = "‘’“”„«»–—…•°§€£©®\u00a0"


def decode(data: bytes) -> tuple[str, tuple[str, ...]]:
    """Text with ``\\n`` line ends, and warnings where the encoding was guessed or repaired.

    Raises:
        SourceUnreadable: the bytes are no text in any encoding.
    """
    text, warnings = _decoded(data)
    controls = sum(1 for c in text[:20000] if c < " " and c not in "\n\r\t\f\x0b")
    if controls > _BINARY_SHARE * max(1, len(text[:20000])):
        raise SourceUnreadable(
            "the content is not text (too many control characters); give a text, Markdown, HTML, "
            "DOCX or PDF file its proper suffix."
        )
    text = _LINE_ENDS.sub("\n", text)
    text, repaired = _unscrambled(text)
    return text, warnings + repaired


def _decoded(data: bytes) -> tuple[str, tuple[str, ...]]:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                return data.decode(encoding), ()
            except UnicodeDecodeError as error:
                raise SourceUnreadable(
                    f"the file begins with a {encoding} mark but is not {encoding}: {error.reason} at "
                    f"byte {error.start}; save it again as UTF-8."
                ) from error
    try:
        return data.decode("utf-8"), ()
    except UnicodeDecodeError:
        return _nearly_utf8(data) or _guessed(data)


def _nearly_utf8(data: bytes) -> tuple[str, tuple[str, ...]] | None:
    """UTF-8 in which a few bytes are damaged: far more of its characters beyond ASCII are sound."""
    text = data.decode("utf-8", "replace")
    damaged = text.count("\ufffd")
    sound = sum(c > "\x7f" for c in text) - damaged
    if damaged * _SOUND_FOR_ONE > sound:
        return None
    return text, (f"{damaged} damaged characters stand as \ufffd; compare quotes near them with the original",)


def _guessed(data: bytes) -> tuple[str, tuple[str, ...]]:
    from charset_normalizer import from_bytes

    best = from_bytes(data).best()
    if best is None:
        return _western(data)
    return str(best), (f"not UTF-8; read as {best.encoding}, please check accents and quotes",)


def _western(data: bytes) -> tuple[str, tuple[str, ...]]:
    """A text too short for a statistical guess, when as Windows-1252 its few marks are letters and quotes."""
    text = data.decode("cp1252", "replace")
    high = [c for c in text if c > "\x7f"]
    if len(high) > _MARKED_SHARE * len(text) or any(not (c.isalpha() or c in _TYPOGRAPHY) for c in high):
        raise SourceUnreadable("the text encoding cannot be told; save the file again as UTF-8.")
    return text, ("not UTF-8; read as cp1252, please check accents and quotes",)


def _unscrambled(text: str) -> tuple[str, tuple[str, ...]]:
    import ftfy
    from ftfy.badness import badness

    if not badness(text):
        return text, ()
    repaired = "\n".join(ftfy.fix_encoding(line) if badness(line) else line for line in text.split("\n"))
    if repaired == text:
        return text, ()
    return repaired, ("doubly encoded characters were repaired",)
