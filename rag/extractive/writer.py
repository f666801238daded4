"""The extractive writer: rank sentences, choose, arrange by source, quote.  Needs no model but the embedder."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from rag.catalogue import CatalogueCache
from rag.extractive.candidates import Candidate, candidates
from rag.extractive.differ import bad_sum, disagreements
from rag.extractive.foreign import unheld
from rag.extractive.frame import statement, without_opening
from rag.extractive.lists import Lists, SeriesCache
from rag.extractive.meaning import WordVectors
from rag.extractive.refuse import missing, refusal, ungrounded
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
        lack = lack or ungrounded(question, query, ranked, catalogue, word_vectors(self._embedder))
        if lack:
            return Draft(refusal=refusal(question, lack, ranked), writer=self.name)
        lists = Lists(catalogue, self._series, request.hits, ranked)
        chosen = choose(question, ranked, self._words, lists)
        return Draft(
            statements=self._statements(chosen, request),
            disagreements=disagreements(question, ranked, chosen, self._library.document),
            writer=self.name,
            notices=(*((lack.notice,) if lack.notice else ()), *_sum_notices(chosen)),
        )

    def stream(self, request: WriteRequest) -> Iterator[DraftStatement | Draft]:
        """Each statement, then the draft: extraction is quick enough to be whole first."""
        draft = self.write(request)
        yield from draft.statements
        yield draft

    def _statements(self, chosen: list[Candidate], request: WriteRequest) -> tuple[DraftStatement, ...]:
        text_of: Callable[[str], str] = self._library.text
        given = {h.passage.id for h in request.hits}
        made: list[DraftStatement] = []
        for group in arrange(chosen):
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


def _sum_notices(chosen: list[Candidate]) -> tuple[str, ...]:
    """Says so when the shares in a quoted sentence cannot make a whole."""
    notices = []
    for candidate in chosen:
        total = bad_sum(candidate.text)
        if total is not None:
            name = frame_label(candidate.hit.document.metadata)
            notices.append(f"The shares that {name} gives add up to {total:g} %, not 100 %: {candidate.text}")
    return tuple(notices)
