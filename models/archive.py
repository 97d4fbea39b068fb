"""Reads a skops archive that holds plain values and arrays, and nothing else.

skops itself can restore any type that is trusted, and imports all of scikit-learn for it: seven
seconds and a hundred megabytes in every process that only wants numbers. What is no plain value is
refused here, whatever it is.
"""

import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

SEQUENCES = {"ListNode": list, "TupleNode": tuple}


class Refused(ValueError):
    """The archive holds something that is neither a plain value nor an array."""


def read(path: Path | str) -> Any:
    """What the archive holds. Raises Refused; OSError, KeyError, ValueError, zipfile.BadZipFile
    where it is no such archive."""
    with zipfile.ZipFile(path) as archive:
        return value_of(schema(archive), archive)


def schema(archive: zipfile.ZipFile) -> Any:
    """The archive's table of contents: the node of the whole, with all others within."""
    return json.loads(archive.read("schema.json"))


def value_of(node: Mapping[str, Any], archive: zipfile.ZipFile) -> Any:
    """What one node of the table of contents stands for. Raises Refused; KeyError, TypeError,
    ValueError where it is no node."""
    loader = node["__loader__"]
    if loader == "JsonNode":
        return json.loads(node["content"])
    if loader == "DictNode" and node["__class__"] == "dict":
        return {key: value_of(value, archive) for key, value in node["content"].items()}
    if loader in SEQUENCES and node["__class__"] in {"list", "tuple"}:
        return SEQUENCES[loader](value_of(value, archive) for value in node["content"])
    if loader == "NdArrayNode" and node.get("type") == "numpy":
        import numpy as np  # for arrays only: the web reads figures and needs none

        return np.load(io.BytesIO(archive.read(node["file"])), allow_pickle=False)
    raise Refused(f"{node.get('__module__', '')}.{node.get('__class__', loader)}")
