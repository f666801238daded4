"""The SQL store of record: documents, passages, vectors, search terms, conversations, memos.

The only package that imports SQLAlchemy.  ``open_records`` is its front door; ``ingest_lock`` keeps
a second writer out.
"""

from rag.records.locks import ingest_lock
from rag.records.store import Records, open_records

__all__ = ["Records", "ingest_lock", "open_records"]
