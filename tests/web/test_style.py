"""Colours of the style sheet, light and dark, against WCAG 2.2 AA."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

CSS = (Path(__file__).parents[2] / "web" / "static" / "site.css").read_text()
PAIRS = re.findall(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)", CSS)
TOKENS = {name: (light, dark) for name, light, dark in PAIRS}


def luminance(colour: str) -> float:
    def linear(channel: float) -> float:
        return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(int(colour[i : i + 2], 16) / 255) for i in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_contrast_of_black_and_white_is_twenty_one() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("ink", "ground", "least"),
    [
        *((ink, ground, 4.5) for ink in ("ink", "quiet", "accent", "danger") for ground in ("paper", "surface")),
        ("quiet", "sunken", 4.5),
        ("ink", "mark", 4.5),
        ("accent", "mark", 4.5),
        ("accent", "accent-wash", 4.5),
        ("ink", "accent-wash", 4.5),
        ("quiet", "accent-wash", 4.5),
        ("accent-ink", "accent", 4.5),
        ("doubt", "doubt-wash", 4.5),
        ("doubt", "paper", 4.5),
        ("quiet", "doubt-wash", 4.5),
        ("ink", "danger-wash", 4.5),
        ("ink", "good-wash", 4.5),
        ("good", "paper", 4.5),
        ("surface", "danger", 4.5),
        ("edge", "paper", 3.0),
        ("edge", "surface", 3.0),
    ],
)
def test_text_and_controls_stand_out(ink: str, ground: str, least: float, scheme: int) -> None:
    assert contrast(TOKENS[ink][scheme], TOKENS[ground][scheme]) >= least
