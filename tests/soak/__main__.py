"""Run the soak in its full size, and write what was measured to docs/soak.md and docs/soak.svg: `make soak`."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from tests.soak.load import FULL, Block, Size, Soak
from tests.soak.report import write

DOCS = Path(__file__).resolve().parents[2] / "docs"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--statuses", type=int, default=FULL.statuses)
    parser.add_argument("--contacts", type=int, default=FULL.contacts)
    parser.add_argument("--campaigns", type=int, default=FULL.campaigns)
    parser.add_argument("--docs", type=Path, default=DOCS, help="folder that the figures are written to")
    asked = parser.parse_args()
    size = Size(asked.statuses, asked.contacts, asked.campaigns, FULL.block)
    with tempfile.TemporaryDirectory() as folder:
        soak = Soak(Path(folder), size, resident)
        blocks = []
        for block in soak.run():
            blocks.append(block)
            sys.stdout.write(_line(block, size))
            sys.stdout.flush()
        soak.finish()
        is_right = soak.counted() == soak.expected() and soak.judged() + soak.missed() == size.statuses
        soak.stage.close()
    write(asked.docs, size, blocks, is_right=is_right)
    return 0 if is_right else 1


def resident() -> int:
    """Resident memory of this process in bytes."""
    statm = Path("/proc/self/statm")
    if statm.exists():
        return int(statm.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    import resource  # not on Windows

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _line(block: Block, size: Size) -> str:
    return (
        f"{block.statuses:6}  {block.cpu / size.block * 1000:6.1f} ms CPU/status  {size.block / block.wall:5.1f}/s  "
        f"{block.memory / 2**20:6.1f} MiB  overview {block.overview * 1000:6.1f} ms\n"
    )


if __name__ == "__main__":
    sys.exit(main())
