"""The French and Arabic catalogues: whole, with the placeholders and the plural forms that their language needs."""

from __future__ import annotations

import re

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from web import i18n

FORMS = {"fr": 2, "ar": 6}
_PLACEHOLDER = re.compile(r"%\(\w+\)s|\{\w*\}|%%")


def catalogue(code: str) -> Catalog:
    """The messages of one language."""
    with (i18n.FOLDER / code / "messages.po").open("rb") as source:
        return read_po(source, locale=code)


def pairs(message: Message) -> list[tuple[str, str]]:
    """Each translated form with the English form that it says: the plural, but for a single message."""
    if isinstance(message.id, str):
        return [(message.id, str(message.string))]
    return [(message.id[1], form) for form in message.string]


@pytest.mark.parametrize("code", FORMS)
def test_every_message_is_translated_with_its_placeholders(code: str) -> None:
    for message in catalogue(code):
        if not message.id:
            continue
        for english, said in pairs(message):
            assert said.strip(), f"{english!r} has no translation in {code}"
            wanted, found = (sorted(_PLACEHOLDER.findall(text)) for text in (english, said))
            # "one report" and, in Arabic, "two reports" are said without the figure
            assert found == wanted or sorted([*found, "%(num)s"]) == wanted, (english, said)


@pytest.mark.parametrize("code", FORMS)
def test_every_count_has_all_forms_of_its_language(code: str) -> None:
    whole = catalogue(code)
    assert whole.num_plurals == FORMS[code]
    for message in whole:
        if message.id and not isinstance(message.id, str):
            assert len(message.string) == FORMS[code], message.id


@pytest.mark.parametrize(
    ("code", "count", "said"),
    [
        ("fr", 0, "%(num)s rapport"),
        ("fr", 2, "%(num)s rapports"),
        ("ar", 1, "تقرير واحد"),
        ("ar", 2, "تقريران"),
        ("ar", 3, "%(num)s تقارير"),
        ("ar", 11, "%(num)s تقريراً"),
        ("ar", 100, "%(num)s تقرير"),
        ("ar", 103, "%(num)s تقارير"),
    ],
)
def test_counts_are_said_as_the_language_says_them(code: str, count: int, said: str) -> None:
    assert i18n.translations(code).ngettext("%(num)s report", "%(num)s reports", count) == said


def test_french_spaces_before_high_punctuation_never_break() -> None:
    for message in catalogue("fr"):
        if not message.id:
            continue
        for english, said in pairs(message):
            assert not re.search(r" [:;?!»]|« ", said), (english, said)
            assert "'" not in said, (english, said)
