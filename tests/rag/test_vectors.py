"""The vector index: published, swapped, killed, damaged, shared; the exact scan stands behind it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from rag.errors import IndexMismatch, SettingsError, VectorsUnavailable
from rag.fakes import HashEmbedder, add_documents
from rag.records import Records, open_records
from rag.vectors import BEHIND, NOT_AVAILABLE, ChromaVectors
from rag.vectors_check import healthy, inspect

EMBED = HashEmbedder()
TEXTS = {
    "water": "The dams are low. Farmers suffer.\n\nRain may come to the hills.",
    "oil": "Oil sells well abroad.\n\nPrices rose. Refineries burn crude.",
    "ports": "Ships wait at the port of Basra. Tariffs are high.",
}
ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _check_here(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same check without a process of its own, where that is not what is tested: a second each."""
    if "child_check" not in request.fixturenames:
        monkeypatch.setattr("rag.vectors.healthy", inspect)


@pytest.fixture
def child_check() -> None:
    """Asks for the check in a child process."""


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    opened = open_records(f"sqlite:///{tmp_path / 'library.sqlite'}")
    add_documents(opened.library, TEXTS)
    yield opened
    opened.close()


@pytest.fixture
def vectors(tmp_path: Path, records: Records) -> Iterator[ChromaVectors]:
    opened = ChromaVectors(tmp_path, records.library)
    yield opened
    opened.close()


def _folders(tmp_path: Path) -> list[str]:
    return sorted(path.name for path in (tmp_path / "chroma").iterdir())


def _first(vectors: ChromaVectors, question: str) -> str:
    return vectors.search(EMBED.embed_query(question), k=1)[0][0]


def _same(found: list[tuple[str, float]], expected: list[tuple[str, float]]) -> None:
    assert [i for i, _ in found] == [i for i, _ in expected]
    assert [s for _, s in found] == pytest.approx([s for _, s in expected], abs=2e-6)


# --------------------------------------------------------------------------- exact scan


def test_without_an_index_the_scan_answers_and_says_so(vectors: ChromaVectors) -> None:
    question = EMBED.embed_query("port water dam low farmer")
    found = vectors.search(question, k=9)
    assert vectors.notices() == (NOT_AVAILABLE,)
    assert vectors.backend() == "exact scan"
    assert len(found) == 5
    expected = {
        "water:0-33": float(question @ EMBED.embed_query("water The dams are low. Farmers suffer.")),
        "ports:0-50": float(question @ EMBED.embed_query("ports " + TEXTS["ports"])),
    }
    for passage_id, cosine in expected.items():
        assert dict(found)[passage_id] == pytest.approx(cosine, abs=2e-6)
    assert [score for _, score in found] == sorted((s for _, s in found), reverse=True)


def test_an_empty_library_needs_no_notice(tmp_path: Path) -> None:
    empty = open_records(f"sqlite:///{tmp_path / 'library.sqlite'}")
    vectors = ChromaVectors(tmp_path, empty.library)
    question = EMBED.embed_query("dam")
    assert vectors.search(question, k=3) == []
    assert vectors.search_sentences(question, k=3) == []
    assert vectors.notices() == ()
    assert vectors.check() == []
    vectors.publish()
    assert vectors.search(question, k=3) == []
    assert vectors.backend() == "chroma"
    vectors.close()
    empty.close()


def test_ties_stand_in_the_order_of_their_ids(tmp_path: Path, records: Records) -> None:
    add_documents(records.library, dict.fromkeys("qpr", "Zebras graze."), title="same")
    vectors = ChromaVectors(tmp_path, records.library)
    question = EMBED.embed_query("zebras graze")
    expected = ["p:0-13", "q:0-13", "r:0-13"]
    assert [i for i, _ in vectors.search(question, k=3)] == expected
    assert [i for i, _ in vectors.search(question, k=2)] == expected[:2]
    vectors.publish()
    assert [i for i, _ in vectors.search(question, k=2)] == expected[:2]
    assert [(i, n) for i, n, _ in vectors.search_sentences(question, k=2)] == [(i, 0) for i in expected[:2]]
    vectors.close()


