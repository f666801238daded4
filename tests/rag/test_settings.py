"""Settings: read from the environment, checked, and wrong values named."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.errors import SettingsError
from rag.settings import Settings, load_settings


def test_defaults_need_nothing() -> None:
    settings = load_settings()
    assert settings.llm is None
    assert settings.data_dir == Path("data")
    assert settings.database == f"sqlite:///{Path('data/library.sqlite')}"


def test_the_environment_is_read_and_a_given_value_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRIEFING_DATA_DIR", "/srv/one")
    monkeypatch.setenv("BRIEFING_PASSAGES", "40")
    assert load_settings().data_dir == Path("/srv/one")
    assert load_settings(data_dir=Path("/srv/two"), passages=None).data_dir == Path("/srv/two")
    assert load_settings().passages == 40


def test_a_file_in_the_working_folder_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("BRIEFING_ANSWER_WORDS=90\nSOMEBODY_ELSES=1\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(Settings.model_config, "env_file", ".env")
    assert load_settings().answer_words == 90


@pytest.mark.parametrize(
    ("name", "value"),
    [("PASSAGES", "3"), ("PASSAGES", "many"), ("LLM_TIMEOUT", "0"), ("EMBEDDING_BATCH", "-1"), ("THREADS", "-2")],
)
def test_a_wrong_value_is_named_with_its_setting(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"BRIEFING_{name}", value)
    with pytest.raises(SettingsError, match=f"BRIEFING_{name} is '{value}'"):
        load_settings()


def test_a_key_is_not_shown() -> None:
    settings = load_settings(llm_api_key="sk-made-up")
    assert "sk-made-up" not in f"{settings!r} {settings} {settings.model_dump()}"


def test_a_database_url_replaces_the_file() -> None:
    assert load_settings(database_url="sqlite:////srv/x.sqlite").database == "sqlite:////srv/x.sqlite"


def test_settings_are_only_data() -> None:
    before = set(Path().iterdir())
    load_settings(data_dir=Path("never-made"))
    assert set(Path().iterdir()) == before
    assert all(f.description for f in Settings.model_fields.values())
