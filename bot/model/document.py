"""Values to JSON documents and back: datetimes become integer milliseconds (UTC), enums their values.

A document may hold more fields than the class (a newer version wrote it); they are ignored.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, TypeVar

import cattrs
from cattrs.strategies import configure_union_passthrough

T = TypeVar("T")

_converter = cattrs.Converter()
configure_union_passthrough(int | str, _converter)
_converter.register_unstructure_hook(datetime, lambda at: round(at.timestamp() * 1000))
_converter.register_structure_hook(datetime, lambda ms, _: datetime.fromtimestamp(ms / 1000, UTC))
_converter.register_unstructure_hook(timedelta, lambda span: round(span.total_seconds() * 1000))
_converter.register_structure_hook(timedelta, lambda ms, _: timedelta(milliseconds=ms))
_converter.register_unstructure_hook(date, lambda day: day.isoformat())
_converter.register_structure_hook(date, lambda text, _: date.fromisoformat(text))
_converter.register_unstructure_hook(time, lambda at: at.isoformat())
_converter.register_structure_hook(time, lambda text, _: time.fromisoformat(text))
_converter.register_unstructure_hook(Path, str)
_converter.register_structure_hook(Path, lambda text, _: Path(text))
_converter.register_unstructure_hook_func(
    lambda cls: getattr(cls, "__origin__", cls) in (frozenset, set),
    lambda values: sorted(_converter.unstructure(value) for value in values),
)


def to_document(value: Any) -> Any:
    """JSON-ready form of a dataclass (or of a collection of them)."""
    return _converter.unstructure(value)


def from_document(cls: type[T], document: Any) -> T:
    """The value that `to_document` wrote; raises cattrs' ClassValidationError for a document of another shape."""
    return _converter.structure(document, cls)
