"""TinyDB's query language, re-exported: storage is the one door to TinyDB."""

from __future__ import annotations

from tinydb import Query, where
from tinydb.queries import QueryInstance

__all__ = ["Query", "QueryInstance", "where"]
