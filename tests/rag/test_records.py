"""The store of record: round trips, invariants, versions, errors in words, locks."""

from __future__ import annotations

import dataclasses
import os
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag.errors import LibraryBusy, NotFound, SettingsError, StoreError, UsageError
from rag.fakes import HashEmbedder, add_documents, sample_document
from rag.ports import PassageVectors
from rag.records import Records, ingest_lock, lexical, open_records
from rag.types import CleaningAction, Filters, Note, PageSpan, PassageKind

WATER = "Water\n\nThe dams are low. Farmers suffer.\n\nRain may come."
OIL = "Oil sells well. Prices rose by 3.5 %."


@pytest.fixture
def records(store_url: str) -> Iterator[Records]:
    opened = open_records(store_url)
    yield opened
    opened.close()


def _store(records: Records, document_id: str, text: str, **metadata: object) -> None:
    document, passages, vectors = sample_document(document_id, text, **metadata)
    records.library.replace_document(document, passages, vectors, settings_fingerprint="s1", source_root="/reports")


# --------------------------------------------------------------------------- round trips


def test_a_document_comes_back_as_it_was_stored(records: Records) -> None:
    document, passages, vectors = sample_document(
        "water",
        WATER,
        title="Wasser und Öl",
        authors=("A. Ba", "C. Da"),
        role="editor",
        publisher="Institute",
        series="Papers 7",
        published="2024-10",
        published_note="copyright line",
        language="en",
        translator="E. Fa",
        licence="CC BY",
        url="https://example.org/x",
        note="a note",
    )
    document = dataclasses.replace(
        document,
        pages=2,
        page_spans=(PageSpan(page=1, start=0, end=20), PageSpan(page=2, start=20, end=50)),
        notes=(Note(label="1", start=3, end=9, anchor=2), Note(label="*", start=3, end=9)),
        cleaning=(CleaningAction(action="dropped", reason="running-head", text="Page 7"),),
    )
    passages[0] = dataclasses.replace(passages[0], page=2, kind=PassageKind.TABLE)
    records.library.replace_document(document, passages, vectors, settings_fingerprint="s1", source_root="/reports")

    assert records.library.document("water") == document
    assert records.library.text("water") == WATER
    assert records.library.document_passages("water") == passages
    assert records.library.passages([p.id for p in passages]) == {p.id: p for p in passages}
    [info] = records.library.documents()
    assert info.metadata == document.metadata
    assert (info.pages, info.passages, info.characters) == (2, 2, len(WATER))
    [row] = records.library.sources()
    assert (row.document_id, row.source_root, row.settings_fingerprint) == ("water", "/reports", "s1")
    assert row.sha256 == document.sha256


def test_passages_are_slices_of_the_text_and_come_in_the_order_asked(records: Records) -> None:
    _store(records, "water", WATER)
    ids = [p.id for p in records.library.document_passages("water")]
    assert ids == ["water:7-40", "water:42-56"]
    found = records.library.passages([ids[1], "water:0-1", ids[0], ids[1]])
    assert list(found) == [ids[1], ids[0]]
    assert found[ids[0]].text == "The dams are low. Farmers suffer."
    assert found[ids[0]].section == ("Water",)


def test_sentence_vectors_come_back_as_unit_vectors(records: Records) -> None:
    _document, passages, vectors = sample_document("water", WATER)
    _store(records, "water", WATER)
    found = records.library.sentence_vectors([passages[0].id, "unknown:0-1"])
    assert list(found) == [passages[0].id]
    stored = found[passages[0].id]
    assert stored.shape == (2, 64)
    np.testing.assert_allclose(stored, vectors[0].sentences, atol=1e-3)
    np.testing.assert_allclose(np.linalg.norm(stored, axis=1), 1, atol=1e-6)
    assert not stored.flags.writeable


def test_a_passage_without_sentences_has_no_sentence_vectors(records: Records) -> None:
    document, passages, _ = sample_document("one", "No end")
    bare = dataclasses.replace(passages[0], sentences=())
    vectors = PassageVectors(passage=np.ones(3, np.float32), sentences=np.zeros((0, 3), np.float32))
    records.library.replace_document(document, [bare], [vectors], settings_fingerprint="s", source_root=".")
    assert records.library.sentence_vectors([bare.id])[bare.id].shape == (0, 3)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\x00"), max_size=200))
