"""Appends to a journal until it is killed; says the number and payload of each record that was acknowledged.

usage: python -m tests.crash.journal_worker FOLDER FIRST_PAYLOAD
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from storage.journal import JournalWriter

SEGMENT_BYTES = 20_000


def work(folder: Path, payload: int) -> None:
    writer = JournalWriter(folder, SEGMENT_BYTES)
    while True:
        payloads = range(payload, payload + 1 + payload % 3)
        numbers = writer.append_many([{"payload": one, "padding": "é" * (one % 900)} for one in payloads])
        for number, one in zip(numbers, payloads, strict=True):
            os.write(1, b"%d %d\n" % (number, one))
        payload = payloads.stop


if __name__ == "__main__":
    work(Path(sys.argv[1]), int(sys.argv[2]))
