"""Which sentences serve a section: those that stand out towards it from the rest of the evidence."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from rag.extractive.candidates import Candidate
from rag.lexicon import Lexicon
from rag.memo.evidence import Found
from rag.memo.plan import Searched
from rag.memo.serve import FEW, serving
from rag.types import OutlineSection
from tests.rag.memo.test_parts import candidate

SECTION = OutlineSection(heading="Prisons and camps", question="The harbour: detainees, prisons, camps")

LEXICON = Lexicon([("The harbour holds detainees in two camps.", "en"), ("Ships come and go.", "en")])


def _row(number: int, text: str, near: float) -> tuple[float, Candidate]:
    made = candidate(text, f"d{number}")
    vector = np.zeros_like(made.vector)
    vector[0], vector[1] = near, (1 - near**2) ** 0.5
    return 1.0, replace(made, vector=vector)


def _served(*special: tuple[str, float], others: int = FEW) -> list[str]:
    rows = [_row(n, f"The harbour counts its ships on day {n}.", 0.1 + 0.05 * (n % 5)) for n in range(others)]
    rows += [_row(100 + n, text, near) for n, (text, near) in enumerate(special)]
    part = Searched(section=SECTION, found=_found(), rows=tuple(rows))
    aspect = np.zeros((1, len(rows[0][1].vector)), dtype=np.float32)
    aspect[0, 0] = 1.0
    kept = serving([part], [aspect], ["harbour"], LEXICON)
    return [c.text for _, c in kept[0].rows]


def _found() -> Found:
    return Found(question=None, ranked=(), lack=None, hits=(), notices=(), vectors=np.zeros((1, 2)), query=None)  # type: ignore[arg-type]


def test_what_stands_out_towards_the_section_serves_it_and_the_rest_does_not() -> None:
    assert _served(("The old fort holds many of the men.", 0.9)) == ["The old fort holds many of the men."]


def test_a_sentence_with_words_of_the_section_need_stand_out_less() -> None:
    plain, worded = ("The old fort lies in the north.", 0.35), ("Two camps and a prison lie in the north.", 0.35)
    assert _served(plain, worded) == [worded[0]]


def test_another_form_of_a_word_is_the_same_word() -> None:
    worded = ("The men are detained in a camp in the north.", 0.35)
    assert _served(worded) == [worded[0]]


def test_a_proposal_stands_in_no_section_but_those_that_ask_for_one() -> None:
    assert _served(("The board should close the prisons and the camps.", 0.9)) == []


def test_with_little_evidence_every_sentence_stays() -> None:
    assert len(_served(("The old fort holds many of the men.", 0.9), others=5)) == 6