def test_any_text_survives_to_the_character(records: Records, text: str) -> None:
    _store(records, "any", text)
    assert records.library.text("any") == text
    for passage in records.library.document_passages("any"):
        assert passage.text == text[passage.start : passage.end]
    assert records.check() == []


# --------------------------------------------------------------------------- replacing and removing


def test_replacing_leaves_nothing_of_the_old(records: Records) -> None:
    _store(records, "a", WATER)
    before = records.library.generation()
    assert records.lexical.search({"dam": 1.0}, k=5)
    _store(records, "a", OIL)
    assert records.library.generation() == before + 1
    assert [p.text for p in records.library.document_passages("a")] == [OIL]
    assert records.library.passages(["a:7-40"]) == {}
    assert records.library.sentence_vectors(["a:7-40"]) == {}
    assert records.lexical.search({"dam": 1.0}, k=5) == []
    assert records.check() == []


def test_removing_takes_everything_along(records: Records) -> None:
    add_documents(records.library, {"a": WATER, "b": OIL})
    records.library.remove_documents(["a", "a"])
    assert [info.id for info in records.library.documents()] == ["b"]
    assert records.lexical.search({"dam": 1.0}, k=5) == []
    assert records.check() == []
    with pytest.raises(NotFound, match="'a'"):
        records.library.text("a")


def test_removing_an_unknown_id_removes_none(records: Records) -> None:
    add_documents(records.library, {"a": WATER})
    generation = records.library.generation()
    with pytest.raises(NotFound, match="'zzz'"):
        records.library.remove_documents(["a", "zzz"])
    assert [info.id for info in records.library.documents()] == ["a"]
    assert records.library.generation() == generation


def test_the_fingerprint_is_none_while_the_library_is_empty(records: Records) -> None:
    assert records.library.fingerprint() is None
    records.library.set_fingerprint("m1")
    assert records.library.fingerprint() is None
    _store(records, "a", OIL)
    assert records.library.fingerprint() == "m1"
    records.library.remove_documents(["a"])
    assert records.library.fingerprint() is None


def test_setting_the_same_fingerprint_changes_nothing(records: Records) -> None:
    records.library.set_fingerprint("m1")
    generation = records.library.generation()
    records.library.set_fingerprint("m1")
    assert records.library.generation() == generation
    records.library.set_fingerprint("m2")
    assert records.library.generation() == generation + 1


@pytest.mark.parametrize("call", ["document", "text", "document_passages"])
def test_an_unknown_document_is_not_found(records: Records, call: str) -> None:
    with pytest.raises(NotFound, match="nowhere"):
        getattr(records.library, call)("nowhere")


# --------------------------------------------------------------------------- invariants


def _broken(change: str) -> tuple[object, list[object], list[object]]:
    document, passages, vectors = sample_document("a", WATER)
    first, own = passages[0], vectors[0]
    match change:
        case "text":
            passages[0] = dataclasses.replace(first, text=first.text.replace("low", "high"))
        case "offset":
            passages[0] = dataclasses.replace(first, start=8, id="a:8-40")
        case "sentence":
            outside = dataclasses.replace(first.sentences[0], start=first.start - 1)
            passages[0] = dataclasses.replace(first, sentences=(outside, first.sentences[1]))
        case "id":
            passages[0] = dataclasses.replace(first, id="a:7-39")
        case "twice":
            passages[1], vectors[1] = first, own
        case "count":
            vectors.pop()
        case "sentence vectors":
            vectors[0] = dataclasses.replace(own, sentences=own.sentences[:1])
        case "dimension":
            vectors[0] = PassageVectors(passage=own.passage[:8], sentences=own.sentences[:, :8])
        case "nan":
            vectors[0] = dataclasses.replace(own, passage=own.passage * np.float32("nan"))
        case "foreign":
            passages[0] = dataclasses.replace(first, document_id="b")
        case "nul":
            document = dataclasses.replace(document, text=WATER + "\x00")
        case "surrogate":
            document = dataclasses.replace(document, text=WATER + "\ud800")
    return document, passages, vectors  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("text", "reads"),
        ("offset", "reads"),
        ("sentence", "outside passage"),
        ("id", "stands at"),
        ("twice", "same id"),
        ("count", "sets of vectors"),
        ("sentence vectors", "sentence vectors have shape"),
        ("dimension", "different lengths"),
        ("nan", "not finite"),
        ("foreign", "belongs to"),
        ("nul", "NUL"),
        ("surrogate", "surrogate"),
    ],
)
def test_what_does_not_hold_is_refused_and_the_old_stays(records: Records, change: str, said: str) -> None:
    _store(records, "a", OIL)
    generation = records.library.generation()
    document, passages, vectors = _broken(change)
    with pytest.raises(StoreError, match=said):
        records.library.replace_document(
            document,  # type: ignore[arg-type]
            passages,  # type: ignore[arg-type]
            vectors,  # type: ignore[arg-type]
            settings_fingerprint="s",
            source_root=".",
        )
    assert records.library.text("a") == OIL
    assert records.library.generation() == generation


