from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.documents import decode, encode

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=3)),
    max_leaves=8,
)


@given(st.dictionaries(TEXTS, VALUES, max_size=4))
def test_what_is_written_is_read(document: dict[str, Any]) -> None:
    assert decode(encode(document)) == document
    assert "\0" not in encode(document)


@given(st.lists(st.sampled_from(["\\", "u0000", "\0", "x"])).map("".join))
def test_only_nul_itself_is_refused(text: str) -> None:
    if "\0" in text:
        with pytest.raises(ValueError, match="NUL"):
            encode({"x": text})
    else:
        assert json.loads(encode({"x": text})) == {"x": text}


@pytest.mark.parametrize("text", ["\ud800", "a\udfff"])
def test_lone_surrogates_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="surrogates"):
        encode({"x": text})
    with pytest.raises(ValueError, match="surrogates"):
        encode({text: "x"})
