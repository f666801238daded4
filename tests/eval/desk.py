"""A small desk to evaluate: two documents, passages by paragraph, search by shared words, scripted answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rag.text import content_terms, sentence_spans
from rag.types import (
    Answer,
    Citation,
    Document,
    DocumentInfo,
    Filters,
    Hit,
    Metadata,
    Passage,
    Refusal,
    SearchResult,
    Sentence,
    Statement,
    StatementKind,
    Support,
    Turn,
)

HARBOUR = """The port reform

The port handled 1,400 containers a day in 2019.

Lena Ortiz argues that the reform was a mistake. Two unions oppose the reform."""
RIVER = """The river survey

Fishing may decline along the lower river after 2025.

The survey counted 37 villages without clean water."""

METADATA = {
    "harbour": Metadata(
        title="The port reform", authors=("Lena Ortiz",), publisher="Harbour Institute", published="2023-05"
    ),
    "river": Metadata(title="The river survey", publisher="Delta Council", published="2024"),
}
TEXTS = {"harbour": HARBOUR, "river": RIVER}


def documents() -> dict[str, Document]:
    return {
        key: Document(
            id=key,
            text=text,
            metadata=METADATA[key],
            format="txt",
            source_path=f"{key}.txt",
            sha256=key,
            ingested_at="2024-01-01T00:00:00+00:00",
        )
        for key, text in TEXTS.items()
    }


def info(key: str) -> DocumentInfo:
    return DocumentInfo(
        id=key,
        metadata=METADATA[key],
        format="txt",
        source_path=f"{key}.txt",
        sha256=key,
        ingested_at="2024-01-01T00:00:00+00:00",
        pages=None,
        passages=3,
        characters=len(TEXTS[key]),
    )


def hits() -> list[Hit]:
    """One passage per paragraph, in document order."""
    found = []
    for key, text in TEXTS.items():
        start = 0
        for number, part in enumerate(text.split("\n\n")):
            end = start + len(part)
            passage = Passage(
                id=f"{key}:{start}-{end}",
                document_id=key,
                ordinal=number,
                start=start,
                end=end,
                text=part,
                sentences=tuple(Sentence(start=a, end=b) for a, b in sentence_spans(part, start)),
            )
            found.append(Hit(passage=passage, document=info(key), score=0.0))
            start = end + 2
    return found


def search(query: str) -> tuple[Hit, ...]:
    """Passages by the number of stems they share with the query, ties in document order."""
    wanted = set(content_terms(query))
    return tuple(sorted(hits(), key=lambda h: -len(wanted & set(content_terms(h.passage.text)))))


def cite(key: str, quote: str, number: int = 1) -> Citation:
    """A citation of words that stand in the document."""
    start = TEXTS[key].index(quote)
    meta = METADATA[key]
    return Citation(
        number=number,
        id=f"c{number}",
        document_id=key,
        title=meta.title,
        authors=meta.authors,
        publisher=meta.publisher,
        published=meta.published,
        section=(),
        page=None,
        passage_id=f"{key}:0-1",
        quote=quote,
        start=start,
        end=start + len(quote),
        url=f"/documents/{key}",
    )


def state(text: str, *numbers: int, attribution: str | None = None) -> Statement:
    return Statement(
        text=text,
        citations=numbers,
        kind=StatementKind.WRITTEN,
        support=Support.VERIFIED,
        attribution=attribution,
    )


def answered(question: str, statements: Sequence[Statement], citations: Sequence[Citation]) -> Answer:
    return Answer(
        id="random",
        question=question,
        standalone_question=question,
        answer=" ".join(s.text for s in statements),
        statements=tuple(statements),
        citations=tuple(citations),
        disagreements=(),
        hits=search(question),
        writer="scripted",
        timings_ms={"total": 1.0},
    )


def refused(question: str, reason: str = "The reports do not mention it.") -> Answer:
    return Answer(
        id="random",
        question=question,
        standalone_question=question,
        answer=reason,
        statements=(),
        citations=(),
        disagreements=(),
        hits=search(question),
        writer="scripted",
        refusal=Refusal(reason=reason),
    )


Script = Callable[[str, Sequence[Turn]], Answer]


def honest(question: str, history: Sequence[Turn]) -> Answer:
    """Answers each question of :data:`GOLD` as it should be answered."""
    del history
    if "containers" in question:
        quote = "The port handled 1,400 containers a day in 2019."
        return answered(question, [state(quote, 1)], [cite("harbour", quote)])
    if "Ortiz" in question or "reform" in question:
        quote = "Lena Ortiz argues that the reform was a mistake."
        return answered(question, [state(quote, 1)], [cite("harbour", quote)])
    if "villages" in question:
        quote = "The survey counted 37 villages without clean water."
        return answered(question, [state(quote, 1)], [cite("river", quote)])
    return refused(question)


class Desk:
    """What the harness needs of a Briefing, with a scripted way to answer."""

    def __init__(self, script: Script = honest) -> None:
        self._script = script
        self.histories: list[tuple[Turn, ...]] = []

    def ask(self, question: str, *, history: Sequence[Turn] = ()) -> Answer:
        self.histories.append(tuple(history))
        return self._script(question, history)

    def search(self, query: str, *, k: int = 10, filters: Filters = Filters()) -> SearchResult:
        del filters
        return SearchResult(query=query, hits=search(query)[:k])

    def documents(self) -> list[DocumentInfo]:
        return [info(key) for key in TEXTS]

    def document(self, document_id: str) -> Document:
        return documents()[document_id]


GOLD = [
    {
        "id": "T1", "question": "How many containers did the port handle in 2019?", "type": "factoid",
        "answerable": True, "answer": "1,400 a day", "must_include": [["1,400", "1400"]],
        "must_not_include": ["14,000"],
        "evidence": [{"doc": "harbour", "quote": "The port handled 1,400 containers a day in 2019."}],
        "docs_required": ["harbour"],
    },
    {
        "id": "T2", "question": "What does Ortiz think of the reform?", "type": "attribution",
        "answerable": True, "answer": "a mistake", "must_include": [["mistake"]],
        "evidence": [{"doc": "harbour", "quote": "Lena Ortiz argues that the reform was a mistake."}],
        "docs_required": ["harbour"],
    },
    {
        "id": "T3", "question": "Who owns the harbour crane?", "type": "unanswerable",
        "answerable": False, "answer": "not said", "must_include": [["not mention"]],
    },
]  # fmt: skip
CONVERSATION = {
    "id": "TC", "topic": "water", "lang": "en",
    "turns": [
        {
            "question": "How many villages lack clean water?", "answerable": True,
            "standalone_question": "How many villages lack clean water?", "answer": "37",
            "must_include": [["37"]], "docs_required": ["river"],
            "evidence": [{"doc": "river", "quote": "The survey counted 37 villages without clean water."}],
        },
        {
            "question": "Who paid for it?", "answerable": False, "answer": "not said",
            "standalone_question": "Who paid for the survey?", "must_include": [["not mention"]],
        },
    ],
}  # fmt: skip