def test_a_failure_in_the_middle_of_writing_leaves_the_old_document(
    records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    _store(records, "a", OIL)

    def fail(*_: object) -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr("rag.records.lexical.insert_rows", fail)
    with pytest.raises(RuntimeError, match="power cut"):
        _store(records, "a", WATER)
    monkeypatch.undo()
    assert records.library.text("a") == OIL
    assert [p.text for p in records.library.document_passages("a")] == [OIL]
    assert records.lexical.search({"oil": 1.0}, k=1)
    assert records.check() == []


# --------------------------------------------------------------------------- filters


@pytest.fixture
def dated(records: Records) -> Records:
    for name, published, publisher, language in (
        ("day", "2024-10-05", "Rand House", "en"),
        ("month", "2024-10", "RAND  house", "en-GB"),
        ("year", "2024", "Other", "ar"),
        ("none", None, None, None),
        ("odd", "Spring 24", "Other", "fr"),
    ):
        _store(records, name, OIL, published=published, publisher=publisher, language=language)
    return records


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(), ["day", "month", "none", "odd", "year"]),
        (Filters(published_after="2024"), ["day", "month", "year"]),
        (Filters(published_before="2024-12-31"), ["day", "month", "year"]),
        (Filters(published_after="2024-10-06"), ["month", "year"]),
        (Filters(published_after="2024-11"), ["year"]),
        (Filters(published_after="2025"), []),
        (Filters(published_before="2024-10-04"), ["month", "year"]),
        (Filters(published_before="2024-09"), ["year"]),
        (Filters(published_before="2023"), []),
        (Filters(published_after="2024-10-05", published_before="2024-10-05"), ["day", "month", "year"]),
        (Filters(publishers=("rand house",)), ["day", "month"]),
        (Filters(publishers=("Rand House", "other")), ["day", "month", "odd", "year"]),
        (Filters(language="en"), ["day", "month"]),
        (Filters(language="EN-gb"), ["month"]),
        (Filters(documents=("year", "day", "nowhere")), ["day", "year"]),
        (Filters(documents=("year",), language="en"), []),
    ],
)
def test_filters(dated: Records, filters: Filters, expected: list[str]) -> None:
    assert [info.id for info in dated.library.documents(filters)] == expected


@pytest.mark.parametrize("value", ["2024-13", "2024-02-30", "05.10.2024", "", "soon"])
def test_a_malformed_date_is_named(records: Records, value: str) -> None:
    with pytest.raises(UsageError, match="published_after is"):
        records.library.documents(Filters(published_after=value))


# --------------------------------------------------------------------------- opening


def test_a_library_is_there_again_after_reopening(store_url: str) -> None:
    first = open_records(store_url)
    add_documents(first.library, {"a": WATER})
    name, generation = first.library.library_id(), first.library.generation()
    first.close()
    second = open_records(store_url)
    assert second.library.text("a") == WATER
    assert (second.library.library_id(), second.library.generation()) == (name, generation)
    assert second.lexical.search({"dam": 1.0}, k=1)
    second.close()


def test_a_newer_version_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "library.sqlite"
    open_records(f"sqlite:///{file}").close()
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE meta SET value = '99' WHERE key = 'schema_version'")
    with pytest.raises(StoreError, match=r"version 99.*newer"):
        open_records(f"sqlite:///{file}")


def test_a_database_of_something_else_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "other.sqlite"
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE recipes (id INTEGER)")
    with pytest.raises(StoreError, match="something else"):
        open_records(f"sqlite:///{file}")
    with sqlite3.connect(file) as connection:
        names = connection.execute("SELECT name FROM sqlite_master").fetchall()
    assert names == [("recipes",)]


