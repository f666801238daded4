"""Prompts are strict: what a template uses is what its call site supplies."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.errors import SettingsError
from rag.prompts import SUPPLIED, Prompts

ANSWER_VALUES = {"question": "How many dams?", "passages": [], "boundary": "abc", "answer_words": 99}


def override(tmp_path: Path, **files: str) -> Prompts:
    for name, text in files.items():
        (tmp_path / f"{name}.j2").write_text(text, encoding="utf-8")
    return Prompts(tmp_path)


@pytest.mark.parametrize("name", sorted(SUPPLIED))
def test_a_shipped_prompt_uses_exactly_what_its_call_site_supplies(name: str) -> None:
    assert Prompts().get(name).variables == SUPPLIED[name]


def test_every_prompt_with_a_call_site_is_shipped_and_partials_are_not_listed() -> None:
    names = Prompts().names()
    assert set(SUPPLIED) <= set(names)
    assert "_passages" not in names


def test_the_answer_prompt_is_a_system_and_a_user_message() -> None:
    rules, asked = Prompts().get("answer").messages(**ANSWER_VALUES)
    assert (rules.role, asked.role) == ("system", "user")
    assert "at most 99 words" in rules.text
    assert "How many dams?" in asked.text
    assert "How many dams?" not in rules.text


def test_values_are_never_taken_for_templates() -> None:
    hostile = "{{ 7 * 7 }} {% include 'answer.j2' %}"
    asked = Prompts().get("answer").messages(**ANSWER_VALUES | {"question": hostile})[1]
    assert hostile in asked.text
    assert "49" not in asked.text


def test_a_file_of_the_same_name_replaces_a_shipped_prompt_and_changes_the_hash(
    tmp_path: Path,
) -> None:
    shipped = Prompts().get("repair")
    own = override(tmp_path, repair="Again: {{ error }}").get("repair")
    assert own.render(error="no brace") == "Again: no brace"
    assert own.hash != shipped.hash
    assert Prompts().get("repair").hash == shipped.hash


def test_a_changed_include_changes_the_hash_of_the_prompt_that_includes_it(tmp_path: Path) -> None:
    own = override(tmp_path, _passages="{% for p in passages %}{{ p.text }} {{ boundary }}{% endfor %}")
    assert own.get("answer").hash != Prompts().get("answer").hash
    assert own.get("repair").hash == Prompts().get("repair").hash


def test_a_prompt_without_blocks_is_one_user_message(tmp_path: Path) -> None:
    (message,) = override(tmp_path, answer="Q: {{ question }}").get("answer").messages(**ANSWER_VALUES)
    assert (message.role, message.text) == ("user", "Q: How many dams?")


def test_a_variable_nobody_supplies_is_named_with_its_file(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"answer\.j2 uses 'mood'.*answer_words, boundary"):
        override(tmp_path, answer="{{ question }} {{ mood }}").get("answer")


def test_a_variable_missing_at_rendering_is_named_with_its_file() -> None:
    with pytest.raises(SettingsError, match=r"repair\.j2: 'error' is undefined"):
        Prompts().get("repair").render()
    without_question = {k: v for k, v in ANSWER_VALUES.items() if k != "question"}
    with pytest.raises(SettingsError, match=r"answer\.j2: 'question' is undefined"):
        Prompts().get("answer").messages(**without_question)


def test_a_syntax_error_names_file_and_line(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"repair\.j2, line 2"):
        override(tmp_path, repair="fine\n{% if error %}").get("repair")


@pytest.mark.parametrize("name", ["nonesuch", "../pyproject", "/etc/hostname"])
def test_an_unknown_or_outside_file_is_refused(name: str) -> None:
    with pytest.raises(SettingsError, match="there is no prompt file"):
        Prompts().get(name)


def test_a_missing_include_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"no prompt file '_gone\.j2'"):
        override(tmp_path, repair="{% include '_gone.j2' %}").get("repair")


def test_a_missing_folder_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="BRIEFING_PROMPTS_DIR"):
        Prompts(tmp_path / "gone")


@pytest.mark.parametrize(
    "reach", ["{{ error.__class__.__mro__ }}", "{{ ''.__class__.__base__.__subclasses__() }}"]
)
def test_the_sandbox_keeps_a_template_from_python_internals(tmp_path: Path, reach: str) -> None:
    with pytest.raises(SettingsError, match=r"repair\.j2"):
        override(tmp_path, repair=reach).get("repair").render(error="x")
