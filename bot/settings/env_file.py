"""The `.env` file: its names and texts, and what is wrong with its lines."""

from __future__ import annotations

from pathlib import Path

from dotenv.parser import parse_stream


def read_env_file(path: Path | None) -> tuple[dict[str, str], list[str]]:
    """Names with their texts, and one sentence for each fault; a file that does not exist is empty."""
    if path is None or not path.exists():
        return {}, []
    try:
        with path.open(encoding="utf-8-sig") as lines:  # Windows' Notepad writes a byte order mark
            bindings = list(parse_stream(lines))
    except (OSError, UnicodeDecodeError) as error:
        return {}, [f"{path} cannot be read ({error}); make it a text file in UTF-8 that this user may read."]
    written: dict[str, str] = {}
    faults = []
    for binding in bindings:
        if binding.error or (binding.key and binding.value is None):
            faults.append(f"{path} line {binding.original.line} is not NAME=value; mend it, or begin it with #.")
        elif binding.key:
            written[binding.key] = binding.value or ""
    return written, faults
