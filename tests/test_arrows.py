"""The plan of the house is true: which way imports point, who may import which library, what stands where."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections import defaultdict
from functools import lru_cache
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parents[1]
PAGE = (REPO / "ARCHITECTURE.md").read_text(encoding="utf-8")
ROOMS = ("rag", "ingest", "eval", "web")
ADAPTERS = {
    "records": "records", "vectors": "vectors", "vectors_build": "vectors", "vectors_check": "vectors",
    "vectors_chroma": "vectors", "vectors_scan": "vectors", "vectors_server": "vectors",
    "embedding": "embedding", "llm_writer": "llm", "llm_client": "llm", "llm_output": "llm", "fakes": "fakes",
}  # fmt: skip
"""Module → the adapter it belongs to."""
LAYERS = [line.split() for line in re.findall(r"```layers\n(.*?)```", PAGE, re.DOTALL)[0].splitlines()]
LEVEL = {name: level for level, row in enumerate(LAYERS) for name in row}
OWNERS = {
    library: re.findall(r"`([\w.]+)`", owners)
    for library, owners in re.findall(r"^\| `(\w+)` \| ((?:`[\w.]+`(?:, )?)+) \|$", PAGE, re.MULTILINE)
}
BENCH = "eval.bench"  # measures the whole product, fakes included, and nothing imports it
HEAVY = ("torch", "sentence_transformers", "chromadb", "langchain", "langchain_core", "trafilatura",
         "sqlalchemy", "pypdfium2", "mammoth", "transformers", "uvicorn", "fastapi", "mcp")  # fmt: skip


@lru_cache(maxsize=1)
def modules() -> dict[str, Path]:
    """Dotted name → file, of all rooms."""
    found = {}
    for room in ROOMS:
        for file in sorted((REPO / room).rglob("*.py")):
            parts = file.relative_to(REPO).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = file
    return found


@lru_cache(maxsize=1)
def imports() -> dict[str, set[str]]:
    """Module → everything it imports, anywhere in the file; ``from a import b`` counts as ``a`` and ``a.b``."""
    found: dict[str, set[str]] = defaultdict(set)
    for name, file in modules().items():
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found[name] |= {a.name for a in node.names}
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{name} imports relatively"
                found[name] |= {str(node.module), *(f"{node.module}.{a.name}" for a in node.names)}
    return found


def ours(name: str) -> set[str]:
    """Modules of ours that a module imports (a package counts only where its names are used)."""
    wanted = {i for i in imports()[name] if i in modules()}
    return {i for i in wanted if not any(o.startswith(f"{i}.") for o in wanted)} - {"rag", name}


def part(name: str) -> str:
    """``rag.extractive.select`` → ``extractive``."""
    return name.split(".")[1] if "." in name else ""


CORE = sorted(m for m in modules() if m.startswith("rag."))
NO_ADAPTERS = [m for m in CORE if part(m) not in ADAPTERS]


@pytest.mark.parametrize(
    ("room", "closed"),
    [("rag", ("ingest", "web", "eval")), ("ingest", ("web", "eval")), ("eval", ("web", "ingest"))],
)
def test_rooms_do_not_import_their_users(room: str, closed: tuple[str, ...]) -> None:
    own = [m for m in modules() if m.split(".")[0] == room and not m.startswith(BENCH)]
    turned = [f"{m} → {i}" for m in own for i in ours(m) if i.split(".")[0] in closed]
    assert not turned


def test_every_module_of_the_core_has_its_place() -> None:
    homeless = {part(m) for m in CORE} - set(LEVEL) - set(ADAPTERS)
    assert not homeless, "give these a line in ARCHITECTURE.md's layers"
    gone = {n for n in [*LEVEL, *ADAPTERS] if f"rag.{n}" not in modules()}
    assert not gone, "ARCHITECTURE.md or this test names modules that do not exist"


@pytest.mark.parametrize("module", NO_ADAPTERS)
def test_the_core_imports_only_from_the_lines_above(module: str) -> None:
    turned = [
        f"{module} → {i}"
        for i in ours(module)
        if part(i) in LEVEL and part(i) != part(module) and LEVEL[part(i)] >= LEVEL[part(module)]
    ]
    assert not turned


@pytest.mark.parametrize("module", sorted(modules()))
def test_only_the_composition_root_knows_adapters(module: str) -> None:
    if module == "rag.compose" or module.startswith(BENCH):
        return
    home = ADAPTERS.get(part(module)) if module.startswith("rag.") else None
    turned = [
        f"{module} → {i}"
        for i in ours(module)
        if i.startswith("rag.") and part(i) in ADAPTERS and ADAPTERS[part(i)] != home
    ]
    assert not turned


@pytest.mark.parametrize("module", [m for m in CORE if part(m) in ADAPTERS])
def test_an_adapter_stands_on_the_first_two_lines(module: str) -> None:
    turned = [f"{module} → {i}" for i in ours(module) if LEVEL.get(part(i), 0) > 1]
    assert not turned


def test_each_library_is_imported_where_the_page_says() -> None:
    assert {"chromadb", "sentence_transformers", "sqlalchemy", "langchain", "pypdfium2", "trafilatura",
            "mammoth"} <= set(OWNERS)  # fmt: skip
    for library, owners in OWNERS.items():
        users = {m for m in modules() if any(i.split(".")[0] == library for i in imports()[m])}
        strangers = {u for u in users if not any(u == o or u.startswith(f"{o}.") for o in owners)}
        assert not strangers, f"{library} is imported by {sorted(strangers)}"
        assert users, f"nobody imports {library}"


def test_the_values_import_nothing_of_ours() -> None:
    values = [m for m in modules() if m == "rag.errors" or part(m) == "types"]
    assert len(values) > 5
    assert {o for m in values for o in ours(m) if part(o) != "types"} == set()


@pytest.mark.parametrize("module", ["web.cli", "rag.compose", "rag.briefing", "rag.settings"])
def test_heavy_libraries_wait_until_they_are_needed(module: str) -> None:
    asked = f"import sys, {module}; print(*[m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, cwd=REPO, check=True)
    assert done.stdout.split() == []


def test_nothing_happens_when_a_module_is_imported(tmp_path: Path) -> None:
    everything = "\n".join(f"import {m}" for m in modules() if not m.endswith("__main__"))
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(REPO)!r})\n{everything}"],
        capture_output=True, text=True, cwd=tmp_path, check=True,
    )  # fmt: skip
    assert done.stdout == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("room", ROOMS)
def test_the_tables_name_the_files_that_are_there(room: str) -> None:
    section = PAGE.split(f"### `{room}/`\n", 1)[1].split("\n## ")[0].split("\n### ")[0]
    table = section.strip().split("\n\n")[0]
    named = set(re.findall(r"^\| `([\w/.]+)` \|", table, re.MULTILINE))
    files = {f.relative_to(REPO / room) for f in (REPO / room).rglob("*.py") if f.name != "__init__.py"}
    folders = {n.rstrip("/") for n in named if n.endswith("/")}
    there = {f.as_posix() for f in files if f.parts[0] not in folders} | {f"{f}/" for f in folders}
    assert named == there
    assert all((REPO / room / f).is_dir() for f in folders)
