"""Small PDFs for layout tests, typeset once a session."""

from __future__ import annotations

from functools import lru_cache

import pytest


@lru_cache(maxsize=64)
def pdf(source: str) -> bytes:
    """The PDF of a Typst source, with the fonts that Typst carries."""
    typst = pytest.importorskip("typst")
    compiled: bytes = typst.compile(source.encode("utf-8"), ignore_system_fonts=True)
    return compiled


def sentences(word: str, count: int) -> str:
    """``count`` sentences that can be told apart: *alder 1 stands by the river and is quiet.*"""
    return " ".join(f"{word} {n} stands by the river and is quiet." for n in range(1, count + 1))
