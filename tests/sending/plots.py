"""The simulated month as a picture: messages per hour against the limits, and when probable blocks were marked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")
from matplotlib import pyplot

from bot.model.limits import Limits
from tests.sending.month import START, Kind, Month

HOURS_SHOWN = 24 * 30


def month(found: Month, file: Path) -> None:
    figure, (above, below) = pyplot.subplots(2, 1, figsize=(11, 6), sharex=True, height_ratios=(2, 1))
    per_hour = Counter(int((at - START).total_seconds() // 3600) for at in found.sends)
    above.bar([hour / 24 for hour in range(HOURS_SHOWN)], [per_hour[hour] for hour in range(HOURS_SHOWN)], 1 / 24)
    above.axhline(Limits().contacts_per_hour, color="tab:red", label="limit: 50 an hour to contacts")
    warmup = Limits().warmup
    above.step([*range(len(warmup)), len(warmup)], [*warmup, warmup[-1]], where="post", color="tab:orange",
               label="warm-up: messages a day in the first week")  # fmt: skip
    above.set_ylabel("messages in an hour")
    above.legend(loc="upper right")
    marks = sorted((at - START).total_seconds() / 86_400 for at in found.marked_at.values())
    never = sum(person.kind is Kind.NEVER for person in found.people)
    below.step([0, *marks, HOURS_SHOWN / 24], [*range(len(marks) + 1), len(marks)], where="post", color="tab:purple",
               label="marked as probably blocked")  # fmt: skip
    below.axhline(never, color="grey", linestyle=":", label="contacts who never receive anything")
    below.set_xlabel("days since the link and the start of the sequence")
    below.legend(loc="lower right")
    figure.tight_layout()
    figure.savefig(file, dpi=110)
    pyplot.close(figure)


def most_in_an_hour(sends: Sequence[datetime]) -> int:
    """The most messages in any 60 minutes."""
    most, oldest = 0, 0
    for newest, at in enumerate(sends):
        while (at - sends[oldest]).total_seconds() >= 3600:
            oldest += 1
        most = max(most, newest - oldest + 1)
    return most
