"""Gold files in a folder of their own."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

WriteGold = Callable[..., Path]


@pytest.fixture
def write_gold(tmp_path: Path) -> WriteGold:
    def write(*rows: dict[str, Any], name: str = "gold.jsonl") -> Path:
        path = tmp_path / name
        path.write_text("".join(json.dumps(r) + "\n" for r in rows), encoding="utf-8")
        return path

    return write
