"""Shared by all tests: nobody leaves the machine, nobody's own settings leak in; a small library to ask."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.briefing import Briefing
from rag.compose import build
from rag.settings import Settings
from tests import library
from tests.guarded import sitecustomize as guard

REPO = Path(__file__).resolve().parents[1]
SHARED = REPO.parent / "shared"
NOWHERE = "http://127.0.0.1:9"
"""A loopback port where nothing listens: a proxy that refuses everything."""


@pytest.fixture(scope="session", autouse=True)
def stay_on_this_machine() -> Iterator[None]:
    """Refuses sockets that leave the loopback interface, here and in the processes tests start."""
    taken = guard.install()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HF_HUB_OFFLINE", "1")
        patch.setenv("TRANSFORMERS_OFFLINE", "1")
        patch.setenv("ANONYMIZED_TELEMETRY", "False")
        patch.setenv(guard.SWITCH, "1")
        patch.setenv("PYTHONPATH", str(Path(guard.__file__).parent), prepend=os.pathsep)
        patch.setitem(Settings.model_config, "env_file", None)
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            patch.setenv(name, NOWHERE)
            patch.setenv(name.lower(), NOWHERE)
        for name in ("NO_PROXY", "no_proxy"):
            patch.setenv(name, "127.0.0.1,localhost,::1")
        yield
    for owner, name, original in taken:
        setattr(owner, name, original)


@pytest.fixture(autouse=True)
def no_settings_of_ones_own() -> Iterator[None]:
    """``BRIEFING_*`` variables are gone before a test and, if it made some, after it."""
    before = {k: os.environ.pop(k) for k in list(os.environ) if k.startswith("BRIEFING_")}
    yield
    for name in [k for k in os.environ if k.startswith("BRIEFING_")]:
        del os.environ[name]
    os.environ.update(before)


@pytest.fixture
def tiny_library(tmp_path: Path) -> Settings:
    """Settings of a data folder with the five reports of :mod:`tests.library`."""
    return library.fill(tmp_path / "tiny")


@pytest.fixture
def briefing(tiny_library: Settings) -> Iterator[Briefing]:
    """The tiny library, ready to be asked; embeds by hashing words."""
    built = build(tiny_library, embedder=library.embedder())
    yield built
    built.close()


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Briefing]:
    """A library without a single report."""
    built = build(library.settings(tmp_path / "empty"), embedder=library.embedder())
    yield built
    built.close()


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """The folder with shared material beside the repository; skips where there is none."""
    if not SHARED.is_dir():
        pytest.skip("the shared material is not beside this repository")
    return SHARED
