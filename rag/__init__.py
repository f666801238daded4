"""The core of Briefing Desk: cited retrieval, verified answers, memos.

Knows nothing of HTTP, file formats or the command line.  Import from the modules; start at
:mod:`rag.types` (the vocabulary), :mod:`rag.ports` (what we need from outside) and
:mod:`rag.compose` (the one place where the parts are put together).
"""

__version__ = "0.1.0"
