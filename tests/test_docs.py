"""What the README says is so: settings, commands, options, targets, links."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from rag.settings import Settings
from rag.settings_table import table
from web.cli import app

REPO = Path(__file__).resolve().parents[1]
README = (REPO / "README.md").read_text(encoding="utf-8")
PAGES = sorted(REPO.glob("*.md"))
MAKEFILE = (REPO / "Makefile").read_text(encoding="utf-8")
COMMANDS = {c.name or c.callback.__name__: c for c in app.registered_commands if c.callback}
SUBCOMMANDS = {
    str(g.name): [c.name or c.callback.__name__ for c in g.typer_instance.registered_commands if c.callback]
    for g in app.registered_groups
    if g.typer_instance
}
PROMISED = {"ingest", "documents", "remove", "search", "ask", "chat", "memo", "verify", "serve", "doctor"}


def help_of(*command: str) -> str:
    """The help text, wide and without colours."""
    done = CliRunner().invoke(app, [*command, "--help"], env={"COLUMNS": "200", "NO_COLOR": "1", "TERM": "dumb"})
    assert done.exit_code == 0, done.output
    return done.output


def test_the_settings_table_is_that_of_the_settings() -> None:
    shown = README.split("<!-- settings -->\n")[1].split("\n<!-- /settings -->")[0]
    assert shown == table(), "print it anew: python -m rag.settings_table"


def test_the_settings_table_has_every_setting_once() -> None:
    rows = re.findall(r"^\| `BRIEFING_(\w+)` \| (.+?) \| (.+) \|$", table(), re.MULTILINE)
    assert [name.lower() for name, _, _ in rows] == list(Settings.model_fields)
    for name, default, meaning in rows:
        field = Settings.model_fields[name.lower()]
        assert meaning == field.description
        assert (default == "unset") == (field.default is None)


def test_settings_named_in_any_page_exist() -> None:
    for page in PAGES:
        named = set(re.findall(r"\bBRIEFING_([A-Z_]*[A-Z])\b", page.read_text(encoding="utf-8")))
        assert named <= {n.upper() for n in Settings.model_fields}, page.name


def test_the_commands_of_the_contract_are_there() -> None:
    missing = PROMISED - set(COMMANDS)
    assert not missing
    assert {"run", "retrieval", "compare"} <= set(SUBCOMMANDS["eval"])


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_explains_itself(command: str) -> None:
    text = help_of(command)
    summary = (COMMANDS[command].callback.__doc__ or "").strip().splitlines()[0].split(".")[0]
    assert summary[:40] in " ".join(text.split())
    if command != "serve":
        assert "--data-dir" in text


def test_every_command_line_in_the_readme_can_be_typed() -> None:
    lines = re.findall(r"(?:\.venv/bin/|`)briefing ([^`\n]+)", README)
    assert lines
    for line in lines:
        words = line.split("#")[0].split()
        command = [words[0]] if words[0] in COMMANDS else words[:2]
        known = help_of(*command)
        for option in re.findall(r"(?<!\S)--?[a-z][\w-]*", " ".join(words)):
            assert option in known, f"briefing {' '.join(command)} has no {option}"


def test_every_option_named_in_the_readme_exists() -> None:
    everything = "".join(help_of(c) for c in COMMANDS) + help_of()
    everything += "".join(help_of(group, c) for group, row in SUBCOMMANDS.items() for c in row)
    prose = re.sub(r"```.*?```", "", README, flags=re.DOTALL)
    spans = [s for s in re.findall(r"`([^`\n]+)`", prose) if not s.startswith(("chroma", "pip", "docker"))]
    for option in {o for s in spans for o in re.findall(r"--[a-z][\w-]*", s)}:
        assert option in everything, option


def test_every_make_target_named_exists_and_every_target_is_phony_once() -> None:
    targets = set(re.findall(r"^([a-z][\w-]*):", MAKEFILE, re.MULTILINE))
    assert {"install", "serve", "test", "eval", "bench"} <= targets
    for page in PAGES:
        named = set(re.findall(r"(?:`|^)make ([a-z][\w-]*)", page.read_text(encoding="utf-8"), re.MULTILINE))
        assert named <= targets, page.name


def anchors(page: Path) -> set[str]:
    heads = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in heads}


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_links_inside_the_repository_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        file = page.parent / path if path else page
        assert file.exists(), target
        if anchor:
            assert anchor in anchors(file), target


def test_files_named_in_the_readme_exist() -> None:
    for name in re.findall(r"`((?:rag|web|eval|ingest|reports|prompts|tests)/[\w./-]*)`", README):
        assert (REPO / name).exists(), name


def test_extras_named_in_the_readme_exist() -> None:
    project = tomllib.loads((REPO / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = set(re.findall(r"\.?\[(\w+)\]'?", " ".join(re.findall(r"pip install [^\n]+", README))))
    assert named
    assert named <= set(project["optional-dependencies"])


def test_the_program_in_the_readme_names_what_there_is() -> None:
    code = "\n".join(re.findall(r"```python\n(.*?)```", README, re.DOTALL))
    imported = "\n".join(line for line in code.splitlines() if line.startswith(("from ", "import ")))
    assert "rag.compose" in imported
    exec(compile(imported, "README.md", "exec"), {})
    compile(code, "README.md", "exec")
