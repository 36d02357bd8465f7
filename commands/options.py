"""The options that lists share: `search:` and `page:`."""

from __future__ import annotations

from commands.declaration import Option
from commands.kinds import Number, Text
from commands.words import folded

SEARCH = Option("search", Text(), en="search", es="buscar", value_en="text", value_es="texto")
PAGE = Option("page", Number(), en="page", es="página", value_en="2", value_es="2")


def matches(name: str, search: str | None) -> bool:
    """Whether a name holds what is searched, however both are written."""
    return search is None or folded(search) in folded(name)