def test_a_vector_of_another_model_is_refused(vectors: ChromaVectors) -> None:
    for _ in range(2):  # by the scan, then by Chroma
        with pytest.raises(IndexMismatch, match=r"64 values.*has 3"):
            vectors.search(np.ones(3, np.float32), k=2)
        vectors.publish()


def test_the_scan_rereads_only_what_changed(records: Records, vectors: ChromaVectors) -> None:
    question = EMBED.embed_query("dams")
    vectors.search(question, k=1)
    asked: list[list[str]] = []
    original = type(records.library).vector_snapshot

    def spy(library: object) -> object:
        manager = original(library)  # type: ignore[arg-type]
        snapshot = manager.__enter__()
        rows = snapshot.rows

        def counted(ids: list[str], **options: bool) -> object:
            asked.append(list(ids))
            return rows(ids, **options)

        snapshot.rows = counted  # type: ignore[method-assign, assignment]

        class Opened:
            def __enter__(self) -> object:
                return snapshot

            def __exit__(self, *error: object) -> None:
                manager.__exit__(None, None, None)

        return Opened()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(records.library), "vector_snapshot", spy)
        add_documents(records.library, {"new": "Dams dams dams."}, title="dams")
        records.library.remove_documents(["oil"])
        assert _first(vectors, "dams") == "new:0-15"
    assert asked == [["new:0-15"]]
    assert len(vectors.search(question, k=99)) == 4


# --------------------------------------------------------------------------- publishing


@pytest.mark.usefixtures("child_check")
def test_a_published_index_answers_as_the_scan_does(vectors: ChromaVectors) -> None:
    question = EMBED.embed_query("crude oil prices at the port")
    passages, sentences = vectors.search(question, k=4), vectors.search_sentences(question, k=4)
    steps: list[str] = []
    vectors.publish(steps.append)
    assert steps[-1] == "vector index published"
    _same(vectors.search(question, k=4), passages)
    found = vectors.search_sentences(question, k=4)
    assert [hit[:2] for hit in found] == [hit[:2] for hit in sentences]
    assert vectors.notices() == ()
    assert vectors.backend() == "chroma"
    assert vectors.check() == []


def test_a_filter_narrows_with_or_without_an_index(vectors: ChromaVectors) -> None:
    question = EMBED.embed_query("dams low")
    for _ in range(2):
        found = vectors.search(question, k=9, documents=["oil", "ports"])
        assert {i.split(":")[0] for i, _ in found} == {"oil", "ports"}
        rows = vectors.search_sentences(question, k=9, documents=["ports"])
        assert {(i, n) for i, n, _ in rows} == {("ports:0-50", 0), ("ports:0-50", 1)}
        assert vectors.search(question, k=9, documents=[]) == []
        vectors.publish()


def test_an_index_behind_the_library_is_not_asked(records: Records, vectors: ChromaVectors) -> None:
    vectors.publish()
    assert _first(vectors, "zebras") != "zoo:0-7"
    add_documents(records.library, {"zoo": "Zebras."})
    assert _first(vectors, "zebras") == "zoo:0-7"
    assert vectors.notices() == (BEHIND,)
    assert vectors.check() == ["gen-1 is behind the library"]
    vectors.publish()
    assert _first(vectors, "zebras") == "zoo:0-7"
    assert vectors.notices() == ()


def test_an_open_reader_follows_the_pointer(tmp_path: Path, records: Records) -> None:
    reader, publisher = (ChromaVectors(tmp_path, records.library) for _ in range(2))
    publisher.publish()
    assert reader.backend() == "chroma"
    for turn, name in enumerate(("a", "b", "c"), start=2):
        add_documents(records.library, {name: f"Zebras {name}{name}{name}."}, title="zoo")
        publisher.publish()
        assert _first(reader, f"zebras zoo {name * 3}").startswith(f"{name}:")
        assert reader.notices() == ()
        assert _folders(tmp_path) == ["CURRENT", f"gen-{turn - 1}", f"gen-{turn}"]
    reader.close()
    publisher.close()


