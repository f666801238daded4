"""Prints the README's settings table from the settings themselves: ``python -m rag.settings_table``."""

from __future__ import annotations

from pydantic_core import PydanticUndefined

from rag.settings import Settings


def table() -> str:
    """A Markdown table: variable, default, description."""
    rows = ["| variable | default | meaning |", "| --- | --- | --- |"]
    for name, field in Settings.model_fields.items():
        default = field.default
        shown = "unset" if default in (None, PydanticUndefined) else f"`{_text(default)}`"
        rows.append(f"| `BRIEFING_{name.upper()}` | {shown} | {field.description} |")
    return "\n".join(rows)


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


if __name__ == "__main__":
    print(table())
