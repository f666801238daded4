"""The default writer: answers in the sources' own words, without a language model."""

from rag.extractive.writer import ExtractiveWriter

__all__ = ["ExtractiveWriter"]
