"""The shipped prompts and memo templates: data, rendered by :mod:`rag.prompts`."""
