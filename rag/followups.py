"""Questions to go on with after an answer, each tried out first: what is offered can be answered.

Candidates are made from headings of the reports, those nearest to what was asked first.  Each is
answered by the writer that needs no language model, and kept when verified statements with a quote from
the report it names come of it.  Nothing of this is stored.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from typing import Any

from rag.answer import Verifier, verify
from rag.catalogue import Catalogue, CatalogueCache
from rag.ports import AnswerWriter, Library, WriteRequest
from rag.question import analyse
from rag.retrieve import Retriever
from rag.suggest import questions_of
from rag.text import content_terms

MOST = 3
_TRIED = 8  # each costs as much as an answer
_KEPT = 500


class FollowUps:
    """Finds them; what was found for an answer is remembered until the library changes."""

    def __init__(
        self,
        *,
        library: Library,
        catalogue: CatalogueCache,
        retriever: Retriever,
        writer: AnswerWriter,
        passages: int,
    ) -> None:
        self._library = library
        self._catalogue = catalogue
        self._retriever = retriever
        self._writer = writer
        self._passages = passages
        self._lock = threading.Lock()
        self._found: OrderedDict[tuple[str, int], list[str]] = OrderedDict()

    def after(self, answer: Mapping[str, Any]) -> list[str]:
        """At most three questions for a stored answer, in the contract's JSON shape."""
        catalogue = self._catalogue.get()
        key = (str(answer["id"]), catalogue.generation)
        with self._lock:
            if key in self._found:
                return self._found[key]
        found: list[str] = []
        for number, (question, document_id) in enumerate(candidates(catalogue, answer)):
            if number == _TRIED or len(found) == MOST:
                break
            if self.answerable(question, document_id):
                found.append(question)
        with self._lock:
            self._found[key] = found
            while len(self._found) > _KEPT:
                self._found.popitem(last=False)
        return found

    def answerable(self, question: str, document_id: str) -> bool:
        """Whether verified statements that quote the document come of the question."""
        analysed = analyse(question, self._catalogue.get().names)
        gathered = self._retriever.gather(analysed, k=self._passages)
        if not gathered.hits:
            return False
        request = WriteRequest(question=question, hits=gathered.hits, query_vector=gathered.vectors)
        draft = self._writer.write(request)
        if draft.refusal is not None:
            return False
        verified = verify(draft, Verifier(gathered.hits, self._library.text))
        return bool(verified.statements) and any(c.document_id == document_id for c in verified.citations)


def candidates(catalogue: Catalogue, answer: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """``(question, document id)``: of the cited reports in turn, then of others on the same subject."""
    cited = list(dict.fromkeys(c["document_id"] for c in answer["citations"]))
    read = {(c["document_id"], heading) for c in answer["citations"] for heading in c["section"]}
    asked = set(content_terms(answer["standalone_question"]))
    rows: list[tuple[int, int, int, str, str]] = []
    for document_id in catalogue.documents:
        own = cited.index(document_id) if document_id in cited else len(cited)
        for place, (question, heading) in enumerate(questions_of(catalogue, document_id)):
            shared = len(asked & set(content_terms(heading)))
            known = question in (answer["question"], answer["standalone_question"])
            if not known and (document_id, heading) not in read and (document_id in cited or shared):
                rows.append((-shared, place, own, question, document_id))
    for *_, question, document_id in sorted(rows):
        yield question, document_id
