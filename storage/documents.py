"""Documents as text: what may be stored, and how it is written."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, cast

Document = dict[str, Any]

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode
#: the escape of NUL, but not a backslash that is itself escaped and followed by `u0000`
_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")


def encode(document: Mapping[str, Any]) -> str:
    """JSON text of a document.

    Raises ValueError for what not every engine and reader can hold: NaN and infinities, NUL characters, lone
    surrogates; TypeError for values that JSON does not know. Tuples come back as lists, keys as strings.
    """
    text = _encode(document)
    if "\\u0000" in text and _NUL.search(text):
        raise ValueError("a document must not hold NUL characters")
    text.encode()  # a lone surrogate raises UnicodeEncodeError, which is a ValueError
    return text


def decode(text: str) -> Document:
    return cast(Document, json.loads(text))
