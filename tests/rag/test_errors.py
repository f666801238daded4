"""Errors say whose fault it is: exit status for the command line, status for HTTP."""

from __future__ import annotations

import pytest

from rag import errors
from rag.errors import BriefingError, SettingsError, UsageError, WriterFailed

ALL = [e for e in vars(errors).values() if isinstance(e, type) and issubclass(e, BriefingError)]


@pytest.mark.parametrize("error", ALL, ids=lambda e: e.__name__)
def test_every_error_has_its_statuses_and_speaks_in_one_line(error: type[BriefingError]) -> None:
    made = error("The id 'x' is unknown: list the ids.")
    assert made.exit_status in (1, 2)
    assert 400 <= made.http_status < 600
    assert str(made) == "The id 'x' is unknown: list the ids."


def test_what_the_user_can_put_right_is_wrong_use() -> None:
    wrong = {e.__name__ for e in ALL if issubclass(e, (UsageError, SettingsError))}
    assert wrong == {e.__name__ for e in ALL if e.exit_status == 2}
    assert all(e.http_status < 500 for e in ALL if issubclass(e, UsageError))


def test_a_failed_writer_says_whether_asking_again_helps() -> None:
    assert not WriterFailed("x").retryable
    assert WriterFailed("x", retryable=True).retryable
