"""What the soak measured, as a table and a drawing."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

from tests.soak.load import Block, Size

_HEAD = """# Ten thousand statuses

`make soak` sends {statuses:,} statuses of {contacts} contacts through the simulated gateway, the real journal, store,
engine and flows, and has {campaigns} campaigns look at every one of them: {judgements:,} judgements. Six campaigns have
rules (a caption, a time alive, no reposts, two posts with every picture, days of their own, hours), the others none.
Pictures are compared byte by byte here: what the real comparison costs is in [bench/results.md](bench/results.md). A
clock moved by hand makes it one day; the machine runs as fast as it can.

Whether the last thousand cost what the first one did:

| | first thousand | last thousand |
|---|---|---|
| processor time per status | {first_cpu:.1f} ms | {last_cpu:.1f} ms |
| statuses per second | {first_rate:.1f} | {last_rate:.1f} |
| resident memory at its end | {first_memory:.0f} MiB | {last_memory:.0f} MiB |
| counting the whole overview | {first_overview:.0f} ms | {last_overview:.0f} ms |

Counted afterwards: every status was judged once or not captured for a reason, and the outcomes are what was posted:
**{right}**. Measured on {machine}. Each step of a status is a transaction that is on the disk before
the next one: the statuses per second also depend on the disk, and on what else the machine does.

The overview is counted here as if everything had changed since the last time, in processor time; it grows with the
statuses of the last 24 hours, which the page draws by the hour. The engine counts anew only what was written to, once a
second at most (the looking back every 15 s), and takes no more than a tenth of its time for it.

The memory is that of the whole process. What grows in it is SQLite's cache of database pages, which may take 32 MB
(`cache_size` in `storage/sqlite_connection.py`), and the simulated WhatsApp, which keeps all that was posted: about
0.8 KiB for each status. Measured with the same statuses and a cache of 1 MB: 93 MiB after 200 of them and 97 MiB after
1,600; with 32 MB 95 and 111.

![Cost per status, memory and the overview over ten thousand statuses](soak.svg)
"""


def write(folder: Path, size: Size, blocks: Sequence[Block], *, is_right: bool) -> None:
    """Write `soak.md` and `soak.svg`."""
    first, last = _thousand(blocks[:2], size), _thousand(blocks[-2:], size)
    words = _HEAD.format(
        statuses=size.statuses, contacts=size.contacts, campaigns=size.campaigns,
        judgements=size.statuses * size.campaigns, right="yes" if is_right else "no",
        machine=f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}",
        **{f"first_{name}": value for name, value in first.items()},
        **{f"last_{name}": value for name, value in last.items()},
    )  # fmt: skip
    (folder / "soak.md").write_text(words, "utf-8")
    _draw(folder / "soak.svg", size, blocks)


def _thousand(blocks: Sequence[Block], size: Size) -> dict[str, float]:
    count = len(blocks) * size.block
    return {
        "cpu": sum(block.cpu for block in blocks) / count * 1000,
        "rate": count / sum(block.wall for block in blocks),
        "memory": blocks[-1].memory / 2**20,
        "overview": blocks[-1].overview * 1000,
    }


def _draw(path: Path, size: Size, blocks: Sequence[Block]) -> None:
    mpl.rcParams["svg.hashsalt"] = "soak"
    figure = Figure(figsize=(8, 6), layout="constrained")
    at = [block.statuses for block in blocks]
    panels = (
        ("ms of processor time per status", [block.cpu / size.block * 1000 for block in blocks]),
        ("resident memory, MiB", [block.memory / 2**20 for block in blocks]),
        ("counting the whole overview, ms of processor time", [block.overview * 1000 for block in blocks]),
    )
    for number, (label, values) in enumerate(panels, start=1):
        axes = figure.add_subplot(len(panels), 1, number)
        axes.plot(at, values, marker="o", markersize=3)
        axes.set_ylim(bottom=0)
        axes.set_ylabel(label, fontsize=8)
        axes.grid(alpha=0.3)
    axes.set_xlabel("statuses")
    figure.savefig(path, format="svg", metadata={"Date": None})
