"""The table of names on disk: what a person wrote in it survives what the product does to it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.alias_file import AliasFile, checked_names, key_of
from rag.aliases import AliasTable
from rag.errors import NotFound, SettingsError, UsageError

WRITTEN = """# our names
- [Popular Mobilization Forces, PMF]
# the guild
- - Lake Traders' Guild
  - LTG
- ["NO", Norway House]
"""


@pytest.fixture
def file(tmp_path: Path) -> AliasFile:
    return AliasFile(tmp_path / "aliases.yaml")


def test_a_group_is_a_line_at_the_end_and_comments_stay(file: AliasFile) -> None:
    file.path.write_text(WRITTEN.rstrip("\n"))
    assert file.add(["Quay  House", "QH", "QH", ""]) == ["Quay House", "QH"]
    assert file.path.read_text() == WRITTEN + "- [Quay House, QH]\n"


@pytest.mark.parametrize(
    ("names", "gone"),
    [
        (["Popular Mobilization Forces", "PMF"], ["- [Popular Mobilization Forces, PMF]\n"]),
        (["Lake Traders' Guild", "LTG"], ["- - Lake Traders' Guild\n", "  - LTG\n"]),
        (["NO", "Norway House"], ['- ["NO", Norway House]\n']),
    ],
)
def test_a_group_goes_with_its_own_lines_only(file: AliasFile, names: list[str], gone: list[str]) -> None:
    file.path.write_text(WRITTEN)
    assert file.remove(key_of(names)) == names
    left = [line for line in WRITTEN.splitlines(keepends=True) if line not in gone]
    assert file.path.read_text() == "".join(left)


def test_a_file_in_another_shape_is_written_anew_rather_than_wrong(file: AliasFile) -> None:
    file.path.write_text("[[a b, c d], [e f, g h]]\n")
    file.add(["one", "two"])
    assert file.groups() == [["a b", "c d"], ["e f", "g h"], ["one", "two"]]
    file.remove(key_of(["a b", "c d"]))
    assert file.groups() == [["e f", "g h"], ["one", "two"]]


def test_the_last_group_leaves_an_empty_table(file: AliasFile) -> None:
    file.add(["one", "two"])
    file.remove(key_of(["one", "two"]))
    assert file.groups() == []
    assert file.add(["one", "two"]) == ["one", "two"]


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        (["one"], "two names or more"),
        (["one", " one "], "two names or more"),
        (["one", "---"], "is no name"),
        (["one", "a\x07b"], "is no name"),
        (["one", "x" * 201], "is no name"),
        ([f"n{n}" for n in range(51)], "at most 50"),
    ],
)
def test_what_is_no_group_is_refused_and_nothing_is_written(
    file: AliasFile, names: list[str], reason: str
) -> None:
    with pytest.raises(UsageError, match=reason):
        file.add(names)
    assert not file.path.exists()


def test_the_same_group_twice_an_unknown_one_and_a_malformed_file(file: AliasFile) -> None:
    file.add(["one", "two"])
    with pytest.raises(UsageError, match="already"):
        file.add(["two", "one"])
    with pytest.raises(NotFound):
        file.remove("beef")
    file.path.write_text("- [one\n")
    for change in (lambda: file.add(["a b", "c d"]), lambda: file.remove("x")):
        with pytest.raises(SettingsError):
            change()
    assert file.path.read_text() == "- [one\n"  # a person's mistake is theirs to correct


PRINTED = st.characters(codec="utf-8", exclude_categories=["C", "Z"])
NAMES = st.lists(
    st.text(PRINTED, min_size=1, max_size=12).map(lambda text: f"n{text}"), min_size=2, max_size=5, unique=True
)


@settings(deadline=None, max_examples=40)
@given(st.lists(NAMES, min_size=1, max_size=5, unique_by=lambda g: tuple(sorted(g))))
def test_whatever_is_added_is_read_again(tmp_path_factory: pytest.TempPathFactory, groups: list[list[str]]) -> None:
    file = AliasFile(tmp_path_factory.mktemp("names") / "aliases.yaml")
    for group in groups:
        file.add(group)
    assert file.groups() == [checked_names(g) for g in groups]
    file.remove(key_of(groups[0]))
    assert file.groups() == groups[1:]


def test_the_table_says_where_its_groups_come_from(file: AliasFile) -> None:
    file.add(["Quay House", "QH"])
    file.add(["Daesh", "the quay gang"])
    table = AliasTable.load(file.path, ["The Harbour Repair Office (HRO) was founded in May."])
    by_name = {name: group for group in table.groups() for name in group.names}
    assert by_name["QH"].origin == "own"
    assert by_name["the quay gang"].origin == "own"
    assert "ISIS" in by_name["the quay gang"].names
    assert by_name["HRO"].origin == "reports"
