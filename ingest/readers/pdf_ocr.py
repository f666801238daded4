"""OCR of scanned PDFs by ``ocrmypdf``, where it is installed; otherwise nothing happens."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ingest.limits import Limits


def recognise(data: bytes, limits: Limits) -> bytes | None:
    """The PDF with a text layer, or None when OCR is not installed or did not succeed in time."""
    program = shutil.which("ocrmypdf")
    if program is None or shutil.which("tesseract") is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "in.pdf", Path(folder) / "out.pdf"
        source.write_bytes(data)
        try:
            subprocess.run(  # noqa: S603 - fixed program, our own file names
                [program, "--quiet", "--skip-text", "--output-type", "pdf", str(source), str(target)],
                check=True,
                capture_output=True,
                timeout=limits.wall_seconds * 0.9,
            )
        except (subprocess.SubprocessError, OSError):
            return None
        return target.read_bytes()
