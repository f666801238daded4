"""A multilingual model is a setting: with one, Arabic and French questions on an English report simply work.

The model is made here: word embeddings in which a word, its French and its Arabic translation are one vector,
saved as any sentence-transformers model is, and taken by its folder.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from rag.compose import build
from rag.settings import Settings
from rag.types import Answer
from tests import library
from web.ingesting import run_ingest

REPORT = """# Report on the harbour

The old bridge was closed in winter because the stones were loose.

Fishermen sell their catch at the market every morning.

The school teaches sixty children and needs a second teacher.
"""
#: Words that share a vector: English, French, Arabic.
ALIKE = """bridge/pont/الجسر closed/fermé/أغلق winter/hiver/الشتاء stones/pierres/الحجارة loose/instables/مفككة
    fishermen/pêcheurs/الصيادون sell/vendent/يبيع catch/poisson/صيدهم market/marché/السوق morning/matin/صباح
    school/école/المدرسة teaches/enseigne/تعلم children/enfants/طفلا teacher/enseignant/معلم"""
QUESTIONS = (
    ("Pourquoi le pont est fermé en hiver ?", "أين يبيع الصيادون صيدهم ؟"),
    ("The old bridge was closed in winter", "Fishermen sell their catch at the market"),
)

pytestmark = pytest.mark.model


def word_model(folder: Path) -> Path:
    """A sentence-transformers model of static word embeddings."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import StaticEmbedding
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

    groups = [row.split("/") for row in ALIKE.split()]
    vocabulary = {"[UNK]": 0} | {w: i for i, w in enumerate((w for row in groups for w in row), 1)}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    rng = np.random.default_rng(7)
    weights = np.zeros((len(vocabulary), 64), dtype=np.float32)
    weights[0] = 0.01  # unknown words say next to nothing
    for row in groups:
        weights[[vocabulary[w] for w in row]] = rng.normal(size=64)
    SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_weights=weights)]).save(str(folder))
    return folder


def asked(settings: Settings, question: str) -> Answer:
    desk = build(settings)
    try:
        return desk.ask(question)
    finally:
        desk.close()


def test_with_a_multilingual_model_arabic_and_french_questions_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = word_model(tmp_path / "multilingual-words")
    monkeypatch.setenv("BRIEFING_EMBEDDING_MODEL", str(model))
    settings = library.settings(tmp_path / "data")  # its folder says that it is multilingual
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "harbour.md").write_text(REPORT, encoding="utf-8")
    assert run_ingest(settings, [tmp_path / "reports"]).added
    for question, expected in zip(*QUESTIONS, strict=True):
        answer = asked(settings, question)
        assert not answer.refused, answer.answer
        assert answer.statements[0].text.startswith(expected), json.dumps(answer.answer)
        assert answer.citations[0].quote.startswith(expected)
        assert not any("multilingual" in n for n in answer.notices)
