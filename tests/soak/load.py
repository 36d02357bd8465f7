"""The load: many contacts post many statuses, which many campaigns look at; what it comes to is known beforehand."""

from __future__ import annotations

import gc
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import time as time_of_day
from datetime import timedelta
from pathlib import Path
from random import Random

from bot.model.campaign import Campaign
from bot.model.capture import CaptureState
from bot.model.result import Outcome
from bot.model.rules import CampaignRules, Hours
from bot.whatsapp.simulated import SimulatedPerson
from storage.query import where
from tests.support.stage import NO_PICTURE, Stage

#: Statuses that arrive together.
BATCH = 50
#: Between two batches; ten thousand statuses take a day.
BETWEEN = timedelta(minutes=7)
FRAMES = 3
#: Rules of some campaigns; the others have none.
RULES = (
    CampaignRules(caption="sol"),
    CampaignRules(alive_for=timedelta(hours=1)),
    CampaignRules(reposts=False),
    CampaignRules(least_posts=2, all_frames=True),
    CampaignRules(daily=True, zone="America/Bogota"),
    CampaignRules(hours=Hours(time_of_day(6), time_of_day(23)), zone="America/Bogota"),
)


@dataclass(frozen=True)
class Size:
    statuses: int
    contacts: int
    campaigns: int
    block: int  #: statuses that are measured together


FULL = Size(statuses=10_000, contacts=500, campaigns=20, block=500)
SMALL = Size(statuses=150, contacts=25, campaigns=7, block=50)


@dataclass(frozen=True)
class Block:
    """What so many statuses cost."""

    statuses: int  #: until here
    wall: float  #: seconds for the block, from the first arrival until all are judged
    cpu: float  #: seconds of all threads of this process for the block
    memory: int  #: resident bytes at its end
    overview: float  #: seconds of the processor for counting the whole overview at its end, nothing remembered


@dataclass(frozen=True)
class Posted:
    person: int
    #: the campaign's number whose frame is shown, None when none is
    shows: int | None
    is_readable: bool
    is_doubtful: bool


class Soak:
    """Start it over an empty folder."""

    def __init__(self, folder: Path, size: Size, memory: Callable[[], int]) -> None:
        self.stage, self.size, self._memory = Stage(folder), size, memory
        self._random = Random(7)
        self.stage.settle()
        self.people = [self.stage.contact(f"Contact {n:03}", f"+57300{n:07}") for n in range(size.contacts)]
        self.campaigns = [self._campaign(n) for n in range(size.campaigns)]
        self.posted: list[Posted] = []

    def run(self) -> Iterator[Block]:
        """Post everything; yields what each block cost."""
        while len(self.posted) < self.size.statuses:
            began, spent = time.perf_counter(), time.process_time()
            for _ in range(self.size.block // BATCH):
                self._post_some()
            yield self._block(time.perf_counter() - began, time.process_time() - spent)

    def finish(self) -> None:
        """Let so much time pass that nothing waits for it any more."""
        self.stage.clock.advance(timedelta(hours=2))
        self.stage.settle()

    def expected(self) -> Counter[Outcome]:
        """The outcomes of the first campaign without rules, by what was posted."""
        number = len(RULES)
        best: dict[int, Outcome] = {}
        for post in self.posted:
            outcome = _outcome_of(post, number)
            if outcome is not None and _RANK[outcome] > _RANK.get(best.get(post.person), -1):
                best[post.person] = outcome
        return Counter(best.values())

    def counted(self) -> Counter[Outcome]:
        """The same as the bot says it."""
        campaign = self.campaigns[len(RULES)]
        of_campaign = where("campaign_id") == campaign.id
        return Counter(result.outcome for result in self.stage.tables.results.find(of_campaign))

    def judged(self) -> int:
        return self.stage.tables.captures.count(where("state") == CaptureState.JUDGED.value)

    def missed(self) -> int:
        return self.stage.tables.captures.count(where("state") == CaptureState.NOT_CAPTURED.value)

    def _campaign(self, number: int) -> Campaign:
        frames = [_frame(number, n) for n in range(FRAMES)]
        campaign = self.stage.campaign(f"Campaign {number}", *frames)
        rules = RULES[number] if number < len(RULES) else CampaignRules()
        return self.stage.tables.campaigns.save(replace(campaign, rules=rules))

    def _post_some(self) -> None:
        for _ in range(BATCH):
            self._post(self._random.randrange(self.size.contacts))
        self.stage.settle(self._is_done, at_most=timedelta(minutes=5))
        self.stage.clock.advance(BETWEEN)

    def _post(self, person: int) -> None:
        chance, number = self._random.random(), self._random.randrange(self.size.campaigns)
        is_doubtful, is_readable = 0.85 <= chance < 0.95, chance < 0.98
        shows = number if chance < 0.5 or is_doubtful else None
        self.posted.append(Posted(person, shows, is_readable, is_doubtful))
        self._send(self.people[person], self.posted[-1])

    def _send(self, phone: SimulatedPerson, post: Posted) -> None:
        own = f" posted as number {len(self.posted)}".encode()
        picture = b"something else" if post.shows is None else _frame(post.shows, self._random.randrange(FRAMES))
        before = b"doubtful:" if post.is_doubtful else b""
        phone.post_image(before + picture + own if post.is_readable else NO_PICTURE, "El Sol" if own[-1] % 2 else "")

    def _is_done(self) -> bool:
        waiting = (CaptureState.TO_FETCH, CaptureState.TO_JUDGE)
        counts = (self.stage.tables.captures.count(where("state") == state.value) for state in waiting)
        return len(self.stage.tables.captures) == len(self.posted) and not any(counts)

    def _block(self, wall: float, cpu: float) -> Block:
        self.stage.tables.rolled_back()  # all that was derived must be derived again
        began = time.thread_time()
        self.stage.engine.survey()
        overview = time.thread_time() - began
        gc.collect()
        return Block(len(self.posted), wall, cpu, self._memory(), overview)


_RANK = {Outcome.NO_CAPTURADO: 0, Outcome.INCUMPLE: 1, Outcome.CUMPLE: 2}


def _frame(campaign: int, number: int) -> bytes:
    return f"<picture {number} of campaign {campaign}>".encode()


def _outcome_of(post: Posted, campaign: int) -> Outcome | None:
    """What one status comes to in a campaign without rules."""
    if not post.is_readable:
        return Outcome.NO_CAPTURADO
    if post.shows != campaign:
        return Outcome.INCUMPLE
    return None if post.is_doubtful else Outcome.CUMPLE
