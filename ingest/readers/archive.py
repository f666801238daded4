"""Zip containers looked at before anything in them is unpacked."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

from rag.errors import SourceUnreadable

if TYPE_CHECKING:
    from ingest.limits import Limits

_MEBIBYTE = 1024 * 1024
_SMALL = 1 * _MEBIBYTE  # a ratio says nothing about small members


def open_checked(data: bytes, limits: Limits) -> zipfile.ZipFile:
    """The archive, after its directory has been judged against the limits.

    Raises:
        SourceUnreadable: not a zip, encrypted, too many entries, too large or packed too tightly.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise SourceUnreadable(
            "is damaged (not a readable zip container): open it in Word and save it again."
        ) from error
    if len(entries) > limits.max_entries:
        raise SourceUnreadable(
            f"holds {len(entries)} entries, more than the {limits.max_entries} allowed: it does not "
            "look like a document (BRIEFING_MAX_ARCHIVE_ENTRIES)."
        )
    if any(entry.flag_bits & 1 for entry in entries):
        raise SourceUnreadable("is encrypted; save a copy without a password.")
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > limits.max_unpacked_mb * _MEBIBYTE:
        raise SourceUnreadable(
            f"unpacks to {unpacked // _MEBIBYTE} MiB, more than the {limits.max_unpacked_mb} MiB "
            "allowed: it looks like a zip bomb; save it again without embedded files, or raise "
            "BRIEFING_MAX_UNPACKED_MB."
        )
    for entry in entries:
        if entry.file_size > _SMALL and entry.file_size > limits.max_ratio * max(entry.compress_size, 1):
            raise SourceUnreadable(
                f"packs {entry.filename!r} more than {limits.max_ratio} times smaller: it looks like a "
                "zip bomb and is not unpacked (BRIEFING_MAX_PACK_RATIO)."
            )
    return archive


def member(archive: zipfile.ZipFile, name: str) -> bytes | None:
    """One member's bytes, None when it is absent; never more than its directory entry promised."""
    try:
        entry = archive.getinfo(name)
    except KeyError:
        return None
    with archive.open(entry) as stream:
        return stream.read(entry.file_size)
