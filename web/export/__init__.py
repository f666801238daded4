"""Memos as files: Markdown, HTML, DOCX, PDF, JSON, and their bibliographies; and reading them back."""

from web.export.deliver import FORMATS, Format, export, export_response, format_of, require

__all__ = ["FORMATS", "Format", "export", "export_response", "format_of", "require"]