def test_a_delta_removes_replaces_and_adds(tmp_path: Path, records: Records) -> None:
    add_documents(records.library, {f"fill{i}": f"Filling number {i}. More." for i in range(20)})
    vectors = ChromaVectors(tmp_path, records.library)
    vectors.publish()
    records.library.remove_documents(["ports"])
    add_documents(records.library, {"water": TEXTS["water"].replace("hills", "plain"), "zoo": "Zebras."})
    vectors.publish()
    manifest = json.loads((tmp_path / "chroma" / "gen-2" / "manifest.json").read_text())
    # Gone: the passage of "ports" (2 sentences) and the changed one of "water" (1 sentence).
    assert manifest["dead"] == 5
    assert (manifest["passages"], manifest["sentences"]) == (25, 47)
    assert vectors.check() == []
    scan = ChromaVectors(tmp_path, records.library, scan_below=10**6)
    for question in ("zebras", "rain plain", "Basra port", "filling 7"):
        vector = EMBED.embed_query(question)
        expected = dict(scan.search(vector, k=99))
        assert dict(vectors.search(vector, k=99)) == pytest.approx(expected, abs=2e-6)
    vectors.close()


def test_too_much_dead_builds_from_nothing(tmp_path: Path, records: Records) -> None:
    vectors = ChromaVectors(tmp_path, records.library)
    vectors.publish()
    records.library.remove_documents(["ports"])  # 3 of 13 rows
    vectors.publish()
    manifest = json.loads((tmp_path / "chroma" / "gen-2" / "manifest.json").read_text())
    assert (manifest["dead"], manifest["passages"]) == (0, 4)
    vectors.close()


def test_publishing_twice_does_nothing(tmp_path: Path, vectors: ChromaVectors) -> None:
    vectors.publish()
    vectors.publish()
    assert _folders(tmp_path) == ["CURRENT", "gen-1"]
    vectors.rebuild()
    assert _folders(tmp_path) == ["CURRENT", "gen-1", "gen-2"]


def test_another_librarys_index_is_not_taken_over(tmp_path: Path, vectors: ChromaVectors) -> None:
    vectors.publish()
    other = open_records(f"sqlite:///{tmp_path / 'other.sqlite'}")
    add_documents(other.library, {"only": "Zebras."})
    second = ChromaVectors(tmp_path, other.library)
    second.publish()
    assert json.loads((tmp_path / "chroma" / "gen-2" / "rows.json").read_text()).keys() == {"only:0-7"}
    second.close()
    other.close()


def test_a_small_library_is_scanned_without_opening_chroma(tmp_path: Path, records: Records) -> None:
    vectors = ChromaVectors(tmp_path, records.library, scan_below=20_000)
    assert _first(vectors, "dams low farmers suffer") == "water:0-33"
    assert vectors.notices() == ()
    assert vectors.backend() == "exact scan"


# --------------------------------------------------------------------------- killed and damaged


