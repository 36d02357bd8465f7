"""A year of scheduled jobs on a clock by hand: both changes of the clocks, downtimes, sleeps, a clock set back.

`python -m tests.year` looks every ten minutes of the year in three zones and prints what came of it; the test suite
jumps from due time to due time. What should have run is worked out here a second time, by other means than
bot.model.plan.
"""

from __future__ import annotations

import sys
import time as stopwatch
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from bot.flows import jobs, linking, timetable
from bot.flows.jobs import Wanted
from bot.flows.voice import Voice
from bot.i18n import Catalogue
from bot.model.campaign import Campaign
from bot.model.chat import Language
from bot.model.identity import CampaignId
from bot.model.job import JobRun, Maker, RunState
from bot.model.plan import daily, every_hours, weekly
from bot.model.rules import CampaignRules
from storage.query import where
from storage.store import open_store
from storage.tables import SCHEMA, Tables
from tests.support.stage import OWNER

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
START, END = datetime(2026, 1, 1, 12, tzinfo=UTC), datetime(2027, 1, 1, 12, tzinfo=UTC)

#: The jobs of which a second opinion is formed: local hour and minute, weekday or None, hours for which it is of use.
WATCHED = {
    "morning_plan": (8, 0, None, 4), "evening_summary": (20, 0, None, 3), "weekly_trends": (9, 0, 0, 48),
    "own:night": (2, 30, None, 24), "own:monday": (9, 0, 0, 6),
}  # fmt: skip


@dataclass(frozen=True)
class Off:
    """The bot does not run, or its machine sleeps."""

    start: datetime
    end: datetime


def downtimes(zone: ZoneInfo, seed: int = 1) -> list[Off]:
    """Three days asleep, both nights in which the clocks change, and sixty downtimes of up to 14 hours by chance."""
    random = Random(seed)
    found = [Off(local(date(2026, 7, 10), time(19), zone), local(date(2026, 7, 13), time(21), zone))]
    for night in changes(zone):
        found.append(Off(local(night, time(1), zone), local(night, time(9, 5), zone)))
    for _ in range(60):
        start = START + random.random() * (END - START)
        found.append(Off(start, start + random.random() * 14 * HOUR))
    return merged(sorted(found, key=lambda off: off.start))


def merged(sorted_offs: list[Off]) -> list[Off]:
    whole: list[Off] = []
    for off in sorted_offs:
        if whole and off.start <= whole[-1].end:
            whole[-1] = Off(whole[-1].start, max(whole[-1].end, off.end))
        else:
            whole.append(off)
    return whole


def changes(zone: ZoneInfo) -> list[date]:
    """The local days on which the clocks are changed."""
    days = [date(2026, 1, 1) + DAY * n for n in range(365)]
    return [day for day in days if local(day, time(12), zone) - local(day - DAY, time(12), zone) != DAY]


def local(day: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at, zone).astimezone(UTC)


class Year:
    """The jobs over a real store, looked at whenever the bot is awake."""

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone, self.runs = zone, dict[str, JobRun]()
        self.tables = Tables(open_store(":memory:", SCHEMA))
        self.voice = Voice(Catalogue.load(zone=zone), Language.EN, zone)
        linking.started(self.tables, START)
        self.tables.facts.set(linking.ACCOUNT, str(OWNER.jid))
        self.ends_at = local(date(2026, 9, 15), time(18), zone)
        rules = CampaignRules(ends_at=self.ends_at, zone=zone.key)
        self.tables.campaigns.add(Campaign(CampaignId(0), "Always", START, created_by="always"))
        self.tables.campaigns.add(Campaign(CampaignId(0), "Summer", START, created_by="summer", rules=rules))
        for key, plan in (("own:night", daily(2, 30)), ("own:monday", weekly(0, 9)), ("own:six", every_hours(6))):
            kind = "own_reminder" if key == "own:night" else "own_summary"
            jobs.add(self.tables, Wanted(key, kind, plan, {"text": key}), Maker.OWNER, self.voice, START)

    def look(self, now: datetime) -> None:
        """One beat of the engine's metronome."""
        with self.tables.store.transaction():
            self._beat(now)
        for run in self.tables.job_runs.find(where("at") >= round(now.timestamp() * 1000)):
            assert run.key not in self.runs or self.runs[run.key] == run, f"{run.key} ran twice"
            self.runs[run.key] = run

    def _beat(self, now: datetime) -> None:
        jobs.declare(self.tables, timetable.wanted(self.tables, now), self.voice, now)
        for job in jobs.due(self.tables, self.voice, now):
            jobs.run(self.tables, timetable.DUTIES, job, self.voice, now)

    def next_time(self, now: datetime) -> datetime:
        coming = [job.due_at for job in self.tables.jobs.all() if job.due_at is not None and job.due_at > now]
        return min(coming, default=END)

    def live(self, offs: list[Off], step: timedelta | None = None) -> None:
        """From START to END; asleep in between. Looks at every due time, and with a step also in between."""
        now = START
        while now < END:
            self.look(now)
            following = self.next_time(now)
            if step is not None:
                following = min(following, now + step)
            off = next((off for off in offs if off.start <= following < off.end), None)
            now = off.end if off else following

    def of(self, job: str) -> dict[datetime, RunState]:
        """How each due time of a job went."""
        return {run.due_at: run.state for run in self.runs.values() if run.job == job}


