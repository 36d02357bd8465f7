"""Everything that is kept of one person as a ZIP file: the records as JSON, and the files."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

from bot.flows import privacy
from bot.flows.papers import Made, Progress, Sources
from bot.model.chat import say
from bot.model.errors import UserError
from bot.model.identity import ContactId


def personal_data(sources: Sources, facts: Mapping[str, Any], progress: Progress) -> Made:
    """Facts: `contact`, the number. Times in the JSON are milliseconds since 1970, UTC."""
    contact = sources.tables.contacts.get(ContactId(facts["contact"]))
    if contact is None:
        raise UserError("privacy.gone")
    records = privacy.collected(sources.tables, contact)
    files = list(privacy.files(sources.tables, contact))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.json", json.dumps(records, ensure_ascii=False, indent=1))
        for number, (sha256, name) in enumerate(files, start=1):
            if len(sha256) == 64 and sources.media.exists(sha256):
                archive.writestr(f"files/{number:04}-{name}", sources.media.read(sha256))
            progress(number, len(files))
    name = f"data-{contact.id}.zip"
    rows = sum(len(found) for found in records.values() if isinstance(found, list))
    line = say("privacy.exported", name=contact.name, rows=rows, files=len(files))
    return Made(packed.getvalue(), "application/zip", name, (line,))