def test_a_killed_publisher_leaves_the_old_index_and_no_rubbish(tmp_path: Path, records: Records) -> None:
    vectors = ChromaVectors(tmp_path, records.library)
    vectors.publish()
    add_documents(records.library, {"zoo": "Zebras."})
    code = (
        "import pathlib, sys, time\n"
        "from rag import vectors\n"
        "from rag.records import open_records\n"
        "def stall(folder):\n"
        "    print(folder.name, flush=True)\n"
        "    time.sleep(60)\n"
        "vectors.healthy = stall\n"
        "home = pathlib.Path(sys.argv[1])\n"
        "records = open_records(f'sqlite:///{home}/library.sqlite')\n"
        "vectors.ChromaVectors(home, records.library).publish()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as child:
        assert child.stdout is not None
        building = child.stdout.readline().strip()
        child.kill()
    assert building.startswith("building-")
    assert _folders(tmp_path) == sorted(["CURRENT", building, "gen-1"])
    assert _first(vectors, "zebras") == "zoo:0-7"
    assert vectors.notices() == (BEHIND,)
    vectors.publish()
    assert _folders(tmp_path) == ["CURRENT", "gen-1", "gen-2"]
    assert vectors.check() == []
    vectors.close()


def test_a_generation_that_was_never_pointed_at_is_swept(tmp_path: Path, vectors: ChromaVectors) -> None:
    vectors.publish()
    shutil.copytree(tmp_path / "chroma" / "gen-1", tmp_path / "chroma" / "gen-7")
    vectors.rebuild()
    assert _folders(tmp_path) == ["CURRENT", "gen-1", "gen-2"]


def _graph_file(tmp_path: Path, name: str, generation: str = "gen-1") -> Path:
    return max((tmp_path / "chroma" / generation).rglob(name), key=lambda path: path.stat().st_size)


@pytest.mark.usefixtures("child_check")
def test_a_whole_life_with_checks_in_a_child(tmp_path: Path, records: Records) -> None:
    vectors = ChromaVectors(tmp_path, records.library)
    vectors.publish()
    add_documents(records.library, {"zoo": "Zebras."})
    vectors.publish()
    assert vectors.check() == []
    os.truncate(_graph_file(tmp_path, "data_level0.bin", "gen-2"), 10)
    assert "10 bytes" in vectors.check()[0]
    vectors.close()


@pytest.mark.parametrize(
    "harm",
    ["truncated", "flipped", "no graph", "no database", "no manifest", "broken manifest", "emptied database"],
)
def test_a_damaged_generation_is_not_opened(tmp_path: Path, records: Records, harm: str) -> None:
    publisher = ChromaVectors(tmp_path, records.library)
    publisher.publish()
    publisher.close()
    folder = tmp_path / "chroma" / "gen-1"
    graph = _graph_file(tmp_path, "data_level0.bin")
    match harm:
        case "truncated":
            os.truncate(graph, graph.stat().st_size // 2)
        case "flipped":
            data = bytearray(graph.read_bytes())
            data[100] ^= 0xFF
            graph.write_bytes(bytes(data))
        case "no graph":
            graph.unlink()
        case "no database":
            (folder / "chroma.sqlite3").unlink()
        case "no manifest":
            (folder / "manifest.json").unlink()
        case "broken manifest":
            (folder / "manifest.json").write_text('{"half":')
        case "emptied database":
            (folder / "chroma.sqlite3").write_bytes(b"")
    vectors = ChromaVectors(tmp_path, records.library)
    assert _first(vectors, "dams low farmers suffer") == "water:0-33"
    assert vectors.notices() == (NOT_AVAILABLE,)
    assert vectors.check() != []
    vectors.rebuild()
    assert vectors.check() == []
    assert _first(vectors, "dams low farmers suffer") == "water:0-33"
    assert vectors.notices() == ()
    vectors.close()


def test_a_damaged_base_is_not_built_upon(tmp_path: Path, records: Records) -> None:
    publisher = ChromaVectors(tmp_path, records.library)
    publisher.publish()
    publisher.close()
    os.truncate(_graph_file(tmp_path, "data_level0.bin"), 10)
    add_documents(records.library, {"zoo": "Zebras."})
    vectors = ChromaVectors(tmp_path, records.library)
    vectors.publish()
    assert vectors.check() == []
    assert _first(vectors, "zebras") == "zoo:0-7"
    vectors.close()


def test_the_check_refuses_what_is_not_as_stated(tmp_path: Path, vectors: ChromaVectors) -> None:
    vectors.publish()
    folder = tmp_path / "chroma" / "gen-1"
    rows = json.loads((folder / "rows.json").read_text())
    renamed = {("x" + i if i.startswith("oil") else i): row for i, row in rows.items()}
    for wrong, said in ((renamed, "ids are not"), (dict(list(rows.items())[1:]), "5 rows, 4 expected")):
        (folder / "rows.json").write_text(json.dumps(wrong))
        assert said in " ".join(healthy(folder))
    (folder / "rows.json").write_text(json.dumps(rows))
    samples = dict(np.load(folder / "samples.npz"))
    samples["passages_vectors"] = samples["passages_vectors"][::-1].copy()
    np.savez(folder / "samples.npz", **samples)
    assert "is not the stored one" in " ".join(healthy(folder))


def test_a_check_that_crashes_is_a_finding(tmp_path: Path, vectors: ChromaVectors) -> None:
    vectors.publish()
    folder = tmp_path / "chroma" / "gen-1"
    with pytest.MonkeyPatch.context() as patch:
        # A stand-in for the interpreter that dies as a segmentation fault would.
        dying = tmp_path / "python"
        dying.write_text(f"#!/bin/sh\nkill -{int(signal.SIGSEGV)} $$\n")
        dying.chmod(0o755)
        patch.setattr(sys, "executable", str(dying))
        assert healthy(folder) == [f"the check of gen-1 ended with signal {int(signal.SIGSEGV)}"]
        patch.setattr(sys, "executable", "/bin/sleep")
    assert healthy(tmp_path / "chroma" / "gen-9") != []


def test_when_nothing_healthy_can_be_built_the_old_one_stays(
    tmp_path: Path, records: Records, vectors: ChromaVectors
) -> None:
    vectors.publish()
    add_documents(records.library, {"zoo": "Zebras."})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("rag.vectors.healthy", lambda folder: ["it is broken"])
        with pytest.raises(VectorsUnavailable, match="it is broken"):
            vectors.publish()
    assert _folders(tmp_path) == ["CURRENT", "gen-1"]
    assert _first(vectors, "zebras") == "zoo:0-7"


def test_a_full_disk_is_said_so(tmp_path: Path, vectors: ChromaVectors) -> None:
    (tmp_path / "chroma").write_text("in the way")
    with pytest.raises(VectorsUnavailable, match="could not be written"):
        vectors.publish()


def test_an_index_that_fails_while_asked_gives_way_to_the_scan(
    vectors: ChromaVectors, monkeypatch: pytest.MonkeyPatch
) -> None:
    vectors.publish()
    assert vectors.backend() == "chroma"

    def fail(*_: object) -> None:
        raise VectorsUnavailable("Error finding id")

    monkeypatch.setattr("rag.vectors_chroma.OpenIndex.query", fail)
    assert _first(vectors, "dams low farmers suffer") == "water:0-33"
    assert vectors.notices() == (NOT_AVAILABLE,)
    monkeypatch.undo()
    assert vectors.backend() == "exact scan"  # not asked again
    vectors.rebuild()
    assert vectors.backend() == "chroma"


def test_a_pointer_to_elsewhere_is_not_followed(tmp_path: Path, vectors: ChromaVectors) -> None:
    vectors.publish()
    shutil.copytree(tmp_path / "chroma" / "gen-1", tmp_path / "elsewhere")
    (tmp_path / "chroma" / "CURRENT").write_text("../elsewhere\n")
    assert vectors.backend() == "exact scan"


# --------------------------------------------------------------------------- many readers


def test_threads_ask_while_generations_change(tmp_path: Path, records: Records) -> None:
    reader, publisher = (ChromaVectors(tmp_path, records.library) for _ in range(2))
    publisher.publish()
    stop, faults = threading.Event(), []

    def ask() -> None:
        while not stop.is_set():
            try:
                if _first(reader, "dams low farmers suffer") != "water:0-33":
                    faults.append("wrong passage")
            except Exception as error:
                faults.append(repr(error))

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        for turn in range(3):
            add_documents(records.library, {f"zoo{turn}": f"Zebras {turn}."})
            publisher.publish()
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert faults == []
    reader.close()
    publisher.close()


def test_processes_may_read_one_generation_together(tmp_path: Path, vectors: ChromaVectors) -> None:
    vectors.publish()
    before = {p: p.read_bytes() for p in (tmp_path / "chroma" / "gen-1").rglob("*.bin")}
    code = (
        "import pathlib, sys\n"
        "from rag.fakes import HashEmbedder\n"
        "from rag.records import open_records\n"
        "from rag.vectors import ChromaVectors\n"
        "home = pathlib.Path(sys.argv[1])\n"
        "question = HashEmbedder().embed_query('dams low farmers suffer')\n"
        "for _ in range(5):\n"
        "    records = open_records(f'sqlite:///{home}/library.sqlite')\n"
        "    vectors = ChromaVectors(home, records.library)\n"
        "    for _ in range(20):\n"
        "        assert vectors.search(question, k=1)[0][0] == 'water:0-33'\n"
        "        assert vectors.backend() == 'chroma', vectors.notices()\n"
        "    vectors.close(); records.close()\n"
    )
    children = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stderr=subprocess.PIPE, text=True, cwd=ROOT)
        for _ in range(3)
    ]
    for child in children:
        _, complaints = child.communicate(timeout=120)
        assert child.returncode == 0, complaints
    assert {p: p.read_bytes() for p in before} == before
    assert vectors.check() == []


