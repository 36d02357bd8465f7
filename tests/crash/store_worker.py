"""Works on a store and its media until it is killed; says the number of each step that was done.

usage: python -m tests.crash.store_worker FOLDER FIRST
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tinydb import where
from tinydb.operations import increment

from storage.media import MediaStore
from storage.store import Spec, Store, open_store

SCHEMA = [
    Spec("captures", key="key", indexes=(("number",), ("campaign",))),
    Spec("facts", key="name"),
    Spec("outbox", indexes=(("number",),)),
]
#: how long an outbox row stays, in steps
KEPT = 20


def open_data(folder: Path) -> tuple[Store, MediaStore]:
    return open_store(folder / "bot.db", SCHEMA), MediaStore(folder / "media")


def work(folder: Path, first: int) -> None:
    store, media = open_data(folder)
    store.table("facts").insert_once({"name": "captures", "value": 0})
    number = first
    while True:
        step(store, media, number)
        os.write(1, b"%d\n" % number)
        number += 1


def step(store: Store, media: MediaStore, number: int) -> None:
    """What one status costs: its media, then three tables in one transaction."""
    digest = media.put(b"%d " % number * (number % 700))
    with store.transaction():
        store.table("captures").insert_once(
            {"key": f"author:{number}", "number": number, "campaign": number % 7, "media": digest}
        )
        store.table("outbox").insert({"number": number, "text": "x" * (number % 1500)})
        store.table("outbox").remove(where("number") <= number - KEPT)
        store.table("facts").update(increment("value"), where("name") == "captures")


if __name__ == "__main__":
    work(Path(sys.argv[1]), int(sys.argv[2]))
