"""Ingest as a whole, with a library in memory, a hashing embedder and a reader in this process."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest.blocks import Parsed
from ingest.limits import Limits
from ingest.pipeline import IngestEvent, IngestParts, ingest
from rag.errors import IndexMismatch, LibraryBusy, StoreError, VectorsUnavailable
from rag.fakes import HashEmbedder
from rag.ports import EmbedInput, PassageVectors, SourceRow
from rag.settings import Settings
from rag.types import Document, MetadataEdit, Passage
from tests.ingest.helpers import read_here

REPORT = "# The Harbour Plan\n\nThe plan opens two piers. It needs 40 cranes.\n\n## Costs\n\nIt costs 7 million.\n"


class MemoryLibrary:
    """Keeps what ingest writes; fails where told to."""

    def __init__(self) -> None:
        self.documents_by_id: dict[str, tuple[Document, list[Passage], SourceRow]] = {}
        self.made_with: str | None = None
        self.refuse: set[str] = set()
        self.edits: dict[str, MetadataEdit] = {}

    def sources(self) -> list[SourceRow]:
        return [row for _, _, row in self.documents_by_id.values()]

    def fingerprint(self) -> str | None:
        return self.made_with

    def set_fingerprint(self, fingerprint: str) -> None:
        self.made_with = fingerprint

    def edit(self, document_id: str) -> MetadataEdit | None:
        return self.edits.get(document_id)

    def replace_document(
        self,
        document: Document,
        passages: Sequence[Passage],
        vectors: Sequence[PassageVectors],
        *,
        settings_fingerprint: str,
        source_root: str,
    ) -> None:
        if document.id in self.refuse:
            raise StoreError("the disk is full.")
        assert len(passages) == len(vectors)
        for passage, vector in zip(passages, vectors, strict=True):
            assert len(passage.sentences) == len(vector.sentences)
        row = SourceRow(
            document_id=document.id,
            source_path=document.source_path,
            source_root=source_root,
            sha256=document.sha256,
            settings_fingerprint=settings_fingerprint,
        )
        self.documents_by_id[document.id] = (document, list(passages), row)

    def remove_documents(self, document_ids: Sequence[str]) -> None:
        for document_id in document_ids:
            del self.documents_by_id[document_id]

    def __getitem__(self, document_id: str) -> Document:
        return self.documents_by_id[document_id][0]


class Publisher:
    """Counts publishing; fails where told to."""

    def __init__(self) -> None:
        self.times = 0
        self.broken = False

    def publish(self, progress: Callable[[str], None] | None = None) -> None:
        if self.broken:
            raise VectorsUnavailable("no space.")
        self.times += 1
        if progress:
            progress("checked")


@pytest.fixture
def library() -> MemoryLibrary:
    return MemoryLibrary()


@pytest.fixture
def publisher() -> Publisher:
    return Publisher()


@pytest.fixture
def parts(library: MemoryLibrary, publisher: Publisher, tmp_path: Path) -> IngestParts:
    return IngestParts(
        library=library,  # type: ignore[arg-type]
        embedder=HashEmbedder(),
        vectors=publisher,
        settings=Settings(data_dir=tmp_path / "data"),
        lock=nullcontext,
        read=read_here,
        now=lambda: datetime(2025, 1, 2, 3, 4, 5, tzinfo=UTC),
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "reports"
    (made / "sub").mkdir(parents=True)
    (made / "harbour.md").write_text(REPORT)
    (made / "sub" / "Été 2024.md").write_text(REPORT.replace("Harbour", "Summer"))
    (made / ".hidden.md").write_text(REPORT)
    (made / "picture.png").write_bytes(b"\x89PNG")
    return made


def test_a_folder_is_taken_in_once(
    folder: Path, parts: IngestParts, library: MemoryLibrary, publisher: Publisher
) -> None:
    first = ingest([folder], parts)
    assert first.added == ("harbour", "sub-ete-2024")
    assert first.failed == ()
    assert first.passages == 4
    assert publisher.times == 1
    document = library["harbour"]
    assert document.metadata.title == "The Harbour Plan"
    assert document.ingested_at == "2025-01-02T03:04:05Z"
    assert document.source_path == str((folder / "harbour.md").resolve())
    second = ingest([folder], parts)
    assert (second.added, second.updated) == ((), ())
    assert second.unchanged == ("harbour", "sub-ete-2024")
    assert second.passages == 0


def test_changed_content_and_changed_sidecar_are_ingested_again(
    folder: Path, parts: IngestParts, library: MemoryLibrary
) -> None:
    ingest([folder], parts)
    (folder / "harbour.md").write_text(REPORT + "\nA new line.\n")
    assert ingest([folder], parts).updated == ("harbour",)
    (folder / "harbour.meta.yaml").write_text("publisher: Port Office\npublished: 2024-10\n")
    report = ingest([folder], parts)
    assert report.updated == ("harbour",)
    meta = library["harbour"].metadata
    assert (meta.publisher, meta.published, meta.published_note) == ("Port Office", "2024-10", "sidecar")
    assert ingest([folder], parts).unchanged == ("harbour", "sub-ete-2024")


def test_one_bad_file_never_stops_the_rest(folder: Path, parts: IngestParts, library: MemoryLibrary) -> None:
    (folder / "a-empty.md").write_text("")
    (folder / "b-binary.txt").write_bytes(bytes(range(256)) * 20)
    (folder / "c-sidecar.md").write_text(REPORT)
    (folder / "c-sidecar.meta.yaml").write_text("publisherr: X\n")

    def read(path: Path, limits: Limits) -> Parsed:
        if path.name == "harbour.md":
            raise ZeroDivisionError("a defect")
        return read_here(path, limits)

    broken = IngestParts(**{**{f: getattr(parts, f) for f in parts.__dataclass_fields__}, "read": read})
    report = ingest([folder, folder / "picture.png", folder / "gone.md"], broken)
    reasons = {Path(f.path).name: f.reason for f in report.failed}
    assert report.added == ("sub-ete-2024",)
    assert "empty" in reasons["a-empty.md"]
    assert "text" in reasons["b-binary.txt"]
    assert "publisherr" in reasons["c-sidecar.md"]
    assert "c-sidecar.meta.yaml" in reasons["c-sidecar.md"]
    assert "ZeroDivisionError" in reasons["harbour.md"]
    assert ".png" in reasons["picture.png"]
    assert "no such file" in reasons["gone.md"]


def test_a_failed_update_leaves_the_old_version(folder: Path, parts: IngestParts, library: MemoryLibrary) -> None:
    ingest([folder], parts)
    before = library["harbour"]
    (folder / "harbour.md").write_text(REPORT + "more")
    library.refuse = {"harbour"}
    report = ingest([folder], parts)
    assert report.failed[0].reason == "the disk is full."
    assert library["harbour"] is before
    library.refuse = set()
    assert ingest([folder], parts).updated == ("harbour",)


def test_vanished_files_go_only_with_prune(folder: Path, parts: IngestParts, library: MemoryLibrary) -> None:
    ingest([folder], parts)
    (folder / "harbour.md").unlink()
    assert ingest([folder], parts).removed == ()
    assert ingest([folder], parts, prune=True).removed == ("harbour",)
    assert set(library.documents_by_id) == {"sub-ete-2024"}


def test_prune_leaves_other_folders_alone(
    folder: Path, tmp_path: Path, parts: IngestParts, library: MemoryLibrary
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "elsewhere.md").write_text(REPORT)
    ingest([folder, other], parts)
    (other / "elsewhere.md").unlink()
    assert ingest([folder], parts, prune=True).removed == ()
    assert "elsewhere" in library.documents_by_id


def test_an_id_clash_gets_a_suffix_and_a_warning_and_stays(folder: Path, tmp_path: Path, parts: IngestParts) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "harbour.txt").write_text("Another Plan\n\nIt differs in all that matters to us here.\n")
    report = ingest([folder, other], parts)
    assert report.added == ("harbour", "sub-ete-2024", "harbour-2")
    assert any("harbour-2" in w for w in report.warnings)
    assert ingest([other, folder], parts).unchanged == ("harbour-2", "harbour", "sub-ete-2024")


def test_a_moved_folder_keeps_its_ids(folder: Path, tmp_path: Path, parts: IngestParts) -> None:
    ingest([folder], parts)
    moved = folder.rename(tmp_path / "moved")
    report = ingest([moved], parts)
    assert set(report.added) | set(report.updated) == {"harbour", "sub-ete-2024"}
    assert report.failed == ()


def test_the_same_content_twice_is_told(folder: Path, parts: IngestParts) -> None:
    (folder / "copy.md").write_text(REPORT)
    report = ingest([folder], parts)
    assert any("same content" in w for w in report.warnings)
    assert "copy" in report.added


def test_progress_tells_every_file(folder: Path, parts: IngestParts) -> None:
    events: list[IngestEvent] = []
    ingest([folder], parts, progress=events.append)
    kinds = [e.kind for e in events if e.kind != "embedding"]
    assert kinds == ["started", "started", "done", "done", "publishing"]
    assert [e.file for e in events if e.kind == "done"] == [1, 2]
    last = [e for e in events if e.kind == "embedding" and e.document_id == "harbour"][-1]
    assert last.embedded == last.passages == 2
    finished = [e.finished for e in events if e.files]
    assert finished == sorted(finished)
    assert finished[-1] == 2


def test_another_model_is_refused_while_other_documents_stay(
    folder: Path, tmp_path: Path, parts: IngestParts, library: MemoryLibrary
) -> None:
    ingest([folder], parts)
    values = {f: getattr(parts, f) for f in parts.__dataclass_fields__}
    other = IngestParts(**{**values, "embedder": HashEmbedder(dimension=32)})
    with pytest.raises(IndexMismatch, match="sub-ete-2024"):
        ingest([folder / "harbour.md"], other)
    report = ingest([folder], other)
    assert report.updated == ("harbour", "sub-ete-2024")
    assert str(library.made_with).startswith("hash-32")


def test_a_busy_library_is_an_error(folder: Path, parts: IngestParts) -> None:
    def busy() -> nullcontext[None]:
        raise LibraryBusy("Another process is writing.")

    values = {f: getattr(parts, f) for f in parts.__dataclass_fields__}
    with pytest.raises(LibraryBusy):
        ingest([folder], IngestParts(**{**values, "lock": busy}))


def with_(parts: IngestParts, **changes: object) -> IngestParts:
    return replace(parts, **changes)  # type: ignore[arg-type]


class FussyEmbedder(HashEmbedder):
    """Counts its calls; cannot digest texts with a certain word."""

    def __init__(self) -> None:
        super().__init__()
        self.calls = 0

    def embed_passages(
        self, inputs: Sequence[EmbedInput], *, progress: Callable[[int], None] | None = None
    ) -> list[PassageVectors]:
        self.calls += 1
        if any("indigestible" in i.text for i in inputs):
            raise RuntimeError("no vector")
        return super().embed_passages(inputs, progress=progress)


@pytest.mark.parametrize(("batch", "calls"), [(256, 1), (1, 2)])
def test_small_documents_are_embedded_together(folder: Path, parts: IngestParts, batch: int, calls: int) -> None:
    embedder = FussyEmbedder()
    ingest([folder], with_(parts, embedder=embedder, batch=batch))
    assert embedder.calls == calls


def test_documents_embedded_together_get_the_vectors_of_their_own(folder: Path, parts: IngestParts) -> None:
    kept: dict[int, dict[str, list[PassageVectors]]] = {}
    for batch in (256, 1):
        stored = kept[batch] = {}

        class Keeping(MemoryLibrary):
            def replace_document(self, document, passages, vectors, **more):  # type: ignore[no-untyped-def]
                stored[document.id] = list(vectors)  # noqa: B023 - used within this turn of the loop
                super().replace_document(document, passages, vectors, **more)

        ingest([folder], with_(parts, library=Keeping(), batch=batch))
    assert kept[256].keys() == kept[1].keys()
    assert len(kept[1]) == 2
    for name, vectors in kept[1].items():
        for one, other in zip(vectors, kept[256][name], strict=True):
            assert (one.passage == other.passage).all()
            assert (one.sentences == other.sentences).all()


def test_one_text_that_cannot_be_embedded_costs_its_own_file_only(
    folder: Path, parts: IngestParts, library: MemoryLibrary
) -> None:
    (folder / "odd.md").write_text("# Odd\n\nAn indigestible plan of four words.\n")
    report = ingest([folder], with_(parts, embedder=FussyEmbedder()))
    assert [(Path(f.path).name, "no vector" in f.reason) for f in report.failed] == [("odd.md", True)]
    assert set(library.documents_by_id) == {"harbour", "sub-ete-2024"}


def test_an_interrupt_keeps_what_is_stored(folder: Path, parts: IngestParts, library: MemoryLibrary) -> None:
    parts = with_(parts, batch=1)

    def stop(event: IngestEvent) -> None:
        if event.kind == "started" and event.file == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ingest([folder], parts, progress=stop)
    assert set(library.documents_by_id) == {"harbour"}
    again = ingest([folder], parts)
    assert (again.unchanged, again.added) == (("harbour",), ("sub-ete-2024",))


def test_a_broken_index_is_a_warning_not_a_loss(
    folder: Path, parts: IngestParts, publisher: Publisher, library: MemoryLibrary
) -> None:
    publisher.broken = True
    report = ingest([folder], parts)
    assert len(library.documents_by_id) == 2
    assert any("exact scan" in w for w in report.warnings)


def test_a_file_without_title_takes_its_name_and_says_so(
    tmp_path: Path, parts: IngestParts, library: MemoryLibrary
) -> None:
    path = tmp_path / "field_notes.txt"
    path.write_text("We crossed the river at dawn and found the far bank empty of any sign of the others.\n")
    report = ingest([path], parts)
    assert library["field-notes"].metadata.title == "field notes"
    assert any("no title" in w for w in report.warnings)


def test_a_file_too_large_is_named_with_the_setting(tmp_path: Path, parts: IngestParts) -> None:
    path = tmp_path / "large.txt"
    with path.open("wb") as stream:
        stream.truncate(101 * 1024 * 1024)
    assert "BRIEFING_MAX_FILE_MB" in ingest([path], parts).failed[0].reason
