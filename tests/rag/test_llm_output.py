"""Replies of a model are read whole, read while they stream, and become drafts."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.llm_output import (
    AnswerOut,
    StatementStream,
    UnreadableReplyError,
    answer_schema,
    parse_answer,
    to_draft,
)
from rag.types import DraftQuote

SAID = {"text": "Forty dams stand.", "attribution": None, "quotes": [{"passage_id": "P1", "quote": "40"}]}


def reply(**changes: Any) -> str:
    whole = {"refused": False, "reason": None, "missing": [], "statements": [SAID], "disagreements": []}
    return json.dumps(whole | changes)


words = st.text(st.characters(codec="utf-8"), max_size=30)
sentences = words.filter(lambda s: s.strip() != "")
quotes = st.fixed_dictionaries({"passage_id": words, "quote": words})
statements = st.fixed_dictionaries(
    {
        "text": sentences,
        "attribution": st.none() | words,
        "quotes": st.lists(quotes, max_size=3),
    }
)
replies = st.fixed_dictionaries(
    {
        "refused": st.booleans(),
        "reason": st.none() | words | st.just('statements": [{'),
        "missing": st.lists(words, max_size=2),
        "statements": st.lists(statements, min_size=1, max_size=4),
    }
)


@given(
    whole=replies,
    ascii_only=st.booleans(),
    indent=st.none() | st.just(2),
    around=st.sampled_from(
        [("", ""), ("```json\n", "\n```"), ("Here: ", " ok"), ("<think>say {a} {", "")]
    ),
    cuts=st.lists(st.integers(0, 2000), max_size=40),
)
def test_a_stream_gives_the_statements_of_the_whole_wherever_it_is_cut(
    whole: dict[str, Any],
    ascii_only: bool,
    indent: int | None,
    around: tuple[str, str],
    cuts: list[int],
) -> None:
    before = around[0] + ("}</think>\n" if around[0].startswith("<think>") else "")
    whole = {"refused": whole["refused"]} | whole  # the order that the schema asks for
    text = before + json.dumps(whole, ensure_ascii=ascii_only, indent=indent) + around[1]
    bounds = [0, *sorted(c for c in cuts if c < len(text)), len(text)]
    stream = StatementStream()
    found = [s for a, b in pairwise(bounds) for s in stream.feed(text[a:b])]
    expected = parse_answer(text)
    assert stream.refused == expected.refused == whole["refused"]
    assert found == ([] if whole["refused"] else expected.statements)


def test_a_statement_is_given_out_with_its_closing_brace_and_not_later() -> None:
    text = reply(statements=[SAID, SAID])
    end = text.index("}]}") + 3  # the quote, the quotes, the statement
    stream = StatementStream()
    assert stream.feed(text[: end - 1]) == []
    assert [s.text for s in stream.feed(text[end - 1 : end])] == ["Forty dams stand."]
    assert len(stream.feed(text[end:])) == 1


def test_objects_elsewhere_in_the_reply_are_not_statements() -> None:
    text = json.dumps({"notes": [SAID], "deep": {"statements": [SAID]}, "statements": []})
    assert StatementStream().feed(text) == []


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Sorry, no.", "no JSON object"),
        (reply()[:-10], "broken or incomplete"),
        ('{"answer": 42}', 'neither "statements" nor "refused"'),
        (reply(statements=[{"quotes": []}]), r"'statements\.0\.text' is wrong"),
        (reply(statements=[]), "no statements"),
        ("[" * 20000 + "{" * 20000, "broken or incomplete"),
    ],
)
def test_an_unreadable_reply_says_what_is_wrong(text: str, why: str) -> None:
    with pytest.raises(UnreadableReplyError, match=why):
        parse_answer(text)


@pytest.mark.parametrize(
    "wrap", ["{}", "```json\n{}\n```", "An object {{a}} first.\n{}", "<think>{{</think>{}"]
)
def test_json_is_found_in_text(wrap: str) -> None:
    assert parse_answer(wrap.format(reply())).statements[0].text == "Forty dams stand."


def test_nulls_and_unknown_axes_of_weak_models_are_understood() -> None:
    differing = {"about": "dams", "axis": "Numbers", "positions": None}
    out = AnswerOut.model_validate({"statements": [SAID], "missing": None, "disagreements": None})
    assert (out.missing, out.disagreements) == ([], [])
    with pytest.raises(UnreadableReplyError, match="positions"):
        parse_answer(reply(disagreements=[differing]))
    differing["positions"] = []
    assert parse_answer(reply(disagreements=[differing])).disagreements[0].axis == "judgement"


def test_the_schema_is_strict_everywhere() -> None:
    schema = answer_schema()
    nodes = [schema, *schema["$defs"].values()]
    assert len(nodes) == 5
    for node in nodes:
        assert node["required"] == list(node["properties"])
        assert node["additionalProperties"] is False
    assert next(iter(schema["properties"])) == "refused"


def test_labels_become_passage_ids_and_unknown_ones_stay_for_the_verifier() -> None:
    said = SAID | {"quotes": [{"passage_id": i, "quote": "q"} for i in ("P1", "[p2]", "P99", "a:0-9")]}
    draft = to_draft(parse_answer(reply(statements=[said])), {"P1": "a:0-9", "P2": "b:5-8"}, writer="x:y")
    assert [q.passage_id for q in draft.statements[0].quotes] == ["a:0-9", "b:5-8", "P99", "a:0-9"]
    assert draft.writer == "x:y"


def test_a_refusal_has_no_statements_even_when_the_model_sends_some() -> None:
    near = (DraftQuote(passage_id="a:0-9", quote="Dams stand", start=0, end=10),)
    out = parse_answer(reply(refused=True, reason="Not said.", missing=["a count", ""]))
    draft = to_draft(out, {}, writer="x:y", nearest=near)
    assert draft.statements == ()
    assert draft.refusal is not None
    assert (draft.refusal.reason, draft.refusal.missing) == ("Not said.", ("a count",))
    assert draft.refusal.nearest == near


def test_a_part_without_support_is_said_in_a_notice() -> None:
    draft = to_draft(parse_answer(reply(missing=["costs"])), {}, writer="x:y")
    assert draft.notices == ("x:y found nothing in the passages on: costs.",)


def test_a_disagreement_needs_two_quoted_sides() -> None:
    sides = [
        {"claim": "40 dams", "quotes": [{"passage_id": p, "quote": "dams"}]} for p in ("P1", "P2")
    ]
    ids = {"P1": "rivers:a:0-9", "P2": "b:5-8"}
    two = to_draft(
        parse_answer(reply(disagreements=[{"about": "dams", "axis": "figure", "positions": sides}])),
        ids,
        writer="x:y",
    )
    assert [p.document_id for p in two.disagreements[0].positions] == ["rivers:a", "b"]
    sides[1]["quotes"] = []
    one = to_draft(
        parse_answer(reply(disagreements=[{"about": "dams", "axis": "figure", "positions": sides}])),
        ids,
        writer="x:y",
    )
    assert one.disagreements == ()
