"""Checks gold files against texts without a library: each quote stands in its document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from eval.cases import GoldSet, check_gold, load_gold


def check_files(files: Sequence[Path], texts: Mapping[str, str]) -> GoldSet:
    """Loads gold files and checks them; returns the cases.

    Args:
        files: JSON Lines files.
        texts: text by document id, as stored (or, for plain text sources, as in the file).

    Raises:
        GoldError: every fault, one a line.
    """
    gold = load_gold(files)
    check_gold(gold, texts)
    return gold
