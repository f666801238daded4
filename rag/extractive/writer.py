"""The extractive writer: rank sentences, choose, arrange by source, quote.  Needs no model but the embedder."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from rag.catalogue import CatalogueCache
from rag.extractive.candidates import Candidate, candidates
from rag.extractive.differ import disagreements, not_whole
from rag.extractive.foreign import unheld
from rag.extractive.frame import statement, without_opening
from rag.extractive.lists import Lists, SeriesCache
from rag.extractive.meaning import WordVectors
from rag.extractive.premise import Premise, denied_premise
from rag.extractive.refuse import Missing, missing, refusal, ungrounded
from rag.extractive.select import adjoins, arrange, choose
from rag.labels import frame_label
from rag.ports import Embedder, Library, WordEmbedder, WriteRequest
from rag.query import build_query
from rag.question import analyse
from rag.types import Draft, DraftRefusal, DraftStatement


class ExtractiveWriter:
    """Answers by quoting the best sentences of the passages, named by source.

    Args:
        words: words that an answer should not exceed.
    """

    name = "extractive"

    def __init__(
        self,
        *,
        library: Library,
        embedder: Embedder,
        catalogue: CatalogueCache,
        words: int = 140,
    ) -> None:
        self._library = library
        self._embedder = embedder
        self._catalogue = catalogue
        self._words = words
        self._series = SeriesCache()

    def write(self, request: WriteRequest) -> Draft:
        """Statements quoted from the hits, or a refusal."""
        if not request.hits:
            return Draft(
                refusal=DraftRefusal(
                    reason="No passage was found for this question.", missing=(request.question,)
                ),
                writer=self.name,
            )
        catalogue = self._catalogue.get()
        question = analyse(request.question, catalogue.names)
        query = build_query(
            question.focus, catalogue, multilingual=self._embedder.multilingual
        )
        vectors = request.query_vector
        if vectors is None:
            vectors = self._embedder.embed_query(query.text)
        stored = self._library.sentence_vectors(h.passage.id for h in request.hits)
        ranked = candidates(
            question, query, np.atleast_2d(vectors), request.hits, stored, catalogue
        )
        lack = missing(question, query, ranked, catalogue, self._embedder.count_tokens)
        if not self._embedder.multilingual:
            lack = lack or unheld(question, ranked, catalogue)
        premise = None
        if not lack:
            vectors_of_words = word_vectors(self._embedder)
            english = query.language == "en"
            premise = denied_premise(question, ranked, catalogue, vectors_of_words) if english else None
            lack = lack if premise else ungrounded(question, query, ranked, catalogue, vectors_of_words)
        if lack:
            return Draft(refusal=refusal(question, lack, ranked), writer=self.name)
        if premise:
            ranked = premise.first(ranked)
        lists = Lists(catalogue, self._series, request.hits, ranked)
        chosen = choose(question, ranked, self._words, lists)
        groups = arrange(chosen)
        if premise:
            groups = premise.opening(groups)
        differing = disagreements(question, ranked, chosen, self._library.document, catalogue.aliases)
        shown = [p.claim for d in differing for p in d.positions]
        sums = not_whole(question.text, ranked, chosen, shown)
        return Draft(
            statements=self._statements(groups, request),
            disagreements=differing,
            writer=self.name,
            notices=(*_said(premise, lack), *(_sum_notice(c, total) for c, total in sums)),
        )

    def stream(self, request: WriteRequest) -> Iterator[DraftStatement | Draft]:
        """Each statement, then the draft: extraction is quick enough to be whole first."""
        draft = self.write(request)
        yield from draft.statements
        yield draft

    def _statements(self, groups: list[list[Candidate]], request: WriteRequest) -> tuple[DraftStatement, ...]:
        text_of: Callable[[str], str] = self._library.text
        given = {h.passage.id for h in request.hits}
        made: list[DraftStatement] = []
        for group in groups:
            for place, sentence in enumerate(group):
                follows = place > 0 and adjoins(group[place - 1], sentence)
                made.append(
                    statement(
                        without_opening(sentence, follows=follows),
                        text_of,
                        grouped=True,
                        listed=sentence.item,
                        given=sentence.hit.passage.id in given,
                    )
                )
        return tuple(made)


def word_vectors(embedder: Embedder) -> WordVectors | None:
    """The embedder's vectors of single words, where it has any."""
    return embedder.word_vectors if isinstance(embedder, WordEmbedder) and embedder.has_words else None


def _said(premise: Premise | None, lack: Missing) -> tuple[str, ...]:
    """What the answer says of the question: a premise that a report denies, a part that no report answers."""
    return tuple(n for n in (premise.notice if premise else "", lack.notice) if n)


def _sum_notice(candidate: Candidate, total: float) -> str:
    """Says that the shares in a sentence cannot make a whole."""
    name = frame_label(candidate.hit.document.metadata)
    return f"The shares that {name} gives add up to {total:g} %, not 100 %: {candidate.text}"
