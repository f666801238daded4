"""Passages by pencil: where they break, what leads them, and that the real model's window is kept."""

from __future__ import annotations

import pytest

from ingest.chunk import ChunkSettings, chunk, fitted_prefix, prefix_of
from rag.types import PassageKind
from tests.ingest.helpers import REPO, assembled, count_tokens, read_here

SMALL = ChunkSettings(target_tokens=24, least_tokens=10, max_prefix_tokens=20)


def cut(source: str, suffix: str = ".md", window: int = 60, settings: ChunkSettings = SMALL) -> list[str]:
    found = chunk(assembled(source, suffix), max_tokens=window, count_tokens=count_tokens, settings=settings)
    return [p.text for p in found]


def sentence(words: int, mark: str = ".") -> str:
    return "It" + " goes" * (words - 1) + mark


def test_a_heading_leads_the_passage_below_it() -> None:
    assert cut(f"# T\n\n## One\n\n{sentence(8)}\n\n## Two\n\n{sentence(8)}\n") == [
        f"T\n\nOne\n\n{sentence(8)}",
        f"Two\n\n{sentence(8)}",
    ]


def test_sections_never_share_a_passage() -> None:
    result = assembled("# T\n\n## One\n\nShort one.\n\n### Inner\n\nShort two.\n", ".md")
    passages = chunk(result, max_tokens=60, count_tokens=count_tokens, settings=SMALL)
    assert [p.section for p in passages] == [("One",), ("One", "Inner")]


def test_sentences_stay_whole_and_fill_up_to_the_target() -> None:
    source = "# T\n\n" + " ".join(sentence(9) for _ in range(4)) + "\n"
    assert cut(source) == [f"T\n\n{sentence(9)} {sentence(9)}", f"{sentence(9)} {sentence(9)}"]


def test_a_list_begins_with_the_sentence_that_introduces_it() -> None:
    source = f"# T\n\n{sentence(18)} The steps are these:\n\n- {sentence(6)}\n- {sentence(6)}\n- {sentence(6)}\n"
    first, second, *_ = cut(source)
    assert first.endswith(sentence(18))
    assert second.startswith("The steps are these:\n\n- It goes")


def test_an_overlong_sentence_is_cut_at_clauses_and_nothing_is_lost() -> None:
    long = "The plan, " + ", ".join("which goes on and on" for _ in range(20)) + "."
    pieces = cut(f"# T\n\n{long}\n", window=50)
    assert len(pieces) > 2
    assert all(p.endswith((",", ".")) for p in pieces)
    assert " ".join(pieces) == f"T\n\n{long}"


def test_notes_and_tables_are_passages_of_their_own_kind() -> None:
    source = "# T\n\nA word.[^1]\n\n| a | b |\n| - | - |\n| 1 | 2 |\n\nMore.\n\n[^1]: First note.\n"
    passages = chunk(assembled(source, ".md"), max_tokens=60, count_tokens=count_tokens, settings=SMALL)
    assert [(p.kind, p.text) for p in passages] == [
        (PassageKind.BODY, "T\n\nA word."),
        (PassageKind.TABLE, "a | b\n1 | 2"),
        (PassageKind.BODY, "More."),
        (PassageKind.NOTE, "First note."),
    ]
    assert passages[-1].section == ("Notes",)


def test_overlap_repeats_a_sentence_within_a_section() -> None:
    settings = ChunkSettings(target_tokens=24, least_tokens=10, overlap_sentences=1)
    source = "# T\n\n" + " ".join(f"Sentence number {n} is here." for n in range(8)) + "\n"
    first, second, *_ = cut(source, settings=settings, window=100)
    assert second.startswith(first[first.rindex("Sentence") :])


def test_the_prefix_gives_way_from_the_outside_in() -> None:
    section = ("Outer heading with many words in it", "Inner")
    assert prefix_of("Title", section) == "Title › Outer heading with many words in it › Inner\n"
    assert fitted_prefix("Title", section, count_tokens, ChunkSettings(max_prefix_tokens=5)) == "Title › Inner\n"
    assert fitted_prefix("T " * 50, section, count_tokens, ChunkSettings(max_prefix_tokens=3)) == "Inner\n"


def test_every_setting_changes_the_fingerprint() -> None:
    names = {
        ChunkSettings().fingerprint,
        ChunkSettings(target_tokens=1).fingerprint,
        ChunkSettings(least_tokens=1).fingerprint,
        ChunkSettings(overlap_sentences=1).fingerprint,
        ChunkSettings(max_prefix_tokens=1).fingerprint,
    }
    assert len(names) == 5


@pytest.mark.model
def test_passages_of_the_samples_fit_the_real_window() -> None:
    from ingest.assemble import assemble
    from ingest.clean import clean
    from ingest.limits import Limits
    from rag.embedding import SentenceTransformerEmbedder
    from rag.settings import Settings

    embedder = SentenceTransformerEmbedder(Settings())
    for path in sorted((REPO / "reports").glob("*.md")) + sorted((REPO / "reports").glob("*.txt")):
        parsed = read_here(path, Limits())
        result = assemble(clean(parsed), parsed, document_id="d", source_path="", sha256="", ingested_at="")
        for p in chunk(result, max_tokens=embedder.max_tokens, count_tokens=embedder.count_tokens):
            prefix = fitted_prefix(result.document.metadata.title, p.section, embedder.count_tokens)
            assert embedder.count_tokens([prefix + p.text])[0] <= embedder.max_tokens
