"""The deterministic checker: do these quotes support this statement?

One piece of code for answers, memos and evaluation.  It errs towards doubt: what it cannot tell, it
reports as a problem in words, and an error inside it is a failed verdict, never a pass.
"""

from rag.support.check import check
from rag.support.verdict import Evidence, Similarity, SupportVerdict

__all__ = ["Evidence", "Similarity", "SupportVerdict", "check"]
