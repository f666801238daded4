"""Where sources differ: one thing counted, dated, classified or judged differently.

Precision first: a disagreement is shown when words prove it, never because two sentences are near in
meaning.  :func:`difference` judges two sentences; :func:`disagreements` looks through the sentences found
for a question and keeps what bears on it.
"""

from rag.extractive.differ.compare import Difference, difference
from rag.extractive.differ.find import disagreements
from rag.extractive.differ.positions import said_by
from rag.extractive.differ.said import Said
from rag.extractive.differ.sums import bad_sum, not_whole

__all__ = ["Difference", "Said", "bad_sum", "difference", "disagreements", "not_whole", "said_by"]
