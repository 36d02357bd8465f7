"""What the six-hourly examination for probable blocks costs: how long the engine is held up at once, and in all."""

from __future__ import annotations

import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bot.flows import block_rounds, blocks
from storage.store import open_store
from storage.tables import SCHEMA, Tables
from tests.sending import decision
from tests.support.clock import START

#: One contact in so many never receives anything.
SILENT = 20


@dataclass(frozen=True)
class Cost:
    """Milliseconds of the processor, so that a busy machine does not count."""

    messages: int
    contacts: int
    marked: int
    steps: int
    median_step: float
    longest_step: float
    all_steps: float
    at_one_go: float  #: `!blocks now`: all of it in one step


def measure(past: int) -> Cost:
    with tempfile.TemporaryDirectory() as folder, closing(open_store(Path(folder) / "bot.db", SCHEMA)) as store:
        tables = Tables(store)
        decision.fill(tables, past, 0, silent=SILENT)
        steps = []
        with store.transaction():
            block_rounds.begin(tables, "measured")
            while (under_way := block_rounds.under_way(tables)) is not None:
                begun = time.process_time()
                block_rounds.go_on(tables, under_way, START)
                steps.append((time.process_time() - begun) * 1000)
            begun = time.process_time()
            found = blocks.examine(tables, blocks.rules(tables), START)
            at_one_go = (time.process_time() - begun) * 1000
        return Cost(past, found.contacts, found.blocked, len(steps), median(steps), max(steps), sum(steps), at_one_go)
