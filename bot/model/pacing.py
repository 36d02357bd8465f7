"""When may this message go? The sending limits as a sliding window over the log of past sends (product.md §6).

Exact: the answer is the earliest moment at which no limit is broken, and the limit that decides. The window holds only
as many past sends as the limits can ask for, so a decision costs microseconds however long the history is; it is
rebuilt from the outbox at start.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.model.limits import DAY, HOUR, MINUTE, Limit, Limits, QuietHours
from bot.model.outbox import To

__all__ = ["ANYBODY", "DAY", "HOUR", "MINUTE", "Decision", "Limit", "Limits", "QuietHours", "SendWindow", "Use"]

#: A number that nothing was ever sent to: what the limits on all numbers together say.
ANYBODY = ""


@dataclass(frozen=True)
class Decision:
    """`at`: when the message may go, if nothing else goes before; `limit`: what it waits for, None for now."""

    at: datetime
    limit: Limit | None


@dataclass(frozen=True)
class Use:
    limit: Limit
    used: int
    allowed: int
    resets_at: datetime | None  #: when the next slot comes free


class SendWindow:
    """The recent sends, and the decisions over them. `linked_at` starts the warm-up; None: nothing to warm up."""

    def __init__(
        self,
        limits: Limits,
        linked_at: datetime | None = None,
        history: Iterable[tuple[str, To, datetime]] = (),
    ) -> None:
        self.limits = limits
        self.linked_at = linked_at
        #: the message that a person would be typing now, and until when; no other contact is written to meanwhile
        self.typing: tuple[int, datetime] | None = None
        self._per_number: dict[str, deque[datetime]] = {}
        self._all: deque[datetime] = deque(maxlen=max(count for _, _, count in limits.in_total))
        self._contacts: deque[datetime] = deque(maxlen=max(limits.contacts_per_hour, *limits.warmup, 1))
        for number, audience, at in sorted(history, key=lambda send: send[2]):
            self.add(number, audience, at)

    def add(self, number: str, audience: To, at: datetime) -> None:
        """A send began."""
        keep = max(count for _, _, count in self.limits.per_number)
        self._per_number.setdefault(number, deque(maxlen=keep)).append(at)
        self._all.append(at)
        if audience is not To.CONTROL:
            self._contacts.append(at)

    def earliest(self, number: str, audience: To, now: datetime) -> Decision:
        """The earliest moment, from `now` on, at which a message may go to `number`."""
        at, first = now, None
        while True:
            blocked_until, limit = self._blocked(number, audience, at)
            if limit is None:
                return Decision(at, first)
            first = first or limit
            at = blocked_until

    def is_typing(self, now: datetime) -> bool:
        return self.typing is not None and now < self.typing[1]

    def forecast(self, numbers: Iterable[tuple[str, To]], now: datetime) -> list[Decision]:
        """When each of these messages would go, in this order, if nothing else came between; nothing is reserved."""
        ahead = self._copy()
        decisions = []
        for number, audience in numbers:
            decision = ahead.earliest(number, audience, now)
            ahead.add(number, audience, decision.at)
            decisions.append(decision)
        return decisions

    def use(self, now: datetime, number: str | None = None) -> list[Use]:
        """How much of each limit is used: of all together, or of one number."""
        if number is not None:
            sends = self._per_number.get(number, deque())
            return [_use(limit, sends, window, count, now) for limit, window, count in self.limits.per_number]
        uses = [_use(limit, self._all, window, count, now) for limit, window, count in self.limits.in_total]
        uses.append(_use(Limit.CONTACTS_HOUR, self._contacts, HOUR, self.limits.contacts_per_hour, now))
        allowance = self._warmup_allowance(now)
        if allowance is not None:
            uses.append(_use(Limit.WARMUP, self._contacts, DAY, allowance, now))
        return uses

    def warmup_day(self, now: datetime) -> int | None:
        """Which day of the warm-up it is, from 0 on; None when there is none (any more)."""
        if self.linked_at is None:
            return None
        day = max(timedelta(), now - self.linked_at) // DAY
        return day if day < len(self.limits.warmup) else None

    def forget_before(self, cut: datetime) -> None:
        """Drop the numbers that have been idle since `cut`, so that memory does not grow with the years."""
        idle = [number for number, sends in self._per_number.items() if sends[-1] < cut]
        for number in idle:
            del self._per_number[number]

    def _copy(self) -> SendWindow:
        copy = SendWindow(self.limits, self.linked_at)
        copy._per_number = {number: sends.copy() for number, sends in self._per_number.items()}
        copy._all, copy._contacts = self._all.copy(), self._contacts.copy()
        return copy

    def _blocked(self, number: str, audience: To, now: datetime) -> tuple[datetime, Limit | None]:
        """The latest of all reasons to wait at `now`."""
        waits = [wait for wait in self._waits(number, audience, now) if wait[0] > now]
        return max(waits, key=lambda wait: wait[0]) if waits else (now, None)

    def _waits(self, number: str, audience: To, now: datetime) -> Iterable[tuple[datetime, Limit]]:
        limits, sends = self.limits, self._per_number.get(number)
        if sends:
            yield sends[-1] + limits.number_gap, Limit.NUMBER_GAP
        if self._all:
            yield self._all[-1] + limits.gap, Limit.GAP
        if audience is To.CONTROL:
            return
        for limit, window, count in limits.per_number:
            yield _slot_free(sends, window, count, now), limit
        for limit, window, count in limits.in_total:
            yield _slot_free(self._all, window, count, now), limit
        yield _slot_free(self._contacts, HOUR, limits.contacts_per_hour, now), Limit.CONTACTS_HOUR
        yield self._warmup_free(now), Limit.WARMUP
        if limits.quiet:
            yield limits.quiet.ends_after(now), Limit.QUIET

    def _warmup_allowance(self, now: datetime) -> int | None:
        day = self.warmup_day(now)
        return None if day is None else self.limits.warmup[day]

    def _warmup_free(self, now: datetime) -> datetime:
        day = self.warmup_day(now)
        if day is None or self.linked_at is None:
            return now
        free = _slot_free(self._contacts, DAY, self.limits.warmup[day], now)
        larger_allowance = self.linked_at + (day + 1) * DAY
        return min(free, larger_allowance) if free > now else now


def _slot_free(sends: deque[datetime] | None, window: timedelta, count: int, now: datetime) -> datetime:
    """When fewer than `count` sends lie in the last `window`."""
    if count <= 0:
        return now + window
    if not sends or len(sends) < count:
        return now
    return sends[-count] + window


def _use(limit: Limit, sends: deque[datetime], window: timedelta, count: int, now: datetime) -> Use:
    recent = [at for at in sends if at > now - window]
    if not recent:
        return Use(limit, 0, count, None)
    freed = recent[-count] if 0 < count <= len(recent) else recent[0]
    return Use(limit, len(recent), count, freed + window)
