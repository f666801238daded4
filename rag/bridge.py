"""From what was found to what it names: the second step of a question whose answer lies in two documents.

"Where was the director of X born?" finds the page on X; the director's own page shares no word with the
question.  The best passages name other documents by their titles; such a document is lifted the more,
the nearer it is in meaning to the question and the more of the question's words it adds to those of the
passage that names it.  One bonus a document, for its best passage:
``score(naming passage) · (NEAR · cosine + ADDED · share of the question's words added)``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from rag.catalogue import Catalogue
from rag.text import content_terms
from rag.types import Passage

FOLLOWED = 3
"""How many of the best passages are followed."""
NEAR, ADDED = 0.6, 1.5
NAMED = 0.2
"""Share of the best score for a document that the question itself names by its title."""

Cosines = Callable[[Sequence[str]], Sequence[tuple[str, float]]]
"""``(passage id, cosine to the question)`` for the passages of some documents, best first."""


def bonuses(
    text: str,
    terms: Mapping[str, float],
    strong: Sequence[tuple[Passage, float]],
    catalogue: Catalogue,
    cosines: Cosines,
) -> dict[str, float]:
    """What is to be added to the scores of passages, by passage id; empty where nothing is named.

    Args:
        text: the question.
        terms: its stems with their weights (see :class:`rag.query.Query`).
        strong: the best passages with their scores, best first.
        cosines: asked once, and only when a document is named.
    """
    links = [(passage, score, catalogue.titles.named(passage.text)) for passage, score in strong[:FOLLOWED]]
    named = catalogue.titles.named(text)
    wanted = dict.fromkeys([*named, *(d for _, _, row in links for d in row)])
    if not wanted:
        return {}
    best: dict[str, tuple[str, float]] = {}
    for passage_id, cosine in cosines(list(wanted)):
        if passage_id not in catalogue.passages:
            continue  # newer than the catalogue
        best.setdefault(passage_id.rpartition(":")[0], (passage_id, cosine))
    weights = {t: w * catalogue.lexicon.idf(t) for t, w in terms.items() if w >= 1.0}
    total = sum(weights.values()) or 1.0
    found = {best[d][0]: NAMED * strong[0][1] for d in named if d in best}
    for passage, score, row in links:
        covered = set(content_terms(passage.text))
        for document_id in row:
            if document_id == passage.document_id or document_id not in best:
                continue
            passage_id, cosine = best[document_id]
            own = set(content_terms(catalogue.passages[passage_id].text)) - covered
            added = sum(w for t, w in weights.items() if t in own) / total
            bonus = score * (NEAR * max(cosine, 0.0) + ADDED * added)
            found[passage_id] = max(bonus, found.get(passage_id, 0.0))
    return found