def expected(job: str, zone: ZoneInfo, offs: list[Off]) -> dict[datetime, RunState]:
    """What should have come of every due time: done, missed for good, or passed over for a newer one."""
    hour, minute, weekday, useful = WATCHED[job]
    due = [at for at in _wall_clock(hour, minute, weekday, zone) if START < at < END]
    found: dict[datetime, RunState] = {}
    for place, at in enumerate(due):
        off = next((off for off in offs if off.start <= at < off.end), None)
        newer = due[place + 1] if place + 1 < len(due) else END
        if off is None:
            found[at] = RunState.DONE
        elif off.end >= END or newer <= off.end:
            continue
        else:
            found[at] = RunState.DONE if off.end - at <= useful * HOUR else RunState.MISSED
    return found


def _wall_clock(hour: int, minute: int, weekday: int | None, zone: ZoneInfo) -> Iterator[datetime]:
    """The first moments at which a wall clock shows this time; skipped, it is as much later as the clocks jump."""
    moments = (START - DAY + 10 * MINUTE * n for n in range(370 * 144))
    wanted, seen = (hour, minute), date.min
    for moment in moments:
        shown = moment.astimezone(zone)
        is_day = weekday is None or shown.weekday() == weekday
        if is_day and shown.date() != seen and ((shown.hour, shown.minute) == wanted or _is_skipped(shown, wanted)):
            seen = shown.date()
            yield moment


def _is_skipped(shown: datetime, wanted: tuple[int, int]) -> bool:
    """Whether the clock shows what it would have shown as `wanted`, had it not jumped an hour on this day."""
    before = (shown.astimezone(UTC) - HOUR).astimezone(shown.tzinfo)
    jumped = before.utcoffset() != shown.utcoffset() and before.hour + 2 == shown.hour
    return jumped and (before.hour + 1, before.minute) == wanted


def mismatches(year: Year, offs: list[Off]) -> dict[str, list[tuple[datetime, RunState | None, RunState | None]]]:
    """For each watched job the due times that went otherwise than expected: (when, expected, happened)."""
    found = {}
    for job in WATCHED:
        want, got = expected(job, year.zone, offs), year.of(job)
        got = {at: RunState.DONE if state is RunState.SKIPPED else state for at, state in got.items()}
        both = sorted(want.keys() | got.keys())
        wrong = [(at, want.get(at), got.get(at)) for at in both if want.get(at) != got.get(at)]
        if wrong:
            found[job] = wrong
    return found


def main() -> int:
    """Every ten minutes of the year in three zones; 0 when every job ran as it should."""
    failed = 0
    for name in ("America/New_York", "Europe/Madrid", "America/Bogota"):
        zone, began = ZoneInfo(name), stopwatch.monotonic()
        year, offs = Year(zone), downtimes(zone)
        year.live(offs, 10 * MINUTE)
        states = Counter(run.state.value for run in year.runs.values())
        wrong = mismatches(year, offs)
        failed += bool(wrong)
        seconds = stopwatch.monotonic() - began
        told = ", ".join(f"{count} {state}" for state, count in sorted(states.items()))
        unlike = f"unlike expected: {wrong or 'none'}"
        sys.stdout.write(f"{name}: {len(offs)} downtimes; {told}; {unlike} ({seconds:.0f} s)\n")
        sys.stdout.flush()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
