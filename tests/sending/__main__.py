"""Measure the sending and write the figures to docs/sending: `python -m tests.sending [decision] [examination] …`."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from tests.sending import decision, examination, kills, plots
from tests.sending.month import START, Kind, simulate
from tests.support.world import World

FIGURES = Path(__file__).parents[2] / "docs" / "sending"


def measure_decision() -> object:
    sizes = ((100, 100), (10_000, 1000), (100_000, 1000), (100_000, 10_000))
    return [asdict(decision.measure(past, queued)) for past, queued in sizes]


def measure_examination() -> object:
    return [asdict(examination.measure(past)) for past in (10_000, 100_000)]


def measure_month() -> object:
    month = simulate(contacts=1000, days=30)
    plots.month(month, FIGURES / "month.png")
    kinds = {person.contact.id: person.kind for person in month.people}
    days = sorted((at - START).total_seconds() / 86_400 for at in month.marked_at.values())
    never = sum(kind is Kind.NEVER for kind in kinds.values())
    return {
        "contacts": len(month.people),
        "never_receive": never,
        "offline_three_days": sum(kind is Kind.OFFLINE for kind in kinds.values()),
        "messages": len(month.sends),
        "marked": len(month.marked),
        "marked_of_never": sum(kinds[contact] is Kind.NEVER for contact in month.marked),
        "false_marks": len(month.false_marks()),
        "first_mark_day": round(days[0], 1),
        "median_mark_day": round(days[len(days) // 2], 1),
        "last_mark_day": round(days[-1], 1),
        "most_in_an_hour": plots.most_in_an_hour(month.sends),
        "ended": {state.value: count for state, count in month.ended.items()},
    }


def measure_kills() -> object:
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder))
        begun = time.monotonic()
        try:
            found = kills.burst(world, Path(folder), messages=1000, kills=100, people=20)
        finally:
            world.close()
    arrived = {text: times for text, times in found.arrivals.items() if text.startswith("burst ")}
    went = {item.text for item in found.items if item.state in ("sent", "delivered", "read")}
    return {
        "messages": len(found.items),
        "kills": found.kills,
        "cut_off": found.cut_off,
        "states": {state.value: count for state, count in sorted(found.by_state.items())},
        "arrived_once": sum(times == 1 for times in arrived.values()),
        "arrived_twice": sum(times > 1 for times in arrived.values()),
        "called_sent_but_did_not_arrive": len(went - set(arrived)),
        "in_doubt_and_arrived": sum(item.state.value == "in_doubt" and item.text in arrived for item in found.items),
        "minutes": round((time.monotonic() - begun) / 60, 1),
    }


MEASURES: dict[str, Callable[[], object]] = {
    "decision": measure_decision,
    "examination": measure_examination,
    "month": measure_month,
    "kills": measure_kills,
}


def main() -> int:
    chosen = sys.argv[1:] or list(MEASURES)
    if unknown := set(chosen) - set(MEASURES):
        sys.stderr.write(f"There is no {', '.join(sorted(unknown))}; choose among {', '.join(MEASURES)}.\n")
        return 2
    FIGURES.mkdir(parents=True, exist_ok=True)
    for name in chosen:
        figures = json.dumps(MEASURES[name](), indent=2)
        (FIGURES / f"{name}.json").write_text(figures + "\n", "utf-8")
        sys.stdout.write(f"{name}: {figures}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
