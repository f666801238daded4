"""The parts of memo making by themselves: task, dates, figures, modality, horizon, basis, linter, templates."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import UsageError
from rag.extractive.candidates import Candidate, Features
from rag.memo import differ
from rag.memo.aspects import GENERAL, aspects_for
from rag.memo.dates import dates, last_day
from rag.memo.horizon import horizon
from rag.memo.judge import independent
from rag.memo.ledger import conflicts, figures
from rag.memo.lint import BANDS, lint
from rag.memo.modality import Modality, modality
from rag.memo.outline import make_outline
from rag.memo.task import parse
from rag.memo.template import load, names
from rag.memo.wording import extract
from rag.prompts import Prompts
from rag.types import (
    BalanceRow,
    Citation,
    DocumentInfo,
    Filters,
    Hit,
    Memo,
    MemoSection,
    Metadata,
    Passage,
    SectionRole,
    Sentence,
    Statement,
    StatementKind,
    Support,
)
from rag.wire_memo import outline_from_json


def info(document_id: str, **metadata: object) -> DocumentInfo:
    meta = Metadata(**({"title": document_id} | metadata))  # type: ignore[arg-type]
    return DocumentInfo(
        id=document_id, metadata=meta, format="txt", source_path="x", sha256="s", ingested_at="t",
        pages=None, passages=1, characters=1,
    )  # fmt: skip


FEATURES = Features(**dict.fromkeys(Features.__dataclass_fields__, 0.5))


def candidate(text: str, document: str = "a", *, before: str = "", axis: int = 0) -> Candidate:
    """A sentence, after another one of the same paragraph when ``before`` is given."""
    start = len(before) + 1 if before else 0
    whole = f"{before} {text}" if before else text
    spans = ((0, len(before)), (start, len(whole))) if before else ((0, len(whole)),)
    passage = Passage(
        id=f"{document}:0-{len(whole)}", document_id=document, ordinal=0, start=0, end=len(whole),
        text=whole, sentences=tuple(Sentence(start=a, end=b) for a, b in spans),
    )  # fmt: skip
    vector = np.eye(4, dtype=np.float32)[axis]
    return Candidate(
        hit=Hit(passage=passage, document=info(document, published="2022"), score=1.0), rank=0,
        sentence=passage.sentences[-1], text=text, vector=vector, features=FEATURES,
        score=1.0, word_count=len(text.split()),
    )  # fmt: skip


# --------------------------------------------------------------------------- task


@pytest.mark.parametrize(
    ("task", "audience", "subject", "questions"),
    [
        ("Write a one-page briefing memo for the Minister on dams.", "the Minister", "dams", ()),
        (
            "Draft a memo for the desk on the talks: what has been agreed, what has not, and how motives are read",
            "the desk",
            "the talks",
            ("what has been agreed", "what has not been agreed", "how motives are read"),
        ),
        ("What would a flood mean for the town?", None, "What would a flood mean for the town?", ()),
        ("The dams", None, "The dams", ()),
        ("two pages for the board: how bad is it; add figures", "the board", "how bad is it", ()),
    ],
)
def test_a_task_is_taken_apart(
    task: str, audience: str | None, subject: str, questions: tuple[str, ...]
) -> None:
    parsed = parse(task)
    assert (parsed.audience, parsed.subject, parsed.questions) == (audience, subject, questions)


def test_a_comparison_searches_for_its_topic() -> None:
    task = parse("A memo: Where our five dam reports disagree, and how far each can be trusted")
    assert (task.differ, task.trust, task.topic) == (True, True, "dam")


@given(st.text(max_size=200))
def test_any_text_can_be_a_task(text: str) -> None:
    if text.strip():
        assert parse(text).subject.strip()


def test_aspects_follow_the_field_and_fall_back() -> None:
    assert aspects_for("the trade of the town", most=3)[0].heading == "State revenues and public finance"
    assert aspects_for("puppet theatre", most=3) == GENERAL[:3]


# --------------------------------------------------------------------------- dates and figures


def test_dates_keep_their_precision_and_a_number_is_no_year() -> None:
    text = "On 5 March 2021 and in April 2022, but not 2,021 soldiers or $2020 or 2021 soldiers; Feb. 30, 2021."
    assert [d.iso for d in dates(text)] == ["2021-03-05", "2022-04"]


@pytest.mark.parametrize(
    ("iso", "day"), [("2024", "2024-12-31"), ("2024-02", "2024-02-29"), ("2023-04-05", "2023-04-05")]
)
def test_the_last_day_a_date_may_mean(iso: str, day: str) -> None:
    assert last_day(iso) == day


def test_names_with_numbers_and_years_are_no_figures() -> None:
    text = "In 2021 Law No. 40 and the F-16 cost at least $3.5 billion, or 12% of 900 budgets, by May 5."
    found = [(f.value, f.unit) for f in figures(candidate(text))]
    assert found == [("at least $3.5 billion", "US$ billion"), ("12%", "%"), ("900", "budgets")]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("The question is whether 500 dams will stand in 2030.", []),
        ("Do 500 dams stand on the river?", []),
        ("If 500 dams failed, 30 towns would be flooded.", ["30"]),
        ("The board denied that 500 dams had failed.", []),
        ("There are not 500 dams, there are 450 dams.", ["450"]),
        ("The river has no fewer than 500 dams.", ["no fewer than 500"]),
        ("The cost did not exceed 500 crowns.", ["exceed 500"]),
        ("The report counts 500 dams if small ones are counted.", ["500"]),
    ],
)
def test_what_is_asked_supposed_or_denied_is_no_figure(text: str, values: list[str]) -> None:
    assert [f.value for f in figures(candidate(text))] == values


def test_a_figure_takes_the_nearest_date_else_the_reports() -> None:
    (dated,) = figures(candidate("In May 2020 there were 40 dams on the river."))
    (undated,) = figures(candidate("There were 40 dams on the river."))
    assert (dated.as_of, dated.as_of_note) == ("May 2020", None)
    assert (undated.as_of, undated.as_of_note) == ("2022", "date of the report")


def test_shares_that_cannot_make_a_whole_are_noted() -> None:
    found = figures(candidate("The council has 60% farmers, 28% fishers and 22% others."))
    assert {f.note for f in found} == {"The shares in this sentence add up to 110 %."}


@pytest.mark.parametrize(
    ("first", "second", "clash"),
    [
        ("The river league counts 40 member towns.", "The river league counts 45 member towns.", True),
        ("The river league counts 40 member towns.", "The river league counts 40 member towns.", False),
        ("The river league counts 40 member towns.", "The river league counts 45 member boats.", False),
    ],
)
def test_only_the_same_thing_counted_differently_clashes(first: str, second: str, clash: bool) -> None:
    rows = [*figures(candidate(first, "a")), *figures(candidate(second, "b"))]
    assert bool(conflicts(rows)) is clash


# --------------------------------------------------------------------------- wording


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("The dam burst in May.", Modality.FACT),
        ("The dam may burst.", Modality.EXPECTED),
        ("The board should repair the dam.", Modality.PROPOSED),
        ("Negotiating with the town regarding the dam.", Modality.PROPOSED),
    ],
)
def test_the_kind_of_a_claim(text: str, kind: Modality) -> None:
    assert modality(text) is kind


def _wording(text: str, before: str = "", longest: int = 40) -> str | None:
    made = candidate(text, before=before)
    item = extract(made, lambda _: made.hit.passage.text, longest=longest)
    return item.text if item else None


def test_a_sentence_that_leans_takes_the_one_before_it_along() -> None:
    before = "The dam lost its spillway."
    assert _wording("This would flood the town.", before) == f"{before} This would flood the town."
    assert _wording("This would flood the town.") is None
    assert _wording("This would flood the town.", before, longest=6) is None


def test_an_empty_connective_stays_out_of_the_quote() -> None:
    assert _wording("However, Reuters saw the dam.") == "Reuters saw the dam."
    assert _wording("Who pays for the dam?") is None


# --------------------------------------------------------------------------- basis and horizon


def test_one_author_under_two_spellings_is_one_origin() -> None:
    rows = [
        info("a", authors=("Dr. Husham al-Hadi",), publisher="North Centre"),
        info("b", authors=("Hisham Al-Hadi",)),
        info("c", publisher="North Centre"),
        info("d", publisher="South Centre"),
    ]
    assert [d.id for d in independent(rows)] == ["a", "d"]


def test_a_year_does_not_pass_an_earlier_month() -> None:
    rows = [info("y", published="2024"), info("m", published="2024-05"), info("u")]
    found = horizon(rows, Filters(), "2024-06")
    assert found.filters.documents == ("m",)
    assert [n for n in found.notices if "y" in n or "u" in n][1:] == [
        "Left out because they bear no date: u.",
        "Left out because they were, or may have been, published later: y (2024).",
    ]
    with pytest.raises(UsageError, match="'2024-02-31' is not a date"):
        horizon(rows, Filters(), "2024-02-31")


# --------------------------------------------------------------------------- linter


def _memo(text: str, *, kind: StatementKind = StatementKind.WRITTEN, cited: bool = True) -> Memo:
    quote = Citation(
        number=1, id="c", document_id="a", title="A", authors=(), publisher="P", published=None, section=(),
        page=None, passage_id="a:0-9", quote="The dam will burst.", start=0, end=9, url="/",
    )  # fmt: skip
    statement = Statement(
        text=text, citations=(1,) if cited else (), kind=kind, support=Support.VERIFIED
    )
    return Memo(
        id="m", task="t", title="T", template="x", created_at="2024", as_of=None,
        sections=(MemoSection(heading="S", statements=(statement,)),), citations=(quote,), sources=(),
        disagreements=(), gaps=("something",), audit=(),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("memo", "rule"),
    [
        (_memo("The town is a town.", cited=False), "no-quote"),
        (_memo("It is quite likely that the dam holds."), "likelihood"),
        (_memo("It is likely, with high confidence, that the dam holds."), "likelihood-with-confidence"),
        (_memo("The dam will burst."), "forecast-unattributed"),
    ],
)
def test_the_linter_names_the_rule_that_is_broken(memo: Memo, rule: str) -> None:
    assert rule in [f.rule for f in lint(memo)]


def test_the_linter_leaves_a_sources_own_words_alone() -> None:
    memo = _memo("Board (2021): “It is quite likely that the dam will burst.”", kind=StatementKind.QUOTED)
    assert lint(memo) == []


def test_the_linter_weighs_publishers_and_sections() -> None:
    one_sided = dataclasses.replace(
        _memo("Board (2021): “The dam burst.”", kind=StatementKind.QUOTED),
        balance=(BalanceRow(publisher="P", citations=7, share=0.7), BalanceRow(publisher="Q", citations=3, share=0.3)),
    )
    assert [f.rule for f in lint(one_sided)] == ["one-sided"]
    template = load(Prompts(), "two-page")
    assert [f.rule for f in lint(one_sided, template)] == ["section-missing", "section-missing", "one-sided"]


def test_the_scale_has_seven_bands() -> None:
    assert len(BANDS) == 7
    assert BANDS[0][2].startswith("01")
    assert BANDS[-1][2] == "95–99 %"


# --------------------------------------------------------------------------- templates and outlines


def test_the_shipped_templates_declare_length_and_sections() -> None:
    prompts = Prompts()
    assert names(prompts) == ["one-page", "questions-and-answers", "talking-points", "two-page"]
    for name in names(prompts):
        template = load(prompts, name)
        assert template.has(SectionRole.BOTTOM_LINE)
        assert 300 <= template.front.words <= 1000


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("no front block", "has no front block"),
        ("{#---\nwords: [\n---#}", "is not YAML"),
        ("{#---\ntitle: T\nheadings: {}\n---#}", "words: Field required"),
        ("{#---\ntitle: T\nwords: 300\nheadings: {}\ncolour: red\n---#}", "colour"),
    ],
)
def test_a_broken_template_is_named(tmp_path: Path, source: str, complaint: str) -> None:
    (tmp_path / "memo").mkdir()
    (tmp_path / "memo" / "own.j2").write_text(source)
    prompts = Prompts(tmp_path)
    assert "own" in names(prompts)
    with pytest.raises(UsageError, match=complaint):
        load(prompts, "own")


def test_the_tasks_own_questions_come_before_aspects() -> None:
    template = load(Prompts(), "two-page")
    outline = make_outline(parse("A memo for the desk on the treaty: who signed it, and why it failed"), template)
    headings = [s.heading for s in outline.sections if s.role is SectionRole.BODY]
    assert headings[:2] == ["Who signed it", "Why it failed"]
    assert "Process and dates" in headings


def test_an_edited_outline_needs_a_heading_or_a_question() -> None:
    read = outline_from_json({"task": "t", "sections": [{"heading": "Costs"}]})
    assert (read.sections[0].question, read.title) == ("Costs", "t")
    with pytest.raises(UsageError, match="needs a heading or a question"):
        outline_from_json({"task": "t", "sections": [{}]})


def test_further_sources_join_a_disagreement_and_no_sentence_stands_twice() -> None:
    rows = [
        candidate("The river league counts 40 member towns.", "a"),
        candidate("The river league counts 45 member towns.", "b"),
        candidate("The river league counts 52 member towns.", "c"),
        candidate("The river league counts 45 member boats.", "d"),
    ]
    (found,) = differ.of_pairs(differ.pairs(rows), "the river league")
    assert {p.document_id for p in found.positions} == {"a", "b", "c"}
    assert found.axis == "figure"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("The river league has worked on dams for two years.", "The river league has worked on dams for nine years."),
        ("The league is likely to build the river dam.", "The league is unlikely to build the river dam."),
    ],
)
def test_spans_of_time_and_forecasts_need_a_question_to_differ(first: str, second: str) -> None:
    assert differ.pairs([candidate(first, "a"), candidate(second, "b")]) == []


def test_a_bare_report_and_a_count_are_no_judgements() -> None:
    from rag.memo.lead import _bare_report

    assert _bare_report("The pilots train the crews of the harbour.")
    assert _bare_report("Estimates suggest that 400 pilots work in the harbour.")
    assert not _bare_report("A strike could close the harbour.")
    assert not _bare_report("The board effectively controls the pay of the pilots.")
