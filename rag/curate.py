"""What people correct: the metadata of a document, and which names mean the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rag.alias_file import AliasFile, key_of
from rag.catalogue import CatalogueCache
from rag.ports import Library
from rag.types import AliasGroup, MetadataEdit


class Curator:
    """Corrects the library.

    Args:
        library: the store of record, for reading.
        catalogue: knows the names in force; sees a changed table at the next question.
        aliases: the library's own table of names.
        editor: writes edited metadata of a document (None: as found again), holding the library's lock.
    """

    def __init__(
        self,
        *,
        library: Library,
        catalogue: CatalogueCache,
        aliases: AliasFile,
        editor: Callable[[str, Mapping[str, Any] | None], None],
    ) -> None:
        self._library = library
        self._catalogue = catalogue
        self._aliases = aliases
        self._editor = editor

    def edit(self, document_id: str) -> MetadataEdit | None:
        """What was corrected in a document's metadata; None when nothing."""
        return self._library.edit(document_id)

    def edit_metadata(self, document_id: str, changes: Mapping[str, Any] | None) -> None:
        """Corrects some fields; None takes all corrections back.

        Raises:
            NotFound: there is no such document.
            UsageError: a field is unknown or malformed.
            LibraryBusy: another process is writing to the library.
        """
        self._editor(document_id, changes)

    def own_groups(self) -> list[AliasGroup]:
        """The library's own groups of names, in the order of their file.  Raises SettingsError."""
        return [AliasGroup(key=key_of(names), names=tuple(names), origin="own") for names in self._aliases.groups()]

    def groups_in_force(self) -> list[AliasGroup]:
        """All groups that search uses: what comes with the product, own ones, acronyms of the reports."""
        return self._catalogue.get().aliases.groups()

    def add_group(self, names: Sequence[str]) -> AliasGroup:
        """Adds an own group; search uses it at once.  Raises UsageError, SettingsError, StoreError."""
        added = self._aliases.add(names)
        return AliasGroup(key=key_of(added), names=tuple(added), origin="own")

    def remove_group(self, key: str) -> AliasGroup:
        """Takes an own group out.  Raises NotFound, SettingsError, StoreError."""
        return AliasGroup(key=key, names=tuple(self._aliases.remove(key)), origin="own")
