"""The rows of an import that were not taken, with what is wrong in each: mended, the file can be sent again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.flows.papers import Made, Progress, Sources
from bot.model.chat import say
from bot.papers.export_paper import MIMETYPES
from bot.papers.reader import reader_of
from bot.papers.sheet import Column, Kind, Sheet
from bot.papers.xlsx_file import xlsx_file


def mending(sources: Sources, facts: Mapping[str, Any], progress: Progress) -> Made:
    """Facts: `columns` of the file as it came; `rows`, each with its number, its cells, and `flaw` and `text` of it."""
    reader = reader_of(sources)
    row_number = Column(reader.say("sheet.column.row"), Kind.NUMBER, 7)
    wrong = Column(reader.say("sheet.column.wrong"), Kind.TEXT, 60)
    columns = tuple(Column(heading, Kind.TEXT, 24) for heading in facts["columns"])
    rows = tuple(
        (*row["cells"], row["row"], reader.say(f"roster.{row['flaw']}", text=row["text"])) for row in facts["rows"]
    )
    sheet = Sheet(reader.say("sheet.to_mend"), (*columns, row_number, wrong), rows)
    name = reader.say("export.mending_file")
    return Made(xlsx_file([sheet], sheet.name, reader.zone), MIMETYPES["xlsx"], name, (say("export.mending"),))