def test_a_file_that_is_no_database_is_said_to_be_damaged(tmp_path: Path) -> None:
    file = tmp_path / "library.sqlite"
    file.write_bytes(b"not a database at all, but long enough to be looked at" * 100)
    with pytest.raises(StoreError, match="damaged or no database"):
        open_records(f"sqlite:///{file}")


def test_a_damaged_library_says_so(tmp_path: Path) -> None:
    file = tmp_path / "library.sqlite"
    opened = open_records(f"sqlite:///{file}")
    add_documents(opened.library, {f"d{i}": WATER * 30 for i in range(20)})
    opened.close()
    data = bytearray(file.read_bytes())
    for page in range(2, len(data) // 4096):
        data[page * 4096 : page * 4096 + 200] = b"\xff" * 200
    file.write_bytes(bytes(data))
    with pytest.raises(StoreError, match="damaged"):
        open_records(f"sqlite:///{file}").library.document("d3")


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match=r"cannot be made.*BRIEFING_DATA_DIR"):
        open_records(f"sqlite:///{tmp_path / 'file' / 'data' / 'library.sqlite'}")


def test_a_full_disk_says_so_and_changes_nothing(tmp_path: Path) -> None:
    opened = open_records(f"sqlite:///{tmp_path / 'library.sqlite'}")
    add_documents(opened.library, {"a": OIL})
    # SQLite itself reports a full disk when the file may not grow beyond this.
    with opened.database.read() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()

    def limit(connection: object) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")  # type: ignore[attr-defined]

    from sqlalchemy import event

    event.listen(opened.database._engine, "begin", limit, insert=True)
    with pytest.raises(StoreError, match="disk is full"):
        _store(opened, "b", WATER * 500)
    event.remove(opened.database._engine, "begin", limit)
    assert [info.id for info in opened.library.documents()] == ["a"]
    opened.close()


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("nonsense", "not a database address"),
        ("sqlite://", "plain file"),
        ("sqlite:///:memory:", "plain file"),
        ("postgresql://localhost", "names no database"),
        ("mysql://localhost/x", "SQLite and PostgreSQL are supported"),
    ],
)
def test_an_unusable_address_is_refused(url: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        open_records(url)


def test_two_first_openings_at_once_make_one_library(store_url: str) -> None:
    names: list[str] = []
    barrier = threading.Barrier(4)

    def start() -> None:
        barrier.wait()
        opened = open_records(store_url)
        names.append(opened.library.library_id())
        opened.close()

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(names) == 4
    assert len(set(names)) == 1


def test_check_finds_rows_that_do_not_belong_together(records: Records) -> None:
    add_documents(records.library, {"a": WATER, "b": OIL})
    with records.database.write() as connection:
        connection.exec_driver_sql("DELETE FROM passages WHERE id = 'a:42-56'")
        connection.exec_driver_sql("UPDATE documents SET text = 'short' WHERE id = 'b'")
    problems = " ".join(records.check())
    assert "'a': 1 passages, 2 expected" in problems
    assert "'b': its text is not" in problems
    assert "1 rows of it have no passage" in problems


def test_the_text_index_can_be_made_anew(records: Records) -> None:
    add_documents(records.library, {"a": WATER, "b": OIL}, title="Iraq")
    expected = records.lexical.search({"dam": 1.0, "iraq": 1.0}, k=9)
    with records.database.write() as connection:
        lexical.delete_rows(connection, "a")
    records.lexical.rebuild()
    assert records.lexical.search({"dam": 1.0, "iraq": 1.0}, k=9) == expected
    assert records.check() == []


# --------------------------------------------------------------------------- readers and writers


def test_a_reader_sees_the_old_or_the_new_document_never_a_mixture(store_url: str) -> None:
    writing, reading = open_records(store_url), open_records(store_url)
    versions = ["\n\n".join(f"{word} number {i} stands here." for i in range(8)) for word in ("Red", "Blue")]
    _store(writing, "a", versions[0])
    stop, seen, faults = threading.Event(), set(), []

    def read() -> None:
        while not stop.is_set():
            passages = reading.library.document_passages("a")
            text = "\n\n".join(p.text for p in passages)
            if text not in versions:
                faults.append(text)
            seen.add(text)
            hits = [i for i, _ in reading.lexical.search({"red": 1.0, "blue": 1.0}, k=20)]
            if len(hits) != 8:
                faults.append(str(hits))

    threads = [threading.Thread(target=read) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        for turn in range(30):
            _store(writing, "a", versions[turn % 2])
    finally:
        stop.set()
        for thread in threads:
            thread.join()
        writing.close()
        reading.close()
    assert faults == []
    assert seen <= set(versions)
    assert seen


def test_what_is_kept_follows_another_process(store_url: str) -> None:
    here, there = open_records(store_url), open_records(store_url)
    add_documents(there.library, {"a": WATER})
    assert here.library.text("a") == WATER
    [first, _] = here.library.document_passages("a")
    here.library.passages([first.id])
    _store(there, "a", WATER.replace("low", "dry"))
    assert here.library.passages([first.id])[first.id].text.startswith("The dams are dry.")
    here.close()
    there.close()


def test_a_snapshot_of_the_vectors_does_not_move(records: Records) -> None:
    add_documents(records.library, {"a": WATER})
    with records.library.vector_snapshot() as snapshot:
        _store(records, "b", OIL)
        keys = snapshot.keys()
        [page] = snapshot.rows()
        generation = snapshot.generation
    assert list(keys) == page.ids == ["a:42-56", "a:7-40"]
    assert page.document_ids == ["a", "a"]
    assert [len(v) for v in page.sentences] == [1, 2]
    assert records.library.generation() == generation + 1
    embedder = HashEmbedder()
    np.testing.assert_allclose(page.passages[0], embedder.embed_query("a\nWater\nRain may come."), atol=1e-6)


def test_equal_vectors_have_equal_keys(records: Records) -> None:
    _store(records, "a", WATER)
    with records.library.vector_snapshot() as snapshot:
        before = snapshot.keys()
    _store(records, "a", WATER.replace("Rain", "Hail"))
    with records.library.vector_snapshot() as snapshot:
        after = snapshot.keys()
    assert after["a:7-40"] == before["a:7-40"]
    assert after["a:42-56"] != before["a:42-56"]


def test_a_writer_waits_for_another_and_then_says_busy(store_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for database in ("sqlite", "postgres"):
        monkeypatch.setattr(f"rag.records.{database}.BUSY_MILLISECONDS", 50)
    one, other = open_records(store_url), open_records(store_url)
    with one.database.write() as connection:
        connection.exec_driver_sql("UPDATE meta SET value = value")
        with pytest.raises(LibraryBusy, match="Another process is writing"):
            _store(other, "a", OIL)
    _store(other, "a", OIL)
    one.close()
    other.close()


def test_threads_that_write_at_once_get_their_turn(store_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for database in ("sqlite", "postgres"):
        monkeypatch.setattr(f"rag.records.{database}.BUSY_MILLISECONDS", 1)
    records = open_records(store_url)
    together = threading.Barrier(8)

    def write(number: int) -> None:
        together.wait()
        with records.database.write() as connection:
            connection.exec_driver_sql("UPDATE meta SET value = value")
            time.sleep(0.02)  # longer than the database itself would let another wait

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(write, range(8))) == [None] * 8
    records.close()


def test_a_turn_that_never_comes_is_told(store_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.records.database.QUEUE_SECONDS", 0.01)
    records = open_records(store_url)
    with (
        records.database.write(),
        pytest.raises(LibraryBusy, match="Try again in a minute"),
        records.database.write(),
    ):
        raise AssertionError("two writers at once")
    records.close()


# --------------------------------------------------------------------------- the lock


def test_a_second_ingest_is_told_who_is_at_work(tmp_path: Path) -> None:
    with (
        ingest_lock(tmp_path / "data"),
        pytest.raises(LibraryBusy, match=rf"pid {os.getpid()}"),
        ingest_lock(tmp_path / "data"),
    ):
        pytest.fail("two writers at once")
    with ingest_lock(tmp_path / "data"):
        pass


def test_the_lock_goes_with_a_killed_process(tmp_path: Path) -> None:
    code = (
        "import sys, time, pathlib\n"
        "from rag.records import ingest_lock\n"
        "with ingest_lock(pathlib.Path(sys.argv[1])):\n"
        "    print('held', flush=True)\n"
        "    time.sleep(60)\n"
    )
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True, cwd=root
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "held\n"
        with pytest.raises(LibraryBusy, match=f"pid {child.pid}"), ingest_lock(tmp_path):
            pass
        child.kill()
    with ingest_lock(tmp_path):
        pass


def test_a_failing_block_gives_the_lock_back(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="x"), ingest_lock(tmp_path):
        raise ValueError("x")
    with ingest_lock(tmp_path):
        pass