# --------------------------------------------------------------------------- a server


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.fixture
def chroma_server(tmp_path: Path) -> Iterator[str]:
    program = Path(sys.executable).with_name("chroma")
    if not program.exists():
        pytest.skip("the chroma program is not beside the interpreter")
    port = _free_port()
    with subprocess.Popen(
        [program, "run", "--path", str(tmp_path / "server"), "--host", "127.0.0.1", "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as server:
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
        server.kill()


@pytest.mark.slow
def test_a_chroma_server_serves(tmp_path: Path, records: Records, chroma_server: str) -> None:
    vectors = ChromaVectors(tmp_path, records.library, chroma_url=chroma_server)
    question = EMBED.embed_query("crude oil prices at the port")
    expected = vectors.search(question, k=4)
    assert vectors.notices() == (NOT_AVAILABLE,)
    assert vectors.check() != []
    vectors.publish()
    assert vectors.backend() == "chroma server"
    _same(vectors.search(question, k=4), expected)
    assert vectors.search_sentences(question, k=1)[0][0].startswith("oil:")
    assert (vectors.notices(), vectors.check()) == ((), [])
    for name in ("a", "b", "c"):
        add_documents(records.library, {name: f"Zebras {name}{name}{name}."}, title="zoo")
        vectors.publish()
        assert _first(vectors, f"zebras zoo {name * 3}").startswith(f"{name}:")
        assert vectors.backend() == "chroma server"
    from rag.vectors_chroma import server_client

    names = [c.name for c in server_client(chroma_server).list_collections()]
    assert len(names) == 4
    assert not any("building" in name for name in names)
    vectors.close()


def test_a_server_that_does_not_answer_gives_way_to_the_scan(tmp_path: Path, records: Records) -> None:
    vectors = ChromaVectors(tmp_path, records.library, chroma_url=f"http://127.0.0.1:{_free_port()}")
    assert _first(vectors, "dams low farmers suffer") == "water:0-33"
    assert vectors.notices() == (NOT_AVAILABLE,)
    with pytest.raises(VectorsUnavailable, match="does not answer"):
        vectors.publish()


def test_a_malformed_server_address_is_a_wrong_setting(tmp_path: Path, records: Records) -> None:
    vectors = ChromaVectors(tmp_path, records.library, chroma_url="localhost:8000")
    with pytest.raises(SettingsError, match="BRIEFING_CHROMA_URL"):
        vectors.publish()
