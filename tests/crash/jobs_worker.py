"""Lives from one due job to the next until it is killed; says the moment of each beat that was done.

usage: python -m tests.crash.jobs_worker FOLDER
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.flows import jobs, linking, timetable
from bot.flows.voice import Voice
from bot.i18n import Catalogue
from bot.model.campaign import Campaign
from bot.model.chat import Language
from bot.model.document import to_document
from bot.model.identity import CampaignId
from storage.store import open_store
from storage.tables import SCHEMA, Tables
from tests.support.clock import START
from tests.support.stage import OWNER

ZONE = ZoneInfo("America/Bogota")
#: The last beat that was begun, in milliseconds.
BEAT = "beat_of_the_worker"


def open_tables(folder: Path) -> Tables:
    return Tables(open_store(folder / "bot.db", SCHEMA))


def work(folder: Path) -> None:
    tables = open_tables(folder)
    voice = Voice(Catalogue.load(zone=ZONE), Language.EN, ZONE)
    with tables.store.transaction():
        if not len(tables.campaigns):
            tables.facts.set(linking.ACCOUNT, str(OWNER.jid))
            tables.campaigns.add(Campaign(CampaignId(0), "Promo", START, created_by="promo"))
            tables.facts.set(BEAT, to_document(START))
            jobs.declare(tables, timetable.wanted(tables, START), voice, START)
    while True:
        now = min(job.due_at for job in tables.jobs.all() if job.due_at is not None)
        now = max(now, datetime.fromtimestamp(tables.facts.number(BEAT) / 1000, UTC))
        tables.facts.set(BEAT, to_document(now))
        beat(tables, voice, now)
        os.write(1, f"{to_document(now)}\n".encode())


def beat(tables: Tables, voice: Voice, now: datetime) -> None:
    """As the engine does: each job in a transaction of its own."""
    with tables.store.transaction():
        jobs.declare(tables, timetable.wanted(tables, now), voice, now)
        due = jobs.due(tables, voice, now)
    for job in due:
        with tables.store.transaction():
            jobs.run(tables, timetable.DUTIES, job, voice, now)


if __name__ == "__main__":
    work(Path(sys.argv[1]))
