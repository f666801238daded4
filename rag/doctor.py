"""Examines versions, the model, the stores and the indexes; rebuilds what is derived."""

from __future__ import annotations

import platform
from dataclasses import dataclass, field
from importlib import metadata
from typing import Any

from rag import __version__
from rag.compose import Parts, writing
from rag.errors import BriefingError
from rag.settings import Settings

_PACKAGES = (
    "chromadb", "sentence-transformers", "torch", "langchain", "langchain-core", "fastapi", "sqlalchemy",
    "pypdfium2", "trafilatura", "mammoth",
)


@dataclass(slots=True)
class Report:
    """What was found: facts, problems that remain, and repairs that were made."""

    facts: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    repairs: list[str] = field(default_factory=list)

    @property
    def healthy(self) -> bool:
        """True when no problem remains."""
        return not self.problems

    def json(self) -> dict[str, Any]:
        """For ``--json``."""
        return {
            "healthy": self.healthy,
            "facts": self.facts,
            "problems": self.problems,
            "repairs": self.repairs,
        }

    def lines(self) -> list[str]:
        """For a person."""
        width = max((len(k) for k in self.facts), default=0)
        out = [f"{k:>{width}}  {v}" for k, v in self.facts.items()]
        out += [f"repaired: {r}" for r in self.repairs]
        out += [f"PROBLEM: {p}" for p in self.problems]
        return [*out, "All is well." if self.healthy else "`briefing doctor --repair` rebuilds what is derived."]


def examine(settings: Settings, *, repair: bool = False) -> Report:
    """Looks at everything; with ``repair`` rebuilds the lexical and the vector index where they are wrong."""
    report = Report()
    _versions(report)
    report.facts["data folder"] = str(settings.data_dir.resolve())
    with writing(settings) as parts:
        _library(report, parts)
        _model(report, parts)
        _indexes(report, parts, repair=repair)
    return report


def _versions(report: Report) -> None:
    report.facts["briefing desk"] = __version__
    report.facts["python"] = platform.python_version()
    for package in _PACKAGES:
        try:
            report.facts[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            report.problems.append(f"The package {package} is not installed; run `make install`.")


def _library(report: Report, parts: Parts) -> None:
    report.facts["database"] = parts.records.database.version()
    documents = parts.records.library.documents()
    report.facts["documents"] = str(len(documents))
    report.facts["passages"] = str(sum(d.passages for d in documents))
    report.facts["writer"] = parts.settings.llm or "extractive"


def _model(report: Report, parts: Parts) -> None:
    try:
        fingerprint = parts.embedder.fingerprint
        vector = parts.embedder.embed_query("Is the model there?")
        report.facts["embedding model"] = f"{fingerprint}, {vector.shape[0]} dimensions"
    except BriefingError as error:
        report.problems.append(str(error))
        return
    stored = parts.records.library.fingerprint()
    if stored is not None and not stored.startswith(fingerprint):
        report.problems.append(
            f"The library was built with {stored!r}, but {fingerprint!r} is configured: set "
            "BRIEFING_EMBEDDING_MODEL back or ingest again."
        )


def _indexes(report: Report, parts: Parts, *, repair: bool) -> None:
    wrong = parts.records.check()
    if wrong and repair:
        parts.records.lexical.rebuild()
        remaining = parts.records.check()
        if len(remaining) < len(wrong):
            report.repairs.append("the lexical index was rebuilt")
        wrong = remaining
    report.problems += wrong
    wrong = parts.vectors.check()
    if wrong and repair:
        parts.vectors.rebuild()
        wrong = parts.vectors.check()
        report.repairs.append("the vector index was rebuilt from the stored embeddings")
    report.problems += wrong
    report.facts["vector index"] = "Chroma server" if parts.settings.chroma_url else "embedded Chroma"
