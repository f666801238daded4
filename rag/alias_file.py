"""The library's own groups of names, ``aliases.yaml``: read, added to and taken from with care.

People write comments into that file, so a group is added as a line at the end and taken out with its own
lines; only where that would not say what is meant is the file written anew.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
import uuid
from collections.abc import Sequence
from pathlib import Path

import yaml

from rag.aliases import read_groups
from rag.errors import NotFound, StoreError, UsageError
from rag.text import word_spans

MOST_GROUPS = 5_000
MOST_NAMES = 50
LONGEST_NAME = 200


def key_of(names: Sequence[str]) -> str:
    """Names a group in an address: equal groups have equal keys.

    >>> key_of(["PMF", "Hashd"]) == key_of(("PMF", "Hashd"))
    True
    """
    return hashlib.sha256(json.dumps(list(names)).encode()).hexdigest()[:16]


def checked_names(names: Sequence[str]) -> list[str]:
    """The names evened out, each once.

    Raises:
        UsageError: fewer than two names, a name without a word in it, too many or too long.
    """
    even = [" ".join(name.split()) for name in names]
    found = list(dict.fromkeys(name for name in even if name))
    if len(found) < 2:
        raise UsageError("A group needs two names or more that mean the same.")
    if len(found) > MOST_NAMES:
        raise UsageError(f"A group has at most {MOST_NAMES} names.")
    for name in found:
        if len(name) > LONGEST_NAME or not name.isprintable() or not word_spans(name):
            raise UsageError(f"{name[:60]!r} is no name: it needs a word, and at most {LONGEST_NAME} characters.")
    return found


class AliasFile:
    """The file; all changes of one process go through one lock, and each replaces the file as a whole."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()

    def groups(self) -> list[list[str]]:
        """The groups in the file's order.  Raises SettingsError when a person left it malformed."""
        return read_groups(self.path) if self.path.exists() else []

    def add(self, names: Sequence[str]) -> list[str]:
        """Adds a group at the end; returns it as written.

        Raises:
            UsageError: it is no group, or one of just these names is there already.
            SettingsError: the file is malformed; it stays as it is.
            StoreError: the file cannot be written.
        """
        group = checked_names(names)
        with self._lock:
            known = self.groups()
            if any(sorted(other) == sorted(group) for other in known):
                raise UsageError(f"The group {', '.join(group)} is there already.")
            if len(known) >= MOST_GROUPS:
                raise UsageError(f"The table holds {MOST_GROUPS} groups; take some out first.")
            text = self.path.read_text(encoding="utf-8") if known else self._comment()
            end = "" if not text or text.endswith("\n") else "\n"
            self._write(f"{text}{end}- {_line(group)}\n", [*known, group])
        return group

    def remove(self, key: str) -> list[str]:
        """Takes a group out; returns it.  Raises NotFound, SettingsError, StoreError."""
        with self._lock:
            known = self.groups()
            at = next((i for i, group in enumerate(known) if key_of(group) == key), None)
            if at is None:
                raise NotFound("There is no such group among the library's own names.")
            left = known[:at] + known[at + 1 :]
            self._write(_without(self.path.read_text(encoding="utf-8"), at), left)
        return known[at]

    def _comment(self) -> str:
        """What stands in a file without groups: comments at most."""
        text = self.path.read_text(encoding="utf-8") if self.path.exists() else ""
        return "".join(line for line in text.splitlines(keepends=True) if line.lstrip().startswith("#"))

    def _write(self, text: str, meant: list[list[str]]) -> None:
        partial = self.path.with_name(f".{uuid.uuid4().hex}.part")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            try:
                if (yaml.safe_load(text) or []) != meant:
                    text = _whole(meant)
            except yaml.YAMLError:
                text = _whole(meant)
            with partial.open("w", encoding="utf-8") as out:
                out.write(text)
                out.flush()
                os.fsync(out.fileno())
            partial.replace(self.path)
        except OSError as error:
            raise StoreError(
                f"The table of names {self.path.name} cannot be written: {error.strerror or error}. Check the "
                "permissions of the data folder and the free space."
            ) from error
        finally:
            partial.unlink(missing_ok=True)


def _line(group: Sequence[str]) -> str:
    written = yaml.safe_dump(list(group), default_flow_style=True, allow_unicode=True, width=10**6)
    return str(written).strip()


def _whole(groups: Sequence[Sequence[str]]) -> str:
    return "".join(f"- {_line(group)}\n" for group in groups)


def _without(text: str, at: int) -> str:
    """The text without the lines of one entry."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    assert isinstance(root, yaml.SequenceNode)  # the groups were read from this text
    node = root.value[at]
    lines = text.splitlines(keepends=True)
    first, last = node.start_mark.line, node.end_mark.line + (node.end_mark.column > 0)
    return "".join(lines[:first] + lines[max(last, first + 1) :])
