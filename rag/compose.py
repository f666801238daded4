"""The composition root: the one place where adapters are imported and put together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.errors import SettingsError
from rag.ports import AccountStore, AnswerWriter, Embedder
from rag.settings import Settings

if TYPE_CHECKING:
    from rag.briefing import Briefing
    from rag.catalogue import CatalogueCache
    from rag.extractive import ExtractiveWriter
    from rag.llm_client import ChatClient
    from rag.records import Records
    from rag.vectors import ChromaVectors

SCAN_BELOW = 20_000
"""A command that runs once scans fewer passages than this faster than it opens Chroma."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The stores and the model, open; ``close`` lets go of the files."""

    settings: Settings
    records: Records
    embedder: Embedder
    vectors: ChromaVectors

    def close(self) -> None:
        """Closes the index and the database."""
        self.vectors.close()
        self.records.close()


def open_parts(settings: Settings, *, serving: bool = False, embedder: Embedder | None = None) -> Parts:
    """Opens the stores; the model is loaded when first used.

    Args:
        serving: True for a process that stays: it opens Chroma even for a small library.
        embedder: stands in for the configured model (tests).

    Raises:
        SettingsError: a setting names something that cannot be used.
        StoreError: the data folder cannot be made, or the library cannot be opened.
    """
    from rag.records import open_records
    from rag.vectors import ChromaVectors

    _make_folder(settings.data_dir)
    records = open_records(settings.database)
    vectors = ChromaVectors(
        settings.data_dir,
        records.library,
        chroma_url=settings.chroma_url,
        scan_below=0 if serving else SCAN_BELOW,
    )
    return Parts(
        settings=settings,
        records=records,
        embedder=embedder or make_embedder(settings),
        vectors=vectors,
    )


def make_embedder(settings: Settings) -> Embedder:
    """The configured embedding model, loaded when first used."""
    from rag.embedding import SentenceTransformerEmbedder

    return SentenceTransformerEmbedder(settings)


def build(
    settings: Settings,
    *,
    serving: bool = False,
    embedder: Embedder | None = None,
    writer: AnswerWriter | None = None,
    keep_answers: bool = True,
) -> Briefing:
    """A Briefing ready to ask; without ``keep_answers`` nothing it says is stored.

    ``embedder`` and ``writer`` stand in for the configured ones (tests).
    """
    from rag.alias_file import AliasFile
    from rag.briefing import Briefing
    from rag.catalogue import CatalogueCache
    from rag.curate import Curator
    from rag.followups import FollowUps
    from rag.memo.make import MemoMaker
    from rag.prompts import Prompts
    from rag.retrieve import Retriever

    parts = open_parts(settings, serving=serving, embedder=embedder)
    library = parts.records.library
    aliases = AliasFile(settings.data_dir / "aliases.yaml")
    catalogue = CatalogueCache(library, aliases.path)
    retriever = Retriever(
        library=library,
        lexical=parts.records.lexical,
        vectors=parts.vectors,
        embedder=parts.embedder,
        catalogue=catalogue,
    )
    answer_writer = writer or make_writer(settings, parts, catalogue)
    memo_maker = MemoMaker(
        retriever=retriever,
        library=library,
        embedder=parts.embedder,
        catalogue=catalogue,
        writer=answer_writer,
        prompts=Prompts(settings.prompts_dir),
        store=parts.records.memos,
    )
    return Briefing(
        settings=settings,
        library=library,
        embedder=parts.embedder,
        retriever=retriever,
        writer=answer_writer,
        catalogue=catalogue,
        conversations=parts.records.conversations,
        memos=parts.records.memos,
        accounts=parts.records.accounts,
        keep_answers=keep_answers,
        remover=lambda ids: remove_documents(settings, ids),
        closing=(parts,),
        memo_maker=memo_maker,
        curator=Curator(
            library=library,
            catalogue=catalogue,
            aliases=aliases,
            editor=lambda document_id, changes: edit_metadata(settings, document_id, changes),
        ),
        followups=FollowUps(
            library=library,
            catalogue=catalogue,
            retriever=retriever,
            writer=writer or make_extractive(settings, parts, catalogue),
            passages=settings.passages,
        ),
    )


def make_writer(settings: Settings, parts: Parts, catalogue: CatalogueCache) -> AnswerWriter:
    """The extractive writer, or the language model with the extractive one to fall back on."""
    extractive = make_extractive(settings, parts, catalogue)
    if settings.llm is None:
        return extractive
    from rag.llm_writer import LLMWriter
    from rag.prompts import Prompts

    return LLMWriter(settings, Prompts(settings.prompts_dir), extractive)


def make_extractive(settings: Settings, parts: Parts, catalogue: CatalogueCache) -> ExtractiveWriter:
    """The writer that needs no language model."""
    from rag.extractive import ExtractiveWriter

    return ExtractiveWriter(
        library=parts.records.library,
        embedder=parts.embedder,
        catalogue=catalogue,
        words=settings.answer_words,
    )


def make_chat(settings: Settings, schema: dict[str, Any]) -> ChatClient:
    """The configured chat model, asked for JSON of a schema.  Raises SettingsError."""
    from rag.llm_client import ChatClient

    return ChatClient(settings, schema)


@contextmanager
def writing(settings: Settings, *, embedder: Embedder | None = None) -> Iterator[Parts]:
    """The parts, with the library's single-writer lock held.

    Raises:
        LibraryBusy: another process is writing to the library.
    """
    _make_folder(settings.data_dir)
    with ingest_lock(settings.data_dir):
        parts = open_parts(settings, embedder=embedder)
        try:
            yield parts
        finally:
            parts.close()


@contextmanager
def opened_accounts(settings: Settings) -> Iterator[AccountStore]:
    """The accounts alone, without model and index.  Raises StoreError."""
    from rag.records import open_records

    _make_folder(settings.data_dir)
    records = open_records(settings.database)
    try:
        yield records.accounts
    finally:
        records.close()


def ingest_lock(data_dir: Path) -> AbstractContextManager[None]:
    """The library's single-writer lock.  Raises LibraryBusy when another process holds it."""
    from rag.records.locks import ingest_lock as lock

    return lock(data_dir)


def remove_documents(settings: Settings, ids: list[str]) -> list[str]:
    """Removes documents with all that belongs to them; all or none.

    Raises:
        NotFound: one of the ids is unknown; nothing has been removed.
        LibraryBusy: another process is writing to the library.
    """
    wanted = list(dict.fromkeys(ids))
    with writing(settings) as parts:
        parts.records.library.remove_documents(wanted)
        parts.vectors.publish()
    return wanted


def edit_metadata(settings: Settings, document_id: str, changes: Mapping[str, Any] | None) -> None:
    """Corrects some fields of a document's metadata; None takes all corrections back.

    Raises:
        NotFound: there is no such document.
        UsageError: a field is unknown or malformed.
        LibraryBusy: another process is writing to the library.
    """
    from rag.metadata_edit import merged

    with writing(settings) as parts:
        library = parts.records.library
        document = library.document(document_id)
        fields = {} if changes is None else merged(library.edit(document_id), document.metadata, changes)
        library.edit_metadata(document_id, fields)
        parts.vectors.publish()


def _make_folder(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(
            f"The data folder {str(path)!r} cannot be made: {error.strerror}. "
            "Choose another with --data-dir or BRIEFING_DATA_DIR."
        ) from error
