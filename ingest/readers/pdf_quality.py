"""Is the text layer fit to be quoted?  Says in one line why not."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.readers.pdf_model import Page

_COMMON = frozenset(
    (
        "the of and to in a is that for on with as by at from are was be this it or an not have has their "
        "le la les de des du et un une dans pour que qui est sur en par au aux "
        "der die das und den von zu mit ist auf für im dem nicht ein eine "
        "el los las y del se por con una para su al lo como o e os da do não em il di che della non sono"
    ).split()
)
_LATIN_WORD = re.compile(r"[A-Za-zÀ-ɏ]+")
_FIT_TO_QUOTE = 0.85  # a clean scan of old print reaches 0.93, a newspaper page with noise 0.80
_OCR = "run OCR (for example: ocrmypdf --force-ocr in.pdf out.pdf), then ingest the result"


def empty_reason(pages: Sequence[Page]) -> str | None:
    """Why a file without (enough) characters cannot be used, or None."""
    characters = sum(page.characters for page in pages)
    if characters >= max(20, 8 * len(pages)):
        return None
    count = f"{characters} character{'' if characters == 1 else 's'} on {len(pages)} page"
    count += "" if len(pages) == 1 else "s"
    if not any(page.images for page in pages) and characters == 0:
        return f"has no text ({count}): check the file, or export it again as PDF with text."
    return f"has no usable text layer ({count}): run OCR, for example ocrmypdf in.pdf out.pdf, then ingest again."


def encoding_reason(pages: Sequence[Page], texts: Sequence[str]) -> str | None:
    """Why a text layer that is there is not language, or None."""
    characters = sum(page.characters for page in pages)
    unmapped = sum(page.unmapped for page in pages)
    if characters and unmapped > 0.2 * characters:
        return (
            f"has a text layer without usable letters ({unmapped} of {characters} characters have no meaning): {_OCR}."
        )
    sample = " ".join(texts)[:200_000]
    latin = _LATIN_WORD.findall(sample)
    letters = "".join(latin).lower()
    foreign = sum(c.isalpha() and c > "\u024f" for c in sample)
    if len(letters) < 600 or foreign > len(letters):
        return None
    vowels = sum(c in "aeiouyàâäáãéèêëíìîïóòôöõúùûüæœø" for c in letters) / len(letters)
    common = sum(word.lower() in _COMMON for word in latin) / len(latin)
    if common < 0.01 and not 0.26 < vowels < 0.58:
        return f"has a text layer that is no language (letters are mixed up): {_OCR}."
    return None


def is_scan(pages: Sequence[Page]) -> bool:
    """True when most pages with text are one picture with text laid over it."""
    with_text = [page for page in pages if page.characters >= 8]
    return bool(with_text) and sum(page.scan for page in with_text) > 0.5 * len(with_text)


def ocr_reason(pages: Sequence[Page], texts: Sequence[str]) -> str | None:
    """Why a scan's text layer is too poor to be quoted, or None."""
    if not is_scan(pages) or sum(len(t) for t in texts) < 300:
        return None
    share = readability(texts)
    if share >= _FIT_TO_QUOTE:
        return None
    return (
        f"is a scan whose text layer is too poor to be quoted (only {share:.0%} of its words look like words): {_OCR}."
    )


def readability(texts: Sequence[str]) -> float:
    """Share of words that look like words: poor OCR falls below about 0.8."""
    good = total = 0
    for text in texts:
        for word in text.split():
            core = word.strip(".,;:!?()[]{}\"'“”‘’—–-…")
            if not core:
                total += 1
                continue
            total += 1
            plain = core.replace("-", "").replace("'", "").replace("’", "")
            good += (plain.isalpha() and (len(plain) > 1 or plain in "aAIàyYoO&")) or bool(
                re.fullmatch(r"[$€£]?\d[\d.,:/%]*\w{0,2}", core)
            )
    return good / total if total else 1.0
