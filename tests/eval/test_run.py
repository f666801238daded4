"""A run over the small desk: values by pencil, failures blamed, lies caught, counts that add up."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from eval.cases import GoldError
from eval.run import RunResult, comparable, run
from rag.types import Answer, Turn
from tests.eval.conftest import WriteGold
from tests.eval.desk import CONVERSATION, GOLD, Desk, Script, answered, cite, honest, refused, state


def evaluate(write_gold: WriteGold, script: Script = honest) -> RunResult:
    return run(Desk(script), [write_gold(*GOLD, CONVERSATION)])


def failures(result: RunResult) -> dict[str, str | None]:
    return {c["id"]: c["failure"] for c in result.cases}


def value(result: RunResult, name: str) -> float:
    return result.metrics[name].value


def test_an_honest_desk_has_no_fault(write_gold: WriteGold) -> None:
    result = evaluate(write_gold)
    assert set(failures(result).values()) == {None}
    for name in ("evidence_recall@5", "fact_recall", "citation_recall", "citation_precision",
                 "quote_fidelity", "document_recall", "refusal_f1"):  # fmt: skip
        assert value(result, name) == 1.0, name
    assert value(result, "forbidden_rate") == 0.0
    assert value(result, "uncited_statements") == 0.0
    assert result.metrics["fact_recall"].n == 5
    assert result.metrics["refusal_f1"].n == 5
    assert result.metrics["citation_recall"].n == 3


def test_turns_get_the_desk_s_own_answers_as_history(write_gold: WriteGold) -> None:
    desk = Desk()
    run(desk, [write_gold(CONVERSATION)])
    assert desk.histories[0] == ()
    (turn,) = desk.histories[1]
    assert turn.question == "How many villages lack clean water?"
    assert turn.answer == "The survey counted 37 villages without clean water."


def test_two_runs_are_equal_but_for_times(write_gold: WriteGold) -> None:
    first = evaluate(write_gold).as_json()
    second = evaluate(write_gold).as_json()
    assert json.dumps(comparable(first), sort_keys=True) == json.dumps(comparable(second), sort_keys=True)


def test_a_case_that_raises_is_scored_and_the_run_goes_on(write_gold: WriteGold) -> None:
    def broken(question: str, history: Sequence[Turn]) -> Answer:
        if "Ortiz" in question:
            raise RuntimeError("no such luck")
        return honest(question, history)

    result = evaluate(write_gold, broken)
    case = next(c for c in result.cases if c["id"] == "T2")
    assert case["error"] == "RuntimeError: no such luck"
    assert case["metrics"]["fact_recall"] == 0.0
    assert result.failed == 1
    assert len(result.cases) == 5
    assert result.metrics["fact_recall"].n == 5
    assert value(result, "fact_recall") == pytest.approx(4 / 5)
    assert value(result, "evidence_recall@10") == pytest.approx(2 / 3)
    assert value(result, "unsupported_answers") == pytest.approx(1 / 3)


def test_a_wrong_gold_file_stops_before_anything_is_asked(write_gold: WriteGold) -> None:
    desk = Desk()
    with pytest.raises(GoldError):
        run(desk, [write_gold(GOLD[0] | {"docs_required": ["nowhere"]})])
    assert desk.histories == []


def test_limit_counts_each_kind(write_gold: WriteGold) -> None:
    result = run(Desk(), [write_gold(*GOLD, CONVERSATION)], limit=1)
    assert [c["id"] for c in result.cases] == ["T1", "TC.1", "TC.2"]


# --------------------------------------------------------------------------- planted lies


def lying(lie: Answer, about: str) -> Script:
    return lambda question, history: lie if about in question else honest(question, history)


def test_an_altered_quote_is_caught_by_quote_fidelity(write_gold: WriteGold) -> None:
    true = cite("harbour", "The port handled 1,400 containers a day in 2019.")
    altered = dataclasses.replace(true, quote=true.quote.replace("a day", "a week"))
    lie = answered(str(GOLD[0]["question"]), [state(altered.quote, 1)], [altered])
    result = evaluate(write_gold, lying(lie, "containers"))
    assert value(result, "quote_fidelity") == pytest.approx(2 / 3)
    assert failures(result)["T1"] == "cite"


def test_an_invented_number_is_caught_by_citation_recall(write_gold: WriteGold) -> None:
    quote = "The port handled 1,400 containers a day in 2019."
    claim = "The port handled 1,400 containers a day in 2019 and 900 ships."
    lie = answered(str(GOLD[0]["question"]), [state(claim, 1)], [cite("harbour", quote)])
    result = evaluate(write_gold, lying(lie, "containers"))
    assert value(result, "citation_recall") == pytest.approx(2 / 3)
    assert value(result, "fact_recall") == 1.0
    assert value(result, "unsupported_answers") == pytest.approx(1 / 3)
    assert failures(result)["T1"] == "cite"


def test_a_dropped_according_to_is_caught_by_citation_recall(write_gold: WriteGold) -> None:
    quote = "Lena Ortiz argues that the reform was a mistake."
    lie = answered(str(GOLD[1]["question"]), [state("The reform was a mistake.", 1)], [cite("harbour", quote)])
    result = evaluate(write_gold, lying(lie, "Ortiz"))
    assert value(result, "citation_recall") == pytest.approx(2 / 3)
    (problem,) = next(c for c in result.cases if c["id"] == "T2")["problems"]
    assert problem["statement"] == "The reform was a mistake."


def test_answering_the_unanswerable_is_caught_by_refusal_recall(write_gold: WriteGold) -> None:
    quote = "Two unions oppose the reform."
    lie = answered(str(GOLD[2]["question"]), [state(quote, 1)], [cite("harbour", quote)])
    result = evaluate(write_gold, lying(lie, "crane"))
    assert value(result, "refusal_recall") == pytest.approx(1 / 2)
    assert value(result, "refusal_precision") == 1.0
    assert failures(result)["T3"] == "refuse"


def test_a_citation_of_no_use_lowers_precision_not_recall(write_gold: WriteGold) -> None:
    quote = "The port handled 1,400 containers a day in 2019."
    citations = [cite("harbour", quote), cite("river", "The survey counted 37 villages", 2)]
    padded = answered(str(GOLD[0]["question"]), [state(quote, 1, 2)], citations)
    result = evaluate(write_gold, lying(padded, "containers"))
    assert value(result, "citation_recall") == 1.0
    assert value(result, "citation_precision") == pytest.approx((0.5 + 1 + 1) / 3)


def test_a_statement_without_citation_is_counted(write_gold: WriteGold) -> None:
    quote = "The port handled 1,400 containers a day in 2019."
    bare = answered(str(GOLD[0]["question"]), [state(quote, 1), state(quote)], [cite("harbour", quote)])
    result = evaluate(write_gold, lying(bare, "containers"))
    assert value(result, "uncited_statements") == pytest.approx(1 / 3)
    assert failures(result)["T1"] == "cite"


# --------------------------------------------------------------------------- blame


def test_refusing_what_was_there_is_the_fault_of_refuse(write_gold: WriteGold) -> None:
    result = evaluate(write_gold, lying(refused(str(GOLD[0]["question"])), "containers"))
    assert failures(result)["T1"] == "refuse"
    assert value(result, "refusal_precision") == pytest.approx(2 / 3)


def test_evidence_that_was_given_but_not_used_is_the_writer_s_fault(write_gold: WriteGold) -> None:
    quote = "Two unions oppose the reform."
    other = answered(str(GOLD[0]["question"]), [state(quote, 1)], [cite("harbour", quote)])
    result = evaluate(write_gold, lying(other, "containers"))
    assert failures(result)["T1"] == "write"


def test_evidence_only_deep_in_the_search_is_the_ranking_s_fault(write_gold: WriteGold) -> None:
    quote = "Two unions oppose the reform."
    other = answered(str(GOLD[0]["question"]), [state(quote, 1)], [cite("harbour", quote)])
    shallow = dataclasses.replace(other, hits=other.hits[-1:])
    result = evaluate(write_gold, lying(shallow, "containers"))
    assert failures(result)["T1"] == "rank"
    assert next(c for c in result.cases if c["id"] == "T1")["ranks"] == [None]


def test_evidence_found_nowhere_is_the_search_s_fault(write_gold: WriteGold) -> None:
    class Blind(Desk):
        def search(self, query: str, **options: object):  # type: ignore[no-untyped-def]
            return dataclasses.replace(super().search(query), hits=())

    lost = dataclasses.replace(refused(str(GOLD[0]["question"])), hits=())
    result = run(Blind(lying(lost, "containers")), [write_gold(GOLD[0])])
    assert failures(result) == {"T1": "retrieve"}
    assert value(result, "evidence_recall@10") == 0.0
    assert value(result, "ndcg@10") == 0.0


def test_config_tells_what_was_measured(write_gold: WriteGold, tmp_path: Path) -> None:
    config = run(Desk(), [write_gold(*GOLD)], config={"writer": "scripted"}).config
    assert config["writer"] == "scripted"
    assert config["cases"] == {"questions": 3, "turns": 0, "memos": 0, "memos_left_out": 0}
    assert config["library"]["documents"] == ["harbour", "river"]
    assert list(config["gold"]) == ["gold.jsonl"]


def test_types_without_an_unanswerable_case_show_no_refusal_score(write_gold: WriteGold) -> None:
    by_type = evaluate(write_gold).by_type
    assert "refusal_f1" not in by_type["factoid"]
    assert by_type["unanswerable"]["refusal_recall"].value == 1.0


def test_the_desk_says_what_it_is(write_gold: WriteGold) -> None:
    class Known(Desk):
        def ready(self) -> dict[str, object]:
            return {"writer": "extractive", "embedding_model": "hash-64"}

    config = run(Known(), [write_gold(*GOLD)]).config
    assert (config["writer"], config["embedding"]) == ("extractive", "hash-64")
