"""OCR of scanned PDFs by ``ocrmypdf``, where it is installed; otherwise nothing happens."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ingest.limits import Limits


class OcrFailed(Exception):
    """OCR is installed and was tried; the message says what came of it."""


_LANGUAGES = ("eng", "fra", "ara")  # those the rest of the product reads; Tesseract's names


def recognise(data: bytes, limits: Limits, *, force: bool = False) -> bytes | None:
    """The PDF with a text layer, or None when OCR is not installed.

    ``force`` replaces a text layer that is there; otherwise only pages without one are read.

    Raises:
        OcrFailed: it did not succeed, or not in time.
    """
    program, engine = shutil.which("ocrmypdf"), shutil.which("tesseract")
    if program is None or engine is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "in.pdf", Path(folder) / "out.pdf"
        source.write_bytes(data)
        pages = "--force-ocr" if force else "--skip-text"
        command = [program, "--quiet", pages, "--output-type", "pdf", *_languages(engine), str(source), str(target)]
        try:
            subprocess.run(  # noqa: S603 - fixed program, our own file names
                command, check=True, capture_output=True, timeout=limits.wall_seconds * 0.9
            )
        except subprocess.TimeoutExpired as error:
            raise OcrFailed(
                f"OCR did not finish within {error.timeout:.0f} s here: raise BRIEFING_PARSE_SECONDS."
            ) from error
        except (subprocess.SubprocessError, OSError) as error:
            raise OcrFailed(f"OCR was tried here and failed ({_last_words(error)}).") from error
        return target.read_bytes()


def _last_words(error: Exception) -> str:
    told = (getattr(error, "stderr", None) or b"").decode("utf-8", "replace").strip().splitlines()
    return told[-1][:200].rstrip(".") if told else str(error)[:200]


def _languages(engine: str) -> list[str]:
    """``-l eng+ara``: which of our languages Tesseract has data for; nothing when it does not say."""
    try:
        told = subprocess.run(  # noqa: S603 - fixed program
            [engine, "--list-langs"], check=True, capture_output=True, text=True, timeout=10
        )
    except (subprocess.SubprocessError, OSError):
        return []
    installed = {*told.stdout.split(), *told.stderr.split()}
    ours = [language for language in _LANGUAGES if language in installed]
    return ["-l", "+".join(ours)] if ours else []
