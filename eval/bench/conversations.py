"""Follow-ups made to stand alone, on recorded conversations: ``python -m eval.bench.conversations DIR``.

A folder in the BEIR layout whose queries carry ``history`` (earlier turns) and, where the source has one, a
``rewrite`` (the question as people wrote it to stand alone).  Each is searched with the product's search: the last
turn as it was asked, our stand-alone form of it, and the rewrite.  ``rewritten`` is the part with rewrites, ``all``
every judged question; ``later`` leaves out questions that open a conversation, which nobody has to rewrite.
The earlier turns are made to stand alone by us as well, as in the product.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eval.retrieval import DEPTH, cached_library, load_beir, measure, product_search
from rag.briefing import HISTORY
from rag.compose import make_embedder
from rag.followup import standalone
from rag.settings import Settings
from rag.types import Turn

if TYPE_CHECKING:
    from rag.ports import Embedder
    from rag.sources import SourceNames


def main() -> int:
    """Measures and prints one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--data-dir", type=Path, default=Settings().data_dir, help="its cache keeps the vectors")
    parser.add_argument("--show", type=Path, help="file for each question with its forms and their nDCG@10")
    options = parser.parse_args()
    result, rows = evaluate(options.folder, Settings(data_dir=options.data_dir))
    if options.show:
        options.show.write_text("\n".join(json.dumps(r, ensure_ascii=False) for r in rows) + "\n", encoding="utf-8")
    sys.stdout.write(json.dumps(result, indent=2) + "\n")
    return 0


def evaluate(
    folder: Path, settings: Settings, *, embedder: Embedder | None = None
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Metrics by part and way, and a row for each question."""
    test = load_beir(folder)
    asked = [q for q in _queries(folder / "queries.jsonl") if str(q["id"]) in test.qrels]
    with cached_library(test, settings, embedder or make_embedder(settings)) as parts:
        catalogue, search = product_search(parts)
        names = catalogue.get().names
        forms = {str(q["id"]): _forms(q, names) for q in asked}
        ranked = {text: search(text, DEPTH) for text in {t for row in forms.values() for t in row.values()}}
    result: dict[str, Any] = {}
    for part, ids in _parts(asked).items():
        ways = [w for w in ("last turn", "ours", "rewrite") if all(w in forms[i] for i in ids)]
        qrels = {i: test.qrels[i] for i in ids}
        result[part] = {"questions": len(ids)} | {
            way: measure(qrels, {i: ranked[forms[i][way]] for i in ids}) for way in ways
        }
    rows = [
        {"id": i, **row}
        | {f"ndcg {way}": measure({i: test.qrels[i]}, {i: ranked[t]})["ndcg@10"] for way, t in row.items()}
        for i, row in forms.items()
    ]
    return result, rows


def _queries(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def _parts(asked: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
    rewritten = [q for q in asked if q.get("rewrite")]
    found = {"all": asked, "later": [q for q in asked if q.get("history")]}
    if rewritten:
        found |= {"rewritten": rewritten, "rewritten, later": [q for q in rewritten if q.get("history")]}
    return {name: [str(q["id"]) for q in row] for name, row in found.items() if row}


def _forms(query: Mapping[str, Any], names: SourceNames) -> dict[str, str]:
    text = str(query["text"])
    found = {"last turn": text, "ours": standalone(text, turns(query.get("history") or (), names), names)}
    if query.get("rewrite"):
        found["rewrite"] = str(query["rewrite"])
    return found


def turns(history: Sequence[Mapping[str, str]], names: SourceNames | None = None) -> list[Turn]:
    """The last turns of a conversation as the product keeps them.

    >>> past = [{"role": "user", "text": "What is UNAMI?"}, {"role": "assistant", "text": "A mission."}]
    >>> turns([*past, {"role": "user", "text": "When does it end?"}])[1].standalone_question
    'When does UNAMI end?'
    """
    found: list[Turn] = []
    for entry in history:
        if entry["role"] == "user":
            alone = standalone(entry["text"], found[-HISTORY:], names)
            found.append(Turn(question=entry["text"], answer="", standalone_question=alone))
        elif found:
            last = found[-1]
            found[-1] = Turn(
                question=last.question, answer=entry["text"], standalone_question=last.standalone_question
            )
    return found[-HISTORY:]


if __name__ == "__main__":
    raise SystemExit(main())
