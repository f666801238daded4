"""The container files name what there is, run without root and network, and hold no secret."""

from __future__ import annotations

import json
import re
import shlex
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from rag import __version__
from rag.settings import Settings
from web.cli import app

REPO = Path(__file__).resolve().parents[1]
SETTINGS = {f"BRIEFING_{name.upper()}" for name in Settings.model_fields}
SECRET = re.compile(r"(?i)(secret|password|passwd|token|api_?key|credential)")


def instructions() -> list[tuple[str, str]]:
    """``(INSTRUCTION, arguments)`` of the Dockerfile, continued lines joined."""
    text = re.sub(r"^#.*\n", "", (REPO / "Dockerfile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    lines = [line.strip() for line in text.replace("\\\n", " ").splitlines() if line.strip()]
    return [(line.split(None, 1)[0], line.split(None, 1)[1]) for line in lines]


def stages() -> list[list[tuple[str, str]]]:
    found: list[list[tuple[str, str]]] = []
    for name, rest in instructions():
        if name == "FROM":
            found.append([])
        found[-1].append((name, rest))
    return found


def values(stage: list[tuple[str, str]], kind: str) -> list[str]:
    return [rest for name, rest in stage if name == kind]


def environment(stage: list[tuple[str, str]]) -> dict[str, str]:
    return dict(pair.split("=", 1) for rest in values(stage, "ENV") for pair in shlex.split(rest))


def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((REPO / "compose.yaml").read_text(encoding="utf-8"))
    return found


def test_every_stage_starts_from_a_named_version() -> None:
    for stage in stages():
        image = stage[0][1].split()[0]
        assert re.fullmatch(r"[a-z/]+:\d[\w.-]+", image), image
    for service in compose()["services"].values():
        assert re.fullmatch(r"[a-z/-]+:\d[\w.-]+", service["image"])
    assert compose()["services"]["briefing"]["image"].endswith(f":{__version__}")


def test_what_is_copied_is_there_and_reaches_the_build() -> None:
    ignored = (REPO / ".dockerignore").read_text(encoding="utf-8").split("\n")
    assert next(line for line in ignored if line and not line.startswith("#")) == "*"  # only what is named gets in
    allowed = {line[1:] for line in ignored if line.startswith("!")}
    copied = set()
    for rest in (r for stage in stages() for r in values(stage, "COPY") if not r.startswith("--from")):
        copied |= set(rest.split()[:-1])
    assert copied == allowed
    assert all((REPO / name).exists() for name in copied)
    packages = tomllib.loads((REPO / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]["find"]["include"]
    assert {p.rstrip("*") for p in packages} <= copied


def test_torch_is_the_one_of_the_makefile() -> None:
    arguments = dict(a.split("=", 1) for a in values(stages()[0], "ARG"))
    makefile = re.search(r"^TORCH\s*:= (\S+)", (REPO / "Makefile").read_text(), re.MULTILINE)
    assert makefile
    assert arguments["TORCH"] == makefile[1]
    assert f"torch=={makefile[1]}" in (REPO / "constraints.txt").read_text().splitlines()
    project = tomllib.loads((REPO / "pyproject.toml").read_text())["project"]
    assert set(arguments["EXTRAS"].split(",")) <= set(project["optional-dependencies"])


def test_it_runs_without_root_and_without_network() -> None:
    last = stages()[-1]
    assert values(last, "USER")[-1].split(":")[0] not in {"root", "0"}
    assert last.index(("USER", values(last, "USER")[-1])) < [n for n, _ in last].index("ENTRYPOINT")
    assert environment(last)["HF_HUB_OFFLINE"] == "1"
    assert values(last, "VOLUME") == [environment(last)["BRIEFING_DATA_DIR"]]


def test_no_secret_is_built_in() -> None:
    for stage in stages():
        for name in [*environment(stage), *(a.split("=")[0] for a in values(stage, "ARG"))]:
            assert not SECRET.search(name), name
        for name in (n for n in environment(stage) if n.startswith("BRIEFING_")):
            assert name in SETTINGS
    for service in compose()["services"].values():
        for name, value in service.get("environment", {}).items():
            assert value is None or not SECRET.search(name), f"{name} has a value in compose.yaml"


def test_the_commands_can_be_given() -> None:
    last = stages()[-1]
    assert json.loads(values(last, "ENTRYPOINT")[0]) == ["briefing"]
    command = json.loads(values(last, "CMD")[0])
    help_text = CliRunner().invoke(app, [command[0], "--help"], env={"COLUMNS": "200", "NO_COLOR": "1"}).output
    assert all(option in help_text for option in command if option.startswith("--"))
    assert command[command.index("--port") + 1] == values(last, "EXPOSE")[0]
    check = values(last, "HEALTHCHECK")[0]
    assert f"127.0.0.1:{values(last, 'EXPOSE')[0]}/readyz" in check
    compile(json.loads(check.split("CMD ", 1)[1])[2], "healthcheck", "exec")


@pytest.mark.parametrize("page", ["README.md", "compose.yaml"])
def test_commands_for_the_container_are_commands_of_the_program(page: str) -> None:
    text = (REPO / page).read_text(encoding="utf-8")
    runs = re.findall(r"docker compose run (?:--rm )?(?:-v \S+ )?briefing (.+)", text)
    assert runs
    for run in runs:
        words = run.split()
        end = 2 if words[0] == "users" else 1
        shown = CliRunner().invoke(app, [*words[:end], "--help"], env={"COLUMNS": "200", "NO_COLOR": "1"})
        assert shown.exit_code == 0, run
        assert all(word in shown.output for word in words if word.startswith("--"))


def test_compose_asks_for_a_log_in_and_stays_on_this_machine() -> None:
    found = compose()
    desk = found["services"]["briefing"]
    assert desk["environment"]["BRIEFING_AUTH"] == "${BRIEFING_AUTH:-password}"
    assert set(desk["environment"]) <= SETTINGS
    assert all(port.startswith("127.0.0.1:") for port in desk["ports"])
    assert "ports" not in found["services"]["chroma"]
    assert desk["read_only"] is True
    assert desk["cap_drop"] == ["ALL"]
    stop = Settings.model_fields["stop_seconds"].default
    assert int(desk["stop_grace_period"].removesuffix("s")) > 2 * stop + 5  # answers, a memo, an upload's step


def test_profiles_and_volumes_fit_together() -> None:
    found = compose()
    assert {p for s in found["services"].values() for p in s.get("profiles", [])} == {"chroma", "postgres"}
    assert "profiles" not in found["services"]["briefing"]
    for name, needed in found["services"]["briefing"]["depends_on"].items():
        assert found["services"][name]["profiles"] == [name]
        assert needed["required"] is False
    used = {v.split(":")[0] for s in found["services"].values() for v in s["volumes"]}
    assert used == set(found["volumes"])
    chroma = re.search(r"^chromadb==(\S+)", (REPO / "constraints.txt").read_text(), re.MULTILINE)
    assert chroma
    assert found["services"]["chroma"]["image"].endswith(f":{chroma[1]}")
