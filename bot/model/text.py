"""Texts made comparable."""

from __future__ import annotations

import unicodedata


def folded(text: str) -> str:
    """For comparing: without accents, letter case and doubled spaces."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(letter for letter in letters if unicodedata.category(letter) != "Mn").split())
